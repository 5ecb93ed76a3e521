//! Clips by ElevenLabs' flows.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use studio_tests::{
    Reply, TestApp, VendorServer,
    footage::{attempts, clip, clip_of, scene_with_picture},
};

const KEY: &str = "sk_MARKED0123456789";
const CREATE: &str = "/v1/flows/video";
const GET: &str = "/v1/flows/video/g1";

/// Flows that are done at once, and whose clip is that.
async fn elevenlabs(film: Vec<u8>) -> VendorServer {
    let server = VendorServer::start().await;
    server.on_json("POST", CREATE, json!({"id": "g1", "status": "pending"}));
    let content = format!("{}/signed/clip.mp4?signature=x", server.url());
    server.on_json("GET", GET, json!({"id": "g1", "status": "completed", "content_url": content, "content_mime_type": "video/mp4"}));
    server.on("GET", "/signed/clip.mp4", move |_, _| Reply::bytes("video/mp4", film.clone()));
    server
}

async fn studio(server: &VendorServer) -> TestApp {
    TestApp::with_environment([("ELEVENLABS_BASE_URL", &server.url()), ("ELEVENLABS_API_KEY", KEY)]).await
}

#[tokio::test]
async fn a_start_frame_becomes_a_clip() {
    let server = elevenlabs(clip("green", 6.0).await).await;
    let done = json!({"id": "g1", "status": "completed", "content_url": format!("{}/signed/clip.mp4", server.url()), "content_mime_type": "video/mp4"});
    let states = ["pending", "generating"].map(|state| Reply::json(&json!({"id": "g1", "status": state})));
    server.on_each("GET", GET, states.into_iter().chain([Reply::json(&done)]));
    let app = studio(&server).await;
    let (scene, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let options = json!({"provider": "elevenlabs", "model": "veo-3.1-generate-001", "prompt": "Clouds pass.", "durationSeconds": 6, "resolution": "2160p"});
    let made = clip_of(&app.client, &picture, options).await;
    assert_eq!(
        (&made["status"], &made["sceneId"], &made["model"]),
        (&json!("ready"), &scene["id"], &json!("veo-3.1-generate-001")),
        "{made}"
    );
    assert!((made["durationSeconds"].as_f64().unwrap() - 6.0).abs() < 0.1 && made["costUsd"].is_null(), "{made}");
    let asked = server.asked_at("POST", CREATE);
    let mut body = asked[0].json();
    let sent = STANDARD.decode(body["start_frame"]["content_base64"].take().as_str().unwrap()).unwrap();
    assert_eq!(sent, app.client.get(picture["url"].as_str().unwrap()).await.bytes);
    assert_eq!(
        body,
        json!({
            "model_id": "veo-3.1-generate-001", "prompt": "Clouds pass.", "duration_secs": 6, "aspect_ratio": "16:9", "resolution": "4K",
            "generate_audio": false, "start_frame": {"type": "inline_base64", "content_base64": null, "mime_type": "image/png"},
        })
    );
    assert_eq!(asked[0].header("xi-api-key"), Some(KEY));
    app.finish().await;
}

#[tokio::test]
async fn refusals_failures_and_losses_are_told_as_what_they_are() {
    let server = elevenlabs(Vec::new()).await;
    let app = studio(&server).await;
    attempts(&app.client, 2).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let detail = |status: &str| json!({"detail": {"status": status, "message": "Because."}});
    for (status, body, code) in [
        (401, detail("invalid_api_key"), "provider_auth_failed"),
        (401, detail("quota_exceeded"), "provider_quota_exceeded"),
        (422, json!({"detail": [{"loc": ["body", "prompt"], "msg": "too long", "type": "value_error"}]}), "provider_rejected"),
    ] {
        let before = server.asked().len();
        server.on("POST", CREATE, move |_, _| Reply::json(&body).status(status));
        let made = clip_of(&app.client, &picture, json!({"provider": "elevenlabs"})).await;
        assert_eq!((&made["status"], &made["error"]["code"]), (&json!("failed"), &json!(code)), "{made}");
        assert_eq!(server.asked().len() - before, 1, "asked once");
    }
    server.on_json("POST", CREATE, json!({"id": "g1", "status": "pending"}));
    for (reason, code, creates) in [
        ("moderated", "provider_rejected", 1),
        ("invalid_parameters", "provider_rejected", 1),
        ("charging_failed", "provider_quota_exceeded", 1),
        ("timeout", "provider_timeout", 2),
        ("model_error", "provider_unavailable", 2),
    ] {
        let before = server.asked_at("POST", CREATE).len();
        server.on_json("GET", GET, json!({"id": "g1", "status": "failed", "failure_reason": reason, "error_message": "Because."}));
        let made = clip_of(&app.client, &picture, json!({"provider": "elevenlabs"})).await;
        assert_eq!((&made["status"], &made["error"]["code"]), (&json!("failed"), &json!(code)), "{made}");
        assert_eq!(server.asked_at("POST", CREATE).len() - before, creates, "{made}");
    }
    // What it says it has made is fetched again where it is no clip, and never made again.
    let content = format!("{}/signed/clip.mp4", server.url());
    server.on_json("GET", GET, json!({"id": "g1", "status": "completed", "content_url": content, "content_mime_type": "video/mp4"}));
    for wrong in ["<html>expired</html>", ""] {
        let before = server.asked_at("POST", CREATE).len();
        server.on("GET", "/signed/clip.mp4", move |_, _| Reply::bytes("video/mp4", wrong));
        let made = clip_of(&app.client, &picture, json!({"provider": "elevenlabs"})).await;
        assert_eq!((&made["error"]["code"], &made["attempts"]), (&json!("provider_bad_response"), &json!(2)), "{made}");
        assert_eq!(server.asked_at("POST", CREATE).len() - before, 1, "{made}");
    }
    server.on_json("GET", GET, json!({"id": "g1", "status": "completed"}));
    let made = clip_of(&app.client, &picture, json!({"provider": "elevenlabs"})).await;
    assert_eq!(made["error"]["message"], "ElevenLabs answered without a clip.", "{made}");
    type Answer = fn() -> Reply;
    let replies: [(&str, Answer); 6] = [
        // A gateway lost it: what is behind may have taken it.
        ("provider_unavailable", || Reply::bytes("text/html", "<html>Bad gateway</html>").status(502)),
        ("provider_unavailable", Reply::hang_up),
        ("provider_unavailable", || Reply::cut_off("application/json", "{\"id\": \"g")),
        ("provider_bad_response", || Reply::bytes("text/html", "<html></html>")),
        ("provider_bad_response", || Reply::bytes("application/json", "")),
        ("provider_bad_response", || Reply::json(&json!({"status": "pending"}))),
    ];
    for (code, reply) in replies {
        let before = server.asked_at("POST", CREATE).len();
        server.on("POST", CREATE, move |_, _| reply());
        let made = clip_of(&app.client, &picture, json!({"provider": "elevenlabs"})).await;
        assert_eq!((&made["status"], &made["error"]["code"]), (&json!("failed"), &json!(code)), "{made}");
        assert_eq!(made["error"]["details"]["answerLost"], true, "{made}");
        assert_eq!(server.asked_at("POST", CREATE).len() - before, 1, "nobody asks twice");
    }
    app.finish().await;
}

#[tokio::test]
async fn too_much_at_once_passes_and_a_restart_makes_no_second_clip() {
    let server = elevenlabs(clip("green", 1.0).await).await;
    let busy = json!({"detail": {"status": "too_many_concurrent_requests", "message": "Wait."}});
    server.on_each(
        "POST",
        CREATE,
        [
            Reply::json(&busy).status(429).header("retry-after", "1"),
            Reply::bytes("text/html", "<html>Bad day</html>").status(503),
            Reply::json(&json!({"id": "g1", "status": "pending"})),
        ],
    );
    let done: Value = {
        let content = format!("{}/signed/clip.mp4", server.url());
        json!({"id": "g1", "status": "completed", "content_url": content, "content_mime_type": "video/mp4"})
    };
    server.on_json("GET", GET, json!({"id": "g1", "status": "generating"}));
    let app = studio(&server).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let body = json!({"imageIds": [picture["id"]], "options": {"provider": "elevenlabs"}});
    let made = app.client.post("/api/video/generate", body).await.expect(202);
    server.until_asked("GET", GET, 1).await;
    app.take_leases_away().await;
    server.until_asked("GET", GET, 3).await;
    server.on_json("GET", GET, done);
    let made = app.client.finished(&format!("/api/video/{}", made["id"].as_str().unwrap())).await;
    assert_eq!((&made["status"], &made["attempts"]), (&json!("ready"), &json!(3)), "{made}");
    let asked = server.asked_at("POST", CREATE);
    assert_eq!(asked.len(), 3, "two that were refused, and one that was made");
    assert!(asked[1].at - asked[0].at >= std::time::Duration::from_secs(1), "it waits as long as it is asked to");
    app.finish().await;
}

#[tokio::test]
async fn the_key_is_tried_by_a_question_that_costs_nothing() {
    let server = VendorServer::start().await;
    // Its voices are asked for too: it is one key.
    server.on_json("GET", "/v2/voices", json!({"voices": [], "has_more": false}));
    server.on_json("GET", CREATE, json!({"items": [], "has_more": false}));
    let app = studio(&server).await;
    let test = app.client.post("/api/settings/providers/elevenlabs/test", json!({})).await.expect(200);
    assert_eq!(test["ok"], true, "{test}");
    server.on("GET", CREATE, |_, _| Reply::json(&json!({"detail": {"status": "invalid_api_key", "message": "No."}})).status(401));
    let test = app.client.post("/api/settings/providers/elevenlabs/test", json!({})).await.expect(200);
    assert_eq!((&test["ok"], &test["error"]["code"]), (&json!(false), &json!("provider_auth_failed")), "{test}");
    assert!(server.asked().iter().all(|asked| asked.method == "GET" && asked.header("xi-api-key") == Some(KEY)));
    app.finish().await;
}

#[tokio::test]
async fn a_key_that_may_only_speak_is_a_good_one() {
    let server = VendorServer::start().await;
    for path in ["/v2/voices", CREATE] {
        let told = json!({"detail": {"status": "missing_permissions", "message": "The API key you used is missing the permission."}});
        server.on("GET", path, move |_, _| Reply::json(&told).status(401));
    }
    let app = studio(&server).await;
    let test = async || app.client.post("/api/settings/providers/elevenlabs/test", json!({})).await.expect(200);
    let told = test().await;
    assert_eq!((&told["ok"], told.get("error")), (&json!(true), None), "{told}");
    // Either list would have shown a key that is none, and so would a server that is no such server.
    server.on("GET", "/v2/voices", |_, _| Reply::json(&json!({"detail": {"status": "invalid_api_key", "message": "No."}})).status(401));
    assert_eq!(test().await["error"]["code"], "provider_auth_failed");
    server.on("GET", "/v2/voices", |_, _| Reply::bytes("text/html", "<html>Sign in</html>").status(403));
    assert_eq!(test().await["error"]["code"], "provider_bad_response");
    server.on("GET", "/v2/voices", |_, _| Reply::json(&json!({"detail": {"status": "quota_exceeded", "message": "0 left."}})).status(401));
    assert_eq!(test().await["error"]["code"], "provider_quota_exceeded");
    app.finish().await;
}
