//! What the server is doing.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::{ApiError, ProjectId, SceneId, page::Items, project::ScriptStatus, record::Status};
use uuid::Uuid;

use super::client::{self, Answer};

/// One piece of work: of its record, only what every kind has and the list shows. (`shared::activity::Activity` holds the
/// whole records; their readers would be in the app a second time for it.)
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Work {
    /// What is made.
    pub kind: WorkKind,
    /// Where it belongs.
    pub project_id: ProjectId,
    /// The scene that it is for.
    #[serde(default)]
    pub scene_id: Option<SceneId>,
    /// What is known of it.
    pub record: WorkRecord,
}

/// What is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkKind {
    /// A script; its record is its project.
    Script,
    /// A narration.
    Audio,
    /// A picture.
    Image,
    /// A film or a clip.
    Video,
}

/// What every kind of record has.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkRecord {
    /// Its id.
    pub id: Uuid,
    /// Where it is in its life.
    pub status: WorkStatus,
    /// How much is done; a script does not tell.
    #[serde(default)]
    pub progress: Option<f64>,
    /// How many seconds it will still take, where that is known.
    #[serde(default)]
    pub remaining_seconds: Option<f64>,
    /// Why it failed.
    #[serde(default)]
    pub error: Option<ApiError>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A take's status, or a script's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkStatus {
    /// Waits.
    Queued,
    /// Is being made.
    Running,
    /// A script is being written.
    Generating,
    /// Is done.
    Ready,
    /// Failed.
    Failed,
    /// Was stopped.
    Canceled,
}

impl From<WorkStatus> for Status {
    fn from(status: WorkStatus) -> Self {
        match status {
            WorkStatus::Queued => Self::Queued,
            WorkStatus::Running | WorkStatus::Generating => Self::Running,
            WorkStatus::Ready => Self::Ready,
            WorkStatus::Failed => Self::Failed,
            WorkStatus::Canceled => Self::Canceled,
        }
    }
}

impl From<ScriptStatus> for WorkStatus {
    fn from(status: ScriptStatus) -> Self {
        match status {
            ScriptStatus::Generating => Self::Generating,
            ScriptStatus::Ready => Self::Ready,
            ScriptStatus::Failed => Self::Failed,
        }
    }
}

/// Everything queued, running and lately failed.
pub async fn list() -> Answer<Items<Work>> {
    client::get("/api/activity").await
}

#[cfg(test)]
mod tests {
    use shared::activity::Activity;

    use super::*;
    use crate::state::project::samples;

    #[test]
    fn reads_what_the_wire_type_writes() {
        let scene = samples::scene(0);
        let clip = samples::audio(&scene, Status::Running, 0);
        let activity = Activity::Audio { project_id: scene.project_id, scene_id: scene.id, record: clip.clone() };
        let work: Work = serde_json::from_str(&serde_json::to_string(&activity).unwrap()).unwrap();
        assert_eq!((work.kind, work.record.id, work.scene_id), (WorkKind::Audio, clip.id.0, Some(scene.id)));
        assert_eq!(work.record.progress, Some(clip.progress));

        let project = samples::project("A film");
        let activity = Activity::Script { project_id: project.id, record: project.clone() };
        let work: Work = serde_json::from_str(&serde_json::to_string(&activity).unwrap()).unwrap();
        assert_eq!((work.kind, work.record.status, work.record.progress), (WorkKind::Script, WorkStatus::Ready, None));
    }
}
