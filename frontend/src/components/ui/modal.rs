//! A window over the page: the browser's own dialog, which keeps the focus inside, closes on Esc and gives the focus back.

use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlInputElement, MouseEvent};
use yew::prelude::*;

use super::{Icon, IconButton};
use crate::design::style;
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
            // Where it begins with a field, what that holds is there to be written over.
            if let Some(field) = focused_field() {
                field.select();
            }
            move || element.iter().for_each(HtmlDialogElement::close)
        });
    }
    let oncancel = {
        let onclose = props.onclose.clone();
        Callback::from(move |event: Event| {
            event.prevent_default();
            onclose.emit(());
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
    html! {
        <dialog ref={dialog} class={classes!(style, props.wide.then_some("wide"))} aria-labelledby={title_id.clone()} {oncancel} {onmousedown}>
            <header>
                <h2 id={title_id}>{ &props.title }</h2>
                <IconButton icon={Icon::Close} label="Close" onclick={props.onclose.clone()} />
            </header>
            <div class="body" tabindex="0">{ props.children.clone() }</div>
            <footer>{ props.footer.clone() }</footer>
        </dialog>
    }
}

fn focused_field() -> Option<HtmlInputElement> {
    web_sys::window()?.document()?.active_element()?.dyn_into().ok()
}
