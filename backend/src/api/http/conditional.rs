//! `ETag` on every answer that is JSON or a voice's preview, and 304 to whoever has it already (RFC 9110, 13).

use actix_web::{
    Error, HttpResponse,
    body::{BodySize, BoxBody, MessageBody, to_bytes},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, header},
    middleware::Next,
};

use super::extract::tags;
use crate::{error::AppError, services::etag_of_bytes};

/// Tags what is answered whole, and leaves out what the client has.
pub async fn middleware(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let known = if request.method() == Method::GET { tags(request.request(), &header::IF_NONE_MATCH) } else { None };
    let response = next.call(request).await?.map_into_boxed_body();
    let kind = response.headers().get(header::CONTENT_TYPE).map_or(&b""[..], header::HeaderValue::as_bytes);
    let is_read = kind.starts_with(b"application/json") || kind == b"audio/wav";
    let is_whole = matches!(response.response().body().size(), BodySize::Sized(_));
    let is_tagged = response.headers().contains_key(header::ETAG);
    if !matches!(response.status(), StatusCode::OK | StatusCode::CREATED) || !is_read || !is_whole || is_tagged {
        return Ok(response);
    }
    let (request, response) = response.into_parts();
    let (mut response, body) = response.into_parts();
    let bytes = to_bytes(body).await.map_err(|error| AppError::Internal(error.to_string().into()))?;
    let tag = etag_of_bytes(&bytes);
    let tag_value = header::HeaderValue::from_str(&format!("\"{tag}\""))?;
    if known.is_some_and(|known| known.has(&tag)) {
        let mut not_modified = HttpResponse::NotModified();
        // How long it may be kept is as it was (RFC 9110, 15.4.5).
        if let Some(cache) = response.headers().get(header::CACHE_CONTROL) {
            not_modified.insert_header((header::CACHE_CONTROL, cache.clone()));
        }
        return Ok(ServiceResponse::new(request, not_modified.insert_header((header::ETAG, tag_value)).finish()));
    }
    response.headers_mut().insert(header::ETAG, tag_value);
    Ok(ServiceResponse::new(request, response.set_body(BoxBody::new(bytes))))
}
