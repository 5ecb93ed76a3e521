//! `anthropic`: Claude, by `messages`.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{FutureExt, future::BoxFuture};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::provider::{ModelInfo, ProviderKind};

use super::{Ending, LanguageModel, Prompt, ScriptProvider, Told};
use crate::providers::{
    About, Access, Call, Kind, Machine, Provider, ProviderError, ProviderResult, Usage,
    http::{Api, Http},
    listing, models,
    vendors::anthropic,
};

struct Anthropic {
    about: About,
    http: Http,
}

/// Makes it.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn ScriptProvider>> {
    let about = About {
        models: models::listed(ProviderKind::Script, models::ANTHROPIC_WRITES),
        ..About::remote("anthropic", "Anthropic", ProviderKind::Script, anthropic::REMOTE)
    };
    let provider: Arc<dyn ScriptProvider> = Arc::new(Anthropic { about, http: machine.http.clone() });
    std::future::ready(provider).boxed()
}

/// An event of a streamed answer, or a whole one.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    Message(Message),
    MessageStart {
        message: Message,
    },
    ContentBlockDelta {
        delta: Delta,
    },
    MessageDelta {
        delta: Stop,
        usage: Option<Counts>,
    },
    Error {
        error: Value,
    },
    #[serde(other)]
    Other,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Message {
    model: Option<String>,
    content: Vec<Delta>,
    stop_reason: Option<String>,
    usage: Counts,
}

/// A part of the answer. What is thought comes in parts of its own kind, without `text`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Delta {
    text: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stop {
    stop_reason: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Counts {
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
}

impl Anthropic {
    fn api(&self, call: &Call<'_>) -> ProviderResult<Api> {
        self.http.api(&anthropic::VENDOR, ProviderKind::Script, &call.access)
    }
}

#[async_trait]
impl Provider for Anthropic {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        let api = self.api(call)?;
        let listed: Value = api.get("/v1/models").query("limit", "1").send().await?.json().await?;
        if listed["data"].is_array() { Ok(()) } else { Err(api.lacks("its models")) }
    }

    async fn models(&self, access: &Access) -> ProviderResult<Option<Vec<ModelInfo>>> {
        listing::anthropic(&self.http, access).await.map(Some)
    }
}

impl ScriptProvider for Anthropic {
    fn model(&self) -> Option<&dyn LanguageModel> {
        Some(self)
    }
}

fn body(prompt: &Prompt, model: &str) -> Value {
    let mut body = json!({
        "model": model,
        "max_tokens": prompt.max_tokens,
        "system": prompt.system,
        "messages": prompt.messages(),
        "output_config": {"format": {"type": "json_schema", "schema": prompt.schema}},
    });
    if prompt.streamed {
        body["stream"] = json!(true);
    }
    body
}

#[async_trait]
impl LanguageModel for Anthropic {
    async fn answer(&self, prompt: &Prompt, call: &Call<'_>, told: &mut Told<'_>) -> ProviderResult<(Ending, Usage)> {
        let api = self.api(call)?;
        let model = prompt.model.as_deref().unwrap_or(models::ANTHROPIC_WRITES[0].id);
        let mut events = api.post("/v1/messages").json(&body(prompt, model)).creates().send().await?.events().await?;
        let (mut usage, mut ending) = (Usage { model: Some(model.to_owned()), ..Usage::default() }, None);
        while let Some(event) = events.next_json::<Event>().await? {
            let reason = match event {
                Event::Message(message) => {
                    usage.model = message.model.or(usage.model);
                    (usage.input_tokens, usage.output_tokens) = (message.usage.input_tokens, message.usage.output_tokens);
                    message.content.iter().for_each(|part| told(&part.text));
                    message.stop_reason
                }
                Event::MessageStart { message } => {
                    usage.model = message.model.or(usage.model);
                    usage.input_tokens = message.usage.input_tokens;
                    None
                }
                Event::ContentBlockDelta { delta } => {
                    told(&delta.text);
                    None
                }
                Event::MessageDelta { delta, usage: counts } => {
                    // They are sums, not what was added.
                    let counts = counts.unwrap_or_default();
                    usage.input_tokens = counts.input_tokens.or(usage.input_tokens);
                    usage.output_tokens = counts.output_tokens.or(usage.output_tokens);
                    delta.stop_reason
                }
                // What was read by then is billed; how much was written may not be known.
                Event::Error { error } => {
                    let error = api.refused(200, &json!({"type": "error", "error": error}));
                    return Err(if usage.input_tokens.is_some() { error.having_used(usage) } else { error });
                }
                Event::Other => None,
            };
            if let Some(reason) = reason {
                ending = Some(ending_of(&api, &reason).map_err(|error| error.having_used(usage.clone()))?);
            }
        }
        ending.map(|ending| (ending, usage)).ok_or_else(|| events.broke_off())
    }
}

/// Reasons that are not known are failures too.
fn ending_of(api: &Api, reason: &str) -> Result<Ending, ProviderError> {
    match reason {
        "end_turn" | "stop_sequence" => Ok(Ending::Complete),
        "max_tokens" | "model_context_window_exceeded" => Ok(Ending::CutOff),
        "refusal" => Err(api.rejected("the model declined to write this")),
        _ => Err(api.error(Kind::BadResponse, format!("{} stopped for a reason of its own ({}).", api.name(), api.quote(reason)))),
    }
}
