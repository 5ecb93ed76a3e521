//! From a text to a film.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    TestApp,
    client::bad_paths,
    eventually,
    stand_ins::{Manner, StandIn},
};

/// As small and quick as a film can be.
fn quick(options: Value) -> Value {
    let mut all = json!({"quality": "preview", "resolution": "720p", "fps": 24, "motion": "none"});
    all.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
    all
}

#[tokio::test]
async fn a_text_becomes_a_film_that_is_as_long_as_its_scenes() {
    let app = TestApp::start().await;
    let text = "The fox met the crow. The crow had a piece of cheese. The fox praised her voice. She sang, and the cheese fell.";
    let script = app
        .client
        .post("/api/script/generate", json!({"prompt": text, "options": {"sceneCount": 3, "title": "The fox and the crow"}}))
        .await
        .expect(201);
    let project = script["projectId"].as_str().unwrap();
    let film = app
        .client
        .post_and_wait("/api/video/generate", json!({"projectId": project, "options": quick(json!({"transition": "crossfade"}))}))
        .await
        .expect(200);
    assert_eq!(film["status"], "ready", "{film}");
    assert_eq!((&film["kind"], &film["provider"], &film["mimeType"]), (&json!("film"), &json!("film"), &json!("video/mp4")));
    assert_eq!(film["stale"], false);
    let check = &film["check"];
    let seconds = film["durationSeconds"].as_f64().unwrap();
    assert!((check["filmSeconds"].as_f64().unwrap() - seconds).abs() < 0.05, "{check}");
    assert!((-15.5..=-12.5).contains(&check["loudnessLufs"].as_f64().unwrap()), "{check}");
    assert!(check["truePeakDbtp"].as_f64().unwrap() <= -0.9, "{check}");

    let scenes = app.client.get(&format!("/api/projects/{project}")).await.expect(200);
    let spoken: f64 = scenes["scenes"].as_array().unwrap().iter().map(|scene| scene["audio"]["durationSeconds"].as_f64().unwrap()).sum();
    assert!((check["narrationSeconds"].as_f64().unwrap() - spoken).abs() < 0.2, "{check} {spoken}");
    assert!(seconds > spoken && seconds < spoken + 3.0 * 2.0, "{seconds} for {spoken} of speech");

    // Each scene is told, one after the other and without a gap.
    let told = check["scenes"].as_array().unwrap();
    let ids = |list: &[Value], name: &str| list.iter().map(|scene| scene[name].clone()).collect::<Vec<_>>();
    assert_eq!(ids(told, "sceneId"), ids(scenes["scenes"].as_array().unwrap(), "id"));
    let mut end = 0.0;
    for scene in told {
        assert_eq!(scene["startSeconds"].as_f64().unwrap(), end, "{check}");
        end = scene["endSeconds"].as_f64().unwrap();
        assert!(end > scene["startSeconds"].as_f64().unwrap() + scene["narrationSeconds"].as_f64().unwrap(), "{check}");
    }
    assert!((end - seconds).abs() < 0.05, "{check}");

    let file = app.client.get(film["url"].as_str().unwrap()).await;
    assert_eq!((file.status, file.header("content-type")), (200, Some("video/mp4")));
    assert_eq!(&file.bytes[4..8], b"ftyp");
    assert_eq!(file.bytes.len() as u64, film["sizeBytes"].as_u64().unwrap());
    let captions = String::from_utf8(app.client.get(film["subtitlesUrl"].as_str().unwrap()).await.bytes).unwrap();
    assert!(captions.starts_with("WEBVTT"), "{captions}");
    assert!(captions.contains("fox met the crow"), "{captions}");
    assert!(app.client.get(film["posterUrl"].as_str().unwrap()).await.bytes.starts_with(&[0xff, 0xd8]));

    let range = app.client.send(app.client.request(reqwest::Method::GET, film["url"].as_str().unwrap()).header("range", "bytes=4-7")).await;
    assert_eq!((range.status, range.bytes.as_slice()), (206, b"ftyp".as_slice()));

    // A film of words that have changed is stale.
    let scene = scenes["scenes"][0]["id"].as_str().unwrap();
    app.client.patch(&format!("/api/scenes/{scene}"), json!({"narration": "The fox met the raven."})).await.expect(200);
    let again = app.client.get(&format!("/api/video/{}", film["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(again["stale"], true);
    app.finish().await;
}

#[tokio::test]
async fn what_is_there_already_is_not_made_again() {
    let counting = StandIn::new(Manner::FailFirst(0));
    let app = TestApp::with_providers(counting.among()).await;
    let project = app.client.project(&["One.", "Two."]).await;
    app.client.patch("/api/settings", json!({"defaults": {"audio": {"provider": "stand-in"}}})).await.expect(200);
    let make = json!({"projectId": project["id"], "options": quick(json!({}))});
    assert_eq!(app.client.post_and_wait("/api/video/generate", make.clone()).await.expect(200)["status"], "ready");
    assert_eq!(app.client.post_and_wait("/api/video/generate", make).await.expect(200)["status"], "ready");
    assert_eq!(counting.calls(), 2);
    app.finish().await;
}

#[tokio::test]
async fn what_was_cut_short_of_an_earlier_film_is_made_again() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One.", "Two."]).await;
    let make = json!({"projectId": project["id"], "options": quick(json!({}))});
    let film = app.client.post_and_wait("/api/video/generate", make.clone()).await.expect(200);
    assert_eq!(film["status"], "ready", "{film}");
    let kept = app.data_dir().join("cache/parts").join(project["id"].as_str().unwrap());
    // As a machine leaves them that loses its power: with their names, and nothing in them.
    let mut left = BTreeSet::new();
    for piece in std::fs::read_dir(kept).unwrap().map(|piece| piece.unwrap().path()) {
        let kind = piece.extension().unwrap().to_owned();
        if kind != "json" {
            std::fs::File::create(&piece).unwrap();
            left.insert(kind);
        }
    }
    assert_eq!(left.len(), 3, "pictures, the sound and the narrations: {left:?}");
    let again = app.client.post_and_wait("/api/video/generate", make).await.expect(200);
    assert_eq!((&again["status"], &again["durationSeconds"]), (&json!("ready"), &film["durationSeconds"]), "{again}");
    assert_eq!(again["check"]["warnings"], film["check"]["warnings"]);
    app.finish().await;
}

#[tokio::test]
async fn without_fill_missing_the_scenes_that_lack_something_are_listed() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One.", ""]).await;
    let body = json!({"projectId": project["id"], "options": {"fillMissing": false}});
    let error = app.client.post("/api/video/generate", body).await.expect_error(409, ErrorCode::Conflict);
    let scenes = error.details["scenes"].as_array().unwrap();
    assert_eq!(scenes[0]["missing"], json!(["audio", "image"]));
    assert_eq!(scenes[1]["missing"], json!(["image"]), "a scene without words needs no narration");
    assert_eq!(app.client.get(&format!("/api/video/by-project/{}", project["id"].as_str().unwrap())).await.expect(200), json!([]));
    let empty = app.client.project(&[]).await;
    app.client.post("/api/video/generate", json!({"projectId": empty["id"]})).await.expect_error(409, ErrorCode::Conflict);
    app.finish().await;
}

#[tokio::test]
async fn a_scene_whose_part_fails_fails_the_film_by_name() {
    let app = TestApp::with_providers(StandIn::new(Manner::Refuse).among()).await;
    let body = json!({"title": "T", "scenes": [{"narration": ""}, {"narration": "Said by nobody.", "title": "The refused"}]});
    let project = app.client.post("/api/projects", body).await.expect(201);
    app.client.patch("/api/settings", json!({"defaults": {"audio": {"provider": "stand-in"}}})).await.expect(200);
    let film =
        app.client.post_and_wait("/api/video/generate", json!({"projectId": project["id"], "options": quick(json!({}))})).await.expect(200);
    assert_eq!(film["status"], "failed");
    let error = &film["error"];
    assert_eq!(error["code"], "provider_rejected");
    assert_eq!(error["details"]["sceneId"], project["scenes"][1]["id"]);
    assert!(error["message"].as_str().unwrap().contains("The refused"), "{error}");

    // Nor is it made of what a scene said before, where the new words are refused.
    let spoken = json!({"sceneId": project["scenes"][1]["id"], "voiceId": "espeak/en-us"});
    assert_eq!(app.client.post_and_wait("/api/audio/generate", spoken).await.expect(200)["status"], "ready");
    let scene = format!("/api/scenes/{}", project["scenes"][1]["id"].as_str().unwrap());
    app.client.patch(&scene, json!({"narration": "Said by nobody else."})).await.expect(200);
    let film =
        app.client.post_and_wait("/api/video/generate", json!({"projectId": project["id"], "options": quick(json!({}))})).await.expect(200);
    let error = &film["error"];
    assert_eq!((&film["status"], &error["code"]), (&json!("failed"), &json!("provider_rejected")), "{film}");
    assert_eq!(error["details"]["sceneId"], project["scenes"][1]["id"]);
    assert!(error["message"].as_str().unwrap().contains("lacks a narration that is up to date"), "{error}");
    app.finish().await;
}

#[tokio::test]
async fn captions_are_burned_in_every_script_of_the_samples() {
    let app = TestApp::start().await;
    let lines = include_str!("../samples/udhr-article-1.txt").lines().filter_map(|line| line.split_once(": "));
    let scenes: Vec<Value> = lines
        .filter(|(language, _)| ["ar", "hi", "zh"].contains(language))
        .map(|(_, text)| json!({"narration": text.split_inclusive(['，', '،', ' ']).take(4).collect::<String>()}))
        .collect();
    assert_eq!(scenes.len(), 3);
    let project = app
        .client
        .post("/api/projects", json!({"title": "Article 1", "language": "en", "aspectRatio": "9:16", "scenes": scenes}))
        .await
        .expect(201);
    let options = quick(json!({"subtitles": "burned", "captionStyle": "karaoke"}));
    let film = app.client.post_and_wait("/api/video/generate", json!({"projectId": project["id"], "options": options})).await.expect(200);
    assert_eq!(film["status"], "ready", "{film}");
    app.finish().await;
}

#[tokio::test]
async fn images_become_a_clip() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One.", "Two."]).await;
    let images = app.client.post_and_wait("/api/image/generate-batch", json!({"projectId": project["id"]})).await.expect(200);
    let ids: Vec<&Value> = images["items"].as_array().unwrap().iter().map(|image| &image["id"]).collect();
    let body = json!({"imageIds": ids, "options": quick(json!({"durationSeconds": 2.0}))});
    let clip = app.client.post_and_wait("/api/video/generate", body).await.expect(200);
    assert_eq!((&clip["status"], &clip["kind"]), (&json!("ready"), &json!("clip")), "{clip}");
    assert_eq!(clip["imageIds"].as_array().unwrap().len(), 2);
    assert!((clip["durationSeconds"].as_f64().unwrap() - 2.0).abs() < 0.1, "{clip}");
    app.finish().await;
}

#[tokio::test]
async fn the_same_image_twice_is_a_clip_too() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One."]).await;
    let image = app.client.post_and_wait("/api/image/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(200);
    for _ in 0..3 {
        let body = json!({"imageIds": [image["id"], image["id"], image["id"]], "options": quick(json!({"durationSeconds": 3.0}))});
        let clip = app.client.post_and_wait("/api/video/generate", body).await.expect(200);
        assert_eq!(clip["status"], "ready", "{clip}");
        assert!((clip["durationSeconds"].as_f64().unwrap() - 3.0).abs() < 0.1, "{clip}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_canceled_film_leaves_no_ffmpeg_behind() {
    let app = TestApp::start().await;
    let project = app.client.project(&["A longer sentence, so that there is something to film for a while."]).await;
    let film = app
        .client
        .post("/api/video/generate", json!({"projectId": project["id"], "options": {"resolution": "2160p", "fps": 60}}))
        .await
        .expect(202);
    let path = format!("/api/video/{}", film["id"].as_str().unwrap());
    let work = app.data_dir().join("work").join(film["id"].as_str().unwrap());
    let running = |work: &std::path::Path| {
        let work = work.to_string_lossy().into_owned();
        let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| std::fs::read(entry.ok()?.path().join("cmdline")).ok());
        processes.filter(|line| String::from_utf8_lossy(line).contains(&work)).count()
    };
    eventually("ffmpeg begins", async || running(&work) > 0).await;
    app.client.post(&format!("{path}/cancel"), json!({})).await.expect(200);
    eventually("ffmpeg ends", async || running(&work) == 0).await;
    app.finish().await;
}

#[tokio::test]
async fn how_far_stills_move_is_chosen_and_checked() {
    let app = TestApp::start().await;
    let far = |strength: f64| json!({"defaults": {"video": {"motionStrength": strength}}});
    let error = app.client.patch("/api/settings", far(0.1)).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["defaults.video.motionStrength"]);
    let settings = app.client.get("/api/settings").await.expect(200);
    assert_eq!(settings["defaults"]["video"]["motionStrength"], json!(1.0));
    app.client.patch("/api/settings", far(0.5)).await.expect(200);

    let body = json!({"title": "Still", "scenes": [{"narration": ""}]});
    let project = app.client.post("/api/projects", body).await.expect(201);
    let mut films = Vec::new();
    for (asked, told) in [(json!({}), 0.5), (json!({"motionStrength": 1}), 1.0)] {
        let mut options = json!({"quality": "preview", "resolution": "720p", "fps": 24, "subtitles": "none"});
        options.as_object_mut().unwrap().extend(asked.as_object().unwrap().clone());
        let film =
            app.client.post_and_wait("/api/video/generate", json!({"projectId": project["id"], "options": options})).await.expect(200);
        assert_eq!((&film["status"], &film["options"]["motionStrength"]), (&json!("ready"), &json!(told)), "{film}");
        films.push(app.client.get(film["url"].as_str().unwrap()).await.bytes);
    }
    assert_ne!(films[0], films[1], "the moves are the same");
    let body = json!({"projectId": project["id"], "options": {"motionStrength": 3}});
    let error = app.client.post("/api/video/generate", body).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["options.motionStrength"]);
}

#[tokio::test]
async fn a_scene_whose_words_were_deleted_is_silent() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One word."]).await;
    let film = json!({"projectId": project["id"], "options": quick(json!({}))});
    let spoken = app.client.post_and_wait("/api/video/generate", film.clone()).await.expect(200);
    assert!(spoken["check"]["narrationSeconds"].as_f64() > Some(0.1), "{spoken}");
    let scene = project["scenes"][0]["id"].as_str().unwrap();
    app.client.patch(&format!("/api/scenes/{scene}"), json!({"narration": ""})).await.expect(200);
    let project = app.client.get(&format!("/api/projects/{}", project["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(project["stages"]["audio"], 1, "nothing is to be said, and nothing lacks");
    let silent = app.client.post_and_wait("/api/video/generate", film).await.expect(200);
    assert_eq!((&silent["status"], &silent["check"]["narrationSeconds"]), (&json!("ready"), &json!(0.0)), "{silent}");
}

#[tokio::test]
async fn a_scenes_clip_takes_its_pictures_place_until_it_is_deselected() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One word.", "Two words."]).await;
    let scene = project["scenes"][0]["id"].as_str().unwrap();
    let film = json!({"projectId": project["id"], "options": quick(json!({}))});
    assert_eq!(app.client.post_and_wait("/api/video/generate", film.clone()).await.expect(200)["status"], "ready");

    let detail = app.client.get(&format!("/api/projects/{}", project["id"].as_str().unwrap())).await.expect(200);
    let image = &detail["scenes"][0]["selectedImageId"];
    let body = json!({"imageIds": [image], "options": quick(json!({"durationSeconds": 1.0}))});
    let clip = app.client.post_and_wait("/api/video/generate", body).await.expect(200);
    assert_eq!((&clip["status"], &clip["sceneId"]), (&json!("ready"), &json!(scene)), "{clip}");
    let selected = || async {
        let detail = app.client.get(&format!("/api/projects/{}", project["id"].as_str().unwrap())).await.expect(200);
        detail["scenes"][0]["selectedVideoId"].clone()
    };
    assert_eq!(selected().await, clip["id"]);
    let with = app.client.post_and_wait("/api/video/generate", film.clone()).await.expect(200);
    assert_eq!((&with["status"], &with["stale"]), (&json!("ready"), &json!(false)), "{with}");

    app.client.patch(&format!("/api/scenes/{scene}"), json!({"selectedVideoId": null})).await.expect(200);
    assert!(selected().await.is_null());
    let stale = app.client.get(&format!("/api/video/{}", with["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(stale["stale"], true, "a film with the clip is not the film without it");
    app.finish().await;
}

#[tokio::test]
async fn a_picture_that_is_deleted_while_its_film_is_made_is_in_it() {
    let app = TestApp::start().await;
    let project = app.client.project(&["The first scene is shown for a while.", "The last one, too, has some words."]).await;
    let last = app.client.post_and_wait("/api/image/generate", json!({"sceneId": project["scenes"][1]["id"]})).await.expect(200);
    let film = app
        .client
        .post("/api/video/generate", json!({"projectId": project["id"], "options": {"quality": "fast", "resolution": "720p"}}))
        .await
        .expect(202);
    let path = format!("/api/video/{}", film["id"].as_str().unwrap());
    app.client.until(&path, "is begun", |film| film["progress"] != 0.0).await;
    app.client.delete(&format!("/api/image/{}", last["id"].as_str().unwrap())).await.expect(204);
    let film = app.client.finished(&path).await;
    assert_eq!(film["status"], "ready", "{film}");
    app.finish().await;
}
