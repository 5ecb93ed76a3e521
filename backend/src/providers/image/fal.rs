//! fal.ai: many vendors' image models behind one queue.

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
    About, Access, Attachment, Call, Machine, Provider, ProviderResult, Usage,
    http::{Api, Http},
    models,
    vendors::fal::{REMOTE, VENDOR, queue},
};

/// The most pictures to resemble that any of them takes.
const MOST_REFERENCES: u32 = 14;

struct Fal {
    about: About,
    http: Http,
}

/// Makes it. It asks nobody.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn ImageProvider>> {
    let about = About {
        models: models::FAL_DRAWS.iter().map(DrawModel::info).collect(),
        options: vec![
            forms::references(MOST_REFERENCES),
            forms::negative_prompt(),
            forms::seed(gateway::MOST_SEED, "The same seed draws nearly the same, with the models that take one."),
        ],
        notes: Some("Many vendors' models with one key; any id of its gallery can be entered.".to_owned()),
        // What a new account may have running.
        at_once: 2,
        ..About::remote("fal", "fal.ai", ProviderKind::Image, REMOTE)
    };
    let provider: Arc<dyn ImageProvider> = Arc::new(Fal { about, http: machine.http.clone() });
    std::future::ready(provider).boxed()
}

impl Fal {
    fn api(&self, access: &Access) -> ProviderResult<Api> {
        self.http.api(&VENDOR, ProviderKind::Image, access)
    }
}

fn model_of(id: &str) -> Option<&'static DrawModel> {
    models::FAL_DRAWS.iter().find(|model| model.id == id)
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
impl ImageProvider for Fal {
    fn most_references(&self, model: Option<&str>) -> Option<u32> {
        model_of(model.unwrap_or(models::FAL_DRAWS[0].id)).map(DrawModel::most_references)
    }

    async fn draw(&self, request: &ImageRequest, call: &Call<'_>) -> ProviderResult<Picture> {
        let api = self.api(&call.access)?;
        let id = request.model.as_deref().unwrap_or(models::FAL_DRAWS[0].id);
        let model = model_of(id);
        let asked = model.map_or(id, |model| model.asked(request.references.len()));
        let input = async {
            let addresses: Vec<String> = request.attachments(&self.about).await?.iter().map(Attachment::data_uri).collect();
            Ok(gateway::input(model, request, &addresses, (Size::Nested, "image_urls")))
        };
        let usual = Duration::from_secs(model.map_or(20, |model| model.usual_seconds));
        let made = queue::run(&api, call, asked, input, usual).await?;
        let usage = Usage { model: Some(id.to_owned()), images: Some(1), requests: Some(1), ..Usage::default() };
        // A picture that the filter turned black was made, and shows nothing.
        if made["has_nsfw_concepts"][0] == true {
            return Err(api.rejected("the picture was withheld by the safety filter").having_used(usage));
        }
        let url = picture_in(&made).ok_or_else(|| api.lacks("a picture"))?;
        let bytes = if url.starts_with("data:") { drawn::decoded(&api, url)? } else { drawn::fetched(&api, url, call).await? };
        Ok(Picture { bytes, usage, credit: None })
    }
}

/// Where the picture is.
fn picture_in(made: &Value) -> Option<&str> {
    [&made["images"][0]["url"], &made["images"][0], &made["image"]["url"], &made["image"]].into_iter().find_map(Value::as_str)
}
