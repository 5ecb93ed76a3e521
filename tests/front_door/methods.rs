//! Every method on every route: HEAD, OPTIONS and those that there are not.

use reqwest::Method;
use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    TestApp,
    client::bad_paths,
    stand_ins::{Manner, StandIn},
};

const NOBODY: &str = "01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81";

#[tokio::test]
async fn every_route_refuses_other_methods_and_says_which_it_has() {
    let app = TestApp::start().await;
    let document = app.client.get("/api/openapi.json").await.expect(200);
    let described = document["paths"].as_object().unwrap().iter().map(|(path, operations)| {
        let methods: Vec<String> = operations.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
        (path.replace("{id}", NOBODY).replace("{projectId}", NOBODY), methods)
    });
    let media = format!("/media/audio/{NOBODY}.wav");
    let beside = ["/api/openapi.json", "/api/openapi-3.0.json", "/api/docs", "/api/docs/", "/api/docs/nope", media.as_str(), "/"];
    let beside = beside.into_iter().map(|path| (path.to_owned(), vec!["GET".to_owned()]));
    for (path, methods) in described.chain(beside) {
        let options = app.client.send(app.client.request(Method::OPTIONS, &path)).await;
        assert_eq!((options.status, options.bytes.len()), (204, 0), "OPTIONS {path}");
        let allow: Vec<String> = options.header("allow").expect("Allow").split(", ").map(str::to_owned).collect();
        for other in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"] {
            assert_eq!(allow.contains(&other.to_owned()), methods.contains(&other.to_owned()), "{other} {path}: {allow:?}");
            if methods.contains(&other.to_owned()) {
                continue;
            }
            let answer = app.client.send(app.client.request(other.parse().unwrap(), &path)).await;
            let told = answer.header("allow").unwrap_or_else(|| panic!("{other} {path} has no Allow")).to_owned();
            assert_eq!(told.split(", ").collect::<Vec<_>>(), allow, "{other} {path}");
            answer.expect_error(405, ErrorCode::MethodNotAllowed);
        }
        assert_eq!(allow.contains(&"HEAD".to_owned()), methods.contains(&"GET".to_owned()), "{path}");
    }
    app.client.get("/api/docs/nope").await.expect_error(404, ErrorCode::NotFound);
    app.client.get("/api/projects/import").await.expect_error(405, ErrorCode::MethodNotAllowed);
    app.client.delete("/api/audio/generate").await.expect_error(405, ErrorCode::MethodNotAllowed);
    for path in ["/api", "/api/", "/api/projects/", "/api/nothing", "/media/x", "/media/x/y/z"] {
        app.client.get(path).await.expect_error(404, ErrorCode::NotFound);
        app.client.send(app.client.request(Method::OPTIONS, path)).await.expect_error(404, ErrorCode::NotFound);
    }
    app.finish().await;
}

#[tokio::test]
async fn a_path_is_the_same_however_it_is_spelled() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One."]).await;
    let id = project["id"].as_str().unwrap();
    let spelled = format!("/%61pi/pro%6Aects/{id}");
    let read = app.client.get(&spelled).await;
    assert_eq!(read.header("cache-control"), Some("no-cache"));
    assert_eq!(read.expect(200)["id"], project["id"]);
    let error = app.client.get(&format!("{spelled}?x=1")).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["x"]);
    let error = app.client.post(&format!("{spelled}/duplicate"), json!({"x": 1})).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["x"]);
    let refused = app.client.send(app.client.request(Method::PUT, &spelled)).await;
    assert_eq!(refused.header("allow"), Some("GET, DELETE, PATCH, HEAD, OPTIONS"));
    refused.expect_error(405, ErrorCode::MethodNotAllowed);
    app.client.get("/%61pi/nothing").await.expect_error(404, ErrorCode::NotFound);
    // What means something else escaped stays as it is.
    app.client.get(&format!("/api/projects%2F{id}")).await.expect_error(404, ErrorCode::NotFound);
    app.client.get(&format!("/api/projects/%25{id}")).await.expect_error(404, ErrorCode::NotFound);
    app.finish().await;
}

#[tokio::test]
async fn head_is_get_without_its_body() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One."]).await;
    let id = project["id"].as_str().unwrap();
    for path in ["/api/projects", &format!("/api/projects/{id}"), "/api/settings", "/api/openapi.json", "/api/docs/", "/metrics"] {
        let get = app.client.get(path).await;
        let head = app.client.send(app.client.request(Method::HEAD, path)).await;
        assert_eq!((head.status, head.bytes.len()), (200, 0), "{path}");
        for name in ["content-type", "etag"] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
        if path != "/metrics" {
            assert_eq!(head.header("content-length"), Some(get.bytes.len().to_string().as_str()), "{path}");
        }
    }
    // A stream has no end; its head has.
    let events = app.client.send(app.client.request(Method::HEAD, "/api/events")).await;
    assert_eq!((events.status, events.header("content-type")), (200, Some("text/event-stream; charset=utf-8")));
    let missing = app.client.send(app.client.request(Method::HEAD, &format!("/api/projects/{NOBODY}"))).await;
    assert_eq!((missing.status, missing.bytes.len()), (404, 0));
    app.finish().await;
}

#[tokio::test]
async fn a_panic_is_an_answer_in_the_one_shape() {
    let app = TestApp::with_providers(StandIn::new(Manner::Panic).among()).await;
    let answer = app.client.post("/api/settings/providers/stand-in/test", json!({})).await;
    let id = answer.header("x-request-id").unwrap().to_owned();
    let error = answer.expect_error(500, ErrorCode::Internal);
    assert_eq!(error.details, json!({"requestId": id}).as_object().unwrap().clone());
    app.client.get("/api/health").await.expect(200);
    app.finish().await;
}

#[tokio::test]
async fn queries_are_looked_at_once_and_told_whole() {
    let app = TestApp::start().await;
    let error = app.client.get("/api/projects?limit=0&limt=5&q=%00").await.expect_error(422, ErrorCode::ValidationFailed);
    let mut paths = bad_paths(&error);
    paths.sort();
    assert_eq!(paths, ["limit", "limt", "q"]);
    for path in ["/api/projects", "/api/music"] {
        let error = app.client.get(&format!("{path}?limit=0&cursor=zzz&limt=5")).await.expect_error(422, ErrorCode::ValidationFailed);
        let mut paths = bad_paths(&error);
        paths.sort();
        assert_eq!(paths, ["cursor", "limit", "limt"], "{path}");
        let error = app.client.get(&format!("{path}?cursor=zzz")).await.expect_error(422, ErrorCode::ValidationFailed);
        assert_eq!(bad_paths(&error), ["cursor"], "{path}");
    }
    let error = app.client.post("/api/projects?x=1&y=2", json!({"title": "T"})).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["x", "y"]);
    assert_eq!(app.client.get("/api/projects").await.expect(200)["items"], json!([]));
    app.finish().await;
}

#[tokio::test]
async fn bodies_are_taken_in_pieces_and_refused_packed_or_broken() {
    let app = TestApp::start().await;
    let post = |kind: &'static str| app.client.request(Method::POST, "/api/projects").header("content-type", kind);
    let pieces = futures_util::stream::iter(["{\"title\":", "\"In pieces\"}"].map(Ok::<_, std::io::Error>));
    let chunked = app.client.send(post("application/json").body(reqwest::Body::wrap_stream(pieces))).await.expect(201);
    assert_eq!(chunked["title"], "In pieces");
    let packed = post("application/json").header("content-encoding", "gzip").body(vec![0x1f, 0x8b, 8, 0]);
    app.client.send(packed).await.expect_error(415, ErrorCode::UnsupportedMediaType);
    app.client.send(post("application/json").body(b"{\"title\": \"\xff\xfe\"}".to_vec())).await.expect_error(400, ErrorCode::InvalidJson);
    app.client.send(post("application/json; charset=utf-16").body("{}")).await.expect_error(415, ErrorCode::UnsupportedMediaType);
    let deep = "[".repeat(100_000);
    app.client.send(post("application/json").body(deep)).await.expect_error(400, ErrorCode::InvalidJson);
    let endless = futures_util::stream::iter((0..1000).map(|_| Ok::<_, std::io::Error>(vec![b' '; 65_536])));
    let sent = post("application/json").body(reqwest::Body::wrap_stream(endless)).send().await;
    // The answer comes while the body is still on its way; a client may see that as an answer or as a broken pipe.
    if let Ok(answer) = sent {
        assert_eq!(answer.status(), 413);
        assert_eq!(answer.json::<Value>().await.map(|error| error["code"] == "payload_too_large").ok(), Some(true));
    }
    app.finish().await;
}
