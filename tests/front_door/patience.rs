//! Providers that are asked too much: they are left alone, asked again, and asked no more than they allow.

use std::time::Duration;

use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    Client, TestApp,
    client::bad_paths,
    stand_ins::{Manner, StandIn},
};

async fn batch_of(client: &Client, scenes: usize) -> Value {
    let narrations: Vec<String> = (1..=scenes).map(|number| format!("This is scene number {number}.")).collect();
    let project = client.project(&narrations.iter().map(String::as_str).collect::<Vec<_>>()).await;
    json!({"projectId": project["id"], "voiceId": "stand-in/one"})
}

#[tokio::test]
async fn a_batch_gets_through_a_provider_that_refuses_two_calls_of_three() {
    let voice = StandIn::new(Manner::TwoInThreeTooMany);
    let app = TestApp::with_paid_providers(voice.among()).await;
    let batch = app.client.post_and_wait("/api/audio/generate-batch", batch_of(&app.client, 12).await).await.expect(200);
    let clips = batch["items"].as_array().unwrap();
    assert!(clips.iter().all(|clip| clip["status"] == "ready"), "{batch}");
    let attempts: Vec<u64> = clips.iter().map(|clip| clip["attempts"].as_u64().unwrap()).collect();
    assert!(attempts.iter().all(|attempts| *attempts <= 5), "{attempts:?}");
    // Twelve answers in all, and two refusals for each; one call more may have been on its way.
    assert_eq!(u64::from(voice.calls()), attempts.iter().sum::<u64>());
    assert!((34..=36).contains(&voice.calls()), "{} calls", voice.calls());
    // What was refused was not paid for.
    assert_eq!(app.database.count("select count(*) as n from paid_calls").await, 12);
    app.finish().await;
}

#[tokio::test]
async fn a_provider_that_wants_to_be_left_alone_for_long_fails_the_record_and_says_until_when() {
    let voice = StandIn::new(Manner::Later);
    let app = TestApp::with_providers(voice.among()).await;
    let body = batch_of(&app.client, 1).await;
    let batch = app.client.post_and_wait("/api/audio/generate-batch", body).await.expect(200);
    let error = &batch["items"][0]["error"];
    assert_eq!((&error["code"], &error["details"]["retryAfterSeconds"]), (&json!("provider_rate_limited"), &json!(3600)));
    assert!(error["message"].as_str().unwrap().contains("It can be asked again at "), "{error}");
    assert_eq!(voice.calls(), 1);
    app.finish().await;
}

#[tokio::test]
async fn the_user_s_rules_for_retries_are_followed() {
    let voice = StandIn::new(Manner::FailFirst(9));
    let app = TestApp::with_providers(voice.among()).await;
    let settings = app.client.patch("/api/settings", json!({"retries": {"attempts": 2}})).await.expect(200);
    assert_eq!(settings["retries"], json!({"attempts": 2, "totalSeconds": 1800.0, "longestWaitSeconds": 300.0}));
    let body = batch_of(&app.client, 1).await;
    let batch = app.client.post_and_wait("/api/audio/generate-batch", body).await.expect(200);
    assert_eq!((&batch["items"][0]["status"], &batch["items"][0]["attempts"]), (&json!("failed"), &json!(2)));
    assert_eq!(batch["items"][0]["error"]["details"]["attempts"], 2);
    assert_eq!(voice.calls(), 2);
    let bad = json!({"retries": {"attempts": 6, "totalSeconds": 0}, "limits": {"nobody": {"atOnce": 1}}});
    let error = app.client.patch("/api/settings", bad).await.expect_error(422, ErrorCode::ValidationFailed);
    assert!(bad_paths(&error).iter().any(|path| path == "retries.attempts"), "{error:?}");
    let error = app.client.patch("/api/settings", json!({"limits": {"nobody": {"atOnce": 1}}})).await;
    assert_eq!(bad_paths(&error.expect_error(422, ErrorCode::ValidationFailed)), ["limits.nobody"]);
    app.finish().await;
}

#[tokio::test]
async fn two_servers_keep_one_limit_of_calls_a_minute() {
    let voice = StandIn::new(Manner::FailFirst(0));
    let app = TestApp::with_providers(voice.among()).await;
    let (second, _) = app.another(voice.among()).await;
    let limits = json!({"limits": {"stand-in": {"atOnce": 1, "perMinute": 60}}});
    let settings = app.client.patch("/api/settings", limits).await.expect(200);
    let set = &settings["limits"]["stand-in"];
    assert_eq!((&set["atOnce"], &set["perMinute"], &set["usual"]["atOnce"]), (&json!(1), &json!(60), &json!(2)));
    let body = batch_of(&app.client, 4).await;
    let batch = app.client.post_and_wait("/api/audio/generate-batch", body).await.expect(200);
    assert!(batch["items"].as_array().unwrap().iter().all(|clip| clip["status"] == "ready"));
    // One at once, and then one a second.
    let began = voice.began();
    assert_eq!(began.len(), 4);
    assert!(began[3] - began[0] >= Duration::from_millis(2900), "{:?}", began[3] - began[0]);
    let back = app.client.patch("/api/settings", json!({"limits": {"stand-in": {"atOnce": null, "perMinute": null}}})).await.expect(200);
    assert_eq!((&back["limits"]["stand-in"]["atOnce"], back["limits"]["stand-in"].get("perMinute")), (&json!(2), None));
    second.stop().await;
    app.finish().await;
}
