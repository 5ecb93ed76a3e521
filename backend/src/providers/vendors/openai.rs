//! OpenAI.

use std::time::Duration;

use serde_json::Value;

use super::{Auth, Vendor, words};
use crate::providers::{
    Kind, ProviderResult, Remote,
    http::{Api, Refusal, Verdict},
};

/// How it is spoken to.
pub static VENDOR: Vendor = Vendor { auth: Auth::Scheme("Bearer"), headers: &[], read };

/// How it is reached. Its address ends in `/v1`, as in the vendor's own SDK.
pub const REMOTE: Remote = Remote {
    base_url: Some("https://api.openai.com/v1"),
    base_url_variable: "OPENAI_BASE_URL",
    key_variable: "OPENAI_API_KEY",
    key_optional: false,
};

/// Whether the key is taken: asks for the models, which costs nothing.
pub async fn try_key(api: &Api) -> ProviderResult<()> {
    let listed: Value = api.get_json("/models").await?;
    if listed["data"].is_array() { Ok(()) } else { Err(api.lacks("its models")) }
}

/// Reads an answer that says no. 429 is both "slow down" and "no money": only the code tells them apart.
pub fn read(refusal: &Refusal<'_>) -> Verdict {
    let error = &refusal.body["error"];
    let code = [&error["code"], &error["type"]].into_iter().filter_map(|value| value.as_str()).collect::<Vec<_>>().join(" ");
    let says = |words: &[&str]| words.iter().any(|word| code.contains(word));
    let final_no = refusal.headers.get("x-should-retry").is_some_and(|value| value == "false");
    let kind = if says(&["insufficient_quota", "billing", "credit", "spend"]) || (refusal.status == 429 && final_no) {
        Some(Kind::Quota)
    } else if says(&["rate_limit_exceeded", "slow_down", "too_many_requests"]) {
        Some(Kind::RateLimited)
    } else if says(&["server_is_overloaded", "server_error"]) {
        Some(Kind::Unavailable)
    } else if says(&["unsupported_country", "moderation", "_policy", "content_filter", "invalid_prompt", "data_residency"]) {
        Some(Kind::Rejected)
    } else if says(&["invalid_api_key"]) {
        Some(Kind::Auth)
    } else if refusal.status == 200 && says(&["invalid_request_error"]) {
        // In a stream, whose status was sent before.
        Some(Kind::Rejected)
    } else {
        None
    };
    Verdict { kind, reason: words(refusal.body), retry_after: reset(refusal), ..Verdict::default() }
}

/// Where nothing else says when: the time until the limit that is used up is new.
fn reset(refusal: &Refusal<'_>) -> Option<Duration> {
    let header = |name: String| refusal.headers.get(name).and_then(|value| value.to_str().ok());
    ["requests", "tokens"].into_iter().find_map(|what| {
        let used_up = header(format!("x-ratelimit-remaining-{what}")) == Some("0");
        used_up.then(|| header(format!("x-ratelimit-reset-{what}")).and_then(duration)).flatten()
    })
}

/// `6m0s`, `1h2m3.5s`, `120ms`.
fn duration(text: &str) -> Option<Duration> {
    let (mut seconds, mut rest) = (0.0, text);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..end].parse().ok()?;
        let (factor, length) = match &rest[end..] {
            unit if unit.starts_with("ms") => (0.001, 2),
            unit if unit.starts_with('s') => (1.0, 1),
            unit if unit.starts_with('m') => (60.0, 1),
            unit if unit.starts_with('h') => (3600.0, 1),
            _ => return None,
        };
        seconds += number * factor;
        rest = &rest[end + length..];
    }
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn its_errors_are_read_as_they_are_meant() {
        let body = |kind: &str, code: &str| {
            format!(r#"{{"error": {{"message": "Because.", "type": "{kind}", "param": null, "code": "{code}"}}}}"#)
        };
        for (status, headers, body, kind, after) in [
            (401, &[][..], body("invalid_request_error", "invalid_api_key"), Kind::Auth, None),
            (
                429,
                &[("retry-after-ms", "1500"), ("retry-after", "2")],
                body("requests", "rate_limit_exceeded"),
                Kind::RateLimited,
                Some(1.5),
            ),
            (429, &[("retry-after", "20")], body("tokens", "rate_limit_exceeded"), Kind::RateLimited, Some(20.0)),
            (
                429,
                &[("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "6m0s")],
                body("requests", "rate_limit_exceeded"),
                Kind::RateLimited,
                Some(360.0),
            ),
            (
                429,
                &[("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "120ms")],
                body("tokens", "slow_down"),
                Kind::RateLimited,
                Some(0.12),
            ),
            (429, &[("retry-after", "20")], body("insufficient_quota", "insufficient_quota"), Kind::Quota, None),
            (429, &[("x-should-retry", "false")], body("requests", "monthly_limit"), Kind::Quota, None),
            (400, &[], body("invalid_request_error", "billing_hard_limit_reached"), Kind::Quota, None),
            (500, &[], body("server_error", ""), Kind::Unavailable, None),
            (503, &[], body("service_unavailable_error", "server_is_overloaded"), Kind::Unavailable, None),
            (429, &[], body("service_unavailable_error", "slow_down"), Kind::RateLimited, None),
            (400, &[], body("image_generation_user_error", "moderation_blocked"), Kind::Rejected, None),
            (404, &[], body("invalid_request_error", "model_not_found"), Kind::Rejected, None),
            (403, &[], body("request_forbidden", "unsupported_country_region_territory"), Kind::Rejected, None),
            (200, &[], body("too_many_requests", "too_many_requests"), Kind::RateLimited, None),
            (200, &[], body("invalid_request_error", "context_length_exceeded"), Kind::Rejected, None),
            (200, &[], body("invalid_request_error", "invalid_api_key"), Kind::Auth, None),
            (200, &[], body("", "misalignment_policy_violation"), Kind::Rejected, None),
        ] {
            let error = read(&VENDOR, status, headers, &body);
            assert_eq!((error.kind, error.retry_after.map(|after| after.as_secs_f64())), (kind, after), "{status} {body}");
            assert_eq!(error.details["reason"], "Because.");
        }
    }
}
