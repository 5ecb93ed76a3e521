//! Activity: everything that is queued, running or lately failed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ProjectId, SceneId, audio::AudioClip, image::ImageAsset, project::Project, video::VideoClip};

/// Something that is queued, running or lately failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Activity {
    /// A script.
    #[serde(rename_all = "camelCase")]
    Script {
        /// Its project.
        project_id: ProjectId,
        /// The project itself.
        record: Project,
    },
    /// A narration.
    #[serde(rename_all = "camelCase")]
    Audio {
        /// Its project.
        project_id: ProjectId,
        /// Its scene.
        scene_id: SceneId,
        /// The take.
        record: AudioClip,
    },
    /// A picture.
    #[serde(rename_all = "camelCase")]
    Image {
        /// Its project.
        project_id: ProjectId,
        /// Its scene.
        scene_id: SceneId,
        /// The take.
        record: ImageAsset,
    },
    /// A film or a clip.
    #[serde(rename_all = "camelCase")]
    Video {
        /// Its project.
        project_id: ProjectId,
        /// Its scene, for a clip of one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scene_id: Option<SceneId>,
        /// The clip.
        record: VideoClip,
    },
}
