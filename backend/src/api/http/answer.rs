//! Answers: what a handler says once its service has done the work.

use std::time::Duration;

use actix_web::{HttpResponse, HttpResponseBuilder, http::header};
use serde::Serialize;
use utoipa::ToSchema;

use super::extract::Prefer;
use crate::{
    error::Result,
    services::{Ctx, take},
};
use shared::page::Items;

/// The bytes of a file.
// Said with `format: binary`, whatever the media type: generators of clients take other strings for text, and `Vec<u8>` for numbers.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes answers in the API's documentation; these are streams or buffers")]
#[schema(value_type = String, format = Binary)]
pub struct Bytes(Vec<u8>);

/// 201, and where the new record is.
pub fn created(location: &str, record: &impl Serialize) -> HttpResponse {
    HttpResponse::Created().insert_header((header::LOCATION, location)).json(record)
}

/// 204.
pub fn gone() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

/// What comes within so many seconds, and before the server stops.
pub async fn within<T>(ctx: &Ctx, seconds: u64, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        done = work => Some(done),
        () = tokio::time::sleep(Duration::from_secs(seconds)) => None,
        () = ctx.live.closed() => None,
    }
}

/// What work comes to within the preferred wait, and how its answer begins: 200 where it came, else 202. A client that
/// goes away meanwhile stops waiting, and nothing else.
pub async fn awaited<T>(ctx: &Ctx, prefer: Prefer, work: impl Future<Output = Result<T>>) -> Result<(Option<T>, HttpResponseBuilder)> {
    let done = match prefer.wait {
        Some(seconds) => within(ctx, seconds, work).await.transpose()?,
        None => None,
    };
    let mut response = if done.is_some() { HttpResponse::Ok() } else { HttpResponse::Accepted() };
    tell_applied(&mut response, prefer);
    Ok((done, response))
}

/// Tells which preference was followed.
pub fn tell_applied(response: &mut HttpResponseBuilder, prefer: Prefer) {
    if let Some(applied) = prefer.applied() {
        response.insert_header(("Preference-Applied", applied));
    }
}

/// 202 with the record as it is, or 200 once it is finished, where the client prefers to wait.
pub async fn accepted<R: take::Generated>(ctx: &Ctx, location: &str, id: R::Id, record: R, prefer: Prefer) -> Result<HttpResponse> {
    let (finished, mut response) = awaited(ctx, prefer, take::finished::<R>(ctx, id)).await?;
    let record = match finished {
        Some(record) => record,
        None if prefer.wait.is_some() => take::get::<R>(ctx, id).await?,
        None => record,
    };
    Ok(response.insert_header((header::LOCATION, location)).json(record))
}

/// As [`accepted`], for a batch: 200 once all of it is finished. What was deleted meanwhile is left out.
pub async fn accepted_batch<R: take::Generated>(ctx: &Ctx, records: Vec<R>, prefer: Prefer) -> Result<HttpResponse> {
    let ids: Vec<R::Id> = records.iter().map(R::id).collect();
    let (finished, mut response) = awaited(ctx, prefer, take::all_finished::<R>(ctx, &ids)).await?;
    let items = match finished {
        Some(finished) => finished,
        None if prefer.wait.is_some() => take::those(ctx, &ids).await?,
        None => records,
    };
    Ok(response.json(Items { items }))
}
