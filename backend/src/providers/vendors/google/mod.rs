//! Google's Gemini API.

mod generated;

use std::time::Duration;

use serde_json::Value;

pub use self::generated::{Blob, Finish, Generated, Part, blocked};
use super::{Auth, Vendor, seconds_after, words};
use crate::providers::{
    Kind, ProviderResult, Remote,
    http::{Api, Refusal, Verdict, segment},
};

/// How it is spoken to. `generateContent` and the Interactions API alike.
pub static VENDOR: Vendor = Vendor { auth: Auth::Header("x-goog-api-key"), headers: &[], read };

/// How it is reached. Its address has no version; see [`version`].
pub const REMOTE: Remote = Remote {
    base_url: Some("https://generativelanguage.googleapis.com"),
    base_url_variable: "GEMINI_BASE_URL",
    key_variable: "GEMINI_API_KEY",
    key_optional: false,
};

/// What stands between the address and the path: `/v1`, as in the vendor's own SDK, unless the user's address names a
/// version itself (`…/v1beta`).
pub fn version(base_url: Option<&str>) -> &'static str {
    let last = base_url.unwrap_or_default().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let is_version = last.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if is_version { "" } else { "/v1" }
}

/// A model's id as paths have it: Google's own lists name them `models/…`.
pub fn bare(model: &str) -> &str {
    model.strip_prefix("models/").unwrap_or(model)
}

/// The path of what a model is asked to do: `generateContent`.
pub fn path(base_url: Option<&str>, model: &str, method: &str) -> String {
    format!("{}/models/{}:{method}", version(base_url), segment(bare(model)))
}

/// Whether the key is taken: asks for one of the models, which costs nothing.
pub async fn try_key(api: &Api, base_url: Option<&str>) -> ProviderResult<()> {
    let listed: Value = api.get(&format!("{}/models", version(base_url))).query("pageSize", "1").send().await?.json().await?;
    if listed["models"].is_array() { Ok(()) } else { Err(api.lacks("its models")) }
}

/// Reads an answer that says no. Waiting times are in the body (`RetryInfo`), with up to nine decimals; there is no
/// header for them. A per-day quota does not pass by waiting, nor does an empty prepaid credit (402).
pub fn read(refusal: &Refusal<'_>) -> Verdict {
    let body = refusal.body.as_array().and_then(|list| list.first()).unwrap_or(refusal.body);
    let error = &body["error"];
    let details = error["details"].as_array().map(Vec::as_slice).unwrap_or_default();
    let of_type = |name: &str| {
        let is_it = move |detail: &&Value| detail["@type"].as_str().is_some_and(|kind| kind.ends_with(name));
        details.iter().find(is_it).unwrap_or(&Value::Null)
    };
    let reason = words(body);
    let said = reason.as_deref().unwrap_or_default();
    let is_status = |name: &str| error["status"] == name;
    let per_day = of_type("QuotaFailure")["violations"]
        .as_array()
        .is_some_and(|violations| violations.iter().any(|violation| violation["quotaId"].as_str().is_some_and(|id| id.contains("PerDay"))));
    let exhausted = is_status("RESOURCE_EXHAUSTED") || refusal.status == 429 || error["code"] == "resource_exhausted";
    let kind = if of_type("ErrorInfo")["reason"] == "API_KEY_INVALID" || said.contains("API key not valid") {
        Some(Kind::Auth)
    } else if refusal.status == 402 || (exhausted && per_day) {
        Some(Kind::Quota)
    } else if exhausted {
        Some(Kind::RateLimited)
    } else if is_status("DEADLINE_EXCEEDED") {
        Some(Kind::Timeout)
    } else {
        match (error["code"].as_str(), error["code"].as_u64()) {
            (Some("too_many_requests"), _) | (_, Some(8)) => Some(Kind::RateLimited),
            (Some("invalid_request" | "not_found"), _) | (_, Some(3 | 5 | 9 | 11)) => Some(Kind::Rejected),
            // The codes of google.rpc, in operations that failed although HTTP says 200.
            (_, Some(7 | 16)) => Some(Kind::Auth),
            (_, Some(4)) => Some(Kind::Timeout),
            (_, Some(2 | 13 | 14)) => Some(Kind::Unavailable),
            // Those of HTTP, in a stream that broke off although it had begun well.
            (_, Some(500..=599)) if refusal.status == 200 => Some(Kind::Unavailable),
            (_, Some(401 | 403)) if refusal.status == 200 => Some(Kind::Auth),
            (_, Some(400..=499)) if refusal.status == 200 => Some(Kind::Rejected),
            _ => None,
        }
    };
    let delay = of_type("RetryInfo")["retryDelay"].as_str().and_then(seconds).or_else(|| seconds_after(said, "retry in "));
    Verdict { kind, reason, retry_after: delay, ..Verdict::default() }
}

/// `45.837906927s`.
fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.strip_suffix('s')?.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    const PER_MINUTE: &str = r#"{"error": {"code": 429, "message": "Quota exceeded.", "status": "RESOURCE_EXHAUSTED", "details": [
        {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]},
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "45.837906927s"}]}}"#;

    #[test]
    fn a_version_in_the_address_is_kept() {
        assert_eq!(version(REMOTE.base_url), "/v1");
        assert_eq!(version(Some("http://127.0.0.1:9000/gemini/")), "/v1");
        assert_eq!(version(Some("https://generativelanguage.googleapis.com/v1beta")), "");
        assert_eq!(path(None, "models/gemini-3.8-flash", "generateContent"), "/v1/models/gemini-3.8-flash:generateContent");
        assert_eq!(path(Some("http://x/v1beta"), "a/b", "m"), "/models/a%2Fb:m");
    }

    #[test]
    fn its_errors_are_read_as_they_are_meant() {
        let per_day = PER_MINUTE.replace("PerMinutePer", "PerDayPer");
        let wrapped = format!("[{PER_MINUTE}]");
        let bad_key = r#"{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT",
            "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}]}}"#;
        for (status, body, kind, after) in [
            (429, PER_MINUTE, Kind::RateLimited, Some(45.837_906_927)),
            (429, &wrapped, Kind::RateLimited, Some(45.837_906_927)),
            (429, &per_day, Kind::Quota, None),
            (402, r#"{"error": {"code": 402, "message": "Credit is used up.", "status": "RESOURCE_EXHAUSTED"}}"#, Kind::Quota, None),
            (400, bad_key, Kind::Auth, None),
            (400, r#"{"error": {"code": 400, "message": "Unknown field", "status": "INVALID_ARGUMENT"}}"#, Kind::Rejected, None),
            (
                400,
                r#"{"error": {"code": 400, "message": "User location is not supported", "status": "FAILED_PRECONDITION"}}"#,
                Kind::Rejected,
                None,
            ),
            (403, r#"{"error": {"code": 403, "message": "Denied", "status": "PERMISSION_DENIED"}}"#, Kind::Auth, None),
            (404, r#"{"error": {"code": 404, "message": "models/x is no longer available", "status": "NOT_FOUND"}}"#, Kind::Rejected, None),
            (500, r#"{"error": {"code": 500, "message": "Internal", "status": "INTERNAL"}}"#, Kind::Unavailable, None),
            (503, r#"{"error": {"code": 503, "message": "Overloaded", "status": "UNAVAILABLE"}}"#, Kind::Unavailable, None),
            (504, r#"{"error": {"code": 504, "message": "Deadline", "status": "DEADLINE_EXCEEDED"}}"#, Kind::Timeout, None),
            (200, r#"{"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}"#, Kind::Unavailable, None),
            (200, r#"{"error": {"code": 504, "message": "Deadline", "status": "DEADLINE_EXCEEDED"}}"#, Kind::Timeout, None),
            (200, r#"{"error": {"code": 400, "message": "Unknown field", "status": "INVALID_ARGUMENT"}}"#, Kind::Rejected, None),
            (429, r#"{"error": {"code": "too_many_requests", "message": "Please retry in 12.5s."}}"#, Kind::RateLimited, Some(12.5)),
            (400, r#"{"error": {"code": "invalid_request", "message": "No such field"}}"#, Kind::Rejected, None),
            (404, r#"{"error": {"code": "not_found", "message": "No such interaction"}}"#, Kind::Rejected, None),
            (200, r#"{"error": {"code": 13, "message": "Internal"}}"#, Kind::Unavailable, None),
            (200, r#"{"error": {"code": 3, "message": "Bad prompt"}}"#, Kind::Rejected, None),
            (503, "<html>busy</html>", Kind::Unavailable, None),
        ] {
            let error = read(&VENDOR, status, &[], body);
            assert_eq!((error.kind, error.retry_after.map(|after| after.as_secs_f64())), (kind, after), "{status} {body}");
            assert!(!error.message.contains('<'), "{}", error.message);
        }
        assert_eq!(read(&VENDOR, 429, &[], PER_MINUTE).details["reason"], "Quota exceeded.");
    }
}
