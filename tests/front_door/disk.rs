//! A full disk, told as such. `/dev/full` is one: whatever is written there does not fit.

use std::{io::ErrorKind, os::unix::fs::symlink, path::Path};

use serde_json::json;
use studio_tests::{
    TestApp,
    stand_ins::{Manner, StandIn},
};

fn remove(file: &Path) {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => panic!("{error}"),
        _ => {}
    }
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
    }
    app.client.get("/api/ready").await.expect(200);
    app.client.post(&format!("{path}/retry"), json!({})).await.expect(202);
    assert_eq!(app.client.finished(&path).await["status"], "ready");
    app.finish().await;
}
