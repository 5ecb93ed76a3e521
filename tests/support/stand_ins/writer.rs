//! A writer that rewrites scenes, predictably.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use shared::provider::ProviderKind;
use studio::providers::{
    About, Call, Provider, ProviderResult, Providers, Usage,
    text::{Ending, LanguageModel, Prompt, ScriptProvider, Told},
};

/// Puts the instruction before a scene's narration; the id is `stand-in-writer`.
pub struct Rewriter {
    about: About,
}

impl Rewriter {
    /// Puts one among the providers.
    pub fn among(mut providers: Providers) -> Providers {
        let about = About {
            id: "stand-in-writer",
            name: "Stand-in writer",
            kind: ProviderKind::Script,
            built_in: true,
            remote: None,
            models: Vec::new(),
            options: Vec::new(),
            notes: None,
            at_once: 1,
            a_minute: None,
            draws_cards: false,
            missing: None,
        };
        providers.script.push(Arc::new(Self { about }));
        providers
    }
}

#[async_trait]
impl Provider for Rewriter {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, _call: &Call<'_>) -> ProviderResult<()> {
        Ok(())
    }
}

impl ScriptProvider for Rewriter {
    fn model(&self) -> Option<&dyn LanguageModel> {
        Some(self)
    }
}

#[async_trait]
impl LanguageModel for Rewriter {
    async fn answer(&self, prompt: &Prompt, _call: &Call<'_>, told: &mut Told<'_>) -> ProviderResult<(Ending, Usage)> {
        let asked = &prompt.turns[0];
        let scene = asked.lines().find(|line| line.starts_with('{')).expect("the scene");
        let mut scene: Value = serde_json::from_str(scene).expect("the scene as JSON");
        let (_, instruction) = asked.split_once("The instruction:\n").expect("an instruction");
        scene["narration"] = json!(format!("{instruction} {}", scene["narration"].as_str().expect("words")));
        told(&scene.to_string());
        Ok((Ending::Complete, Usage::default()))
    }
}
