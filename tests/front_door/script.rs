//! A text becomes scenes.

use serde_json::json;
use shared::ErrorCode;
use studio_tests::{TestApp, client::bad_paths};

const FABLE: &str = include_str!("../samples/tortoise-and-hare.txt");

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

#[tokio::test]
async fn a_text_that_does_not_fit_so_few_scenes_is_refused_before_it_is_cut() {
    let app = TestApp::start().await;
    let prompt = "One sentence follows another one. ".repeat(900);
    let error = app
        .client
        .post("/api/script/generate", json!({"prompt": prompt, "options": {"sceneCount": 1}}))
        .await
        .expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["options.sceneCount"]);
    assert!(error.details["fields"].to_string().contains("at least 4"), "{error:?}");
    let script = app.client.post("/api/script/generate", json!({"prompt": prompt, "options": {"sceneCount": 4}})).await.expect(201);
    assert_eq!(script["scenes"].as_array().unwrap().len(), 4);
    app.finish().await;
}

#[tokio::test]
async fn the_outline_keeps_every_word_and_makes_the_scenes_that_were_asked_for() {
    let app = TestApp::start().await;
    let answer = app.client.post("/api/script/generate", json!({"prompt": FABLE, "options": {"sceneCount": 4}})).await;
    let location = answer.header("location").expect("a location").to_owned();
    let script = answer.expect(201);
    assert_eq!(script["provider"], "outline");
    let scenes = script["scenes"].as_array().unwrap();
    assert_eq!(scenes.len(), 4);
    let narrations: Vec<&str> = scenes.iter().map(|scene| scene["narration"].as_str().unwrap()).collect();
    assert_eq!(words(&narrations.join(" ")), words(FABLE));
    for scene in scenes {
        assert!(!scene["title"].as_str().unwrap().is_empty());
        assert!(!scene["visualPrompt"].as_str().unwrap().is_empty());
        assert!(scene["durationSeconds"].as_f64().unwrap() > 2.0);
    }
    let project = app.client.get(&location).await.expect(200);
    assert_eq!(project["status"], "ready");
    assert_eq!(project["language"], "en");
    assert_eq!(project["sceneCount"], 4);
    app.finish().await;
}

#[tokio::test]
async fn the_same_text_gives_the_same_scenes() {
    let app = TestApp::start().await;
    let mut told = Vec::new();
    for _ in 0..2 {
        let script = app.client.post("/api/script/generate", json!({"prompt": FABLE})).await.expect(201);
        let scenes: Vec<_> = script["scenes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| (s["title"].clone(), s["narration"].clone(), s["visualPrompt"].clone()))
            .collect();
        told.push(scenes);
    }
    assert_eq!(told[0], told[1]);
    app.finish().await;
}

#[tokio::test]
async fn a_script_is_told_as_it_is_written() {
    let app = TestApp::start().await;
    let events =
        app.client.post_for_events("/api/script/generate", json!({"prompt": FABLE, "options": {"sceneCount": 3}})).await.all().await;
    let names: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names.iter().filter(|name| **name == "scene").count(), 3, "{names:?}");
    assert_eq!(names.first(), Some(&"project"));
    assert_eq!(names.last(), Some(&"done"));
    assert_eq!(events.last().unwrap().data["scenes"].as_array().unwrap().len(), 3);
    // Who would rather have it as a whole has it so.
    for accepted in ["application/json, text/event-stream;q=0.5", "*/*, text/event-stream;q=0"] {
        let request = app.client.request(reqwest::Method::POST, "/api/script/generate").header("accept", accepted);
        let made = app.client.send(request.json(&json!({"prompt": FABLE}))).await.expect(201);
        assert_eq!(made["provider"], "outline", "{accepted}");
    }
    app.finish().await;
}

#[tokio::test]
async fn what_goes_wrong_in_the_studio_itself_is_told_in_the_stream_by_the_requests_id() {
    let app = TestApp::start().await;
    app.database.run("alter table scenes add check (false) not valid").await;
    let request = app.client.request(reqwest::Method::POST, "/api/script/generate").header("accept", "text/event-stream");
    let request = request.header("x-request-id", "a-request-of-mine").json(&json!({"prompt": FABLE}));
    let told = app.client.send(request).await.expect_text(200);
    let (_, error) = told.split_once("event: error\ndata: ").expect("an error");
    let error: serde_json::Value = serde_json::from_str(error.trim_end()).unwrap();
    assert_eq!((&error["code"], &error["details"]), (&json!("internal"), &json!({"requestId": "a-request-of-mine"})));
    app.finish().await;
}

#[tokio::test]
async fn who_does_not_wait_is_answered_at_once() {
    let app = TestApp::start().await;
    let request =
        app.client.request(reqwest::Method::POST, "/api/script/generate").header("Prefer", "respond-async").json(&json!({"prompt": FABLE}));
    let answer = app.client.send(request).await;
    assert_eq!(answer.header("preference-applied"), Some("respond-async"));
    let location = answer.header("location").unwrap().to_owned();
    assert_eq!(answer.expect(202)["scenes"], json!([]));
    // Who would rather not wait, but would for a while, is answered when it is written.
    let request = app.client.request(reqwest::Method::POST, "/api/script/generate").header("Prefer", "respond-async, wait=60");
    let answer = app.client.send(request.json(&json!({"prompt": FABLE}))).await;
    assert_eq!(answer.header("preference-applied"), Some("wait=60"));
    assert_ne!(answer.expect(201)["scenes"], json!([]));
    app.client.until(&location, "is written", |project| project["status"] == "ready").await;
    app.finish().await;
}

#[tokio::test]
async fn the_languages_of_the_samples_are_found() {
    let app = TestApp::start().await;
    for line in include_str!("../samples/udhr-article-1.txt").lines() {
        let (language, text) = line.split_once(": ").unwrap();
        let script = app.client.post("/api/script/generate", json!({"prompt": text})).await.expect(201);
        let project = app.client.get(&format!("/api/projects/{}", script["projectId"].as_str().unwrap())).await.expect(200);
        assert_eq!(project["language"], language);
    }
    app.finish().await;
}

#[tokio::test]
async fn a_provider_that_there_is_not_is_refused_and_changes_nothing() {
    let app = TestApp::start().await;
    let answer = app.client.post("/api/script/generate", json!({"prompt": "A text.", "options": {"provider": "nobody"}})).await;
    let error = answer.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(studio_tests::client::bad_paths(&error), ["options.provider"]);
    assert_eq!(app.client.get("/api/projects").await.expect(200)["items"], json!([]));
    app.finish().await;
}

#[tokio::test]
async fn a_short_english_text_gets_an_english_voice() {
    let app = TestApp::start().await;
    let project = json!({"title": "Cats", "scenes": [{"narration": "Cats are great."}]});
    let project = app.client.post("/api/projects", project).await.expect(201);
    assert_eq!(project["language"], "en");
    let take = app.client.post_and_wait("/api/audio/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(200);
    assert!(take["voiceId"].as_str().unwrap().starts_with("espeak/en"), "{take}");
    app.finish().await;
}
