//! A scene is seen by itself before there is a film of it.

use serde_json::json;
use studio_tests::browser::Browser;
use thirtyfour::prelude::*;

use crate::{DESKTOP, quick_studio};

/// Opens a scene's preview by the keyboard: its button is seen where the focus is.
async fn watch(browser: &Browser, scene: usize) {
    let button = format!("[aria-label='Preview scene {scene}']");
    browser.until(&format!("const button = document.querySelector(\"{button}\"); button?.focus(); return button !== null")).await;
    browser.find(&button).await.send_keys(Key::Enter + "").await.unwrap();
    browser.find("dialog[open]").await;
}

#[tokio::test]
async fn a_scene_is_watched_by_itself() {
    let app = quick_studio().await;
    let project = app.client.project(&["Some words.", "Slow but steady wins the race."]).await;
    for kind in ["audio", "image"] {
        let body = json!({"projectId": project["id"]});
        app.client.post_and_wait(&format!("/api/{kind}/generate-batch"), body).await.expect(200);
    }
    let id = project["id"].as_str().unwrap();
    let spoken =
        app.client.get(&format!("/api/projects/{id}")).await.expect(200)["scenes"][1]["audio"]["durationSeconds"].as_f64().unwrap();
    let browser = Browser::open(&format!("{}/video/{id}", app.client.base()), DESKTOP).await;
    browser.until("return document.querySelectorAll(\"[aria-label^='Preview scene']\").length === 2").await;
    browser.until("return performance.getEntriesByType('resource').every(entry => !entry.name.includes('/preview'))").await;

    watch(&browser, 2).await;
    let video = "const video = document.querySelector('dialog video')";
    let lasts = |spoken: f64| {
        let frames = ((0.35 + spoken + 0.5) * 24.0).round();
        format!("{video}; return video !== null && Math.abs(video.duration - {frames} / 24) < 0.03")
    };
    browser.until(&format!("{video}; return video !== null && video.readyState >= 2 && video.videoWidth === 640")).await;
    browser.until(&lasts(spoken)).await;
    browser.until(&format!("{video}; return video.currentTime > 0.2")).await;
    browser.expect_accessible("a scene's preview").await;
    browser.expect_fit("a scene's preview").await;
    browser.find("dialog[open]").await.send_keys(Key::Escape + "").await.unwrap();
    browser.until("return document.querySelector('dialog') === null").await;
    browser.until("return document.activeElement.getAttribute('aria-label') === 'Preview scene 2'").await;
    browser.expect_accessible("the scenes of a film that is not made").await;

    // With the film's options, which are not the settings'.
    browser.find("#film-subtitles option[value='burned']").await.click().await.unwrap();
    watch(&browser, 1).await;
    browser.until(&format!("{video}; return video !== null && video.readyState >= 2")).await;
    browser.until("return performance.getEntriesByType('resource').some(entry => /preview.*subtitles=burned/.test(entry.name))").await;
    browser.find("dialog [aria-label='Close']").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog') === null").await;

    // What was changed since is seen.
    let slower = json!({"sceneId": project["scenes"][1]["id"], "speed": 0.5});
    let slower = app.client.post_and_wait("/api/audio/generate", slower).await.expect(200)["durationSeconds"].as_f64().unwrap();
    watch(&browser, 2).await;
    browser.until(&lasts(slower)).await;
    browser.find("dialog [aria-label='Close']").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog') === null").await;

    // What lacks something leads to where that is made.
    let scenes = format!("/api/projects/{id}/scenes");
    app.client.post(&scenes, json!({"narration": "More words."})).await.expect(201);
    browser.until("return document.querySelector(\"[aria-label='Preview scene 3']\") !== null").await;
    watch(&browser, 3).await;
    browser.until("return document.querySelector('dialog [role=alert]')?.textContent.includes('a narration and a picture') === true").await;
    browser.expect_accessible("a preview that there is not").await;
    browser.find(&format!("dialog a[href='/image/{id}']")).await;
    browser.find(&format!("dialog a[href='/audio/{id}']")).await.click().await.unwrap();
    browser.until(&format!("return location.pathname === '/audio/{id}' && document.querySelector('dialog') === null")).await;
    browser.close().await;
    app.finish().await;
}
