//! How the film of a project is started: what stands against it and what it would cost is told before, and what it replaces of
//! what the user brought along is asked about.

use std::rc::Rc;

use shared::{
    ProjectId, SceneId,
    estimate::Estimate,
    project::Project,
    video::{GenerateVideo, VideoClip},
};
use yew::prelude::*;

use super::estimate::{asked, use_estimate};
use crate::{
    api,
    components::{audio::voice_name, layout::PrimaryAction, options::OptionValues, ui::Icon, video::Replacement},
    hooks::{Newest, use_query},
    state::{
        State,
        asking::{Asking, What},
        make::{self, Replaced},
        project::{OpenProject, Tally},
        settings::SettingsState,
        use_selector,
        voices::Voices,
    },
};

/// A film that is to be made.
#[derive(Clone, PartialEq)]
pub enum Next {
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

/// What would be made of what.
pub struct Plan {
    /// Which project.
    pub id: ProjectId,
    /// The project, once it is there.
    pub project: Option<Rc<Project>>,
    /// How many scenes it has.
    pub scenes: usize,
    /// How far their narrations are.
    pub audio: Tally,
    /// How far their pictures are.
    pub image: Tally,
    /// What is chosen, once the settings are there.
    pub value: Option<Newest<OptionValues>>,
    /// Whether what is missing is made first.
    pub fill: bool,
    /// Whether a film is being made.
    pub making: bool,
}

/// The way to a film.
pub struct FilmStart {
    /// Whether one is asked for, or being made.
    pub running: bool,
    /// Asks for the one that is chosen.
    pub primary: PrimaryAction,
    /// What one would cost.
    pub estimate: Option<Estimate>,
    /// What one replaces of what the user brought along.
    pub replacement: Option<Replacement>,
    /// The film that is not begun before the user agrees to that.
    pub question: Option<Next>,
    /// Asks for a film.
    pub ask: Callback<Next>,
    /// Begins it, whatever it replaces.
    pub begin: Callback<Next>,
    /// Takes the question back.
    pub leave: Callback<()>,
}

/// The way to a film. Where it is begun, `onbegin` is called, and `stage` comes into sight.
#[hook]
pub fn use_film_start(plan: Plan, stage: NodeRef, onask: Callback<()>, onbegin: Callback<()>) -> FilmStart {
    let Plan { id, project, scenes, audio, image, value, fill, making } = plan;
    let asking = *use_selector(move |asking: &Asking| asking.has(What::Film, id));
    let running = asking || making;
    let replacement = use_replacement(id, project.map(|project| project.language.clone()));
    let question = use_state(|| None::<Next>);
    let started = use_state(|| false);
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
        let started = started.clone();
        move |show| {
            if let (true, Some(stage)) = (*show, stage.cast::<web_sys::Element>()) {
                stage.scroll_into_view();
                started.set(false);
            }
        }
    });
    let complete = audio.ready == audio.total && image.ready == image.total;
    let blocked = if scenes == 0 {
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
        let question = question.clone();
        Callback::from(move |next: Next| {
            question.set(None);
            onbegin.emit(());
            started.set(true);
            match next {
                Next::New(value) => make::film(id, value.read()),
                Next::Again(film) => make::film_again(film),
            }
        })
    };
    // What the person brought along is not replaced unasked.
    let ask = {
        let (question, begin) = (question.clone(), begin.clone());
        Callback::from(move |next: Next| {
            onask.emit(());
            if next.fills() && !Replaced::by_film(&OpenProject::current()).is_empty() {
                question.set(Some(next));
            } else {
                begin.emit(next);
            }
        })
    };
    let primary = PrimaryAction {
        label: "Make film".into(),
        icon: Some(Icon::Video),
        busy: running,
        blocked,
        run: {
            let ask = ask.clone();
            Callback::from(move |()| value.iter().for_each(|value| ask.emit(Next::New(value.now()))))
        },
    };
    let asked_about = (*question).clone();
    let leave = Callback::from(move |()| question.set(None));
    FilmStart { running, primary, estimate, replacement, question: asked_about, ask, begin, leave }
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
