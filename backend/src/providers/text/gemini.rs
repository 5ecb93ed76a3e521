//! `gemini`: Google's models, by `generateContent` and `streamGenerateContent`.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{FutureExt, future::BoxFuture};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::provider::{ModelInfo, ProviderKind};

use super::{Ending, LanguageModel, Prompt, ScriptProvider, Told};
use crate::providers::{
    About, Call, Kind, Machine, Provider, ProviderError, ProviderResult, Usage,
    http::{Api, Http, segment},
    vendors::google,
};

const MODELS: [(&str, &str); 4] = [
    ("gemini-3.8-flash", "Gemini 3.8 Flash"),
    ("gemini-3.5-flash-lite", "Gemini 3.5 Flash Lite"),
    ("gemini-3.5-flash", "Gemini 3.5 Flash"),
    ("gemini-3.1-pro-preview", "Gemini 3.1 Pro"),
];

struct Gemini {
    about: About,
    http: Http,
}

/// Makes it.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn ScriptProvider>> {
    let model = |(id, name): (&str, &str)| ModelInfo::new(id, name, ProviderKind::Script);
    let about = About {
        id: "gemini",
        name: "Gemini",
        kind: ProviderKind::Script,
        built_in: false,
        remote: Some(google::REMOTE),
        models: MODELS.map(model).into(),
        options: Vec::new(),
        notes: None,
        at_once: 4,
        a_minute: None,
        missing: None,
    };
    let provider: Arc<dyn ScriptProvider> = Arc::new(Gemini { about, http: machine.http.clone() });
    std::future::ready(provider).boxed()
}

/// A part of a streamed answer, or a whole one.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Chunk {
    candidates: Vec<Candidate>,
    prompt_feedback: Value,
    usage_metadata: Option<Metadata>,
    model_version: Option<String>,
    error: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Candidate {
    content: Content,
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Content {
    parts: Vec<Part>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Part {
    text: String,
    /// Thinking, which is no part of the answer.
    thought: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    prompt_token_count: u64,
    candidates_token_count: u64,
    thoughts_token_count: u64,
}

#[async_trait]
impl Provider for Gemini {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        let api = self.api(call)?;
        let path = format!("{}/models", google::version(call.access.base_url.as_deref()));
        let listed: Value = api.get(&path).query("pageSize", "1").send().await?.json().await?;
        if listed["models"].is_array() { Ok(()) } else { Err(api.lacks("its models")) }
    }
}

impl ScriptProvider for Gemini {
    fn model(&self) -> Option<&dyn LanguageModel> {
        Some(self)
    }
}

impl Gemini {
    fn api(&self, call: &Call<'_>) -> ProviderResult<Api> {
        self.http.api(&google::VENDOR, ProviderKind::Script, &call.access)
    }
}

fn body(prompt: &Prompt, model: &str) -> Value {
    let role = |turn: usize| if turn.is_multiple_of(2) { "user" } else { "model" };
    let turns = prompt.turns.iter().enumerate();
    let contents: Vec<Value> = turns.map(|(turn, text)| json!({"role": role(turn), "parts": [{"text": text}]})).collect();
    let mut config = json!({
        "responseMimeType": "application/json",
        "responseJsonSchema": prompt.schema,
        "maxOutputTokens": prompt.max_tokens,
    });
    // The 2.5 family counts its thinking in tokens and does not know levels.
    if !model.contains("2.5") {
        config["thinkingConfig"] = json!({"thinkingLevel": "LOW"});
    }
    json!({"systemInstruction": {"parts": [{"text": prompt.system}]}, "contents": contents, "generationConfig": config})
}

#[async_trait]
impl LanguageModel for Gemini {
    async fn answer(&self, prompt: &Prompt, call: &Call<'_>, told: &mut Told<'_>) -> ProviderResult<(Ending, Usage)> {
        let api = self.api(call)?;
        let model = prompt.model.as_deref().unwrap_or(MODELS[0].0);
        // Google's own lists name them `models/…`.
        let model = model.strip_prefix("models/").unwrap_or(model);
        let version = google::version(call.access.base_url.as_deref());
        let path = format!("{version}/models/{}", segment(model));
        let ask = match prompt.streamed {
            true => api.post(&format!("{path}:streamGenerateContent")).query("alt", "sse"),
            false => api.post(&format!("{path}:generateContent")),
        };
        let mut events = ask.json(&body(prompt, model)).creates().send().await?.events().await?;
        let (mut usage, mut ending) = (Usage { model: Some(model.to_owned()), ..Usage::default() }, None);
        while let Some(chunk) = events.next_json::<Chunk>().await? {
            if let Some(error) = chunk.error {
                return Err(api.refused(200, &json!({ "error": error })));
            }
            if let Some(counts) = chunk.usage_metadata {
                usage.input_tokens = Some(counts.prompt_token_count);
                usage.output_tokens = Some(counts.candidates_token_count + counts.thoughts_token_count);
            }
            usage.model = chunk.model_version.or(usage.model);
            if let Some(reason) = chunk.prompt_feedback["blockReason"].as_str() {
                return Err(api.rejected(&format!("the prompt was blocked ({reason})")).having_used(usage));
            }
            let Some(candidate) = chunk.candidates.into_iter().next() else { continue };
            candidate.content.parts.iter().filter(|part| !part.thought).for_each(|part| told(&part.text));
            if let Some(reason) = candidate.finish_reason {
                ending = Some(ending_of(&api, &reason).map_err(|error| error.having_used(usage.clone()))?);
            }
        }
        ending.map(|ending| (ending, usage)).ok_or_else(|| events.broke_off())
    }
}

/// Reasons that are not known are failures too.
fn ending_of(api: &Api, reason: &str) -> Result<Ending, ProviderError> {
    match reason {
        "STOP" => Ok(Ending::Complete),
        "MAX_TOKENS" => Ok(Ending::CutOff),
        "SAFETY" | "RECITATION" | "LANGUAGE" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" => {
            Err(api.rejected(&format!("the answer was blocked ({reason})")))
        }
        _ => Err(api.error(Kind::BadResponse, format!("{} stopped for a reason of its own ({}).", api.name(), api.quote(reason)))),
    }
}
