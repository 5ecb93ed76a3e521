//! Who writes: a prompt becomes scenes.

mod outline;
mod outline_provider;

use async_trait::async_trait;
use shared::project::AspectRatio;
use tokio::sync::mpsc;

pub use self::{
    outline::language::of_part as language_of_part,
    outline_provider::{describe, detect_language},
};

use super::{Call, Kind, Make, Provider, ProviderError, ProviderResult, Usage};

/// Every script provider, in the order in which the app shows them.
pub const REGISTRY: &[Make<dyn ScriptProvider>] = &[outline_provider::make];

/// A script that is wanted.
#[derive(Clone, Debug)]
pub struct ScriptRequest {
    /// What it is about, or the text itself.
    pub prompt: String,
    /// The title, where the user gave one.
    pub title: Option<String>,
    /// How many scenes.
    pub scene_count: Option<u32>,
    /// How long the film should be.
    pub duration_seconds: Option<f64>,
    /// In which language (BCP 47).
    pub language: Option<String>,
    /// How it should sound.
    pub tone: Option<String>,
    /// Whom it is for.
    pub audience: Option<String>,
    /// The shape of the pictures.
    pub aspect_ratio: AspectRatio,
    /// By which model.
    pub model: Option<String>,
}

/// What a writer tells while it writes.
#[derive(Clone, Debug)]
pub enum Written {
    /// What the script is; told once, before the first scene.
    Head {
        /// Its title.
        title: String,
        /// Its language (BCP 47).
        language: String,
    },
    /// A scene that is complete.
    Scene(DraftScene),
}

/// A scene as its writer wrote it.
#[derive(Clone, Debug)]
pub struct DraftScene {
    /// Its title.
    pub title: String,
    /// What is spoken.
    pub narration: String,
    /// What is to be seen.
    pub visual_prompt: String,
}

/// What one scene is to become.
#[derive(Clone, Debug)]
pub struct RewriteRequest {
    /// The scene as it is.
    pub scene: DraftScene,
    /// What to change.
    pub instruction: String,
    /// In which language.
    pub language: String,
    /// By which model.
    pub model: Option<String>,
}

/// Someone who writes.
#[async_trait]
pub trait ScriptProvider: Provider {
    /// Writes a script: its head, then each scene as soon as it is complete. Answers what that took.
    async fn write(&self, request: &ScriptRequest, call: &Call<'_>, written: mpsc::Sender<Written>) -> ProviderResult<Usage>;

    /// Whether it can rewrite a scene by an instruction.
    fn rewrites(&self) -> bool {
        false
    }

    /// Rewrites one scene; answers what that took as well.
    async fn rewrite(&self, _request: &RewriteRequest, _call: &Call<'_>) -> ProviderResult<(DraftScene, Usage)> {
        let about = self.about();
        Err(ProviderError::new(about.id, Kind::NotConfigured, format!("{} cannot rewrite a scene.", about.name)))
    }
}
