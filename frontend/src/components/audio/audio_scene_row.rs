//! One scene and its narration: who speaks it, how fast, and how it sounds.

use std::rc::Rc;

use shared::{audio::Voice, scene::Scene};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{VoiceSettings, speed_choices, voice_choices};
use crate::{
    components::ui::{AudioPlayer, Badge, BadgeTone, ButtonSize, Choice, Icon, IconButton, Progress, Select},
    design::style,
    format,
    state::{
        activity::{self, Item},
        make,
        player::{self, Player},
        project::OpenProject,
        take::Standing,
        use_selector,
    },
};

/// Props of [`AudioSceneRow`].
#[derive(PartialEq, Properties)]
pub struct AudioSceneRowProps {
    /// The scene.
    pub scene: Rc<Scene>,
    /// Its number, from 1.
    pub number: usize,
    /// The voices that speak the project's language.
    pub voices: Rc<Vec<Voice>>,
    /// Who speaks where this scene says nothing else.
    pub chosen: VoiceSettings,
    /// The settings' default speed.
    pub default_speed: f64,
    /// Which way the words run.
    pub dir: AttrValue,
}

/// One scene and its narration.
#[component]
pub fn AudioSceneRow(props: &AudioSceneRowProps) -> Html {
    let scene = props.scene.clone();
    let takes = use_selector({
        let scene = scene.clone();
        move |open: &OpenProject| open.audio_of(&scene)
    });
    // What was chosen for this scene alone, since the page was opened.
    let own = use_state(VoiceSettings::default);
    let standing = takes.standing();
    let spoken = takes.selected.as_ref();
    let voice = own.voice.clone().or_else(|| props.chosen.voice.clone()).or_else(|| spoken.map(|clip| clip.voice_id.clone()));
    let speed = own.speed.or(props.chosen.speed).or_else(|| spoken.map(|clip| clip.speed)).unwrap_or(props.default_speed);

    let onvoice = {
        let own = own.clone();
        Callback::from(move |voice: String| {
            own.set(VoiceSettings { voice: Some(voice).filter(|voice| !voice.is_empty()), ..(*own).clone() })
        })
    };
    let onspeed = {
        let own = own.clone();
        Callback::from(move |speed: String| own.set(VoiceSettings { speed: speed.parse().ok(), ..(*own).clone() }))
    };
    let generate = {
        let (id, voice) = (scene.id, voice.clone());
        Callback::from(move |()| make::audio(id, voice.clone(), Some(speed)))
    };
    let cancel = {
        let item = takes.newest.as_ref().map(|clip| Item::of_audio(clip));
        Callback::from(move |()| {
            if let Some(item) = item.clone() {
                spawn_local(activity::cancel(item));
            }
        })
    };
    let name = format!("scene {}", props.number);
    let current = voice.unwrap_or_default();
    let silent = scene.narration.trim().is_empty();
    html! {
        <tr>
            <td class="number tabular">{ props.number }</td>
            <td class="words">
                <div class="title" dir="auto" title={scene.title.clone()}>{ format::title(&scene.title) }</div>
                <p dir={props.dir.clone()}>{ if silent { "Nothing is said in this scene." } else { scene.narration.as_str() } }</p>
            </td>
            <td class="voice">
                <Select plain=true label={format!("Voice of {name}")} choices={voice_choices(&props.voices, Choice::new("", "By language"), &current)} value={current.clone()} onchange={onvoice} />
            </td>
            <td class="speed">
                <Select plain=true label={format!("Speed of {name}")} choices={speed_choices(speed)} value={speed.to_string()} onchange={onspeed} />
            </td>
            <td class="sound"><Sound scene={scene.clone()} number={props.number} /></td>
            <td class="action">
                if standing.is_active() {
                    <IconButton size={ButtonSize::Small} icon={Icon::Close} label={format!("Cancel narration of {name}")} onclick={cancel} />
                } else {
                    <IconButton
                        size={ButtonSize::Small}
                        icon={if spoken.is_some() { Icon::Retry } else { Icon::Write }}
                        label={if spoken.is_some() { format!("Generate narration of {name} again") } else { format!("Generate narration of {name}") }}
                        disabled={silent}
                        onclick={generate}
                    />
                }
            </td>
        </tr>
    }
}

#[derive(PartialEq, Properties)]
struct SoundProps {
    scene: Rc<Scene>,
    number: usize,
}

/// How the narration sounds, or why there is none.
#[component]
fn Sound(props: &SoundProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-1);
        justify-items: start;
        min-width: 0;

        & > :first-child { width: 100%; }
        & .waits { color: var(--text-faint); }
        & .why { color: var(--danger); font-size: var(--text-sm); }
        & .run { display: flex; white-space: nowrap; align-items: center; gap: var(--space-3); color: var(--accent); font-size: var(--text-sm); }
        "#
    );
    let scene = props.scene.clone();
    let takes = use_selector({
        let scene = scene.clone();
        move |open: &OpenProject| open.audio_of(&scene)
    });
    let url = takes.selected.as_ref().and_then(|clip| clip.url.clone());
    let playing = *use_selector({
        let url = url.clone();
        move |player: &Player| url.is_some() && player.url == url
    });
    let label = format!("narration of scene {}", props.number);
    let sound = url.map(|url| {
        let ontoggle = {
            let url = url.clone();
            Callback::from(move |play: bool| if play { player::take(&url) } else { player::release(&url) })
        };
        let seconds = takes.selected.as_ref().and_then(|clip| clip.duration_seconds).unwrap_or(scene.duration_seconds);
        html! { <AudioPlayer {label} {url} duration_seconds={seconds} {playing} {ontoggle} /> }
    });
    let state = match takes.standing() {
        Standing::Missing => html! { <span class="waits">{ "Not narrated yet" }</span> },
        Standing::Queued => html! { <Badge tone={BadgeTone::Accent}>{ "Waiting" }</Badge> },
        Standing::Running(progress) => html! {
            <div class="run"><Progress label={format!("Narration of scene {}", props.number)} value={progress} /><span class="tabular">{ format::percent(progress) }</span></div>
        },
        Standing::Stale => {
            html! { <Badge tone={BadgeTone::Accent} title="The narration's text has changed since it was spoken">{ "Text has changed" }</Badge> }
        }
        Standing::Failed(error) => html! { <span class="why" role="alert">{ error.message }</span> },
        Standing::Ready => Html::default(),
    };
    html! { <div class={style}>{ sound.unwrap_or_default() }{ state }</div> }
}
