//! Work survives: kill -9, a clean stop, a second server.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use studio_tests::{
    Client, Database, Reply, TestApp, VendorServer, eventually,
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
    let body = json!({"projectId": project["id"], "options": {"quality": "preview", "resolution": "720p", "fps": 60, "motion": "none"}});
    let film = server.client.post("/api/video/generate", body).await.expect(202);
    let path = format!("/api/video/{}", film["id"].as_str().unwrap());
    // In the middle of the takes, and then in the middle of the film.
    let by_project = format!("/api/audio/by-project/{}", project["id"].as_str().unwrap());
    let some_are_ready = |takes: &Value| takes.as_array().unwrap().iter().any(|take| take["status"] == "ready");
    server.client.until(&by_project, "has a take that is ready", some_are_ready).await;
    server.kill();
    let server = Process::start(&database, data_dir.path());
    let begun = |film: &Value| {
        assert_ne!(film["status"], "ready", "it is too short to be killed in the middle of");
        film["status"] == "running" && film["progress"].as_f64().unwrap() > 0.05
    };
    server.client.until(&path, "is begun", begun).await;
    server.kill();
    let owed = "select count(*) as n from jobs where kind = 'video'";
    assert_eq!(database.count(owed).await, 1, "it was done before its server was killed");
    let server = Process::start(&database, data_dir.path());
    let film = server.client.finished(&path).await;
    assert_eq!(film["status"], "ready", "{film}");
    let takes = server.client.get(&by_project).await.expect(200);
    assert_eq!(takes.as_array().unwrap().len(), 12, "no take was made twice");
    assert!(takes.as_array().unwrap().iter().all(|take| take["status"] == "ready"));
    assert_eq!(server.client.get(film["url"].as_str().unwrap()).await.status, 200);
    assert_eq!(database.count("select count(*) as n from jobs").await, 0);
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
    app.client.until(&path, "is half done", |clip| clip["progress"] == 0.5).await;
    let app = app.stop_server().await;
    let again = StandIn::new(Manner::Wait);
    let (studio, client) = app.another(again.among()).await;
    let runs = |clip: &Value| {
        assert_eq!(clip["progress"], 0.5, "{clip}");
        clip["status"] == "running"
    };
    client.until(&path, "is running", runs).await;
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
    eventually("what nothing names is removed", async || !old.exists()).await;
    assert!(new.exists(), "it may yet be named");
    for url in [&image["url"], &image["thumbnailUrl"]] {
        assert_eq!(client.get(url.as_str().unwrap()).await.status, 200, "what is named stays");
    }
    std::fs::remove_file(new).unwrap();
    studio.stop().await;
    app.finish().await;
}

#[tokio::test]
async fn what_a_killed_server_has_left_in_the_work_folder_is_removed_in_time() {
    let app = TestApp::start().await;
    let work = app.data_dir().join("work");
    let left = |name: &str, hours: u64| {
        let path = work.join(name);
        if name.starts_with("scratch-") {
            std::fs::create_dir(&path).unwrap();
            std::fs::write(path.join("piece.mp4"), "left behind").unwrap();
        } else {
            std::fs::write(&path, "left behind").unwrap();
        }
        let then = std::time::SystemTime::now() - Duration::from_secs(3600 * hours);
        std::fs::File::open(&path).unwrap().set_modified(then).unwrap();
        path
    };
    let (file, unfinished) = ("01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c8", ".new");
    let old = [left("upload-Ab12Cd", 25), left("scratch-Ab12Cd", 25), left(&format!("{file}1{unfinished}"), 25)];
    // What may be in use, by whatever server; and what is none of the studio's.
    let stays = [left("upload-Ef34Gh", 23), left("scratch-Ef34Gh", 23), left(&format!("{file}2{unfinished}"), 23), left("notes.txt", 25)];
    // A server keeps the house as it starts.
    let (studio, _) = app.another(|providers| providers).await;
    eventually("what was left is removed", async || !old.iter().any(|path| path.exists())).await;
    assert!(stays.iter().all(|path| path.exists()), "{stays:?}");
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
    other.until(&path, "has a take that is ready", |takes| takes[0]["status"] == "ready").await;
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
async fn a_server_whose_terminal_is_closed_ends_well() {
    let database = Database::create().await;
    let data_dir = tempfile::tempdir().unwrap();
    let ended = tokio::task::spawn_blocking(move || Process::hung_up(&database, data_dir.path()));
    assert!(ended.await.unwrap().success());
}

#[tokio::test]
async fn a_server_that_was_started_to_outlive_its_terminal_does() {
    let database = Database::create().await;
    let data_dir = tempfile::tempdir().unwrap();
    let server = Process::start_with_nohup(&database, data_dir.path());
    server.signal("-HUP");
    let project = project_of(&server.client, 1).await;
    let body = json!({"sceneId": project["scenes"][0]["id"]});
    let take = server.client.post_and_wait("/api/audio/generate", body).await.expect(200);
    assert_eq!(take["status"], "ready", "{take}");
    assert!(tokio::task::spawn_blocking(|| server.terminate()).await.unwrap().success());
}

#[tokio::test]
async fn a_stop_is_soon_over_although_the_database_is_away() {
    let waiting = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(waiting.among()).await;
    let project = project_of(&app.client, 2).await;
    for scene in project["scenes"].as_array().unwrap() {
        let body = json!({"sceneId": scene["id"], "voiceId": "stand-in/one"});
        app.client.post("/api/audio/generate", body).await.expect(202);
    }
    waiting.until_running(2).await;
    app.database.shut().await;
    let asked = Instant::now();
    let _stopped = app.stop_server().await;
    assert!(asked.elapsed() < Duration::from_secs(20), "{:?}", asked.elapsed());
    // Nor is anything worked on any more.
    waiting.until_running(0).await;
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
    // Each lease is noted as it is given. On a machine that is very busy one may be renewed too late, and run out: it is lost
    // then, as it should be, but not before.
    let noted = "create table ahead.leases (lasts interval, renewed boolean, taken_early boolean);
        create function ahead.note() returns trigger language plpgsql as $$ begin
            insert into ahead.leases values (new.lease_until - now(),
                new.worker = old.worker and new.interruptions = old.interruptions,
                new.interruptions > old.interruptions and old.lease_until >= now());
            return new;
        end $$;
        create trigger note after update of lease_until on jobs for each row when (new.lease_until is not null)
            execute function ahead.note();";
    let use_it = format!("alter database {} set search_path = public, ahead, pg_catalog", app.database.name());
    app.database.run(&format!("{ahead}{noted}{use_it}")).await;
    let (studio, client) = app.another(waiting.among()).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    let clip = client.post("/api/audio/generate", body).await.expect(202);
    waiting.until_running(1).await;
    let renewed = "select count(*) as n from ahead.leases where renewed";
    eventually("the lease is renewed twice", async || app.database.count(renewed).await >= 2).await;
    // Also what begins again, should it be lost just now.
    waiting.let_go(9);
    let clip = client.finished(&format!("/api/audio/{}", clip["id"].as_str().unwrap())).await;
    assert_eq!((clip["status"].as_str(), clip["attempts"].as_u64()), (Some("ready"), Some(1)));
    let wrong = "select count(*) as n from ahead.leases where taken_early or lasts <> interval '10 seconds'";
    assert_eq!(app.database.count(wrong).await, 0, "they last from the database's now, and until then");
    studio.stop().await;
    app.finish().await;
}

#[tokio::test]
async fn what_is_tried_again_waits_by_the_clock_of_the_database() {
    let voice = StandIn::new(Manner::TwoInThreeTooMany);
    let app = TestApp::with_providers(voice.among()).await;
    let project = project_of(&app.client, 1).await;
    let app = app.stop_server().await;
    // From now on the server's clock is an hour ahead.
    let behind = "create schema behind;
        create function behind.now() returns timestamptz language sql stable as $$ select pg_catalog.now() - interval '1 hour' $$;
        alter table jobs alter run_at set default behind.now();";
    let use_it = format!("alter database {} set search_path = public, behind, pg_catalog", app.database.name());
    app.database.run(&format!("{behind}{use_it}")).await;
    let (studio, client) = app.another(voice.among()).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    let clip = client.post_and_wait("/api/audio/generate", body).await.expect(200);
    assert_eq!((&clip["status"], &clip["attempts"]), (&json!("ready"), &json!(3)), "{clip}");
    studio.stop().await;
    app.finish().await;
}

#[tokio::test]
async fn nothing_waits_for_a_time_before_which_the_clock_was_set_back() {
    let waiting = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(waiting.among()).await;
    app.client.patch("/api/settings", json!({"retries": {"longestWaitSeconds": 1}})).await.expect(200);
    let project = project_of(&app.client, 1).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    let clip = app.client.post("/api/audio/generate", body).await.expect(202);
    waiting.until_running(1).await;
    // Whoever had it was killed, and the clock set back.
    let later = "update jobs set worker = gen_random_uuid(), lease_until = now() + interval '1 day', run_at = now() + interval '1 day';
        insert into provider_gates (provider, open_at, slots) values ('stand-in', now() + interval '1 day', 1)";
    app.database.run(later).await;
    waiting.until_running(0).await;
    let (second, client) = app.another(waiting.among()).await;
    waiting.until_running(1).await;
    waiting.let_go(1);
    let clip = client.finished(&format!("/api/audio/{}", clip["id"].as_str().unwrap())).await;
    assert_eq!((&clip["status"], waiting.calls()), (&json!("ready"), 2), "{clip}");
    second.stop().await;
    app.finish().await;
}

#[tokio::test]
async fn an_attempt_that_has_lost_its_job_leaves_everything_to_whoever_has_it() {
    let waiting = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(waiting.among()).await;
    let project = project_of(&app.client, 1).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    let clip = app.client.post("/api/audio/generate", body).await.expect(202);
    waiting.until_running(1).await;
    // It is not asked for its lease again for a while, and does not know what has become of it.
    let lease = "select (extract(epoch from lease_until) * 1000)::bigint as n from jobs";
    let first = app.database.count(lease).await;
    eventually("the lease is renewed", async || app.database.count(lease).await != first).await;
    app.database.run("update jobs set worker = gen_random_uuid(), lease_until = now() + interval '1 hour'").await;
    waiting.let_go(1);
    let lost = r#"studio_job_duration_seconds_count{job="audio",outcome="lost",provider="stand-in"}"#;
    eventually("the attempt ends", async || app.client.get("/metrics").await.expect_text(200).contains(lost)).await;
    let (id, path) = (clip["id"].as_str().unwrap(), format!("/api/audio/{}", clip["id"].as_str().unwrap()));
    let clip = app.client.get(&path).await.expect(200);
    assert_eq!((&clip["status"], &clip["url"]), (&json!("running"), &Value::Null), "{clip}");
    assert!(app.data_dir().join("work").join(id).exists(), "whoever has the job by now works there");
    app.take_leases_away().await;
    waiting.until_running(1).await;
    waiting.let_go(1);
    assert_eq!(app.client.finished(&path).await["status"], "ready");
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
    waiting.until_calls(2).await;
    for calls in 3..=6 {
        waiting.let_go(1);
        waiting.until_calls(calls).await;
    }
    waiting.let_go(2);
    let path = format!("/api/audio/by-project/{}", project["id"].as_str().unwrap());
    let all_are_ready = |takes: &Value| takes.as_array().unwrap().iter().all(|take| take["status"] == "ready");
    app.client.until(&path, "is ready, all of it", all_are_ready).await;
    assert_eq!(waiting.most_at_once(), 2, "the stand-in allows two at once");
    second.stop().await;
    app.finish().await;
}

#[tokio::test]
async fn whoever_looks_for_work_reads_a_long_queue_once() {
    const WAITING: i64 = 2000;
    let waiting = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(waiting.among()).await;
    let project = project_of(&app.client, 2).await;
    app.client.post("/api/audio/generate-batch", json!({"projectId": project["id"], "voiceId": "stand-in/one"})).await.expect(202);
    waiting.until_running(2).await;
    let queue = format!(
        "insert into jobs (id, spec, provider, kind)
         select gen_random_uuid(), '{{\"job\": \"attended\", \"kind\": \"speech\"}}', 'stand-in', 'speech' from generate_series(1, {WAITING});
         analyze jobs"
    );
    app.database.run(&queue).await;
    let read = "select (seq_tup_read + idx_tup_fetch)::bigint as n from pg_stat_user_tables where relname = 'jobs'";
    let before = app.database.count(read).await;
    eventually("work was looked for", async || app.database.count(read).await - before > 5 * WAITING).await;
    let rows = app.database.count(read).await - before;
    assert!(rows < WAITING * WAITING / 2, "{rows} rows were read");
    let in_order = "select idx_scan as n from pg_stat_user_indexes where indexrelname = 'jobs_claimable'";
    assert!(app.database.count(in_order).await > 0, "the queue was read in its order");
    app.database.run("delete from jobs where record_id is null").await;
    waiting.let_go(2);
    app.until_idle().await;
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
        eventually("what belongs to nobody is removed", async || !nobodys.exists()).await;
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
    eventually("what was spoken is removed", async || !spoken.exists()).await;
    app.finish().await;
}
