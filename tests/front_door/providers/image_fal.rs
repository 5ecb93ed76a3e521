//! Pictures by fal.ai: the same queue, and another result.

use serde_json::{Value, json};
use studio_tests::{
    Database, Reply, TestApp, VendorServer,
    footage::{attempts, data_uri, picture, scene_with_picture},
    process::Process,
};

const KEY: &str = "fal-MARKED-0123456789:secret";
const MODEL: &str = "/fal-ai/flux-2-pro";
const EDIT: &str = "/fal-ai/flux-2-pro/edit";
const STATUS: &str = "/fal-ai/flux-2-pro/requests/7/status";
const RESULT: &str = "/fal-ai/flux-2-pro/requests/7";

/// A queue that takes everything, and whose picture is a blue one.
async fn queue() -> VendorServer {
    let fal = VendorServer::start().await;
    let url = fal.url();
    for model in [MODEL, EDIT] {
        fal.on_json("POST", model, submitted(&url));
    }
    fal.on_json("GET", STATUS, json!({"status": "COMPLETED", "request_id": "7", "metrics": {"inference_time": 3.5}}));
    fal.on_json("GET", RESULT, json!({"images": [{"url": format!("{url}/files/1.png"), "content_type": "image/png"}], "seed": 7}));
    let blue = picture("0x2020c0").await;
    fal.on("GET", "/files/1.png", move |_, _| Reply::bytes("image/png", blue.clone()));
    fal
}

fn submitted(url: &str) -> Value {
    json!({
        "status": "IN_QUEUE", "request_id": "7", "queue_position": 0, "status_url": format!("{url}{STATUS}"),
        "response_url": format!("{url}{RESULT}"), "cancel_url": format!("{url}{RESULT}/cancel"),
    })
}

async fn studio(fal: &VendorServer) -> TestApp {
    TestApp::with_environment([("FAL_BASE_URL", &fal.url()), ("FAL_KEY", KEY)]).await
}

async fn drawn(app: &TestApp, scene: &Value, options: Value) -> Value {
    let body = json!({"sceneId": scene["id"], "stylePrompt": "ink drawing", "modelOptions": options});
    let asset = app.client.post("/api/image/generate", body).await.expect(202);
    app.client.finished(&format!("/api/image/{}", asset["id"].as_str().unwrap())).await
}

#[tokio::test]
async fn a_scene_is_drawn_in_its_shape_and_with_pictures_to_resemble() {
    let fal = queue().await;
    let app = studio(&fal).await;
    let (scene, red) = scene_with_picture(&app.client, "Words.", "A lighthouse in a storm.").await;
    app.client.patch("/api/settings", json!({"prices": {"fal/fal-ai/flux-2-pro": {"perImage": 0.03}}})).await.expect(200);
    let image = drawn(&app, &scene, json!({"provider": "fal", "seed": 7})).await;
    assert_eq!((&image["status"], &image["mimeType"], &image["costUsd"]), (&json!("ready"), &json!("image/png"), &json!(0.03)), "{image}");
    assert_eq!((&image["width"], &image["height"]), (&json!(320), &json!(180)));
    let asked = fal.asked_at("POST", MODEL);
    let body = asked[0].json();
    assert_eq!(body, json!({"prompt": body["prompt"], "image_size": {"width": 1536, "height": 864}, "seed": 7, "output_format": "png"}));
    let prompt = body["prompt"].as_str().unwrap();
    assert!(prompt.contains("A lighthouse in a storm.") && prompt.contains("ink drawing"), "{prompt}");
    assert_eq!(asked[0].header("authorization"), Some(&*format!("Key {KEY}")));

    let options = json!({"provider": "fal", "aspectRatio": "9:16", "referenceImageIds": [red["id"]], "negativePrompt": "people"});
    let image = drawn(&app, &scene, options).await;
    assert_eq!(image["status"], "ready", "{image}");
    let body = fal.asked_at("POST", EDIT)[0].json();
    let sent = app.client.get(red["url"].as_str().unwrap()).await.bytes;
    assert_eq!(
        body,
        json!({
            "prompt": body["prompt"], "image_size": {"width": 864, "height": 1536}, "image_urls": [data_uri("image/png", &sent)],
            "output_format": "png",
        })
    );
    assert!(body["prompt"].as_str().unwrap().contains("people"), "a model without a field for it is told in words: {body}");

    let options = json!({"provider": "fal", "model": "fal-ai/qwen-image-2/text-to-image", "negativePrompt": "people"});
    fal.on_json("POST", "/fal-ai/qwen-image-2/text-to-image", submitted(&fal.url()));
    assert_eq!(drawn(&app, &scene, options).await["status"], "ready");
    let body = fal.asked_at("POST", "/fal-ai/qwen-image-2/text-to-image")[0].json();
    let size = json!({"width": 1536, "height": 864});
    assert_eq!(
        body,
        json!({"prompt": body["prompt"], "image_size": size, "negative_prompt": "people", "output_format": "png"}),
        "and no seed that nobody asked for"
    );
    app.finish().await;
}

#[tokio::test]
async fn a_page_in_its_place_is_no_working_connection() {
    const TRIED: &str = "/fal-ai/flux/requests/00000000-0000-0000-0000-000000000000/status";
    let fal = queue().await;
    let app = studio(&fal).await;
    let page = || Reply::bytes("text/html", "<html><body>Please log in</body></html>");
    let tested = async || app.client.post("/api/settings/providers/fal/test", json!({})).await.expect(200);
    fal.on("GET", TRIED, |_, _| Reply::json(&json!({"detail": "Request not found"})).status(404));
    assert_eq!(tested().await["ok"], true);
    fal.on("GET", TRIED, move |_, _| page());
    assert_eq!(tested().await["error"]["code"], "provider_bad_response");
    fal.on("GET", TRIED, move |_, _| page().status(404));
    assert_eq!(tested().await["error"]["code"], "provider_bad_response");
    fal.on("GET", TRIED, |_, _| Reply::bytes("application/json", ""));
    assert_eq!(tested().await["error"]["code"], "provider_bad_response");
    app.finish().await;
}

#[tokio::test]
async fn what_is_not_drawn_is_told_as_what_it_is() {
    let fal = queue().await;
    let url = fal.url();
    let app = studio(&fal).await;
    attempts(&app.client, 2).await;
    let (scene, _) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    for (status, body, code) in [
        (401, json!({"detail": "Invalid Key"}), "provider_auth_failed"),
        (403, json!({"detail": "User is locked. Reason: Exhausted balance."}), "provider_quota_exceeded"),
        (422, json!({"detail": [{"loc": ["body", "prompt"], "msg": "flagged"}]}), "provider_rejected"),
    ] {
        let before = fal.asked().len();
        fal.on("POST", MODEL, move |_, _| Reply::json(&body).status(status));
        let image = drawn(&app, &scene, json!({"provider": "fal"})).await;
        assert_eq!((&image["status"], &image["error"]["code"]), (&json!("failed"), &json!(code)), "{image}");
        assert_eq!(fal.asked().len() - before, 1, "asked once");
    }
    fal.on_json("POST", MODEL, submitted(&url));
    for (result, code) in [
        (json!({"images": [{"url": format!("{url}/files/1.png")}], "has_nsfw_concepts": [true]}), "provider_rejected"),
        (json!({"images": []}), "provider_bad_response"),
        (json!({"images": [{"url": format!("{url}/files/page")}]}), "provider_bad_response"),
        (json!({"images": [{"url": "https://127.0.0.1/secret.png"}]}), "provider_bad_response"),
    ] {
        fal.on("GET", "/files/page", |_, _| Reply::bytes("image/png", "<html>expired</html>"));
        let before = fal.asked_at("POST", MODEL).len();
        fal.on_json("GET", RESULT, result);
        let image = drawn(&app, &scene, json!({"provider": "fal"})).await;
        assert_eq!((&image["status"], &image["error"]["code"]), (&json!("failed"), &json!(code)), "{image}");
        assert_eq!(fal.asked_at("POST", MODEL).len() - before, 1, "drawn once");
    }
    // The queue itself tells that it came to nothing, with HTTP 200: then nothing was made, and it is begun anew where that can help.
    for (kind, code, creates) in [
        ("content_policy_violation", "provider_rejected", 1),
        ("validation_error", "provider_rejected", 1),
        ("bad_request", "provider_rejected", 1),
        ("client_cancelled", "provider_rejected", 1),
        ("request_timeout", "provider_timeout", 2),
        ("runner_error", "provider_unavailable", 2),
    ] {
        let before = fal.asked_at("POST", MODEL).len();
        fal.on_json("GET", STATUS, json!({"status": "COMPLETED", "request_id": "7", "error": "It came to nothing", "error_type": kind}));
        let image = drawn(&app, &scene, json!({"provider": "fal"})).await;
        assert_eq!((&image["status"], &image["error"]["code"]), (&json!("failed"), &json!(code)), "{kind}: {image}");
        assert!(image["error"]["message"].as_str().unwrap().contains("It came to nothing"), "{image}");
        assert_eq!(fal.asked_at("POST", MODEL).len() - before, creates, "{kind}");
    }
    fal.on_json("GET", STATUS, json!({"status": "COMPLETED", "request_id": "7"}));
    let lost: [fn() -> Reply; 4] = [
        Reply::hang_up,
        || Reply::bytes("text/html", "<html></html>"),
        || Reply::bytes("application/json", ""),
        || Reply::json(&json!({"detail": "Internal server error"})).status(500),
    ];
    for reply in lost {
        let before = fal.asked_at("POST", MODEL).len();
        fal.on("POST", MODEL, move |_, _| reply());
        let image = drawn(&app, &scene, json!({"provider": "fal"})).await;
        assert_eq!((&image["status"], &image["error"]["details"]["answerLost"]), (&json!("failed"), &json!(true)), "{image}");
        assert_eq!(fal.asked_at("POST", MODEL).len() - before, 1, "nobody asks twice");
    }
    // Whoever sends a request on has not taken it.
    fal.on("POST", MODEL, |_, _| Reply::json(&json!({})).status(302).header("location", "/elsewhere"));
    let image = drawn(&app, &scene, json!({"provider": "fal"})).await;
    assert_eq!(
        (&image["error"]["code"], &image["error"]["details"]["answerLost"]),
        (&json!("provider_bad_response"), &Value::Null),
        "{image}"
    );
    app.finish().await;
}

#[tokio::test]
async fn a_picture_whose_server_is_killed_while_it_waits_is_drawn_once() {
    let fal = queue().await;
    fal.on_json("GET", STATUS, json!({"status": "IN_QUEUE", "queue_position": 3}));
    let (database, data_dir, url) = (Database::create().await, tempfile::tempdir().unwrap(), fal.url());
    let environment = [("FAL_BASE_URL", &*url), ("FAL_KEY", KEY)];
    let server = Process::start_in(&environment, &database, data_dir.path());
    let (scene, _) = scene_with_picture(&server.client, "Words.", "A hill.").await;
    let body = json!({"sceneId": scene["id"], "modelOptions": {"provider": "fal"}});
    let image = server.client.post("/api/image/generate", body).await.expect(202);
    fal.until_asked("GET", STATUS, 2).await;
    server.kill();
    fal.on_json("GET", STATUS, json!({"status": "COMPLETED"}));
    let server = Process::start_in(&environment, &database, data_dir.path());
    let image = server.client.finished(&format!("/api/image/{}", image["id"].as_str().unwrap())).await;
    assert_eq!((&image["status"], fal.asked_at("POST", MODEL).len()), (&json!("ready"), 1), "{image}");
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    let fal = queue().await;
    let busy = Reply::json(&json!({"detail": "Too many requests"})).status(429).header("retry-after", "1");
    let ill = Reply::bytes("text/html", "<html>Bad day</html>").status(503);
    fal.on_each("POST", MODEL, [busy, ill, Reply::json(&submitted(&fal.url()))]);
    let app = studio(&fal).await;
    let (scene, _) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let image = drawn(&app, &scene, json!({"provider": "fal"})).await;
    assert_eq!((&image["status"], &image["attempts"]), (&json!("ready"), &json!(3)), "{image}");
    let asked = fal.asked_at("POST", MODEL);
    assert!(asked[1].at - asked[0].at >= std::time::Duration::from_secs(1), "it waits as long as it is asked to");
    // Whether to ask again, fal says as 1 or 0 too: nothing has begun then, or nothing would come of it.
    let broken = |status: u16, again: &str| Reply::json(&json!({"detail": "Not now"})).status(status).header("x-fal-needs-retry", again);
    for (reply, status, creates) in [(broken(500, "1"), "ready", 2), (broken(503, "0"), "failed", 1)] {
        let before = fal.asked_at("POST", MODEL).len();
        fal.on_each("POST", MODEL, [reply, Reply::json(&submitted(&fal.url()))]);
        let image = drawn(&app, &scene, json!({"provider": "fal"})).await;
        assert_eq!((&image["status"], fal.asked_at("POST", MODEL).len() - before), (&json!(status), creates), "{image}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_model_that_breaks_down_is_the_result_and_a_gateway_that_does_is_none() {
    let fal = queue().await;
    let app = studio(&fal).await;
    let (scene, _) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let failed = |status: u16, detail: Value| Reply::json(&json!({ "detail": detail })).status(status);
    let late = Reply::json(&json!({})).status(504).header("x-fal-error-type", "request_timeout");
    for (reply, code, words) in [
        (failed(500, json!("Out of memory")), "provider_unavailable", "Out of memory"),
        (failed(503, json!([{"loc": ["body"], "msg": "Runner died", "type": "internal"}])), "provider_unavailable", "Runner died"),
        (failed(502, json!("Downstream failed")).header("x-fal-retryable", "true"), "provider_unavailable", "Downstream failed"),
        (late, "provider_timeout", "took too long"),
    ] {
        let begun = fal.asked_at("POST", MODEL).len();
        let good = Reply::json(&json!({"images": [{"url": format!("{}/files/1.png", fal.url())}]}));
        fal.on_each("GET", RESULT, [reply, good]);
        let image = drawn(&app, &scene, json!({"provider": "fal"})).await;
        assert_eq!((&image["status"], &image["error"]["code"]), (&json!("failed"), &json!(code)), "{image}");
        assert!(image["error"]["message"].as_str().unwrap().contains(words), "{image}");
        assert_eq!((fal.asked_at("POST", MODEL).len() - begun, &image["attempts"]), (1, &json!(1)), "{image}");
        // There is nothing to be looked at any more: another try begins anew.
        let path = format!("/api/image/{}", image["id"].as_str().unwrap());
        app.client.post(&format!("{path}/retry"), json!({})).await.expect(202);
        assert_eq!(app.client.finished(&path).await["status"], "ready");
        assert_eq!(fal.asked_at("POST", MODEL).len() - begun, 2);
    }
    for gateway in [Reply::bytes("text/html", "<html>nginx</html>").status(502), failed(503, json!("Service unavailable"))] {
        let begun = fal.asked_at("POST", MODEL).len();
        let good = Reply::json(&json!({"images": [{"url": format!("{}/files/1.png", fal.url())}]}));
        fal.on_each("GET", RESULT, [gateway, good]);
        let image = drawn(&app, &scene, json!({"provider": "fal"})).await;
        assert_eq!((&image["status"], fal.asked_at("POST", MODEL).len() - begun), (&json!("ready"), 1), "{image}");
    }
    app.finish().await;
}
