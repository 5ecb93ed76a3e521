//! `/api/health`, `/api/ready` and `/metrics`.

use std::sync::Arc;

use actix_web::{HttpResponse, get, web::Data};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    db::migrate,
    error::{AppError, Result},
    metrics::Now,
    queue,
    services::Ctx,
};
use shared::ErrorCode;

/// That the server is up.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    #[schema(example = "ok")]
    status: String,
    /// The server's version.
    version: String,
}

impl Health {
    fn ok() -> Self {
        Self { status: "ok".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// Ask whether the server is up.
///
/// Says nothing of the database.
#[utoipa::path(tag = "Health", responses((status = 200, description = "It is up", body = Health)))]
#[get("/health")]
pub async fn health() -> HttpResponse {
    HttpResponse::Ok().json(Health::ok())
}

/// Ask whether the server can work.
///
/// 503 where the database cannot be reached, or is not migrated.
#[utoipa::path(tag = "Health", responses((status = 200, description = "It can", body = Health)))]
#[get("/ready")]
pub async fn ready(ctx: Data<Arc<Ctx>>) -> Result<HttpResponse> {
    // Not `read`: Diesel makes the table of what was run where there is none.
    let current = ctx.db.run(migrate::is_current).await?;
    if !current {
        return Err(AppError::api(ErrorCode::Unavailable, "The database has not been migrated."));
    }
    Ok(HttpResponse::Ok().json(Health::ok()))
}

/// Read the metrics.
///
/// What Prometheus reads (text exposition format 0.0.4): requests by route and status, jobs by how they ended, the queue,
/// the database's connections, and what the process uses. Each server tells its own; the queue is that of all servers.
#[utoipa::path(tag = "Health", responses((status = 200, description = "The metrics", body = String, content_type = "text/plain")))]
#[get("/metrics")]
pub async fn metrics(ctx: Data<Arc<Ctx>>) -> Result<HttpResponse> {
    // Without the database the rest is told all the more.
    let jobs = ctx.db.read(queue::depth).await.inspect_err(|error| tracing::warn!(%error, "could not count the jobs")).ok();
    let (connections_in_use, connections_idle) = ctx.db.connections();
    let now = Now { jobs, connections_in_use, connections_idle };
    let text = ctx.metrics.text(now).map_err(AppError::internal)?;
    Ok(HttpResponse::Ok().content_type(prometheus::TEXT_FORMAT).body(text))
}
