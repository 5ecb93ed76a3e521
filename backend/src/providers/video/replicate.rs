//! Replicate: many vendors' models, and anybody's.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::{FutureExt, future::BoxFuture};
use serde_json::Value;
use shared::{
    project::AspectRatio::{Landscape, Portrait, Square},
    provider::ProviderKind,
    video::Resolution::{P720, P1080},
};

use super::{
    Clips, Lengths, Video, VideoProvider, VideoRequest,
    clips::fields,
    footage,
    gateway::{self, ClipModel, Written},
};
use crate::{
    media::ffmpeg::Tools,
    providers::{
        About, Access, Attachment, Call, Machine, Provider, ProviderResult, Usage,
        http::{Api, Http, Media},
        vendors::replicate::{REMOTE, VENDOR, prediction},
    },
};

/// The official models (as their pages describe them, November 2026), the default first.
const MODELS: &[ClipModel] = &[
    ClipModel {
        id: "google/veo-3.1-fast",
        name: "Veo 3.1 Fast",
        picture: "image",
        lengths: Lengths::OneOf(&[4, 6, 8]),
        written: Written::Number,
        resolutions: &[P720, P1080],
        shapes: &[Landscape, Portrait],
        always: &[("generate_audio", false)],
        usual_seconds: 80,
    },
    ClipModel {
        id: "wan-video/wan-2.7-i2v",
        name: "Wan 2.7",
        picture: "first_frame",
        lengths: Lengths::Between(2, 15),
        written: Written::Number,
        resolutions: &[P720, P1080],
        shapes: &[],
        always: &[],
        usual_seconds: 180,
    },
    ClipModel {
        id: "kwaivgi/kling-v2.5-turbo-pro",
        name: "Kling 2.5 Turbo Pro",
        picture: "start_image",
        lengths: Lengths::OneOf(&[5, 10]),
        written: Written::Number,
        resolutions: &[],
        shapes: &[],
        always: &[],
        usual_seconds: 150,
    },
    ClipModel {
        id: "google/veo-3-fast",
        name: "Veo 3 Fast",
        picture: "image",
        lengths: Lengths::OneOf(&[4, 6, 8]),
        written: Written::Number,
        resolutions: &[P720, P1080],
        shapes: &[Landscape, Portrait],
        always: &[("generate_audio", false)],
        usual_seconds: 80,
    },
    ClipModel {
        id: "bytedance/seedance-1-pro",
        name: "Seedance 1 Pro",
        picture: "image",
        lengths: Lengths::OneOf(&[5, 10]),
        written: Written::Number,
        resolutions: &[P1080],
        shapes: &[Landscape, Portrait, Square],
        always: &[],
        usual_seconds: 90,
    },
];

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
        models: MODELS.iter().map(ClipModel::info).collect(),
        options: fields(MODELS.iter().map(ClipModel::clips)),
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
    MODELS.iter().find(|model| model.id == id)
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
        model_of(model.unwrap_or(MODELS[0].id)).map(ClipModel::clips)
    }

    async fn make(&self, request: &VideoRequest, call: &Call<'_>) -> ProviderResult<Video> {
        let api = self.api(&call.access)?;
        let id = request.model.as_deref().unwrap_or(MODELS[0].id);
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
