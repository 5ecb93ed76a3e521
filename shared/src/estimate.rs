//! Estimates: what a generate operation would take, before it is started.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    audio::{GenerateAudio, GenerateAudioBatch},
    image::{GenerateImage, GenerateImageBatch},
    script::GenerateScript,
    video::GenerateVideo,
};

/// A generate operation: its kind, and the body that it would be called with.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", content = "request", rename_all = "snake_case")]
pub enum EstimateRequest {
    /// `POST /api/script/generate`.
    Script(GenerateScript),
    /// `POST /api/audio/generate` or `…/generate-batch`.
    Audio(AudioRequest),
    /// `POST /api/image/generate` or `…/generate-batch`.
    Image(ImageRequest),
    /// `POST /api/video/generate`.
    Video(GenerateVideo),
}

/// The body of one of the two operations that make narrations.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum AudioRequest {
    /// For one scene.
    One(GenerateAudio),
    /// For a project.
    Batch(GenerateAudioBatch),
}

/// The body of one of the two operations that make pictures.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ImageRequest {
    /// For one scene.
    One(GenerateImage),
    /// For a project.
    Batch(GenerateImageBatch),
}

/// What a generate operation would take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    /// How many calls to providers.
    pub calls: u32,
    /// What they would cost; null where that is not known.
    #[schema(required = true)]
    pub cost_usd: Option<f64>,
    /// About how many seconds of narration it would make, told from the words; of narrations only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
}
