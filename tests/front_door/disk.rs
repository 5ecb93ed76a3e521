//! A full disk, told as such. `/dev/full` is one: whatever is written there does not fit.

use std::{
    io::ErrorKind,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use serde_json::json;
use shared::ErrorCode;
use studio_tests::{
    Reply, TestApp, VendorServer, eventually,
    stand_ins::{Manner, StandIn, silence},
    writers::{Dialect, End, script},
};

fn remove(file: &Path) {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => panic!("{error}"),
        _ => {}
    }
}

/// How much is kept of films for later ones.
const KEPT_BYTES: u64 = 4 << 30;

/// What films of other projects have left: that many pieces of a GiB, the oldest first. They are empty, and take no room.
fn leave_pieces(app: &TestApp, count: u64) -> Vec<PathBuf> {
    let folder = app.data_dir().join("cache/parts/01990000-0000-7000-8000-000000000000");
    std::fs::create_dir_all(&folder).unwrap();
    let leave = |number| {
        let piece = folder.join(format!("{number}.mp4"));
        let file = std::fs::File::create(&piece).unwrap();
        file.set_len(1 << 30).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(60 * (count - number))).unwrap();
        piece
    };
    (0..count).map(leave).collect()
}

/// How much is there of all pieces of films.
fn pieces_bytes(app: &TestApp) -> u64 {
    let folders = std::fs::read_dir(app.data_dir().join("cache/parts")).unwrap().map(|folder| folder.unwrap().path());
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap());
    // A piece that goes away meanwhile has no size.
    files.filter_map(|file| Some(file.unwrap().metadata().ok()?.len())).sum()
}

#[tokio::test]
async fn pieces_of_films_do_not_pile_up_where_films_fail() {
    let app = TestApp::with_providers(StandIn::new(Manner::Refuse).among()).await;
    app.client.patch("/api/settings", json!({"defaults": {"audio": {"provider": "stand-in"}}})).await.expect(200);
    let project = app.client.project(&["Said by nobody."]).await;
    let pieces = leave_pieces(&app, 6);
    let film = app.client.post_and_wait("/api/video/generate", json!({"projectId": project["id"]})).await.expect(200);
    assert_eq!(film["status"], "failed", "{film}");
    assert_eq!(pieces_bytes(&app), KEPT_BYTES);
    assert!(!pieces[1].exists() && pieces[2].exists(), "those that were used last stay");

    // Nor where nobody makes a film any more.
    let app = app.stop_server().await;
    leave_pieces(&app, 6);
    let (studio, _) = app.another(|providers| providers).await;
    eventually("the pieces are within their limit", async || pieces_bytes(&app) == KEPT_BYTES).await;
    studio.stop().await;
    app.finish().await;
}

#[tokio::test]
async fn a_film_that_does_not_fit_says_so_and_is_made_once_there_is_room() {
    let voice = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(voice.among()).await;
    app.client.patch("/api/settings", json!({"defaults": {"audio": {"provider": "stand-in"}}})).await.expect(200);
    let project = app.client.project(&["One."]).await;
    let body = json!({"projectId": project["id"], "options": {"quality": "preview", "resolution": "720p", "fps": 24, "motion": "none"}});
    let film = app.client.post("/api/video/generate", body).await.expect(202);
    let path = format!("/api/video/{}", film["id"].as_str().unwrap());
    let work = app.data_dir().join("work").join(film["id"].as_str().unwrap());
    // The film waits for its narration, which waits for the test.
    voice.until_running(1).await;
    let pieces = leave_pieces(&app, 1);
    std::fs::create_dir_all(&work).unwrap();
    // What the studio writes itself, and what ffmpeg writes for it.
    for (number, name) in ["parts.txt", "film.tmp"].into_iter().enumerate() {
        remove(&work.join(name));
        symlink("/dev/full", work.join(name)).unwrap();
        match number {
            0 => voice.let_go(1),
            _ => drop(app.client.post(&format!("{path}/retry"), json!({})).await.expect(202)),
        }
        let film = app.client.finished(&path).await;
        assert_eq!((&film["status"], &film["error"]["code"]), (&json!("failed"), &json!("insufficient_storage")), "{name}: {film}");
        assert!(film["error"]["message"].as_str().unwrap().contains("free some space"), "{film}");
        remove(&work.join(name));
        assert!(!pieces[0].exists(), "what other films may use again makes room for this one");
    }
    let own = std::fs::read_dir(app.data_dir().join("cache/parts").join(project["id"].as_str().unwrap())).unwrap();
    assert!(own.count() > 0, "its own pieces, which the film holds, stay: to remove them makes no room");
    app.client.get("/api/ready").await.expect(200);
    app.client.post(&format!("{path}/retry"), json!({})).await.expect(202);
    assert_eq!(app.client.finished(&path).await["status"], "ready");
    app.finish().await;
}

#[tokio::test]
async fn a_narration_that_was_paid_for_and_does_not_fit_is_known_to_be_paid_for() {
    let server = VendorServer::start().await;
    let (first, feed) = Reply::fed("audio/wav");
    server.on_each("POST", "/v1/audio/speech", [first, Reply::bytes("audio/wav", silence(0.5)), Reply::bytes("audio/wav", silence(0.5))]);
    let v1 = format!("{}/v1", server.url());
    let app = TestApp::with_environment([("OPENAI_BASE_URL", &*v1), ("OPENAI_API_KEY", "a-key")]).await;
    // Ten characters are a cent.
    app.client.patch("/api/settings", json!({"prices": {"openai/gpt-4o-mini-tts": {"perMillionCharacters": 1000}}})).await.expect(200);
    let spent = async || app.client.get("/api/settings").await.expect(200)["spending"]["monthUsd"].as_f64().unwrap();
    let project = app.client.project(&["Ten words."]).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "openai/nova"});
    let clip = app.client.post("/api/audio/generate", body).await.expect(202);
    let path = format!("/api/audio/{}", clip["id"].as_str().unwrap());
    let work = app.data_dir().join("work").join(clip["id"].as_str().unwrap());
    server.until_asked("POST", "/v1/audio/speech", 1).await;
    // The whole has no room: what was spoken is there, and is neither asked nor paid for again.
    symlink("/dev/full", work.join("narration.wav")).unwrap();
    feed.send(silence(0.5));
    drop(feed);
    let assert_full = |clip: &serde_json::Value, cost: f64| {
        assert_eq!((&clip["status"], &clip["error"]["code"]), (&json!("failed"), &json!("insufficient_storage")), "{clip}");
        assert!((clip["costUsd"].as_f64().unwrap_or_default() - cost).abs() < 1e-9, "{clip}");
    };
    assert_full(&app.client.finished(&path).await, 0.01);
    assert!((spent().await - 0.01).abs() < 1e-9, "{}", spent().await);
    // Nor has what the provider sends: then it is spoken, paid for, and gone.
    let spoken = std::fs::read_dir(&work).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.extension().is_none()).unwrap();
    remove(&spoken);
    remove(&spoken.with_extension("json"));
    symlink("/dev/full", &spoken).unwrap();
    app.client.post(&format!("{path}/retry"), json!({})).await.expect(202);
    assert_full(&app.client.finished(&path).await, 0.02);
    assert!((spent().await - 0.02).abs() < 1e-9, "{}", spent().await);
    remove(&spoken);
    remove(&work.join("narration.wav"));
    app.client.post(&format!("{path}/retry"), json!({})).await.expect(202);
    let clip = app.client.finished(&path).await;
    assert_eq!((&clip["status"], server.asked_at("POST", "/v1/audio/speech").len()), (&json!("ready"), 3), "{clip}");
    assert!((clip["costUsd"].as_f64().unwrap() - 0.03).abs() < 1e-9, "{clip}");
    app.finish().await;
}

#[tokio::test]
async fn a_picture_that_was_paid_for_and_cannot_be_kept_is_known_to_be_paid_for() {
    let server = VendorServer::start().await;
    let drawn = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, studio_tests::pictures::png(64, 64));
    server.on_json("POST", "/v1/images/generations", json!({"data": [{"b64_json": drawn}]}));
    let v1 = format!("{}/v1", server.url());
    let app = TestApp::with_environment([("OPENAI_BASE_URL", &*v1), ("OPENAI_API_KEY", "a-key")]).await;
    app.client.patch("/api/settings", json!({"prices": {"openai/gpt-image-2.6-flare": {"perImage": 0.04}}})).await.expect(200);
    let project = app.client.project(&["One."]).await;
    // Its shelf is no folder.
    let shelf = app.data_dir().join("media").join("image");
    std::fs::remove_dir_all(&shelf).unwrap();
    std::fs::write(&shelf, "").unwrap();
    let body = json!({"sceneId": project["scenes"][0]["id"], "modelOptions": {"provider": "openai"}});
    let image = app.client.post_and_wait("/api/image/generate", body).await.expect(200);
    assert_eq!((&image["status"], &image["costUsd"]), (&json!("failed"), &json!(0.04)), "{image}");
    assert_eq!(app.client.get("/api/settings").await.expect(200)["spending"]["monthUsd"], 0.04);
    std::fs::remove_file(&shelf).unwrap();
    app.finish().await;
}

#[tokio::test]
async fn an_answer_that_was_paid_for_and_cannot_be_kept_is_known_to_be_paid_for() {
    let (dialect, server) = (Dialect::Gemini, VendorServer::start().await);
    let (reply, feed) = Reply::fed("text/event-stream");
    server.on_each("POST", dialect.path(), [reply]);
    let app = dialect.app(&server).await;
    let answering = async {
        server.until_asked("POST", dialect.path(), 1).await;
        let project = app.client.get("/api/projects").await.expect(200)["items"][0]["id"].clone();
        // There is no folder to keep it in.
        std::fs::remove_dir_all(app.data_dir().join("work").join(project.as_str().unwrap())).unwrap();
        let text = dialect.piece(&script(1).to_string());
        dialect.begin().into_iter().chain([text]).chain(dialect.end(End::Complete)).for_each(|event| feed.event(&event));
        drop(feed);
    };
    let (answer, ()) = tokio::join!(app.client.post("/api/script/generate", dialect.wanted(1)), answering);
    answer.expect_error(500, ErrorCode::Internal);
    let spent = app.client.get("/api/settings").await.expect(200)["spending"]["monthUsd"].as_f64().unwrap();
    assert!((spent - (0.75 * 0.001 + 3.75 * 0.002)).abs() < 1e-9, "{spent}");
    assert_eq!(server.asked_at("POST", dialect.path()).len(), 1);
    app.finish().await;
}
