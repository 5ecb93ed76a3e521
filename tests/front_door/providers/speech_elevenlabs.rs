//! Narrations by ElevenLabs.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use studio_tests::{
    TestApp,
    narrating::{Failure, assert_failures, mp3, narrated, probed},
    vendor::{Reply, VendorServer},
};

const KEY: &str = "sk_MARKED0123456789abcdef";
const PATH: &str = "/v1/text-to-speech/george/with-timestamps";

async fn studio() -> (VendorServer, TestApp) {
    let server = VendorServer::start().await;
    let app = TestApp::with_environment([("ELEVENLABS_BASE_URL", &server.url()), ("ELEVENLABS_API_KEY", KEY)]).await;
    (server, app)
}

/// An answer in which every character takes a tenth of a second.
fn spoken(text: &str, sound: &[u8]) -> Value {
    let characters: Vec<String> = text.chars().map(String::from).collect();
    let at = |from: usize| (from..from + characters.len()).map(|index| index as f64 / 10.0).collect::<Vec<_>>();
    let alignment = json!({"characters": characters, "character_start_times_seconds": at(0), "character_end_times_seconds": at(1)});
    json!({"audio_base64": STANDARD.encode(sound), "alignment": alignment, "normalized_alignment": null})
}

fn times(clip: &Value) -> Vec<(String, f64, f64)> {
    let words = clip["words"].as_array().unwrap_or_else(|| panic!("it has words: {clip}"));
    let tenth = |value: &Value| (value.as_f64().unwrap() * 1000.0).round() / 1000.0;
    words.iter().map(|word| (word["text"].as_str().unwrap().to_owned(), tenth(&word["startSeconds"]), tenth(&word["endSeconds"]))).collect()
}

#[tokio::test]
async fn a_narration_comes_with_the_time_of_every_word() {
    let (server, app) = studio().await;
    server.on_json("POST", PATH, spoken("Four score, and more.", &mp3(2.2).await));
    let clip = narrated(&app.client, "Four score, and more.", json!({"voiceId": "elevenlabs/george", "speed": 1.1})).await;
    assert_eq!(
        (&clip["status"], &clip["model"], &clip["mimeType"]),
        (&json!("ready"), &json!("eleven_multilingual_v2"), &json!("audio/mpeg")),
        "{clip}"
    );
    let expected = [("Four", 0.0, 0.4), ("score,", 0.5, 1.1), ("and", 1.2, 1.5), ("more.", 1.6, 2.1)];
    assert_eq!(times(&clip), expected.map(|(text, start, end)| (text.to_owned(), start, end)));
    let (codec, rate, seconds) = probed(&app, &clip).await;
    assert!((codec.as_str(), rate) == ("mp3", 44_100) && (seconds - 2.2).abs() < 0.1, "{codec} {rate} {seconds}");
    // 21 characters at $100 for a million.
    assert!((clip["costUsd"].as_f64().unwrap() - 0.0021).abs() < 1e-12, "{clip}");
    let asked = &server.asked()[0];
    assert_eq!(
        asked.json(),
        json!({"text": "Four score, and more.", "model_id": "eleven_multilingual_v2", "voice_settings": {"speed": 1.1}})
    );
    assert_eq!(
        (asked.query.as_str(), asked.header("xi-api-key"), asked.header("authorization")),
        ("output_format=mp3_44100_128", Some(KEY), None)
    );
    app.finish().await;
}

#[tokio::test]
async fn beyond_its_own_speeds_the_sound_is_stretched_and_the_times_with_it() {
    let (server, app) = studio().await;
    server.on_json("POST", PATH, spoken("Four score.", &mp3(2.4).await));
    let clip = narrated(&app.client, "Four score.", json!({"voiceId": "elevenlabs/george", "speed": 1.8})).await;
    assert_eq!(server.asked()[0].json()["voice_settings"], json!({"speed": 1.2}), "what it can do itself, it does");
    // 1.5 times as fast as it spoke.
    assert_eq!(times(&clip), [("Four".to_owned(), 0.0, 0.267), ("score.".to_owned(), 0.333, 0.733)]);
    assert!((clip["durationSeconds"].as_f64().unwrap() - 1.6).abs() < 0.1, "{clip}");
    app.finish().await;
}

#[tokio::test]
async fn a_model_that_takes_the_language_is_told_it_as_it_writes_it() {
    let (server, app) = studio().await;
    server.on_json("POST", PATH, spoken("Hallo.", &mp3(1.0).await));
    let project = app.client.project(&["Hallo."]).await;
    let path = format!("/api/projects/{}", project["id"].as_str().unwrap());
    app.client.patch(&path, json!({"language": "DE-at"})).await.expect(200);
    let defaults = json!({"audio": {"provider": "elevenlabs", "model": "eleven_flash_v2_5"}});
    app.client.patch("/api/settings", json!({"defaults": defaults})).await.expect(200);
    let wanted = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "elevenlabs/george"});
    app.client.post_and_wait("/api/audio/generate", wanted).await.expect(200);
    assert_eq!(server.asked()[0].json()["language_code"], "de");
    app.finish().await;
}

#[tokio::test]
async fn a_text_that_is_too_long_for_a_model_is_joined_of_its_parts_words_and_all() {
    let (server, app) = studio().await;
    let sound = mp3(1.0).await;
    server.on("POST", PATH, move |asked, _| Reply::json(&spoken(asked.json()["text"].as_str().unwrap(), &sound)));
    app.client.patch("/api/settings", json!({"defaults": {"audio": {"provider": "elevenlabs", "model": "eleven_v3"}}})).await.expect(200);
    let sentence = "So be it then, and so it was. ";
    let text = sentence.repeat(200);
    let clip = narrated(&app.client, text.trim(), json!({"voiceId": "elevenlabs/george"})).await;
    assert_eq!((&clip["status"], &clip["mimeType"], server.asked().len()), (&json!("ready"), &json!("audio/wav"), 2), "{clip}");
    let parts: Vec<String> = server.asked().iter().map(|asked| asked.json()["text"].as_str().unwrap().to_owned()).collect();
    assert!(parts.iter().all(|part| part.chars().count() <= 5000));
    assert_eq!(parts.join(" "), text.trim());
    let words = times(&clip);
    let said: Vec<&str> = words.iter().map(|(text, ..)| text.as_str()).collect();
    assert_eq!(said, text.split_whitespace().collect::<Vec<_>>());
    // The second part begins where the sound of the first ends, after the pause of a sentence.
    let second = parts[0].split_whitespace().count();
    assert!((1.0..1.6).contains(&words[second].1), "{:?}", words[second]);
    app.finish().await;
}

#[tokio::test]
async fn its_voices_are_listed_page_by_page_and_the_first_is_the_default() {
    let (server, app) = studio().await;
    server.on("GET", "/v2/voices", |asked, _| {
        if asked.query.contains("next_page_token=second%3D") {
            return Reply::json(&json!({"voices": [{"voice_id": "two", "name": "Two", "labels": null}], "has_more": false, "next_page_token": null}));
        }
        let labels = json!({"accent": "british", "description": "warm", "gender": "male", "age": "old"});
        let voice = json!({"voice_id": "george", "name": "George", "category": "premade", "labels": labels, "preview_url": "https://example.com/george.mp3"});
        Reply::json(&json!({"voices": [voice], "has_more": true, "next_page_token": "second=", "total_count": 2}))
    });
    let voices = app.client.get("/api/voices?provider=elevenlabs").await.expect(200);
    assert_eq!(
        voices["items"],
        json!([
            {"id": "elevenlabs/george", "name": "George (british, warm)", "provider": "elevenlabs", "language": "mul", "gender": "male", "previewUrl": "https://example.com/george.mp3"},
            {"id": "elevenlabs/two", "name": "Two", "provider": "elevenlabs", "language": "mul"},
        ])
    );
    let asked = server.asked();
    assert_eq!(
        asked.iter().map(|asked| asked.query.as_str()).collect::<Vec<_>>(),
        ["page_size=100", "page_size=100&next_page_token=second%3D"]
    );
    server.on_json("POST", PATH, spoken("Hi there.", &mp3(1.0).await));
    app.client.patch("/api/settings", json!({"defaults": {"audio": {"provider": "elevenlabs"}}})).await.expect(200);
    let clip = narrated(&app.client, "Hi there.", json!({})).await;
    assert_eq!((&clip["status"], &clip["voiceId"]), (&json!("ready"), &json!("elevenlabs/george")), "{clip}");
    assert_eq!(server.asked_at("GET", "/v2/voices").len(), 2, "what was listed a moment ago is not asked for again");
    app.finish().await;
}

#[tokio::test]
async fn a_key_that_may_not_list_voices_speaks_with_a_known_one() {
    let (server, app) = studio().await;
    let refusal = json!({"detail": {"status": "missing_permissions", "message": "The API key lacks voices_read."}});
    server.on("GET", "/v2/voices", move |_, _| Reply::json(&refusal).status(401));
    server.on_json("POST", "/v1/text-to-speech/*/with-timestamps", spoken("Hi there.", &mp3(1.0).await));
    app.client.patch("/api/settings", json!({"defaults": {"audio": {"provider": "elevenlabs"}}})).await.expect(200);
    let clip = narrated(&app.client, "Hi there.", json!({})).await;
    assert_eq!((&clip["status"], &clip["voiceId"]), (&json!("ready"), &json!("elevenlabs/JBFqnCBsd6RMkjVDRZzb")), "{clip}");
    app.finish().await;
}

#[tokio::test]
async fn times_of_other_words_are_not_taken_for_those_of_the_narration() {
    let (server, app) = studio().await;
    server.on_each(
        "POST",
        PATH,
        [
            Reply::json(&spoken("In nineteen hundred.", &mp3(1.0).await)),
            Reply::json(&json!({"audio_base64": STANDARD.encode(mp3(1.0).await), "alignment": null, "normalized_alignment": null})),
        ],
    );
    for _ in 0..2 {
        let clip = narrated(&app.client, "In 1900.", json!({"voiceId": "elevenlabs/george"})).await;
        let words: Vec<_> = clip["words"].as_array().unwrap().iter().map(|word| word["text"].as_str().unwrap()).collect();
        assert_eq!((&clip["status"], words), (&json!("ready"), vec!["In", "1900."]), "they are found in the sound: {clip}");
    }
    app.finish().await;
}

#[tokio::test]
async fn every_failure_is_told_as_what_it_is() {
    let (server, app) = studio().await;
    let error = |status: u16, code: &'static str, message: &'static str| {
        move || Reply::json(&json!({"detail": {"status": code, "message": message}})).status(status)
    };
    let failures = vec![
        Failure::at_once("provider_auth_failed", "refused the key", error(401, "invalid_api_key", "Invalid key sk_MARKED0123456789abcdef")),
        Failure::at_once("provider_quota_exceeded", "0 credits", error(401, "quota_exceeded", "You have 0 credits remaining.")),
        Failure::at_once("provider_rejected", "voice was not found", error(400, "voice_not_found", "A voice was not found.")),
        Failure::at_once("provider_rejected", "text: field required", || {
            Reply::json(&json!({"detail": [{"loc": ["body", "text"], "msg": "field required", "type": "missing"}]})).status(422)
        }),
        Failure::after_retries("provider_rate_limited", "Too many", move || {
            error(429, "too_many_concurrent_requests", "Too many concurrent requests.")().header("retry-after-ms", "20")
        }),
        Failure::of_no_use("without a narration", || Reply::json(&json!({"audio_base64": "", "alignment": null}))),
        Failure::of_no_use("without a narration", || Reply::json(&json!({"audio_base64": STANDARD.encode("<html>"), "alignment": null}))),
        // An MP3 by its first bytes, and nothing that can be decoded.
        Failure::of_no_use("something else", || {
            Reply::json(&json!({"audio_base64": STANDARD.encode([&b"ID3\x04\0\0\0\0\0\0"[..], &[0; 64]].concat()), "alignment": null}))
        }),
    ];
    assert_failures(&app, &server, PATH, "elevenlabs/george", KEY, failures).await;
    app.finish().await;
}

#[tokio::test]
async fn one_who_has_too_many_at_once_is_asked_again_and_answers() {
    let (server, app) = studio().await;
    let busy = Reply::json(&json!({"detail": {"status": "system_busy", "message": "Busy."}})).status(429).header("retry-after-ms", "10");
    server.on_each("POST", PATH, [busy, Reply::json(&spoken("Hi there.", &mp3(1.0).await))]);
    let clip = narrated(&app.client, "Hi there.", json!({"voiceId": "elevenlabs/george"})).await;
    assert_eq!((&clip["status"], &clip["attempts"], &clip["costUsd"]), (&json!("ready"), &json!(2), &json!(0.0009)), "{clip}");
    app.finish().await;
}
