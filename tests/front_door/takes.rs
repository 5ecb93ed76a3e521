//! Narrations and pictures: made, waited for, canceled, tried again, selected, deleted.

use reqwest::Method;
use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    TestApp,
    client::bad_paths,
    eventually,
    stand_ins::{Manner, StandIn},
};

fn first_scene(project: &Value) -> &Value {
    &project["scenes"][0]
}

#[tokio::test]
async fn a_narration_is_spoken_measured_and_selected() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Slow but steady wins the race."]).await;
    let scene = first_scene(&project)["id"].clone();
    let clip = app.client.post_and_wait("/api/audio/generate", json!({"sceneId": scene, "voiceId": "espeak/en-us"})).await.expect(200);
    assert_eq!(clip["status"], "ready");
    assert_eq!(clip["mimeType"], "audio/wav");
    assert!((1.0..5.0).contains(&clip["durationSeconds"].as_f64().unwrap()), "{clip}");
    let words: Vec<&str> = clip["words"].as_array().expect("word times").iter().map(|word| word["text"].as_str().unwrap()).collect();
    assert_eq!(words.join(" "), "Slow but steady wins the race.");
    let media = app.client.get(clip["url"].as_str().unwrap()).await;
    assert_eq!(media.status, 200);
    assert_eq!(media.header("content-type"), Some("audio/wav"));
    assert!(media.bytes.starts_with(b"RIFF"));
    let scene = app.client.get(&format!("/api/scenes/{}", scene.as_str().unwrap())).await.expect(200);
    assert_eq!(scene["selectedAudioId"], clip["id"]);
    assert_eq!(scene["durationSeconds"], clip["durationSeconds"]);
    app.finish().await;
}

#[tokio::test]
async fn a_take_of_words_that_have_changed_is_stale() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let scene = first_scene(&project)["id"].as_str().unwrap();
    let clip = app.client.post_and_wait("/api/audio/generate", json!({"sceneId": scene})).await.expect(200);
    assert_eq!(clip["stale"], false);
    app.client.patch(&format!("/api/scenes/{scene}"), json!({"narration": "Other words."})).await.expect(200);
    let path = format!("/api/audio/{}", clip["id"].as_str().unwrap());
    assert_eq!(app.client.get(&path).await.expect(200)["stale"], true);
    let batch = json!({"projectId": project["id"], "onlyMissing": true});
    assert_eq!(
        app.client.post_and_wait("/api/audio/generate-batch", batch.clone()).await.expect(200)["items"].as_array().unwrap().len(),
        1
    );
    assert_eq!(app.client.post_and_wait("/api/audio/generate-batch", batch).await.expect(200)["items"], json!([]));
    let takes = app.client.get(&format!("/api/audio/by-project/{}", project["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(takes.as_array().unwrap().len(), 2);
    assert_eq!(takes[1]["id"], clip["id"], "the newest take comes first");
    app.finish().await;
}

#[tokio::test]
async fn a_picture_is_drawn_in_the_projects_shape_with_a_thumbnail() {
    let app = TestApp::start().await;
    let body = json!({"title": "Tall", "aspectRatio": "9:16", "scenes": [{"narration": "A tower in the mist."}]});
    let project = app.client.post("/api/projects", body).await.expect(201);
    let image = app
        .client
        .post_and_wait("/api/image/generate", json!({"sceneId": first_scene(&project)["id"], "stylePrompt": "noir"}))
        .await
        .expect(200);
    assert_eq!(image["status"], "ready", "{image}");
    assert_eq!((image["width"].as_u64(), image["height"].as_u64()), (Some(1080), Some(1920)));
    let bytes = app.client.get(image["url"].as_str().unwrap()).await.bytes;
    assert!(bytes.starts_with(b"\x89PNG"));
    let thumbnail = app.client.get(image["thumbnailUrl"].as_str().unwrap()).await;
    assert_eq!(thumbnail.status, 200);
    assert!(thumbnail.bytes.len() < bytes.len() / 4);
    let project = app.client.get(&format!("/api/projects/{}", project["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(project["coverUrl"], image["thumbnailUrl"]);
    assert_eq!(project["stages"]["image"], 1);
    app.finish().await;
}

#[tokio::test]
async fn a_card_leaves_out_what_it_is_told_and_takes_the_colours_of_others() {
    let app = TestApp::start().await;
    let project = app.client.project(&["A ship by the sea.", "A night at home."]).await;
    let draw = async |options: Value| {
        let request = json!({"sceneId": first_scene(&project)["id"], "stylePrompt": "watercolour", "modelOptions": options});
        let image = app.client.post_and_wait("/api/image/generate", request).await.expect(200);
        assert_eq!(image["status"], "ready", "{image}");
        (image["id"].clone(), app.client.get(image["url"].as_str().unwrap()).await.bytes)
    };
    let (_, plain) = draw(json!({"seed": 7})).await;
    assert_eq!(plain, draw(json!({"seed": 7})).await.1, "the same seed draws the same card");
    let (_, wordless) = draw(json!({"seed": 7, "negativePrompt": "text"})).await;
    assert_ne!(plain, wordless);
    let (dark, _) = draw(json!({"seed": 7, "negativePrompt": "bright, blue"})).await;
    let (_, taken) = draw(json!({"seed": 7, "referenceImageIds": [dark]})).await;
    assert_ne!(plain, taken);
    let four = json!({"sceneId": first_scene(&project)["id"], "modelOptions": {"referenceImageIds": [dark, dark, dark, dark]}});
    let error = app.client.post("/api/image/generate", four).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["modelOptions.referenceImageIds"]);
    app.finish().await;
}

#[tokio::test]
async fn what_passes_is_tried_again_and_what_does_not_is_not() {
    let passing = StandIn::new(Manner::FailFirst(2));
    let app = TestApp::with_providers(passing.among()).await;
    let project = app.client.project(&["Some words."]).await;
    let body = json!({"sceneId": first_scene(&project)["id"], "voiceId": "stand-in/one"});
    let clip = app.client.post_and_wait("/api/audio/generate", body.clone()).await.expect(200);
    assert_eq!((clip["status"].as_str(), clip["attempts"].as_u64(), passing.calls()), (Some("ready"), Some(3), 3));
    assert_eq!(clip["costUsd"], 0.01);
    app.finish().await;

    let refusing = StandIn::new(Manner::Refuse);
    let app = TestApp::with_providers(refusing.among()).await;
    let project = app.client.project(&["Some words."]).await;
    let body = json!({"sceneId": first_scene(&project)["id"], "voiceId": "stand-in/one"});
    let clip = app.client.post_and_wait("/api/audio/generate", body).await.expect(200);
    assert_eq!((clip["status"].as_str(), refusing.calls()), (Some("failed"), 1));
    assert_eq!(clip["error"]["code"], "provider_rejected");
    assert_eq!(clip["error"]["details"]["provider"], "stand-in");
    app.finish().await;
}

#[tokio::test]
async fn an_answer_that_is_no_sound_fails_the_record_with_its_cause() {
    let app = TestApp::with_providers(StandIn::new(Manner::Rubbish).among()).await;
    let project = app.client.project(&["Some words."]).await;
    let body = json!({"sceneId": first_scene(&project)["id"], "voiceId": "stand-in/one"});
    let clip = app.client.post("/api/audio/generate", body).await.expect(202);
    // A bad answer may pass, so that it is tried again; meanwhile the record tells why it waits.
    let path = format!("/api/audio/{}", clip["id"].as_str().unwrap());
    app.client.until(&path, "says why it waits", |clip| clip["error"]["code"] == "provider_bad_response").await;
    app.client.post(&format!("{path}/cancel"), json!({})).await.expect(200);
    app.finish().await;
}

#[tokio::test]
async fn a_job_that_panics_fails_and_the_worker_goes_on() {
    let app = TestApp::with_providers(StandIn::new(Manner::Panic).among()).await;
    let project = app.client.project(&["Some words."]).await;
    let scene = &first_scene(&project)["id"];
    let clip = app.client.post_and_wait("/api/audio/generate", json!({"sceneId": scene, "voiceId": "stand-in/one"})).await.expect(200);
    assert_eq!((&clip["status"], &clip["error"]["code"]), (&json!("failed"), &json!("internal")));
    let clip = app.client.post_and_wait("/api/audio/generate", json!({"sceneId": scene})).await.expect(200);
    assert_eq!(clip["status"], "ready");
    app.finish().await;
}

#[tokio::test]
async fn cancel_drops_the_call_and_frees_its_place() {
    let waiting = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(waiting.among()).await;
    let project = app.client.project(&["Some words."]).await;
    let body = json!({"sceneId": first_scene(&project)["id"], "voiceId": "stand-in/one"});
    let clip = app.client.post("/api/audio/generate", body.clone()).await.expect(202);
    let path = format!("/api/audio/{}", clip["id"].as_str().unwrap());
    waiting.until_running(1).await;
    assert_eq!(app.client.post(&format!("{path}/cancel"), json!({})).await.expect(200)["status"], "canceled");
    waiting.until_running(0).await;
    app.client.post(&format!("{path}/cancel"), json!({})).await.expect_error(409, ErrorCode::Conflict);
    // Its place is free again, and the record can be tried again.
    app.client.post(&format!("{path}/retry"), json!({})).await.expect(202);
    waiting.until_running(1).await;
    waiting.let_go(1);
    assert_eq!(app.client.finished(&path).await["status"], "ready");
    app.finish().await;
}

#[tokio::test]
async fn deleting_what_is_being_made_stops_it() {
    let waiting = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(waiting.among()).await;
    let project = app.client.project(&["One.", "Two."]).await;
    let batch = json!({"projectId": project["id"], "voiceId": "stand-in/one"});
    app.client.post("/api/audio/generate-batch", batch).await.expect(202);
    waiting.until_running(2).await;
    app.client.delete(&format!("/api/projects/{}", project["id"].as_str().unwrap())).await.expect(204);
    waiting.until_running(0).await;
    app.finish().await;
}

#[tokio::test]
async fn the_work_folder_of_what_was_canceled_goes_when_it_is_deleted() {
    let waiting = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(waiting.among()).await;
    let left = || std::fs::read_dir(app.data_dir().join("work")).unwrap().count();
    let project = app.client.project(&["One.", "Two.", "Three."]).await;
    let narrate = async |scene: usize| {
        let body = json!({"sceneId": project["scenes"][scene]["id"], "voiceId": "stand-in/one"});
        let clip = app.client.post("/api/audio/generate", body).await.expect(202);
        waiting.until_running(1).await;
        format!("/api/audio/{}", clip["id"].as_str().unwrap())
    };
    let cancel = async |clip: &str| {
        app.client.post(&format!("{clip}/cancel"), json!({})).await.expect(200);
        waiting.until_running(0).await;
    };
    for (scene, of) in ["audio", "scene", "project"].into_iter().enumerate() {
        let clip = narrate(scene).await;
        cancel(&clip).await;
        assert_eq!(left(), 1, "trying again goes on from what there is");
        let path = match of {
            "audio" => clip,
            "scene" => format!("/api/scenes/{}", project["scenes"][scene]["id"].as_str().unwrap()),
            _ => format!("/api/projects/{}", project["id"].as_str().unwrap()),
        };
        app.client.delete(&path).await.expect(204);
        assert_eq!(left(), 0, "{of}");
    }
    // And of what was still being made.
    let project = app.client.project(&["One."]).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    let clip = app.client.post("/api/audio/generate", body).await.expect(202);
    waiting.until_running(1).await;
    app.client.delete(&format!("/api/audio/{}", clip["id"].as_str().unwrap())).await.expect(204);
    waiting.until_running(0).await;
    eventually("what was being made is removed", async || left() == 0).await;
    app.finish().await;
}

#[tokio::test]
async fn another_take_can_be_selected_and_where_it_is_deleted_the_newest_is_again() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let scene = format!("/api/scenes/{}", first_scene(&project)["id"].as_str().unwrap());
    let generate = json!({"sceneId": first_scene(&project)["id"]});
    let older = app.client.post_and_wait("/api/audio/generate", generate.clone()).await.expect(200);
    let newer = app.client.post_and_wait("/api/audio/generate", generate).await.expect(200);
    assert_eq!(app.client.get(&scene).await.expect(200)["selectedAudioId"], newer["id"]);
    let changed = app.client.patch(&scene, json!({"selectedAudioId": older["id"]})).await.expect(200);
    assert_eq!(changed["selectedAudioId"], older["id"]);
    app.client.delete(&format!("/api/audio/{}", older["id"].as_str().unwrap())).await.expect(204);
    assert_eq!(app.client.get(&scene).await.expect(200)["selectedAudioId"], newer["id"]);
    app.until_idle().await;
    assert_eq!(app.client.get(older["url"].as_str().unwrap()).await.status, 404);
    let none = app.client.patch(&scene, json!({"selectedAudioId": null})).await.expect(200);
    assert!(none.get("selectedAudioId").is_none());
    let foreign = app.client.patch(&scene, json!({"selectedImageId": newer["id"]})).await;
    foreign.expect_error(422, ErrorCode::ValidationFailed);
    app.finish().await;
}

#[tokio::test]
async fn the_newest_ready_take_that_remains_is_selected_and_told_where_the_selected_one_is_deleted() {
    let waiting = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(waiting.among()).await;
    let project = app.client.project(&["Some words."]).await;
    let scene = first_scene(&project)["id"].as_str().unwrap();
    let speak = json!({"sceneId": scene});
    let mut takes = Vec::new();
    for _ in 0..3 {
        takes.push(app.client.post_and_wait("/api/audio/generate", speak.clone()).await.expect(200));
    }
    // What is only being made is none that could be selected.
    app.client.post("/api/audio/generate", json!({"sceneId": scene, "voiceId": "stand-in/one"})).await.expect(202);
    waiting.until_running(1).await;
    let mut events = app.client.events(&format!("/api/events?projectId={}", project["id"].as_str().unwrap()), None).await;
    let delete = async |take: &Value| app.client.delete(&format!("/api/audio/{}", take["id"].as_str().unwrap())).await.expect(204);
    delete(&takes[2]).await;
    let told = events.until(|event| event.name == "scene").await;
    assert_eq!((&told.data["selectedAudioId"], &told.data["durationSeconds"]), (&takes[1]["id"], &takes[1]["durationSeconds"]));
    // One that is not selected changes nothing.
    delete(&takes[0]).await;
    let selected = async || app.client.get(&format!("/api/scenes/{scene}")).await.expect(200).get("selectedAudioId").cloned();
    assert_eq!(selected().await.as_ref(), Some(&takes[1]["id"]));
    delete(&takes[1]).await;
    let told = events.until(|event| event.name == "scene").await;
    assert!(told.data.get("selectedAudioId").is_none() && selected().await.is_none(), "{}", told.data);
    waiting.let_go(1);
    app.until_idle().await;
    app.finish().await;
}

#[tokio::test]
async fn pictures_and_takes_that_go_at_once_leave_the_scene_with_one_that_is_there() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let scene = first_scene(&project)["id"].as_str().unwrap();
    let mut pictures = Vec::new();
    for seed in 0..4 {
        let draw = json!({"sceneId": scene, "modelOptions": {"seed": seed}});
        pictures.push(app.client.post_and_wait("/api/image/generate", draw).await.expect(200)["id"].as_str().unwrap().to_owned());
    }
    let client = &app.client;
    let gone = pictures[1..].iter().map(|id| async move { client.delete(&format!("/api/image/{id}")).await.expect(204) });
    futures_util::future::join_all(gone).await;
    let scene = app.client.get(&format!("/api/scenes/{scene}")).await.expect(200);
    assert_eq!(scene["selectedImageId"], pictures[0]);
    app.finish().await;
}

#[tokio::test]
async fn a_scene_with_nothing_to_say_is_not_spoken() {
    let app = TestApp::start().await;
    let project = app.client.project(&["", "Something."]).await;
    let refused = app.client.post("/api/audio/generate", json!({"sceneId": first_scene(&project)["id"]})).await;
    refused.expect_error(409, ErrorCode::Conflict);
    let batch = app.client.post_and_wait("/api/audio/generate-batch", json!({"projectId": project["id"]})).await.expect(200);
    assert_eq!(batch["items"].as_array().unwrap().len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn whether_something_can_be_tried_again_is_told_before_who_would_be_asked() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let script = format!("/api/projects/{}/retry", project["id"].as_str().unwrap());
    let clip = app.client.post_and_wait("/api/audio/generate", json!({"sceneId": first_scene(&project)["id"]})).await.expect(200);
    let take = format!("/api/audio/{}/retry", clip["id"].as_str().unwrap());
    // As an archive of another studio brings it along.
    app.database.run("update audio_clips set provider = 'nobody'").await;
    for path in [&script, &take] {
        app.client.post(path, json!({})).await.expect_error(409, ErrorCode::Conflict);
    }
    app.database
        .run(
            r#"update audio_clips set status = 'canceled';
            update projects set provider = 'nobody', status = 'failed', error = '{"code": "provider_rejected", "message": "No."}'"#,
        )
        .await;
    for path in [&script, &take] {
        let error = app.client.post(path, json!({})).await.expect_error(409, ErrorCode::ProviderNotConfigured);
        assert_eq!(error.details["provider"], "nobody", "{error:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn whoever_waits_for_a_batch_is_answered_with_what_is_left_of_it() {
    let voice = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(voice.among()).await;
    let project = app.client.project(&["One.", "Two.", "Three."]).await;
    let takes = format!("/api/audio/by-project/{}", project["id"].as_str().unwrap());
    let body = json!({"projectId": project["id"], "voiceId": "stand-in/one"});
    let ask = |key: &str| {
        let request = app.client.request(Method::POST, "/api/audio/generate-batch").header("Idempotency-Key", key);
        request.header("Prefer", "wait=300").json(&body)
    };
    let delete_queued = async || {
        voice.until_running(2).await;
        let takes = app.client.get(&takes).await.expect(200);
        let queued = takes.as_array().unwrap().iter().find(|take| take["status"] == "queued").expect("the third waits");
        app.client.delete(&format!("/api/audio/{}", queued["id"].as_str().unwrap())).await.expect(204);
    };
    let deleting = async {
        delete_queued().await;
        voice.let_go(2);
    };
    let (answer, ()) = tokio::join!(app.client.send(ask("one")), deleting);
    let scenes = |items: &Value| items.as_array().unwrap().iter().map(|take| take["sceneId"].clone()).collect::<Vec<_>>();
    let first_two = [&project["scenes"][0]["id"], &project["scenes"][1]["id"]].map(Value::clone);
    let items = answer.expect(200)["items"].clone();
    assert_eq!(scenes(&items), first_two);
    assert!(items.as_array().unwrap().iter().all(|take| take["status"] == "ready"), "{items}");

    // So is who was not answered, and asks once more.
    tokio::select! {
        answer = app.client.send(ask("two")) => panic!("{answer:?}"),
        () = delete_queued() => {}
    }
    let releasing = async {
        voice.until_running(2).await;
        voice.let_go(2);
    };
    let (again, ()) = tokio::join!(app.client.send(ask("two")), releasing);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(scenes(&again.expect(200)["items"]), first_two);
    app.finish().await;
}
