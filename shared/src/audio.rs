//! Narration: takes of a scene's words, spoken.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    ApiError, AudioId, ProjectId, SceneId,
    record::Status,
    rules::{is_number, optional_voice, voice},
};

/// A take of a scene's narration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AudioClip {
    /// Its id.
    pub id: AudioId,
    /// The project that it belongs to.
    pub project_id: ProjectId,
    /// The scene that it speaks.
    pub scene_id: SceneId,
    /// Who speaks; `upload` for a recording of the user's own.
    #[schema(example = "espeak")]
    pub provider: String,
    /// Which of the provider's models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// `provider/voice`.
    #[schema(example = "espeak/en-us")]
    pub voice_id: String,
    /// How fast: 1 is the voice's own pace.
    pub speed: f64,
    /// Where it is in its life.
    pub status: Status,
    /// How much is done, 0 to 1.
    pub progress: f64,
    /// Whether the narration has changed since.
    pub stale: bool,
    /// Why it failed, or why its last attempt did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
    /// Where its bytes are, once ready: from the server's root, with the same access token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "/media/audio/01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81.wav")]
    pub url: Option<String>,
    /// The type of the bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "audio/wav")]
    pub mime_type: Option<String>,
    /// How long it lasts, measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<f64>,
    /// When each word is spoken, where the provider tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Vec<Word>>,
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

/// A word and when it is spoken, from the beginning of its clip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Word {
    /// The word as it stands in the narration.
    pub text: String,
    /// When it begins.
    pub start_seconds: f64,
    /// When it ends.
    pub end_seconds: f64,
}

/// A narration for one scene.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GenerateAudio {
    /// The scene to speak.
    #[garde(skip)]
    pub scene_id: SceneId,
    /// `provider/voice`; the default of the settings, in the project's language, where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = 200), custom(optional_voice))]
    #[schema(min_length = 3, max_length = 200, pattern = "^[^/]+/.+$", example = "espeak/en-us")]
    pub voice_id: Option<String>,
    /// How fast: 1 is the voice's own pace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(range(min = 0.5, max = 2.0))]
    #[schema(minimum = 0.5, maximum = 2.0)]
    pub speed: Option<f64>,
}

/// A narration for every scene of a project.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GenerateAudioBatch {
    /// The project.
    #[garde(skip)]
    pub project_id: ProjectId,
    /// `provider/voice`; the default of the settings, in the project's language, where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = 200), custom(optional_voice))]
    #[schema(min_length = 3, max_length = 200, pattern = "^[^/]+/.+$", example = "espeak/en-us")]
    pub voice_id: Option<String>,
    /// How fast: 1 is the voice's own pace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(range(min = 0.5, max = 2.0))]
    #[schema(minimum = 0.5, maximum = 2.0)]
    pub speed: Option<f64>,
    /// Only the scenes that have no narration, or a stale one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub only_missing: Option<bool>,
}

/// A voice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Voice {
    /// `provider/voice`, as `voiceId` takes it.
    #[schema(example = "espeak/en-us")]
    pub id: String,
    /// Its name.
    #[schema(example = "English (America)")]
    pub name: String,
    /// Whose it is.
    #[schema(example = "espeak")]
    pub provider: String,
    /// The language that it speaks (BCP 47); `mul` where it speaks many.
    #[schema(example = "en-us")]
    pub language: String,
    /// As the provider tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// A sample to listen to: of a built-in provider `/api/voices/preview`, of others the vendor's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview_url: Option<String>,
}

/// Voices, and whose could not be listed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VoiceList {
    /// The voices.
    pub items: Vec<Voice>,
    /// The providers that can be used, but whose voices could not be listed at the moment; left out where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<VoiceFailure>,
}

/// A provider whose voices could not be listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VoiceFailure {
    /// Whose they are.
    #[schema(example = "elevenlabs")]
    pub provider: String,
    /// Why.
    pub error: ApiError,
}

/// How a voice sounds, as its provider tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// A woman's voice.
    Female,
    /// A man's voice.
    Male,
    /// Neither.
    Neutral,
}

/// How loud a narration is along its length.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AudioPeaks {
    /// How long the narration lasts.
    pub duration_seconds: f64,
    /// The highest sample of each of as many equal stretches: 0 is silence, 255 full scale. 25 stretches a second, and at
    /// most 2000.
    pub peaks: Vec<u8>,
}

/// A voice to be heard.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct VoicePreviewQuery {
    /// `provider/voice`, of a built-in provider.
    #[garde(length(chars, max = 200), custom(voice))]
    #[param(min_length = 3, max_length = 200, pattern = "^[^/]+/.+$", example = "espeak/en-us")]
    pub voice_id: String,
    /// What it says; a sentence in its own language where left out.
    #[garde(length(chars, max = 300))]
    #[param(required = false, max_length = 300)]
    pub text: Option<String>,
    /// How fast: 1 is the voice's own pace.
    #[garde(range(min = 0.5, max = 2.0), custom(is_number))]
    #[param(required = false, minimum = 0.5, maximum = 2.0)]
    pub speed: Option<f64>,
}

/// Which voices.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct VoiceQuery {
    /// Only those of this provider.
    #[garde(length(chars, min = 1, max = 100))]
    #[param(required = false, min_length = 1, max_length = 100)]
    pub provider: Option<String>,
    /// Only those that speak this language: `en` also finds `en-us`.
    #[garde(length(chars, min = 1, max = 35))]
    #[param(required = false, min_length = 1, max_length = 35)]
    pub language: Option<String>,
}
