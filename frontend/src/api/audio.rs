//! Narrations and voices.

use shared::{
    AudioId, ProjectId, SceneId,
    audio::{AudioClip, AudioPeaks, GenerateAudio, GenerateAudioBatch, Voice},
    page::Items,
};
use web_sys::Blob;

use super::client::{self, Answer};

/// Starts a take for one scene.
pub async fn generate(request: &GenerateAudio) -> Answer<AudioClip> {
    client::post("/api/audio/generate", request).await
}

/// Starts takes for a project.
pub async fn generate_batch(request: &GenerateAudioBatch) -> Answer<Items<AudioClip>> {
    client::post("/api/audio/generate-batch", request).await
}

/// All takes of a project, by scene, newest first.
pub async fn by_project(project: ProjectId) -> Answer<Vec<AudioClip>> {
    client::get(&format!("/api/audio/by-project/{project}")).await
}

/// Stops a take that is queued or running.
pub async fn cancel(id: AudioId) -> Answer<AudioClip> {
    client::act(&format!("{}/cancel", path(id))).await
}

/// Starts a failed or canceled take again.
pub async fn retry(id: AudioId) -> Answer<AudioClip> {
    client::act(&format!("{}/retry", path(id))).await
}

/// Removes a take.
pub async fn delete(id: AudioId) -> Answer<()> {
    client::delete(&path(id)).await
}

/// Removes a take while the page is being left.
pub fn delete_and_leave(id: AudioId) {
    client::send_and_leave("DELETE", &path(id), None);
}

/// Makes a take of a recording.
pub async fn upload(scene: SceneId, file: &Blob, name: &str) -> Answer<AudioClip> {
    client::upload("/api/audio/upload", client::scene_form(scene, file, name)?).await
}

/// How loud a take is along its length.
pub async fn peaks(id: AudioId) -> Answer<AudioPeaks> {
    client::get(&format!("{}/peaks", path(id))).await
}

/// Where a voice can be heard saying some words; none where only its vendor has a sample of it.
pub fn preview_url(voice: &Voice, words: &str, speed: f64) -> Option<String> {
    let url = voice.preview_url.as_deref().filter(|url| url.starts_with('/'))?;
    Some(format!("{url}&text={}&speed={speed}", js_sys::encode_uri_component(words)))
}

/// The voices that speak a language.
pub async fn voices(language: &str) -> Answer<Items<Voice>> {
    client::get(&format!("/api/voices?language={}", js_sys::encode_uri_component(language))).await
}

/// The voices of a provider.
pub async fn voices_of(provider: &str) -> Answer<Items<Voice>> {
    client::get(&format!("/api/voices?provider={}", js_sys::encode_uri_component(provider))).await
}

fn path(id: AudioId) -> String {
    format!("/api/audio/{id}")
}
