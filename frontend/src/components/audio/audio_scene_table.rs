//! All scenes with their narrations.

use std::rc::Rc;

use shared::{audio::Voice, scene::Scene};
use yew::prelude::*;

use crate::design::style;

use super::{VoiceSettings, audio_scene_row::AudioSceneRow};

/// Props of [`AudioSceneTable`].
#[derive(PartialEq, Properties)]
pub struct AudioSceneTableProps {
    /// The scenes, in order.
    pub scenes: Vec<Rc<Scene>>,
    /// The voices that speak the project's language.
    pub voices: Rc<Vec<Voice>>,
    /// Who speaks where a scene says nothing else.
    pub chosen: VoiceSettings,
    /// The settings' default speed.
    pub default_speed: f64,
    /// Which way the words run.
    pub dir: AttrValue,
}

/// All scenes with their narrations.
#[component]
pub fn AudioSceneTable(props: &AudioSceneTableProps) -> Html {
    let style = style!(
        r#"
        width: 100%;
        border-collapse: collapse;

        & th { padding: 0 var(--space-2) var(--space-2); color: var(--text-faint); font-size: var(--text-xs); font-weight: var(--weight-medium); text-align: start; white-space: nowrap; }
        & td { padding: var(--space-3) var(--space-2); border-top: 1px solid var(--line); vertical-align: middle; }
        & td.number { width: 2rem; color: var(--text-faint); text-align: center; }
        & td.words { min-width: 11rem; }
        & td.words .title { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-width: 20rem; font-weight: var(--weight-medium); }
        & td.words p { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; color: var(--text-muted); }
        & td.voice { width: 11rem; max-width: 11rem; }
        & td.speed { width: 5.5rem; }
        & td.sound { width: 17rem; }
        & td.action { width: 2.5rem; text-align: end; }

        @media (max-width: 56rem) {
            & thead { display: none; }
            & tr { display: grid; grid-template-columns: 1.75rem minmax(0, 1fr) 5.5rem auto; align-items: center; gap: var(--space-1) 0; padding: var(--space-3) 0; border-top: 1px solid var(--line); }
            & td { padding: 0 var(--space-1); border: 0; width: auto; max-width: none; }
            & td.number { width: auto; align-self: start; grid-row: 1 / 4; padding: 0; }
            & td.words { grid-column: 2 / 5; }
            & td.voice { grid-column: 2; width: auto; max-width: none; }
            & td.speed { grid-column: 3; width: auto; }
            & td.action { grid-column: 4; grid-row: 3; }
            & td.sound { grid-column: 2 / 4; grid-row: 3; width: auto; }
            & td.voice, & td.speed { grid-row: 2; }
            & td.speed { grid-column: 3 / 5; }
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
                { for props.scenes.iter().enumerate().map(|(index, scene)| html! {
                    <AudioSceneRow
                        key={scene.id.to_string()}
                        scene={scene.clone()}
                        number={index + 1}
                        voices={props.voices.clone()}
                        chosen={props.chosen.clone()}
                        default_speed={props.default_speed}
                        dir={props.dir.clone()}
                    />
                }) }
            </tbody>
        </table>
    }
}
