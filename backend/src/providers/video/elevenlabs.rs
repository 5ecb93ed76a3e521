//! ElevenLabs' flows: a picture becomes a clip by one of several vendors' models.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use engines::media::ffmpeg::Tools;
use futures_util::{FutureExt, future::BoxFuture};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    provider::{ModelInfo, ProviderKind},
    video::Resolution::P2160,
};

use super::{
    Clips, Video, VideoProvider, VideoRequest,
    clips::{fields, fields_of},
    footage,
};
use crate::providers::{
    About, Access, Attachment, Call, Kind, Look, Machine, Provider, ProviderError, ProviderResult, Usage, Waiting,
    http::{Api, Http, Media, segment},
    models::{self, FlowModel},
    vendors::elevenlabs::{REMOTE, VENDOR, try_key},
};

struct ElevenLabs {
    about: About,
    http: Http,
    tools: Result<Tools, String>,
}

/// What is written down of a generation.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Ticket {
    id: String,
    began: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Created {
    id: String,
}

#[derive(Deserialize)]
struct Generation {
    status: String,
    content_url: Option<String>,
    failure_reason: Option<String>,
    error_message: Option<String>,
}

impl FlowModel {
    fn clips(&self) -> Clips {
        let usual = Duration::from_secs(self.usual_seconds);
        Clips { lengths: self.lengths, resolutions: self.resolutions, shapes: self.shapes, usual }
    }

    fn info(&self) -> ModelInfo {
        ModelInfo::new(self.id, self.name, ProviderKind::Video).told(fields_of(self.clips()))
    }
}

/// Makes it.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn VideoProvider>> {
    let about = About {
        models: models::ELEVENLABS_FILMS.iter().map(FlowModel::info).collect(),
        options: fields(models::ELEVENLABS_FILMS.iter().map(FlowModel::clips)),
        notes: Some("Clips are made without sound. What they cost is counted in credits, and not told.".to_owned()),
        at_once: 2,
        missing: footage::missing(machine),
        ..About::remote("elevenlabs", "ElevenLabs", ProviderKind::Video, REMOTE)
    };
    let provider: Arc<dyn VideoProvider> = Arc::new(ElevenLabs { about, http: machine.http.clone(), tools: machine.tools.clone() });
    std::future::ready(provider).boxed()
}

impl ElevenLabs {
    fn api(&self, access: &Access) -> ProviderResult<Api> {
        self.http.api(&VENDOR, ProviderKind::Video, access)
    }
}

fn model_of(id: &str) -> Option<&'static FlowModel> {
    models::ELEVENLABS_FILMS.iter().find(|model| model.id == id)
}

#[async_trait]
impl Provider for ElevenLabs {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        try_key::<Value>(&self.api(&call.access)?, "/v1/flows/video?page_size=1").await
    }
}

#[async_trait]
impl VideoProvider for ElevenLabs {
    fn makes_films(&self) -> bool {
        false
    }

    fn clips(&self, model: Option<&str>) -> Option<Clips> {
        model_of(model.unwrap_or(models::ELEVENLABS_FILMS[0].id)).map(FlowModel::clips)
    }

    async fn make(&self, request: &VideoRequest, call: &Call<'_>) -> ProviderResult<Video> {
        let api = self.api(&call.access)?;
        let id = request.model.as_deref().unwrap_or(models::ELEVENLABS_FILMS[0].id);
        let ticket: Ticket = match call.operation.resume()? {
            Some(ticket) => ticket,
            None => {
                let picture = Attachment::read(&call.access.provider, request.first_picture()?).await?;
                call.operation.create(begin(&api, &body(id, request, &picture))).await?
            }
        };
        let usual = Duration::from_secs(model_of(id).map_or(120, |model| model.usual_seconds));
        let waiting = Waiting { api: &api, progress: call.progress, began: ticket.began, usual };
        let ended = waiting.until_done(|| look(&api, &ticket)).await?;
        if ended.status != "completed" {
            call.operation.forget().await?;
            return Err(failure(&api, &ended));
        }
        let url = ended.content_url.ok_or_else(|| api.lacks("a clip"))?;
        let fetched = call.workdir.join("fetched");
        api.download(&url, &fetched, Media::Film).await?;
        let usage = |seconds| Usage {
            model: Some(id.to_owned()),
            tier: request.resolution.map(|resolution| resolution.as_str().to_owned()),
            seconds: Some(seconds),
            requests: Some(1),
            ..Usage::default()
        };
        footage::develop(footage::tools(&self.tools, &api)?, &api, &fetched, call.workdir, usage).await
    }
}

fn body(model: &str, request: &VideoRequest, picture: &Attachment) -> Value {
    let mut body = json!({
        "model_id": model,
        "prompt": request.prompt.as_deref().unwrap_or_default(),
        "start_frame": {"type": "inline_base64", "content_base64": picture.base64(), "mime_type": picture.mime},
        // A narration is spoken over it.
        "generate_audio": false,
    });
    if let Some(seconds) = request.seconds {
        #[expect(clippy::cast_possible_truncation, reason = "a clip lasts some seconds")]
        let seconds = seconds.round() as i64;
        body["duration_secs"] = seconds.into();
    }
    if let Some(shape) = request.shape {
        body["aspect_ratio"] = shape.as_str().into();
    }
    if let Some(resolution) = request.resolution {
        let four_k = model_of(model).map_or("4k", |model| model.four_k);
        body["resolution"] = if resolution == P2160 { four_k } else { resolution.as_str() }.into();
    }
    body
}

async fn begin(api: &Api, body: &Value) -> ProviderResult<Ticket> {
    let Created { id } = api.post_json("/v1/flows/video", body).await?;
    Ok(Ticket { id, began: Utc::now() })
}

async fn look(api: &Api, ticket: &Ticket) -> ProviderResult<Look<Generation>> {
    let generation: Generation = api.get_json(&format!("/v1/flows/video/{}", segment(&ticket.id))).await?;
    match generation.status.as_str() {
        "pending" => Ok(Look::Queued(None)),
        "generating" => Ok(Look::Working(None)),
        "completed" | "failed" => Ok(Look::Done(generation)),
        other => {
            Err(api.error(Kind::BadResponse, format!("{} tells of a state that is not documented: {}.", api.name(), api.quote(other))))
        }
    }
}

fn failure(api: &Api, ended: &Generation) -> ProviderError {
    let words = ended.error_message.as_deref().filter(|words| !words.trim().is_empty()).unwrap_or("no reason was given");
    let failed = |kind| api.error(kind, format!("{} could not make the clip: {}.", api.name(), api.quote(words).trim_end_matches('.')));
    match ended.failure_reason.as_deref() {
        Some("moderated" | "invalid_parameters") => api.rejected(words),
        Some("charging_failed") => failed(Kind::Quota),
        Some("timeout") => failed(Kind::Timeout),
        _ => failed(Kind::Unavailable),
    }
}
