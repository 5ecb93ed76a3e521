//! Work survives: kill -9, a clean stop, a second server.

use std::time::Duration;

use serde_json::{Value, json};
use studio_tests::{
    Client, Database, Reply, TestApp, VendorServer,
    client::PATIENCE,
    process::Process,
    stand_ins::{Manner, StandIn, silence},
};

async fn project_of(client: &Client, scenes: usize) -> Value {
    let narrations: Vec<String> = (1..=scenes).map(|number| format!("This is scene number {number}.")).collect();
    client.project(&narrations.iter().map(String::as_str).collect::<Vec<_>>()).await
}

#[tokio::test]
async fn a_film_that_was_being_made_is_finished_after_kill_9() {
    let database = Database::create().await;
    let data_dir = tempfile::tempdir().unwrap();
    let server = Process::start(&database, data_dir.path());
    let project = project_of(&server.client, 12).await;
    let body = json!({"projectId": project["id"], "options": {"quality": "preview", "resolution": "720p", "fps": 24, "motion": "none"}});
    let film = server.client.post("/api/video/generate", body).await.expect(202);
    let path = format!("/api/video/{}", film["id"].as_str().unwrap());
    // In the middle of the takes, and then in the middle of the film.
    let by_project = format!("/api/audio/by-project/{}", project["id"].as_str().unwrap());
    until(&server.client, &by_project, |takes| takes.as_array().unwrap().iter().any(|take| take["status"] == "ready")).await;
    server.kill();
    let server = Process::start(&database, data_dir.path());
    until(&server.client, &path, |film| {
        film["status"] == "running" && film["progress"].as_f64().unwrap() > 0.05 || film["status"] == "ready"
    })
    .await;
    server.kill();
    let server = Process::start(&database, data_dir.path());
    let film = server.client.finished(&path).await;
    assert_eq!(film["status"], "ready", "{film}");
    let takes = server.client.get(&by_project).await.expect(200);
    assert_eq!(takes.as_array().unwrap().len(), 12, "no take was made twice");
    assert!(takes.as_array().unwrap().iter().all(|take| take["status"] == "ready"));
    assert_eq!(server.client.get(film["url"].as_str().unwrap()).await.status, 200);
    assert_eq!(database.count("select count(*) as n from jobs").await, 0);
}

async fn until(client: &Client, path: &str, fits: impl Fn(&Value) -> bool) {
    let waiting = async {
        while !fits(&client.get(path).await.expect(200)) {
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{path} never gets there"));
}

#[tokio::test]
async fn whoever_waits_for_a_record_is_answered_when_the_server_stops() {
    let waiting = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(waiting.among()).await;
    let project = project_of(&app.client, 1).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    let client = app.client.clone();
    let asked = tokio::spawn(async move { client.post_and_wait("/api/audio/generate", body).await });
    waiting.until_running(1).await;
    let app = app.stop_server().await;
    let record = asked.await.unwrap().expect(202);
    assert!(["queued", "running"].contains(&record["status"].as_str().unwrap()), "{record}");
    let (studio, client) = app.another(StandIn::new(Manner::FailFirst(0)).among()).await;
    assert_eq!(client.finished(&format!("/api/audio/{}", record["id"].as_str().unwrap())).await["status"], "ready");
    studio.stop().await;
    app.finish().await;
}

#[tokio::test]
async fn progress_does_not_go_back_when_a_server_stops() {
    let waiting = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(waiting.among()).await;
    let project = project_of(&app.client, 1).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    let clip = app.client.post("/api/audio/generate", body).await.expect(202);
    let path = format!("/api/audio/{}", clip["id"].as_str().unwrap());
    until(&app.client, &path, |clip| clip["progress"] == 0.5).await;
    let app = app.stop_server().await;
    let again = StandIn::new(Manner::Wait);
    let (studio, client) = app.another(again.among()).await;
    until(&client, &path, |clip| {
        assert_eq!(clip["progress"], 0.5, "{clip}");
        clip["status"] == "running"
    })
    .await;
    again.let_go(1);
    assert_eq!(client.finished(&path).await["status"], "ready");
    studio.stop().await;
    app.finish().await;
}

#[tokio::test]
async fn files_that_no_record_names_are_removed_in_time() {
    let app = TestApp::start().await;
    let project = project_of(&app.client, 1).await;
    let scene = &project["scenes"][0]["id"];
    let image = app.client.post_and_wait("/api/image/generate", json!({"sceneId": scene})).await.expect(200);
    // As a server leaves them that is killed between keeping a file and writing it down; one of them just now.
    let left = |id: &str, age: u64| {
        let file = app.data_dir().join(format!("media/image/{id}.png"));
        std::fs::write(&file, "left behind").unwrap();
        let then = std::time::SystemTime::now() - Duration::from_secs(age);
        std::fs::File::options().append(true).open(&file).unwrap().set_modified(then).unwrap();
        file
    };
    let (old, new) = (left("01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81", 7200), left("01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c82", 5));
    for url in [&image["url"], &image["thumbnailUrl"]] {
        let named = app.data_dir().join(url.as_str().unwrap().trim_start_matches('/'));
        let then = std::time::SystemTime::now() - Duration::from_secs(7200);
        std::fs::File::options().append(true).open(named).unwrap().set_modified(then).unwrap();
    }
    // A server keeps the house as it starts.
    let (studio, client) = app.another(|providers| providers).await;
    let gone = async {
        while old.exists() {
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("it is removed");
    assert!(new.exists(), "it may yet be named");
    for url in [&image["url"], &image["thumbnailUrl"]] {
        assert_eq!(client.get(url.as_str().unwrap()).await.status, 200, "what is named stays");
    }
    std::fs::remove_file(new).unwrap();
    studio.stop().await;
    app.finish().await;
}

#[tokio::test]
async fn a_clean_stop_hands_back_what_runs() {
    let waiting = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(waiting.among()).await;
    let project = project_of(&app.client, 1).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    app.client.post("/api/audio/generate", body).await.expect(202);
    waiting.until_running(1).await;
    let (second, other) = app.another(waiting.among()).await;
    // The first server stops; the second takes the work over at once, and it counts as the same attempt.
    let path = format!("/api/audio/by-project/{}", project["id"].as_str().unwrap());
    let stopping = app.stop_server().await;
    waiting.until_running(1).await;
    waiting.let_go(1);
    until(&other, &path, |takes| takes[0]["status"] == "ready").await;
    assert_eq!(other.get(&path).await.expect(200)[0]["attempts"], 1);
    second.stop().await;
    stopping.finish().await;
}

#[tokio::test]
async fn a_server_that_is_asked_to_stop_ends_well_and_holds_nothing() {
    let database = Database::create().await;
    let data_dir = tempfile::tempdir().unwrap();
    let server = Process::start(&database, data_dir.path());
    let project = project_of(&server.client, 6).await;
    server.client.post("/api/video/generate", json!({"projectId": project["id"], "options": {"quality": "standard"}})).await.expect(202);
    // An open stream of events must not hold the server up.
    let _events = server.client.events("/api/events", None).await;
    assert!(tokio::task::spawn_blocking(|| server.terminate()).await.unwrap().success());
    let leased = database.count("select count(*) as n from jobs where lease_until is not null").await;
    assert_eq!(leased, 0, "nothing is leased to a server that is gone");
}

#[tokio::test]
async fn two_servers_share_the_work_and_each_job_runs_once() {
    let counting = StandIn::new(Manner::FailFirst(0));
    let app = TestApp::with_providers(counting.among()).await;
    let (second, _) = app.another(counting.among()).await;
    let project = project_of(&app.client, 20).await;
    let batch = app
        .client
        .post_and_wait("/api/audio/generate-batch", json!({"projectId": project["id"], "voiceId": "stand-in/one"}))
        .await
        .expect(200);
    assert!(batch["items"].as_array().unwrap().iter().all(|take| take["status"] == "ready"));
    assert_eq!(counting.calls(), 20);
    second.stop().await;
    app.finish().await;
}

#[tokio::test]
async fn leases_are_kept_by_the_clock_of_the_database() {
    let waiting = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(waiting.among()).await;
    let project = project_of(&app.client, 1).await;
    let app = app.stop_server().await;
    // From now on the server's clock is an hour behind.
    let ahead = "create schema ahead;
        create function ahead.now() returns timestamptz language sql stable as $$ select pg_catalog.now() + interval '1 hour' $$;";
    let use_it = format!("alter database {} set search_path = public, ahead, pg_catalog", app.database.name());
    app.database.run(&format!("{ahead}{use_it}")).await;
    let (studio, client) = app.another(waiting.among()).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    let clip = client.post("/api/audio/generate", body).await.expect(202);
    waiting.until_running(1).await;
    let lease = "select (extract(epoch from lease_until) * 1000)::bigint as n from jobs";
    let first = app.database.count(lease).await;
    let held = "select count(*) as n from jobs where lease_until between now() and now() + interval '10 seconds' and interruptions = 0";
    let renewed = async {
        // Renewed at least twice.
        while app.database.count(lease).await < first + 5000 {
            assert_eq!(app.database.count(held).await, 1, "the lease was lost, or lasts too long");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, renewed).await.expect("the lease is renewed");
    waiting.let_go(1);
    let clip = client.finished(&format!("/api/audio/{}", clip["id"].as_str().unwrap())).await;
    assert_eq!((clip["status"].as_str(), clip["attempts"].as_u64()), (Some("ready"), Some(1)));
    studio.stop().await;
    app.finish().await;
}

#[tokio::test]
async fn what_waits_for_others_keeps_nothing_of_this_machine_from_its_work() {
    let waiting = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(waiting.among()).await;
    let project = project_of(&app.client, 2).await;
    app.client.post("/api/audio/generate-batch", json!({"projectId": project["id"], "voiceId": "stand-in/one"})).await.expect(202);
    // As many as there are workers.
    waiting.until_running(2).await;
    let image = app.client.post_and_wait("/api/image/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(200);
    assert_eq!((&image["status"], waiting.running()), (&json!("ready"), 2), "{image}");
    waiting.let_go(2);
    app.until_idle().await;
    app.finish().await;
}

#[tokio::test]
async fn a_provider_s_limit_holds_over_all_servers() {
    let waiting = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(waiting.among()).await;
    let (second, _) = app.another(waiting.among()).await;
    let project = project_of(&app.client, 6).await;
    app.client.post("/api/audio/generate-batch", json!({"projectId": project["id"], "voiceId": "stand-in/one"})).await.expect(202);
    waiting.until_running(2).await;
    for _ in 0..6 {
        assert!(waiting.running() <= 2, "the stand-in allows two at once");
        waiting.let_go(1);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let path = format!("/api/audio/by-project/{}", project["id"].as_str().unwrap());
    until(&app.client, &path, |takes| takes.as_array().unwrap().iter().all(|take| take["status"] == "ready")).await;
    second.stop().await;
    app.finish().await;
}

#[tokio::test]
async fn what_was_spoken_of_a_narration_that_failed_or_was_canceled_is_kept_for_a_week() {
    let server = VendorServer::start().await;
    server.on("POST", "/v1/audio/speech", |_, before| match before {
        0 => Reply::bytes("audio/wav", silence(0.5)),
        _ => Reply::json(&json!({"error": {"message": "No."}})).status(400),
    });
    let v1 = format!("{}/v1", server.url());
    let app = TestApp::with_environment([("COMPATIBLE_BASE_URL", &*v1)]).await;
    let long: String =
        (0..60).map(|number| format!("It is for us the living, rather, to be dedicated here to work number {number}. ")).collect();
    let project = app.client.project(&[long.trim()]).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "compatible/alloy"});
    let clip = app.client.post_and_wait("/api/audio/generate", body).await.expect(200);
    assert_eq!((&clip["status"], server.asked_at("POST", "/v1/audio/speech").len()), (&json!("failed"), 2), "{clip}");
    let work = app.data_dir().join("work");
    let spoken = work.join(clip["id"].as_str().unwrap());
    let files = || std::fs::read_dir(&spoken).map(|files| files.count()).unwrap_or_default();
    assert_eq!(files(), 2, "a sound, and what is known of it");
    // A server keeps the house as it starts: it is known to have been there where what belongs to nobody is gone.
    let house_is_kept = async |number: u32| {
        let nobodys = work.join(format!("01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c8{number}"));
        std::fs::create_dir_all(&nobodys).unwrap();
        let (studio, _) = app.another(|providers| providers).await;
        let gone = async {
            while nobodys.exists() {
                tokio::time::sleep(Duration::from_millis(15)).await;
            }
        };
        tokio::time::timeout(PATIENCE, gone).await.expect("it is removed");
        studio.stop().await;
    };
    app.database.run("update audio_clips set updated_at = now() - interval '6 days 23 hours'").await;
    house_is_kept(1).await;
    assert_eq!(files(), 2);
    // What is canceled can be tried again as well.
    app.database.run("update audio_clips set status = 'canceled', error = null").await;
    house_is_kept(3).await;
    assert_eq!(files(), 2);
    app.database.run("update audio_clips set updated_at = now() - interval '7 days 1 hour'").await;
    house_is_kept(2).await;
    let gone = async {
        while spoken.exists() {
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("it is removed");
    app.finish().await;
}
