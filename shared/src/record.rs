//! What the generated records (audio, image, video) have in common: the life of a take.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a generated record is in its life: `queued` → `running` → `ready` | `failed` | `canceled`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waiting for its turn, or for its next attempt.
    Queued,
    /// Being made.
    Running,
    /// Made: its `url` serves the bytes.
    Ready,
    /// It could not be made: see `error`.
    Failed,
    /// Stopped by the user.
    Canceled,
}

impl Status {
    /// Whether nothing more will happen to the record by itself.
    pub fn is_finished(self) -> bool {
        matches!(self, Self::Ready | Self::Failed | Self::Canceled)
    }

    /// As it is written on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }
}
