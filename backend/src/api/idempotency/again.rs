//! An answer that was never given, or cannot be kept, is made again from what its request made.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse};
use uuid::Uuid;

use crate::{
    api::{
        http::{answer, extract::Prefer},
        openapi, project as projects, script,
    },
    db::idempotency::Made,
    error::{AppError, Result},
    services::{Ctx, music, project, scene, take},
};
use shared::{AudioId, ErrorCode, ImageId, MusicId, ProjectId, SceneId, VideoId, audio::AudioClip, image::ImageAsset, video::VideoClip};

/// The answer of an operation that made those records, as they are by now.
pub async fn answer(ctx: &Arc<Ctx>, request: &HttpRequest, made: &[Made]) -> Result<HttpResponse> {
    let prefer = Prefer::of(request);
    match openapi::operation("POST", request.path()).and_then(|operation| operation["operationId"].as_str()).unwrap_or_default() {
        "generateScript" => script::written(ctx, ProjectId(newest(made, "project")?), request, prefer).await,
        "createProject" | "importProject" | "duplicateProject" => {
            let detail = project::get(ctx, ProjectId(newest(made, "project")?)).await?;
            Ok(answer::created(&format!("/api/projects/{}", detail.project.id), &detail))
        }
        "cancelScript" => Ok(HttpResponse::Ok().json(project::get(ctx, ProjectId(newest(made, "project")?)).await?)),
        "retryScript" => projects::retried(ctx, ProjectId(newest(made, "project")?), prefer).await,
        "createScene" => {
            let created = scene::get(ctx, SceneId(newest(made, "scene")?)).await?;
            Ok(answer::created(&format!("/api/scenes/{}", created.id), &created))
        }
        "rewriteScene" => Ok(HttpResponse::Ok().json(scene::get(ctx, SceneId(newest(made, "scene")?)).await?)),
        "uploadMusic" => {
            let track = music::get(ctx, MusicId(newest(made, music::MADE)?)).await?;
            Ok(answer::created(&track.url, &track))
        }
        "generateAudioBatch" => {
            let ids = all(made, "audio").map(AudioId);
            batch::<AudioClip>(ctx, ids.collect(), prefer).await
        }
        "generateImageBatch" => {
            let ids = all(made, "image").map(ImageId);
            batch::<ImageAsset>(ctx, ids.collect(), prefer).await
        }
        other => match request.path().split('/').nth(2) {
            Some("audio") => one::<AudioClip>(ctx, AudioId(newest(made, "audio")?), other, "audio", prefer).await,
            Some("image") => one::<ImageAsset>(ctx, ImageId(newest(made, "image")?), other, "image", prefer).await,
            Some("video") => one::<VideoClip>(ctx, VideoId(newest(made, "video")?), other, "video", prefer).await,
            _ => Err(cut_off()),
        },
    }
}

/// A take that was uploaded, canceled, or queued.
async fn one<R: take::Generated>(ctx: &Ctx, id: R::Id, operation: &str, noun: &str, prefer: Prefer) -> Result<HttpResponse> {
    let record = take::get::<R>(ctx, id).await?;
    let location = format!("/api/{noun}/{}", R::take(id).id());
    if operation.starts_with("upload") {
        Ok(answer::created(&location, &record))
    } else if operation.starts_with("cancel") {
        Ok(HttpResponse::Ok().json(record))
    } else {
        answer::accepted(ctx, &location, id, record, prefer).await
    }
}

async fn batch<R: take::Generated>(ctx: &Ctx, ids: Vec<R::Id>, prefer: Prefer) -> Result<HttpResponse> {
    answer::accepted_batch(ctx, take::those::<R>(ctx, &ids).await?, prefer).await
}

fn all<'a>(made: &'a [Made], kind: &'a str) -> impl Iterator<Item = Uuid> + 'a {
    made.iter().filter(move |(known, _)| known == kind).map(|(_, id)| *id)
}

/// Ids are UUIDv7: among what a request made or moved, what is new is last.
fn newest(made: &[Made], kind: &str) -> Result<Uuid> {
    all(made, kind).max().ok_or_else(cut_off)
}

fn cut_off() -> AppError {
    let message =
        "The first request with this Idempotency-Key was cut off after it had begun; look what came of it before you use another key.";
    AppError::api(ErrorCode::Conflict, message)
}
