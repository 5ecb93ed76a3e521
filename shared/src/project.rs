//! A project: a text on its way to a film.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ApiError, ErrorCode, ProjectId, patch,
    rules::{
        MAX_FIGURES, MAX_LOOK, MAX_NAME, MAX_NARRATION, MAX_PROMPT, MAX_SCENES, MAX_TITLE, MAX_VISUAL_PROMPT, not_blank,
        optional_language_tag, optional_not_blank,
    },
    scene::SceneWithTakes,
};

/// A text on its way to a film.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its title.
    #[schema(example = "The tortoise and the hare")]
    pub title: String,
    /// What it was made from; empty where the script was brought along.
    pub prompt: String,
    /// The language of the script (BCP 47).
    #[schema(example = "en")]
    pub language: String,
    /// The shape of its pictures and its film.
    pub aspect_ratio: AspectRatio,
    /// How far the script is.
    pub status: ScriptStatus,
    /// Why the script failed; `conflict` where its writing was stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
    /// The script provider that wrote it, or that will; left out where the script was brought along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "outline")]
    pub provider: Option<String>,
    /// The model of that provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Its people and places: how each of them looks in every picture.
    #[serde(default)]
    #[schema(required = true)]
    pub visual_bible: Vec<Figure>,
    /// How many scenes it has.
    pub scene_count: u32,
    /// A small picture of it: the thumbnail of its first selected image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover_url: Option<String>,
    /// How long its scenes last together, spoken or planned, in seconds.
    pub duration_seconds: f64,
    /// How much of the way is done.
    pub stages: Stages,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Project {
    /// Whether its script is not there, or not whole, because somebody stopped the writing.
    pub fn was_stopped(&self) -> bool {
        self.status == ScriptStatus::Failed && self.error.as_ref().is_some_and(is_stopped)
    }
}

/// Why a script failed whose writing somebody stopped.
pub fn stopped() -> ApiError {
    ApiError::new(ErrorCode::Conflict, "Writing was stopped. Retry writes the script anew.")
}

/// Whether that is why a script failed: nothing else that goes wrong with one is a conflict.
pub fn is_stopped(error: &ApiError) -> bool {
    error.code == ErrorCode::Conflict
}

/// A person or a place of a film. Every picture whose visual prompt has the name is drawn with the look, so that they look
/// the same from scene to scene.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
pub struct Figure {
    /// What visual prompts call it.
    #[garde(length(chars, max = MAX_NAME), custom(not_blank))]
    #[schema(min_length = 1, max_length = 100, example = "Mara")]
    pub name: String,
    /// How it looks: age, build, hair, clothes; materials, light, season.
    #[garde(length(chars, max = MAX_LOOK))]
    #[schema(max_length = 1000, example = "a woman of sixty, short grey hair, red wool coat")]
    pub look: String,
}

/// How many of a project's scenes have what they need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Stages {
    /// Scenes with a selected narration that is not stale.
    pub audio: u32,
    /// Scenes with a selected picture that is not stale.
    pub image: u32,
    /// Films that are ready.
    pub video: u32,
}

/// A project with its scenes, each with its selected takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectDetail {
    /// The project itself.
    #[serde(flatten)]
    pub project: Project,
    /// Its scenes, by position.
    pub scenes: Vec<SceneWithTakes>,
}

/// The shape of a picture, width to height.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum AspectRatio {
    /// Landscape: television, YouTube.
    #[default]
    #[serde(rename = "16:9")]
    Landscape,
    /// Portrait: phones, stories.
    #[serde(rename = "9:16")]
    Portrait,
    /// Square.
    #[serde(rename = "1:1")]
    Square,
    /// Tall: feeds.
    #[serde(rename = "4:5")]
    Tall,
}

impl AspectRatio {
    /// All of them, in the order in which forms show them.
    pub const ALL: [Self; 4] = [Self::Landscape, Self::Portrait, Self::Square, Self::Tall];

    /// As it is written on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Landscape => "16:9",
            Self::Portrait => "9:16",
            Self::Square => "1:1",
            Self::Tall => "4:5",
        }
    }

    /// Width and height as small whole numbers.
    pub fn parts(self) -> (u32, u32) {
        match self {
            Self::Landscape => (16, 9),
            Self::Portrait => (9, 16),
            Self::Square => (1, 1),
            Self::Tall => (4, 5),
        }
    }
}

/// How far a script is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScriptStatus {
    /// Being written.
    Generating,
    /// Written.
    Ready,
    /// It could not be written: see `error`.
    Failed,
}

/// Bring your own script.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateProject {
    /// Its title.
    #[garde(length(chars, max = MAX_TITLE), custom(not_blank))]
    #[schema(min_length = 1, max_length = 200, example = "The tortoise and the hare")]
    pub title: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = MAX_PROMPT))]
    #[schema(max_length = 200_000)]
    pub prompt: Option<String>,
    /// The language of the script (BCP 47); found from the scenes where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(custom(optional_language_tag))]
    #[schema(min_length = 2, max_length = 35, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
    pub language: Option<String>,
    /// The shape of its pictures and its film; `16:9` where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub aspect_ratio: Option<AspectRatio>,
    /// Its scenes, in order; none where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(max = MAX_SCENES), dive)]
    #[schema(max_items = 200)]
    pub scenes: Option<Vec<NewScene>>,
    /// Its people and places; none where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(max = MAX_FIGURES), dive)]
    #[schema(max_items = 40)]
    pub visual_bible: Option<Vec<Figure>>,
}

/// A scene of a script that is brought along.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewScene {
    /// Its title; from its own words where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = MAX_TITLE))]
    #[schema(max_length = 200)]
    pub title: Option<String>,
    /// What is spoken.
    #[garde(length(chars, max = MAX_NARRATION))]
    #[schema(max_length = 10_000, example = "Slow but steady wins the race.")]
    pub narration: String,
    /// What is to be seen; from its own words where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = MAX_VISUAL_PROMPT))]
    #[schema(max_length = 4000)]
    pub visual_prompt: Option<String>,
}

/// What can be changed about a project (JSON Merge Patch).
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatchProject {
    /// Its title.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = MAX_TITLE), custom(optional_not_blank))]
    #[schema(nullable = false, min_length = 1, max_length = 200)]
    pub title: Option<String>,
    /// What it was made from.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = MAX_PROMPT))]
    #[schema(nullable = false, max_length = 200_000)]
    pub prompt: Option<String>,
    /// The language of the script.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(custom(optional_language_tag))]
    #[schema(nullable = false, min_length = 2, max_length = 35, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
    pub language: Option<String>,
    /// The shape of its pictures and its film.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub aspect_ratio: Option<AspectRatio>,
    /// Its people and places, all of them.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(length(max = MAX_FIGURES), dive)]
    #[schema(nullable = false, max_items = 40)]
    pub visual_bible: Option<Vec<Figure>>,
}
