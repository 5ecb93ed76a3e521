//! How the film is made. The fields are the provider's own, so a new one needs no change here.

use std::rc::Rc;

use shared::{provider::ProviderKind, settings::Settings};
use yew::prelude::*;

use super::{caption_preview::CaptionPreview, clip_sound::ClipSound, fields, film_fields::matters, music_picker::MusicPicker};
use crate::{
    components::{
        options::{OptionFields, OptionValues, film_choices, model_choices},
        ui::{Choice, Field, Select},
    },
    design::style,
    hooks::Newest,
};

/// Some of the film, for the preview of its captions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// The shape of the film.
    pub shape: (u32, u32),
    /// The first picture.
    pub picture: Option<AttrValue>,
    /// The first words.
    pub words: AttrValue,
    /// Their language.
    pub lang: AttrValue,
}

/// Props of [`VideoOptionsForm`].
#[derive(PartialEq, Properties)]
pub struct VideoOptionsFormProps {
    /// What the ids of its controls begin with; unique on the page.
    pub id: AttrValue,
    /// Whose providers can be chosen.
    pub settings: Rc<Settings>,
    /// What is chosen, with the defaults filled in.
    pub value: Newest<OptionValues>,
    /// When something else is chosen.
    pub onchange: Callback<OptionValues>,
    /// For the preview of the captions.
    pub sample: Sample,
    /// Whether they are shown large elsewhere, where there is room for it.
    #[prop_or_default]
    pub shown_large: bool,
}

/// How the film is made.
#[component]
pub fn VideoOptionsForm(props: &VideoOptionsFormProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr));
        gap: var(--space-4);
        align-items: start;

        & > .wide { grid-column: 1 / -1; min-width: 0; }
        @media (min-width: 62.01rem) {
            & > .narrow-only { display: none; }
        }
        "#
    );
    let set = |name: &'static str| {
        let (value, onchange) = (props.value.clone(), props.onchange.clone());
        Callback::from(move |text: String| onchange.emit(value.now().with(name, &text)))
    };
    let provider = props.settings.providers.iter().find(|p| p.id == props.value.get("provider"));
    let providers = film_choices(&props.settings);
    let models = model_choices(provider, ProviderKind::Video);
    let subtitles = props.value.get("subtitles");
    let all: Vec<_> = fields(provider).into_iter().filter(|field| matters(field, &props.value)).collect();
    // The preview stands below what it shows.
    let split = all.iter().rposition(|field| matches!(field.name.as_str(), "subtitles" | "captionStyle")).map_or(all.len(), |at| at + 1);
    let (before, after) = all.split_at(split);
    let (provider_id, model_id) = (AttrValue::from(format!("{}-provider", props.id)), AttrValue::from(format!("{}-model", props.id)));
    let own = |fields: &[_]| {
        html! { <OptionFields id={props.id.clone()} fields={fields.to_vec()} value={props.value.clone()} onchange={props.onchange.clone()} /> }
    };
    html! {
        <div class={style}>
            if providers.len() > 1 {
                <Field label="Made by" control={provider_id.clone()}>
                    <Select id={provider_id} choices={providers} value={props.value.get("provider")} onchange={set("provider")} />
                </Field>
            }
            if models.len() > 1 {
                <Field label="Model" control={model_id.clone()}>
                    <Select id={model_id} choices={std::iter::once(Choice::new("", "Default")).chain(models).collect::<Vec<_>>()} value={props.value.get("model")} onchange={set("model")} />
                </Field>
            }
            { own(before) }
            if !subtitles.is_empty() && subtitles != "none" && !props.sample.words.trim().is_empty() {
                <div class={classes!("wide", props.shown_large.then_some("narrow-only"))}>
                    <CaptionPreview
                        shape={props.sample.shape}
                        {subtitles}
                        caption_style={props.value.get("captionStyle")}
                        picture={props.sample.picture.clone()}
                        words={props.sample.words.clone()}
                        lang={props.sample.lang.clone()}
                    />
                </div>
            }
            { own(after) }
            <ClipSound id={props.id.clone()} value={props.value.clone()} onchange={props.onchange.clone()} />
            <div class="wide"><MusicPicker id={props.id.clone()} value={props.value.clone()} onchange={props.onchange.clone()} /></div>
        </div>
    }
}
