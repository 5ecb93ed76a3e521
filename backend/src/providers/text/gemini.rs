//! `gemini`: Google's models, by `generateContent` and `streamGenerateContent`.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{FutureExt, future::BoxFuture};
use serde_json::{Value, json};
use shared::provider::{ModelInfo, ProviderKind};

use super::{Ending, LanguageModel, Prompt, ScriptProvider, Told};
use crate::providers::{
    About, Access, Call, Kind, Machine, Provider, ProviderError, ProviderResult, Usage,
    http::{Api, Http},
    listing, models,
    vendors::google::{self, Finish, Generated},
};

struct Gemini {
    about: About,
    http: Http,
}

/// Makes it.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn ScriptProvider>> {
    let about = About {
        models: models::listed(ProviderKind::Script, models::GEMINI_WRITES),
        ..About::remote("gemini", "Gemini", ProviderKind::Script, google::REMOTE)
    };
    let provider: Arc<dyn ScriptProvider> = Arc::new(Gemini { about, http: machine.http.clone() });
    std::future::ready(provider).boxed()
}

#[async_trait]
impl Provider for Gemini {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        google::try_key(&self.api(call)?, call.access.base_url.as_deref()).await
    }

    async fn models(&self, access: &Access) -> ProviderResult<Option<Vec<ModelInfo>>> {
        listing::google(&self.http, access, ProviderKind::Script).await.map(Some)
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
        let model = google::bare(prompt.model.as_deref().unwrap_or(models::GEMINI_WRITES[0].id));
        let path = |method: &str| google::path(call.access.base_url.as_deref(), model, method);
        let ask = match prompt.streamed {
            true => api.post(&path("streamGenerateContent")).query("alt", "sse"),
            false => api.post(&path("generateContent")),
        };
        let mut events = ask.json(&body(prompt, model)).creates().send().await?.events().await?;
        let (mut usage, mut ending) = (Usage { model: Some(model.to_owned()), ..Usage::default() }, None);
        while let Some(chunk) = events.next_json::<Generated>().await? {
            usage = chunk.usage(usage);
            if let Some(refusal) = chunk.refusal(&api) {
                return Err(refusal.having_used(usage));
            }
            chunk.parts().filter_map(|part| part.text.as_deref()).for_each(&mut *told);
            if let Some(finish) = chunk.finish() {
                ending = Some(ending_of(&api, finish).map_err(|error| error.having_used(usage.clone()))?);
            }
        }
        ending.map(|ending| (ending, usage)).ok_or_else(|| events.broke_off())
    }
}

fn ending_of(api: &Api, finish: Finish) -> Result<Ending, ProviderError> {
    match finish {
        Finish::Complete => Ok(Ending::Complete),
        Finish::CutOff => Ok(Ending::CutOff),
        Finish::Refused { reason, words } => Err(google::blocked(api, &reason, words.as_deref())),
        Finish::Other(reason) => {
            Err(api.error(Kind::BadResponse, format!("{} stopped for a reason of its own ({}).", api.name(), api.quote(&reason))))
        }
    }
}
