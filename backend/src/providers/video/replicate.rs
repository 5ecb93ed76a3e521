//! Replicate: many vendors' models, and anybody's.

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
    vendors::replicate::{REMOTE, VENDOR, prediction},
};

struct Replicate {
    about: About,
    http: Http,
    tools: Result<Tools, String>,
}

/// Makes it.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn VideoProvider>> {
    let notes = "Many vendors' models with one token; an official model (`owner/name`) or a version of any (`owner/name:version`) can be \
                 entered. Clips are made without sound where that can be chosen.";
    let about = About {
        models: models::REPLICATE_FILMS.iter().map(ClipModel::info).collect(),
        options: fields(models::REPLICATE_FILMS.iter().map(ClipModel::clips)),
        notes: Some(notes.to_owned()),
        a_minute: Some(600),
        missing: footage::missing(machine),
        ..About::remote("replicate", "Replicate", ProviderKind::Video, REMOTE)
    };
    let provider: Arc<dyn VideoProvider> = Arc::new(Replicate { about, http: machine.http.clone(), tools: machine.tools.clone() });
    std::future::ready(provider).boxed()
}

impl Replicate {
    fn api(&self, access: &Access) -> ProviderResult<Api> {
        self.http.api(&VENDOR, ProviderKind::Video, access)
    }
}

fn model_of(id: &str) -> Option<&'static ClipModel> {
    models::REPLICATE_FILMS.iter().find(|model| model.id == id)
}

#[async_trait]
impl Provider for Replicate {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        prediction::try_key(&self.api(&call.access)?).await
    }

    async fn abandon(&self, operation: &Value, access: &Access) -> ProviderResult<()> {
        prediction::abandon(&self.api(access)?, operation).await
    }
}

#[async_trait]
impl VideoProvider for Replicate {
    fn makes_films(&self) -> bool {
        false
    }

    fn clips(&self, model: Option<&str>) -> Option<Clips> {
        model_of(model.unwrap_or(models::REPLICATE_FILMS[0].id)).map(ClipModel::clips)
    }

    async fn make(&self, request: &VideoRequest, call: &Call<'_>) -> ProviderResult<Video> {
        let api = self.api(&call.access)?;
        let id = request.model.as_deref().unwrap_or(models::REPLICATE_FILMS[0].id);
        let model = model_of(id);
        let input = async {
            let picture = Attachment::read(&call.access.provider, request.first_picture()?).await?;
            let picture = prediction::address_of(&api, &picture).await?;
            Ok(gateway::input(model, request, &picture, "image"))
        };
        let usual = Duration::from_secs(model.map_or(180, |model| model.usual_seconds));
        let made = prediction::run(&api, call, id, input, usual).await?;
        let url = made.files.first().ok_or_else(|| api.lacks("a clip"))?;
        let fetched = call.workdir.join("fetched");
        api.download(url, &fetched, Media::Film).await?;
        let usage = |seconds| Usage {
            model: Some(id.to_owned()),
            tier: request.resolution.map(|resolution| resolution.as_str().to_owned()),
            seconds: made.computed_seconds.or(Some(seconds)),
            requests: Some(1),
            ..Usage::default()
        };
        footage::develop(footage::tools(&self.tools, &api)?, &api, &fetched, call.workdir, usage).await
    }
}
