//! A window over the page: the browser's own dialog, which keeps the focus inside, closes on Esc and gives the focus back.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlDialogElement, HtmlElement, HtmlInputElement, MouseEvent};
use yew::prelude::*;

use super::{Icon, IconButton};
use crate::design::style;
use crate::frame::{drawn, next_frame};
use crate::hooks::use_id;

/// Props of [`Modal`].
#[derive(PartialEq, Properties)]
pub struct ModalProps {
    /// What it is called.
    pub title: AttrValue,
    /// When it wants to close.
    pub onclose: Callback<()>,
    /// Whether it takes more room.
    #[prop_or_default]
    pub wide: bool,
    /// What it holds.
    pub children: Html,
    /// Its buttons.
    #[prop_or_default]
    pub footer: Html,
}

/// A window over the page; open for as long as it is there.
#[component]
pub fn Modal(props: &ModalProps) -> Html {
    let style = style!(
        r#"
        width: min(34rem, calc(100vw - 2rem));
        max-height: min(46rem, calc(100dvh - 2rem));
        padding: 0;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius-lg);
        background: var(--surface);
        box-shadow: var(--shadow-lg);
        overflow: hidden;

        &.wide { width: min(54rem, calc(100vw - 2rem)); }
        &[open] { display: flex; flex-direction: column; animation: rise var(--calm); }
        &::backdrop { background: var(--scrim); }
        & > header { display: flex; align-items: center; justify-content: space-between; gap: var(--space-3); padding: var(--space-3) var(--space-3) var(--space-3) var(--space-5); border-bottom: 1px solid var(--line); }
        & > header h2 { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        & > .body { padding: var(--space-5); overflow: auto; overscroll-behavior: contain; }
        & > footer { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: var(--space-2); padding: var(--space-3) var(--space-5); border-top: 1px solid var(--line); }
        & > footer:empty { display: none; }
        "#
    );
    let dialog = use_node_ref();
    let title_id = use_id("modal");
    {
        let dialog = dialog.clone();
        use_effect_with((), move |()| {
            let element = dialog.cast::<HtmlDialogElement>();
            if let Some(element) = &element
                && element.show_modal().is_err()
            {
                element.set_open(true); // Without the modal layer, but there.
            }
            tell();
            // Where it begins with a field, what that holds is there to be written over.
            if let Some(field) = focused_field() {
                field.select();
            }
            move || {
                element.iter().for_each(HtmlDialogElement::close);
                tell();
            }
        });
    }
    let oncancel = {
        let onclose = props.onclose.clone();
        Callback::from(move |event: Event| {
            // One that cannot be stopped is followed by the close itself.
            if event.cancelable() {
                event.prevent_default();
                onclose.emit(());
            }
        })
    };
    // A browser does not always ask before Esc closes it: not where nothing was pressed on the page before. Whoever has
    // a reason to keep the window has it back.
    let onclosed = {
        let (onclose, dialog) = (props.onclose.clone(), dialog.clone());
        Callback::from(move |_: Event| {
            onclose.emit(());
            let dialog = dialog.clone();
            spawn_local(async move {
                next_frame().await;
                if let Some(dialog) = dialog.cast::<HtmlDialogElement>().filter(|dialog| dialog.is_connected() && !dialog.open()) {
                    // It fails only for one that is open or has left the page.
                    let _ = dialog.show_modal();
                }
            });
        })
    };
    // A press beside the window falls on the dialog element itself.
    let onmousedown = {
        let (onclose, dialog) = (props.onclose.clone(), dialog.clone());
        Callback::from(move |event: MouseEvent| {
            if event.target() == dialog.get().map(Into::into) {
                onclose.emit(());
            }
        })
    };
    let onkeydown = {
        let dialog = dialog.clone();
        Callback::from(move |event: KeyboardEvent| press_primary(&event, &dialog))
    };
    html! {
        <dialog ref={dialog} {onkeydown} class={classes!(style, props.wide.then_some("wide"))} aria-labelledby={title_id.clone()} {oncancel} onclose={onclosed} {onmousedown}>
            <header>
                <h2 id={title_id}>{ &props.title }</h2>
                <IconButton icon={Icon::Close} label="Close" onclick={props.onclose.clone()} />
            </header>
            <div class="body" tabindex="0">{ props.children.clone() }</div>
            <footer>{ props.footer.clone() }</footer>
            <div class="notes" />
        </dialog>
    }
}

/// What the document is told when a window opens or closes.
const TURN: &str = "studio-windows";

fn tell() {
    if let (Some(document), Ok(event)) = (web_sys::window().and_then(|window| window.document()), Event::new(TURN)) {
        // It fails only for an event that is already on its way.
        let _ = document.dispatch_event(&event);
    }
}

/// The place for notes in the uppermost window that is open: one that is opened over another comes after it. It is an element of its
/// own, since what is drawn into an element from elsewhere takes that element's events.
fn top_place() -> Option<Element> {
    let open = web_sys::window()?.document()?.query_selector_all("dialog[open] > .notes").ok()?;
    open.get(open.length().checked_sub(1)?)?.dyn_into().ok()
}

/// Whether a window lies over the page.
pub fn is_covered() -> bool {
    top_place().is_some()
}

/// Where notes belong while a window is open: what is to be reached then has to be inside it.
#[hook]
pub fn use_notes_place() -> Option<Element> {
    let shown = use_state_eq(top_place);
    {
        let shown = shown.clone();
        use_effect_with((), move |()| {
            let document = web_sys::window().and_then(|window| window.document());
            let listener = document.map(|document| EventListener::new(&document, TURN, move |_| shown.set(top_place())));
            move || drop(listener)
        });
    }
    (*shown).clone()
}

/// Ctrl+Enter, or ⌘ Enter, is the window's own action while it is open.
fn press_primary(event: &KeyboardEvent, dialog: &NodeRef) {
    if event.key() != "Enter" || !(event.ctrl_key() || event.meta_key()) || event.shift_key() || event.repeat() || event.default_prevented()
    {
        return;
    }
    event.prevent_default();
    let dialog = dialog.clone();
    spawn_local(async move {
        drawn().await;
        let found = dialog.cast::<HtmlDialogElement>().and_then(|dialog| dialog.query_selector(PRIMARY).ok().flatten());
        found.and_then(|button| button.dyn_into::<HtmlElement>().ok()).iter().for_each(HtmlElement::click);
    });
}

/// The button of a window's own action, where it can be pressed.
const PRIMARY: &str = "button.primary:not(:disabled)";

fn focused_field() -> Option<HtmlInputElement> {
    web_sys::window()?.document()?.active_element()?.dyn_into().ok()
}
