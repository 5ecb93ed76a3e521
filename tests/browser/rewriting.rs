//! Other words for a scene: what would change is seen before it is taken.

use serde_json::json;
use studio_tests::{TestApp, browser::Browser, stand_ins::Rewriter};

#[tokio::test]
async fn a_rewriting_is_seen_before_it_is_taken() {
    let app = TestApp::with_providers(Rewriter::among).await;
    let defaults = json!({"defaults": {"script": {"provider": "stand-in-writer"}}});
    app.client.patch("/api/settings", defaults).await.expect(200);
    let project = app.client.project(&["Some words."]).await;
    let scene = format!("/api/scenes/{}", project["scenes"][0]["id"].as_str().unwrap());
    let browser = Browser::open(&format!("{}/script/{}", app.client.base(), project["id"].as_str().unwrap()), (1440, 900)).await;
    browser.button("Read").await.click().await.unwrap();
    browser.button("Rewrite…").await.click().await.unwrap();
    browser.find("dialog input").await.send_keys("Shortly:").await.unwrap();
    browser.button("Rewrite").await.click().await.unwrap();
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
