//! `compatible`: any server that speaks OpenAI's chat completions, or nearly (Ollama, LM Studio, llama.cpp, vLLM,
//! OpenRouter). It is sent the least that all of them understand.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{FutureExt, future::BoxFuture};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::provider::{ModelInfo, ProviderKind};

use super::{Ending, LanguageModel, Prompt, ScriptProvider, Told};
use crate::providers::{
    About, Access, Call, Kind, Machine, Provider, ProviderError, ProviderResult, Usage,
    http::{Answer, Api, Http},
    listing,
    vendors::compatible,
};

struct Compatible {
    about: About,
    http: Http,
}

/// Makes it.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn ScriptProvider>> {
    let about = About {
        notes: Some("Ollama, LM Studio, llama.cpp, LocalAI, vLLM, OpenRouter: the address ends in `/v1`.".to_owned()),
        at_once: 1,
        ..About::remote(compatible::ID, compatible::NAME, ProviderKind::Script, compatible::REMOTE)
    };
    let provider: Arc<dyn ScriptProvider> = Arc::new(Compatible { about, http: machine.http.clone() });
    std::future::ready(provider).boxed()
}

/// A part of a streamed answer, or a whole one: some servers do not stream although they are asked to.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Chunk {
    choices: Vec<Choice>,
    usage: Option<Counts>,
    error: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Choice {
    delta: Option<Message>,
    /// Of an answer in one piece.
    message: Option<Message>,
    finish_reason: Option<String>,
    /// Why it ended, where that is an error.
    error: Option<Value>,
}

/// What models think (`reasoning`, `reasoning_content`) is no part of the answer.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Message {
    content: Option<String>,
    refusal: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Counts {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    /// OpenRouter tells what it takes, in US dollars.
    cost: Option<f64>,
}

impl Compatible {
    fn api(&self, call: &Call<'_>) -> ProviderResult<Api> {
        self.http.api(&compatible::VENDOR, ProviderKind::Script, &call.access)
    }

    /// Where nobody says which model: the first that the server lists, and that is one that writes.
    async fn first_model(api: &Api) -> ProviderResult<String> {
        let ids = listing::compatible_ids(api, ProviderKind::Script).await.map_err(ProviderError::before_the_work)?;
        ids.into_iter().next().ok_or_else(|| {
            api.error(Kind::NotConfigured, format!("{} has no model; load one there, or name one in the settings.", api.name()))
        })
    }
}

#[async_trait]
impl Provider for Compatible {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        Self::first_model(&self.api(call)?).await.map(drop)
    }

    async fn models(&self, access: &Access) -> ProviderResult<Option<Vec<ModelInfo>>> {
        listing::compatible(&self.http, access, ProviderKind::Script).await.map(Some)
    }
}

impl ScriptProvider for Compatible {
    fn model(&self) -> Option<&dyn LanguageModel> {
        Some(self)
    }
}

/// The fields that a server can do without, and the words by which one says that it does not take them. The prompt describes
/// the shape of the answer too, and what comes is held against it; what was used is then unknown.
const DISPENSABLE: [(&str, &[&str]); 3] = [
    ("stream_options", &["stream_options", "include_usage"]),
    ("response_format", &["response_format", "json_schema", "grammar", "structured output"]),
    (ROOM, &[ROOM]),
];
/// How much may be written; and what OpenAI's reasoning models, which refuse it under that name, call it.
const ROOM: &str = "max_tokens";
const NEWER_ROOM: &str = "max_completion_tokens";

/// The field of a request that was refused for it.
fn refused_field(error: &ProviderError, body: &Value) -> Option<&'static str> {
    let reason = reason_of(error);
    let told = |words: &[&str]| words.iter().any(|word| reason.contains(word));
    // Where it was used up, the work was done, and maybe paid for.
    let used_up = reason.contains("was reached") || reason.contains("higher max_tokens");
    let refused = DISPENSABLE.into_iter().find(|(field, words)| body.get(field).is_some() && told(words) && !(*field == ROOM && used_up));
    refused.map(|(field, _)| field).filter(|_| error.kind == Kind::Rejected)
}

/// Why a server refuses, in small letters.
fn reason_of(error: &ProviderError) -> String {
    error.details.get("reason").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase()
}

/// Asks, and where a field is refused that can be done without, again without it: what was refused is not paid for.
async fn ask<'a>(api: &'a Api, body: &mut Value, call: &Call<'_>) -> ProviderResult<Answer<'a>> {
    loop {
        let error = match api.post("/chat/completions").json(body).creates().send().await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let Some(field) = refused_field(&error, body) else { return Err(error) };
        tracing::info!(provider = error.provider, reason = error.message, field, "a server does not take a field; asking without it");
        let value = body.as_object_mut().and_then(|fields| fields.remove(field));
        // Not where it is only too much: then there is as much room as there is.
        let reason = reason_of(&error);
        if field == ROOM && reason.contains(NEWER_ROOM) && reason.contains("support") {
            body[NEWER_ROOM] = value.unwrap_or_default();
        }
        next_request(call).await?;
    }
}

/// One answer needs another request. What the answers before have used is not known here.
async fn next_request(call: &Call<'_>) -> ProviderResult<()> {
    call.operation.turn(&Usage::default()).await
}

#[async_trait]
impl LanguageModel for Compatible {
    async fn answer(&self, prompt: &Prompt, call: &Call<'_>, told: &mut Told<'_>) -> ProviderResult<(Ending, Usage)> {
        let api = self.api(call)?;
        let model = match &prompt.model {
            Some(model) => model.clone(),
            None => {
                let model = Self::first_model(&api).await?;
                next_request(call).await?;
                model
            }
        };
        let mut messages = vec![json!({"role": "system", "content": prompt.system})];
        messages.extend(prompt.messages());
        let mut body = json!({
            "model": model,
            "messages": messages,
            "response_format": {"type": "json_schema", "json_schema": {"name": prompt.schema_name, "schema": prompt.schema}},
            "max_tokens": prompt.max_tokens,
        });
        if prompt.streamed {
            body["stream"] = json!(true);
            if call.access.key.is_some() {
                // A stream tells what it took only where it is asked to, and whoever wants a key bills it.
                body["stream_options"] = json!({"include_usage": true});
            }
        }
        let mut events = ask(&api, &mut body, call).await?.events().await?;
        let (mut usage, mut ending) = (Usage { model: Some(model), ..Usage::default() }, None);
        loop {
            let chunk = match events.next_json::<Chunk>().await {
                Ok(Some(chunk)) => chunk,
                // Unless it has said already how it failed.
                Err(error) if !matches!(ending, Some(Err(_))) => return Err(error),
                _ => break,
            };
            if let Some(error) = chunk.error {
                let error = api.refused(200, &json!({ "error": error }));
                return Err(if is_known(&usage) { error.having_used(usage) } else { error });
            }
            if let Some(counts) = chunk.usage {
                usage.input_tokens = counts.prompt_tokens.or(usage.input_tokens);
                usage.output_tokens = counts.completion_tokens.or(usage.output_tokens);
                usage.reported_usd = counts.cost.or(usage.reported_usd);
            }
            let Some(choice) = chunk.choices.into_iter().next() else { continue };
            if let Some(message) = choice.delta.or(choice.message) {
                if let Some(refusal) = message.refusal.filter(|refusal| !refusal.is_empty()) {
                    return Err(api.rejected(&refusal).having_used(usage));
                }
                told(message.content.as_deref().unwrap_or_default());
            }
            if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
                ending = Some(ending_of(&api, &reason, choice.error));
            }
        }
        // What it took comes last.
        match ending {
            Some(Ok(ending)) => Ok((ending, usage)),
            Some(Err(error)) if error.kind.may_pass() && !is_known(&usage) => Err(error),
            Some(Err(error)) => Err(error.having_used(usage)),
            None => Err(events.broke_off()),
        }
    }
}

fn is_known(usage: &Usage) -> bool {
    usage.input_tokens.is_some() || usage.reported_usd.is_some()
}

/// How an answer ended. Each of these servers has words of its own for that; whether a script is whole is seen in itself.
fn ending_of(api: &Api, reason: &str, error: Option<Value>) -> ProviderResult<Ending> {
    match reason.to_ascii_lowercase().as_str() {
        "length" | "max_tokens" | "model_length" => Ok(Ending::CutOff),
        "content_filter" | "refusal" | "safety" => Err(api.rejected("the answer was filtered")),
        "error" => {
            let error = error.filter(|error| !error.is_null()).unwrap_or_else(|| json!({"message": "its answer ended with an error"}));
            Err(api.refused(200, &json!({ "error": error })))
        }
        "abort" | "aborted" => Err(api.error(Kind::BadResponse, format!("{} stopped in the middle of its answer.", api.name()))),
        _ => Ok(Ending::Complete),
    }
}
