//! Events: what `/api/events` tells as it happens.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{ProjectId, audio::AudioClip, image::ImageAsset, project::Project, scene::Scene, video::VideoClip};

/// Something that changed: the event's name is `event`, its data is the whole record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "event", content = "data", rename_all = "snake_case")]
pub enum Event {
    /// A project is new or has changed.
    Project(Project),
    /// A scene is new or has changed.
    Scene(Scene),
    /// A narration is new or has changed.
    Audio(AudioClip),
    /// A picture is new or has changed.
    Image(ImageAsset),
    /// A film or clip is new or has changed.
    Video(VideoClip),
    /// A record is gone.
    Deleted(Deleted),
}

/// A record that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deleted {
    /// What it was.
    pub kind: RecordKind,
    /// Its id.
    pub id: Uuid,
    /// The project that it belonged to.
    pub project_id: ProjectId,
}

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// A project.
    Project,
    /// A scene.
    Scene,
    /// A narration.
    Audio,
    /// A picture.
    Image,
    /// A film or a clip.
    Video,
}

impl RecordKind {
    /// As it is written on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Scene => "scene",
            Self::Audio => "audio",
            Self::Image => "image",
            Self::Video => "video",
        }
    }
}

/// Which events.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// Only those of this project.
    #[garde(skip)]
    #[param(required = false)]
    pub project_id: Option<ProjectId>,
}
