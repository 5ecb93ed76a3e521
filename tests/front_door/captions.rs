//! Captions: when they come, and what they say.

use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use studio_tests::TestApp;

/// The film of a project, as small and quick as can be.
async fn captions_of(app: &TestApp, project: &Value) -> Vec<(f64, String)> {
    let options = json!({"quality": "preview", "resolution": "720p", "fps": 24, "motion": "none", "subtitles": "soft"});
    let film = app.client.post_and_wait("/api/video/generate", json!({"projectId": project["id"], "options": options})).await.expect(200);
    assert_eq!(film["status"], "ready", "{film}");
    let file = app.client.get(film["subtitlesUrl"].as_str().unwrap()).await.expect_text(200);
    let cues = file.split("\n\n").filter_map(|cue| cue.split_once(" --> ").map(|(from, rest)| (from, rest.split_once('\n').unwrap().1)));
    cues.map(|(from, text)| (seconds(from.rsplit('\n').next().unwrap()), text.trim().to_owned())).collect()
}

/// `00:01:02.345`, or without the hours.
fn seconds(time: &str) -> f64 {
    time.split(':').fold(0.0, |all, part| all * 60.0 + part.parse::<f64>().unwrap())
}

#[tokio::test]
async fn a_recording_that_nobody_timed_is_captioned_as_if_somebody_had() {
    let app = TestApp::start().await;
    let words = "The brave men, living and dead, who struggled here, have consecrated it, far above our poor power to add or detract. \
                 The world will little note, nor long remember what we say here, but it can never forget what they did here. \
                 It is for us the living rather to be dedicated here to the unfinished work which they who fought here have thus far \
                 so nobly advanced.";
    let project = app.client.project(&[words]).await;
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
