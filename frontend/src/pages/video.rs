//! `/video/:id`: the film of a project.

use std::rc::Rc;

use shared::{
    ProjectId, SceneId, VideoId,
    project::Project,
    record::Status,
    scene::Scene,
    video::{GenerateVideo, VideoClip},
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{
    estimate::{asked, use_estimate},
    project_frame::{ProjectFrame, use_project, use_shown_scenes},
};
use crate::{
    api::{
        self,
        project::{ExportFormat, export_url},
        scene::preview_url,
    },
    components::{
        audio::voice_name,
        estimate::EstimateLine,
        layout::PrimaryAction,
        options::OptionValues,
        ui::{Card, EmptyState, Icon, Switch, skeleton},
        video::{
            CaptionPreview, FilmChecklist, FilmHistory, FilmStep, Offer, ReplaceOwn, Replacement, ReplacementNote, Sample, ScenePreview,
            SceneStrip, Seek, VideoDetailModal, VideoOptionsForm, VideoResultCard, Want, defaults, frame, planned,
        },
    },
    design::style,
    format,
    hooks::{use_kept, use_query},
    routes::Stage,
    state::{
        State,
        activity::{self, Item},
        asking::{Asking, What},
        discard::Discarded,
        edit,
        make::{self, Replaced},
        player,
        project::{OpenProject, Tally},
        settings::SettingsState,
        take::Standing,
        use_selector,
        voices::Voices,
    },
};

/// Props of [`VideoPage`].
#[derive(PartialEq, Properties)]
pub struct VideoPageProps {
    /// Of which project.
    pub id: ProjectId,
}

/// A film that is to be made.
#[derive(Clone, PartialEq)]
enum Next {
    /// A new one.
    New(OptionValues),
    /// One that failed or was canceled, once more.
    Again(Rc<VideoClip>),
}

impl Next {
    /// Whether what is missing is made first.
    fn fills(&self) -> bool {
        match self {
            Self::New(value) => value.value("fillMissing").as_bool().unwrap_or(true),
            Self::Again(film) => film.options.fill_missing != Some(false),
        }
    }
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
        & .blank { display: grid; place-items: center; width: 100%; margin: 0 auto; border: 1px dashed var(--line-strong); border-radius: var(--radius-lg); }
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
    let (stage, started) = (use_node_ref(), use_state(|| false));

    let (audio, image) = *tallies;
    let value = settings.as_ref().map(|settings| {
        let defaults = defaults(settings);
        own.map(move |own| own.over(&defaults))
    });
    let fill = own.value("fillMissing").as_bool().unwrap_or(true);
    let newest = films.first();
    // One that was canceled shows nothing: the film before it stays on the screen.
    let default = films.iter().find(|film| film.status != Status::Canceled).or(newest);
    let asking = *use_selector(move |asking: &Asking| asking.has(What::Film, id));
    let running = asking || newest.is_some_and(|film| !film.status.is_finished());
    let replacement = use_replacement(id, project.as_ref().map(|project| project.language.clone()));
    let question = use_state(|| None::<Next>);
    let kept = use_memo(id, |id| Voices::kept(*id));
    use_effect_with(replacement.is_none(), {
        let question = question.clone();
        move |nothing| {
            if *nothing {
                question.set(None);
            }
        }
    });
    // What was started from far below is to be seen.
    let begun = !asking && running;
    use_effect_with(begun && *started, {
        let (stage, started) = (stage.clone(), started.clone());
        move |show| {
            if let (true, Some(stage)) = (*show, stage.cast::<web_sys::Element>()) {
                stage.scroll_into_view();
                started.set(false);
            }
        }
    });
    let complete = audio.ready == audio.total && image.ready == image.total;
    let blocked = if scenes.is_empty() {
        Some("There is no scene yet".into())
    } else if !fill && !complete {
        Some("Some scenes are not complete".into())
    } else {
        value.is_none().then(|| "The settings are not there yet".into())
    };
    // Another voice than the settings' own may cost something else: nothing is said then.
    let known = audio.ready == audio.total || !kept.choose_voice();
    let request = value.as_ref().filter(|_| blocked.is_none() && known).map(|value| GenerateVideo {
        project_id: Some(id),
        image_ids: None,
        options: Some(value.read()),
    });
    let estimate = use_estimate("video", request.as_ref().and_then(asked), audio.ready + image.ready);
    let begin = {
        let (picked, started, question) = (picked.clone(), started.clone(), question.clone());
        Callback::from(move |next: Next| {
            question.set(None);
            picked.set(None);
            started.set(true);
            match next {
                Next::New(value) => make::film(id, value.read()),
                Next::Again(film) => make::film_again(film),
            }
        })
    };
    // What the person brought along is not replaced unasked.
    let ask = {
        let (detail, question, begin) = (detail.clone(), question.clone(), begin.clone());
        Callback::from(move |next: Next| {
            detail.set(None);
            if next.fills() && !Replaced::by_film(&OpenProject::current()).is_empty() {
                question.set(Some(next));
            } else {
                begin.emit(next);
            }
        })
    };
    let start = ask.reform(Next::New);
    let primary = project.is_some().then(|| PrimaryAction {
        label: "Make film".into(),
        icon: Some(Icon::Video),
        busy: running,
        blocked,
        run: {
            let (value, start) = (value.clone(), start.clone());
            Callback::from(move |()| value.iter().for_each(|value| start.emit(value.now())))
        },
    });
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
                        onretry={ask.reform(move |()| Next::Again(again.clone()))}
                    />
                }
            }
            None => html! {
                <>
                    { beginning(&project, value.as_deref(), &sample, whole) }
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
                        <FilmChecklist wants={wants(id, scenes.len(), audio, image)} />
                        if let Some(replacement) = replacement.clone().filter(|_| fill) {
                            <ReplacementNote {replacement} />
                        }
                        <Switch label="Make what is missing first" on={fill} onchange={onfill} />
                        <EstimateLine {estimate} one="step" many="steps" />
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
                        busy={running}
                        {onseek}
                        onmake={start}
                        onclose={let detail = detail.clone(); Callback::from(move |()| detail.set(None))}
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
                if let Some((next, replacement)) = (*question).clone().zip(replacement) {
                    <ReplaceOwn
                        {replacement}
                        onagree={begin.reform(move |()| next.clone())}
                        onclose={let question = question.clone(); Callback::from(move |()| question.set(None))}
                    />
                }
            </div>
        }
    });
    html! { <ProjectFrame {id} stage={Stage::Video} {primary}>{ content.unwrap_or_default() }</ProjectFrame> }
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

fn steps(open: &OpenProject) -> Vec<FilmStep> {
    let step = |scene: &Rc<Scene>| {
        let image = open.image_of(scene);
        FilmStep {
            id: scene.id,
            title: format::title(&scene.title).to_owned().into(),
            seconds: scene.duration_seconds,
            complete: open.narration_of(scene) == Standing::Ready && image.standing() == Standing::Ready,
            picture: picture_of(open, scene).map(|(small, _)| small),
        }
    };
    open.shown().map(step).collect()
}

/// The first picture that there is, small and as it is.
fn first_picture(open: &OpenProject) -> Option<(AttrValue, AttrValue)> {
    open.shown().find_map(|scene| picture_of(open, scene))
}

/// What the film shows of a scene, small and as it is: of a clip that stands in place of its still, a picture.
fn picture_of(open: &OpenProject, scene: &Scene) -> Option<(AttrValue, AttrValue)> {
    let clip = open.clip_of(scene).selected.filter(|clip| clip.status == Status::Ready);
    if let Some(poster) = clip.and_then(|clip| clip.poster_url.clone()) {
        let poster = AttrValue::from(poster);
        return Some((poster.clone(), poster));
    }
    let image = open.image_of(scene).selected?;
    let whole = image.url.clone()?;
    Some((image.thumbnail_url.clone().unwrap_or_else(|| whole.clone()).into(), whole.into()))
}

fn sample(project: &Project, scenes: &[Rc<Scene>], picture: Option<AttrValue>) -> Sample {
    let words = scenes.iter().map(|scene| scene.narration.trim()).find(|words| !words.is_empty()).unwrap_or_default();
    Sample { shape: project.aspect_ratio.parts(), picture, words: words.to_owned().into(), lang: project.language.clone().into() }
}

/// What the next film replaces of what the user brought along; none where that is nothing.
#[hook]
fn use_replacement(project: ProjectId, language: Option<String>) -> Option<Replacement> {
    let replaced = use_selector(Replaced::by_film);
    let default =
        use_selector(|state: &SettingsState| state.settings.as_ref().and_then(|settings| settings.defaults.audio.voice_id.clone()));
    // The names of voices are asked for where one is to be told.
    let voices = use_query(language.filter(|_| !replaced.recordings.is_empty()), 0, |language| async move {
        match language {
            Some(language) => api::audio::voices(&language).await.map(|list| list.items),
            None => Ok(Vec::new()),
        }
    });
    if replaced.is_empty() {
        return None;
    }
    let kept = Voices::kept(project);
    let known = voices.data.as_deref().map(Vec::as_slice).unwrap_or_default();
    let speaks = |(_, scene): &(usize, SceneId)| {
        let chosen = kept.of_scene(*scene).request(*scene).voice_id.or_else(|| (*default).clone());
        chosen.map_or_else(|| "a voice of its language".to_owned(), |id| voice_name(known, &id))
    };
    let mut names: Vec<_> = replaced.recordings.iter().map(speaks).collect();
    names.dedup();
    let voice = if names.len() > 1 { "the voices that are chosen for them".to_owned() } else { names.pop().unwrap_or_default() };
    let recordings = replaced.recordings.iter().map(|(number, _)| *number).collect();
    Some(Replacement { recordings, voice, pictures: replaced.pictures.clone() })
}

/// How many scenes have none, how many use none of those that they have, and how many use one that no longer fits.
fn lacking(tally: Tally) -> String {
    let missing = tally.total - tally.ready - tally.stale - tally.unchosen;
    let told = [(missing, "missing"), (tally.unchosen, "not chosen"), (tally.stale, "out of date")];
    told.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}

fn wants(id: ProjectId, scenes: usize, audio: Tally, image: Tally) -> Vec<Want> {
    let want = |label: &'static str, tally: Tally, stage: Stage, choose: fn()| Want {
        label: label.into(),
        state: match tally {
            Tally { failed, .. } if failed > 0 => format!("{failed} failed").into(),
            Tally { ready, total, .. } if ready < total => lacking(tally).into(),
            Tally { total, .. } => format!("{total} of {total}").into(),
        },
        done: tally.total > 0 && tally.ready == tally.total,
        active: tally.active > 0,
        to: stage.of(id),
        offer: (tally.unchosen > 0).then(|| Offer {
            words: "Use the newest".into(),
            name: format!("Use the newest: {label}").into(),
            run: Callback::from(move |()| choose()),
        }),
    };
    let script = Want {
        label: "Script".into(),
        state: format::count(scenes, "scene", "scenes").into(),
        done: scenes > 0,
        active: false,
        to: Stage::Script.of(id),
        offer: None,
    };
    vec![
        script,
        want("Narration", audio, Stage::Audio, edit::use_newest_audio),
        want("Images", image, Stage::Image, edit::use_newest_images),
    ]
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::{event::Event, image::ImageAsset};

    use super::*;
    use crate::state::{Load, project::samples};

    #[test]
    fn a_clip_is_seen_in_place_of_its_still() {
        let mut scene = samples::scene(0);
        let mut clip = samples::clip(&scene, Status::Ready, 0);
        clip.poster_url = Some("/media/poster.jpg".to_owned());
        let image: ImageAsset = serde_json::from_value(json!({
            "id": clip.id, "projectId": scene.project_id, "sceneId": scene.id, "provider": "storyboard", "stylePrompt": "",
            "modelOptions": {}, "status": "ready", "progress": 1, "stale": false, "url": "/media/still.png",
            "thumbnailUrl": "/media/small.webp", "attempts": 1, "createdAt": clip.created_at, "updatedAt": clip.updated_at,
        }))
        .unwrap();
        scene.selected_image_id = Some(image.id);
        let seen = |scene: &Scene| {
            let mut open = OpenProject::default();
            (open.id, open.load) = (Some(scene.project_id), Load::Ready);
            for event in [Event::Scene(scene.clone()), Event::Image(image.clone()), Event::Video(clip.clone())] {
                open.apply(&event);
            }
            let (small, whole) = first_picture(&open).unwrap();
            assert_eq!(steps(&open)[0].picture.as_ref(), Some(&small));
            (small.to_string(), whole.to_string())
        };
        assert_eq!(seen(&scene), ("/media/small.webp".to_owned(), "/media/still.png".to_owned()));
        scene.selected_video_id = Some(clip.id);
        assert_eq!(seen(&scene), ("/media/poster.jpg".to_owned(), "/media/poster.jpg".to_owned()));
    }
}
