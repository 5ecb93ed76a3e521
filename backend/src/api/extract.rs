//! Extractors: bodies and queries are read strictly, and everything wrong with them is told at once.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web};
use futures_util::StreamExt;
use garde::Validate;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{error::AppError, services::IfMatch};
use shared::{ApiError, ErrorCode, error::FieldError};

/// The most that a JSON body may have: a long prompt in a script that takes four bytes a character, and room around it.
const MOST_BYTES: usize = 4 << 20;

/// A JSON body that keeps its own rules.
pub struct Body<T>(pub T);

/// A query that keeps its own rules; a parameter that nobody knows is refused.
pub struct Query<T>(pub T);

/// An id in the path; one that is none names nothing.
pub struct Id<T>(pub T);

/// `If-Match`, where it was sent.
pub struct Expected(pub Option<IfMatch>);

/// `Prefer` (RFC 7240): what the client would like.
#[derive(Clone, Copy, Debug, Default)]
pub struct Prefer {
    /// How long it would wait for the work to finish, in seconds.
    pub wait: Option<u64>,
    /// Whether it would not wait at all.
    pub respond_async: bool,
}

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, AppError>>>>;

impl<T: DeserializeOwned + Validate<Context = ()> + 'static> FromRequest for Body<T> {
    type Error = AppError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            check_type(&request)?;
            let bytes = read(payload, MOST_BYTES).await?;
            Ok(Self(parse(&bytes)?))
        })
    }
}

/// `application/json`, or `application/merge-patch+json` for a patch, or any type that ends in `+json`.
fn check_type(request: &HttpRequest) -> Result<(), AppError> {
    let mime = request.mime_type().ok().flatten();
    let json = mime.is_some_and(|mime| mime.subtype() == mime::JSON || mime.suffix() == Some(mime::JSON));
    if json { Ok(()) } else { Err(AppError::api(ErrorCode::UnsupportedMediaType, "Send JSON, with `Content-Type: application/json`.")) }
}

/// Reads a whole body, up to a limit.
pub async fn read(mut payload: Payload, most: usize) -> Result<web::Bytes, AppError> {
    let mut bytes = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| AppError::api(ErrorCode::InvalidJson, format!("The body broke off: {error}.")))?;
        if bytes.len() + chunk.len() > most {
            return Err(too_large(most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

/// The body is larger than that.
pub fn too_large(most: usize) -> AppError {
    AppError::Api(ApiError::new(ErrorCode::PayloadTooLarge, format!("The body is larger than {most} bytes.")).with("maxBytes", most))
}

/// Reads a value from JSON. Unknown fields, wrong types and broken rules are collected, so that all are told at once.
pub fn parse<T: DeserializeOwned + Validate<Context = ()>>(bytes: &[u8]) -> Result<T, AppError> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        let message = format!("The body is not JSON: {error}.");
        ApiError::new(ErrorCode::InvalidJson, message).with("line", error.line()).with("column", error.column())
    })?;
    parse_value(value, "")
}

/// As [`parse`], of a value that stands at that path of the body.
pub fn parse_value<T: DeserializeOwned + Validate<Context = ()>>(value: Value, at: &str) -> Result<T, AppError> {
    read_value(value).map_err(|bad| {
        let under = |path: String| if at.is_empty() || path.is_empty() { format!("{at}{path}") } else { format!("{at}.{path}") };
        AppError::Api(ApiError::invalid(dedup(bad).into_iter().map(|field| FieldError { path: under(field.path), ..field }).collect()))
    })
}

fn read_value<T: DeserializeOwned + Validate<Context = ()>>(mut value: Value) -> Result<T, Vec<FieldError>> {
    let mut bad = Vec::new();
    find_nuls(&value, &mut String::new(), &mut bad);
    let mut removed = Vec::new();
    loop {
        let mut unknown = Vec::new();
        let mut track = serde_path_to_error::Track::new();
        let tracked = serde_path_to_error::Deserializer::new(&value, &mut track);
        let result: Result<T, _> = serde_ignored::deserialize(tracked, |path| unknown.push(spell(&path.to_string())));
        match result {
            Ok(parsed) => {
                bad.extend(unknown.into_iter().map(|path| FieldError { path, message: "no such field".to_owned() }));
                if let Err(report) = parsed.validate() {
                    bad.extend(
                        report
                            .iter()
                            .map(|(path, error)| FieldError { path: camel(&path.to_string()), message: error.message().to_owned() }),
                    );
                }
                return if bad.is_empty() { Ok(parsed) } else { Err(bad) };
            }
            Err(error) => {
                let path = track.path();
                let spelled = spell(&path.to_string());
                let message = plain_message(&error.to_string());
                // A field that was taken out because it was wrong is not missing besides.
                if !removed.iter().any(|gone: &String| message.contains(&format!("`{}`", gone.rsplit('.').next().unwrap_or(gone)))) {
                    bad.push(FieldError { path: spelled.clone(), message });
                }
                // What is wrong is taken out, so that what else is wrong can be found; where nothing can be taken out, that is all.
                if removed.contains(&spelled) || !take_out(&mut value, &path) {
                    bad.extend(unknown.into_iter().map(|path| FieldError { path, message: "no such field".to_owned() }));
                    return Err(bad);
                }
                removed.push(spelled);
            }
        }
    }
}

fn dedup(bad: Vec<FieldError>) -> Vec<FieldError> {
    let mut told: Vec<FieldError> = Vec::new();
    for field in bad {
        if !told.contains(&field) {
            told.push(field);
        }
    }
    told
}

/// PostgreSQL's text has no NUL.
fn find_nuls(value: &Value, path: &mut String, bad: &mut Vec<FieldError>) {
    match value {
        Value::String(text) if text.contains('\0') => {
            bad.push(FieldError {
                path: path.trim_start_matches('.').to_owned(),
                message: "must not contain the character U+0000".to_owned(),
            });
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let length = path.len();
                path.push_str(&format!("[{at}]"));
                find_nuls(item, path, bad);
                path.truncate(length);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                let length = path.len();
                path.push('.');
                path.push_str(name);
                find_nuls(field, path, bad);
                path.truncate(length);
            }
        }
        _ => {}
    }
}

/// Paths of serde as the client would write them: no `?` for an option, brackets around an index.
fn spell(path: &str) -> String {
    let mut spelled = String::new();
    for segment in path.split('.').filter(|segment| !segment.is_empty() && *segment != "?") {
        if segment.bytes().all(|b| b.is_ascii_digit()) {
            spelled.push_str(&format!("[{segment}]"));
        } else {
            if !spelled.is_empty() && !segment.starts_with('[') {
                spelled.push('.');
            }
            spelled.push_str(segment);
        }
    }
    spelled
}

/// garde names fields as Rust does.
fn camel(path: &str) -> String {
    let mut camel = String::with_capacity(path.len());
    let mut upper = false;
    for c in path.chars() {
        match c {
            '_' => upper = true,
            c if upper => {
                camel.extend(c.to_uppercase());
                upper = false;
            }
            c => camel.push(c),
        }
    }
    camel
}

/// serde's words without its place, which is in the path.
fn plain_message(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

fn take_out(value: &mut Value, path: &serde_path_to_error::Path) -> bool {
    use serde_path_to_error::Segment;
    let segments: Vec<&Segment> = path.iter().collect();
    let Some((last, parents)) = segments.split_last() else { return false };
    let mut at = value;
    for segment in parents {
        let next = match segment {
            Segment::Map { key } => at.get_mut(key),
            Segment::Seq { index } => at.get_mut(index),
            _ => Some(&mut *at),
        };
        match next {
            Some(next) => at = next,
            None => return false,
        }
    }
    match (last, at) {
        (Segment::Map { key }, Value::Object(fields)) => fields.remove(key).is_some(),
        _ => false,
    }
}

impl<T: DeserializeOwned + Validate<Context = ()> + 'static> FromRequest for Query<T> {
    type Error = AppError;
    type Future = std::future::Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(parse_query(request.query_string()).map(Self))
    }
}

fn parse_query<T: DeserializeOwned + Validate<Context = ()>>(query: &str) -> Result<T, AppError> {
    let mut bad = Vec::new();
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(pairs, &mut track);
    let mut unknown = Vec::new();
    let parsed: Result<T, _> = serde_ignored::deserialize(tracked, |path| unknown.push(spell(&path.to_string())));
    bad.extend(unknown.into_iter().map(|path| FieldError { path, message: "no such query parameter".to_owned() }));
    match parsed {
        Err(error) => bad.push(FieldError { path: spell(&track.path().to_string()), message: plain_message(&error.to_string()) }),
        Ok(parsed) => {
            if let Err(report) = parsed.validate() {
                bad.extend(
                    report.iter().map(|(path, error)| FieldError { path: camel(&path.to_string()), message: error.message().to_owned() }),
                );
            }
            if query.contains("%00") {
                bad.push(FieldError { path: String::new(), message: "must not contain the character U+0000".to_owned() });
            }
            if bad.is_empty() {
                return Ok(parsed);
            }
        }
    }
    Err(AppError::Api(ApiError::invalid(bad)))
}

impl<T: std::str::FromStr + 'static> FromRequest for Id<T> {
    type Error = AppError;
    type Future = std::future::Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = request.match_info().iter().next().map(|(_, value)| value).unwrap_or_default();
        std::future::ready(text.parse().map(Self).map_err(|_| AppError::not_found("record")))
    }
}

impl FromRequest for Expected {
    type Error = AppError;
    type Future = std::future::Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let tags = tags(request, &header::IF_MATCH);
        std::future::ready(Ok(Self((!tags.is_empty()).then_some(IfMatch(tags)))))
    }
}

/// The entity tags of a header, without their quotes.
pub fn tags(request: &HttpRequest, name: &header::HeaderName) -> Vec<String> {
    let values = request.headers().get_all(name).filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"').to_owned())
        .filter(|tag| !tag.is_empty())
        .collect()
}

impl FromRequest for Prefer {
    type Error = AppError;
    type Future = std::future::Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut prefer = Self::default();
        let values = request.headers().get_all("prefer").filter_map(|value| value.to_str().ok());
        for preference in values.flat_map(|value| value.split([',', ';'])).map(str::trim) {
            match preference.split_once('=').map(|(name, value)| (name.trim(), value.trim().trim_matches('"'))) {
                // A preference that cannot be understood is ignored (RFC 7240, 2).
                Some((name, value)) if name.eq_ignore_ascii_case("wait") => prefer.wait = value.parse().ok().map(|wait: u64| wait.min(300)),
                None if preference.eq_ignore_ascii_case("respond-async") => prefer.respond_async = true,
                _ => {}
            }
        }
        std::future::ready(Ok(prefer))
    }
}

#[cfg(test)]
mod tests {
    use shared::{audio::GenerateAudio, script::GenerateScript};

    use super::*;

    fn fields(error: AppError) -> Vec<(String, String)> {
        let error = error.to_api();
        let fields: Vec<FieldError> = serde_json::from_value(error.details["fields"].clone()).unwrap();
        fields.into_iter().map(|field| (field.path, field.message)).collect()
    }

    #[test]
    fn every_bad_field_is_told_at_once() {
        let body = br#"{"prompt": "  ", "colour": 1, "options": {"sceneCount": 99, "durationSeconds": "long", "speling": true}}"#;
        let told = fields(parse::<GenerateScript>(body).unwrap_err());
        let paths: Vec<&str> = told.iter().map(|(path, _)| path.as_str()).collect();
        for path in ["prompt", "colour", "options.sceneCount", "options.durationSeconds", "options.speling"] {
            assert!(paths.contains(&path), "{path} is not in {told:?}");
        }
        assert_eq!(paths.len(), 5, "{told:?}");
    }

    #[test]
    fn a_wrong_required_field_is_told_once() {
        let told = fields(parse::<GenerateAudio>(br#"{"sceneId": "x", "speed": 9}"#).unwrap_err());
        assert_eq!(told[0].0, "sceneId");
        assert_eq!(told.len(), 1, "{told:?}");
    }

    #[test]
    fn json_that_is_none_tells_where() {
        let error = parse::<GenerateAudio>(b"{\n  \"sceneId\": \n}").unwrap_err().to_api();
        assert_eq!(error.code, ErrorCode::InvalidJson);
        assert_eq!(error.details["line"], 3);
    }
}
