//! `/api/health`, `/api/ready` and `/metrics`.

use std::{fmt::Write, sync::Arc};

use actix_web::{HttpResponse, get, web::Data};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    db::migrate,
    error::{AppError, Result},
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
    let current = ctx.db.read(|conn| Ok(migrate::is_current(conn))).await?;
    if !current {
        return Err(AppError::api(ErrorCode::Unavailable, "The database has not been migrated."));
    }
    Ok(HttpResponse::Ok().json(Health::ok()))
}

/// Read the metrics.
///
/// What Prometheus reads (text exposition format 0.0.4).
#[utoipa::path(tag = "Health", responses((status = 200, description = "The metrics", body = String, content_type = "text/plain")))]
#[get("/metrics")]
pub async fn metrics(ctx: Data<Arc<Ctx>>) -> Result<HttpResponse> {
    let (waiting, running) = ctx.db.read(queue::depth).await?;
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, value: i64| writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
    gauge("studio_jobs_waiting", "Jobs that wait for their turn.", waiting).map_err(AppError::internal)?;
    gauge("studio_jobs_running", "Jobs that are being worked on.", running).map_err(AppError::internal)?;
    gauge("studio_up", "Whether the server is up.", 1).map_err(AppError::internal)?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}
