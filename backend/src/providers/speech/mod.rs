//! Who speaks: words become narration.

pub mod espeak;
mod espeak_provider;

use std::path::PathBuf;

use async_trait::async_trait;
use shared::audio::{Voice, Word};

use super::{Access, Call, Make, Provider, ProviderResult, Usage};

/// Every speech provider, in the order in which the app shows them.
pub const REGISTRY: &[Make<dyn SpeechProvider>] = &[espeak_provider::make];

/// A narration that is wanted.
#[derive(Clone, Debug)]
pub struct SpeechRequest {
    /// The words.
    pub text: String,
    /// The voice, without the provider's name before it.
    pub voice: String,
    /// How fast: 1 is the voice's own pace.
    pub speed: f64,
    /// The language of the words (BCP 47).
    pub language: String,
    /// By which model.
    pub model: Option<String>,
}

/// A narration.
#[derive(Clone, Debug)]
pub struct Speech {
    /// Its file, in the call's work folder.
    pub file: PathBuf,
    /// When each word is spoken, where that is known.
    pub words: Option<Vec<Word>>,
    /// What it took.
    pub usage: Usage,
}

/// Someone who speaks.
#[async_trait]
pub trait SpeechProvider: Provider {
    /// All its voices, ids without the provider's name before them.
    async fn voices(&self, access: &Access) -> ProviderResult<Vec<Voice>>;

    /// The voice that it would choose for a language.
    fn voice_for(&self, language: &str) -> Option<String>;

    /// Speaks.
    async fn speak(&self, request: &SpeechRequest, call: &Call<'_>) -> ProviderResult<Speech>;
}
