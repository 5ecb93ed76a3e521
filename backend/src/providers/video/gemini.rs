//! Gemini Omni: a picture becomes a clip by way of the Interactions API, in the background.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use engines::media::ffmpeg::Tools;
use futures_util::{FutureExt, future::BoxFuture};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    project::AspectRatio::{Landscape, Portrait},
    provider::{ModelInfo, ProviderKind},
    video::Resolution::{self, P720, P1080, P2160},
};

use super::{
    Clips, Lengths, Video, VideoProvider, VideoRequest,
    clips::{fields, fields_of},
    footage,
};
use crate::{
    error::DISK_FULL,
    providers::{
        About, Access, Attachment, Call, Kind, Look, Machine, Provider, ProviderError, ProviderResult, Usage, Waiting, encoding,
        http::{Api, Http, Media, segment},
        listing, models,
        vendors::google::{REMOTE, VENDOR, try_key, version},
    },
};

/// About how long a clip takes.
const USUAL: Duration = Duration::from_secs(75);

struct Gemini {
    about: About,
    http: Http,
    tools: Result<Tools, String>,
}

/// What is written down of an interaction.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Ticket {
    id: String,
    /// Where the clip is: only the first answer is sure to say so.
    uri: Option<String>,
    began: DateTime<Utc>,
}

/// Makes it.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn VideoProvider>> {
    let about = About {
        models: models::GEMINI_FILMS
            .iter()
            .map(|(id, name, lengths)| ModelInfo::new(*id, *name, ProviderKind::Video).told(fields_of(clips(*lengths))))
            .collect(),
        options: fields(models::GEMINI_FILMS.iter().map(|(_, _, lengths)| clips(*lengths))),
        notes: Some("Clips need a paid plan. They come with sound, which a film does not play.".to_owned()),
        at_once: 2,
        missing: footage::missing(machine),
        ..About::remote("gemini", "Gemini", ProviderKind::Video, REMOTE)
    };
    let provider: Arc<dyn VideoProvider> = Arc::new(Gemini { about, http: machine.http.clone(), tools: machine.tools.clone() });
    std::future::ready(provider).boxed()
}

fn clips(lengths: Lengths) -> Clips {
    Clips { lengths, resolutions: &[P720, P1080, P2160], shapes: &[Landscape, Portrait], usual: USUAL }
}

impl Gemini {
    fn api(&self, access: &Access) -> ProviderResult<Api> {
        self.http.api(&VENDOR, ProviderKind::Video, access)
    }
}

#[async_trait]
impl Provider for Gemini {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        // As for the other kinds: an account that may not film can speak and draw all the same.
        try_key(&self.api(&call.access)?, call.access.base_url.as_deref()).await
    }

    async fn models(&self, access: &Access) -> ProviderResult<Option<Vec<ModelInfo>>> {
        listing::google(&self.http, access, ProviderKind::Video).await.map(Some)
    }

    async fn abandon(&self, operation: &Value, access: &Access) -> ProviderResult<()> {
        let Ok(ticket) = Ticket::deserialize(operation) else { return Ok(()) };
        let (api, version) = (self.api(access)?, version(access.base_url.as_deref()));
        let answer = api.post(&format!("{version}/interactions/{}/cancel", segment(&ticket.id))).send_unjudged().await?;
        // Done already, or gone: there is nothing to stop.
        if matches!(answer.status().as_u16(), 400 | 404 | 409) {
            return Ok(());
        }
        answer.accepted().await.map(drop)
    }
}

#[async_trait]
impl VideoProvider for Gemini {
    fn makes_films(&self) -> bool {
        false
    }

    fn clips(&self, model: Option<&str>) -> Option<Clips> {
        let model = model.unwrap_or(models::GEMINI_FILMS[0].0);
        models::GEMINI_FILMS.iter().find(|(id, ..)| *id == model).map(|(_, _, lengths)| clips(*lengths))
    }

    async fn make(&self, request: &VideoRequest, call: &Call<'_>) -> ProviderResult<Video> {
        let work = Work { api: &self.api(&call.access)?, version: version(call.access.base_url.as_deref()), call };
        let id = request.model.as_deref().unwrap_or(models::GEMINI_FILMS[0].0);
        let ticket: Ticket = match call.operation.resume()? {
            Some(ticket) => ticket,
            None => {
                let picture = Attachment::read(&call.access.provider, request.first_picture()?).await?;
                call.operation.create(work.begin(&body(id, request, &picture))).await?
            }
        };
        let fetched = call.workdir.join("fetched");
        let interaction = work.wait_for(&ticket).await?;
        work.fetch(&ticket, &interaction, &fetched).await?;
        let usage = |seconds| Usage {
            model: Some(id.to_owned()),
            tier: request.resolution.map(|resolution| resolution.as_str().to_owned()),
            seconds: Some(seconds),
            input_tokens: interaction["usage"]["total_input_tokens"].as_u64(),
            output_tokens: interaction["usage"]["total_output_tokens"].as_u64(),
            requests: Some(1),
            ..Usage::default()
        };
        footage::develop(footage::tools(&self.tools, work.api)?, work.api, &fetched, call.workdir, usage).await
    }
}

/// The request. Everything is in small letters with underscores; there is no system instruction and no negative prompt.
fn body(model: &str, request: &VideoRequest, picture: &Attachment) -> Value {
    let mut format = json!({"type": "video", "delivery": "uri"});
    if let Some(shape) = request.shape {
        format["aspect_ratio"] = shape.as_str().into();
    }
    if let Some(resolution) = request.resolution {
        format["resolution"] = if resolution == Resolution::P2160 { "4k" } else { resolution.as_str() }.into();
    }
    if let Some(seconds) = request.seconds {
        format["duration"] = format!("{}s", seconds.round()).into();
    }
    json!({
        "model": model,
        "input": [
            {"type": "image", "data": picture.base64(), "mime_type": picture.mime},
            {"type": "text", "text": request.prompt.as_deref().unwrap_or_default()},
        ],
        "response_format": format,
        "generation_config": {"video_config": {"task": "image_to_video"}},
        "background": true,
        "store": true,
    })
}

/// One clip being made.
struct Work<'a> {
    api: &'a Api,
    version: &'static str,
    call: &'a Call<'a>,
}

impl Work<'_> {
    async fn begin(&self, body: &Value) -> ProviderResult<Ticket> {
        let interaction: Value = self.api.post_json(&format!("{}/interactions", self.version), body).await?;
        let id = interaction["id"].as_str().ok_or_else(|| self.api.lacks("the id of the interaction"))?.to_owned();
        let uri = film_in(&interaction).and_then(|film| film["uri"].as_str()).map(str::to_owned);
        Ok(Ticket { id, uri, began: Utc::now() })
    }

    /// The interaction once it is done. One that failed is forgotten, so that another attempt begins anew.
    async fn wait_for(&self, ticket: &Ticket) -> ProviderResult<Value> {
        let waiting = Waiting { api: self.api, progress: self.call.progress, began: ticket.began, usual: USUAL };
        let interaction = waiting.until_done(|| self.look(ticket)).await?;
        match self.failure(&interaction) {
            Some(failure) => {
                self.call.operation.forget().await?;
                Err(failure)
            }
            None => Ok(interaction),
        }
    }

    async fn look(&self, ticket: &Ticket) -> ProviderResult<Look<Value>> {
        let path = format!("{}/interactions/{}", self.version, segment(&ticket.id));
        let answer = self.api.get(&path).send().await?;
        let interaction: Value = match &ticket.uri {
            // The clip stands in the answer whatever was asked for, and a large one is fetched from its address.
            Some(_) => answer.json_of_some_size().await?.unwrap_or_else(|| json!({"status": "completed"})),
            None => answer.json().await?,
        };
        match interaction["status"].as_str() {
            Some("queued") => Ok(Look::Queued(None)),
            Some("in_progress") => Ok(Look::Working(None)),
            Some(_) => Ok(Look::Done(interaction)),
            None => Err(self.api.lacks("the state of the interaction").unreadable()),
        }
    }

    /// Why an interaction ended without a clip, where it did.
    fn failure(&self, interaction: &Value) -> Option<ProviderError> {
        let status = interaction["status"].as_str().unwrap_or_default();
        let of_step = steps(interaction).find_map(|step| step.get("error").filter(|error| !error.is_null()));
        let error = of_step.or_else(|| interaction["errors"].get(0));
        match (status, error) {
            ("completed", None) => None,
            ("budget_exceeded", _) => Some(self.api.error(Kind::Quota, "The budget that Gemini has for this is used up.")),
            ("cancelled", _) => Some(self.api.error(Kind::Rejected, "The clip was stopped at Gemini.")),
            (_, Some(error)) => Some(self.read(error)),
            (other, None) => {
                let message = format!("{} ended with the state {} and no reason.", self.api.name(), self.api.quote(other));
                // What was cut short may have been billed all the same: whether it is begun again is the user's to say.
                Some(self.api.error(if other == "failed" { Kind::Unavailable } else { Kind::Rejected }, message))
            }
        }
    }

    fn read(&self, error: &Value) -> ProviderError {
        let told = error.to_string().to_ascii_lowercase();
        let words = error["message"].as_str().unwrap_or("no reason was given");
        if ["safety", "policy", "prohibited", "blocked", "sensitive", "responsible ai"].iter().any(|part| told.contains(part)) {
            return self.api.rejected(words);
        }
        let read = self.api.refused(200, &json!({"error": error}));
        // What the reader of refusals does not know: a failure on their side.
        if read.kind == Kind::BadResponse { self.api.refused(500, &json!({"error": {"message": words}})) } else { read }
    }

    /// Fetches the clip, from wherever it is: an address, or the answer itself.
    async fn fetch(&self, ticket: &Ticket, interaction: &Value, file: &std::path::Path) -> ProviderResult<()> {
        let film = film_in(interaction);
        let uri = ticket.uri.as_deref().or_else(|| film.and_then(|film| film["uri"].as_str()));
        if let Some(data) = film.and_then(|film| film["data"].as_str()).filter(|data| !data.is_empty()) {
            return self.write(data, file).await;
        }
        match uri {
            Some(uri) => {
                self.until_stored(uri).await?;
                self.api.download(uri, file, Media::Film).await
            }
            // It said something instead, which it will say again: to look once more changes nothing.
            None => Err(match text_in(interaction) {
                Some(words) => self.api.rejected(&words),
                None => self.api.lacks("a clip"),
            }),
        }
    }

    /// Waits until a file can be fetched. It is looked at under the version that its address names, which need not be that of
    /// the interaction; an address of the user's that has a version itself stays as it is.
    async fn until_stored(&self, uri: &str) -> ProviderResult<()> {
        let Some((version, id)) = file_of(uri) else { return Ok(()) };
        let version = if self.version.is_empty() { "" } else { version };
        loop {
            let file: Value = self.api.get_json(&format!("{version}/files/{}", segment(id))).await?;
            match file["state"].as_str() {
                Some("PROCESSING") => self.api.pause(Duration::from_secs(1)).await?,
                Some("FAILED") => return Err(self.api.error(Kind::Unavailable, format!("{} could not store the clip.", self.api.name()))),
                _ => return Ok(()),
            }
        }
    }

    async fn write(&self, data: &str, file: &std::path::Path) -> ProviderResult<()> {
        let bytes = encoding::decode(data).ok_or_else(|| self.api.lacks("a clip that can be read"))?;
        if !Media::Film.begins_with(&bytes) {
            return Err(self.api.error(Kind::BadResponse, format!("{} sends something else where a film was expected.", self.api.name())));
        }
        tokio::fs::write(file, bytes).await.map_err(|error| match error.kind() {
            std::io::ErrorKind::StorageFull => self.api.error(Kind::DiskFull, DISK_FULL),
            _ => self.api.error(Kind::Internal, error.to_string()).ours(),
        })
    }
}

/// What the model made, the newest first; what it was given is a step too.
fn steps(interaction: &Value) -> impl Iterator<Item = &Value> {
    let all = interaction["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().rev().filter(|step| step["type"] == "model_output")
}

fn contents(interaction: &Value) -> impl Iterator<Item = &Value> {
    steps(interaction).flat_map(|step| step["content"].as_array().map(Vec::as_slice).unwrap_or_default().iter().rev())
}

fn film_in(interaction: &Value) -> Option<&Value> {
    contents(interaction).find(|content| content["type"] == "video")
}

fn text_in(interaction: &Value) -> Option<String> {
    let text = contents(interaction).find(|content| content["type"] == "text")?["text"].as_str()?;
    Some(text.to_owned()).filter(|text| !text.trim().is_empty())
}

/// The version and the id of `…/v1beta/files/ID:download?alt=media`.
fn file_of(uri: &str) -> Option<(&str, &str)> {
    let (before, rest) = uri.rsplit_once("/files/")?;
    let version = &before[before.rfind('/')?..];
    let is_version = version.strip_prefix("/v").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let id = rest.split([':', '?', '/']).next().filter(|id| !id.is_empty())?;
    is_version.then_some((version, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clip_is_found_after_what_was_given() {
        let interaction = json!({"steps": [
            {"type": "user_input", "content": [{"type": "video", "uri": "given"}]},
            {"type": "thought"},
            {"type": "model_output", "content": [{"type": "text", "text": "Here it is."}, {"type": "video", "uri": "made"}]},
        ]});
        assert_eq!(film_in(&interaction).unwrap()["uri"], "made");
        assert_eq!(text_in(&interaction).as_deref(), Some("Here it is."));
        assert!(film_in(&json!({"steps": []})).is_none());
        assert_eq!(file_of("https://x/v1beta/files/ab-1:download?alt=media"), Some(("/v1beta", "ab-1")));
        assert_eq!(file_of("https://x/gemini/v1/files/ab-1"), Some(("/v1", "ab-1")));
        assert_eq!((file_of("https://x/other"), file_of("https://x/files/ab-1")), (None, None));
    }
}
