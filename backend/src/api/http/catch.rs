//! Whatever goes wrong under a request becomes an answer in the one shape: a panic too.

use std::panic::AssertUnwindSafe;

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::header::HeaderMap,
    middleware::Next,
};
use futures_util::FutureExt;

use crate::error::AppError;

/// Answers for what fails below it.
pub async fn middleware(request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(answer) => answer,
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(ToString::to_string).or_else(|| panic.downcast_ref::<String>().cloned());
            Err(AppError::internal(format!("a panic: {}", text.unwrap_or_default())).into())
        }
    }
}

/// The status of an answer, or of the one that an error will become.
pub fn status_of<B>(answer: &Result<ServiceResponse<B>, Error>) -> u16 {
    let status = match answer {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    status.as_u16()
}

/// Sets headers on an answer, or on the answer that an error will become. (An error has no request to make an answer
/// with: actix wants to be the only one that holds it.)
pub fn set_headers<B>(answer: Result<ServiceResponse<B>, Error>, set: impl FnOnce(&mut HeaderMap)) -> Result<ServiceResponse<B>, Error> {
    match answer {
        Ok(mut response) => {
            set(response.headers_mut());
            Ok(response)
        }
        Err(error) => {
            let mut response = error.error_response();
            set(response.headers_mut());
            Err(InternalError::from_response(error.to_string(), response).into())
        }
    }
}
