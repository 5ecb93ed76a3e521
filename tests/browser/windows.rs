//! What happens while a window lies over the page.

use serde_json::Value;
use studio_tests::{TestApp, browser::Browser};
use thirtyfour::prelude::*;

use crate::DESKTOP;

async fn open(app: &TestApp, project: &Value, page: &str) -> Browser {
    Browser::open(&format!("{}/{page}/{}", app.client.base(), project["id"].as_str().unwrap()), DESKTOP).await
}

#[tokio::test]
async fn the_key_for_the_main_action_is_the_windows_own() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words.", "Other words."]).await;
    let browser = open(&app, &project, "image").await;
    browser.find("[aria-label^='Open image of scene 1']").await.click().await.unwrap();
    browser.find("dialog input[type=number]").await.send_keys("7" + (Key::Control + Key::Enter)).await.unwrap();
    browser.find("dialog img[src*='/media/']").await;
    app.until_idle().await;
    let path = format!("/api/image/by-project/{}", project["id"].as_str().unwrap());
    let images = app.client.get(&path).await.expect(200);
    assert_eq!(images.as_array().unwrap().len(), 1, "the page's own action would draw both scenes: {images}");
    assert_eq!(images[0]["modelOptions"]["seed"], 7);
    browser.until("return document.querySelector('dialog[open]') !== null").await;
    browser.close().await;
    app.finish().await;
}

/// Types into a field and presses Ctrl+Enter before the page has had time to be drawn, as a busy machine lets it happen.
fn typed_and_pressed(field: &str, words: &str) -> String {
    format!(
        "const field = document.querySelector(\"{field}\"); \
         field.value = '{words}'; \
         field.dispatchEvent(new Event('input', {{bubbles: true}})); \
         field.dispatchEvent(new KeyboardEvent('keydown', {{key: 'Enter', ctrlKey: true, bubbles: true, cancelable: true}})); \
         return true"
    )
}

#[tokio::test]
async fn the_key_for_the_main_action_acts_on_the_last_letter_typed() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let browser = open(&app, &project, "image").await;
    browser.find("[aria-label^='Open image of scene 1']").await.click().await.unwrap();
    browser.find("dialog input[type=number]").await;
    browser.until(&typed_and_pressed("dialog input[type=number]", "8")).await;
    browser.find("dialog img[src*='/media/']").await;
    app.until_idle().await;
    let path = format!("/api/image/by-project/{}", project["id"].as_str().unwrap());
    assert_eq!(app.client.get(&path).await.expect(200)[0]["modelOptions"]["seed"], 8, "in a window");

    browser.page.goto(format!("{}/new", app.client.base())).await.unwrap();
    let prompt = "[aria-label='New script'] textarea";
    browser.find(prompt).await;
    browser.until(&typed_and_pressed(prompt, "A fox ran home.")).await;
    browser.until("return location.pathname.startsWith('/script/')").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn what_fails_in_a_window_is_told_where_it_can_be_answered() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let browser = open(&app, &project, "audio").await;
    browser.button("Takes of scene 1").await.click().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("no sound.mp3");
    std::fs::write(&file, "no sound at all").unwrap();
    browser.choose_file("dialog input[type=file]", &file).await;
    browser.find("dialog [aria-label='Notifications'] [role=alert]").await;
    browser.expect_accessible("a failure told in a window").await;
    let offers = "return [...document.querySelectorAll('[aria-label=Notifications] button')].every(button => button.innerText !== 'Retry')";
    browser.until(offers).await; // The same file is no sound the next time either.
    // A click reaches it; behind the window it would be refused.
    browser.find("dialog [aria-label=Dismiss]").await.click().await.unwrap();
    browser.until("return document.querySelector('[aria-label=Notifications] [role=alert]') === null").await;

    // What is told outlives the window.
    browser.choose_file("dialog input[type=file]", &file).await;
    browser.find("dialog [aria-label='Notifications'] [role=alert]").await;
    browser.find("dialog [aria-label=Close]").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog') === null && document.querySelector('[aria-label=Notifications] [role=alert]') !== null").await;
    browser.close().await;
    app.finish().await;
}
