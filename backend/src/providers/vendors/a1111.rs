//! AUTOMATIC1111's web UI for Stable Diffusion, and Forge, which speaks like it: a server of the user's own.

use serde_json::Value;

use super::{Auth, Vendor, words};
use crate::providers::{
    Kind, Remote,
    http::{Refusal, Verdict},
};

/// How it is spoken to. Its key is `user:password`, where it was started with `--api-auth`.
pub static VENDOR: Vendor = Vendor { auth: Auth::Basic, headers: &[], read };

/// How it is reached: where the user says that it runs.
pub const REMOTE: Remote =
    Remote { base_url: None, base_url_variable: "A1111_BASE_URL", key_variable: "A1111_API_AUTH", key_optional: true };

/// Reads an answer that says no. Started without `--api`, it knows none of the addresses; what fails while it draws is
/// told under `errors`, and only its kind under `error`.
pub fn read(refusal: &Refusal<'_>) -> Verdict {
    let body = refusal.body;
    if refusal.status == 404 && body["detail"] == "Not Found" {
        let reason = "it answers, but not to programs; start it with `--api`".to_owned();
        return Verdict { kind: Some(Kind::NotConfigured), reason: Some(reason), ..Verdict::default() };
    }
    let said = [&body["errors"], &body["detail"]].into_iter().find_map(|value| value.as_str().filter(|text| !text.is_empty()));
    let reason = said.map(str::to_owned).or_else(|| words(body));
    // What the card has no room for does not get room by being asked again.
    let no_room = body["error"].as_str().is_some_and(|kind| kind.contains("OutOfMemory"));
    Verdict { kind: no_room.then_some(Kind::Rejected), reason: reason.filter(|_| !matches!(body, Value::Null)), ..Verdict::default() }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn its_errors_are_read_as_they_are_meant() {
        for (status, body, kind, reason) in [
            (404, r#"{"detail": "Not Found"}"#, Kind::NotConfigured, "it answers, but not to programs; start it with `--api`"),
            (
                404,
                r#"{"error": "HTTPException", "detail": "Sampler not found", "body": "", "errors": ""}"#,
                Kind::Rejected,
                "Sampler not found",
            ),
            (401, r#"{"detail": "Incorrect username or password"}"#, Kind::Auth, "Incorrect username or password"),
            (
                422,
                r#"{"detail": [{"loc": ["body", "width"], "msg": "value is not a valid integer"}]}"#,
                Kind::Rejected,
                "width: value is not a valid integer",
            ),
            (
                500,
                r#"{"error": "OutOfMemoryError", "detail": "", "body": "", "errors": "CUDA out of memory."}"#,
                Kind::Rejected,
                "CUDA out of memory.",
            ),
            (
                500,
                r#"{"error": "RuntimeError", "detail": "", "body": "", "errors": "model is loading"}"#,
                Kind::Unavailable,
                "model is loading",
            ),
        ] {
            let error = read(&VENDOR, status, &[], body);
            assert_eq!((error.kind, error.details["reason"].as_str()), (kind, Some(reason)), "{status} {body}");
        }
    }
}
