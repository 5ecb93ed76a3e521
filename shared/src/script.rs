//! Writing a script: a prompt becomes scenes.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ProjectId,
    project::AspectRatio,
    rules::{MAX_PROMPT, MAX_TITLE, not_blank, optional_language_tag},
    scene::Scene,
};

/// A prompt, or a whole text, that is to become scenes.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GenerateScript {
    /// What the film is about; for the built-in `outline`, the text that is divided into scenes.
    #[garde(length(chars, max = MAX_PROMPT), custom(not_blank))]
    #[schema(min_length = 1, max_length = 200_000, example = "A Hare one day ridiculed the short feet and slow pace of the Tortoise.")]
    pub prompt: String,
    /// How it is to be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    pub options: Option<ScriptOptions>,
}

/// How a script is to be written; everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScriptOptions {
    /// The project's title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = MAX_TITLE))]
    #[schema(max_length = 200)]
    pub title: Option<String>,
    /// How many scenes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(range(min = 1, max = 60))]
    #[schema(minimum = 1, maximum = 60)]
    pub scene_count: Option<u32>,
    /// How long the film should be, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(range(min = 1.0, max = 7200.0))]
    #[schema(minimum = 1, maximum = 7200)]
    pub duration_seconds: Option<f64>,
    /// The language of the script (BCP 47); that of the prompt where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(custom(optional_language_tag))]
    #[schema(min_length = 2, max_length = 35, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
    pub language: Option<String>,
    /// How it should sound: `calm`, `playful` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = 200))]
    #[schema(max_length = 200)]
    pub tone: Option<String>,
    /// Whom it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = 200))]
    #[schema(max_length = 200)]
    pub audience: Option<String>,
    /// The shape of the pictures and the film.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub aspect_ratio: Option<AspectRatio>,
    /// Who writes it; the default of the settings where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub provider: Option<String>,
    /// Which of the provider's models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub model: Option<String>,
}

/// A script that was written, or that is being written (`scenes` is empty then).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GeneratedScript {
    /// The project that it made.
    pub project_id: ProjectId,
    /// Who wrote it.
    #[schema(example = "outline")]
    pub provider: String,
    /// Its scenes, in order.
    pub scenes: Vec<Scene>,
}
