//! A stand-in for the adapter that asks every compatible server: it speaks, and remembers with what it was to reach whom.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use shared::{
    audio::Voice,
    provider::{ModelInfo, ProviderKind},
};
use studio::providers::{
    About, Access, Call, Provider, ProviderResult, Providers, Usage,
    http::Http,
    listing,
    speech::{Speech, SpeechProvider, SpeechRequest},
    vendors::compatible,
};

use super::silence;

/// The adapter, which asks nobody but for a list of models.
pub struct Servers {
    about: About,
    http: Http,
    asked: Mutex<Vec<(Access, String)>>,
}

impl Servers {
    /// A new one.
    pub fn new() -> Arc<Self> {
        let about = About {
            id: compatible::ID,
            name: "A compatible server",
            kind: ProviderKind::Speech,
            built_in: false,
            remote: Some(compatible::REMOTE),
            models: Vec::new(),
            options: Vec::new(),
            notes: None,
            at_once: 3,
            a_minute: None,
            draws_cards: false,
            missing: None,
        };
        Arc::new(Self { about, http: Http::new(), asked: Mutex::default() })
    }

    /// Puts it in the place of the real one.
    pub fn among(self: &Arc<Self>) -> impl FnOnce(Providers) -> Providers + use<> {
        let stand_in = Arc::clone(self);
        move |mut providers| {
            providers.script.retain(|known| known.about().id != compatible::ID);
            providers.speech.retain(|known| known.about().id != compatible::ID);
            providers.speech.push(stand_in);
            providers
        }
    }

    /// With what it was to reach whom, and with which voice it was to speak there.
    pub fn asked(&self) -> Vec<(Access, String)> {
        self.asked.lock().expect("not poisoned").clone()
    }
}

#[async_trait]
impl Provider for Servers {
    fn about(&self) -> &About {
        &self.about
    }

    async fn models(&self, access: &Access) -> ProviderResult<Option<Vec<ModelInfo>>> {
        listing::compatible(&self.http, access, ProviderKind::Speech).await.map(Some)
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        self.asked.lock().expect("not poisoned").push((call.access.clone(), "test".to_owned()));
        Ok(())
    }
}

#[async_trait]
impl SpeechProvider for Servers {
    async fn voices(&self, access: &Access) -> ProviderResult<Vec<Voice>> {
        let voice = |id: &str| Voice {
            id: id.to_owned(),
            name: format!("Heart of {}", access.name),
            provider: compatible::ID.to_owned(),
            language: "en-us".to_owned(),
            gender: None,
            preview_url: None,
        };
        Ok(vec![voice("af_heart")])
    }

    fn voice_for(&self, _language: &str, _voices: &[Voice]) -> Option<String> {
        Some("af_heart".to_owned())
    }

    async fn speak(&self, request: &SpeechRequest, call: &Call<'_>) -> ProviderResult<Speech> {
        self.asked.lock().expect("not poisoned").push((call.access.clone(), request.voice.clone()));
        let file = call.workdir.join("speech.wav");
        tokio::fs::write(&file, silence(0.5)).await.expect("it is written");
        Ok(Speech { file, words: None, usage: Usage { requests: Some(1), ..Usage::default() } })
    }
}
