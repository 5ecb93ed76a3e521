//! Scenes that are deleted or merged, and come back.

use studio_tests::{TestApp, browser::Browser};
use thirtyfour::prelude::*;

use super::editing::{cursor, narrations_on_the_server, scene, scenes_are, script};

pub async fn delete_scene(browser: &Browser, number: usize) {
    browser.until(&format!("document.querySelector(\"[aria-label='Actions for scene {number}']\").click(); return true")).await;
    let item = "const item = [...document.querySelectorAll('[role=menuitem]')].find(item => item.checkVisibility() && item.textContent === 'Delete'); \
        item?.click(); return item !== undefined";
    browser.until(item).await;
}

#[tokio::test]
async fn a_scene_that_is_deleted_or_merged_in_one_tab_is_gone_from_the_other_at_once_and_comes_back_with_it() {
    let app = TestApp::start().await;
    let (browser, project) = script(&app, &["One.", "Two.", "Three."]).await;
    browser.offer_long().await;
    let (here, address) = (browser.page.window().await.unwrap(), browser.page.current_url().await.unwrap());
    let there = browser.page.new_tab().await.unwrap();
    let look = async |tab: &WindowHandle, narrations: &[&str]| {
        browser.look_at(tab).await;
        browser.until(&scenes_are(narrations)).await;
    };
    browser.look_at(&there).await;
    browser.page.goto(address.as_str()).await.unwrap();
    look(&there, &["One.", "Two.", "Three."]).await;
    browser.offer_long().await;

    look(&here, &["One.", "Two.", "Three."]).await;
    delete_scene(&browser, 3).await;
    look(&there, &["One.", "Two."]).await;
    look(&here, &["One.", "Two."]).await;
    // One deleted there too: each tab takes back its own.
    look(&there, &["One.", "Two."]).await;
    delete_scene(&browser, 2).await;
    look(&here, &["One."]).await;
    browser.button("Undo").await.click().await.unwrap();
    look(&there, &["One.", "Three."]).await;
    browser.button("Undo").await.click().await.unwrap();
    look(&there, &["One.", "Two.", "Three."]).await;

    look(&here, &["One.", "Two.", "Three."]).await;
    cursor(&browser, 2, 0).await.send_keys(Key::Backspace + "").await.unwrap();
    look(&there, &["One. Two.", "Three."]).await;
    assert_eq!(narrations_on_the_server(&app, &project).await, ["One. Two.", "Two.", "Three."]);
    // What is made there is made of what is shown there; from then on it is not offered back here.
    browser.button("Continue to audio").await.click().await.unwrap();
    browser.button("Generate all audio").await.click().await.unwrap();
    app.client.until(&scene(&project, 0), "is narrated", |scene| !scene["selectedAudioId"].is_null()).await;
    assert_eq!(narrations_on_the_server(&app, &project).await, ["One. Two.", "Three."]);
    look(&here, &["One. Two.", "Three."]).await;
    browser.until("return document.querySelector('[aria-label^=\"Undo\"]') === null").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn what_was_done_last_is_taken_back_first_and_each_button_says_what_it_undoes() {
    let app = TestApp::start().await;
    let (browser, _) = script(&app, &["One.", "Two.", "Three."]).await;
    browser.offer_long().await;
    let offers = |names: &str| {
        format!(
            "const names = [...document.querySelectorAll('[aria-label=Notifications] button[aria-label^=Undo]')].map(button => button.ariaLabel); \
             return JSON.stringify(names) === '{names}'"
        )
    };
    delete_scene(&browser, 1).await;
    browser.until(&scenes_are(&["Two.", "Three."])).await;
    delete_scene(&browser, 2).await;
    browser.until(&scenes_are(&["Two."])).await;
    browser.until(&offers(r#"["Undo: Scene 1 deleted","Undo: Scene 2 deleted"]"#)).await;
    browser.expect_accessible("two deletions that can be taken back").await;
    // The same words once more stand in the place of the first, which comes back to where it was.
    delete_scene(&browser, 1).await;
    browser.until(&scenes_are(&[])).await;
    browser.until(&offers(r#"["Undo: Scene 2 deleted","Undo: Scene 1 deleted"]"#)).await;
    let back = async || browser.find("body").await.send_keys(Key::Control + "z").await.unwrap();
    back().await;
    browser.until(&scenes_are(&["Two."])).await;
    browser.until(&offers(r#"["Undo: Scene 1 deleted","Undo: Scene 2 deleted"]"#)).await;
    // The time that the first had left when it was covered does not end it.
    browser.until("return window.offers.size === 2").await;
    back().await;
    browser.until(&scenes_are(&["Two.", "Three."])).await;
    back().await;
    browser.until(&scenes_are(&["One.", "Two.", "Three."])).await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_scene_whose_removal_has_begun_is_not_offered_back_and_comes_back_where_it_fails() {
    let app = TestApp::start().await;
    let (browser, project) = script(&app, &["One.", "Two."]).await;
    browser.offer_long().await;
    let refuse = "const reach = window.fetch; \
        const refusal = JSON.stringify({code: 'conflict', message: 'It is needed.'}); \
        window.fetch = async (...what) => { \
            if (what[0].method !== 'DELETE') return reach(...what); \
            await new Promise(go => window.go = go); \
            return new Response(refusal, {status: 409}); \
        }; \
        return true";
    browser.until(refuse).await;
    delete_scene(&browser, 1).await;
    browser.find("[aria-label='Undo: Scene 1 deleted']").await;
    browser.button("Continue to audio").await.click().await.unwrap();
    browser.button("Generate all audio").await.click().await.unwrap();
    browser.until("return window.go !== undefined").await;
    browser.until("return document.querySelector('[aria-label^=\"Undo\"]') === null").await;
    browser.find("body").await.send_keys(Key::Control + "z").await.unwrap();
    let rows = |count: usize| format!("return document.querySelectorAll('main tbody tr').length === {count}");
    browser.until(&rows(1)).await;
    browser.until("window.go(); return true").await;
    browser
        .until("return document.querySelector('[aria-label=Notifications]').innerText.includes('The scene was not deleted: It is needed.')")
        .await;
    browser.until(&rows(2)).await;
    // What is made is made of it, too.
    let path = format!("/api/audio/by-project/{}", project["id"].as_str().unwrap());
    app.client
        .until(&path, "is ready for both", |takes| takes.as_array().unwrap().iter().filter(|take| take["status"] == "ready").count() == 2)
        .await;
    browser.close().await;
    app.finish().await;
}
