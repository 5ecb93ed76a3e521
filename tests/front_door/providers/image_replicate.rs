//! Pictures by Replicate: predictions again, and pictures to resemble that are uploaded where they are large.

use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    Reply, TestApp, VendorServer,
    client::bad_paths,
    footage::{attempts, data_uri, noisy_picture, picture, scene_with_picture, upload},
};

const TOKEN: &str = "r8_MARKED0123456789";
const CREATE: &str = "/v1/models/black-forest-labs/flux-2-pro/predictions";
const GET: &str = "/v1/predictions/p1";

fn prediction(url: &str, status: &str, more: Value) -> Value {
    let urls = json!({"get": format!("{url}{GET}"), "cancel": format!("{url}{GET}/cancel")});
    let mut all = json!({"id": "p1", "status": status, "output": null, "error": null, "logs": "", "metrics": {}, "urls": urls});
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

/// A Replicate whose predictions are done at once, and whose picture is a blue one.
async fn replicate() -> VendorServer {
    let server = VendorServer::start().await;
    let url = server.url();
    server.on_json("POST", CREATE, prediction(&url, "starting", json!({})));
    server.on_json(
        "GET",
        GET,
        prediction(&url, "succeeded", json!({"output": [format!("{url}/files/1.png")], "metrics": {"predict_time": 2.5}})),
    );
    let blue = picture("0x2020c0").await;
    server.on("GET", "/files/1.png", move |_, _| Reply::bytes("image/png", blue.clone()));
    server
}

async fn studio(server: &VendorServer) -> TestApp {
    TestApp::with_environment([("REPLICATE_BASE_URL", &server.url()), ("REPLICATE_API_TOKEN", TOKEN)]).await
}

async fn drawn(app: &TestApp, scene: &Value, options: Value) -> Value {
    let asset = app.client.post("/api/image/generate", json!({"sceneId": scene["id"], "modelOptions": options})).await.expect(202);
    app.client.finished(&format!("/api/image/{}", asset["id"].as_str().unwrap())).await
}

#[tokio::test]
async fn a_scene_is_drawn_with_small_pictures_inline_and_large_ones_uploaded() {
    let server = replicate().await;
    let url = server.url();
    server.on_json("POST", "/v1/files", json!({"id": "f1", "urls": {"get": format!("{url}/v1/files/f1")}}));
    let app = studio(&server).await;
    let (scene, red) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let noise = upload(&app.client, &scene, noisy_picture().await).await;
    app.client.patch("/api/settings", json!({"prices": {"replicate/black-forest-labs/flux-2-pro": {"perImage": 0.04}}})).await.expect(200);
    let options = json!({"provider": "replicate", "seed": 9, "referenceImageIds": [red["id"], noise["id"]]});
    let image = drawn(&app, &scene, options).await;
    assert_eq!((&image["status"], &image["costUsd"], &image["width"]), (&json!("ready"), &json!(0.04), &json!(320)), "{image}");
    let asked = server.asked_at("POST", CREATE);
    let input = asked[0].json()["input"].clone();
    let sent = app.client.get(red["url"].as_str().unwrap()).await.bytes;
    assert_eq!(
        input,
        json!({
            "prompt": input["prompt"], "aspect_ratio": "custom", "width": 1536, "height": 864, "seed": 9, "output_format": "png",
            "input_images": [data_uri("image/png", &sent), format!("{url}/v1/files/f1")],
        })
    );
    assert_eq!(asked[0].header("authorization"), Some(&*format!("Bearer {TOKEN}")));
    let file = &server.asked_at("POST", "/v1/files")[0];
    assert!(file.text().contains("name=\"content\"; filename=\"picture."), "the field is called content");

    server.on_json("POST", "/v1/models/black-forest-labs/flux-schnell/predictions", prediction(&url, "starting", json!({})));
    let body = json!({"sceneId": scene["id"], "modelOptions": {
        "provider": "replicate", "model": "black-forest-labs/flux-schnell", "referenceImageIds": [red["id"]]
    }});
    let error = app.client.post("/api/image/generate", body).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["modelOptions.referenceImageIds"], "{error:?}");
    let options = json!({"provider": "replicate", "model": "black-forest-labs/flux-schnell", "aspectRatio": "4:5"});
    assert_eq!(drawn(&app, &scene, options).await["status"], "ready");
    let input = server.asked_at("POST", "/v1/models/black-forest-labs/flux-schnell/predictions")[0].json()["input"].clone();
    assert_eq!(input, json!({"prompt": input["prompt"], "aspect_ratio": "4:5", "output_format": "png"}));
    app.finish().await;
}

#[tokio::test]
async fn what_is_not_drawn_is_told_as_what_it_is() {
    let server = replicate().await;
    let url = server.url();
    let app = studio(&server).await;
    attempts(&app.client, 2).await;
    let (scene, _) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    for (ended, code, creates) in [
        (prediction(&url, "failed", json!({"error": "NSFW content detected"})), "provider_rejected", 1),
        (prediction(&url, "failed", json!({"error": "Director: unexpected error"})), "provider_unavailable", 2),
        (prediction(&url, "succeeded", json!({"output": null})), "provider_bad_response", 1),
    ] {
        let before = server.asked_at("POST", CREATE).len();
        server.on_json("GET", GET, ended);
        let image = drawn(&app, &scene, json!({"provider": "replicate"})).await;
        assert_eq!((&image["status"], &image["error"]["code"]), (&json!("failed"), &json!(code)), "{image}");
        assert_eq!(server.asked_at("POST", CREATE).len() - before, creates, "{image}");
    }
    for (reply, code) in [(401, "provider_auth_failed"), (402, "provider_quota_exceeded"), (422, "provider_rejected")] {
        server.on("POST", CREATE, move |_, _| Reply::json(&json!({"title": "No", "detail": "Because", "status": reply})).status(reply));
        let image = drawn(&app, &scene, json!({"provider": "replicate"})).await;
        assert_eq!((&image["error"]["code"], &image["attempts"]), (&json!(code), &json!(1)), "{image}");
    }
    let lost: [fn() -> Reply; 4] = [
        || Reply::json(&json!({"title": "Internal server error", "status": 500})).status(500),
        || Reply::cut_off("application/json", "{\"id\""),
        || Reply::bytes("text/html", "<html></html>"),
        || Reply::bytes("application/json", ""),
    ];
    for reply in lost {
        let before = server.asked_at("POST", CREATE).len();
        server.on("POST", CREATE, move |_, _| reply());
        let image = drawn(&app, &scene, json!({"provider": "replicate"})).await;
        assert_eq!((&image["status"], &image["error"]["details"]["answerLost"]), (&json!("failed"), &json!(true)), "{image}");
        assert_eq!(server.asked_at("POST", CREATE).len() - before, 1, "nobody asks twice");
    }
    let test = app.client.post("/api/settings/providers/replicate/test", json!({})).await.expect(200);
    assert_eq!(test["ok"], false, "there is no account: {test}");
    server.on_json("GET", "/v1/account", json!({"type": "user", "username": "somebody"}));
    let test = app.client.post("/api/settings/providers/replicate/test", json!({})).await.expect(200);
    assert_eq!(test["ok"], true, "{test}");
    app.finish().await;
}

#[tokio::test]
async fn what_passes_is_waited_for_and_a_restart_draws_no_second_picture() {
    let server = replicate().await;
    let url = server.url();
    let throttled = json!({"detail": "Request was throttled. Your rate limit resets in ~1s.", "status": 429});
    let ill = Reply::json(&json!({"title": "Unavailable", "status": 503})).status(503);
    let begun = Reply::json(&prediction(&url, "starting", json!({})));
    server.on_each("POST", CREATE, [Reply::json(&throttled).status(429), ill, begun]);
    server.on_json("GET", GET, prediction(&url, "processing", json!({})));
    let app = studio(&server).await;
    let (scene, _) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let body = json!({"sceneId": scene["id"], "modelOptions": {"provider": "replicate"}});
    let image = app.client.post("/api/image/generate", body).await.expect(202);
    server.until_asked("GET", GET, 1).await;
    app.take_leases_away().await;
    server.until_asked("GET", GET, 3).await;
    server.on_json("GET", GET, prediction(&url, "succeeded", json!({"output": format!("{url}/files/1.png")})));
    let image = app.client.finished(&format!("/api/image/{}", image["id"].as_str().unwrap())).await;
    assert_eq!((&image["status"], &image["attempts"]), (&json!("ready"), &json!(3)), "{image}");
    let asked = server.asked_at("POST", CREATE);
    assert_eq!(asked.len(), 3, "two that were refused, and one that draws");
    assert!(asked[1].at - asked[0].at >= std::time::Duration::from_secs(1), "it waits as long as it is asked to");
    app.finish().await;
}

#[tokio::test]
async fn an_uploaded_picture_must_lie_where_it_was_uploaded() {
    let server = replicate().await;
    let app = studio(&server).await;
    attempts(&app.client, 1).await;
    let (scene, _) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let noise = upload(&app.client, &scene, noisy_picture().await).await;
    for elsewhere in ["https://files.example.com/f1", "no address"] {
        server.on_json("POST", "/v1/files", json!({"id": "f1", "urls": {"get": elsewhere}}));
        let image = drawn(&app, &scene, json!({"provider": "replicate", "referenceImageIds": [noise["id"]]})).await;
        assert_eq!((&image["status"], &image["error"]["code"]), (&json!("failed"), &json!("provider_bad_response")), "{image}");
    }
    assert!(server.asked_at("POST", CREATE).is_empty(), "nothing is begun with it");
    app.finish().await;
}
