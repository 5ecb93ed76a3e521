//! What goes wrong with a provider: whose fault it is, and whether trying again can help.

use std::time::Duration;

use serde_json::{Map, Value};
use shared::{ApiError, ErrorCode};

/// What went wrong with a provider.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{provider}: {message}")]
pub struct ProviderError {
    /// Whose error it is.
    pub provider: String,
    /// What kind of error.
    pub kind: Kind,
    /// One sentence that a person can act on; never a key, never a raw page.
    pub message: String,
    /// When the provider wants to be asked again.
    pub retry_after: Option<Duration>,
    /// More about it: the HTTP status, the scene. Boxed, so that a result is not as large as an error.
    pub details: Box<Map<String, Value>>,
}

/// The kinds of provider errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No key, or not installed.
    NotConfigured,
    /// The key was refused.
    Auth,
    /// Quota or credit is used up.
    Quota,
    /// Too many requests.
    RateLimited,
    /// A safety filter, or a request that cannot be fulfilled as it is.
    Rejected,
    /// It could not be reached, or failed.
    Unavailable,
    /// It took too long.
    Timeout,
    /// Its answer lacks what was asked for.
    BadResponse,
    /// The disk of this machine is full.
    DiskFull,
    /// A fault of the program itself; the message is for the log.
    Internal,
}

impl ProviderError {
    /// An error of that provider.
    pub fn new(provider: &str, kind: Kind, message: impl Into<String>) -> Self {
        Self { provider: provider.to_owned(), kind, message: message.into(), retry_after: None, details: Box::default() }
    }

    /// The same error with one more detail.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// Whether the same call may succeed a little later.
    pub fn is_passing(&self) -> bool {
        matches!(self.kind, Kind::RateLimited | Kind::Unavailable | Kind::Timeout | Kind::BadResponse)
    }

    /// What the user is told after that many attempts.
    pub fn to_api(&self, attempts: u32) -> ApiError {
        let code = match self.kind {
            Kind::NotConfigured => ErrorCode::ProviderNotConfigured,
            Kind::Auth => ErrorCode::ProviderAuthFailed,
            Kind::Quota => ErrorCode::ProviderQuotaExceeded,
            Kind::RateLimited => ErrorCode::ProviderRateLimited,
            Kind::Rejected => ErrorCode::ProviderRejected,
            Kind::Unavailable => ErrorCode::ProviderUnavailable,
            Kind::Timeout => ErrorCode::ProviderTimeout,
            Kind::BadResponse => ErrorCode::ProviderBadResponse,
            Kind::DiskFull => ErrorCode::InsufficientStorage,
            Kind::Internal => ErrorCode::Internal,
        };
        let message = match self.kind {
            Kind::Internal => "Something went wrong in the server; its log has the cause.".to_owned(),
            _ => self.message.clone(),
        };
        let mut error = ApiError { code, message, details: (*self.details).clone() };
        error.details.insert("provider".to_owned(), self.provider.clone().into());
        error.details.insert("attempts".to_owned(), attempts.into());
        error
    }
}
