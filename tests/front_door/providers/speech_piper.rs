//! Narrations by Piper, a program on this machine. A script stands in for it: what it is told is Piper's own command line.

use std::{path::Path, process::Command};

use serde_json::{Value, json};
use shared::ErrorCode;
use studio::config::Config;
use studio_tests::{
    Database, TestApp,
    narrating::{narrated, probed},
    process::Process,
    stand_ins::silence,
};
use tempfile::TempDir;

/// A program that says what it was told, and copies a sound; and two voices, one of them of two speakers.
fn piper(ends: &str) -> TempDir {
    let place = tempfile::tempdir().expect("a folder");
    let path = |name: &str| place.path().join(name);
    let here = place.path().display();
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > {here}/told\ncat > {here}/text\n{ends}\n\
         while [ $# -gt 0 ]; do [ \"$1\" = --output_file ] && out=$2; shift; done\ncp {here}/sound.wav \"$out\"\n"
    );
    std::fs::write(path("script"), script).expect("written");
    std::fs::write(path("sound.wav"), silence(2.0)).expect("written");
    std::fs::create_dir(path("voices")).expect("made");
    for (name, said) in [
        ("en_US-lessac-medium", json!({"language": {"code": "en_US"}, "num_speakers": 1, "speaker_id_map": {}})),
        ("de_DE-thorsten_emotional-low", json!({"language": {"code": "de_DE"}, "speaker_id_map": {"amused": 0, "angry": 3}})),
    ] {
        std::fs::write(path(&format!("voices/{name}.onnx")), "a model").expect("written");
        std::fs::write(path(&format!("voices/{name}.onnx.json")), said.to_string()).expect("written");
    }
    std::fs::write(path("voices/en_GB-undescribed.onnx"), "a model").expect("written");
    // By another process: a program that this one had open could not be started.
    let made = Command::new("install").args(["-m", "755"]).arg(path("script")).arg(path("piper")).status().expect("install runs");
    assert!(made.success());
    place
}

async fn studio(place: &Path) -> TestApp {
    let (piper, piper_voices) = (Some(place.join("piper")), Some(place.join("voices")));
    TestApp::configured(|config| Config { piper, piper_voices, ..config }).await
}

fn told(place: &TempDir) -> Vec<String> {
    std::fs::read_to_string(place.path().join("told")).expect("it was told").lines().map(str::to_owned).collect()
}

async fn of_provider(app: &TestApp) -> Value {
    let settings = app.client.get("/api/settings").await.expect(200);
    settings["providers"].as_array().unwrap().iter().find(|provider| provider["id"] == "piper").unwrap().clone()
}

#[tokio::test]
async fn a_voice_that_is_found_speaks_and_its_words_are_timed() {
    let place = piper("");
    let app = studio(place.path()).await;
    assert_eq!(of_provider(&app).await["available"], true);
    let voices = app.client.get("/api/voices?provider=piper").await.expect(200);
    let voices: Vec<_> =
        voices["items"].as_array().unwrap().iter().map(|voice| [&voice["id"], &voice["name"], &voice["language"]]).collect();
    assert_eq!(
        json!(voices),
        json!([
            ["piper/de_DE-thorsten_emotional-low:amused", "thorsten emotional low, amused", "de-de"],
            ["piper/de_DE-thorsten_emotional-low:angry", "thorsten emotional low, angry", "de-de"],
            ["piper/en_US-lessac-medium", "lessac medium", "en-us"],
        ])
    );
    let clip = narrated(
        &app.client,
        "The goal\n\nSlow but steady\nwins [[the]] race.",
        json!({"voiceId": "piper/en_US-lessac-medium", "speed": 1.25}),
    )
    .await;
    assert_eq!((&clip["status"], &clip["durationSeconds"], &clip["costUsd"]), (&json!("ready"), &json!(2.0), &json!(0.0)), "{clip}");
    assert_eq!(probed(&app, &clip).await.0, "pcm_s16le");
    let words: Vec<_> = clip["words"].as_array().unwrap().iter().map(|word| word["text"].as_str().unwrap()).collect();
    assert_eq!(words, ["The", "goal", "Slow", "but", "steady", "wins", "[[the]]", "race."]);
    assert_eq!(std::fs::read_to_string(place.path().join("text")).unwrap(), "The goal. Slow but steady wins [ [the]] race.\n");
    let told = told(&place);
    let model = place.path().join("voices/en_US-lessac-medium.onnx").display().to_string();
    assert_eq!((told[0].as_str(), &told[1], told[2].as_str()), ("--model", &model, "--output_file"));
    assert_eq!(told[4..], ["--sentence_silence", "0.3", "--length_scale", "0.8000"]);
    app.finish().await;
}

#[tokio::test]
async fn a_speaker_of_a_voice_is_asked_by_number() {
    let place = piper("");
    let app = studio(place.path()).await;
    let clip = narrated(&app.client, "Guten Tag.", json!({"voiceId": "piper/de_DE-thorsten_emotional-low:angry"})).await;
    assert_eq!(clip["status"], "ready", "{clip}");
    assert!(told(&place).ends_with(&["--speaker".to_owned(), "3".to_owned()]), "{:?}", told(&place));
    app.finish().await;
}

#[tokio::test]
async fn what_it_says_when_it_fails_is_on_the_record() {
    let place = piper("echo 'INFO:loading' >&2; echo 'RuntimeError: the model is no model' >&2; exit 1");
    let app = studio(place.path()).await;
    app.client.patch("/api/settings", json!({"retries": {"attempts": 1}})).await.expect(200);
    let clip = narrated(&app.client, "Words.", json!({"voiceId": "piper/en_US-lessac-medium"})).await;
    assert_eq!((&clip["status"], &clip["error"]["code"]), (&json!("failed"), &json!("provider_unavailable")), "{clip}");
    assert!(clip["error"]["message"].as_str().unwrap().contains("the model is no model"), "{clip}");
    app.finish().await;
}

#[tokio::test]
async fn where_something_is_missing_it_says_what() {
    let app = TestApp::start().await;
    let provider = of_provider(&app).await;
    assert_eq!(provider["available"], false);
    assert!(provider.to_string().contains("pip install piper-tts"), "{provider}");
    app.finish().await;
    let place = piper("");
    std::fs::remove_dir_all(place.path().join("voices")).unwrap();
    let app = studio(place.path()).await;
    assert!(of_provider(&app).await.to_string().contains("has no voices"), "{}", of_provider(&app).await);
    app.finish().await;
}

#[tokio::test]
async fn voices_come_and_go_while_the_server_runs() {
    let place = piper("");
    let (voices, elsewhere) = (place.path().join("voices"), place.path().join("elsewhere"));
    std::fs::rename(&voices, &elsewhere).unwrap();
    let app = studio(place.path()).await;
    let project = app.client.project(&["Words."]).await;
    let narrate = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "piper/en_US-lessac-medium"});
    let assert_none = async || {
        let provider = of_provider(&app).await;
        assert_eq!(provider["available"], false, "{provider}");
        assert!(provider["notes"].as_str().unwrap().contains("has no voices; put one"), "{provider}");
        for refused in [app.client.get("/api/voices?provider=piper").await, app.client.post("/api/audio/generate", narrate.clone()).await] {
            let error = refused.expect_error(409, ErrorCode::ProviderNotConfigured);
            assert!(error.message.contains("has no voices; put one"), "{error:?}");
        }
        let all = app.client.get("/api/voices").await.expect(200);
        assert_eq!(all["failures"], Value::Null, "nobody expects voices of it");
    };
    assert_none().await;

    std::fs::rename(&elsewhere, &voices).unwrap();
    let provider = of_provider(&app).await;
    assert_eq!(provider["available"], true, "{provider}");
    assert!(!provider["notes"].as_str().unwrap().contains("no voices"), "{provider}");
    assert_eq!(app.client.get("/api/voices?provider=piper").await.expect(200)["items"].as_array().unwrap().len(), 3);
    let clip = app.client.post_and_wait("/api/audio/generate", narrate.clone()).await.expect(200);
    assert_eq!(clip["status"], "ready", "{clip}");

    std::fs::rename(&voices, &elsewhere).unwrap();
    assert_none().await;
    app.finish().await;
}

#[tokio::test]
async fn a_voice_without_a_description_is_told_once() {
    let (place, database, data_dir) = (piper(""), Database::create().await, tempfile::tempdir().unwrap());
    let voices = place.path().join("voices").display().to_string();
    let flags = ["--log", "warn", "--database-url", database.url(), "--piper-voices", &voices];
    let studio = Process::start_logged(&flags, data_dir.path(), []);
    for _ in 0..3 {
        studio.client.get("/api/settings").await.expect(200);
    }
    let log = String::from_utf8(studio.end().await).unwrap();
    assert_eq!(log.matches("en_GB-undescribed").count(), 1, "{log}");
}
