//! Replicate: many vendors' image models, and anybody's.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::{FutureExt, future::BoxFuture};
use serde_json::Value;
use shared::provider::ProviderKind;

use super::{
    ImageProvider, ImageRequest, Picture, drawn, forms,
    gateway::{self, DrawModel, Size},
};
use crate::providers::{
    About, Access, Call, Machine, Provider, ProviderResult, Usage,
    http::{Api, Http},
    models,
    vendors::replicate::{REMOTE, VENDOR, prediction},
};

/// The most pictures to resemble that any of them takes.
const MOST_REFERENCES: u32 = 8;

struct Replicate {
    about: About,
    http: Http,
}

/// Makes it. It asks nobody.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn ImageProvider>> {
    let about = About {
        models: models::REPLICATE_DRAWS.iter().map(DrawModel::info).collect(),
        options: vec![
            forms::references(MOST_REFERENCES),
            forms::negative_prompt(),
            forms::seed(gateway::MOST_SEED, "The same seed draws nearly the same, with the models that take one."),
        ],
        notes: Some(
            "Many vendors' models with one token; an official model (`owner/name`) or a version of any (`owner/name:version`) can be \
             entered."
                .to_owned(),
        ),
        a_minute: Some(600),
        ..About::remote("replicate", "Replicate", ProviderKind::Image, REMOTE)
    };
    let provider: Arc<dyn ImageProvider> = Arc::new(Replicate { about, http: machine.http.clone() });
    std::future::ready(provider).boxed()
}

impl Replicate {
    fn api(&self, access: &Access) -> ProviderResult<Api> {
        self.http.api(&VENDOR, ProviderKind::Image, access)
    }
}

fn model_of(id: &str) -> Option<&'static DrawModel> {
    models::REPLICATE_DRAWS.iter().find(|model| model.id == id)
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
impl ImageProvider for Replicate {
    fn most_references(&self, model: Option<&str>) -> Option<u32> {
        model_of(model.unwrap_or(models::REPLICATE_DRAWS[0].id)).map(DrawModel::most_references)
    }

    async fn draw(&self, request: &ImageRequest, call: &Call<'_>) -> ProviderResult<Picture> {
        let api = self.api(&call.access)?;
        let id = request.model.as_deref().unwrap_or(models::REPLICATE_DRAWS[0].id);
        let model = model_of(id);
        let input = async {
            let mut addresses = Vec::new();
            for picture in request.attachments(&self.about).await? {
                addresses.push(prediction::address_of(&api, &picture).await?);
            }
            Ok(gateway::input(model, request, &addresses, (Size::Shape, "input_images")))
        };
        let usual = Duration::from_secs(model.map_or(20, |model| model.usual_seconds));
        let made = prediction::run(&api, call, id, input, usual).await?;
        let usage = Usage {
            model: Some(id.to_owned()),
            // By the time that it was computed, or by what was made: nobody bills both.
            seconds: made.computed_seconds,
            images: made.computed_seconds.is_none().then_some(1),
            requests: Some(1),
            ..Usage::default()
        };
        let url = made.files.first().ok_or_else(|| api.lacks("a picture"))?;
        let bytes = drawn::fetched(&api, url, call).await?;
        Ok(Picture { bytes, usage, credit: None })
    }
}
