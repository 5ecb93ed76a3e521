//! A preview: one scene by itself, as its film shows it now.
//!
//! What it is made of is made by the film's own rooms, and its parts are the film's parts of that scene: a film with the same
//! options encodes only what lies between the scenes that were looked at.

use std::path::PathBuf;

use crate::media::ffmpeg::Tools;

use super::encoding::parts;
use super::error::FilmError;
use super::progress::Progress;
use super::sound::{mixing, voice};
use super::spec::FilmSpec;
use super::timeline::{LEAD_IN_SECONDS, TAIL_SECONDS};
use super::{Place, Prepared};

/// Where a scene stands in its film, as far as that is seen on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Among {
    /// Which of the scenes it is, from 0.
    pub position: usize,
    pub is_last: bool,
    /// The ids of the stills before it, in order: no two that follow each other move alike.
    pub stills_before: Vec<String>,
}

/// Raise this when what is the same in parts and sound makes another file.
const JOINING: &str = "preview 1";

/// What, besides the spec, says how a preview looks and sounds: where this is another, it may be another file.
///
/// # Errors
/// When ffmpeg cannot be run.
pub async fn engine(tools: &Tools) -> Result<String, FilmError> {
    let version = tools.version().await.map_err(|error| FilmError::stage("starting ffmpeg", error))?;
    let pauses = format!("{LEAD_IN_SECONDS} {TAIL_SECONDS}");
    Ok([JOINING, &pauses, parts::DRAWING, mixing::MIXING, voice::MEASURES, &version].join("\n"))
}

/// Makes the preview of the spec's one scene, and keeps it under that name beside the parts that it is made of.
///
/// Dropping the future stops every ffmpeg at once; what lies in the work folder is the caller's to remove.
///
/// # Errors
/// [`FilmError`], as for a film.
pub async fn render(tools: &Tools, spec: &FilmSpec, among: &Among, place: &Place, name: &str) -> Result<PathBuf, FilmError> {
    if spec.scenes.len() != 1 {
        return Err(FilmError::Invalid("a preview is of one scene".to_owned()));
    }
    let made = make(tools, spec, among, place, name).await;
    made.map_err(|error| match error {
        FilmError::Scene { scene_id, message, log, .. } => FilmError::Scene { scene_id, position: among.position, message, log },
        other => other,
    })
}

async fn make(tools: &Tools, spec: &FilmSpec, among: &Among, place: &Place, name: &str) -> Result<PathBuf, FilmError> {
    let scene = Prepared::new(tools, spec, Some(among), place, &Progress::new(&|_| ())).await?;
    let sound = async { scene.sound.at_once(tools, &scene.store).await.map_err(|error| FilmError::stage("mixing the sound", error)) };
    let (sound, encoded) = tokio::try_join!(sound, scene.parts.encode_all())?;
    let file = scene.joined(tools, (&encoded.files, &sound), &place.work).await?;
    let kept = async {
        tokio::fs::rename(file, scene.store.unfinished(name)).await?;
        scene.store.keep(name, &()).await
    };
    kept.await.map_err(|error| FilmError::stage("keeping the preview", error))?;
    Ok(scene.store.file(name))
}
