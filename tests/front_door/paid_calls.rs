//! What is paid for is never begun twice: work goes on after a restart, and an answer that was lost is told.

use serde_json::{Value, json};
use studio_tests::{
    Client, TestApp, VendorServer,
    narrating::{mp3, narrated},
    pictures::png,
    stand_ins::{LongFilm, Manner, Reply, StandIn},
    vendor,
    writers::Dialect,
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

/// Statements after which no lease can be kept: each has run out at once, as all have on a machine that slept.
const ASLEEP: &str = "create function asleep() returns trigger language plpgsql as $$ begin
         if new.lease_until is not null then new.lease_until := now() - interval '1 minute'; end if;
         return new;
     end $$;
     create trigger asleep before update on jobs for each row execute function asleep();
     update jobs set lease_until = now() where lease_until is not null;";

#[tokio::test]
async fn a_server_that_slept_does_not_take_its_own_paid_calls_away_from_itself() {
    let voice = StandIn::new(Manner::Wait);
    let app = TestApp::with_paid_providers(voice.among()).await;
    let path = narration_of(&app.client).await;
    voice.until_running(1).await;
    app.database.run(ASLEEP).await;
    let limits = json!({"limits": {"stand-in": {"atOnce": 1}}});
    app.client.patch("/api/settings", limits).await.expect(200);
    let waits = narration_of(&app.client).await;
    // Its worker looks for work meanwhile, and finds other.
    let project = app.client.project(&["Other words."]).await;
    let image = app.client.post_and_wait("/api/image/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(200);
    assert_eq!(image["status"], "ready", "{image}");
    assert_eq!(app.database.count("select count(*) as n from jobs where interruptions > 0").await, 0);
    assert_eq!((voice.calls(), voice.running()), (1, 1), "nor is its place anybody else's");
    voice.let_go(2);
    for path in [path, waits] {
        let clip = app.client.finished(&path).await;
        assert_eq!((&clip["status"], &clip["attempts"], &clip["costUsd"]), (&json!("ready"), &json!(1), &json!(0.01)), "{clip}");
    }
    assert_eq!(voice.calls(), 2);
    app.finish().await;
}

#[tokio::test]
async fn a_server_that_slept_does_not_take_the_call_of_a_request_away_from_it() {
    let server = VendorServer::start().await;
    let (held, feed) = vendor::Reply::fed("application/json");
    server.on_each("POST", Dialect::Compatible.path(), [held]);
    let app = Dialect::Compatible.app(&server).await;
    let defaults = json!({"defaults": {"script": {"provider": "compatible", "model": "local-model"}}});
    app.client.patch("/api/settings", defaults).await.expect(200);
    let project = app.client.project(&["Some words."]).await;
    let scene = &project["scenes"][0]["id"];
    let rewrite = format!("/api/scenes/{}/rewrite", scene.as_str().unwrap());
    let sleeping = async {
        server.until_asked("POST", Dialect::Compatible.path(), 1).await;
        app.database.run(ASLEEP).await;
        // Its worker looks for work meanwhile, and finds other.
        let image = app.client.post_and_wait("/api/image/generate", json!({"sceneId": scene})).await.expect(200);
        assert_eq!(image["status"], "ready", "{image}");
        assert_eq!(app.database.count("select count(*) as n from jobs where interruptions = 0").await, 1);
        let words = json!({"narration": "Shorter.", "title": "Short", "visualPrompt": "A mill"}).to_string();
        let answer = json!({"choices": [{"message": {"role": "assistant", "content": words}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 1000, "completion_tokens": 2000}});
        feed.send(answer.to_string());
        drop(feed);
    };
    let (rewritten, ()) = tokio::join!(app.client.post(&rewrite, json!({"instruction": "Shorter."})), sleeping);
    assert_eq!(rewritten.expect(200)["narration"], "Shorter.");
    assert_eq!(server.asked_at("POST", Dialect::Compatible.path()).len(), 1);
    app.finish().await;
}

/// Statements after which the database goes away that often just when the records of a table are made.
fn away_at_the_end(table: &str, times: u32) -> String {
    format!(
        "create sequence {table}_made;
         create function {table}_away() returns trigger language plpgsql as $$ begin
             if new.status = 'ready' and nextval('{table}_made') <= {times} then raise exception 'terminating connection'; end if;
             return new;
         end $$;
         create trigger away before update on {table} for each row execute function {table}_away();"
    )
}

/// A studio that speaks and draws for money, whose database goes away that often at the end of each.
async fn away_at_the_end_of_paid_calls(times: u32) -> (VendorServer, TestApp) {
    let server = VendorServer::start().await;
    let sound = mp3(0.5).await;
    server.on("POST", "/v1/audio/speech", move |_, _| vendor::Reply::bytes("audio/mpeg", sound.clone()));
    let drawn = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, png(64, 64));
    server.on_json("POST", "/v1/images/generations", json!({"data": [{"b64_json": drawn}]}));
    let v1 = format!("{}/v1", server.url());
    let app = TestApp::with_environment([("OPENAI_BASE_URL", &*v1), ("OPENAI_API_KEY", "a-key")]).await;
    let prices = json!({"openai/gpt-4o-mini-tts": {"perMillionCharacters": 1000}, "openai/gpt-image-2.6-flare": {"perImage": 0.04}});
    app.client.patch("/api/settings", json!({"prices": prices})).await.expect(200);
    app.database.run(&format!("{}{}", away_at_the_end("audio_clips", times), away_at_the_end("image_assets", times))).await;
    (server, app)
}

/// Has a scene spoken and drawn at once; answers the clip and the picture, which were asked for once each.
async fn spoken_and_drawn(server: &VendorServer, app: &TestApp) -> (Value, Value) {
    let project = app.client.project(&["Words to be drawn."]).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "modelOptions": {"provider": "openai"}});
    let drawing = app.client.post_and_wait("/api/image/generate", body);
    let (clip, image) = tokio::join!(narrated(&app.client, "Ten words.", json!({"voiceId": "openai/nova"})), drawing);
    let image = image.expect(200);
    assert!((clip["costUsd"].as_f64().unwrap() - 0.01).abs() < 1e-9, "{clip}");
    assert_eq!(image["costUsd"], 0.04, "{image}");
    let asked = ["/v1/audio/speech", "/v1/images/generations"].map(|path| server.asked_at("POST", path).len());
    assert_eq!(asked, [1, 1], "{clip} {image}");
    (clip, image)
}

#[tokio::test]
async fn what_was_answered_is_kept_although_the_database_is_away_for_a_moment() {
    let (server, app) = away_at_the_end_of_paid_calls(1).await;
    // Also what is known of the calls is written again.
    let ended = "create sequence ended;
         create function ended_away() returns trigger language plpgsql as $$ begin
             if new.ended_at is not null and nextval('ended') <= 2 then raise exception 'terminating connection'; end if;
             return new;
         end $$;
         create trigger away before update on paid_calls for each row execute function ended_away();";
    app.database.run(ended).await;
    let (clip, image) = spoken_and_drawn(&server, &app).await;
    for made in [clip, image] {
        assert_eq!((&made["status"], &made["attempts"]), (&json!("ready"), &json!(1)), "{made}");
    }
    app.finish().await;
}

#[tokio::test]
async fn what_was_answered_before_its_record_could_be_written_is_known_to_be_paid_for_and_kept_where_it_can_be() {
    // For longer than is waited.
    let (server, app) = away_at_the_end_of_paid_calls(8).await;
    let (clip, image) = spoken_and_drawn(&server, &app).await;
    assert_eq!((&clip["status"], &clip["attempts"]), (&json!("ready"), &json!(2)), "{clip}");
    assert_eq!((&image["status"], &image["error"]["details"]["answerLost"]), (&json!("failed"), &json!(true)), "{image}");
    let message = image["error"]["message"].as_str().unwrap();
    assert!(message.contains("before it was kept. It was paid for, so it is not asked for again"), "{message}");
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
            tokio::time::sleep(std::time::Duration::from_secs(4)).await;
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
