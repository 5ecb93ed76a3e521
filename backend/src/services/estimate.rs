//! Estimates: what a generate operation would take, before it is started.

use std::sync::Arc;

use super::{Ctx, audio, image, settings, video};
use crate::{db, error::Result};
use shared::{
    ProjectId,
    estimate::{AudioRequest, Estimate, EstimateRequest, ImageRequest},
    video::GenerateVideo,
};

/// What a generate operation would take. It refuses what the operation itself would refuse.
pub async fn estimate(ctx: &Arc<Ctx>, request: EstimateRequest) -> Result<Estimate> {
    match request {
        EstimateRequest::Script(request) => {
            let chosen = ctx.db.read(|conn| Ok(settings::defaults(conn)?.script.provider)).await?;
            let provider = request.options.and_then(|options| options.provider).unwrap_or(chosen);
            let writer = settings::script_provider(ctx, &provider, "request.options.provider")?;
            settings::access(ctx, writer.about()).await?;
            Ok(calls(1, writer.about().built_in))
        }
        EstimateRequest::Audio(AudioRequest::One(request)) => {
            let scene = request.scene_id;
            let project = ctx.db.read(move |conn| Ok(db::scene::get(conn, scene)?.project_id)).await?;
            let casting = audio::cast(ctx, project, request.voice_id, request.speed).await?;
            Ok(calls(1, is_free(ctx, &casting.provider)))
        }
        EstimateRequest::Audio(AudioRequest::Batch(request)) => {
            let casting = audio::cast(ctx, request.project_id, request.voice_id, request.speed).await?;
            let missing = request.only_missing.unwrap_or(false);
            Ok(calls(count(ctx, request.project_id, missing, false).await?, is_free(ctx, &casting.provider)))
        }
        EstimateRequest::Image(ImageRequest::One(request)) => {
            let scene = request.scene_id;
            ctx.db.read(move |conn| db::scene::get(conn, scene)).await?;
            let look = image::look(ctx, request.style_prompt, request.model_options).await?;
            Ok(calls(1, is_free(ctx, &look.provider)))
        }
        EstimateRequest::Image(ImageRequest::Batch(request)) => {
            let look = image::look(ctx, request.style_prompt, request.model_options).await?;
            let missing = request.only_missing.unwrap_or(false);
            Ok(calls(count(ctx, request.project_id, missing, true).await?, is_free(ctx, &look.provider)))
        }
        EstimateRequest::Video(request) => estimate_video(ctx, request).await,
    }
}

async fn estimate_video(ctx: &Arc<Ctx>, request: GenerateVideo) -> Result<Estimate> {
    let plan = video::plan(ctx, request).await?;
    let free = is_free(ctx, &plan.provider);
    if plan.image_ids.is_some() || plan.options.fill_missing == Some(false) {
        return Ok(calls(1, free));
    }
    let (audio_calls, image_calls) = (count(ctx, plan.project, true, false).await?, count(ctx, plan.project, true, true).await?);
    let defaults = ctx.db.read(settings::defaults).await?;
    let free = free
        && (audio_calls == 0 || is_free(ctx, &defaults.audio.provider))
        && (image_calls == 0 || is_free(ctx, &defaults.image.provider));
    Ok(calls(1 + audio_calls + image_calls, free))
}

/// How many takes a batch would make.
async fn count(ctx: &Ctx, project: ProjectId, only_missing: bool, pictures: bool) -> Result<u32> {
    ctx.db
        .read(move |conn| {
            db::project::get(conn, project)?;
            let mut count = 0;
            for scene in db::scene::of_project(conn, project)? {
                let wanted = match (pictures, only_missing) {
                    (true, true) => image::is_missing(conn, &scene)?,
                    (true, false) => true,
                    (false, _) if scene.narration.trim().is_empty() => false,
                    (false, true) => audio::is_missing(conn, &scene)?,
                    (false, false) => true,
                };
                count += u32::from(wanted);
            }
            Ok(count)
        })
        .await
}

fn is_free(ctx: &Ctx, provider: &str) -> bool {
    ctx.providers.with_id(provider).iter().all(|provider| provider.about().built_in)
}

/// What built-in providers cost is known: nothing. What others cost is not known, which is not nothing.
fn calls(calls: u32, free: bool) -> Estimate {
    Estimate { calls, cost_usd: free.then_some(0.0), seconds: None }
}
