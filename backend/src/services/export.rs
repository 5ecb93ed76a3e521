//! Exports: a project as an archive, as captions, as text, or as a timeline for editors.

mod archive;
mod otio;
mod text;

use std::sync::Arc;

use engines::film::planned::{PlannedScene, captions};
use engines::media::subtitles::{to_srt, to_webvtt};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Ctx, project};
use crate::{db::blocking, error::Result};
use shared::{ProjectId, project::ProjectDetail};

pub use self::archive::{MANIFEST, Manifest, media_of};

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
    let etag = super::etag(&(format, &detail))?;
    Ok(Exportable { detail, format, etag })
}

/// Exports it.
pub async fn export(ctx: &Arc<Ctx>, Exportable { detail, format, .. }: Exportable) -> Result<Export> {
    let stem = file_stem(&detail.project.title);
    let text = |ending: &str, mime_type, text| Ok(Export { name: format!("{stem}.{ending}"), mime_type, content: Content::Text(text) });
    match format {
        ExportFormat::Srt => text("srt", "application/x-subrip; charset=utf-8", to_srt(&captions(&planned(&detail)))),
        ExportFormat::Vtt => text("vtt", "text/vtt; charset=utf-8", to_webvtt(&captions(&planned(&detail)))),
        ExportFormat::Markdown => text("md", "text/markdown; charset=utf-8", text::markdown(&detail)),
        ExportFormat::Zip | ExportFormat::Otio => {
            let files = Arc::clone(ctx);
            let file =
                blocking(move || if format == ExportFormat::Zip { archive::write(&files, &detail) } else { otio::write(&files, &detail) })
                    .await?;
            let ending = if format == ExportFormat::Zip { "zip" } else { "otio.zip" };
            Ok(Export { name: format!("{stem}.{ending}"), mime_type: "application/zip", content: Content::File(file) })
        }
    }
}

/// The scenes as far as timing goes.
fn planned(detail: &ProjectDetail) -> Vec<PlannedScene<'_>> {
    let scenes = detail.scenes.iter().map(|scene| {
        let audio = scene.audio.as_ref().filter(|take| !take.stale);
        PlannedScene {
            narration: &scene.scene.narration,
            words: audio.and_then(|take| take.words.clone()).unwrap_or_default(),
            spoken_seconds: audio.and_then(|take| take.duration_seconds),
            planned_seconds: scene.scene.duration_seconds,
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
