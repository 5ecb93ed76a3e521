//! Settings: defaults that are followed, and providers that tell what they are.

use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    TestApp,
    client::bad_paths,
    stand_ins::{Manner, StandIn},
};

#[tokio::test]
async fn the_built_in_engines_are_available_without_a_key() {
    let app = TestApp::start().await;
    let settings = app.client.get("/api/settings").await.expect(200);
    let providers = settings["providers"].as_array().unwrap();
    for (id, kind) in [("outline", "script"), ("espeak", "speech"), ("storyboard", "image"), ("film", "video")] {
        let provider = providers.iter().find(|provider| provider["id"] == id).unwrap_or_else(|| panic!("{id} is missing"));
        assert_eq!(
            (&provider["kinds"], &provider["available"], &provider["builtIn"]),
            (&json!([kind]), &json!(true), &json!(true)),
            "{provider}"
        );
        let test = app.client.post(&format!("/api/settings/providers/{id}/test"), json!({})).await.expect(200);
        assert_eq!(test["ok"], true, "{id}: {test}");
    }
    app.client.post("/api/settings/providers/nobody/test", json!({})).await.expect_error(404, ErrorCode::NotFound);
    // Who does two kinds of work says what holds for both once.
    for id in ["fal", "replicate"] {
        let notes = providers.iter().find(|provider| provider["id"] == id).and_then(|provider| provider["notes"].as_str()).unwrap();
        assert_eq!((notes.matches("Many vendors").count(), notes.matches("without sound").count()), (1, 1), "{id}: {notes}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_key_is_used_at_no_other_address_than_the_one_that_it_was_entered_for() {
    const ELSEWHERE: &str = "https://elsewhere.example/v1";
    let app = TestApp::start().await;
    let set = async |change: Value| {
        let settings = app.client.patch("/api/settings", json!({"providers": {"openai": change}})).await.expect(200);
        settings["providers"].as_array().unwrap().iter().find(|provider| provider["id"] == "openai").unwrap().clone()
    };
    let is_used = async |change: Value| {
        let provider = set(change).await;
        let told = provider["notes"].as_str().is_some_and(|notes| notes.contains("entered for another address"));
        assert_eq!((&provider["available"], !told), (&provider["configured"], provider["configured"] == true), "{provider}");
        assert_eq!(provider["keyHint"], "…a1b2", "it is kept");
        provider["configured"] == true
    };
    let key = "sk-0123456789a1b2";
    assert!(is_used(json!({"apiKey": key})).await);
    assert!(is_used(json!({"baseUrl": "https://api.openai.com/v2"})).await);
    assert!(!is_used(json!({"baseUrl": ELSEWHERE})).await);
    let test = app.client.post("/api/settings/providers/openai/test", json!({})).await.expect(200);
    assert_eq!((&test["ok"], &test["error"]["code"]), (&json!(false), &json!("provider_not_configured")));
    assert!(test["error"]["message"].as_str().unwrap().contains("enter it again"), "{test}");
    // It was not entered for that one by having been there, nor by a stop on the way.
    assert!(is_used(json!({"baseUrl": "http://127.0.0.1:9/v1"})).await);
    assert!(!is_used(json!({"baseUrl": ELSEWHERE})).await);
    assert!(is_used(json!({"baseUrl": null})).await);
    assert!(is_used(json!({"baseUrl": ELSEWHERE, "apiKey": key})).await);
    assert!(is_used(json!({"baseUrl": null})).await);
    assert!(is_used(json!({"baseUrl": ELSEWHERE})).await);
    assert!(!is_used(json!({"baseUrl": "https://nowhere.example"})).await);
    assert!(is_used(json!({"apiKey": key})).await);
    app.finish().await;
}

#[tokio::test]
async fn a_test_that_fails_is_an_answer() {
    let app = TestApp::with_providers(StandIn::new(Manner::Refuse).among()).await;
    let test = app.client.post("/api/settings/providers/stand-in/test", json!({})).await.expect(200);
    assert_eq!((&test["ok"], &test["error"]["code"]), (&json!(false), &json!("provider_auth_failed")));
    app.finish().await;
}

#[tokio::test]
async fn defaults_are_changed_one_by_one_and_followed() {
    let app = TestApp::start().await;
    let patch = json!({"defaults": {"audio": {"voiceId": "espeak/de", "speed": 1.5}, "video": {"fps": 25}}});
    let settings = app.client.patch("/api/settings", patch).await.expect(200);
    assert_eq!(settings["defaults"]["audio"], json!({"provider": "espeak", "voiceId": "espeak/de", "speed": 1.5}));
    assert_eq!((&settings["defaults"]["video"]["fps"], &settings["defaults"]["video"]["resolution"]), (&json!(25), &json!("1080p")));
    let project = app.client.project(&["Hallo Welt."]).await;
    let clip = app.client.post_and_wait("/api/audio/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(200);
    assert_eq!((&clip["voiceId"], &clip["speed"]), (&json!("espeak/de"), &json!(1.5)));
    let settings = app.client.patch("/api/settings", json!({"defaults": {"audio": {"voiceId": null}}})).await.expect(200);
    assert!(settings["defaults"]["audio"].get("voiceId").is_none());
    app.finish().await;
}

#[tokio::test]
async fn a_default_model_goes_with_its_provider() {
    let app = TestApp::start().await;
    let set = async |image: Value| app.client.patch("/api/settings", json!({"defaults": {"image": image}})).await;
    set(json!({"provider": "openai", "model": "gpt-image-2"})).await.expect(200);
    let kept = set(json!({"provider": "openai", "stylePrompt": "woodcut"})).await.expect(200);
    assert_eq!(kept["defaults"]["image"]["model"], "gpt-image-2");
    let other = set(json!({"provider": "storyboard"})).await.expect(200);
    assert_eq!(other["defaults"]["image"], json!({"provider": "storyboard", "stylePrompt": "woodcut"}));
    for unknown in [json!({"model": "gpt-image-2"}), json!({"provider": "storyboard", "model": "gpt-image-2"})] {
        let error = set(unknown).await.expect_error(422, ErrorCode::ValidationFailed);
        assert_eq!(bad_paths(&error), ["defaults.image.model"]);
    }
    set(json!({"model": "noir"})).await.expect(200);
    let project = app.client.project(&["A hill."]).await;
    let image = app.client.post_and_wait("/api/image/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(200);
    assert_eq!((&image["status"], &image["model"]), (&json!("ready"), &json!("noir")));
    app.finish().await;
}

#[tokio::test]
async fn a_setting_that_names_nothing_is_refused() {
    let app = TestApp::start().await;
    let before = app.client.get("/api/settings").await.expect(200);
    let patch = json!({"defaults": {"script": {"provider": "film"}}, "providers": {"nobody": {"apiKey": "k"}, "espeak": {"apiKey": "k"}}});
    let error = app.client.patch("/api/settings", patch).await.expect_error(422, ErrorCode::ValidationFailed);
    let mut paths = bad_paths(&error);
    paths.sort();
    assert_eq!(paths, ["defaults.script.provider", "providers.espeak", "providers.nobody"]);
    let error = app.client.patch("/api/settings", json!({"defaults": {"audio": {"voiceId": "espeak/zzz"}}})).await;
    assert_eq!(bad_paths(&error.expect_error(422, ErrorCode::ValidationFailed)), ["defaults.audio.voiceId"]);
    app.client.patch("/api/settings", json!({"defaults": {"audio": {"speed": 9}}})).await.expect_error(422, ErrorCode::ValidationFailed);
    for key in ["  ", "two words", "broken\nkey", "schlüssel"] {
        let patch = json!({"providers": {"gemini": {"apiKey": key}}});
        let error = app.client.patch("/api/settings", patch).await.expect_error(422, ErrorCode::ValidationFailed);
        assert_eq!(bad_paths(&error), ["providers.gemini.apiKey"], "{key:?}");
    }
    assert_eq!(app.client.get("/api/settings").await.expect(200), before);
    app.finish().await;
}

#[tokio::test]
async fn voices_are_found_by_language() {
    let app = TestApp::start().await;
    let voices = app.client.get("/api/voices?language=hi").await.expect(200);
    let items = voices["items"].as_array().unwrap();
    assert!(items.iter().any(|voice| voice["id"] == "espeak/hi"), "{items:?}");
    assert!(items.iter().all(|voice| voice["language"].as_str().unwrap().starts_with("hi")));
    assert!(app.client.get("/api/voices").await.expect(200)["items"].as_array().unwrap().len() > 50);
    app.finish().await;
}

#[tokio::test]
async fn an_estimate_counts_what_would_be_made() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One.", "", "Three."]).await;
    let film = json!({"kind": "video", "request": {"projectId": project["id"]}});
    let estimate = app.client.post("/api/estimate", film).await.expect(200);
    // Two narrations, three pictures, one film; and what is built in costs nothing.
    assert_eq!(estimate, json!({"calls": 6, "costUsd": 0.0}));
    let typo = json!({"kind": "audio", "request": {"projectId": project["id"], "speeed": 1}});
    let error = app.client.post("/api/estimate", typo).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["request.speeed"]);
    app.finish().await;
}
