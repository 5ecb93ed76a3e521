//! `/audio/speech`, as OpenAI made it and local servers speak it: what its adapters share.

use engines::media::ffmpeg::Tools;
use serde_json::{Value, json};
use shared::{audio::Voice, provider::ProviderKind};

use super::{
    Speech, SpeechRequest,
    parts::{Parts, Spoken},
};
use crate::providers::{
    Call, ProviderResult,
    http::{Http, Media},
    vendors::Vendor,
};

/// The most characters that are taken at once.
const MOST_CHARACTERS: usize = 4096;
/// The most tokens that OpenAI's newer models take at once, less some room.
const MOST_TOKENS: f64 = 1800.0;

/// The voices of OpenAI's models, the one that is chosen first; the names are known to most local servers too.
const VOICES: [(&str, &str); 13] = [
    ("nova", "Nova"),
    ("alloy", "Alloy"),
    ("ash", "Ash"),
    ("ballad", "Ballad"),
    ("cedar", "Cedar"),
    ("coral", "Coral"),
    ("echo", "Echo"),
    ("fable", "Fable"),
    ("marin", "Marin"),
    ("onyx", "Onyx"),
    ("sage", "Sage"),
    ("shimmer", "Shimmer"),
    ("verse", "Verse"),
];

/// OpenAI's voices, as those of a provider.
pub fn voices(provider: &str) -> Vec<Voice> {
    let voice = |(id, name): (&str, &str)| Voice {
        id: id.to_owned(),
        name: name.to_owned(),
        provider: provider.to_owned(),
        language: "mul".to_owned(),
        gender: None,
        preview_url: None,
    };
    VOICES.into_iter().map(voice).collect()
}

/// A server that is asked.
pub struct Server<'a> {
    /// What speaks HTTP.
    pub http: &'a Http,
    /// What reads sounds.
    pub tools: Result<&'a Tools, &'a String>,
    /// How it tells errors.
    pub vendor: &'static Vendor,
    /// Its model.
    pub model: &'a str,
    /// Whether the model can be told how to sound.
    pub takes_instructions: bool,
}

impl Server<'_> {
    /// Speaks. WAV is asked for, which needs no other program to be read; what comes is told by its content.
    pub async fn speak(&self, request: &SpeechRequest, call: &Call<'_>) -> ProviderResult<Speech> {
        let fits = |text: &str| text.chars().count() <= MOST_CHARACTERS && tokens(text) <= MOST_TOKENS;
        let mut parts = Parts::of(request, call, fits).await?;
        while let Some(part) = parts.next().await? {
            let api = self.http.api(self.vendor, ProviderKind::Speech, &call.access)?;
            let body = self.body(request, &part.text);
            let spoken = match api.post("/audio/speech").creates().json(&body).send().await {
                Ok(answer) => answer.save(&part.file, Media::Sound).await,
                Err(error) => Err(error),
            };
            parts.spoken(part, spoken.map(|()| Spoken::default()), self.tools).await?;
        }
        parts.join(self.tools).await
    }

    fn body(&self, request: &SpeechRequest, text: &str) -> Value {
        let mut body = json!({"model": self.model, "voice": request.voice, "input": text, "response_format": "wav"});
        if (request.speed - 1.0).abs() > 1e-6 {
            body["speed"] = request.speed.into();
        }
        if let Some(style) = request.style.as_ref().filter(|_| self.takes_instructions) {
            body["instructions"] = style.as_str().into();
        }
        body
    }
}

/// About how many tokens a text has, on the safe side: four Latin letters are one, and so is every other character.
fn tokens(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 0.3 } else { 1.0 }).sum()
}
