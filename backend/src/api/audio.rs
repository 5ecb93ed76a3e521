//! `/api/audio` and `/api/voices`.

use std::sync::Arc;

use actix_multipart::Multipart;
use actix_web::{HttpResponse, delete, get, http::header, post, web::Data};

use super::{
    http::{
        answer::{self, Bytes},
        extract::{Body, Expected, Id, Prefer, Query},
        upload::{self, Beside},
    },
    take::take_operations,
};
use crate::{
    error::Result,
    services::{
        Ctx, audio, peaks, settings, take,
        voices::{self, preview},
    },
};
use shared::{
    AudioId, ProjectId,
    audio::{AudioClip, AudioPeaks, GenerateAudio, GenerateAudioBatch, VoiceList, VoicePreviewQuery, VoiceQuery},
    page::Items,
};

take_operations!(
    AudioClip,
    AudioId,
    "Audio",
    "audio",
    "/audio/{id}",
    "/audio/{id}/cancel",
    "/audio/{id}/retry",
    get_audio,
    delete_audio,
    cancel_audio,
    retry_audio,
    take::retry::<AudioClip>
);

/// Narrate a scene.
///
/// Queues a new take of the scene's narration. Once ready it becomes the scene's selected one.
#[utoipa::path(tag = "Audio", request_body(content = GenerateAudio, example = json!({
    "sceneId": "01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81", "voiceId": "espeak/en-us", "speed": 1.0
})), responses(
    (status = 202, description = "The take, queued", body = AudioClip),
    (status = 200, description = "The take, finished within the preferred wait", body = AudioClip),
    (status = 409, description = "`provider_not_configured`, or the scene has nothing to say", body = shared::ApiError),
))]
#[post("/audio/generate")]
pub async fn generate_audio(ctx: Data<Arc<Ctx>>, body: Body<GenerateAudio>, prefer: Prefer) -> Result<HttpResponse> {
    let clip = audio::request(&ctx, body.0).await?;
    answer::accepted(&ctx, &format!("/api/audio/{}", clip.id), clip.id, clip, prefer).await
}

/// Narrate a project.
///
/// Queues a new take for every scene that has something to say, or, with `onlyMissing`, for those that have none that is up to date.
#[utoipa::path(tag = "Audio", request_body(content = GenerateAudioBatch, example = json!({
    "projectId": "01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81", "onlyMissing": true
})), responses(
    (status = 202, description = "The takes, queued", body = Items<AudioClip>),
    (status = 200, description = "The takes, all finished within the preferred wait", body = Items<AudioClip>),
    (status = 409, description = "`provider_not_configured`", body = shared::ApiError),
    (status = 404, description = "`not_found`: there is no such project", body = shared::ApiError),
))]
#[post("/audio/generate-batch")]
pub async fn generate_audio_batch(ctx: Data<Arc<Ctx>>, body: Body<GenerateAudioBatch>, prefer: Prefer) -> Result<HttpResponse> {
    let clips = audio::request_batch(&ctx, body.0).await?;
    answer::accepted_batch(&ctx, clips, prefer).await
}

/// List a project's narrations.
///
/// All takes of all scenes: by scene position, the newest take first.
#[utoipa::path(tag = "Audio", params(("projectId" = ProjectId, Path, description = "The project")), responses((status = 200, description = "All takes", body = Vec<AudioClip>)))]
#[get("/audio/by-project/{projectId}")]
pub async fn list_project_audio(ctx: Data<Arc<Ctx>>, project: Id<ProjectId>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(audio::of_project(&ctx, project.0).await?))
}

/// Upload a narration.
///
/// A recording of your own (WAV, MP3, M4A, OGG or FLAC, told by its content, which must be what its part says; WebM and Opus in OGG, as browsers record them, are kept as FLAC) becomes a take of the scene, and its selected one.
#[utoipa::path(tag = "Audio", request_body(content = upload::SceneUpload, content_type = "multipart/form-data"), responses((status = 201, description = "The take", body = AudioClip)))]
#[post("/audio/upload")]
pub async fn upload_audio(ctx: Data<Arc<Ctx>>, form: Multipart) -> Result<HttpResponse> {
    let limits = settings::upload_limits(&ctx).await?;
    let form = upload::read(&ctx, form, Beside::SCENE, limits.audio_bytes, async |file| audio::listen(&ctx, file).await).await?;
    let clip = audio::upload(&ctx, form.text, form.file.path(), form.found).await?;
    Ok(answer::created(&format!("/api/audio/{}", clip.id), &clip))
}

/// Read a narration's peaks.
///
/// How loud it is along its length, for drawing it. Measured once; a take never changes, so that the answer may be kept for ever.
#[utoipa::path(tag = "Audio", params(("id" = AudioId, Path, description = "The take")), responses(
    (status = 200, description = "Its peaks", body = AudioPeaks, example = json!({"durationSeconds": 0.2, "peaks": [0, 31, 140, 96, 12]})),
    (status = 409, description = "`conflict`: it is not ready", body = shared::ApiError),
))]
#[get("/audio/{id}/peaks")]
pub async fn get_audio_peaks(ctx: Data<Arc<Ctx>>, id: Id<AudioId>) -> Result<HttpResponse> {
    let peaks = peaks::of(&ctx, id.0).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "private, max-age=31536000, immutable")).json(peaks))
}

/// Hear a voice.
///
/// A few words, spoken at once and kept nowhere. Only of built-in providers: nothing is paid for a preview.
#[utoipa::path(tag = "Audio", params(VoicePreviewQuery), responses(
    (status = 200, description = "The sound", body = inline(Bytes), content_type = "audio/wav"),
    (status = 409, description = "`provider_not_configured`", body = shared::ApiError),
    (status = 502, description = "`provider_auth_failed`, `provider_quota_exceeded`, `provider_unavailable` or `provider_bad_response`", body = shared::ApiError),
    (status = 504, description = "`provider_timeout`", body = shared::ApiError),
))]
#[get("/voices/preview")]
pub async fn preview_voice(ctx: Data<Arc<Ctx>>, query: Query<VoicePreviewQuery>) -> Result<HttpResponse> {
    let sound = preview::speak(&ctx, query.0).await?;
    Ok(HttpResponse::Ok().content_type("audio/wav").insert_header((header::CACHE_CONTROL, "private, max-age=86400")).body(sound))
}

/// List voices.
///
/// Of every provider that can be used now. A voice's id is what `voiceId` takes. A provider whose list cannot be had at the moment is
/// among `failures`; one that is asked for by name is answered with the error itself.
#[utoipa::path(tag = "Audio", params(VoiceQuery), responses(
    (status = 200, description = "The voices", body = VoiceList),
    (status = 409, description = "`provider_not_configured`, of a provider that is asked for by name", body = shared::ApiError),
    (status = 502, description = "Of such a one: `provider_auth_failed`, `provider_quota_exceeded`, `provider_unavailable` or `provider_bad_response`", body = shared::ApiError),
    (status = 504, description = "Of such a one: `provider_timeout`", body = shared::ApiError),
))]
#[get("/voices")]
pub async fn list_voices(ctx: Data<Arc<Ctx>>, query: Query<VoiceQuery>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(voices::list(&ctx, query.0).await?))
}
