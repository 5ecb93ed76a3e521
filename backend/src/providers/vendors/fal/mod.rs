//! fal.ai.

pub mod queue;

use super::{Auth, Vendor, words};
use crate::providers::{
    Kind, Remote,
    http::{Refusal, Verdict, yes_or_no},
};

/// How it is spoken to.
pub static VENDOR: Vendor = Vendor { auth: Auth::Scheme("Key"), headers: &[], read };

/// How it is reached: its queue.
pub const REMOTE: Remote =
    Remote { base_url: Some("https://queue.fal.run"), base_url_variable: "FAL_BASE_URL", key_variable: "FAL_KEY", key_optional: false };

/// The headers in which it says itself what went wrong, and whether to ask again.
const ERROR_TYPE: &str = "x-fal-error-type";
const AGAIN: [&str; 2] = ["x-fal-retryable", "x-fal-needs-retry"];

/// Reads an answer that says no. What failed once but need not fail again says so in a header.
pub fn read(refusal: &Refusal<'_>) -> Verdict {
    let reason = words(refusal.body);
    let said = reason.as_deref().unwrap_or_default().to_ascii_lowercase();
    let again = AGAIN.into_iter().find_map(|name| yes_or_no(refusal.headers, name));
    let error_type = refusal.headers.get(ERROR_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = if said.contains("exhausted balance") || said.contains("insufficient") && said.contains("balance") {
        Some(Kind::Quota)
    } else if error_type.contains("timeout") {
        Some(Kind::Timeout)
    } else {
        None
    };
    // Credit does not come back by itself.
    let again = again.filter(|_| kind != Some(Kind::Quota));
    Verdict { kind, reason, retry_after: None, again }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn its_errors_are_read_as_they_are_meant() {
        for (status, headers, body, kind) in [
            (401, &[][..], r#"{"detail": "Invalid Key"}"#, Kind::Auth),
            (403, &[], r#"{"detail": "User is locked. Reason: Exhausted balance."}"#, Kind::Quota),
            (
                422,
                &[],
                r#"{"detail": [{"loc": ["body", "prompt"], "msg": "flagged", "type": "content_policy_violation"}]}"#,
                Kind::Rejected,
            ),
            (429, &[("x-fal-retryable", "true")], r#"{"detail": "Too many"}"#, Kind::RateLimited),
            (422, &[("x-fal-retryable", "true")], r#"{"detail": "runner died"}"#, Kind::Unavailable),
            (500, &[("x-fal-retryable", "false")], r#"{"detail": "bad input"}"#, Kind::Unavailable),
            (500, &[("x-fal-needs-retry", "1")], r#"{"detail": "runner died"}"#, Kind::Unavailable),
            (503, &[("x-fal-needs-retry", "0")], r#"{"detail": "bad input"}"#, Kind::Unavailable),
            (504, &[("x-fal-error-type", "request_timeout")], "{}", Kind::Timeout),
            (502, &[], "<html>nginx</html>", Kind::Unavailable),
        ] {
            let error = read(&VENDOR, status, headers, body);
            let says_no = headers.iter().any(|(_, value)| matches!(*value, "false" | "0"));
            assert_eq!((error.kind, error.is_passing()), (kind, kind.may_pass() && !says_no), "{status} {body}");
        }
    }
}
