//! An answer that says no, and what it means: whose fault it is, whether and when to ask again, and why in the
//! provider's own words.

use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::who::Who;
use crate::providers::{Kind, ProviderError, vendors::Vendor};

/// An answer that says no, as a vendor's own reader sees it.
pub struct Refusal<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body; null where it is no JSON.
    pub body: &'a Value,
}

/// What a vendor's own reader makes of it. What it leaves open is decided by the status and the usual headers.
#[derive(Debug, Default, PartialEq)]
pub struct Verdict {
    /// What kind of error it is.
    pub kind: Option<Kind>,
    /// Why, in the vendor's words.
    pub reason: Option<String>,
    /// When to ask again.
    pub retry_after: Option<Duration>,
    /// Whether the vendor wants to be asked again, where it has a word of its own for that.
    pub again: Option<bool>,
}

/// What an answer that says no means. `creates` where the call makes something that is paid for.
pub fn read(who: &Who, vendor: &Vendor, status: u16, headers: &HeaderMap, body: &[u8], creates: bool) -> ProviderError {
    let json = serde_json::from_slice(body).unwrap_or(Value::Null);
    let refusal = Refusal { status, headers, body: &json };
    let Verdict { kind, reason, retry_after, again } = (vendor.read)(&refusal);
    let own_words = kind.is_some();
    let again = again.or_else(|| yes_or_no(headers, "x-should-retry"));
    let kind = match kind.unwrap_or_else(|| kind_of(status)) {
        // Whoever wants to be asked again has not refused; but no credit is none, where that is what the vendor says.
        kind if again == Some(true) && !kind.may_pass() && !own_words => Kind::Unavailable,
        kind => kind,
    };
    let reason = reason.or_else(|| plain_text(body)).map(|reason| who.clean(&reason)).filter(|reason| !reason.is_empty());
    let mut error = who.error(kind, sentence(&who.name, kind, status, reason.as_deref())).with("status", status);
    if matches!(kind, Kind::RateLimited | Kind::Unavailable | Kind::Timeout) {
        error.retry_after = asked_to_wait(headers).or(retry_after);
    }
    if let Some(reason) = reason {
        error = error.with("reason", reason);
    }
    error.is_final = again == Some(false);
    error.wants_again = again == Some(true);
    // A gateway answered in the provider's place, unless the words are the vendor's own; whether the provider did its work is
    // not known.
    if !own_words && matches!(status, 502 | 504 | 520 | 524) && matches!(kind, Kind::Unavailable | Kind::Timeout) {
        error = unanswered(error, creates);
    }
    // Whoever sends a request on has not taken it.
    error.nothing_made = (300..400).contains(&status);
    error.is_unreadable = error.nothing_made;
    if let Some(id) = ["x-request-id", "request-id"].iter().find_map(|name| headers.get(*name)?.to_str().ok()) {
        error = error.with("providerRequestId", who.clean(id));
    }
    error
}

/// What a status means where the vendor says no more.
fn kind_of(status: u16) -> Kind {
    match status {
        401 | 403 => Kind::Auth,
        402 => Kind::Quota,
        408 | 504 | 524 => Kind::Timeout,
        429 => Kind::RateLimited,
        409 | 423 | 425 | 500.. => Kind::Unavailable,
        400..=499 => Kind::Rejected,
        // A redirect, or a success that is none.
        _ => Kind::BadResponse,
    }
}

fn sentence(name: &str, kind: Kind, status: u16, reason: Option<&str>) -> String {
    let because = reason.map(|reason| format!(": {}", reason.trim_end_matches('.'))).unwrap_or_default();
    match (kind, status) {
        (Kind::Auth, _) => format!("{name} refused the key{because}. Check it in the settings."),
        (Kind::Quota, _) => format!("The quota or credit at {name} is used up{because}."),
        (Kind::RateLimited, _) => format!("{name} wants fewer requests{because}."),
        (Kind::Rejected, 404) => format!("{name} has no such model or address{because}."),
        (Kind::Rejected, _) => format!("{name} did not accept the request{because}."),
        (Kind::Timeout, _) => format!("{name} took too long (HTTP {status}){because}."),
        (Kind::BadResponse, 300..=399) => {
            format!("{name} sends requests on to another address, which is not followed; check its address in the settings.")
        }
        _ => format!("{name} failed (HTTP {status}){because}."),
    }
}

/// The same error of a request whose answer was lost; final, where the call makes something that is paid for.
pub fn unanswered(error: ProviderError, creates: bool) -> ProviderError {
    let error = error.unanswered();
    if creates { error.lost() } else { error }
}

/// What the usual headers say about waiting: `retry-after-ms`, or `retry-after` in seconds or as a date.
pub fn asked_to_wait(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(milliseconds) = text("retry-after-ms").and_then(|text| text.parse::<f64>().ok()) {
        return Duration::try_from_secs_f64(milliseconds / 1000.0).ok();
    }
    let text = text("retry-after")?;
    match text.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => Some(httpdate::parse_http_date(text).ok()?.duration_since(SystemTime::now()).unwrap_or_default()),
    }
}

/// What a header says that is `true` or `false`; some write `1` or `0`.
pub fn yes_or_no(headers: &HeaderMap, name: &str) -> Option<bool> {
    match headers.get(name)?.to_str().ok()?.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// A short answer in words; a page is not shown.
fn plain_text(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let is_words = !text.is_empty() && text.len() <= 300 && !text.starts_with(['<', '{', '[']);
    is_words.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (reqwest::header::HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn every_way_to_ask_for_patience_is_understood() {
        assert_eq!(asked_to_wait(&headers(&[("retry-after-ms", "1500"), ("retry-after", "9")])), Some(Duration::from_millis(1500)));
        assert_eq!(asked_to_wait(&headers(&[("retry-after", "9")])), Some(Duration::from_secs(9)));
        let later = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(60));
        let wait = asked_to_wait(&headers(&[("retry-after", &later)])).unwrap();
        assert!((Duration::from_secs(55)..=Duration::from_secs(60)).contains(&wait), "{wait:?}");
        let past = asked_to_wait(&headers(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]));
        assert_eq!(past, Some(Duration::ZERO));
        for nonsense in ["-1", "soon", "NaN", "1e400"] {
            assert_eq!(asked_to_wait(&headers(&[("retry-after", nonsense)])), None, "{nonsense}");
        }
    }

    #[test]
    fn a_gateway_in_place_of_the_answer_of_a_paid_call_leaves_open_what_happened() {
        let (who, vendor) = (Who::new("openai", "OpenAI", None), &crate::providers::vendors::compatible::VENDOR);
        let error = |status, creates| read(&who, vendor, status, &HeaderMap::new(), b"<html>", creates);
        assert!(error(502, true).lost && error(504, true).lost);
        assert!(!error(502, true).is_passing());
        assert!(error(502, false).unanswered && error(502, false).is_passing());
        assert!(!error(503, true).unanswered && error(503, true).is_passing());
        // What the vendor itself says is no lost answer.
        let own = br#"{"error": {"message": "The model failed.", "type": "server_error"}}"#;
        let error = read(&who, vendor, 502, &HeaderMap::new(), own, true);
        assert!(!error.unanswered && !error.lost && error.is_passing());
    }

    #[test]
    fn whether_to_ask_again_is_for_the_vendor_to_say() {
        let (who, vendor) = (Who::new("x", "X", None), &crate::providers::vendors::compatible::VENDOR);
        let error = |status, word: &str, creates| read(&who, vendor, status, &headers(&[("x-should-retry", word)]), b"{}", creates);
        for (status, word, passes) in [
            (500, "false", false),
            (503, "FALSE", false),
            (429, "false", false),
            (408, "false", false),
            (400, "true", true),
            (409, "true", true),
            (500, "true", true),
            (500, "maybe", true),
            (400, "maybe", false),
        ] {
            assert_eq!(error(status, word, false).is_passing(), passes, "{status} {word}");
        }
        assert!(error(504, "true", true).lost, "a gateway knows nothing of what was paid for");
        assert!(error(503, "true", true).is_passing(), "it was not taken");
        let own = br#"{"error": {"message": "Nothing left.", "code": "insufficient_quota"}}"#;
        let error = read(&who, vendor, 429, &headers(&[("x-should-retry", "true")]), own, false);
        assert!(error.kind == Kind::Quota && !error.is_passing(), "{error:?}");
    }

    #[test]
    fn a_page_is_never_shown() {
        let (who, vendor) = (Who::new("x", "X", None), &crate::providers::vendors::compatible::VENDOR);
        let error = read(&who, vendor, 500, &HeaderMap::new(), b"<html><body>Traceback</body></html>", false);
        assert_eq!((error.message.as_str(), error.details.get("reason")), ("X failed (HTTP 500).", None));
        let error = read(&who, vendor, 500, &HeaderMap::new(), b"model is loading", false);
        assert_eq!(error.message, "X failed (HTTP 500): model is loading.");
    }
}
