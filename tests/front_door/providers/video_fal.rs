//! Clips by fal.ai: given to its queue, waited for, fetched.

use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    Database, Reply, TestApp, VendorServer,
    client::bad_paths,
    footage::{attempts, clip, clip_of, colour_at, odd_clip, scene_with_picture, sound_only},
    process::Process,
};

const KEY: &str = "fal-MARKED-0123456789:secret";
const MODEL: &str = "/fal-ai/veo3.1/fast/image-to-video";
const STATUS: &str = "/fal-ai/veo3.1/requests/7/status";
const RESULT: &str = "/fal-ai/veo3.1/requests/7";

/// A queue that takes everything, and whose clip is that.
async fn queue(film: Vec<u8>) -> VendorServer {
    let fal = VendorServer::start().await;
    let url = fal.url();
    fal.on_json("POST", MODEL, submitted(&url));
    fal.on_json("GET", STATUS, json!({"status": "COMPLETED", "request_id": "7", "metrics": {"inference_time": 31.5}}));
    fal.on_json("GET", RESULT, json!({"video": {"url": format!("{url}/files/clip.mp4"), "content_type": "video/mp4"}}));
    fal.on("GET", "/files/clip.mp4", move |_, _| Reply::bytes("video/mp4", film.clone()));
    fal
}

fn submitted(url: &str) -> Value {
    json!({
        "status": "IN_QUEUE", "request_id": "7", "queue_position": 2, "status_url": format!("{url}{STATUS}"),
        "response_url": format!("{url}{RESULT}"), "cancel_url": format!("{url}{RESULT}/cancel"),
    })
}

async fn studio(fal: &VendorServer) -> TestApp {
    TestApp::with_environment([("FAL_BASE_URL", &fal.url()), ("FAL_KEY", KEY)]).await
}

#[tokio::test]
async fn a_picture_moves_and_the_film_shows_it() {
    let fal = queue(clip("0x20c040", 4.0).await).await;
    fal.on_each(
        "GET",
        STATUS,
        [
            Reply::json(&json!({"status": "IN_QUEUE", "queue_position": 1})).status(202),
            Reply::json(&json!({"status": "IN_PROGRESS", "logs": null})).status(202),
            Reply::json(&json!({"status": "COMPLETED", "metrics": {"inference_time": 31.5}})),
        ],
    );
    let app = studio(&fal).await;
    // Nine seconds of speech: the clip is shown twice and a part of it once more.
    let words = "The lighthouse keeper climbs the long stairs, and at the top she lights the lamp that every ship looks for in the storm.";
    let (scene, picture) = scene_with_picture(&app.client, words, "A lighthouse in a storm.").await;
    let request = json!({"imageIds": [picture["id"]], "options": {"provider": "fal", "durationSeconds": 4}});
    let estimate = app.client.post("/api/estimate", json!({"kind": "video", "request": request})).await.expect(200);
    assert_eq!(estimate, json!({"calls": 1, "costUsd": 0.4, "seconds": 80.0}));

    let clip = clip_of(&app.client, &picture, json!({"provider": "fal", "durationSeconds": 4})).await;
    assert_eq!((&clip["status"], &clip["kind"], &clip["sceneId"]), (&json!("ready"), &json!("clip"), &scene["id"]), "{clip}");
    assert_eq!((&clip["provider"], &clip["model"]), (&json!("fal"), &json!("fal-ai/veo3.1/fast/image-to-video")));
    assert_eq!((&clip["width"], &clip["height"], &clip["attempts"]), (&json!(320), &json!(180), &json!(1)));
    let (seconds, cost) = (clip["durationSeconds"].as_f64().unwrap(), clip["costUsd"].as_f64().unwrap());
    assert!((seconds - 4.0).abs() < 0.1 && (cost - seconds / 10.0).abs() < 1e-6, "{clip}");

    let asked = fal.asked_at("POST", MODEL);
    let body = asked[0].json();
    let picture_sent = app.client.get(picture["url"].as_str().unwrap()).await.bytes;
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].header("authorization"), Some(&*format!("Key {KEY}")));
    assert_eq!(
        body,
        json!({
            "prompt": clip["options"]["prompt"], "image_url": data_uri(&picture_sent), "duration": "4s", "resolution": "720p",
            "aspect_ratio": "16:9", "generate_audio": false,
        })
    );
    assert!(body["prompt"].as_str().unwrap().starts_with("A lighthouse in a storm.\n\nAnimate the picture"), "{body}");
    assert!(fal.asked().iter().all(|asked| !asked.path.contains("MARKED") && !asked.query.contains("MARKED")));

    let file = app.client.get(clip["url"].as_str().unwrap()).await;
    assert_eq!((file.status, file.header("content-type")), (200, Some("video/mp4")));
    assert!(app.client.get(clip["posterUrl"].as_str().unwrap()).await.bytes.starts_with(&[0xff, 0xd8]));

    let project = scene["projectId"].as_str().unwrap();
    let scenes = app.client.get(&format!("/api/projects/{project}")).await.expect(200);
    assert_eq!(scenes["scenes"][0]["selectedVideoId"], clip["id"]);
    let film = json!({"projectId": project, "options": {"quality": "preview", "resolution": "720p", "fps": 24, "subtitles": "none"}});
    let film = app.client.post_and_wait("/api/video/generate", film).await.expect(200);
    assert_eq!((&film["status"], &film["check"]["warnings"]), (&json!("ready"), &json!([])), "{film}");
    let length = film["durationSeconds"].as_f64().unwrap();
    let bytes = app.client.get(film["url"].as_str().unwrap()).await.bytes;
    assert!(length > 6.0, "{film}");
    let mut seen = Vec::new();
    for at in [0.5, 2.0, 4.5, length - 0.5] {
        let [red, green, blue] = colour_at(&bytes, at).await;
        assert!(green > 150 && red < 90 && blue < 110, "the still is red, the clip is green: {:?} at {at}", [red, green, blue]);
        seen.push(green);
    }
    app.finish().await;
}

#[tokio::test]
async fn a_clips_own_sound_is_heard_where_that_is_asked_for() {
    let fal = queue(clip("0x20c040", 4.0).await).await;
    let app = studio(&fal).await;
    let (scene, picture) = scene_with_picture(&app.client, "", "A lighthouse in a storm.").await;
    assert_eq!(clip_of(&app.client, &picture, json!({"provider": "fal"})).await["status"], "ready");
    let film = async |volume: Value| {
        let options = json!({"quality": "preview", "resolution": "720p", "fps": 24, "subtitles": "none", "clipVolumeDb": volume});
        let body = json!({"projectId": scene["projectId"], "options": options});
        let film = app.client.post_and_wait("/api/video/generate", body).await.expect(200);
        assert_eq!(film["status"], "ready", "{film}");
        film
    };
    assert!(film(json!(null)).await["check"]["loudnessLufs"].is_null(), "nobody speaks");
    let heard = film(json!(-6)).await;
    assert_eq!(heard["options"]["clipVolumeDb"], json!(-6.0));
    let loudness = heard["check"]["loudnessLufs"].as_f64().unwrap();
    assert!((-22.0..=-13.0).contains(&loudness), "{loudness}");
    let body = json!({"projectId": scene["projectId"], "options": {"clipVolumeDb": 3}});
    let error = app.client.post("/api/video/generate", body).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["options.clipVolumeDb"]);
    app.finish().await;
}

fn data_uri(bytes: &[u8]) -> String {
    studio_tests::footage::data_uri("image/png", bytes)
}

#[tokio::test]
async fn what_a_model_does_not_make_is_refused_before_anything_is_asked() {
    let fal = queue(Vec::new()).await;
    let app = studio(&fal).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    for (options, paths) in [
        (json!({"durationSeconds": 5}), vec!["options.durationSeconds"]),
        (
            json!({"durationSeconds": 4.5, "resolution": "2160p", "aspectRatio": "4:5"}),
            vec!["options.durationSeconds", "options.resolution", "options.aspectRatio"],
        ),
        (json!({"model": "fal-ai/kling-video/v3/standard/image-to-video", "resolution": "720p"}), vec!["options.resolution"]),
        (json!({"subtitles": "burned", "fps": 24}), vec!["options.fps", "options.subtitles"]),
    ] {
        let mut options = options;
        options["provider"] = json!("fal");
        let body = json!({"imageIds": [picture["id"]], "options": options});
        let error = app.client.post("/api/video/generate", body.clone()).await.expect_error(422, ErrorCode::ValidationFailed);
        let (mut found, mut wanted) = (bad_paths(&error), paths);
        found.sort();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{options}: {error:?}");
        app.client.post("/api/estimate", json!({"kind": "video", "request": body})).await.expect_error(422, ErrorCode::ValidationFailed);
    }
    let film = json!({"projectId": picture["projectId"], "options": {"provider": "fal"}});
    let error = app.client.post("/api/video/generate", film).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["options.provider"]);
    assert!(fal.asked().is_empty());
    app.finish().await;
}

#[tokio::test]
async fn a_model_that_is_not_known_here_is_told_only_what_was_asked() {
    let fal = queue(odd_clip("blue", 1.0).await).await;
    let url = fal.url();
    fal.on_json("POST", "/somebody/new-model", submitted(&url));
    let app = studio(&fal).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let options = json!({"provider": "fal", "model": "somebody/new-model", "prompt": "It turns.", "durationSeconds": 7});
    let clip = clip_of(&app.client, &picture, options).await;
    assert_eq!(clip["status"], "ready", "{clip}");
    let mut body = fal.asked_at("POST", "/somebody/new-model")[0].json();
    assert!(body["image_url"].take().as_str().unwrap().starts_with("data:image/png;base64,"));
    assert_eq!(body, json!({"prompt": "It turns.", "image_url": null, "duration": 7.0}));
    assert!(clip["costUsd"].is_null(), "what it costs is not known: {clip}");
    // A clip that browsers do not play is made into one that they do.
    let file = app.client.get(clip["url"].as_str().unwrap()).await.bytes;
    assert_eq!(&file[4..8], b"ftyp");
    assert!(file.windows(4).any(|four| four == b"avc1"), "H.264");
    app.finish().await;
}

#[tokio::test]
async fn what_the_queue_refuses_is_told_once_and_costs_nothing() {
    let fal = queue(Vec::new()).await;
    let app = studio(&fal).await;
    attempts(&app.client, 2).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let policy = json!({"detail": [{"loc": ["body", "prompt"], "msg": "The content was flagged", "type": "content_policy_violation"}]});
    for (status, body, code) in [
        (401, json!({"detail": "Cannot access application with key fal-MARKED-0123456789:secret"}), "provider_auth_failed"),
        (403, json!({"detail": "User is locked. Reason: Exhausted balance."}), "provider_quota_exceeded"),
        (422, policy.clone(), "provider_rejected"),
    ] {
        let before = fal.asked().len();
        fal.on("POST", MODEL, move |_, _| Reply::json(&body).status(status));
        let clip = clip_of(&app.client, &picture, json!({"provider": "fal"})).await;
        assert_eq!((&clip["status"], &clip["error"]["code"], &clip["attempts"]), (&json!("failed"), &json!(code), &json!(1)), "{clip}");
        assert_eq!((&clip["error"]["details"]["provider"], &clip["error"]["details"]["status"]), (&json!("fal"), &json!(status)));
        assert!(!clip.to_string().contains("MARKED"), "{clip}");
        assert_eq!(fal.asked().len() - before, 1, "asked once");
    }
    // The model itself refuses, after the queue took the request.
    fal.on_json("POST", MODEL, submitted(&fal.url()));
    fal.on("GET", RESULT, move |_, _| Reply::json(&policy).status(422));
    let clip = clip_of(&app.client, &picture, json!({"provider": "fal"})).await;
    assert_eq!((&clip["status"], &clip["error"]["code"]), (&json!("failed"), &json!("provider_rejected")), "{clip}");
    assert_eq!(clip["error"]["details"]["reason"], "prompt: The content was flagged");
    assert_eq!(app.database.count("select count(*) as n from paid_calls").await, 0, "what was refused is not billed");
    app.finish().await;
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    let fal = queue(clip("green", 1.0).await).await;
    let url = fal.url();
    fal.on_each(
        "POST",
        MODEL,
        [
            Reply::json(&json!({"detail": "Too many requests"})).status(429).header("retry-after", "1"),
            Reply::bytes("text/html", "<html>Bad day</html>").status(503),
            Reply::json(&submitted(&url)),
        ],
    );
    // A look that fails is repeated within the attempt.
    fal.on_each(
        "GET",
        STATUS,
        [
            Reply::bytes("text/html", "<html>nginx</html>").status(502),
            Reply::hang_up(),
            Reply::json(&json!({"status": "IN_PROGRESS"})).status(202),
            Reply::json(&json!({"status": "COMPLETED"})),
        ],
    );
    let app = studio(&fal).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let clip = clip_of(&app.client, &picture, json!({"provider": "fal"})).await;
    assert_eq!((&clip["status"], &clip["attempts"]), (&json!("ready"), &json!(3)), "{clip}");
    let asked = fal.asked_at("POST", MODEL);
    assert!(asked[1].at - asked[0].at >= std::time::Duration::from_secs(1), "it waits as long as it is asked to");
    app.finish().await;
}

#[tokio::test]
async fn a_clip_that_is_paid_for_is_not_given_up_for_looks_that_fail_nor_for_want_of_room() {
    let fal = queue(clip("green", 1.0).await).await;
    let page = || Reply::bytes("text/html", "<html>Sign in to this network</html>");
    fal.on("GET", STATUS, move |_, before| match before {
        0 => page().status(504).header("retry-after", "0"),
        1 => Reply::json(&json!({"detail": "Too many requests"})).status(429).header("retry-after", "10000000000000"),
        2 => page(),
        _ => Reply::json(&json!({"status": "COMPLETED"})),
    });
    let app = studio(&fal).await;
    // None of that is an attempt.
    app.client.patch("/api/settings", json!({"retries": {"attempts": 1, "longestWaitSeconds": 1}})).await.expect(200);
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    // Its shelf is no folder.
    let shelf = app.data_dir().join("media").join("video");
    std::fs::remove_dir_all(&shelf).unwrap();
    std::fs::write(&shelf, "").unwrap();
    let body = json!({"imageIds": [picture["id"]], "options": {"provider": "fal"}});
    let clip = app.client.post("/api/video/generate", body).await.expect(202);
    let waits = "select count(*) as n from video_clips where status = 'queued' and error ->> 'code' = 'internal'";
    app.until_counted(waits, 1).await;
    std::fs::remove_file(&shelf).unwrap();
    std::fs::create_dir(&shelf).unwrap();
    let clip = app.client.finished(&format!("/api/video/{}", clip["id"].as_str().unwrap())).await;
    assert_eq!((&clip["status"], &clip["attempts"]), (&json!("ready"), &json!(1)), "{clip}");
    assert_eq!(fal.asked_at("POST", MODEL).len(), 1, "begun once");
    assert_eq!(app.database.count("select count(*) as n from paid_calls where cost_usd > 0").await, 1);
    app.finish().await;
}

#[tokio::test]
async fn an_answer_that_was_lost_is_not_asked_for_again() {
    let fal = queue(Vec::new()).await;
    let app = studio(&fal).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let elsewhere = submitted("https://elsewhere.example.com");
    type Answer = Box<dyn Fn() -> Reply + Send + Sync>;
    let replies: [(&str, Answer); 5] = [
        ("provider_unavailable", Box::new(Reply::hang_up)),
        ("provider_unavailable", Box::new(|| Reply::cut_off("application/json", "{\"status\": \"IN_"))),
        ("provider_bad_response", Box::new(|| Reply::bytes("text/html", "<html>Welcome</html>"))),
        ("provider_bad_response", Box::new(|| Reply::bytes("application/json", ""))),
        ("provider_bad_response", Box::new(move || Reply::json(&elsewhere))),
    ];
    for (code, reply) in replies {
        let before = fal.asked().len();
        fal.on("POST", MODEL, move |_, _| reply());
        let clip = clip_of(&app.client, &picture, json!({"provider": "fal"})).await;
        assert_eq!((&clip["status"], &clip["error"]["code"]), (&json!("failed"), &json!(code)), "{clip}");
        assert_eq!(clip["error"]["details"]["answerLost"], true, "{clip}");
        assert_eq!(fal.asked().len() - before, 1, "nobody asks twice");
    }
    // Another try is the user's.
    fal.on_json("POST", MODEL, submitted(&fal.url()));
    let good = clip("green", 1.0).await;
    fal.on("GET", "/files/clip.mp4", move |_, _| Reply::bytes("video/mp4", good.clone()));
    let all = app.client.get(&format!("/api/video/by-project/{}", picture["projectId"].as_str().unwrap())).await.expect(200);
    let path = format!("/api/video/{}", all[0]["id"].as_str().unwrap());
    app.client.post(&format!("{path}/retry"), json!({})).await.expect(202);
    assert_eq!(app.client.finished(&path).await["status"], "ready");
    app.finish().await;
}

#[tokio::test]
async fn a_result_that_is_no_clip_is_fetched_again_and_never_made_again() {
    let fal = queue(Vec::new()).await;
    let app = studio(&fal).await;
    attempts(&app.client, 2).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let sound = sound_only(1.0).await;
    let whole = clip("green", 1.0).await;
    let half = whole[..whole.len() / 2].to_vec();
    for wrong in [b"<html>expired</html>".to_vec(), Vec::new(), sound, half] {
        let creates = fal.asked_at("POST", MODEL).len();
        fal.on("GET", "/files/clip.mp4", move |_, _| Reply::bytes("video/mp4", wrong.clone()));
        let clip = clip_of(&app.client, &picture, json!({"provider": "fal"})).await;
        assert_eq!((&clip["status"], &clip["error"]["code"]), (&json!("failed"), &json!("provider_bad_response")), "{clip}");
        assert_eq!(clip["attempts"], 2, "{clip}");
        assert_eq!(fal.asked_at("POST", MODEL).len() - creates, 1, "made once");
    }
    fal.on_json("GET", RESULT, json!({"images": []}));
    let clip = clip_of(&app.client, &picture, json!({"provider": "fal"})).await;
    assert_eq!(clip["error"]["message"], "fal.ai answered without a clip.", "{clip}");
    // An address that is not the vendor's own must be a public one.
    fal.on_json("GET", RESULT, json!({"video": {"url": "http://127.0.0.1:9/secret"}}));
    let clip = clip_of(&app.client, &picture, json!({"provider": "fal"})).await;
    assert_eq!((&clip["status"], &clip["error"]["code"]), (&json!("failed"), &json!("provider_bad_response")), "{clip}");
    app.finish().await;
}

#[tokio::test]
async fn a_clip_whose_server_is_killed_while_it_waits_is_made_once() {
    let fal = queue(clip("green", 1.0).await).await;
    fal.on_json("GET", STATUS, json!({"status": "IN_PROGRESS"}));
    let (database, data_dir, url) = (Database::create().await, tempfile::tempdir().unwrap(), fal.url());
    let environment = [("FAL_BASE_URL", &*url), ("FAL_KEY", KEY)];
    let server = Process::start_in(&environment, &database, data_dir.path());
    let (_, picture) = scene_with_picture(&server.client, "Words.", "A hill.").await;
    let body = json!({"imageIds": [picture["id"]], "options": {"provider": "fal"}});
    let clip = server.client.post("/api/video/generate", body).await.expect(202);
    fal.until_asked("GET", STATUS, 2).await;
    server.kill();
    fal.on_json("GET", STATUS, json!({"status": "COMPLETED"}));
    let server = Process::start_in(&environment, &database, data_dir.path());
    let clip = server.client.finished(&format!("/api/video/{}", clip["id"].as_str().unwrap())).await;
    assert_eq!((&clip["status"], &clip["attempts"]), (&json!("ready"), &json!(1)), "{clip}");
    assert_eq!(fal.asked_at("POST", MODEL).len(), 1, "begun once");
    assert_eq!(database.count("select count(*) as n from paid_calls where ended_at is not null").await, 1);
}

#[tokio::test]
async fn a_clip_that_is_canceled_is_taken_out_of_the_queue() {
    let fal = queue(Vec::new()).await;
    fal.on_json("GET", STATUS, json!({"status": "IN_QUEUE", "queue_position": 40}));
    fal.on("PUT", "/fal-ai/veo3.1/requests/7/cancel", |_, _| Reply::json(&json!({"status": "CANCELLATION_REQUESTED"})).status(202));
    let app = studio(&fal).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let body = json!({"imageIds": [picture["id"]], "options": {"provider": "fal"}});
    let clip = app.client.post("/api/video/generate", body).await.expect(202);
    fal.until_asked("GET", STATUS, 1).await;
    let path = format!("/api/video/{}", clip["id"].as_str().unwrap());
    assert_eq!(app.client.post(&format!("{path}/cancel"), json!({})).await.expect(200)["status"], "canceled");
    app.until_idle().await;
    let stopped = fal.asked_at("PUT", "/fal-ai/veo3.1/requests/7/cancel");
    assert_eq!(stopped.len(), 1);
    assert_eq!(stopped[0].header("authorization"), Some(&*format!("Key {KEY}")));
    app.finish().await;
}

#[tokio::test]
async fn a_clip_that_takes_longer_than_it_may_is_given_up_and_stopped_there() {
    let fal = queue(Vec::new()).await;
    fal.on_json("GET", STATUS, json!({"status": "IN_PROGRESS"}));
    fal.on("PUT", "/fal-ai/veo3.1/requests/7/cancel", |_, _| Reply::json(&json!({"status": "CANCELLATION_REQUESTED"})).status(202));
    let app = studio(&fal).await;
    let rules = json!({"retries": {"attempts": 1}, "limits": {"fal": {"time": {"video": {"totalSeconds": 1}}}}});
    app.client.patch("/api/settings", rules).await.expect(200);
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let clip = clip_of(&app.client, &picture, json!({"provider": "fal"})).await;
    assert_eq!((&clip["status"], &clip["error"]["code"]), (&json!("failed"), &json!("provider_timeout")), "{clip}");
    app.until_idle().await;
    assert_eq!(fal.asked_at("PUT", "/fal-ai/veo3.1/requests/7/cancel").len(), 1, "it is not made, nor billed, for nobody");
    app.finish().await;
}

#[tokio::test]
async fn the_key_is_tried_by_a_question_that_costs_nothing() {
    let fal = VendorServer::start().await;
    let app = studio(&fal).await;
    let test = app.client.post("/api/settings/providers/fal/test", json!({})).await.expect(200);
    assert_eq!(test["ok"], true, "a request that is not there is answered with 404: {test}");
    fal.on("GET", "/fal-ai/flux/requests/*/status", |_, _| Reply::json(&json!({"detail": "Invalid Key"})).status(401));
    let test = app.client.post("/api/settings/providers/fal/test", json!({})).await.expect(200);
    assert_eq!((&test["ok"], &test["error"]["code"]), (&json!(false), &json!("provider_auth_failed")), "{test}");
    assert!(fal.asked().iter().all(|asked| asked.method == "GET"));
    app.finish().await;
}
