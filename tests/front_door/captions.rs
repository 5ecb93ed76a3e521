//! Captions: when they come, and what they say.

use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use studio_tests::TestApp;

/// The film of a project, as small and quick as can be.
async fn film_of(app: &TestApp, project: &Value) -> Value {
    let options = json!({"quality": "preview", "resolution": "720p", "fps": 24, "motion": "none", "subtitles": "soft"});
    let film = app.client.post_and_wait("/api/video/generate", json!({"projectId": project["id"], "options": options})).await.expect(200);
    assert_eq!(film["status"], "ready", "{film}");
    film
}

/// The captions of a project's film.
async fn captions_of(app: &TestApp, project: &Value) -> Vec<(f64, String)> {
    let film = film_of(app, project).await;
    cues(&app.client.get(film["subtitlesUrl"].as_str().unwrap()).await.expect_text(200))
}

/// When each caption of a file comes, and what it says.
fn cues(file: &str) -> Vec<(f64, String)> {
    let cues = file.split("\n\n").filter_map(|cue| cue.split_once(" --> ").map(|(from, rest)| (from, rest.split_once('\n').unwrap().1)));
    cues.map(|(from, text)| (seconds(from.rsplit('\n').next().unwrap()), text.trim().to_owned())).collect()
}

/// `00:01:02.345`, or without the hours, or `00:01:02,345`.
fn seconds(time: &str) -> f64 {
    time.replace(',', ".").split(':').fold(0.0, |all, part| all * 60.0 + part.parse::<f64>().unwrap())
}

#[tokio::test]
async fn a_recording_that_nobody_timed_is_captioned_as_if_somebody_had() {
    let app = TestApp::start().await;
    let words = "The brave men, living and dead, who struggled here, have consecrated it, far above our poor power to add or detract. \
                 The world will little note, nor long remember what we say here, but it can never forget what they did here. \
                 It is for us the living rather to be dedicated here to the unfinished work which they who fought here have thus far \
                 so nobly advanced.";
    let project = app.client.project(&[words]).await;
    // An upright film has shorter lines.
    app.client.patch(&format!("/api/projects/{}", project["id"].as_str().unwrap()), json!({"aspectRatio": "9:16"})).await.expect(200);
    let scene = &project["scenes"][0]["id"];
    let clip = app.client.post_and_wait("/api/audio/generate", json!({"sceneId": scene})).await.expect(200);
    assert!(clip["words"].as_array().is_some_and(|words| words.len() > 30), "the voice times its words: {clip}");
    let timed = captions_of(&app, &project).await;

    let sound = app.client.get(clip["url"].as_str().unwrap()).await.bytes;
    let form = Form::new().part("file", Part::bytes(sound)).text("sceneId", scene.as_str().unwrap().to_owned());
    let recording = app.client.send(app.client.request(Method::POST, "/api/audio/upload").multipart(form)).await.expect(201);
    assert_eq!(recording["words"], Value::Null);
    let heard = captions_of(&app, &project).await;

    assert!(timed.len() >= 5, "{timed:?}");
    assert_eq!(timed.iter().map(|(_, text)| text).collect::<Vec<_>>(), heard.iter().map(|(_, text)| text).collect::<Vec<_>>());
    let errors: Vec<f64> = timed.iter().zip(&heard).map(|((known, _), (heard, _))| (known - heard).abs()).collect();
    let mean = errors.iter().sum::<f64>() / errors.len() as f64;
    assert!(mean < 0.15 && errors.iter().all(|error| *error < 0.6), "{errors:?}\n{timed:?}\n{heard:?}");

    for format in ["srt", "vtt"] {
        let path = format!("/api/projects/{}/export?format={format}", project["id"].as_str().unwrap());
        let exported = cues(&app.client.get(&path).await.expect_text(200));
        let same = exported.iter().zip(&heard).all(|(one, other)| (one.0 - other.0).abs() < 0.06 && one.1 == other.1);
        assert!(same && exported.len() == heard.len(), "{format}: {exported:?}, and the film {heard:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_scene_in_which_nothing_is_said_has_no_caption() {
    let app = TestApp::start().await;
    let project = app.client.project(&["", "Some words."]).await;
    let said = captions_of(&app, &project).await;
    assert_eq!(said.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["Some words."]);
    let options = json!({"quality": "preview", "resolution": "720p", "fps": 24, "motion": "none", "subtitles": "burned"});
    let film = app.client.post_and_wait("/api/video/generate", json!({"projectId": project["id"], "options": options})).await.expect(200);
    assert_eq!(film["status"], "ready", "{film}");
    app.finish().await;
}

#[tokio::test]
async fn exports_are_timed_as_the_film_is_after_scenes_in_which_nothing_is_said() {
    let app = TestApp::start().await;
    let project = app.client.project(&["", "Some words.", "Words that are gone before the film is made.", "And more."]).await;
    let scene = &project["scenes"][2]["id"];
    let spoken = app.client.post_and_wait("/api/audio/generate", json!({"sceneId": scene})).await.expect(200);
    assert_eq!(spoken["status"], "ready", "{spoken}");
    app.client.patch(&format!("/api/scenes/{}", scene.as_str().unwrap()), json!({"narration": ""})).await.expect(200);
    let film = film_of(&app, &project).await;
    let of_film = cues(&app.client.get(film["subtitlesUrl"].as_str().unwrap()).await.expect_text(200));
    assert_eq!(of_film.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["Some words.", "And more."]);

    // The film has fewer frames a second than an export counts, each of them whole.
    let alike = |one: f64, other: f64| (one - other).abs() < 0.05;
    let export = format!("/api/projects/{}/export?format=", project["id"].as_str().unwrap());
    for format in ["srt", "vtt"] {
        let exported = cues(&app.client.get(&format!("{export}{format}")).await.expect_text(200));
        let same = exported.iter().zip(&of_film).all(|(one, other)| alike(one.0, other.0) && one.1 == other.1);
        assert!(same && exported.len() == of_film.len(), "{format}: {exported:?}, and the film {of_film:?}");
    }
    let otio = app.client.get(&format!("{export}otio")).await.bytes;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(otio)).unwrap();
    let timeline: Value = serde_json::from_reader(archive.by_name("timeline.otio").unwrap()).unwrap();
    let start = |marker: &Value| marker["marked_range"]["start_time"]["value"].as_f64().unwrap() / 30.0;
    let exported: Vec<f64> = timeline["tracks"]["markers"].as_array().unwrap().iter().map(start).collect();
    let scenes = film["check"]["scenes"].as_array().unwrap();
    let shown: Vec<f64> = scenes.iter().map(|scene| scene["startSeconds"].as_f64().unwrap()).collect();
    assert!(exported.iter().zip(&shown).all(|(one, other)| alike(*one, *other)), "{exported:?}, and the film {shown:?}");
    let heard = timeline["tracks"]["children"][1]["children"].as_array().unwrap();
    let heard: Vec<&Value> = heard.iter().filter(|child| child["OTIO_SCHEMA"] == "Clip.2").collect();
    assert_eq!(heard.len(), 2, "what was spoken of words that are gone is not heard: {heard:?}");
    app.finish().await;
}

#[tokio::test]
async fn captions_that_read_from_the_right_say_so_in_every_file() {
    let app = TestApp::start().await;
    let project = app.client.project(&["iPhone من المتجر.", "Some words."]).await;
    let marked = "\u{202b}iPhone من المتجر.\u{202c}";
    let options = json!({"quality": "preview", "resolution": "720p", "fps": 24, "motion": "none", "subtitles": "soft"});
    let film = app.client.post_and_wait("/api/video/generate", json!({"projectId": project["id"], "options": options})).await.expect(200);
    assert_eq!(film["status"], "ready", "{film}");

    let beside = app.client.get(film["subtitlesUrl"].as_str().unwrap()).await.expect_text(200);
    let within = track_of(&app.client.get(film["url"].as_str().unwrap()).await.bytes).await;
    let mut files = vec![beside, within];
    for format in ["vtt", "srt"] {
        let path = format!("/api/projects/{}/export?format={format}", project["id"].as_str().unwrap());
        files.push(app.client.get(&path).await.expect_text(200));
    }
    for file in files {
        let lines: Vec<&str> = file.lines().collect();
        assert!(lines.contains(&marked) && lines.contains(&"Some words."), "{file:?}");
    }
    app.finish().await;
}

/// The subtitles within a film, as SubRip.
async fn track_of(film: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("film.mp4");
    std::fs::write(&file, film).expect("written");
    let mut command = tokio::process::Command::new("ffmpeg");
    command.args(["-loglevel", "error", "-i"]).arg(&file).args(["-map", "0:s:0", "-f", "srt", "pipe:1"]);
    let read = command.output().await.expect("ffmpeg is installed");
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    String::from_utf8(read.stdout).expect("a text")
}

#[tokio::test]
async fn what_no_font_can_have_is_left_out_of_burned_captions_and_told() {
    let app = TestApp::start().await;
    // Unassigned, for private use, no character, a control.
    let project = app.client.project(&["Some \u{378}words \u{e000}\u{ffff}\u{1}here.", "And more."]).await;
    let options = json!({"quality": "preview", "resolution": "720p", "fps": 24, "motion": "none", "subtitles": "burned"});
    let film = app.client.post_and_wait("/api/video/generate", json!({"projectId": project["id"], "options": options})).await.expect(200);
    assert_eq!(film["status"], "ready", "{film}");
    let warnings = film["check"]["warnings"].as_array().expect("a check");
    let told: Vec<&Value> = warnings.iter().filter(|warning| warning["message"].as_str().unwrap().contains("left out")).collect();
    assert!(!told.is_empty() && told.iter().all(|warning| warning["sceneId"] == project["scenes"][0]["id"]), "{warnings:?}");
    app.finish().await;
}
