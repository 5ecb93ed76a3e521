//! How a clip is made: by whom, with which model, what happens in it, and what else that provider can be told.

use std::rc::Rc;

use shared::{
    ApiError,
    provider::{Choice as OptionChoice, OptionField, OptionInput, ProviderInfo, ProviderKind},
    rules::MAX_VISUAL_PROMPT,
    settings::Settings,
};
use yew::prelude::*;

use super::take_view::Refused;
use crate::{
    components::{
        layout::RouteLink,
        options::{OptionFields, OptionValues, clip_maker, clip_makers, model_choices},
        ui::{Choice, Field, Select, Textarea},
    },
    design::style,
    hooks::{Newest, use_id},
    routes::Route,
};

/// Props of [`ClipForm`].
#[derive(PartialEq, Properties)]
pub struct ClipFormProps {
    /// Whose providers can be chosen.
    pub settings: Rc<Settings>,
    /// What is chosen.
    pub value: Newest<OptionValues>,
    /// When something else is chosen.
    pub onchange: Callback<OptionValues>,
    /// What should happen.
    pub words: AttrValue,
    /// When something else should.
    pub onwords: Callback<String>,
    /// Why the last one was not begun.
    pub refused: Option<ApiError>,
}

/// How a clip is made; where nobody makes any, the way to change that.
#[component]
pub fn ClipForm(props: &ClipFormProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-3);
        min-width: 0;

        & > .none { color: var(--text-muted); }
        "#
    );
    let id = use_id("clip-option");
    let control = |name: &str| AttrValue::from(format!("{id}-{name}"));
    let Some(provider) = clip_maker(&props.settings, &props.value) else {
        return html! {
            <div class={style}>
                <p class="none">{ "Nobody who makes clips is set up yet: give a provider its key in the " }<RouteLink to={Route::Settings}>{ "settings" }</RouteLink>{ "." }</p>
            </div>
        };
    };
    let makers = clip_makers(&props.settings).map(|p| Choice::new(p.id.clone(), p.name.clone())).collect::<Vec<_>>();
    let models = model_choices(Some(provider), ProviderKind::Video);
    let model = props.value.get("model");
    let (told, fields): (Vec<_>, Vec<_>) = fields(provider, &model).partition(|field| field.name == "prompt");
    let onprovider = {
        let onchange = props.onchange.clone();
        // Another provider has other models, and another model makes other lengths.
        Callback::from(move |chosen: String| onchange.emit(OptionValues::default().with("provider", &chosen)))
    };
    let onmodel = {
        let (value, onchange) = (props.value.clone(), props.onchange.clone());
        Callback::from(move |chosen: String| onchange.emit(value.now().only(&["provider"]).with("model", &chosen)))
    };
    html! {
        <div class={style}>
            <Field label="Made by" control={control("provider")}>
                <Select id={control("provider")} choices={makers} value={provider.id.clone()} onchange={onprovider} />
            </Field>
            if models.len() > 1 {
                <Field label="Model" control={control("model")}>
                    <Select id={control("model")} choices={std::iter::once(Choice::new("", "Default")).chain(models).collect::<Vec<_>>()} value={model} onchange={onmodel} />
                </Field>
            }
            { for told.into_iter().map(|field| html! {
                <Field label={field.label.clone()} control={control("words")} help={field.help.clone().map(AttrValue::from)}>
                    <Textarea id={control("words")} rows={3} maxlength={MAX_VISUAL_PROMPT} value={props.words.clone()} oninput={props.onwords.clone()} />
                </Field>
            }) }
            <OptionFields {id} {fields} value={props.value.clone()} onchange={props.onchange.clone()} />
            if let Some(error) = &props.refused { <Refused error={error.clone()} /> }
        </div>
    }
}

/// What can be said of a clip of that model; what is one of a few can be left to the provider.
fn fields(provider: &ProviderInfo, model: &str) -> impl Iterator<Item = OptionField> {
    let told = provider.options_of(ProviderKind::Video, Some(model).filter(|model| !model.is_empty()));
    told.into_iter().map(|mut field| {
        if let OptionInput::Choice { choices } = &mut field.input {
            choices.insert(0, OptionChoice { value: String::new(), label: "Auto".to_owned() });
        }
        field
    })
}
