//! OpenAI's images: drawn from words, and from pictures to resemble (which its API calls edits).

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{FutureExt, future::BoxFuture};
use reqwest::multipart::{Form, Part};
use serde::Deserialize;
use serde_json::json;
use shared::provider::{ModelInfo, ProviderKind};

use super::{ImageProvider, ImageRequest, Picture, drawn, forms, size};
use crate::providers::{
    About, Access, Attachment, Call, Kind, Machine, Provider, ProviderResult, Usage,
    http::{Api, Http},
    listing, models,
    vendors::openai,
};

/// The most pictures to resemble that one request takes.
const MOST_REFERENCES: u32 = 16;
/// The most characters of words that it takes.
const MOST_WORDS: usize = 32_000;
/// As many as its usual landscape has, in a shape that films have.
const PIXELS: u32 = 1536 * 864;
/// How carefully it draws. Left to itself it may draw at the price of its best, which is several times that.
const QUALITY: &str = "medium";
/// Widths and heights are multiples of that.
const STEP: u32 = 16;

struct OpenAiImages {
    about: About,
    http: Http,
}

/// Makes it. It asks nobody.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn ImageProvider>> {
    let about = About {
        models: models::listed(ProviderKind::Image, models::OPENAI_DRAWS),
        options: vec![forms::negative_prompt(), forms::references(MOST_REFERENCES)],
        ..About::remote("openai", "OpenAI", ProviderKind::Image, openai::REMOTE)
    };
    let provider: Arc<dyn ImageProvider> = Arc::new(OpenAiImages { about, http: machine.http.clone() });
    std::future::ready(provider).boxed()
}

#[async_trait]
impl Provider for OpenAiImages {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        openai::try_key(&self.http.api(&openai::VENDOR, ProviderKind::Image, &call.access)?).await
    }

    async fn models(&self, access: &Access) -> ProviderResult<Option<Vec<ModelInfo>>> {
        listing::openai(&self.http, access, ProviderKind::Image).await.map(Some)
    }
}

#[async_trait]
impl ImageProvider for OpenAiImages {
    async fn draw(&self, request: &ImageRequest, call: &Call<'_>) -> ProviderResult<Picture> {
        let api = self.http.api(&openai::VENDOR, ProviderKind::Image, &call.access)?;
        let model = request.model.as_deref().or(self.about.models.first().map(|model| model.id.as_str())).unwrap_or_default();
        let (width, height) = size::fitted(request.aspect_ratio, PIXELS, STEP);
        let (prompt, size) = (request.words_within(MOST_WORDS), format!("{width}x{height}"));
        let references = request.attachments(&self.about).await?;
        let ask = if references.is_empty() {
            api.post("/images/generations").json(&json!({"model": model, "prompt": prompt, "size": size, "quality": QUALITY, "n": 1}))
        } else {
            let form = Form::new()
                .text("model", model.to_owned())
                .text("prompt", prompt)
                .text("size", size)
                .text("quality", QUALITY)
                .text("n", "1");
            api.post("/images/edits").form(with_pictures(&api, form, references)?)
        };
        let answer = ask.creates().send().await?.json::<Answer>().await?;
        picture(&api, answer, call).await
    }
}

fn with_pictures(api: &Api, form: Form, references: Vec<Attachment>) -> ProviderResult<Form> {
    let mut form = form;
    for (index, picture) in references.into_iter().enumerate() {
        let name = format!("reference-{}.{}", index + 1, picture.extension());
        let part = Part::bytes(picture.bytes).file_name(name).mime_str(picture.mime);
        form = form.part("image[]", part.map_err(|error| api.error(Kind::Internal, format!("no media type: {error}")))?);
    }
    Ok(form)
}

async fn picture(api: &Api, answer: Answer, call: &Call<'_>) -> ProviderResult<Picture> {
    let usage = answer.usage();
    let made = answer.data.into_iter().next();
    let bytes = match made.map(|made| (made.b64_json, made.url)) {
        Some((Some(text), _)) => drawn::decoded(api, &text),
        // Its own models never do this; servers that speak its language may. Whoever bills has billed it by now, and asked
        // again would draw another.
        Some((None, Some(url))) => {
            let fetched = drawn::fetched(api, &url, call).await;
            fetched.map_err(|error| if call.access.key.is_some() && error.is_passing() { error.lost() } else { error })
        }
        _ => Err(api.lacks("a picture")),
    };
    let bytes = bytes.map_err(|error| error.having_used(usage.clone()))?;
    Ok(Picture { bytes, usage, credit: None })
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    data: Vec<Made>,
    usage: Option<Tokens>,
}

impl Answer {
    fn usage(&self) -> Usage {
        Usage {
            input_tokens: self.usage.as_ref().and_then(|used| used.input_tokens),
            output_tokens: self.usage.as_ref().and_then(|used| used.output_tokens),
            images: u64::try_from(self.data.len()).ok(),
            requests: Some(1),
            ..Usage::default()
        }
    }
}

#[derive(Deserialize)]
struct Made {
    b64_json: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
struct Tokens {
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
}
