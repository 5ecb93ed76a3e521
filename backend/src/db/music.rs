//! The music library: rows and queries.

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, PgConnection, PgTextExpressionMethods, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
};
use uuid::Uuid;

use super::{containing, schema::music_tracks};
use crate::{
    error::{AppError, Result},
    storage::media_url,
};
use shared::{MusicId, music::MusicTrack};

/// A row of the library.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = music_tracks)]
pub struct MusicRow {
    /// Its id.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// The key of its file.
    pub media_key: String,
    /// The type of its bytes.
    pub mime_type: String,
    /// How long it lasts.
    pub duration_seconds: f64,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
}

impl From<MusicRow> for MusicTrack {
    fn from(row: MusicRow) -> Self {
        Self {
            id: MusicId(row.id),
            title: row.title,
            url: media_url(&row.media_key),
            mime_type: row.mime_type,
            duration_seconds: row.duration_seconds,
            created_at: row.created_at,
        }
    }
}

/// Tracks from behind that one, newest first; `words` are looked for in the title.
pub fn list(conn: &mut PgConnection, words: Option<&str>, after: Option<MusicId>, limit: i64) -> Result<Vec<MusicTrack>> {
    let mut query = music_tracks::table.order(music_tracks::id.desc()).limit(limit).select(MusicRow::as_select()).into_boxed();
    for word in words.unwrap_or_default().split_whitespace() {
        query = query.filter(music_tracks::title.ilike(containing(word)));
    }
    if let Some(after) = after {
        // Ids are UUIDv7: their order is the order of time.
        query = query.filter(music_tracks::id.lt(after.0));
    }
    Ok(query.load(conn)?.into_iter().map(MusicTrack::from).collect())
}

/// One track.
pub fn get(conn: &mut PgConnection, id: MusicId) -> Result<MusicTrack> {
    let row: Option<MusicRow> = music_tracks::table.find(id.0).select(MusicRow::as_select()).first(conn).optional()?;
    row.map(MusicTrack::from).ok_or_else(|| AppError::not_found("track"))
}

/// The key of a track's file.
pub fn key(conn: &mut PgConnection, id: MusicId) -> Result<Option<String>> {
    Ok(music_tracks::table.find(id.0).select(music_tracks::media_key).first(conn).optional()?)
}

/// Writes a new track.
pub fn insert(conn: &mut PgConnection, row: MusicRow) -> Result<MusicTrack> {
    let row: MusicRow = diesel::insert_into(music_tracks::table).values(row).returning(MusicRow::as_returning()).get_result(conn)?;
    Ok(row.into())
}

/// Deletes it; answers the key of its file, which is still there.
pub fn delete(conn: &mut PgConnection, id: MusicId) -> Result<String> {
    let key = diesel::delete(music_tracks::table.find(id.0)).returning(music_tracks::media_key).get_result(conn).optional()?;
    key.ok_or_else(|| AppError::not_found("track"))
}
