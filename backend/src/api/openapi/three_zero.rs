//! The same API in OpenAPI 3.0, for generators of clients that read nothing newer (progenitor, for one).
//!
//! Such generators expect an operation to have one type of answer and a body of JSON, so this says less: an answer that is
//! told as events beside its JSON, a 304 (nobody gets one without asking for it), and uploads by form are not in it.

use serde_json::{Map, Value, json};

use super::tidy::{SCHEMAS, operations, walk};

const NOTE: &str = "\n\nThis is the description for generators of clients that read OpenAPI 3.0 only. It leaves out what these cannot \
    express: uploads by form, and answers as a stream where there is one as JSON. All of it is in `/api/openapi.json`.";

/// The document in OpenAPI 3.0.3 (<https://spec.openapis.org/oas/v3.0.3>).
pub fn three_zero(published: &Value) -> Value {
    let mut document = published.clone();
    document["openapi"] = "3.0.3".into();
    if let Some(description) = document["info"]["description"].as_str() {
        document["info"]["description"] = format!("{description}{NOTE}").into();
    }
    if let Some(license) = document["info"]["license"].as_object_mut() {
        license.remove("identifier");
    }
    if let Some(paths) = document["paths"].as_object_mut() {
        for operations in paths.values_mut().filter_map(Value::as_object_mut) {
            operations.retain(|_, operation| form(operation).is_none());
            operations.values_mut().for_each(one_type_of_answer);
        }
        paths.retain(|_, operations| operations.as_object().is_some_and(|operations| !operations.is_empty()));
    }
    let forms = operations(published).filter_map(|operation| form(operation)?["schema"]["$ref"].as_str()?.strip_prefix(SCHEMAS));
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        forms.for_each(|form| drop(schemas.remove(form)));
    }
    walk(&mut document, &mut translate);
    document
}

/// The form that an operation takes instead of JSON.
fn form(operation: &Value) -> Option<&Value> {
    operation["requestBody"]["content"].get("multipart/form-data")
}

/// Leaves out what would be another type of success.
fn one_type_of_answer(operation: &mut Value) {
    let Some(answers) = operation["responses"].as_object_mut() else { return };
    let is_json = |answer: &Value| answer["content"].as_object().is_some_and(|kinds| kinds.keys().eq(["application/json"]));
    let succeeds_with_json = answers.iter().any(|(status, answer)| status.starts_with('2') && is_json(answer));
    answers.retain(|status, answer| status != "304" && (!succeeds_with_json || is_json(answer)));
}

/// What a schema says in other words: 3.0 knows no type `null`, no `const`, and bounds that exclude only as a flag.
fn translate(schema: &mut Map<String, Value>) {
    let types = schema.get("type").and_then(Value::as_array).cloned();
    if let Some([kind, null]) = types.as_deref()
        && null == "null"
    {
        schema.insert("type".to_owned(), kind.clone());
        schema.insert("nullable".to_owned(), true.into());
    }
    if let Some(choices) = schema.get_mut("oneOf").and_then(Value::as_array_mut) {
        let all = choices.len();
        choices.retain(|choice| choice["type"] != "null");
        let (is_nullable, one) = (choices.len() < all, (choices.len() == 1).then(|| choices.clone()));
        if is_nullable {
            schema.insert("nullable".to_owned(), true.into());
        }
        if let Some(one) = one {
            schema.remove("oneOf");
            schema.insert("allOf".to_owned(), one.into());
        }
    }
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        if let Some(value) = schema.get(exclusive).filter(|value| value.is_number()).cloned() {
            schema.insert(bound.to_owned(), value);
            schema.insert(exclusive.to_owned(), true.into());
        }
    }
    if let Some(value) = schema.remove("const") {
        schema.insert("enum".to_owned(), json!([value]));
    }
    schema.remove("propertyNames");
    if let Some(Value::Array(examples)) = schema.remove("examples")
        && let Some(example) = examples.into_iter().next()
    {
        schema.insert("example".to_owned(), example);
    }
}
