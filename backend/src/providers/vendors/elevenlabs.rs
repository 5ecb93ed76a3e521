//! ElevenLabs.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Auth, Vendor, words};
use crate::providers::{
    Kind, ProviderResult, Remote,
    http::{Api, Refusal, Verdict},
};

/// What it says to a key that must not do what was asked.
const MISSING_PERMISSIONS: &str = "missing_permissions";

/// How it is spoken to.
pub static VENDOR: Vendor = Vendor { auth: Auth::Header("xi-api-key"), headers: &[], read };

/// How it is reached. Its address has no version.
pub const REMOTE: Remote = Remote {
    base_url: Some("https://api.elevenlabs.io"),
    base_url_variable: "ELEVENLABS_BASE_URL",
    key_variable: "ELEVENLABS_API_KEY",
    key_optional: false,
};

/// Whether the key is taken: asks for a list, which costs nothing. A key may be limited to the one thing that it is for, and
/// must not list anything then; that it is told so shows that it is a key.
pub async fn try_key<T: DeserializeOwned>(api: &Api, list: &str) -> ProviderResult<()> {
    let answer = api.get(list).send_unjudged().await?;
    let status = answer.status().as_u16();
    if !matches!(status, 401 | 403) {
        return answer.accepted().await?.json::<T>().await.map(drop);
    }
    let body: Value = answer.json().await?;
    if codes(&body).any(|code| code == MISSING_PERMISSIONS) { Ok(()) } else { Err(api.refused(status, &body)) }
}

fn codes(body: &Value) -> impl Iterator<Item = &str> {
    let detail = &body["detail"];
    [&detail["status"], &detail["code"], &detail["type"]].into_iter().filter_map(Value::as_str)
}

/// Reads an answer that says no. A used-up quota comes as 401, beside a wrong key.
pub fn read(refusal: &Refusal<'_>) -> Verdict {
    let kind = codes(refusal.body).find_map(|code| match code {
        "quota_exceeded" | "insufficient_credits" | "payment_required" => Some(Kind::Quota),
        "invalid_api_key" | MISSING_PERMISSIONS | "needs_authorization" | "authentication_error" => Some(Kind::Auth),
        "too_many_concurrent_requests" | "concurrent_limit_exceeded" | "system_busy" | "rate_limit_exceeded" => Some(Kind::RateLimited),
        _ => None,
    });
    Verdict { kind, reason: words(refusal.body), ..Verdict::default() }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn its_errors_are_read_as_they_are_meant() {
        let body = |status: &str| format!(r#"{{"detail": {{"status": "{status}", "message": "Because."}}}}"#);
        for (status, body, kind) in [
            (401, body("invalid_api_key"), Kind::Auth),
            (401, body("quota_exceeded"), Kind::Quota),
            (429, body("too_many_concurrent_requests"), Kind::RateLimited),
            (429, body("system_busy"), Kind::RateLimited),
            (400, body("max_character_limit_exceeded"), Kind::Rejected),
            (400, body("voice_not_found"), Kind::Rejected),
            (
                401,
                r#"{"detail": {"type": "authentication_error", "code": "quota_exceeded", "message": "Because.", "request_id": "1"}}"#
                    .to_owned(),
                Kind::Quota,
            ),
            (422, r#"{"detail": [{"loc": ["body", "text"], "msg": "field required", "type": "missing"}]}"#.to_owned(), Kind::Rejected),
            (500, String::new(), Kind::Unavailable),
        ] {
            assert_eq!(read(&VENDOR, status, &[], &body).kind, kind, "{status} {body}");
        }
        let error = read(&VENDOR, 422, &[], r#"{"detail": [{"loc": ["body", "text"], "msg": "field required"}]}"#);
        assert_eq!(error.details["reason"], "text: field required");
    }
}
