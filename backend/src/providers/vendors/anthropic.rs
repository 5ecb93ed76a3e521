//! Anthropic.

use super::{Auth, Vendor, words};
use crate::providers::{
    Kind, Remote,
    http::{Refusal, Verdict},
};

/// How it is spoken to. The version is the long-standing one, which every model answers.
pub static VENDOR: Vendor = Vendor { auth: Auth::Header("x-api-key"), headers: &[("anthropic-version", "2023-06-01")], read };

/// How it is reached. Its address has no version.
pub const REMOTE: Remote = Remote {
    base_url: Some("https://api.anthropic.com"),
    base_url_variable: "ANTHROPIC_BASE_URL",
    key_variable: "ANTHROPIC_API_KEY",
    key_optional: false,
};

/// Reads an answer that says no. A rate limit that is about money, not about pace, does not pass by waiting.
pub fn read(refusal: &Refusal<'_>) -> Verdict {
    let reason = words(refusal.body);
    let said = reason.as_deref().unwrap_or_default().to_ascii_lowercase();
    let about_money = ["credit balance", "spend limit", "spending limit", "usage limit"].iter().any(|words| said.contains(words));
    let final_no = refusal.headers.get("x-should-retry").is_some_and(|value| value == "false");
    let kind = match refusal.body["error"]["type"].as_str() {
        Some("billing_error") => Some(Kind::Quota),
        Some("rate_limit_error" | "invalid_request_error") if about_money => Some(Kind::Quota),
        Some("rate_limit_error") if final_no => Some(Kind::Quota),
        Some("rate_limit_error") => Some(Kind::RateLimited),
        Some("overloaded_error" | "api_error") => Some(Kind::Unavailable),
        Some("timeout_error") => Some(Kind::Timeout),
        Some("authentication_error" | "permission_error") => Some(Kind::Auth),
        Some("invalid_request_error" | "not_found_error" | "request_too_large") => Some(Kind::Rejected),
        _ => None,
    };
    Verdict { kind, reason, ..Verdict::default() }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn its_errors_are_read_as_they_are_meant() {
        let body = |kind: &str, message: &str| {
            format!(r#"{{"type": "error", "error": {{"type": "{kind}", "message": "{message}"}}, "request_id": "req_1"}}"#)
        };
        for (status, headers, body, kind, after) in [
            (429, &[("retry-after", "7")][..], body("rate_limit_error", "Too many tokens a minute"), Kind::RateLimited, Some(7)),
            (429, &[], body("rate_limit_error", "You have reached your spend limit"), Kind::Quota, None),
            (429, &[("x-should-retry", "false")], body("rate_limit_error", "No more"), Kind::Quota, None),
            (529, &[], body("overloaded_error", "Overloaded"), Kind::Unavailable, None),
            (402, &[], body("billing_error", "Pay"), Kind::Quota, None),
            (400, &[], body("invalid_request_error", "Your credit balance is too low"), Kind::Quota, None),
            (400, &[], body("invalid_request_error", "max_tokens: required"), Kind::Rejected, None),
            (401, &[], body("authentication_error", "invalid x-api-key"), Kind::Auth, None),
            (403, &[], body("permission_error", "no"), Kind::Auth, None),
            (404, &[], body("not_found_error", "model: x"), Kind::Rejected, None),
            (500, &[], body("api_error", "Internal"), Kind::Unavailable, None),
            (200, &[], body("overloaded_error", "Overloaded"), Kind::Unavailable, None),
        ] {
            let error = read(&VENDOR, status, headers, &body);
            assert_eq!((error.kind, error.retry_after.map(|after| after.as_secs())), (kind, after), "{status} {body}");
        }
    }
}
