//! How pictures are made: by whom, with which model, and what else that provider can be told.

use std::rc::Rc;

use serde_json::{Value, json};
use shared::{
    ImageId,
    provider::{OptionField, OptionInput, ProviderInfo, ProviderKind},
    settings::Settings,
};
use yew::prelude::*;

use super::reference_picker::ReferencePicker;
use crate::{
    components::{
        options::{OptionFields, OptionValues, model_choices, provider_choices},
        ui::{Choice, Field, Select},
    },
    design::style,
    hooks::{Newest, use_id},
    state::{Load, State, project::OpenProject, use_selector},
};

/// How requests name the pictures to resemble.
const REFERENCES: &str = "referenceImageIds";

/// What was chosen, without the pictures to resemble that are there no more: they would be refused, and nobody could take them out.
#[hook]
pub fn use_present(value: &Newest<OptionValues>) -> Newest<OptionValues> {
    // Drawn again when a picture goes.
    let drawn = value.clone();
    let _present = use_selector(move |open: &OpenProject| present(open, &drawn));
    value.map(|value| present(&OpenProject::current(), value))
}

fn present(open: &OpenProject, value: &OptionValues) -> OptionValues {
    let chosen = chosen_references(value, REFERENCES);
    // The selection would be gone where only the project is not there yet.
    if chosen.is_empty() || open.load != Load::Ready {
        return value.clone();
    }
    with_references(value, REFERENCES, chosen.into_iter().filter(|id| open.pictures().any(|image| image.id == *id)).collect())
}

/// Props of [`ImageOptions`].
#[derive(PartialEq, Properties)]
pub struct ImageOptionsProps {
    /// Whose providers can be chosen.
    pub settings: Rc<Settings>,
    /// What is chosen.
    pub value: Newest<OptionValues>,
    /// When something else is chosen.
    pub onchange: Callback<OptionValues>,
}

/// How pictures are made.
#[component]
pub fn ImageOptions(props: &ImageOptionsProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(11rem, 100%), 1fr));
        gap: var(--space-3) var(--space-4);
        align-items: start;
        min-width: 0;

        & > .wide { grid-column: 1 / -1; min-width: 0; }
        "#
    );
    let id = use_id("image-option");
    let (provider_id, model_id) = (AttrValue::from(format!("{id}-provider")), AttrValue::from(format!("{id}-model")));
    let provider = chosen_provider(&props.settings, &props.value);
    let fields = fields(&props.settings, provider, &props.value);
    let models = model_choices(provider, ProviderKind::Image);
    let onprovider = {
        let (value, onchange) = (props.value.clone(), props.onchange.clone());
        // Another provider has other models, and may not know the rest.
        Callback::from(move |chosen: String| onchange.emit(value.now().only(&["seed", "negativePrompt"]).with("provider", &chosen)))
    };
    let onmodel = {
        let (value, onchange) = (props.value.clone(), props.onchange.clone());
        // Another model may take fewer pictures to resemble, or none.
        Callback::from(move |chosen: String| onchange.emit(value.now().with_value(REFERENCES, Value::Null).with("model", &chosen)))
    };
    let default = &props.settings.defaults.image.provider;
    let default_name = props.settings.providers.iter().find(|p| p.id == *default).map_or(default.as_str(), |p| p.name.as_str());
    let providers: Vec<Choice> = std::iter::once(Choice::new("", format!("Default ({default_name})")))
        .chain(provider_choices(&props.settings, ProviderKind::Image))
        .collect();
    let references = fields.iter().find_map(|field| match field.input {
        OptionInput::References { max } => Some((field.label.clone(), max as usize, field.name.clone())),
        _ => None,
    });
    html! {
        <div class={style}>
            <Field label="Made by" control={provider_id.clone()}>
                <Select id={provider_id} choices={providers} value={props.value.get("provider")} onchange={onprovider} />
            </Field>
            if models.len() > 1 {
                <Field label="Model" control={model_id.clone()}>
                    <Select id={model_id} choices={std::iter::once(Choice::new("", "Default")).chain(models).collect::<Vec<_>>()} value={props.value.get("model")} onchange={onmodel} />
                </Field>
            }
            <OptionFields {id} {fields} value={props.value.clone()} onchange={props.onchange.clone()} />
            if let Some((label, max, name)) = references {
                <div class="wide">
                    <ReferencePicker {label} {max} chosen={chosen_references(&props.value, &name)} ontoggle={onreference(props, name, max)} />
                </div>
            }
        </div>
    }
}

fn onreference(props: &ImageOptionsProps, name: String, max: usize) -> Callback<ImageId> {
    let (value, onchange) = (props.value.clone(), props.onchange.clone());
    Callback::from(move |id| {
        let value = value.now();
        let mut ids = chosen_references(&value, &name);
        match ids.iter().position(|chosen| *chosen == id) {
            Some(place) => _ = ids.remove(place),
            None if ids.len() < max => ids.push(id),
            None => {}
        }
        onchange.emit(with_references(&value, &name, ids));
    })
}

fn with_references(value: &OptionValues, name: &str, ids: Vec<ImageId>) -> OptionValues {
    value.with_value(name, if ids.is_empty() { Value::Null } else { json!(ids) })
}

/// The provider that would be asked.
fn chosen_provider<'a>(settings: &'a Settings, value: &OptionValues) -> Option<&'a ProviderInfo> {
    let chosen = value.get("provider");
    let id = if chosen.is_empty() { settings.defaults.image.provider.as_str() } else { chosen.as_str() };
    settings.providers.iter().find(|provider| provider.id == id)
}

/// What can be told to whoever would be asked, and to the model that would be.
fn fields(settings: &Settings, provider: Option<&ProviderInfo>, value: &OptionValues) -> Vec<OptionField> {
    let Some(provider) = provider else { return Vec::new() };
    let (chosen, usual) = (value.get("model"), &settings.defaults.image);
    let usual = usual.model.as_deref().filter(|_| usual.provider == provider.id);
    provider.options_of(ProviderKind::Image, Some(chosen.as_str()).filter(|model| !model.is_empty()).or(usual))
}

fn chosen_references(value: &OptionValues, name: &str) -> Vec<ImageId> {
    let ids = value.value(name).as_array().into_iter().flatten();
    ids.filter_map(|id| id.as_str()?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_is_gone_is_not_asked_for() {
        let ids = json!(["01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81"]);
        let value = OptionValues::default().with("provider", "gemini").with_value(REFERENCES, ids);
        let mut open = OpenProject::default();
        assert_eq!(present(&open, &value), value, "before the project is there, nobody knows");
        open.load = Load::Ready;
        assert_eq!(present(&open, &value), value.only(&["provider"]));
    }
}
