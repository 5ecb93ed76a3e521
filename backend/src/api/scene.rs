//! `/api/scenes`.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web::Data};
use tokio::fs::File;

use super::{
    http::{
        answer::{self, Bytes},
        extract::{Body, Expected, Id, Query},
    },
    media,
};
use crate::{
    error::Result,
    services::{Ctx, scene, video::preview},
};
use shared::{
    SceneId,
    scene::{PatchScene, RewriteScene, Scene},
    video::ScenePreviewQuery,
};

/// Read a scene.
///
/// Its `ETag` is what a change can be conditioned on with `If-Match`.
#[utoipa::path(tag = "Scenes", params(("id" = SceneId, Path, description = "Its id")), responses((status = 200, description = "The scene", body = Scene)))]
#[get("/scenes/{id}")]
pub async fn get_scene(ctx: Data<Arc<Ctx>>, id: Id<SceneId>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(scene::get(&ctx, id.0).await?))
}

/// Watch a scene.
///
/// By itself, as a film with `quality: "preview"` would show it now: with its selected narration, picture or clip, its move and its
/// captions, in 360 lines. Made when it is asked for, within a second or so, and kept for a while; it costs nothing and is no record.
/// Ranges are answered; the `ETag` is another once anything is that it is made of.
#[utoipa::path(tag = "Scenes", params(
    ("id" = SceneId, Path, description = "Its id"),
    ScenePreviewQuery,
    ("Range" = Option<String>, Header, description = "Which of its bytes (RFC 9110, 14)", example = "bytes=0-1023"),
), responses(
    (status = 200, description = "The preview", body = inline(Bytes), content_type = "video/mp4"),
    (status = 206, description = "The bytes that `Range` asks for", body = inline(Bytes), content_type = "video/mp4"),
    (status = 409, description = "`conflict`: it lacks a narration or a picture that is up to date, told in `details.scenes`; or `provider_not_configured`: ffmpeg is not installed", body = shared::ApiError),
    (status = 412, description = "`precondition_failed`: it is not the one that `If-Match` names", body = shared::ApiError),
    (status = 422, description = "`validation_failed`: every bad query parameter is named in `details.fields`; or `provider_rejected`: its narration, picture or clip is broken", body = shared::ApiError),
    (status = 507, description = "`insufficient_storage`: the disk is full", body = shared::ApiError),
))]
#[get("/scenes/{id}/preview")]
pub async fn preview_scene(
    ctx: Data<Arc<Ctx>>,
    request: HttpRequest,
    id: Id<SceneId>,
    query: Query<ScenePreviewQuery>,
) -> Result<HttpResponse> {
    let preview = preview::of_scene(&ctx, id.0, query.0).await?;
    media::changing(&request, File::from_std(preview.file), preview.tag, "video/mp4").await
}

/// Change a scene.
///
/// JSON Merge Patch (RFC 7396): its words, its place, its selected takes (null selects none).
#[utoipa::path(tag = "Scenes", params(("id" = SceneId, Path, description = "Its id")), request_body(content = PatchScene, example = json!({"narration": "Slow but steady wins the race.", "position": 0})), responses(
    (status = 200, description = "The scene", body = Scene),
    (status = 409, description = "`conflict`: it cannot be moved while the script is being written", body = shared::ApiError),
))]
#[patch("/scenes/{id}")]
pub async fn patch_scene(ctx: Data<Arc<Ctx>>, id: Id<SceneId>, body: Body<PatchScene>, expected: Expected) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(scene::patch(&ctx, id.0, body.0, expected.0).await?))
}

/// Delete a scene.
///
/// With its takes; the scenes behind it move down. What is being made for it stops.
#[utoipa::path(tag = "Scenes", params(("id" = SceneId, Path, description = "Its id")), responses(
    (status = 204, description = "It is gone"),
    (status = 409, description = "`conflict`: the script is still being written", body = shared::ApiError),
))]
#[delete("/scenes/{id}")]
pub async fn delete_scene(ctx: Data<Arc<Ctx>>, id: Id<SceneId>, expected: Expected) -> Result<HttpResponse> {
    scene::delete(&ctx, id.0, expected.0).await?;
    Ok(answer::gone())
}

/// Rewrite a scene.
///
/// By the default script provider, which must be one that writes; the built-in `outline` only divides texts. With
/// `preview` the answer is the scene as it would be, and nothing is changed.
#[utoipa::path(tag = "Scenes", params(("id" = SceneId, Path, description = "Its id")), request_body(content = RewriteScene, example = json!({"instruction": "Make it shorter and warmer."})), responses(
    (status = 200, description = "The scene, rewritten", body = Scene),
    (status = 409, description = "`provider_not_configured`", body = shared::ApiError),
    (status = 412, description = "`precondition_failed`: the scene's words were changed meanwhile", body = shared::ApiError),
    (status = 502, description = "`provider_unavailable` or another failure of the provider", body = shared::ApiError),
    (status = 503, description = "`provider_rate_limited`", body = shared::ApiError),
    (status = 504, description = "`provider_timeout`", body = shared::ApiError),
))]
#[post("/scenes/{id}/rewrite")]
pub async fn rewrite_scene(ctx: Data<Arc<Ctx>>, id: Id<SceneId>, body: Body<RewriteScene>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(scene::rewrite(&ctx, id.0, body.0).await?))
}
