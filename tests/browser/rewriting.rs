//! Other words for a scene: what would change is seen before it is taken.

use serde_json::json;
use studio_tests::{TestApp, browser::Browser, stand_ins::Rewriter};
use thirtyfour::prelude::*;

/// Lets each request for a rewriting wait for `window.go`, and counts them.
const HOLD: &str = "const reach = window.fetch; window.asked = 0; window.answered = 0; \
    window.fetch = async (...what) => { \
        if (!what[0].url?.endsWith('/rewrite')) return reach(...what); \
        window.asked += 1; \
        await new Promise(go => window.go = go); \
        const answer = await reach(...what); \
        window.answered += 1; \
        return answer; \
    }; return true";

/// Has the whole script rewritten.
async fn rewrite(browser: &Browser) {
    browser.button("Read").await.click().await.unwrap();
    browser.button("Rewrite…").await.click().await.unwrap();
    browser.find("dialog input").await.send_keys("Shortly:").await.unwrap();
    browser.button("Rewrite").await.click().await.unwrap();
}

#[tokio::test]
async fn a_rewriting_is_seen_before_it_is_taken() {
    let app = TestApp::with_providers(Rewriter::among).await;
    let defaults = json!({"defaults": {"script": {"provider": "stand-in-writer"}}});
    app.client.patch("/api/settings", defaults).await.expect(200);
    let project = app.client.project(&["Some words."]).await;
    let scene = format!("/api/scenes/{}", project["scenes"][0]["id"].as_str().unwrap());
    let browser = Browser::open(&format!("{}/script/{}", app.client.base(), project["id"].as_str().unwrap()), (1440, 900)).await;
    rewrite(&browser).await;
    browser.until("return document.querySelector('dialog ins')?.textContent.trim() === 'Shortly:'").await;
    browser.expect_accessible("the proposal").await;
    assert_eq!(app.client.get(&scene).await.expect(200)["narration"], "Some words.");
    browser.button("Take").await.click().await.unwrap();
    browser.until("return document.querySelector('.narration textarea').value === 'Shortly: Some words.'").await;
    let taken = format!("return fetch('{scene}').then(answer => answer.json()).then(scene => scene.narration === 'Shortly: Some words.')");
    browser.until(&taken).await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_rewriting_ends_with_its_window_or_before_and_nothing_is_dropped_unasked() {
    let app = TestApp::with_providers(Rewriter::among).await;
    let defaults = json!({"defaults": {"script": {"provider": "stand-in-writer"}}});
    app.client.patch("/api/settings", defaults).await.expect(200);
    let project = app.client.project(&["One.", "Two.", "Three."]).await;
    let browser = Browser::open(&format!("{}/script/{}", app.client.base(), project["id"].as_str().unwrap()), (1440, 900)).await;
    browser.button("Read").await;
    browser.until(HOLD).await;
    rewrite(&browser).await;
    browser.until("return window.asked === 1").await;
    browser.until("window.go(); return true").await;
    browser.until("return window.asked === 2 && document.querySelector('dialog ins') !== null").await;
    let escape = async || browser.find("dialog .body").await.send_keys(Key::Escape).await.unwrap();
    escape().await;
    browser.find("dialog p[role=alert]").await;
    browser.expect_accessible("proposals that would be dropped").await;
    let later = "window.told ??= performance.now(); return performance.now() - window.told > 800";
    browser.until(later).await; // The question is to be read before it counts as answered.
    escape().await;
    browser.until("return document.querySelector('dialog') === null").await;
    browser.until("window.go(); return true").await;
    browser.until("return window.answered === 2").await;

    rewrite(&browser).await;
    browser.until("return window.asked === 3").await;
    browser.button("Cancel").await.click().await.unwrap();
    browser.until("window.go(); return true").await;
    browser.until("return document.querySelector('dialog [role=progressbar]') === null && window.asked === 3").await;
    browser.find("dialog ins").await;
    browser.close().await;
    app.finish().await;
}
