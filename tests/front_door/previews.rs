//! A scene by itself, as its film would show it now.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{Answer, Database, TestApp, client::bad_paths, eventually, footage, process::Process};

/// What is in a file, as ffprobe tells it.
#[derive(Debug, PartialEq)]
struct Seen {
    /// Chapters are a track too, which is left out here.
    codecs: Vec<String>,
    size: (u64, u64),
    frames: u64,
    rate: String,
    sound_seconds: f64,
}

async fn seen(video: &[u8]) -> Seen {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("preview.mp4");
    std::fs::write(&file, video).expect("written");
    let entries = "stream=codec_name,width,height,nb_read_packets,r_frame_rate,duration";
    let mut command = tokio::process::Command::new("ffprobe");
    command.args(["-v", "error", "-of", "json", "-count_packets", "-show_entries", entries]).arg(&file);
    let told: Value = serde_json::from_slice(&command.output().await.expect("ffprobe runs").stdout).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let streams = told["streams"].as_array().expect("streams");
    let video = &streams[0];
    Seen {
        codecs: streams.iter().map(|stream| text(&stream["codec_name"])).filter(|codec| codec != "bin_data").collect(),
        size: (video["width"].as_u64().expect("a width"), video["height"].as_u64().expect("a height")),
        frames: text(&video["nb_read_packets"]).parse().expect("a number"),
        rate: text(&video["r_frame_rate"]),
        sound_seconds: text(&streams[1]["duration"]).parse().expect("a number"),
    }
}

/// A project whose scenes have all that a film needs.
async fn complete(app: &TestApp, shape: &str, narrations: &[&str]) -> Value {
    let scenes: Vec<Value> = narrations.iter().map(|narration| json!({"narration": narration})).collect();
    let body = json!({"title": "A test", "language": "en", "aspectRatio": shape, "scenes": scenes});
    let project = app.client.post("/api/projects", body).await.expect(201);
    for kind in ["audio", "image"] {
        app.client.post_and_wait(&format!("/api/{kind}/generate-batch"), json!({"projectId": project["id"]})).await.expect(200);
    }
    app.client.get(&format!("/api/projects/{}", project["id"].as_str().unwrap())).await.expect(200)
}

fn address(scene: &Value) -> String {
    format!("/api/scenes/{}/preview", scene["id"].as_str().expect("an id"))
}

/// A preview, and its tag.
async fn preview(app: &TestApp, path: &str) -> (Vec<u8>, String) {
    let answer = app.client.get(path).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("video/mp4")), "{}", String::from_utf8_lossy(&answer.bytes));
    assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
    (answer.bytes.clone(), tag(&answer))
}

fn tag(answer: &Answer) -> String {
    answer.header("etag").expect("an entity tag").to_owned()
}

/// How many frames a scene has that is spoken for so long.
fn frames(spoken: &Value, fps: f64) -> u64 {
    ((0.35 + spoken.as_f64().expect("a length") + 0.5) * fps + 1e-6).round() as u64
}

/// The names of the videos that are kept for later films.
fn kept(app: &TestApp, project: &Value) -> BTreeSet<String> {
    let folder = app.data_dir().join("cache/parts").join(project["id"].as_str().unwrap());
    let names = std::fs::read_dir(folder).expect("parts").map(|file| file.expect("a file").file_name().into_string().expect("a name"));
    names.filter(|name| name.ends_with(".mp4")).collect()
}

/// The folders in which something is made at the moment.
fn work(app: &TestApp) -> Vec<PathBuf> {
    std::fs::read_dir(app.data_dir().join("work")).expect("the work folder").map(|entry| entry.expect("a folder").path()).collect()
}

/// The processes that were told of a folder.
fn running(folder: &Path) -> usize {
    let folder = folder.to_string_lossy().into_owned();
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| std::fs::read(entry.ok()?.path().join("cmdline")).ok());
    processes.filter(|line| String::from_utf8_lossy(line).contains(&folder)).count()
}

#[tokio::test]
async fn a_scene_is_seen_in_every_shape_as_long_as_it_is_spoken() {
    let app = TestApp::start().await;
    for (shape, size) in [("16:9", (640, 360)), ("9:16", (360, 640)), ("1:1", (360, 360)), ("4:5", (360, 450))] {
        let project = complete(&app, shape, &["Slow but steady wins."]).await;
        let scene = &project["scenes"][0];
        let (video, _) = preview(&app, &address(scene)).await;
        let seen = seen(&video).await;
        let frames = frames(&scene["audio"]["durationSeconds"], 30.0);
        assert_eq!((seen.size, seen.frames, seen.rate.as_str()), (size, frames, "30/1"), "{shape}");
        assert_eq!(seen.codecs, ["h264", "aac", "mov_text"], "captions are as the settings have them");
        assert!((seen.sound_seconds - frames as f64 / 30.0).abs() < 0.03, "{seen:?}");
    }
    assert_eq!(app.database.count("select count(*) as n from video_clips").await, 0, "it is no record");
    eventually("nothing is left", async || work(&app).is_empty()).await;
    app.finish().await;
}

#[tokio::test]
async fn it_is_as_it_is_asked_for() {
    let app = TestApp::start().await;
    let project = complete(&app, "16:9", &["Slow but steady wins."]).await;
    let scene = &project["scenes"][0];
    let (path, spoken) = (address(scene), &scene["audio"]["durationSeconds"]);
    let (_, usual) = preview(&app, &path).await;
    let mut tags = BTreeSet::from([usual.clone()]);
    for (query, codecs, fps) in [
        ("subtitles=burned&captionStyle=karaoke", &["h264", "aac"][..], 30.0),
        ("subtitles=none&fps=24", &["h264", "aac"], 24.0),
        ("motion=none&transition=dip", &["h264", "aac", "mov_text"], 30.0),
        ("motionStrength=2&clipVolumeDb=-6", &["h264", "aac", "mov_text"], 30.0),
    ] {
        let (video, tag) = preview(&app, &format!("{path}?{query}")).await;
        let seen = seen(&video).await;
        assert_eq!((seen.codecs, seen.frames), (codecs.iter().map(|name| (*name).to_owned()).collect(), frames(spoken, fps)), "{query}");
        assert!(tags.insert(tag), "{query} is another preview");
    }
    // What is asked for is what the settings have, and then the other way round.
    let defaults = app.client.get("/api/settings").await.expect(200)["defaults"]["video"].clone();
    let same = format!("{path}?fps={}&motion={}", defaults["fps"], defaults["motion"].as_str().unwrap());
    assert_eq!(preview(&app, &same).await.1, usual);
    app.client.patch("/api/settings", json!({"defaults": {"video": {"subtitles": "none", "fps": 24}}})).await.expect(200);
    assert!(!tags.insert(preview(&app, &path).await.1), "it is as the settings have it by now");
    app.finish().await;
}

#[tokio::test]
async fn what_was_made_is_not_made_again_until_it_would_be_another() {
    let app = TestApp::start().await;
    let project = complete(&app, "16:9", &["Slow but steady wins."]).await;
    let scene = &project["scenes"][0];
    let (path, first) = (address(scene), scene["selectedAudioId"].clone());
    let (video, etag) = preview(&app, &path).await;

    // With nothing but itself left, it is all that is needed.
    let name = format!("{}.mp4", etag.trim_matches('"'));
    let folder = app.data_dir().join("cache/parts").join(project["id"].as_str().unwrap());
    assert!(kept(&app, &project).contains(&name));
    for file in std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap()).filter(|file| *file.file_name() != *name) {
        std::fs::remove_file(file.path()).unwrap();
    }
    assert_eq!(preview(&app, &path).await, (video.clone(), etag.clone()));
    assert_eq!(kept(&app, &project), BTreeSet::from([name]), "nothing was encoded");

    let part = app.client.send(app.client.request(Method::GET, &path).header("range", "bytes=4-7")).await;
    assert_eq!((part.status, part.bytes.as_slice(), tag(&part)), (206, b"ftyp".as_slice(), etag.clone()));
    assert_eq!(part.header("content-range"), Some(format!("bytes 4-7/{}", video.len()).as_str()));
    let two = app.client.send(app.client.request(Method::GET, &path).header("range", "bytes=4-7, 0-3")).await;
    let found = |bytes: &[u8]| two.bytes.windows(bytes.len()).any(|window| window == bytes);
    assert!(two.status == 206 && found(b"ftyp") && found(&video[..4]), "{two:?}");
    let known = app.client.send(app.client.request(Method::GET, &path).header("if-none-match", &etag)).await;
    assert_eq!((known.status, known.bytes.len(), tag(&known)), (304, 0, etag.clone()));
    let head = app.client.send(app.client.request(Method::HEAD, &path)).await;
    assert_eq!((head.status, head.bytes.len(), head.header("content-length")), (200, 0, Some(video.len().to_string().as_str())));

    // Another narration is another preview, and the first one again is the first.
    let body = json!({"sceneId": scene["id"], "speed": 1.5});
    assert_eq!(app.client.post_and_wait("/api/audio/generate", body).await.expect(200)["status"], "ready");
    let (other, changed) = preview(&app, &path).await;
    assert!(changed != etag && seen(&other).await.frames < seen(&video).await.frames);
    let known = app.client.send(app.client.request(Method::GET, &path).header("if-none-match", &etag)).await;
    assert_eq!((known.status, tag(&known)), (200, changed));
    let selected = json!({"selectedAudioId": first});
    app.client.patch(&format!("/api/scenes/{}", scene["id"].as_str().unwrap()), selected).await.expect(200);
    assert_eq!(preview(&app, &path).await.1, etag);
    // What is not seen in it changes nothing.
    let unseen = json!({"visualPrompt": scene["visualPrompt"], "title": scene["title"]});
    app.client.patch(&format!("/api/scenes/{}", scene["id"].as_str().unwrap()), unseen).await.expect(200);
    assert_eq!(preview(&app, &path).await.1, etag);
    app.finish().await;
}

#[tokio::test]
async fn a_film_after_it_is_made_of_its_parts() {
    let app = TestApp::start().await;
    let words = ["The fox met the crow.", "The crow had a piece of cheese.", "The fox praised her voice.", "She sang."];
    for (transition, between) in [("cut", 0), ("crossfade", 3)] {
        let project = complete(&app, "16:9", &words).await;
        let scenes = project["scenes"].as_array().unwrap();
        let mut lengths = Vec::new();
        for scene in scenes {
            let (video, _) = preview(&app, &format!("{}?transition={transition}", address(scene))).await;
            lengths.push(seen(&video).await.frames);
        }
        let before = kept(&app, &project);
        let options = json!({"quality": "preview", "transition": transition});
        let film =
            app.client.post_and_wait("/api/video/generate", json!({"projectId": project["id"], "options": options})).await.expect(200);
        assert_eq!(film["status"], "ready", "{film}");
        // What lies between scenes, and the film's last half second, which makes good what rounding adds up to.
        let encoded = kept(&app, &project).difference(&before).count();
        assert!((between..=between + 1).contains(&encoded), "{transition}: {encoded}");
        for (span, length) in film["check"]["scenes"].as_array().unwrap().iter().zip(lengths).take(scenes.len() - 1) {
            let seconds = span["endSeconds"].as_f64().unwrap() - span["startSeconds"].as_f64().unwrap();
            assert_eq!((seconds * 30.0).round() as u64, length, "{span}");
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn a_clip_is_seen_in_its_pictures_place_and_heard_if_it_is_asked_for() {
    let app = TestApp::start().await;
    let project = complete(&app, "16:9", &["Slow but steady wins the race."]).await;
    let scene = &project["scenes"][0];
    let path = format!("{}?subtitles=none", address(scene));
    let (still, _) = preview(&app, &path).await;
    let body = json!({"imageIds": [scene["selectedImageId"]], "options": {"quality": "preview", "fps": 24, "durationSeconds": 1.0}});
    let clip = app.client.post_and_wait("/api/video/generate", body).await.expect(200);
    assert_eq!(clip["status"], "ready", "{clip}");
    let (moving, tag) = preview(&app, &path).await;
    assert_ne!(still, moving);
    let frames = frames(&scene["audio"]["durationSeconds"], 30.0);
    assert_eq!((seen(&moving).await.frames, seen(&still).await.frames), (frames, frames));
    assert_ne!(preview(&app, &format!("{path}&clipVolumeDb=-6")).await.1, tag);
    app.finish().await;
}

#[tokio::test]
async fn what_lacks_something_is_told_as_for_a_film() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One.", ""]).await;
    let body = json!({"projectId": project["id"], "options": {"fillMissing": false}});
    let of_film = app.client.post("/api/video/generate", body.clone()).await.expect_error(409, ErrorCode::Conflict);
    for (index, scene) in project["scenes"].as_array().unwrap().iter().enumerate() {
        let error = app.client.get(&address(scene)).await.expect_error(409, ErrorCode::Conflict);
        assert_eq!(error.details["scenes"], json!([of_film.details["scenes"][index]]), "{error:?}");
    }
    // A scene without words is seen in silence.
    let silent = &project["scenes"][1];
    app.client.post_and_wait("/api/image/generate", json!({"sceneId": silent["id"]})).await.expect(200);
    assert_eq!(seen(&preview(&app, &address(silent)).await.0).await.frames, 90);

    // What was spoken of other words is not what the film would say.
    let whole = complete(&app, "16:9", &["One."]).await;
    let scene = &whole["scenes"][0];
    let (_, known) = preview(&app, &address(scene)).await;
    app.client.patch(&format!("/api/scenes/{}", scene["id"].as_str().unwrap()), json!({"narration": "Two."})).await.expect(200);
    let request = app.client.request(Method::GET, &address(scene)).header("if-none-match", &known);
    let error = app.client.send(request).await.expect_error(409, ErrorCode::Conflict);
    assert_eq!(error.details["scenes"], json!([{"sceneId": scene["id"], "position": 0, "missing": ["audio"]}]));
    assert!(error.message.contains("a narration that is up to date"), "{error:?}");

    app.client.get("/api/scenes/01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81/preview").await.expect_error(404, ErrorCode::NotFound);
    let wrong = format!("{}?motion=sideways&fps=23&motionStrength=9&clipVolumeDb=NaN&captionStyle=loud&quality=standard", address(silent));
    let error = app.client.get(&wrong).await.expect_error(422, ErrorCode::ValidationFailed);
    let told: BTreeSet<String> = bad_paths(&error).into_iter().collect();
    assert_eq!(told, BTreeSet::from(["captionStyle", "clipVolumeDb", "fps", "motion", "motionStrength", "quality"].map(str::to_owned)));
    app.finish().await;
}

#[tokio::test]
async fn what_is_broken_is_told_by_the_scenes_own_number() {
    let app = TestApp::start().await;
    let project = complete(&app, "16:9", &["One.", "Two."]).await;
    let scene = &project["scenes"][1];
    let picture = app.client.get(&format!("/api/image/{}", scene["selectedImageId"].as_str().unwrap())).await.expect(200);
    std::fs::remove_file(app.data_dir().join(picture["url"].as_str().unwrap().trim_start_matches('/'))).unwrap();
    let error = app.client.get(&address(scene)).await.expect_error(422, ErrorCode::ProviderRejected);
    assert!(error.message.starts_with("Scene 2: its picture"), "{error:?}");
    assert_eq!((&error.details["sceneId"], &error.details["position"]), (&scene["id"], &json!(1)));
    eventually("nothing is left", async || work(&app).is_empty()).await;
    app.finish().await;
}

/// A scene that takes a while to be made: it is spoken for so long.
async fn long(app: &TestApp, seconds: f64) -> Value {
    let scene = app.client.project(&["Some words."]).await["scenes"][0].clone();
    footage::upload(&app.client, &scene, footage::noisy_picture().await).await;
    let form = Form::new()
        .text("sceneId", scene["id"].as_str().expect("an id").to_owned())
        .part("file", Part::bytes(footage::tone(seconds).await).file_name("tone.wav"));
    app.client.send(app.client.request(Method::POST, "/api/audio/upload").multipart(form)).await.expect(201);
    scene
}

#[tokio::test]
async fn what_two_ask_for_is_made_once_although_the_first_goes_away() {
    let app = TestApp::start().await;
    let scene = long(&app, 45.0).await;
    let path = format!("{}?fps=60&subtitles=burned", address(&scene));
    let ask = || tokio::spawn(app.client.request(Method::GET, &path).send());
    let in_work = app.data_dir().join("work");
    let first = ask();
    eventually("it is begun", async || running(&in_work) > 0).await;
    let second = ask();
    first.abort();
    let mut folders = BTreeSet::from_iter(work(&app));
    eventually("it is there", async || {
        folders.extend(work(&app));
        second.is_finished()
    })
    .await;
    assert_eq!(folders.len(), 1, "it is made once: {folders:?}");
    let answer = second.await.expect("it ends").expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);
    let video = answer.bytes().await.expect("it is whole");
    assert_eq!(seen(&video).await.frames, frames(&json!(45.0), 60.0));
    eventually("nothing is left", async || work(&app).is_empty()).await;
    app.finish().await;
}

#[tokio::test]
async fn without_ffmpeg_it_is_refused_as_a_film_is() {
    let (database, folder) = (Database::create().await, tempfile::tempdir().expect("a folder"));
    let server = Process::start_in(&[("PATH", "/nowhere")], &database, folder.path());
    let project = server.client.project(&["One."]).await;
    let film = server.client.post("/api/video/generate", json!({"projectId": project["id"]})).await;
    let film = film.expect_error(409, ErrorCode::ProviderNotConfigured);
    let path = address(&project["scenes"][0]);
    assert_eq!(server.client.get(&path).await.expect_error(409, ErrorCode::ProviderNotConfigured), film);
}

#[tokio::test]
async fn as_many_are_made_at_a_time_as_there_are_cores() {
    let app = TestApp::start().await;
    let cores = std::thread::available_parallelism().unwrap().get();
    let scene = long(&app, 10.0).await;
    let asked: Vec<_> = (0..cores + 2)
        .map(|number| {
            let path = format!("{}?subtitles=none&motionStrength={}", address(&scene), 0.5 + number as f64 / 1000.0);
            tokio::spawn(app.client.request(Method::GET, &path).send())
        })
        .collect();
    let mut most = 0;
    eventually("all are there", async || {
        most = most.max(work(&app).len());
        asked.iter().all(tokio::task::JoinHandle::is_finished)
    })
    .await;
    for one in asked {
        assert_eq!(one.await.expect("it ends").expect("an answer").status().as_u16(), 200);
    }
    assert!(most <= cores && (most > 1 || cores == 1), "{most} at a time on {cores} cores");
    app.finish().await;
}
