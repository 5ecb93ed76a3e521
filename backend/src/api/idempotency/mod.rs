//! `Idempotency-Key`: the same request twice starts nothing twice.

mod again;
mod body;

use std::{sync::Arc, time::Duration};

use actix_web::{
    Error, HttpResponse, HttpResponseBuilder,
    body::{BodySize, BoxBody, MessageBody, to_bytes},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, header},
    middleware::Next,
    web::Data,
};
use tokio::time::{Instant, sleep};

use crate::{
    db::idempotency::{self, Answer, Claim, Difference, Taken},
    error::{AppError, Result},
    services::Ctx,
};
use shared::ErrorCode;

const HEADER: &str = "idempotency-key";
/// The headers that belong to an answer that is given again.
const KEPT: [header::HeaderName; 5] =
    [header::CONTENT_TYPE, header::LOCATION, header::ETAG, header::RETRY_AFTER, header::HeaderName::from_static("preference-applied")];
/// How long a second request waits for the answer to the first: as long as the first may prefer to wait, and a little.
const PATIENCE: Duration = Duration::from_secs(310);
/// How often it looks for it.
const LOOK: Duration = Duration::from_millis(200);
/// How often a request shows that it still goes on; three times before its lease runs out.
const RENEW: Duration = Duration::from_secs(3);

/// Gives the first answer again, where the key came before.
pub async fn middleware(mut request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let key = request.headers().get(HEADER).cloned();
    let (Some(key), &Method::POST) = (key, request.method()) else { return Ok(next.call(request).await?.map_into_boxed_body()) };
    let key = match key.to_str() {
        Ok(key) if (1..=255).contains(&key.len()) => key.to_owned(),
        _ => return Err(AppError::invalid("Idempotency-Key", "must have 1 to 255 visible characters").into()),
    };
    let ctx = request.app_data::<Data<Arc<Ctx>>>().map(|ctx| Arc::clone(ctx.get_ref())).ok_or_else(|| AppError::internal("no context"))?;
    let (hash, payload) = body::take(&ctx, &mut request).await?;
    let route = request.uri().path_and_query().map_or_else(|| request.path().to_owned(), ToString::to_string);

    match take(&ctx, &route, &key, &hash).await? {
        Taken::Ours(claim) => {
            request.set_payload(payload);
            answer(ctx, claim, request, next).await
        }
        Taken::Answered(answer) => Ok(request.into_response(replay(answer))),
        Taken::Made(made) => {
            let mut answer = again::answer(&ctx, request.request(), &made).await?;
            answer.headers_mut().insert(REPLAYED, header::HeaderValue::from_static("true"));
            Ok(request.into_response(answer))
        }
        Taken::Other(difference) => {
            let message = match difference {
                Difference::Route => "This Idempotency-Key came before on another route; use a new one.",
                Difference::Body => "This Idempotency-Key came before with another body; use a new one.",
            };
            Err(AppError::api(ErrorCode::IdempotencyKeyReused, message).into())
        }
        Taken::Busy => {
            let message = "The first request with this Idempotency-Key still goes on; ask again later with the same key.";
            Err(AppError::api(ErrorCode::Conflict, message).into())
        }
    }
}

const REPLAYED: header::HeaderName = header::HeaderName::from_static("idempotency-replayed");

/// Takes the key; one that is held is waited for.
async fn take(ctx: &Ctx, route: &str, key: &str, hash: &[u8]) -> Result<Taken> {
    let began = Instant::now();
    loop {
        let (route, key, hash, here) = (route.to_owned(), key.to_owned(), hash.to_owned(), ctx.keys.ids());
        match ctx.db.run(move |conn| idempotency::take(conn, &route, &key, &hash, &here)).await? {
            Taken::Busy if began.elapsed() < PATIENCE => sleep(LOOK).await,
            taken => return Ok(taken),
        }
    }
}

/// Answers the request under its key, and keeps the answer.
async fn answer(
    ctx: Arc<Ctx>,
    claim: Claim,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let _holding = ctx.keys.hold(claim.holder());
    let mut held = Held { ctx: Arc::clone(&ctx), claim: Some(claim.clone()) };
    let response = tokio::select! {
        response = claim.scope(next.call(request)) => response,
        () = renew(&ctx, &claim) => return Err(AppError::internal("a lease is renewed for as long as the request goes on").into()),
    };
    let is_whole = |response: &ServiceResponse<BoxBody>| matches!(response.response().body().size(), BodySize::Sized(_) | BodySize::None);
    let response = match response.map(ServiceResponse::map_into_boxed_body) {
        Ok(response) if is_whole(&response) => response,
        // A stream is made anew from what was made.
        other => {
            held.claim = None;
            let_go(&ctx, claim).await;
            return other;
        }
    };
    let (request, response) = response.into_parts();
    let (response, body) = response.into_parts();
    let bytes = to_bytes(body).await.map_err(|error| AppError::Internal(error.to_string().into()))?;
    let headers =
        KEPT.iter().filter_map(|name| Some((name.to_string(), response.headers().get(name)?.to_str().ok()?.to_owned()))).collect();
    let kept = Answer { status: response.status().as_u16(), headers, body: bytes.to_vec() };
    if response.status().is_success() {
        ctx.db.run(move |conn| idempotency::answer(conn, &claim, &kept)).await?;
    } else if let Err(error) = ctx.db.run(move |conn| idempotency::refuse(conn, &claim, &kept)).await {
        // Before it is told, a refusal frees the key, or is kept. Where neither can be done, it is told all the same.
        tracing::warn!(%error, "could not keep a refusal, nor free its idempotency key; its lease runs out by itself");
    }
    held.claim = None;
    Ok(ServiceResponse::new(request, response.set_body(BoxBody::new(bytes))))
}

async fn renew(ctx: &Ctx, claim: &Claim) {
    loop {
        sleep(RENEW).await;
        let claim = claim.clone();
        if let Err(error) = ctx.db.run(move |conn| idempotency::renew(conn, &claim)).await {
            // Should another take the key over meanwhile, nothing of this request is written any more.
            tracing::warn!(%error, "could not renew the lease of an idempotency key");
        }
    }
}

/// Lets the key go where its request ends without an answer, since the client went away.
struct Held {
    ctx: Arc<Ctx>,
    claim: Option<Claim>,
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(claim) = self.claim.take() else { return };
        let ctx = Arc::clone(&self.ctx);
        actix_web::rt::spawn(async move { let_go(&ctx, claim).await });
    }
}

async fn let_go(ctx: &Ctx, claim: Claim) {
    if let Err(error) = ctx.db.run(move |conn| idempotency::let_go(conn, &claim)).await {
        tracing::warn!(%error, "could not let an idempotency key go; its lease runs out by itself");
    }
}

fn replay(answer: Answer) -> HttpResponse {
    let mut response = HttpResponseBuilder::new(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK));
    for (name, value) in answer.headers {
        response.insert_header((name, value));
    }
    response.insert_header((REPLAYED, "true"));
    response.body(answer.body)
}
