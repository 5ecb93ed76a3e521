//! Scenes.

use shared::{
    ProjectId, SceneId,
    scene::{CreateScene, PatchScene, Scene},
};

use super::client::{self, Answer};

/// Adds a scene.
pub async fn create(project: ProjectId, scene: &CreateScene) -> Answer<Scene> {
    client::post(&format!("/api/projects/{project}/scenes"), scene).await
}

/// Changes its words, its place or its takes.
pub async fn patch(id: SceneId, patch: &PatchScene) -> Answer<Scene> {
    client::patch(&path(id), patch).await
}

/// Changes it while the page is being left.
pub fn patch_and_leave(id: SceneId, patch: &PatchScene) {
    if let Ok(body) = serde_json::to_string(patch) {
        client::send_and_leave("PATCH", &path(id), Some(&body));
    }
}

/// Removes it with its takes.
pub async fn delete(id: SceneId) -> Answer<()> {
    client::delete(&path(id)).await
}

/// Removes it while the page is being left.
pub fn delete_and_leave(id: SceneId) {
    client::send_and_leave("DELETE", &path(id), None);
}

fn path(id: SceneId) -> String {
    format!("/api/scenes/{id}")
}
