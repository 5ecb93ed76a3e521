//! Gemini's native images.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    Reply, TestApp, VendorServer,
    client::bad_paths,
    pictures::{assert_failed, assert_secret, drawn, drawn_for, png, scene, studio},
};

const KEY: &str = "gemini-MARKED-0123456789";
const PATH: &str = "/v1/models/gemini-nano-banana-2.1:generateContent";

async fn app(vendor: &VendorServer, attempts: u32) -> TestApp {
    studio(&[("GEMINI_BASE_URL", &vendor.url()), ("GEMINI_API_KEY", KEY)], attempts).await
}

fn image(bytes: &[u8]) -> Value {
    json!({"inlineData": {"mimeType": "image/png", "data": STANDARD.encode(bytes)}})
}

fn answer(parts: &[Value]) -> Value {
    json!({
        "candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 12, "candidatesTokenCount": 1120, "thoughtsTokenCount": 80, "totalTokenCount": 1212},
        "modelVersion": "gemini-nano-banana-2.1"
    })
}

#[tokio::test]
async fn the_last_picture_that_is_no_thought_is_kept() {
    let vendor = VendorServer::start().await;
    let thought = json!({"thought": true, "inlineData": image(&png(320, 180))["inlineData"]});
    let parts = [json!({"text": "A draft first."}), image(&png(160, 90)), image(&png(640, 360)), thought];
    vendor.on_json("POST", PATH, answer(&parts));
    let app = app(&vendor, 5).await;
    let scene = scene(&app.client, "A hill and a sun").await;
    let options = json!({"provider": "gemini", "negativePrompt": "people"});
    let request = json!({"sceneId": scene["id"], "stylePrompt": "ink", "modelOptions": options});
    let estimate = app.client.post("/api/estimate", json!({"kind": "image", "request": request})).await.expect(200);
    assert_eq!(estimate, json!({"calls": 1, "costUsd": 0.0336}));

    let picture = drawn_for(&app.client, &scene, options).await;
    assert_eq!((&picture["status"], &picture["width"], &picture["height"]), (&json!("ready"), &json!(640), &json!(360)), "{picture}");
    assert_eq!((&picture["costUsd"], &picture["mimeType"], &picture["attempts"]), (&json!(0.0336), &json!("image/png"), &json!(1)));
    let file = app.client.get(picture["url"].as_str().unwrap()).await;
    assert_eq!((file.status, file.bytes), (200, png(640, 360)));
    let asked = vendor.asked_at("POST", PATH);
    assert_eq!(asked.len(), 1);
    assert_eq!(
        asked[0].json(),
        json!({
            "contents": [{"role": "user", "parts": [{"text": "A hill and a sun\n\nStyle: ink\n\nLeave out: people"}]}],
            "generationConfig": {"responseModalities": ["IMAGE"], "imageConfig": {"aspectRatio": "16:9", "imageSize": "1K"}}
        })
    );
    assert_secret(&vendor, KEY, "x-goog-api-key", KEY, &[&picture]);
    app.finish().await;
}

#[tokio::test]
async fn pictures_to_resemble_are_sent_along_and_no_more_than_it_takes() {
    let vendor = VendorServer::start().await;
    let mut pro = answer(&[image(&png(640, 360))]);
    pro["modelVersion"] = json!("gemini-3-pro-image");
    vendor.on_json("POST", "/v1/models/*", pro);
    let app = app(&vendor, 5).await;
    let scene = scene(&app.client, "A hill and a sun").await;
    let first = drawn_for(&app.client, &scene, json!({"provider": "storyboard"})).await;
    let options = json!({"provider": "gemini", "model": "gemini-3-pro-image", "aspectRatio": "9:16", "referenceImageIds": [first["id"]]});
    let picture = drawn_for(&app.client, &scene, options).await;
    assert_eq!((&picture["status"], &picture["costUsd"]), (&json!("ready"), &json!(0.134)), "{picture}");
    let asked = vendor.asked_at("POST", "/v1/models/gemini-3-pro-image:generateContent");
    let body = asked[0].json();
    assert_eq!(body["generationConfig"]["imageConfig"]["aspectRatio"], "9:16");
    let parts = body["contents"][0]["parts"].as_array().unwrap();
    assert_eq!(parts.len(), 2);
    assert!(parts[0]["text"].as_str().unwrap().contains("attached pictures (1)"), "{}", parts[0]);
    let sent = STANDARD.decode(parts[1]["inlineData"]["data"].as_str().unwrap()).unwrap();
    let known = app.client.get(first["url"].as_str().unwrap()).await.bytes;
    match parts[1]["inlineData"]["mimeType"].as_str().unwrap() {
        "image/png" => assert_eq!(sent, known),
        other => assert!(other == "image/jpeg" && known.len() > 1 << 20 && sent.len() < known.len(), "{other}"),
    }

    let many: Vec<&Value> = std::iter::repeat_n(&first["id"], 15).collect();
    for (options, path) in [
        (json!({"provider": "gemini", "referenceImageIds": many}), "modelOptions.referenceImageIds"),
        (json!({"provider": "pexels", "referenceImageIds": [first["id"]]}), "modelOptions.referenceImageIds"),
        (json!({"provider": "storyboard", "referenceImageIds": &many[..4]}), "modelOptions.referenceImageIds"),
        (json!({"provider": "pexels", "negativePrompt": "people"}), "modelOptions.negativePrompt"),
    ] {
        let body = json!({"sceneId": scene["id"], "modelOptions": options});
        let error = app.client.post("/api/image/generate", body).await.expect_error(422, ErrorCode::ValidationFailed);
        assert_eq!(bad_paths(&error), [path]);
    }
    app.finish().await;
}

#[tokio::test]
async fn what_it_refuses_is_said_and_not_asked_again() {
    let refused = |status: u16, body: Value| (status, body);
    let error = |code: u16, status: &str, message: &str, details: Value| json!({"error": {"code": code, "status": status, "message": message, "details": details}});
    let key = json!([{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]);
    let day = json!([{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": "RequestsPerDayPerProject"}]}]);
    let stopped = |reason: &str, message: &str| json!({"candidates": [{"finishReason": reason, "finishMessage": message, "index": 0}]});
    for ((status, body), code, words) in [
        (
            refused(400, error(400, "INVALID_ARGUMENT", &format!("API key not valid: {KEY}"), key)),
            "provider_auth_failed",
            "refused the key",
        ),
        (refused(402, error(402, "RESOURCE_EXHAUSTED", "Credit is used up.", json!([]))), "provider_quota_exceeded", "used up"),
        (refused(429, error(429, "RESOURCE_EXHAUSTED", "Quota exceeded.", day)), "provider_quota_exceeded", "used up"),
        (refused(404, error(404, "NOT_FOUND", "models/x is no longer available", json!([]))), "provider_rejected", "no such model"),
        (refused(200, json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}})), "provider_rejected", "PROHIBITED_CONTENT"),
        (
            refused(200, stopped("IMAGE_SAFETY", "It violates our policies.")),
            "provider_rejected",
            "It violates our policies (IMAGE_SAFETY)",
        ),
    ] {
        let vendor = VendorServer::start().await;
        vendor.on("POST", PATH, move |_, _| Reply::json(&body).status(status));
        let app = app(&vendor, 5).await;
        let picture = drawn(&app.client, json!({"provider": "gemini"})).await;
        assert_failed(&picture, code, words);
        let cost = picture.get("costUsd").and_then(Value::as_f64).unwrap_or_default();
        assert_eq!((vendor.asked_at("POST", PATH).len(), cost == 0.0), (1, true), "{picture}");
        assert_secret(&vendor, KEY, "x-goog-api-key", KEY, &[&picture]);
        app.finish().await;
    }
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    let vendor = VendorServer::start().await;
    let wait = json!([{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.123456789s"}]);
    let busy = json!({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Quota exceeded.", "details": wait}});
    let away = json!({"error": {"code": 503, "status": "UNAVAILABLE", "message": "Overloaded."}});
    let good = answer(&[image(&png(640, 360))]);
    vendor.on_each("POST", PATH, [Reply::json(&busy).status(429), Reply::json(&away).status(503), Reply::json(&good)]);
    let app = app(&vendor, 5).await;
    let picture = drawn(&app.client, json!({"provider": "gemini"})).await;
    assert_eq!((&picture["status"], &picture["attempts"], &picture["costUsd"]), (&json!("ready"), &json!(3), &json!(0.0336)), "{picture}");
    assert_eq!(picture["model"], "gemini-nano-banana-2.1", "the record says who drew it, although nobody chose");
    let asked = vendor.asked_at("POST", PATH);
    assert!(asked[1].at - asked[0].at >= std::time::Duration::from_micros(123_456));
    app.finish().await;
}

#[tokio::test]
async fn an_answer_without_a_picture_is_a_bad_one_and_is_not_paid_for_again() {
    let no_image = json!({"candidates": [{"finishReason": "NO_IMAGE", "index": 0}]});
    let talk = answer(&[json!({"text": "What kind of hill?"})]);
    for reply in [
        || Reply::bytes("text/html", "<html>Sign in</html>"),
        || Reply::bytes("application/json", ""),
        || Reply::json(&json!({})),
        || Reply::json(&json!(["a", "list"])),
    ] {
        let vendor = VendorServer::start().await;
        vendor.on("POST", PATH, move |_, _| reply());
        let app = app(&vendor, 5).await;
        assert_failed(&drawn(&app.client, json!({"provider": "gemini"})).await, "provider_bad_response", "answered");
        assert_eq!(vendor.asked_at("POST", PATH).len(), 1);
        app.finish().await;
    }
    let cut = png(640, 360);
    let broken = answer(&[image(&cut[..cut.len() / 2])]);
    let other = answer(&[image(b"<html>not a picture</html>")]);
    let garbled = answer(&[json!({"inlineData": {"mimeType": "image/png", "data": "%%%"}})]);
    let draft = |reason: &str| {
        let mut body = answer(&[image(&png(640, 360))]);
        body["candidates"][0]["finishReason"] = json!(reason);
        body
    };
    for (body, words) in [
        (draft("NO_IMAGE"), "without a picture"),
        (draft("IMAGE_OTHER"), "without a picture"),
        (draft("MALFORMED_RESPONSE"), "without a picture"),
        (draft("MAX_TOKENS"), "without a picture"),
        (draft("A_REASON_OF_TOMORROW"), "without a picture"),
        (no_image, "without a picture"),
        (talk, "without a picture"),
        (broken, "cannot be used"),
        (other, "something else"),
        (garbled, "garbled"),
    ] {
        let vendor = VendorServer::start().await;
        vendor.on_json("POST", PATH, body);
        let app = app(&vendor, 5).await;
        let picture = drawn(&app.client, json!({"provider": "gemini"})).await;
        assert_failed(&picture, "provider_bad_response", words);
        assert!(picture["error"]["message"].as_str().unwrap().contains(". The work may have been carried out"), "{picture}");
        assert_eq!(vendor.asked_at("POST", PATH).len(), 1, "{words}");
        app.finish().await;
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_may_be_paid_for_and_is_not_asked_for_again() {
    for reply in [|| Reply::cut_off("application/json", "{\"candidates\": ["), Reply::hang_up] {
        let vendor = VendorServer::start().await;
        vendor.on("POST", PATH, move |_, _| reply());
        let app = app(&vendor, 5).await;
        let picture = drawn(&app.client, json!({"provider": "gemini"})).await;
        assert_failed(&picture, "provider_unavailable", "may have been carried out and paid for");
        assert_eq!(vendor.asked_at("POST", PATH).len(), 1);
        app.finish().await;
    }
}

#[tokio::test]
async fn a_batch_is_estimated_and_its_key_is_tested() {
    let vendor = VendorServer::start().await;
    vendor.on_json("POST", "/v1beta/models/*", answer(&[image(&png(640, 360))]));
    vendor.on_json("GET", "/v1beta/models", json!({"models": []}));
    let address = format!("{}/v1beta", vendor.url());
    let app = studio(&[("GEMINI_BASE_URL", &address), ("GEMINI_API_KEY", KEY)], 5).await;
    let project = app.client.project(&["One hill.", "Two hills.", "Three hills."]).await;
    let request = json!({"projectId": project["id"], "modelOptions": {"provider": "gemini", "model": "gemini-of-tomorrow"}});
    let estimate = app.client.post("/api/estimate", json!({"kind": "image", "request": request})).await.expect(200);
    assert_eq!(estimate, json!({"calls": 3, "costUsd": null}), "what nobody knows is not zero");
    app.client.patch("/api/settings", json!({"defaults": {"image": {"provider": "gemini", "model": null}}})).await.expect(200);
    let request = json!({"projectId": project["id"]});
    let estimate = app.client.post("/api/estimate", json!({"kind": "image", "request": request})).await.expect(200);
    assert!((estimate["costUsd"].as_f64().unwrap() - 3.0 * 0.0336).abs() < 1e-9, "{estimate}");
    let batch = app.client.post("/api/image/generate-batch", request).await.expect(202);
    for item in batch["items"].as_array().unwrap() {
        let picture = app.client.finished(&format!("/api/image/{}", item["id"].as_str().unwrap())).await;
        assert_eq!((&picture["status"], &picture["costUsd"]), (&json!("ready"), &json!(0.0336)), "{picture}");
    }
    assert_eq!(vendor.asked_at("POST", "/v1beta/models/gemini-nano-banana-2.1:generateContent").len(), 3);
    let test = app.client.post("/api/settings/providers/gemini/test", json!({})).await.expect(200);
    assert_eq!(test["ok"], true, "{test}");
    assert_secret(&vendor, KEY, "x-goog-api-key", KEY, &[&test, &app.client.get("/api/settings").await.expect(200)]);
    app.finish().await;
}

#[tokio::test]
async fn the_films_people_and_places_are_told_with_every_picture() {
    let vendor = VendorServer::start().await;
    vendor.on_json("POST", PATH, answer(&[image(&png(640, 360))]));
    let app = app(&vendor, 5).await;
    let scene = scene(&app.client, "Mara at a door").await;
    let project = format!("/api/projects/{}", scene["projectId"].as_str().unwrap());
    let bible = json!([{"name": "Mara", "look": "a woman of sixty"}, {"name": "the mill", "look": "a wooden windmill"}]);
    app.client.patch(&project, json!({"visualBible": bible})).await.expect(200);
    assert_eq!(drawn_for(&app.client, &scene, json!({"provider": "gemini"})).await["status"], "ready");
    let told = vendor.asked_at("POST", PATH)[0].json()["contents"][0]["parts"][0]["text"].clone();
    assert_eq!(
        told,
        "Mara at a door\n\nMara: a woman of sixty\n\nOnly where one of these is to be seen here too, it looks like this:\nthe mill: a wooden windmill\n\nStyle: ink"
    );
    app.finish().await;
}

#[tokio::test]
async fn what_a_refusal_took_is_written_down() {
    let mut stopped = answer(&[image(&png(640, 360))]);
    stopped["candidates"][0]["finishReason"] = json!("IMAGE_SAFETY");
    let blocked = json!({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 12, "totalTokenCount": 12}});
    for (body, tokens) in [(stopped, 1200), (blocked, 0)] {
        let vendor = VendorServer::start().await;
        vendor.on_json("POST", PATH, body);
        let app = app(&vendor, 5).await;
        let prices = json!({"gemini/gemini-nano-banana-2.1": {"perMillionInputTokens": 1, "perMillionOutputTokens": 10}});
        app.client.patch("/api/settings", json!({"prices": prices})).await.expect(200);
        assert_failed(&drawn(&app.client, json!({"provider": "gemini"})).await, "provider_rejected", "SAFETY");
        let spent = app.client.get("/api/settings").await.expect(200)["spending"]["monthUsd"].as_f64().unwrap();
        assert!((spent - (12.0 + 10.0 * f64::from(tokens)) / 1e6).abs() < 1e-12, "{spent}");
        app.finish().await;
    }
}
