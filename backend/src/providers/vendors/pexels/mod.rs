//! Pexels: stock photographs and clips, free of charge; 200 requests an hour and 20,000 a month to begin with.

pub mod stock;

use super::{Auth, Vendor, words};
use crate::providers::{
    Remote,
    http::{Refusal, Verdict},
};

/// How it is spoken to: the key alone, with no scheme before it.
pub static VENDOR: Vendor = Vendor { auth: Auth::Header("authorization"), headers: &[], read };

/// How it is reached: photographs below `/v1`, clips below `/videos`.
pub const REMOTE: Remote = Remote {
    base_url: Some("https://api.pexels.com"),
    base_url_variable: "PEXELS_BASE_URL",
    key_variable: "PEXELS_API_KEY",
    key_optional: false,
};

/// Reads an answer that says no: `{"error": "…"}`, or `{"status": 401, "code": "Unauthorized"}`.
pub fn read(refusal: &Refusal<'_>) -> Verdict {
    let reason = words(refusal.body).or_else(|| refusal.body["code"].as_str().map(str::to_owned));
    Verdict { reason, ..Verdict::default() }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;
    use crate::providers::Kind;

    #[test]
    fn its_errors_are_read_as_they_are_meant() {
        for (status, body, kind, reason) in [
            (401, r#"{"status": 401, "code": "Unauthorized"}"#, Kind::Auth, "Unauthorized"),
            (429, r#"{"error": "Rate limit exceeded"}"#, Kind::RateLimited, "Rate limit exceeded"),
            (403, r#"{"error": "Access to this API has been disallowed"}"#, Kind::Auth, "Access to this API has been disallowed"),
        ] {
            let error = read(&VENDOR, status, &[], body);
            assert_eq!((error.kind, error.details["reason"].as_str()), (kind, Some(reason)), "{status} {body}");
        }
    }
}
