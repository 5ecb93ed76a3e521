//! Projects: listed, brought along, read, changed, duplicated, deleted.

use std::collections::HashMap;

use diesel::PgConnection;
use uuid::Uuid;

use super::{
    Ctx, IfMatch, house_keeping, page_of, scene,
    script::{self, shorten},
    stock::Selected,
};
use crate::{
    db::{
        self, Json,
        project::{After, NewProject},
    },
    error::{Result, blocking},
    providers::text,
    queue,
    services::scene::remove_later,
    storage::{is_gone, media_key},
};
use shared::{
    ProjectId,
    page::{Page, PageQuery},
    project::{AspectRatio, CreateProject, PatchProject, Project, ProjectDetail},
    rules::MAX_TITLE,
    scene::SceneWithTakes,
    script::ScriptOptions,
};

const PAGE: u32 = 50;

/// One page of all projects, the last changed first.
pub async fn list(ctx: &Ctx, query: PageQuery, after: Option<After>) -> Result<Page<Project>> {
    let limit = query.limit.unwrap_or(PAGE);
    let items = ctx.db.read(move |conn| db::project::list(conn, query.q.as_deref(), after, i64::from(limit) + 1)).await?;
    Ok(page_of(items, limit, |last| After { updated_at: last.updated_at, id: last.id.0 }.to_string()))
}

/// A project with its scenes and their selected takes.
pub async fn get(ctx: &Ctx, id: ProjectId) -> Result<ProjectDetail> {
    ctx.db.read(move |conn| detail(conn, id)).await
}

fn detail(conn: &mut PgConnection, id: ProjectId) -> Result<ProjectDetail> {
    let project = db::project::get(conn, id)?;
    let scenes = db::scene::of_project(conn, id)?;
    let Selected { mut audio, mut image, mut video } = Selected::by(conn, &scenes)?;
    let scenes = scenes
        .into_iter()
        .map(|scene| SceneWithTakes {
            audio: scene.selected_audio_id.and_then(|id| audio.remove(&id)),
            image: scene.selected_image_id.and_then(|id| image.remove(&id)),
            video: scene.selected_video_id.and_then(|id| video.remove(&id)),
            scene,
        })
        .collect();
    Ok(ProjectDetail { project, scenes })
}

/// A project whose script is brought along.
pub async fn create(ctx: &Ctx, request: CreateProject) -> Result<ProjectDetail> {
    let (id, title, scenes) = (Uuid::now_v7(), request.title.clone(), request.scenes.unwrap_or_default());
    let (language, rows) = blocking(move || {
        let text = scenes.iter().map(|scene| scene.narration.as_str()).collect::<Vec<_>>().join("\n\n");
        let language = request.language.unwrap_or_else(|| text::detect_language(if text.trim().is_empty() { &title } else { &text }));
        let rows = scenes
            .into_iter()
            .enumerate()
            .map(|(position, new)| scene::new_row(ProjectId(id), position, scene::complete(new, Some(&language)), &language))
            .collect::<Result<Vec<_>>>()?;
        Ok((language, rows))
    })
    .await?;
    ctx.db
        .write(move |tx| {
            let new = NewProject {
                id,
                title: request.title,
                prompt: request.prompt.unwrap_or_default(),
                language,
                aspect_ratio: request.aspect_ratio.map_or(AspectRatio::default().as_str(), AspectRatio::as_str),
                status: "ready",
                provider: None,
                model: None,
                script_options: Json(ScriptOptions::default()),
                visual_bible: Json(request.visual_bible.unwrap_or_default()),
            };
            let id = db::project::insert(tx, new)?;
            db::scene::insert(tx, rows)?;
            detail(tx.conn, id)
        })
        .await
}

/// Changes what the patch names.
pub async fn patch(ctx: &Ctx, id: ProjectId, mut patch: PatchProject, expected: Option<IfMatch>) -> Result<ProjectDetail> {
    ctx.db
        .write(move |tx| {
            db::project::lock(tx.conn, id)?;
            if let Some(expected) = expected {
                expected.check(&detail(tx.conn, id)?)?;
            }
            if let (None, Some(prompt)) = (&patch.title, &patch.prompt) {
                let options = db::project::script_options(tx.conn, id)?;
                patch.title = script::working_title(&db::project::get(tx.conn, id)?, &options, prompt);
            }
            db::project::patch(tx, id, patch)?;
            detail(tx.conn, id)
        })
        .await
}

/// Deletes it with everything in it; what is being made for it stops.
pub async fn delete(ctx: &Ctx, id: ProjectId, expected: Option<IfMatch>) -> Result<()> {
    ctx.db
        .write(move |tx| {
            db::project::lock(tx.conn, id)?;
            if let Some(expected) = expected {
                expected.check(&detail(tx.conn, id)?)?;
            }
            queue::drop_of_project(tx, id)?;
            let keys = db::take::media_keys(tx.conn, id, None)?;
            remove_later(tx, keys)?;
            db::project::delete(tx, id)
        })
        .await?;
    ctx.storage.forget_parts(id.0).await;
    house_keeping::clear_deleted(ctx).await;
    Ok(())
}

/// A second project with the same scenes and their selected takes.
pub async fn duplicate(ctx: &Ctx, id: ProjectId) -> Result<ProjectDetail> {
    let options = ctx.db.read(move |conn| db::project::script_options(conn, id)).await?;
    let (original, files) = match read_and_copy(ctx, id).await {
        // Its take may have been deleted since it was read.
        Err(error) if is_gone(&error) => read_and_copy(ctx, id).await?,
        copied => copied?,
    };
    let copies = files.values().cloned().collect();
    ctx.write_naming(copies, move |tx| {
        let new = NewProject {
            id: Uuid::now_v7(),
            title: shorten(&format!("{} (copy)", original.project.title), MAX_TITLE),
            prompt: original.project.prompt,
            language: original.project.language.clone(),
            aspect_ratio: original.project.aspect_ratio.as_str(),
            // A copy of a script that is being written, or failed, is the scenes that there are.
            status: "ready",
            provider: original.project.provider,
            model: original.project.model,
            script_options: Json(options),
            visual_bible: Json(original.project.visual_bible),
        };
        let copy = db::project::insert(tx, new)?;
        for (position, scene) in original.scenes.into_iter().enumerate() {
            super::copy::scene(tx, copy, position, scene, &original.project.language, &files)?;
        }
        detail(tx.conn, copy)
    })
    .await
}

/// A project, and the copies of the files of its selected takes: from the old url to the new key.
async fn read_and_copy(ctx: &Ctx, id: ProjectId) -> Result<(ProjectDetail, HashMap<String, String>)> {
    let (original, mut files) = (get(ctx, id).await?, HashMap::new());
    match copy_files(ctx, &original, &mut files).await {
        Ok(()) => Ok((original, files)),
        Err(error) => {
            ctx.remove_unnamed(&files.into_values().collect::<Vec<_>>()).await;
            Err(error)
        }
    }
}

async fn copy_files(ctx: &Ctx, project: &ProjectDetail, copies: &mut HashMap<String, String>) -> Result<()> {
    for url in super::export::media_of(project) {
        if let Some(key) = media_key(&url) {
            let copy = ctx.storage.copy(key).await?;
            copies.insert(url, copy);
        }
    }
    ctx.storage.settle().await
}
