//! Gemini's native images: `generateContent` of the image models, with pictures to resemble.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{FutureExt, future::BoxFuture};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::provider::{ModelInfo, ProviderKind};

use super::{ImageProvider, ImageRequest, Picture, drawn, forms};
use crate::providers::{
    About, Access, Attachment, Call, Machine, Provider, ProviderResult, Usage,
    http::{Api, Http, Limits, segment},
    vendors::google::{REMOTE, VENDOR, version},
};

/// The most pictures to resemble that its models take.
const MOST_REFERENCES: u32 = 14;
/// Why it stops where it will not draw that, whatever is tried.
const REFUSALS: [&str; 9] = [
    "SAFETY",
    "RECITATION",
    "LANGUAGE",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
];

struct GeminiImages {
    about: About,
    http: Http,
}

/// Makes it. It asks nobody.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn ImageProvider>> {
    let about = About {
        id: "gemini",
        name: "Gemini",
        kind: ProviderKind::Image,
        built_in: false,
        remote: Some(REMOTE),
        models: vec![
            forms::model("gemini-nano-banana-2.1", "Nano Banana 2.1"),
            forms::model("gemini-3-pro-image", "Gemini 3 Pro Image"),
            forms::model("gemini-3.1-flash-lite-image", "Gemini 3.1 Flash Lite Image"),
            forms::model("gemini-3.1-flash-image", "Gemini 3.1 Flash Image").noted("Said to be switched off since 2026-10-29."),
        ],
        options: vec![forms::negative_prompt(), forms::references(MOST_REFERENCES)],
        notes: None,
        at_once: 4,
        a_minute: None,
        missing: None,
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
        let api = self.http.api(&VENDOR, ProviderKind::Image, &call.access)?;
        let path = format!("{}/models", version(call.access.base_url.as_deref()));
        api.get(&path).query("pageSize", "1").send().await?.json::<Value>().await.map(drop)
    }

    async fn models(&self, access: &Access) -> ProviderResult<Option<Vec<ModelInfo>>> {
        let api = self.http.api_within(&VENDOR, Limits::glance(forms::LISTING), access)?;
        let path = format!("{}/models", version(access.base_url.as_deref()));
        let listed: Listed = api.get(&path).query("pageSize", "1000").send().await?.json().await?;
        let models = listed.models.into_iter().filter(Model::draws).map(Model::info).collect();
        Ok(Some(forms::known_first(models, &self.about.models)))
    }
}

#[async_trait]
impl ImageProvider for GeminiImages {
    async fn draw(&self, request: &ImageRequest, call: &Call<'_>) -> ProviderResult<Picture> {
        let api = self.http.api(&VENDOR, ProviderKind::Image, &call.access)?;
        let model = request.model.as_deref().or(self.about.models.first().map(|model| model.id.as_str())).unwrap_or_default();
        let model = model.trim_start_matches("models/");
        let path = format!("{}/models/{}:generateContent", version(call.access.base_url.as_deref()), segment(model));
        let references = request.attachments(&self.about).await?;
        let answer = api.post(&path).json(&body(request, &references, model)).creates().send().await?.json::<Answer>().await?;
        picture(&api, answer)
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
fn picture(api: &Api, answer: Answer) -> ProviderResult<Picture> {
    let usage = answer.usage();
    let Some(candidate) = answer.candidates.into_iter().next() else {
        return Err(match answer.prompt_feedback.and_then(|feedback| feedback.block_reason) {
            Some(reason) => api.rejected(&format!("the prompt was blocked ({reason})")),
            None => api.lacks("a picture"),
        });
    };
    let parts = candidate.content.map(|content| content.parts).unwrap_or_default();
    let finished: Vec<&Part> = parts.iter().filter(|part| !part.thought).collect();
    if let Some(image) = finished.iter().rev().find_map(|part| part.inline_data.as_ref()) {
        let bytes = drawn::decoded(api, &image.data).map_err(|error| error.having_used(usage.clone()))?;
        return Ok(Picture { bytes, usage, credit: None });
    }
    let said: Vec<&str> = finished.iter().filter_map(|part| part.text.as_deref()).collect();
    let reason = candidate.finish_reason.unwrap_or_default();
    let why = candidate.finish_message.unwrap_or_else(|| said.join(" "));
    if REFUSALS.contains(&reason.as_str()) {
        let why = if why.trim().is_empty() { "its filter stopped the picture" } else { why.trim_end_matches('.') };
        return Err(api.rejected(&format!("{why} ({reason})")));
    }
    let error = api.lacks("a picture").having_used(Usage { images: Some(0), ..usage });
    let why = api.quote(if why.trim().is_empty() { &reason } else { &why });
    Err(if why.is_empty() { error } else { error.with("reason", why) })
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    models: Vec<Model>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Model {
    name: String,
    display_name: Option<String>,
    #[serde(default)]
    supported_generation_methods: Vec<String>,
}

impl Model {
    /// What it puts out is not told; their names do.
    fn draws(&self) -> bool {
        let named = self.name.contains("-image") || self.name.contains("banana");
        named && self.supported_generation_methods.iter().any(|method| method == "generateContent")
    }

    fn info(self) -> ModelInfo {
        let id = self.name.trim_start_matches("models/");
        ModelInfo::new(id, self.display_name.as_deref().unwrap_or(id), ProviderKind::Image)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(default)]
    candidates: Vec<Candidate>,
    prompt_feedback: Option<Feedback>,
    usage_metadata: Option<Metadata>,
    model_version: Option<String>,
}

impl Answer {
    fn usage(&self) -> Usage {
        let told = self.usage_metadata.as_ref();
        let output = told.and_then(|told| Some(told.candidates_token_count? + told.thoughts_token_count.unwrap_or_default()));
        Usage {
            model: self.model_version.clone(),
            input_tokens: told.and_then(|told| told.prompt_token_count),
            output_tokens: output,
            images: Some(1),
            requests: Some(1),
            ..Usage::default()
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    block_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    prompt_token_count: Option<u64>,
    candidates_token_count: Option<u64>,
    thoughts_token_count: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    content: Option<Content>,
    finish_reason: Option<String>,
    finish_message: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    #[serde(default)]
    thought: bool,
    text: Option<String>,
    inline_data: Option<Blob>,
}

#[derive(Deserialize)]
struct Blob {
    data: String,
}
