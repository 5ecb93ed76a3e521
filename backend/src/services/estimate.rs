//! Estimates: what a generate operation would take, before it is started. It refuses what the operation would refuse, but
//! for spending limits: it tells what they are compared with.

use std::sync::Arc;

use super::{
    Ctx, audio, image, policy, script, spending,
    stock::{self, Stock, Stocked},
    video,
};
use crate::{db, error::Result};
use shared::{
    ProjectId,
    estimate::{AudioRequest, Estimate, EstimateRequest, ImageRequest},
    pace,
    scene::Scene,
    script::GenerateScript,
    video::GenerateVideo,
};

/// What a generate operation would take.
pub async fn estimate(ctx: &Arc<Ctx>, request: EstimateRequest) -> Result<Estimate> {
    match request {
        EstimateRequest::Script(request) => estimate_script(ctx, request).await,
        EstimateRequest::Audio(AudioRequest::One(request)) => {
            let id = request.scene_id;
            let scene = ctx.db.read(move |conn| db::scene::get(conn, id)).await?;
            let casting = audio::cast(ctx, scene.project_id, request.voice_id, request.speed).await?;
            narrations(ctx, vec![scene], casting).await
        }
        EstimateRequest::Audio(AudioRequest::Batch(request)) => {
            let casting = audio::cast(ctx, request.project_id, request.voice_id, request.speed).await?;
            let scenes = stocked(ctx, request.project_id).await?;
            narrations(ctx, to_speak(&scenes, request.only_missing.unwrap_or(false)), casting).await
        }
        EstimateRequest::Image(ImageRequest::One(request)) => {
            let id = request.scene_id;
            let scene = ctx.db.read(move |conn| db::scene::get(conn, id)).await?;
            let look = image::look_in(ctx, scene.project_id, request.style_prompt, request.model_options).await?;
            pictures(ctx, vec![scene], look).await
        }
        EstimateRequest::Image(ImageRequest::Batch(request)) => {
            let look = image::look_in(ctx, request.project_id, request.style_prompt, request.model_options).await?;
            let all = !request.only_missing.unwrap_or(false);
            let scenes = stocked(ctx, request.project_id).await?;
            pictures(ctx, to_draw(&scenes, |it| all || it.image == Stock::Missing), look).await
        }
        EstimateRequest::Video(request) => estimate_video(ctx, request).await,
    }
}

async fn estimate_script(ctx: &Arc<Ctx>, request: GenerateScript) -> Result<Estimate> {
    let plan = script::plan(ctx, &request).await?;
    let cost = ctx.db.read(move |conn| Ok(plan.payee.cost(&policy::read(conn)?, &plan.expected))).await?;
    Ok(calls(&[cost]))
}

async fn estimate_video(ctx: &Arc<Ctx>, request: GenerateVideo) -> Result<Estimate> {
    let plan = video::plan(ctx, request).await?;
    let (project, fills) = (plan.project, plan.image_ids.is_none() && plan.options.fill_missing != Some(false));
    let seconds = plan.usual_seconds;
    let own = calls(&[ctx.db.read(move |conn| Ok(plan.cost(&policy::read(conn)?))).await?]);
    if !fills {
        return Ok(Estimate { seconds, ..own });
    }
    let scenes = stocked(ctx, project).await?;
    let (bare, silent) = (to_draw(&scenes, |it| it.shown == Stock::Missing), to_speak(&scenes, true));
    let mut parts = vec![own];
    if !silent.is_empty() {
        parts.push(narrations(ctx, silent, audio::cast(ctx, project, None, None).await?).await?);
    }
    if !bare.is_empty() {
        parts.push(pictures(ctx, bare, image::look(ctx, None, None).await?).await?);
    }
    let cost_usd = spending::sum(&parts.iter().map(|part| part.cost_usd).collect::<Vec<_>>());
    Ok(Estimate { calls: parts.iter().map(|part| part.calls).sum(), cost_usd, seconds: None })
}

async fn narrations(ctx: &Ctx, scenes: Vec<Scene>, casting: audio::Casting) -> Result<Estimate> {
    let seconds = scenes.iter().map(|scene| pace::speech_seconds(&scene.narration, &casting.language, casting.speed));
    let seconds = seconds.fold(0.0, |sum, one| sum + one);
    let cost = move |policy: &policy::Policy, scene: &Scene| casting.cost(policy, &scene.narration);
    Ok(Estimate { seconds: Some(seconds), ..sum(ctx, scenes, cost).await? })
}

async fn pictures(ctx: &Ctx, scenes: Vec<Scene>, look: image::Look) -> Result<Estimate> {
    let figures = match scenes.first().map(|scene| scene.project_id) {
        Some(project) => ctx.db.read(move |conn| db::project::visual_bible(conn, project)).await?,
        None => Vec::new(),
    };
    let cost = move |policy: &policy::Policy, scene: &Scene| look.cost(policy, &scene.visual_prompt, &figures);
    sum(ctx, scenes, cost).await
}

async fn sum(ctx: &Ctx, scenes: Vec<Scene>, cost: impl Fn(&policy::Policy, &Scene) -> Option<f64> + Send + 'static) -> Result<Estimate> {
    ctx.db
        .read(move |conn| {
            let policy = policy::read(conn)?;
            Ok(calls(&scenes.iter().map(|scene| cost(&policy, scene)).collect::<Vec<_>>()))
        })
        .await
}

/// The scenes of a project, with what they have.
async fn stocked(ctx: &Ctx, project: ProjectId) -> Result<Vec<Stocked>> {
    ctx.db
        .read(move |conn| {
            db::project::get(conn, project)?;
            stock::of_project(conn, project)
        })
        .await
}

/// The scenes whose narration a batch would make.
fn to_speak(scenes: &[Stocked], only_missing: bool) -> Vec<Scene> {
    let is_spoken = |it: &&Stocked| !it.scene.narration.trim().is_empty() && (!only_missing || it.audio == Stock::Missing);
    scenes.iter().filter(is_spoken).map(|it| it.scene.clone()).collect()
}

/// The scenes whose picture would be made.
fn to_draw(scenes: &[Stocked], is_drawn: impl Fn(&Stocked) -> bool) -> Vec<Scene> {
    scenes.iter().filter(|it| is_drawn(it)).map(|it| it.scene.clone()).collect()
}

/// A call for each cost; the sum is known where every one is.
fn calls(costs: &[Option<f64>]) -> Estimate {
    Estimate { calls: u32::try_from(costs.len()).unwrap_or(u32::MAX), cost_usd: spending::sum(costs), seconds: None }
}
