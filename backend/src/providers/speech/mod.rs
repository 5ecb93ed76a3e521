//! Who speaks: words become narration.

mod audio_speech;
mod compatible;
mod elevenlabs;
mod espeak;
mod gemini;
mod openai;
mod parts;
mod piper;

pub use self::piper::PiperPlace;

use std::{ops::RangeInclusive, path::PathBuf};

use async_trait::async_trait;
use shared::{
    audio::{Voice, Word},
    language::primary,
};

use super::{Access, Call, Make, Provider, ProviderResult, Usage};

/// Every speech provider, in the order in which the app shows them.
pub const REGISTRY: &[Make<dyn SpeechProvider>] =
    &[espeak::make, piper::make, gemini::make, elevenlabs::make, openai::make, compatible::make];

/// A narration that is wanted.
#[derive(Clone, Debug)]
pub struct SpeechRequest {
    /// The words.
    pub text: String,
    /// The voice, without the provider's name before it.
    pub voice: String,
    /// How fast: 1 is the voice's own pace. Within [`SpeechProvider::speeds`].
    pub speed: f64,
    /// The language of the words (BCP 47).
    pub language: String,
    /// By which model.
    pub model: Option<String>,
    /// How it should sound ("calm, warm"), for those who can be told.
    pub style: Option<String>,
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
    /// All its voices, ids without the provider's name before them; those that it would choose stand first.
    async fn voices(&self, access: &Access) -> ProviderResult<Vec<Voice>>;

    /// The voice that it would choose for a language, of those that it has now; there are none of them where it could not
    /// list them.
    fn voice_for(&self, language: &str, voices: &[Voice]) -> Option<String> {
        voices.iter().find(|voice| speaks(&voice.language, language)).map(|voice| voice.id.clone())
    }

    /// The speeds at which it speaks by itself with that model. For all others its sound is stretched afterwards.
    fn speeds(&self, _model: Option<&str>) -> RangeInclusive<f64> {
        1.0..=1.0
    }

    /// Speaks.
    async fn speak(&self, request: &SpeechRequest, call: &Call<'_>) -> ProviderResult<Speech>;
}

/// Whether a voice of one language speaks another: `en-us` speaks `en`, and `en` speaks `en-us`.
pub fn speaks(voice: &str, wanted: &str) -> bool {
    let (voice, wanted) = (voice.to_ascii_lowercase(), wanted.to_ascii_lowercase());
    voice == "mul" || voice == wanted || (primary(&voice) == primary(&wanted) && (!voice.contains('-') || !wanted.contains('-')))
}

#[cfg(test)]
mod tests {
    use super::speaks;

    #[test]
    fn a_language_finds_its_regions() {
        assert!(speaks("en-us", "en"));
        assert!(speaks("en", "en-GB"));
        assert!(speaks("mul", "hi"));
        assert!(!speaks("en-us", "en-gb"));
        assert!(!speaks("de", "en"));
    }
}
