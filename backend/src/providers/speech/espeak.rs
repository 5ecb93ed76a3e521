//! `espeak` as a provider.

use std::{ops::RangeInclusive, sync::Arc};

use async_trait::async_trait;
use engines::espeak::{Engine, NotInstalled, SpeakError};
use futures_util::{FutureExt, future::BoxFuture};
use shared::{audio::Voice, provider::ProviderKind};

use super::{Speech, SpeechProvider, SpeechRequest};
use crate::{
    error::DISK_FULL,
    providers::{About, Access, Call, Kind, Machine, Provider, ProviderError, ProviderResult, Usage},
};

const ID: &str = "espeak";

struct EspeakProvider {
    about: About,
    engine: Result<Engine, NotInstalled>,
}

/// Makes it; it looks for espeak-ng.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn SpeechProvider>> {
    async move {
        let engine = Engine::with_worker(machine.speech_worker.clone()).await;
        if let Err(missing) = &engine {
            tracing::warn!(reason = missing.reason, "no espeak-ng");
        }
        let notes = match &engine {
            Ok(engine) if engine.tells_times() => format!("eSpeak NG {}, on this machine.", engine.version()),
            Ok(engine) => {
                format!("eSpeak NG {}, on this machine; without word times, since its library could not be loaded.", engine.version())
            }
            Err(_) => "Speaks on this machine.".to_owned(),
        };
        let about = About {
            id: ID,
            name: "eSpeak NG",
            kind: ProviderKind::Speech,
            built_in: true,
            remote: None,
            models: Vec::new(),
            options: Vec::new(),
            notes: Some(notes),
            at_once: 4,
            a_minute: None,
            draws_cards: false,
            missing: engine.as_ref().err().map(|missing| format!("{missing}.")),
        };
        let provider: Arc<dyn SpeechProvider> = Arc::new(EspeakProvider { about, engine });
        provider
    }
    .boxed()
}

impl EspeakProvider {
    fn engine(&self) -> ProviderResult<&Engine> {
        self.engine.as_ref().map_err(|missing| ProviderError::new(ID, Kind::NotConfigured, missing.to_string()))
    }
}

#[async_trait]
impl Provider for EspeakProvider {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        let engine = self.engine()?;
        engine.speak("Test.", "en-us", 1.0, &call.workdir.join("test.wav")).await.map(drop).map_err(failure)
    }
}

#[async_trait]
impl SpeechProvider for EspeakProvider {
    async fn voices(&self, _access: &Access) -> ProviderResult<Vec<Voice>> {
        let voices = self.engine()?.voices().iter();
        Ok(voices
            .map(|voice| Voice {
                id: voice.id.clone(),
                name: voice.name.clone(),
                provider: ID.to_owned(),
                language: voice.language.clone(),
                gender: voice.gender,
                preview_url: None,
            })
            .collect())
    }

    fn voice_for(&self, language: &str, _voices: &[Voice]) -> Option<String> {
        self.engine.as_ref().ok()?.voice_for(language).map(|voice| voice.id.clone())
    }

    fn speeds(&self, _model: Option<&str>) -> RangeInclusive<f64> {
        0.5..=2.0
    }

    async fn speak(&self, request: &SpeechRequest, call: &Call<'_>) -> ProviderResult<Speech> {
        let file = call.workdir.join("narration.wav");
        let spoken = self.engine()?.speak(&request.text, &request.voice, request.speed, &file).await.map_err(failure)?;
        Ok(Speech { file, words: spoken.words, usage: Usage::free() })
    }
}

fn failure(error: SpeakError) -> ProviderError {
    let kind = match &error {
        SpeakError::UnknownVoice { .. } | SpeakError::NothingToSay | SpeakError::TooLong { .. } => Kind::Rejected,
        SpeakError::TimedOut { .. } => Kind::Timeout,
        SpeakError::Engine(_) => Kind::Unavailable,
        SpeakError::File(cause) if cause.kind() == std::io::ErrorKind::StorageFull => Kind::DiskFull,
        SpeakError::File(_) => Kind::Internal,
    };
    let message = if kind == Kind::DiskFull { DISK_FULL.to_owned() } else { sentence(&error.to_string()) };
    ProviderError::new(ID, kind, message)
}

/// An error's words as a sentence.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}
