//! Stock clips by Pexels: found, fetched, and shown with the name of who filmed them.

use serde_json::{Value, json};
use studio_tests::{
    Reply, TestApp, VendorServer,
    footage::{attempts, clip, clip_of, scene_with_picture},
};

const KEY: &str = "pexels-MARKED-0123456789";
const SEARCH: &str = "/videos/search";

fn video(url: &str, seconds: u32, name: &str) -> Value {
    let file = |name: &str, width: u32, height: u32, kind: &str| json!({"id": 1, "quality": "hd", "file_type": kind, "width": width, "height": height, "fps": 25.0, "link": format!("{url}/files/{name}")});
    json!({
        "id": 7, "width": 3840, "height": 2160, "duration": seconds, "url": "https://www.pexels.com/video/7/",
        "user": {"id": 1, "name": name, "url": "https://www.pexels.com/@somebody"},
        "video_files": [
            file("large.mp4", 3840, 2160, "video/mp4"), file("small.mp4", 640, 360, "video/mp4"), file("hd.mp4", 1920, 1080, "video/mp4"),
            file("list.m3u8", 1920, 1080, "application/x-mpegURL"),
        ],
    })
}

async fn studio(server: &VendorServer) -> TestApp {
    TestApp::with_environment([("PEXELS_BASE_URL", &server.url()), ("PEXELS_API_KEY", KEY)]).await
}

#[tokio::test]
async fn a_clip_is_found_by_what_the_scene_shows_and_names_who_filmed_it() {
    let server = VendorServer::start().await;
    let url = server.url();
    let film = clip("green", 6.0).await;
    server.on("GET", "/files/hd.mp4", move |_, _| Reply::bytes("video/mp4", film.clone()));
    // Much is not found, less is.
    let found = json!({"page": 1, "videos": [video(&url, 2, "Too Short"), video(&url, 90, "Too Long"), video(&url, 6, "Joey\nFarina")]});
    server.on_each("GET", SEARCH, [Reply::json(&json!({"page": 1, "videos": []})), Reply::json(&found)]);
    let app = studio(&server).await;
    let (scene, picture) = scene_with_picture(&app.client, "Words.", "Wide shot of an old wooden windmill on a green hill at dawn").await;
    let made = clip_of(&app.client, &picture, json!({"provider": "pexels", "durationSeconds": 5, "resolution": "1080p"})).await;
    assert_eq!((&made["status"], &made["sceneId"], &made["costUsd"]), (&json!("ready"), &scene["id"], &json!(0.0)), "{made}");
    assert_eq!(
        made["credit"],
        json!({
            "author": "Joey Farina", "authorUrl": "https://www.pexels.com/@somebody", "source": "Pexels",
            "sourceUrl": "https://www.pexels.com/video/7/",
        })
    );
    assert_eq!(made["options"]["prompt"], "Wide shot of an old wooden windmill on a green hill at dawn");
    let asked = server.asked_at("GET", SEARCH);
    assert_eq!(asked[0].query, "query=old+wooden+windmill+green+hill+dawn&orientation=landscape&per_page=20");
    assert_eq!(asked[1].query, "query=old+wooden+windmill&orientation=landscape&per_page=20");
    assert_eq!(asked[0].header("authorization"), Some(KEY));
    let all = app.client.get(&format!("/api/video/by-project/{}", scene["projectId"].as_str().unwrap())).await.expect(200);
    assert_eq!(all[0]["credit"]["author"], "Joey Farina");
    app.finish().await;
}

#[tokio::test]
async fn nothing_found_a_refused_key_and_rubbish_are_told() {
    let server = VendorServer::start().await;
    let url = server.url();
    let app = studio(&server).await;
    attempts(&app.client, 2).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let outcome = async |options: Value| clip_of(&app.client, &picture, options).await;
    server.on_json("GET", SEARCH, json!({"videos": []}));
    let made = outcome(json!({"provider": "pexels", "prompt": "A griffin"})).await;
    assert_eq!((&made["status"], &made["error"]["code"], &made["attempts"]), (&json!("failed"), &json!("provider_rejected"), &json!(1)));
    assert!(made["error"]["message"].as_str().unwrap().contains("griffin"), "{made}");
    server.on("GET", SEARCH, |_, _| Reply::json(&json!({"status": 401, "code": "Unauthorized"})).status(401));
    assert_eq!(outcome(json!({"provider": "pexels"})).await["error"]["code"], "provider_auth_failed");
    server.on("GET", SEARCH, |_, _| Reply::bytes("text/html", "<html></html>"));
    assert_eq!(outcome(json!({"provider": "pexels"})).await["error"]["code"], "provider_bad_response");
    server.on_json("GET", SEARCH, json!({"videos": [video(&url, 6, "Somebody")]}));
    server.on("GET", "/files/hd.mp4", |_, _| Reply::bytes("video/mp4", "<html>gone</html>"));
    assert_eq!(outcome(json!({"provider": "pexels"})).await["error"]["code"], "provider_bad_response");
    server.on_json("GET", SEARCH, json!({"pictures": []}));
    assert_eq!(outcome(json!({"provider": "pexels"})).await["error"]["code"], "provider_bad_response");
    server.on("GET", SEARCH, |_, _| Reply::json(&json!({"error": "Rate limit exceeded"})).status(429).header("retry-after-ms", "10"));
    assert_eq!(outcome(json!({"provider": "pexels"})).await["error"]["code"], "provider_rate_limited");
    let mut elsewhere = video(&url, 6, "Somebody");
    elsewhere["video_files"][2]["link"] = json!("http://169.254.169.254/latest");
    server.on_json("GET", SEARCH, json!({"videos": [elsewhere]}));
    assert_eq!(outcome(json!({"provider": "pexels"})).await["error"]["code"], "provider_bad_response");
    server.on_json("GET", SEARCH, json!({"videos": []}));
    server.on_json("GET", "/v1/search", json!({"photos": []}));
    let test = app.client.post("/api/settings/providers/pexels/test", json!({})).await.expect(200);
    assert_eq!(test["ok"], true, "{test}");
    assert!(server.asked().iter().all(|asked| asked.path.starts_with("/files/") || asked.header("authorization") == Some(KEY)));
    app.finish().await;
}

#[tokio::test]
async fn what_passes_is_waited_for_and_each_take_may_be_another() {
    let server = VendorServer::start().await;
    let url = server.url();
    let film = clip("green", 1.0).await;
    server.on("GET", "/files/small.mp4", move |_, _| Reply::bytes("video/mp4", film.clone()));
    let names = ["One", "Two", "Three", "Four"];
    let mut found: Vec<Value> = names.iter().map(|name| video(&url, 20, name)).collect();
    for found in &mut found {
        // Only a small one is there.
        let small = found["video_files"][1].clone();
        found["video_files"] = json!([small]);
    }
    let answer = json!({"videos": found});
    let busy = Reply::json(&json!({"error": "Rate limit exceeded"})).status(429).header("retry-after", "1");
    server.on_each("GET", SEARCH, [busy, Reply::bytes("text/html", "<html></html>").status(502), Reply::hang_up(), Reply::json(&answer)]);
    let app = studio(&server).await;
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let made = clip_of(&app.client, &picture, json!({"provider": "pexels"})).await;
    assert_eq!((&made["status"], &made["attempts"]), (&json!("ready"), &json!(4)), "{made}");
    let asked = server.asked_at("GET", SEARCH);
    assert!(asked[1].at - asked[0].at >= std::time::Duration::from_secs(1), "it waits as long as it is asked to");
    server.on_json("GET", SEARCH, answer);
    let mut authors = std::collections::BTreeSet::new();
    for _ in 0..12 {
        let made = clip_of(&app.client, &picture, json!({"provider": "pexels"})).await;
        authors.insert(made["credit"]["author"].as_str().unwrap().to_owned());
    }
    assert!(authors.len() > 1, "one of four, chosen 12 times: {authors:?}");
    app.finish().await;
}
