//! What is too much: answers that are larger than anything that was asked for can be.

use bytes::Bytes;
use serde_json::{Value, json};
use studio_tests::{
    Reply, VendorServer,
    pictures::{drawn_for, png, scene, studio},
    stand_ins::silence,
};

const KEY: &str = "MARKED-sizes-key-0123456789";

fn assert_too_much(record: &Value, told: &str) {
    assert_eq!((&record["status"], &record["error"]["code"]), (&json!("failed"), &json!("provider_bad_response")), "{record}");
    assert!(record["error"]["message"].as_str().unwrap().contains(told), "{record}");
}

#[tokio::test]
async fn json_of_more_than_64_mb_is_not_read() {
    let server = VendorServer::start().await;
    let (reply, feed) = Reply::fed("application/json");
    server.on_each("POST", "/v1/images/generations", [reply]);
    let v1 = format!("{}/v1", server.url());
    let app = studio(&[("OPENAI_BASE_URL", &v1), ("OPENAI_API_KEY", KEY)], 5).await;
    let scene = scene(&app.client, "A hill").await;
    feed.send("{\"data\": [{\"b64_json\": \"");
    let some = Bytes::from(vec![b'A'; 1 << 20]);
    (0..65).for_each(|_| feed.send(some.clone()));
    // It ends where it is too much, and does not wait for more.
    assert_too_much(&drawn_for(&app.client, &scene, json!({"provider": "openai"})).await, "sends more than 64 MB");
    assert_eq!(server.asked_at("POST", "/v1/images/generations").len(), 1, "it was paid for");
    feed.until_dropped().await;
    app.finish().await;
}

#[tokio::test]
async fn a_file_that_is_larger_than_its_kind_may_be_is_not_fetched_to_its_end() {
    let server = VendorServer::start().await;
    let photo = json!({"src": {"large2x": format!("{}/files/1.png", server.url())}, "photographer": "Joey"});
    server.on_json("GET", "/v1/search", json!({"photos": [photo]}));
    let (picture, pixels) = Reply::fed("image/png");
    let (sound, samples) = Reply::fed("audio/wav");
    server.on_each("GET", "/files/1.png", [picture]);
    server.on_each("POST", "/v1/audio/speech", [sound]);
    let (url, v1) = (server.url(), format!("{}/v1", server.url()));
    let environment = [("PEXELS_BASE_URL", &*url), ("PEXELS_API_KEY", KEY), ("COMPATIBLE_BASE_URL", &*v1)];
    let app = studio(&environment, 1).await;
    let scene = scene(&app.client, "A hill").await;
    let zeros = Bytes::from(vec![0_u8; 1 << 20]);
    pixels.send(png(640, 360));
    (0..65).for_each(|_| pixels.send(zeros.clone()));
    assert_too_much(&drawn_for(&app.client, &scene, json!({"provider": "pexels"})).await, "sends more than 64 MB for a picture");
    pixels.until_dropped().await;
    samples.send(silence(1.0));
    (0..257).for_each(|_| samples.send(zeros.clone()));
    let body = json!({"sceneId": scene["id"], "voiceId": "compatible/alloy"});
    let clip = app.client.post_and_wait("/api/audio/generate", body).await.expect(200);
    assert_too_much(&clip, "sends more than 256 MB for a sound");
    samples.until_dropped().await;
    let left =
        std::fs::read_dir(app.data_dir().join("work")).unwrap().flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap());
    let large: Vec<_> = left.map(|file| file.unwrap()).filter(|file| file.metadata().unwrap().len() > 1 << 20).collect();
    assert!(large.is_empty(), "half a download stays: {large:?}");
    app.finish().await;
}
