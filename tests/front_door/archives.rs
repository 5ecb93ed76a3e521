//! Projects as archives: exported, imported, and what is refused of them.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{Answer, TestApp, eventually};

use crate::projects::narrations;

#[tokio::test]
async fn an_export_comes_back_as_a_new_project() {
    let app = TestApp::start().await;
    let project = app.client.project(&["The first.", "The second & last."]).await;
    app.client.post_and_wait("/api/audio/generate-batch", json!({"projectId": project["id"]})).await.expect(200);
    app.client.post_and_wait("/api/image/generate-batch", json!({"projectId": project["id"]})).await.expect(200);
    let export = format!("/api/projects/{}/export?format=", project["id"].as_str().unwrap());
    let zip = app.client.get(&format!("{export}zip")).await;
    assert_eq!(zip.header("content-type"), Some("application/zip"));
    assert!(zip.header("content-disposition").unwrap().contains("A-test.zip"));
    let archive = zip.bytes.clone();
    let form = Form::new().part("file", Part::bytes(zip.bytes).file_name("a.zip"));
    let back = app.client.send(app.client.request(reqwest::Method::POST, "/api/projects/import").multipart(form)).await.expect(201);
    assert_ne!(back["id"], project["id"]);
    assert_eq!(narrations(&back), narrations(&project));
    assert_eq!(back["stages"], json!({"audio": 2, "image": 2, "video": 0}));
    assert_eq!(app.client.get(back["scenes"][1]["audio"]["url"].as_str().unwrap()).await.status, 200);

    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let srt = text(app.client.get(&format!("{export}srt")).await.bytes);
    assert!(srt.starts_with("1\n00:00:00,") && srt.contains("The second & last."), "{srt}");
    let vtt = text(app.client.get(&format!("{export}vtt")).await.bytes);
    assert!(vtt.starts_with("WEBVTT") && vtt.contains("The second &amp; last."), "{vtt}");
    let markdown = text(app.client.get(&format!("{export}markdown")).await.bytes);
    assert!(markdown.starts_with("# A test\n") && markdown.contains("The first."), "{markdown}");
    let otio = app.client.get(&format!("{export}otio")).await;
    assert!(otio.bytes.starts_with(b"PK"));
    app.client.get(&format!("{export}docx")).await.expect_error(422, ErrorCode::ValidationFailed);

    // A refused archive leaves no file behind.
    let files = app.media_files();
    let manifest: Value = {
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&archive)).unwrap();
        serde_json::from_reader(zip.by_name("project.json").unwrap()).unwrap()
    };
    let url = manifest["project"]["scenes"][0]["audio"]["url"].clone();
    for (at, forged, told) in [
        ("/scenes/0/audio/voiceId", json!("espeak/\0"), "U+0000"),
        ("/scenes/1/audio/words/0/text", json!("a\0b"), "U+0000"),
        ("/scenes/0/image/modelOptions/negativePrompt", json!("\0"), "U+0000"),
        ("/scenes/0/image/stylePrompt", json!("x".repeat(4001)), "file.scenes[0].image.stylePrompt"),
        ("/scenes/1/image/modelOptions/negativePrompt", json!("x".repeat(4001)), "file.scenes[1].image.modelOptions"),
        ("/scenes/1/audio/voiceId", json!("x".repeat(201)), "file.scenes[1].audio.voiceId"),
        ("/scenes/1/audio/url", url, "more than one take"),
        ("/scenes/1/audio/url", json!("/media/audio/none.wav"), "media/audio/none.wav is missing"),
        ("/scenes/1/image/url", json!("/../secret.key"), "../secret.key is missing"),
    ] {
        let error = import(&app, with(&archive, at, forged)).await.expect_error(422, ErrorCode::ValidationFailed);
        assert!(error.details["fields"].to_string().contains(told), "{at}: {error:?}");
        assert_eq!(app.media_files(), files, "{at}");
    }
    let rubbish = Form::new().part("file", Part::bytes(b"PK not really".to_vec()).file_name("a.zip"));
    let refused = app.client.send(app.client.request(reqwest::Method::POST, "/api/projects/import").multipart(rubbish)).await;
    refused.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(app.media_files(), files);
    // Nor does one whose scenes cannot be written.
    app.database.run("alter table scenes add check (false) not valid").await;
    let form = Form::new().part("file", Part::bytes(archive).file_name("a.zip"));
    let failed = app.client.send(app.client.request(reqwest::Method::POST, "/api/projects/import").multipart(form)).await;
    failed.expect_error(500, ErrorCode::Internal);
    assert_eq!(app.media_files(), files);
    app.finish().await;
}

#[tokio::test]
async fn a_scenes_clip_goes_with_copies_and_exports() {
    let app = TestApp::start().await;
    let project = app.client.project(&["The first."]).await;
    let image = app.client.post_and_wait("/api/image/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(200);
    let options = json!({"durationSeconds": 2.0, "quality": "preview", "resolution": "720p", "fps": 24});
    let clip = app.client.post_and_wait("/api/video/generate", json!({"imageIds": [image["id"]], "options": options})).await.expect(200);
    assert_eq!((&clip["status"], &clip["kind"]), (&json!("ready"), &json!("clip")), "{clip}");
    let path = format!("/api/projects/{}", project["id"].as_str().unwrap());
    assert_eq!(app.client.get(&path).await.expect(200)["scenes"][0]["selectedVideoId"], clip["id"]);

    let zip = app.client.get(&format!("{path}/export?format=zip")).await.bytes;
    let form = Form::new().part("file", Part::bytes(zip).file_name("a.zip"));
    let imported = app.client.send(app.client.request(reqwest::Method::POST, "/api/projects/import").multipart(form)).await.expect(201);
    let duplicate = app.client.post(&format!("{path}/duplicate"), json!({})).await.expect(201);
    for copy in [imported, duplicate] {
        let scene = &copy["scenes"][0];
        let video = &scene["video"];
        assert_eq!((&video["status"], &video["kind"], &video["provider"]), (&json!("ready"), &json!("clip"), &clip["provider"]), "{copy}");
        assert_eq!((&scene["selectedVideoId"], &video["imageIds"]), (&video["id"], &json!([scene["image"]["id"]])));
        assert!((video["durationSeconds"].as_f64().unwrap() - 2.0).abs() < 0.1 && video["id"] != clip["id"], "{video}");
        assert_eq!(app.client.get(video["url"].as_str().unwrap()).await.status, 200);
        assert!(app.client.get(video["posterUrl"].as_str().unwrap()).await.bytes.starts_with(&[0xff, 0xd8]));
    }
    let otio = app.client.get(&format!("{path}/export?format=otio")).await.bytes;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(otio)).unwrap();
    let timeline: Value = serde_json::from_reader(archive.by_name("timeline.otio").unwrap()).unwrap();
    let shown = timeline["tracks"]["children"][0]["children"].as_array().unwrap();
    let media: Vec<_> = shown.iter().map(|clip| clip["media_references"]["DEFAULT_MEDIA"]["target_url"].as_str().unwrap()).collect();
    assert!(media.iter().all(|url| clip["url"].as_str().unwrap().ends_with(url)), "the clip, and not the still: {media:?}");
    assert!(archive.by_name(media[0]).is_ok(), "and its file is beside it");

    // A file that only says that it is a clip is refused, and nothing of it stays.
    let files = app.media_files();
    let zip = app.client.get(&format!("{path}/export?format=zip")).await.bytes;
    let forged = with_other_bytes(zip, clip["url"].as_str().unwrap().trim_start_matches('/'), b"no film");
    let form = Form::new().part("file", Part::bytes(forged).file_name("a.zip"));
    let refused = app.client.send(app.client.request(reqwest::Method::POST, "/api/projects/import").multipart(form)).await;
    let error = refused.expect_error(422, ErrorCode::ValidationFailed);
    assert!(error.details["fields"].to_string().contains("no moving picture"), "{error:?}");
    assert_eq!(app.media_files(), files);
    // Nor may it say of itself what no request for one may.
    let zip = app.client.get(&format!("{path}/export?format=zip")).await.bytes;
    for (field, forged) in [("model", json!("x".repeat(201))), ("options", json!({"motionStrength": 9.0}))] {
        let error =
            import(&app, with(&zip, &format!("/scenes/0/video/{field}"), forged)).await.expect_error(422, ErrorCode::ValidationFailed);
        assert!(error.details["fields"].to_string().contains(&format!("file.scenes[0].video.{field}")), "{error:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn times_of_words_that_cannot_be_so_are_not_believed() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let clip = app.client.post_and_wait("/api/audio/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(200);
    let path = |project: &Value| format!("/api/projects/{}", project["id"].as_str().unwrap());
    let zip = app.client.get(&format!("{}/export?format=zip", path(&project))).await.bytes;
    let back = import(&app, zip.clone()).await.expect(201);
    assert_eq!((&back["scenes"][0]["audio"]["words"], clip["words"].as_array().unwrap().len()), (&clip["words"], 2));
    let word = |text: &str, start: f64, end: f64| json!({"text": text, "startSeconds": start, "endSeconds": end});
    for forged in [
        json!([word("Some", 1e300, 1e300), word("words.", 1e300, 1e300)]),
        json!([word("Some", -1.0, 0.1)]),
        json!([word("Some", 0.2, 0.1)]),
        json!([word("Some", 0.2, 0.3), word("words.", 0.1, 0.3)]),
        json!([word("Some", 0.1, 60.0)]),
        json!([word(&"Some".repeat(10), 0.1, 0.2)]),
        json!(vec![word("", 0.1, 0.2); 100]),
    ] {
        let back = import(&app, with(&zip, "/scenes/0/audio/words", forged.clone())).await.expect(201);
        assert_eq!(back["scenes"][0]["audio"].get("words"), None, "{forged}");
        let captions = app.client.get(&format!("{}/export?format=vtt", path(&back))).await.expect_text(200);
        assert!(captions.contains("00:00:00.") && captions.contains("Some words."), "{captions}");
    }
    app.finish().await;
}

#[tokio::test]
async fn what_is_unpacked_is_there_once_it_is_named() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    app.client.post_and_wait("/api/audio/generate-batch", json!({"projectId": project["id"]})).await.expect(200);
    app.client.post_and_wait("/api/image/generate-batch", json!({"projectId": project["id"]})).await.expect(200);
    let path = format!("/api/projects/{}", project["id"].as_str().unwrap());
    let zip = app.client.get(&format!("{path}/export?format=zip")).await.bytes;
    app.client.delete(&path).await.expect(204);
    eventually("its files are removed", async || app.media_files() == 0).await;
    // Before each file, it is looked up how large it may be: the import takes its time.
    app.database.run("alter table settings rename to slow; create view settings as select slow.* from slow, pg_sleep(2)").await;
    let sound = || std::fs::read_dir(app.data_dir().join("media/audio")).unwrap().next().map(|file| file.unwrap().path());
    let unpacked = async || {
        eventually("the sound is unpacked", async || sound().is_some()).await;
        sound().unwrap()
    };

    // As the sweep of another server does it with what nothing names.
    let removing = async { std::fs::remove_file(unpacked().await).unwrap() };
    let (refused, ()) = tokio::join!(import(&app, zip.clone()), removing);
    refused.expect_error(409, ErrorCode::Conflict);
    assert_eq!(app.media_files(), 0);

    let hour = std::time::Duration::from_secs(3600);
    let ageing = async {
        let file = std::fs::File::open(unpacked().await).unwrap();
        file.set_modified(std::time::SystemTime::now() - 2 * hour).unwrap();
    };
    let (back, ()) = tokio::join!(import(&app, zip), ageing);
    assert_eq!(back.expect(201)["stages"], json!({"audio": 1, "image": 1, "video": 0}));
    let age = sound().unwrap().metadata().unwrap().modified().unwrap().elapsed().unwrap();
    assert!(age < hour, "{age:?}: it was old when it was named");
    app.finish().await;
}

async fn import(app: &TestApp, archive: Vec<u8>) -> Answer {
    let form = Form::new().part("file", Part::bytes(archive).file_name("a.zip"));
    app.client.send(app.client.request(reqwest::Method::POST, "/api/projects/import").multipart(form)).await
}

/// The same archive, which says something else of its project at that place.
fn with(archive: &[u8], at: &str, forged: Value) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let mut manifest: Value = serde_json::from_reader(zip.by_name("project.json").unwrap()).unwrap();
    let (parent, field) = at.rsplit_once('/').unwrap();
    manifest["project"].pointer_mut(parent).unwrap()[field] = forged;
    with_other_bytes(archive.to_vec(), "project.json", manifest.to_string().as_bytes())
}

#[tokio::test]
async fn an_export_comes_back_whatever_the_settings_allow_for_uploads() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words that take more than a second."]).await;
    app.client.post_and_wait("/api/audio/generate-batch", json!({"projectId": project["id"]})).await.expect(200);
    app.client.post_and_wait("/api/image/generate-batch", json!({"projectId": project["id"]})).await.expect(200);
    let zip = app.client.get(&format!("/api/projects/{}/export?format=zip", project["id"].as_str().unwrap())).await.bytes;
    let limits = json!({"imageBytes": 1024, "imagePixels": 1024, "audioBytes": 1024, "audioSeconds": 1});
    app.client.patch("/api/settings", json!({"uploads": limits})).await.expect(200);
    // With a key, a form is taken in before it is looked at.
    for key in [None, Some("key")] {
        let form = Form::new().part("file", Part::bytes(zip.clone()).file_name("a.zip"));
        let request = app.client.request(reqwest::Method::POST, "/api/projects/import").multipart(form);
        let request = key.into_iter().fold(request, |request, key| request.header("Idempotency-Key", key));
        assert_eq!(app.client.send(request).await.expect(201)["stages"], json!({"audio": 1, "image": 1, "video": 0}));
    }
    app.finish().await;
}

#[tokio::test]
async fn a_take_that_is_deleted_while_its_project_is_packed_is_in_the_archive() {
    let app = TestApp::start().await;
    let project = app.client.project(&["The first.", "The second."]).await;
    let takes = app.client.post_and_wait("/api/audio/generate-batch", json!({"projectId": project["id"]})).await.expect(200);
    let of_scene = |scene: usize| takes["items"].as_array().unwrap().iter().find(|take| take["sceneId"] == project["scenes"][scene]["id"]);
    let (first, second) = (of_scene(0).unwrap(), of_scene(1).unwrap());
    // The first is packed for as long as the test wants.
    let pipe = app.data_dir().join(first["url"].as_str().unwrap().trim_start_matches('/'));
    let sound = std::fs::read(&pipe).unwrap();
    std::fs::remove_file(&pipe).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let path = format!("/api/projects/{}/export?format=zip", project["id"].as_str().unwrap());
    let deleting = async {
        let mut writer = tokio::task::spawn_blocking(move || std::fs::File::options().write(true).open(pipe)).await.unwrap().unwrap();
        app.client.delete(&format!("/api/audio/{}", second["id"].as_str().unwrap())).await.expect(204);
        app.until_idle().await;
        assert_eq!(app.client.get(second["url"].as_str().unwrap()).await.status, 404);
        tokio::task::spawn_blocking(move || std::io::Write::write_all(&mut writer, &sound)).await.unwrap().unwrap();
    };
    let (archive, ()) = tokio::join!(app.client.get(&path), deleting);
    assert_eq!(archive.status, 200, "{}", String::from_utf8_lossy(&archive.bytes));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive.bytes)).unwrap();
    for take in [first, second] {
        assert!(archive.by_name(take["url"].as_str().unwrap().trim_start_matches('/')).is_ok(), "{take}");
    }
    app.finish().await;
}

#[tokio::test]
async fn two_archives_are_packed_at_a_time() {
    let app = TestApp::start().await;
    let project = app.client.project(&["The only one."]).await;
    let take = app.client.post_and_wait("/api/audio/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(200);
    // It is packed for as long as the test wants.
    let pipe = app.data_dir().join(take["url"].as_str().unwrap().trim_start_matches('/'));
    std::fs::remove_file(&pipe).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let path = |format: &str| format!("/api/projects/{}/export?format={format}", project["id"].as_str().unwrap());
    let ask = |format: &str| tokio::spawn(app.client.request(reqwest::Method::GET, &path(format)).send());
    let asked: Vec<_> = ["zip", "otio", "zip", "otio", "zip", "otio"].into_iter().map(ask).collect();
    let packed = || {
        let work = std::fs::read_dir(app.data_dir().join("work")).unwrap();
        work.filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().is_dir())).count()
    };
    eventually("two are packed", async || packed() >= 2).await;
    // What is no archive is not kept waiting.
    app.client.get(&path("markdown")).await.expect_text(200);
    let mut most = 0;
    eventually("all are there", async || {
        most = most.max(packed());
        // Open for both, it never waits for who reads it; closed again, it has come to its end for those who do.
        drop(std::fs::File::options().read(true).write(true).open(&pipe).unwrap());
        asked.iter().all(tokio::task::JoinHandle::is_finished)
    })
    .await;
    for one in asked {
        assert_eq!(one.await.expect("it ends").expect("an answer").status().as_u16(), 200);
    }
    assert_eq!(most, 2);
    app.finish().await;
}

#[tokio::test]
async fn a_file_that_is_gone_is_told_as_that_and_leaves_nothing_behind() {
    let app = TestApp::start().await;
    let project = app.client.project(&["The first.", "The second."]).await;
    let takes = app.client.post_and_wait("/api/audio/generate-batch", json!({"projectId": project["id"]})).await.expect(200);
    let take = takes["items"].as_array().unwrap().iter().find(|take| take["sceneId"] == project["scenes"][1]["id"]).unwrap();
    std::fs::remove_file(app.data_dir().join(take["url"].as_str().unwrap().trim_start_matches('/'))).unwrap();
    let (path, before) = (format!("/api/projects/{}", project["id"].as_str().unwrap()), app.media_files());
    for answer in [
        app.client.get(&format!("{path}/export?format=zip")).await,
        app.client.get(&format!("{path}/export?format=otio")).await,
        app.client.post(&format!("{path}/duplicate"), json!({})).await,
    ] {
        assert_eq!(answer.expect_error(409, ErrorCode::Conflict).details["url"], take["url"]);
    }
    assert_eq!(app.media_files(), before);
    assert_eq!(std::fs::read_dir(app.data_dir().join("work")).unwrap().count(), 0, "no file is left");
    app.client.delete(&format!("/api/audio/{}", take["id"].as_str().unwrap())).await.expect(204);
    assert_eq!(app.client.get(&format!("{path}/export?format=zip")).await.status, 200);
    app.client.post(&format!("{path}/duplicate"), json!({})).await.expect(201);
    app.finish().await;
}

/// The same archive, with another file under that name.
fn with_other_bytes(archive: Vec<u8>, name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let entry = from.by_index_raw(index).unwrap();
        if entry.name().unwrap() == name {
            to.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut to, bytes).unwrap();
        } else {
            to.raw_copy_file(entry).unwrap();
        }
    }
    to.finish().unwrap().into_inner()
}
