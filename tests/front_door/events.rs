//! What happens is told as it happens, and resumed where it was lost.

use reqwest::Method;
use serde_json::json;
use shared::ErrorCode;
use studio_tests::{
    TestApp,
    client::bad_paths,
    stand_ins::{Manner, StandIn},
};

#[tokio::test]
async fn progress_is_told_with_whole_records() {
    let waiting = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(waiting.among()).await;
    let project = app.client.project(&["Some words."]).await;
    let other = app.client.project(&["Other words."]).await;
    let mut events = app.client.events(&format!("/api/events?projectId={}", project["id"].as_str().unwrap()), None).await;
    app.client.patch(&format!("/api/projects/{}", other["id"].as_str().unwrap()), json!({"title": "Not told here"})).await.expect(200);
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    app.client.post("/api/audio/generate", body).await.expect(202);
    let half = events.until(|event| event.name == "audio" && event.data["progress"] == 0.5).await;
    assert_eq!(half.data["status"], "running");
    assert!(half.id.is_some());
    waiting.let_go(1);
    let ready = events.until(|event| event.name == "audio" && event.data["status"] == "ready").await;
    let scene = events.until(|event| event.name == "scene").await;
    assert_eq!(scene.data["selectedAudioId"], ready.data["id"]);
    let last = events.until(|event| event.name == "project").await;
    assert_eq!(last.data["id"], project["id"]);
    app.finish().await;
}

#[tokio::test]
async fn nothing_is_left_out_where_the_database_was_away_when_a_listener_came_back() {
    let app = TestApp::start().await;
    let mut events = app.client.events("/api/events", None).await;
    app.client.project(&[]).await;
    let seen = events.until(|event| event.name == "project").await.id.unwrap();
    drop(events);
    let missed = app.client.project(&["Missed."]).await;
    let name = app.database.name().to_owned();
    app.database.shut().await;
    // Its stream ends without an event: had it been told what came next, it would never ask for what it missed.
    let told = app.client.events("/api/events", Some(&seen)).await.all().await;
    assert!(told.is_empty(), "{told:?}");
    app.database.run_elsewhere(&format!("alter database {name} with allow_connections true")).await;
    let mut events = app.client.events("/api/events", Some(&seen)).await;
    let event = events.until(|event| event.name == "project").await;
    assert_eq!(event.data["id"], missed["id"]);
    app.finish().await;
}

#[tokio::test]
async fn a_listener_sees_that_the_connection_lives_while_others_are_busy() {
    let app = TestApp::start().await;
    let (quiet, busy) = (app.client.project(&[]).await, app.client.project(&[]).await);
    let path = format!("{}/api/events?projectId={}", app.client.base(), quiet["id"].as_str().unwrap());
    let mut stream = reqwest::get(path).await.unwrap();
    let changing = async {
        for number in 0.. {
            let title = json!({"title": format!("Title {number}")});
            app.client.patch(&format!("/api/projects/{}", busy["id"].as_str().unwrap()), title).await.expect(200);
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
    };
    let alive = async {
        let mut said = String::new();
        while !said.contains(": still here") {
            said.push_str(&String::from_utf8_lossy(&stream.chunk().await.unwrap().expect("the stream holds")));
        }
    };
    // It comes after 15 s; other machines are slower.
    tokio::select! {
        () = alive => {}
        () = changing => unreachable!("it goes on"),
        () = tokio::time::sleep(std::time::Duration::from_secs(60)) => panic!("nothing shows that the connection lives"),
    }
    app.finish().await;
}

#[tokio::test]
async fn a_film_says_how_long_it_will_still_take() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Slow but steady wins the race."; 12]).await;
    let mut events = app.client.events(&format!("/api/events?projectId={}", project["id"].as_str().unwrap()), None).await;
    let film = app.client.post("/api/video/generate", json!({"projectId": project["id"]})).await.expect(202);
    let running = events.until(|event| event.name == "video" && event.data["remainingSeconds"].is_number()).await;
    assert_eq!(running.data["status"], "running");
    assert!(running.data["remainingSeconds"].as_f64().unwrap() > 0.0, "{}", running.data);
    let path = format!("/api/video/{}/cancel", film["id"].as_str().unwrap());
    let canceled = app.client.post(&path, json!({})).await.expect(200);
    assert_eq!((&canceled["status"], &canceled["remainingSeconds"]), (&json!("canceled"), &json!(null)));
    app.finish().await;
}

#[tokio::test]
async fn a_lost_connection_resumes_where_it_left_off() {
    let app = TestApp::start().await;
    let mut events = app.client.events("/api/events", None).await;
    app.client.project(&[]).await;
    let seen = events.until(|event| event.name == "project").await.id.unwrap();
    drop(events);
    let missed = app.client.project(&["Missed."]).await;
    app.client.delete(&format!("/api/projects/{}", missed["id"].as_str().unwrap())).await.expect(204);
    let kept = app.client.project(&[]).await;
    let mut events = app.client.events("/api/events", Some(&seen)).await;
    let mut told = Vec::new();
    loop {
        let event = events.next().await.unwrap();
        let done = event.data["id"] == kept["id"];
        told.push((event.name, event.data["id"].clone()));
        if done {
            break;
        }
    }
    assert!(told.contains(&("deleted".to_owned(), missed["id"].clone())), "{told:?}");
    app.finish().await;
}

#[tokio::test]
async fn an_empty_id_is_none_and_what_is_no_id_is_refused() {
    let app = TestApp::start().await;
    let mut events = app.client.events("/api/events", None).await;
    app.client.project(&["Before."]).await;
    // Told once it is, so that it is told to none who comes now.
    events.until(|event| event.name == "project").await;
    for empty in ["", " "] {
        let mut events = app.client.events("/api/events", Some(empty)).await;
        let project = app.client.project(&["Now."]).await;
        let told = events.until(|event| event.name == "project").await;
        assert_eq!(told.data["id"], project["id"], "it begins now");
    }
    let asked = app.client.request(Method::GET, "/api/events").header("Last-Event-ID", "x");
    let error = app.client.send(asked).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["Last-Event-ID"]);
    app.finish().await;
}

#[tokio::test]
async fn what_another_server_does_is_told_too() {
    let app = TestApp::start().await;
    let (second, client) = app.another(|providers| providers).await;
    let mut events = app.client.events("/api/events", None).await;
    let project = client.project(&["From elsewhere."]).await;
    let told = events.until(|event| event.name == "project").await;
    assert_eq!(told.data["id"], project["id"]);
    second.stop().await;
    app.finish().await;
}

#[tokio::test]
async fn activity_tells_what_is_going_on() {
    let waiting = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(waiting.among()).await;
    let project = app.client.project(&["One.", "Two.", "Three."]).await;
    app.client.post("/api/audio/generate-batch", json!({"projectId": project["id"], "voiceId": "stand-in/one"})).await.expect(202);
    waiting.until_running(2).await;
    let activity = app.client.get("/api/activity").await.expect(200);
    let items = activity["items"].as_array().unwrap();
    assert_eq!(items.len(), 3);
    assert!(items.iter().all(|item| item["kind"] == "audio" && item["projectId"] == project["id"] && item["sceneId"].is_string()));
    assert_eq!(items.iter().filter(|item| item["record"]["status"] == "queued").count(), 1);
    waiting.let_go(3);
    for item in items {
        app.client.finished(&format!("/api/audio/{}", item["record"]["id"].as_str().unwrap())).await;
    }
    assert_eq!(app.client.get("/api/activity").await.expect(200)["items"], json!([]));
    app.finish().await;
}

#[tokio::test]
async fn what_no_longer_fits_is_told_and_what_fits_again() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let scene = project["scenes"][0]["id"].as_str().unwrap();
    app.client.post_and_wait("/api/audio/generate", json!({"sceneId": scene})).await.expect(200);
    let mut events = app.client.events(&format!("/api/events?projectId={}", project["id"].as_str().unwrap()), None).await;
    for (narration, stale) in [("Other words.", true), ("Some words.", false)] {
        app.client.patch(&format!("/api/scenes/{scene}"), json!({"narration": narration})).await.expect(200);
        events.until(|event| event.name == "audio" && event.data["stale"] == stale).await;
    }
    app.finish().await;
}

#[tokio::test]
async fn a_film_that_no_longer_fits_is_told_whatever_changed_its_scenes() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One."]).await;
    let id = project["id"].as_str().unwrap();
    let scene = format!("/api/scenes/{}", project["scenes"][0]["id"].as_str().unwrap());
    let make = json!({"projectId": id, "options": {"quality": "preview", "resolution": "720p", "fps": 24, "motion": "none"}});
    assert_eq!(app.client.post_and_wait("/api/video/generate", make).await.expect(200)["status"], "ready");
    let drawn = app.client.get(&scene).await.expect(200)["selectedImageId"].clone();
    let mut events = app.client.events(&format!("/api/events?projectId={id}"), None).await;
    let mut told = async |stale: bool| drop(events.until(|event| event.name == "video" && event.data["stale"] == stale).await);

    let added = app.client.post(&format!("/api/projects/{id}/scenes"), json!({"narration": "Two."})).await.expect(201);
    told(true).await;
    app.client.delete(&format!("/api/scenes/{}", added["id"].as_str().unwrap())).await.expect(204);
    told(false).await;
    app.client.post_and_wait("/api/image/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(200);
    told(true).await;
    app.client.patch(&scene, json!({"selectedImageId": drawn})).await.expect(200);
    told(false).await;
    app.client.delete(&format!("/api/image/{}", drawn.as_str().unwrap())).await.expect(204);
    told(true).await;
    app.finish().await;
}

#[tokio::test]
async fn a_failure_that_was_made_good_is_activity_no_longer() {
    let voice = StandIn::new(Manner::FailFirst(1));
    let app = TestApp::with_providers(voice.among()).await;
    app.client.patch("/api/settings", json!({"retries": {"attempts": 1}})).await.expect(200);
    let project = app.client.project(&["One."]).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    let failed = app.client.post_and_wait("/api/audio/generate", body.clone()).await.expect(200);
    assert_eq!(app.client.get("/api/activity").await.expect(200)["items"][0]["record"]["id"], failed["id"]);
    assert_eq!(app.client.post_and_wait("/api/audio/generate", body).await.expect(200)["status"], "ready");
    assert_eq!(app.client.get("/api/activity").await.expect(200)["items"], json!([]));
    app.finish().await;
}
