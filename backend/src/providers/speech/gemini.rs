//! `gemini` as a voice: Google's speech models, by `generateContent`.

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use engines::media::{
    ffmpeg::Tools,
    wav::{self, Samples},
};
use futures_util::{FutureExt, future::BoxFuture};
use serde_json::{Value, json};
use shared::{
    audio::{Gender, Voice},
    pace,
    provider::{ModelInfo, ProviderKind},
};

use super::{
    Speech, SpeechProvider, SpeechRequest,
    parts::{Part, Parts, Spoken, not_kept, write_sound},
};
use crate::providers::{
    About, Access, Call, Kind, Machine, Provider, ProviderResult, Usage, encoding,
    http::{Api, Http},
    listing, models,
    vendors::google::{self, Blob, Finish, Generated},
};

const ID: &str = "gemini";
/// The longest sound that is asked for at once, in seconds at a narrator's pace: an answer comes in one piece once all of it is
/// spoken, which some voices take their time for, and it must begin within two minutes.
const LONGEST: f64 = 90.0;

/// A voice that every model has: its name, how it sounds, and whose it is.
type Prebuilt = (&'static str, &'static str, Gender);

/// The voices that every model has, the one that is chosen first.
const VOICES: [Prebuilt; 30] = [
    ("Kore", "firm", Gender::Female),
    ("Charon", "informative", Gender::Male),
    ("Sulafat", "warm", Gender::Female),
    ("Achernar", "soft", Gender::Female),
    ("Achird", "friendly", Gender::Male),
    ("Algenib", "gravelly", Gender::Male),
    ("Algieba", "smooth", Gender::Male),
    ("Alnilam", "firm", Gender::Male),
    ("Aoede", "breezy", Gender::Female),
    ("Autonoe", "bright", Gender::Female),
    ("Callirrhoe", "easy-going", Gender::Female),
    ("Despina", "smooth", Gender::Female),
    ("Enceladus", "breathy", Gender::Male),
    ("Erinome", "clear", Gender::Female),
    ("Fenrir", "excitable", Gender::Male),
    ("Gacrux", "mature", Gender::Female),
    ("Iapetus", "clear", Gender::Male),
    ("Laomedeia", "upbeat", Gender::Female),
    ("Leda", "youthful", Gender::Female),
    ("Orus", "firm", Gender::Male),
    ("Puck", "upbeat", Gender::Male),
    ("Pulcherrima", "forward", Gender::Female),
    ("Rasalgethi", "informative", Gender::Male),
    ("Sadachbia", "lively", Gender::Male),
    ("Sadaltager", "knowledgeable", Gender::Male),
    ("Schedar", "even", Gender::Male),
    ("Umbriel", "easy-going", Gender::Male),
    ("Vindemiatrix", "gentle", Gender::Female),
    ("Zephyr", "bright", Gender::Female),
    ("Zubenelgenubi", "casual", Gender::Male),
];

struct GeminiSpeech {
    about: About,
    http: Http,
    tools: Result<Tools, String>,
}

/// Makes it.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn SpeechProvider>> {
    let about = About {
        models: models::listed(ProviderKind::Speech, models::GEMINI_SPEAKS),
        notes: Some("Speaks in the style that it is told. It has one pace: at other speeds its sound is stretched.".to_owned()),
        ..About::remote(ID, "Gemini", ProviderKind::Speech, google::REMOTE)
    };
    let provider: Arc<dyn SpeechProvider> = Arc::new(GeminiSpeech { about, http: machine.http.clone(), tools: machine.tools.clone() });
    std::future::ready(provider).boxed()
}

#[async_trait]
impl Provider for GeminiSpeech {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        let api = self.http.api(&google::VENDOR, ProviderKind::Speech, &call.access)?;
        google::try_key(&api, call.access.base_url.as_deref()).await
    }

    async fn models(&self, access: &Access) -> ProviderResult<Option<Vec<ModelInfo>>> {
        listing::google(&self.http, access, ProviderKind::Speech).await.map(Some)
    }
}

#[async_trait]
impl SpeechProvider for GeminiSpeech {
    async fn voices(&self, _access: &Access) -> ProviderResult<Vec<Voice>> {
        let voice = |(name, manner, gender): Prebuilt| Voice {
            id: name.to_owned(),
            name: format!("{name} ({manner})"),
            provider: ID.to_owned(),
            language: "mul".to_owned(),
            gender: Some(gender),
            preview_url: None,
        };
        Ok(VOICES.into_iter().map(voice).collect())
    }

    async fn speak(&self, request: &SpeechRequest, call: &Call<'_>) -> ProviderResult<Speech> {
        let fits = |text: &str| pace::speech_seconds(text, &request.language, 1.0) <= LONGEST;
        let mut parts = Parts::of(request, call, fits).await?;
        while let Some(part) = parts.next().await? {
            let spoken = self.ask(request, &part, call).await;
            parts.spoken(part, spoken, self.tools.as_ref()).await?;
        }
        parts.join(self.tools.as_ref()).await
    }
}

impl GeminiSpeech {
    async fn ask(&self, request: &SpeechRequest, part: &Part, call: &Call<'_>) -> ProviderResult<Spoken> {
        let api = self.http.api(&google::VENDOR, ProviderKind::Speech, &call.access)?;
        let model = google::bare(request.model.as_deref().unwrap_or(&self.about.models[0].id));
        let path = google::path(call.access.base_url.as_deref(), model, "generateContent");
        let answer = api.post(&path).creates().json(&body(request, model, &part.text)).send().await?.json().await?;
        read(&api, &call.access.provider, answer, &part.file).await
    }
}

/// The request. From 3.8 on the text is spoken as it stands and the style is told beside it; before, the style stood
/// before the text.
fn body(request: &SpeechRequest, model: &str, text: &str) -> Value {
    let (part, voice) = if is_verbatim(model) {
        let mut part = json!({"text": text});
        if let Some(style) = &request.style {
            part["speechMetadata"] = json!({"style": style});
        }
        (part, json!({"voice": request.voice}))
    } else {
        let said = request.style.as_ref().map_or_else(|| text.to_owned(), |style| format!("Read aloud, {style}:\n{text}"));
        (json!({"text": said}), json!({"prebuiltVoiceConfig": {"voiceName": request.voice}}))
    };
    json!({
        "contents": [{"role": "user", "parts": [part]}],
        "generationConfig": {"responseModalities": ["AUDIO"], "speechConfig": {"voiceConfig": voice}},
    })
}

/// Whether a model is of 3.8 or later; a name that does not tell is that of a newer one.
fn is_verbatim(model: &str) -> bool {
    let Some(rest) = model.strip_prefix("gemini-") else { return true };
    let number: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let (major, minor) = number.split_once('.').unwrap_or((&number, "0"));
    match (major.parse::<u32>(), minor.parse::<u32>()) {
        (Ok(major), Ok(minor)) => (major, minor) >= (3, 8),
        _ => true,
    }
}

/// Writes the sound of an answer, and tells what it took.
async fn read(api: &Api, provider: &str, answer: Generated, file: &Path) -> ProviderResult<Spoken> {
    let usage = answer.usage(Usage::default());
    if let Some(refusal) = answer.refusal(api) {
        return Err(refusal);
    }
    let failed = match answer.finish() {
        None | Some(Finish::Complete) => None,
        Some(Finish::Refused { reason, words }) => {
            Some(google::blocked(api, &reason, Some(words.as_deref().unwrap_or("it will not speak these words"))))
        }
        Some(Finish::CutOff) => Some(api.error(Kind::BadResponse, format!("{} broke off before the end of the narration.", api.name()))),
        Some(Finish::Other(reason)) => {
            Some(api.error(Kind::BadResponse, format!("{} ended without a narration ({}).", api.name(), api.quote(&reason))))
        }
    };
    if let Some(error) = failed {
        return Err(error.having_used(usage));
    }
    let Some(blob) = answer.parts().find_map(|part| part.inline_data.as_ref()) else {
        return Err(api.lacks("a narration").having_used(usage));
    };
    match write(blob, file).await.map_err(|error| not_kept(provider, &error).having_used(usage.clone()))? {
        true => Ok(Spoken { words: None, usage }),
        false => Err(api.lacks("a sound that can be read").having_used(usage)),
    }
}

/// Writes the bytes that came: a whole file as it is, headerless samples with a head. False where they are neither.
async fn write(blob: &Blob, file: &Path) -> std::io::Result<bool> {
    let Some(bytes) = encoding::decode(&blob.data) else { return Ok(false) };
    let mime = blob.mime_type.to_ascii_lowercase();
    if write_sound(file, &bytes).await? {
        return Ok(true);
    }
    if !(mime.starts_with("audio/l16") || mime.starts_with("audio/pcm")) || bytes.is_empty() {
        return Ok(false);
    }
    let number = |name: &str| {
        let wanted = mime.split(';').filter_map(|parameter| parameter.trim().split_once('=')).find(|(key, _)| *key == name);
        wanted.and_then(|(_, value)| value.trim().parse::<u32>().ok())
    };
    let rate = number("rate").filter(|rate| (4000..=192_000).contains(rate)).unwrap_or(24_000);
    let channels = number("channels").and_then(|count| u16::try_from(count).ok()).filter(|count| (1..=2).contains(count)).unwrap_or(1);
    let (raw, to) = (file.with_extension("raw"), file.to_owned());
    let joined = tokio::task::spawn_blocking(move || {
        std::fs::write(&raw, bytes)?;
        let joined = wav::join(&[Samples::of_raw(&raw, rate, channels)?], &[], &to)?;
        std::fs::remove_file(&raw)?;
        std::io::Result::Ok(joined)
    });
    Ok(joined.await.map_err(std::io::Error::other)??.is_some())
}
