//! `outline` as a provider.

use std::sync::Arc;

use async_trait::async_trait;
use engines::outline::{self, Options, Outline};
use futures_util::{FutureExt, future::BoxFuture};
use shared::provider::ProviderKind;
use tokio::sync::mpsc;

use super::{DraftScene, ScriptProvider, ScriptRequest, Written};
use crate::providers::{About, Call, Kind, Machine, Provider, ProviderError, ProviderResult, Usage};

const ID: &str = "outline";

struct OutlineProvider(About);

/// Makes it. It needs nothing.
pub fn make(_machine: &Machine) -> BoxFuture<'_, Arc<dyn ScriptProvider>> {
    let about = About {
        id: ID,
        name: "Outline",
        kind: ProviderKind::Script,
        built_in: true,
        remote: None,
        models: Vec::new(),
        options: Vec::new(),
        notes: Some(
            "Divides the text that it is given into scenes, word for word; headings become titles. It does not invent any.".to_owned(),
        ),
        at_once: 4,
        a_minute: None,
        draws_cards: false,
        missing: None,
    };
    let provider: Arc<dyn ScriptProvider> = Arc::new(OutlineProvider(about));
    std::future::ready(provider).boxed()
}

#[async_trait]
impl Provider for OutlineProvider {
    fn about(&self) -> &About {
        &self.0
    }

    async fn test(&self, _call: &Call<'_>) -> ProviderResult<()> {
        let outline = divide("One sentence. And another one.".to_owned(), Options::default()).await?;
        if outline.scenes.is_empty() { Err(ProviderError::new(ID, Kind::Internal, "no scenes")) } else { Ok(()) }
    }
}

#[async_trait]
impl ScriptProvider for OutlineProvider {
    async fn write(&self, request: &ScriptRequest, _call: &Call<'_>, written: mpsc::UnboundedSender<Written>) -> ProviderResult<Usage> {
        let options = Options {
            scene_count: request.scene_count,
            duration_seconds: request.duration_seconds,
            language: request.language.clone(),
            title: request.title.clone(),
        };
        let Outline { title, language, scenes } = divide(request.prompt.clone(), options).await?;
        let head = Written::Head { title, language, figures: Vec::new() };
        let parts = scenes
            .into_iter()
            .map(|scene| Written::Scene(DraftScene { title: scene.title, narration: scene.narration, visual_prompt: scene.visual_prompt }));
        for part in std::iter::once(head).chain(parts) {
            // Whoever reads has given up, and says why itself.
            if written.send(part).is_err() {
                break;
            }
        }
        Ok(Usage::free())
    }
}

async fn divide(text: String, options: Options) -> ProviderResult<Outline> {
    let divided = tokio::task::spawn_blocking(move || outline::outline(&text, &options)).await;
    divided.map_err(|error| ProviderError::new(ID, Kind::Internal, error.to_string()))
}

/// What a scene that somebody else wrote is called and shows, from its own words: its title and its visual prompt.
pub fn describe(narration: &str, language: Option<&str>) -> (String, String) {
    if narration.trim().is_empty() {
        return (String::new(), String::new());
    }
    let options = Options { scene_count: Some(1), language: language.map(str::to_owned), ..Options::default() };
    let scene = outline::outline(narration, &options).scenes.into_iter().next();
    scene.map(|scene| (scene.title, scene.visual_prompt)).unwrap_or_default()
}

/// Whether a language, by its primary subtag, is one that [`detect_language`] can find.
pub fn can_detect(language: &str) -> bool {
    outline::can_detect(language)
}

/// The language of a text (BCP 47).
pub fn detect_language(text: &str) -> String {
    outline::outline(text, &Options { scene_count: Some(1), ..Options::default() }).language
}
