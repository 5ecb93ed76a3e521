//! A labelled place in a form.

use yew::prelude::*;

use crate::design::style;

/// Props of [`Field`].
#[derive(PartialEq, Properties)]
pub struct FieldProps {
    /// What it is called.
    pub label: AttrValue,
    /// The id of the control inside.
    pub control: AttrValue,
    /// More about it.
    #[prop_or_default]
    pub help: Option<AttrValue>,
    /// What is wrong with it.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// The control.
    pub children: Html,
}

/// A label, a control, and what there is to say about it.
#[component]
pub fn Field(props: &FieldProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-1);
        align-content: start;
        min-width: 0;

        & > label { color: var(--text-muted); font-size: var(--text-sm); font-weight: var(--weight-medium); }
        & > p { color: var(--text-faint); font-size: var(--text-sm); }
        & > p.error { color: var(--danger); }
        "#
    );
    html! {
        <div class={style}>
            <label for={props.control.clone()}>{ &props.label }</label>
            { props.children.clone() }
            if let Some(error) = &props.error {
                <p class="error" role="alert">{ error }</p>
            } else if let Some(help) = &props.help {
                <p>{ help }</p>
            }
        </div>
    }
}
