//! Where the focus is, and how far a page is scrolled: neither is lost by what happens on the page.

use serde_json::Value;
use studio_tests::{TestApp, browser::Browser};
use thirtyfour::prelude::*;

use crate::{DESKTOP, editing::scenes_are};

const PHONE: (u32, u32) = (390, 844);

async fn open(app: &TestApp, project: &Value, page: &str) -> Browser {
    Browser::open(&format!("{}/{page}/{}", app.client.base(), project["id"].as_str().unwrap()), DESKTOP).await
}

/// Presses keys where the focus is.
async fn press(browser: &Browser, keys: impl Into<TypingData>) {
    browser.page.active_element().await.unwrap().send_keys(keys).await.unwrap();
}

/// Gives something the focus as the Tab key does, without a pointer.
async fn focus(browser: &Browser, css: &str) {
    // What shows only under the pointer can have it, too.
    browser
        .until(&format!("const found = document.querySelector(\"{css}\"); found?.focus(); return document.activeElement === found"))
        .await;
}

async fn until_focused(browser: &Browser, css: &str) {
    browser.until(&format!("return document.activeElement.matches(\"{css}\")")).await;
}

#[tokio::test]
async fn keys_alone_move_a_scene_twice_split_it_and_take_it_back() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One two.", "Three.", "Four."]).await;
    let browser = open(&app, &project, "script").await;
    focus(&browser, "[aria-label='Narration of scene 1']").await;
    browser.until("document.activeElement.setSelectionRange(4, 4); return true").await;
    let words = |browser: &Browser| {
        let page = browser.page.clone();
        async move { page.active_element().await.unwrap().value().await.unwrap() }
    };
    for order in [["Three.", "One two.", "Four."], ["Three.", "Four.", "One two."]] {
        press(&browser, Key::Alt + Key::Down).await;
        browser.until(&scenes_are(&order)).await;
        assert_eq!(words(&browser).await.as_deref(), Some("One two."));
    }
    // What the server tells of it comes later, and moves nothing out from under the cursor.
    browser.until("return document.activeElement.selectionStart === 4").await;
    press(&browser, Key::Control + Key::Shift + Key::Enter).await;
    browser.until(&scenes_are(&["Three.", "Four.", "One", "two."])).await;
    until_focused(&browser, "[aria-label='Narration of scene 4']").await;
    press(&browser, Key::Control + "z").await;
    browser.until(&scenes_are(&["Three.", "Four.", "One two."])).await;
    browser.until("return document.activeElement.matches('main *')").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_scene_that_is_moved_elsewhere_keeps_the_cursor() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One.", "Two.", "Three."]).await;
    let browser = open(&app, &project, "script").await;
    for index in [2, 0] {
        focus(&browser, "[aria-label='Narration of scene 2']").await;
        let scene = format!("/api/scenes/{}", project["scenes"][1]["id"].as_str().unwrap());
        app.client.patch(&scene, serde_json::json!({"position": index})).await.expect(200);
        until_focused(&browser, &format!("[aria-label='Narration of scene {}']", index + 1)).await;
        app.client.patch(&scene, serde_json::json!({"position": 1})).await.expect(200);
        until_focused(&browser, "[aria-label='Narration of scene 2']").await;
    }
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn what_is_gone_leaves_the_focus_to_what_is_next_to_it() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One.", "Two.", "Three."]).await;
    let browser = open(&app, &project, "script").await;
    browser.offer_long().await;
    // Of a scene: to the same place in the next one; of the last, in the one before.
    focus(&browser, "[aria-label='Actions for scene 2']").await;
    press(&browser, Key::Enter + "").await;
    until_focused(&browser, "[role=menuitem]").await;
    // The menu begins anew at either end.
    press(&browser, Key::Up + "").await;
    browser.until("return document.activeElement.textContent === 'Delete'").await;
    press(&browser, Key::Home + "").await;
    browser.until("return document.activeElement.textContent === 'Rewrite…'").await;
    press(&browser, Key::End + "").await;
    press(&browser, Key::Enter + "").await;
    browser.until(&scenes_are(&["One.", "Three."])).await;
    until_focused(&browser, "[aria-label='Actions for scene 2']").await;

    // From a note it goes back to where it was.
    focus(&browser, "[aria-label=Notifications] button").await;
    press(&browser, Key::Enter + "").await;
    browser.until(&scenes_are(&["One.", "Two.", "Three."])).await;
    until_focused(&browser, "[aria-label='Actions for scene 3']").await;
    browser.close().await;

    // Of a take: to the way back.
    let narrate = serde_json::json!({"sceneId": project["scenes"][0]["id"]});
    app.client.post_and_wait("/api/audio/generate", narrate).await.expect(200);
    let browser = open(&app, &project, "audio").await;
    browser.offer_long().await;
    browser.button("Takes of scene 1").await.click().await.unwrap();
    focus(&browser, "dialog [aria-label='Delete take 1']").await;
    press(&browser, Key::Enter + "").await;
    until_focused(&browser, "dialog li.gone button").await;
    press(&browser, Key::Enter + "").await;
    until_focused(&browser, "dialog li:not(.gone) *").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_choice_that_is_made_leaves_the_focus_beside_it() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let browser = open(&app, &project, "script").await;
    let narration = browser.find("[aria-label='Narration of scene 1']").await;
    browser.set_offline(true).await;
    narration.send_keys("Mine. ").await.unwrap();
    let scene = format!("/api/scenes/{}", project["scenes"][0]["id"].as_str().unwrap());
    app.client.patch(&scene, serde_json::json!({"narration": "Theirs."})).await.expect(200);
    browser.set_offline(false).await;
    browser.button("Keep mine").await;
    focus(&browser, "main [role=alert] ~ div button").await;
    press(&browser, Key::Enter + "").await;
    browser.until("return !document.body.innerText.includes('Which words should stay?')").await;
    until_focused(&browser, "[data-scene] textarea").await;

    app.client.patch("/api/settings", serde_json::json!({"providers": {"openai": {"apiKey": "sk-a-key-of-no-use"}}})).await.expect(200);
    browser.page.goto(format!("{}/settings", app.client.base())).await.unwrap();
    focus(&browser, "[aria-label='Remove the key for OpenAI']").await;
    press(&browser, Key::Enter + "").await;
    browser.until("return document.querySelector(\"[aria-label='Remove the key for OpenAI']\") === null").await;
    until_focused(&browser, "[aria-label='Key for OpenAI']").await;

    // A new project begins with its text.
    press(&browser, Key::Escape + "").await;
    browser.until("document.activeElement.blur(); return true").await;
    press(&browser, "n").await;
    browser.until("return location.pathname === '/new'").await;
    until_focused(&browser, "[aria-label='New script'] textarea").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn the_drawer_takes_the_focus_and_gives_it_back() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let browser = open(&app, &project, "script").await;
    browser.resize(PHONE).await;
    focus(&browser, "header [aria-label=Library]").await;
    press(&browser, Key::Enter + "").await;
    until_focused(&browser, "section[aria-label=Library] *").await;
    press(&browser, Key::Escape + "").await;
    until_focused(&browser, "header [aria-label=Library]").await;

    // Behind it the focus would not be seen: it goes where that leaves it.
    press(&browser, Key::Enter + "").await;
    until_focused(&browser, "section[aria-label=Library] *").await;
    focus(&browser, "[aria-label^='Actions for']").await;
    press(&browser, Key::Tab + "").await;
    until_focused(&browser, "#page *").await;
    browser.until("return document.querySelector('.library.drawn') === null").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn back_and_reload_keep_the_place_and_a_page_that_is_gone_to_begins_at_its_beginning() {
    let app = TestApp::start().await;
    let words: Vec<_> = (1..=40).map(|number| format!("These are the words of scene {number}. ").repeat(number % 5 + 1)).collect();
    let project = app.client.project(&words.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let browser = open(&app, &project, "script").await;
    browser.find("[aria-label='Narration of scene 40']").await;
    let at = "document.querySelector(\"main li[aria-label='Scene 30']\").getBoundingClientRect().top - document.querySelector('main').getBoundingClientRect().top";
    browser.until("document.querySelector(\"main li[aria-label='Scene 30']\").scrollIntoView(); return true").await;
    let near = format!("return Math.abs({at}) < 60");
    browser.until(&near).await;
    let kept = "return sessionStorage.getItem('studio.place.' + location.pathname)?.startsWith('2') === true";
    browser.until(kept).await;
    browser.page.refresh().await.unwrap();
    browser.find("[data-scene]").await;
    browser.until(&near).await;

    browser.button("Continue to audio").await.click().await.unwrap();
    browser.find("main[aria-label=Audio] tr").await;
    browser.until("return document.querySelector('main').scrollTop === 0").await;
    browser.page.back().await.unwrap();
    browser.find("main[aria-label=Script] li").await;
    browser.until(&near).await;
    browser.close().await;
    app.finish().await;
}
