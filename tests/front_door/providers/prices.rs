//! Prices: those that end, those that are for everything of a provider, and those that nobody knows.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    Reply, TestApp, VendorServer,
    footage::{clip, clip_of, scene_with_picture},
    narrating::{mp3, narrated},
    stand_ins::silence,
};

const KEY: &str = "MARKED-prices-key-0123456789";

fn dollars(value: &Value) -> f64 {
    let usd = value.as_f64().unwrap_or_else(|| panic!("it is known: {value}"));
    (usd * 1e9).round() / 1e9
}

#[tokio::test]
async fn a_call_costs_what_held_on_the_day_on_which_it_was_made() {
    const PATH: &str = "/v1/models/gemini-3.8-flash-tts:generateContent";
    let server = VendorServer::start().await;
    let app = TestApp::with_environment([("GEMINI_BASE_URL", &*server.url()), ("GEMINI_API_KEY", KEY)]).await;
    let sound = json!({"inlineData": {"mimeType": "audio/wav", "data": STANDARD.encode(silence(1.0))}});
    let answer = json!({
        "candidates": [{"content": {"role": "model", "parts": [sound]}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 64, "totalTokenCount": 74},
    });
    // 10 tokens read and 64 spoken: at $0.50 and $9 for a million in the old year, at $1 and $18 in the new one.
    for (asked, (day, usd)) in [("2026-12-31 23:59:59+00", 0.000_581), ("2027-01-01 00:00:01+00", 0.001_162)].into_iter().enumerate() {
        let (reply, feed) = Reply::fed("application/json");
        server.on_each("POST", PATH, [reply]);
        let client = app.client.clone();
        let narration = tokio::spawn(async move { narrated(&client, "Exact words.", json!({"voiceId": "gemini/Kore"})).await });
        server.until_asked("POST", PATH, asked + 1).await;
        app.database.run(&format!("update paid_calls set begun_at = '{day}' where ended_at is null")).await;
        feed.send(answer.to_string());
        drop(feed);
        let clip = narration.await.unwrap();
        assert!((dollars(&clip["costUsd"]) - usd).abs() < 1e-9, "{day}: {clip}");
    }
    // The settings say what holds today, and where that is the old price, what comes then.
    let price = app.client.get("/api/settings").await.expect(200)["prices"]["gemini/gemini-3.8-flash-tts"].clone();
    match price["until"].as_str() {
        Some(until) => {
            assert_eq!((until, &price["perMillionOutputTokens"]), ("2026-12-31", &json!(9.0)), "{price}");
            assert_eq!((&price["then"]["perMillionOutputTokens"], price["then"].get("until")), (&json!(18.0), None), "{price}");
        }
        None => assert_eq!((&price["perMillionOutputTokens"], price.get("then")), (&json!(18.0), None), "{price}"),
    }
    app.finish().await;
}

#[tokio::test]
async fn a_price_for_everything_of_a_provider_bills_each_kind_by_its_own_unit() {
    let server = VendorServer::start().await;
    let (sound, film) = (mp3(1.0).await, clip("green", 4.0).await);
    server.on_json("POST", "/v1/text-to-speech/george/with-timestamps", json!({"audio_base64": STANDARD.encode(sound), "alignment": null}));
    server.on_json("POST", "/v1/flows/video", json!({"id": "g1", "status": "pending"}));
    let content = format!("{}/signed/clip.mp4", server.url());
    server.on_json("GET", "/v1/flows/video/g1", json!({"id": "g1", "status": "completed", "content_url": content}));
    server.on("GET", "/signed/clip.mp4", move |_, _| Reply::bytes("video/mp4", film.clone()));
    let app = TestApp::with_environment([("ELEVENLABS_BASE_URL", &*server.url()), ("ELEVENLABS_API_KEY", KEY)]).await;
    let both = json!({"elevenlabs/*": {"perMillionCharacters": 100, "perSecond": 0.2}});
    let defaults = json!({"audio": {"provider": "elevenlabs", "model": "eleven_v4"}});
    app.client.patch("/api/settings", json!({"prices": both, "defaults": defaults})).await.expect(200);
    let (scene, picture) = scene_with_picture(&app.client, "Ten words.", "A hill.").await;
    let estimate = async |kind: &str, request: Value| {
        let told = app.client.post("/api/estimate", json!({"kind": kind, "request": request})).await.expect(200);
        dollars(&told["costUsd"])
    };
    let narration = json!({"sceneId": scene["id"], "voiceId": "elevenlabs/george"});
    assert_eq!(estimate("audio", narration.clone()).await, 0.001, "ten characters");
    let made = app.client.post_and_wait("/api/audio/generate", narration).await.expect(200);
    assert_eq!(dollars(&made["costUsd"]), 0.001, "{made}");
    let options = json!({"provider": "elevenlabs", "durationSeconds": 4});
    assert_eq!(estimate("video", json!({"imageIds": [picture["id"]], "options": options})).await, 0.8, "four seconds");
    let made = clip_of(&app.client, &picture, options).await;
    assert!((dollars(&made["costUsd"]) - made["durationSeconds"].as_f64().unwrap() * 0.2).abs() < 1e-6, "{made}");
    app.finish().await;
}

#[tokio::test]
async fn what_nobody_knows_the_price_of_is_never_free_and_a_limit_refuses_it() {
    let server = VendorServer::start().await;
    let (url, v1) = (server.url(), format!("{}/v1", server.url()));
    let app = TestApp::with_environment([
        ("GEMINI_BASE_URL", &*url),
        ("GEMINI_API_KEY", KEY),
        ("OPENAI_BASE_URL", &*v1),
        ("OPENAI_API_KEY", KEY),
        ("ANTHROPIC_BASE_URL", &*url),
        ("ANTHROPIC_API_KEY", KEY),
        ("ELEVENLABS_BASE_URL", &*url),
        ("ELEVENLABS_API_KEY", KEY),
        ("FAL_BASE_URL", &*url),
        ("FAL_KEY", KEY),
        ("REPLICATE_BASE_URL", &*url),
        ("REPLICATE_API_TOKEN", KEY),
        ("COMPATIBLE_BASE_URL", &*v1),
        ("COMPATIBLE_API_KEY", KEY),
    ])
    .await;
    app.client.patch("/api/settings", json!({"spending": {"monthLimitUsd": 1000}})).await.expect(200);
    let (scene, picture) = scene_with_picture(&app.client, "Some words.", "A hill.").await;
    let mut tried = 0;
    for (provider, kinds) in [
        ("gemini", &["script", "audio", "image", "video"][..]),
        ("openai", &["script", "audio", "image"]),
        ("anthropic", &["script"]),
        ("elevenlabs", &["audio", "video"]),
        ("fal", &["image", "video"]),
        ("replicate", &["image", "video"]),
        ("compatible", &["script", "audio"]),
    ] {
        for kind in kinds {
            let named = json!({"provider": provider, "model": "somebody/of-tomorrow"});
            let (path, request) = match *kind {
                "script" => ("/api/script/generate", json!({"prompt": "A mill.", "options": named})),
                "audio" => {
                    app.client.patch("/api/settings", json!({"defaults": {"audio": named}})).await.expect(200);
                    ("/api/audio/generate", json!({"sceneId": scene["id"], "voiceId": format!("{provider}/nova")}))
                }
                "image" => ("/api/image/generate", json!({"sceneId": scene["id"], "modelOptions": named})),
                _ => ("/api/video/generate", json!({"imageIds": [picture["id"]], "options": named})),
            };
            let told = app.client.post("/api/estimate", json!({"kind": kind, "request": request})).await.expect(200);
            assert_eq!((&told["calls"], told.get("costUsd")), (&json!(1), Some(&Value::Null)), "{provider} {kind}: {told}");
            let error = app.client.post(path, request).await.expect_error(409, ErrorCode::SpendingLimitReached);
            assert!(error.details["estimateUsd"].is_null() && error.message.contains("not known"), "{provider} {kind}: {error:?}");
            tried += 1;
        }
    }
    assert_eq!(tried, 16);
    assert!(server.asked().iter().all(|asked| asked.method == "GET"), "nobody was asked for anything");
    // A film of parts of which one is unknown is unknown as a whole.
    let spoken = json!({"provider": "openai", "model": "somebody/of-tomorrow"});
    app.client.patch("/api/settings", json!({"defaults": {"audio": spoken}})).await.expect(200);
    let film = json!({"projectId": scene["projectId"]});
    let told = app.client.post("/api/estimate", json!({"kind": "video", "request": film})).await.expect(200);
    assert_eq!(
        (&told["calls"], &told["costUsd"]),
        (&json!(2), &Value::Null),
        "its narration is unknown, and the film itself is free: {told}"
    );
    assert_eq!(app.database.count("select count(*) as n from paid_calls").await, 0);
    app.finish().await;
}

#[tokio::test]
async fn a_server_with_a_key_that_costs_nothing_is_free() {
    let server = VendorServer::start().await;
    server.on("POST", "/v1/audio/speech", |_, before| match before {
        // Whoever is paid is not asked again after that.
        0 => Reply::hang_up(),
        _ => Reply::bytes("audio/wav", silence(0.5)),
    });
    let v1 = format!("{}/v1", server.url());
    let app = TestApp::with_environment([("COMPATIBLE_BASE_URL", &*v1), ("COMPATIBLE_API_KEY", KEY)]).await;
    let project = app.client.project(&["Exact words."]).await;
    let narration = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "compatible/alloy"});
    let estimate = async || {
        let told = app.client.post("/api/estimate", json!({"kind": "audio", "request": narration})).await.expect(200);
        told["costUsd"].clone()
    };
    assert_eq!(estimate().await, Value::Null);
    let rules = json!({"prices": {"compatible/*": {"perRequest": 0}}, "spending": {"monthLimitUsd": 0.01}});
    app.client.patch("/api/settings", rules).await.expect(200);
    assert_eq!(estimate().await, 0.0);
    let clip = app.client.post_and_wait("/api/audio/generate", narration.clone()).await.expect(200);
    assert_eq!((&clip["status"], &clip["attempts"], &clip["costUsd"]), (&json!("ready"), &json!(2), &json!(0.0)), "{clip}");
    let spending = app.client.get("/api/settings").await.expect(200)["spending"].clone();
    assert_eq!((&spending["monthUsd"], &spending["unknownCalls"]), (&json!(0.0), &json!(0)), "{spending}");
    // One of its models that costs something makes it somebody who is paid.
    app.client.patch("/api/settings", json!({"prices": {"compatible/large": {"perRequest": 0.5}}})).await.expect(200);
    assert_eq!(estimate().await, 0.0);
    app.client.post_and_wait("/api/audio/generate", narration).await.expect(200);
    assert_eq!(app.database.count("select count(*) as n from paid_calls where cost_usd = 0").await, 1);
    app.finish().await;
}
