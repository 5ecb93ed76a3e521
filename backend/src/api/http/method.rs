//! Methods: HEAD is GET without its body, OPTIONS tells what there is, and any other is refused with `Allow`.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    Error, HttpResponse,
    body::{BodySize, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::Next,
    web::Bytes,
};

use crate::{
    api::openapi,
    error::{AppError, Result},
};
use shared::{ApiError, ErrorCode};

/// Serves HEAD as GET without its body (RFC 9110, 9.3.2).
pub async fn middleware(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody, Headers>>, Error> {
    if request.method() != Method::HEAD {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    request.head_mut().method = Method::GET;
    // Ranges are for GET alone (RFC 9110, 14.2).
    request.headers_mut().remove(header::RANGE);
    let answer = next.call(request).await?;
    Ok(answer.map_body(|_, body| EitherBody::right(Headers(body.size()))))
}

/// The body of an answer to HEAD: as large as it would be, and not there. What would stream is dropped, and so ended.
pub struct Headers(BodySize);

impl MessageBody for Headers {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        match self.0 {
            BodySize::Stream => BodySize::None,
            sized => sized,
        }
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(None)
    }
}

/// What a request that no route took is answered, where its path has other methods; none where there is no such path.
pub fn other(method: &Method, path: &str) -> Option<Result<HttpResponse>> {
    let allowed = openapi::methods_of(path);
    (!allowed.is_empty()).then(|| answer(method, allowed))
}

/// As [`other`], for a path of the app, which is there to be read.
pub fn other_of_page(method: &Method) -> Result<HttpResponse> {
    answer(method, vec!["GET".to_owned()])
}

fn answer(method: &Method, mut allowed: Vec<String>) -> Result<HttpResponse> {
    let named = allowed.join(" or ");
    if allowed.iter().any(|method| method == "GET") {
        allowed.push("HEAD".to_owned());
    }
    allowed.push("OPTIONS".to_owned());
    let allow = allowed.join(", ");
    if method == Method::OPTIONS {
        return Ok(HttpResponse::NoContent().insert_header((header::ALLOW, allow)).finish());
    }
    let message = format!("{method} is not allowed here; use {named}.");
    Err(AppError::Api(ApiError::new(ErrorCode::MethodNotAllowed, message).with("allow", allow)))
}
