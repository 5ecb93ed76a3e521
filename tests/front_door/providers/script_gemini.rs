//! Gemini writes: the request as Google wants it, what it costs, and what it says when it will not.

use serde_json::{Value, json};
use studio_tests::{
    VendorServer,
    writers::{Dialect, End, script},
};

const DIALECT: Dialect = Dialect::Gemini;

#[tokio::test]
async fn a_script_is_asked_for_with_a_schema_and_streamed() {
    let server = VendorServer::start().await;
    server.on("POST", DIALECT.path(), |_, _| DIALECT.streamed(&script(3).to_string(), End::Complete));
    let app = DIALECT.app(&server).await;
    let written = app.client.post("/api/script/generate", DIALECT.wanted(3)).await.expect(201);
    assert_eq!((written["scenes"].as_array().unwrap().len(), &written["provider"]), (3, &json!("gemini")));
    let asked = server.asked();
    assert_eq!((asked.len(), asked[0].path.as_str()), (1, "/v1/models/gemini-3.8-flash:streamGenerateContent"));
    assert_eq!(asked[0].query, "alt=sse", "the key is not in the address");
    let (name, value) = DIALECT.key_header();
    assert_eq!(asked[0].header(name), Some(value.as_str()));
    let mut body = asked[0].json();
    assert!(!DIALECT.system(&body).contains("{{"), "{body}");
    let schema = body["generationConfig"]["responseJsonSchema"].take();
    assert_eq!(schema["required"], json!(["cast", "language", "places", "scenes", "title"]));
    assert_eq!(schema["properties"]["scenes"]["items"]["required"], json!(["narration", "shows", "title", "visualPrompt"]));
    body["systemInstruction"]["parts"][0]["text"] = Value::Null;
    let tokens = body["generationConfig"]["maxOutputTokens"].take();
    assert!(tokens.as_u64().is_some_and(|tokens| (4096..=65_536).contains(&tokens)), "{tokens}");
    let expected = json!({
        "systemInstruction": {"parts": [{"text": null}]},
        "contents": [{"role": "user", "parts": [{"text": "A mill by the sea, and the woman who keeps it."}]}],
        "generationConfig": {"responseMimeType": "application/json", "responseJsonSchema": null, "maxOutputTokens": null, "thinkingConfig": {"thinkingLevel": "LOW"}},
    });
    assert_eq!(body, expected);
    // 1000 tokens read and 2000 written, those of thinking among them.
    let spent = app.client.get("/api/settings").await.expect(200)["spending"]["monthUsd"].as_f64().unwrap();
    let price = &app.client.get("/api/settings").await.expect(200)["prices"]["gemini/gemini-3.8-flash"];
    let usd = |unit: &str| price[unit].as_f64().unwrap();
    let told = usd("perMillionInputTokens") * 0.001 + usd("perMillionOutputTokens") * 0.002;
    assert!(told > 0.0 && (spent - told).abs() < 1e-9, "{spent}: {price}");
    app.finish().await;
}

#[tokio::test]
async fn the_address_may_name_another_version_and_the_model_its_folder() {
    let server = VendorServer::start().await;
    server.on("POST", "/proxy/v1beta/models/*", |_, _| DIALECT.streamed(&script(1).to_string(), End::Complete));
    let app = DIALECT.app(&server).await;
    let address = json!({"providers": {"gemini": {"baseUrl": format!("{}/proxy/v1beta", server.url())}}});
    app.client.patch("/api/settings", address).await.expect(200);
    let mut wanted = DIALECT.wanted(1);
    wanted["options"]["model"] = json!("models/gemini-2.5-pro");
    app.client.post("/api/script/generate", wanted).await.expect(201);
    assert_eq!(server.asked()[0].path, "/proxy/v1beta/models/gemini-2.5-pro:streamGenerateContent");
    assert_eq!(server.asked()[0].json()["generationConfig"].get("thinkingConfig"), None, "that family has no levels");
    app.finish().await;
}

#[tokio::test]
async fn a_prompt_that_is_blocked_is_told_and_not_sent_again() {
    let server = VendorServer::start().await;
    let blocked = json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 900, "totalTokenCount": 900}});
    server.on("POST", DIALECT.path(), move |_, _| studio_tests::Reply::events(std::slice::from_ref(&blocked)));
    let app = DIALECT.app(&server).await;
    let error = app.client.post("/api/script/generate", DIALECT.wanted(1)).await.expect_error(422, shared::ErrorCode::ProviderRejected);
    assert_eq!(error.details["reason"], "the prompt was blocked (PROHIBITED_CONTENT)");
    assert_eq!(server.asked().len(), 1);
    app.finish().await;
}
