//! What no operation takes is refused before it is asked: query parameters and bodies that it does not have, and packed bodies.

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::Next,
};
use garde::Validate;
use serde::Deserialize;

use super::{extract, read};
use crate::{
    api::openapi,
    error::{AppError, Result},
};
use shared::{ApiError, ErrorCode, error::FieldError};

/// Refuses what nobody below reads.
pub async fn middleware(mut request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    check_query(&request)?;
    check_encoding(&request)?;
    check_body(&mut request).await?;
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

/// The body of an operation that takes none.
#[derive(Deserialize, Validate)]
struct Nothing {}

/// An operation that takes no body may be sent an empty object; a field in it would be one that nobody reads.
async fn check_body(request: &mut ServiceRequest) -> Result<()> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if is_read || openapi::takes_body(request.method().as_str(), request.path()) != Some(false) {
        return Ok(());
    }
    let body = extract::read_all(request.take_payload(), extract::MOST_BYTES).await?;
    if !body.is_empty() {
        extract::check_type(request.request())?;
        read::json::<Nothing>(&body)?.strictly()?;
    }
    // The key of idempotency goes by the body, too.
    request.set_payload(Payload::from(body));
    Ok(())
}
