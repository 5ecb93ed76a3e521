//! Whose work it is: what is taken away, what is held although its lease ran out, and what is settled whoever has it by then.

use reqwest::Method;
use serde_json::json;
use studio_tests::{
    Reply, TestApp, VendorServer, eventually,
    stand_ins::{Manner, StandIn},
    vendor::Feed,
    writers::{Dialect, End, script},
};

/// Statements after which no lease of a table can be kept: each has run out at once, as all have on a machine that slept.
fn asleep(table: &str) -> String {
    format!(
        "create function asleep() returns trigger language plpgsql as $$ begin
             if new.lease_until is not null then new.lease_until := now() - interval '1 minute'; end if;
             return new;
         end $$;
         create trigger asleep before insert or update on {table} for each row execute function asleep();
         update {table} set lease_until = now() where lease_until is not null;"
    )
}

/// Statements after which the database goes away that often where a row of a table comes to be so.
fn away(table: &str, comes_to_be: &str, times: u32) -> String {
    format!(
        "create sequence tried;
         create function away() returns trigger language plpgsql as $$ begin
             if {comes_to_be} and nextval('tried') <= {times} then raise exception 'terminating connection'; end if;
             return new;
         end $$;
         create trigger away before update on {table} for each row execute function away();"
    )
}

/// Statements after which no worker learns from its leases what it has lost.
const BLIND: &str = "create function blind() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
     create trigger blind before update on jobs for each statement execute function blind();";

/// How many of those tries there were, up to one.
const WAS_TRIED: &str = "select is_called::int::bigint as n from tried";

/// A server of the user's own that writes, and bills it; what it answers is these, in turn. And the path at which a scene is rewritten.
async fn rewriting(written: impl IntoIterator<Item = Reply>) -> (VendorServer, TestApp, String) {
    let (server, dialect) = (VendorServer::start().await, Dialect::Compatible);
    server.on_each("POST", dialect.path(), written);
    let app = dialect.app(&server).await;
    let writer = json!({"provider": dialect.id(), "model": "local-model"});
    app.client.patch("/api/settings", json!({"defaults": {"script": writer}})).await.expect(200);
    let project = app.client.project(&["Some words."]).await;
    let path = format!("/api/scenes/{}/rewrite", project["scenes"][0]["id"].as_str().unwrap());
    (server, app, path)
}

fn rewritten() -> Reply {
    Dialect::Compatible.whole(r#"{"title": "Short", "narration": "Shorter.", "visualPrompt": "A mill"}"#)
}

fn asked(server: &VendorServer) -> usize {
    server.asked_at("POST", Dialect::Compatible.path()).len()
}

/// Some work of this machine's own, from its beginning to its end.
async fn draw(app: &TestApp) {
    let project = app.client.project(&["Other words."]).await;
    let image = app.client.post_and_wait("/api/image/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(200);
    assert_eq!(image["status"], "ready", "{image}");
}

#[tokio::test]
async fn a_job_that_was_taken_away_before_its_outcome_could_be_written_is_not_said_to_be_done() {
    let voice = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(voice.among()).await;
    let project = app.client.project(&["Some words."]).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    app.client.post("/api/audio/generate", body).await.expect(202);
    voice.until_running(1).await;
    app.database.run(&away("audio_clips", "new.status = 'ready'", 7)).await;
    voice.let_go(1);
    app.until_counted(WAS_TRIED, 1).await;
    // By its next try, since the worker does not learn it from the lease.
    app.database.run(&format!("{BLIND} delete from jobs; delete from audio_clips")).await;
    let mut told = String::new();
    eventually("the attempt has ended", async || {
        told = app.client.get("/metrics").await.expect_text(200);
        told.contains("studio_job_duration_seconds_count{job=\"audio\"")
    })
    .await;
    assert!(told.contains("job=\"audio\",outcome=\"lost\"") && !told.contains("job=\"audio\",outcome=\"done\""), "{told}");
    app.finish().await;
}

#[tokio::test]
async fn how_far_it_is_tells_nobody_whose_job_was_taken_away() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words that take a while."; 6]).await;
    let options = json!({"quality": "preview", "resolution": "720p", "fps": 24});
    let film = app.client.post("/api/video/generate", json!({"projectId": project["id"], "options": options})).await.expect(202);
    app.until_counted("select count(*) as n from video_clips where progress > 0", 1).await;
    let taken_away = "update jobs set worker = gen_random_uuid(), lease_until = now() + interval '1 hour';
        update video_clips set progress = 0.001;";
    app.database.run(&format!("{taken_away} {BLIND}")).await;
    eventually("the attempt has ended", async || app.client.get("/metrics").await.expect_text(200).contains("outcome=\"lost\"")).await;
    let film = app.client.get(&format!("/api/video/{}", film["id"].as_str().unwrap())).await.expect(200);
    assert_eq!((&film["status"], &film["progress"]), (&json!("running"), &json!(0.001)), "{film}");
    app.database.run("delete from jobs; delete from video_clips").await;
    app.finish().await;
}

#[tokio::test]
async fn what_was_answered_is_settled_although_its_place_is_gone() {
    let (server, app, path) = rewriting([rewritten()]).await;
    // For longer than a request goes without a look at its row.
    app.database.run(&away("paid_calls", "new.ended_at is not null", 5)).await;
    let taking = async {
        app.until_counted(WAS_TRIED, 1).await;
        app.database.run("delete from jobs").await;
    };
    let (answer, ()) = tokio::join!(app.client.post(&path, json!({"instruction": "Shorter."})), taking);
    assert_eq!(answer.expect(200)["narration"], "Shorter.");
    assert_eq!(app.database.count("select count(*) as n from paid_calls where ended_at is not null").await, 1);
    assert_eq!(asked(&server), 1);
    app.finish().await;
}

/// Ends a script that is being written.
fn end_script(feed: Feed) {
    let (dialect, text) = (Dialect::Compatible, script(1).to_string());
    for event in dialect.begin().into_iter().chain([dialect.piece(&text)]).chain(dialect.end(End::Complete)) {
        feed.event(&event);
    }
}

#[tokio::test]
async fn a_rewrite_finds_no_place_where_work_goes_on_whose_lease_ran_out() {
    let (first, feed) = Reply::fed("text/event-stream");
    let (server, app, path) = rewriting([first, rewritten()]).await;
    let rewriting = async {
        server.until_asked("POST", Dialect::Compatible.path(), 1).await;
        app.database.run(&asleep("jobs")).await;
        let waiting = async {
            app.until_counted("select count(*) as n from jobs where spec->>'job' = 'attended'", 1).await;
            draw(&app).await;
            assert_eq!(asked(&server), 1, "such a server takes one call at a time");
            end_script(feed);
        };
        tokio::join!(app.client.post(&path, json!({"instruction": "Shorter."})), waiting).0
    };
    let (written, rewritten) = tokio::join!(app.client.post("/api/script/generate", Dialect::Compatible.wanted(1)), rewriting);
    written.expect(201);
    assert_eq!(rewritten.expect(200)["narration"], "Shorter.");
    app.finish().await;
}

#[tokio::test]
async fn a_server_that_slept_does_not_take_a_key_away_from_its_own_request() {
    let (first, feed) = Reply::fed("application/json");
    let (server, app, path) = rewriting([first, rewritten()]).await;
    app.database.run(&asleep("idempotency_keys")).await;
    let body = json!({"instruction": "Shorter."});
    let ask = || app.client.send(app.client.request(Method::POST, &path).header("Idempotency-Key", "key").json(&body));
    let second = async {
        server.until_asked("POST", Dialect::Compatible.path(), 1).await;
        let answering = async {
            draw(&app).await;
            let words = json!({"title": "Short", "narration": "Shorter.", "visualPrompt": "A mill"}).to_string();
            let message = json!({"message": {"role": "assistant", "content": words}, "finish_reason": "stop"});
            feed.send(json!({"choices": [message], "usage": {"prompt_tokens": 1000, "completion_tokens": 2000}}).to_string());
            drop(feed);
        };
        tokio::join!(ask(), answering).0
    };
    let (first, second) = tokio::join!(ask(), second);
    assert_eq!((first.header("idempotency-replayed"), second.header("idempotency-replayed")), (None, Some("true")));
    assert_eq!(first.expect(200), second.expect(200));
    assert_eq!(asked(&server), 1);
    app.finish().await;
}
