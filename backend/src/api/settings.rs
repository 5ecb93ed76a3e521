//! `/api/settings`, `/api/activity` and `/api/estimate`.

use std::sync::Arc;

use actix_web::{HttpResponse, get, patch, post, web::Data};

use garde::Validate;
use serde::Deserialize;
use serde_json::Value;

use super::http::{
    extract::{Body, Expected, Id, understood},
    read::read,
};
use crate::{
    error::Result,
    services::{Ctx, activity, estimate, meaning::Meaning, settings},
};
use shared::{
    activity::Activity,
    estimate::{AudioRequest, Estimate, EstimateRequest, ImageRequest},
    page::Items,
    settings::{PatchSettings, ProviderTest, Settings},
};

/// Read the settings.
///
/// What is used where a request says nothing, and every provider with what it offers. Keys are never in it.
///
/// Providers that can list their models are asked for them, and their answers are kept for some minutes; the first request
/// waits for them for a moment, after which the models that the program knows are told. `discovered` are servers that run on
/// this machine (Ollama, LM Studio, Kokoro, llama.cpp, LocalAI, Stable Diffusion web UI, ComfyUI) and are not set up.
#[utoipa::path(tag = "Settings", responses((status = 200, description = "The settings", body = Settings)))]
#[get("/settings")]
pub async fn get_settings(ctx: Data<Arc<Ctx>>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(settings::get(&ctx).await?))
}

/// Change the settings.
///
/// JSON Merge Patch (RFC 7396). A key goes in and never comes out; null removes it.
///
/// `providers` takes servers of your own too, which speak OpenAI's language (Ollama, LM Studio, llama.cpp, LocalAI, vLLM,
/// Kokoro, OpenRouter): `"compatible-ollama": {"name": "Ollama", "baseUrl": "http://127.0.0.1:11434/v1"}` adds one, which is
/// a provider like any other from then on (`compatible-kokoro/af_heart` is a voice of such a server); `kinds` says what it is
/// asked for, and null in its place removes it, with its limits and prices.
///
/// `spending` sets what a project and a month may cost. A call that could cost more than is left is refused (409
/// `spending_limit_reached`), and what waits fails with that code if the limit is reached meanwhile; one whose price is not
/// known is refused while there is a limit, unless `unknownPrices` is `allow`. `prices` go before the prices that the program
/// knows; `limits` and `retries` hold over all servers. `limits` also says how long a provider may take for each kind of its
/// work: to be connected to, to begin its answer, between two parts of it, and in all.
#[utoipa::path(tag = "Settings", request_body(content = PatchSettings, example = json!({
    "defaults": {"audio": {"voiceId": "espeak/en-gb"}},
    "spending": {"projectLimitUsd": 5, "monthLimitUsd": 40},
    "prices": {"openai/gpt-image-2.6-flare": {"perImage": 0.05}},
    "providers": {"compatible-ollama": {"name": "Ollama", "baseUrl": "http://127.0.0.1:11434/v1", "kinds": ["script"]}},
    "limits": {"gemini": {"atOnce": 2, "perMinute": 10, "time": {"image": {"totalSeconds": 600}}}}
})), responses((status = 200, description = "The settings", body = Settings)))]
#[patch("/settings")]
pub async fn patch_settings(ctx: Data<Arc<Ctx>>, body: Body<PatchSettings>, expected: Expected) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(settings::patch(&ctx, body.0, expected.0).await?))
}

/// Test a provider.
///
/// Makes a real, cheap call. A provider that does not work is an answer (`ok: false` with the error), not a failure.
#[utoipa::path(tag = "Settings", params(("id" = String, Path, description = "The provider's id", example = "espeak")), responses((status = 200, description = "What was found", body = ProviderTest)))]
#[post("/settings/providers/{id}/test")]
pub async fn test_provider(ctx: Data<Arc<Ctx>>, id: Id<String>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(settings::test(&ctx, &id.0).await?))
}

/// See what is going on.
///
/// Everything that is queued, running or failed within a day, in all projects, the oldest first.
#[utoipa::path(tag = "Activity", responses((status = 200, description = "What is going on", body = Items<Activity>)))]
#[get("/activity")]
pub async fn list_activity(ctx: Data<Arc<Ctx>>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(Items { items: activity::list(&ctx).await? }))
}

/// Estimate an operation.
///
/// How many provider calls a generate operation would make, and what they would cost: null where that is not known. For a
/// film that is what its scenes lack, and the film itself.
#[utoipa::path(tag = "Activity", request_body(content = EstimateRequest, example = json!({
    "kind": "video", "request": {"projectId": "01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81"}
})), responses((status = 200, description = "The estimate", body = Estimate)))]
#[post("/estimate")]
pub async fn estimate_operation(ctx: Data<Arc<Ctx>>, body: Body<Asked>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(body.0.answer(&ctx).await?))
}

/// An estimate as it is asked for. Its request is read by the rules of the operation that it is the body of, which a
/// tagged enum would not tell apart so strictly.
#[derive(Deserialize, Validate)]
pub struct Asked {
    #[garde(skip)]
    kind: EstimateKind,
    #[garde(skip)]
    request: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum EstimateKind {
    Script,
    Audio,
    Image,
    Video,
}

impl Asked {
    async fn answer(self, ctx: &Arc<Ctx>) -> Result<Estimate> {
        let answer = async {
            let request = self.request(ctx).await?;
            estimate::estimate(ctx, request).await
        };
        answer.await.map_err(|error| error.under("request"))
    }

    async fn request(self, ctx: &Arc<Ctx>) -> Result<EstimateRequest> {
        let is_batch = self.request.get("projectId").is_some();
        let request = self.request;
        Ok(match self.kind {
            EstimateKind::Script => EstimateRequest::Script(understood(ctx, read(request)).await?),
            EstimateKind::Audio if is_batch => EstimateRequest::Audio(AudioRequest::Batch(understood(ctx, read(request)).await?)),
            EstimateKind::Audio => EstimateRequest::Audio(AudioRequest::One(understood(ctx, read(request)).await?)),
            EstimateKind::Image if is_batch => EstimateRequest::Image(ImageRequest::Batch(understood(ctx, read(request)).await?)),
            EstimateKind::Image => EstimateRequest::Image(ImageRequest::One(understood(ctx, read(request)).await?)),
            EstimateKind::Video => EstimateRequest::Video(understood(ctx, read(request)).await?),
        })
    }
}

impl Meaning for Asked {
    async fn check(self, ctx: &Arc<Ctx>) -> Result<()> {
        self.answer(ctx).await.map(drop)
    }
}
