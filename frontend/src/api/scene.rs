//! Scenes.

use shared::{
    ProjectId, SceneId,
    scene::{CreateScene, PatchScene, RewriteScene, Scene},
};

use super::client::{self, Answer, Tagged};

/// Adds a scene.
pub async fn create(project: ProjectId, scene: &CreateScene) -> Answer<Scene> {
    client::create(&format!("/api/projects/{project}/scenes"), scene).await
}

/// Reads it, to change it.
pub async fn get(id: SceneId) -> Answer<Tagged<Scene>> {
    client::get_tagged(&path(id)).await
}

/// Where it is to be seen by itself, as a film with those options shows it.
pub fn preview_url<'a>(id: SceneId, options: impl IntoIterator<Item = (&'a str, String)>) -> String {
    // Names, numbers and words of the API need no quoting.
    let query: Vec<String> =
        options.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={value}")).collect();
    format!("{}/preview?{}", path(id), query.join("&"))
}

/// What is to be seen there.
pub async fn preview(address: &str, gone: Option<&web_sys::AbortSignal>) -> Answer<web_sys::Blob> {
    client::get_file(address, gone).await
}

/// Changes its words, provided that nobody else changed it since.
pub async fn patch_matching(id: SceneId, patch: &PatchScene, tag: &str) -> Answer<Tagged<Scene>> {
    client::patch_matching(&path(id), patch, tag).await
}

/// Changes its place or its takes.
pub async fn patch(id: SceneId, patch: &PatchScene) -> Answer<Scene> {
    client::patch(&path(id), patch).await
}

/// Has whoever writes scripts find other words for it.
pub async fn rewrite(id: SceneId, request: &RewriteScene) -> Answer<Scene> {
    client::post(&format!("{}/rewrite", path(id)), request).await
}

/// Changes it while the page is being left, provided that nobody else changed it since.
pub fn patch_and_leave(id: SceneId, patch: &PatchScene, tag: &str) {
    if let Ok(body) = serde_json::to_string(patch) {
        client::send_and_leave("PATCH", &path(id), Some((&body, tag)));
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
