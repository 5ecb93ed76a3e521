//! Narrations by Gemini.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use studio_tests::{
    TestApp,
    narrating::{Failure, assert_failures, narrated, probed, samples},
    stand_ins::silence,
    vendor::{Reply, VendorServer},
};

const KEY: &str = "gemini-MARKED-key-0123456789";
const PATH: &str = "/v1/models/gemini-3.8-flash-tts:generateContent";

async fn studio() -> (VendorServer, TestApp) {
    let server = VendorServer::start().await;
    let app = TestApp::with_environment([("GEMINI_BASE_URL", &server.url()), ("GEMINI_API_KEY", KEY)]).await;
    (server, app)
}

fn answer(mime: &str, bytes: &[u8]) -> Value {
    json!({
        "candidates": [{"content": {"role": "model", "parts": [{"inlineData": {"mimeType": mime, "data": STANDARD.encode(bytes)}}]}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 64, "totalTokenCount": 74},
        "modelVersion": "gemini-3.8-flash-tts",
    })
}

/// What such an answer costs at today's price: 10 tokens are read, and 64 spoken.
async fn cost(app: &TestApp) -> f64 {
    let price = app.client.get("/api/settings").await.expect(200)["prices"]["gemini/gemini-3.8-flash-tts"].clone();
    let usd = |unit: &str| price[unit].as_f64().unwrap() / 1e6;
    10.0 * usd("perMillionInputTokens") + 64.0 * usd("perMillionOutputTokens")
}

#[tokio::test]
async fn a_narration_in_the_default_voice_is_asked_for_to_the_letter() {
    let (server, app) = studio().await;
    server.on_json("POST", PATH, answer("audio/wav", &silence(2.0)));
    app.client.patch("/api/settings", json!({"defaults": {"audio": {"provider": "gemini", "style": "calm, warm"}}})).await.expect(200);
    let clip = narrated(&app.client, "Exact words to speak.", json!({})).await;
    assert_eq!(
        (&clip["status"], &clip["voiceId"], &clip["model"]),
        (&json!("ready"), &json!("gemini/Kore"), &json!("gemini-3.8-flash-tts")),
        "{clip}"
    );
    assert_eq!(probed(&app, &clip).await, ("pcm_s16le".to_owned(), 8000, 2.0));
    assert!((clip["costUsd"].as_f64().unwrap() - cost(&app).await).abs() < 1e-12, "{clip}");
    let asked = &server.asked()[0];
    assert_eq!(
        asked.json(),
        json!({
            "contents": [{"role": "user", "parts": [{"text": "Exact words to speak.", "speechMetadata": {"style": "calm, warm"}}]}],
            "generationConfig": {"responseModalities": ["AUDIO"], "speechConfig": {"voiceConfig": {"voice": "Kore"}}},
        })
    );
    assert_eq!((asked.header("x-goog-api-key"), asked.header("authorization"), asked.query.as_str()), (Some(KEY), None, ""));
    app.finish().await;
}

#[tokio::test]
async fn older_models_send_raw_samples_which_become_a_wav() {
    let (server, app) = studio().await;
    let path = "/v1/models/gemini-2.5-flash-preview-tts:generateContent";
    server.on_json("POST", path, answer("audio/L16;codec=pcm;rate=8000", &samples(1.5)));
    // As Google's own list names it.
    let defaults = json!({"provider": "gemini", "model": "models/gemini-2.5-flash-preview-tts", "style": "softly"});
    app.client.patch("/api/settings", json!({"defaults": {"audio": defaults}})).await.expect(200);
    let clip = narrated(&app.client, "Some words.", json!({"voiceId": "gemini/Puck"})).await;
    assert_eq!(
        (&clip["status"], &clip["model"], &clip["mimeType"]),
        (&json!("ready"), &json!("models/gemini-2.5-flash-preview-tts"), &json!("audio/wav")),
        "{clip}"
    );
    assert_eq!(probed(&app, &clip).await, ("pcm_s16le".to_owned(), 8000, 1.5));
    let body = server.asked()[0].json();
    assert_eq!(body["contents"][0]["parts"], json!([{"text": "Read aloud, softly:\nSome words."}]));
    assert_eq!(body["generationConfig"]["speechConfig"], json!({"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Puck"}}}));
    app.finish().await;
}

#[tokio::test]
async fn a_speed_that_it_does_not_have_is_made_here() {
    let (server, app) = studio().await;
    server.on_json("POST", PATH, answer("audio/wav", &silence(3.0)));
    for (speed, seconds) in [(0.5, 6.0), (1.5, 2.0)] {
        let clip = narrated(&app.client, "Some words.", json!({"voiceId": "gemini/Kore", "speed": speed})).await;
        let (codec, _, lasts) = probed(&app, &clip).await;
        assert!(codec == "flac" && (lasts - seconds).abs() < 0.1, "{speed}: {lasts} s of {codec}");
        assert!((clip["durationSeconds"].as_f64().unwrap() - lasts).abs() < 0.01, "{clip}");
        assert_eq!((&clip["speed"], &clip["mimeType"]), (&json!(speed), &json!("audio/flac")));
    }
    app.finish().await;
}

#[tokio::test]
async fn a_long_text_is_spoken_in_parts_and_none_of_them_is_paid_for_twice() {
    let (server, app) = studio().await;
    // Two minutes and more, in two parts, since an answer must begin within two; the second is refused once, after the first
    // was made.
    let text =
        "It is for us the living, rather, to be dedicated here to the unfinished work which they have so nobly advanced. ".repeat(17);
    server.on_each(
        "POST",
        PATH,
        [
            Reply::json(&answer("audio/wav", &silence(2.0))),
            Reply::json(&json!({"error": {"code": 429, "message": "Slow down.", "status": "RESOURCE_EXHAUSTED",
                "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.05s"}]}}))
            .status(429),
            Reply::json(&answer("audio/wav", &silence(3.0))),
        ],
    );
    let clip = narrated(&app.client, text.trim(), json!({"voiceId": "gemini/Kore"})).await;
    assert_eq!((&clip["status"], &clip["attempts"]), (&json!("ready"), &json!(2)), "{clip}");
    let said = |index: usize| server.asked()[index].json()["contents"][0]["parts"][0]["text"].as_str().unwrap().to_owned();
    assert_eq!(server.asked().len(), 3);
    assert_ne!(said(0), said(1));
    assert_eq!(said(1), said(2), "only the part that failed is asked for again");
    assert_eq!(format!("{} {}", said(0), said(2)), text.trim());
    // Both parts, with a sentence's pause between them.
    let (codec, rate, seconds) = probed(&app, &clip).await;
    assert_eq!((codec.as_str(), rate), ("pcm_s16le", 8000));
    assert!((seconds - 5.45).abs() < 0.02, "{seconds}");
    assert!((clip["costUsd"].as_f64().unwrap() - 2.0 * cost(&app).await).abs() < 1e-12, "{clip}");
    app.finish().await;
}

#[tokio::test]
async fn a_batch_gets_through_a_provider_that_answers_two_calls_of_three_with_429() {
    let (server, app) = studio().await;
    let asked = std::sync::atomic::AtomicU32::new(0);
    server.on("POST", PATH, move |_, _| {
        if asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % 3 == 2 {
            return Reply::json(&answer("audio/wav", &silence(0.5)));
        }
        let wait = json!([{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.020000000s"}]);
        Reply::json(&json!({"error": {"code": 429, "message": "Slow down.", "status": "RESOURCE_EXHAUSTED", "details": wait}})).status(429)
    });
    let narrations: Vec<String> = (1..=12).map(|number| format!("This is scene number {number}.")).collect();
    let project = app.client.project(&narrations.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let body = json!({"projectId": project["id"], "voiceId": "gemini/Kore"});
    let estimate = app.client.post("/api/estimate", json!({"kind": "audio", "request": body})).await.expect(200);
    assert!(estimate["calls"] == 12 && estimate["costUsd"].as_f64().unwrap() > 0.0, "{estimate}");
    assert!((12.0..36.0).contains(&estimate["seconds"].as_f64().unwrap()), "{estimate}");
    let batch = app.client.post_and_wait("/api/audio/generate-batch", body).await.expect(200);
    let clips = batch["items"].as_array().unwrap();
    assert!(clips.iter().all(|clip| clip["status"] == "ready" && clip["costUsd"].as_f64().unwrap() > 0.0), "{batch}");
    let attempts: u64 = clips.iter().map(|clip| clip["attempts"].as_u64().unwrap()).sum();
    let calls = server.asked().len();
    assert_eq!(calls as u64, attempts);
    assert!((34..=36).contains(&calls), "{calls} calls");
    assert_eq!(app.database.count("select count(*) as n from paid_calls").await, 12, "what was refused was not paid for");
    app.finish().await;
}

#[tokio::test]
async fn every_failure_is_told_as_what_it_is() {
    let (server, app) = studio().await;
    let error = |status: u16, name: &'static str, message: &'static str| {
        move || Reply::json(&json!({"error": {"code": status, "message": message, "status": name}})).status(status)
    };
    let per_day = || {
        let violations = json!([{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]);
        let details = json!([{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": violations}]);
        Reply::json(&json!({"error": {"code": 429, "message": "Quota exceeded.", "status": "RESOURCE_EXHAUSTED", "details": details}}))
            .status(429)
    };
    let ended = |reason: &'static str| move || Reply::json(&json!({"candidates": [{"finishReason": reason}]}));
    let failures = vec![
        Failure::at_once(
            "provider_auth_failed",
            "refused the key",
            error(400, "INVALID_ARGUMENT", "API key not valid. Key: gemini-MARKED-key-0123456789"),
        ),
        Failure::at_once("provider_quota_exceeded", "Credit is used up", error(402, "RESOURCE_EXHAUSTED", "Credit is used up.")),
        Failure::at_once("provider_quota_exceeded", "Quota exceeded", per_day),
        Failure::at_once(
            "provider_rejected",
            "No matching speaker",
            error(400, "INVALID_ARGUMENT", "No matching speaker voice found for name: X"),
        ),
        Failure::at_once("provider_rejected", "PROHIBITED_CONTENT", || {
            Reply::json(&json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}))
        }),
        Failure::at_once("provider_rejected", "SAFETY", ended("SAFETY")),
        Failure::of_no_use("broke off", ended("MAX_TOKENS")),
        Failure::of_no_use("OTHER", ended("OTHER")),
        Failure::of_no_use("without a narration", ended("STOP")),
        Failure::of_no_use("", || Reply::json(&answer("audio/wav", b"<html>no sound</html>"))),
        Failure::of_no_use("", || Reply::json(&answer("audio/wav", &silence(0.0)))),
    ];
    assert_failures(&app, &server, PATH, "gemini/Kore", KEY, failures).await;
    app.finish().await;
}

#[tokio::test]
async fn a_deadline_that_google_tells_of_passes_and_a_gateways_may_have_been_paid_for() {
    let (server, app) = studio().await;
    let late = json!({"error": {"code": 504, "message": "Deadline expired.", "status": "DEADLINE_EXCEEDED"}});
    server.on_each("POST", PATH, [Reply::json(&late).status(504), Reply::json(&answer("audio/wav", &silence(1.0)))]);
    let clip = narrated(&app.client, "Some words.", json!({"voiceId": "gemini/Kore"})).await;
    assert_eq!((&clip["status"], &clip["attempts"]), (&json!("ready"), &json!(2)), "{clip}");
    let before = server.asked().len();
    server.on("POST", PATH, |_, _| Reply::bytes("text/html", "<html>Gateway timeout</html>").status(504));
    let clip = narrated(&app.client, "Some words.", json!({"voiceId": "gemini/Kore"})).await;
    assert_eq!((&clip["error"]["code"], &clip["error"]["details"]["answerLost"]), (&json!("provider_timeout"), &json!(true)), "{clip}");
    assert_eq!(server.asked().len() - before, 1, "nobody asks twice");
    app.finish().await;
}

#[tokio::test]
async fn it_is_tested_without_being_paid() {
    let (server, app) = studio().await;
    server.on_json("GET", "/v1/models", json!({"models": []}));
    let test = app.client.post("/api/settings/providers/gemini/test", json!({})).await.expect(200);
    assert_eq!(test["ok"], true, "{test}");
    assert!(server.asked().iter().all(|asked| asked.method == "GET"));
    app.finish().await;
}
