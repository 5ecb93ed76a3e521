//! The OpenAPI document: what is served is what is checked in, and good enough to make clients from.

use std::collections::HashSet;

use serde_json::{Value, json};
use studio_tests::TestApp;

const COMMITTED: &str = include_str!("../../openapi/openapi.json");
const COMMITTED_IN_3_0: &str = include_str!("../../openapi/openapi-3.0.json");

fn document() -> Value {
    serde_json::from_str(COMMITTED).expect("the committed document is JSON")
}

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().iter().map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
        })
        .collect()
}

#[tokio::test]
async fn what_is_served_is_what_is_checked_in() {
    let app = TestApp::start().await;
    let served = app.client.get("/api/openapi.json").await.expect(200);
    assert!(served == document(), "openapi/openapi.json is not what the server says; `make openapi` writes it");
    let served = app.client.get("/api/openapi-3.0.json").await.expect(200);
    let committed: Value = serde_json::from_str(COMMITTED_IN_3_0).expect("JSON");
    assert!(served == committed, "openapi/openapi-3.0.json is not what the server says; `make openapi` writes it");
    app.finish().await;
}

/// Rules of progenitor, beside those of OpenAPI 3.0, which its parser keeps.
#[test]
fn generators_that_are_older_can_read_what_is_made_for_them() {
    use openapiv3::{OpenAPI, ReferenceOr, StatusCode};
    let older: OpenAPI = serde_json::from_str(COMMITTED_IN_3_0).expect("OpenAPI 3.0");
    let all = document();
    let uploads =
        operations(&all).into_iter().filter(|(_, operation)| operation["requestBody"]["content"].get("multipart/form-data").is_some());
    assert_eq!(older.operations().count(), operations(&all).len() - uploads.count());
    for (path, method, operation) in older.operations() {
        if let Some(ReferenceOr::Item(body)) = &operation.request_body {
            assert_eq!(body.content.keys().collect::<Vec<_>>(), ["application/json"], "{method} {path}");
        }
        let (mut answers, mut errors) = (HashSet::new(), HashSet::new());
        for (status, answer) in &operation.responses.responses {
            let StatusCode::Code(status) = status else { panic!("{method} {path}: {status}") };
            let ReferenceOr::Item(answer) = answer else { panic!("{method} {path}: {answer:?}") };
            let schema = answer.content.values().next().map(|content| format!("{:?}", content.schema));
            if (200..300).contains(status) { &mut answers } else { &mut errors }.insert(schema);
        }
        assert_eq!((answers.len(), errors.len()), (1, 1), "{method} {path} has several types of answers");
    }
    each_object(&serde_json::from_str(COMMITTED_IN_3_0).unwrap(), "", &mut |at, schema| {
        assert!(!schema.get("type").is_some_and(Value::is_array), "{at} has several types");
    });
}

#[test]
fn every_operation_of_the_contract_is_there() {
    let document = document();
    let have: HashSet<String> = operations(&document).into_iter().map(|(name, _)| name).collect();
    for wanted in [
        "POST /api/script/generate",
        "GET /api/projects",
        "POST /api/projects",
        "GET /api/projects/{id}",
        "PATCH /api/projects/{id}",
        "DELETE /api/projects/{id}",
        "POST /api/projects/{id}/duplicate",
        "POST /api/projects/{id}/scenes",
        "PATCH /api/scenes/{id}",
        "DELETE /api/scenes/{id}",
        "POST /api/scenes/{id}/rewrite",
        "POST /api/audio/generate",
        "POST /api/audio/generate-batch",
        "GET /api/audio/by-project/{projectId}",
        "POST /api/image/generate",
        "POST /api/image/generate-batch",
        "GET /api/image/by-project/{projectId}",
        "POST /api/music/upload",
        "GET /api/music",
        "DELETE /api/music/{id}",
        "POST /api/image/upload",
        "POST /api/audio/upload",
        "POST /api/video/generate",
        "GET /api/video/by-project/{projectId}",
        "GET /api/voices",
        "GET /api/settings",
        "PATCH /api/settings",
        "POST /api/settings/providers/{id}/test",
        "GET /api/activity",
        "POST /api/estimate",
        "GET /api/events",
        "GET /api/projects/{id}/export",
        "POST /api/projects/import",
        "GET /api/health",
        "GET /api/ready",
        "GET /metrics",
    ] {
        assert!(have.contains(wanted), "{wanted} is missing");
    }
    for noun in ["audio", "image", "video"] {
        for wanted in [
            format!("GET /api/{noun}/{{id}}"),
            format!("DELETE /api/{noun}/{{id}}"),
            format!("POST /api/{noun}/{{id}}/cancel"),
            format!("POST /api/{noun}/{{id}}/retry"),
        ] {
            assert!(have.contains(&wanted), "{wanted} is missing");
        }
    }
}

#[test]
fn every_operation_says_what_a_client_needs() {
    let document = document();
    let mut ids = HashSet::new();
    for (name, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{name} has no operationId"));
        assert!(ids.insert(id.to_owned()), "{id} is there twice");
        assert!(id.chars().all(char::is_alphanumeric), "{id} is no identifier");
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{name} has no summary");
        assert!(operation["description"].as_str().is_some_and(|text| !text.is_empty()), "{name} has no description");
        if let Some(body) = operation["requestBody"]["content"].get("application/json") {
            assert!(body.get("example").is_some(), "{name} has no example");
        }
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.contains_key("500") && responses.contains_key("403"), "{name}");
        assert!(responses.keys().any(|status| status.starts_with('2')), "{name}");
    }
}

#[tokio::test]
async fn what_a_body_is_refused_with_is_documented() {
    const NOBODY: &str = "01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81";
    let app = TestApp::start().await;
    let document = document();
    for (name, operation) in operations(&document) {
        let (method, path) = name.split_once(' ').unwrap();
        if method == "GET" {
            continue;
        }
        let path = path.replace("{id}", NOBODY);
        let is_form = operation["requestBody"]["content"].get("multipart/form-data").is_some();
        let large = if is_form { String::new() } else { " ".repeat((4 << 20) + 1) };
        for (kind, body) in [("application/json", "{"), ("text/plain", "{}"), ("application/json", large.as_str())] {
            if is_form && body.is_empty() {
                continue;
            }
            let request = app.client.request(method.parse().unwrap(), &path).header("content-type", kind).body(body.to_owned());
            let answer = app.client.send(request).await;
            assert!([400, 413, 415].contains(&answer.status), "{name}: {}", answer.status);
            assert!(
                operation["responses"].get(answer.status.to_string()).is_some(),
                "{name} does not say that it answers {}",
                answer.status
            );
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn answers_have_the_headers_that_the_document_gives_them() {
    let app = TestApp::start().await;
    let document = document();
    let project = app.client.project(&["One."]).await;
    let (scene, project) = (&project["scenes"][0]["id"], &project["id"]);
    let (take, batch, script) = (json!({"sceneId": scene}), json!({"projectId": project}), json!({"prompt": "A hill."}));
    for (path, body, prefer, accept, status) in [
        ("/api/audio/generate", &take, "wait=0", "", 202),
        ("/api/audio/generate", &take, "wait=60", "", 200),
        ("/api/audio/generate-batch", &batch, "wait=0", "", 202),
        ("/api/image/generate-batch", &batch, "wait=60", "", 200),
        ("/api/script/generate", &script, "wait=0", "", 202),
        ("/api/script/generate", &script, "wait=60", "", 201),
        ("/api/script/generate", &script, "wait=60", "text/event-stream", 200),
    ] {
        let request = app.client.request("POST".parse().unwrap(), path).header("prefer", prefer).header("accept", accept).json(body);
        let answer = app.client.send(request).await;
        assert_eq!(answer.status, status, "{path}");
        let said = &document["paths"][path]["post"]["responses"][status.to_string()]["headers"];
        for name in ["ETag", "Location", "Preference-Applied", "X-Request-Id"] {
            assert_eq!(answer.header(&name.to_lowercase()).is_some(), said.get(name).is_some(), "{path} {status}: {name}");
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn examples_say_what_a_new_server_does() {
    let app = TestApp::start().await;
    let served = app.client.get("/api/openapi.json").await.expect(200);
    let example = |path: &str, method: &str, status: &str, kind: &str| {
        let answer = &served["paths"][path][method]["responses"][status];
        answer["content"][kind]["example"].clone()
    };
    let (settings, shown) = (app.client.get("/api/settings").await.expect(200), example("/api/settings", "get", "200", "application/json"));
    for name in ["defaults", "uploads", "retries"] {
        assert_eq!(shown[name], settings[name], "{name}");
    }
    let metrics = app.client.get("/metrics").await.expect_text(200);
    let line = example("/metrics", "get", "200", "text/plain").as_str().expect("a text").to_owned();
    assert!(metrics.contains(&line), "{line}");
    let script = json!({"prompt": "A hill.", "options": {"provider": "gemini"}});
    let error = app.client.post("/api/script/generate", script).await.expect(409);
    assert_eq!(example("/api/script/generate", "post", "409", "application/json"), error);
    app.finish().await;
}

#[test]
fn names_are_those_of_the_wire() {
    let document = document();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let variants = schema["oneOf"].as_array().into_iter().flatten();
        for properties in variants.chain([schema]).filter_map(|schema| schema["properties"].as_object()) {
            assert!(properties.keys().all(|property| !property.contains('_')), "{name}: {:?}", properties.keys());
        }
    }
}

#[test]
fn every_schema_is_named_and_typed() {
    fn look(value: &Value, at: &str, document: &Value) {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let pointer = reference.trim_start_matches('#');
            assert!(document.pointer(pointer).is_some(), "{reference} at {at} names nothing");
        }
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, field)| look(field, &format!("{at}/{name}"), document)),
            Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| look(item, &format!("{at}/{index}"), document)),
            _ => {}
        }
    }
    let document = document();
    look(&document, "", &document);
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let typed = ["type", "$ref", "oneOf", "allOf", "anyOf", "enum"].iter().any(|key| property.get(*key).is_some());
            assert!(typed, "{name}.{field} has no type: {property}");
        }
    }
}

/// What a walk through all schemas of the document finds, outside of examples.
fn each_object(value: &Value, at: &str, look: &mut impl FnMut(&str, &serde_json::Map<String, Value>)) {
    match value {
        Value::Object(fields) => {
            look(at, fields);
            for (name, field) in fields.iter().filter(|(name, _)| *name != "example" && *name != "examples") {
                each_object(field, &format!("{at}/{name}"), look);
            }
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| each_object(item, &format!("{at}/{index}"), look)),
        _ => {}
    }
}

#[test]
fn no_schema_is_anonymous_or_said_twice() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    each_object(&document, "", &mut |at, schema| {
        let steps: Vec<&str> = at.split('/').collect();
        let is_named = at.starts_with("/components/schemas/") && steps.len() == 4;
        // The second part of a record that extends another is the only one without a name.
        let extends = steps.get(steps.len().saturating_sub(2)) == Some(&"allOf");
        if schema.get("properties").is_some_and(Value::is_object) && schema.get("type").is_some() && !is_named {
            assert!(extends, "{at} has no name");
        }
        if schema.get("type").is_some_and(|kind| kind == "object") {
            let is_typed = schema.contains_key("properties") || schema.contains_key("additionalProperties");
            assert!(is_typed, "{at} could be anything");
        }
        let has_null = schema.get("type").is_none_or(|kind| kind.as_array().is_some_and(|kinds| kinds.contains(&json!("null"))));
        assert!(has_null || schema.get("default") != Some(&Value::Null), "{at} is null where it says nothing, and cannot be");
        for choice in schema.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
            let only_named = choice.as_object().is_some_and(|choice| choice.len() == 1);
            assert!(only_named, "a choice of {at} is more than a name: generators lose it");
        }
    });
    assert!(schemas.keys().all(|name| name.chars().all(char::is_alphanumeric)), "{:?}", schemas.keys());
}

#[test]
fn every_answer_has_an_example_that_fits_its_schema() {
    let document = document();
    for (name, operation) in operations(&document) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let Some(content) = response["content"].get("application/json") else { continue };
            let example = content.get("example").unwrap_or_else(|| panic!("{name} {status} has no example"));
            fits(example, &content["schema"], &format!("{name} {status}"), &document);
        }
        if let Some(body) = operation["requestBody"]["content"].get("application/json") {
            fits(&body["example"], &body["schema"], &format!("{name} body"), &document);
        }
    }
}

/// Generators take the first success for what an operation answers, take what is no JSON for text where it is not said to
/// be bytes, and send a part of a form whose schema is a reference as a file of JSON.
#[test]
fn generated_clients_read_and_send_what_is_meant() {
    let document = document();
    for (name, operation) in operations(&document) {
        let responses = operation["responses"].as_object().unwrap();
        let successes: Vec<&Value> = responses.iter().filter(|(status, _)| status.starts_with('2')).map(|(_, answer)| answer).collect();
        let json = |answer: &Value| answer["content"].get("application/json").map(|content| content["schema"].clone());
        if successes.iter().any(|answer| json(answer).is_some()) {
            assert!(successes.iter().all(|answer| json(answer) == json(successes[0])), "{name} has several types of answers");
        }
        for (kind, content) in successes.iter().filter_map(|answer| answer["content"].as_object()).flatten() {
            let is_text = ["application/json", "text/event-stream", "text/plain"].contains(&kind.as_str());
            let is_bytes = content["schema"]["format"] == "binary";
            assert!(is_text || is_bytes, "{name} answers {kind} as {}", content["schema"]);
        }
        let form = operation["requestBody"]["content"].get("multipart/form-data");
        let Some(form) = form.and_then(|form| form["schema"]["$ref"].as_str()) else { continue };
        for (part, schema) in document.pointer(&format!("{}/properties", form.trim_start_matches('#'))).unwrap().as_object().unwrap() {
            let types = [json!("string"), json!(["string", "null"])];
            assert!(types.contains(&schema["type"]), "{name} takes {part} as {schema}");
        }
    }
    for by_name in ["providers", "prices"] {
        let values = &document["components"]["schemas"]["PatchSettings"]["properties"][by_name]["additionalProperties"]["oneOf"];
        assert!(values.as_array().is_some_and(|choices| choices.contains(&json!({"type": "null"}))), "null forgets {by_name}: {values}");
    }
}

/// As much of JSON Schema as the document uses.
fn fits(value: &Value, schema: &Value, at: &str, document: &Value) {
    if let Some(reference) = schema["$ref"].as_str() {
        return fits(value, document.pointer(reference.trim_start_matches('#')).unwrap(), at, document);
    }
    if let Some(tag) = schema["discriminator"]["propertyName"].as_str() {
        let reference = &schema["discriminator"]["mapping"][value[tag].as_str().unwrap()];
        return fits(value, &json!({"$ref": reference}), at, document);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let not_null = choices.iter().find(|choice| choice["type"] != "null");
        return if value.is_null() {
            assert!(choices.iter().any(|c| c["type"] == "null"), "{at}")
        } else {
            fits(value, not_null.unwrap(), at, document)
        };
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return parts.iter().for_each(|part| fits(value, part, at, document));
    }
    if let Some(values) = schema["enum"].as_array() {
        assert!(values.contains(value), "{at}: {value} is none of {values:?}");
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    assert!(types.is_empty() || types.contains(&kind) || (kind == "integer" && types.contains(&"number")), "{at}: {value} is no {types:?}");
    for field in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        assert!(value.get(field).is_some(), "{at} lacks {field}: {value}");
    }
    if let (Some(fields), Some(properties)) = (value.as_object(), schema["properties"].as_object()) {
        for (name, field) in fields {
            match properties.get(name) {
                Some(property) => fits(field, property, &format!("{at}.{name}"), document),
                None => assert!(schema.get("additionalProperties") != Some(&json!(false)), "{at} has no {name}"),
            }
        }
    }
    for item in value.as_array().into_iter().flatten() {
        fits(item, &schema["items"], &format!("{at}[]"), document);
    }
}
