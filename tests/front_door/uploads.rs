//! Uploads: checked by content, kept within limits.

use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    Answer, TestApp,
    client::bad_paths,
    footage::encoded,
    stand_ins::{Manner, StandIn, silence},
};

async fn upload(app: &TestApp, path: &str, scene: Option<&Value>, bytes: Vec<u8>) -> Answer {
    let mut form = Form::new().part("file", Part::bytes(bytes).file_name("../../etc/passwd.png"));
    if let Some(scene) = scene {
        form = form.text("sceneId", scene.as_str().unwrap().to_owned());
    }
    app.client.send(app.client.request(Method::POST, path).multipart(form)).await
}

#[tokio::test]
async fn a_recording_becomes_the_selected_take() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let scene = &project["scenes"][0]["id"];
    let clip = upload(&app, "/api/audio/upload", Some(scene), silence(1.5)).await.expect(201);
    assert_eq!((&clip["provider"], &clip["status"], &clip["mimeType"]), (&json!("upload"), &json!("ready"), &json!("audio/wav")));
    assert!((clip["durationSeconds"].as_f64().unwrap() - 1.5).abs() < 0.01);
    let scene = app.client.get(&format!("/api/scenes/{}", scene.as_str().unwrap())).await.expect(200);
    assert_eq!(scene["selectedAudioId"], clip["id"]);
    app.finish().await;
}

#[tokio::test]
async fn a_recording_stays_selected_when_an_older_take_is_ready_at_last() {
    let slow = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(slow.among()).await;
    let project = app.client.project(&["Some words."]).await;
    let scene = &project["scenes"][0]["id"];
    let path = format!("/api/scenes/{}", scene.as_str().unwrap());
    let selected = async || app.client.get(&path).await.expect(200)["selectedAudioId"].clone();
    let older = app.client.post("/api/audio/generate", json!({"sceneId": scene, "voiceId": "stand-in/one"})).await.expect(202);
    slow.until_running(1).await;
    let recording = upload(&app, "/api/audio/upload", Some(scene), silence(1.5)).await.expect(201);
    assert_eq!(selected().await, recording["id"]);
    // What will not be selected is not waited for where something is missing.
    app.client.patch(&path, json!({"selectedAudioId": null})).await.expect(200);
    let missing = json!({"projectId": project["id"], "onlyMissing": true});
    let made = app.client.post_and_wait("/api/audio/generate-batch", missing).await.expect(200);
    assert_eq!(made["items"].as_array().unwrap().len(), 1);
    assert_eq!(selected().await, made["items"][0]["id"]);
    app.client.patch(&path, json!({"selectedAudioId": recording["id"]})).await.expect(200);
    slow.let_go(1);
    assert_eq!(app.client.finished(&format!("/api/audio/{}", older["id"].as_str().unwrap())).await["status"], "ready");
    assert_eq!(selected().await, recording["id"]);
    app.finish().await;
}

#[tokio::test]
async fn a_picture_is_what_its_bytes_say() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let scene = &project["scenes"][0]["id"];
    let drawn = app.client.post_and_wait("/api/image/generate", json!({"sceneId": scene})).await.expect(200);
    let png = app.client.get(drawn["url"].as_str().unwrap()).await.bytes;
    let image = upload(&app, "/api/image/upload", Some(scene), png.clone()).await.expect(201);
    assert_eq!((&image["provider"], &image["mimeType"], &image["width"]), (&json!("upload"), &json!("image/png"), &json!(1920)));

    for bytes in [
        b"GIF89a not for us".to_vec(),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
        b"text".to_vec(),
        png[..png.len() / 2].to_vec(),
        Vec::new(),
    ] {
        let error = upload(&app, "/api/image/upload", Some(scene), bytes).await.expect_error(422, ErrorCode::ValidationFailed);
        assert_eq!(bad_paths(&error), ["file"]);
    }
    let takes = app.client.get(&format!("/api/image/by-project/{}", project["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(takes.as_array().unwrap().len(), 2, "a refused upload leaves nothing");
    assert_eq!(std::fs::read_dir(app.data_dir().join("work")).unwrap().count(), 0, "and no file");
    app.finish().await;
}

#[tokio::test]
async fn a_file_must_be_what_its_part_says() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let scene = &project["scenes"][0]["id"];
    let drawn = app.client.post_and_wait("/api/image/generate", json!({"sceneId": scene})).await.expect(200);
    let png = app.client.get(drawn["url"].as_str().unwrap()).await.bytes;
    let wav = silence(0.5);
    for (path, bytes, said, taken) in [
        ("/api/image/upload", &png, "image/jpeg", false),
        ("/api/image/upload", &png, "text/plain", false),
        ("/api/image/upload", &png, "image/png", true),
        ("/api/image/upload", &png, "application/octet-stream", true),
        ("/api/audio/upload", &wav, "audio/mpeg", false),
        ("/api/audio/upload", &wav, "audio/x-wav", true),
    ] {
        let part = Part::bytes(bytes.clone()).file_name("a").mime_str(said).unwrap();
        let form = Form::new().text("sceneId", scene.as_str().unwrap().to_owned()).part("file", part);
        let answer = app.client.send(app.client.request(Method::POST, path).multipart(form)).await;
        if taken {
            answer.expect(201);
        } else {
            assert_eq!(bad_paths(&answer.expect_error(422, ErrorCode::ValidationFailed)), ["file"], "{said}");
        }
    }
    app.finish().await;
}

/// A form of those parts: name, and bytes.
async fn form(app: &TestApp, path: &str, parts: &[(&'static str, &[u8])]) -> Vec<String> {
    let form = parts.iter().fold(Form::new(), |form, (name, bytes)| form.part(*name, Part::bytes(bytes.to_vec()).file_name("a.bin")));
    let answer = app.client.send(app.client.request(Method::POST, path).multipart(form)).await;
    let mut paths = bad_paths(&answer.expect_error(422, ErrorCode::ValidationFailed));
    paths.sort();
    paths
}

#[tokio::test]
async fn all_that_is_wrong_with_a_form_is_told_at_once() {
    let app = TestApp::start().await;
    for path in ["/api/audio/upload", "/api/image/upload"] {
        assert_eq!(form(&app, path, &[("sceneId", b"x"), ("colour", b"red")]).await, ["colour", "file", "sceneId"], "{path}");
        assert_eq!(form(&app, path, &[("file", b"GIF89a not for us"), ("sceneId", b"x")]).await, ["file", "sceneId"], "{path}");
        assert_eq!(form(&app, path, &[("sceneId", b"\xff"), ("file", b"text"), ("sceneId", b"x")]).await, ["file", "sceneId"], "{path}");
        assert_eq!(form(&app, path, &[("file", b"text")]).await, ["file", "sceneId"], "{path}");
    }
    assert_eq!(
        form(&app, "/api/music/upload", &[("title", b"a\0b"), ("file", b"text"), ("sceneId", b"x")]).await,
        ["file", "sceneId", "title"]
    );
    assert_eq!(form(&app, "/api/projects/import", &[("title", b"A"), ("file", b"text")]).await, ["file", "title"]);
    // However long a text is, it is one that is wrong.
    for length in [201, 5000, 100_000] {
        let long = vec![b'a'; length];
        assert_eq!(form(&app, "/api/music/upload", &[("title", &long), ("file", b"text")]).await, ["file", "title"], "{length}");
        assert_eq!(form(&app, "/api/image/upload", &[("file", b"text"), ("sceneId", &long)]).await, ["file", "sceneId"], "{length}");
    }
    // What comes after the break is not known; what came before it is.
    let cut = "--b\r\nContent-Disposition: form-data; name=\"colour\"\r\n\r\nred\r\n--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nte";
    let request = app.client.request(Method::POST, "/api/image/upload").header("content-type", "multipart/form-data; boundary=b").body(cut);
    let error = app.client.send(request).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["colour", ""]);
    assert_eq!(std::fs::read_dir(app.data_dir().join("work")).unwrap().count(), 0, "no file is left");
    app.finish().await;
}

#[tokio::test]
async fn the_limits_of_the_settings_hold() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let scene = &project["scenes"][0]["id"];
    app.client
        .patch("/api/settings", json!({"uploads": {"audioBytes": 20000, "audioSeconds": 1.0, "imagePixels": 1024}}))
        .await
        .expect(200);
    upload(&app, "/api/audio/upload", Some(scene), silence(3.0)).await.expect_error(413, ErrorCode::PayloadTooLarge);
    let error = upload(&app, "/api/audio/upload", Some(scene), silence(1.2)).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["file"]);
    upload(&app, "/api/audio/upload", None, silence(0.5)).await.expect_error(422, ErrorCode::ValidationFailed);
    app.client.post("/api/audio/upload", json!({})).await.expect_error(415, ErrorCode::UnsupportedMediaType);
    app.finish().await;
}

#[tokio::test]
async fn music_is_a_small_library() {
    let app = TestApp::start().await;
    let form = Form::new().text("title", "A drone").part("file", Part::bytes(silence(2.0)).file_name("drone.wav"));
    let track = app.client.send(app.client.request(Method::POST, "/api/music/upload").multipart(form)).await.expect(201);
    assert_eq!(track["title"], "A drone");
    assert_eq!(app.client.get("/api/music").await.expect(200)["items"], json!([track]));
    assert_eq!(app.client.get(track["url"].as_str().unwrap()).await.status, 200);
    let project = app.client.project(&["One."]).await;
    let options = json!({"quality": "preview", "resolution": "720p", "fps": 24, "motion": "none", "music": {"assetId": track["id"], "volumeDb": -12}});
    let film = app.client.post_and_wait("/api/video/generate", json!({"projectId": project["id"], "options": options})).await.expect(200);
    assert_eq!(film["status"], "ready", "{film}");
    app.client.delete(&format!("/api/music/{}", track["id"].as_str().unwrap())).await.expect(204);
    app.until_idle().await;
    assert_eq!(app.client.get(track["url"].as_str().unwrap()).await.status, 404);
    let options = json!({"music": {"assetId": track["id"]}});
    let again = app.client.post("/api/video/generate", json!({"projectId": project["id"], "options": options})).await;
    assert_eq!(bad_paths(&again.expect_error(422, ErrorCode::ValidationFailed)), ["options.music.assetId"]);
    for nameless in ["", ".wav", "   .wav"] {
        let form = Form::new().part("file", Part::bytes(silence(0.5)).file_name(nameless));
        let track = app.client.send(app.client.request(Method::POST, "/api/music/upload").multipart(form)).await.expect(201);
        assert_eq!(track["title"], "Untitled", "{nameless:?}");
    }
    app.finish().await;
}

/// From now on the database takes no new record of that table.
async fn refuse_rows(app: &TestApp, table: &str) {
    app.database.run(&format!("alter table {table} add check (false) not valid")).await;
}

#[tokio::test]
async fn what_cannot_be_written_down_leaves_no_file() {
    for (table, path) in
        [("audio_clips", "/api/audio/upload"), ("image_assets", "/api/image/upload"), ("music_tracks", "/api/music/upload")]
    {
        let app = TestApp::start().await;
        let project = app.client.project(&["Some words."]).await;
        let scene = &project["scenes"][0]["id"];
        let drawn = app.client.post_and_wait("/api/image/generate", json!({"sceneId": scene})).await.expect(200);
        let picture = app.client.get(drawn["url"].as_str().unwrap()).await.bytes;
        refuse_rows(&app, table).await;
        let before = app.media_files();
        let bytes = if table == "image_assets" { picture } else { silence(0.5) };
        let scene = (table != "music_tracks").then_some(scene);
        upload(&app, path, scene, bytes).await.expect_error(500, ErrorCode::Internal);
        assert_eq!(app.media_files(), before, "{table}");
        app.finish().await;
    }
}

#[tokio::test]
async fn a_copy_that_cannot_be_written_down_leaves_no_file() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    app.client.post_and_wait("/api/image/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(200);
    refuse_rows(&app, "image_assets").await;
    let before = app.media_files();
    let path = format!("/api/projects/{}/duplicate", project["id"].as_str().unwrap());
    app.client.post(&path, json!({})).await.expect_error(500, ErrorCode::Internal);
    assert_eq!(app.media_files(), before);
    app.finish().await;
}

#[tokio::test]
async fn a_sound_that_is_cut_off_is_refused_and_one_that_only_seems_longer_is_as_long_as_it_is() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let scene = &project["scenes"][0]["id"];
    let mut half = silence(2.0);
    half.truncate(half.len() / 2);
    for (path, scene) in [("/api/audio/upload", Some(scene)), ("/api/music/upload", None)] {
        let error = upload(&app, path, scene, half.clone()).await.expect_error(422, ErrorCode::ValidationFailed);
        assert_eq!(bad_paths(&error), ["file"]);
        assert!(error.message.contains("cut off: 1.0 of 2.0 seconds"), "{error:?}");
    }
    // An MP3 may say in its first frame how long it is, also behind a long tag.
    let whole = encoded("mp3", 2.0).await;
    let clip = upload(&app, "/api/audio/upload", Some(scene), whole.clone()).await.expect(201);
    assert!((clip["durationSeconds"].as_f64().unwrap() - 2.0).abs() < 0.15, "{clip}");
    let half = &whole[..whole.len() / 2];
    let first = half.windows(2).position(|two| two[0] == 0xff && two[1] >= 0xe0).expect("a frame");
    for cut_off in [half.to_vec(), behind_a_tag(&half[first..])] {
        let error = upload(&app, "/api/audio/upload", Some(scene), cut_off).await.expect_error(422, ErrorCode::ValidationFailed);
        assert!(error.message.contains("cut off: ") && error.message.contains(" of 2."), "{error:?}");
    }
    // One that does not say it is as long as what is there.
    let at = whole.windows(4).position(|word| word == b"Info" || word == b"Xing").expect("ffmpeg says it");
    let mut silent = half.to_vec();
    silent[at..at + 4].fill(0);
    let clip = upload(&app, "/api/audio/upload", Some(scene), silent).await.expect(201);
    assert!((clip["durationSeconds"].as_f64().unwrap() - 1.0).abs() < 0.15, "{clip}");
    app.finish().await;
}

/// A sound behind an ID3 tag of 20 KiB, as one with a cover has.
fn behind_a_tag(sound: &[u8]) -> Vec<u8> {
    const LENGTH: usize = 20 << 10;
    // Seven bits of its length in each byte.
    [&[b'I', b'D', b'3', 4, 0, 0, 0, (LENGTH >> 14) as u8, (LENGTH >> 7 & 0x7f) as u8, 0][..], &[0; LENGTH], sound].concat()
}

#[tokio::test]
async fn a_flac_behind_a_long_tag_is_one() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let scene = &project["scenes"][0]["id"];
    let flac = encoded("flac", 1.0).await;
    let clip = upload(&app, "/api/audio/upload", Some(scene), behind_a_tag(&flac)).await.expect(201);
    assert_eq!(clip["mimeType"], "audio/flac");
    assert!(clip["url"].as_str().unwrap().ends_with(".flac"), "{clip}");
    let cut_off = behind_a_tag(&flac[..flac.len() / 2]);
    let error = upload(&app, "/api/audio/upload", Some(scene), cut_off).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["file"]);
    app.finish().await;
}
