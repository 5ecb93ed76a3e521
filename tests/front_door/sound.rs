//! Narrations as they are drawn, recorded in a browser, and heard before they are made.

use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    TestApp,
    client::bad_paths,
    stand_ins::{Manner, StandIn, silence},
};

fn peaks(answer: &Value) -> Vec<u64> {
    answer["peaks"].as_array().expect("peaks").iter().map(|peak| peak.as_u64().expect("a number")).collect()
}

#[tokio::test]
async fn a_narration_has_peaks_that_are_measured_once() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Slow but steady wins the race."]).await;
    let scene = &project["scenes"][0]["id"];
    let clip = app.client.post_and_wait("/api/audio/generate", json!({"sceneId": scene})).await.expect(200);
    let path = format!("/api/audio/{}/peaks", clip["id"].as_str().unwrap());
    assert_eq!(app.database.count("select count(*) as n from audio_clips where peaks is not null").await, 1, "measured as it is made");
    let answer = app.client.get(&path).await;
    assert!(answer.header("cache-control").unwrap().contains("immutable"));
    let answer = answer.expect(200);
    let drawn = peaks(&answer);
    assert_eq!(answer["durationSeconds"], clip["durationSeconds"]);
    assert_eq!(drawn.len(), (clip["durationSeconds"].as_f64().unwrap() * 25.0).ceil() as usize);
    assert!(drawn.iter().any(|peak| *peak > 60), "somebody speaks: {drawn:?}");

    // A copy has none yet: they are measured when they are asked for, and are the same.
    let copy = app.client.post(&format!("/api/projects/{}/duplicate", project["id"].as_str().unwrap()), json!({})).await.expect(201);
    let takes = app.client.get(&format!("/api/audio/by-project/{}", copy["id"].as_str().unwrap())).await.expect(200);
    let again = app.client.get(&format!("/api/audio/{}/peaks", takes[0]["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(peaks(&again), drawn);
    assert_eq!(app.database.count("select count(*) as n from audio_clips where peaks is not null").await, 2);
    app.finish().await;
}

#[tokio::test]
async fn what_is_not_spoken_yet_has_no_peaks() {
    let stand_in = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(stand_in.among()).await;
    let project = app.client.project(&["Some words."]).await;
    let clip =
        app.client.post("/api/audio/generate", json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"})).await.expect(202);
    let path = format!("/api/audio/{}/peaks", clip["id"].as_str().unwrap());
    app.client.get(&path).await.expect_error(409, ErrorCode::Conflict);
    app.client.get("/api/audio/01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81/peaks").await.expect_error(404, ErrorCode::NotFound);
    stand_in.let_go(1);
    app.until_idle().await;
    assert!(peaks(&app.client.get(&path).await.expect(200)).iter().all(|peak| *peak > 30), "a tone from end to end");
    app.finish().await;
}

#[tokio::test]
async fn what_a_browser_records_is_kept_as_a_file_that_can_be_sought_in() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let scene = project["scenes"][0]["id"].as_str().unwrap().to_owned();
    let send = |bytes: Vec<u8>, kind: &str| {
        let part = Part::bytes(bytes).file_name("recording").mime_str(kind).expect("a media type");
        let form = Form::new().text("sceneId", scene.clone()).part("file", part);
        app.client.send(app.client.request(Method::POST, "/api/audio/upload").multipart(form))
    };
    for (kind, format) in [("audio/webm;codecs=opus", "webm"), ("audio/ogg;codecs=opus", "ogg")] {
        let clip = send(recorded(&silence(1.5), "libopus", format).await, kind).await.expect(201);
        assert_eq!(clip["mimeType"], "audio/flac", "{kind}");
        assert!((clip["durationSeconds"].as_f64().unwrap() - 1.5).abs() < 0.1, "{clip}");
        let part = app.client.send(app.client.request(Method::GET, clip["url"].as_str().unwrap()).header("Range", "bytes=0-3")).await;
        assert_eq!((part.status, part.bytes.as_slice()), (206, &b"fLaC"[..]), "{kind}");
    }

    let webm = b"\x1a\x45\xdf\xa3\x42\x82\x84webm and nothing more".to_vec();
    let mut ogg = recorded(&silence(1.5), "libopus", "ogg").await;
    ogg.truncate(47);
    for (broken, kind) in [(webm, "audio/webm"), (ogg, "audio/ogg")] {
        let error = send(broken, kind).await.expect_error(422, ErrorCode::ValidationFailed);
        assert_eq!(bad_paths(&error), ["file"], "{kind}");
    }
    // What no recorder writes is kept as it came.
    let clip = send(recorded(&silence(1.5), "flac", "ogg").await, "audio/ogg").await.expect(201);
    assert_eq!(clip["mimeType"], "audio/ogg");
    app.finish().await;
}

#[tokio::test]
async fn a_recording_that_is_too_long_is_refused_whatever_it_was_recorded_as() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let scene = project["scenes"][0]["id"].as_str().unwrap().to_owned();
    app.client.patch("/api/settings", json!({"uploads": {"audioSeconds": 2}})).await.expect(200);
    for format in ["webm", "ogg"] {
        let form = Form::new().text("sceneId", scene.clone()).part("file", Part::bytes(recorded(&silence(9.0), "libopus", format).await));
        let sent = app.client.send(app.client.request(Method::POST, "/api/audio/upload").multipart(form)).await;
        let error = sent.expect_error(422, ErrorCode::ValidationFailed);
        assert!(error.message.contains("longer than 2 seconds"), "{error:?}");
    }
    app.finish().await;
}

/// As a browser's recorder writes it: to a stream, so that a WebM never says how long it is.
async fn recorded(wav: &[u8], codec: &str, format: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sound.wav");
    std::fs::write(&file, wav).expect("written");
    let mut command = tokio::process::Command::new("ffmpeg");
    command.args(["-loglevel", "error", "-i"]).arg(&file).args(["-c:a", codec, "-f", format]);
    if format == "webm" {
        command.args(["-live", "1"]);
    }
    let made = command.arg("pipe:1").output().await.expect("ffmpeg is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    made.stdout
}

#[tokio::test]
async fn a_voice_can_be_heard_before_it_is_chosen() {
    let app = TestApp::with_providers(StandIn::new(Manner::Refuse).among()).await;
    let voices = app.client.get("/api/voices?provider=espeak&language=de").await.expect(200);
    let voice = &voices["items"][0];
    let heard = app.client.get(voice["previewUrl"].as_str().expect("a preview")).await;
    assert_eq!((heard.status, heard.header("content-type")), (200, Some("audio/wav")));
    assert!(heard.bytes.starts_with(b"RIFF") && heard.bytes.len() > 20_000);
    let own = app.client.get("/api/voices/preview?voiceId=espeak%2Fen-us&text=Yes.&speed=2").await;
    assert!(own.bytes.starts_with(b"RIFF") && own.bytes.len() < heard.bytes.len());

    for bad in ["voiceId=espeak%2Fnobody", "voiceId=nobody", "voiceId=stand-in%2Fone"] {
        let error = app.client.get(&format!("/api/voices/preview?{bad}")).await.expect_error(422, ErrorCode::ValidationFailed);
        assert_eq!(bad_paths(&error), ["voiceId"], "{bad}");
    }
    let error = app.client.get("/api/voices/preview?voiceId=espeak%2Fen-us&speed=9").await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["speed"]);
    assert_eq!(std::fs::read_dir(app.data_dir().join("work")).unwrap().count(), 0, "nothing is left");
    app.finish().await;
}

#[tokio::test]
async fn as_many_voices_are_heard_at_a_time_as_their_provider_wants() {
    let voice = StandIn::built_in(Manner::Wait);
    let app = TestApp::with_providers(voice.among()).await;
    let ask = || tokio::spawn(app.client.request(Method::GET, "/api/voices/preview?voiceId=stand-in%2Fone").send());
    let asked: Vec<_> = (0..6).map(|_| ask()).collect();
    // One after the other comes to its end, and leaves its place to another.
    for calls in [2, 3, 4, 5, 6, 6] {
        voice.until_calls(calls).await;
        voice.let_go(1);
    }
    for one in asked {
        assert_eq!(one.await.expect("it ends").expect("an answer").status().as_u16(), 200);
    }
    assert_eq!((voice.calls(), voice.most_at_once()), (6, 2));
    app.finish().await;
}
