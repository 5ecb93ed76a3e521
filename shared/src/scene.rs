//! A scene: some words that are spoken, and what is seen meanwhile.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    AudioId, ImageId, ProjectId, SceneId, VideoId,
    audio::AudioClip,
    image::ImageAsset,
    patch,
    rules::{MAX_NARRATION, MAX_SCENES, MAX_TITLE, MAX_VISUAL_PROMPT, not_blank},
    video::VideoClip,
};

/// Some words that are spoken, and what is seen meanwhile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Scene {
    /// Its id.
    pub id: SceneId,
    /// The project that it belongs to.
    pub project_id: ProjectId,
    /// Its place in the film, from 0.
    pub position: u32,
    /// Its title.
    pub title: String,
    /// What is spoken.
    pub narration: String,
    /// What is to be seen.
    pub visual_prompt: String,
    /// How long it lasts in seconds: as spoken by the selected narration, or as planned from its words.
    pub duration_seconds: f64,
    /// The take of the narration that the film uses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selected_audio_id: Option<AudioId>,
    /// The take of the picture that the film uses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selected_image_id: Option<ImageId>,
    /// The moving picture that the film uses in place of the still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selected_video_id: Option<VideoId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A scene with its selected takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SceneWithTakes {
    /// The scene itself.
    #[serde(flatten)]
    pub scene: Scene,
    /// The selected take of its narration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<AudioClip>,
    /// The selected take of its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageAsset>,
    /// The selected moving picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<VideoClip>,
}

/// A new scene.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateScene {
    /// Where it goes, from 0; at the end where left out or past it. The scenes behind it move up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(range(max = MAX_SCENES as u32))]
    #[schema(maximum = 200)]
    pub position: Option<u32>,
    /// Its title; from its own words where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = MAX_TITLE))]
    #[schema(max_length = 200)]
    pub title: Option<String>,
    /// What is spoken; nothing where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = MAX_NARRATION))]
    #[schema(max_length = 10_000, example = "Slow but steady wins the race.")]
    pub narration: Option<String>,
    /// What is to be seen; from its own words where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = MAX_VISUAL_PROMPT))]
    #[schema(max_length = 4000)]
    pub visual_prompt: Option<String>,
}

/// What can be changed about a scene (JSON Merge Patch). A selected take set to null selects none.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatchScene {
    /// Its title.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = MAX_TITLE))]
    #[schema(nullable = false, max_length = 200)]
    pub title: Option<String>,
    /// What is spoken.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = MAX_NARRATION))]
    #[schema(nullable = false, max_length = 10_000)]
    pub narration: Option<String>,
    /// What is to be seen.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = MAX_VISUAL_PROMPT))]
    #[schema(nullable = false, max_length = 4000)]
    pub visual_prompt: Option<String>,
    /// Its place in the film, from 0; the others make room.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(range(max = MAX_SCENES as u32))]
    #[schema(nullable = false, maximum = 200)]
    pub position: Option<u32>,
    /// The take of the narration that the film uses; it must be ready.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub selected_audio_id: Option<Option<AudioId>>,
    /// The take of the picture that the film uses; it must be ready.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub selected_image_id: Option<Option<ImageId>>,
    /// The moving picture that the film uses; it must be ready.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub selected_video_id: Option<Option<VideoId>>,
}

/// How a scene is to be rewritten.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RewriteScene {
    /// What to change, in plain words.
    #[garde(length(chars, max = 2000), custom(not_blank))]
    #[schema(min_length = 1, max_length = 2000, example = "Make it shorter and warmer.")]
    pub instruction: String,
    /// Whether it is only to be shown: the answer is the scene as it would be, and nothing is changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub preview: Option<bool>,
}
