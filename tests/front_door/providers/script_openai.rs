//! OpenAI writes: the request as the Responses API wants it.

use serde_json::{Value, json};
use studio_tests::{
    VendorServer,
    writers::{Dialect, End, script},
};

const DIALECT: Dialect = Dialect::OpenAi;

#[tokio::test]
async fn a_script_is_asked_for_with_a_strict_schema_and_streamed() {
    let server = VendorServer::start().await;
    server.on("POST", DIALECT.path(), |_, _| DIALECT.streamed(&script(3).to_string(), End::Complete));
    let app = DIALECT.app(&server).await;
    let mut wanted = DIALECT.wanted(3);
    wanted["options"]["model"] = json!("gpt-6-luna");
    let written = app.client.post("/api/script/generate", wanted).await.expect(201);
    assert_eq!((written["scenes"].as_array().unwrap().len(), &written["provider"]), (3, &json!("openai")));
    let asked = server.asked();
    assert_eq!((asked.len(), asked[0].path.as_str(), asked[0].query.as_str()), (1, "/v1/responses", ""));
    let (name, value) = DIALECT.key_header();
    assert_eq!(asked[0].header(name), Some(value.as_str()));
    let mut body = asked[0].json();
    let schema = body["text"]["format"]["schema"].take();
    assert_strict(&schema);
    assert!(body["instructions"].take().as_str().is_some_and(|told| told.contains("exactly 3 scenes")));
    assert!(body["max_output_tokens"].take().is_u64());
    let expected = json!({
        "model": "gpt-6-luna",
        "instructions": null,
        "input": "A mill by the sea, and the woman who keeps it.",
        "text": {"format": {"type": "json_schema", "name": "script", "schema": null, "strict": true}},
        "max_output_tokens": null,
        "stream": true,
    });
    assert_eq!(body, expected);
    let spent = app.client.get("/api/settings").await.expect(200)["spending"]["monthUsd"].as_f64().unwrap();
    assert!((spent - (0.1 * 0.001 + 0.5 * 0.002)).abs() < 1e-9, "{spent}");
    app.finish().await;
}

/// Every object of a strict schema has all its properties required and allows no others, and nothing else is in it.
fn assert_strict(schema: &Value) {
    let known = ["type", "properties", "required", "additionalProperties", "items"];
    for name in schema.as_object().unwrap().keys() {
        assert!(known.contains(&name.as_str()), "{name}");
    }
    if let Some(properties) = schema["properties"].as_object() {
        let required: Vec<&str> = schema["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        assert_eq!(required, properties.keys().collect::<Vec<_>>());
        assert_eq!(schema["additionalProperties"], false);
        properties.values().for_each(assert_strict);
    }
    if schema["type"] == "array" {
        assert_strict(&schema["items"]);
    }
}

#[tokio::test]
async fn a_response_that_fails_on_the_way_is_asked_for_again() {
    let server = VendorServer::start().await;
    server.on("POST", DIALECT.path(), |_, before| match before {
        0 => {
            let failed = json!({"type": "response.failed", "response": {"status": "failed", "error": {"code": "server_error", "message": "The model failed."}}});
            studio_tests::Reply::events(&[failed])
        }
        _ => DIALECT.streamed(&script(1).to_string(), End::Complete),
    });
    let app = DIALECT.app(&server).await;
    app.client.post("/api/script/generate", DIALECT.wanted(1)).await.expect(201);
    assert_eq!(server.asked().len(), 2);
    app.finish().await;
}
