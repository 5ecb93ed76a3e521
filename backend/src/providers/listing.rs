//! Models as their vendors list them. Most lists mix everything that a vendor has, so that what a model makes is told by
//! its name; what no name tells is left to the user, who may type any id.
//!
//! An adapter says `listing::google(&self.http, access, ProviderKind::Image).await.map(Some)` in its `models`.

use std::time::Duration;

use serde::Deserialize;
use shared::provider::{ModelInfo, ProviderKind};

use super::{
    Access, ProviderResult,
    http::{Api, Http, Limits},
    vendors::{anthropic, compatible, elevenlabs, google, openai},
};

/// How long a list may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many pages of a list are read.
const MOST_PAGES: usize = 10;

#[derive(Deserialize)]
struct OpenAi {
    data: Vec<OpenAiModel>,
}

#[derive(Deserialize)]
struct OpenAiModel {
    id: String,
    #[serde(default)]
    created: Option<f64>,
    /// `2027-01-06`.
    #[serde(default)]
    shutdown_date: Option<String>,
    /// Anthropic's.
    #[serde(default)]
    display_name: Option<String>,
}

impl OpenAiModel {
    fn info(self, kind: ProviderKind) -> ModelInfo {
        let info = ModelInfo::new(self.id.clone(), self.display_name.unwrap_or(self.id), kind);
        match self.shutdown_date {
            Some(date) if !date.is_empty() => info.noted(format!("Switched off on {date}.")),
            _ => info,
        }
    }
}

/// OpenAI's, the newest first, with a note on those that are being switched off.
pub async fn openai(http: &Http, access: &Access, kind: ProviderKind) -> ProviderResult<Vec<ModelInfo>> {
    let api = http.api_within(&openai::VENDOR, Limits::glance(PATIENCE), access)?;
    let mut listed: OpenAi = api.get_json("/models").await?;
    listed.data.retain(|model| made_by_openai(&model.id) == Some(kind));
    listed.data.sort_by(|a, b| b.created.unwrap_or_default().total_cmp(&a.created.unwrap_or_default()));
    Ok(listed.data.into_iter().map(|model| model.info(kind)).collect())
}

/// What a model of OpenAI's makes; none where that is nothing that the studio asks for.
fn made_by_openai(id: &str) -> Option<ProviderKind> {
    let has = |words: &[&str]| words.iter().any(|word| id.contains(word));
    if has(&["transcribe", "whisper", "realtime", "embedding", "moderation", "search", "audio", "instruct", "codex", "computer-use"]) {
        return None;
    }
    if has(&["tts"]) {
        return Some(ProviderKind::Speech);
    }
    if has(&["image", "dall-e"]) {
        return Some(ProviderKind::Image);
    }
    if has(&["sora"]) {
        return Some(ProviderKind::Video);
    }
    let of_series_o = id.strip_prefix('o').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    (id.starts_with("gpt-") || id.starts_with("chatgpt") || of_series_o).then_some(ProviderKind::Script)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Google {
    #[serde(default)]
    models: Vec<GoogleModel>,
    #[serde(default)]
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GoogleModel {
    /// `models/gemini-3.8-flash`.
    name: String,
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    supported_generation_methods: Vec<String>,
}

/// Google's.
pub async fn google(http: &Http, access: &Access, kind: ProviderKind) -> ProviderResult<Vec<ModelInfo>> {
    let api = http.api_within(&google::VENDOR, Limits::glance(PATIENCE), access)?;
    let path = format!("{}/models", google::version(access.base_url.as_deref()));
    let (mut models, mut page) = (Vec::new(), None::<String>);
    for _ in 0..MOST_PAGES {
        let mut ask = api.get(&path).query("pageSize", "1000");
        if let Some(token) = &page {
            ask = ask.query("pageToken", token);
        }
        let listed: Google = ask.send().await?.json().await?;
        models.extend(listed.models);
        page = listed.next_page_token.filter(|token| !token.is_empty());
        if page.is_none() {
            break;
        }
    }
    let info = |model: GoogleModel| {
        let id = model.name.strip_prefix("models/").unwrap_or(&model.name).to_owned();
        let generates = model.supported_generation_methods.iter().any(|method| method == "generateContent");
        (made_by_google(&id, generates) == Some(kind)).then(|| ModelInfo::new(id.clone(), model.display_name.unwrap_or(id), kind))
    };
    Ok(models.into_iter().filter_map(info).collect())
}

/// What a model of Google's makes; films are asked for in another way than everything else.
fn made_by_google(id: &str, generates: bool) -> Option<ProviderKind> {
    let has = |words: &[&str]| words.iter().any(|word| id.contains(word));
    if has(&["omni"]) {
        return Some(ProviderKind::Video);
    }
    let other = ["embedding", "live", "native-audio", "robotics", "computer-use", "aqa", "veo", "imagen", "lyria", "transl", "research"];
    if !generates || has(&other) {
        return None;
    }
    if has(&["tts"]) {
        return Some(ProviderKind::Speech);
    }
    if has(&["image", "nano-banana"]) {
        return Some(ProviderKind::Image);
    }
    Some(ProviderKind::Script)
}

/// Anthropic's, the newest first, as they are listed.
pub async fn anthropic(http: &Http, access: &Access) -> ProviderResult<Vec<ModelInfo>> {
    let api = http.api_within(&anthropic::VENDOR, Limits::glance(PATIENCE), access)?;
    let listed: OpenAi = api.get("/v1/models").query("limit", "1000").send().await?.json().await?;
    Ok(listed.data.into_iter().map(|model| model.info(ProviderKind::Script)).collect())
}

#[derive(Deserialize)]
struct ElevenLabsModel {
    model_id: String,
    name: String,
    #[serde(default)]
    can_do_text_to_speech: bool,
}

/// ElevenLabs' models that speak.
pub async fn elevenlabs(http: &Http, access: &Access) -> ProviderResult<Vec<ModelInfo>> {
    let api = http.api_within(&elevenlabs::VENDOR, Limits::glance(PATIENCE), access)?;
    let listed: Vec<ElevenLabsModel> = api.get_json("/v1/models").await?;
    let speaks = listed.into_iter().filter(|model| model.can_do_text_to_speech);
    Ok(speaks.map(|model| ModelInfo::new(model.model_id, model.name, ProviderKind::Speech)).collect())
}

/// Those of a server that speaks OpenAI's language: it lists whatever it has, and says not what each is for.
pub async fn compatible(http: &Http, access: &Access, kind: ProviderKind) -> ProviderResult<Vec<ModelInfo>> {
    let api = http.api_within(&compatible::VENDOR, Limits::glance(PATIENCE), access)?;
    Ok(of_compatible(&api, kind).await?.into_iter().map(|model| model.info(kind)).collect())
}

/// The ids of those, within the work that they are for.
pub async fn compatible_ids(api: &Api, kind: ProviderKind) -> ProviderResult<Vec<String>> {
    Ok(of_compatible(api, kind).await?.into_iter().map(|model| model.id).collect())
}

async fn of_compatible(api: &Api, kind: ProviderKind) -> ProviderResult<Vec<OpenAiModel>> {
    let mut listed: OpenAi = api.get_json("/models").await?;
    listed.data.retain(|model| made_by_compatible(&model.id) == Some(kind));
    Ok(listed.data)
}

/// What the names of models that speak have in them.
const SPEAKING: [&str; 14] =
    ["tts", "kokoro", "speech", "piper", "orpheus", "chatterbox", "bark", "parler", "dia-", "csm", "vibevoice", "f5-", "voxtral", "melo"];

/// What a model of a local server most likely makes: what does not look like something else writes.
fn made_by_compatible(id: &str) -> Option<ProviderKind> {
    let id = id.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| id.contains(word));
    if has(&["embed", "whisper", "rerank", "transcribe", "moderation", "bge-"]) {
        None
    } else if has(&SPEAKING) {
        Some(ProviderKind::Speech)
    } else if has(&["diffusion", "flux", "sdxl", "dall-e", "gpt-image"]) {
        Some(ProviderKind::Image)
    } else {
        Some(ProviderKind::Script)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_model_makes_is_told_by_its_name() {
        use ProviderKind::{Image, Script, Speech, Video};
        for (id, kind) in [
            ("gpt-6.2-astra", Some(Script)),
            ("o3", Some(Script)),
            ("gpt-4o-mini-tts", Some(Speech)),
            ("tts-1-hd", Some(Speech)),
            ("gpt-image-2.6-flare", Some(Image)),
            ("chatgpt-image-latest", Some(Image)),
            ("sora-2", Some(Video)),
            ("gpt-realtime-2.1-mini", None),
            ("gpt-4o-transcribe", None),
            ("omni-moderation-latest", None),
            ("text-embedding-3-large", None),
        ] {
            assert_eq!(made_by_openai(id), kind, "{id}");
        }
        for (id, generates, kind) in [
            ("gemini-3.8-flash", true, Some(Script)),
            ("gemini-pro-latest", true, Some(Script)),
            ("gemini-3.8-flash-tts", true, Some(Speech)),
            ("gemini-3.1-flash-image", true, Some(Image)),
            ("gemini-nano-banana-2.1", true, Some(Image)),
            ("gemini-omni-1.2-flash", false, Some(Video)),
            ("gemini-embedding-2", false, None),
            ("gemini-3.5-flash-native-audio", true, None),
            ("veo-3.1-generate", false, None),
        ] {
            assert_eq!(made_by_google(id, generates), kind, "{id}");
        }
        for (id, kind) in [
            ("llama3.2:3b", Some(Script)),
            ("openai/gpt-oss-20b", Some(Script)),
            ("Kokoro-82M", Some(Speech)),
            ("tts-1", Some(Speech)),
            ("gemma-3-12b-it", Some(Script)),
            ("stable-diffusion-xl", Some(Image)),
            ("text-embedding-nomic-embed-text-v1.5", None),
            ("whisper-1", None),
        ] {
            assert_eq!(made_by_compatible(id), kind, "{id}");
        }
    }
}
