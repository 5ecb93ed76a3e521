//! `/api/openapi.json`, the same in OpenAPI 3.0, and `/api/docs`, where it is browsed.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, get, http::header};
use utoipa_swagger_ui::Config;

use super::openapi;
use crate::error::{AppError, Result};

/// The document.
#[get("/api/openapi.json")]
pub async fn document() -> HttpResponse {
    HttpResponse::Ok().json(openapi::published())
}

/// The document for those who read OpenAPI 3.0 only.
#[get("/api/openapi-3.0.json")]
pub async fn document_in_3_0() -> HttpResponse {
    HttpResponse::Ok().json(openapi::published_in_3_0())
}

/// The page's own files are beside it, so that its address ends in a slash.
#[get("/api/docs")]
pub async fn to_page() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/api/docs/")).finish()
}

/// The page and its files, which are in the binary.
#[get("/api/docs/{file:.*}")]
pub async fn page(request: HttpRequest) -> Result<HttpResponse> {
    let name = request.match_info().get("file").unwrap_or_default();
    let config = Arc::new(Config::from("/api/openapi.json"));
    let file = utoipa_swagger_ui::serve(name, config).map_err(|error| AppError::internal(error.to_string()))?;
    let file = file.ok_or_else(|| AppError::not_found("page"))?;
    Ok(HttpResponse::Ok().content_type(file.content_type).body(file.bytes.into_owned()))
}
