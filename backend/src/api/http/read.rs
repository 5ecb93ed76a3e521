//! Reading what a client sent, strictly: unknown fields, wrong types and broken rules are all told at once, each at the
//! path that the client wrote.

use garde::Validate;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use serde_path_to_error::Segment;

use super::{exact::Exact, unique};
use crate::error::{AppError, Faults, Result};
use shared::{ApiError, ErrorCode};

/// PostgreSQL's text has no NUL.
pub const NUL: &str = "must not contain the character U+0000";
/// How much of a name is told, in characters.
const MOST_NAME: usize = 200;
/// A body of so many bytes is so large that it takes its time to be read.
pub const LARGE: usize = 64 << 10;
/// A value is read once more without what was wrong with it, until so many bytes were read, and at least so often: each time
/// may take as long as the first.
const MOST_READ: usize = 32 << 20;
const LEAST_ROUNDS: usize = 10;
/// What is there more than once: which of them was meant, nobody can tell.
const ONCE: &str = "must be given once";
const MISSING: &str = "missing";
/// More than a field of its kind can be, whatever else may be said of it.
const TOO_LARGE: &str = "too large";

/// What was read, and what is wrong with it: where anything is, the value is what could be made of the rest.
pub struct Read<T> {
    /// The value; none where nothing could be made of it.
    pub value: Option<T>,
    /// What is wrong.
    pub faults: Faults,
}

impl<T> Read<T> {
    /// The value, where nothing is wrong.
    pub fn strictly(self) -> Result<T> {
        self.faults.nothing_or_error()?;
        self.value.ok_or_else(|| AppError::internal("what cannot be read has faults"))
    }
}

/// Reads a body.
pub fn json<T: DeserializeOwned + Validate<Context = ()>>(bytes: &[u8]) -> Result<Read<T>> {
    let (value, again) = unique::parse(bytes).map_err(|error| {
        let message = format!("The body is not JSON: {error}.");
        ApiError::new(ErrorCode::InvalidJson, message).with("line", error.line()).with("column", error.column())
    })?;
    // A list would pass for an object whose fields stand in order.
    if !value.is_object() {
        return Err(AppError::invalid("", "the body must be an object"));
    }
    let mut found = read(value);
    again.iter().for_each(|place| found.faults.tell(spell(place), ONCE));
    Ok(found)
}

/// Reads a query: what is wrong with one parameter does not hide what is wrong with the next.
pub fn query<T: DeserializeOwned + Validate<Context = ()>>(query: &str) -> Result<T> {
    query_with(query, |_, _| None)
}

/// As [`query`], where `fault` says what else is wrong with a parameter: what only the operation knows.
pub fn query_with<T: DeserializeOwned + Validate<Context = ()>>(
    query: &str,
    fault: impl Fn(&str, &str) -> Option<&'static str>,
) -> Result<T> {
    let mut told = Faults::default();
    let mut pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let wrong = |name: &str, value: &str| if value.contains('\0') { Some(NUL) } else { fault(name, value) };
    pairs.retain(|(name, value)| match wrong(name, value) {
        Some(message) => {
            told.tell(name.clone(), message);
            false
        }
        None => true,
    });
    loop {
        let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let mut track = serde_path_to_error::Track::new();
        let values = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
        let values = serde_path_to_error::Deserializer::new(values, &mut track);
        let parsed: Result<T, _> = serde_ignored::deserialize(values, |path| told.tell(path.to_string(), "no such query parameter"));
        let error = match parsed {
            Ok(parsed) => {
                tell_rules(&parsed, &mut told);
                return told.nothing_or_error().map(|()| parsed);
            }
            Err(error) => error.to_string(),
        };
        // A parameter that is given twice is told by its name in serde's words, and not by the path.
        let name = quoted(&error, "duplicate field `").map_or_else(|| spell(&places(&track.path())), str::to_owned);
        let before = pairs.len();
        pairs.retain(|(known, _)| *known != name);
        let missing = quoted(&error, "missing field `").map(str::to_owned);
        match missing {
            Some(name) => told.tell(name, MISSING),
            None => told.tell(name, plain(&error)),
        }
        if pairs.len() == before {
            return Err(told.into_error());
        }
    }
}

/// A step on the way to a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// Into the field of that name.
    Field(String),
    /// To that item of a list, counted from 0.
    Item(usize),
}

/// Where and why a value cannot be read.
struct Wrong {
    place: Vec<Place>,
    message: String,
}

/// Reads a value.
pub fn read<T: DeserializeOwned + Validate<Context = ()>>(mut value: Value) -> Read<T> {
    let mut faults = Faults::default();
    find_nuls(&value, &mut Vec::new(), &mut faults);
    let rounds = (MOST_READ / weight(&value)).max(LEAST_ROUNDS);
    for round in 1.. {
        let attempt = attempt::<T>(&value, |path| {
            if !faults.is_full() {
                faults.tell(spell(&ignored(path)), "no such field");
            }
        });
        match attempt {
            Ok(parsed) => {
                tell_rules(&parsed, &mut faults);
                return Read { value: Some(parsed), faults };
            }
            Err(wrong) => {
                faults.tell(spell(&wrong.place), wrong.message);
                if round >= rounds || faults.is_full() || !mend::<T>(&mut value, &wrong.place) {
                    break;
                }
            }
        }
    }
    Read { value: None, faults }
}

/// About how many bytes a value has as JSON.
fn weight(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 3,
        Value::Array(items) => items.iter().map(weight).sum::<usize>() + 2,
        Value::Object(fields) => fields.iter().map(|(name, field)| name.len() + 4 + weight(field)).sum::<usize>() + 2,
        _ => 2,
    }
}

/// Tells which of its own rules a value breaks.
fn tell_rules(parsed: &impl Validate<Context = ()>, faults: &mut Faults) {
    if let Err(report) = parsed.validate() {
        for (path, error) in report.iter() {
            if faults.is_full() {
                break;
            }
            faults.tell(camel(&path.to_string()), error.message());
        }
    }
}

fn attempt<T: DeserializeOwned>(value: &Value, unknown: impl FnMut(serde_ignored::Path<'_>)) -> Result<T, Wrong> {
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(Exact(value), &mut track);
    let result = serde_ignored::deserialize(tracked, unknown);
    result.map_err(|error| {
        let mut place = places(&track.path());
        let message = error.to_string();
        match quoted(&message, "missing field `") {
            Some(name) => {
                place.push(Place::Field(name.to_owned()));
                Wrong { place, message: MISSING.to_owned() }
            }
            None => Wrong { place, message: plain(&message) },
        }
    })
}

/// Takes what is wrong at that place out of the value, so that what else is wrong can be found: it is left out, or filled with
/// something of another type where it cannot be. Says whether that helps; the value is as it was where it does not.
fn mend<T: DeserializeOwned>(value: &mut Value, place: &[Place]) -> bool {
    let fillers =
        [None, Some(json!("")), Some(json!(uuid::Uuid::nil())), Some(json!(1)), Some(json!(false)), Some(json!([])), Some(json!({}))];
    fillers.into_iter().any(|filler| {
        // In its place: a copy of a large value for each would take long.
        let Some(before) = put(value, place, filler) else { return false };
        let helps = attempt::<T>(value, |_| {}).err().is_none_or(|still| still.place != place);
        if !helps {
            put(value, place, before);
        }
        helps
    })
}

/// Puts something there, or nothing; answers what was there, and none where that place cannot have it.
fn put(value: &mut Value, place: &[Place], filler: Option<Value>) -> Option<Option<Value>> {
    let (last, parents) = place.split_last()?;
    let mut at = value;
    for parent in parents {
        at = match parent {
            Place::Field(name) => at.get_mut(name)?,
            Place::Item(index) => at.get_mut(index)?,
        };
    }
    match (last, filler) {
        (Place::Field(name), Some(filler)) => Some(at.as_object_mut()?.insert(name.clone(), filler)),
        (Place::Field(name), None) => Some(at.as_object_mut()?.remove(name)),
        (Place::Item(index), Some(filler)) => Some(Some(std::mem::replace(at.get_mut(index)?, filler))),
        // An item that is left out would move the others.
        (Place::Item(_), None) => None,
    }
}

/// Tells every text that has what PostgreSQL's cannot have.
fn find_nuls(value: &Value, place: &mut Vec<Place>, told: &mut Faults) {
    match value {
        _ if told.is_full() => {}
        Value::String(text) if text.contains('\0') => told.tell(spell(place), NUL),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                place.push(Place::Item(index));
                find_nuls(item, place, told);
                place.pop();
            }
        }
        Value::Object(fields) => find_nuls_in(fields, place, told),
        _ => {}
    }
}

fn find_nuls_in(fields: &Map<String, Value>, place: &mut Vec<Place>, told: &mut Faults) {
    for (name, field) in fields {
        place.push(Place::Field(shortened(name)));
        find_nuls(field, place, told);
        place.pop();
    }
}

fn places(path: &serde_path_to_error::Path) -> Vec<Place> {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Map { key } => Some(Place::Field(key.clone())),
            Segment::Seq { index } => Some(Place::Item(*index)),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// A place as the client would write it: `scenes[2].narration`.
fn spell(place: &[Place]) -> String {
    let mut path = String::new();
    for step in place {
        match step {
            Place::Field(name) if path.is_empty() => path.push_str(&shortened(name)),
            Place::Field(name) => {
                path.push('.');
                path.push_str(&shortened(name));
            }
            Place::Item(index) => path.push_str(&format!("[{index}]")),
        }
    }
    path
}

/// A name as it is told: the beginning of one that is longer than any name.
pub fn shortened(name: &str) -> String {
    match name.char_indices().nth(MOST_NAME) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// The place of a field that nobody reads.
fn ignored(path: serde_ignored::Path<'_>) -> Vec<Place> {
    use serde_ignored::Path;
    let (mut places, mut at) = (Vec::new(), &path);
    loop {
        at = match at {
            Path::Root => break,
            Path::Seq { parent, index } => {
                places.push(Place::Item(*index));
                parent
            }
            Path::Map { parent, key } => {
                places.push(Place::Field(shortened(key)));
                parent
            }
            Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => parent,
        };
    }
    places.reverse();
    places
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

/// The name that serde's words quote behind those.
fn quoted<'a>(message: &'a str, words: &str) -> Option<&'a str> {
    message.split_once(words)?.1.split('`').next()
}

/// serde's words, as a person would say them who does not know Rust; their place is in the path.
fn plain(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or(message);
    if message.starts_with("UUID parsing failed") {
        return "must be an id".to_owned();
    }
    if message.starts_with("duplicate field") {
        return ONCE.to_owned();
    }
    // Of numbers and the like in a query.
    match message {
        "invalid digit found in string" | "cannot parse integer from empty string" => {
            return "must be a whole number, not below 0".to_owned();
        }
        "invalid float literal" | "cannot parse float from empty string" => return "must be a number".to_owned(),
        "number too large to fit in target type" => return TOO_LARGE.to_owned(),
        "provided string was not `true` or `false`" => return "must be true or false".to_owned(),
        _ => {}
    }
    let Some((given, expected)) = message.rsplit_once(", expected ") else { return message.to_owned() };
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" | "isize" if is_too_large(given) => TOO_LARGE.to_owned(),
        "u8" | "u16" | "u32" | "u64" | "usize" => "must be a whole number, not below 0".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "isize" => "must be a whole number".to_owned(),
        "f32" | "f64" => "must be a number".to_owned(),
        "a string" => "must be a text".to_owned(),
        "a boolean" => "must be true or false".to_owned(),
        "a sequence" => "must be a list".to_owned(),
        "a map" => "must be an object".to_owned(),
        "a formatted UUID string" | "a 16 byte array" => "must be an id".to_owned(),
        // One of several words, which serde would also take as an object.
        "string or map" | "map with a single key" => "must be a text".to_owned(),
        _ if expected.starts_with("struct ") => "must be an object".to_owned(),
        _ => format!("must be {expected}"),
    }
}

/// Whether serde's words are of a whole number that is larger than its field can be.
fn is_too_large(given: &str) -> bool {
    let number = quoted(given, "invalid value: integer `").or_else(|| quoted(given, "invalid type: floating point `"));
    number.and_then(|number| number.parse::<f64>().ok()).is_some_and(|number| number > 0.0 && number.fract() == 0.0)
}

#[cfg(test)]
mod tests {
    use shared::{audio::GenerateAudio, project::CreateProject, script::GenerateScript};

    use super::*;

    fn wrong<T: DeserializeOwned + Validate<Context = ()>>(body: &[u8]) -> AppError {
        json::<T>(body).and_then(Read::strictly).err().expect("faults")
    }

    fn fields(error: AppError) -> Vec<(String, String)> {
        error.to_api().fields().into_iter().map(|field| (field.path, field.message)).collect()
    }

    #[test]
    fn every_bad_field_is_told_at_once() {
        let body = br#"{"prompt": "  ", "colour": 1, "options": {"sceneCount": 99, "durationSeconds": "long", "speling": true}}"#;
        let told = fields(wrong::<GenerateScript>(body));
        let paths: Vec<&str> = told.iter().map(|(path, _)| path.as_str()).collect();
        for path in ["prompt", "colour", "options.sceneCount", "options.durationSeconds", "options.speling"] {
            assert!(paths.contains(&path), "{path} is not in {told:?}");
        }
        assert_eq!(paths.len(), 5, "{told:?}");
    }

    #[test]
    fn a_wrong_required_field_is_told_once_and_hides_nothing() {
        let told: Vec<String> =
            fields(wrong::<GenerateAudio>(br#"{"sceneId": "x", "speed": 9}"#)).into_iter().map(|(path, _)| path).collect();
        assert_eq!(told, ["sceneId", "speed"]);
    }

    #[test]
    fn what_is_wrong_in_one_item_does_not_hide_what_is_wrong_in_the_next() {
        let body = br#"{"scenes": [{"narration": 5}, {"naration": "x"}]}"#;
        let mut told: Vec<String> = fields(wrong::<CreateProject>(body)).into_iter().map(|(path, _)| path).collect();
        told.sort();
        assert_eq!(told, ["scenes[0].narration", "scenes[1].naration", "scenes[1].narration", "title"]);
    }

    #[test]
    fn what_is_wrong_is_told_without_words_of_rust() {
        for (body, told) in [(r#"{"sceneId": []}"#, "must be an id"), (r#"{"sceneId": 5}"#, "must be an id")] {
            assert_eq!(fields(wrong::<GenerateAudio>(body.as_bytes()))[0].1, told, "{body}");
        }
        for shape in ["5", "[]", "{}"] {
            let body = format!(r#"{{"title": "A", "aspectRatio": {shape}}}"#);
            assert_eq!(fields(wrong::<CreateProject>(body.as_bytes()))[0].1, "must be a text", "{body}");
        }
        assert_eq!(plain("invalid digit found in string"), "must be a whole number, not below 0");
        assert_eq!(plain("duplicate field `limit`"), "must be given once");
    }

    #[test]
    fn what_is_there_twice_is_told_with_all_else() {
        let body = br#"{"title": "A", "scenes": [{"narration": "x"}, {"narration": "x", "naration": 1, "narration": "y"}], "title": "B"}"#;
        let mut told = fields(wrong::<CreateProject>(body));
        told.sort();
        let once = |path: &str| (path.to_owned(), ONCE.to_owned());
        assert_eq!(told, [("scenes[1].naration".to_owned(), "no such field".to_owned()), once("scenes[1].narration"), once("title")]);
    }

    #[test]
    fn json_that_is_none_tells_where() {
        let error = wrong::<GenerateAudio>(b"{\n  \"sceneId\": \n}").to_api();
        assert_eq!(error.code, ErrorCode::InvalidJson);
        assert_eq!(error.details["line"], 3);
    }
}
