//! `/video/:id`: the film of a project.

use std::rc::Rc;

use shared::{ProjectId, SceneId, VideoId, project::Project, record::Status, video::VideoClip};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{
    film_start::{Next, Plan, use_film_start},
    project_frame::{ProjectFrame, use_project, use_shown_scenes},
};
use crate::{
    api::{
        project::{ExportFormat, export_url},
        scene::preview_url,
    },
    components::{
        estimate::EstimateLine,
        layout::RouteLink,
        options::OptionValues,
        ui::{Card, EmptyState, Icon, Switch, skeleton},
        video::{
            CaptionPreview, FilmChecklist, FilmHistory, ReplaceOwn, ReplacementNote, Sample, ScenePreview, SceneStrip, Seek,
            VideoDetailModal, VideoOptionsForm, VideoResultCard, defaults, first_picture, frame, planned, sample, steps,
        },
    },
    design::style,
    hooks::use_kept,
    routes::Stage,
    state::{
        activity::{self, Item},
        discard::Discarded,
        player,
        project::OpenProject,
        settings::SettingsState,
        use_selector,
    },
};

/// Props of [`VideoPage`].
#[derive(PartialEq, Properties)]
pub struct VideoPageProps {
    /// Of which project.
    pub id: ProjectId,
}

/// What of a film's options is seen in one of its scenes.
const PREVIEWED: [&str; 7] = ["fps", "motion", "motionStrength", "transition", "subtitles", "captionStyle", "clipVolumeDb"];

/// The film of a project.
#[component]
pub fn VideoPage(props: &VideoPageProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        grid-template-columns: minmax(0, 1fr) 22rem;
        gap: var(--space-6);
        align-items: start;

        & > div { display: grid; gap: var(--space-5); min-width: 0; }
        /* Taller than its shape where its words are, and never wider than the page for that. */
        & .blank { display: grid; place-items: center; min-width: 0; width: 100%; margin: 0 auto; border: 1px dashed var(--line-strong); border-radius: var(--radius-lg); }
        & .note { margin-top: var(--space-3); color: var(--text-muted); }
        & .note b { color: var(--text); font-weight: var(--weight-medium); }
        @media (max-width: 62rem) {
            grid-template-columns: minmax(0, 1fr);
        }
        "#
    );
    let id = props.id;
    let project = use_project(id);
    let scenes = use_shown_scenes();
    let films = use_films();
    let tallies = use_selector(|open: &OpenProject| (open.audio_tally(), open.image_tally()));
    let steps = use_selector(|open: &OpenProject| steps(open));
    let picture = use_selector(first_picture);
    let settings = use_selector(|state: &SettingsState| state.settings.clone());
    let (own, choose) = use_kept::<OptionValues>(format!("studio.film.{id}"));
    let picked = use_state(|| None::<VideoId>);
    let detail = use_state(|| None::<VideoId>);
    let seek = use_state(Seek::default);
    use_effect_with(id, |_| player::leave);
    let watched = use_state(|| None::<SceneId>);
    let stage = use_node_ref();

    let (audio, image) = *tallies;
    let value = settings.as_ref().map(|settings| {
        let defaults = defaults(settings);
        own.map(move |own| own.over(&defaults))
    });
    let fill = own.value("fillMissing").as_bool().unwrap_or(true);
    let newest = films.first();
    // One that was canceled shows nothing: the film before it stays on the screen.
    let default = films.iter().find(|film| film.status != Status::Canceled).or(newest);
    let plan = Plan {
        id,
        project: project.clone(),
        scenes: scenes.len(),
        audio,
        image,
        value: value.clone(),
        fill,
        making: newest.is_some_and(|film| !film.status.is_finished()),
    };
    let clear = |state: &UseStateHandle<Option<VideoId>>| {
        let state = state.clone();
        Callback::from(move |()| state.set(None))
    };
    let way = use_film_start(plan, stage.clone(), clear(&detail), clear(&picked));
    let primary = project.is_some().then_some(way.primary);
    let onseek = {
        let (seek, detail) = (seek.clone(), detail.clone());
        Callback::from(move |at: f64| {
            detail.set(None);
            seek.set(Seek { count: seek.count + 1, at });
        })
    };
    let previewed = PREVIEWED.map(|name| (name, value.as_ref().map(|value| value.get(name)).unwrap_or_default()));
    let onpreview = {
        let watched = watched.clone();
        Callback::from(move |scene: SceneId| watched.set(Some(scene)))
    };
    let content = project.map(|project| {
        let film = picked.and_then(|id| films.iter().find(|film| film.id == id)).or(default);
        let (small, whole) = (*picture).clone().unzip();
        let sample = sample(&project, &scenes, small);
        let shown = film.map(|film| film.id);
        let screen = match film {
            Some(film) => {
                let (item, shown) = (Item::of_video(film), film.id);
                let again = film.clone();
                html! {
                    <VideoResultCard
                        film={film.clone()}
                        title={project.title.clone()}
                        language={project.language.clone()}
                        shape={project.aspect_ratio}
                        scenes={scenes.clone()}
                        steps={(*steps).clone()}
                        project_url={export_url(id, ExportFormat::Zip)}
                        seek={*seek}
                        onseek={onseek.clone()}
                        onpreview={onpreview.clone()}
                        ondetails={let detail = detail.clone(); Callback::from(move |()| detail.set(Some(shown)))}
                        oncancel={Callback::from(move |()| spawn_local(activity::cancel(item.clone())))}
                        onretry={way.ask.reform(move |()| Next::Again(again.clone()))}
                    />
                }
            }
            None => html! {
                <>
                    { if scenes.is_empty() { without_scenes(&project) } else { beginning(&project, value.as_deref(), &sample, whole) } }
                    <SceneStrip shots={planned(&steps)} {onpreview} />
                </>
            },
        };
        let onshow = {
            let picked = picked.clone();
            Callback::from(move |id| picked.set(Some(id)))
        };
        let onfill = {
            let (own, choose) = (own.clone(), choose.clone());
            Callback::from(move |on| choose.emit(own.now().switched("fillMissing", on)))
        };
        let told = detail.and_then(|id| films.iter().find(|film| film.id == id)).cloned().zip((*settings).clone());
        html! {
            <div class={style}>
                <div ref={stage}>
                    { screen }
                    if films.len() > 1 {
                        <FilmHistory films={films.clone()} shown={shown.unwrap_or(films[0].id)} {onshow} />
                    }
                </div>
                <div>
                    <Card title="What the film needs">
                        <FilmChecklist project={id} scenes={scenes.len()} {audio} {image} />
                        if let Some(replacement) = way.replacement.clone().filter(|_| fill) {
                            <ReplacementNote {replacement} />
                        }
                        <Switch label="Make what is missing first" on={fill} onchange={onfill} />
                        <EstimateLine estimate={way.estimate} one="step" many="steps" />
                    </Card>
                    <Card title="Options">
                        if let (Some(settings), Some(value)) = ((*settings).clone(), value) {
                            <VideoOptionsForm id="film" {settings} {value} onchange={choose.clone()} sample={sample.clone()} shown_large={shown.is_none() && picture.is_some()} />
                        } else {
                            { skeleton("100%", "24rem") }
                        }
                    </Card>
                </div>
                if let Some((film, settings)) = told {
                    <VideoDetailModal
                        key={film.id.to_string()}
                        film={film.clone()}
                        scenes={scenes.clone()}
                        {settings}
                        {sample}
                        busy={way.running}
                        {onseek}
                        onmake={way.ask.reform(Next::New)}
                        onclose={clear(&detail)}
                    />
                }
                if let Some((index, step)) = watched.and_then(|id| steps.iter().enumerate().find(|(_, step)| step.id == id)) {
                    <ScenePreview
                        project={id}
                        number={index + 1}
                        title={step.title.clone()}
                        shape={project.aspect_ratio.parts()}
                        address={preview_url(step.id, previewed)}
                        onclose={let watched = watched.clone(); Callback::from(move |()| watched.set(None))}
                    />
                }
                if let Some((next, replacement)) = way.question.zip(way.replacement) {
                    <ReplaceOwn {replacement} onagree={way.begin.reform(move |()| next.clone())} onclose={way.leave} />
                }
            </div>
        }
    });
    html! { <ProjectFrame {id} stage={Stage::Video} {primary}>{ content.unwrap_or_default() }</ProjectFrame> }
}

/// Where the film will be, of a script that has no scene.
fn without_scenes(project: &Project) -> Html {
    html! {
        <div class="blank" style={frame(project.aspect_ratio.parts())}>
            <EmptyState icon={Icon::Video} title="Nothing to film yet" text="Write the script first; its scenes become the film.">
                <RouteLink to={Stage::Script.of(project.id)}>{ "Go to the script" }</RouteLink>
            </EmptyState>
        </div>
    }
}

/// Where the film will be: its first picture with captions as they will look, where there is one.
fn beginning(project: &Project, options: Option<&OptionValues>, sample: &Sample, picture: Option<AttrValue>) -> Html {
    let words = "Narration and images that are missing are made first.";
    if picture.is_none() {
        return html! {
            <div class="blank" style={frame(project.aspect_ratio.parts())}><EmptyState icon={Icon::Video} title="No film yet" text={words} /></div>
        };
    }
    let chosen = |name: &str| options.map(|options| options.get(name)).unwrap_or_default();
    let subtitles = chosen("subtitles");
    let said = if subtitles.is_empty() || subtitles == "none" { AttrValue::default() } else { sample.words.clone() };
    html! {
        <div>
            <CaptionPreview large=true shape={sample.shape} {subtitles} caption_style={chosen("captionStyle")} picture={picture} words={said} lang={sample.lang.clone()} />
            <p class="note"><b>{ "No film yet." }</b>{ " This is how it will begin. " }{ words }</p>
        </div>
    }
}

/// The films of the open project, without those that are about to be deleted.
#[hook]
fn use_films() -> Vec<Rc<VideoClip>> {
    let films = use_selector(|open: &OpenProject| open.films.clone());
    let hidden = use_selector({
        let films = (*films).clone();
        move |discarded: &Discarded| films.iter().map(|film| discarded.has(film.id.0)).collect::<Vec<_>>()
    });
    films.iter().zip(hidden.iter()).filter(|(_, hidden)| !**hidden).map(|(film, _)| film.clone()).collect()
}
