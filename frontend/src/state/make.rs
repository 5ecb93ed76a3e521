//! What a person has made: scripts, narrations, pictures, clips, films. Edits and deletes that wait are settled first, so
//! that what is made is made from what is on the page.

use std::rc::Rc;

use shared::{
    ApiError, ProjectId, SceneId,
    audio::{GenerateAudio, GenerateAudioBatch},
    event::Event,
    image::{GenerateImage, GenerateImageBatch},
    scene::Scene,
    script::GenerateScript,
    video::{GenerateVideo, VideoOptions},
};
use wasm_bindgen_futures::spawn_local;

use super::{discard, drafts, library, live, project::OpenProject, store::State, take::Standing, toasts, undo};
use crate::api::{self, Answer};

/// Starts a script; gives the project in which its scenes will appear.
pub async fn script(request: &GenerateScript) -> Answer<ProjectId> {
    let written = api::script::generate(request).await?;
    library::refresh().await;
    Ok(written.project_id)
}

/// A narration for one scene.
pub fn audio(scene: SceneId, voice: Option<String>, speed: Option<f64>) {
    spawn_local(async move {
        let request = GenerateAudio { scene_id: scene, voice_id: voice.clone(), speed };
        match settled(api::audio::generate(&request)).await {
            Ok(clip) => live::apply(&Event::Audio(clip)),
            Err(error) => _ = toasts::failed_retry("No narration was made", &error, move || audio(scene, voice.clone(), speed)),
        }
    });
}

/// Narrations for a project; `own` is what its scenes with a voice or a speed of their own ask for.
pub fn all_audio(batch: GenerateAudioBatch, own: Vec<GenerateAudio>) {
    spawn_local(async move {
        if let Err(error) = settled(narrate(&batch, &own)).await {
            toasts::failed_retry("Not all narrations were made", &error, move || all_audio(batch.clone(), own.clone()));
        }
    });
}

async fn narrate(batch: &GenerateAudioBatch, own: &[GenerateAudio]) -> Answer<()> {
    for request in alone(&OpenProject::current(), batch, own) {
        live::apply(&Event::Audio(api::audio::generate(&request).await?));
    }
    if own.is_empty() || !again(batch) {
        api::audio::generate_batch(batch).await?.items.into_iter().for_each(|clip| live::apply(&Event::Audio(clip)));
    }
    Ok(())
}

/// Whether a batch makes what is there once more.
fn again(batch: &GenerateAudioBatch) -> bool {
    batch.only_missing != Some(true)
}

/// The narrations that are asked for one by one: those with a choice of their own, of which the batch then finds nothing missing;
/// and all, where it would make these once more.
fn alone(open: &OpenProject, batch: &GenerateAudioBatch, own: &[GenerateAudio]) -> Vec<GenerateAudio> {
    let wanted = |scene: &&Rc<Scene>| match open.narration_of(scene) {
        _ if scene.narration.trim().is_empty() => false,
        Standing::Ready => again(batch),
        standing => !standing.is_active(),
    };
    let request = |scene: &Rc<Scene>| {
        let like_all = || GenerateAudio { scene_id: scene.id, voice_id: batch.voice_id.clone(), speed: batch.speed };
        let own_choice = own.iter().find(|request| request.scene_id == scene.id).cloned();
        own_choice.or_else(|| (again(batch) && !own.is_empty()).then(like_all))
    };
    open.shown().filter(wanted).filter_map(request).collect()
}

/// A picture for one scene.
pub fn image(request: GenerateImage) {
    spawn_local(async move {
        match settled(api::image::generate(&request)).await {
            Ok(asset) => live::apply(&Event::Image(asset)),
            Err(error) => _ = toasts::failed_retry("No image was made", &error, move || image(request.clone())),
        }
    });
}

/// Pictures for a project.
pub fn all_images(request: GenerateImageBatch) {
    spawn_local(async move {
        match settled(api::image::generate_batch(&request)).await {
            Ok(batch) => batch.items.into_iter().for_each(|asset| live::apply(&Event::Image(asset))),
            Err(error) => _ = toasts::failed_retry("No images were made", &error, move || all_images(request.clone())),
        }
    });
}

/// A clip of a picture; gives why not, for the form.
pub async fn clip(request: &GenerateVideo) -> Answer<()> {
    let clip = settled(api::video::generate(request)).await?;
    live::apply(&Event::Video(clip));
    Ok(())
}

/// The film of a project.
pub fn film(project: ProjectId, options: VideoOptions) {
    spawn_local(async move {
        let request = GenerateVideo { project_id: Some(project), image_ids: None, options: Some(options.clone()) };
        match settled(api::video::generate(&request)).await {
            Ok(clip) => live::apply(&Event::Video(clip)),
            Err(error) => _ = toasts::failed_retry("The film was not started", &error, move || film(project, options.clone())),
        }
    });
}

async fn settled<T>(request: impl Future<Output = Answer<T>>) -> Result<T, ApiError> {
    drafts::settle().await?;
    undo::settle().await;
    discard::settle().await;
    request.await
}

#[cfg(test)]
mod tests {
    use shared::record::Status;

    use super::*;
    use crate::state::{Load, project::samples};

    #[test]
    fn a_scene_with_a_voice_of_its_own_is_asked_for_alone() {
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
        let batch = |only_missing| GenerateAudioBatch {
            project_id: project.id,
            voice_id: Some("espeak/en-us".into()),
            speed: None,
            only_missing: Some(only_missing),
        };
        let own = |places: &[usize]| -> Vec<_> {
            let request = |scene_id| GenerateAudio { scene_id, voice_id: Some("espeak/en-gb".into()), speed: Some(1.2) };
            places.iter().map(|place| request(open.scenes[*place].id)).collect()
        };
        let asked = |only_missing, own: &[GenerateAudio]| -> Vec<_> {
            let asked = alone(&open, &batch(only_missing), own);
            let place = |id| open.scenes.iter().position(|scene| scene.id == id).unwrap();
            asked.into_iter().map(|request| (place(request.scene_id), request.voice_id.unwrap())).collect()
        };
        let (page, mine) = ("espeak/en-us".to_owned(), "espeak/en-gb".to_owned());
        assert_eq!(asked(true, &own(&[0, 1, 2, 3])), [(3, mine.clone())], "one is there, one is coming, one says nothing");
        assert_eq!(asked(false, &own(&[3])), [(0, page), (3, mine)]);
        assert!(asked(false, &[]).is_empty(), "the batch makes them all");
    }
}
