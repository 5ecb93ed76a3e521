//! A script that is being written can be stopped, and written after all.

use std::sync::Arc;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use shared::ErrorCode;
use studio::config::{Config, Environment};
use studio_tests::{
    Answer, Client, Reply, TestApp, VendorServer,
    stand_ins::{Manner, StandIn},
    writers::{Dialect, End, KEY, scene, script},
};

const DIALECT: Dialect = Dialect::Anthropic;
const NOBODY: &str = "01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81";

/// What a writer says up to the end of the first of two scenes.
fn first_scene() -> String {
    let whole = script(2).to_string();
    whole[..whole.rfind("Part 2").unwrap()].to_owned()
}

fn good(scenes: usize) -> Reply {
    DIALECT.streamed(&script(scenes).to_string(), End::Complete)
}

async fn stop(client: &Client, project: &str) -> Answer {
    client.post(&format!("/api/projects/{project}/cancel"), json!({})).await
}

/// The script that is being written.
async fn under_way(client: &Client) -> String {
    let projects = client.get("/api/projects").await.expect(200);
    let mut writing = projects["items"].as_array().unwrap().iter().filter(|project| project["status"] == "generating");
    writing.next().expect("a script is being written")["id"].as_str().unwrap().to_owned()
}

fn assert_stopped(project: &Value) {
    assert_eq!((&project["status"], &project["error"]["code"]), (&json!("failed"), &json!("conflict")), "{project}");
    assert_eq!(project["error"]["message"], "Writing was stopped. Retry writes the script anew.");
}

#[tokio::test]
async fn a_script_that_is_stopped_keeps_what_is_written_until_it_is_written_anew() {
    let server = VendorServer::start().await;
    let (held, feed) = Reply::fed("text/event-stream");
    server.on_each("POST", DIALECT.path(), [held, good(2)]);
    let app = DIALECT.app(&server).await;
    let mut told = app.client.post_for_events("/api/script/generate", DIALECT.wanted(2)).await;
    let project = told.until(|event| event.name == "project").await.data["id"].as_str().unwrap().to_owned();
    DIALECT.begin().into_iter().chain([DIALECT.piece(&first_scene())]).for_each(|event| feed.event(&event));
    told.until(|event| event.name == "scene").await;

    let stopped = stop(&app.client, &project).await.expect(200);
    assert_stopped(&stopped);
    assert_eq!((&stopped["scenes"][0]["title"], &stopped["sceneCount"]), (&json!("Part 1"), &json!(1)), "{stopped}");
    // Its client is told, the call is dropped, and what it may have cost is not forgotten.
    let end = told.all().await.pop().expect("an end");
    assert_eq!((end.name.as_str(), &end.data["code"], &end.data["details"]["projectId"]), ("error", &json!("conflict"), &json!(project)));
    feed.until_dropped().await;
    app.until_idle().await;
    let spending = &app.client.get("/api/settings").await.expect(200)["spending"];
    assert!(spending["monthUsd"].as_f64().unwrap() > 0.0 && spending["reservedUsd"] == 0.0, "{spending}");
    let path = format!("/api/projects/{project}");
    assert_eq!(app.client.get(&path).await.expect(200), stopped);
    assert_eq!(server.asked_at("POST", DIALECT.path()).len(), 1);

    let written = app.client.post_and_wait(&format!("{path}/retry"), json!({})).await.expect(200);
    assert_eq!((&written["status"], written.get("error"), &written["sceneCount"]), (&json!("ready"), None, &json!(2)), "{written}");
    assert_eq!((server.asked_at("POST", DIALECT.path()).len(), app.database.count("select count(*) as n from paid_calls").await), (2, 2));
    app.finish().await;
}

#[tokio::test]
async fn only_a_script_that_is_being_written_is_stopped_and_only_once() {
    let server = VendorServer::start().await;
    server.on_each("POST", DIALECT.path(), [Reply::silence()]);
    let app = DIALECT.app(&server).await;
    stop(&app.client, NOBODY).await.expect_error(404, ErrorCode::NotFound);
    let ready = app.client.project(&["One."]).await;
    stop(&app.client, ready["id"].as_str().unwrap()).await.expect_error(409, ErrorCode::Conflict);
    assert_eq!(app.client.get(&format!("/api/projects/{}", ready["id"].as_str().unwrap())).await.expect(200), ready);

    let wanted = app.client.request(Method::POST, "/api/script/generate").header("Prefer", "respond-async").json(&DIALECT.wanted(1));
    let project = app.client.send(wanted).await.expect(202)["projectId"].as_str().unwrap().to_owned();
    server.until_asked("POST", DIALECT.path(), 1).await;
    let path = format!("/api/projects/{project}/cancel");
    let keyed = || app.client.send(app.client.request(Method::POST, &path).header("Idempotency-Key", "stop").json(&json!({})));
    let first = keyed().await.expect(200);
    assert_stopped(&first);
    let again = keyed().await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.expect(200), first);
    // An answer that was not given is made again.
    app.database.run("update idempotency_keys set status = null, lease_until = null").await;
    let again = keyed().await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.expect(200), first);
    stop(&app.client, &project).await.expect_error(409, ErrorCode::Conflict);
    app.finish().await;
}

#[tokio::test]
async fn a_retry_whose_answer_was_never_given_is_waited_for_as_the_first_was() {
    let server = VendorServer::start().await;
    let (held, feed) = Reply::fed("text/event-stream");
    server.on_each("POST", DIALECT.path(), [Reply::silence(), held]);
    let app = DIALECT.app(&server).await;
    let wanted = app.client.request(Method::POST, "/api/script/generate").header("Prefer", "respond-async").json(&DIALECT.wanted(1));
    let project = app.client.send(wanted).await.expect(202)["projectId"].as_str().unwrap().to_owned();
    server.until_asked("POST", DIALECT.path(), 1).await;
    stop(&app.client, &project).await.expect(200);
    let path = format!("/api/projects/{project}/retry");
    let keyed = || app.client.request(Method::POST, &path).header("Idempotency-Key", "retry").json(&json!({}));
    app.client.send(keyed()).await.expect(202);
    server.until_asked("POST", DIALECT.path(), 2).await;
    app.database.run("update idempotency_keys set status = null, lease_until = null").await;
    let ending = async {
        let text = DIALECT.piece(&script(1).to_string());
        DIALECT.begin().into_iter().chain([text]).chain(DIALECT.end(End::Complete)).for_each(|event| feed.event(&event));
        drop(feed);
    };
    let (again, ()) = tokio::join!(app.client.send(keyed().header("Prefer", "wait=300")), ending);
    assert_eq!((again.header("idempotency-replayed"), again.header("preference-applied")), (Some("true"), Some("wait=300")));
    assert_eq!(again.expect(200)["status"], "ready");
    app.finish().await;
}

#[tokio::test]
async fn whoever_waits_for_a_script_is_told_that_it_was_stopped_and_its_place_is_free() {
    let server = VendorServer::start().await;
    server.on_each("POST", DIALECT.path(), [Reply::silence(), Reply::silence(), good(1)]);
    let app = DIALECT.app(&server).await;
    app.client.patch("/api/settings", json!({"limits": {"anthropic": {"atOnce": 1}}})).await.expect(200);
    let wanted = || app.client.request(Method::POST, "/api/script/generate").json(&DIALECT.wanted(1));
    let preferring = |wait: &str| -> RequestBuilder { wanted().header("Prefer", wait) };
    for (asked, request) in [wanted(), preferring("wait=300")].into_iter().enumerate() {
        let stopping = async {
            server.until_asked("POST", DIALECT.path(), asked + 1).await;
            let project = under_way(&app.client).await;
            // One that waits for its turn is stopped before anybody is asked.
            let waiting = app.client.send(preferring("respond-async")).await.expect(202)["projectId"].as_str().unwrap().to_owned();
            assert_stopped(&stop(&app.client, &waiting).await.expect(200));
            assert_stopped(&stop(&app.client, &project).await.expect(200));
            project
        };
        let (answer, project) = tokio::join!(app.client.send(request), stopping);
        let error = answer.expect_error(409, ErrorCode::Conflict);
        assert_eq!(
            (error.message.as_str(), &error.details["projectId"]),
            ("Writing was stopped. Retry writes the script anew.", &json!(project))
        );
    }
    assert_eq!(app.client.send(wanted()).await.expect(201)["scenes"].as_array().unwrap().len(), 1);
    assert_eq!(server.asked_at("POST", DIALECT.path()).len(), 3);
    app.finish().await;
}

#[tokio::test]
async fn an_answer_that_came_before_the_stop_is_not_paid_for_again() {
    let server = VendorServer::start().await;
    let cut = DIALECT.streamed(&first_scene(), End::CutOff);
    let mut rest = script(0);
    rest["scenes"] = json!([scene(2)]);
    server.on_each("POST", DIALECT.path(), [cut, Reply::silence(), DIALECT.streamed(&rest.to_string(), End::Complete)]);
    let app = DIALECT.app(&server).await;
    let stopping = async {
        server.until_asked("POST", DIALECT.path(), 2).await;
        let project = under_way(&app.client).await;
        stop(&app.client, &project).await.expect(200);
        project
    };
    let (answer, project) = tokio::join!(app.client.post("/api/script/generate", DIALECT.wanted(2)), stopping);
    answer.expect_error(409, ErrorCode::Conflict);
    let written = app.client.post_and_wait(&format!("/api/projects/{project}/retry"), json!({})).await;
    assert_eq!(written.header("location"), Some(format!("/api/projects/{project}").as_str()));
    let written = written.expect(200);
    let titles: Vec<&Value> = written["scenes"].as_array().unwrap().iter().map(|scene| &scene["title"]).collect();
    assert_eq!(titles, ["Part 1", "Part 2"]);
    let asked = server.asked();
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[1].body, asked[2].body, "the second question is asked again, the first is not");
    app.finish().await;
}

#[tokio::test]
async fn nothing_else_of_the_project_stops_with_its_script() {
    let (server, voice) = (VendorServer::start().await, StandIn::new(Manner::Wait));
    let (held, feed) = Reply::fed("text/event-stream");
    server.on_each("POST", DIALECT.path(), [held]);
    let app = writing_and_speaking(&server, &voice).await;
    let mut told = app.client.post_for_events("/api/script/generate", DIALECT.wanted(2)).await;
    DIALECT.begin().into_iter().chain([DIALECT.piece(&first_scene())]).for_each(|event| feed.event(&event));
    let scene = told.until(|event| event.name == "scene").await.data;
    let project = scene["projectId"].as_str().unwrap();
    let clip = app.client.post("/api/audio/generate", json!({"sceneId": scene["id"], "voiceId": "stand-in/one"})).await.expect(202);
    let quick = json!({"quality": "preview", "resolution": "720p", "fps": 24, "motion": "none"});
    let film = app.client.post("/api/video/generate", json!({"projectId": project, "options": quick})).await.expect(202);
    voice.until_running(1).await;

    assert_stopped(&stop(&app.client, project).await.expect(200));
    feed.until_dropped().await;
    voice.let_go(1);
    for (kind, record) in [("audio", &clip), ("video", &film)] {
        let made = app.client.finished(&format!("/api/{kind}/{}", record["id"].as_str().unwrap())).await;
        assert_eq!(made["status"], "ready", "{made}");
    }
    assert_eq!(voice.calls(), 1);
    app.finish().await;
}

#[tokio::test]
async fn a_script_that_is_written_anew_takes_all_that_was_made_for_its_scenes_with_it() {
    let (server, voice) = (VendorServer::start().await, StandIn::new(Manner::Wait));
    let (held, feed) = Reply::fed("text/event-stream");
    server.on_each("POST", DIALECT.path(), [held, good(2)]);
    let app = writing_and_speaking(&server, &voice).await;
    let mut told = app.client.post_for_events("/api/script/generate", DIALECT.wanted(2)).await;
    DIALECT.begin().into_iter().chain([DIALECT.piece(&first_scene())]).for_each(|event| feed.event(&event));
    let scene = told.until(|event| event.name == "scene").await.data;
    let image = app.client.post_and_wait("/api/image/generate", json!({"sceneId": scene["id"]})).await.expect(200);
    assert_eq!(image["status"], "ready", "{image}");
    app.client.post("/api/audio/generate", json!({"sceneId": scene["id"], "voiceId": "stand-in/one"})).await.expect(202);
    voice.until_running(1).await;
    assert!(app.media_files() > 0);
    let project = scene["projectId"].as_str().unwrap();
    assert_stopped(&stop(&app.client, project).await.expect(200));

    let written = app.client.post_and_wait(&format!("/api/projects/{project}/retry"), json!({})).await.expect(200);
    assert_eq!(written["status"], "ready", "{written}");
    // Nobody lets the voice go on.
    voice.until_running(0).await;
    app.until_idle().await;
    assert_eq!((voice.calls(), app.media_files()), (1, 0));
    app.finish().await;
}

/// A studio with a writer that has a key, and with a voice that waits.
async fn writing_and_speaking(server: &VendorServer, voice: &Arc<StandIn>) -> TestApp {
    let url = server.url();
    let environment = Environment::of([("ANTHROPIC_BASE_URL", url.as_str()), ("ANTHROPIC_API_KEY", KEY)]);
    TestApp::with(|config| Config { environment, ..config }, voice.among()).await
}
