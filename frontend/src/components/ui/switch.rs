//! On or off.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::design::style;

/// Props of [`Switch`].
#[derive(PartialEq, Properties)]
pub struct SwitchProps {
    /// What it turns on.
    pub label: AttrValue,
    /// Whether it is on.
    pub on: bool,
    /// When it is turned.
    pub onchange: Callback<bool>,
}

/// On or off, with its label beside it.
#[component]
pub fn Switch(props: &SwitchProps) -> Html {
    let style = style!(
        r#"
        display: inline-flex;
        align-items: center;
        gap: var(--space-2);
        min-height: var(--control-sm);
        color: var(--text-muted);
        cursor: pointer;

        & input {
            appearance: none;
            flex: none;
            position: relative;
            width: 1.9rem;
            height: 1.1rem;
            margin: 0;
            border-radius: var(--radius-full);
            background: var(--line-strong);
            cursor: pointer;
            transition: background var(--quick);
        }
        & input::after {
            content: "";
            position: absolute;
            top: 2px;
            left: 2px;
            width: calc(1.1rem - 4px);
            height: calc(1.1rem - 4px);
            border-radius: var(--radius-full);
            background: var(--surface);
            transition: transform var(--quick);
        }
        & input:checked { background: var(--text); }
        & input:checked::after { transform: translateX(0.8rem); }
        "#
    );
    let onchange = props.onchange.reform(|event: Event| event.target_unchecked_into::<HtmlInputElement>().checked());
    html! {
        <label class={style}>
            <input type="checkbox" role="switch" checked={props.on} {onchange} />
            <span>{ &props.label }</span>
        </label>
    }
}
