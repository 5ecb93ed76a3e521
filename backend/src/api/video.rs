//! `/api/video`.

use std::sync::Arc;

use actix_web::{HttpResponse, delete, get, post, web::Data};

use super::{
    http::{
        answer,
        extract::{Body, Expected, Id, Prefer},
    },
    take::take_operations,
};
use crate::{
    error::Result,
    services::{Ctx, take, video},
};
use shared::{
    ProjectId, VideoId,
    video::{GenerateVideo, VideoClip},
};

take_operations!(
    VideoClip,
    VideoId,
    "Video",
    "video",
    "/video/{id}",
    "/video/{id}/cancel",
    "/video/{id}/retry",
    get_video,
    delete_video,
    cancel_video,
    retry_video,
    video::retry
);

/// Make a film or a clip.
///
/// With `projectId`, the film of all scenes: what a scene lacks, or has stale, is made first with the defaults, as records
/// of its own; with `fillMissing: false` such a scene is a 409 with the list in `details.scenes`. With `imageIds`, a clip of
/// those images.
#[utoipa::path(tag = "Video", request_body(content = GenerateVideo, example = json!({
    "projectId": "01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81", "options": {"resolution": "1080p", "transition": "crossfade", "subtitles": "burned", "captionStyle": "boxed"}
})), responses(
    (status = 202, description = "The film or clip, queued", body = VideoClip),
    (status = 200, description = "The film or clip, finished within the preferred wait", body = VideoClip),
    (status = 409, description = "`conflict`: scenes lack what they need; or `provider_not_configured`", body = shared::ApiError),
    (status = 404, description = "`not_found`: there is no such project", body = shared::ApiError),
))]
#[post("/video/generate")]
pub async fn generate_video(ctx: Data<Arc<Ctx>>, body: Body<GenerateVideo>, prefer: Prefer) -> Result<HttpResponse> {
    let clip = video::request(&ctx, body.0).await?;
    answer::accepted(&ctx, &format!("/api/video/{}", clip.id), clip.id, clip, prefer).await
}

/// List a project's films and clips.
///
/// Films first, then clips; the newest of each first.
#[utoipa::path(tag = "Video", params(("projectId" = ProjectId, Path, description = "The project")), responses((status = 200, description = "All films and clips", body = Vec<VideoClip>)))]
#[get("/video/by-project/{projectId}")]
pub async fn list_project_videos(ctx: Data<Arc<Ctx>>, project: Id<ProjectId>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(video::of_project(&ctx, project.0).await?))
}
