//! What goes wrong with a provider: whose fault it is, and whether trying again can help.

use std::time::Duration;

use serde_json::{Map, Value};
use shared::{ApiError, ErrorCode};

use super::Usage;

/// What a person should know of a paid call whose answer was lost.
pub const LOST: &str =
    "The work may have been carried out and paid for, so it is not asked for again by itself; try again if you want that.";
/// As [`LOST`], where the answer had come.
const LOST_AND_PAID: &str = "It was paid for, so it is not asked for again by itself; try again if you want that.";

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
    /// Whether the request may have reached the provider and nothing came back that tells what became of it: the
    /// connection broke, or the time was up, after the request was on its way.
    pub unanswered: bool,
    /// Whether work that costs money may have been carried out with its answer lost: never tried again by itself.
    pub lost: bool,
    /// Whether nothing can have been made: what was asked had only to come before the work, or was sent elsewhere.
    pub nothing_made: bool,
    /// Whether to ask again is known to be of no use: it was done already, within the call, or the provider says so.
    pub is_final: bool,
    /// Whether the provider said that it may be asked again.
    pub wants_again: bool,
    /// Whether the time was up that there is for the whole work: whoever answers is only slow.
    pub out_of_time: bool,
    /// Whether what came is no answer that can be read: a page, or the way to one, nothing at all, or another shape than the
    /// documented one.
    pub is_unreadable: bool,
    /// Whether it was this machine that failed, over a file or a program, and not the provider.
    pub is_ours: bool,
    /// What was used up all the same, where the provider tells; boxed as the details are.
    pub usage: Option<Box<Usage>>,
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
    /// The user's own limit of spending leaves no room for what would have to be asked for next.
    Limit,
    /// The disk of this machine is full.
    DiskFull,
    /// A fault of the program itself; the message is for the log.
    Internal,
}

impl Kind {
    /// Whether an error of that kind may be gone a little later.
    pub fn may_pass(self) -> bool {
        matches!(self, Self::RateLimited | Self::Unavailable | Self::Timeout | Self::BadResponse)
    }
}

impl ProviderError {
    /// An error of that provider.
    pub fn new(provider: &str, kind: Kind, message: impl Into<String>) -> Self {
        Self {
            provider: provider.to_owned(),
            kind,
            message: message.into(),
            retry_after: None,
            unanswered: false,
            lost: false,
            nothing_made: false,
            is_final: false,
            wants_again: false,
            out_of_time: false,
            is_unreadable: false,
            is_ours: false,
            usage: None,
            details: Box::default(),
        }
    }

    /// The same error of a request that may have arrived, and whose answer never came.
    #[must_use]
    pub fn unanswered(mut self) -> Self {
        self.unanswered = true;
        self
    }

    /// The same error of a call that costs money, and may have been carried out: the user is told, and nobody repeats it.
    #[must_use]
    pub fn lost(self) -> Self {
        self.never_again(LOST)
    }

    /// As [`ProviderError::lost`], where the work was carried out and what came of it was lost here.
    #[must_use]
    pub fn lost_and_paid(self) -> Self {
        self.never_again(LOST_AND_PAID)
    }

    fn never_again(mut self, why: &str) -> Self {
        self.lost = true;
        self.message = format!("{} {why}", self.message);
        self.with("answerLost", true)
    }

    /// The same error of a question that comes before the work (which models there are): nothing can have been made.
    #[must_use]
    pub fn before_the_work(mut self) -> Self {
        self.nothing_made = true;
        self
    }

    /// The same error where to ask again is of no use: what came is as it will be.
    #[must_use]
    pub fn at_last(mut self) -> Self {
        self.is_final = true;
        self
    }

    /// The same error where the time was up that there is for the whole work.
    #[must_use]
    pub fn out_of_time(mut self) -> Self {
        self.out_of_time = true;
        self
    }

    /// The same error of an answer that cannot be read.
    #[must_use]
    pub fn unreadable(mut self) -> Self {
        self.is_unreadable = true;
        self
    }

    /// The same error of this machine's own part.
    #[must_use]
    pub fn ours(mut self) -> Self {
        self.is_ours = true;
        self
    }

    /// The same error of a call that used something up all the same.
    #[must_use]
    pub fn having_used(mut self, usage: Usage) -> Self {
        self.usage = Some(Box::new(usage));
        self
    }

    /// The same error, with the time after which the provider wants to be asked again.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The same error with one more detail.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// Whether the same call may succeed a little later.
    pub fn is_passing(&self) -> bool {
        !self.lost && !self.is_final && self.kind.may_pass()
    }

    /// Whether work was done for an answer that is of no use.
    pub fn is_of_no_use(&self) -> bool {
        self.kind == Kind::BadResponse && !self.nothing_made
    }

    /// Whether something may have been used up, and nobody can tell how much.
    pub fn used_is_unknown(&self) -> bool {
        // What has no room on the disk had been made.
        self.usage.is_none() && (self.lost || self.unanswered || self.is_of_no_use() || self.kind == Kind::DiskFull)
    }

    /// What the user is told after that many attempts.
    pub fn to_api(&self, attempts: u32) -> ApiError {
        let code = match self.kind {
            Kind::NotConfigured => ErrorCode::ProviderNotConfigured,
            Kind::Auth => ErrorCode::ProviderAuthFailed,
            Kind::Quota => ErrorCode::ProviderQuotaExceeded,
            Kind::RateLimited => ErrorCode::ProviderRateLimited,
            Kind::Rejected => ErrorCode::ProviderRejected,
            // The database was away, and no provider.
            Kind::Unavailable if self.is_ours => ErrorCode::Unavailable,
            Kind::Unavailable => ErrorCode::ProviderUnavailable,
            Kind::Timeout => ErrorCode::ProviderTimeout,
            Kind::BadResponse => ErrorCode::ProviderBadResponse,
            Kind::Limit => ErrorCode::SpendingLimitReached,
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
