//! OpenAI writes: the request as the Responses API wants it.

use serde_json::{Value, json};
use studio_tests::{
    Reply, VendorServer,
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
            Reply::events(&[failed])
        }
        _ => DIALECT.streamed(&script(1).to_string(), End::Complete),
    });
    let app = DIALECT.app(&server).await;
    app.client.post("/api/script/generate", DIALECT.wanted(1)).await.expect(201);
    assert_eq!(server.asked().len(), 2);
    app.finish().await;
}

#[tokio::test]
async fn an_error_in_the_middle_of_a_stream_is_read_as_it_is_documented_and_as_it_is_sent() {
    let nested = |kind: &str, code: &str, words: &str| json!({"type": "error", "sequence_number": 2, "error": {"type": kind, "code": code, "message": words, "param": null}});
    let failed =
        |code: &str| json!({"type": "response.failed", "response": {"status": "failed", "error": {"code": code, "message": "Not this."}}});
    let server = VendorServer::start().await;
    let app = DIALECT.app(&server).await;
    for (event, passes, code, words) in [
        (nested("too_many_requests", "too_many_requests", "Too Many Requests"), true, "", ""),
        (json!({"type": "error", "sequence_number": 2, "code": "rate_limit_exceeded", "message": "Slower.", "param": null}), true, "", ""),
        (nested("server_error", "server_error", "An error occurred."), true, "", ""),
        (
            nested("insufficient_quota", "insufficient_quota", "You exceeded your quota"),
            false,
            "provider_quota_exceeded",
            "You exceeded your quota",
        ),
        (nested("invalid_request_error", "context_length_exceeded", "It is too long"), false, "provider_rejected", "It is too long"),
        (failed("bio_policy"), false, "provider_rejected", "Not this"),
        (failed("misalignment_policy_violation"), false, "provider_rejected", "Not this"),
    ] {
        let (before, told) = (server.asked().len(), event.to_string());
        server.on("POST", DIALECT.path(), move |_, asked| match asked {
            asked if asked == before => {
                let begun = DIALECT.begin().into_iter().chain([DIALECT.piece("{\"cast\": [], ")]).chain([event.clone()]);
                Reply::events(&begun.collect::<Vec<_>>())
            }
            _ => DIALECT.streamed(&script(1).to_string(), End::Complete),
        });
        let answer = app.client.post("/api/script/generate", DIALECT.wanted(1)).await;
        assert_eq!(server.asked().len() - before, if passes { 2 } else { 1 }, "{told}");
        if passes {
            answer.expect(201);
            continue;
        }
        let error = answer.json();
        assert_eq!(error["code"], code, "{told}: {error}");
        assert!(error["message"].as_str().unwrap().contains(words), "{told}: {error}");
        assert_ne!(error["details"]["answerLost"], true, "{told}: {error}");
    }
    app.finish().await;
}

#[tokio::test]
async fn what_a_model_thinks_is_no_part_of_its_answer() {
    let server = VendorServer::start().await;
    let scene = |words: &str| json!({"narration": words, "title": "Short", "visualPrompt": "A mill"}).to_string();
    let item = |kind: &str, part: &str, text: String| json!({"type": kind, "content": [{"type": part, "text": text}]});
    let output = [item("reasoning", "reasoning_text", scene("Perhaps so.")), item("message", "output_text", scene("Shorter."))];
    server.on_json("POST", DIALECT.path(), json!({"object": "response", "status": "completed", "output": output}));
    let app = DIALECT.app(&server).await;
    app.client.patch("/api/settings", json!({"defaults": {"script": {"provider": "openai"}}})).await.expect(200);
    let project = app.client.project(&["Some words."]).await;
    let rewrite = format!("/api/scenes/{}/rewrite", project["scenes"][0]["id"].as_str().unwrap());
    let rewritten = app.client.post(&rewrite, json!({"instruction": "Shorter."})).await.expect(200);
    assert_eq!(rewritten["narration"], "Shorter.");
    app.finish().await;
}
