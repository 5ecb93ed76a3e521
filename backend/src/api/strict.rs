//! What no operation takes is refused before it is asked: query parameters that it does not have, and packed bodies.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
};

use super::openapi;
use crate::error::{AppError, Result};
use shared::{ApiError, ErrorCode, error::FieldError};

/// Refuses what nobody below reads.
pub async fn middleware(request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    check_query(&request)?;
    check_encoding(&request)?;
    next.call(request).await
}

/// A typo must not pass for a filter. An operation that has query parameters reads them strictly itself (`extract::Query`),
/// so that everything wrong with them is told at once; this is for those that have none.
fn check_query(request: &ServiceRequest) -> Result<()> {
    if request.query_string().is_empty() || openapi::takes_query(request.method().as_str(), request.path()) != Some(false) {
        return Ok(());
    }
    let names = form_urlencoded::parse(request.query_string().as_bytes());
    let fields = names.map(|(name, _)| FieldError { path: name.into_owned(), message: "no such query parameter".to_owned() });
    Err(AppError::Api(ApiError::invalid(fields.collect())))
}

/// A packed body could unpack to any size, and would pass for broken JSON.
fn check_encoding(request: &ServiceRequest) -> Result<()> {
    let encoding = request.headers().get(header::CONTENT_ENCODING);
    if encoding.is_none_or(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Ok(());
    }
    Err(AppError::api(ErrorCode::UnsupportedMediaType, "Send the body as it is, without `Content-Encoding`."))
}
