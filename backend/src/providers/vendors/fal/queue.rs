//! fal's queue: a request is given to it, looked at until it is done, and its result fetched. The addresses for all that
//! are in the queue's first answer.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{AGAIN, ERROR_TYPE};
use crate::providers::{
    Call, Kind, Look, ProviderError, ProviderResult, Waiting,
    http::{Api, segment},
};

/// What is written down of a request: the queue's own addresses for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ticket {
    status_url: String,
    response_url: String,
    cancel_url: String,
    began: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Submitted {
    status_url: String,
    response_url: String,
    cancel_url: String,
}

#[derive(Deserialize)]
struct Status {
    status: String,
    queue_position: Option<u64>,
    error: Option<Value>,
    error_type: Option<String>,
}

/// What a model makes of an input, begun now or by an earlier attempt. What the queue gave up on is forgotten, so that
/// another attempt begins anew; a result stays there to be fetched again.
pub async fn run(
    api: &Api,
    call: &Call<'_>,
    model: &str,
    input: impl Future<Output = ProviderResult<Value>>,
    usual: Duration,
) -> ProviderResult<Value> {
    let ticket: Ticket = match call.operation.resume()? {
        Some(ticket) => ticket,
        None => {
            let (path, input) = (path(api, model)?, input.await?);
            call.operation.create(submit(api, &path, &input)).await?
        }
    };
    let waiting = Waiting { api, progress: call.progress, began: ticket.began, usual };
    let ended = waiting.until_done(|| look(api, &ticket)).await?;
    if let Some(failure) = failure(api, &ended) {
        call.operation.forget().await?;
        return Err(failure);
    }
    let result = fetch(api, &ticket).await;
    if result.as_ref().is_err_and(|error| was_refused(error) || has_failed(error)) {
        call.operation.forget().await?;
    }
    result
}

/// Fetches what came of a request. Where fal itself says that the model failed, that is what came of it, and looking again
/// is of no use; a gateway that fails in its place has only hidden it.
async fn fetch(api: &Api, ticket: &Ticket) -> ProviderResult<Value> {
    let answer = api.follow(Method::GET, &ticket.response_url)?.send_unjudged().await?;
    if !answer.status().is_server_error() {
        return answer.accepted().await?.json().await;
    }
    let says_why = AGAIN.iter().chain([&ERROR_TYPE]).any(|name| answer.header(name).is_some());
    let may_be_a_gateways = matches!(answer.status().as_u16(), 502..=504);
    let (error, body) = answer.refusal().await;
    // A few words are what anything on the way may say, too.
    let is_its_own = says_why || body["detail"].is_array() || (body["detail"].is_string() && !may_be_a_gateways);
    Err(if is_its_own { ProviderError { unanswered: false, ..error.at_last() } } else { error })
}

/// Whether the model broke down over its input, and fal has said so.
fn has_failed(error: &ProviderError) -> bool {
    error.is_final && error.details.get("status").and_then(Value::as_u64).is_some_and(|status| status >= 500)
}

/// Whether the model did not take its input: then nothing was made. A result that is gone was made.
fn was_refused(error: &ProviderError) -> bool {
    error.kind == Kind::Rejected && error.details.get("status") != Some(&json!(404))
}

/// Takes a request out of the queue, or stops it.
pub async fn abandon(api: &Api, operation: &Value) -> ProviderResult<()> {
    let Ok(ticket) = Ticket::deserialize(operation) else { return Ok(()) };
    let answer = api.follow(Method::PUT, &ticket.cancel_url)?.send_unjudged().await?;
    // Done already, or gone: there is nothing to stop.
    if matches!(answer.status().as_u16(), 400 | 404 | 409) {
        return Ok(());
    }
    answer.accepted().await.map(drop)
}

/// Whether the key is taken: asked for a request that there is not, the queue says so, or refuses the key. What stands in its
/// place says it with a page.
pub async fn try_key(api: &Api) -> ProviderResult<()> {
    let answer = api.get("/fal-ai/flux/requests/00000000-0000-0000-0000-000000000000/status").send_unjudged().await?;
    match answer.status().as_u16() {
        400 | 404 | 405 | 422 if !answer.is_page() => Ok(()),
        200..=299 | 400 | 404 | 405 | 422 => answer.json::<Value>().await.map(drop),
        _ => answer.accepted().await.map(drop),
    }
}

async fn submit(api: &Api, path: &str, input: &Value) -> ProviderResult<Ticket> {
    let Submitted { status_url, response_url, cancel_url } = api.post_json(path, input).await?;
    for url in [&status_url, &response_url, &cancel_url] {
        // Its own, or the key would go elsewhere.
        drop(api.follow(Method::GET, url)?);
    }
    Ok(Ticket { status_url, response_url, cancel_url, began: Utc::now() })
}

async fn look(api: &Api, ticket: &Ticket) -> ProviderResult<Look<Status>> {
    let status: Status = api.follow(Method::GET, &ticket.status_url)?.send().await?.json().await?;
    match status.status.as_str() {
        "IN_QUEUE" => Ok(Look::Queued(status.queue_position)),
        "IN_PROGRESS" => Ok(Look::Working(None)),
        "COMPLETED" => Ok(Look::Done(status)),
        other => {
            Err(api.error(Kind::BadResponse, format!("{} tells of a state that is not documented: {}.", api.name(), api.quote(other))))
        }
    }
}

/// Why a request ended without a result, where it did.
fn failure(api: &Api, ended: &Status) -> Option<ProviderError> {
    let error = ended.error.as_ref().filter(|error| !error.is_null())?;
    let kind = ended.error_type.as_deref().unwrap_or_default();
    let words = error.as_str().map_or_else(|| error.to_string(), str::to_owned);
    if kind.contains("timeout") {
        return Some(api.error(Kind::Timeout, format!("{} took too long: {}.", api.name(), api.quote(&words))));
    }
    // What is about the input, and what somebody stopped at fal, comes to nothing another time too.
    let about_us = ["content_policy", "invalid", "validation", "moderation", "unsafe", "bad_request", "client_"];
    if about_us.iter().any(|part| kind.contains(part)) {
        return Some(api.rejected(&words));
    }
    let read = api.refused(500, &json!({"detail": words}));
    Some(if kind.is_empty() { read } else { read.with("errorType", api.quote(kind)) })
}

/// The path of a model: every part of its id is one of the path.
fn path(api: &Api, model: &str) -> ProviderResult<String> {
    let parts: Vec<&str> = model.split('/').collect();
    if parts.len() < 2 || parts.iter().any(|part| matches!(*part, "" | "." | "..")) {
        let message = format!("`{}` is no model of {}: its ids look like `fal-ai/flux/dev`.", api.quote(model), api.name());
        return Err(api.error(Kind::Rejected, message));
    }
    Ok(parts.iter().map(|part| format!("/{}", segment(part))).collect())
}
