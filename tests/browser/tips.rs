//! What a control is for is told to the pointer and to the keyboard, over everything, and gets out of the way.

use serde_json::json;
use studio_tests::{TestApp, browser::Browser, footage::scene_with_picture};
use thirtyfour::prelude::*;

use crate::DESKTOP;

const SHOWN: &str = "#tip:popover-open";
const GONE: &str = "return document.querySelector('#tip:popover-open') === null";

fn says(words: &str) -> String {
    format!("return document.querySelector('{SHOWN}')?.textContent === {}", json!(words))
}

async fn hover(browser: &Browser, css: &str) {
    let element = browser.find(css).await;
    browser.page.action_chain().move_to_element_center(&element).perform().await.unwrap();
}

async fn press(browser: &Browser, keys: impl Into<TypingData>) {
    browser.page.action_chain().send_keys(keys).perform().await.unwrap();
}

/// Whether the words are where they can be seen: nothing lies over them, and no edge cuts them off.
const IN_SIGHT: &str = "const tip = document.querySelector('#tip').getBoundingClientRect(); \
    return tip.left >= 0 && tip.top >= 0 && tip.right <= innerWidth && tip.bottom <= innerHeight \
        && document.elementFromPoint(tip.left + tip.width / 2, tip.top + tip.height / 2).id === 'tip'";

#[tokio::test]
async fn tips_come_to_the_pointer_and_to_the_keyboard() {
    let app = TestApp::start().await;
    let title = "A title that is much too long for its place in a narrow list of projects";
    let project = json!({"title": title, "scenes": [{"narration": "Some words."}]});
    let project = app.client.post("/api/projects", project).await.expect(201);
    let browser = Browser::open(&format!("{}/script/{}", app.client.base(), project["id"].as_str().unwrap()), DESKTOP).await;
    browser.find("[aria-label='Narration of scene 1']").await;

    // A name that is read out already describes nothing.
    let library = "[aria-label=Library][data-tip]";
    hover(&browser, library).await;
    browser.until(&says("Library")).await;
    browser.until(IN_SIGHT).await;
    browser.until(&format!("return !document.querySelector('{library}').hasAttribute('aria-describedby')")).await;
    browser.expect_accessible("a tip").await;
    // Words can be gone to, and stay.
    hover(&browser, SHOWN).await;
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    browser.until(&says("Library")).await;
    hover(&browser, "[aria-label='Narration of scene 1']").await;
    browser.until(GONE).await;

    // Text that is cut off is told whole, and other text is not.
    hover(&browser, "li a [data-tip='']").await;
    browser.until(&says(title)).await;
    browser.until(IN_SIGHT).await;
    hover(&browser, "header input[data-tip='']").await;
    browser.until(GONE).await;

    // By keyboard, at once, and Esc takes it away.
    browser.until("[...document.querySelectorAll('header button')].at(-2).focus(); return true").await;
    browser.until(GONE).await;
    press(&browser, Key::Tab + "").await;
    browser.until(&says("Ctrl+Enter, or ⌘ Enter")).await;
    browser.until("return document.activeElement.getAttribute('aria-describedby') === 'tip'").await;
    press(&browser, Key::Escape + "").await;
    browser.until(GONE).await;
    browser.until("return !document.activeElement.hasAttribute('aria-describedby')").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn tips_lie_over_a_window_and_go_before_it() {
    let app = TestApp::start().await;
    let (scene, _) = scene_with_picture(&app.client, "Some words.", "A lighthouse in a storm.").await;
    let browser = Browser::open(&format!("{}/image/{}", app.client.base(), scene["projectId"].as_str().unwrap()), DESKTOP).await;
    browser.find("[aria-label^='Open image of scene 1']").await.click().await.unwrap();
    browser.find("dialog[open]").await;
    hover(&browser, "dialog .presets button").await;
    browser.until("return document.querySelector('dialog #tip:popover-open') !== null").await;
    browser.until(IN_SIGHT).await;
    browser.until("return document.querySelector('dialog .presets button').getAttribute('aria-describedby') === 'tip'").await;
    browser.expect_accessible("a tip in a window").await;
    press(&browser, Key::Escape + "").await;
    browser.until(GONE).await;
    browser.find("dialog[open]").await;
    press(&browser, Key::Escape + "").await;
    browser.until("return document.querySelector('dialog[open]') === null").await;
    // The focus goes back to what opened the window, which is no reason to explain it.
    browser.until("return document.activeElement.matches(\"[aria-label^='Open image of scene 1']\")").await;
    browser.until(GONE).await;

    // A finger has no place to rest.
    browser
        .until(
            "const at = document.querySelector('[aria-label=Library][data-tip]'); \
            at.dispatchEvent(new PointerEvent('pointermove', {pointerType: 'touch', bubbles: true})); return true",
        )
        .await;
    tokio::time::sleep(std::time::Duration::from_millis(900)).await;
    browser.until(GONE).await;
    browser.close().await;
    app.finish().await;
}
