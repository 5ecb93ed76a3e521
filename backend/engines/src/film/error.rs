//! Why a film could not be made: a sentence for the person, and the cause for the log.

use crate::media::ffmpeg::{MissingTool, ToolError};

use super::spec::FilmScene;

#[derive(Debug, thiserror::Error)]
pub enum FilmError {
    /// The caller asked for something that cannot be.
    #[error("{0}")]
    Invalid(String),
    /// One scene's material stopped the film. `position` counts from 0.
    #[error("scene {}: {message}", position + 1)]
    Scene { scene_id: String, position: usize, message: String, log: String },
    #[error(transparent)]
    MissingTool(#[from] MissingTool),
    #[error("the disk is full")]
    DiskFull,
    /// A stage that belongs to no scene.
    #[error("{stage} failed")]
    Stage { stage: &'static str, log: String },
}

impl FilmError {
    /// The cause in the tool's own words, for the log and not for the user.
    #[must_use]
    pub fn log(&self) -> Option<&str> {
        match self {
            Self::Scene { log, .. } | Self::Stage { log, .. } => Some(log),
            _ => None,
        }
    }

    /// A tool's failure in a stage of the whole film.
    pub(super) fn stage(stage: &'static str, error: impl Into<ToolError>) -> Self {
        match error.into() {
            ToolError::DiskFull { .. } => Self::DiskFull,
            error => Self::Stage { stage, log: error.log() },
        }
    }

    /// A tool's failure on one scene's material.
    pub(super) fn scene(scene: &FilmScene, position: usize, message: &str, error: impl Into<ToolError>) -> Self {
        match error.into() {
            ToolError::DiskFull { .. } => Self::DiskFull,
            error => Self::Scene { scene_id: scene.id.clone(), position, message: message.to_owned(), log: error.log() },
        }
    }
}
