//! A line of text that is edited where it stands: a pause, Enter or leaving it keeps the change; Esc takes back what was not kept.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::{design::style, hooks::use_typed};

/// Props of [`EditableText`].
#[derive(PartialEq, Properties)]
pub struct EditableTextProps {
    /// What it says.
    pub value: AttrValue,
    /// What it is called.
    pub label: AttrValue,
    /// How many changes of it were refused: it says what holds again then.
    #[prop_or_default]
    pub refusals: u32,
    /// When it says something else; never with nothing but blanks.
    pub onchange: Callback<String>,
    /// The longest text, in characters.
    pub maxlength: usize,
}

/// A line of text that is edited where it stands.
#[component]
pub fn EditableText(props: &EditableTextProps) -> Html {
    let style = style!(
        r#"
        display: block;
        width: 100%;
        min-width: 0;
        height: var(--control);
        padding: 0 var(--space-2);
        border: 1px solid transparent;
        border-radius: var(--radius-md);
        background: transparent;
        font-weight: var(--weight-strong);
        letter-spacing: -0.01em;
        text-overflow: ellipsis;
        field-sizing: content;
        max-width: 100%;

        &:hover { background: var(--hover); }
        &:focus { background: var(--raised); outline: 2px solid var(--focus); outline-offset: -1px; }
        "#
    );
    let typed = use_typed(props.value.clone(), props.refusals, false, props.onchange.clone());
    let oninput = typed.oninput.reform(|event: InputEvent| event.target_unchecked_into::<HtmlInputElement>().value());
    let onblur = {
        let (keep, take_back) = (typed.keep, typed.take_back.clone());
        Callback::from(move |event: FocusEvent| {
            if event.target_unchecked_into::<HtmlInputElement>().value().trim().is_empty() {
                take_back.emit(());
            } else {
                keep.emit(());
            }
        })
    };
    let onkeydown = {
        let (value, take_back) = (props.value.clone(), typed.take_back);
        Callback::from(move |event: KeyboardEvent| {
            let input = event.target_unchecked_into::<HtmlInputElement>();
            match event.key().as_str() {
                "Escape" => {
                    input.set_value(&value);
                    take_back.emit(());
                }
                "Enter" => {}
                _ => return,
            }
            // Focus and blur fail only on an element that has left the page.
            let _ = input.blur();
        })
    };
    html! {
        <input
            class={style}
            value={typed.shown}
            aria-label={props.label.clone()}
            data-tip=""
            maxlength={props.maxlength.to_string()}
            dir="auto"
            autocomplete="off"
            {oninput}
            {onblur}
            {onkeydown}
        />
    }
}
