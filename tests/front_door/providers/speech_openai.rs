//! Narrations by OpenAI.

use std::time::Duration;

use serde_json::{Value, json};
use studio_tests::{
    TestApp,
    narrating::{Failure, assert_failures, narrated, probed, streamed_wav},
    vendor::{Reply, VendorServer},
};

const KEY: &str = "sk-proj-MARKED0123456789xyz";
const PATH: &str = "/v1/audio/speech";

async fn studio() -> (VendorServer, TestApp) {
    let server = VendorServer::start().await;
    let app = TestApp::with_environment([("OPENAI_BASE_URL", &format!("{}/v1", server.url())), ("OPENAI_API_KEY", KEY)]).await;
    (server, app)
}

#[tokio::test]
async fn a_narration_in_the_default_voice_is_asked_for_to_the_letter() {
    let (server, app) = studio().await;
    server.on("POST", PATH, |_, _| Reply::bytes("audio/wav", streamed_wav(2.0)));
    app.client.patch("/api/settings", json!({"defaults": {"audio": {"provider": "openai", "style": "calm, warm"}}})).await.expect(200);
    let clip = narrated(&app.client, "Exact words.", json!({"speed": 1.25})).await;
    assert_eq!(
        (&clip["status"], &clip["voiceId"], &clip["model"]),
        (&json!("ready"), &json!("openai/nova"), &json!("gpt-4o-mini-tts")),
        "{clip}"
    );
    // The head that came said that it lasts for days.
    assert_eq!(probed(&app, &clip).await, ("pcm_s16le".to_owned(), 8000, 2.0));
    assert_eq!(clip["durationSeconds"], 2.0);
    assert!((clip["costUsd"].as_f64().unwrap() - 0.0005).abs() < 1e-12, "2 s at $0.015 a minute: {clip}");
    let asked = &server.asked()[0];
    assert_eq!(
        asked.json(),
        json!({"model": "gpt-4o-mini-tts", "voice": "nova", "input": "Exact words.", "instructions": "calm, warm", "response_format": "wav", "speed": 1.25})
    );
    assert_eq!(asked.header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    app.finish().await;
}

#[tokio::test]
async fn a_text_beyond_4096_characters_is_one_sound_of_two_calls() {
    let (server, app) = studio().await;
    server.on("POST", PATH, |_, _| Reply::bytes("audio/wav", streamed_wav(2.0)));
    app.client
        .patch("/api/settings", json!({"defaults": {"audio": {"provider": "openai", "model": "tts-1-hd", "style": "loud"}}}))
        .await
        .expect(200);
    let text = "One sentence follows another one. ".repeat(130);
    let clip = narrated(&app.client, text.trim(), json!({"voiceId": "openai/onyx"})).await;
    let parts: Vec<_> = server.asked().iter().map(|asked| asked.json()).collect();
    assert_eq!((&clip["status"], parts.len()), (&json!("ready"), 2), "{clip}");
    assert!(parts.iter().all(|part| part["input"].as_str().unwrap().chars().count() <= 4096 && part.get("instructions").is_none()));
    assert_eq!(format!("{} {}", parts[0]["input"].as_str().unwrap(), parts[1]["input"].as_str().unwrap()), text.trim());
    let (codec, _, seconds) = probed(&app, &clip).await;
    assert!(codec == "pcm_s16le" && (seconds - 4.45).abs() < 0.02, "{codec} {seconds}");
    let characters = text.trim().chars().count() - 1;
    assert!((clip["costUsd"].as_f64().unwrap() - characters as f64 * 30.0 / 1e6).abs() < 1e-9, "{clip}");
    app.finish().await;
}

#[tokio::test]
async fn what_one_server_has_spoken_is_not_joined_to_what_another_speaks() {
    let (server, app) = studio().await;
    let refused = || Reply::json(&json!({"error": {"message": "No.", "code": "content_policy_violation"}})).status(400);
    server.on_each("POST", PATH, [Reply::bytes("audio/wav", streamed_wav(2.0)), refused()]);
    let text = "One sentence follows another one. ".repeat(130);
    let clip = narrated(&app.client, text.trim(), json!({"voiceId": "openai/onyx"})).await;
    assert_eq!((&clip["status"], server.asked().len()), (&json!("failed"), 2), "{clip}");
    let other = VendorServer::start().await;
    other.on("POST", PATH, |_, _| Reply::bytes("audio/wav", streamed_wav(1.0)));
    let address = json!({"providers": {"openai": {"baseUrl": format!("{}/v1", other.url())}}});
    app.client.patch("/api/settings", address).await.expect(200);
    let path = format!("/api/audio/{}", clip["id"].as_str().unwrap());
    app.client.post(&format!("{path}/retry"), json!({})).await.expect(202);
    let clip = app.client.finished(&path).await;
    assert_eq!((&clip["status"], other.asked().len()), (&json!("ready"), 2), "{clip}");
    app.finish().await;
}

#[tokio::test]
async fn every_failure_is_told_as_what_it_is() {
    let (server, app) = studio().await;
    let error = |status: u16, code: &'static str, message: &'static str| {
        move || Reply::json(&json!({"error": {"message": message, "type": "error", "param": null, "code": code}})).status(status)
    };
    let failures = vec![
        Failure::at_once(
            "provider_auth_failed",
            "refused the key",
            error(401, "invalid_api_key", "Incorrect API key provided: sk-proj-MARKED0123456789xyz."),
        ),
        Failure::at_once("provider_quota_exceeded", "current quota", error(429, "insufficient_quota", "You exceeded your current quota.")),
        Failure::at_once("provider_rejected", "policy", error(400, "content_policy_violation", "It is against the policy.")),
        Failure::at_once("provider_rejected", "does not exist", error(404, "model_not_found", "The model does not exist.")),
        Failure::after_retries("provider_rate_limited", "", move || {
            error(429, "rate_limit_exceeded", "Limit reached.")().header("retry-after-ms", "20")
        }),
        Failure::of_no_use("something else", || Reply::bytes("audio/wav", streamed_wav(0.0))),
        Failure::at_once("provider_unavailable", "may have been carried out and paid for", || {
            Reply::cut_off("audio/wav", streamed_wav(0.5))
        }),
    ];
    assert_failures(&app, &server, PATH, "openai/nova", KEY, failures).await;
    app.finish().await;
}

#[tokio::test]
async fn a_batch_comes_back_no_sooner_than_it_was_told_and_is_whole_in_the_end() {
    const WAIT: Duration = Duration::from_millis(250);
    let (server, app) = studio().await;
    let asked = std::sync::atomic::AtomicU32::new(0);
    server.on("POST", PATH, move |_, _| {
        if asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % 3 == 2 {
            return Reply::bytes("audio/wav", streamed_wav(0.5));
        }
        let refusal =
            json!({"error": {"message": "Rate limit reached.", "type": "requests", "param": null, "code": "rate_limit_exceeded"}});
        Reply::json(&refusal).status(429).header("retry-after-ms", &WAIT.as_millis().to_string())
    });
    // One at a time, so that every call after a refusal is one that knew of it.
    app.client.patch("/api/settings", json!({"limits": {"openai": {"atOnce": 1}}})).await.expect(200);
    let narrations: Vec<String> = (1..=12).map(|number| format!("This is scene number {number}.")).collect();
    let project = app.client.project(&narrations.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let body = json!({"projectId": project["id"], "voiceId": "openai/nova"});
    let batch = app.client.post_and_wait("/api/audio/generate-batch", body).await.expect(200);
    let clips = batch["items"].as_array().unwrap();
    assert!(clips.len() == 12 && clips.iter().all(|clip| clip["status"] == "ready"), "{batch}");
    let asked = server.asked_at("POST", PATH);
    assert_eq!(asked.len(), 36, "twelve answers, and two refusals for each");
    for (call, pair) in asked.windows(2).enumerate().filter(|(call, _)| call % 3 != 2) {
        assert!(pair[1].at - pair[0].at >= WAIT, "after call {call}: {:?}", pair[1].at - pair[0].at);
    }
    let mut said: Vec<String> = asked.iter().skip(2).step_by(3).map(|asked| asked.json()["input"].as_str().unwrap().to_owned()).collect();
    said.sort();
    let mut wanted = narrations;
    wanted.sort();
    assert_eq!(said, wanted, "each was spoken once");
    let cost = |clip: &Value| clip["costUsd"].as_f64().unwrap();
    assert!(clips.iter().all(|clip| (cost(clip) - 0.000_125).abs() < 1e-9), "what was refused costs nothing: {batch}");
    app.finish().await;
}
