//! Projects.

use serde::{Deserialize, Serialize};
use shared::{
    ProjectId,
    page::Page,
    project::{CreateProject, PatchProject, Project},
    scene::Scene,
};

use super::client::{self, Answer, Tagged};

/// The largest page that the server gives.
const PAGE: u32 = 200;

/// The newest projects whose title or prompt has `q` in it.
pub async fn list(q: &str, cursor: Option<&str>) -> Answer<Page<Project>> {
    let mut path = format!("/api/projects?limit={PAGE}");
    if !q.is_empty() {
        path.push_str(&format!("&q={}", js_sys::encode_uri_component(q)));
    }
    if let Some(cursor) = cursor {
        path.push_str(&format!("&cursor={}", js_sys::encode_uri_component(cursor)));
    }
    client::get(&path).await
}

/// A project with its scenes. The same text is read twice, as each of the two: `ProjectDetail` flattens them into one,
/// for which every record's reader would be in the app once more. The takes are asked for with their histories.
pub async fn get(id: ProjectId) -> Answer<(Project, Vec<Scene>)> {
    #[derive(Deserialize)]
    struct Scenes {
        scenes: Vec<Scene>,
    }
    let text = client::get_text(&format!("/api/projects/{id}")).await?;
    Ok((client::parse(&text)?, client::parse::<Scenes>(&text)?.scenes))
}

/// Reads it, to change it.
pub async fn get_tagged(id: ProjectId) -> Answer<Tagged<Project>> {
    client::get_tagged(&path(id)).await
}

/// Changes title, language or shape.
pub async fn patch(id: ProjectId, patch: &PatchProject) -> Answer<Project> {
    client::patch(&format!("/api/projects/{id}"), patch).await
}

/// Changes them, provided that nobody else changed it since.
pub async fn patch_matching(id: ProjectId, patch: &PatchProject, tag: &str) -> Answer<Project> {
    Ok(client::patch_matching(&path(id), patch, tag).await?.record)
}

/// Changes it while the page is being left, whatever else has changed.
pub fn patch_and_leave(id: ProjectId, patch: &PatchProject) {
    if let Ok(body) = serde_json::to_string(patch) {
        client::send_and_leave("PATCH", &path(id), Some((&body, "*")));
    }
}

/// A script that is brought along becomes a project.
pub async fn create(project: &CreateProject) -> Answer<Project> {
    client::post("/api/projects", project).await
}

/// A copy of it, media and all.
pub async fn duplicate(id: ProjectId) -> Answer<Project> {
    client::act(&format!("/api/projects/{id}/duplicate")).await
}

/// Stops the writing of its script.
pub async fn cancel(id: ProjectId) -> Answer<Project> {
    client::act(&format!("/api/projects/{id}/cancel")).await
}

/// Has a failed script written once more.
pub async fn retry(id: ProjectId) -> Answer<Project> {
    client::act(&format!("/api/projects/{id}/retry")).await
}

/// Removes it with its media.
pub async fn delete(id: ProjectId) -> Answer<()> {
    client::delete(&path(id)).await
}

/// Removes it while the page is being left.
pub fn delete_and_leave(id: ProjectId) {
    client::send_and_leave("DELETE", &path(id), None);
}

/// Where its export is downloaded.
pub fn export_url(id: ProjectId, format: ExportFormat) -> String {
    format!("/api/projects/{id}/export?format={}", format.as_str())
}

/// What a project can be downloaded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ExportFormat {
    /// The script, to read.
    Markdown,
    /// The captions.
    Srt,
    /// Everything, to be imported again.
    Zip,
}

impl ExportFormat {
    fn as_str(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Srt => "srt",
            Self::Zip => "zip",
        }
    }
}

fn path(id: ProjectId) -> String {
    format!("/api/projects/{id}")
}
