//! The OpenAPI document: what is served is what is checked in, and good enough to make clients from.

use std::collections::HashSet;

use serde_json::Value;
use studio_tests::TestApp;

const COMMITTED: &str = include_str!("../../openapi/openapi.json");

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
    app.finish().await;
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
