//! One scene's narration: its words, lit as they are spoken, its takes side by side, and new ones: generated, recorded or
//! brought along.

use std::rc::Rc;

use shared::{audio::Voice, event::RecordKind, scene::Scene};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{VoiceSettings, audio_take::AudioTake, no_voice, recorder::Recorder, speed_choices, spoken_words::SpokenWords, voice_choices};
use crate::{
    components::ui::{Button, ButtonSize, ButtonVariant, DropArea, Guard, Icon, Modal, Select},
    design::style,
    format,
    hooks::{use_id, use_space},
    state::{
        activity::{self, Item},
        asking::{Asking, What},
        discard::{self, Discarded},
        edit, make, player,
        project::OpenProject,
        take::Takes,
        upload::{self, Uploads},
        use_selector,
    },
};

/// What can be uploaded as a narration.
pub const SOUNDS: &str = "audio/*,.wav,.mp3,.m4a,.ogg,.flac,.webm";

/// Props of [`AudioDetailModal`].
#[derive(PartialEq, Properties)]
pub struct AudioDetailModalProps {
    /// The scene.
    pub scene: Rc<Scene>,
    /// Its number, from 1.
    pub number: usize,
    /// The voices that speak the project's language.
    pub voices: Rc<Vec<Voice>>,
    /// Who speaks the next take, to begin with.
    pub chosen: VoiceSettings,
    /// The name of the settings' default voice, where they have one.
    pub default_voice: Option<AttrValue>,
    /// The settings' default speed.
    pub default_speed: f64,
    /// Which way the words run.
    pub dir: AttrValue,
    /// Their language.
    pub lang: AttrValue,
    /// What the next take would cost.
    #[prop_or_default]
    pub estimate: Html,
    /// When it is closed.
    pub onclose: Callback<()>,
}

/// One scene's narration.
#[component]
pub fn AudioDetailModal(props: &AudioDetailModalProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-4);

        & .blank { color: var(--text-faint); }
        & ul { display: grid; gap: var(--space-2); }
        & .gone { display: flex; align-items: center; justify-content: space-between; padding: var(--space-1) var(--space-3); border: 1px dashed var(--line-strong); border-radius: var(--radius-md); color: var(--text-muted); }
        & h3 { color: var(--text-muted); font-size: var(--text-sm); font-weight: var(--weight-medium); margin-bottom: var(--space-2); }
        & .own { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); gap: var(--space-3); }
        & .next { display: flex; flex-wrap: wrap; gap: var(--space-2); align-items: center; }
        & .next:not(:last-child) { margin-bottom: var(--space-2); }
        & .next > :first-child { flex: 1 1 10rem; }
        & .next > :nth-child(2) { flex: 0 0 6rem; }
        "#
    );
    let scene = props.scene.clone();
    let id = scene.id;
    let group = use_id("takes");
    let takes = use_selector(move |open: &OpenProject| open.audio.get(&id).cloned().unwrap_or_default());
    let hidden = use_selector({
        let takes = (*takes).clone();
        move |discarded: &Discarded| {
            takes.iter().map(|take| (discarded.has(take.id.0), discarded.is_offered(take.id.0))).collect::<Vec<_>>()
        }
    });
    let refusals = use_selector(|open: &OpenProject| open.refused);
    let uploading = *use_selector(move |uploads: &Uploads| uploads.audio(id));
    let asking = *use_selector(move |asking: &Asking| asking.has(What::Narration, id));
    let selected = Takes::of(&takes, scene.selected_audio_id.map(|id| id.0)).selected;
    let in_use = selected.as_ref().map(|take| take.id);
    let first = props
        .chosen
        .voice
        .clone()
        .or_else(|| selected.as_ref().map(|take| take.voice_id.clone()))
        .filter(|voice| !voice.starts_with("upload/"));
    let voice = use_state(|| first.unwrap_or_default());
    let speed = use_state(|| props.chosen.speed.or_else(|| selected.as_ref().map(|take| take.speed)).unwrap_or(props.default_speed));
    {
        let sounds: Vec<_> = selected.iter().chain(takes.iter()).filter_map(|take| take.url.clone()).collect();
        use_space(true, Callback::from(move |()| player::toggle_last(&sounds)));
    }
    let generate = {
        let (voice, speed) = (voice.clone(), speed.clone());
        Callback::from(move |()| make::audio(id, Some((*voice).clone()).filter(|voice| !voice.is_empty()), Some(*speed)))
    };
    let onvoice = {
        let voice = voice.clone();
        Callback::from(move |chosen: String| voice.set(chosen))
    };
    let onspeed = {
        let speed = speed.clone();
        Callback::from(move |chosen: String| speed.set(chosen.parse().unwrap_or(1.0)))
    };
    let onfile = Callback::from(move |file: web_sys::File| {
        let name = file.name();
        upload::audio(id, file.into(), name);
    });
    let count = takes.len();
    let rows = takes.iter().enumerate().zip(hidden.iter()).map(|((index, clip), (hidden, offered))| {
        let (take, project) = (clip.id, clip.project_id);
        let item = Item::of_audio(clip);
        let again = item.clone();
        if *hidden {
            // Where it was; the note tells of it.
            let told = format!("Take {} deleted", count - index);
            return html! {
                <li key={take.to_string()} class="gone">
                    <span>{ &told }</span>
                    if *offered {
                        <Button size={ButtonSize::Small} label={format!("Undo: {told}")} once=true onclick={Callback::from(move |()| discard::restore(take.0))}>{ "Undo" }</Button>
                    }
                </li>
            };
        }
        html! {
            <AudioTake
                key={take.to_string()}
                clip={clip.clone()}
                number={count - index}
                group={group.clone()}
                selected={Some(take) == in_use}
                refusals={*refusals}
                voices={props.voices.clone()}
                onselect={Callback::from(move |()| edit::select_audio(id, take))}
                ondelete={Callback::from(move |()| discard::discard(RecordKind::Audio, take.0, project))}
                oncancel={Callback::from(move |()| spawn_local(activity::cancel(item.clone())))}
                onretry={Callback::from(move |()| spawn_local(activity::retry(again.clone())))}
            />
        }
    });
    let guard = (*use_memo((), |()| Guard::default())).clone();
    let onclose = {
        let (onclose, guard) = (props.onclose.clone(), guard.clone());
        Callback::from(move |()| {
            if !guard.hold() {
                onclose.emit(());
            }
        })
    };
    let silent = scene.narration.trim().is_empty();
    html! {
        <Modal title={format!("Scene {}: {}", props.number, format::title(&scene.title))} wide=true {onclose}>
            <div class={style}>
                if let Some(clip) = selected.filter(|clip| clip.url.is_some()) {
                    <SpokenWords clip={(*clip).clone()} narration={scene.narration.clone()} dir={props.dir.clone()} lang={props.lang.clone()} />
                } else if silent {
                    <p class="blank">{ "Nothing is said in this scene." }</p>
                } else {
                    <p dir={props.dir.clone()} lang={props.lang.clone()}>{ &scene.narration }</p>
                }
                <section aria-label="Takes">
                    <h3>{ "Takes" }</h3>
                    if takes.is_empty() {
                        <p class="blank">{ "No take yet." }</p>
                    } else {
                        <ul>{ for rows }</ul>
                    }
                </section>
                <section aria-label="New take">
                    <h3>{ "New take" }</h3>
                    <div class="next">
                        <Select label="Voice of the new take" choices={voice_choices(&props.voices, no_voice(props.default_voice.as_ref(), "Chosen by language"), &voice)} value={(*voice).clone()} onchange={onvoice} />
                        <Select label="Speed of the new take" choices={speed_choices(*speed)} value={speed.to_string()} onchange={onspeed} />
                        <Button variant={ButtonVariant::Primary} icon={Icon::Write} busy={asking} disabled={silent} onclick={generate}>{ "Generate take" }</Button>
                    </div>
                    { props.estimate.clone() }
                </section>
                <section class="own" aria-label="Your own">
                    <Recorder scene={id} project={scene.project_id} {guard} />
                    <DropArea text="Or drop a sound file here." button="Upload" accept={SOUNDS} busy={uploading} {onfile} />
                </section>
            </div>
        </Modal>
    }
}
