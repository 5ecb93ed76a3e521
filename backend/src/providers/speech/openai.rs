//! `openai` as a voice.

use std::{ops::RangeInclusive, sync::Arc};

use async_trait::async_trait;
use engines::media::ffmpeg::Tools;
use futures_util::{FutureExt, future::BoxFuture};
use shared::{
    audio::Voice,
    provider::{ModelInfo, ProviderKind},
};

use super::{Speech, SpeechProvider, SpeechRequest, audio_speech};
use crate::providers::{About, Access, Call, Machine, Provider, ProviderResult, http::Http, listing, models, vendors::openai};

const ID: &str = "openai";

struct OpenAiSpeech {
    about: About,
    http: Http,
    tools: Result<Tools, String>,
}

/// Makes it.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn SpeechProvider>> {
    let about = About {
        models: models::listed(ProviderKind::Speech, models::OPENAI_SPEAKS),
        notes: Some("OpenAI switches its speech models off on 2027-01-06.".to_owned()),
        ..About::remote(ID, "OpenAI", ProviderKind::Speech, openai::REMOTE)
    };
    let provider: Arc<dyn SpeechProvider> = Arc::new(OpenAiSpeech { about, http: machine.http.clone(), tools: machine.tools.clone() });
    std::future::ready(provider).boxed()
}

#[async_trait]
impl Provider for OpenAiSpeech {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        openai::try_key(&self.http.api(&openai::VENDOR, ProviderKind::Speech, &call.access)?).await
    }

    async fn models(&self, access: &Access) -> ProviderResult<Option<Vec<ModelInfo>>> {
        listing::openai(&self.http, access, ProviderKind::Speech).await.map(Some)
    }
}

#[async_trait]
impl SpeechProvider for OpenAiSpeech {
    async fn voices(&self, _access: &Access) -> ProviderResult<Vec<Voice>> {
        Ok(audio_speech::voices(ID))
    }

    fn speeds(&self, _model: Option<&str>) -> RangeInclusive<f64> {
        0.25..=4.0
    }

    async fn speak(&self, request: &SpeechRequest, call: &Call<'_>) -> ProviderResult<Speech> {
        let model = request.model.as_deref().unwrap_or(&self.about.models[0].id);
        let server = audio_speech::Server {
            http: &self.http,
            tools: self.tools.as_ref(),
            vendor: &openai::VENDOR,
            model,
            takes_instructions: !model.starts_with("tts-1"),
        };
        server.speak(request, call).await
    }
}
