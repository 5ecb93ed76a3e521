//! Replicate's predictions: one is begun, looked at until it is done, and its output answered. The addresses for that are
//! in the first answer.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::providers::{
    Attachment, Call, Kind, Look, ProviderError, ProviderResult, Waiting,
    http::{Api, segment},
};

/// A picture of more bytes is uploaded first: so much, Replicate says, may stand in the request itself.
const MOST_INLINE: usize = 256 << 10;

/// What is written down of a prediction: its own addresses.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ticket {
    get: String,
    cancel: String,
    began: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Prediction {
    status: String,
    #[serde(default)]
    output: Value,
    #[serde(default)]
    error: Value,
    logs: Option<String>,
    #[serde(default)]
    metrics: Metrics,
    urls: Option<Urls>,
}

#[derive(Deserialize)]
struct Urls {
    get: String,
    cancel: String,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct Metrics {
    predict_time: Option<f64>,
}

/// What came of a prediction.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// The addresses of its files, in order.
    pub files: Vec<String>,
    /// How many seconds it was computed, where that is what is billed: for a model's version on hardware of its own.
    pub computed_seconds: Option<f64>,
}

/// A model as it is asked for: one of the official ones by its name, or any by its version.
#[derive(Clone, Debug, PartialEq)]
enum Model {
    Official { path: String },
    Version { version: String },
}

/// What a model makes of an input, begun now or by an earlier attempt. What failed is forgotten, so that another attempt
/// begins anew; an output stays there to be fetched again.
pub async fn run(
    api: &Api,
    call: &Call<'_>,
    model: &str,
    input: impl Future<Output = ProviderResult<Value>>,
    usual: Duration,
) -> ProviderResult<Output> {
    let model = parse(api, model)?;
    let ticket: Ticket = match call.operation.resume()? {
        Some(ticket) => ticket,
        None => {
            let input = input.await.map_err(ProviderError::before_the_work)?;
            call.operation.create(begin(api, &model, &input)).await?
        }
    };
    let waiting = Waiting { api, progress: call.progress, began: ticket.began, usual };
    let ended = waiting.until_done(|| look(api, &ticket)).await?;
    if ended.status != "succeeded" {
        call.operation.forget().await?;
        return Err(failure(api, &model, &ended));
    }
    let computed_seconds = ended.metrics.predict_time.filter(|_| matches!(model, Model::Version { .. }));
    Ok(Output { files: files_in(&ended.output), computed_seconds })
}

/// Stops a prediction.
pub async fn abandon(api: &Api, operation: &Value) -> ProviderResult<()> {
    let Ok(ticket) = Ticket::deserialize(operation) else { return Ok(()) };
    let answer = api.follow(Method::POST, &ticket.cancel)?.send_unjudged().await?;
    // Done already, or gone: there is nothing to stop.
    if matches!(answer.status().as_u16(), 404 | 409 | 422) {
        return Ok(());
    }
    answer.accepted().await.map(drop)
}

/// Whether the token is taken: asks whose it is.
pub async fn try_key(api: &Api) -> ProviderResult<()> {
    api.get_json::<Value>("/v1/account").await.map(drop)
}

/// An address of a picture for an input: the picture itself where it is small, else a file that is uploaded for it.
pub async fn address_of(api: &Api, picture: &Attachment) -> ProviderResult<String> {
    #[derive(Deserialize)]
    struct Uploaded {
        urls: FileUrls,
    }
    #[derive(Deserialize)]
    struct FileUrls {
        get: String,
    }
    if picture.bytes.len() <= MOST_INLINE {
        return Ok(picture.data_uri());
    }
    let part = Part::bytes(picture.bytes.clone()).file_name(format!("picture.{}", picture.extension()));
    let part = part.mime_str(picture.mime).map_err(|error| api.error(Kind::Internal, error.to_string()))?;
    let uploaded: Uploaded = api.post("/v1/files").form(Form::new().part("content", part)).send().await?.json().await?;
    // Its own: what is no address, or somebody else's, is nothing to hand on to a model.
    drop(api.follow(Method::GET, &uploaded.urls.get)?);
    Ok(uploaded.urls.get)
}

async fn begin(api: &Api, model: &Model, input: &Value) -> ProviderResult<Ticket> {
    let prediction: Prediction = match model {
        Model::Official { path } => api.post_json(path, &json!({"input": input})).await?,
        Model::Version { version } => api.post_json("/v1/predictions", &json!({"version": version, "input": input})).await?,
    };
    let urls = prediction.urls.ok_or_else(|| api.lacks("the addresses of the prediction"))?;
    for url in [&urls.get, &urls.cancel] {
        // Its own, or the token would go elsewhere.
        drop(api.follow(Method::GET, url)?);
    }
    Ok(Ticket { get: urls.get, cancel: urls.cancel, began: Utc::now() })
}

async fn look(api: &Api, ticket: &Ticket) -> ProviderResult<Look<Prediction>> {
    let prediction: Prediction = api.follow(Method::GET, &ticket.get)?.send().await?.json().await?;
    match prediction.status.as_str() {
        "starting" | "queued" => Ok(Look::Queued(None)),
        "processing" => Ok(Look::Working(prediction.logs.as_deref().and_then(percent))),
        "succeeded" | "failed" | "canceled" | "aborted" => Ok(Look::Done(prediction)),
        other => {
            Err(api.error(Kind::BadResponse, format!("{} tells of a state that is not documented: {}.", api.name(), api.quote(other))))
        }
    }
}

/// Why it ended without an output. What fails on hardware that is billed by time was paid for, so that it is not begun
/// again by itself; a failure of an official model is not billed.
fn failure(api: &Api, model: &Model, ended: &Prediction) -> ProviderError {
    let words = ended.error.as_str().map_or_else(|| ended.error.to_string(), str::to_owned);
    if ended.status != "failed" {
        return api.error(Kind::Rejected, format!("The prediction was stopped at {}.", api.name()));
    }
    let told = words.to_ascii_lowercase();
    let about_input = ["nsfw", "sensitive", "flagged", "moderation", "safety", "(e005)", "(e006)", "invalid input", "validation"];
    if about_input.iter().any(|part| told.contains(part)) {
        return api.rejected(&words);
    }
    let message = format!("The model failed at {}: {}.", api.name(), api.quote(&words).trim_end_matches('.'));
    let kind = if matches!(model, Model::Version { .. }) { Kind::Rejected } else { Kind::Unavailable };
    api.error(kind, message).with("reason", api.quote(&words))
}

/// `owner/name`, `owner/name:version`, or a version's own id.
fn parse(api: &Api, model: &str) -> ProviderResult<Model> {
    let is_version = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let version = model.rsplit_once(':').map_or(model, |(_, version)| version);
    if is_version(version) {
        return Ok(Model::Version { version: version.to_owned() });
    }
    match model.split_once('/') {
        Some((owner, name)) if [owner, name].iter().all(|part| !matches!(*part, "" | "." | "..") && !part.contains(['/', ':'])) => {
            Ok(Model::Official { path: format!("/v1/models/{}/{}/predictions", segment(owner), segment(name)) })
        }
        _ => {
            let message = format!("`{}` is no model of {}: write `owner/name` or `owner/name:version`.", api.quote(model), api.name());
            Err(api.error(Kind::Rejected, message))
        }
    }
}

/// The addresses of an output: one, a list, or anywhere in an object.
fn files_in(output: &Value) -> Vec<String> {
    match output {
        Value::String(url) if url.starts_with("http") => vec![url.clone()],
        Value::Array(all) => all.iter().flat_map(files_in).collect(),
        Value::Object(all) => all.values().flat_map(files_in).collect(),
        _ => Vec::new(),
    }
}

/// How far the last line of a progress bar in its logs says that it is: ` 45%|████`.
fn percent(logs: &str) -> Option<f64> {
    let (before, _) = logs.rsplit_once("%|")?;
    let digits = before.rsplit(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse::<f64>().ok().map(|percent| percent / 100.0).filter(|fraction| *fraction <= 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_and_logs_are_read_in_every_shape() {
        for output in [json!("https://x/1"), json!(["https://x/1"]), json!({"video": "https://x/1", "seed": 7})] {
            assert_eq!(files_in(&output), ["https://x/1"], "{output}");
        }
        assert!(files_in(&json!(null)).is_empty() && files_in(&json!("text")).is_empty());
        assert_eq!(percent("Loading\n  0%|          | 0/30\n 45%|████▌     | 13/30 [00:04"), Some(0.45));
        assert_eq!(percent("no bar: 5 %"), None);
    }
}
