//! The OpenAPI document says the bounds that requests are held to, and the server holds to those that it says.

use std::fmt::Write;

use reqwest::Method;
use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::TestApp;

const DOCUMENT: &str = include_str!("../../openapi/openapi.json");
const NOBODY: &str = "01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81";
/// Longer than any text of a body may be.
const LONG_TEXT: u64 = 600_000;
/// The same for a query: more would be no address.
const LONG_PARAMETER: u64 = 2000;
/// More items than any list may have.
const LONG_LIST: u64 = 1000;

#[tokio::test]
async fn bodies_are_held_to_the_bounds_that_the_document_says() {
    let app = TestApp::start().await;
    let document: Value = serde_json::from_str(DOCUMENT).expect("JSON");
    let project = app.client.project(&["One."]).await;
    let mut wrong = Vec::new();
    for (path, method, operation) in operations(&document) {
        let Some(content) = operation["requestBody"]["content"].get("application/json") else { continue };
        let mut fields = Vec::new();
        find_fields(&content["schema"], &[], &document, &mut fields);
        for field in &fields {
            for value in probes(&field.schema, LONG_TEXT, &document) {
                let mut body = content["example"].clone();
                // What is for no scene is not looked at further.
                for (name, id) in [("projectId", &project["id"]), ("sceneId", &project["scenes"][0]["id"])] {
                    body.get_mut(name).into_iter().for_each(|given| given.clone_from(id));
                }
                put(&mut body, &field.place, value.clone());
                // What nobody knows is always refused, so that no probe does anything.
                body["probe"] = true.into();
                let request = app.client.request(method.clone(), &path).json(&body);
                let told = told(&app, request, &spell(&field.place)).await;
                wrong.extend(judge(&field.schema, &value, &told).map(|wrong| format!("{method} {path} {}: {wrong}", spell(&field.place))));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    app.finish().await;
}

#[tokio::test]
async fn queries_are_held_to_the_bounds_that_the_document_says() {
    let app = TestApp::start().await;
    let document: Value = serde_json::from_str(DOCUMENT).expect("JSON");
    let mut wrong = Vec::new();
    for (path, method, operation) in operations(&document) {
        let parameters = operation["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "query");
        for parameter in parameters.clone() {
            let name = parameter["name"].as_str().expect("a name");
            for value in probes(&parameter["schema"], LONG_PARAMETER, &document) {
                let mut query = format!("probe=1&{name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned));
                for other in parameters.clone().filter(|other| other["required"] == true && other["name"] != name) {
                    let sample = sample(&other["schema"], &document);
                    let _ = write!(query, "&{}={}", other["name"].as_str().expect("a name"), sample.as_str().expect("a text"));
                }
                let told = told(&app, app.client.request(method.clone(), &format!("{path}?{query}")), name).await;
                wrong.extend(judge(&parameter["schema"], &value, &told).map(|wrong| format!("{method} {path} {name}: {wrong}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    app.finish().await;
}

/// The path, with an id that nobody has, and the method of each operation.
fn operations(document: &Value) -> Vec<(String, Method, &Value)> {
    let mut all = Vec::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        let path: Vec<&str> = path.split('/').map(|part| if part.starts_with('{') { NOBODY } else { part }).collect();
        for (method, operation) in operations.as_object().expect("operations") {
            all.push((path.join("/"), method.to_uppercase().parse().expect("a method"), operation));
        }
    }
    all
}

/// What a server tells of that place.
async fn told(app: &TestApp, request: reqwest::RequestBuilder, place: &str) -> Vec<String> {
    let error = app.client.send(request).await.expect_error(422, ErrorCode::ValidationFailed);
    let of_place = |path: &str| place.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    error.fields().into_iter().filter(|field| of_place(&field.path)).map(|field| field.message).collect()
}

/// What is wrong with how the server answered that value, beside what the document says of it. At a bound and within it
/// something else may be wrong: a text of so many letters is the name of no provider.
fn judge(schema: &Value, value: &Value, told: &[String]) -> Option<String> {
    let spoken = match value {
        Value::String(text) => format!("a text of {} characters", text.len()),
        Value::Array(items) => format!("a list of {}", items.len()),
        other => other.to_string(),
    };
    let is_bound = told.iter().any(|message| ["greater than", "longer than", "lower than"].iter().any(|words| message.contains(words)));
    // A setting that the provider does not have is no text that is too short.
    let is_empty = value.as_str().is_some_and(str::is_empty) && told != ["this provider has no such setting"];
    match (allows(schema, value), told.is_empty()) {
        (false, true) => Some(format!("the document refuses {spoken}, the server does not")),
        (true, false) if is_bound || is_empty => Some(format!("the document allows {spoken}, the server says {told:?}")),
        _ => None,
    }
}

/// The bounds of a schema, from below and from above.
fn bounds(schema: &Value) -> (&Value, &Value) {
    let least = ["minLength", "minItems", "minimum"].into_iter().find_map(|name| schema.get(name));
    let most = ["maxLength", "maxItems", "maximum"].into_iter().find_map(|name| schema.get(name));
    (least.unwrap_or(&Value::Null), most.unwrap_or(&Value::Null))
}

fn allows(schema: &Value, value: &Value) -> bool {
    let (least, most) = bounds(schema);
    let size = match value {
        Value::String(text) => json!(text.len()),
        Value::Array(items) => json!(items.len()),
        other => other.clone(),
    };
    let size = size.as_f64().expect("a size");
    least.as_f64().is_none_or(|least| size >= least) && most.as_f64().is_none_or(|most| size <= most)
}

/// Values at the bounds of a schema, past them, and far beyond any; none for what has no size, as an id.
fn probes(schema: &Value, long_text: u64, document: &Value) -> Vec<Value> {
    let (least, most) = bounds(schema);
    let is = |kind: &str| schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.contains(&json!(kind)));
    if schema.get("enum").is_some() || schema["format"] == "uuid" {
        return Vec::new();
    }
    if is("number") || is("integer") {
        let (least, most) = (least.as_f64(), most.as_f64());
        let near = [least, least.map(|least| least - 1.0), most, most.map(|most| most + 1.0)];
        let numbers = near.into_iter().flatten().chain([-1e17, 1e17]);
        #[expect(clippy::cast_possible_truncation, reason = "bounds of whole numbers are whole")]
        return numbers.map(|number| if is("integer") { json!(number as i64) } else { json!(number) }).collect();
    }
    let (least, most) = (least.as_u64(), most.as_u64());
    let sizes = [Some(0), least, least.and_then(|least| least.checked_sub(1)), most, most.map(|most| most + 1)].into_iter().flatten();
    let made = |size: u64, of: &Value| vec![of.clone(); usize::try_from(size).expect("a size")];
    if is("array") {
        let item = sample(&schema["items"], document);
        return sizes.chain([LONG_LIST]).map(|size| made(size, &item).into()).collect();
    }
    if is("string") {
        return sizes.chain([long_text]).map(|size| "x".repeat(usize::try_from(size).expect("a size")).into()).collect();
    }
    Vec::new()
}

/// Something that a schema describes, with what is required.
fn sample(schema: &Value, document: &Value) -> Value {
    let schema = resolved(schema, document);
    if let Some(values) = schema["enum"].as_array() {
        return values[0].clone();
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("string"), Some("uuid")) => NOBODY.into(),
        (Some("object"), _) => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            required.map(|name| (name.to_owned(), sample(&schema["properties"][name], document))).collect()
        }
        _ => "x".into(),
    }
}

/// A field of a request.
struct Field {
    place: Vec<Step>,
    schema: Value,
}

#[derive(Clone)]
enum Step {
    Into(String),
    First,
}

/// Every field of what a schema describes. A choice of requests has the fields of those, which are asked for themselves.
fn find_fields(schema: &Value, place: &[Step], document: &Value, found: &mut Vec<Field>) {
    let schema = resolved(schema, document);
    let then = |step: Step| [place, &[step]].concat();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        find_fields(property, &then(Step::Into(name.clone())), document, found);
    }
    if schema["additionalProperties"].is_object() {
        find_fields(&schema["additionalProperties"], &then(Step::Into("gemini".to_owned())), document, found);
    }
    if schema["items"].is_object() {
        find_fields(&schema["items"], &then(Step::First), document, found);
    }
    found.push(Field { place: place.to_vec(), schema: schema.clone() });
}

/// The schema that is meant: what a reference names, and what may also be null.
fn resolved<'a>(schema: &'a Value, document: &'a Value) -> &'a Value {
    if let Some(name) = schema["$ref"].as_str() {
        return resolved(document.pointer(name.trim_start_matches('#')).expect("a schema"), document);
    }
    match schema["oneOf"].as_array().map(Vec::as_slice) {
        Some([one, null]) if null["type"] == "null" => resolved(one, document),
        _ => schema,
    }
}

fn put(at: &mut Value, place: &[Step], value: Value) {
    let Some((first, rest)) = place.split_first() else {
        *at = value;
        return;
    };
    let inner = match first {
        Step::Into(name) => &mut at[name],
        Step::First => {
            if at.as_array().is_none_or(Vec::is_empty) {
                *at = json!([null]);
            }
            &mut at[0]
        }
    };
    put(inner, rest, value);
}

fn spell(place: &[Step]) -> String {
    let path = place.iter().fold(String::new(), |path, step| match step {
        Step::Into(name) => format!("{path}.{name}"),
        Step::First => format!("{path}[0]"),
    });
    path.trim_start_matches('.').to_owned()
}
