//! Clips by Replicate: predictions are begun, waited for, fetched.

use serde_json::{Value, json};
use studio_tests::{
    Reply, TestApp, VendorServer,
    footage::{attempts, clip, clip_of, scene_with_picture},
};

const TOKEN: &str = "r8_MARKED0123456789";
const CREATE: &str = "/v1/models/google/veo-3.1-fast/predictions";
const GET: &str = "/v1/predictions/p1";
const CANCEL: &str = "/v1/predictions/p1/cancel";

fn prediction(url: &str, status: &str, more: Value) -> Value {
    let mut all = json!({
        "id": "p1", "model": "google/veo-3.1-fast", "version": "hidden", "status": status, "input": {}, "output": null, "error": null,
        "logs": "", "metrics": {}, "urls": {"get": format!("{url}{GET}"), "cancel": format!("{url}{CANCEL}")},
    });
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

/// A Replicate whose predictions are done at once, and whose clip is that.
async fn replicate(film: Vec<u8>) -> VendorServer {
    let server = VendorServer::start().await;
    let url = server.url();
    server.on("POST", CREATE, {
        let url = url.clone();
        move |_, _| Reply::json(&prediction(&url, "starting", json!({}))).status(201)
    });
    server.on_json(
        "GET",
        GET,
        prediction(&url, "succeeded", json!({"output": format!("{url}/files/clip.mp4"), "metrics": {"predict_time": 61.0}})),
    );
    server.on("GET", "/files/clip.mp4", move |_, _| Reply::bytes("video/mp4", film.clone()));
    server
}

async fn studio(server: &VendorServer) -> TestApp {
    TestApp::with_environment([("REPLICATE_BASE_URL", &server.url()), ("REPLICATE_API_TOKEN", TOKEN)]).await
}

#[tokio::test]
async fn a_prediction_is_begun_waited_for_and_fetched() {
    let server = replicate(clip("green", 6.0).await).await;
    let url = server.url();
    let done = json!({"output": [format!("{url}/files/clip.mp4")], "metrics": {"predict_time": 61.0}});
    server.on_each(
        "GET",
        GET,
        [
            Reply::json(&prediction(&url, "starting", json!({}))),
            Reply::json(&prediction(&url, "processing", json!({"logs": " 45%|████▌     | 13/30"}))),
            Reply::json(&prediction(&url, "succeeded", done)),
        ],
    );
    let app = studio(&server).await;
    let (scene, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    app.client.patch("/api/settings", json!({"prices": {"replicate/google/veo-3.1-fast": {"perSecond": 0.5}}})).await.expect(200);
    let options =
        json!({"provider": "replicate", "prompt": "Clouds pass.", "durationSeconds": 6, "resolution": "1080p", "aspectRatio": "16:9"});
    let made = clip_of(&app.client, &picture, options).await;
    assert_eq!(
        (&made["status"], &made["sceneId"], &made["model"]),
        (&json!("ready"), &scene["id"], &json!("google/veo-3.1-fast")),
        "{made}"
    );
    let (seconds, cost) = (made["durationSeconds"].as_f64().unwrap(), made["costUsd"].as_f64().unwrap());
    assert!((seconds - 6.0).abs() < 0.1 && (cost - seconds * 0.5).abs() < 1e-6, "an official model is billed by what it makes: {made}");
    let asked = server.asked_at("POST", CREATE);
    let mut body = asked[0].json();
    assert!(body["input"]["image"].take().as_str().unwrap().starts_with("data:image/png;base64,"));
    assert_eq!(
        body,
        json!({"input": {
            "prompt": "Clouds pass.", "image": null, "duration": 6, "resolution": "1080p", "aspect_ratio": "16:9", "generate_audio": false,
        }})
    );
    assert_eq!((asked.len(), asked[0].header("authorization")), (1, Some(&*format!("Bearer {TOKEN}"))));
    app.finish().await;
}

#[tokio::test]
async fn a_version_of_any_model_is_billed_by_the_time_that_it_was_computed() {
    let server = replicate(clip("green", 1.0).await).await;
    let url = server.url();
    server.on_json("POST", "/v1/predictions", prediction(&url, "starting", json!({})));
    let version = "a".repeat(64);
    let app = studio(&server).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    app.client.patch("/api/settings", json!({"prices": {"replicate/*": {"perSecond": 0.001}}})).await.expect(200);
    let options = json!({"provider": "replicate", "model": format!("somebody/model:{version}"), "prompt": "It turns."});
    let made = clip_of(&app.client, &picture, options.clone()).await;
    assert_eq!(made["status"], "ready", "{made}");
    assert!((made["costUsd"].as_f64().unwrap() - 0.061).abs() < 1e-9, "{made}");
    let body = server.asked_at("POST", "/v1/predictions")[0].json();
    assert_eq!(body["version"], json!(version));
    let fields: std::collections::BTreeSet<&str> = body["input"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, ["image", "prompt"].into());
    // It may have been paid for: nobody begins another by himself.
    server.on_json("GET", GET, prediction(&url, "failed", json!({"error": "CUDA out of memory"})));
    let failed = clip_of(&app.client, &picture, options).await;
    assert_eq!((&failed["status"], &failed["attempts"]), (&json!("failed"), &json!(1)), "{failed}");
    assert_eq!(server.asked_at("POST", "/v1/predictions").len(), 2);
    app.finish().await;
}

#[tokio::test]
async fn refusals_and_failures_are_told_as_what_they_are() {
    let server = replicate(Vec::new()).await;
    let url = server.url();
    let app = studio(&server).await;
    attempts(&app.client, 2).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    for (status, body, code) in [
        (
            401,
            json!({"title": "Unauthenticated", "detail": "You did not pass a valid token r8_MARKED0123456789", "status": 401}),
            "provider_auth_failed",
        ),
        (402, json!({"title": "Insufficient credit", "detail": "Buy some", "status": 402}), "provider_quota_exceeded"),
        (
            422,
            json!({"title": "Input validation failed", "detail": "- input.duration: must be one of", "status": 422}),
            "provider_rejected",
        ),
    ] {
        let before = server.asked().len();
        server.on("POST", CREATE, move |_, _| Reply::json(&body).status(status));
        let made = clip_of(&app.client, &picture, json!({"provider": "replicate"})).await;
        assert_eq!((&made["status"], &made["error"]["code"]), (&json!("failed"), &json!(code)), "{made}");
        assert!(!made.to_string().contains("MARKED"), "{made}");
        assert_eq!(server.asked().len() - before, 1, "asked once");
    }
    server.on_json("POST", CREATE, prediction(&url, "starting", json!({})));
    for (status, error, code, creates) in [
        ("failed", json!("The input was flagged as sensitive. (E005)"), "provider_rejected", 1),
        ("canceled", json!(null), "provider_rejected", 1),
        // An official model that fails is not billed, and asked once more.
        ("failed", json!("Prediction interrupted; please retry (code: PA)"), "provider_unavailable", 2),
    ] {
        let before = server.asked_at("POST", CREATE).len();
        server.on_json("GET", GET, prediction(&url, status, json!({"error": error})));
        let made = clip_of(&app.client, &picture, json!({"provider": "replicate"})).await;
        assert_eq!((&made["status"], &made["error"]["code"]), (&json!("failed"), &json!(code)), "{made}");
        assert_eq!(server.asked_at("POST", CREATE).len() - before, creates, "{made}");
    }
    assert_eq!(app.database.count("select count(*) as n from paid_calls").await, 0, "nothing was billed");
    app.finish().await;
}

#[tokio::test]
async fn a_throttled_call_waits_as_long_as_the_words_say_and_a_lost_one_is_not_repeated() {
    let server = replicate(clip("green", 1.0).await).await;
    let url = server.url();
    let throttled = json!({"detail": "Request was throttled. Your rate limit resets in ~1s.", "status": 429});
    server.on_each("POST", CREATE, [Reply::json(&throttled).status(429), Reply::json(&prediction(&url, "starting", json!({})))]);
    let app = studio(&server).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let made = clip_of(&app.client, &picture, json!({"provider": "replicate"})).await;
    assert_eq!((&made["status"], &made["attempts"]), (&json!("ready"), &json!(2)), "{made}");
    let asked = server.asked_at("POST", CREATE);
    assert!(asked[1].at - asked[0].at >= std::time::Duration::from_secs(1));

    type Answer = Box<dyn Fn() -> Reply + Send + Sync>;
    let replies: [(&str, Answer); 4] = [
        ("provider_unavailable", Box::new(Reply::hang_up)),
        ("provider_unavailable", Box::new(|| Reply::json(&json!({"detail": "Bad gateway"})).status(502))),
        ("provider_bad_response", Box::new(|| Reply::bytes("text/html", "<html></html>"))),
        ("provider_bad_response", Box::new(|| Reply::json(&json!({"id": "p1", "status": "starting"})))),
    ];
    for (code, reply) in replies {
        let before = server.asked_at("POST", CREATE).len();
        server.on("POST", CREATE, move |_, _| reply());
        let made = clip_of(&app.client, &picture, json!({"provider": "replicate"})).await;
        assert_eq!((&made["status"], &made["error"]["code"]), (&json!("failed"), &json!(code)), "{made}");
        assert_eq!(made["error"]["details"]["answerLost"], true, "{made}");
        assert_eq!(server.asked_at("POST", CREATE).len() - before, 1, "nobody asks twice");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_prediction_goes_on_after_its_server_and_stops_when_it_is_canceled() {
    let server = replicate(clip("green", 1.0).await).await;
    let url = server.url();
    let done = server_reply(&url, "succeeded");
    server.on_json("GET", GET, prediction(&url, "processing", json!({})));
    let canceled = prediction(&url, "canceled", json!({}));
    server.on("POST", CANCEL, move |_, before| match before {
        0 => Reply::json(&json!({"detail": "Request was throttled."})).status(429).header("retry-after", "120"),
        _ => Reply::json(&canceled),
    });
    let app = studio(&server).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let body = json!({"imageIds": [picture["id"]], "options": {"provider": "replicate"}});
    let made = app.client.post("/api/video/generate", body.clone()).await.expect(202);
    server.until_asked("GET", GET, 1).await;
    app.take_leases_away().await;
    server.until_asked("GET", GET, 3).await;
    server.on_json("GET", GET, done);
    let made = app.client.finished(&format!("/api/video/{}", made["id"].as_str().unwrap())).await;
    assert_eq!((&made["status"], server.asked_at("POST", CREATE).len()), (&json!("ready"), 1), "{made}");
    assert!(server.asked_at("POST", CANCEL).is_empty(), "what another server goes on with is not stopped");

    server.on_json("GET", GET, prediction(&url, "processing", json!({})));
    let before = server.asked_at("GET", GET).len();
    let made = app.client.post("/api/video/generate", body).await.expect(202);
    server.until_asked("GET", GET, before + 1).await;
    app.client.delete(&format!("/api/video/{}", made["id"].as_str().unwrap())).await.expect(204);
    // It is Replicate that is left alone, and nobody else who is told that somebody waits no longer.
    app.until_counted("select count(*) as n from provider_gates where provider = 'replicate' and open_at > now()", 1).await;
    assert_eq!(app.database.count("select count(*) as n from provider_gates where provider = 'studio'").await, 0);
    app.database.run("update jobs set run_at = now()").await;
    app.until_idle().await;
    assert_eq!(server.asked_at("POST", CANCEL).len(), 2, "what was deleted is stopped");
    app.finish().await;
}

fn server_reply(url: &str, status: &str) -> Value {
    prediction(url, status, json!({"output": format!("{url}/files/clip.mp4"), "metrics": {"predict_time": 61.0}}))
}

#[tokio::test]
async fn a_key_that_is_changed_while_a_prediction_is_waited_for_is_used_from_then_on() {
    const NEW: &str = "r8_MARKED9876543210";
    let server = replicate(clip("green", 2.0).await).await;
    let url = server.url();
    let done = json!({"output": format!("{url}/files/clip.mp4")});
    server.on("GET", GET, {
        let url = url.clone();
        move |asked, before| match asked.header("authorization") {
            Some(key) if key.ends_with(NEW) => Reply::json(&prediction(&url, "succeeded", done.clone())),
            _ if before == 0 => Reply::json(&prediction(&url, "processing", json!({}))),
            _ => Reply::json(&json!({"detail": "You did not pass a valid authentication token"})).status(401),
        }
    });
    let app = TestApp::with_environment([("REPLICATE_BASE_URL", &*url)]).await;
    let key = |key: Value| json!({"providers": {"replicate": {"apiKey": key}}});
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    for removed in [false, true] {
        app.client.patch("/api/settings", key(json!(TOKEN))).await.expect(200);
        let before = server.asked_at("GET", GET).len();
        let body = json!({"imageIds": [picture["id"]], "options": {"provider": "replicate", "durationSeconds": 4}});
        let clip = app.client.post("/api/video/generate", body).await.expect(202);
        let path = format!("/api/video/{}", clip["id"].as_str().unwrap());
        server.until_asked("GET", GET, before + 2).await;
        let mut code = "provider_auth_failed";
        if removed {
            app.client.patch("/api/settings", key(Value::Null)).await.expect(200);
            code = "provider_not_configured";
        }
        // Whoever looks is told what is missing; it is neither given up nor begun again.
        app.client.until(&path, "says why it waits", |clip| clip["error"]["code"] == code).await;
        app.client.patch("/api/settings", key(json!(NEW))).await.expect(200);
        let clip = app.client.finished(&path).await;
        assert_eq!(clip["status"], "ready", "{clip}");
    }
    assert_eq!(server.asked_at("POST", CREATE).len(), 2);
    app.finish().await;
}

#[tokio::test]
async fn a_result_that_cannot_be_fetched_is_told_as_that_and_is_not_made_again() {
    let film = clip("green", 2.0).await;
    let server = replicate(Vec::new()).await;
    let app = studio(&server).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let options = json!({"provider": "replicate", "durationSeconds": 4});
    // A store of files that fails for the moment is asked again.
    let kept = film.clone();
    server.on("GET", "/files/clip.mp4", move |_, before| match before {
        0 => Reply::bytes("text/html", "<html>").status(503),
        _ => Reply::bytes("video/mp4", kept.clone()),
    });
    let made = clip_of(&app.client, &picture, options.clone()).await;
    assert_eq!((&made["status"], server.asked_at("POST", CREATE).len()), (&json!("ready"), 1), "{made}");
    app.client.patch("/api/settings", json!({"retries": {"attempts": 1}})).await.expect(200);
    for (creates, status) in [(2, 403), (3, 404), (4, 410)] {
        server.on("GET", "/files/clip.mp4", move |_, _| Reply::bytes("application/xml", "<Error>Expired</Error>").status(status));
        let failed = clip_of(&app.client, &picture, options.clone()).await;
        assert_eq!((&failed["status"], &failed["error"]["code"]), (&json!("failed"), &json!("provider_bad_response")), "{failed}");
        let message = failed["error"]["message"].as_str().unwrap();
        assert!(message.contains(&format!("no longer has it (status {status})")), "{message}");
        assert_eq!(server.asked_at("POST", CREATE).len(), creates);
    }
    app.finish().await;
}
