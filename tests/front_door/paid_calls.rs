//! What is paid for is never begun twice: work goes on after a restart, and an answer that was lost is told.

use serde_json::{Value, json};
use studio_tests::{
    Client, TestApp, VendorServer,
    narrating::{mp3, narrated},
    pictures::png,
    stand_ins::{LongFilm, Manner, Reply, StandIn},
    vendor,
};

/// Asks for a clip of one picture; answers the clip's path.
async fn clip_of(client: &Client) -> String {
    let project = client.project(&["A hill."]).await;
    let image = client.post_and_wait("/api/image/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(200);
    let body = json!({"imageIds": [image["id"]], "options": {"provider": "long-film"}});
    let clip = client.post("/api/video/generate", body).await.expect(202);
    format!("/api/video/{}", clip["id"].as_str().unwrap())
}

/// Asks the stand-in to speak; answers the clip's path.
async fn narration_of(client: &Client) -> String {
    let project = client.project(&["Some words."]).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    let clip = client.post("/api/audio/generate", body).await.expect(202);
    format!("/api/audio/{}", clip["id"].as_str().unwrap())
}

fn assert_lost(record: &Value) {
    assert_eq!((&record["status"], &record["error"]["code"]), (&json!("failed"), &json!("provider_unavailable")), "{record}");
    assert_eq!(record["error"]["details"]["answerLost"], true);
    assert!(record["error"]["message"].as_str().unwrap().contains("may have been carried out and paid for"), "{record}");
}

#[tokio::test]
async fn a_video_whose_server_was_killed_while_it_waited_goes_on_without_a_second_call() {
    let film = LongFilm::new(Reply::Ticket);
    let app = TestApp::with_paid_providers(film.among()).await;
    let path = clip_of(&app.client).await;
    film.until_polled(1).await;
    app.take_leases_away().await;
    film.until_polled(2).await;
    film.finish();
    film.finish();
    let clip = app.client.finished(&path).await;
    assert_eq!((&clip["status"], film.creates()), (&json!("ready"), 1), "{clip}");
    assert_eq!((&clip["attempts"], &clip["costUsd"]), (&json!(1), &json!(0.8)), "an interruption is not an attempt: {clip}");
    app.finish().await;
}

#[tokio::test]
async fn a_video_whose_first_answer_was_lost_with_its_server_is_not_begun_again() {
    let film = LongFilm::new(Reply::Nothing);
    let app = TestApp::with_paid_providers(film.among()).await;
    let path = clip_of(&app.client).await;
    film.until_created(1).await;
    app.take_leases_away().await;
    assert_lost(&app.client.finished(&path).await);
    assert_eq!(film.creates(), 1);
    // To pay once more is the user's to decide.
    app.client.post(&format!("{path}/retry"), json!({})).await.expect(202);
    film.finish();
    assert_eq!(app.client.finished(&path).await["status"], "ready");
    assert_eq!(film.creates(), 2);
    app.finish().await;
}

#[tokio::test]
async fn a_video_whose_first_answer_broke_off_is_not_begun_again() {
    let film = LongFilm::new(Reply::Break);
    let app = TestApp::with_paid_providers(film.among()).await;
    let path = clip_of(&app.client).await;
    assert_lost(&app.client.finished(&path).await);
    assert_eq!(film.creates(), 1);
    app.finish().await;
    // Where nothing is paid for, there is nothing to lose.
    let film = LongFilm::new(Reply::Break);
    let app = TestApp::with_providers(film.among()).await;
    let path = clip_of(&app.client).await;
    film.finish();
    assert_eq!(app.client.finished(&path).await["status"], "ready");
    assert_eq!(film.creates(), 2);
    app.finish().await;
}

#[tokio::test]
async fn what_is_canceled_or_deleted_is_stopped_at_the_provider() {
    let film = LongFilm::new(Reply::Ticket);
    let app = TestApp::with_paid_providers(film.among()).await;
    let path = clip_of(&app.client).await;
    film.until_polled(1).await;
    app.client.post(&format!("{path}/cancel"), json!({})).await.expect(200);
    app.until_idle().await;
    assert_eq!(film.abandoned(), [json!({"id": "work-1"})]);
    let path = clip_of(&app.client).await;
    film.until_polled(2).await;
    let clip = app.client.get(&path).await.expect(200);
    app.client.delete(&format!("/api/projects/{}", clip["projectId"].as_str().unwrap())).await.expect(204);
    app.until_idle().await;
    assert_eq!(film.abandoned(), [json!({"id": "work-1"}), json!({"id": "work-2"})]);
    // What was not begun needs not be stopped, nor what is done.
    let path = clip_of(&app.client).await;
    film.finish();
    film.finish();
    film.finish();
    assert_eq!(app.client.finished(&path).await["status"], "ready");
    app.client.delete(&path).await.expect(204);
    app.until_idle().await;
    assert_eq!(film.abandoned().len(), 2);
    app.finish().await;
}

#[tokio::test]
async fn a_video_that_was_refused_for_the_moment_is_begun_again() {
    let film = LongFilm::new(Reply::Busy);
    let app = TestApp::with_paid_providers(film.among()).await;
    let path = clip_of(&app.client).await;
    film.finish();
    let clip = app.client.finished(&path).await;
    assert_eq!((&clip["status"], &clip["attempts"], film.creates()), (&json!("ready"), &json!(2), 2), "{clip}");
    app.finish().await;
}

#[tokio::test]
async fn a_narration_that_was_cut_off_is_spoken_again_only_where_it_is_free() {
    let voice = StandIn::new(Manner::Wait);
    let app = TestApp::with_paid_providers(voice.among()).await;
    let path = narration_of(&app.client).await;
    voice.until_running(1).await;
    app.take_leases_away().await;
    assert_lost(&app.client.finished(&path).await);
    assert_eq!(voice.calls(), 1);
    app.finish().await;

    let voice = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(voice.among()).await;
    let path = narration_of(&app.client).await;
    voice.until_running(1).await;
    app.take_leases_away().await;
    voice.until_calls(2).await;
    voice.let_go(2);
    let clip = app.client.finished(&path).await;
    assert_eq!((&clip["status"], &clip["attempts"], voice.calls()), (&json!("ready"), &json!(1), 2));
    app.finish().await;
}

/// Statements after which the database goes away for a moment just when the first record of a table is made.
fn away_at_the_end(table: &str) -> String {
    format!(
        "create sequence {table}_made;
         create function {table}_away() returns trigger language plpgsql as $$ begin
             if new.status = 'ready' and nextval('{table}_made') = 1 then raise exception 'terminating connection'; end if;
             return new;
         end $$;
         create trigger away before update on {table} for each row execute function {table}_away();"
    )
}

#[tokio::test]
async fn what_was_answered_before_its_record_could_be_written_is_known_to_be_paid_for_and_kept_where_it_can_be() {
    let server = VendorServer::start().await;
    let sound = mp3(0.5).await;
    server.on("POST", "/v1/audio/speech", move |_, _| vendor::Reply::bytes("audio/mpeg", sound.clone()));
    let drawn = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, png(64, 64));
    server.on_json("POST", "/v1/images/generations", json!({"data": [{"b64_json": drawn}]}));
    let v1 = format!("{}/v1", server.url());
    let app = TestApp::with_environment([("OPENAI_BASE_URL", &*v1), ("OPENAI_API_KEY", "a-key")]).await;
    let prices = json!({"openai/gpt-4o-mini-tts": {"perMillionCharacters": 1000}, "openai/gpt-image-2.6-flare": {"perImage": 0.04}});
    app.client.patch("/api/settings", json!({"prices": prices})).await.expect(200);
    app.database.run(&format!("{}{}", away_at_the_end("audio_clips"), away_at_the_end("image_assets"))).await;
    let clip = narrated(&app.client, "Ten words.", json!({"voiceId": "openai/nova"})).await;
    assert_eq!((&clip["status"], &clip["attempts"]), (&json!("ready"), &json!(2)), "{clip}");
    assert!((clip["costUsd"].as_f64().unwrap() - 0.01).abs() < 1e-9, "{clip}");
    assert_eq!(server.asked_at("POST", "/v1/audio/speech").len(), 1, "it was spoken already");
    let body = json!({"sceneId": clip["sceneId"], "modelOptions": {"provider": "openai"}});
    let image = app.client.post_and_wait("/api/image/generate", body).await.expect(200);
    assert_eq!((&image["status"], &image["error"]["details"]["answerLost"]), (&json!("failed"), &json!(true)), "{image}");
    let message = image["error"]["message"].as_str().unwrap();
    assert!(message.contains("before it was kept. It was paid for, so it is not asked for again"), "{message}");
    assert_eq!((&image["costUsd"], server.asked_at("POST", "/v1/images/generations").len()), (&json!(0.04), 1), "{image}");
    app.finish().await;
}

#[tokio::test]
async fn a_clean_stop_waits_for_an_answer_that_is_paid_for() {
    let voice = StandIn::new(Manner::Wait);
    let app = TestApp::with_paid_providers(voice.among()).await;
    let path = narration_of(&app.client).await;
    voice.until_running(1).await;
    let (second, other) = app.another_paid(voice.among()).await;
    let answering = {
        let voice = std::sync::Arc::clone(&voice);
        async move {
            // Longer than what is free is waited for.
            tokio::time::sleep(std::time::Duration::from_secs(5)).await;
            voice.let_go(1);
        }
    };
    let (stopped, ()) = tokio::join!(app.stop_server(), answering);
    let clip = other.finished(&path).await;
    assert_eq!((&clip["status"], voice.calls()), (&json!("ready"), 1), "{clip}");
    second.stop().await;
    stopped.finish().await;
}

#[tokio::test]
async fn what_was_paid_for_is_remembered_when_its_project_is_deleted() {
    let voice = StandIn::new(Manner::FailFirst(1));
    let app = TestApp::with_paid_providers(voice.among()).await;
    let path = narration_of(&app.client).await;
    let clip = app.client.finished(&path).await;
    assert_eq!((&clip["status"], &clip["costUsd"]), (&json!("ready"), &json!(0.01)));
    app.client.delete(&format!("/api/projects/{}", clip["projectId"].as_str().unwrap())).await.expect(204);
    // The attempt that was refused cost nothing.
    assert_eq!(app.database.count("select count(*) as n from paid_calls where cost_usd = 0.01 and ended_at is not null").await, 1);
    assert_eq!(app.database.count("select count(*) as n from paid_calls").await, 1);
    app.finish().await;
}
