//! One scene and its narration: who speaks it, how fast, and how it sounds.

use std::rc::Rc;

use shared::{
    SceneId,
    audio::{AudioClip, Voice},
    scene::Scene,
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{Sound, VoiceSettings, no_voice, speed_choices, voice_choices, voice_name};
use crate::{
    components::ui::{Badge, BadgeTone, Button, ButtonSize, Choice, Icon, IconButton, Progress, Select, spinner},
    format,
    hooks::{Newest, use_file_drop},
    state::{
        activity::{self, Item},
        make,
        project::OpenProject,
        take::{Standing, Takes},
        upload::{self, Uploads},
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
    pub chosen: Newest<VoiceSettings>,
    /// What this scene says.
    pub own: Newest<VoiceSettings>,
    /// When it says something else.
    pub onchoose: Callback<(SceneId, VoiceSettings)>,
    /// The name of the settings' default voice, where they have one.
    pub default_voice: Option<AttrValue>,
    /// The settings' default speed.
    pub default_speed: f64,
    /// Which way the words run.
    pub dir: AttrValue,
    /// When the scene's takes are to be seen.
    pub onopen: Callback<SceneId>,
}

/// One scene and its narration. A sound file that is dropped on it becomes a take.
#[component]
pub fn AudioSceneRow(props: &AudioSceneRowProps) -> Html {
    let scene = props.scene.clone();
    let id = scene.id;
    let takes = use_selector({
        let scene = scene.clone();
        move |open: &OpenProject| open.audio_of(&scene)
    });
    let uploading = *use_selector(move |uploads: &Uploads| uploads.audio(id));
    // The list of voices is long: a row has it once somebody comes near.
    let near = use_state_eq(|| false);
    let standing = takes.standing();
    let spoken = takes.selected.as_ref();
    let next = props.own.over(&props.chosen).over(&VoiceSettings::of(spoken.map(|clip| &**clip)));
    let voice = next.voice.clone().filter(|voice| !voice.is_empty());
    let speed = next.speed.unwrap_or(props.default_speed);

    // Who chooses what the page says follows the page again.
    let onvoice = {
        let (own, page) = (props.own.clone(), props.chosen.clone());
        props.onchoose.reform(move |voice| {
            let voice = Some(voice).filter(|voice| Some(voice) != page.now().voice.as_ref());
            (id, VoiceSettings { voice, ..own.now() })
        })
    };
    let onspeed = {
        let (own, page) = (props.own.clone(), props.chosen.clone());
        props.onchoose.reform(move |speed: String| {
            let speed = speed.parse().ok().filter(|speed| Some(*speed) != page.now().speed);
            (id, VoiceSettings { speed, ..own.now() })
        })
    };
    let generate = {
        let (own, page, spoken, usual) = (props.own.clone(), props.chosen.clone(), spoken.cloned(), props.default_speed);
        Callback::from(move |()| {
            let next = own.now().over(&page.now()).over(&VoiceSettings::of(spoken.as_deref())).request(id);
            make::audio(id, next.voice_id, next.speed.or(Some(usual)));
        })
    };
    let cancel = {
        let item = takes.newest.as_ref().map(|clip| Item::of_audio(clip));
        Callback::from(move |()| item.iter().cloned().for_each(|item| spawn_local(activity::cancel(item))))
    };
    let drop = use_file_drop(Callback::from(move |file: web_sys::File| {
        let name = file.name();
        upload::audio(id, file.into(), name);
    }));
    let name = format!("scene {}", props.number);
    let other = spoken.filter(|clip| voice.as_ref().is_some_and(|voice| *voice != clip.voice_id) && !standing.is_active());
    let current = voice.clone().unwrap_or_default();
    let unnamed = no_voice(props.default_voice.as_ref(), "By language");
    let choices = match &voice {
        _ if *near => voice_choices(&props.voices, unnamed, &current),
        Some(voice) => vec![Choice::new(voice.clone(), voice_name(&props.voices, voice))],
        None => vec![unnamed],
    };
    let arm = move || near.set(true);
    let silent = scene.narration.trim().is_empty();
    let sound = spoken.and_then(|clip| clip.url.clone().map(|url| (clip, url)));
    html! {
        <tr class={classes!(drop.over.then_some("over"))} ondragover={drop.ondragover} ondragleave={drop.ondragleave} ondrop={drop.ondrop}>
            <td class="number tabular">{ props.number }</td>
            <td class="words">
                <button type="button" class="title" dir="auto" data-tip="" aria-label={format!("Open narration of {name}: {}", format::title(&scene.title))} onclick={props.onopen.reform(move |_: MouseEvent| id)}>
                    { format::title(&scene.title) }
                </button>
                <p dir={props.dir.clone()}>{ if silent { "Nothing is said in this scene." } else { scene.narration.as_str() } }</p>
            </td>
            <td class="voice" onpointerenter={let arm = arm.clone(); move |_: PointerEvent| arm()} onfocusin={move |_: FocusEvent| arm()}>
                <Select plain=true label={format!("Voice of {name}")} {choices} value={current.clone()} onchange={onvoice} />
            </td>
            <td class="speed">
                <Select plain=true label={format!("Speed of {name}")} choices={speed_choices(speed)} value={speed.to_string()} onchange={onspeed} />
            </td>
            <td class="sound">
                if let Some((clip, url)) = sound {
                    <Sound label={format!("narration of {name}")} {url} seconds={clip.duration_seconds.unwrap_or(scene.duration_seconds)} take={clip.id} />
                }
                <div class="state">
                    { state(&standing, &takes, props.number, silent) }
                    if uploading { <span class="run">{ spinner() }{ "Uploading" }</span> }
                    if let Some(clip) = other {
                        <Badge tip="A new take would be spoken by the voice that is chosen here">{ format!("Spoken by {}", voice_name(&props.voices, &clip.voice_id)) }</Badge>
                    }
                </div>
            </td>
            <td class="action">
                <IconButton size={ButtonSize::Small} icon={Icon::Takes} label={format!("Takes of {name}")} onclick={props.onopen.reform(move |()| id)} />
                if standing.is_active() {
                    <IconButton size={ButtonSize::Small} icon={Icon::Close} label={format!("Cancel narration of {name}")} once=true onclick={cancel} />
                } else {
                    <IconButton
                        size={ButtonSize::Small}
                        icon={if spoken.is_some() { Icon::Retry } else { Icon::Write }}
                        label={if spoken.is_some() { format!("Generate narration of {name} again") } else { format!("Generate narration of {name}") }}
                        disabled={silent}
                        once=true
                        onclick={generate}
                    />
                }
            </td>
        </tr>
    }
}

/// Where the narration stands, in a word where there is something to say.
fn state(standing: &Standing, takes: &Takes<AudioClip>, number: usize, silent: bool) -> Html {
    match standing {
        Standing::Missing | Standing::Unchosen if silent => Html::default(),
        Standing::Unchosen => html! { <span class="waits">{ "None of its takes is chosen" }</span> },
        Standing::Missing => html! { <span class="waits">{ "Not narrated yet" }</span> },
        Standing::Queued => html! { <Badge tone={BadgeTone::Accent}>{ "Waiting" }</Badge> },
        Standing::Running(progress) => html! {
            <div class="run">
                <Progress label={format!("Narration of scene {number}")} value={*progress} />
                <span class="tabular">{ format::percent(*progress) }</span>
            </div>
        },
        Standing::Stale => {
            html! { <Badge tone={BadgeTone::Accent} tip="The narration's text has changed since it was spoken">{ "Text has changed" }</Badge> }
        }
        Standing::Failed(error) => {
            let item = takes.newest.as_ref().map(|clip| Item::of_audio(clip));
            let retry = Callback::from(move |()| item.iter().cloned().for_each(|item| spawn_local(activity::retry(item))));
            html! {
                <div class="why" role="alert">
                    <span>{ &error.message }</span>
                    <Button size={ButtonSize::Small} icon={Icon::Retry} label={format!("Retry narration of scene {number}")} once=true onclick={retry}>{ "Retry" }</Button>
                </div>
            }
        }
        Standing::Ready => Html::default(),
    }
}
