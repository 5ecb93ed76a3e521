//! Scripts: a prompt becomes the scenes of a project.

use std::sync::Arc;

use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    Ctx, JobFailure,
    calling::{self, Purpose},
    house_keeping, llm, policy,
    pricing::Payee,
    scene, settings, spending,
};
use crate::{
    db::{self, Json, Tx, project::NewProject},
    error::{AppError, Faults, Result},
    providers::{Call, Kind, Progress, ProviderError, Usage, text::ScriptRequest, text::Written},
    queue::{self, Claimed, JobSpec, NewJob, Priority},
};
use shared::{
    ErrorCode, ProjectId,
    project::{Figure, Project, ScriptStatus, stopped},
    rules::{MAX_NARRATION, MAX_SCENES, MAX_TITLE, MAX_VISUAL_PROMPT},
    script::{GenerateScript, GeneratedScript, ScriptOptions},
};

/// Who writes a script, with the defaults filled in, and what that will take.
pub struct Plan {
    provider: String,
    model: Option<String>,
    /// Who bills it.
    pub payee: Payee,
    /// What its first answer will use, at most.
    pub expected: Usage,
}

/// Fills in the defaults, and refuses what cannot be written.
pub async fn plan(ctx: &Arc<Ctx>, request: &GenerateScript) -> Result<Plan> {
    let options = request.options.clone().unwrap_or_default();
    let chosen = ctx.db.read(|conn| Ok(settings::defaults(conn)?.script)).await?;
    let provider = options.provider.unwrap_or_else(|| chosen.provider.clone());
    let model = options.model.or_else(|| chosen.model.filter(|_| provider == chosen.provider));
    let writer = settings::script_provider(ctx, &provider, "options.provider")?;
    let mut faults = Faults::default();
    faults.keep(settings::check_model(writer.about(), model.as_deref(), "options.model"))?;
    if writer.model().is_none() {
        faults.keep(room_for_all(&request.prompt, options.scene_count))?;
    }
    faults.nothing_or_error()?;
    let model = model.or_else(|| writer.about().default_model().map(str::to_owned));
    let access = settings::access(ctx, &provider, writer.about()).await?;
    let payee = Payee::of(writer.about(), &access, model.as_deref());
    let expected = llm::expected(&request.prompt, options.scene_count, options.duration_seconds);
    Ok(Plan { provider, model, payee, expected })
}

/// Makes the project and queues the writing of its script.
pub async fn request(ctx: &Arc<Ctx>, request: GenerateScript) -> Result<ProjectId> {
    let Plan { provider, model, payee, expected } = plan(ctx, &request).await?;
    let options = request.options.unwrap_or_default();
    let Working { title, language } = Working::of(&options, &request.prompt);
    let project = NewProject {
        id: Uuid::now_v7(),
        title,
        prompt: request.prompt,
        language,
        aspect_ratio: options.aspect_ratio.unwrap_or_default().as_str(),
        status: "generating",
        provider: Some(provider.clone()),
        model,
        script_options: Json(options),
        visual_bible: Json(Vec::new()),
    };
    ctx.db
        .write(move |tx| {
            let id = db::project::insert(tx, project)?;
            enqueue(tx, id, provider, &payee, &expected)?;
            Ok(id)
        })
        .await
}

/// Whoever keeps every word needs scenes enough for them; not all of them get as long as they may be.
fn room_for_all(prompt: &str, scene_count: Option<u32>) -> Result<()> {
    let needed = prompt.chars().count().div_ceil(MAX_NARRATION * 4 / 5);
    match scene_count {
        Some(count) if (count as usize) < needed => {
            Err(AppError::invalid("options.sceneCount", format!("too few for so long a text: it takes at least {needed}")))
        }
        _ => Ok(()),
    }
}

/// What a project is called, and in which language it is, until the writer has found better ones.
struct Working {
    title: String,
    language: String,
}

impl Working {
    /// What the user gave, or how the prompt begins.
    fn of(options: &ScriptOptions, prompt: &str) -> Self {
        let given = options.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
        let first_line = prompt.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("Untitled");
        let title = shorten(given.unwrap_or(first_line), if given.is_some() { MAX_TITLE } else { 60 });
        Self { title, language: options.language.clone().unwrap_or_else(|| "und".to_owned()) }
    }
}

/// What a project is called with another prompt, for as long as its script is not there and it is called after the one it has.
pub fn working_title(project: &Project, options: &ScriptOptions, prompt: &str) -> Option<String> {
    let is_working = project.status != ScriptStatus::Ready && project.title == Working::of(options, &project.prompt).title;
    is_working.then(|| Working::of(options, prompt).title)
}

/// Queues the writing, unless it could go beyond a spending limit.
fn enqueue(tx: &mut Tx<'_>, project: ProjectId, provider: String, payee: &Payee, expected: &Usage) -> Result<()> {
    let spec = JobSpec::WriteScript { project };
    let job = queue::enqueue(tx, NewJob { spec, provider, project: Some(project), priority: Priority::Single, after: Vec::new() })?;
    let cost = payee.cost(&policy::read(tx.conn)?, expected);
    queue::hold_back(tx, job, cost)?;
    spending::admit(tx, project, &[job])
}

/// What a client is answered once the script is written, or why it could not be.
pub async fn result(ctx: &Ctx, id: ProjectId) -> Result<GeneratedScript> {
    ctx.db
        .read(move |conn| {
            let project = db::project::get(conn, id)?;
            if let (ScriptStatus::Failed, Some(error)) = (project.status, project.error) {
                return Err(AppError::Api(error.with("projectId", id.to_string())));
            }
            let scenes = if project.status == ScriptStatus::Ready { db::scene::of_project(conn, id)? } else { Vec::new() };
            Ok(GeneratedScript { project_id: id, provider: project.provider.unwrap_or_default(), scenes })
        })
        .await
}

/// Waits until the script is written or has failed.
pub async fn finished(ctx: &Ctx, id: ProjectId) -> Result<()> {
    super::take::wait_until(ctx, &[id.0], move |conn| {
        let project = db::project::get(conn, id)?;
        Ok((project.status != ScriptStatus::Generating).then_some(()))
    })
    .await
}

/// The job: writes the script. Scenes are kept one by one, as each is complete.
pub async fn write(ctx: &Ctx, job: &Claimed, id: ProjectId) -> Result<(), JobFailure> {
    let (project, options) = ctx.db.read(move |conn| Ok((db::project::get(conn, id)?, db::project::script_options(conn, id)?))).await?;
    let provider = project.provider.clone().unwrap_or_default();
    let writer = settings::script_provider(ctx, &provider, "provider")?;
    let access = settings::access(ctx, &provider, writer.about()).await?;
    let request = script_request(&project, options.clone());
    let title_given = request.title.is_some();
    let workdir = ctx.storage.workdir(id.0).await?;
    let (progress, _) = Progress::new();
    let expected = llm::expected(&request.prompt, request.scene_count, request.duration_seconds);
    let purpose = Purpose { record: id.0, project: id, model: project.model.clone(), expected };
    let calling = calling::begin(ctx, job, writer.about(), &access, purpose).await?;
    let call = Call { workdir: &workdir, progress: &progress, access, operation: calling.operation() };
    let (sender, receiver) = mpsc::unbounded_channel();

    // An attempt that was cut short may have left scenes behind.
    take_back(ctx, job, id).await?;
    let writing = async {
        match writer.model() {
            Some(model) => llm::write(model, &request, &call, sender).await,
            None => writer.write(&request, &call, sender).await,
        }
    };
    let (written, kept) = tokio::join!(writing, keep(ctx, job, &project, &provider, title_given, receiver));
    let usage = written?;
    calling.answered(&usage).await?;
    let kept = kept?;
    let count = kept.count;
    // A server of the user's own writes with whatever it has loaded, where nobody says with what.
    let model = project.model.or_else(|| usage.model.clone());
    if count == 0 {
        let error = ProviderError::new(&provider, Kind::BadResponse, "The script came without a scene.");
        return Err(error.having_used(usage).into());
    }
    ctx.complete(job, move |tx| {
        calling.settle(tx, &usage)?;
        let kept = kept.beside(db::project::get(tx.conn, id)?, &options);
        db::project::script_ready(tx, id, &kept.title, &kept.language, kept.figures, model.as_deref())
    })
    .await?;
    ctx.storage.clear_workdir(id.0).await;
    tracing::info!(project.id = %id, scenes = count, "wrote the script");
    Ok(())
}

fn script_request(project: &Project, options: ScriptOptions) -> ScriptRequest {
    ScriptRequest {
        prompt: project.prompt.clone(),
        title: options.title.filter(|title| !title.trim().is_empty()),
        scene_count: options.scene_count,
        duration_seconds: options.duration_seconds,
        language: options.language,
        tone: options.tone,
        audience: options.audience,
        aspect_ratio: project.aspect_ratio,
        model: project.model.clone(),
    }
}

/// What was kept of a script.
#[derive(Clone)]
struct Kept {
    /// How many scenes.
    count: usize,
    title: String,
    language: String,
    figures: Vec<Figure>,
}

impl Kept {
    /// What was found out about a project, but for what somebody has changed since it was asked for.
    fn beside(self, project: Project, options: &ScriptOptions) -> Self {
        let working = Working::of(options, &project.prompt);
        Self {
            count: self.count,
            title: if project.title == working.title { self.title } else { project.title },
            language: if project.language == working.language { self.language } else { project.language },
            figures: if project.visual_bible.is_empty() { self.figures } else { project.visual_bible },
        }
    }
}

/// Keeps what is written while it is written.
async fn keep(
    ctx: &Ctx,
    job: &Claimed,
    project: &Project,
    provider: &str,
    title_given: bool,
    mut written: mpsc::UnboundedReceiver<Written>,
) -> Result<Kept, JobFailure> {
    let id = project.id;
    let mut kept = Kept { count: 0, title: project.title.clone(), language: project.language.clone(), figures: Vec::new() };
    while let Some(part) = written.recv().await {
        match part {
            Written::Head { title, language, figures } => {
                if !title_given && !title.trim().is_empty() {
                    kept.title = shorten(title.trim(), MAX_TITLE);
                }
                (kept.language, kept.figures) = (language, figures);
            }
            Written::Again => {
                take_back(ctx, job, id).await?;
                kept.count = 0;
            }
            Written::Scene(draft) if kept.count < MAX_SCENES => {
                check_draft(provider, &draft.narration)?;
                let new = scene::new_row(id, kept.count, draft, &kept.language)?;
                ctx.write_for(job, move |tx| db::scene::insert(tx, vec![new])).await?;
                kept.count += 1;
            }
            Written::Scene(_) => {
                let message = format!("The script has more than {MAX_SCENES} scenes.");
                return Err(ProviderError::new(provider, Kind::BadResponse, message).into());
            }
        }
    }
    Ok(kept)
}

/// Takes back the scenes that were kept, with whatever is made for them: they are written anew.
async fn take_back(ctx: &Ctx, job: &Claimed, id: ProjectId) -> Result<(), JobFailure> {
    let scenes_go = move |tx: &mut Tx<'_>| {
        db::scene::order(tx.conn, id)?.into_iter().try_for_each(|scene| scene::drop_makings(tx, id, scene))?;
        db::video::telling_films(tx, id, |tx| db::scene::delete_all(tx, id))
    };
    ctx.write_for(job, scenes_go).await?;
    house_keeping::clear_deleted(ctx).await;
    Ok(())
}

/// Stops the writing of a script, which then failed for that reason; what is written stays until it is written anew.
pub async fn cancel(ctx: &Ctx, id: ProjectId) -> Result<()> {
    ctx.db
        .write(move |tx| {
            // Before its job, in the order in which whoever writes for the job locks them.
            db::project::lock(tx.conn, id)?;
            if db::project::get(tx.conn, id)?.status != ScriptStatus::Generating {
                return Err(AppError::api(ErrorCode::Conflict, "This script is not being written."));
            }
            queue::drop_of_record(tx, id.0)?;
            db::project::script_failed(tx, id, &stopped())
        })
        .await
}

/// A failed script is to be written again.
pub async fn retry(ctx: &Ctx, id: ProjectId) -> Result<()> {
    let (project, options) = ctx.db.read(move |conn| Ok((db::project::get(conn, id)?, db::project::script_options(conn, id)?))).await?;
    check_failed(&project)?;
    let provider = project.provider.clone().unwrap_or_default();
    let writer = settings::maker(&ctx.providers.script, &provider)?;
    let access = settings::access(ctx, &provider, writer.about()).await?;
    let payee = Payee::of(writer.about(), &access, project.model.as_deref());
    let expected = llm::expected(&project.prompt, options.scene_count, options.duration_seconds);
    ctx.db
        .write(move |tx| {
            db::project::lock(tx.conn, id)?;
            let project = db::project::get(tx.conn, id)?;
            check_failed(&project)?;
            db::project::script_generating(tx, id, None)?;
            enqueue(tx, id, project.provider.unwrap_or_default(), &payee, &expected)
        })
        .await
}

fn check_failed(project: &Project) -> Result<()> {
    if project.status == ScriptStatus::Failed {
        return Ok(());
    }
    Err(AppError::api(ErrorCode::Conflict, "Only a script that failed or was stopped can be written again."))
}

/// The first part of a text, cut at a word where one is near.
pub fn shorten(text: &str, most: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= most {
        return text;
    }
    let cut: String = text.chars().take(most.saturating_sub(1)).collect();
    let at = cut.rfind(' ').filter(|at| *at > cut.len() / 2).unwrap_or(cut.len());
    format!("{}…", cut[..at].trim_end_matches([',', ';', ':', '.', ' ']))
}

/// Refuses a draft that is longer than a scene may be.
pub fn check_draft(provider: &str, narration: &str) -> Result<(), ProviderError> {
    if narration.chars().count() > MAX_NARRATION {
        return Err(ProviderError::new(provider, Kind::BadResponse, format!("A scene is longer than {MAX_NARRATION} characters.")));
    }
    Ok(())
}

/// A visual prompt no longer than a scene keeps.
pub fn fit_visual_prompt(text: &str) -> String {
    text.chars().take(MAX_VISUAL_PROMPT).collect()
}
