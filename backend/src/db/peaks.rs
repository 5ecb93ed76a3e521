//! The peaks of narrations: beside the record, and not a part of it.

use diesel::{ExpressionMethods, OptionalExtension, PgConnection, QueryDsl, RunQueryDsl};

use super::schema::audio_clips;
use crate::error::{AppError, Result};
use shared::AudioId;

/// What is known of a narration's sound.
pub struct Sound {
    /// The key of its file, once it is ready.
    pub media_key: Option<String>,
    /// How long it lasts, once it is ready.
    pub duration_seconds: Option<f64>,
    /// Its peaks, once they were measured.
    pub peaks: Option<Vec<u8>>,
}

/// What is known of a narration's sound.
pub fn sound(conn: &mut PgConnection, id: AudioId) -> Result<Sound> {
    use audio_clips::dsl as a;
    let row = a::audio_clips.find(id.0).select((a::media_key, a::duration_seconds, a::peaks)).first(conn).optional()?;
    let (media_key, duration_seconds, peaks) = row.ok_or_else(|| AppError::not_found("narration"))?;
    Ok(Sound { media_key, duration_seconds, peaks })
}

/// Keeps the peaks of a narration.
pub fn set(conn: &mut PgConnection, id: AudioId, peaks: &[u8]) -> Result<()> {
    diesel::update(audio_clips::table.find(id.0)).set(audio_clips::peaks.eq(peaks)).execute(conn)?;
    Ok(())
}
