//! AUTOMATIC1111's web UI and Forge.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    Reply, TestApp, VendorServer,
    client::bad_paths,
    pictures::{assert_failed, assert_secret, drawn, png, scene, studio},
};

const KEY: &str = "someone:MARKED-0123456789";
const PATH: &str = "/sdapi/v1/txt2img";

async fn app(vendor: &VendorServer, attempts: u32) -> TestApp {
    studio(&[("A1111_BASE_URL", &vendor.url())], attempts).await
}

fn answer(bytes: &[u8]) -> Value {
    json!({"images": [STANDARD.encode(bytes)], "parameters": {}, "info": "{\"seed\": 7}"})
}

#[tokio::test]
async fn a_picture_is_drawn_as_the_parameters_say() {
    let vendor = VendorServer::start().await;
    vendor.on_json("POST", PATH, answer(&png(640, 360)));
    vendor.on_json("GET", "/sdapi/v1/sd-models", json!([{"title": "sdxl", "model_name": "sdxl"}]));
    let app = studio(&[("A1111_BASE_URL", &vendor.url()), ("A1111_API_AUTH", KEY)], 5).await;
    let options = json!({"provider": "a1111", "seed": 7, "negativePrompt": "people"});
    let picture = drawn(&app.client, options).await;
    assert_eq!((&picture["status"], &picture["costUsd"]), (&json!("ready"), &json!(0.0)), "{picture}");
    assert_eq!((&picture["width"], &picture["height"]), (&json!(640), &json!(360)));
    let body = json!({
        "prompt": "A hill and a sun\n\nStyle: ink", "negative_prompt": "people", "width": 1280, "height": 720, "seed": 7,
        "batch_size": 1, "n_iter": 1, "save_images": false
    });
    assert_eq!(vendor.asked_at("POST", PATH)[0].json(), body);

    let parameters = r#"{"steps": 28, "width": 512, "height": 512, "override_settings": {"CLIP_stop_at_last_layers": 2}}"#;
    let set = |text: Value| json!({"providers": {"a1111": {"settings": {"parameters": text}}}});
    let settings = app.client.patch("/api/settings", set(json!(parameters))).await.expect(200);
    let about = settings["providers"].as_array().unwrap().iter().find(|provider| provider["id"] == "a1111").unwrap();
    assert_eq!((&about["settings"][0]["name"], &about["settings"][0]["value"]), (&json!("parameters"), &json!(parameters)));
    let picture = drawn(&app.client, json!({"provider": "a1111", "model": "flux", "aspectRatio": "4:5"})).await;
    assert_eq!(picture["status"], "ready", "{picture}");
    let body = vendor.asked_at("POST", PATH)[1].json();
    assert_eq!((&body["steps"], &body["width"], &body["height"]), (&json!(28), &json!(448), &json!(560)));
    assert_eq!(body["override_settings"], json!({"CLIP_stop_at_last_layers": 2, "sd_model_checkpoint": "flux"}));
    assert!(body["seed"].as_u64().is_some_and(|seed| seed <= 0xffff_ffff), "each take has a seed of its own: {body}");

    for bad in [json!("steps: 28"), json!(r#"{"prompt": "mine"}"#), json!("[]")] {
        let error = app.client.patch("/api/settings", set(bad)).await.expect_error(422, ErrorCode::ValidationFailed);
        assert_eq!(bad_paths(&error), ["providers.a1111.settings.parameters"]);
    }
    let wrong = json!({"providers": {"a1111": {"settings": {"workflow": "{}"}}, "gemini": {"settings": {"parameters": null}}}});
    let error = app.client.patch("/api/settings", wrong).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["providers.a1111.settings.workflow", "providers.gemini.settings.parameters"]);
    let settings = app.client.patch("/api/settings", set(Value::Null)).await.expect(200);
    let about = settings["providers"].as_array().unwrap().iter().find(|provider| provider["id"] == "a1111").unwrap();
    assert_eq!(about["settings"][0].get("value"), None);
    let test = app.client.post("/api/settings/providers/a1111/test", json!({})).await.expect(200);
    assert_eq!(test["ok"], true, "{test}");
    assert_secret(&vendor, KEY, "authorization", &format!("Basic {}", STANDARD.encode(KEY)), &[&picture, &settings, &test]);
    app.finish().await;
}

#[tokio::test]
async fn one_is_drawn_at_a_time_and_tells_how_far_it_is() {
    let vendor = VendorServer::start().await;
    let (first, feed) = Reply::fed("application/json");
    let second = Reply::json(&answer(&png(640, 360)));
    vendor.on_each("POST", PATH, [first, second]);
    vendor.on_json("GET", "/sdapi/v1/progress", json!({"progress": 0.5, "eta_relative": 3.0, "state": {}, "current_image": null}));
    let app = app(&vendor, 5).await;
    let project = app.client.project(&["One hill.", "Two hills."]).await;
    let request = json!({"projectId": project["id"], "modelOptions": {"provider": "a1111"}});
    let batch = app.client.post("/api/image/generate-batch", request).await.expect(202);
    let paths: Vec<String> =
        batch["items"].as_array().unwrap().iter().map(|item| format!("/api/image/{}", item["id"].as_str().unwrap())).collect();
    vendor.until_asked("GET", "/sdapi/v1/progress", 1).await;
    app.client.until(&paths[0], "is nearly half done", |picture| picture["progress"].as_f64().unwrap() >= 0.4).await;
    assert_eq!(vendor.asked_at("POST", PATH).len(), 1, "one at a time");
    feed.send(answer(&png(640, 360)).to_string());
    drop(feed);
    for path in &paths {
        assert_eq!(app.client.finished(path).await["status"], "ready");
    }
    app.finish().await;
}

#[tokio::test]
async fn what_is_canceled_is_interrupted_there() {
    let vendor = VendorServer::start().await;
    vendor.on("POST", PATH, |_, _| Reply::silence());
    vendor.on_json("POST", "/sdapi/v1/interrupt", json!({}));
    let app = app(&vendor, 5).await;
    let scene = scene(&app.client, "A hill").await;
    let body = json!({"sceneId": scene["id"], "modelOptions": {"provider": "a1111"}});
    let picture = app.client.post("/api/image/generate", body).await.expect(202);
    vendor.until_asked("POST", PATH, 1).await;
    let path = format!("/api/image/{}", picture["id"].as_str().unwrap());
    let canceled = app.client.post(&format!("{path}/cancel"), json!({})).await.expect(200);
    assert_eq!(canceled["status"], "canceled");
    vendor.until_asked("POST", "/sdapi/v1/interrupt", 1).await;
    app.finish().await;
}

#[tokio::test]
async fn what_goes_wrong_is_said() {
    for (status, body, code, words) in [
        (404, json!({"detail": "Not Found"}), "provider_not_configured", "start it with `--api`"),
        (401, json!({"detail": "Incorrect username or password"}), "provider_auth_failed", "refused the key"),
        (422, json!({"detail": [{"loc": ["body", "steps"], "msg": "value is not a valid integer"}]}), "provider_rejected", "steps: value"),
        (
            500,
            json!({"error": "OutOfMemoryError", "detail": "", "body": "", "errors": "CUDA out of memory."}),
            "provider_rejected",
            "CUDA out of memory",
        ),
        (500, json!({"error": "RuntimeError", "detail": "", "body": "", "errors": "no model"}), "provider_unavailable", "no model"),
        (200, json!({"images": [], "parameters": {}, "info": ""}), "provider_bad_response", "without a picture"),
        (200, json!({"images": ["bm90IGEgcGljdHVyZQ=="]}), "provider_bad_response", "something else"),
    ] {
        let vendor = VendorServer::start().await;
        vendor.on("POST", PATH, move |_, _| Reply::json(&body).status(status));
        let app = app(&vendor, 1).await;
        assert_failed(&drawn(&app.client, json!({"provider": "a1111"})).await, code, words);
        assert_eq!(vendor.asked_at("POST", PATH).len(), 1);
        app.finish().await;
    }
    // Nobody is there, or nobody was named.
    let gone = VendorServer::start().await.url();
    let app = studio(&[("A1111_BASE_URL", &gone)], 1).await;
    assert_failed(&drawn(&app.client, json!({"provider": "a1111"})).await, "provider_unavailable", "Is it running?");
    app.finish().await;
    let app = studio(&[], 1).await;
    let scene = scene(&app.client, "A hill").await;
    let body = json!({"sceneId": scene["id"], "modelOptions": {"provider": "a1111"}});
    let error = app.client.post("/api/image/generate", body).await.expect_error(409, ErrorCode::ProviderNotConfigured);
    assert!(error.message.contains("A1111_BASE_URL"), "{}", error.message);
    app.finish().await;
}

#[tokio::test]
async fn what_breaks_off_is_drawn_again_since_nobody_is_billed() {
    let vendor = VendorServer::start().await;
    vendor.on_each("POST", PATH, [Reply::hang_up(), Reply::bytes("text/html", "<html>"), Reply::json(&answer(&png(640, 360)))]);
    let app = studio(&[("A1111_BASE_URL", &vendor.url()), ("A1111_API_AUTH", KEY)], 5).await;
    let picture = drawn(&app.client, json!({"provider": "a1111"})).await;
    assert_eq!((&picture["status"], &picture["attempts"]), (&json!("ready"), &json!(3)), "{picture}");
    app.finish().await;
}

#[tokio::test]
async fn a_seed_is_one_that_is_offered_and_is_drawn_by_as_it_is() {
    let vendor = VendorServer::start().await;
    vendor.on_json("POST", PATH, answer(&png(640, 360)));
    let app = app(&vendor, 5).await;
    let most = 0xffff_ffff_u64;
    let picture = drawn(&app.client, json!({"provider": "a1111", "seed": most})).await;
    assert_eq!((&picture["status"], &picture["modelOptions"]["seed"]), (&json!("ready"), &json!(most)), "{picture}");
    assert_eq!(vendor.asked_at("POST", PATH)[0].json()["seed"], most);
    let scene = scene(&app.client, "A hill").await;
    for (provider, seed) in [("a1111", most + 1), ("pexels", 1001), ("fal", 1 << 40), ("storyboard", (1 << 53) + 2)] {
        let request = json!({"sceneId": scene["id"], "modelOptions": {"provider": provider, "seed": seed}});
        let estimate = json!({"kind": "image", "request": request});
        for (path, body) in [("/api/image/generate", request.clone()), ("/api/estimate", estimate)] {
            let error = app.client.post(path, body).await.expect_error(422, ErrorCode::ValidationFailed);
            assert!(bad_paths(&error).iter().all(|path| path.ends_with("modelOptions.seed")), "{provider}: {error:?}");
        }
    }
    assert_eq!(vendor.asked_at("POST", PATH).len(), 1);
    app.finish().await;
}
