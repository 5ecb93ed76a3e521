//! What a person has made: scripts, narrations, pictures, clips, films. Edits and deletes that wait are settled first, so
//! that what is made is made from what is on the page.

use std::{mem, rc::Rc};

use shared::{
    ApiError, ProjectId, SceneId,
    audio::{GenerateAudio, GenerateAudioBatch},
    event::Event,
    image::{GenerateImage, GenerateImageBatch},
    record::Status,
    scene::Scene,
    script::GenerateScript,
    video::{GenerateVideo, VideoClip, VideoOptions},
};
use wasm_bindgen_futures::spawn_local;

use super::{
    activity::{self, Item},
    asking::{Asked, What},
    attempt::Attempt,
    discard, drafts,
    drafts::Drafts,
    library, live,
    project::OpenProject,
    store::State,
    take::Standing,
    undo,
    voices::{UPLOAD, Voices},
};
use crate::api::{self, Answer};

/// Starts a script; gives the project in which its scenes will appear.
pub async fn script(request: &GenerateScript) -> Answer<ProjectId> {
    let written = api::script::generate(request).await?;
    library::refresh().await;
    Ok(written.project_id)
}

/// A narration for one scene.
pub fn audio(scene: SceneId, voice: Option<String>, speed: Option<f64>) {
    let Some(asked) = Asked::begin(What::Narration, scene) else { return };
    let attempt = Attempt::begin(format!("generated narration for {scene}"));
    spawn_local(async move {
        let request = GenerateAudio { scene_id: scene, voice_id: voice.clone(), speed };
        let answer = settled(api::audio::generate(&request)).await;
        drop(asked);
        match answer {
            Ok(clip) => {
                live::apply(&Event::Audio(clip));
                attempt.succeeded();
            }
            Err(error) => attempt.failed("No narration was made", &error, move || audio(scene, voice.clone(), speed)),
        }
    });
}

/// Narrations for a project; `own` is what its scenes with a voice or a speed of their own ask for.
pub fn all_audio(batch: GenerateAudioBatch, own: &[GenerateAudio]) {
    narrate(batch.project_id, Wanted::of(&OpenProject::current(), batch, own));
}

fn narrate(project: ProjectId, mut wanted: Wanted) {
    let Some(asked) = Asked::begin(What::Narrations, project) else { return };
    let attempt = Attempt::begin(format!("narrations for {project}"));
    spawn_local(async move {
        let answer = settled(wanted.ask_server()).await;
        drop(asked);
        match answer {
            Ok(()) => attempt.succeeded(),
            Err(error) => attempt.failed("Not all narrations were made", &error, move || narrate(project, wanted.clone())),
        }
    });
}

/// The narrations that are still to be asked for. What they are is read where the person asks: another project may be open by
/// the time that the server answers, or is asked again.
#[derive(Clone, Default)]
struct Wanted {
    /// One by one: those with a choice of their own, and all where a batch would make these once more.
    alone: Vec<GenerateAudio>,
    /// All others together, and what each of them would be.
    together: Option<(GenerateAudioBatch, Vec<GenerateAudio>)>,
}

impl Wanted {
    fn of(open: &OpenProject, batch: GenerateAudioBatch, own: &[GenerateAudio]) -> Self {
        if own.is_empty() {
            return Self { alone: Vec::new(), together: Some((batch, Vec::new())) };
        }
        let again = batch.only_missing != Some(true);
        let (alone, others) = Self::parted(open, &batch, own);
        Self { alone, together: (!again).then_some((batch, others)) }
    }

    /// Those that the film of the open project would have spoken by the defaults, although somebody has chosen otherwise. All
    /// others are left to the film, and canceled with it.
    fn of_film(open: &OpenProject, voices: &Voices) -> Self {
        let Some(project) = open.id else { return Self::default() };
        let batch = voices.batch(project, true);
        let chosen = batch.voice_id.is_some() || batch.speed.is_some();
        let (alone, others) = Self::parted(open, &batch, &voices.own_takes(open));
        Self { alone, together: (chosen && !others.is_empty()).then_some((batch, others)) }
    }

    /// The takes that are wanted: one by one, and those that are like all.
    fn parted(open: &OpenProject, batch: &GenerateAudioBatch, own: &[GenerateAudio]) -> (Vec<GenerateAudio>, Vec<GenerateAudio>) {
        let again = batch.only_missing != Some(true);
        let drafts = Drafts::current();
        let wanted = |scene: &&Rc<Scene>| {
            // What is typed is saved before anything is made.
            let typed = drafts.pending.get(&scene.id).and_then(|draft| draft.typed.text.narration.as_deref());
            match open.narration_of(scene) {
                _ if typed.unwrap_or(&scene.narration).trim().is_empty() => false,
                Standing::Ready => again || typed.is_some_and(|typed| typed != scene.narration),
                standing => !standing.is_active(),
            }
        };
        let (mut alone, mut others) = (Vec::new(), Vec::new());
        for scene in open.shown().filter(wanted) {
            let like_all = || GenerateAudio { scene_id: scene.id, voice_id: batch.voice_id.clone(), speed: batch.speed };
            match own.iter().find(|request| request.scene_id == scene.id) {
                Some(own) => alone.push(own.clone()),
                None if again => alone.push(like_all()),
                None => others.push(like_all()),
            }
        }
        (alone, others)
    }

    /// Asks the server for all, and keeps what it refuses; gives why the first was.
    async fn ask_server(&mut self) -> Answer<()> {
        let one = async |request: &GenerateAudio| {
            live::apply(&Event::Audio(api::audio::generate(request).await?));
            Ok(())
        };
        let all = async |batch: &GenerateAudioBatch| {
            api::audio::generate_batch(batch).await?.items.into_iter().for_each(|clip| live::apply(&Event::Audio(clip)));
            Ok(())
        };
        self.ask(one, all).await
    }

    /// Asks for all, and keeps what is refused; gives why the first was.
    async fn ask(
        &mut self,
        one: impl AsyncFn(&GenerateAudio) -> Answer<()>,
        all: impl AsyncFn(&GenerateAudioBatch) -> Answer<()>,
    ) -> Answer<()> {
        let alone = mem::take(&mut self.alone);
        let answer = self.one_by_one(alone, &one).await;
        match self.together.take() {
            // The batch would find missing what was refused, and have it spoken by the voice of the page.
            Some((_, others)) if answer.is_err() => {
                // Whatever becomes of these, the first reason is told.
                answer.and(self.one_by_one(others, &one).await)
            }
            Some((batch, others)) => {
                let answer = all(&batch).await;
                if answer.is_err() {
                    self.together = Some((batch, others));
                }
                answer
            }
            None => answer,
        }
    }

    async fn one_by_one(&mut self, requests: Vec<GenerateAudio>, one: &impl AsyncFn(&GenerateAudio) -> Answer<()>) -> Answer<()> {
        let mut answer = Ok(());
        for request in requests {
            if let Err(error) = one(&request).await {
                self.alone.push(request);
                answer = answer.and(Err(error));
            }
        }
        answer
    }
}

/// A picture for one scene.
pub fn image(request: GenerateImage) {
    image_or(request, image_refused);
}

/// The same, for whoever says himself why it was not begun.
pub fn image_or(request: GenerateImage, refused: impl FnOnce(GenerateImage, ApiError) + 'static) {
    let Some(asked) = Asked::begin(What::Image, request.scene_id) else { return };
    let attempt = Attempt::begin(about_image(&request));
    spawn_local(async move {
        let answer = settled(api::image::generate(&request)).await;
        drop(asked);
        match answer {
            Ok(asset) => {
                live::apply(&Event::Image(asset));
                attempt.succeeded();
            }
            Err(error) => refused(request, error),
        }
    });
}

/// Tells in a note why a picture was not begun.
pub fn image_refused(request: GenerateImage, error: ApiError) {
    Attempt::begin(about_image(&request)).failed("No image was made", &error, move || image(request.clone()));
}

fn about_image(request: &GenerateImage) -> String {
    format!("generated picture for {}", request.scene_id)
}

/// Pictures for a project.
pub fn all_images(request: GenerateImageBatch) {
    let Some(asked) = Asked::begin(What::Images, request.project_id) else { return };
    let attempt = Attempt::begin(format!("pictures for {}", request.project_id));
    spawn_local(async move {
        let answer = settled(api::image::generate_batch(&request)).await;
        drop(asked);
        match answer {
            Ok(batch) => {
                batch.items.into_iter().for_each(|asset| live::apply(&Event::Image(asset)));
                attempt.succeeded();
            }
            Err(error) => attempt.failed("No images were made", &error, move || all_images(request.clone())),
        }
    });
}

/// A clip of a picture; gives why not, for the form.
pub async fn clip(request: &GenerateVideo) -> Answer<()> {
    let clip = settled(api::video::generate(request)).await?;
    live::apply(&Event::Video(clip));
    Ok(())
}

/// The film of the open project. What its scenes lack is made first, and spoken as it was chosen on the audio page.
pub fn film(project: ProjectId, options: VideoOptions) {
    let Some(asked) = Asked::begin(What::Film, project) else { return };
    let attempt = Attempt::begin(format!("film of {project}"));
    let mut wanted = wanted_by_film(project, &options);
    spawn_local(async move {
        let request = GenerateVideo { project_id: Some(project), image_ids: None, options: Some(options.clone()) };
        let answer = settled(async {
            wanted.ask_server().await?;
            api::video::generate(&request).await
        })
        .await;
        if let Ok(clip) = &answer {
            live::apply(&Event::Video(clip.clone()));
        }
        drop(asked);
        match answer {
            Ok(_) => attempt.succeeded(),
            Err(error) => attempt.failed("The film was not started", &error, move || film(project, options.clone())),
        }
    });
}

/// A film that failed or was canceled, once more; what its scenes lack by now is made as by [`film`].
pub fn film_again(clip: Rc<VideoClip>) {
    let project = clip.project_id;
    let Some(asked) = Asked::begin(What::Film, project) else { return };
    let attempt = Attempt::begin(format!("film of {project}"));
    let mut wanted = wanted_by_film(project, &clip.options);
    spawn_local(async move {
        let answer = settled(wanted.ask_server()).await;
        if answer.is_ok() {
            activity::retry(Item::of_video(&clip)).await;
        }
        drop(asked);
        match answer {
            Ok(()) => attempt.succeeded(),
            Err(error) => attempt.failed("The film was not started", &error, move || film_again(clip.clone())),
        }
    });
}

fn wanted_by_film(project: ProjectId, options: &VideoOptions) -> Wanted {
    let open = OpenProject::current();
    let fills = options.fill_missing != Some(false) && open.id == Some(project);
    if fills { Wanted::of_film(&open, &Voices::kept(project)) } else { Wanted::default() }
}

/// What the user brought along and a film replaces, since it no longer fits its scene.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replaced {
    /// The scenes whose recording it replaces, with their numbers, from 1.
    pub recordings: Vec<(usize, SceneId)>,
    /// The numbers of the scenes whose picture it replaces.
    pub pictures: Vec<usize>,
}

impl Replaced {
    /// What the next film of the open project replaces, where it makes what is missing.
    pub fn by_film(open: &OpenProject) -> Self {
        let mut replaced = Self::default();
        for (index, scene) in open.shown().enumerate() {
            let (audio, image) = (open.audio_of(scene), open.image_of(scene));
            let spoken = audio.selected.as_ref().is_some_and(|take| take.provider == UPLOAD && take.stale);
            if spoken && open.narration_of(scene) != Standing::Ready && !audio.standing().is_active() {
                replaced.recordings.push((index + 1, scene.id));
            }
            let drawn = image.selected.as_ref().is_some_and(|take| take.provider == UPLOAD && take.stale);
            let moves = open.clip_of(scene).selected.is_some_and(|clip| clip.status == Status::Ready);
            if drawn && !moves && !image.standing().is_active() {
                replaced.pictures.push(index + 1);
            }
        }
        replaced
    }

    /// Whether it is nothing.
    pub fn is_empty(&self) -> bool {
        self.recordings.is_empty() && self.pictures.is_empty()
    }
}

async fn settled<T>(request: impl Future<Output = Answer<T>>) -> Result<T, ApiError> {
    drafts::settle().await?;
    undo::settle().await;
    discard::settle().await;
    request.await
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use futures_util::FutureExt;
    use shared::{ErrorCode, audio::AudioClip};

    use super::*;
    use crate::state::{
        Load,
        drafts::{Draft, Field},
        project::samples,
        voices::VoiceSettings,
    };

    const PAGE: &str = "espeak/en-us";
    const MINE: &str = "espeak/en-gb";

    /// Four scenes: one is there, one is coming, one says nothing, one is missing.
    fn open() -> OpenProject {
        let project = samples::project("A film");
        let mut open = OpenProject { id: Some(project.id), load: Load::Ready, ..OpenProject::default() };
        for position in 0..4 {
            let mut scene = Scene { project_id: project.id, ..samples::scene(position) };
            let clip = samples::audio(&scene, if position == 1 { Status::Running } else { Status::Ready }, 0);
            match position {
                0 => scene.selected_audio_id = Some(clip.id),
                2 => scene.narration.clear(),
                _ => {}
            }
            open.apply(&Event::Scene(scene));
            if position < 2 {
                open.apply(&Event::Audio(clip));
            }
        }
        open
    }

    fn batch(open: &OpenProject, only_missing: bool) -> GenerateAudioBatch {
        let project_id = open.id.unwrap();
        GenerateAudioBatch { project_id, voice_id: Some(PAGE.into()), speed: None, only_missing: Some(only_missing) }
    }

    fn own(open: &OpenProject, places: &[usize]) -> Vec<GenerateAudio> {
        let request = |scene_id| GenerateAudio { scene_id, voice_id: Some(MINE.into()), speed: Some(1.2) };
        places.iter().map(|place| request(open.scenes[*place].id)).collect()
    }

    /// Which scenes are asked for, with which voices.
    fn asked(open: &OpenProject, requests: &[GenerateAudio]) -> Vec<(usize, String)> {
        let place = |id| open.scenes.iter().position(|scene| scene.id == id).unwrap();
        requests.iter().map(|request| (place(request.scene_id), request.voice_id.clone().unwrap())).collect()
    }

    #[test]
    fn a_scene_with_a_voice_of_its_own_is_asked_for_alone() {
        let open = open();
        let alone = |only_missing, own: &[GenerateAudio]| {
            let wanted = Wanted::of(&open, batch(&open, only_missing), own);
            (asked(&open, &wanted.alone), wanted.together.is_some())
        };
        let (page, mine) = (PAGE.to_owned(), MINE.to_owned());
        assert_eq!(alone(true, &own(&open, &[0, 1, 2, 3])), (vec![(3, mine.clone())], true));
        assert_eq!(alone(false, &own(&open, &[3])), (vec![(0, page), (3, mine.clone())], false));
        assert_eq!(alone(false, &[]), (vec![], true), "the batch makes them all");

        // One that is there is of other words once what was typed is saved.
        let mut draft = Draft::default();
        draft.typed.type_in(Field::Narration, "Other words.".into(), Some(&open.scenes[0].narration));
        Drafts::update(|drafts| _ = drafts.pending.insert(open.scenes[0].id, draft));
        assert_eq!(alone(true, &own(&open, &[0])), (vec![(0, mine)], true));
    }

    #[test]
    fn a_film_asks_for_what_somebody_chose_and_leaves_the_rest_to_the_server() {
        let open = open();
        let chosen = |voice: &str| VoiceSettings { voice: Some(voice.into()), speed: None };
        let of = |page: Option<&str>, own: &[usize]| {
            let own = own.iter().map(|place| (open.scenes[*place].id, chosen(MINE))).collect();
            let wanted = Wanted::of_film(&open, &Voices { chosen: page.map(chosen).unwrap_or_default(), own });
            (asked(&open, &wanted.alone), wanted.together.map(|(_, others)| asked(&open, &others)))
        };
        assert_eq!(of(None, &[]), (vec![], None));
        assert_eq!(of(None, &[0, 3]), (vec![(3, MINE.to_owned())], None));
        assert_eq!(of(Some(PAGE), &[0]), (vec![], Some(vec![(3, PAGE.to_owned())])));
        assert_eq!(of(Some(PAGE), &[3]), (vec![(3, MINE.to_owned())], None), "nothing else is missing");
    }

    #[test]
    fn what_the_user_brought_along_is_replaced_where_it_no_longer_fits() {
        let mut open = open();
        assert!(Replaced::by_film(&open).is_empty());
        let stale = |open: &OpenProject, provider: &str| {
            let take = (*open.audio.get(&open.scenes[0].id).unwrap()[0]).clone();
            AudioClip { provider: provider.to_owned(), stale: true, ..take }
        };
        open.apply(&Event::Audio(stale(&open, "espeak")));
        assert!(Replaced::by_film(&open).is_empty(), "a voice speaks again what it spoke before");
        open.apply(&Event::Audio(stale(&open, UPLOAD)));
        let scene = open.scenes[0].id;
        assert_eq!(Replaced::by_film(&open), Replaced { recordings: vec![(1, scene)], pictures: Vec::new() });
        open.apply(&Event::Audio(samples::audio(&open.scenes[0], Status::Running, 9)));
        assert!(Replaced::by_film(&open).is_empty(), "another is on its way already");
    }

    #[test]
    fn another_try_asks_only_for_what_was_refused() {
        let mut open = open();
        let mut wanted = {
            // The last of five is missing, too, and has no voice of its own.
            open.apply(&Event::Scene(Scene { project_id: open.id.unwrap(), ..samples::scene(4) }));
            let missing = Scene { selected_audio_id: None, ..(*open.scenes[0]).clone() };
            open.audio = Default::default();
            open.apply(&Event::Scene(missing));
            Wanted::of(&open, batch(&open, true), &own(&open, &[0, 1, 3]))
        };
        let try_with = |wanted: &mut Wanted, refused: &[usize]| {
            let (alone, batches) = (RefCell::new(Vec::new()), RefCell::new(0));
            let one = async |request: &GenerateAudio| {
                alone.borrow_mut().push(request.clone());
                let (place, _) = asked(&open, std::slice::from_ref(request))[0];
                let error = || ApiError::new(ErrorCode::ValidationFailed, format!("Scene {place}"));
                if refused.contains(&place) { Err(error()) } else { Ok(()) }
            };
            let all = async |_: &GenerateAudioBatch| {
                *batches.borrow_mut() += 1;
                Ok(())
            };
            let answer = wanted.ask(one, all).now_or_never().expect("it waits for nothing");
            let places: Vec<_> = asked(&open, &alone.into_inner()).into_iter().map(|(place, voice)| (place, voice == MINE)).collect();
            (places, batches.into_inner(), answer.err().map(|error| error.message))
        };
        // The batch would speak with the page's voice what was refused: all others are asked for without it.
        let first = (vec![(0, true), (1, true), (3, true), (4, false)], 0, Some("Scene 1".to_owned()));
        assert_eq!(try_with(&mut wanted, &[1, 4]), first);
        assert_eq!(try_with(&mut wanted, &[4]), (vec![(1, true), (4, false)], 0, Some("Scene 4".to_owned())));
        assert_eq!(try_with(&mut wanted, &[]), (vec![(4, false)], 0, None));
    }
}
