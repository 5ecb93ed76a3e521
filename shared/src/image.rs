//! Pictures: takes of what a scene shows.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ApiError, ImageId, ProjectId, SceneId,
    project::AspectRatio,
    record::{Credit, Status},
    rules::MAX_VISUAL_PROMPT,
};

/// A take of a scene's picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImageAsset {
    /// Its id.
    pub id: ImageId,
    /// The project that it belongs to.
    pub project_id: ProjectId,
    /// The scene that it shows.
    pub scene_id: SceneId,
    /// Who drew it; `upload` for a picture of the user's own.
    #[schema(example = "storyboard")]
    pub provider: String,
    /// Which of the provider's models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The look that was asked for.
    pub style_prompt: String,
    /// How it was asked for.
    pub model_options: ImageModelOptions,
    /// Where it is in its life.
    pub status: Status,
    /// How much is done, 0 to 1.
    pub progress: f64,
    /// Whether the visual prompt has changed since.
    pub stale: bool,
    /// Why it failed, or why its last attempt did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
    /// Where its bytes are, once ready: from the server's root, with the same access token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "/media/image/01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81.png")]
    pub url: Option<String>,
    /// A small version of it, at most 480 pixels wide or high.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
    /// The type of the bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "image/png")]
    pub mime_type: Option<String>,
    /// In pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// In pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Whose work it is, where it comes from a stock library: to be shown with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<Credit>,
    /// How often it was tried.
    pub attempts: u32,
    /// What it cost, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// How a picture is made; everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImageModelOptions {
    /// Who draws it; the default of the settings where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "storyboard")]
    pub provider: Option<String>,
    /// Which of the provider's models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub model: Option<String>,
    /// Its shape; the project's where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub aspect_ratio: Option<AspectRatio>,
    /// The same seed gives the same picture, where the provider can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(range(max = 9_007_199_254_740_991))]
    #[schema(maximum = 9_007_199_254_740_991_u64)]
    pub seed: Option<u64>,
    /// What must not be seen, where the provider can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = MAX_VISUAL_PROMPT))]
    #[schema(max_length = 4000)]
    pub negative_prompt: Option<String>,
    /// Pictures that it should resemble, where the provider can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(max = 16))]
    #[schema(max_items = 16)]
    pub reference_image_ids: Option<Vec<ImageId>>,
}

/// A picture for one scene.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GenerateImage {
    /// The scene to show.
    #[garde(skip)]
    pub scene_id: SceneId,
    /// The look: `watercolour, soft light`; the default of the settings where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = MAX_VISUAL_PROMPT))]
    #[schema(max_length = 4000, example = "watercolour, soft light")]
    pub style_prompt: Option<String>,
    /// How it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    pub model_options: Option<ImageModelOptions>,
}

/// A picture for every scene of a project.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GenerateImageBatch {
    /// The project.
    #[garde(skip)]
    pub project_id: ProjectId,
    /// The look; the default of the settings where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = MAX_VISUAL_PROMPT))]
    #[schema(max_length = 4000)]
    pub style_prompt: Option<String>,
    /// How they are made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    pub model_options: Option<ImageModelOptions>,
    /// Only the scenes that have no picture, or a stale one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub only_missing: Option<bool>,
}
