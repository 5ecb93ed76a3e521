//! The HTTP status of every error: the only place that knows it.

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use shared::{ApiError, ErrorCode};

use super::request_id;
use crate::error::AppError;

/// The status of a code.
pub fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::InvalidJson => StatusCode::BAD_REQUEST,
        ErrorCode::Unauthorized => StatusCode::UNAUTHORIZED,
        ErrorCode::Forbidden => StatusCode::FORBIDDEN,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        ErrorCode::Conflict | ErrorCode::SpendingLimitReached | ErrorCode::ProviderNotConfigured => StatusCode::CONFLICT,
        ErrorCode::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        ErrorCode::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorCode::ValidationFailed | ErrorCode::IdempotencyKeyReused | ErrorCode::ProviderRejected => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::ProviderAuthFailed
        | ErrorCode::ProviderQuotaExceeded
        | ErrorCode::ProviderUnavailable
        | ErrorCode::ProviderBadResponse => StatusCode::BAD_GATEWAY,
        ErrorCode::ProviderRateLimited | ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::ProviderTimeout => StatusCode::GATEWAY_TIMEOUT,
        ErrorCode::InsufficientStorage => StatusCode::INSUFFICIENT_STORAGE,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What the client of that request is told of an error. Its cause is for the log, once, here where it is handled.
pub fn told(error: &AppError, request_id: String) -> ApiError {
    let mut told = error.to_api();
    match error {
        // What a record belonged to went at the same moment: no more is wrong than had it gone before.
        AppError::Database(_) if told.code == ErrorCode::NotFound => tracing::debug!(%error, "refused"),
        AppError::Internal(_) | AppError::Database(_) | AppError::Pool(_) | AppError::Io(_) => {
            tracing::error!(%error, "the request failed");
        }
        AppError::Api(_) => tracing::debug!(code = ?told.code, message = told.message, "refused"),
    }
    if told.code == ErrorCode::Internal {
        told.details.clear();
        told.details.insert("requestId".to_owned(), request_id.into());
    }
    told
}

/// An error as an answer.
fn respond(mut error: ApiError) -> HttpResponse {
    let status = status(error.code);
    let mut response = HttpResponseBuilder::new(status);
    match error.code {
        ErrorCode::Unavailable | ErrorCode::ProviderRateLimited | ErrorCode::TooManyRequests => {
            let seconds = error.details.get("retryAfterSeconds").and_then(serde_json::Value::as_u64).unwrap_or(5);
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        ErrorCode::MethodNotAllowed => {
            if let Some(allow) = error.details.remove("allow").as_ref().and_then(|allow| allow.as_str()) {
                response.insert_header((header::ALLOW, allow));
            }
        }
        ErrorCode::Unauthorized => {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        _ => {}
    }
    response.json(error)
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        status(self.to_api().code)
    }

    fn error_response(&self) -> HttpResponse {
        respond(told(self, request_id::current()))
    }
}
