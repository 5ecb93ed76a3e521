//! fal.ai: many vendors' models behind one queue.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::{FutureExt, future::BoxFuture};
use serde_json::Value;
use shared::{
    project::AspectRatio::{Landscape, Portrait, Square},
    provider::ProviderKind,
    video::Resolution::{P720, P1080, P1440, P2160},
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
        vendors::fal::{REMOTE, VENDOR, queue},
    },
};

/// The models (the vendor's own types for its endpoints, November 2026), the default first.
const MODELS: &[ClipModel] = &[
    ClipModel {
        id: "fal-ai/veo3.1/fast/image-to-video",
        name: "Veo 3.1 Fast",
        picture: "image_url",
        lengths: Lengths::OneOf(&[4, 6, 8]),
        written: Written::WithUnit,
        resolutions: &[P720, P1080],
        shapes: &[Landscape, Portrait],
        always: &[("generate_audio", false)],
        usual_seconds: 80,
    },
    ClipModel {
        id: "bytedance/seedance-2.0/image-to-video",
        name: "Seedance 2.0",
        picture: "image_url",
        lengths: Lengths::Between(4, 15),
        written: Written::Text,
        resolutions: &[P720],
        shapes: &[Landscape, Portrait, Square],
        always: &[("generate_audio", false)],
        usual_seconds: 150,
    },
    ClipModel {
        id: "fal-ai/kling-video/v3/standard/image-to-video",
        name: "Kling 3.0 Standard",
        picture: "start_image_url",
        lengths: Lengths::Between(3, 15),
        written: Written::Text,
        resolutions: &[],
        shapes: &[],
        always: &[("generate_audio", false)],
        usual_seconds: 240,
    },
    ClipModel {
        id: "fal-ai/wan/v2.7/image-to-video",
        name: "Wan 2.7",
        picture: "image_url",
        lengths: Lengths::Between(2, 15),
        written: Written::Text,
        resolutions: &[P720, P1080],
        shapes: &[],
        always: &[],
        usual_seconds: 180,
    },
    ClipModel {
        id: "fal-ai/ltx-2.3/image-to-video",
        name: "LTX 2.3",
        picture: "image_url",
        lengths: Lengths::OneOf(&[6, 8, 10]),
        written: Written::Text,
        resolutions: &[P1080, P1440, P2160],
        shapes: &[Landscape, Portrait],
        always: &[("generate_audio", false)],
        usual_seconds: 90,
    },
    ClipModel {
        id: "fal-ai/bytedance/seedance/v1.5/pro/image-to-video",
        name: "Seedance 1.5 Pro",
        picture: "image_url",
        lengths: Lengths::Between(4, 12),
        written: Written::Text,
        resolutions: &[P720, P1080],
        shapes: &[Landscape, Portrait, Square],
        always: &[("generate_audio", false)],
        usual_seconds: 120,
    },
];

struct Fal {
    about: About,
    http: Http,
    tools: Result<Tools, String>,
}

/// Makes it.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn VideoProvider>> {
    let about = About {
        models: MODELS.iter().map(ClipModel::info).collect(),
        options: fields(MODELS.iter().map(ClipModel::clips)),
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
    MODELS.iter().find(|model| model.id == id)
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
        model_of(model.unwrap_or(MODELS[0].id)).map(ClipModel::clips)
    }

    async fn make(&self, request: &VideoRequest, call: &Call<'_>) -> ProviderResult<Video> {
        let api = self.api(&call.access)?;
        let id = request.model.as_deref().unwrap_or(MODELS[0].id);
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
