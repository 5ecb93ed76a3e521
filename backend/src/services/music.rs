//! The music library: the user's own tracks.

use std::path::Path;

use chrono::Utc;
use engines::media::sniff::AudioFormat;
use uuid::Uuid;

use super::{Ctx, page_of, scene::remove_later};
use crate::{
    db::{self, music::MusicRow},
    error::Result,
    storage::Shelf,
};
use shared::{
    MusicId,
    music::MusicTrack,
    page::{Page, PageQuery},
};

const PAGE: u32 = 50;
/// What a track is called where it is written down that a request made it.
pub const MADE: &str = "music";

/// One page of all tracks, newest first.
pub async fn list(ctx: &Ctx, query: PageQuery, after: Option<MusicId>) -> Result<Page<MusicTrack>> {
    let limit = query.limit.unwrap_or(PAGE);
    let items = ctx.db.read(move |conn| db::music::list(conn, query.q.as_deref(), after, i64::from(limit) + 1)).await?;
    Ok(page_of(items, limit, |last| last.id.to_string()))
}

/// Keeps an uploaded track, whose sound was looked at.
pub async fn upload(ctx: &Ctx, title: String, file: &Path, (format, duration_seconds): (AudioFormat, f64)) -> Result<MusicTrack> {
    let media_key = ctx.storage.adopt(Shelf::Music, format.extension(), file).await?;
    let row =
        MusicRow { id: Uuid::now_v7(), title, media_key, mime_type: format.mime().to_owned(), duration_seconds, created_at: Utc::now() };
    ctx.write_naming(vec![row.media_key.clone()], move |tx| {
        let track = db::music::insert(tx.conn, row)?;
        tx.made_unlisted(MADE, track.id);
        Ok(track)
    })
    .await
}

/// One track.
pub async fn get(ctx: &Ctx, id: MusicId) -> Result<MusicTrack> {
    ctx.db.read(move |conn| db::music::get(conn, id)).await
}

/// Deletes a track; films that were made with it stay as they are.
pub async fn delete(ctx: &Ctx, id: MusicId) -> Result<()> {
    ctx.db
        .write(move |tx| {
            let key = db::music::delete(tx.conn, id)?;
            remove_later(tx, vec![key])
        })
        .await
}
