//! Where a script begins: the text, and how it is to be divided.

use std::rc::Rc;

use shared::{
    project::AspectRatio,
    provider::ProviderKind,
    rules::MAX_PROMPT,
    script::{GenerateScript, ScriptOptions},
    settings::Settings,
};
use yew::prelude::*;

use super::LANGUAGES;
use crate::{
    components::ui::{Button, ButtonVariant, Choice, Field, Icon, Input, Segmented, Select, Textarea},
    design::style,
    hooks::{Newest, use_id},
    state::settings::providers_of,
};

/// What has been filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScriptDraft {
    /// The text, or what it should be about.
    pub prompt: String,
    /// How long, or how many scenes.
    pub length: Length,
    /// Its language; found out from the text where empty.
    pub language: String,
    /// The shape of the film.
    pub shape: AspectRatio,
    /// How it should sound.
    pub tone: String,
    /// Who writes; the settings' default where empty.
    pub provider: String,
    /// Which of the provider's models; its own default where empty.
    pub model: String,
}

/// How long a script is to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Length {
    /// As the text suggests.
    #[default]
    Auto,
    /// So many seconds.
    Seconds(u32),
    /// So many scenes.
    Scenes(u32),
}

impl Length {
    const SECONDS: [(u32, &'static str); 5] =
        [(30, "30 seconds"), (60, "1 minute"), (120, "2 minutes"), (300, "5 minutes"), (600, "10 minutes")];
    const SCENES: [u32; 7] = [3, 5, 8, 12, 20, 40, 60];

    fn name(self) -> String {
        match self {
            Self::Auto => "auto".to_owned(),
            Self::Seconds(seconds) => format!("seconds-{seconds}"),
            Self::Scenes(scenes) => format!("scenes-{scenes}"),
        }
    }

    fn from_name(name: &str) -> Self {
        let number = |text: &str| text.parse().ok();
        match name.split_once('-') {
            Some(("seconds", n)) => number(n).map_or(Self::Auto, Self::Seconds),
            Some(("scenes", n)) => number(n).map_or(Self::Auto, Self::Scenes),
            _ => Self::Auto,
        }
    }

    fn choices() -> Vec<Choice> {
        let mut choices = vec![Choice::new("auto", "Automatic")];
        choices.extend(Self::SECONDS.map(|(n, label)| Choice::new(Self::Seconds(n).name(), label).under("By length")));
        choices.extend(Self::SCENES.map(|n| Choice::new(Self::Scenes(n).name(), format!("{n} scenes")).under("By scenes")));
        choices
    }
}

impl ScriptDraft {
    /// The request that it makes.
    pub fn request(&self) -> GenerateScript {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        GenerateScript {
            prompt: self.prompt.clone(),
            options: Some(ScriptOptions {
                scene_count: if let Length::Scenes(n) = self.length { Some(n) } else { None },
                duration_seconds: if let Length::Seconds(n) = self.length { Some(f64::from(n)) } else { None },
                language: given(&self.language),
                tone: given(&self.tone),
                aspect_ratio: Some(self.shape),
                provider: given(&self.provider),
                model: given(&self.model),
                ..ScriptOptions::default()
            }),
        }
    }

    /// Whether there is a text to begin with.
    pub fn is_blank(&self) -> bool {
        self.prompt.trim().is_empty()
    }
}

/// Props of [`ScriptForm`].
#[derive(PartialEq, Properties)]
pub struct ScriptFormProps {
    /// What has been filled in.
    pub draft: Newest<ScriptDraft>,
    /// When something else is filled in.
    pub onchange: Callback<ScriptDraft>,
    /// When it is to be written.
    pub onsubmit: Callback<()>,
    /// Whether it is on its way.
    pub busy: bool,
    /// Why it could not be started.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// Whose providers can be chosen.
    #[prop_or_default]
    pub settings: Option<Rc<Settings>>,
}

/// Where a script begins.
#[component]
pub fn ScriptForm(props: &ScriptFormProps) -> Html {
    let style = style!(
        r#"
        border: 1px solid var(--line-strong);
        border-radius: var(--radius-lg);
        background: var(--surface);
        box-shadow: var(--shadow-sm);

        & .text textarea { min-height: 9.5rem; max-height: 50vh; padding: var(--space-4) var(--space-5); border: 0; border-radius: var(--radius-lg) var(--radius-lg) 0 0; background: transparent; font-size: var(--text-lg); }
        & .text textarea:focus { outline-offset: -2px; }
        & .options { display: grid; grid-template-columns: 1fr 1fr minmax(12rem, 1.3fr); gap: var(--space-3); padding: var(--space-3) var(--space-4); border-top: 1px solid var(--line); }
        & details { border-top: 1px solid var(--line); }
        & summary { min-height: var(--control); padding: var(--space-2) var(--space-4); color: var(--text-muted); font-size: var(--text-sm); cursor: pointer; }
        & summary:hover { color: var(--text); }
        & details .options { border-top: 0; padding-top: var(--space-1); }
        & footer { display: flex; align-items: center; justify-content: flex-end; gap: var(--space-3); padding: var(--space-3) var(--space-4); border-top: 1px solid var(--line); }
        & footer .error { flex: 1; color: var(--danger); }
        & footer .hint { flex: 1; color: var(--text-faint); font-size: var(--text-sm); }
        @media (max-width: 40rem) {
            & .options { grid-template-columns: 1fr 1fr; }
            & .options > :nth-child(3) { grid-column: 1 / -1; }
        }
        "#
    );
    let (text_id, length_id, language_id, tone_id, provider_id, model_id) =
        (use_id("text"), use_id("length"), use_id("language"), use_id("tone"), use_id("provider"), use_id("model"));
    let shape_id = use_id("shape");
    let draft = &props.draft;
    let set = |change: fn(&mut ScriptDraft, String)| {
        let (draft, onchange) = (draft.clone(), props.onchange.clone());
        Callback::from(move |value: String| {
            let mut draft = draft.now();
            change(&mut draft, value);
            onchange.emit(draft);
        })
    };
    let onsubmit = {
        let (onsubmit, draft) = (props.onsubmit.clone(), draft.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if !draft.now().is_blank() {
                onsubmit.emit(());
            }
        })
    };
    let languages: Vec<_> = std::iter::once(Choice::new("", "Detect")).chain(LANGUAGES.map(|(tag, name)| Choice::new(tag, name))).collect();
    let shapes: Vec<_> = AspectRatio::ALL.map(|shape| Choice::new(shape.as_str(), shape.as_str())).into();
    html! {
        <form class={style} {onsubmit} aria-label="New script">
            <div class="text" data-first="">
                <label for={text_id.clone()} class="visually-hidden">{ "Text" }</label>
                <Textarea
                    id={text_id}
                    rows={6}
                    maxlength={MAX_PROMPT}
                    placeholder="Paste a text, or write what the film should say."
                    value={draft.prompt.clone()}
                    oninput={set(|draft, value| draft.prompt = value)}
                />
            </div>
            <div class="options">
                <Field label="Length" control={length_id.clone()}>
                    <Select id={length_id} choices={Length::choices()} value={draft.length.name()} onchange={set(|draft, value| draft.length = Length::from_name(&value))} />
                </Field>
                <Field label="Language" control={language_id.clone()}>
                    <Select id={language_id} choices={languages} value={draft.language.clone()} onchange={set(|draft, value| draft.language = value)} />
                </Field>
                <Field label="Aspect ratio" control={shape_id.clone()}>
                    <Segmented id={shape_id} label="Aspect ratio" choices={shapes} value={draft.shape.as_str()} onchange={set(|draft, value| draft.shape = shape_of(&value))} />
                </Field>
            </div>
            <details>
                <summary>{ "More" }</summary>
                <div class="options">
                    <Field label="Written by" control={provider_id.clone()}>
                        <Select id={provider_id} choices={providers(props.settings.as_deref())} value={draft.provider.clone()} onchange={set(|draft, value| { draft.provider = value; draft.model.clear(); })} />
                    </Field>
                    <Field label="Model" control={model_id.clone()}>
                        <Select id={model_id} choices={models(props.settings.as_deref(), &draft.provider)} value={draft.model.clone()} onchange={set(|draft, value| draft.model = value)} />
                    </Field>
                    <Field label="Tone" control={tone_id.clone()}>
                        <Input id={tone_id} maxlength={200} placeholder="warm, matter-of-fact, …" value={draft.tone.clone()} oninput={set(|draft, value| draft.tone = value)} />
                    </Field>
                </div>
            </details>
            <footer>
                if let Some(error) = &props.error {
                    <p class="error" role="alert">{ error }</p>
                } else {
                    <p class="hint">{ writer_note(props.settings.as_deref(), &draft.provider) }</p>
                }
                <Button variant={ButtonVariant::Primary} icon={Icon::Write} submit=true busy={props.busy} disabled={draft.is_blank()} hint="Ctrl+Enter, or ⌘ Enter">
                    { "Write script" }
                </Button>
            </footer>
        </form>
    }
}

fn shape_of(name: &str) -> AspectRatio {
    AspectRatio::ALL.into_iter().find(|shape| shape.as_str() == name).unwrap_or_default()
}

fn providers(settings: Option<&Settings>) -> Vec<Choice> {
    let default = settings.and_then(|settings| settings.providers.iter().find(|p| p.id == settings.defaults.script.provider));
    let first = Choice::new("", default.map_or_else(|| "Default".to_owned(), |provider| format!("Default ({})", provider.name)));
    let rest = settings.iter().flat_map(|settings| providers_of(settings, ProviderKind::Script));
    std::iter::once(first)
        .chain(rest.map(|p| Choice::new(p.id.clone(), p.name.clone()).unavailable(!p.available || !p.configured)))
        .collect()
}

fn models(settings: Option<&Settings>, provider: &str) -> Vec<Choice> {
    let all = settings.and_then(|settings| {
        let provider = if provider.is_empty() { &settings.defaults.script.provider } else { provider };
        settings.providers.iter().find(|p| p.id == provider)
    });
    let models = all.iter().flat_map(|p| &p.models).filter(|model| model.kind == ProviderKind::Script);
    std::iter::once(Choice::new("", "Default")).chain(models.map(|model| Choice::new(model.id.clone(), model.name.clone()))).collect()
}

/// Who writes decides what a prompt is: the built-in one divides a text, a language model writes one.
fn writer_note(settings: Option<&Settings>, provider: &str) -> String {
    let Some(settings) = settings else { return String::new() };
    let id = if provider.is_empty() { &settings.defaults.script.provider } else { provider };
    match settings.providers.iter().find(|p| p.id == *id) {
        Some(p) if p.built_in => "Your text is divided into scenes, word for word.".to_owned(),
        Some(p) => format!("Written by {}.", p.name),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_lead_back_to_themselves() {
        for length in [Length::Auto, Length::Seconds(60), Length::Scenes(12)] {
            assert_eq!(Length::from_name(&length.name()), length);
        }
    }

    #[test]
    fn what_is_left_empty_is_left_out() {
        let draft = ScriptDraft { prompt: "A hare.".into(), length: Length::Scenes(5), tone: "  ".into(), ..ScriptDraft::default() };
        let options = draft.request().options.unwrap();
        assert_eq!((options.scene_count, options.duration_seconds), (Some(5), None));
        assert_eq!((options.tone, options.language, options.provider), (None, None, None));
    }
}
