//! `/audio/:id`: the narrations of a project.

use std::rc::Rc;

use shared::ProjectId;
use yew::prelude::*;
use yew_router::prelude::*;

use super::project_frame::{BatchLine, ProjectFrame, use_project, use_shown_scenes};
use crate::{
    api,
    components::{
        audio::{AudioSceneTable, VoiceSettings, VoiceToolbar},
        layout::PrimaryAction,
        ui::{Button, ButtonSize, ButtonVariant, EmptyState, Icon},
    },
    format,
    hooks::use_query,
    routes::Stage,
    state::{make, project::OpenProject, settings::SettingsState, use_selector},
};

/// Props of [`AudioPage`].
#[derive(PartialEq, Properties)]
pub struct AudioPageProps {
    /// Of which project.
    pub id: ProjectId,
}

/// The narrations of a project.
#[component]
pub fn AudioPage(props: &AudioPageProps) -> Html {
    let id = props.id;
    let project = use_project(id);
    let scenes = use_shown_scenes();
    let tally = *use_selector(OpenProject::audio_tally);
    let default_speed =
        *use_selector(|state: &SettingsState| state.settings.as_ref().map_or(1.0, |settings| settings.defaults.audio.speed));
    let chosen = use_state(VoiceSettings::default);
    let language = project.as_ref().map(|project| project.language.clone());
    let voices = use_query(language, |language| async move {
        match language {
            Some(language) => api::audio::voices(&language).await.map(|list| Rc::new(list.items)),
            None => Ok(Rc::default()),
        }
    });
    let no_voices = voices.error.clone().zip(Some(voices.refetch.clone()));
    let voices = voices.data.map(|data| (*data).clone()).unwrap_or_default();
    let navigator = use_navigator();

    let generate = |only_missing: bool| {
        let chosen = (*chosen).clone();
        Callback::from(move |()| make::all_audio(id, chosen.voice.clone(), chosen.speed, only_missing))
    };
    let complete = tally.total > 0 && tally.ready == tally.total;
    let busy = tally.active > 0;
    let primary = project.is_some().then(|| {
        if complete {
            PrimaryAction {
                label: "Continue to images".into(),
                icon: Some(Icon::Next),
                busy: false,
                blocked: None,
                run: Callback::from(move |()| {
                    if let Some(navigator) = &navigator {
                        navigator.push(&Stage::Image.of(id));
                    }
                }),
            }
        } else {
            PrimaryAction {
                label: "Generate all audio".into(),
                icon: Some(Icon::Write),
                busy,
                blocked: (tally.total == 0).then(|| "There is no scene yet".into()),
                run: generate(true),
            }
        }
    });
    let tools = html! { if complete { <Button icon={Icon::Retry} onclick={generate(false)}>{ "Generate all again" }</Button> } };
    let content = project.map(|project| {
        if scenes.is_empty() {
            return html! { <EmptyState icon={Icon::Audio} title="Nothing to narrate yet" text="Write the script first; its scenes are narrated here." /> };
        }
        let onchange = {
            let chosen = chosen.clone();
            Callback::from(move |next| chosen.set(next))
        };
        html! {
            <>
                <VoiceToolbar voices={(*voices).clone()} value={(*chosen).clone()} {default_speed} {onchange}>
                    <BatchLine {tally} what="Narration" />
                </VoiceToolbar>
                if let Some((error, refetch)) = no_voices {
                    <p role="alert">
                        { format!("The voices could not be read: {} ", error.message) }
                        <Button variant={ButtonVariant::Ghost} size={ButtonSize::Small} icon={Icon::Retry} onclick={refetch}>{ "Retry" }</Button>
                    </p>
                }
                <AudioSceneTable scenes={(*scenes).clone()} voices={voices.clone()} chosen={(*chosen).clone()} {default_speed} dir={format::direction(&project.language)} />
            </>
        }
    });
    html! { <ProjectFrame {id} stage={Stage::Audio} {tools} {primary}>{ content.unwrap_or_default() }</ProjectFrame> }
}
