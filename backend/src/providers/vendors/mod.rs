//! Vendors: how each of them wants its key, and how it tells what went wrong. What its adapters share; nothing of what
//! they make.

pub mod a1111;
pub mod anthropic;
pub mod comfyui;
pub mod compatible;
pub mod elevenlabs;
pub mod fal;
pub mod google;
pub mod openai;
pub mod pexels;
pub mod replicate;

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue, InvalidHeaderValue};
use serde_json::Value;
use zeroize::Zeroizing;

use super::Secret;
use crate::providers::http::{Refusal, Verdict};

/// A vendor.
pub struct Vendor {
    /// How the key is sent.
    pub auth: Auth,
    /// Headers that every request carries: names in small letters, and values.
    pub headers: &'static [(&'static str, &'static str)],
    /// Reads an answer that says no.
    pub read: fn(&Refusal<'_>) -> Verdict,
}

/// How a key is sent.
#[derive(Clone, Copy, Debug)]
pub enum Auth {
    /// `Authorization: Bearer KEY`, or another scheme in its place.
    Scheme(&'static str),
    /// A header of its own, whose name is in small letters.
    Header(&'static str),
    /// `Authorization: Basic …`, where the key is `user:password`.
    Basic,
}

impl Vendor {
    /// The header that carries the key; an error where the key holds what no header may.
    pub fn header(&self, key: Option<&Secret>) -> Result<Option<(HeaderName, HeaderValue)>, InvalidHeaderValue> {
        let Some(key) = key else { return Ok(None) };
        // Each copy is as long as it will be from the start, and wiped.
        let (name, text) = match self.auth {
            Auth::Scheme(scheme) => (AUTHORIZATION, [scheme, " ", key.expose()].concat()),
            Auth::Header(name) => (HeaderName::from_static(name), key.expose().to_owned()),
            Auth::Basic => (AUTHORIZATION, ["Basic ", &Zeroizing::new(STANDARD.encode(key.expose()))].concat()),
        };
        let text = Zeroizing::new(text);
        let mut value = HeaderValue::from_str(&text)?;
        value.set_sensitive(true);
        Ok(Some((name, value)))
    }
}

/// The words of an error in any of the usual shapes: `error.message`, `error`, `message`, `detail.message`, `detail`,
/// `detail[].msg`, `errors[].message`.
pub fn words(body: &Value) -> Option<String> {
    let body = body.as_array().and_then(|list| list.first()).unwrap_or(body);
    let places = [&body["error"]["message"], &body["error"], &body["message"], &body["detail"]["message"], &body["detail"], &body["title"]];
    let said = places.into_iter().find_map(Value::as_str).map(str::to_owned);
    said.or_else(|| list_of_words(&body["detail"], "msg")).or_else(|| list_of_words(&body["errors"], "message"))
}

/// `[{"loc": ["body", "prompt"], "msg": "field required"}]` as "prompt: field required".
fn list_of_words(list: &Value, name: &str) -> Option<String> {
    let said: Vec<String> = list
        .as_array()?
        .iter()
        .filter_map(|entry| {
            let message = entry[name].as_str()?;
            let place = entry["loc"].as_array().and_then(|loc| loc.last()).and_then(Value::as_str);
            Some(place.map_or_else(|| message.to_owned(), |place| format!("{place}: {message}")))
        })
        .collect();
    (!said.is_empty()).then(|| said.join("; "))
}

/// The time that follows certain words: "resets in ~30s", "retry in 45.8s", "retry in 1h54m2s".
fn seconds_after(text: &str, words: &str) -> Option<std::time::Duration> {
    let (_, rest) = text.split_once(words)?;
    let mut rest = rest.trim_start().trim_start_matches('~');
    let mut seconds = None;
    loop {
        let number: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let Ok(value) = number.trim_end_matches('.').parse::<f64>() else { break };
        let unit: String = rest[number.len()..].chars().take_while(char::is_ascii_alphabetic).collect();
        let factor = match unit.as_str() {
            "ms" => 0.001,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            _ => 1.0,
        };
        seconds = Some(seconds.unwrap_or(0.0) + value * factor);
        rest = &rest[number.len() + unit.len()..];
        if unit.is_empty() {
            break;
        }
    }
    std::time::Duration::try_from_secs_f64(seconds?).ok()
}

/// For the tests of the vendors: how an answer with that status, headers and body is read.
#[cfg(test)]
fn read(vendor: &Vendor, status: u16, headers: &[(&'static str, &str)], body: &str) -> super::ProviderError {
    use crate::providers::http::read_refusal;
    let headers = headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect();
    read_refusal(vendor, status, &headers, body.as_bytes())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_usual_shapes_are_understood() {
        for (body, said) in [
            (json!({"error": {"message": "a"}}), "a"),
            (json!({"error": "b"}), "b"),
            (json!([{"error": {"message": "c"}}]), "c"),
            (json!({"detail": {"error": "validation_error", "message": "d"}}), "d"),
            (json!({"detail": "e"}), "e"),
            (json!({"detail": [{"loc": ["body", "prompt"], "msg": "f", "type": "t"}, {"msg": "g"}]}), "prompt: f; g"),
            (json!({"title": "h", "status": 402}), "h"),
            (json!({"errors": [{"code": "x", "message": "i"}]}), "i"),
        ] {
            assert_eq!(words(&body).as_deref(), Some(said));
        }
        assert_eq!(words(&json!({"ok": true})), None);
    }

    #[test]
    fn keys_go_where_each_vendor_wants_them() {
        let key = Secret::new("user:pass");
        let header = |auth| {
            let vendor = Vendor { auth, headers: &[], read: compatible::read };
            let (name, value) = vendor.header(Some(&key)).unwrap().unwrap();
            assert!(value.is_sensitive());
            format!("{name}: {}", value.to_str().unwrap())
        };
        assert_eq!(header(Auth::Scheme("Bearer")), "authorization: Bearer user:pass");
        assert_eq!(header(Auth::Header("xi-api-key")), "xi-api-key: user:pass");
        assert_eq!(header(Auth::Basic), "authorization: Basic dXNlcjpwYXNz");
        assert!(compatible::VENDOR.header(Some(&Secret::new("a\nb"))).is_err());
        assert!(compatible::VENDOR.header(None).unwrap().is_none());
    }

    #[test]
    fn times_in_words_are_read_with_their_units() {
        let read = |text: &str| seconds_after(text, "retry in ").map(|time| time.as_secs_f64());
        assert_eq!(read("Please retry in 45.8s."), Some(45.8));
        assert_eq!(read("Please retry in 250ms."), Some(0.25));
        assert_eq!(read("Please retry in 54m2s."), Some(3242.0));
        assert_eq!(read("Please retry in 15h3m."), Some(54_180.0));
        assert_eq!(read("Please retry in a while."), None);
        assert_eq!(read("Please wait."), None);
    }
}
