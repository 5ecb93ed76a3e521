//! OpenAI's images.

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    Reply, TestApp, VendorServer,
    pictures::{assert_failed, assert_secret, drawn, drawn_for, png, scene, studio},
};

const KEY: &str = "sk-MARKED-0123456789";
const PATH: &str = "/v1/images/generations";
const EDITS: &str = "/v1/images/edits";

async fn app(vendor: &VendorServer, attempts: u32) -> TestApp {
    studio(&[("OPENAI_BASE_URL", &format!("{}/v1", vendor.url())), ("OPENAI_API_KEY", KEY)], attempts).await
}

fn answer(bytes: &[u8]) -> Value {
    json!({
        "created": 1_795_000_000, "data": [{"b64_json": STANDARD.encode(bytes)}],
        "usage": {"input_tokens": 20, "output_tokens": 1500, "total_tokens": 1520}
    })
}

fn error(kind: &str, code: &str) -> Value {
    json!({"error": {"message": "Because of that.", "type": kind, "param": null, "code": code}})
}

#[tokio::test]
async fn a_picture_is_drawn_in_the_films_shape() {
    let vendor = VendorServer::start().await;
    vendor.on_json("POST", PATH, answer(&png(768, 432)));
    let app = app(&vendor, 5).await;
    let options = json!({"provider": "openai", "negativePrompt": "people"});
    let picture = drawn(&app.client, options.clone()).await;
    assert_eq!((&picture["status"], &picture["model"]), (&json!("ready"), &json!("gpt-image-2.6-flare")), "{picture}");
    // 20 tokens read, 1500 drawn; the user's own price holds before the program's.
    assert!((picture["costUsd"].as_f64().unwrap() - 0.045_16).abs() < 1e-9, "{picture}");
    let prices = json!({"openai/gpt-image-2.6-flare": {"perMillionInputTokens": 5, "perMillionOutputTokens": 30}});
    app.client.patch("/api/settings", json!({"prices": prices})).await.expect(200);
    let picture = drawn(&app.client, options).await;
    assert!((picture["costUsd"].as_f64().unwrap() - 0.0451).abs() < 1e-9, "{picture}");
    assert_eq!((&picture["width"], &picture["height"], &picture["mimeType"]), (&json!(768), &json!(432), &json!("image/png")));
    let prompt = "A hill and a sun\n\nStyle: ink\n\nLeave out: people";
    for asked in vendor.asked_at("POST", PATH) {
        assert_eq!(
            asked.json(),
            json!({"model": "gpt-image-2.6-flare", "prompt": prompt, "size": "1536x864", "quality": "medium", "n": 1})
        );
    }
    for (shape, size) in [("9:16", "864x1536"), ("1:1", "1152x1152"), ("4:5", "1024x1280")] {
        let options = json!({"provider": "openai", "model": "gpt-image-2.6-sunburst", "aspectRatio": shape});
        drawn(&app.client, options).await;
        let body = vendor.asked().last().unwrap().json();
        assert_eq!((&body["model"], &body["size"]), (&json!("gpt-image-2.6-sunburst"), &json!(size)));
    }
    assert_secret(&vendor, KEY, "authorization", &format!("Bearer {KEY}"), &[&picture]);
    app.finish().await;
}

#[tokio::test]
async fn pictures_to_resemble_make_it_an_edit() {
    let vendor = VendorServer::start().await;
    vendor.on_json("POST", EDITS, answer(&png(768, 432)));
    let app = app(&vendor, 5).await;
    let scene = scene(&app.client, "A hill and a sun").await;
    // Small enough to be sent as they are.
    let upload = async |bytes: Vec<u8>| {
        let form = Form::new().text("sceneId", scene["id"].as_str().unwrap().to_owned());
        let form = form.part("file", Part::bytes(bytes).file_name("a.png"));
        app.client.send(app.client.request(Method::POST, "/api/image/upload").multipart(form)).await.expect(201)
    };
    let (first, second) = (upload(png(320, 180)).await, upload(png(320, 160)).await);
    let options = json!({"provider": "openai", "referenceImageIds": [second["id"], first["id"]]});
    let picture = drawn_for(&app.client, &scene, options).await;
    assert_eq!(picture["status"], "ready", "{picture}");
    let asked = &vendor.asked_at("POST", EDITS)[0];
    assert!(asked.header("content-type").unwrap().starts_with("multipart/form-data; boundary="));
    let form = asked.text();
    let names: Vec<&str> = form.split("name=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let fields: Vec<&&str> = names.iter().filter(|name| !name.starts_with("reference-")).collect();
    assert_eq!(fields, [&"model", &"prompt", &"size", &"quality", &"n", &"image[]", &"image[]"], "these and no others");
    let field = |name: &str| {
        let (_, rest) = form.split_once(&format!("name=\"{name}\"\r\n\r\n")).unwrap_or_else(|| panic!("{name}"));
        rest.split("\r\n--").next().unwrap().to_owned()
    };
    let told = ["model", "size", "quality", "n"].map(field);
    assert_eq!(told, ["gpt-image-2.6-flare", "1536x864", "medium", "1"]);
    assert!(field("prompt").contains("attached pictures (2)"), "{}", field("prompt"));
    assert_eq!(form.matches("name=\"image[]\"; filename=\"reference-").count(), 2);
    let sent = |picture: &Value| {
        let url = picture["url"].as_str().unwrap().to_owned();
        let (client, body) = (app.client.clone(), asked.body.clone());
        async move {
            let bytes = client.get(&url).await.bytes;
            body.windows(bytes.len()).position(|window| window == bytes).expect("it is sent as it is")
        }
    };
    assert!(sent(&second).await < sent(&first).await, "they come in the order of the request");
    assert_secret(&vendor, KEY, "authorization", &format!("Bearer {KEY}"), &[&picture]);
    app.finish().await;
}

#[tokio::test]
async fn what_it_refuses_is_said_and_not_asked_again() {
    for (status, body, code, words) in [
        (401, error("invalid_request_error", "invalid_api_key"), "provider_auth_failed", "refused the key"),
        (429, error("insufficient_quota", "insufficient_quota"), "provider_quota_exceeded", "used up"),
        (400, error("image_generation_user_error", "moderation_blocked"), "provider_rejected", "Because of that"),
        (404, error("invalid_request_error", "model_not_found"), "provider_rejected", "no such model"),
    ] {
        let vendor = VendorServer::start().await;
        vendor.on("POST", PATH, move |_, _| Reply::json(&body).status(status));
        let app = app(&vendor, 5).await;
        let picture = drawn(&app.client, json!({"provider": "openai"})).await;
        assert_failed(&picture, code, words);
        assert_eq!(vendor.asked_at("POST", PATH).len(), 1);
        app.finish().await;
    }
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    let vendor = VendorServer::start().await;
    let busy = Reply::json(&error("requests", "rate_limit_exceeded")).status(429).header("retry-after-ms", "120");
    let away = Reply::json(&error("server_error", "server_is_overloaded")).status(503).header("retry-after-ms", "10");
    vendor.on_each("POST", PATH, [busy, away, Reply::json(&answer(&png(768, 432)))]);
    let app = app(&vendor, 5).await;
    let picture = drawn(&app.client, json!({"provider": "openai"})).await;
    assert_eq!((&picture["status"], &picture["attempts"]), (&json!("ready"), &json!(3)), "{picture}");
    app.finish().await;
}

#[tokio::test]
async fn what_is_no_picture_is_a_bad_answer_and_is_not_paid_for_again() {
    for (body, words) in [
        (json!({"created": 1, "data": []}), "without a picture"),
        (json!({"created": 1, "data": [{"revised_prompt": "A hill"}]}), "without a picture"),
        (json!({"created": 1, "data": [{"b64_json": ""}]}), "without a picture"),
        (answer(b"GIF89a\x01\0\x01\0\0\0\0;"), "something else"),
        (json!({"created": 1, "data": [{"url": "http://127.0.0.1:9/picture.png"}]}), "not a public https one"),
        (json!({"created": 1, "data": [{"url": "https://127.0.0.1/picture.png"}]}), "not a public https one"),
    ] {
        let vendor = VendorServer::start().await;
        vendor.on_json("POST", PATH, body);
        let app = app(&vendor, 5).await;
        assert_failed(&drawn(&app.client, json!({"provider": "openai"})).await, "provider_bad_response", words);
        assert_eq!(vendor.asked_at("POST", PATH).len(), 1, "{words}");
        app.finish().await;
    }
    let vendor = VendorServer::start().await;
    vendor.on("POST", PATH, |_, _| Reply::bytes("text/html; charset=utf-8", "<!doctype html><title>Proxy</title>"));
    let app1 = app(&vendor, 5).await;
    let picture = drawn(&app1.client, json!({"provider": "openai"})).await;
    assert_failed(&picture, "provider_bad_response", "web page; check its address in the settings. The work may have been carried out");
    assert_eq!((vendor.asked_at("POST", PATH).len(), &picture["error"]["details"]["answerLost"]), (1, &json!(true)));
    // Another try is the user's.
    vendor.on_json("POST", PATH, answer(&png(768, 432)));
    let path = format!("/api/image/{}", picture["id"].as_str().unwrap());
    app1.client.post(&format!("{path}/retry"), json!({})).await.expect(202);
    assert_eq!(app1.client.finished(&path).await["status"], "ready");
    app1.finish().await;
    vendor.on("POST", PATH, |_, _| Reply::cut_off("application/json", "{\"data\": [{\"b64_json\": \"iVBOR"));
    let app2 = app(&vendor, 5).await;
    let before = vendor.asked_at("POST", PATH).len();
    let picture = drawn(&app2.client, json!({"provider": "openai"})).await;
    assert_failed(&picture, "provider_unavailable", "may have been carried out and paid for");
    assert_eq!(vendor.asked_at("POST", PATH).len() - before, 1);
    app2.finish().await;
}

#[tokio::test]
async fn a_server_that_speaks_its_language_may_name_the_picture_by_its_address() {
    let vendor = VendorServer::start().await;
    let url = format!("{}/files/picture.png", vendor.url());
    vendor.on_json("POST", PATH, json!({"created": 1, "data": [{"url": url}]}));
    vendor.on("GET", "/files/picture.png", |_, _| Reply::bytes("image/png", png(768, 432)));
    vendor.on_json("GET", "/v1/models", json!({"object": "list", "data": []}));
    let app = app(&vendor, 5).await;
    let picture = drawn(&app.client, json!({"provider": "openai"})).await;
    assert_eq!((&picture["status"], &picture["width"]), (&json!("ready"), &json!(768)), "{picture}");
    let test = app.client.post("/api/settings/providers/openai/test", json!({})).await.expect(200);
    assert_eq!(test["ok"], true, "{test}");
    // One that cannot be fetched was drawn all the same.
    vendor.on("GET", "/files/picture.png", |_, _| Reply::bytes("text/plain", "Away.").status(503));
    let before = vendor.asked_at("POST", PATH).len();
    let picture = drawn(&app.client, json!({"provider": "openai"})).await;
    assert_failed(&picture, "provider_unavailable", "may have been carried out and paid for");
    assert_eq!(vendor.asked_at("POST", PATH).len() - before, 1);
    app.finish().await;
}

#[tokio::test]
async fn a_whole_film_of_people_is_counted_and_no_more_of_them_are_told_than_it_takes() {
    let vendor = VendorServer::start().await;
    vendor.on_json("POST", PATH, answer(&png(768, 432)));
    let app = app(&vendor, 1).await;
    let scene = scene(&app.client, "Person 1 and Person 40 on a hill").await;
    let request = json!({"sceneId": scene["id"], "stylePrompt": "ink", "modelOptions": {"provider": "openai"}});
    let estimate = async || {
        let told = app.client.post("/api/estimate", json!({"kind": "image", "request": request})).await.expect(200);
        told["costUsd"].as_f64().unwrap()
    };
    let alone = estimate().await;
    let look = |number: usize| format!("{number}, {}", "a tall one ".repeat(90));
    let figures: Vec<Value> = (1..=40).map(|number| json!({"name": format!("Person {number}"), "look": look(number)})).collect();
    let project = format!("/api/projects/{}", scene["projectId"].as_str().unwrap());
    app.client.patch(&project, json!({"visualBible": figures})).await.expect(200);
    let whole = estimate().await;
    // Forty looks of a thousand characters, at 2.5 a token.
    assert!(whole - alone > 0.1, "{alone} without, {whole} with the people");
    app.client.patch("/api/settings", json!({"spending": {"monthLimitUsd": (alone + whole) / 2.0}})).await.expect(200);
    let refused = async |path: &str, body: Value| {
        let error = app.client.post(path, body).await.expect_error(409, ErrorCode::SpendingLimitReached);
        assert!((error.details["estimateUsd"].as_f64().unwrap() - whole).abs() < 1e-12, "{error:?}");
    };
    refused("/api/image/generate", request.clone()).await;
    let batch = json!({"projectId": scene["projectId"], "stylePrompt": "ink", "modelOptions": {"provider": "openai"}});
    refused("/api/image/generate-batch", batch).await;
    assert!(vendor.asked().is_empty());

    app.client.patch("/api/settings", json!({"spending": {"monthLimitUsd": null}})).await.expect(200);
    let picture = drawn_for(&app.client, &scene, json!({"provider": "openai"})).await;
    assert_eq!(picture["status"], "ready", "{picture}");
    let prompt = vendor.asked_at("POST", PATH)[0].json()["prompt"].as_str().unwrap().to_owned();
    assert!(prompt.chars().count() <= 32_000, "{} characters", prompt.chars().count());
    let told = |number: usize| prompt.contains(&format!("Person {number}: {number}, a tall one"));
    assert_eq!((told(1), told(40), told(2)), (true, true, false), "those who are seen");
    assert!(prompt.ends_with("Style: ink"));

    // So is another try.
    vendor.on("POST", PATH, |_, _| Reply::json(&error("image_generation_user_error", "moderation_blocked")).status(400));
    let failed = drawn_for(&app.client, &scene, json!({"provider": "openai"})).await;
    assert_eq!(failed["status"], "failed", "{failed}");
    let spent = app.client.get("/api/settings").await.expect(200)["spending"]["monthUsd"].as_f64().unwrap();
    app.client.patch("/api/settings", json!({"spending": {"monthLimitUsd": spent + (alone + whole) / 2.0}})).await.expect(200);
    refused(&format!("/api/image/{}/retry", failed["id"].as_str().unwrap()), json!({})).await;
    app.finish().await;
}
