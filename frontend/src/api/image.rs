//! Pictures.

use shared::{
    ImageId, ProjectId,
    image::{GenerateImage, GenerateImageBatch, ImageAsset},
    page::Items,
};

use super::client::{self, Answer};

/// Starts a take for one scene.
pub async fn generate(request: &GenerateImage) -> Answer<ImageAsset> {
    client::post("/api/image/generate", request).await
}

/// Starts takes for a project.
pub async fn generate_batch(request: &GenerateImageBatch) -> Answer<Items<ImageAsset>> {
    client::post("/api/image/generate-batch", request).await
}

/// All takes of a project, by scene, newest first.
pub async fn by_project(project: ProjectId) -> Answer<Vec<ImageAsset>> {
    client::get(&format!("/api/image/by-project/{project}")).await
}

/// Stops a take that is queued or running.
pub async fn cancel(id: ImageId) -> Answer<ImageAsset> {
    client::act(&format!("/api/image/{id}/cancel")).await
}

/// Starts a failed or canceled take again.
pub async fn retry(id: ImageId) -> Answer<ImageAsset> {
    client::act(&format!("/api/image/{id}/retry")).await
}
