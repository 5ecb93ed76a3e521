//! Nothing typed is lost: not by a server that is away, not by somebody else's change, not by a mistaken key.

use serde_json::{Value, json};
use studio_tests::{TestApp, browser::Browser};
use thirtyfour::prelude::*;

use super::deleting::delete_scene;

const DESKTOP: (u32, u32) = (1440, 900);

pub async fn script(app: &TestApp, narrations: &[&str]) -> (Browser, Value) {
    let project = app.client.project(narrations).await;
    let browser = Browser::open(&format!("{}/script/{}", app.client.base(), project["id"].as_str().unwrap()), DESKTOP).await;
    browser.find("[aria-label='Narration of scene 1']").await;
    (browser, project)
}

pub fn scene(project: &Value, index: usize) -> String {
    format!("/api/scenes/{}", project["scenes"][index]["id"].as_str().unwrap())
}

async fn narration_on_the_server(app: &TestApp, scene: &str) -> String {
    app.client.get(scene).await.expect(200)["narration"].as_str().unwrap().to_owned()
}

pub async fn type_in(browser: &Browser, number: usize, text: &str) {
    let field = browser.find(&format!("[aria-label='Narration of scene {number}']")).await;
    field.send_keys(Key::Control + Key::End).await.unwrap();
    field.send_keys(text).await.unwrap();
}

/// Puts the cursor into a narration.
pub async fn cursor(browser: &Browser, number: usize, at: usize) -> WebElement {
    let css = format!("[aria-label='Narration of scene {number}']");
    let put = format!("const field = document.querySelector(\"{css}\"); field.focus(); field.setSelectionRange({at}, {at}); return true");
    browser.until(&put).await;
    browser.find(&css).await
}

/// Whether these are the narrations on the page, in that order.
pub fn scenes_are(narrations: &[&str]) -> String {
    let narrations = serde_json::to_string(narrations).unwrap();
    format!(
        "return JSON.stringify([...document.querySelectorAll('[data-scene] .narration textarea')].map(field => field.value)) === JSON.stringify({narrations})"
    )
}

#[tokio::test]
async fn what_is_typed_while_the_server_is_away_is_kept_and_sent() {
    let app = TestApp::start().await;
    let (browser, project) = script(&app, &["Some words."]).await;
    browser.set_offline(true).await;
    type_in(&browser, 1, " And more.").await;
    browser.until("return document.body.innerText.includes('Not saved yet')").await;
    assert_eq!(narration_on_the_server(&app, &scene(&project, 0)).await, "Some words.");
    // A reload finds the words where the browser keeps them.
    browser.set_offline(false).await;
    browser.page.refresh().await.unwrap();
    browser.until(&scenes_are(&["Some words. And more."])).await;
    browser.until("return document.body.innerText.includes('Saved')").await;
    assert_eq!(narration_on_the_server(&app, &scene(&project, 0)).await, "Some words. And more.");
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_clash_shows_both_and_the_person_chooses() {
    let app = TestApp::start().await;
    let (browser, project) = script(&app, &["Some words.", "Other words."]).await;
    for (index, choice, outcome) in [(0, "Keep mine", "Some words. Mine."), (1, "Take theirs", "Theirs.")] {
        let scene = scene(&project, index);
        // Offline while both write, so that neither has seen the other.
        browser.set_offline(true).await;
        type_in(&browser, index + 1, " Mine.").await;
        app.client.patch(&scene, json!({"narration": "Theirs."})).await.expect(200);
        browser.set_offline(false).await;
        browser.until("return document.body.innerText.includes('Which words should stay?')").await;
        assert_eq!(narration_on_the_server(&app, &scene).await, "Theirs.");
        browser.button(choice).await.click().await.unwrap();
        let shown = format!("return document.querySelector(\"[aria-label='Narration of scene {}']\").value === '{outcome}'", index + 1);
        browser.until(&shown).await;
        browser.until("return !document.body.innerText.includes('Saving') && !document.body.innerText.includes('Which words')").await;
        assert_eq!(narration_on_the_server(&app, &scene).await, outcome);
    }
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn scenes_are_split_merged_and_moved_by_keys_and_all_of_it_is_taken_back() {
    let app = TestApp::start().await;
    let (browser, _) = script(&app, &["One two.", "Three."]).await;
    browser.offer_long().await;
    let field = cursor(&browser, 1, 4).await;
    field.send_keys(Key::Control + Key::Shift + Key::Enter).await.unwrap();
    browser.until(&scenes_are(&["One", "two.", "Three."])).await;
    browser.button("Undo").await.click().await.unwrap();
    browser.until(&scenes_are(&["One two.", "Three."])).await;

    let field = cursor(&browser, 2, 0).await;
    field.send_keys(Key::Backspace + "").await.unwrap();
    browser.until(&scenes_are(&["One two. Three."])).await;
    browser.button("Undo").await.click().await.unwrap();
    browser.until(&scenes_are(&["One two.", "Three."])).await;

    let field = cursor(&browser, 1, 0).await;
    field.send_keys(Key::Alt + Key::Down).await.unwrap();
    browser.until(&scenes_are(&["Three.", "One two."])).await;
    browser.button("Undo").await.click().await.unwrap();
    browser.until(&scenes_are(&["One two.", "Three."])).await;

    // What is typed while a split is on its way stays on its side.
    let hold = "const reach = window.fetch; \
        window.fetch = async (...what) => { \
            if (what[0].method === 'POST') await new Promise(go => window.go = go); \
            return reach(...what); \
        }; \
        return true";
    browser.until(hold).await;
    let field = cursor(&browser, 1, 4).await;
    field.send_keys(Key::Control + Key::Shift + Key::Enter).await.unwrap();
    browser.until("return window.go !== undefined").await;
    press(&browser, "half past ").await;
    browser.until("window.go(); return true").await;
    browser.until(&scenes_are(&["One", "half past two.", "Three."])).await;
    // One goes on behind it.
    let behind = "const field = document.activeElement; \
        return field.closest('[data-scene]') === document.querySelectorAll('[data-scene]')[1] && field.selectionStart === 10";
    browser.until(behind).await;
    browser.button("Undo").await.click().await.unwrap();
    browser.until(&scenes_are(&["One half past two.", "Three."])).await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn what_is_done_with_scenes_is_told_by_the_numbers_that_the_page_shows() {
    let app = TestApp::start().await;
    let (browser, _) = script(&app, &["One.", "Two three.", "Four.", "Five."]).await;
    browser.offer_long().await;
    delete_scene(&browser, 1).await;
    browser.until(&scenes_are(&["Two three.", "Four.", "Five."])).await;
    let field = cursor(&browser, 1, 4).await;
    field.send_keys(Key::Control + Key::Shift + Key::Enter).await.unwrap();
    browser.until(&scenes_are(&["Two", "three.", "Four.", "Five."])).await;
    browser.find("[aria-label='Undo: Scene 1 split']").await;
    cursor(&browser, 4, 0).await.send_keys(Key::Backspace + "").await.unwrap();
    browser.find("[aria-label='Undo: Scenes 3 and 4 merged']").await;
    browser.until("document.querySelector(\"[aria-label='Actions for scene 2']\").click(); return true").await;
    browser.button("Rewrite…").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog h2')?.textContent === 'Rewrite scene 2'").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_scene_that_was_not_added_is_added_by_another_try() {
    let app = TestApp::start().await;
    let (browser, _) = script(&app, &["One."]).await;
    browser.set_offline(true).await;
    browser.button("Add scene").await.click().await.unwrap();
    browser.until("return document.body.innerText.includes('No scene was added')").await;
    browser.set_offline(false).await;
    browser.button("Retry").await.click().await.unwrap();
    browser.until(&scenes_are(&["One.", ""])).await;
    browser.until("return !document.body.innerText.includes('No scene was added')").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_script_is_copied_also_where_the_browser_gives_pages_no_clipboard() {
    let app = TestApp::start().await;
    let (browser, _) = script(&app, &["One.", "Two."]).await;
    // As over plain http to another machine.
    let without = "Object.defineProperty(navigator, 'clipboard', {value: undefined}); \
        document.addEventListener('copy', () => window.copied = getSelection().toString()); \
        return true";
    browser.until(without).await;
    browser.button("Read").await.click().await.unwrap();
    browser.button("Copy text").await.click().await.unwrap();
    browser.until("return document.activeElement.textContent === 'Copied'").await;
    browser.until("return window.copied === 'One.\\n\\nTwo.'").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn what_is_typed_before_the_scenes_are_read_again_is_in_the_new_one() {
    let app = TestApp::start().await;
    let (browser, _) = script(&app, &["One two.", "Three."]).await;
    let hold = "const reach = window.fetch; \
        window.held = []; \
        window.fetch = async (...what) => { \
            if (what[0].method === 'GET' && what[0].url.includes('/api/projects/')) await new Promise(go => held.push(go)); \
            return reach(...what); \
        }; \
        return true";
    browser.until(hold).await;
    let go_on = "held.splice(0).forEach(go => go()); return true";
    let focused_in = |index: usize| {
        format!(
            "return held.length > 0 && document.activeElement.closest('[data-scene]') === document.querySelectorAll('[data-scene]')[{index}]"
        )
    };
    cursor(&browser, 1, 4).await;
    press(&browser, Key::Control + Key::Shift + Key::Enter).await;
    browser.until(&focused_in(1)).await;
    press(&browser, "half past ").await;
    browser.until(&scenes_are(&["One", "half past two.", "Three."])).await;
    browser.until(go_on).await;

    browser.button("Add scene").await.click().await.unwrap();
    browser.until(&focused_in(3)).await;
    press(&browser, "Four.").await;
    browser.until(go_on).await;
    browser.until("return !document.body.innerText.includes('Saving') && !document.body.innerText.includes('Not saved')").await;
    browser.until(&scenes_are(&["One", "half past two.", "Three.", "Four."])).await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_server_that_hangs_is_not_waited_for_for_ever() {
    let app = TestApp::start().await;
    let (browser, project) = script(&app, &["One.", "Two.", "Three."]).await;
    let hang = "const wait = window.setTimeout; \
        window.setTimeout = (run, ms, ...rest) => wait(run, ms === 30000 ? 300 : ms, ...rest); \
        window.reach = window.fetch; \
        window.fetch = (...what) => (what[0].method ?? 'GET') === 'GET' ? reach(...what) : new Promise((_, fail) => \
            what[0].signal.addEventListener('abort', () => { window.gone = window.gone || what[0].method === 'DELETE'; fail(what[0].signal.reason); })); \
        return true";
    browser.until(hang).await;
    let told = |words: &str| format!("return document.querySelector('[aria-label=Notifications]').innerText.includes('{words}')");
    browser.button("Add scene").await.click().await.unwrap();
    browser.until(&told("No scene was added: The studio does not answer.")).await;
    cursor(&browser, 1, 0).await.send_keys(Key::Alt + Key::Down).await.unwrap();
    browser.until(&told("The scene was not moved: The studio does not answer.")).await;
    browser.until(&scenes_are(&["One.", "Two.", "Three."])).await;
    type_in(&browser, 1, " More.").await;
    browser.until("return document.body.innerText.includes('Not saved yet')").await;
    delete_scene(&browser, 3).await;
    browser.until("return window.gone === true").await;
    browser.until("window.fetch = window.reach; return true").await;
    browser.button("Add scene").await.click().await.unwrap();
    browser.until(&scenes_are(&["One. More.", "Two.", ""])).await;
    browser.until("return !document.body.innerText.includes('Not saved yet')").await;
    // The stream was there all the time: nothing tells that the server is back.
    let project = format!("/api/projects/{}", project["id"].as_str().unwrap());
    app.client.until(&project, "has lost the scene", |project| project["scenes"].as_array().unwrap().len() == 3).await;
    assert_eq!(app.client.get(&project).await.expect(200)["scenes"][2]["narration"], "");
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn words_are_dragged_as_words_and_a_scene_by_its_handle() {
    let app = TestApp::start().await;
    let (browser, _) = script(&app, &["Slow but steady.", "Three."]).await;
    let begin = "window.row = index => document.querySelectorAll('[data-scene]')[index]; \
        window.drag = (kind, element, clientY) => { \
            const event = new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true, clientY}); \
            return element.dispatchEvent(event); \
        }; \
        window.data = new DataTransfer(); \
        data.setData('text/plain', 'steady'); \
        drag('dragstart', row(0).querySelector('textarea')); \
        return data.getData('text/plain') === 'steady' && data.types.length === 1";
    browser.until(begin).await;
    // No field takes the scene for a text.
    let grip = "window.data = new DataTransfer(); drag('dragstart', row(0).querySelector('[draggable]')); \
        return data.types.length === 1 && !data.types.includes('text/plain')";
    browser.until(grip).await;
    browser.until("return !drag('dragover', row(1), row(1).getBoundingClientRect().bottom - 1)").await;
    browser.until("return row(1).classList.contains('behind')").await;
    browser.until("return !drag('drop', row(1))").await;
    browser.until(&scenes_are(&["Three.", "Slow but steady."])).await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_move_that_fails_is_put_back_and_tried_again() {
    let app = TestApp::start().await;
    let (browser, project) = script(&app, &["One.", "Two.", "Three."]).await;
    browser.set_offline(true).await;
    cursor(&browser, 1, 0).await.send_keys(Key::Alt + Key::Down).await.unwrap();
    browser.until("return document.body.innerText.includes('The scene was not moved')").await;
    browser.until(&scenes_are(&["One.", "Two.", "Three."])).await;
    // There is nothing to take back.
    let offers = "return JSON.stringify([...document.querySelectorAll('[aria-label=Notifications] button')].map(button => button.innerText.trim())) === '[\"Retry\",\"\"]'";
    browser.until(offers).await;
    browser.set_offline(false).await;
    browser.button("Retry").await.click().await.unwrap();
    browser.until(&scenes_are(&["Two.", "One.", "Three."])).await;
    app.client.until(&scene(&project, 0), "is moved", |scene| scene["position"] == 1).await;
    browser.close().await;
    app.finish().await;
}

/// Notes every order of the scenes that is shown from now on.
async fn note_orders(browser: &Browser) {
    let note = "window.orders = []; \
        const note = () => { \
            const order = [...document.querySelectorAll('[data-scene]')].map(row => row.dataset.scene).join(); \
            if (orders.at(-1) !== order) orders.push(order); \
        }; \
        note(); \
        new MutationObserver(note).observe(document.body, {childList: true, subtree: true}); \
        return true";
    browser.until(note).await;
}

/// Lets requests of one method wait, each until it is let go; counts the answers with the open project.
async fn hold_back(browser: &Browser, method: &str) {
    let hold = format!(
        "const reach = window.fetch; \
         window.held = []; \
         window.read = 0; \
         window.fetch = async (...what) => {{ \
             const {{ method, url }} = what[0]; \
             if (method === '{method}') await new Promise(go => held.push(go)); \
             const answer = await reach(...what); \
             if (method === 'GET' && /projects\\/[^/]+$/.test(url)) read += 1; \
             return answer; \
         }}; \
         return true"
    );
    browser.until(&hold).await;
}

/// Lets the one request go that waits.
const GO_ON: &str = "if (held.length !== 1) return false; held.pop()(); return true";

pub async fn narrations_on_the_server(app: &TestApp, project: &Value) -> Vec<String> {
    let detail = app.client.get(&format!("/api/projects/{}", project["id"].as_str().unwrap())).await.expect(200);
    detail["scenes"].as_array().unwrap().iter().map(|scene| scene["narration"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_move_and_its_undo_go_one_after_another_and_nothing_shows_the_order_of_before() {
    let app = TestApp::start().await;
    let (browser, project) = script(&app, &["One.", "Two.", "Three."]).await;
    browser.offer_long().await;
    hold_back(&browser, "PATCH").await;
    // What is told of a title has come, and so has all that was told before it.
    let retitle = async |index: usize, title: &str| {
        app.client.patch(&scene(&project, index), json!({"title": title})).await.expect(200);
        browser
            .until(&format!(
                "return [...document.querySelectorAll('[data-scene] [aria-label^=Title]')].some(field => field.value === '{title}')"
            ))
            .await;
    };
    let read_again = "window.read = 0; window.dispatchEvent(new Event('online')); return true";

    cursor(&browser, 1, 0).await.send_keys(Key::Alt + Key::Down).await.unwrap();
    browser.until(&scenes_are(&["Two.", "One.", "Three."])).await;
    note_orders(&browser).await;
    // While the move is on its way, somebody names the scene, and the page is read again.
    retitle(0, "First").await;
    browser.until(read_again).await;
    browser.until("return read > 0").await;
    retitle(2, "Last").await;
    browser.until("return orders.length === 1").await;

    browser.button("Undo").await.click().await.unwrap();
    browser.until(&scenes_are(&["One.", "Two.", "Three."])).await;
    note_orders(&browser).await;
    browser.until(GO_ON).await;
    app.client.until(&scene(&project, 0), "is moved", |scene| scene["position"] == 1).await;
    browser.until("return held.length === 1").await;
    retitle(1, "Second").await;
    browser.until(read_again).await;
    browser.until("return read > 0").await;
    browser.until(GO_ON).await;
    app.client.until(&scene(&project, 0), "is back", |scene| scene["position"] == 0).await;
    browser.until("return read > 1").await;
    retitle(2, "The last").await;
    browser.until("return orders.length === 1").await;
    assert_eq!(narrations_on_the_server(&app, &project).await, ["One.", "Two.", "Three."]);
    browser.until(&scenes_are(&["One.", "Two.", "Three."])).await;
    // From then on the order is the server's again.
    app.client.patch(&scene(&project, 0), json!({"position": 2})).await.expect(200);
    browser.until(&scenes_are(&["Two.", "Three.", "One."])).await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn where_a_scene_is_moved_just_before_the_page_is_left_is_where_it_is() {
    let app = TestApp::start().await;
    let (browser, project) = script(&app, &["One.", "Two.", "Three."]).await;
    hold_back(&browser, "PATCH").await;
    cursor(&browser, 1, 0).await.send_keys(Key::Alt + Key::Down).await.unwrap();
    browser.until(&scenes_are(&["Two.", "One.", "Three."])).await;
    cursor(&browser, 2, 0).await.send_keys(Key::Alt + Key::Down).await.unwrap();
    browser.until(&scenes_are(&["Two.", "Three.", "One."])).await;
    browser.page.goto("about:blank").await.unwrap();
    app.client.until(&scene(&project, 0), "is moved", |scene| scene["position"] == 2).await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_scene_that_is_split_or_added_while_another_moves_comes_where_the_page_shows_it() {
    let app = TestApp::start().await;
    let (browser, project) = script(&app, &["One.", "Two.", "Three four.", "Five."]).await;
    hold_back(&browser, "PATCH").await;
    cursor(&browser, 3, 0).await.send_keys(Key::Alt + Key::Up).await.unwrap();
    browser.until(&scenes_are(&["One.", "Three four.", "Two.", "Five."])).await;
    cursor(&browser, 2, 5).await;
    press(&browser, Key::Control + Key::Shift + Key::Enter).await;
    browser.until("return held.length === 1").await;
    browser.until("document.querySelector(\"[aria-label='Actions for scene 4']\").click(); return true").await;
    let below = "const item = [...document.querySelectorAll('[role=menuitem]')].find(item => item.checkVisibility() && item.textContent === 'Add scene below'); \
        item?.click(); return item !== undefined";
    browser.until(below).await;
    browser.until(GO_ON).await;
    let shown = ["One.", "Three", "four.", "Two.", "Five.", ""];
    browser.until(&scenes_are(&shown)).await;
    note_orders(&browser).await;
    // What is left of the scene that was split is saved.
    browser.until(GO_ON).await;
    app.client.until(&scene(&project, 2), "is saved", |scene| scene["narration"] == "Three").await;
    assert_eq!(narrations_on_the_server(&app, &project).await, shown);
    browser.until("return orders.length === 1").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn what_is_typed_just_before_a_tab_is_closed_is_there_in_the_next() {
    let app = TestApp::start().await;
    let (browser, project) = script(&app, &["One.", "Two."]).await;
    let address = browser.page.current_url().await.unwrap();
    let next = browser.page.new_tab().await.unwrap();
    cursor(&browser, 1, 4).await.send_keys(" More.").await.unwrap();
    browser.page.close_window().await.unwrap();

    browser.look_at(&next).await;
    browser.page.goto(address.as_str()).await.unwrap();
    browser.until(&scenes_are(&["One. More.", "Two."])).await;
    app.client.until(&scene(&project, 0), "is saved", |scene| scene["narration"] == "One. More.").await;
    browser.close().await;
    app.finish().await;
}

/// Presses a key where the focus is.
async fn press(browser: &Browser, keys: impl Into<TypingData>) {
    browser.page.active_element().await.unwrap().send_keys(keys).await.unwrap();
}

#[tokio::test]
async fn a_split_is_taken_back_where_another_project_is_open_by_then() {
    let app = TestApp::start().await;
    let other = app.client.project(&["Elsewhere."]).await;
    let (browser, project) = script(&app, &["One two."]).await;
    browser.offer_long().await;
    cursor(&browser, 1, 4).await;
    press(&browser, Key::Control + Key::Shift + Key::Enter).await;
    browser.until(&scenes_are(&["One", "two."])).await;
    let undo = browser.button("Undo").await;
    browser.until(&format!("document.querySelector(\"a[href*='{}']\").click(); return true", other["id"].as_str().unwrap())).await;
    browser.until(&scenes_are(&["Elsewhere."])).await;
    undo.click().await.unwrap();
    let path = format!("/api/projects/{}", project["id"].as_str().unwrap());
    app.client.until(&path, "has one scene", |project| project["scenes"].as_array().unwrap().len() == 1).await;
    app.client.until(&scene(&project, 0), "has all the words", |scene| scene["narration"] == "One two.").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_pasted_script_becomes_scenes_as_it_is() {
    let app = TestApp::start().await;
    let browser = Browser::open(&format!("{}/new", app.client.base()), DESKTOP).await;
    browser.button("Paste a script").await.click().await.unwrap();
    browser.find("[role=tabpanel] textarea").await.send_keys("Scene 1: The branch\nOne two.\n\nScene 2\nThree.").await.unwrap();
    browser.button("Use this script").await.click().await.unwrap();
    browser.until(&scenes_are(&["One two.", "Three."])).await;
    browser.until("return document.querySelector(\"[aria-label='Title of scene 1']\").value === 'The branch'").await;
    browser.close().await;
    app.finish().await;
}
