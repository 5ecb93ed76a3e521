//! HTTP as good public APIs speak it: entity tags, idempotency, preferences, pages.

use reqwest::{Method, header::HeaderValue};
use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    TestApp,
    stand_ins::{Manner, StandIn},
};

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One."]).await;
    let path = format!("/api/projects/{}", project["id"].as_str().unwrap());
    let first = app.client.get(&path).await;
    let tag = first.header("etag").expect("an entity tag").to_owned();
    let again = app.client.send(app.client.request(Method::GET, &path).header("if-none-match", &tag)).await;
    assert_eq!((again.status, again.bytes.len(), again.header("etag")), (304, 0, Some(tag.as_str())));
    app.client.patch(&path, json!({"title": "Changed"})).await.expect(200);
    let changed = app.client.send(app.client.request(Method::GET, &path).header("if-none-match", &tag)).await;
    assert_eq!(changed.status, 200);
    app.finish().await;
}

#[tokio::test]
async fn a_change_of_what_has_changed_is_refused() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One."]).await;
    for path in [
        format!("/api/projects/{}", project["id"].as_str().unwrap()),
        format!("/api/scenes/{}", project["scenes"][0]["id"].as_str().unwrap()),
    ] {
        let tag = app.client.get(&path).await.header("etag").unwrap().to_owned();
        let patch = |title: &str| app.client.request(Method::PATCH, &path).header("if-match", &tag).json(&json!({"title": title}));
        let changed = app.client.send(patch("First")).await;
        let next = changed.header("etag").unwrap().to_owned();
        assert_eq!(changed.expect(200)["title"], "First");
        app.client.send(patch("Second")).await.expect_error(412, ErrorCode::PreconditionFailed);
        assert_eq!(app.client.get(&path).await.expect(200)["title"], "First");
        // A change of nothing leaves it as others know it.
        assert_eq!(app.client.patch(&path, json!({})).await.header("etag"), Some(next.as_str()));
        // A condition that names nothing there is never holds, however it is written.
        for none in [&b"\"\""[..], b"", b"\"*\"", b"\"a,*,b\"", b"\"\xc3\xa9\"", b"\"\xe9\""] {
            let conditional = |method: Method| app.client.request(method, &path).header("if-match", HeaderValue::from_bytes(none).unwrap());
            let patch = conditional(Method::PATCH).json(&json!({"title": "Second"}));
            app.client.send(patch).await.expect_error(412, ErrorCode::PreconditionFailed);
            app.client.send(conditional(Method::DELETE)).await.expect_error(412, ErrorCode::PreconditionFailed);
        }
        for good in [format!("\"é\", {next}"), "*".to_owned()] {
            let good = HeaderValue::from_bytes(good.as_bytes()).unwrap();
            let again = app.client.request(Method::PATCH, &path).header("if-match", good).json(&json!({"title": "Third"}));
            app.client.send(again).await.expect(200);
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn what_has_changed_is_not_deleted_unseen() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One."]).await;
    let scene = &project["scenes"][0];
    let take = app.client.post_and_wait("/api/audio/generate", json!({"sceneId": scene["id"]})).await.expect(200);
    let path = |kind: &str, record: &Value| format!("/api/{kind}/{}", record["id"].as_str().unwrap());
    for path in [path("audio", &take), path("scenes", scene), path("projects", &project)] {
        let tag = app.client.get(&path).await.header("etag").unwrap().to_owned();
        let delete = |tag: &str| app.client.request(Method::DELETE, &path).header("if-match", tag.to_owned());
        app.client.send(delete("\"another\"")).await.expect_error(412, ErrorCode::PreconditionFailed);
        assert_eq!(app.client.get(&path).await.header("etag"), Some(tag.as_str()), "{path}");
        assert_eq!(app.client.send(delete(&tag)).await.status, 204, "{path}");
        app.client.get(&path).await.expect_error(404, ErrorCode::NotFound);
    }
    app.finish().await;
}

#[tokio::test]
async fn an_export_is_not_sent_again_while_nothing_changed() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One."]).await;
    let project = format!("/api/projects/{}", project["id"].as_str().unwrap());
    let formats = ["zip", "srt", "vtt", "markdown", "otio"].map(|format| format!("{project}/export?format={format}"));
    let mut tags = Vec::new();
    for path in &formats {
        let first = app.client.get(path).await;
        assert_eq!(first.status, 200);
        let tag = first.header("etag").expect("an entity tag").to_owned();
        let again = app.client.send(app.client.request(Method::GET, path).header("if-none-match", &tag)).await;
        assert_eq!((again.status, again.bytes.len(), again.header("etag")), (304, 0, Some(tag.as_str())), "{path}");
        assert!(!tags.contains(&tag), "{path} has the tag of another format");
        tags.push(tag);
    }
    app.client.patch(&project, json!({"title": "Changed"})).await.expect(200);
    for (path, tag) in formats.iter().zip(&tags) {
        let changed = app.client.send(app.client.request(Method::GET, path).header("if-none-match", tag)).await;
        assert_eq!(changed.status, 200, "{path}");
    }
    app.finish().await;
}

#[tokio::test]
async fn an_export_is_sent_whole() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One."]).await;
    for format in ["zip", "srt", "otio"] {
        let path = format!("/api/projects/{}/export?format={format}", project["id"].as_str().unwrap());
        // It is packed anew each time: a part of it would be one of another file.
        for (name, value) in
            [("range", "bytes=0-9"), ("range", "bytes=999999999-"), ("range", "bytes=x"), ("range", "bytes=0-1,5-9"), ("if-match", "\"x\"")]
        {
            let answer = app.client.send(app.client.request(Method::GET, &path).header(name, value)).await;
            assert_eq!((answer.status, answer.header("content-range")), (200, None), "{format}, {name}: {value}");
            assert_eq!(answer.header("content-length"), Some(answer.bytes.len().to_string().as_str()), "{format}, {name}: {value}");
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn who_has_it_already_may_keep_it_as_long_as_before() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let clip = app.client.post_and_wait("/api/audio/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(200);
    let peaks = format!("/api/audio/{}/peaks", clip["id"].as_str().unwrap());
    for path in [peaks.as_str(), clip["url"].as_str().unwrap(), "/api/settings", "/api/voices/preview?voiceId=espeak/en-us"] {
        let first = app.client.get(path).await;
        let tag = first.header("etag").unwrap_or_else(|| panic!("{path} has no entity tag")).to_owned();
        let again = app.client.send(app.client.request(Method::GET, path).header("if-none-match", &tag)).await;
        assert_eq!((again.status, again.bytes.len(), again.header("etag")), (304, 0, Some(tag.as_str())), "{path}");
        assert_eq!(again.header("cache-control"), first.header("cache-control"), "{path}");
    }
    app.finish().await;
}

#[tokio::test]
async fn the_app_is_packed_as_its_client_wants_it_and_each_packing_has_a_tag_of_its_own() {
    let app = TestApp::start().await;
    let ask = async |accepted: &str, known: &str| {
        let request = app.client.request(Method::GET, "/theme.js").header("accept-encoding", accepted).header("if-none-match", known);
        app.client.send(request).await
    };
    let plain = ask("", "").await;
    assert_eq!((plain.status, plain.header("content-encoding"), plain.header("vary")), (200, None, Some("Accept-Encoding")));
    for (accepted, encoding) in [
        ("gzip", Some("gzip")),
        ("br;q=0, gzip", Some("gzip")),
        ("br;q=0.5, gzip", Some("gzip")),
        ("gzip;q=0", None),
        ("gzip;q=0.5, identity", None),
        ("*;q=0", None),
    ] {
        let packed = ask(accepted, "").await;
        assert_eq!((packed.status, packed.header("content-encoding")), (200, encoding), "{accepted}");
        assert_eq!((packed.bytes == plain.bytes, packed.header("etag") == plain.header("etag")), (encoding.is_none(), encoding.is_none()));
        assert_eq!(ask(accepted, packed.header("etag").unwrap()).await.status, 304, "{accepted}");
        let other = if encoding.is_some() { "identity" } else { "gzip" };
        assert_eq!(ask(other, packed.header("etag").unwrap()).await.status, 200, "{accepted}");
    }
    app.finish().await;
}

#[tokio::test]
async fn the_same_key_starts_nothing_twice() {
    let counting = StandIn::new(Manner::FailFirst(0));
    let app = TestApp::with_providers(counting.among()).await;
    let project = app.client.project(&["Some words."]).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    let send = |body: Value| app.client.request(Method::POST, "/api/audio/generate").header("Idempotency-Key", "key-1").json(&body);
    let first = app.client.send(send(body.clone())).await;
    let location = first.header("location").unwrap().to_owned();
    let first = first.expect(202);
    let second = app.client.send(send(body.clone())).await;
    assert_eq!(second.header("location"), Some(location.as_str()));
    assert_eq!(second.expect(202), first);
    let other = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one", "speed": 1.5});
    app.client.send(send(other)).await.expect_error(422, ErrorCode::IdempotencyKeyReused);
    app.client.finished(&location).await;
    assert_eq!(counting.calls(), 1);

    // A refusal starts nothing: the same key may be used again, with a body that is right.
    let wrong = json!({"title": ""});
    let make = |body: &Value| app.client.request(Method::POST, "/api/projects").header("Idempotency-Key", "key-2").json(body);
    app.client.send(make(&wrong)).await.expect_error(422, ErrorCode::ValidationFailed);
    app.client.send(make(&json!({"title": "Right"}))).await.expect(201);
    app.finish().await;
}

#[tokio::test]
async fn who_waits_no_longer_than_that_is_answered_then() {
    let waiting = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(waiting.among()).await;
    let project = app.client.project(&["Some words."]).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    let answer = app.client.send(app.client.request(Method::POST, "/api/audio/generate").header("Prefer", "wait=0").json(&body)).await;
    assert_eq!(answer.header("preference-applied"), Some("wait=0"));
    let clip = answer.expect(202);
    waiting.until_running(1).await;
    waiting.let_go(1);
    assert_eq!(app.client.finished(&format!("/api/audio/{}", clip["id"].as_str().unwrap())).await["status"], "ready");
    app.finish().await;
}

#[tokio::test]
async fn of_a_preference_that_comes_twice_the_first_counts() {
    let waiting = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(waiting.among()).await;
    let project = app.client.project(&["Some words."]).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    let generate = || app.client.request(Method::POST, "/api/audio/generate").json(&body);
    for (preferences, applied) in [
        (&["wait=0, wait=300"][..], Some("wait=0")),
        (&["wait=0", "wait=300"], Some("wait=0")),
        (&["WAIT=\"0\"; wait=300"], Some("wait=0")),
        (&["handling=lenient; wait=300"], None),
        (&["wait=soon, wait=300"], None),
        (&["respond-async"], Some("respond-async")),
    ] {
        let request = preferences.iter().fold(generate(), |request, preference| request.header("Prefer", *preference));
        let answer = app.client.send(request).await;
        assert_eq!((answer.status, answer.header("preference-applied")), (202, applied), "{preferences:?}");
    }
    waiting.let_go(6);
    app.until_idle().await;
    app.finish().await;
}

#[tokio::test]
async fn lists_have_pages_and_are_searched() {
    let app = TestApp::start().await;
    for number in 0..5 {
        app.client
            .post("/api/projects", json!({"title": format!("Film {number}"), "prompt": if number == 3 { "100% of whales" } else { "" }}))
            .await
            .expect(201);
    }
    let mut titles = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let path = cursor.map_or_else(|| "/api/projects?limit=2".to_owned(), |cursor| format!("/api/projects?limit=2&cursor={cursor}"));
        let page = app.client.get(&path).await.expect(200);
        titles.extend(page["items"].as_array().unwrap().iter().map(|project| project["title"].as_str().unwrap().to_owned()));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(titles, ["Film 4", "Film 3", "Film 2", "Film 1", "Film 0"]);
    let found = app.client.get("/api/projects?q=100%25%20WHALES").await.expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    assert_eq!(app.client.get("/api/projects?q=%25").await.expect(200)["items"].as_array().unwrap().len(), 1);
    app.finish().await;
}
