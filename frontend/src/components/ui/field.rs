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
    let note = format!("{}-note", props.control);
    let (wrong, noted) = (props.error.is_some(), props.error.is_some() || props.help.is_some());
    {
        let note = note.clone();
        use_effect_with((props.control.clone(), wrong, noted), move |(control, wrong, noted)| {
            tell(control, "aria-describedby", noted.then_some(&note));
            tell(control, "aria-invalid", wrong.then_some("true"));
        });
    }
    html! {
        <div class={style}>
            <label for={props.control.clone()}>{ &props.label }</label>
            { props.children.clone() }
            if let Some(error) = &props.error {
                <p id={note} class="error" role="alert">{ error }</p>
            } else if let Some(help) = &props.help {
                <p id={note}>{ help }</p>
            }
        </div>
    }
}

/// Tells a control what stands beside it: whatever it is, and without it knowing.
fn tell(control: &str, name: &str, value: Option<&str>) {
    let document = web_sys::window().and_then(|window| window.document());
    if let Some(element) = document.and_then(|document| document.get_element_by_id(control)) {
        // Setting an attribute of a good name cannot fail; neither can removing it.
        let _ = match value {
            Some(value) => element.set_attribute(name, value),
            None => element.remove_attribute(name),
        };
    }
}
