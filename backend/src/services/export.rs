//! Exports: a project as an archive, as captions, as text, or as a timeline for editors.

mod archive;
mod otio;
mod text;

use std::sync::Arc;

use engines::film::planned::{PlannedScene, captions};
use engines::media::{
    subtitles::{to_srt, to_webvtt},
    timing::Heard,
};
use futures_util::{StreamExt, stream};
use garde::Validate;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};

use super::{Ctx, project, video};
use crate::{
    error::{AppError, Result, blocking},
    storage::{is_gone, media_key},
};
use shared::{ProjectId, audio::AudioClip, project::ProjectDetail, scene::SceneWithTakes, video::Resolution};

pub use self::archive::{MANIFEST, Manifest, media_of};

/// Raise this when the same project gives another export.
const WRITING: u32 = 2;
/// How many archives are packed at once: each is a copy of a project's media.
const MOST_AT_ONCE: usize = 2;

/// What a project is exported as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Everything, with the media; it comes back by `POST /api/projects/import`.
    Zip,
    /// Captions as SubRip.
    Srt,
    /// Captions as WebVTT.
    Vtt,
    /// The script, to read.
    Markdown,
    /// An OpenTimelineIO timeline in an archive with its media, for editors.
    Otio,
}

/// What is wanted.
#[derive(Clone, Copy, Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// The format.
    #[garde(skip)]
    pub format: ExportFormat,
}

/// A file to be handed out.
pub struct Export {
    /// What it is called.
    pub name: String,
    /// The type of its bytes.
    pub mime_type: &'static str,
    /// Its entity tag, as that of [`Exportable`].
    pub etag: String,
    /// Its content.
    pub content: Content,
}

/// The content of an export.
pub enum Content {
    /// Text.
    Text(String),
    /// A file, gone when dropped.
    File(tempfile::NamedTempFile),
}

/// A project that is to be exported.
pub struct Exportable {
    detail: ProjectDetail,
    format: ExportFormat,
    /// The entity tag of the export, without the quotes; a weak one, since archives name the time at which they were made.
    pub etag: String,
}

/// Reads what is to be exported.
pub async fn read(ctx: &Ctx, id: ProjectId, format: ExportFormat) -> Result<Exportable> {
    let detail = project::get(ctx, id).await?;
    let etag = super::etag(&(WRITING, format, &detail))?;
    Ok(Exportable { detail, format, etag })
}

/// Exports it. Where the file of a take is gone, which may have been deleted since it was read, the project is read once more.
pub async fn export(ctx: &Arc<Ctx>, exportable: Exportable) -> Result<Export> {
    let (id, format) = (exportable.detail.project.id, exportable.format);
    match written(ctx, exportable).await {
        Err(error) if is_gone(&error) => written(ctx, read(ctx, id, format).await?).await,
        written => written,
    }
}

/// Writes it, away from the threads that serve requests: captions take their time, and archives more.
async fn written(ctx: &Arc<Ctx>, exportable: Exportable) -> Result<Export> {
    static PLACES: Semaphore = Semaphore::const_new(MOST_AT_ONCE);
    let heard = match exportable.format {
        ExportFormat::Srt | ExportFormat::Vtt => heard(ctx, &exportable.detail).await,
        _ => Vec::new(),
    };
    let place = match exportable.format {
        ExportFormat::Zip | ExportFormat::Otio => Some(PLACES.acquire().await.map_err(AppError::internal)?),
        _ => None,
    };
    let ctx = Arc::clone(ctx);
    // What packs it goes on where nobody waits for it any more, and has its place as long.
    blocking(move || {
        let _place = place;
        write(&ctx, &exportable, heard)
    })
    .await
}

fn write(ctx: &Ctx, Exportable { detail, format, etag }: &Exportable, heard: Vec<Heard>) -> Result<Export> {
    let cues = |heard| {
        let mut scenes = planned(detail);
        scenes.iter_mut().zip(heard).for_each(|(scene, heard)| scene.heard = heard);
        captions(&scenes, Resolution::default().size(detail.project.aspect_ratio))
    };
    let (ending, mime_type, content) = match format {
        ExportFormat::Srt => ("srt", "application/x-subrip; charset=utf-8", Content::Text(to_srt(&cues(heard)))),
        ExportFormat::Vtt => ("vtt", "text/vtt; charset=utf-8", Content::Text(to_webvtt(&cues(heard)))),
        ExportFormat::Markdown => ("md", "text/markdown; charset=utf-8", Content::Text(text::markdown(detail))),
        ExportFormat::Zip => ("zip", "application/zip", Content::File(archive::write(ctx, detail)?)),
        ExportFormat::Otio => ("otio.zip", "application/zip", Content::File(otio::write(ctx, detail)?)),
    };
    Ok(Export { name: format!("{}.{ending}", file_stem(&detail.project.title)), mime_type, etag: etag.clone(), content })
}

/// The narration of a scene, where it is that of its words.
fn narration(scene: &SceneWithTakes) -> Option<&AudioClip> {
    scene.audio.as_ref().filter(|take| !take.stale)
}

/// What is heard of each scene's narration where nobody told when its words are spoken: the film listens to those too.
async fn heard(ctx: &Ctx, detail: &ProjectDetail) -> Vec<Heard> {
    let of_scene = |scene| async move {
        let take = narration(scene).filter(|take| take.words.as_ref().is_none_or(Vec::is_empty));
        let path = take.and_then(|take| ctx.storage.path(media_key(take.url.as_deref()?)?));
        let (Some(path), Ok(tools)) = (path, ctx.tools()) else { return Heard::default() };
        Heard::measure(tools, &path).await.unwrap_or_else(|error| {
            tracing::warn!(%error, scene.id = %scene.scene.id, "could not listen to a narration; its captions are timed by its letters");
            Heard::default()
        })
    };
    stream::iter(&detail.scenes).map(of_scene).buffered(ctx.config.worker_slots()).collect().await
}

/// The scenes as far as timing goes.
fn planned(detail: &ProjectDetail) -> Vec<PlannedScene<'_>> {
    let scenes = detail.scenes.iter().map(|scene| {
        let audio = narration(scene);
        PlannedScene {
            narration: &scene.scene.narration,
            words: audio.and_then(|take| take.words.clone()).unwrap_or_default(),
            heard: Heard::default(),
            spoken_seconds: audio.and_then(|take| take.duration_seconds),
            planned_seconds: video::planned_seconds(&scene.scene),
        }
    });
    scenes.collect()
}

/// A title as a file's name: nothing in it that a file system or a header could take for something else.
fn file_stem(title: &str) -> String {
    let safe: String = title.chars().map(|c| if c.is_alphanumeric() || matches!(c, ' ' | '-' | '_') { c } else { ' ' }).collect();
    let stem: String = safe.split_whitespace().collect::<Vec<_>>().join("-").chars().take(60).collect();
    if stem.is_empty() { "project".to_owned() } else { stem }
}
