//! Who writes: a prompt becomes scenes.

mod anthropic;
mod compatible;
mod gemini;
mod model;
mod openai;
mod outline;

use async_trait::async_trait;
use shared::project::{AspectRatio, Figure};
use tokio::sync::mpsc;

pub use self::{
    model::{Ending, LanguageModel, Prompt, Told},
    outline::{can_detect, describe, detect_language},
};

use super::{Call, Kind, Make, Provider, ProviderError, ProviderResult, Usage};

/// Every script provider, in the order in which the app shows them.
pub const REGISTRY: &[Make<dyn ScriptProvider>] = &[outline::make, gemini::make, openai::make, anthropic::make, compatible::make];

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
    /// What the script is; told before the first scene, and once more where it is known better at the end.
    Head {
        /// Its title.
        title: String,
        /// Its language (BCP 47).
        language: String,
        /// Its people and places.
        figures: Vec<Figure>,
    },
    /// A scene that is complete.
    Scene(DraftScene),
    /// All that was told so far is taken back: it is written once more.
    Again,
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
    /// The film's people and places.
    pub figures: Vec<Figure>,
    /// By which model.
    pub model: Option<String>,
}

/// Someone who writes.
#[async_trait]
pub trait ScriptProvider: Provider {
    /// The language model that it is, which the studio tells what to write (`services::llm`); none of one that writes by
    /// rules of its own.
    fn model(&self) -> Option<&dyn LanguageModel> {
        None
    }

    /// Writes a script by rules of its own: its head, then each scene as soon as it is complete. Answers what that took.
    async fn write(&self, _request: &ScriptRequest, _call: &Call<'_>, _written: mpsc::UnboundedSender<Written>) -> ProviderResult<Usage> {
        let about = self.about();
        Err(ProviderError::new(about.id, Kind::Internal, "it has no rules of its own to write by"))
    }
}
