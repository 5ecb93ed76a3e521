//! Films and clips.

use shared::{
    ProjectId, VideoId,
    video::{GenerateVideo, VideoClip},
};

use super::client::{self, Answer};

/// Starts a film or a clip.
pub async fn generate(request: &GenerateVideo) -> Answer<VideoClip> {
    client::post("/api/video/generate", request).await
}

/// All films and clips of a project, newest first.
pub async fn by_project(project: ProjectId) -> Answer<Vec<VideoClip>> {
    client::get(&format!("/api/video/by-project/{project}")).await
}

/// Stops a film that is queued or running.
pub async fn cancel(id: VideoId) -> Answer<VideoClip> {
    client::act(&format!("/api/video/{id}/cancel")).await
}

/// Starts a failed or canceled film again.
pub async fn retry(id: VideoId) -> Answer<VideoClip> {
    client::act(&format!("/api/video/{id}/retry")).await
}

/// Removes a film.
pub async fn delete(id: VideoId) -> Answer<()> {
    client::delete(&format!("/api/video/{id}")).await
}

/// Removes a film while the page is being left.
pub fn delete_and_leave(id: VideoId) {
    client::send_and_leave("DELETE", &format!("/api/video/{id}"), None);
}
