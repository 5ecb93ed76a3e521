//! Gemini's native images: `generateContent` of the image models, with pictures to resemble.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{FutureExt, future::BoxFuture};
use serde_json::{Value, json};
use shared::provider::{ModelInfo, ProviderKind};

use super::{ImageProvider, ImageRequest, Picture, drawn, forms};
use crate::providers::{
    About, Access, Attachment, Call, Machine, Provider, ProviderResult, Usage,
    http::{Api, Http},
    listing, models,
    vendors::google::{self, Finish, Generated},
};

/// The most pictures to resemble that its models take.
const MOST_REFERENCES: u32 = 14;
struct GeminiImages {
    about: About,
    http: Http,
}

/// Makes it. It asks nobody.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn ImageProvider>> {
    let about = About {
        models: models::listed(ProviderKind::Image, models::GEMINI_DRAWS),
        options: vec![forms::negative_prompt(), forms::references(MOST_REFERENCES)],
        ..About::remote("gemini", "Gemini", ProviderKind::Image, google::REMOTE)
    };
    let provider: Arc<dyn ImageProvider> = Arc::new(GeminiImages { about, http: machine.http.clone() });
    std::future::ready(provider).boxed()
}

#[async_trait]
impl Provider for GeminiImages {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        let api = self.http.api(&google::VENDOR, ProviderKind::Image, &call.access)?;
        google::try_key(&api, call.access.base_url.as_deref()).await
    }

    async fn models(&self, access: &Access) -> ProviderResult<Option<Vec<ModelInfo>>> {
        listing::google(&self.http, access, ProviderKind::Image).await.map(Some)
    }
}

#[async_trait]
impl ImageProvider for GeminiImages {
    async fn draw(&self, request: &ImageRequest, call: &Call<'_>) -> ProviderResult<Picture> {
        let api = self.http.api(&google::VENDOR, ProviderKind::Image, &call.access)?;
        let model = google::bare(request.model.as_deref().or(self.about.default_model()).unwrap_or_default());
        let path = google::path(call.access.base_url.as_deref(), model, "generateContent");
        let references = request.attachments(&self.about).await?;
        let answer = api.post(&path).json(&body(request, &references, model)).creates().send().await?.json::<Generated>().await?;
        picture(&api, &answer)
    }
}

fn body(request: &ImageRequest, references: &[Attachment], model: &str) -> Value {
    let words = json!({"text": request.whole_words()});
    let pictures = references.iter().map(|picture| json!({"inlineData": {"mimeType": picture.mime, "data": picture.base64()}}));
    let mut shape = json!({"aspectRatio": request.aspect_ratio.as_str(), "imageSize": "1K"});
    if model.starts_with("gemini-2.5") {
        // The older family draws in one size, and refuses the field.
        shape = json!({"aspectRatio": request.aspect_ratio.as_str()});
    }
    json!({
        "contents": [{"role": "user", "parts": std::iter::once(words).chain(pictures).collect::<Vec<_>>()}],
        "generationConfig": {"responseModalities": ["IMAGE"], "imageConfig": shape}
    })
}

/// The picture of an answer: the last one, since drafts come before it, and not all of them are marked as thoughts.
fn picture(api: &Api, answer: &Generated) -> ProviderResult<Picture> {
    let usage = answer.usage(Usage { images: Some(1), requests: Some(1), ..Usage::default() });
    let nothing = || Usage { images: Some(0), ..usage.clone() };
    if let Some(refusal) = answer.refusal(api) {
        return Err(refusal.having_used(nothing()));
    }
    let said = answer.parts().filter_map(|part| part.text.as_deref()).collect::<Vec<_>>().join(" ");
    let said = answer.finish_message().map(str::to_owned).or(Some(said).filter(|said| !said.trim().is_empty()));
    let reason = match answer.finish() {
        None | Some(Finish::Complete) => None,
        Some(Finish::Refused { reason, .. }) => return Err(google::blocked(api, &reason, said.as_deref()).having_used(nothing())),
        Some(Finish::CutOff) => Some("MAX_TOKENS".to_owned()),
        Some(Finish::Other(reason)) => Some(reason),
    };
    // Beside a reason why there is none, a picture is a draft.
    let made = answer.parts().rev().find_map(|part| part.inline_data.as_ref()).filter(|_| reason.is_none());
    if let Some(image) = made {
        let bytes = drawn::decoded(api, &image.data).map_err(|error| error.having_used(usage.clone()))?;
        return Ok(Picture { bytes, usage, credit: None });
    }
    let error = api.lacks("a picture").having_used(nothing());
    Err(match said.or(reason) {
        Some(why) => error.with("reason", api.quote(&why)),
        None => error,
    })
}
