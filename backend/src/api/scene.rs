//! `/api/scenes`.

use std::sync::Arc;

use actix_web::{HttpResponse, delete, get, patch, post, web::Data};

use super::http::{
    answer,
    extract::{Body, Expected, Id},
};
use crate::{
    error::Result,
    services::{Ctx, scene},
};
use shared::{
    SceneId,
    scene::{PatchScene, RewriteScene, Scene},
};

/// Read a scene.
///
/// Its `ETag` is what a change can be conditioned on with `If-Match`.
#[utoipa::path(tag = "Scenes", params(("id" = SceneId, Path, description = "Its id")), responses((status = 200, description = "The scene", body = Scene)))]
#[get("/scenes/{id}")]
pub async fn get_scene(ctx: Data<Arc<Ctx>>, id: Id<SceneId>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(scene::get(&ctx, id.0).await?))
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
