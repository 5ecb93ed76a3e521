//! The one shape of everything that goes wrong, on the wire and on records: `{code, message, details?}`.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What went wrong, for a program (`code`) and for a person (`message`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "code": "validation_failed",
    "message": "Scene count must be between 1 and 60.",
    "details": {"fields": [{"path": "options.sceneCount", "message": "greater than 60"}]}
}))]
pub struct ApiError {
    /// What kind of error this is; stable.
    pub code: ErrorCode,
    /// One sentence that a person can act on.
    pub message: String,
    /// More about it, by code: `fields` of a failed validation, `provider`, `status` and `attempts` of a provider's failure.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = ErrorDetails, required = false)]
    pub details: Map<String, Value>,
}

impl ApiError {
    /// An error without details.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: Map::new() }
    }

    /// The same error with one more detail.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// A failed validation: every bad field at once.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let message = match fields.as_slice() {
            [] => "The request is not valid.".to_owned(),
            [one] if one.path.is_empty() => format!("The request is not valid: {}.", one.message),
            [one] => format!("`{}` is not valid: {}.", one.path, one.message),
            [first, rest @ ..] => format!("`{}` is not valid: {} (and {} more).", first.path, first.message, rest.len()),
        };
        let fields = fields.into_iter().map(|f| serde_json::json!({"path": f.path, "message": f.message})).collect::<Vec<_>>();
        Self::new(ErrorCode::ValidationFailed, message).with("fields", fields)
    }

    /// Every bad field of a failed validation; none of any other error.
    pub fn fields(&self) -> Vec<FieldError> {
        let fields = self.details.get("fields").and_then(|fields| Vec::deserialize(fields).ok());
        fields.unwrap_or_default()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}

/// What `details` has, by code. It describes them in the API's documentation; a client finds those that apply.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorDetails {
    /// `validation_failed`: every bad field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<FieldError>>,
    /// `invalid_json`: the line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// `invalid_json`: the column, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// `payload_too_large`: the most bytes that are taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<u64>,
    /// `provider_…`: whose fault it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// `provider_…`: the HTTP status of the provider's answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// `provider_…`: how often it was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// `provider_…`: the provider's own reason, in its words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// `provider_…`: the provider's own kind of error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_type: Option<String>,
    /// `provider_…`: the id by which the provider knows the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_request_id: Option<String>,
    /// `provider_…`: whether the call may have been carried out, and paid for, although nobody has its answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_lost: Option<bool>,
    /// After how many seconds it can be tried again, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
    /// `method_not_allowed`: the methods that the route has, with commas between them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow: Option<String>,
    /// `spending_limit_reached`: the limit, in US dollars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_usd: Option<f64>,
    /// `spending_limit_reached`: what has been spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spent_usd: Option<f64>,
    /// `spending_limit_reached`: what the call could cost; null where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate_usd: Option<f64>,
    /// The project that a script was to be written for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<crate::ProjectId>,
    /// The scene that a film fails for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene_id: Option<crate::SceneId>,
    /// The place of that scene, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// The scenes that lack something that a film needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenes: Option<Vec<LackingScene>>,
    /// `internal`: the id of the request, as in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// A scene that lacks something that a film needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LackingScene {
    /// The scene.
    pub scene_id: crate::SceneId,
    /// Its place, from 0.
    pub position: u32,
    /// `audio`, `image` or both.
    pub missing: Vec<String>,
}

/// One field that a validation refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// Where, as the client wrote it: `options.sceneCount`, `scenes[2].narration`.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
}

/// The kinds of errors; the HTTP status of each is in the API's documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// 400: the body is not JSON; details: `line`, `column`.
    InvalidJson,
    /// 401: no access token, or a wrong one.
    Unauthorized,
    /// 403: an Origin or Host that is not allowed.
    Forbidden,
    /// 404: no such record or route.
    NotFound,
    /// 405: the route has no such method; see `Allow`.
    MethodNotAllowed,
    /// 409: the record is in a state that forbids it.
    Conflict,
    /// 412: `If-Match` did not match.
    PreconditionFailed,
    /// 413: the body is larger than allowed.
    PayloadTooLarge,
    /// 415: the content type is not the one that the operation takes.
    UnsupportedMediaType,
    /// 422: details.fields names every bad field.
    ValidationFailed,
    /// 422: the `Idempotency-Key` came before with another body, or on another route.
    IdempotencyKeyReused,
    /// 409: the call could cost more than the limit leaves.
    SpendingLimitReached,
    /// 429: with `Retry-After`.
    TooManyRequests,
    /// 409: the chosen provider has no key or is not installed; details: `provider`.
    ProviderNotConfigured,
    /// 502: the provider refused the key.
    ProviderAuthFailed,
    /// 502: quota or credit is used up.
    ProviderQuotaExceeded,
    /// 503: still rate limited after the retries.
    ProviderRateLimited,
    /// 422: the provider's safety filter, or a bad prompt.
    ProviderRejected,
    /// 502: the provider could not be reached, or failed, after the retries.
    ProviderUnavailable,
    /// 504: the provider took too long, after the retries.
    ProviderTimeout,
    /// 502: the provider's answer lacks what was asked for.
    ProviderBadResponse,
    /// 503: the database is away, or the server is stopping; with `Retry-After`.
    Unavailable,
    /// 507: the disk is full.
    InsufficientStorage,
    /// 500: details.requestId; the cause is in the log.
    Internal,
}
