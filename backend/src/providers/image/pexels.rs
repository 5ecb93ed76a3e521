//! Pexels: nothing is drawn; a photograph is found that shows what the scene's words name, and its photographer is named.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{FutureExt, future::BoxFuture};
use serde::Deserialize;
use serde_json::Value;
use shared::{project::AspectRatio, provider::ProviderKind, record::Credit};

use super::{ImageProvider, ImageRequest, Picture, drawn, forms};
use crate::providers::{
    About, Call, Machine, Provider, ProviderResult, Usage,
    http::{Api, Http},
    vendors::pexels::{REMOTE, VENDOR, stock},
};

/// How many photographs are asked for; which of them it is differs from take to take, and the first fit best.
const FOUND: &str = "15";

struct Pexels {
    about: About,
    http: Http,
}

/// Makes it. It asks nobody.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn ImageProvider>> {
    let about = About {
        options: vec![forms::seed(1000.0, "Which of the photographs that fit.")],
        notes: Some("Finds photographs by what is seen, not by the style. A key is free of charge: `pexels.com/api`.".to_owned()),
        at_once: 2,
        ..About::remote("pexels", "Pexels", ProviderKind::Image, REMOTE)
    };
    let provider: Arc<dyn ImageProvider> = Arc::new(Pexels { about, http: machine.http.clone() });
    std::future::ready(provider).boxed()
}

#[async_trait]
impl Provider for Pexels {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        let api = self.http.api(&VENDOR, ProviderKind::Image, &call.access)?;
        api.get("/v1/search").query("query", "sky").query("per_page", "1").send().await?.json::<Value>().await.map(drop)
    }
}

#[async_trait]
impl ImageProvider for Pexels {
    async fn draw(&self, request: &ImageRequest, call: &Call<'_>) -> ProviderResult<Picture> {
        let api = self.http.api(&VENDOR, ProviderKind::Image, &call.access)?;
        let queries = stock::queries(&request.visual_prompt, &request.title);
        for (number, query) in queries.iter().enumerate() {
            if number > 0 {
                call.operation.turn(&Usage::free()).await?;
            }
            let photos = search(&api, query, request).await?;
            if photos.is_empty() {
                continue;
            }
            let one = request.seed.unwrap_or(request.take) % photos.len() as u64;
            let Some(photo) = photos.into_iter().nth(usize::try_from(one).unwrap_or_default()) else { continue };
            let bytes = drawn::fetched(&api, &photo.src.large2x, call).await?;
            return Ok(Picture { bytes, usage: Usage::free(), credit: photo.credit() });
        }
        let sought = queries.first().map_or("", String::as_str);
        Err(api.rejected(&format!("there is no photograph of “{sought}”; name things that can be seen")))
    }
}

async fn search(api: &Api, query: &str, request: &ImageRequest) -> ProviderResult<Vec<Photo>> {
    let orientation = match request.aspect_ratio {
        AspectRatio::Landscape => "landscape",
        AspectRatio::Portrait | AspectRatio::Tall => "portrait",
        AspectRatio::Square => "square",
    };
    let mut ask = api.get("/v1/search").query("query", query).query("orientation", orientation).query("per_page", FOUND);
    if let Some(locale) = stock::locale(&request.visual_prompt, &request.language) {
        ask = ask.query("locale", locale);
    }
    Ok(ask.send().await?.json::<Found>().await?.photos)
}

#[derive(Deserialize)]
struct Found {
    photos: Vec<Photo>,
}

#[derive(Deserialize)]
struct Photo {
    src: Source,
    #[serde(default)]
    photographer: String,
    photographer_url: Option<String>,
    url: Option<String>,
}

impl Photo {
    fn credit(self) -> Option<Credit> {
        let credit =
            Credit { author: self.photographer, author_url: self.photographer_url, source: "Pexels".to_owned(), source_url: self.url };
        credit.cleaned()
    }
}

/// 1880 by 1300 pixels at most: enough for a film in 1080p.
#[derive(Deserialize)]
struct Source {
    large2x: String,
}
