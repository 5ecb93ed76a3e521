//! Settings: what is used where a request says nothing, and the providers' addresses and keys.

use std::collections::BTreeMap;

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ApiError, patch,
    policy::{PatchPrice, PatchProviderLimits, PatchRetries, PatchSpending, Price, ProviderLimits, Retries, Spending},
    provider::{ProviderInfo, ProviderKind},
    rules::{MAX_VISUAL_PROMPT, optional_key, optional_not_blank, optional_voice, provider_texts},
    video::{
        CaptionStyle, Fps, LEAST_MOTION_STRENGTH, MOST_MOTION_STRENGTH, Motion, Quality, Resolution, Subtitles, Transition,
        USUAL_MOTION_STRENGTH,
    },
};

/// The settings of the server. Keys go in and never come out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// What is used where a request says nothing.
    pub defaults: Defaults,
    /// Every provider that this server knows.
    pub providers: Vec<ProviderInfo>,
    /// Servers that run on this machine and are not set up: noticed at their usual ports, and not used until they are.
    pub discovered: Vec<Discovered>,
    /// How large uploads may be.
    pub uploads: UploadLimits,
    /// How often calls to providers are repeated.
    pub retries: Retries,
    /// How many calls each provider gets, by its id.
    pub limits: BTreeMap<String, ProviderLimits>,
    /// What may be spent, and what has been.
    pub spending: Spending,
    /// What is known of prices, as they hold today, by `provider/model`; `provider/*` holds for every model that has none of its
    /// own.
    pub prices: BTreeMap<String, Price>,
}

/// A server that runs on this machine. To set it up, send this back: `{"providers": {id: {"baseUrl": …}}}`, and where the id
/// begins with `compatible-` its name and kinds too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Discovered {
    /// The id that it gets as a provider.
    #[schema(example = "compatible-ollama")]
    pub id: String,
    /// Its name, for people.
    #[schema(example = "Ollama")]
    pub name: String,
    /// What it makes.
    pub kinds: Vec<ProviderKind>,
    /// Where it is reached.
    #[schema(example = "http://127.0.0.1:11434/v1")]
    pub base_url: String,
}

/// What is used where a request says nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Defaults {
    /// For scripts.
    pub script: ScriptDefaults,
    /// For narrations.
    pub audio: AudioDefaults,
    /// For pictures.
    pub image: ImageDefaults,
    /// For films and clips.
    pub video: VideoDefaults,
}

/// For scripts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScriptDefaults {
    /// Who writes.
    #[schema(example = "outline")]
    pub provider: String,
    /// Which of the provider's models; its own default where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// For narrations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AudioDefaults {
    /// Who speaks, where `voiceId` is left out: a voice in the project's language is chosen.
    #[schema(example = "espeak")]
    pub provider: String,
    /// `provider/voice` for every project, whatever its language; chosen by language where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice_id: Option<String>,
    /// How fast: 1 is the voice's own pace.
    pub speed: f64,
    /// Which of the provider's models; its own default where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "gemini-3.8-flash-tts")]
    pub model: Option<String>,
    /// How narrations should sound, for providers that can be told (Gemini, OpenAI).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "calm, warm")]
    pub style: Option<String>,
}

/// For pictures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImageDefaults {
    /// Who draws.
    #[schema(example = "storyboard")]
    pub provider: String,
    /// Which of the provider's models; its own default where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The look.
    pub style_prompt: String,
}

/// For films and clips.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VideoDefaults {
    /// Who makes them. Where that makes only clips, it makes those, and films are made by who makes films.
    #[schema(example = "film")]
    pub provider: String,
    /// How many lines.
    pub resolution: Resolution,
    /// Frames a second.
    pub fps: Fps,
    /// Whether stills move.
    pub motion: Motion,
    /// How far they move, against what is usual (1).
    pub motion_strength: f64,
    /// How one scene follows another.
    pub transition: Transition,
    /// Whether and how the words are shown.
    pub subtitles: Subtitles,
    /// How burned captions look.
    pub caption_style: CaptionStyle,
    /// Speed against quality.
    pub quality: Quality,
}

impl Default for VideoDefaults {
    fn default() -> Self {
        Self {
            provider: "film".to_owned(),
            resolution: Resolution::default(),
            fps: Fps::default(),
            motion: Motion::default(),
            motion_strength: USUAL_MOTION_STRENGTH,
            transition: Transition::default(),
            subtitles: Subtitles::default(),
            caption_style: CaptionStyle::default(),
            quality: Quality::default(),
        }
    }
}

/// How large uploads may be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UploadLimits {
    /// Bytes of an uploaded image.
    pub image_bytes: u64,
    /// Pixels of an uploaded image, once decoded.
    pub image_pixels: u64,
    /// Bytes of an uploaded narration or track.
    pub audio_bytes: u64,
    /// Seconds of an uploaded narration or track, once decoded.
    pub audio_seconds: f64,
}

/// What can be changed about the settings (JSON Merge Patch).
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatchSettings {
    /// What is used where a request says nothing.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    #[schema(nullable = false)]
    pub defaults: Option<PatchDefaults>,
    /// By the provider's id. `compatible-` and a name of small letters, digits and hyphens is a server of the user's own that
    /// speaks OpenAI's language: the first patch that names it adds it. Null forgets what was set, and removes such a server.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    #[schema(nullable = false, value_type = Option<BTreeMap<String, PatchProvider>>)]
    pub providers: Option<BTreeMap<String, Option<PatchProvider>>>,
    /// How large uploads may be.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    #[schema(nullable = false)]
    pub uploads: Option<PatchUploadLimits>,
    /// How often calls to providers are repeated.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    #[schema(nullable = false)]
    pub retries: Option<PatchRetries>,
    /// How many calls each provider gets, by its id.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    #[schema(nullable = false)]
    pub limits: Option<BTreeMap<String, PatchProviderLimits>>,
    /// What may be spent.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    #[schema(nullable = false)]
    pub spending: Option<PatchSpending>,
    /// Prices, by `provider/model` or `provider/*`; null goes back to the one that the program knows.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    #[schema(nullable = false, value_type = Option<BTreeMap<String, PatchPrice>>)]
    pub prices: Option<BTreeMap<String, Option<PatchPrice>>>,
}

/// What can be changed about the defaults.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatchDefaults {
    /// For scripts.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    #[schema(nullable = false)]
    pub script: Option<PatchScriptDefaults>,
    /// For narrations.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    #[schema(nullable = false)]
    pub audio: Option<PatchAudioDefaults>,
    /// For pictures.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    #[schema(nullable = false)]
    pub image: Option<PatchImageDefaults>,
    /// For films and clips.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    #[schema(nullable = false)]
    pub video: Option<PatchVideoDefaults>,
}

/// What can be changed about the defaults for scripts.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatchScriptDefaults {
    /// Who writes.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = 100))]
    #[schema(nullable = false, min_length = 1, max_length = 100)]
    pub provider: Option<String>,
    /// Which of the provider's models; null for its own default, which is meant too where only `provider` is changed.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(chars, max = 200)))]
    #[schema(min_length = 1, max_length = 200)]
    pub model: Option<Option<String>>,
}

/// What can be changed about the defaults for narrations.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatchAudioDefaults {
    /// Who speaks.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = 100))]
    #[schema(nullable = false, min_length = 1, max_length = 100)]
    pub provider: Option<String>,
    /// `provider/voice`; null chooses by language.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(chars, max = 200), custom(optional_voice)))]
    #[schema(min_length = 3, max_length = 200, pattern = "^[^/]+/.+$")]
    pub voice_id: Option<Option<String>>,
    /// How fast.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(range(min = 0.5, max = 2.0))]
    #[schema(nullable = false, minimum = 0.5, maximum = 2.0)]
    pub speed: Option<f64>,
    /// Which of the provider's models; null for its own default, which is meant too where only `provider` is changed.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(chars, min = 1, max = 200)))]
    #[schema(min_length = 1, max_length = 200)]
    pub model: Option<Option<String>>,
    /// How narrations should sound; null for the voice's own manner.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(chars, min = 1, max = 500)))]
    #[schema(min_length = 1, max_length = 500)]
    pub style: Option<Option<String>>,
}

/// What can be changed about the defaults for pictures.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatchImageDefaults {
    /// Who draws.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = 100))]
    #[schema(nullable = false, min_length = 1, max_length = 100)]
    pub provider: Option<String>,
    /// Which of the provider's models; null for its own default, which is meant too where only `provider` is changed.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(chars, max = 200)))]
    #[schema(min_length = 1, max_length = 200)]
    pub model: Option<Option<String>>,
    /// The look.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = MAX_VISUAL_PROMPT))]
    #[schema(nullable = false, max_length = 4000)]
    pub style_prompt: Option<String>,
}

/// What can be changed about the defaults for films and clips.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
#[garde(allow_unvalidated)]
pub struct PatchVideoDefaults {
    /// Who makes them.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = 100))]
    #[schema(nullable = false, min_length = 1, max_length = 100)]
    pub provider: Option<String>,
    /// How many lines.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub resolution: Option<Resolution>,
    /// Frames a second.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub fps: Option<Fps>,
    /// Whether stills move.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub motion: Option<Motion>,
    /// How far they move, against what is usual (1).
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(range(min = LEAST_MOTION_STRENGTH, max = MOST_MOTION_STRENGTH))]
    #[schema(nullable = false, minimum = 0.25, maximum = 2)]
    pub motion_strength: Option<f64>,
    /// How one scene follows another.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub transition: Option<Transition>,
    /// Whether and how the words are shown.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub subtitles: Option<Subtitles>,
    /// How burned captions look.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub caption_style: Option<CaptionStyle>,
    /// Speed against quality.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub quality: Option<Quality>,
}

/// What can be changed about a provider.
#[derive(Clone, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatchProvider {
    /// Its key; null removes it. It goes in and never comes out.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(chars, min = 1, max = 1000), custom(optional_key)))]
    #[schema(write_only, min_length = 1, max_length = 1000)]
    pub api_key: Option<Option<String>>,
    /// Where it is reached; null for the vendor's own address.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(chars, min = 1, max = 500)))]
    #[schema(min_length = 1, max_length = 500, example = "http://127.0.0.1:11434/v1")]
    pub base_url: Option<Option<String>>,
    /// What it is told in words of its own, by the name of the field; null takes one out.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(custom(provider_texts))]
    #[schema(nullable = false)]
    pub settings: Option<BTreeMap<String, Option<String>>>,
    /// What a server of the user's own is called; where none is given, the name in its id.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, max = 60), custom(optional_not_blank))]
    #[schema(nullable = false, min_length = 1, max_length = 60, example = "Ollama")]
    pub name: Option<String>,
    /// What a server of the user's own is asked for; everything that such servers can do where null.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(min = 1, max = 4)))]
    #[schema(min_items = 1, max_items = 4, example = json!(["script"]))]
    pub kinds: Option<Option<Vec<ProviderKind>>>,
}

// By hand, since a derived one would print the key.
impl std::fmt::Debug for PatchProvider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PatchProvider")
            .field("api_key", &self.api_key.as_ref().map(|_| "***"))
            .field("base_url", &self.base_url)
            .field("settings", &self.settings)
            .field("name", &self.name)
            .field("kinds", &self.kinds)
            .finish()
    }
}

/// What can be changed about the limits of uploads.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatchUploadLimits {
    /// Bytes of an uploaded image, at most 256 MiB.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(range(min = 1024, max = 268_435_456))]
    #[schema(nullable = false, minimum = 1024, maximum = 268_435_456)]
    pub image_bytes: Option<u64>,
    /// Pixels of an uploaded image, once decoded, at most 200 million.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(range(min = 1024, max = 200_000_000))]
    #[schema(nullable = false, minimum = 1024, maximum = 200_000_000)]
    pub image_pixels: Option<u64>,
    /// Bytes of an uploaded narration or track, at most 1 GiB.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(range(min = 1024, max = 1_073_741_824))]
    #[schema(nullable = false, minimum = 1024, maximum = 1_073_741_824)]
    pub audio_bytes: Option<u64>,
    /// Seconds of an uploaded narration or track, at most six hours.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(range(min = 1.0, max = 21600.0))]
    #[schema(nullable = false, minimum = 1, maximum = 21600)]
    pub audio_seconds: Option<f64>,
}

/// What the test of a provider found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderTest {
    /// Whether it answered as it should.
    pub ok: bool,
    /// How long that took, in milliseconds.
    pub latency_ms: u64,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
}
