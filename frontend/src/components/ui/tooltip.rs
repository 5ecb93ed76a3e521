//! A few words about what the pointer or the keyboard is on. The app has one [`Tooltip`], which listens at the document:
//! whatever carries `data-tip` has one. The attribute is what is said; where it is empty, that is the element's own
//! text, and only while it is cut off.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_events::{EventListener, EventListenerOptions, EventListenerPhase};
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, HtmlInputElement, KeyboardEvent, Node, PointerEvent};
use yew::prelude::*;

use crate::design::style;

/// What describes an element while its words are shown.
const ID: &str = "tip";
/// How long the pointer is on an element before its words come.
const REST_MS: u32 = 500;
/// How long it may be on its way to the words, or from one element to the next.
const LINGER_MS: u32 = 120;
/// Between the element, its words and the edge of the window, in pixels.
const GAP: f64 = 6.0;
/// What is listened to.
const EVENTS: [&str; 8] = ["pointermove", "pointerout", "pointerdown", "click", "focusin", "focusout", "keydown", "scroll"];
/// What holds the words: a landmark, since all that is said on a page lies in one; or the window over the page, without
/// which nothing can be reached.
const HOMES: &str = "dialog, header, nav, main, aside, section, [role=region]";

/// The words that are shown on `[data-tip]`; once in the app.
#[component]
pub fn Tooltip() -> Html {
    use_effect_with((), |()| {
        let document = web_sys::window().and_then(|window| window.document());
        let listeners = document.and_then(|document| {
            let tip = Rc::new(Tip::new(&document)?);
            let options = EventListenerOptions { phase: EventListenerPhase::Capture, passive: false };
            Some(EVENTS.map(|name| {
                let tip = tip.clone();
                EventListener::new_with_options(&document, name, options, move |event| tip.hear(event))
            }))
        });
        move || drop(listeners)
    });
    Html::default()
}

struct Tip {
    /// The element in which the words are, for all of them.
    bubble: HtmlElement,
    /// Whose words are shown.
    shown: RefCell<Option<HtmlElement>>,
    /// Whose should be, once the timer is over.
    aim: RefCell<Option<HtmlElement>>,
    timer: RefCell<Option<Timeout>>,
    /// Whether the focus moves because the person moves it: not because a window opens or closes.
    tabbed: Cell<bool>,
}

impl Tip {
    fn new(document: &Document) -> Option<Self> {
        let style = style!(
            r#"
            position: fixed;
            inset: 0 auto auto 0;
            max-width: min(22rem, calc(100vw - 12px));
            max-height: 50vh;
            margin: 0;
            padding: var(--space-1) var(--space-2);
            border: 1px solid var(--line-strong);
            border-radius: var(--radius-md);
            background: var(--overlay);
            color: var(--text);
            box-shadow: var(--shadow-lg);
            font: 400 var(--text-sm) / var(--leading) var(--font);
            text-align: start;
            white-space: normal;
            overflow: auto;
            animation: appear var(--quick);
            "#
        );
        let bubble = document.create_element("div").ok()?;
        for (name, value) in [("id", ID), ("class", style), ("role", "tooltip"), ("popover", "manual"), ("dir", "auto")] {
            bubble.set_attribute(name, value).ok()?;
        }
        let (shown, aim, timer) = Default::default();
        Some(Self { bubble: bubble.unchecked_into(), shown, aim, timer, tabbed: Cell::new(false) })
    }

    fn hear(self: &Rc<Self>, event: &Event) {
        let at = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        match event.type_().as_str() {
            // A pointer that rests while something else comes to lie under it does not move.
            "pointermove" if event.dyn_ref::<PointerEvent>().is_none_or(|pointer| pointer.pointer_type() != "touch") => {
                let at = at.as_ref();
                let on =
                    if self.bubble.contains(at.map(AsRef::<Node>::as_ref)) { self.shown.borrow().clone() } else { at.and_then(around) };
                let wait = if on.is_some() && self.shown.borrow().is_none() { REST_MS } else { LINGER_MS };
                self.aim_at(on, wait);
            }
            // Out of the window.
            "pointerout" if event.dyn_ref::<MouseEvent>().is_some_and(|mouse| mouse.related_target().is_none()) => {
                self.aim_at(None, LINGER_MS);
            }
            "pointerdown" | "click" => {
                self.tabbed.set(false);
                self.hide();
            }
            "focusin" if self.tabbed.get() => self.aim_at(at.as_ref().and_then(|at| around(at).or_else(|| inside(at))), 0),
            "focusout" => self.aim_at(None, 0),
            "keydown" => self.key(event),
            "scroll" => self.shown.borrow().iter().for_each(|on| self.place(on)),
            _ => {}
        }
    }

    fn key(&self, event: &Event) {
        let key = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key).unwrap_or_default();
        match key.as_str() {
            "Control" | "Shift" | "Alt" | "Meta" => return,
            // Nothing else closes with the same press.
            "Escape" if self.shown.borrow().is_some() => {
                event.prevent_default();
                event.stop_propagation();
            }
            _ => {}
        }
        self.tabbed.set(key == "Tab");
        self.hide();
    }

    fn aim_at(self: &Rc<Self>, on: Option<HtmlElement>, wait_ms: u32) {
        if *self.aim.borrow() != on {
            self.aim.replace(on);
            let tip = self.clone();
            self.timer.replace(Some(Timeout::new(wait_ms, move || tip.settle())));
        }
    }

    fn settle(&self) {
        let aim = self.aim.borrow().clone();
        if *self.shown.borrow() != aim {
            self.hide();
            aim.iter().for_each(|on| self.show(on));
        }
    }

    fn show(&self, on: &HtmlElement) {
        let Some(words) = words(on) else { return };
        let home = on.closest(HOMES).ok().flatten().or_else(|| on.owner_document()?.body().map(Into::into));
        self.bubble.set_text_content(Some(&words));
        let put = home.filter(|_| on.is_connected()).is_some_and(|home| home.append_child(&self.bubble).is_ok());
        if put && self.bubble.show_popover().is_ok() {
            self.place(on);
            // What its name says already is not said again.
            let named = on.get_attribute("aria-label").or_else(|| on.text_content()).is_some_and(|name| name.contains(&words));
            if !named && !on.has_attribute("aria-describedby") {
                // Setting an attribute of a good name cannot fail; neither can removing it.
                let _ = on.set_attribute("aria-describedby", ID);
            }
            self.shown.replace(Some(on.clone()));
        }
    }

    /// Takes the words away; until the pointer leaves what they were about, they do not come again.
    fn hide(&self) {
        self.timer.take();
        if let Some(on) = self.shown.take() {
            if on.get_attribute("aria-describedby").as_deref() == Some(ID) {
                let _ = on.remove_attribute("aria-describedby");
            }
            // It fails where the words have left the page together with what held them.
            let _ = self.bubble.hide_popover();
        }
    }

    /// Below the element, or above it where the window ends.
    fn place(&self, on: &HtmlElement) {
        let Some(root) = on.owner_document().and_then(|document| document.document_element()) else { return };
        let (at, own) = (on.get_bounding_client_rect(), self.bubble.get_bounding_client_rect());
        let (width, height) = (f64::from(root.client_width()), f64::from(root.client_height()));
        let left = (at.left() + (at.width() - own.width()) / 2.0).min(width - own.width() - GAP).max(GAP);
        let below = at.bottom() + GAP;
        let top = if below + own.height() + GAP > height { at.top() - own.height() - GAP } else { below };
        let _ = self.bubble.set_attribute("style", &format!("translate: {}px {}px", left.round(), top.round()));
    }
}

/// What an element has words about: itself, or what it is in.
fn around(at: &Element) -> Option<HtmlElement> {
    at.closest("[data-tip]").ok().flatten().map(JsCast::unchecked_into)
}

/// What has words about it in a link or a button that has the focus. What is only scrolled holds controls with words of their own.
fn inside(at: &Element) -> Option<HtmlElement> {
    at.query_selector(":is(a, button):focus [data-tip]").ok().flatten().map(JsCast::unchecked_into)
}

fn words(on: &HtmlElement) -> Option<String> {
    let said = on.get_attribute("data-tip")?;
    if !said.is_empty() {
        return Some(said);
    }
    let is_cut = on.scroll_width() > on.client_width() + 1 || on.scroll_height() > on.client_height() + 1;
    is_cut.then(|| on.dyn_ref::<HtmlInputElement>().map_or_else(|| on.text_content(), |input| Some(input.value())))?
}
