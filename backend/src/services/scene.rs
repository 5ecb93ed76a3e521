//! Scenes: made, changed, moved, rewritten, deleted one by one.

use std::sync::Arc;

use diesel::PgConnection;
use uuid::Uuid;

use super::{Ctx, IfMatch, attended, calling::Purpose, house_keeping, script, settings};
use crate::{
    db::{self, Tx, scene::NewScene as Row},
    error::{AppError, Faults, Result, blocking},
    providers::{
        Call, Progress,
        text::{self, DraftScene, RewriteRequest},
    },
    queue::{self, JobSpec, NewJob, Priority},
};
use shared::{
    ErrorCode, ProjectId, SceneId, pace,
    project::{NewScene, Project, ScriptStatus},
    record::Status,
    rules::{MAX_NARRATION, MAX_TITLE},
    scene::{CreateScene, PatchScene, RewriteScene, Scene},
};

/// One scene.
pub async fn get(ctx: &Ctx, id: SceneId) -> Result<Scene> {
    ctx.db.read(move |conn| db::scene::get(conn, id)).await
}

/// A new scene at its place; those behind it move up.
pub async fn create(ctx: &Ctx, project: ProjectId, request: CreateScene) -> Result<Scene> {
    let language = ctx.db.read(move |conn| Ok(db::project::get(conn, project)?.language)).await?;
    let new = NewScene { title: request.title, narration: request.narration.unwrap_or_default(), visual_prompt: request.visual_prompt };
    let draft = blocking(move || Ok(complete(new, Some(&language)))).await?;
    ctx.db
        .write(move |tx| {
            db::project::lock(tx.conn, project)?;
            let Project { status, language, .. } = db::project::get(tx.conn, project)?;
            check_written(status)?;
            let mut order = db::scene::order(tx.conn, project)?;
            db::scene::check_room(order.len() + 1)?;
            let position = request.position.map_or(order.len(), |position| (position as usize).min(order.len()));
            let row = new_row(project, order.len(), draft, &language)?;
            let id = SceneId(row.id);
            order.insert(position, id);
            db::video::telling_films(tx, project, |tx| {
                db::scene::insert(tx, vec![row])?;
                db::scene::reorder(tx, project, &order)
            })?;
            db::project::touch(tx, project)?;
            db::scene::get(tx.conn, id)
        })
        .await
}

/// While a script is being written, its scenes come and go by its writer alone.
fn check_written(status: ScriptStatus) -> Result<()> {
    match status {
        ScriptStatus::Generating => {
            let message = "The script is still being written; scenes can be added, moved and deleted once it is there.";
            Err(AppError::api(ErrorCode::Conflict, message))
        }
        ScriptStatus::Ready | ScriptStatus::Failed => Ok(()),
    }
}

/// A brought scene with the title and the visual prompt that it came without, from its own words.
pub fn complete(scene: NewScene, language: Option<&str>) -> DraftScene {
    let described = (scene.title.is_none() || scene.visual_prompt.is_none()).then(|| text::describe(&scene.narration, language));
    let (title, visual_prompt) = described.unwrap_or_default();
    DraftScene {
        title: scene.title.unwrap_or(title),
        narration: scene.narration,
        visual_prompt: scene.visual_prompt.unwrap_or(visual_prompt),
    }
}

/// The row of a new scene.
pub fn new_row(project: ProjectId, position: usize, draft: DraftScene, language: &str) -> Result<Row> {
    if draft.narration.chars().count() > MAX_NARRATION {
        return Err(AppError::invalid("narration", format!("longer than {MAX_NARRATION} characters")));
    }
    Ok(Row {
        id: Uuid::now_v7(),
        project_id: project.0,
        position: i32::try_from(position).map_err(AppError::internal)?,
        title: script::shorten(&draft.title, MAX_TITLE),
        planned_seconds: pace::speech_seconds(&draft.narration, language, 1.0),
        narration: draft.narration,
        visual_prompt: script::fit_visual_prompt(&draft.visual_prompt),
    })
}

/// Changes what the patch names.
pub async fn patch(ctx: &Ctx, id: SceneId, patch: PatchScene, expected: Option<IfMatch>) -> Result<Scene> {
    ctx.db.write(move |tx| change(tx, id, patch, |scene| expected.map_or(Ok(()), |expected| expected.check(scene)))).await
}

/// Changes what the patch names, unless the scene is no longer one that it was meant for.
fn change(tx: &mut Tx<'_>, id: SceneId, patch: PatchScene, check: impl FnOnce(&Scene) -> Result<()>) -> Result<Scene> {
    let project = db::scene::get(tx.conn, id)?.project_id;
    db::project::lock(tx.conn, project)?;
    let scene = db::scene::get(tx.conn, id)?;
    check(&scene)?;
    // A change of nothing is none: what others know of it is still so.
    if is_nothing(&patch) {
        return Ok(scene);
    }
    check_selection(tx.conn, Some(scene.id), &patch)?;
    let Project { status, language, .. } = db::project::get(tx.conn, project)?;
    if patch.position.is_some_and(|position| position != scene.position) {
        check_written(status)?;
    }
    let planned = patch.narration.as_deref().map(|narration| pace::speech_seconds(narration, &language, 1.0));
    let before = db::take::stale(tx.conn, project)?;
    db::video::telling_films(tx, project, |tx| {
        if let Some(position) = patch.position {
            move_to(tx, &scene, position as usize)?;
        }
        db::scene::patch(tx, &scene, patch, planned)
    })?;
    // What no longer fits, or fits again, is another record to whoever listens.
    let after = db::take::stale(tx.conn, project)?;
    before.symmetric_difference(&after).for_each(|(kind, take)| tx.changed(project, *kind, *take));
    db::project::touch(tx, project)?;
    db::scene::get(tx.conn, id)
}

fn is_nothing(patch: &PatchScene) -> bool {
    let PatchScene { title, narration, visual_prompt, position, selected_audio_id, selected_image_id, selected_video_id } = patch;
    let texts = [title, narration, visual_prompt].iter().all(|text| text.is_none());
    texts && position.is_none() && selected_audio_id.is_none() && selected_image_id.is_none() && selected_video_id.is_none()
}

/// Only a ready take of the scene itself can be selected; of any scene, where it is not known which is meant.
pub fn check_selection(conn: &mut PgConnection, scene: Option<SceneId>, patch: &PatchScene) -> Result<()> {
    let mut faults = Faults::default();
    let mut check = |path: &str, take: Option<(Option<SceneId>, Status)>| {
        if !take.is_some_and(|(of, status)| status == Status::Ready && (scene.is_none() || of == scene)) {
            faults.tell(path, "not a ready take of this scene");
        }
    };
    if let Some(Some(id)) = patch.selected_audio_id {
        check("selectedAudioId", db::audio::find(conn, id)?.map(|take| (Some(take.scene_id), take.status)));
    }
    if let Some(Some(id)) = patch.selected_image_id {
        check("selectedImageId", db::image::find(conn, id)?.map(|take| (Some(take.scene_id), take.status)));
    }
    if let Some(Some(id)) = patch.selected_video_id {
        check("selectedVideoId", db::video::find(conn, id)?.map(|take| (take.scene_id, take.status)));
    }
    faults.nothing_or_error()
}

fn move_to(tx: &mut Tx<'_>, scene: &Scene, position: usize) -> Result<()> {
    let mut order = db::scene::order(tx.conn, scene.project_id)?;
    order.retain(|id| *id != scene.id);
    order.insert(position.min(order.len()), scene.id);
    db::scene::reorder(tx, scene.project_id, &order)
}

/// Deletes it with its takes; what is being made for it stops.
pub async fn delete(ctx: &Ctx, id: SceneId, expected: Option<IfMatch>) -> Result<()> {
    ctx.db
        .write(move |tx| {
            let project = db::scene::get(tx.conn, id)?.project_id;
            db::project::lock(tx.conn, project)?;
            let scene = db::scene::get(tx.conn, id)?;
            if let Some(expected) = expected {
                expected.check(&scene)?;
            }
            check_written(db::project::get(tx.conn, project)?.status)?;
            drop_makings(tx, project, id)?;
            db::video::telling_films(tx, project, |tx| {
                db::scene::delete(tx, &scene)?;
                let order = db::scene::order(tx.conn, project)?;
                db::scene::reorder(tx, project, &order)
            })?;
            db::project::touch(tx, project)
        })
        .await?;
    house_keeping::clear_deleted(ctx).await;
    Ok(())
}

/// A scene is about to be deleted with its takes: stops what is being made for it, and queues the removal of its files.
pub fn drop_makings(tx: &mut Tx<'_>, project: ProjectId, scene: SceneId) -> Result<()> {
    let takes = db::take::of_scene(tx.conn, scene)?;
    queue::drop_of_records(tx, &takes.iter().map(|take| take.id()).collect::<Vec<_>>())?;
    let keys = db::take::media_keys(tx.conn, project, Some(scene))?;
    remove_later(tx, keys)
}

/// Queues the removal of files, in the transaction that makes them superfluous.
pub fn remove_later(tx: &mut Tx<'_>, keys: Vec<String>) -> Result<()> {
    if !keys.is_empty() {
        let spec = JobSpec::RemoveMedia { keys };
        queue::enqueue(
            tx,
            NewJob { spec, provider: queue::OWN.to_owned(), project: None, priority: Priority::HouseKeeping, after: Vec::new() },
        )?;
    }
    Ok(())
}

/// Has the scene rewritten by whoever writes scripts; as a preview it stays as it is.
pub async fn rewrite(ctx: &Arc<Ctx>, id: SceneId, request: RewriteScene) -> Result<Scene> {
    let RewriteScene { instruction, preview } = request;
    let (scene, project, defaults) = ctx
        .db
        .read(move |conn| {
            let scene = db::scene::get(conn, id)?;
            let project = db::project::get(conn, scene.project_id)?;
            Ok((scene, project, settings::defaults(conn)?.script))
        })
        .await?;
    // Where the one of the settings only divides texts, whoever wrote the script rewrites it too.
    let can = |id: &str| settings::script_provider(ctx, id, "provider").is_ok_and(|writer| writer.model().is_some());
    let (provider, chosen) = match project.provider.clone().filter(|author| !can(&defaults.provider) && can(author)) {
        Some(author) => (author, project.model.clone()),
        None => (defaults.provider, defaults.model),
    };
    let writer = settings::script_provider(ctx, &provider, "provider")?;
    let about = writer.about();
    let Some(model) = writer.model() else {
        let message =
            format!("{} divides texts and does not rewrite them; choose a script provider that writes in the settings.", about.name);
        return Err(AppError::Api(shared::ApiError::new(ErrorCode::ProviderNotConfigured, message).with("provider", about.id)));
    };
    let access = settings::access(ctx, &provider, about).await?;
    let storage = ctx.storage.clone();
    let workdir = blocking(move || storage.temporary_dir()).await?;
    let (progress, _) = Progress::new();
    let draft = DraftScene { title: scene.title.clone(), narration: scene.narration.clone(), visual_prompt: scene.visual_prompt.clone() };
    let request = RewriteRequest {
        scene: draft,
        instruction,
        language: project.language.clone(),
        figures: project.visual_bible.clone(),
        model: chosen,
    };
    let expected = super::llm::expected_of_rewriting(&request);
    let purpose = Purpose { record: project.id.0, project: project.id, model: request.model.clone(), expected };
    let draft = attended::ask(ctx, about, &access, purpose, async |operation| {
        let call = Call { workdir: workdir.path(), progress: &progress, access: access.clone(), operation };
        super::llm::rewrite(model, &request, &call).await
    });
    let draft = draft.await?;
    script::check_draft(&access.provider, &draft.narration).map_err(|error| AppError::Api(error.to_api(1)))?;
    let (title, visual_prompt) = (script::shorten(&draft.title, MAX_TITLE), script::fit_visual_prompt(&draft.visual_prompt));
    if preview == Some(true) {
        return Ok(Scene { title, narration: draft.narration, visual_prompt, ..scene });
    }
    let words =
        PatchScene { title: Some(title), narration: Some(draft.narration), visual_prompt: Some(visual_prompt), ..PatchScene::default() };
    // What the user typed meanwhile is not overwritten; takes and places that have changed are no reason to lose what was paid for.
    let untouched = move |now: &Scene| {
        let same = now.title == scene.title && now.narration == scene.narration && now.visual_prompt == scene.visual_prompt;
        if same { Ok(()) } else { Err(super::changed_meanwhile()) }
    };
    ctx.db.write(move |tx| change(tx, id, words, untouched)).await
}
