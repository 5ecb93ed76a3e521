//! A line of text that is edited where it stands: Enter or leaving it keeps the change, Esc takes it back.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::design::style;

/// Props of [`EditableText`].
#[derive(PartialEq, Properties)]
pub struct EditableTextProps {
    /// What it says.
    pub value: AttrValue,
    /// What it is called.
    pub label: AttrValue,
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
    let onblur = {
        let (value, onchange) = (props.value.clone(), props.onchange.clone());
        Callback::from(move |event: FocusEvent| {
            let input = event.target_unchecked_into::<HtmlInputElement>();
            let text = input.value().trim().to_owned();
            if text.is_empty() || text == value.as_str() {
                input.set_value(&value);
            } else {
                onchange.emit(text);
            }
        })
    };
    let onkeydown = {
        let value = props.value.clone();
        Callback::from(move |event: KeyboardEvent| {
            let input = event.target_unchecked_into::<HtmlInputElement>();
            match event.key().as_str() {
                "Escape" => input.set_value(&value),
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
            value={props.value.clone()}
            aria-label={props.label.clone()}
            data-tip=""
            maxlength={props.maxlength.to_string()}
            dir="auto"
            autocomplete="off"
            {onblur}
            {onkeydown}
        />
    }
}
