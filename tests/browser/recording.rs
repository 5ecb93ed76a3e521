//! Narrations that a person speaks.

use serde_json::json;
use thirtyfour::prelude::*;

use crate::{
    making::{open, scene, takes},
    quick_studio,
};

#[tokio::test]
async fn a_person_speaks_a_scene() {
    let app = quick_studio().await;
    // So many that the window has to be scrolled.
    let project = app.client.project(&["Some words. ".repeat(400).trim()]).await;
    let browser = open(&app, &project, "audio").await;
    browser.button("Takes of scene 1").await.click().await.unwrap();
    browser.button("Record").await.click().await.unwrap();
    let hears = "return Number(document.querySelector('[role=meter]')?.getAttribute('aria-valuenow')) > 0";
    browser.until(hears).await;
    // Closing the window ends the recording first, then asks, and then does it.
    let escape = async || browser.find("dialog .body").await.send_keys(Key::Escape).await.unwrap();
    escape().await;
    browser.button("Use recording").await;
    // The question comes into sight, wherever the window was scrolled to.
    let top = "const body = document.querySelector('dialog .body'); body.scrollTop = 0; return body.scrollHeight > body.clientHeight + 200";
    browser.until(top).await;
    escape().await;
    browser.find("dialog [role=group] [role=alert]").await;
    let seen = "const [body, asked] = ['dialog .body', 'dialog [role=group] [role=alert]'].map(css => document.querySelector(css).getBoundingClientRect()); \
        return asked.top >= body.top - 1 && asked.bottom <= body.bottom + 1";
    browser.until(seen).await;
    browser.expect_accessible("a recording that would be lost").await;
    let later = "window.asked ??= performance.now(); return performance.now() - window.asked > 800";
    browser.until(later).await; // The question is to be read before it counts as answered.
    escape().await;
    browser.until("return document.querySelector('dialog') === null").await;

    // Leaving the page ends it too, and keeps it.
    let away = async || {
        browser.until("document.querySelector(\"a[href^='/script/']\").click(); return true").await;
        browser.find("[data-scene]").await;
        browser.page.back().await.unwrap();
        browser.button("Takes of scene 1").await.click().await.unwrap();
    };
    let asks = "!window.dispatchEvent(new Event('beforeunload', {cancelable: true}))";
    browser.until(&format!("return !{asks}")).await;
    browser.button("Takes of scene 1").await.click().await.unwrap();
    browser.button("Record").await.click().await.unwrap();
    browser.until(hears).await;
    browser.until(&format!("return {asks}")).await;
    away().await;
    browser.button("Discard").await.click().await.unwrap();

    browser.button("Record").await.click().await.unwrap();
    browser.until(hears).await;
    browser.until("return /[1-9]/.test(document.querySelector('[role=timer]')?.textContent ?? '')").await;
    browser.button("Stop").await.click().await.unwrap();
    // It is there until it is a take, also where the server is away.
    browser.button("Use recording").await;
    browser.set_offline(true).await;
    browser.button("Use recording").await.click().await.unwrap();
    browser.until("return document.body.innerText.includes('was not uploaded')").await;
    browser.until(&format!("return {asks}")).await;
    browser.set_offline(false).await;
    away().await;
    browser.button("Use recording").await.click().await.unwrap();
    browser.find("dialog input[type=radio][aria-label='Use take 1: Your own']").await;
    let all = takes(&app, "audio", &project).await;
    assert_eq!((&all[0]["provider"], &all[0]["mimeType"]), (&json!("upload"), &json!("audio/flac")));
    // A browser that gets too little of the processor loses some of what it hears.
    assert!(all[0]["durationSeconds"].as_f64().unwrap() > 0.1, "{}", all[0]);
    assert_eq!(scene(&app, &project, 0).await["selectedAudioId"], all[0]["id"]);
    browser.until(&format!("return !{asks}")).await;

    browser.button("Delete take 1").await.click().await.unwrap();
    browser.find("dialog li.gone button").await.click().await.unwrap();
    browser.find("dialog input[type=radio][aria-label='Use take 1: Your own']").await;
    browser.button("Delete take 1").await.click().await.unwrap();
    browser.find("dialog li.gone").await;
    browser.find("dialog .body").await.send_keys(Key::Control + "z").await.unwrap();
    browser.find("dialog input[type=radio][aria-label='Use take 1: Your own']").await;
    assert_eq!(takes(&app, "audio", &project).await.len(), 1);

    // One whose scene is gone can become no take: nothing is left that could be lost.
    browser.button("Record").await.click().await.unwrap();
    browser.until(hears).await;
    browser.button("Stop").await.send_keys(Key::Enter + "").await.unwrap();
    // Whoever presses the key once more does not drop what was just recorded.
    browser.until("return document.activeElement.textContent.trim() === 'Use recording'").await;
    browser.until(&format!("return {asks}")).await;
    app.client.delete(&format!("/api/projects/{}", project["id"].as_str().unwrap())).await.expect(204);
    browser.until(&format!("return !{asks}")).await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_recording_under_way_ends_with_its_scene() {
    let app = quick_studio().await;
    let project = app.client.project(&["Some words.", "Other words."]).await;
    let browser = open(&app, &project, "audio").await;
    browser.button("Takes of scene 1").await.click().await.unwrap();
    browser.button("Record").await.click().await.unwrap();
    browser.until("return Number(document.querySelector('[role=meter]')?.getAttribute('aria-valuenow')) > 0").await;
    let path = format!("/api/scenes/{}", project["scenes"][0]["id"].as_str().unwrap());
    app.client.delete(&path).await.expect(204);
    browser.until("return document.querySelector('dialog') === null").await;
    // Once the recorder has stopped, nothing is held that would be lost with the page.
    let later = "window.since ??= performance.now(); return performance.now() - window.since > 1000";
    browser.until(later).await;
    browser.until("return window.dispatchEvent(new Event('beforeunload', {cancelable: true}))").await;
    browser.close().await;
    app.finish().await;
}
