//! Servers that speak OpenAI's language, or nearly: Ollama, LM Studio, llama.cpp, LocalAI, vLLM, Kokoro, OpenRouter.

use serde_json::Value;

use super::{Auth, Vendor, words};
use crate::providers::{
    Kind, Remote,
    http::{Refusal, Verdict},
};

/// How they are spoken to.
pub static VENDOR: Vendor = Vendor { auth: Auth::Scheme("Bearer"), headers: &[], read };

/// The id of the one whose address is in the environment; the ids of all others are this, a hyphen and a name.
pub const ID: &str = "compatible";

/// What it is called while it has no name of its own.
pub const NAME: &str = "OpenAI-compatible server";

/// What is added to [`ID`] for a server that the user has added: `ollama` of `compatible-ollama`.
pub fn server(id: &str) -> Option<&str> {
    id.strip_prefix(ID)?.strip_prefix('-')
}

/// The id of the adapter that asks a provider: its own; for servers that the user has added, the one that asks them all.
pub fn adapter(id: &str) -> &str {
    if server(id).is_some() { ID } else { id }
}

/// How they are reached. The address ends in `/v1`.
pub const REMOTE: Remote =
    Remote { base_url: None, base_url_variable: "COMPATIBLE_BASE_URL", key_variable: "COMPATIBLE_API_KEY", key_optional: true };

/// Reads an answer that says no. Where OpenAI has a word as the code, some have the HTTP status; and in an answer that
/// came with 200 that is the only one there is.
pub fn read(refusal: &Refusal<'_>) -> Verdict {
    let code = refusal.body["error"]["code"].as_u64().filter(|_| refusal.status == 200);
    let kind = match code {
        Some(400 | 404 | 413 | 422) => Some(Kind::Rejected),
        Some(401 | 403) => Some(Kind::Auth),
        Some(402) => Some(Kind::Quota),
        Some(408 | 504) => Some(Kind::Timeout),
        Some(429) => Some(Kind::RateLimited),
        Some(500..) => Some(Kind::Unavailable),
        _ => super::openai::read(refusal).kind,
    };
    // A local server that fails while it works says so in a stream whose status was sent long before.
    let kind = kind
        .or((refusal.status == 200 && refusal.body.get("error").is_some_and(|error| !Value::is_null(error))).then_some(Kind::Unavailable));
    Verdict { kind, reason: words(refusal.body), retry_after: super::openai::read(refusal).retry_after, ..Verdict::default() }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn servers_share_an_adapter() {
        assert_eq!((server("compatible-lm-studio"), adapter("compatible-lm-studio")), (Some("lm-studio"), ID));
        assert_eq!((server("compatible"), adapter("compatible")), (None, ID));
        assert_eq!((server("compatiblex"), adapter("gemini")), (None, "gemini"));
    }

    #[test]
    fn their_errors_are_read_as_they_are_meant() {
        for (status, body, kind, reason) in [
            (
                404,
                r#"{"error": {"message": "model 'x' not found, try pulling it first", "type": "api_error", "param": null, "code": null}}"#,
                Kind::Rejected,
                "model 'x' not found, try pulling it first",
            ),
            (
                400,
                r#"{"error": "'response_format.type' must be 'json_schema'"}"#,
                Kind::Rejected,
                "'response_format.type' must be 'json_schema'",
            ),
            (
                500,
                r#"{"detail": {"error": "processing_error", "message": "no voice", "type": "server_error"}}"#,
                Kind::Unavailable,
                "no voice",
            ),
            (200, r#"{"error": {"code": 429, "message": "slow down"}}"#, Kind::RateLimited, "slow down"),
            (
                200,
                r#"{"error": {"message": "llama runner process has terminated"}}"#,
                Kind::Unavailable,
                "llama runner process has terminated",
            ),
            (402, r#"{"error": {"code": 402, "message": "Insufficient credits"}}"#, Kind::Quota, "Insufficient credits"),
            (
                401,
                r#"{"error": {"message": "Invalid API Key", "type": "invalid_request_error", "code": 401}}"#,
                Kind::Auth,
                "Invalid API Key",
            ),
        ] {
            let error = read(&VENDOR, status, &[], body);
            assert_eq!((error.kind, error.details["reason"].as_str()), (kind, Some(reason)), "{status} {body}");
        }
    }
}
