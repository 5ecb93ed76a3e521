//! `compatible` as a voice: servers that speak OpenAI's language, such as Kokoro. Which server it is, the call says.

use std::{ops::RangeInclusive, sync::Arc};

use async_trait::async_trait;
use engines::media::ffmpeg::Tools;
use futures_util::{FutureExt, future::BoxFuture};
use serde_json::Value;
use shared::{
    audio::{Gender, Voice},
    provider::{ModelInfo, ProviderKind},
};

use super::{Speech, SpeechProvider, SpeechRequest, audio_speech};
use crate::providers::{
    About, Access, Call, Machine, Provider, ProviderError, ProviderResult, Usage,
    http::{Api, Http},
    listing,
    vendors::compatible::{ID, NAME, REMOTE, VENDOR},
};

/// The name of a model that most such servers answer to.
const USUAL_MODEL: &str = "tts-1";

struct CompatibleSpeech {
    about: About,
    http: Http,
    tools: Result<Tools, String>,
}

/// Makes it.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn SpeechProvider>> {
    let about = About {
        notes: Some("Any server with OpenAI's `/audio/speech`: Kokoro, LocalAI, Speaches and their like.".to_owned()),
        at_once: 2,
        ..About::remote(ID, NAME, ProviderKind::Speech, REMOTE)
    };
    let provider: Arc<dyn SpeechProvider> = Arc::new(CompatibleSpeech { about, http: machine.http.clone(), tools: machine.tools.clone() });
    std::future::ready(provider).boxed()
}

#[async_trait]
impl Provider for CompatibleSpeech {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        let api = self.api(&call.access)?;
        match api.get_json::<Value>("/models").await {
            // Some have voices and no list of models.
            Err(error) if is_no_such_page(&error) => api.get_json::<Value>("/audio/voices").await.map(drop),
            models => models.map(drop),
        }
    }

    async fn models(&self, access: &Access) -> ProviderResult<Option<Vec<ModelInfo>>> {
        listing::compatible(&self.http, access, ProviderKind::Speech).await.map(Some)
    }
}

#[async_trait]
impl SpeechProvider for CompatibleSpeech {
    async fn voices(&self, access: &Access) -> ProviderResult<Vec<Voice>> {
        let api = self.api(access)?;
        match api.get_json::<Value>("/audio/voices").await {
            Ok(listed) => Ok(read_voices(&listed, &access.provider)),
            Err(error) if is_no_such_page(&error) => {
                // One that writes and does not speak has none.
                let speaks = !speaking_models(&api).await?.is_empty();
                Ok(if speaks { audio_speech::voices(&access.provider) } else { Vec::new() })
            }
            Err(error) => Err(error),
        }
    }

    fn speeds(&self, _model: Option<&str>) -> RangeInclusive<f64> {
        0.25..=4.0
    }

    async fn speak(&self, request: &SpeechRequest, call: &Call<'_>) -> ProviderResult<Speech> {
        let model = match &request.model {
            Some(model) => model.clone(),
            None => {
                let speaking = speaking_models(&self.api(&call.access)?).await?;
                // The call was begun for that question; what is spoken first is another request.
                call.operation.turn(&Usage::free()).await?;
                speaking.into_iter().next().unwrap_or_else(|| USUAL_MODEL.to_owned())
            }
        };
        let server =
            audio_speech::Server { http: &self.http, tools: self.tools.as_ref(), vendor: &VENDOR, model: &model, takes_instructions: true };
        let mut speech = server.speak(request, call).await?;
        speech.usage.model = Some(model);
        Ok(speech)
    }
}

impl CompatibleSpeech {
    fn api(&self, access: &Access) -> ProviderResult<Api> {
        self.http.api(&VENDOR, ProviderKind::Speech, access)
    }
}

/// The models of a server whose names say that they speak; some have voices and no list of models.
async fn speaking_models(api: &Api) -> ProviderResult<Vec<String>> {
    match listing::compatible_ids(api, ProviderKind::Speech).await {
        Err(error) if is_no_such_page(&error) => Ok(Vec::new()),
        listed => listed.map_err(ProviderError::before_the_work),
    }
}

fn is_no_such_page(error: &ProviderError) -> bool {
    matches!(error.details.get("status").and_then(Value::as_u64), Some(404 | 405 | 501))
}

/// The voices in a list that may have any of the usual shapes: names or objects, bare or under `voices` or `data`.
fn read_voices(listed: &Value, provider: &str) -> Vec<Voice> {
    let list = [&listed["voices"], &listed["data"], listed].into_iter().find_map(Value::as_array);
    list.into_iter().flatten().filter_map(|entry| read_voice(entry, provider)).collect()
}

fn read_voice(entry: &Value, provider: &str) -> Option<Voice> {
    let text = |names: &[&str]| names.iter().find_map(|name| entry[name].as_str()).filter(|text| !text.is_empty());
    let id = entry.as_str().or_else(|| text(&["id", "voice_id", "voice", "name"])).filter(|id| !id.is_empty())?;
    let of_kokoro = of_kokoro(id);
    let language = text(&["language", "lang", "locale", "language_code"]).or(of_kokoro.map(|(language, _)| language));
    let gender = match text(&["gender"]).map(str::to_ascii_lowercase).as_deref() {
        Some("female") => Some(Gender::Female),
        Some("male") => Some(Gender::Male),
        _ => of_kokoro.map(|(_, gender)| gender),
    };
    Some(Voice {
        id: id.to_owned(),
        name: text(&["name", "display_name"]).unwrap_or(id).to_owned(),
        provider: provider.to_owned(),
        language: language.unwrap_or("mul").replace('_', "-"),
        gender,
        preview_url: None,
    })
}

/// What the name of a voice of Kokoro says: `af_heart` is American, and a woman's.
fn of_kokoro(id: &str) -> Option<(&'static str, Gender)> {
    let mut letters = id.split_once('_')?.0.chars();
    let (language, gender) = (letters.next()?, letters.next()?);
    if letters.next().is_some() {
        return None;
    }
    let language = match language {
        'a' => "en-us",
        'b' => "en-gb",
        'e' => "es",
        'f' => "fr",
        'h' => "hi",
        'i' => "it",
        'j' => "ja",
        'p' => "pt-br",
        'z' => "zh",
        _ => return None,
    };
    match gender {
        'f' => Some((language, Gender::Female)),
        'm' => Some((language, Gender::Male)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn voices_are_read_in_any_of_the_usual_shapes() {
        let ids = |listed: &Value| read_voices(listed, "compatible-kokoro").into_iter().map(|voice| voice.id).collect::<Vec<_>>();
        assert_eq!(ids(&json!({"voices": ["af_heart", "alloy"]})), ["af_heart", "alloy"]);
        assert_eq!(
            ids(&json!({"data": [{"id": "one"}, {"voice_id": "two"}, {"name": "three"}, {"other": 1}, ""]})),
            ["one", "two", "three"]
        );
        assert_eq!(ids(&json!(["four"])), ["four"]);
        assert_eq!(ids(&json!({"error": "no"})), Vec::<String>::new());
        let voice = &read_voices(&json!({"voices": [{"id": "v", "name": "Vera", "language": "de_AT", "gender": "Female"}]}), "c")[0];
        assert_eq!((voice.name.as_str(), voice.language.as_str(), voice.gender), ("Vera", "de-AT", Some(Gender::Female)));
    }

    #[test]
    fn kokoros_names_tell_the_language() {
        assert_eq!(of_kokoro("bm_george"), Some(("en-gb", Gender::Male)));
        assert_eq!(of_kokoro("zf_xiaobei"), Some(("zh", Gender::Female)));
        for other in ["alloy", "xx_voice", "afm_x", "en_US-lessac"] {
            assert_eq!(of_kokoro(other), None, "{other}");
        }
    }
}
