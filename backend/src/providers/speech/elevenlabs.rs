//! `elevenlabs` as a voice: narrations with the time of every character.

use std::{ops::RangeInclusive, sync::Arc};

use async_trait::async_trait;
use engines::{espeak, media::ffmpeg::Tools};
use futures_util::{FutureExt, future::BoxFuture};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::{
    audio::{Gender, Voice, Word},
    language::primary,
    provider::{ModelInfo, ProviderKind},
};

use super::{
    Speech, SpeechProvider, SpeechRequest,
    parts::{Part, Parts, Spoken, not_kept, write_sound},
};
use crate::providers::{
    About, Access, Call, Machine, Provider, ProviderResult, encoding,
    http::{Http, segment},
    listing, models,
    vendors::elevenlabs::{REMOTE, VENDOR, try_key},
};

const ID: &str = "elevenlabs";
/// The best that every plan may ask for.
const FORMAT: &str = "mp3_44100_128";
/// The voice that the vendor's own examples use, for keys that may speak but not list.
const GEORGE: &str = "JBFqnCBsd6RMkjVDRZzb";
/// Voices on a page, the most that the vendor gives, and the pages that are read.
const A_PAGE: &str = "100";
const MOST_PAGES: usize = 10;

struct ElevenLabsSpeech {
    about: About,
    http: Http,
    tools: Result<Tools, String>,
}

/// Makes it; it needs ffmpeg, which reads the MP3s that come.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn SpeechProvider>> {
    let about = About {
        models: models::listed(ProviderKind::Speech, models::ELEVENLABS_SPEAKS),
        notes: Some(
            "Tells when each word is spoken. Speaks at 0.7 to 1.2 times its pace by itself: beyond, its sound is stretched.".to_owned(),
        ),
        // What the smallest plan allows; a larger one is told in the settings' limits.
        at_once: 2,
        missing: machine.tools.as_ref().err().map(|missing| format!("{}.", missing.trim_end_matches('.'))),
        ..About::remote(ID, "ElevenLabs", ProviderKind::Speech, REMOTE)
    };
    let provider: Arc<dyn SpeechProvider> = Arc::new(ElevenLabsSpeech { about, http: machine.http.clone(), tools: machine.tools.clone() });
    std::future::ready(provider).boxed()
}

/// How many characters a model takes at once; the least of all for one that is not known.
fn most_characters(model: &str) -> usize {
    match model {
        "eleven_flash_v2_5" | "eleven_turbo_v2_5" => 40_000,
        "eleven_flash_v2" | "eleven_turbo_v2" => 30_000,
        "eleven_v4" | "eleven_v4_turbo" | "eleven_multilingual_v2" => 10_000,
        _ => 5_000,
    }
}

/// Whether a model can be told the language. The others hear it by themselves, and refuse to be told.
fn takes_language(model: &str) -> bool {
    matches!(model, "eleven_flash_v2_5" | "eleven_turbo_v2_5")
}

#[async_trait]
impl Provider for ElevenLabsSpeech {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        let api = self.http.api(&VENDOR, ProviderKind::Speech, &call.access)?;
        try_key::<Page>(&api, "/v2/voices?page_size=1").await
    }

    async fn models(&self, access: &Access) -> ProviderResult<Option<Vec<ModelInfo>>> {
        listing::elevenlabs(&self.http, access).await.map(Some)
    }
}

#[async_trait]
impl SpeechProvider for ElevenLabsSpeech {
    async fn voices(&self, access: &Access) -> ProviderResult<Vec<Voice>> {
        let api = self.http.api(&VENDOR, ProviderKind::Speech, access)?;
        let (mut voices, mut next) = (Vec::new(), None::<String>);
        for _ in 0..MOST_PAGES {
            let mut ask = api.get("/v2/voices").query("page_size", A_PAGE);
            if let Some(token) = &next {
                ask = ask.query("next_page_token", token);
            }
            let page: Page = ask.send().await?.json().await?;
            voices.extend(page.voices.into_iter().map(Listed::into_voice));
            next = page.next_page_token.filter(|_| page.has_more);
            if next.is_none() {
                break;
            }
        }
        Ok(voices)
    }

    fn voice_for(&self, _language: &str, voices: &[Voice]) -> Option<String> {
        // Every voice speaks every language of a model.
        Some(voices.first().map_or(GEORGE, |voice| &voice.id).to_owned())
    }

    fn speeds(&self, _model: Option<&str>) -> RangeInclusive<f64> {
        0.7..=1.2
    }

    async fn speak(&self, request: &SpeechRequest, call: &Call<'_>) -> ProviderResult<Speech> {
        let model = request.model.as_deref().unwrap_or(&self.about.models[0].id);
        let most = most_characters(model);
        let mut parts = Parts::of(request, call, |text| text.chars().count() <= most).await?;
        while let Some(part) = parts.next().await? {
            let spoken = self.ask(request, model, &part, call).await;
            parts.spoken(part, spoken, self.tools.as_ref()).await?;
        }
        parts.join(self.tools.as_ref()).await
    }
}

impl ElevenLabsSpeech {
    async fn ask(&self, request: &SpeechRequest, model: &str, part: &Part, call: &Call<'_>) -> ProviderResult<Spoken> {
        let api = self.http.api(&VENDOR, ProviderKind::Speech, &call.access)?;
        let mut body = json!({"text": part.text, "model_id": model});
        if (request.speed - 1.0).abs() > 1e-6 {
            body["voice_settings"] = json!({"speed": request.speed});
        }
        if takes_language(model) {
            body["language_code"] = primary(&request.language).into();
        }
        let path = format!("/v1/text-to-speech/{}/with-timestamps", segment(&request.voice));
        let answer: Answer = api.post(&path).query("output_format", FORMAT).creates().json(&body).send().await?.json().await?;
        let bytes = encoding::decode(&answer.audio_base64).unwrap_or_default();
        if !write_sound(&part.file, &bytes).await.map_err(|error| not_kept(&call.access.provider, &error))? {
            return Err(api.lacks("a narration"));
        }
        let words = answer.alignment.and_then(|alignment| timed(&part.text, &alignment));
        if words.is_none() {
            tracing::info!(provider = ID, "a narration came without times that belong to its words");
        }
        Ok(Spoken { words, ..Spoken::default() })
    }
}

#[derive(Deserialize)]
struct Answer {
    audio_base64: String,
    #[serde(default)]
    alignment: Option<Alignment>,
}

/// When each character of the text is spoken.
#[derive(Deserialize)]
struct Alignment {
    characters: Vec<String>,
    character_start_times_seconds: Vec<f64>,
    character_end_times_seconds: Vec<f64>,
}

#[derive(Deserialize)]
struct Page {
    voices: Vec<Listed>,
    #[serde(default)]
    has_more: bool,
    #[serde(default)]
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    voice_id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    labels: Option<Value>,
    #[serde(default)]
    preview_url: Option<String>,
}

impl Listed {
    fn into_voice(self) -> Voice {
        let labels = self.labels.unwrap_or_default();
        let label = |name: &str| labels[name].as_str().filter(|text| !text.is_empty());
        let manner: Vec<&str> = ["accent", "description"].into_iter().filter_map(label).collect();
        let name = self.name.unwrap_or_else(|| self.voice_id.clone());
        Voice {
            name: if manner.is_empty() { name } else { format!("{name} ({})", manner.join(", ")) },
            id: self.voice_id,
            provider: ID.to_owned(),
            language: "mul".to_owned(),
            gender: match label("gender") {
                Some("female") => Some(Gender::Female),
                Some("male") => Some(Gender::Male),
                Some("neutral" | "non-binary") => Some(Gender::Neutral),
                _ => None,
            },
            preview_url: self.preview_url.filter(|url| url.starts_with("https://")),
        }
    }
}

/// When each word of a text is spoken, by its characters; none where they are not those of the text.
fn timed(text: &str, alignment: &Alignment) -> Option<Vec<Word>> {
    let (starts, ends) = (&alignment.character_start_times_seconds, &alignment.character_end_times_seconds);
    let times = starts.iter().zip(ends).filter(|(start, end)| start.is_finite() && end.is_finite());
    let said = alignment.characters.iter().zip(times);
    let said: Vec<(char, f64, f64)> = said
        .flat_map(|(characters, (start, end))| characters.chars().map(move |c| (c, *start, *end)))
        .filter(|(c, ..)| !c.is_whitespace())
        .collect();
    let written = || text.chars().filter(|c| !c.is_whitespace());
    if !written().eq(said.iter().map(|(c, ..)| *c)) {
        return None;
    }
    let mut before = 0;
    let mut words = Vec::new();
    for range in espeak::words_of(text) {
        let word = &text[range];
        let count = word.chars().filter(|c| !c.is_whitespace()).count();
        let times = said.get(before..before + count)?;
        before += count;
        let (start, end) = (times.first()?.1.max(0.0), times.last()?.2);
        words.push(Word { text: word.to_owned(), start_seconds: start, end_seconds: end.max(start) });
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alignment(text: &str) -> Alignment {
        let characters: Vec<String> = text.chars().map(String::from).collect();
        let at = |index: usize| f64::from(u32::try_from(index).unwrap()) / 10.0;
        Alignment {
            character_start_times_seconds: (0..characters.len()).map(at).collect(),
            character_end_times_seconds: (1..=characters.len()).map(at).collect(),
            characters,
        }
    }

    #[test]
    fn the_times_of_characters_are_those_of_words() {
        let said = "Four score — and\nmore.";
        let words = timed(said, &alignment(said)).unwrap();
        let of = |word: &Word| (word.text.clone(), (word.start_seconds * 10.0).round() as i32, (word.end_seconds * 10.0).round() as i32);
        let expected = [("Four", 0, 4), ("score —", 5, 12), ("and", 13, 16), ("more.", 17, 22)];
        assert_eq!(words.iter().map(of).collect::<Vec<_>>(), expected.map(|(text, start, end)| (text.to_owned(), start, end)));
        // White space may differ, words may not.
        assert_eq!(timed("Four score", &alignment(" Four  score ")).unwrap().len(), 2);
        assert!(timed("4 score", &alignment("four score")).is_none());
        let mut short = alignment("Four score");
        short.character_end_times_seconds.pop();
        assert!(timed("Four score", &short).is_none());
        let chinese = timed("自由，平等。", &alignment("自由，平等。")).unwrap();
        assert_eq!(chinese.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["自", "由，", "平", "等。"]);
    }
}
