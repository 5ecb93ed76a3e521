//! What is used where nothing is said, for each kind of work.

use std::rc::Rc;

use shared::{
    audio::Voice,
    provider::ProviderKind,
    rules::MAX_VISUAL_PROMPT,
    settings::{PatchAudioDefaults, PatchDefaults, PatchImageDefaults, PatchScriptDefaults, PatchVideoDefaults, Settings},
    video::VideoOptions,
};
use yew::prelude::*;

use super::ModelField;
use crate::{
    components::{
        audio::{speed_choices, voice_choices},
        options::{OptionFields, OptionValues, film_choices, film_maker},
        ui::{Card, Choice, Field, Input, Select},
        video,
    },
    design::style,
    hooks::{Newest, use_typed},
    state::{
        settings::{SettingsState, providers_of},
        use_selector,
    },
};

/// How much can be said of how narrations should sound.
const MAX_MANNER: usize = 500;

/// Props of [`DefaultsForm`].
#[derive(PartialEq, Properties)]
pub struct DefaultsFormProps {
    /// The settings as they are.
    pub settings: Rc<Settings>,
    /// The voices of who speaks, as far as they are known.
    pub voices: Rc<Vec<Voice>>,
    /// Why they are not.
    #[prop_or_default]
    pub no_voices: Option<AttrValue>,
    /// When one of them is changed.
    pub onchange: Callback<PatchDefaults>,
}

/// What is used where nothing is said.
#[component]
pub fn DefaultsForm(props: &DefaultsFormProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-5);

        & > fieldset { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(13rem, 100%), 1fr)); gap: var(--space-4); min-width: 0; }
        & > fieldset + fieldset { padding-top: var(--space-5); border-top: 1px solid var(--line); }
        & legend { float: left; grid-column: 1 / -1; padding: 0; color: var(--text-muted); font-size: var(--text-sm); font-weight: var(--weight-strong); }
        & .wide { grid-column: 1 / -1; }
        "#
    );
    let settings = &props.settings;
    let (script, audio, image) = (&settings.defaults.script, &settings.defaults.audio, &settings.defaults.image);
    let set_script = |change: fn(String) -> PatchScriptDefaults| {
        props.onchange.reform(move |value| PatchDefaults { script: Some(change(value)), ..PatchDefaults::default() })
    };
    let set_audio = |change: fn(String) -> PatchAudioDefaults| {
        props.onchange.reform(move |value| PatchDefaults { audio: Some(change(value)), ..PatchDefaults::default() })
    };
    let set_image = |change: fn(String) -> PatchImageDefaults| {
        props.onchange.reform(move |value| PatchDefaults { image: Some(change(value)), ..PatchDefaults::default() })
    };
    // Those of who spoke before are there until the next ones are.
    let voices: Vec<_> = props.voices.iter().filter(|voice| voice.provider == audio.provider).cloned().collect();
    let voice = audio.voice_id.clone().unwrap_or_default();
    let known = video::defaults(settings);
    // What was chosen last is what the next choice differs from, also before it is answered.
    let chosen = use_state(|| known.clone());
    let film = Newest::from(&chosen);
    let refused = *use_selector(|state: &SettingsState| state.refused);
    use_effect_with((known, refused), {
        let chosen = chosen.clone();
        move |(known, _)| chosen.set(known.clone())
    });
    let onfilm = {
        let (film, onchange) = (film.clone(), props.onchange.clone());
        Callback::from(move |next: OptionValues| {
            if let Some(change) = film_change(&film.now(), &next) {
                chosen.set(next);
                onchange.emit(PatchDefaults { video: Some(change), ..PatchDefaults::default() });
            }
        })
    };
    let onmaker = {
        let (film, onfilm) = (film.clone(), onfilm.clone());
        Callback::from(move |id: String| onfilm.emit(film.now().with("provider", &id)))
    };
    let makers = film_choices(settings);
    let film_fields = video::fields(film_maker(settings)).into_iter().filter(|field| !film.get(&field.name).is_empty()).collect::<Vec<_>>();
    html! {
        <Card title="Defaults">
            <div class={style}>
                <fieldset>
                    <legend>{ "Script" }</legend>
                    <Field label="Written by" control="default-script">
                        <Select id="default-script" choices={providers(settings, ProviderKind::Script)} value={script.provider.clone()}
                            onchange={set_script(|id| PatchScriptDefaults { provider: Some(id), model: Some(None) })} />
                    </Field>
                    { model_field("default-script-model", settings, ProviderKind::Script, &script.provider, script.model.as_deref(),
                        set_script(|model| PatchScriptDefaults { model: Some(given(model)), ..Default::default() })) }
                </fieldset>
                <fieldset>
                    <legend>{ "Narration" }</legend>
                    <Field label="Spoken by" control="default-audio">
                        <Select id="default-audio" choices={providers(settings, ProviderKind::Speech)} value={audio.provider.clone()}
                            onchange={set_audio(|id| PatchAudioDefaults { provider: Some(id), voice_id: Some(None), model: Some(None), ..Default::default() })} />
                    </Field>
                    <Field label="Voice" control="default-voice" error={props.no_voices.clone()}>
                        <Select id="default-voice" choices={voice_choices(&voices, Choice::new("", "Chosen by language"), &voice)} value={voice}
                            onchange={set_audio(|voice| PatchAudioDefaults { voice_id: Some(given(voice)), ..Default::default() })} />
                    </Field>
                    { model_field("default-audio-model", settings, ProviderKind::Speech, &audio.provider, audio.model.as_deref(),
                        set_audio(|model| PatchAudioDefaults { model: Some(given(model)), ..Default::default() })) }
                    <Field label="Speaking speed" control="default-speed">
                        <Select id="default-speed" choices={speed_choices(audio.speed)} value={audio.speed.to_string()}
                            onchange={set_audio(|speed| PatchAudioDefaults { speed: speed.parse().ok(), ..Default::default() })} />
                    </Field>
                    <StyleDefault
                        id="default-audio-style"
                        help="How narrations should sound, by providers that can be told."
                        placeholder="calm, warm"
                        maxlength={MAX_MANNER}
                        value={audio.style.clone().unwrap_or_default()}
                        onchange={set_audio(|style| PatchAudioDefaults { style: Some(given(style)), ..Default::default() })}
                    />
                </fieldset>
                <fieldset>
                    <legend>{ "Images" }</legend>
                    <Field label="Made by" control="default-image">
                        <Select id="default-image" choices={providers(settings, ProviderKind::Image)} value={image.provider.clone()}
                            onchange={set_image(|id| PatchImageDefaults { provider: Some(id), model: Some(None), ..Default::default() })} />
                    </Field>
                    { model_field("default-image-model", settings, ProviderKind::Image, &image.provider, image.model.as_deref(),
                        set_image(|model| PatchImageDefaults { model: Some(given(model)), ..Default::default() })) }
                    <StyleDefault
                        id="default-style"
                        help="How every picture should look, unless a project says otherwise."
                        placeholder="watercolour, soft light"
                        maxlength={MAX_VISUAL_PROMPT}
                        value={image.style_prompt.clone()}
                        onchange={set_image(|style| PatchImageDefaults { style_prompt: Some(style), ..Default::default() })}
                    />
                </fieldset>
                <fieldset>
                    <legend>{ "Film" }</legend>
                    if makers.len() > 1 {
                        <Field label="Made by" control="default-film">
                            <Select id="default-film" choices={makers} value={film.get("provider")} onchange={onmaker} />
                        </Field>
                    }
                    <OptionFields id="default-film" fields={film_fields} value={film} onchange={onfilm} />
                </fieldset>
            </div>
        </Card>
    }
}

/// Those that do such work; what cannot be used now cannot be chosen.
fn providers(settings: &Settings, kind: ProviderKind) -> Vec<Choice> {
    providers_of(settings, kind)
        .into_iter()
        .map(|p| Choice::new(p.id.clone(), p.name.clone()).unavailable(!p.available || !p.configured))
        .collect()
}

fn model_field(
    id: &'static str,
    settings: &Settings,
    kind: ProviderKind,
    provider: &str,
    model: Option<&str>,
    onchange: Callback<String>,
) -> Html {
    let known = settings.providers.iter().find(|known| known.id == provider);
    let models = known.into_iter().flat_map(|known| &known.models).filter(|model| model.kind == kind);
    if known.is_some_and(|known| !known.built_in) {
        // Whatever a remote provider lists, it may have a newer one.
        let value = AttrValue::from(model.unwrap_or_default().to_owned());
        return html! { <ModelField {id} models={models.cloned().collect::<Vec<_>>()} {value} {onchange} /> };
    }
    let mut choices = vec![Choice::new("", "The provider's own choice")];
    choices.extend(models.map(|model| Choice::new(model.id.clone(), model.name.clone())));
    let current = model.unwrap_or_default();
    if choices.iter().all(|choice| choice.value != *current) {
        choices.push(Choice::new(current.to_owned(), current.to_owned()));
    }
    if choices.len() < 3 {
        return Html::default();
    }
    html! { <Field label="Model" control={id}><Select {id} {choices} value={current.to_owned()} {onchange} /></Field> }
}

fn given(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// What differs, as the wire takes it.
fn film_change(before: &OptionValues, after: &OptionValues) -> Option<PatchVideoDefaults> {
    let names = ["provider", "resolution", "fps", "motion", "motionStrength", "transition", "subtitles", "captionStyle", "quality"];
    let changed = names.into_iter().find(|name| before.get(name) != after.get(name))?;
    if changed == "provider" {
        return Some(PatchVideoDefaults { provider: Some(after.get(changed)), ..PatchVideoDefaults::default() });
    }
    let options: VideoOptions = after.read();
    let mut change = PatchVideoDefaults::default();
    match changed {
        "resolution" => change.resolution = options.resolution,
        "fps" => change.fps = options.fps,
        "motion" => change.motion = options.motion,
        "motionStrength" => change.motion_strength = options.motion_strength,
        "transition" => change.transition = options.transition,
        "subtitles" => change.subtitles = options.subtitles,
        "captionStyle" => change.caption_style = options.caption_style,
        _ => change.quality = options.quality,
    }
    Some(change)
}

#[derive(PartialEq, Properties)]
struct StyleDefaultProps {
    id: AttrValue,
    help: AttrValue,
    placeholder: AttrValue,
    maxlength: usize,
    value: String,
    onchange: Callback<String>,
}

/// A look, or a manner of speaking; saved after a pause, and when the field is left.
#[component]
fn StyleDefault(props: &StyleDefaultProps) -> Html {
    let refusals = *use_selector(|state: &SettingsState| state.refused);
    let typed = use_typed(props.value.clone().into(), refusals, true, props.onchange.clone());
    let onfocusout = typed.keep.reform(|_: FocusEvent| ());
    html! {
        <div class="wide" {onfocusout}>
            <Field label="Style" control={props.id.clone()} help={props.help.clone()}>
                <Input id={props.id.clone()} value={typed.shown} maxlength={props.maxlength} placeholder={props.placeholder.clone()} oninput={typed.oninput} />
            </Field>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use shared::settings::VideoDefaults;

    use super::*;

    #[test]
    fn only_what_was_changed_is_sent() {
        let before = OptionValues::of(&VideoDefaults::default());
        assert!(film_change(&before, &before).is_none());
        let change = film_change(&before, &before.with("transition", "slide")).unwrap();
        assert_eq!(serde_json::to_string(&change).unwrap(), r#"{"transition":"slide"}"#);
        let change = film_change(&before, &before.with("motionStrength", "1.5")).unwrap();
        assert_eq!(serde_json::to_string(&change).unwrap(), r#"{"motionStrength":1.5}"#);
        let change = film_change(&before, &before.with("fps", "60")).unwrap();
        assert_eq!(serde_json::to_string(&change).unwrap(), r#"{"fps":60}"#);
    }
}
