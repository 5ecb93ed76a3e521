//! The widgets in a browser: what they show, what keys and pointers do to them, and what screen readers are told.

mod changes;
mod controls;
mod fields;
mod tips;
mod windows;

use std::{cell::RefCell, rc::Rc, time::Duration};

use gloo_timers::future::sleep;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test_configure;
use web_sys::{Document, Element, Event, EventInit, HtmlElement, InputEvent, InputEventInit, KeyboardEvent, KeyboardEventInit};
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

/// What is drawn, in a place of its own on the page.
struct Stage {
    root: Element,
    app: Option<yew::AppHandle<Drawn>>,
}

#[derive(PartialEq, Properties)]
struct DrawnProps {
    children: Html,
}

#[component]
fn Drawn(props: &DrawnProps) -> Html {
    props.children.clone()
}

impl Stage {
    async fn with(children: Html) -> Self {
        let root = document().create_element("main").unwrap();
        document().body().unwrap().append_child(&root).unwrap();
        let app = yew::Renderer::<Drawn>::with_root_and_props(root.clone(), DrawnProps { children }).render();
        settle().await;
        Self { root, app: Some(app) }
    }

    /// Draws something else in its place.
    async fn draw(&mut self, children: Html) {
        self.app.as_mut().unwrap().update(DrawnProps { children });
        settle().await;
    }

    fn find(&self, css: &str) -> HtmlElement {
        let found = self.root.query_selector(css).unwrap().unwrap_or_else(|| panic!("{css} is not in {}", self.root.inner_html()));
        found.unchecked_into()
    }

    fn has(&self, css: &str) -> bool {
        self.root.query_selector(css).unwrap().is_some()
    }

    fn attribute(&self, css: &str, name: &str) -> Option<String> {
        self.find(css).get_attribute(name)
    }

    fn value(&self, css: &str) -> String {
        js_sys::Reflect::get(&self.find(css), &"value".into()).unwrap().as_string().unwrap()
    }

    /// As if it had been typed.
    async fn enter(&self, css: &str, text: &str) {
        self.type_in(css, text);
        settle().await;
    }

    /// As if it had been typed, and not drawn yet.
    fn type_in(&self, css: &str, text: &str) {
        let field = self.find(css);
        js_sys::Reflect::set(&field, &"value".into(), &text.into()).unwrap();
        let init = InputEventInit::new();
        init.set_bubbles(true);
        field.dispatch_event(&InputEvent::new_with_event_init_dict("input", &init).unwrap()).unwrap();
    }

    async fn click(&self, css: &str) {
        self.find(css).click();
        settle().await;
    }

    /// Presses a key on whatever has the focus; answers whether the browser may go on with it.
    async fn press(&self, key: &str) -> bool {
        let init = KeyboardEventInit::new();
        init.set_bubbles(true);
        init.set_cancelable(true);
        init.set_key(key);
        let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
        let goes_on = document().active_element().unwrap().dispatch_event(&event).unwrap();
        settle().await;
        goes_on
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.app.take().into_iter().for_each(yew::AppHandle::destroy);
        self.root.remove();
    }
}

/// What callbacks were told, in order.
struct Told<T>(Rc<RefCell<Vec<T>>>);

impl<T: 'static> Told<T> {
    fn new() -> (Self, Callback<T>) {
        let told = Rc::new(RefCell::new(Vec::new()));
        let callback = {
            let told = told.clone();
            Callback::from(move |value| told.borrow_mut().push(value))
        };
        (Self(told), callback)
    }

    fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// What was told since it was last asked.
    fn take(&self) -> Vec<T> {
        self.0.take()
    }
}

fn document() -> Document {
    web_sys::window().unwrap().document().unwrap()
}

fn focused() -> Element {
    document().active_element().unwrap()
}

/// An event that bubbles, as those of people do.
fn bubbling(name: &str) -> Event {
    let init = EventInit::new();
    init.set_bubbles(true);
    Event::new_with_event_init_dict(name, &init).unwrap()
}

/// Lets effects and what they cause be drawn.
async fn settle() {
    sleep(Duration::from_millis(20)).await;
}
