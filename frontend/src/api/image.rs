//! Pictures.

use shared::{
    ImageId, ProjectId, SceneId,
    image::{GenerateImage, GenerateImageBatch, ImageAsset},
    page::Items,
};

use web_sys::Blob;

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

/// Removes a take.
pub async fn delete(id: ImageId) -> Answer<()> {
    client::delete(&format!("/api/image/{id}")).await
}

/// Removes a take while the page is being left.
pub fn delete_and_leave(id: ImageId) {
    client::send_and_leave("DELETE", &format!("/api/image/{id}"), None);
}

/// Makes a take of a picture of the user's own.
pub async fn upload(scene: SceneId, file: &Blob, name: &str) -> Answer<ImageAsset> {
    client::upload("/api/image/upload", client::scene_form(scene, file, name)?).await
}
