//! Several tabs of one browser, of which one goes without a word, and pages that are left and come back.

use serde_json::json;
use studio_tests::TestApp;

use super::{
    deleting::delete_scene,
    editing::{narrations_on_the_server, scene, scenes_are, script, type_in},
};

#[tokio::test]
async fn a_tab_that_breaks_down_while_it_offers_a_scene_back_hides_it_from_no_other_for_long() {
    let app = TestApp::start().await;
    let (browser, project) = script(&app, &["One.", "Two.", "Three."]).await;
    let (here, address) = (browser.page.window().await.unwrap(), browser.page.current_url().await.unwrap());
    // A tab tells every 20 seconds what it hides, and is believed for 90.
    let quick = "const wait = window.setTimeout; \
        window.setTimeout = (run, ms, ...rest) => wait(run, {20000: 200, 90000: 5000}[ms] ?? ms, ...rest); \
        return true";
    browser.offer_long().await;
    browser.until(quick).await;
    let there = browser.page.new_tab().await.unwrap();
    browser.look_at(&there).await;
    browser.page.goto(address.as_str()).await.unwrap();
    browser.until(&scenes_are(&["One.", "Two.", "Three."])).await;
    browser.until(quick).await;

    browser.look_at(&here).await;
    delete_scene(&browser, 2).await;
    browser.look_at(&there).await;
    browser.until(&scenes_are(&["One.", "Three."])).await;
    // For as long as it is told so.
    browser.until("window.since ??= performance.now(); return performance.now() - window.since > 7000").await;
    browser.until(&scenes_are(&["One.", "Three."])).await;

    browser.look_at(&here).await;
    browser.until("Storage.prototype.setItem = () => {}; return true").await;
    browser.look_at(&there).await;
    browser.until(&scenes_are(&["One.", "Two.", "Three."])).await;
    assert_eq!(narrations_on_the_server(&app, &project).await, ["One.", "Two.", "Three."]);
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn what_is_typed_in_a_duplicated_tab_is_kept_beside_what_is_typed_in_the_first() {
    let app = TestApp::start().await;
    let (browser, project) = script(&app, &["One."]).await;
    let here = browser.page.window().await.unwrap();
    // It has a copy of what the browser keeps for the first.
    browser.until("window.open(location); return true").await;
    let there = browser.page.windows().await.unwrap().pop().unwrap();
    browser.look_at(&there).await;
    browser.until(&scenes_are(&["One."])).await;
    browser.set_offline(true).await;
    type_in(&browser, 1, " There.").await;
    browser.until("return document.body.innerText.includes('Not saved yet')").await;
    browser.look_at(&here).await;
    browser.set_offline(true).await;
    type_in(&browser, 1, " Here.").await;
    browser.until("return document.body.innerText.includes('Not saved yet')").await;

    browser.look_at(&there).await;
    browser.page.refresh().await.unwrap();
    browser.until(&scenes_are(&["One. There."])).await;
    browser.until("return document.body.innerText.includes('Saved')").await;
    assert_eq!(narrations_on_the_server(&app, &project).await, ["One. There."]);
    browser.look_at(&here).await;
    browser.set_offline(false).await;
    browser.until("return document.body.innerText.includes('Which words should stay?')").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn what_was_typed_is_taken_over_also_where_the_clock_was_set_back_since() {
    let app = TestApp::start().await;
    let (browser, project) = script(&app, &["One."]).await;
    let scene = project["scenes"][0]["id"].as_str().unwrap();
    // A tab that broke down while it kept this has left it from tomorrow.
    let keep = format!(
        "const kept = {{ text: {{ narration: 'One. Two.' }}, base: {{ narration: 'One.' }}, at: Date.now() + 86400000 }}; \
         localStorage.setItem('studio.draft.0.123.{scene}', JSON.stringify(kept)); return true"
    );
    browser.until(&keep).await;
    browser.page.refresh().await.unwrap();
    browser.until(&scenes_are(&["One. Two."])).await;
    browser.until("return document.body.innerText.includes('Saved')").await;
    assert_eq!(narrations_on_the_server(&app, &project).await, ["One. Two."]);
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_page_that_is_left_gives_its_connection_back_and_reads_what_it_missed_when_it_is_shown_again() {
    let app = TestApp::start().await;
    let (browser, project) = script(&app, &["One."]).await;
    let counted = "const close = EventSource.prototype.close; window.shut = 0; \
        EventSource.prototype.close = function () { shut++; close.call(this); }; \
        return true";
    browser.until(counted).await;
    // As a browser does that keeps it for the way back.
    browser.until("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })); return shut === 1").await;
    app.client.patch(&scene(&project, 0), json!({"narration": "Two."})).await.expect(200);
    browser.until(&scenes_are(&["One."])).await;
    browser.until("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })); return true").await;
    browser.until(&scenes_are(&["Two."])).await;
    browser.close().await;
    app.finish().await;
}
