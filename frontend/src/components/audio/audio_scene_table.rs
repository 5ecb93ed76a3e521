//! All scenes with their narrations.

use std::{collections::BTreeMap, rc::Rc};

use shared::{SceneId, audio::Voice, scene::Scene};
use yew::prelude::*;

use crate::{design::style, hooks::Newest};

use super::{VoiceSettings, audio_scene_row::AudioSceneRow};

/// Props of [`AudioSceneTable`].
#[derive(PartialEq, Properties)]
pub struct AudioSceneTableProps {
    /// The scenes, in order.
    pub scenes: Rc<Vec<Rc<Scene>>>,
    /// The voices that speak the project's language.
    pub voices: Rc<Vec<Voice>>,
    /// Who speaks where a scene says nothing else.
    pub chosen: Newest<VoiceSettings>,
    /// What scenes say.
    pub own: Newest<BTreeMap<SceneId, VoiceSettings>>,
    /// When one says something else.
    pub onchoose: Callback<(SceneId, VoiceSettings)>,
    /// The name of the settings' default voice, where they have one.
    pub default_voice: Option<AttrValue>,
    /// The settings' default speed.
    pub default_speed: f64,
    /// Which way the words run.
    pub dir: AttrValue,
    /// When a scene's takes are to be seen.
    pub onopen: Callback<SceneId>,
}

/// All scenes with their narrations.
#[component]
pub fn AudioSceneTable(props: &AudioSceneTableProps) -> Html {
    let style = style!(
        r#"
        width: 100%;
        border-collapse: collapse;

        & th { padding: 0 var(--space-2) var(--space-2); color: var(--text-faint); font-size: var(--text-xs); font-weight: var(--weight-medium); text-align: start; white-space: nowrap; }
        & tbody tr.over { background: var(--accent-soft); }
        & td { padding: var(--space-3) var(--space-2); border-top: 1px solid var(--line); vertical-align: top; }
        & td.number { width: 2rem; white-space: nowrap; color: var(--text-faint); text-align: center; line-height: var(--control-sm); }
        & td.words { min-width: 10rem; max-width: 22rem; }
        & td.words .title { display: block; width: 100%; max-width: 22rem; min-height: var(--control-sm); padding: 0; border: 0; background: transparent; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: var(--weight-medium); text-align: start; }
        & td.words .title:hover { text-decoration: underline; text-decoration-color: var(--line-strong); text-underline-offset: 0.25em; }
        & td.words p { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; color: var(--text-muted); }
        & td.voice { width: 11.5rem; min-width: 9.5rem; max-width: 11.5rem; }
        & td.speed { width: 6.75rem; min-width: 5.5rem; }
        & td.sound { width: 36%; min-width: 15rem; }
        & td.action { width: 4.25rem; text-align: end; white-space: nowrap; }
        & .state { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-1) var(--space-2); min-height: 0; }
        & .state:not(:first-child):not(:empty) { margin-top: var(--space-1); }
        & .state:first-child { min-height: var(--control); }
        & .waits { color: var(--text-faint); }
        & .why { display: flex; flex: 1 1 100%; flex-wrap: wrap; align-items: center; gap: var(--space-1) var(--space-2); color: var(--danger); font-size: var(--text-sm); }
        & .why > span { flex: 1 1 10rem; }
        & .run { display: flex; flex: 1 1 8rem; white-space: nowrap; align-items: center; gap: var(--space-3); color: var(--accent); font-size: var(--text-sm); }

        @media (max-width: 75rem) {
            display: block;
            & thead { display: none; }
            & tbody { display: block; }
            & tr { display: grid; grid-template-columns: 1.75rem minmax(0, 1fr) 5.5rem auto; align-items: start; gap: var(--space-1) 0; padding: var(--space-3) 0; border-top: 1px solid var(--line); }
            & td { padding: 0 var(--space-1); border: 0; }
            & td.number { width: auto; grid-row: 1 / 4; padding: 0; }
            & td.words { grid-column: 2 / 4; grid-row: 1; min-width: 0; max-width: none; }
            & td.words .title { max-width: none; }
            & td.action { grid-column: 4; grid-row: 1; width: auto; }
            & td.sound { grid-column: 2 / 5; grid-row: 2; width: auto; min-width: 0; }
            & td.voice { grid-column: 2; grid-row: 3; width: auto; min-width: 0; max-width: 22rem; margin-inline-start: calc(var(--space-2) * -1); }
            & td.speed { grid-column: 3 / 5; grid-row: 3; width: 5.5rem; min-width: 0; }
        }
        "#
    );
    html! {
        <table class={style}>
            <thead>
                <tr>
                    <th scope="col"><span class="visually-hidden">{ "Number" }</span></th>
                    <th scope="col">{ "Scene" }</th>
                    <th scope="col">{ "Voice" }</th>
                    <th scope="col">{ "Speed" }</th>
                    <th scope="col">{ "Narration" }</th>
                    <th scope="col"><span class="visually-hidden">{ "Actions" }</span></th>
                </tr>
            </thead>
            <tbody>
                { for props.scenes.iter().enumerate().map(|(index, scene)| {
                    let id = scene.id;
                    html! {
                        <AudioSceneRow
                            key={id.to_string()}
                            scene={scene.clone()}
                            number={index + 1}
                            voices={props.voices.clone()}
                            chosen={props.chosen.clone()}
                            own={props.own.map(move |own| own.get(&id).cloned().unwrap_or_default())}
                            onchoose={props.onchoose.clone()}
                            default_voice={props.default_voice.clone()}
                            default_speed={props.default_speed}
                            dir={props.dir.clone()}
                            onopen={props.onopen.clone()}
                        />
                    }
                }) }
            </tbody>
        </table>
    }
}
