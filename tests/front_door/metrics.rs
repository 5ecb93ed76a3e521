//! What Prometheus reads.

use serde_json::json;
use studio_tests::{
    TestApp, eventually,
    stand_ins::{Manner, StandIn},
};

/// The value of a series, as it is written; none where it is not told.
fn value(text: &str, series: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))?;
    Some(line.parse().expect("a number"))
}

async fn read(app: &TestApp) -> String {
    let answer = app.client.get("/metrics").await;
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4"));
    answer.expect_text(200)
}

#[tokio::test]
async fn requests_and_jobs_are_counted_by_what_they_are() {
    let voice = StandIn::new(Manner::FailFirst(1));
    let app = TestApp::with_providers(voice.among()).await;
    let project = app.client.project(&["Some words."]).await;
    let path = format!("/api/projects/{}", project["id"].as_str().unwrap());
    app.client.get(&path).await.expect(200);
    app.client.get(&format!("{path}?nonsense=1")).await.expect(422);
    app.client.get("/api/nothing/of/the/kind").await.expect(404);
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "stand-in/one"});
    app.client.post_and_wait("/api/audio/generate", body).await.expect(200);
    app.until_idle().await;

    // A job is counted a moment after it is gone.
    let done = r#"studio_job_duration_seconds_count{job="audio",outcome="done",provider="stand-in"}"#;
    eventually("the narration is counted", async || value(&read(&app).await, done).is_some()).await;
    let text = read(&app).await;
    let requests = |labels: &str| value(&text, &format!("studio_http_requests_total{{{labels}}}"));
    assert_eq!(requests(r#"method="GET",route="/api/projects/{id}",status="200""#), Some(1.0), "{text}");
    assert_eq!(requests(r#"method="GET",route="/api/projects/{id}",status="422""#), Some(1.0));
    assert_eq!(requests(r#"method="GET",route="other",status="404""#), Some(1.0), "{text}");
    let timed = value(&text, r#"studio_http_request_duration_seconds_count{method="GET",route="/api/projects/{id}"}"#);
    assert_eq!(timed, Some(2.0), "{text}");
    let jobs = |outcome: &str| {
        value(&text, &format!(r#"studio_job_duration_seconds_count{{job="audio",outcome="{outcome}",provider="stand-in"}}"#))
    };
    assert_eq!((jobs("again"), jobs("done"), jobs("failed")), (Some(1.0), Some(1.0), None), "{text}");
    assert_eq!(value(&text, r#"studio_jobs{state="waiting"}"#), Some(0.0));
    assert!(value(&text, r#"studio_database_connections{state="idle"}"#).is_some_and(|idle| idle >= 1.0));
    assert!(value(&text, "process_resident_memory_bytes").is_none_or(|bytes| bytes > 1e6));
    assert!(!text.contains(project["id"].as_str().unwrap()), "no series of its own for a record");
    app.finish().await;
}

#[tokio::test]
async fn whoever_listens_is_counted_while_they_listen() {
    let app = TestApp::start().await;
    let mut events = app.client.events("/api/events", None).await;
    assert_eq!(value(&read(&app).await, "studio_event_streams"), Some(1.0));
    // Told something, so that the server finds the client gone when it is.
    app.client.project(&["One."]).await;
    events.next().await.expect("an event");
    drop(events);
    let nobody_listens = async || {
        app.client.project(&["One more."]).await;
        value(&read(&app).await, "studio_event_streams") == Some(0.0)
    };
    eventually("nobody listens", nobody_listens).await;
    app.finish().await;
}
