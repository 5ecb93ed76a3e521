//! The music library.

use shared::{MusicId, music::MusicTrack, page::Page};
use web_sys::Blob;

use super::client::{self, Answer};

/// The newest tracks.
pub async fn list() -> Answer<Page<MusicTrack>> {
    client::get("/api/music?limit=200").await
}

/// Keeps a track.
pub async fn upload(file: &Blob, name: &str) -> Answer<MusicTrack> {
    let form = web_sys::FormData::new().map_err(|_| client::unreadable())?;
    client::append_file(&form, file, name)?;
    client::upload("/api/music/upload", form).await
}

/// Removes a track.
pub async fn delete(id: MusicId) -> Answer<()> {
    client::delete(&format!("/api/music/{id}")).await
}
