//! A writer that rewrites scenes, predictably.

use std::sync::Arc;

use async_trait::async_trait;
use shared::provider::ProviderKind;
use studio::providers::{
    About, Call, Kind, Provider, ProviderError, ProviderResult, Providers, Usage,
    text::{DraftScene, RewriteRequest, ScriptProvider, ScriptRequest, Written},
};
use tokio::sync::mpsc;

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

#[async_trait]
impl ScriptProvider for Rewriter {
    async fn write(&self, _request: &ScriptRequest, _call: &Call<'_>, _written: mpsc::Sender<Written>) -> ProviderResult<Usage> {
        Err(ProviderError::new(self.about.id, Kind::Rejected, "It only rewrites."))
    }

    fn rewrites(&self) -> bool {
        true
    }

    async fn rewrite(&self, request: &RewriteRequest, _call: &Call<'_>) -> ProviderResult<(DraftScene, Usage)> {
        let narration = format!("{} {}", request.instruction, request.scene.narration);
        Ok((DraftScene { narration, ..request.scene.clone() }, Usage::default()))
    }
}
