//! What a person has made: scripts, narrations, pictures, clips, films. Edits and deletes that wait are settled first, so
//! that what is made is made from what is on the page.

use shared::{
    ApiError, ProjectId, SceneId,
    audio::{GenerateAudio, GenerateAudioBatch},
    event::Event,
    image::{GenerateImage, GenerateImageBatch},
    script::GenerateScript,
    video::{GenerateVideo, VideoOptions},
};
use wasm_bindgen_futures::spawn_local;

use super::{drafts, library, live, toasts, undo};
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

/// Narrations for a project.
pub fn all_audio(project: ProjectId, voice: Option<String>, speed: Option<f64>, only_missing: bool) {
    spawn_local(async move {
        let request = GenerateAudioBatch { project_id: project, voice_id: voice.clone(), speed, only_missing: Some(only_missing) };
        match settled(api::audio::generate_batch(&request)).await {
            Ok(batch) => batch.items.into_iter().for_each(|clip| live::apply(&Event::Audio(clip))),
            Err(error) => {
                _ = toasts::failed_retry("No narration was made", &error, move || all_audio(project, voice.clone(), speed, only_missing));
            }
        }
    });
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
    request.await
}
