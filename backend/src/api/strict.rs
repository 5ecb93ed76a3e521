//! A query parameter that an operation does not have is refused: a typo must not pass for a filter.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};

use super::openapi;
use crate::error::AppError;
use shared::{ApiError, error::FieldError};

/// Refuses what the document of the API does not name.
pub async fn middleware(request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if !request.query_string().is_empty()
        && let Some(known) = openapi::query_parameters_of(request.method().as_str(), request.path())
    {
        let names = form_urlencoded::parse(request.query_string().as_bytes()).map(|(name, _)| name.into_owned());
        let unknown: Vec<FieldError> = names
            .filter(|name| !known.contains(&name.as_str()))
            .map(|path| FieldError { path, message: "no such query parameter".to_owned() })
            .collect();
        if !unknown.is_empty() {
            return Err(AppError::Api(ApiError::invalid(unknown)).into());
        }
    }
    next.call(request).await
}
