//! Narrations by servers that speak OpenAI's language: Kokoro and its like.

use serde_json::{Value, json};
use studio_tests::{
    TestApp,
    narrating::{mp3, narrated, probed, streamed_wav},
    vendor::{Reply, VendorServer},
};

const PATH: &str = "/v1/audio/speech";

async fn studio() -> (VendorServer, TestApp) {
    let server = VendorServer::start().await;
    let app = TestApp::with_environment([("COMPATIBLE_BASE_URL", &format!("{}/v1", server.url()))]).await;
    app.client.patch("/api/settings", json!({"defaults": {"audio": {"provider": "compatible"}}})).await.expect(200);
    (server, app)
}

fn models(ids: &[&str]) -> Value {
    json!({"object": "list", "data": ids.iter().map(|id| json!({"id": id, "object": "model"})).collect::<Vec<_>>()})
}

#[tokio::test]
async fn kokoro_speaks_in_the_language_of_the_project() {
    let (server, app) = studio().await;
    server.on_json("GET", "/v1/audio/voices", json!({"voices": ["zf_xiaobei", "bf_emma", "af_heart"]}));
    server.on_json("GET", "/v1/models", models(&["tts-1", "kokoro"]));
    server.on("POST", PATH, |_, _| Reply::bytes("audio/wav", streamed_wav(2.0)));
    let clip = narrated(&app.client, "Exact words.", json!({"speed": 0.8})).await;
    assert_eq!(
        (&clip["status"], &clip["voiceId"], &clip["model"]),
        (&json!("ready"), &json!("compatible/bf_emma"), &json!("tts-1")),
        "{clip}"
    );
    assert_eq!((clip["costUsd"].as_f64(), probed(&app, &clip).await.2), (Some(0.0), 2.0), "without a key nobody is billed: {clip}");
    let asked = server.asked_at("POST", PATH).remove(0);
    assert_eq!(
        asked.json(),
        json!({"model": "tts-1", "voice": "bf_emma", "input": "Exact words.", "response_format": "wav", "speed": 0.8})
    );
    assert_eq!(asked.header("authorization"), None);
    app.finish().await;
}

#[tokio::test]
async fn a_server_that_sends_mp3_whatever_it_is_asked_for_is_understood() {
    let (server, app) = studio().await;
    let sound = mp3(1.5).await;
    server.on("POST", PATH, move |_, _| Reply::bytes("audio/wav", sound.clone()));
    let clip = narrated(&app.client, "Some words.", json!({"voiceId": "compatible/af_heart+af_bella"})).await;
    assert_eq!((&clip["status"], &clip["mimeType"], &clip["model"]), (&json!("ready"), &json!("audio/mpeg"), &json!("tts-1")), "{clip}");
    let clip = narrated(&app.client, &"A sentence of some words. ".repeat(200), json!({"voiceId": "compatible/af_heart"})).await;
    assert_eq!((&clip["status"], &clip["mimeType"]), (&json!("ready"), &json!("audio/wav")), "{clip}");
    let seconds = probed(&app, &clip).await.2;
    assert!((3.0..3.8).contains(&seconds), "{seconds}");
    app.finish().await;
}

#[tokio::test]
async fn a_server_without_a_list_of_voices_has_the_usual_ones_if_it_speaks_at_all() {
    let (server, app) = studio().await;
    server.on_json("GET", "/v1/models", models(&["llama3.2", "qwen3"]));
    let voices = app.client.get("/api/voices?provider=compatible").await.expect(200);
    assert_eq!(voices, json!({"items": []}), "one that only writes has no voices");

    let (server, app_2) = studio().await;
    server.on_json("GET", "/v1/models", models(&["llama3.2", "hexgrad/Kokoro-82M"]));
    let voices = app_2.client.get("/api/voices?provider=compatible").await.expect(200);
    assert!(voices["items"].as_array().unwrap().iter().any(|voice| voice["id"] == "compatible/alloy"), "{voices}");
    server.on("POST", PATH, |_, _| Reply::bytes("audio/wav", streamed_wav(1.0)));
    let clip = narrated(&app_2.client, "Some words.", json!({})).await;
    assert_eq!((&clip["status"], &clip["model"]), (&json!("ready"), &json!("hexgrad/Kokoro-82M")), "{clip}");
    app.finish().await;
    app_2.finish().await;
}

#[tokio::test]
async fn what_broke_off_is_asked_for_again_since_it_costs_nothing() {
    let (server, app) = studio().await;
    let refusal = json!({"detail": {"error": "processing_error", "message": "The model is loading.", "type": "server_error"}});
    server.on_each(
        "POST",
        PATH,
        [
            Reply::cut_off("audio/wav", streamed_wav(0.5)),
            Reply::bytes("text/html", "<html>Starting</html>"),
            Reply::json(&refusal).status(503).header("retry-after-ms", "10"),
            Reply::bytes("audio/wav", streamed_wav(1.0)),
        ],
    );
    let clip = narrated(&app.client, "Some words.", json!({"voiceId": "compatible/alloy"})).await;
    assert_eq!((&clip["status"], &clip["attempts"]), (&json!("ready"), &json!(4)), "{clip}");
    let bad = json!({"detail": {"error": "validation_error", "message": "Voice zz not found.", "type": "invalid_request_error"}});
    server.on("POST", PATH, move |_, _| Reply::json(&bad).status(400));
    let clip = narrated(&app.client, "Some words.", json!({"voiceId": "compatible/zz"})).await;
    assert_eq!((&clip["error"]["code"], &clip["attempts"]), (&json!("provider_rejected"), &json!(1)), "{clip}");
    assert!(clip["error"]["message"].as_str().unwrap().contains("Voice zz not found"), "{clip}");
    app.finish().await;
}

#[tokio::test]
async fn a_server_is_tried_for_what_it_lists_unless_the_user_has_said_what_it_does() {
    let (server, app) = studio().await;
    server.on_json("GET", "/v1/models", models(&["tts-1", "kokoro"]));
    let url = format!("{}/v1", server.url());
    let servers = json!({"compatible-free": {"baseUrl": url}, "compatible-writer": {"baseUrl": url, "kinds": ["script"]}});
    app.client.patch("/api/settings", json!({"providers": servers})).await.expect(200);
    let test = async |id: &str| app.client.post(&format!("/api/settings/providers/{id}/test"), json!({})).await.expect(200);
    assert_eq!(test("compatible").await["ok"], true, "it only speaks");
    assert_eq!(test("compatible-free").await["ok"], true);
    let told = test("compatible-writer").await;
    assert_eq!((&told["ok"], &told["error"]["code"]), (&json!(false), &json!("provider_not_configured")), "{told}");
    assert!(told["error"]["message"].as_str().unwrap().contains("has no model; load one there"), "{told}");
    // One without anything is told of what it lacks.
    server.on_json("GET", "/v1/models", models(&[]));
    let told = test("compatible-free").await;
    assert!(told["error"]["message"].as_str().unwrap().contains("has no model; load one there"), "{told}");
    app.finish().await;
}
