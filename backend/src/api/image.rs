//! `/api/image`.

use std::sync::Arc;

use actix_multipart::Multipart;
use actix_web::{HttpResponse, delete, get, post, web::Data};

use super::{
    http::{
        answer,
        extract::{Body, Expected, Id, Prefer},
        upload::{self, Beside},
    },
    take::take_operations,
};
use crate::{
    error::Result,
    services::{Ctx, image, settings, take},
};
use shared::{
    ImageId, ProjectId,
    image::{GenerateImage, GenerateImageBatch, ImageAsset},
    page::Items,
};

take_operations!(
    ImageAsset,
    ImageId,
    "Image",
    "image",
    "/image/{id}",
    "/image/{id}/cancel",
    "/image/{id}/retry",
    get_image,
    delete_image,
    cancel_image,
    retry_image,
    take::retry::<ImageAsset>
);

/// Draw a scene.
///
/// Queues a new take of the scene's picture. Once ready it becomes the scene's selected one.
#[utoipa::path(tag = "Image", request_body(content = GenerateImage, example = json!({
    "sceneId": "01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81", "stylePrompt": "noir, deep blue", "modelOptions": {"seed": 7}
})), responses(
    (status = 202, description = "The take, queued", body = ImageAsset),
    (status = 200, description = "The take, finished within the preferred wait", body = ImageAsset),
    (status = 409, description = "`provider_not_configured`", body = shared::ApiError),
))]
#[post("/image/generate")]
pub async fn generate_image(ctx: Data<Arc<Ctx>>, body: Body<GenerateImage>, prefer: Prefer) -> Result<HttpResponse> {
    let asset = image::request(&ctx, body.0).await?;
    answer::accepted(&ctx, &format!("/api/image/{}", asset.id), asset.id, asset, prefer).await
}

/// Draw a project.
///
/// Queues a new take for every scene, or, with `onlyMissing`, for those that have none that is up to date.
#[utoipa::path(tag = "Image", request_body(content = GenerateImageBatch, example = json!({
    "projectId": "01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81", "stylePrompt": "watercolour", "onlyMissing": true
})), responses(
    (status = 202, description = "The takes, queued", body = Items<ImageAsset>),
    (status = 200, description = "The takes, all finished within the preferred wait", body = Items<ImageAsset>),
    (status = 409, description = "`provider_not_configured`", body = shared::ApiError),
    (status = 404, description = "`not_found`: there is no such project", body = shared::ApiError),
))]
#[post("/image/generate-batch")]
pub async fn generate_image_batch(ctx: Data<Arc<Ctx>>, body: Body<GenerateImageBatch>, prefer: Prefer) -> Result<HttpResponse> {
    let assets = image::request_batch(&ctx, body.0).await?;
    answer::accepted_batch(&ctx, assets, prefer).await
}

/// List a project's pictures.
///
/// All takes of all scenes: by scene position, the newest take first.
#[utoipa::path(tag = "Image", params(("projectId" = ProjectId, Path, description = "The project")), responses((status = 200, description = "All takes", body = Vec<ImageAsset>)))]
#[get("/image/by-project/{projectId}")]
pub async fn list_project_images(ctx: Data<Arc<Ctx>>, project: Id<ProjectId>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(image::of_project(&ctx, project.0).await?))
}

/// Upload a picture.
///
/// A picture of your own (PNG, JPEG or WebP, told by its content, which must be what its part says) becomes a take of the scene, and its selected one.
#[utoipa::path(tag = "Image", request_body(content = upload::SceneUpload, content_type = "multipart/form-data"), responses((status = 201, description = "The take", body = ImageAsset)))]
#[post("/image/upload")]
pub async fn upload_image(ctx: Data<Arc<Ctx>>, form: Multipart) -> Result<HttpResponse> {
    let limits = settings::upload_limits(&ctx).await?;
    let form = upload::read(&ctx, form, Beside::SCENE, limits.image_bytes, async |file| image::look_at(&ctx, file).await).await?;
    let asset = image::upload(&ctx, form.text, form.found).await?;
    Ok(answer::created(&format!("/api/image/{}", asset.id), &asset))
}
