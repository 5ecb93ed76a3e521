//! Narrations and voices.

use shared::{
    AudioId, ProjectId,
    audio::{AudioClip, GenerateAudio, GenerateAudioBatch, Voice},
    page::Items,
};

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
    client::act(&format!("/api/audio/{id}/cancel")).await
}

/// Starts a failed or canceled take again.
pub async fn retry(id: AudioId) -> Answer<AudioClip> {
    client::act(&format!("/api/audio/{id}/retry")).await
}

/// The voices that speak a language.
pub async fn voices(language: &str) -> Answer<Items<Voice>> {
    client::get(&format!("/api/voices?language={}", js_sys::encode_uri_component(language))).await
}
