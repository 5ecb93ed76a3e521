//! Pictures: drawn for stand-ins to answer with, and asked for of a studio whose providers are stand-ins.

use engines::storyboard::{self, Card};
use serde_json::{Value, json};
use studio::config::{Config, Environment};

use crate::{Client, TestApp, VendorServer};

/// A PNG of that size.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let card = Card {
        title: "A hill",
        narration: "",
        visual_prompt: "A hill and a sun",
        style_prompt: "",
        leave_out: "",
        colours: &[],
        style: None,
        language: "en",
        position: 0,
        scene_count: 1,
        width,
        height,
        seed: 1,
    };
    storyboard::draw(&card).expect("it is drawn")
}

/// A studio with that in its environment, which asks that often before it gives up.
pub async fn studio(variables: &[(&str, &str)], attempts: u32) -> TestApp {
    let environment = Environment::of(variables.iter().copied());
    let app = TestApp::configured(|config| Config { environment, ..config }).await;
    app.client.patch("/api/settings", json!({"retries": {"attempts": attempts}})).await.expect(200);
    app
}

/// A scene of a new project that shows that.
pub async fn scene(client: &Client, visual_prompt: &str) -> Value {
    let scenes = json!([{"title": "The hill", "narration": "Some words.", "visualPrompt": visual_prompt}]);
    let project = client.post("/api/projects", json!({"title": "A test", "language": "en", "scenes": scenes})).await.expect(201);
    project["scenes"][0].clone()
}

/// The picture of a scene of its own, once it is finished, however that went.
pub async fn drawn(client: &Client, options: Value) -> Value {
    let scene = scene(client, "A hill and a sun").await;
    drawn_for(client, &scene, options).await
}

/// The picture of that scene, once it is finished, however that went.
pub async fn drawn_for(client: &Client, scene: &Value, options: Value) -> Value {
    let body = json!({"sceneId": scene["id"], "stylePrompt": "ink", "modelOptions": options});
    client.post_and_wait("/api/image/generate", body).await.expect(200)
}

/// What a picture that failed says: its code, and whether its message holds those words.
#[track_caller]
pub fn assert_failed(picture: &Value, code: &str, words: &str) {
    assert_eq!((&picture["status"], &picture["error"]["code"]), (&json!("failed"), &json!(code)), "{picture}");
    let message = picture["error"]["message"].as_str().expect("a message");
    assert!(message.contains(words), "{message}");
    assert!(!message.contains('<'), "no page is shown: {message}");
}

/// The vendor was shown the key, in that header of every request and nowhere else; and none of those records shows it.
#[track_caller]
pub fn assert_secret(vendor: &VendorServer, key: &str, header: &str, value: &str, records: &[&Value]) {
    let asked = vendor.asked();
    assert!(!asked.is_empty(), "nobody was asked");
    for asked in asked {
        assert_eq!(asked.header(header), Some(value), "{} {}", asked.method, asked.path);
        let others = asked.headers.iter().filter(|(name, _)| name.as_str() != header);
        let mut shown = others.filter(|(_, value)| String::from_utf8_lossy(value.as_bytes()).contains(key));
        assert!(shown.next().is_none(), "another header shows the key");
        assert!(!asked.path.contains(key) && !asked.query.contains(key) && !asked.text().contains(key));
    }
    for record in records {
        assert!(!record.to_string().contains(key), "{record}");
    }
}
