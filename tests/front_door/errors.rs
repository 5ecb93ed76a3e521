//! Bad input gets a clear error in the one shape, and changes nothing.

use diesel::{Connection, PgConnection, connection::SimpleConnection};
use reqwest::Method;
use serde_json::json;
use shared::ErrorCode;
use studio_tests::{Database, TestApp, client::bad_paths, eventually, process::Process};

#[tokio::test]
async fn whatever_goes_wrong_has_the_one_shape() {
    let app = TestApp::start().await;
    let client = &app.client;
    let raw =
        |kind: &'static str, body: &'static str| client.request(Method::POST, "/api/projects").header("content-type", kind).body(body);

    let error = client.send(raw("application/json", "{\n \"title\": ")).await.expect_error(400, ErrorCode::InvalidJson);
    assert_eq!((&error.details["line"], &error.details["column"]), (&json!(2), &json!(10)));
    client.send(raw("text/plain", "{}")).await.expect_error(415, ErrorCode::UnsupportedMediaType);
    client.send(raw("application/json-patch+json", "[]")).await.expect_error(415, ErrorCode::UnsupportedMediaType);
    client.send(raw("application/json", "")).await.expect_error(400, ErrorCode::InvalidJson);
    client.get("/api/nothing").await.expect_error(404, ErrorCode::NotFound);
    client.get("/api/projects/not-an-id").await.expect_error(404, ErrorCode::NotFound);
    client.get("/api/projects/01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81").await.expect_error(404, ErrorCode::NotFound);
    let answer = client.send(client.request(Method::PUT, "/api/projects")).await;
    let allow = answer.header("allow").expect("Allow").to_owned();
    answer.expect_error(405, ErrorCode::MethodNotAllowed);
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
    client.get("/media/audio/..%2f..%2fsecret.key").await.expect_error(404, ErrorCode::NotFound);

    let long = "x".repeat(5 << 20);
    let error = client.post("/api/projects", json!({"title": long})).await.expect_error(413, ErrorCode::PayloadTooLarge);
    assert!(error.details["maxBytes"].as_u64().unwrap() > 0);
    app.finish().await;
}

#[tokio::test]
async fn every_bad_field_is_told_at_once_as_the_client_wrote_it() {
    let app = TestApp::start().await;
    let body = json!({"prompt": "", "typo": 1, "options": {"sceneCount": 0, "durationSeconds": "x", "aspectRatio": "3:2", "language": "english!"}});
    let error = app.client.post("/api/script/generate", body).await.expect_error(422, ErrorCode::ValidationFailed);
    let mut paths = bad_paths(&error);
    paths.sort();
    assert_eq!(paths, ["options.aspectRatio", "options.durationSeconds", "options.language", "options.sceneCount", "prompt", "typo"]);

    let body = json!({"title": "T", "scenes": [{"narration": "Good."}, {"narration": 5}, {"naration": "x", "narration": "a\u{0}b"}]});
    let error = app.client.post("/api/projects", body).await.expect_error(422, ErrorCode::ValidationFailed);
    let paths = bad_paths(&error);
    for path in ["scenes[1].narration", "scenes[2].narration", "scenes[2].naration"] {
        assert!(paths.contains(&path.to_owned()), "{path} is not in {paths:?}");
    }
    assert_eq!(app.client.get("/api/projects").await.expect(200)["items"], json!([]));
    app.finish().await;
}

#[tokio::test]
async fn what_is_given_twice_is_refused() {
    let app = TestApp::start().await;
    let send = async |method: Method, path: &str, body: &'static str| {
        let request = app.client.request(method, path).header("content-type", "application/json").body(body);
        let mut paths = bad_paths(&app.client.send(request).await.expect_error(422, ErrorCode::ValidationFailed));
        paths.sort();
        paths
    };
    let project = r#"{"title": "A", "scenes": [{"narration": "x", "narration": "y"}, {"naration": "z"}], "title": "B"}"#;
    assert_eq!(
        send(Method::POST, "/api/projects", project).await,
        ["scenes[0].narration", "scenes[1].naration", "scenes[1].narration", "title"]
    );
    let settings = r#"{"providers": {"gemini": {"apiKey": "MARKED-key"}, "openai": {}, "gemini": {}}}"#;
    assert_eq!(send(Method::PATCH, "/api/settings", settings).await, ["providers.gemini"]);
    assert_eq!(app.client.get("/api/projects").await.expect(200)["items"], json!([]));
    app.finish().await;
}

/// Each was read in a time or a memory without bounds: what is kept of a fault, and what is done about it, has some.
#[tokio::test]
async fn a_body_with_a_great_many_faults_is_refused_and_some_are_told() {
    let app = TestApp::start().await;
    let send = async |method: Method, path: &str, body: String| {
        assert!((1 << 20..4 << 20).contains(&body.len()), "{}", body.len());
        let request = app.client.request(method, path).header("content-type", "application/json").body(body);
        let answer = app.client.send(request).await;
        assert!(answer.bytes.len() < 200_000, "{} bytes", answer.bytes.len());
        let paths = bad_paths(&answer.expect_error(422, ErrorCode::ValidationFailed));
        assert!((1..=100).contains(&paths.len()) && paths.iter().all(|path| path.len() < 300), "{paths:?}");
        paths
    };
    let (name, told) = ("n".repeat(1 << 20), format!("{}…", "n".repeat(200)));
    let fields = |field: &str| (0..100_000).map(|number| field.replace('#', &number.to_string())).collect::<Vec<_>>().join(",");
    let again = format!(r#"{{"title": "T", "{name}": {{{}}}}}"#, fields(r#""a":1"#));
    assert_eq!(send(Method::POST, "/api/projects", again).await, std::slice::from_ref(&told));
    let all_again = format!(r#"{{"providers": {{"{name}": {{{}}}}}}}"#, fields(r##""#":1,"#":1"##));
    let paths = send(Method::PATCH, "/api/settings", all_again).await;
    assert_eq!((paths.len(), &paths[0]), (100, &format!("providers.{told}.0")));
    let unknown = format!(r#"{{"providers": {{"{name}": {{{}}}}}}}"#, fields(r##""#":1"##));
    assert_eq!(send(Method::PATCH, "/api/settings", unknown).await.len(), 100);
    let nul = format!(r#"{{"{name}": [{}]}}"#, fields(r#""\u0000""#));
    assert_eq!(send(Method::POST, "/api/projects", nul).await[0], format!("{told}[0]"));
    let wrong = format!(r#"{{"title": 1, "scenes": [{}]}}"#, vec!["1"; 1 << 20].join(","));
    assert!(send(Method::POST, "/api/projects", wrong).await.contains(&"scenes[0]".to_owned()));
    // Where it is not so large, all of them.
    let few = json!({"title": "T", "scenes": vec![1; 40]});
    assert_eq!(bad_paths(&app.client.post("/api/projects", few).await.expect_error(422, ErrorCode::ValidationFailed)).len(), 40);
    assert_eq!(app.client.get("/api/projects").await.expect(200)["items"], json!([]));
    app.finish().await;
}

#[tokio::test]
async fn what_is_named_is_looked_up_also_where_something_else_is_wrong() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One."]).await;
    let scene = &project["scenes"][0]["id"];
    let nobody = "01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81";
    let generate = |kind: &str| format!("/api/{kind}/generate");
    let cases = [
        (
            generate("script"),
            json!({"prompt": "x", "options": {"sceneCount": 0, "provider": "nope"}}),
            vec!["options.provider", "options.sceneCount"],
        ),
        (generate("audio"), json!({"sceneId": scene, "voiceId": "nope/x", "speed": 3}), vec!["speed", "voiceId"]),
        (
            generate("image"),
            json!({"sceneId": scene, "typo": 1, "modelOptions": {"provider": "nope", "referenceImageIds": [nobody]}}),
            vec!["modelOptions.provider", "modelOptions.referenceImageIds[0]", "typo"],
        ),
        (
            generate("video"),
            json!({"projectId": project["id"], "options": {"fps": 29, "provider": "nope", "music": {"assetId": nobody}}}),
            vec!["options.fps", "options.music.assetId", "options.provider"],
        ),
        (generate("video"), json!({"imageIds": [nobody, nobody]}), vec!["imageIds[0]", "imageIds[1]"]),
        (
            "/api/estimate".to_owned(),
            json!({"kind": "script", "request": {"prompt": "x", "options": {"sceneCount": 99, "provider": "nope"}}, "zz": 1}),
            vec!["request.options.provider", "request.options.sceneCount", "zz"],
        ),
        ("/api/projects".to_owned(), json!({"title": "T", "scenes": [7, {"narration": 5}]}), vec!["scenes[0]", "scenes[1].narration"]),
    ];
    for (path, body, expected) in cases {
        let error = app.client.post(&path, body.clone()).await.expect_error(422, ErrorCode::ValidationFailed);
        let mut told = bad_paths(&error);
        told.sort();
        assert_eq!(told, expected, "{path} {body}");
    }
    let selection = json!({"selectedAudioId": nobody, "selectedImageId": nobody, "selectedVideoId": nobody});
    let path = format!("/api/scenes/{}", scene.as_str().unwrap());
    let error = app.client.patch(&path, selection).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["selectedAudioId", "selectedImageId", "selectedVideoId"]);
    let error = app.client.patch(&path, json!({"selectedImageId": nobody, "position": 999, "typo": 1})).await;
    let mut told = bad_paths(&error.expect_error(422, ErrorCode::ValidationFailed));
    told.sort();
    assert_eq!(told, ["position", "selectedImageId", "typo"]);
    let defaults = json!({"audio": {"voiceId": "nope/x", "speed": 9}, "script": {"provider": "nope"}});
    let error = app.client.patch("/api/settings", json!({"defaults": defaults})).await.expect_error(422, ErrorCode::ValidationFailed);
    let mut told = bad_paths(&error);
    told.sort();
    assert_eq!(told, ["defaults.audio.speed", "defaults.audio.voiceId", "defaults.script.provider"]);
    app.finish().await;
}

#[tokio::test]
async fn a_whole_number_is_one_however_it_is_written() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One."]).await;
    let change = json!({"defaults": {"video": {"fps": 25.0}}, "retries": {"attempts": 2.0, "totalSeconds": 60.0}});
    let settings = app.client.patch("/api/settings", change).await.expect(200);
    assert_eq!((&settings["defaults"]["video"]["fps"], &settings["retries"]["attempts"]), (&json!(25), &json!(2)));
    let request = |seed: f64| json!({"kind": "image", "request": {"sceneId": project["scenes"][0]["id"], "modelOptions": {"seed": seed}}});
    app.client.post("/api/estimate", request(7.0)).await.expect(200);
    app.client.post("/api/estimate", request(7.5)).await.expect_error(422, ErrorCode::ValidationFailed);
    app.finish().await;
}

#[tokio::test]
async fn what_takes_no_body_takes_none() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One."]).await;
    let path = format!("/api/projects/{}/duplicate", project["id"].as_str().unwrap());
    let duplicate =
        |kind: &'static str, body: &'static str| app.client.request(Method::POST, &path).header("content-type", kind).body(body);
    let error = app.client.send(duplicate("application/json", r#"{"title": "Mine"}"#)).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["title"]);
    app.client.send(duplicate("application/json", "{")).await.expect_error(400, ErrorCode::InvalidJson);
    app.client.send(duplicate("text/plain", "Mine")).await.expect_error(415, ErrorCode::UnsupportedMediaType);
    assert_eq!(app.client.get("/api/projects").await.expect(200)["items"].as_array().unwrap().len(), 1);
    for body in ["", "{}"] {
        app.client.send(duplicate("application/json", body)).await.expect(201);
    }
    app.finish().await;
}

#[tokio::test]
async fn nothing_has_a_name_that_cannot_be_written_down() {
    let app = TestApp::start().await;
    for path in ["/api/settings/providers/%00/test", "/api/settings/providers/espeak%00/test", "/api/projects/%00/duplicate"] {
        app.client.send(app.client.request(Method::POST, path)).await.expect_error(404, ErrorCode::NotFound);
    }
    app.finish().await;
}

#[tokio::test]
async fn what_is_wrong_is_said_in_plain_words() {
    let app = TestApp::start().await;
    let body = json!({"prompt": 5, "options": {"sceneCount": 2.5, "durationSeconds": "x", "aspectRatio": "3:2"}});
    let error = app.client.post("/api/script/generate", body).await.expect_error(422, ErrorCode::ValidationFailed);
    let mut told: Vec<_> = error.fields().into_iter().map(|field| (field.path, field.message)).collect();
    told.sort();
    let expected = [
        ("options.aspectRatio", "must be one of `16:9`, `9:16`, `1:1`, `4:5`"),
        ("options.durationSeconds", "must be a number"),
        ("options.sceneCount", "must be a whole number, not below 0"),
        ("prompt", "must be a text"),
    ];
    assert_eq!(told, expected.map(|(path, message)| (path.to_owned(), message.to_owned())));
    let body = json!({"sceneId": "x", "speed": true});
    let error = app.client.post("/api/audio/generate", body).await.expect_error(422, ErrorCode::ValidationFailed);
    let told: Vec<_> = error.fields().into_iter().map(|field| field.message).collect();
    assert_eq!(told, ["must be an id", "must be a number"]);
    let told = |error: shared::ApiError| error.fields().into_iter().map(|field| field.message).collect::<Vec<_>>();
    for large in [json!(5_000_000_000_u64), json!(1e30)] {
        let body = json!({"prompt": "A hill.", "options": {"sceneCount": large}});
        let error = app.client.post("/api/script/generate", body).await.expect_error(422, ErrorCode::ValidationFailed);
        assert_eq!(told(error), ["too large"]);
    }
    let project = app.client.project(&["One."]).await;
    let export = format!("/api/projects/{}/export", project["id"].as_str().unwrap());
    for (path, message) in [("/api/projects?limit=5000000000", "too large"), (export.as_str(), "missing")] {
        let error = app.client.get(path).await.expect_error(422, ErrorCode::ValidationFailed);
        assert_eq!(told(error), [message], "{path}");
    }
    app.finish().await;
}

#[tokio::test]
async fn queries_are_as_strict_as_bodies() {
    let app = TestApp::start().await;
    for (query, path) in [("limit=0", "limit"), ("limit=x", "limit"), ("limt=5", "limt"), ("cursor=zzz", "cursor")] {
        let error = app.client.get(&format!("/api/projects?{query}")).await.expect_error(422, ErrorCode::ValidationFailed);
        assert_eq!(bad_paths(&error), [path], "{query}");
    }
    for path in
        ["/api/activity?foo=1", "/api/settings?x=1", "/api/openapi.json?x=1", "/api/projects/01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81?foo=1"]
    {
        app.client.get(path).await.expect_error(422, ErrorCode::ValidationFailed);
    }
    // Nor is a list an object further down.
    let nested = json!({"prompt": "A hill.", "options": [null, null]});
    for (path, body) in [("/api/script/generate", nested.clone()), ("/api/estimate", json!({"kind": "script", "request": nested}))] {
        let error = app.client.post(path, body).await.expect_error(422, ErrorCode::ValidationFailed);
        assert!(bad_paths(&error)[0].ends_with("options"), "{error:?}");
    }
    for list in [json!([]), json!(["Title"]), json!(5), json!(null)] {
        app.client.post("/api/projects", list).await.expect_error(422, ErrorCode::ValidationFailed);
    }
    let error = app.client.get("/api/voices?provider=nobody").await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["provider"]);
    app.finish().await;
}

#[tokio::test]
async fn what_is_not_ours_to_select_or_make_is_refused() {
    let app = TestApp::start().await;
    let nobody = "01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81";
    app.client.post("/api/audio/generate", json!({"sceneId": nobody})).await.expect_error(404, ErrorCode::NotFound);
    app.client.post("/api/video/generate", json!({"projectId": nobody})).await.expect_error(404, ErrorCode::NotFound);
    let project = app.client.project(&["One."]).await;
    let both = json!({"projectId": project["id"], "imageIds": [nobody]});
    app.client.post("/api/video/generate", both).await.expect_error(422, ErrorCode::ValidationFailed);
    app.client.post("/api/video/generate", json!({})).await.expect_error(422, ErrorCode::ValidationFailed);
    let voice = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "espeak/klingon-of-kronos"});
    let error = app.client.post("/api/audio/generate", voice).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["voiceId"]);
    let rewrite = format!("/api/scenes/{}/rewrite", project["scenes"][0]["id"].as_str().unwrap());
    let error = app.client.post(&rewrite, json!({"instruction": "Shorter."})).await.expect_error(409, ErrorCode::ProviderNotConfigured);
    assert_eq!(error.details["provider"], "outline");
    app.finish().await;
}

#[tokio::test]
async fn a_database_that_goes_while_it_is_looked_at_is_not_taken_for_an_old_one() {
    let app = TestApp::start().await;
    let mut other = PgConnection::establish(app.database.url()).unwrap();
    other.batch_execute("begin; lock table __diesel_schema_migrations").unwrap();
    let going = async {
        let waiting = "from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        app.until_counted(&format!("select count(*) as n {waiting}"), 1).await;
        app.database.run(&format!("select pg_terminate_backend(pid) {waiting}")).await;
    };
    let (ready, ()) = tokio::join!(app.client.get("/api/ready"), going);
    let error = ready.expect_error(503, ErrorCode::Unavailable);
    assert!(error.message.contains("cannot be reached"), "{error:?}");
    other.batch_execute("rollback").unwrap();
    app.client.get("/api/ready").await.expect(200);
    app.database.run("delete from __diesel_schema_migrations").await;
    let error = app.client.get("/api/ready").await.expect_error(503, ErrorCode::Unavailable);
    assert!(error.message.contains("not been migrated"), "{error:?}");
    app.finish().await;
}

#[tokio::test]
async fn what_goes_while_it_is_asked_for_is_not_found_and_no_fault() {
    let (database, data_dir) = (Database::create().await, tempfile::tempdir().expect("a folder"));
    let server = Process::start_logged(&["--database-url", database.url()], data_dir.path(), []);
    let project = server.client.project(&["One."]).await;
    let mut other = PgConnection::establish(database.url()).unwrap();
    other.batch_execute("begin; delete from scenes").unwrap();
    let deleting = async {
        let waiting = "select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        eventually("the scene is asked for", async || database.count(waiting).await == 1).await;
        other.batch_execute("commit").unwrap();
    };
    let request = json!({"sceneId": project["scenes"][0]["id"]});
    let (asked, ()) = tokio::join!(server.client.post("/api/audio/generate", request), deleting);
    asked.expect_error(404, ErrorCode::NotFound);
    let log = String::from_utf8(server.end().await).unwrap();
    assert!(!log.contains("ERROR"), "{log}");
}

#[tokio::test]
async fn a_dead_database_is_told_and_outlived() {
    let app = TestApp::start().await;
    app.client.project(&["One."]).await;
    let name = app.database.name().to_owned();
    app.database.shut().await;
    let answer = app.client.get("/api/projects").await;
    assert!(answer.header("retry-after").is_some());
    answer.expect_error(503, ErrorCode::Unavailable);
    app.client.get("/api/ready").await.expect_error(503, ErrorCode::Unavailable);
    app.client.get("/api/health").await.expect(200);
    app.database.run_elsewhere(&format!("alter database {name} with allow_connections true")).await;
    assert_eq!(app.client.get("/api/projects").await.expect(200)["items"].as_array().unwrap().len(), 1);
    let project = app.client.project(&["Two."]).await;
    let clip = app.client.post_and_wait("/api/audio/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(200);
    assert_eq!(clip["status"], "ready");
    app.finish().await;
}
