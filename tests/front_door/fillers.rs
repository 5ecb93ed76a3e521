//! What a film makes on its way: queued with it, canceled with it, and made again when it is tried again.

use futures_util::future::join_all;
use serde_json::{Value, json};
use studio_tests::{
    Client, TestApp,
    stand_ins::{Manner, StandIn},
};

fn quick(project: &Value) -> Value {
    json!({"projectId": project["id"], "options": {"quality": "preview", "resolution": "720p", "fps": 24, "motion": "none"}})
}

/// A studio whose narrations wait until the test lets them go on, and a project.
async fn waiting(narrations: &[&str]) -> (std::sync::Arc<StandIn>, TestApp, Value) {
    let voice = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(voice.among()).await;
    app.client.patch("/api/settings", json!({"defaults": {"audio": {"provider": "stand-in"}}})).await.expect(200);
    let project = app.client.project(narrations).await;
    (voice, app, project)
}

async fn narrations(client: &Client, project: &Value) -> Vec<Value> {
    let takes = client.get(&format!("/api/audio/by-project/{}", project["id"].as_str().unwrap())).await.expect(200);
    takes.as_array().unwrap().clone()
}

async fn cancel(client: &Client, film: &Value) {
    let path = format!("/api/video/{}/cancel", film["id"].as_str().unwrap());
    assert_eq!(client.post(&path, json!({})).await.expect(200)["status"], "canceled");
}

#[tokio::test]
async fn a_film_that_is_canceled_takes_along_what_only_it_wanted() {
    let (voice, app, project) = waiting(&["One.", "Two.", "Three."]).await;
    let own = app.client.post("/api/audio/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(202);
    let film = app.client.post("/api/video/generate", quick(&project)).await.expect(202);
    assert_eq!(narrations(&app.client, &project).await.len(), 3);
    voice.until_running(2).await;
    cancel(&app.client, &film).await;
    voice.until_running(1).await;
    let takes = narrations(&app.client, &project).await;
    let statuses: Vec<&str> = takes.iter().map(|take| take["status"].as_str().unwrap()).collect();
    assert_eq!(takes[0]["id"], own["id"]);
    assert_eq!(statuses[1..], ["canceled", "canceled"]);
    voice.let_go(1);
    assert_eq!(app.client.finished(&format!("/api/audio/{}", own["id"].as_str().unwrap())).await["status"], "ready");
    app.finish().await;
}

#[tokio::test]
async fn what_is_canceled_with_a_film_is_locked_in_order() {
    let (voice, app, project) = waiting(&["One.", "Two.", "Three."]).await;
    let film = app.client.post("/api/video/generate", quick(&project)).await.expect(202);
    app.until_counted("select count(*) as n from jobs where filler", 3).await;
    voice.until_running(2).await;
    // They are found in any order; in this one, unless somebody asks for another.
    let turned = "create table turned as select * from job_dependencies; delete from job_dependencies; \
                  insert into job_dependencies select * from turned order by depends_on desc; drop table turned";
    app.database.run(turned).await;
    let number = async |query: &str| app.database.count(&format!("select ({query})::bigint as n")).await;
    // Somebody else has the last of them, until he is let go on.
    number("select 1 from (select pg_advisory_lock(7)) held").await;
    let last = "begin; select from jobs where filler order by id desc limit 1 for update; select pg_advisory_lock(7); commit";
    let checking = async {
        let waits = "select count(*) as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and query";
        app.until_counted(&format!("{waits} like 'begin; select from jobs%'"), 1).await;
        let canceling = async {
            // Two that locked them in different orders would wait for each other.
            app.until_counted(&format!("{waits} like '%for update of filler%'"), 1).await;
            let first = "select id from jobs where filler order by id limit 1";
            assert_eq!(
                number(&format!("select count(*) from (select from jobs where id = ({first}) for update skip locked) free")).await,
                0
            );
            number("select pg_advisory_unlock(7)::int").await;
        };
        tokio::join!(cancel(&app.client, &film), canceling);
    };
    tokio::join!(app.database.run(last), checking);
    voice.until_running(0).await;
    app.finish().await;
}

#[tokio::test]
async fn what_another_film_waits_for_or_somebody_asks_for_goes_on() {
    let (voice, app, project) = waiting(&["One."]).await;
    let first = app.client.post("/api/video/generate", quick(&project)).await.expect(202);
    let second = app.client.post("/api/video/generate", quick(&project)).await.expect(202);
    voice.until_running(1).await;
    cancel(&app.client, &first).await;
    assert_eq!(narrations(&app.client, &project).await[0]["status"], "running", "the second film waits for it");
    // Asked for by somebody, it goes on without any film.
    let missing = json!({"projectId": project["id"], "onlyMissing": true});
    assert_eq!(app.client.post("/api/audio/generate-batch", missing).await.expect(202)["items"], json!([]));
    app.client.delete(&format!("/api/video/{}", second["id"].as_str().unwrap())).await.expect(204);
    let takes = narrations(&app.client, &project).await;
    assert_eq!((takes.len(), &takes[0]["status"]), (1, &json!("running")));
    voice.let_go(1);
    app.client.finished(&format!("/api/audio/{}", takes[0]["id"].as_str().unwrap())).await;
    app.finish().await;
}

#[tokio::test]
async fn a_film_that_is_tried_again_fills_in_what_it_lacks_by_then() {
    let voice = StandIn::new(Manner::Refuse);
    let app = TestApp::with_providers(voice.among()).await;
    app.client.patch("/api/settings", json!({"defaults": {"audio": {"provider": "stand-in"}}})).await.expect(200);
    let project = app.client.project(&["One."]).await;
    let film = app.client.post_and_wait("/api/video/generate", quick(&project)).await.expect(200);
    assert_eq!(film["status"], "failed");
    app.client.patch("/api/settings", json!({"defaults": {"audio": {"provider": "espeak"}}})).await.expect(200);
    let drawn = app.client.get(&format!("/api/image/by-project/{}", project["id"].as_str().unwrap())).await.expect(200);
    app.client.delete(&format!("/api/image/{}", drawn[0]["id"].as_str().unwrap())).await.expect(204);

    let again = app.client.post_and_wait(&format!("/api/video/{}/retry", film["id"].as_str().unwrap()), json!({})).await.expect(200);
    assert_eq!((&again["id"], &again["status"]), (&film["id"], &json!("ready")), "{again}");
    let takes = narrations(&app.client, &project).await;
    assert_eq!((takes.len(), &takes[0]["status"], &takes[0]["provider"]), (2, &json!("ready"), &json!("espeak")));
    app.client
        .post(&format!("/api/video/{}/retry", film["id"].as_str().unwrap()), json!({}))
        .await
        .expect_error(409, shared::ErrorCode::Conflict);
    app.finish().await;
}

#[tokio::test]
async fn what_is_changed_while_its_film_waits_is_made_before_the_film_is_tried_again() {
    let (voice, app, project) = waiting(&["One."]).await;
    app.client.post_and_wait("/api/image/generate-batch", json!({"projectId": project["id"]})).await.expect(200);
    let film = app.client.post("/api/video/generate", quick(&project)).await.expect(202);
    voice.until_running(1).await;
    let scene = &project["scenes"][0]["id"];
    app.client.patch(&format!("/api/scenes/{}", scene.as_str().unwrap()), json!({"visualPrompt": "A red door"})).await.expect(200);
    voice.let_go(1);
    let path = format!("/api/video/{}", film["id"].as_str().unwrap());
    let failed = app.client.finished(&path).await;
    let error = &failed["error"];
    assert_eq!((&failed["status"], &error["code"]), (&json!("failed"), &json!("conflict")), "{failed}");
    assert_eq!(&error["details"]["sceneId"], scene);
    assert!(error["message"].as_str().unwrap().contains("lacks a picture that is up to date"), "{error}");
    let again = app.client.post_and_wait(&format!("{path}/retry"), json!({})).await.expect(200);
    assert_eq!((&again["status"], &again["stale"]), (&json!("ready"), &json!(false)), "{again}");
    app.finish().await;
}

#[tokio::test]
async fn many_ask_for_the_same_film_at_once_and_all_are_answered() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One.", "Two.", "Three.", "Four."]).await;
    let films = join_all((0..20).map(|_| app.client.post("/api/video/generate", quick(&project)))).await;
    for film in films {
        assert_eq!(film.expect(202)["kind"], "film");
    }
    // What they lack is made once for all of them.
    assert_eq!(narrations(&app.client, &project).await.len(), 4);
    app.client.delete(&format!("/api/projects/{}", project["id"].as_str().unwrap())).await.expect(204);
    app.finish().await;
}

#[tokio::test]
async fn what_is_missing_is_made_once_however_many_ask_for_it_at_once() {
    let (voice, app, project) = waiting(&["One.", "Two."]).await;
    let missing = || json!({"projectId": project["id"], "onlyMissing": true});
    for kind in ["audio", "image"] {
        let path = format!("/api/{kind}/generate-batch");
        let batches = join_all((0..10).map(|_| app.client.post(&path, missing()))).await;
        let queued: usize = batches.into_iter().map(|batch| batch.expect(202)["items"].as_array().unwrap().len()).sum();
        assert_eq!(queued, 2, "{kind}");
    }
    app.client.delete(&format!("/api/projects/{}", project["id"].as_str().unwrap())).await.expect(204);
    voice.until_running(0).await;
    app.finish().await;
}
