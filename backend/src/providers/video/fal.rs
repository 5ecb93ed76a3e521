//! fal.ai: many vendors' models behind one queue.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engines::media::ffmpeg::Tools;
use futures_util::{FutureExt, future::BoxFuture};
use serde_json::Value;
use shared::provider::ProviderKind;

use super::{
    Clips, Video, VideoProvider, VideoRequest,
    clips::fields,
    footage,
    gateway::{self, ClipModel},
};
use crate::providers::{
    About, Access, Attachment, Call, Machine, Provider, ProviderResult, Usage,
    http::{Api, Http, Media},
    models,
    vendors::fal::{REMOTE, VENDOR, queue},
};

struct Fal {
    about: About,
    http: Http,
    tools: Result<Tools, String>,
}

/// Makes it.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn VideoProvider>> {
    let about = About {
        models: models::FAL_FILMS.iter().map(ClipModel::info).collect(),
        options: fields(models::FAL_FILMS.iter().map(ClipModel::clips)),
        notes: Some("Many vendors' models with one key; any id of its gallery can be entered. Clips are made without sound.".to_owned()),
        // What a new account may have running.
        at_once: 2,
        missing: footage::missing(machine),
        ..About::remote("fal", "fal.ai", ProviderKind::Video, REMOTE)
    };
    let provider: Arc<dyn VideoProvider> = Arc::new(Fal { about, http: machine.http.clone(), tools: machine.tools.clone() });
    std::future::ready(provider).boxed()
}

impl Fal {
    fn api(&self, access: &Access) -> ProviderResult<Api> {
        self.http.api(&VENDOR, ProviderKind::Video, access)
    }
}

fn model_of(id: &str) -> Option<&'static ClipModel> {
    models::FAL_FILMS.iter().find(|model| model.id == id)
}

#[async_trait]
impl Provider for Fal {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        queue::try_key(&self.api(&call.access)?).await
    }

    async fn abandon(&self, operation: &Value, access: &Access) -> ProviderResult<()> {
        queue::abandon(&self.api(access)?, operation).await
    }
}

#[async_trait]
impl VideoProvider for Fal {
    fn makes_films(&self) -> bool {
        false
    }

    fn clips(&self, model: Option<&str>) -> Option<Clips> {
        model_of(model.unwrap_or(models::FAL_FILMS[0].id)).map(ClipModel::clips)
    }

    async fn make(&self, request: &VideoRequest, call: &Call<'_>) -> ProviderResult<Video> {
        let api = self.api(&call.access)?;
        let id = request.model.as_deref().unwrap_or(models::FAL_FILMS[0].id);
        let model = model_of(id);
        let input = async {
            let picture = Attachment::read(&call.access.provider, request.first_picture()?).await?;
            Ok(gateway::input(model, request, &picture.data_uri(), "image_url"))
        };
        let usual = Duration::from_secs(model.map_or(180, |model| model.usual_seconds));
        let made = queue::run(&api, call, id, input, usual).await?;
        let url = film_in(&made).ok_or_else(|| api.lacks("a clip"))?;
        let fetched = call.workdir.join("fetched");
        api.download(url, &fetched, Media::Film).await?;
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

/// Where the clip is.
fn film_in(made: &Value) -> Option<&str> {
    [&made["video"]["url"], &made["video"], &made["videos"][0]["url"], &made["video_url"]].into_iter().find_map(Value::as_str)
}
