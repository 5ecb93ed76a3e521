//! Answers: what a handler says once its service has done the work.

use std::time::Duration;

use actix_web::{HttpResponse, http::header};
use serde::Serialize;

use super::extract::Prefer;
use crate::{
    error::Result,
    services::{Ctx, take},
};
use shared::page::Items;

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

/// 202 with the record as it is, or 200 once it is finished, where the client prefers to wait. A client that goes away
/// meanwhile stops waiting, and nothing else.
pub async fn accepted<R: take::Generated>(ctx: &Ctx, location: &str, id: R::Id, record: R, prefer: Prefer) -> Result<HttpResponse> {
    let Some(seconds) = prefer.wait else {
        return Ok(HttpResponse::Accepted().insert_header((header::LOCATION, location)).json(record));
    };
    let (finished, record) = match within(ctx, seconds, take::finished::<R>(ctx, id)).await {
        Some(record) => (true, record?),
        None => (false, take::get::<R>(ctx, id).await?),
    };
    let mut response = if finished { HttpResponse::Ok() } else { HttpResponse::Accepted() };
    Ok(response.insert_header((header::LOCATION, location)).insert_header(("Preference-Applied", format!("wait={seconds}"))).json(record))
}

/// As [`accepted`], for a batch: 200 once all of it is finished.
pub async fn accepted_batch<R: take::Generated>(
    ctx: &Ctx,
    records: Vec<R>,
    id: impl Fn(&R) -> R::Id,
    prefer: Prefer,
) -> Result<HttpResponse> {
    let Some(seconds) = prefer.wait else {
        return Ok(HttpResponse::Accepted().json(Items { items: records }));
    };
    let ids: Vec<R::Id> = records.iter().map(id).collect();
    let all = async {
        let mut finished = Vec::new();
        for id in &ids {
            finished.push(take::finished::<R>(ctx, *id).await?);
        }
        Ok::<_, crate::error::AppError>(finished)
    };
    let (mut response, items) = match within(ctx, seconds, all).await {
        Some(items) => (HttpResponse::Ok(), items?),
        None => {
            let mut items = Vec::new();
            for id in &ids {
                items.push(take::get::<R>(ctx, *id).await?);
            }
            (HttpResponse::Accepted(), items)
        }
    };
    Ok(response.insert_header(("Preference-Applied", format!("wait={seconds}"))).json(Items { items }))
}
