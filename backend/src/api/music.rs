//! `/api/music`.

use std::sync::Arc;

use actix_multipart::Multipart;
use actix_web::{HttpResponse, delete, get, post, web::Data};

use super::http::{
    answer,
    extract::{Id, PageOf},
    upload::{self, Beside},
};
use crate::{
    error::Result,
    services::{Ctx, audio, music, settings},
};
use shared::{
    MusicId,
    music::MusicTrack,
    page::{Page, PageQuery},
};

/// Upload a track.
///
/// Music of your own (WAV, MP3, M4A, OGG or FLAC, told by its content, which must be what its part says), for films to use.
#[utoipa::path(tag = "Music", request_body(content = upload::MusicUpload, content_type = "multipart/form-data"), responses((status = 201, description = "The track", body = MusicTrack)))]
#[post("/music/upload")]
pub async fn upload_music(ctx: Data<Arc<Ctx>>, form: Multipart) -> Result<HttpResponse> {
    let limits = settings::upload_limits(&ctx).await?;
    let form = upload::read(&ctx, form, Beside::TITLE, limits.audio_bytes, async |file| audio::check_upload(&ctx, file).await).await?;
    let track = music::upload(&ctx, form.title(), form.file.path(), form.found).await?;
    Ok(answer::created(&track.url, &track))
}

/// List tracks.
///
/// The newest first.
#[utoipa::path(tag = "Music", params(PageQuery), responses((status = 200, description = "A page of tracks", body = Page<MusicTrack>)))]
#[get("/music")]
pub async fn list_music(ctx: Data<Arc<Ctx>>, page: PageOf<MusicId>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(music::list(&ctx, page.0, page.1).await?))
}

/// Delete a track.
///
/// Films that were made with it stay as they are.
#[utoipa::path(tag = "Music", params(("id" = MusicId, Path, description = "Its id")), responses((status = 204, description = "It is gone")))]
#[delete("/music/{id}")]
pub async fn delete_music(ctx: Data<Arc<Ctx>>, id: Id<MusicId>) -> Result<HttpResponse> {
    music::delete(&ctx, id.0).await?;
    Ok(answer::gone())
}
