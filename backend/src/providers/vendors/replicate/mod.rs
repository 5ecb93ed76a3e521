//! Replicate.

pub mod prediction;

use super::{Auth, Vendor, seconds_after, words};
use crate::providers::{
    Remote,
    http::{Refusal, Verdict},
};

/// How it is spoken to.
pub static VENDOR: Vendor = Vendor { auth: Auth::Scheme("Bearer"), headers: &[], read };

/// How it is reached. Its address has no version, as in the vendor's own SDK.
pub const REMOTE: Remote = Remote {
    base_url: Some("https://api.replicate.com"),
    base_url_variable: "REPLICATE_BASE_URL",
    key_variable: "REPLICATE_API_TOKEN",
    key_optional: false,
};

/// Reads an answer that says no: problem details, and a waiting time in words ("resets in ~30s").
pub fn read(refusal: &Refusal<'_>) -> Verdict {
    let reason = words(refusal.body);
    let retry_after = reason.as_deref().and_then(|said| seconds_after(said, "resets in "));
    Verdict { reason, retry_after, ..Verdict::default() }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::read;
    use super::*;
    use crate::providers::Kind;

    #[test]
    fn its_errors_are_read_as_they_are_meant() {
        let throttled = r#"{"detail": "Request was throttled. Your rate limit resets in ~30s.", "status": 429}"#;
        let error = read(&VENDOR, 429, &[], throttled);
        assert_eq!((error.kind, error.retry_after), (Kind::RateLimited, Some(Duration::from_secs(30))));
        for (status, body, kind) in [
            (401, r#"{"title": "Unauthenticated", "detail": "You did not pass a token", "status": 401}"#, Kind::Auth),
            (402, r#"{"title": "Insufficient credit", "detail": "Buy some", "status": 402}"#, Kind::Quota),
            (404, r#"{"detail": "The requested resource could not be found.", "status": 404}"#, Kind::Rejected),
            (422, r#"{"title": "Input validation failed", "detail": "- input: prompt is required", "status": 422}"#, Kind::Rejected),
            (500, "", Kind::Unavailable),
        ] {
            assert_eq!(read(&VENDOR, status, &[], body).kind, kind, "{status} {body}");
        }
    }
}
