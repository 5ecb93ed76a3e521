//! `openai`: OpenAI's models, by `responses`.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{FutureExt, future::BoxFuture};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::provider::{ModelInfo, ProviderKind};

use super::{Ending, LanguageModel, Prompt, ScriptProvider, Told};
use crate::providers::{
    About, Access, Call, Kind, Machine, Provider, ProviderResult, Usage,
    http::{Api, Http},
    listing, models,
    vendors::openai,
};

struct OpenAi {
    about: About,
    http: Http,
}

/// Makes it.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn ScriptProvider>> {
    let about = About {
        models: models::listed(ProviderKind::Script, models::OPENAI_WRITES),
        ..About::remote("openai", "OpenAI", ProviderKind::Script, openai::REMOTE)
    };
    let provider: Arc<dyn ScriptProvider> = Arc::new(OpenAi { about, http: machine.http.clone() });
    std::future::ready(provider).boxed()
}

/// What comes: an event of a streamed answer, or a whole one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Event(Event),
    Whole(Response),
}

/// An event, of which most are of no interest.
#[derive(Deserialize)]
#[serde(tag = "type")]
enum Event {
    #[serde(rename = "response.output_text.delta")]
    Text { delta: String },
    #[serde(rename = "response.refusal.done")]
    Refusal { refusal: String },
    #[serde(rename = "response.completed", alias = "response.incomplete", alias = "response.failed")]
    End { response: Response },
    /// Its code and message stand in it, as documented; or in an `error` of its own, as they are sent.
    #[serde(rename = "error")]
    Error(Value),
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Response {
    status: String,
    model: Option<String>,
    #[serde(default)]
    output: Vec<Item>,
    #[serde(default)]
    incomplete_details: Value,
    #[serde(default)]
    error: Value,
    usage: Option<Counts>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Item {
    #[serde(rename = "type")]
    kind: String,
    content: Option<Vec<Part>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Part {
    text: Option<String>,
    refusal: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Counts {
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
}

impl Response {
    /// How it ended, and what it took.
    fn end(self, api: &Api, asked: &str, refusal: Option<String>) -> ProviderResult<(Ending, Usage)> {
        let counts = self.usage.unwrap_or_default();
        let model = Some(self.model.unwrap_or_else(|| asked.to_owned()));
        let usage = Usage { model, input_tokens: counts.input_tokens, output_tokens: counts.output_tokens, ..Usage::default() };
        let reason = self.incomplete_details["reason"].as_str().unwrap_or_default();
        let error = match (self.status.as_str(), reason) {
            ("completed", _) => match refusal {
                None => return Ok((Ending::Complete, usage)),
                Some(refusal) => api.rejected(&refusal),
            },
            ("incomplete", "max_output_tokens") => return Ok((Ending::CutOff, usage)),
            ("incomplete", "content_filter") => api.rejected("the answer was filtered"),
            // It says what it took only where that is billed.
            ("failed", _) if usage.input_tokens.is_none() => return Err(api.refused(200, &json!({"error": self.error}))),
            ("failed", _) => api.refused(200, &json!({"error": self.error})),
            (status, reason) => {
                let why = api.quote(&format!("{status} {reason}"));
                api.error(Kind::BadResponse, format!("{} stopped for a reason of its own ({}).", api.name(), why.trim()))
            }
        };
        Err(error.having_used(usage))
    }
}

impl OpenAi {
    fn api(&self, call: &Call<'_>) -> ProviderResult<Api> {
        self.http.api(&openai::VENDOR, ProviderKind::Script, &call.access)
    }
}

#[async_trait]
impl Provider for OpenAi {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        openai::try_key(&self.api(call)?).await
    }

    async fn models(&self, access: &Access) -> ProviderResult<Option<Vec<ModelInfo>>> {
        listing::openai(&self.http, access, ProviderKind::Script).await.map(Some)
    }
}

impl ScriptProvider for OpenAi {
    fn model(&self) -> Option<&dyn LanguageModel> {
        Some(self)
    }
}

fn body(prompt: &Prompt, model: &str) -> Value {
    let format = json!({"type": "json_schema", "name": prompt.schema_name, "schema": prompt.schema, "strict": true});
    let input = match prompt.turns.as_slice() {
        [only] => json!(only),
        _ => json!(prompt.messages()),
    };
    let mut body = json!({
        "model": model,
        "instructions": prompt.system,
        "input": input,
        "text": {"format": format},
        "max_output_tokens": prompt.max_tokens,
    });
    if prompt.streamed {
        body["stream"] = json!(true);
    }
    body
}

#[async_trait]
impl LanguageModel for OpenAi {
    async fn answer(&self, prompt: &Prompt, call: &Call<'_>, told: &mut Told<'_>) -> ProviderResult<(Ending, Usage)> {
        let api = self.api(call)?;
        let model = prompt.model.as_deref().unwrap_or(models::OPENAI_WRITES[0].id);
        let mut events = api.post("/responses").json(&body(prompt, model)).creates().send().await?.events().await?;
        let mut refusal = None;
        while let Some(said) = events.next_json::<Said>().await? {
            match said {
                Said::Event(Event::Text { delta }) => told(&delta),
                Said::Event(Event::Refusal { refusal: said }) => refusal = Some(said),
                Said::Event(Event::End { response }) => return response.end(&api, model, refusal),
                Said::Event(Event::Error(told)) => {
                    let error = told.get("error").filter(|error| error.is_object()).unwrap_or(&told);
                    return Err(api.refused(200, &json!({ "error": error })));
                }
                Said::Event(Event::Other) => {}
                Said::Whole(response) => {
                    // None of what was thought.
                    let said = response.output.iter().filter(|item| item.kind != "reasoning");
                    let parts = said.flat_map(|item| item.content.iter().flatten());
                    parts.clone().filter_map(|part| part.text.as_deref()).for_each(&mut *told);
                    let refusal = parts.filter_map(|part| part.refusal.clone()).next();
                    return response.end(&api, model, refusal);
                }
            }
        }
        Err(events.broke_off())
    }
}
