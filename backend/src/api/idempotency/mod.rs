//! `Idempotency-Key`: the same request twice starts nothing twice.

use std::sync::Arc;

use actix_web::{
    Error, HttpMessage, HttpResponse, HttpResponseBuilder,
    body::{BodySize, BoxBody, MessageBody, to_bytes},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, header},
    middleware::Next,
    web::{Bytes, Data},
};
use sha2::{Digest, Sha256};

use super::extract;
use crate::{
    db::idempotency::{self, Before},
    error::{AppError, Result},
    services::{Ctx, settings},
};
use shared::ErrorCode;

const HEADER: &str = "idempotency-key";
/// The headers that belong to an answer that is given again.
const KEPT: [header::HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];

/// Gives the first answer again, where the key came before.
pub async fn middleware(mut request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let key = request.headers().get(HEADER).cloned();
    let (Some(key), &Method::POST) = (key, request.method()) else { return Ok(next.call(request).await?.map_into_boxed_body()) };
    let key = match key.to_str() {
        Ok(key) if (1..=255).contains(&key.len()) => key.to_owned(),
        _ => return Err(AppError::invalid("Idempotency-Key", "must have 1 to 255 visible characters").into()),
    };
    let ctx = request.app_data::<Data<Arc<Ctx>>>().map(|ctx| Arc::clone(ctx.get_ref())).ok_or_else(|| AppError::internal("no context"))?;
    let most = settings::upload_limits(&ctx).await?.audio_bytes.saturating_mul(4) + (1 << 20);
    let body = extract::read_all(request.take_payload(), usize::try_from(most).unwrap_or(usize::MAX)).await?;
    let hash = hash(&request, &body);
    let route = request.uri().path_and_query().map_or_else(|| request.path().to_owned(), ToString::to_string);

    let (taken_route, taken_key, taken_hash) = (route.clone(), key.clone(), hash.clone());
    if let Some(before) = ctx.db.read(move |conn| idempotency::take(conn, &taken_route, &taken_key, &taken_hash)).await? {
        let answer = answer_again(before, &hash)?;
        return Ok(request.into_response(answer));
    }
    request.set_payload(Payload::from(body));
    let response = next.call(request).await;
    match response {
        Ok(response) => keep(&ctx, route, key, response.map_into_boxed_body()).await,
        Err(error) => {
            ctx.db.read(move |conn| idempotency::release(conn, &route, &key)).await?;
            Err(error)
        }
    }
}

fn answer_again(before: Before, hash: &[u8]) -> Result<HttpResponse> {
    if before.body_hash != hash {
        return Err(AppError::api(ErrorCode::IdempotencyKeyReused, "This Idempotency-Key came before with another body; use a new one."));
    }
    let Some(status) = before.status else {
        let message = "The first request with this Idempotency-Key has not been answered: it is still going on, or was cut off. Look what came of it before you use another key.";
        return Err(AppError::api(ErrorCode::Conflict, message));
    };
    let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
    let mut answer = HttpResponseBuilder::new(status);
    for (name, value) in before.headers.map(|headers| headers.0).unwrap_or_default() {
        answer.insert_header((name, value));
    }
    answer.insert_header(("Idempotency-Replayed", "true"));
    Ok(answer.body(before.body.unwrap_or_default()))
}

/// Keeps an answer that says what was started. A refusal started nothing: the same key may try again. A stream cannot be kept.
async fn keep(ctx: &Ctx, route: String, key: String, response: ServiceResponse<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
    let whole = matches!(response.response().body().size(), BodySize::Sized(_) | BodySize::None);
    if !response.status().is_success() || !whole {
        // A stream has started its work: its key stays taken.
        if whole {
            ctx.db.read(move |conn| idempotency::release(conn, &route, &key)).await?;
        }
        return Ok(response);
    }
    let (request, response) = response.into_parts();
    let (response, body) = response.into_parts();
    let bytes = to_bytes(body).await.map_err(|error| AppError::Internal(error.to_string().into()))?;
    let headers =
        KEPT.iter().filter_map(|name| Some((name.to_string(), response.headers().get(name)?.to_str().ok()?.to_owned()))).collect();
    let (status, kept) = (response.status().as_u16(), bytes.clone());
    ctx.db.read(move |conn| idempotency::answer(conn, &route, &key, status, headers, &kept)).await?;
    Ok(ServiceResponse::new(request, response.set_body(BoxBody::new(bytes))))
}

/// A form's boundary is chosen anew by every client each time; it is no part of what is sent.
fn hash(request: &ServiceRequest, body: &Bytes) -> Vec<u8> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let boundary = kind.split("boundary=").nth(1).map(|rest| rest.split(';').next().unwrap_or_default().trim().trim_matches('"'));
    let mut hasher = Sha256::new();
    match boundary.filter(|boundary| !boundary.is_empty()) {
        Some(boundary) => {
            let mut from = 0;
            for at in memchr::memmem::find_iter(body, boundary.as_bytes()) {
                hasher.update(&body[from..at]);
                from = at + boundary.len();
            }
            hasher.update(&body[from..]);
        }
        None => hasher.update(body),
    }
    hasher.finalize().to_vec()
}
