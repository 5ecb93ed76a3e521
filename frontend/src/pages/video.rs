//! `/video/:id`: the film of a project.

use shared::{ProjectId, VideoId, provider::ProviderKind, record::Status, settings::Settings};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::project_frame::{ProjectFrame, use_project, use_shown_scenes};
use crate::{
    api::project::{ExportFormat, export_url},
    components::{
        layout::PrimaryAction,
        ui::{Card, Choice, EmptyState, Icon, Switch, skeleton},
        video::{FilmChecklist, FilmHistory, FilmSettings, VideoOptionsForm, VideoResultCard, Want, fields, frame},
    },
    design::style,
    format,
    routes::Stage,
    state::{
        activity::{self, Item},
        make,
        project::{OpenProject, Tally},
        settings::{SettingsState, providers_of},
        use_selector,
    },
};

/// Props of [`VideoPage`].
#[derive(PartialEq, Properties)]
pub struct VideoPageProps {
    /// Of which project.
    pub id: ProjectId,
}

/// The film of a project.
#[component]
pub fn VideoPage(props: &VideoPageProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        grid-template-columns: minmax(0, 1fr) 21rem;
        gap: var(--space-6);
        align-items: start;

        & > div { display: grid; gap: var(--space-5); min-width: 0; }
        & .blank { display: grid; place-items: center; width: 100%; margin: 0 auto; border: 1px dashed var(--line-strong); border-radius: var(--radius-lg); }
        @media (max-width: 62rem) {
            grid-template-columns: minmax(0, 1fr);
        }
        "#
    );
    let id = props.id;
    let project = use_project(id);
    let scenes = use_shown_scenes();
    let films = use_selector(|open: &OpenProject| open.films.clone());
    let tallies = use_selector(|open: &OpenProject| (open.audio_tally(), open.image_tally()));
    let settings = use_selector(|state: &SettingsState| state.settings.clone());
    let own = use_state(|| None::<FilmSettings>);
    let fill = use_state(|| true);
    let picked = use_state(|| None::<VideoId>);

    let (audio, image) = *tallies;
    let value = (*own).clone().or_else(|| settings.as_ref().map(|settings| FilmSettings::of(&settings.defaults.video)));
    let newest = films.first();
    // One that was canceled shows nothing: the film before it stays on the screen.
    let default = films.iter().find(|film| film.status != Status::Canceled).or(newest);
    let running = newest.is_some_and(|film| !film.status.is_finished());
    let complete = audio.ready == audio.total && image.ready == image.total;
    let blocked = if scenes.is_empty() {
        Some("There is no scene yet".into())
    } else if !*fill && !complete {
        Some("Some scenes are not complete".into())
    } else {
        value.is_none().then(|| "The settings are not there yet".into())
    };
    let primary = project.is_some().then(|| PrimaryAction {
        label: "Make film".into(),
        icon: Some(Icon::Video),
        busy: running,
        blocked,
        run: {
            let (value, fill, picked) = (value.clone(), *fill, picked.clone());
            Callback::from(move |()| {
                picked.set(None);
                if let Some(value) = &value {
                    make::film(id, value.switched("fillMissing", fill).options());
                }
            })
        },
    });
    let content = project.map(|project| {
        let film = picked.and_then(|id| films.iter().find(|film| film.id == id)).or(default);
        let screen = match film {
            Some(film) => {
                let item = Item::of_video(film);
                let again = item.clone();
                html! {
                    <VideoResultCard
                        film={film.clone()}
                        title={project.title.clone()}
                        language={project.language.clone()}
                        shape={project.aspect_ratio}
                        project_url={export_url(id, ExportFormat::Zip)}
                        oncancel={Callback::from(move |()| spawn_local(activity::cancel(item.clone())))}
                        onretry={Callback::from(move |()| spawn_local(activity::retry(again.clone())))}
                    />
                }
            }
            None => html! {
                <div class="blank" style={frame(project.aspect_ratio.parts())}><EmptyState icon={Icon::Video} title="No film yet" text="Narration and images that are missing are made first." /></div>
            },
        };
        let onshow = {
            let picked = picked.clone();
            Callback::from(move |id| picked.set(Some(id)))
        };
        let onchange = {
            let own = own.clone();
            Callback::from(move |next| own.set(Some(next)))
        };
        let onfill = {
            let fill = fill.clone();
            Callback::from(move |on| fill.set(on))
        };
        html! {
            <div class={style}>
                <div>
                    { screen }
                    if films.len() > 1 {
                        <FilmHistory films={(*films).clone()} shown={film.map_or_else(|| films[0].id, |film| film.id)} {onshow} />
                    }
                </div>
                <div>
                    <Card title="What the film needs">
                        <FilmChecklist wants={wants(id, scenes.len(), audio, image)} />
                        <Switch label="Make what is missing first" on={*fill} onchange={onfill} />
                    </Card>
                    <Card title="Options">
                        if let (Some(settings), Some(value)) = (settings.as_deref(), value) {
                            <VideoOptionsForm
                                providers={providers(settings)}
                                fields={fields(settings.providers.iter().find(|p| p.id == value.get("provider")))}
                                {value}
                                {onchange}
                            />
                        } else {
                            { skeleton("100%", "12rem") }
                        }
                    </Card>
                </div>
            </div>
        }
    });
    html! { <ProjectFrame {id} stage={Stage::Video} {primary}>{ content.unwrap_or_default() }</ProjectFrame> }
}

fn wants(id: ProjectId, scenes: usize, audio: Tally, image: Tally) -> Vec<Want> {
    let want = |label: &'static str, tally: Tally, stage: Stage| Want {
        label: label.into(),
        state: match tally {
            Tally { failed, .. } if failed > 0 => format!("{failed} failed").into(),
            Tally { ready, total, .. } if ready < total => format!("{} missing", total - ready).into(),
            Tally { total, .. } => format!("{total} of {total}").into(),
        },
        done: tally.total > 0 && tally.ready == tally.total,
        active: tally.active > 0,
        to: stage.of(id),
    };
    let script = Want {
        label: "Script".into(),
        state: format::count(scenes, "scene", "scenes").into(),
        done: scenes > 0,
        active: false,
        to: Stage::Script.of(id),
    };
    vec![script, want("Narration", audio, Stage::Audio), want("Images", image, Stage::Image)]
}

fn providers(settings: &Settings) -> Vec<Choice> {
    let all = providers_of(settings, ProviderKind::Video);
    all.into_iter().map(|p| Choice::new(p.id.clone(), p.name.clone()).unavailable(!p.available || !p.configured)).collect()
}
