//! `Idempotency-Key`, when things go wrong: at the same time, cut off, killed.

use reqwest::{
    Method, RequestBuilder,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    Client, Database, Reply, TestApp, VendorServer,
    process::Process,
    stand_ins::{Manner, StandIn, silence},
    writers::Dialect,
};

fn keyed(client: &Client, path: &str, key: &str, body: &Value) -> RequestBuilder {
    client.request(Method::POST, path).header("Idempotency-Key", key).json(body)
}

#[tokio::test]
async fn a_second_request_waits_for_the_answer_to_the_first() {
    let voice = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(voice.among()).await;
    let project = app.client.project(&["Some words."]).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    let ask = || app.client.send(keyed(&app.client, "/api/audio/generate", "key", &body).header("Prefer", "wait=300"));
    let release = async {
        voice.until_running(1).await;
        voice.let_go(1);
    };
    let (first, second, ()) = tokio::join!(ask(), ask(), release);
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!((first.header("preference-applied"), second.header("preference-applied")), (Some("wait=300"), Some("wait=300")));
    assert_eq!(first.header("idempotency-replayed").is_some(), second.header("idempotency-replayed").is_none(), "one is the other's");
    let (first, second) = (first.expect(200), second.expect(200));
    assert_eq!(first, second);
    assert_eq!((first["status"].as_str(), voice.calls()), (Some("ready"), 1));
    app.finish().await;
}

#[tokio::test]
async fn a_client_that_went_away_finds_what_it_started() {
    let voice = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(voice.among()).await;
    let project = app.client.project(&["Some words."]).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    let ask = || keyed(&app.client, "/api/audio/generate", "key", &body);
    tokio::select! {
        answer = app.client.send(ask().header("Prefer", "wait=300")) => panic!("{answer:?}"),
        () = voice.until_running(1) => {}
    }
    let again = app.client.send(ask()).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let location = again.header("location").unwrap().to_owned();
    again.expect(202);
    voice.let_go(1);
    assert_eq!(app.client.finished(&location).await["status"], "ready");
    let takes = app.client.get(&format!("/api/audio/by-project/{}", project["id"].as_str().unwrap())).await.expect(200);
    assert_eq!((takes.as_array().unwrap().len(), voice.calls()), (1, 1));
    app.finish().await;
}

#[tokio::test]
async fn a_key_whose_server_was_killed_is_used_again_or_answered_from_what_was_made() {
    let database = Database::create().await;
    let data_dir = tempfile::tempdir().unwrap();
    let server = Process::start(&database, data_dir.path());
    let project = server.client.project(&["One.", "Two.", "Three."]).await;
    let body = json!({"projectId": project["id"], "options": {"quality": "preview", "resolution": "720p", "fps": 24}});
    let films = format!("/api/video/by-project/{}", project["id"].as_str().unwrap());
    let begun = server.client.until(&films, "has a film", |films| *films != json!([]));
    tokio::select! {
        answer = server.client.send(keyed(&server.client, "/api/video/generate", "film", &body).header("Prefer", "wait=300")) => panic!("{answer:?}"),
        _ = begun => {}
    }
    server.kill();
    // A request that was cut off before it wrote anything.
    database.run("insert into idempotency_keys (route, key, body_hash, holder, lease_until) select route, 'early', body_hash, holder, now() from idempotency_keys").await;
    let server = Process::start(&database, data_dir.path());
    let film = server.client.send(keyed(&server.client, "/api/video/generate", "film", &body).header("Prefer", "wait=300")).await;
    assert_eq!(film.header("idempotency-replayed"), Some("true"));
    let film = film.expect(200);
    assert_eq!(film["status"], "ready");
    assert_eq!(server.client.get(&films).await.expect(200), json!([film]), "it was not started twice");
    let early = server.client.send(keyed(&server.client, "/api/video/generate", "early", &body)).await;
    assert_eq!(early.header("idempotency-replayed"), None);
    let early = early.expect(202);
    assert_ne!(early["id"], film["id"]);
    server.client.finished(&format!("/api/video/{}", early["id"].as_str().unwrap())).await;
}

#[tokio::test]
async fn a_key_belongs_to_one_request() {
    let voice = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(voice.among()).await;
    let project = app.client.project(&["Some words."]).await;
    let body = json!({"sceneId": project["scenes"][0]["id"]});
    let clip = app.client.send(keyed(&app.client, "/api/audio/generate", "key", &body)).await.expect(202);
    app.client.finished(&format!("/api/audio/{}", clip["id"].as_str().unwrap())).await;
    // The same body on another route, and on the same route of another record.
    let other = app.client.send(keyed(&app.client, "/api/image/generate", "key", &body)).await;
    let error = other.expect_error(422, ErrorCode::IdempotencyKeyReused);
    assert!(error.message.contains("another route"), "{error}");
    let duplicate = |id: &Value| format!("/api/projects/{}/duplicate", id.as_str().unwrap());
    let copy = app.client.send(keyed(&app.client, &duplicate(&project["id"]), "copy", &json!({}))).await.expect(201);
    let again = app.client.send(keyed(&app.client, &duplicate(&copy["id"]), "copy", &json!({}))).await;
    again.expect_error(422, ErrorCode::IdempotencyKeyReused);
    let pictures = app.client.get(&format!("/api/image/by-project/{}", project["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(pictures, json!([]));
    assert_eq!(app.client.get("/api/projects").await.expect(200)["items"].as_array().unwrap().len(), 2);
    // Also while the first is not answered yet.
    let wait = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    let first = app.client.send(keyed(&app.client, "/api/audio/generate", "busy", &wait).header("Prefer", "wait=300"));
    let second = async {
        voice.until_running(1).await;
        let other = app.client.send(keyed(&app.client, "/api/projects", "busy", &json!({"title": "T"}))).await;
        other.expect_error(422, ErrorCode::IdempotencyKeyReused);
        voice.let_go(1);
    };
    let (first, ()) = tokio::join!(first, second);
    assert_eq!(first.expect(200)["status"], "ready");
    app.finish().await;
}

#[tokio::test]
async fn answers_of_every_kind_are_given_again() {
    let app = TestApp::start().await;
    let project = json!({"title": "Once", "scenes": [{"narration": "One."}]});
    let (first, second) = (
        app.client.send(keyed(&app.client, "/api/projects", "a", &project)).await,
        app.client.send(keyed(&app.client, "/api/projects", "a", &project)).await,
    );
    for header in ["location", "etag", "content-type"] {
        assert!(first.header(header).is_some() && first.header(header) == second.header(header), "{header}");
    }
    assert_eq!((first.header("idempotency-replayed"), second.header("idempotency-replayed")), (None, Some("true")));
    assert_eq!(first.expect(201), second.expect(201));

    // A stream is told once more, from the beginning.
    let prompt = json!({"prompt": "The fox met the crow. She sang, and the cheese fell.", "options": {"sceneCount": 2}});
    let mut told = Vec::new();
    for _ in 0..2 {
        let stream = keyed(&app.client, "/api/script/generate", "b", &prompt).header("accept", "text/event-stream");
        let text = String::from_utf8(app.client.send(stream).await.bytes).unwrap();
        assert_eq!(text.matches("event: scene\n").count(), 2, "{text}");
        told.push(text.split("event: done\n").nth(1).expect("done").to_owned());
    }
    assert_eq!(told[0], told[1]);
    // Without a stream, the same script in one piece.
    let whole = app.client.send(keyed(&app.client, "/api/script/generate", "b", &prompt)).await;
    assert_eq!(whole.header("idempotency-replayed"), Some("true"));
    assert_eq!(whole.expect(201)["scenes"].as_array().unwrap().len(), 2);
    assert_eq!(app.client.get("/api/projects").await.expect(200)["items"].as_array().unwrap().len(), 2);
    app.finish().await;
}

#[tokio::test]
async fn a_rewrite_that_goes_on_is_waited_for_and_one_that_was_paid_for_and_failed_fails_again() {
    let (dialect, server) = (Dialect::Compatible, VendorServer::start().await);
    let too_many = |after: &str| {
        let error = json!({"error": {"message": "Too many.", "code": "rate_limit_exceeded"}});
        Reply::json(&error).status(429).header("retry-after", after)
    };
    let rewritten = || dialect.whole(r#"{"title": "Short", "narration": "Shorter.", "visualPrompt": "A mill"}"#);
    let replies =
        [too_many("1"), rewritten(), dialect.whole("Certainly!"), dialect.whole("Certainly!"), rewritten(), too_many("3600"), rewritten()];
    server.on_each("POST", dialect.path(), replies);
    let app = dialect.app(&server).await;
    let writer = json!({"provider": dialect.id(), "model": "local-model"});
    app.client.patch("/api/settings", json!({"defaults": {"script": writer}})).await.expect(200);
    let project = app.client.project(&["Some words."]).await;
    let path = format!("/api/scenes/{}/rewrite", project["scenes"][0]["id"].as_str().unwrap());
    let body = json!({"instruction": "Shorter."});
    let ask = |key: &'static str| app.client.send(keyed(&app.client, &path, key, &body));

    // The provider wants a second to itself in between.
    let (first, second) = tokio::join!(ask("good"), ask("good"));
    assert_eq!(first.header("idempotency-replayed").is_some(), second.header("idempotency-replayed").is_none(), "one is the other's");
    let (first, second) = (first.expect(200), second.expect(200));
    assert_eq!((&first, first["narration"].as_str()), (&second, Some("Shorter.")));

    let (first, second) = (ask("bad").await, ask("bad").await);
    assert_eq!((first.header("idempotency-replayed"), second.header("idempotency-replayed")), (None, Some("true")));
    assert_eq!(first.bytes, second.bytes);
    first.expect_error(502, ErrorCode::ProviderBadResponse);
    second.expect_error(502, ErrorCode::ProviderBadResponse);
    assert_eq!(server.asked_at("POST", dialect.path()).len(), 4);

    // What has cost nothing may be asked again: where a limit was raised,
    let limit = |usd: Value| app.client.patch("/api/settings", json!({"spending": {"monthLimitUsd": usd}}));
    limit(json!(1)).await.expect(200);
    ask("limited").await.expect_error(409, ErrorCode::SpendingLimitReached);
    limit(Value::Null).await.expect(200);
    let answer = ask("limited").await;
    assert_eq!(answer.header("idempotency-replayed"), None);
    answer.expect(200);
    // and where the provider has time.
    let answer = ask("early").await;
    assert_eq!(answer.header("retry-after"), Some("3600"));
    answer.expect_error(503, ErrorCode::ProviderRateLimited);
    ask("early").await.expect_error(503, ErrorCode::ProviderRateLimited);
    app.database.run("update provider_gates set open_at = now()").await;
    let answer = ask("early").await;
    assert_eq!(answer.header("idempotency-replayed"), None);
    answer.expect(200);
    assert_eq!(server.asked_at("POST", dialect.path()).len(), 7);
    app.finish().await;
}

#[tokio::test]
async fn a_form_is_known_again_by_what_it_holds() {
    let app = TestApp::start().await;
    let upload = || app.client.request(Method::POST, "/api/music/upload").header("Idempotency-Key", "track");
    let send = |title: &'static str| {
        // Each has a boundary of its own, and comes in many pieces.
        let form = Form::new().text("title", title).part("file", Part::bytes(silence(20.0)).file_name("a.wav"));
        app.client.send(upload().multipart(form))
    };
    let (first, again) = (send("A drone").await, send("A drone").await);
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), (None, Some("true")));
    let track = first.expect(201);
    assert_eq!(again.expect(201), track);
    assert!((track["durationSeconds"].as_f64().unwrap() - 20.0).abs() < 0.01, "{track}");
    send("Another").await.expect_error(422, ErrorCode::IdempotencyKeyReused);
    assert_eq!(app.client.get("/api/music").await.expect(200)["items"], json!([track]));
    assert_eq!(std::fs::read_dir(app.data_dir().join("work")).unwrap().count(), 0, "no file is left");
    // What is no form is not taken in beyond what JSON may have.
    let long = upload().header("content-type", "text/plain").body("x".repeat(5 << 20));
    let error = app.client.send(long).await.expect_error(413, ErrorCode::PayloadTooLarge);
    assert_eq!(error.details["maxBytes"], 4 << 20);
    app.finish().await;
}
