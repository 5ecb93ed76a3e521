//! `storyboard` as a provider.

use std::sync::Arc;

use async_trait::async_trait;
use engines::{
    media::images,
    storyboard::{self, Card, DrawError},
};
use futures_util::{FutureExt, future::BoxFuture};
use shared::{
    project::AspectRatio,
    provider::{ModelInfo, OptionField, OptionInput, ProviderKind},
    video::Resolution,
};

use super::{ImageProvider, ImageRequest, MOST_PIXELS, Picture, forms};
use crate::providers::{About, Call, Kind, Machine, Provider, ProviderError, ProviderResult, Usage};

const ID: &str = "storyboard";
/// How many pictures it takes colours from, and how many from each.
const MOST_REFERENCES: u32 = 3;
const COLOURS_OF_EACH: usize = 3;

struct StoryboardProvider(About);

/// Makes it. It needs nothing.
pub fn make(_machine: &Machine) -> BoxFuture<'_, Arc<dyn ImageProvider>> {
    let style = |style: storyboard::StyleInfo| ModelInfo::new(style.id, style.name, ProviderKind::Image);
    let seed = OptionField {
        name: "seed".to_owned(),
        label: "Seed".to_owned(),
        kind: ProviderKind::Image,
        input: OptionInput::Number { min: 0.0, max: 9_007_199_254_740_991.0, step: 1.0, only: Vec::new() },
        help: Some("The same seed draws the same card.".to_owned()),
    };
    let about = About {
        id: ID,
        name: "Storyboard",
        kind: ProviderKind::Image,
        built_in: true,
        remote: None,
        models: storyboard::styles().map(style).collect(),
        options: vec![
            OptionField {
                help: Some("Figures, places, colours or styles that must not be seen; “text” leaves out the title.".to_owned()),
                ..forms::negative_prompt()
            },
            OptionField { help: Some("It takes its colours from them.".to_owned()), ..forms::references(MOST_REFERENCES) },
            seed,
        ],
        notes: Some(
            "Draws a title card with what the scene's words name. A model is a style; where none is chosen, the style prompt's words choose \
             it. Its colours and moods choose the palette either way."
                .to_owned(),
        ),
        at_once: 4,
        a_minute: None,
        draws_cards: true,
        missing: None,
    };
    let provider: Arc<dyn ImageProvider> = Arc::new(StoryboardProvider(about));
    std::future::ready(provider).boxed()
}

#[async_trait]
impl Provider for StoryboardProvider {
    fn about(&self) -> &About {
        &self.0
    }

    async fn test(&self, _call: &Call<'_>) -> ProviderResult<()> {
        let request = ImageRequest {
            visual_prompt: "A hill and a sun".to_owned(),
            style_prompt: String::new(),
            figures: Vec::new(),
            negative_prompt: None,
            title: "Test".to_owned(),
            narration: String::new(),
            language: "en".to_owned(),
            position: 0,
            scene_count: 1,
            aspect_ratio: AspectRatio::Landscape,
            seed: None,
            take: 1,
            references: Vec::new(),
            model: None,
        };
        paint(request, Vec::new(), (320, 180)).await.map(drop)
    }
}

#[async_trait]
impl ImageProvider for StoryboardProvider {
    async fn draw(&self, request: &ImageRequest, _call: &Call<'_>) -> ProviderResult<Picture> {
        let colours = colours_of(request).await?;
        let bytes = paint(request.clone(), colours, Resolution::P1080.size(request.aspect_ratio)).await?;
        Ok(Picture { bytes, usage: Usage::free(), credit: None })
    }
}

/// The leading colours of the pictures to resemble: the first of each, then the second of each, and so on.
async fn colours_of(request: &ImageRequest) -> ProviderResult<Vec<[u8; 3]>> {
    let files = request.references.clone();
    let read = move || {
        let mut each = Vec::new();
        for file in files {
            let bytes = std::fs::read(file).map_err(|error| error.to_string())?;
            each.push(images::leading_colours(&bytes, COLOURS_OF_EACH, MOST_PIXELS).map_err(|error| error.to_string())?);
        }
        Ok((0..COLOURS_OF_EACH).flat_map(|rank| each.iter().filter_map(move |colours| colours.get(rank).copied())).collect())
    };
    let read: Result<Result<Vec<[u8; 3]>, String>, _> = tokio::task::spawn_blocking(read).await;
    let broken = |message: String| ProviderError::new(ID, Kind::Internal, format!("a picture to resemble: {message}"));
    read.map_err(|error| broken(error.to_string()))?.map_err(broken)
}

async fn paint(request: ImageRequest, colours: Vec<[u8; 3]>, (width, height): (u32, u32)) -> ProviderResult<Vec<u8>> {
    let painted = tokio::task::spawn_blocking(move || {
        storyboard::draw(&Card {
            title: &request.title,
            narration: &request.narration,
            visual_prompt: &request.visual_prompt,
            style_prompt: &request.style_prompt,
            leave_out: request.negative_prompt.as_deref().unwrap_or_default(),
            colours: &colours,
            style: request.model.as_deref(),
            language: &request.language,
            position: request.position,
            scene_count: request.scene_count,
            width,
            height,
            seed: request.seed.unwrap_or(request.take),
        })
    });
    let painted = painted.await.map_err(|error| ProviderError::new(ID, Kind::Internal, error.to_string()))?;
    painted.map_err(|error| {
        let kind = match &error {
            DrawError::Size { .. } | DrawError::Glyphs(_) => Kind::Rejected,
            DrawError::Encode(_) => Kind::Internal,
        };
        ProviderError::new(ID, kind, format!("The card could not be drawn: {error}."))
    })
}
