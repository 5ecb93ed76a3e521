//! Moving pictures: the film of a project, and clips.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_repr::{Deserialize_repr, Serialize_repr};
use utoipa::{IntoParams, ToSchema};

use crate::{
    ApiError, ImageId, MusicId, ProjectId, SceneId, VideoId,
    project::AspectRatio,
    record::{Credit, Status},
    rules::{MAX_CLIP_IMAGES, MAX_VISUAL_PROMPT, is_number},
};

/// A film of a project, or a clip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VideoClip {
    /// Its id.
    pub id: VideoId,
    /// The project that it belongs to.
    pub project_id: ProjectId,
    /// The scene that it shows, for a clip of one scene.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene_id: Option<SceneId>,
    /// The images that it was made from, in order.
    pub image_ids: Vec<ImageId>,
    /// A film of all scenes, or a clip.
    pub kind: VideoKind,
    /// Who made it.
    #[schema(example = "film")]
    pub provider: String,
    /// Which of the provider's models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// How it was asked for, with the defaults filled in.
    pub options: VideoOptions,
    /// Where it is in its life.
    pub status: Status,
    /// How much is done, 0 to 1.
    pub progress: f64,
    /// How long it will still take, in seconds, by how fast it went lately; while it is being made, once that can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining_seconds: Option<f64>,
    /// Whether what it was made from has changed since.
    pub stale: bool,
    /// Why it failed, or why its last attempt did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
    /// Where its bytes are, once ready: from the server's root, with the same access token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "/media/video/01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81.mp4")]
    pub url: Option<String>,
    /// A still of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poster_url: Option<String>,
    /// Its captions as WebVTT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitles_url: Option<String>,
    /// The type of the bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "video/mp4")]
    pub mime_type: Option<String>,
    /// In pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// In pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// How long it lasts, measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<f64>,
    /// How large its file is, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// What was measured once it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Box<FilmCheck>>,
    /// How often it was tried.
    pub attempts: u32,
    /// What it cost, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// Whose work it is, where it comes from a stock library: to be shown with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<Credit>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A film of all scenes, or a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VideoKind {
    /// All scenes of a project, with their narrations.
    Film,
    /// Some images, or one that moves.
    Clip,
}

impl VideoKind {
    /// As it is written on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Film => "film",
            Self::Clip => "clip",
        }
    }
}

/// What was measured on a film once it was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FilmCheck {
    /// How long the narrations last together, without the pauses between them.
    pub narration_seconds: f64,
    /// How long the film lasts.
    pub film_seconds: f64,
    /// Integrated loudness (EBU R 128), in LUFS; left out where the film is silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loudness_lufs: Option<f64>,
    /// The highest true peak (EBU R 128), in dBTP; left out where the film is silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub true_peak_dbtp: Option<f64>,
    /// What a person should look at.
    pub warnings: Vec<FilmWarning>,
    /// Where each scene is, in order; empty for films that were made before this was told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scenes: Vec<SceneSpan>,
}

/// Where a scene is in a film; the pauses around its narration belong to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SceneSpan {
    /// The scene.
    pub scene_id: SceneId,
    /// Where it begins, in seconds of the film.
    pub start_seconds: f64,
    /// Where it ends, in seconds of the film: where the next one begins.
    pub end_seconds: f64,
    /// How long its narration lasts, in seconds; left out where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narration_seconds: Option<f64>,
}

/// Something about a film that a person should look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FilmWarning {
    /// The scene that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene_id: Option<SceneId>,
    /// Where in the film.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_seconds: Option<f64>,
    /// What it is.
    pub message: String,
}

/// How far stills move where nobody says.
pub const USUAL_MOTION_STRENGTH: f64 = 1.0;
/// The least that they can be asked to move.
pub const LEAST_MOTION_STRENGTH: f64 = 0.25;
/// The most.
pub const MOST_MOTION_STRENGTH: f64 = 2.0;

/// A film of a project (`projectId`) or a clip of some images (`imageIds`): exactly one of them.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GenerateVideo {
    /// The project whose film is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(custom(exactly_one(&self.image_ids)))]
    pub project_id: Option<ProjectId>,
    /// The images that a clip is made from, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(min = 1, max = MAX_CLIP_IMAGES))]
    #[schema(min_items = 1, max_items = 200)]
    pub image_ids: Option<Vec<ImageId>>,
    /// How it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    pub options: Option<VideoOptions>,
}

fn exactly_one(image_ids: &Option<Vec<ImageId>>) -> impl FnOnce(&Option<ProjectId>, &()) -> garde::Result + '_ {
    move |project_id, _| {
        if project_id.is_some() == image_ids.is_some() {
            return Err(garde::Error::new("give exactly one of projectId and imageIds"));
        }
        Ok(())
    }
}

/// How a film or a clip is made; everything may be left out, and the settings' defaults fill in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VideoOptions {
    /// Who makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "film")]
    pub provider: Option<String>,
    /// Which of the provider's models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub model: Option<String>,
    /// What should happen in it, where the provider takes words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = MAX_VISUAL_PROMPT))]
    #[schema(max_length = 4000)]
    pub prompt: Option<String>,
    /// Its shape; the project's where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub aspect_ratio: Option<AspectRatio>,
    /// How many lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub resolution: Option<Resolution>,
    /// Frames a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub fps: Option<Fps>,
    /// Whether stills move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub motion: Option<Motion>,
    /// How far stills move, against what is usual (1): 2 is twice as far. Title cards never move further than usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(range(min = LEAST_MOTION_STRENGTH, max = MOST_MOTION_STRENGTH))]
    #[schema(minimum = 0.25, maximum = 2)]
    pub motion_strength: Option<f64>,
    /// How one scene follows another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub transition: Option<Transition>,
    /// Whether and how the words are shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub subtitles: Option<Subtitles>,
    /// How burned captions look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub caption_style: Option<CaptionStyle>,
    /// Music under the narration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    pub music: Option<MusicOptions>,
    /// How loud the scenes' clips' own sound is, in decibels relative to the narration; silent where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(range(min = -60.0, max = 0.0))]
    #[schema(minimum = -60, maximum = 0)]
    pub clip_volume_db: Option<f64>,
    /// Speed against quality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub quality: Option<Quality>,
    /// Whether what a scene lacks, or has stale, is made first; true where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub fill_missing: Option<bool>,
    /// How long a clip lasts; a film lasts as long as its scenes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(range(min = 0.5, max = 600.0))]
    #[schema(minimum = 0.5, maximum = 600)]
    pub duration_seconds: Option<f64>,
}

/// Music under the narration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MusicOptions {
    /// A track of the music library.
    #[garde(skip)]
    pub asset_id: MusicId,
    /// How loud, in decibels relative to the narration where nobody speaks; −12 where left out; it ducks under speech.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(range(min = -60.0, max = 0.0))]
    #[schema(minimum = -60, maximum = 0)]
    pub volume_db: Option<f64>,
}

/// How a scene is shown by itself: what is left out is as the settings have it for films.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ScenePreviewQuery {
    /// Frames a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    #[param(required = false)]
    pub fps: Option<Fps>,
    /// Whether stills move.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    #[param(required = false)]
    pub motion: Option<Motion>,
    /// How far stills move, against what is usual (1).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(range(min = LEAST_MOTION_STRENGTH, max = MOST_MOTION_STRENGTH), custom(is_number))]
    #[param(required = false, minimum = 0.25, maximum = 2)]
    pub motion_strength: Option<f64>,
    /// How the film goes from scene to scene: of one scene it only says how long its picture moves, but what is made for the preview
    /// is used again by a film with the same one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    #[param(required = false)]
    pub transition: Option<Transition>,
    /// Whether and how the words are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    #[param(required = false)]
    pub subtitles: Option<Subtitles>,
    /// How burned captions look.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    #[param(required = false)]
    pub caption_style: Option<CaptionStyle>,
    /// How loud its clip's own sound is, in decibels relative to the narration; silent where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(range(min = -60.0, max = 0.0), custom(is_number))]
    #[param(required = false, minimum = -60, maximum = 0)]
    pub clip_volume_db: Option<f64>,
}

impl From<ScenePreviewQuery> for VideoOptions {
    fn from(query: ScenePreviewQuery) -> Self {
        let ScenePreviewQuery { fps, motion, motion_strength, transition, subtitles, caption_style, clip_volume_db } = query;
        let quality = Some(Quality::Preview);
        Self { fps, motion, motion_strength, transition, subtitles, caption_style, clip_volume_db, quality, ..Self::default() }
    }
}

/// How many lines a film has, on its shorter side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum Resolution {
    /// 720 lines.
    #[serde(rename = "720p")]
    P720,
    /// 1080 lines.
    #[default]
    #[serde(rename = "1080p")]
    P1080,
    /// 1440 lines.
    #[serde(rename = "1440p")]
    P1440,
    /// 2160 lines.
    #[serde(rename = "2160p")]
    P2160,
}

impl Resolution {
    /// As it is written on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::P720 => "720p",
            Self::P1080 => "1080p",
            Self::P1440 => "1440p",
            Self::P2160 => "2160p",
        }
    }

    /// For people.
    pub fn label(self) -> &'static str {
        if self == Self::P2160 { "4K" } else { self.as_str() }
    }

    /// The length of the shorter side, in pixels.
    pub fn lines(self) -> u32 {
        match self {
            Self::P720 => 720,
            Self::P1080 => 1080,
            Self::P1440 => 1440,
            Self::P2160 => 2160,
        }
    }

    /// Width and height of a picture of that shape, both even, in pixels.
    pub fn size(self, shape: AspectRatio) -> (u32, u32) {
        let (across, down) = shape.parts();
        let long = |short: u32, long_part: u32, short_part: u32| (short * long_part / short_part).div_ceil(2) * 2;
        let lines = self.lines();
        if across >= down { (long(lines, across, down), lines) } else { (lines, long(lines, down, across)) }
    }
}

/// Frames a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize_repr, Deserialize_repr, ToSchema)]
#[repr(u8)]
pub enum Fps {
    /// 24: cinema.
    F24 = 24,
    /// 25: European television.
    F25 = 25,
    /// 30: the web.
    #[default]
    F30 = 30,
    /// 60: very smooth.
    F60 = 60,
}

/// Whether stills move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Motion {
    /// A slow push, pull or pan, chosen by scene.
    #[default]
    Auto,
    /// They stand still.
    None,
}

/// How one scene follows another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transition {
    /// At once.
    #[default]
    Cut,
    /// One fades into the other.
    Crossfade,
    /// Through black.
    Dip,
    /// One pushes the other out.
    Slide,
}

/// Whether and how the words are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Subtitles {
    /// Not at all.
    None,
    /// As a track that the player can turn on and off, and as WebVTT.
    #[default]
    Soft,
    /// As a part of the picture.
    Burned,
}

/// How burned captions look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaptionStyle {
    /// White with a thin outline.
    #[default]
    Plain,
    /// On a dark box.
    Boxed,
    /// The spoken word is lit.
    Karaoke,
}

/// Speed against quality.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// 360 lines, as fast as possible: to look at while editing.
    Preview,
    /// Full size, encoded fast.
    Fast,
    /// Full size, encoded with care.
    #[default]
    Standard,
}
