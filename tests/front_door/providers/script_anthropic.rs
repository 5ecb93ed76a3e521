//! Claude writes: the request as the Messages API wants it.

use serde_json::json;
use studio_tests::{
    Reply, VendorServer,
    writers::{Dialect, End, script},
};

const DIALECT: Dialect = Dialect::Anthropic;

#[tokio::test]
async fn a_script_is_asked_for_with_an_output_format_and_streamed() {
    let server = VendorServer::start().await;
    server.on("POST", DIALECT.path(), |_, _| DIALECT.streamed(&script(3).to_string(), End::Complete));
    let app = DIALECT.app(&server).await;
    let written = app.client.post("/api/script/generate", DIALECT.wanted(3)).await.expect(201);
    assert_eq!((written["scenes"].as_array().unwrap().len(), &written["provider"]), (3, &json!("anthropic")));
    let asked = server.asked();
    assert_eq!((asked.len(), asked[0].path.as_str(), asked[0].query.as_str()), (1, "/v1/messages", ""));
    let (name, value) = DIALECT.key_header();
    assert_eq!(asked[0].header(name), Some(value.as_str()));
    assert_eq!((asked[0].header("anthropic-version"), asked[0].header("authorization")), (Some("2023-06-01"), None));
    let mut body = asked[0].json();
    assert_eq!(body["output_config"]["format"]["schema"].take()["additionalProperties"], false);
    assert!(body["system"].take().as_str().is_some_and(|told| told.contains("exactly 3 scenes")));
    assert!(body["max_tokens"].take().is_u64());
    let expected = json!({
        "model": "claude-sonnet-5-5",
        "max_tokens": null,
        "system": null,
        "messages": [{"role": "user", "content": "A mill by the sea, and the woman who keeps it."}],
        "output_config": {"format": {"type": "json_schema", "schema": null}},
        "stream": true,
    });
    assert_eq!(body, expected, "and no sampling parameter, which is refused");
    let spent = app.client.get("/api/settings").await.expect(200)["spending"]["monthUsd"].as_f64().unwrap();
    assert!((spent - (2.0 * 0.001 + 10.0 * 0.002)).abs() < 1e-9, "{spent}");
    app.finish().await;
}

#[tokio::test]
async fn an_overload_in_the_middle_of_a_stream_is_tried_again_and_its_scenes_are_taken_back() {
    let server = VendorServer::start().await;
    let (first, feed) = Reply::fed("text/event-stream");
    server.on_each("POST", DIALECT.path(), [first, DIALECT.streamed(&script(3).to_string(), End::Complete)]);
    let app = DIALECT.app(&server).await;
    let mut events = app.client.post_for_events("/api/script/generate", DIALECT.wanted(3)).await;
    let text = script(3).to_string();
    DIALECT.begin().iter().for_each(|event| feed.event(event));
    feed.event(&DIALECT.piece(&text[..text.rfind("Part 2").unwrap()]));
    let scene = events.until(|event| event.name == "scene").await;
    feed.event(&json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}));
    drop(feed);
    let gone = events.next().await.unwrap();
    assert_eq!((gone.name.as_str(), &gone.data["id"]), ("deleted", &scene.data["id"]));
    let done = events.until(|event| event.name == "done").await;
    assert_eq!((done.data["scenes"].as_array().unwrap().len(), server.asked().len()), (3, 2));
    app.finish().await;
}
