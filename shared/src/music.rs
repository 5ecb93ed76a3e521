//! The user's own music: a small library of tracks that films can use.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::MusicId;

/// A track of the music library.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MusicTrack {
    /// Its id.
    pub id: MusicId,
    /// Its title.
    pub title: String,
    /// Where its bytes are: from the server's root, with the same access token.
    pub url: String,
    /// The type of the bytes.
    #[schema(example = "audio/mpeg")]
    pub mime_type: String,
    /// How long it lasts.
    pub duration_seconds: f64,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
}
