//! Clips by Gemini Omni: an interaction in the background, and a clip that is named or carried by its answer.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use studio_tests::{
    Reply, TestApp, VendorServer,
    footage::{attempts, clip, clip_of, scene_with_picture},
};

const KEY: &str = "AIza-MARKED-0123456789";
const CREATE: &str = "/v1/interactions";
const GET: &str = "/v1/interactions/v1_abc";

fn interaction(status: &str, more: Value) -> Value {
    let mut all = json!({"id": "v1_abc", "object": "interaction", "status": status, "model": "gemini-omni-1.2-flash", "steps": []});
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

fn made(content: Value) -> Value {
    let steps = json!([{"type": "user_input", "content": []}, {"type": "thought"}, {"type": "model_output", "content": [content]}]);
    interaction("completed", json!({"steps": steps, "usage": {"total_input_tokens": 300, "total_output_tokens": 40_000}}))
}

fn inline(film: &[u8]) -> Value {
    made(json!({"type": "video", "mime_type": "video/mp4", "data": STANDARD.encode(film)}))
}

/// A Gemini whose interactions are done at once, and carry that clip.
async fn gemini(film: &[u8]) -> VendorServer {
    let server = VendorServer::start().await;
    server.on_json("POST", CREATE, interaction("in_progress", json!({})));
    server.on_json("GET", GET, inline(film));
    server
}

async fn studio(server: &VendorServer) -> TestApp {
    TestApp::with_environment([("GEMINI_BASE_URL", &server.url()), ("GEMINI_API_KEY", KEY)]).await
}

#[tokio::test]
async fn an_interaction_in_the_background_carries_its_clip() {
    let film = clip("green", 5.0).await;
    let server = gemini(&film).await;
    let states = ["queued", "in_progress"].map(|state| Reply::json(&interaction(state, json!({}))));
    server.on_each("GET", GET, states.into_iter().chain([Reply::json(&inline(&film))]));
    let app = studio(&server).await;
    let (scene, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let options = json!({"provider": "gemini", "prompt": "Clouds pass.", "durationSeconds": 5});
    let clip = clip_of(&app.client, &picture, options).await;
    assert_eq!(
        (&clip["status"], &clip["sceneId"], &clip["model"]),
        (&json!("ready"), &scene["id"], &json!("gemini-omni-1.2-flash")),
        "{clip}"
    );
    let (seconds, cost) = (clip["durationSeconds"].as_f64().unwrap(), clip["costUsd"].as_f64().unwrap());
    assert!((seconds - 5.0).abs() < 0.1 && (cost - seconds * 0.1).abs() < 1e-6, "{clip}");
    let asked = server.asked_at("POST", CREATE);
    let mut body = asked[0].json();
    let sent = STANDARD.decode(body["input"][0]["data"].take().as_str().unwrap()).unwrap();
    assert_eq!(sent, app.client.get(picture["url"].as_str().unwrap()).await.bytes);
    assert_eq!(
        body,
        json!({
            "model": "gemini-omni-1.2-flash",
            "input": [{"type": "image", "data": null, "mime_type": "image/png"}, {"type": "text", "text": "Clouds pass."}],
            "response_format": {"type": "video", "aspect_ratio": "16:9", "resolution": "720p", "duration": "5s", "delivery": "uri"},
            "generation_config": {"video_config": {"task": "image_to_video"}},
            "background": true,
            "store": true,
        })
    );
    assert!(server.asked().iter().all(|asked| asked.header("x-goog-api-key") == Some(KEY) && !asked.query.contains("MARKED")));

    // More lines cost more, and nobody knows how much.
    server.on_json("GET", GET, inline(&film));
    let clip = clip_of(&app.client, &picture, json!({"provider": "gemini", "resolution": "2160p", "durationSeconds": 5})).await;
    assert!(clip["status"] == "ready" && clip["costUsd"].is_null(), "{clip}");
    assert_eq!(server.asked_at("POST", CREATE)[1].json()["response_format"]["resolution"], "4k");
    app.finish().await;
}

#[tokio::test]
async fn a_clip_that_is_named_is_fetched_once_it_is_stored() {
    let server = gemini(&[]).await;
    let uri = format!("{}/v1beta/files/f-1:download?alt=media", server.url());
    // Only the first answer names it; a later look would carry it inline.
    let named = json!({"steps": [{"type": "model_output", "content": [{"type": "video", "mime_type": "video/mp4", "uri": uri}]}]});
    server.on_json("POST", CREATE, interaction("in_progress", named));
    server.on_json("GET", GET, interaction("completed", json!({"steps": []})));
    let states = ["PROCESSING", "ACTIVE"].map(|state| Reply::json(&json!({"name": "files/f-1", "state": state})));
    server.on_each("GET", "/v1beta/files/f-1", states);
    // A redirect within the house keeps the key.
    server.on("GET", "/v1beta/files/f-1:download", |_, _| Reply::bytes("text/plain", "").status(302).header("location", "/elsewhere/clip"));
    let film = clip("green", 1.0).await;
    server.on("GET", "/elsewhere/clip", move |_, _| Reply::bytes("video/mp4", film.clone()));
    let app = studio(&server).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let clip = clip_of(&app.client, &picture, json!({"provider": "gemini"})).await;
    assert_eq!(clip["status"], "ready", "{clip}");
    let download = server.asked_at("GET", "/v1beta/files/f-1:download");
    assert_eq!((download[0].query.as_str(), download[0].header("x-goog-api-key")), ("alt=media", Some(KEY)));
    assert_eq!(server.asked_at("GET", "/v1beta/files/f-1").len(), 2, "under the version of its address");
    app.finish().await;
}

#[tokio::test]
async fn what_gemini_does_not_make_is_told_as_what_it_is() {
    let server = gemini(&[]).await;
    let app = studio(&server).await;
    attempts(&app.client, 2).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let bad_key = json!({"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT",
        "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]}});
    for (status, body, code) in [
        (400, bad_key, "provider_auth_failed"),
        (402, json!({"error": {"code": 402, "message": "Credit is used up.", "status": "RESOURCE_EXHAUSTED"}}), "provider_quota_exceeded"),
        (400, json!({"error": {"code": "invalid_request", "message": "No such field"}}), "provider_rejected"),
        (404, json!({"error": {"code": "not_found", "message": "models/x is no longer available"}}), "provider_rejected"),
    ] {
        let before = server.asked().len();
        server.on("POST", CREATE, move |_, _| Reply::json(&body).status(status));
        let clip = clip_of(&app.client, &picture, json!({"provider": "gemini"})).await;
        assert_eq!((&clip["status"], &clip["error"]["code"]), (&json!("failed"), &json!(code)), "{clip}");
        assert_eq!(server.asked().len() - before, 1, "asked once");
    }
    server.on_json("POST", CREATE, interaction("in_progress", json!({})));
    let safety = json!({"errors": [{"code": "content_blocked", "message": "The request was blocked by safety filters"}]});
    let failed = json!({"steps": [{"type": "model_output", "error": {"code": 13, "message": "Internal error"}}]});
    for (ended, code, creates) in [
        (interaction("failed", safety), "provider_rejected", 1),
        (made(json!({"type": "text", "text": "I cannot animate real people."})), "provider_rejected", 1),
        (interaction("budget_exceeded", json!({})), "provider_quota_exceeded", 1),
        (interaction("incomplete", json!({})), "provider_rejected", 1),
        (interaction("completed", json!({})), "provider_bad_response", 1),
        (made(json!({"type": "video", "data": STANDARD.encode("<html>")})), "provider_bad_response", 1),
        (interaction("failed", failed), "provider_unavailable", 2),
        (interaction("failed", json!({})), "provider_unavailable", 2),
    ] {
        let before = server.asked_at("POST", CREATE).len();
        server.on_json("GET", GET, ended);
        let clip = clip_of(&app.client, &picture, json!({"provider": "gemini"})).await;
        assert_eq!((&clip["status"], &clip["error"]["code"]), (&json!("failed"), &json!(code)), "{clip}");
        assert_eq!(server.asked_at("POST", CREATE).len() - before, creates, "{clip}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_per_minute_quota_is_waited_for_a_per_day_one_is_not_and_a_lost_answer_is_final() {
    let server = gemini(&clip("green", 1.0).await).await;
    let quota = |per: &str| {
        json!({"error": {"code": 429, "message": "Quota exceeded.", "status": "RESOURCE_EXHAUSTED", "details": [
            {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": format!("GenerateRequests{per}PerProject")}]},
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.837906927s"}]}})
    };
    server.on_each("POST", CREATE, [Reply::json(&quota("PerMinute")).status(429), Reply::json(&interaction("in_progress", json!({})))]);
    let app = studio(&server).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let clip = clip_of(&app.client, &picture, json!({"provider": "gemini"})).await;
    assert_eq!((&clip["status"], &clip["attempts"]), (&json!("ready"), &json!(2)), "{clip}");
    let asked = server.asked_at("POST", CREATE);
    assert!(asked[1].at - asked[0].at >= std::time::Duration::from_millis(837));

    let daily = quota("PerDay");
    server.on("POST", CREATE, move |_, _| Reply::json(&daily).status(429));
    let clip = clip_of(&app.client, &picture, json!({"provider": "gemini"})).await;
    assert_eq!((&clip["error"]["code"], &clip["attempts"]), (&json!("provider_quota_exceeded"), &json!(1)), "{clip}");

    // It says that it is ill: nothing was made, and it is asked again.
    let ill = json!({"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}});
    server.on_each("POST", CREATE, [Reply::json(&ill).status(503), Reply::json(&interaction("in_progress", json!({})))]);
    let clip = clip_of(&app.client, &picture, json!({"provider": "gemini"})).await;
    assert_eq!((&clip["status"], &clip["attempts"]), (&json!("ready"), &json!(2)), "{clip}");

    type Answer = fn() -> Reply;
    let replies: [(&str, Answer); 4] = [
        ("provider_unavailable", || Reply::cut_off("application/json", "{\"id\": \"v1_")),
        ("provider_bad_response", || Reply::bytes("text/html", "<html>Welcome</html>")),
        ("provider_bad_response", || Reply::bytes("application/json", "")),
        ("provider_bad_response", || Reply::json(&json!({"candidates": []}))),
    ];
    for (code, reply) in replies {
        let before = server.asked_at("POST", CREATE).len();
        server.on("POST", CREATE, move |_, _| reply());
        let clip = clip_of(&app.client, &picture, json!({"provider": "gemini"})).await;
        assert_eq!((&clip["error"]["code"], &clip["error"]["details"]["answerLost"]), (&json!(code), &json!(true)), "{clip}");
        assert_eq!(server.asked_at("POST", CREATE).len() - before, 1, "nobody asks twice");
    }
    app.finish().await;
}

#[tokio::test]
async fn the_key_is_tried_by_a_question_that_costs_nothing() {
    let server = VendorServer::start().await;
    server.on_json("GET", "/v1/models", json!({"models": []}));
    let app = studio(&server).await;
    let test = app.client.post("/api/settings/providers/gemini/test", json!({})).await.expect(200);
    assert_eq!(test["ok"], true, "{test}");
    assert!(server.asked().iter().all(|asked| asked.method == "GET" && asked.header("x-goog-api-key") == Some(KEY)));
    app.finish().await;
}

#[tokio::test]
async fn an_interaction_goes_on_after_its_server_and_stops_when_it_is_canceled() {
    let film = clip("green", 1.0).await;
    let server = gemini(&film).await;
    server.on_json("GET", GET, interaction("in_progress", json!({})));
    server.on_json("POST", "/v1/interactions/v1_abc/cancel", interaction("cancelled", json!({})));
    let app = studio(&server).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let body = json!({"imageIds": [picture["id"]], "options": {"provider": "gemini"}});
    let clip = app.client.post("/api/video/generate", body.clone()).await.expect(202);
    server.until_asked("GET", GET, 1).await;
    app.take_leases_away().await;
    server.until_asked("GET", GET, 3).await;
    server.on_json("GET", GET, inline(&film));
    let clip = app.client.finished(&format!("/api/video/{}", clip["id"].as_str().unwrap())).await;
    assert_eq!((&clip["status"], server.asked_at("POST", CREATE).len()), (&json!("ready"), 1), "{clip}");

    server.on_json("GET", GET, interaction("in_progress", json!({})));
    let before = server.asked_at("GET", GET).len();
    let clip = app.client.post("/api/video/generate", body).await.expect(202);
    server.until_asked("GET", GET, before + 1).await;
    app.client.post(&format!("/api/video/{}/cancel", clip["id"].as_str().unwrap()), json!({})).await.expect(200);
    app.until_idle().await;
    assert_eq!(server.asked_at("POST", "/v1/interactions/v1_abc/cancel").len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn a_clip_that_is_too_large_to_be_carried_is_fetched_from_its_address() {
    let film = clip("green", 2.0).await;
    let server = gemini(&film).await;
    let named = json!({"type": "model_output", "content": [{"type": "video", "uri": format!("{}/files/clip.mp4", server.url())}]});
    server.on("GET", "/files/clip.mp4", move |_, _| Reply::bytes("video/mp4", film.clone()));
    // What the first answer names, the later ones carry.
    let carried = bytes::Bytes::from(made(json!({"type": "video", "mime_type": "video/mp4", "data": "A".repeat(65 << 20)})).to_string());
    server.on("GET", GET, move |_, _| Reply::bytes("application/json", carried.clone()));
    let app = studio(&server).await;
    app.client.patch("/api/settings", json!({"retries": {"attempts": 1}})).await.expect(200);
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let options = json!({"provider": "gemini", "durationSeconds": 4});
    let nowhere = clip_of(&app.client, &picture, options.clone()).await;
    assert_eq!((&nowhere["status"], &nowhere["error"]["code"]), (&json!("failed"), &json!("provider_bad_response")), "{nowhere}");
    assert!(nowhere["error"]["message"].as_str().unwrap().contains("more than 64 MB"), "{nowhere}");
    server.on_json("POST", CREATE, interaction("in_progress", json!({"steps": [named]})));
    let fetched = clip_of(&app.client, &picture, options).await;
    assert_eq!(fetched["status"], "ready", "{fetched}");
    assert!(fetched["costUsd"].as_f64().is_some(), "{fetched}");
    app.finish().await;
}
