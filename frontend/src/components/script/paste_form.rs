//! A script that is already written: how it would be divided is seen before it becomes a project.

use shared::{project::AspectRatio, rules::MAX_PROMPT};
use yew::prelude::*;

use super::LANGUAGES;
use crate::{
    components::ui::{Button, ButtonVariant, Choice, Field, Icon, Segmented, Select, Textarea},
    design::style,
    format,
    hooks::{Newest, use_id},
    state::paste::Pasted,
};

/// How many scenes are shown of what is pasted.
const SHOWN: usize = 4;

/// What has been pasted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PasteDraft {
    /// The script.
    pub text: String,
    /// The shape of the film.
    pub shape: AspectRatio,
    /// Its language; found out from the text where empty.
    pub language: String,
}

/// Props of [`PasteForm`].
#[derive(PartialEq, Properties)]
pub struct PasteFormProps {
    /// What has been pasted.
    pub draft: Newest<PasteDraft>,
    /// When something else is.
    pub onchange: Callback<PasteDraft>,
    /// When it is to become a project.
    pub onsubmit: Callback<()>,
    /// Whether it is on its way.
    pub busy: bool,
    /// Why it did not become one.
    #[prop_or_default]
    pub error: Option<AttrValue>,
}

/// A script that is already written.
#[component]
pub fn PasteForm(props: &PasteFormProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-4);

        & .options { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(13rem, 100%), 1fr)); gap: var(--space-4); }
        & textarea { min-height: 13rem; max-height: 50vh; }
        & ol { display: grid; gap: var(--space-1); color: var(--text-muted); font-size: var(--text-sm); }
        & li { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        & footer { display: flex; align-items: center; justify-content: space-between; gap: var(--space-3); }
        & .count { color: var(--text-muted); }
        & .error { color: var(--danger); }
        "#
    );
    let (text_id, language_id, shape_id) = (use_id("pasted"), use_id("pasted-language"), use_id("pasted-shape"));
    let draft = &props.draft;
    let pasted = use_memo(draft.text.clone(), |text| Pasted::read(text));
    let set = |change: fn(&mut PasteDraft, String)| {
        let (draft, onchange) = (draft.clone(), props.onchange.clone());
        Callback::from(move |value: String| {
            let mut draft = draft.now();
            change(&mut draft, value);
            onchange.emit(draft);
        })
    };
    let onsubmit = {
        let onsubmit = props.onsubmit.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            onsubmit.emit(());
        })
    };
    let problem = props.error.clone().or_else(|| pasted.problem().map(AttrValue::from));
    let languages: Vec<_> = std::iter::once(Choice::new("", "Detect")).chain(LANGUAGES.map(|(tag, name)| Choice::new(tag, name))).collect();
    let shapes: Vec<_> = AspectRatio::ALL.map(|shape| Choice::new(shape.as_str(), shape.as_str())).into();
    let shape_of = |name: &str| AspectRatio::ALL.into_iter().find(|shape| shape.as_str() == name).unwrap_or_default();
    let onshape = {
        let (draft, onchange) = (draft.clone(), props.onchange.clone());
        Callback::from(move |name: String| onchange.emit(PasteDraft { shape: shape_of(&name), ..draft.now() }))
    };
    let more = pasted.scenes.len().saturating_sub(SHOWN);
    html! {
        <form class={style} {onsubmit} aria-label="Paste a script">
            <Field label="Your script, word for word" control={text_id.clone()} help="An empty line, or a heading such as “Scene 2: The race”, begins a scene. “Visual: …” says what is seen.">
                <Textarea id={text_id} rows={8} maxlength={MAX_PROMPT} value={draft.text.clone()} oninput={set(|draft, text| draft.text = text)} />
            </Field>
            <div class="options">
                <Field label="Language" control={language_id.clone()}>
                    <Select id={language_id} choices={languages} value={draft.language.clone()} onchange={set(|draft, tag| draft.language = tag)} />
                </Field>
                <Field label="Aspect ratio" control={shape_id.clone()}>
                    <Segmented id={shape_id} label="Aspect ratio" choices={shapes} value={draft.shape.as_str()} onchange={onshape} />
                </Field>
            </div>
            if !pasted.scenes.is_empty() {
                <ol aria-label="The first scenes">
                    { for pasted.scenes.iter().take(SHOWN).enumerate().map(|(index, scene)| html! {
                        <li dir="auto">{ format!("{}. {}", index + 1, scene.title.as_ref().unwrap_or(&scene.narration)) }</li>
                    }) }
                    if more > 0 { <li>{ format!("and {}", format::count(more, "more", "more")) }</li> }
                </ol>
            }
            <footer>
                if let Some(problem) = &problem {
                    <p class="error" role="alert">{ problem }</p>
                } else {
                    <p class="count" role="status">{ format::count(pasted.scenes.len(), "scene", "scenes") }</p>
                }
                <Button submit=true variant={ButtonVariant::Primary} icon={Icon::Script} busy={props.busy} disabled={pasted.scenes.is_empty() || pasted.problem().is_some()} hint="Ctrl+Enter, or ⌘ Enter">
                    { "Use this script" }
                </Button>
            </footer>
        </form>
    }
}
