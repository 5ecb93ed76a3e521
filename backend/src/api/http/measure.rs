//! Measuring: each answer is counted by its route.

use std::{sync::Arc, time::Instant};

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};

use super::catch::status_of;
use crate::{api::openapi, services::Ctx};

/// Counts the answer, and the time until it began.
pub async fn middleware(request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let ctx = request.app_data::<Data<Arc<Ctx>>>().cloned();
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PATCH" | "DELETE" | "OPTIONS" | "PUT") => known.to_owned(),
        // Anybody can make up a method; not a series of its own for each.
        _ => "other".to_owned(),
    };
    // Paths that no operation has are the app's pages, its files, and what does not exist.
    let route = openapi::template_of(request.path()).unwrap_or("other");
    let answer = next.call(request).await;
    if let Some(ctx) = ctx {
        ctx.metrics.request(&method, route, status_of(&answer), started.elapsed());
    }
    answer
}
