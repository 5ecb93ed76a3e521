//! The app in a real browser, against the real server.

mod clips;
mod deleting;
mod editing;
mod entry;
mod focus;
mod library;
mod loading;
mod making;
mod pages;
mod previews;
mod providers;
mod recording;
mod rewriting;
mod speed;
mod stopping;
mod tabs;
mod tips;
mod windows;

use serde_json::json;
use studio_tests::{TestApp, browser::Browser};
use thirtyfour::prelude::*;

const TEXT: &str = "The fox met the crow on a branch. She sang for him.\n\nThe cheese fell down.";
const DESKTOP: (u32, u32) = (1440, 900);

/// A studio whose films are as quick to make as they can be.
async fn quick_studio() -> TestApp {
    quick(TestApp::start().await).await
}

/// The same of a studio that is there.
async fn quick(app: TestApp) -> TestApp {
    let video = json!({"quality": "preview", "resolution": "720p", "fps": 24, "motion": "none"});
    app.client.patch("/api/settings", json!({"defaults": {"video": video}})).await.expect(200);
    app
}

#[tokio::test]
async fn a_person_makes_a_film() {
    let app = quick_studio().await;
    let browser = Browser::open(&format!("{}/new", app.client.base()), DESKTOP).await;
    browser.find("textarea").await.send_keys(TEXT).await.unwrap();
    browser.button("Write script").await.click().await.unwrap();

    let narration = browser.find("[aria-label='Narration of scene 1']").await;
    assert!(narration.value().await.unwrap().unwrap().starts_with("The fox met the crow"));
    narration.send_keys(Key::Control + Key::End).await.unwrap();
    narration.send_keys(" And so it began.").await.unwrap();
    browser.until("return document.body.innerText.includes('Saved')").await;
    browser.page.refresh().await.unwrap();
    let kept = browser.find("[aria-label='Narration of scene 1']").await.value().await.unwrap().unwrap();
    assert!(kept.ends_with("And so it began."), "{kept}");

    browser.button("Continue to audio").await.click().await.unwrap();
    browser.button("Generate all audio").await.click().await.unwrap();
    browser.button("Continue to images").await.click().await.unwrap();
    browser.button("Generate all images").await.click().await.unwrap();
    browser.button("Continue to video").await.click().await.unwrap();
    browser.button("Make film").await.click().await.unwrap();
    browser.find("video").await;
    let play = "const video = document.querySelector('video'); video.muted = true; video.play(); return video.readyState >= 2 && video.videoWidth > 0";
    browser.until(play).await;
    browser.until("return document.querySelector('video').currentTime > 0.2").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn what_another_tab_changes_is_shown() {
    let app = quick_studio().await;
    let project = app.client.project(&["Some words.", "Other words."]).await;
    let browser = Browser::open(&format!("{}/script/{}", app.client.base(), project["id"].as_str().unwrap()), DESKTOP).await;
    browser.find("[aria-label='Narration of scene 2']").await;
    let scene = format!("/api/scenes/{}", project["scenes"][1]["id"].as_str().unwrap());
    app.client.patch(&scene, json!({"narration": "Changed elsewhere."})).await.expect(200);
    browser.until("return document.querySelector(\"[aria-label='Narration of scene 2']\").value === 'Changed elsewhere.'").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn settings_are_kept_and_the_keys_lead_everywhere() {
    let app = quick_studio().await;
    let project = app.client.project(&["Some words."]).await;
    let id = project["id"].as_str().unwrap();
    let browser = Browser::open(&format!("{}/script/{id}", app.client.base()), DESKTOP).await;
    browser.find("[aria-label='Narration of scene 1']").await;
    let body = browser.find("body").await;
    body.send_keys("?").await.unwrap();
    browser.until("return document.querySelector('dialog[open] kbd') !== null").await;
    browser.expect_accessible("the keys").await;
    browser.find("dialog[open]").await.send_keys(Key::Escape + "").await.unwrap();
    // It is gone, and not only out of sight: what is told stands on the page again.
    browser.until("return document.querySelector('dialog') === null").await;
    browser.until("return document.querySelector('[aria-label=Notifications]') !== null").await;
    for (keys, path) in [("ga", "audio"), ("gi", "image"), ("gv", "video"), ("gs", "script")] {
        browser.go(keys, &format!("/{path}/{id}")).await;
    }
    browser.go("g,", "/settings").await;
    browser.button("Test connection to eSpeak NG").await.click().await.unwrap();
    browser.until("return document.body.innerText.includes('Works, ')").await;
    browser.find("#default-speed option[value='1.2']").await.click().await.unwrap();
    browser
        .until("return fetch('/api/settings').then(answer => answer.json()).then(settings => settings.defaults.audio.speed === 1.2)")
        .await;
    browser.close().await;
    app.finish().await;
}
