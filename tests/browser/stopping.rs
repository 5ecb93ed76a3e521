//! What runs is canceled, and what failed or was canceled is tried again.

use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    Reply, TestApp, VendorServer,
    browser::Browser,
    stand_ins::{Manner, StandIn},
    writers::{Dialect, End, script},
};

use crate::{DESKTOP, quick_studio};

async fn open(app: &TestApp, page: &str, project: &Value) -> Browser {
    Browser::open(&format!("{}/{page}/{}", app.client.base(), project["id"].as_str().unwrap()), DESKTOP).await
}

async fn takes(app: &TestApp, kind: &str, project: &Value) -> Vec<Value> {
    let list = app.client.get(&format!("/api/{kind}/by-project/{}", project["id"].as_str().unwrap())).await.expect(200);
    list.as_array().unwrap().clone()
}

fn statuses(takes: &[Value]) -> Vec<&str> {
    takes.iter().map(|take| take["status"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_narration_under_way_is_canceled_and_one_that_waits_with_all_others() {
    let voice = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(voice.among()).await;
    let project = app.client.project(&["One.", "Two.", "Three.", "Four."]).await;
    app.client.patch("/api/settings", json!({"defaults": {"audio": {"voiceId": "stand-in/one"}}})).await.expect(200);
    let browser = open(&app, "audio", &project).await;
    browser.button("Generate all audio").await.click().await.unwrap();
    voice.until_running(2).await;
    browser.button("Cancel narration of scene 1").await.click().await.unwrap();
    browser.button("Generate narration of scene 1").await;
    // What was waiting has its turn.
    voice.until_running(2).await;
    browser.button("Cancel all").await.click().await.unwrap();
    browser.until("return document.querySelectorAll('main [aria-label^=\"Cancel narration\"]').length === 0").await;
    voice.until_running(0).await;
    assert_eq!(statuses(&takes(&app, "audio", &project).await), ["canceled"; 4]);

    // And any of them is made after all.
    browser.button("Generate narration of scene 1").await.click().await.unwrap();
    voice.until_running(1).await;
    voice.let_go(1);
    browser.button("Play narration of scene 1").await;
    browser.close().await;
    app.finish().await;
}

/// The second press of a double click, on what stands there by then.
async fn press_twice(browser: &Browser, button: &str) {
    browser.button(button).await;
    let second = format!(
        "document.querySelector('[aria-label=\"{button}\"]').dispatchEvent(new MouseEvent('click', {{bubbles: true, cancelable: true, detail: 2}})); return true"
    );
    browser.until(&second).await;
}

#[tokio::test]
async fn a_double_click_does_not_stop_what_it_has_started() {
    let voice = StandIn::new(Manner::Wait);
    let app = TestApp::with_providers(voice.among()).await;
    let project = app.client.project(&["One."]).await;
    app.client.patch("/api/settings", json!({"defaults": {"audio": {"voiceId": "stand-in/one"}}})).await.expect(200);
    let browser = open(&app, "audio", &project).await;
    let note = "const reach = window.fetch; \
        window.canceled = 0; \
        window.fetch = (...what) => { if (what[0].url?.endsWith('/cancel')) canceled += 1; return reach(...what); }; return true";
    browser.until(note).await;
    browser.button("Generate narration of scene 1").await.click().await.unwrap();
    press_twice(&browser, "Cancel narration of scene 1").await;
    browser.until("return window.canceled === 0").await;
    voice.until_running(1).await;
    browser.button("Cancel narration of scene 1").await.click().await.unwrap();
    press_twice(&browser, "Generate narration of scene 1").await;
    voice.until_running(0).await;
    browser.until("return window.canceled === 1").await;
    assert_eq!(statuses(&takes(&app, "audio", &project).await), ["canceled"]);
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_narration_that_failed_says_why_and_is_tried_again() {
    let voice = StandIn::new(Manner::FailFirst(2));
    let app = TestApp::with_providers(voice.among()).await;
    let project = app.client.project(&["One."]).await;
    let settings = json!({"defaults": {"audio": {"voiceId": "stand-in/one"}}, "retries": {"attempts": 1}});
    app.client.patch("/api/settings", settings).await.expect(200);
    let browser = open(&app, "audio", &project).await;
    browser.button("Generate narration of scene 1").await.click().await.unwrap();
    browser.button("Retry narration of scene 1").await;
    let failed = takes(&app, "audio", &project).await;
    let why = serde_json::to_string(&failed[0]["error"]["message"]).unwrap();
    browser.until(&format!("return document.querySelector('main [role=alert]').innerText.includes({why})")).await;
    browser.expect_accessible("a narration that failed").await;
    // From the list of everything that failed, and from its row.
    browser.button("Activity: 1 failed").await.click().await.unwrap();
    browser.find("[popover]:popover-open").await;
    browser.button("Retry Narration, scene 1").await.click().await.unwrap();
    voice.until_calls(2).await;
    // What has not failed again cannot be tried again.
    app.client.finished(&format!("/api/audio/{}", failed[0]["id"].as_str().unwrap())).await;
    browser.find("body").await.send_keys("\u{e00c}").await.unwrap();
    browser.button("Retry narration of scene 1").await.click().await.unwrap();
    browser.button("Play narration of scene 1").await;
    assert_eq!((voice.calls(), statuses(&takes(&app, "audio", &project).await)), (3, vec!["ready"]));
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn failures_are_tried_again_together_and_put_away() {
    let voice = StandIn::new(Manner::FailFirst(4));
    let app = TestApp::with_providers(voice.among()).await;
    let project = app.client.project(&["One.", "Two."]).await;
    let settings = json!({"defaults": {"audio": {"voiceId": "stand-in/one"}}, "retries": {"attempts": 1}});
    app.client.patch("/api/settings", settings).await.expect(200);
    let browser = open(&app, "audio", &project).await;
    browser.button("Generate all audio").await.click().await.unwrap();
    browser.button("Activity: 2 failed").await.click().await.unwrap();
    browser.find("[aria-label=Notifications] [role=alert]").await;
    browser.button("Retry all").await.click().await.unwrap();
    voice.until_calls(4).await;
    app.until_idle().await;
    browser.button("Activity: 2 failed").await;
    browser.expect_accessible("failures in the activity").await;

    browser.button("Clear failures").await.click().await.unwrap();
    browser.find("button[aria-label=Activity]").await;
    browser.until("return document.querySelector('nav[aria-label=Main]').innerText.includes('failed') === false").await;
    browser.page.refresh().await.unwrap();
    browser.button("Retry narration of scene 1").await;
    browser.find("button[aria-label=Activity]").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_failure_that_is_made_good_is_told_of_no_longer() {
    let voice = StandIn::new(Manner::FailFirst(1));
    let app = TestApp::with_providers(voice.among()).await;
    let project = app.client.project(&["One."]).await;
    let settings = json!({"defaults": {"audio": {"voiceId": "stand-in/one"}}, "retries": {"attempts": 1}});
    app.client.patch("/api/settings", settings).await.expect(200);
    let browser = open(&app, "audio", &project).await;
    browser.button("Generate narration of scene 1").await.click().await.unwrap();
    browser.find("[aria-label=Notifications] [role=alert]").await;
    browser.button("Retry narration of scene 1").await.click().await.unwrap();
    browser.button("Play narration of scene 1").await;
    browser.until("return document.querySelector('[aria-label=Notifications] [role=alert]') === null").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_script_that_breaks_off_says_so_and_is_written_anew() {
    let (dialect, server) = (Dialect::OpenAi, VendorServer::start().await);
    let whole = script(3).to_string();
    let broken = dialect.streamed(&whole[..whole.rfind("Part 3").unwrap()], End::Missing);
    server.on_each("POST", dialect.path(), [broken, dialect.streamed(&whole, End::Complete)]);
    let app = dialect.app(&server).await;
    app.client.post("/api/script/generate", dialect.wanted(3)).await.expect_error(502, ErrorCode::ProviderBadResponse);
    let project = app.client.get("/api/projects").await.expect(200)["items"][0].clone();
    let why = serde_json::to_string(&project["error"]["message"]).unwrap();
    let browser = open(&app, "script", &project).await;
    browser.find("[aria-label='Narration of scene 2']").await;
    let told = "document.querySelector('main [role=alert]')";
    browser.until(&format!("return {told}?.innerText.includes({why}) === true")).await;
    browser.expect_accessible("a script that broke off").await;
    browser.expect_fit("a script that broke off").await;
    browser.button("Retry").await.click().await.unwrap();
    browser.find("[aria-label='Narration of scene 3']").await;
    browser.until(&format!("return {told} === null")).await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_script_under_way_is_stopped_and_written_after_all() {
    let (dialect, server) = (Dialect::OpenAi, VendorServer::start().await);
    let whole = script(2).to_string();
    let (held, feed) = Reply::fed("text/event-stream");
    server.on_each("POST", dialect.path(), [Reply::silence(), held, dialect.streamed(&whole, End::Complete)]);
    let app = dialect.app(&server).await;
    let wanted = app.client.request(reqwest::Method::POST, "/api/script/generate").header("Prefer", "respond-async");
    let project = app.client.send(wanted.json(&dialect.wanted(2))).await.expect(202)["projectId"].clone();
    server.until_asked("POST", dialect.path(), 1).await;
    let browser = open(&app, "script", &json!({"id": project})).await;
    let says = |words: &str| format!("return document.querySelector('main').innerText.includes('{words}')");
    // From the list of everything that runs: it is done with then, and no failure.
    browser.button("Activity: 1 in progress").await.click().await.unwrap();
    browser.button("Cancel Script").await.click().await.unwrap();
    browser.until("return document.querySelector('section[aria-label=Activity]').innerText.includes('Nothing is running.')").await;
    browser.find("body").await.send_keys("\u{e00c}").await.unwrap();
    browser.until(&says("Writing was stopped. Retry writes the script anew.")).await;
    browser.find("button[aria-label=Activity]").await;
    browser.expect_accessible("a script that was stopped").await;

    // And from its own page, with a scene that is there.
    browser.button("Retry").await.click().await.unwrap();
    server.until_asked("POST", dialect.path(), 2).await;
    let first = dialect.piece(&whole[..whole.rfind("Part 2").unwrap()]);
    dialect.begin().into_iter().chain([first]).for_each(|event| feed.event(&event));
    browser.find("[aria-label='Narration of scene 1']").await;
    browser.expect_accessible("a script that is being written").await;
    browser.resize((390, 844)).await;
    browser.expect_fit("a script that is being written").await;
    browser.button("Stop writing").await.click().await.unwrap();
    feed.until_dropped().await;
    browser.until(&says("These scenes stay until then.")).await;
    browser.expect_fit("a script that was stopped").await;
    browser.expect_accessible("a script that was stopped with a scene").await;
    browser.until("return document.querySelector('[role=alert]') === null").await;
    browser.button("Retry").await.click().await.unwrap();
    browser.find("[aria-label='Narration of scene 2']").await;
    browser.until("return !/Stop writing|was stopped/.test(document.body.innerText)").await;
    assert_eq!(server.asked_at("POST", dialect.path()).len(), 3);
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_film_under_way_is_canceled_and_made_after_all() {
    let app = quick_studio().await;
    let project = app.client.project(&["The fox met the crow on a branch. She sang for him, and the cheese fell down."; 6]).await;
    let browser = open(&app, "video", &project).await;
    browser.button("Make film").await.click().await.unwrap();
    browser.button("Cancel").await.click().await.unwrap();
    browser.until("return document.body.innerText.includes('This film was canceled.')").await;
    assert_eq!(statuses(&takes(&app, "video", &project).await), ["canceled"]);
    browser.button("Make it after all").await.click().await.unwrap();
    browser.find("video").await;
    browser.close().await;
    app.finish().await;
}
