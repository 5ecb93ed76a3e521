//! A model of a provider: one that it lists, or any other by its id. Saved when the field is left, or on Enter.

use shared::provider::ModelInfo;
use yew::prelude::*;

use super::entered::{Sent, use_entered};
use crate::components::ui::{Field, Input};

/// Props of [`ModelField`].
#[derive(PartialEq, Properties)]
pub struct ModelFieldProps {
    /// The id of the control.
    pub id: AttrValue,
    /// Those that the provider lists, the default first.
    pub models: Vec<ModelInfo>,
    /// The one that is set; empty for the provider's own choice.
    pub value: AttrValue,
    /// When another is set.
    pub onchange: Callback<String>,
}

/// A model of a provider.
#[component]
pub fn ModelField(props: &ModelFieldProps) -> Html {
    let onchange = props.onchange.clone();
    let entered = use_entered(props.value.clone(), move |text| {
        onchange.emit(text.trim().to_owned());
        Sent::On
    });
    let shown = entered.shown;
    let list = AttrValue::from(format!("{}-list", props.id));
    let usual = props.models.first().map_or_else(|| AttrValue::from("the provider's own choice"), |model| model.id.clone().into());
    let note = props.models.iter().find(|model| model.id == shown.as_str()).and_then(|model| model.note.clone());
    html! {
        <div onfocusout={entered.onfocusout} onkeydown={entered.onkeydown}>
            <Field label="Model" control={props.id.clone()} help={note.map(AttrValue::from)}>
                <Input id={props.id.clone()} value={shown} placeholder={usual} maxlength=200 list={list.clone()} oninput={entered.oninput} />
                <datalist id={list}>
                    { for props.models.iter().map(|model| html! { <option key={model.id.clone()} value={model.id.clone()}>{ label(model) }</option> }) }
                </datalist>
            </Field>
        </div>
    }
}

fn label(model: &ModelInfo) -> String {
    match &model.note {
        Some(note) => format!("{} · {note}", model.name),
        None => model.name.clone(),
    }
}
