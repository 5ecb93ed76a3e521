//! What a request names, beside what its own rules say: providers, models, voices, pictures, tracks. Where a request breaks
//! its rules, what else is wrong with it is told along with that; one that breaks none meets the same checks when it is
//! carried out.

use std::sync::Arc;

use super::{Ctx, audio, image, scene, script, settings, video};
use crate::{db, error::Result};
use shared::{
    audio::{GenerateAudio, GenerateAudioBatch},
    image::{GenerateImage, GenerateImageBatch},
    project::{CreateProject, PatchProject},
    scene::{CreateScene, PatchScene, RewriteScene},
    script::GenerateScript,
    settings::PatchSettings,
    video::GenerateVideo,
};

/// A request that may name what there is not.
pub trait Meaning {
    /// Fails with all of that. It changes nothing.
    fn check(self, ctx: &Arc<Ctx>) -> impl Future<Output = Result<()>>;
}

/// Those that name nothing that has to be looked up.
macro_rules! plain {
    ($($request:ty),*) => {
        $(impl Meaning for $request {
            async fn check(self, _: &Arc<Ctx>) -> Result<()> {
                Ok(())
            }
        })*
    };
}
plain!(CreateProject, PatchProject, CreateScene, RewriteScene);

impl Meaning for GenerateScript {
    async fn check(self, ctx: &Arc<Ctx>) -> Result<()> {
        script::plan(ctx, &self).await.map(drop)
    }
}

impl Meaning for GenerateAudio {
    async fn check(self, ctx: &Arc<Ctx>) -> Result<()> {
        audio::check_voice(ctx, self.voice_id.as_deref()).await
    }
}

impl Meaning for GenerateAudioBatch {
    async fn check(self, ctx: &Arc<Ctx>) -> Result<()> {
        audio::check_voice(ctx, self.voice_id.as_deref()).await
    }
}

impl Meaning for GenerateImage {
    async fn check(self, ctx: &Arc<Ctx>) -> Result<()> {
        let id = self.scene_id;
        let scene = ctx.db.read(move |conn| db::scene::get(conn, id)).await?;
        image::look_in(ctx, scene.project_id, self.style_prompt, self.model_options).await.map(drop)
    }
}

impl Meaning for GenerateImageBatch {
    async fn check(self, ctx: &Arc<Ctx>) -> Result<()> {
        image::look_in(ctx, self.project_id, self.style_prompt, self.model_options).await.map(drop)
    }
}

impl Meaning for GenerateVideo {
    async fn check(self, ctx: &Arc<Ctx>) -> Result<()> {
        video::plan(ctx, self).await.map(drop)
    }
}

impl Meaning for PatchScene {
    async fn check(self, ctx: &Arc<Ctx>) -> Result<()> {
        ctx.db.read(move |conn| scene::check_selection(conn, None, &self)).await
    }
}

impl Meaning for PatchSettings {
    async fn check(self, ctx: &Arc<Ctx>) -> Result<()> {
        settings::check(ctx, &self).await
    }
}
