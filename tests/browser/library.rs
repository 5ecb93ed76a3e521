//! The library: what can be done with a project in it.

use serde_json::{Value, json};
use studio_tests::{TestApp, browser::Browser, eventually};
use thirtyfour::prelude::*;

use crate::DESKTOP;

async fn titles(app: &TestApp) -> Vec<Value> {
    let list = app.client.get("/api/projects").await.expect(200);
    list["items"].as_array().unwrap().iter().map(|project| project["title"].clone()).collect()
}

/// Waits until these are the titles on the server.
async fn until_titles(app: &TestApp, expected: &[&str]) {
    eventually(format!("the titles are {expected:?}"), async || titles(app).await == expected).await;
}

/// Waits until a project of that title is listed. Its menu shows only where the pointer or the focus is.
async fn until_listed(browser: &Browser, title: &str) {
    browser.until(&format!("return document.querySelector(\"[aria-label='Actions for {title}']\") !== null")).await;
}

/// Chooses from the menu of a project.
async fn choose(browser: &Browser, title: &str, action: &str) {
    until_listed(browser, title).await;
    browser.until(&format!("document.querySelector(\"[aria-label='Actions for {title}']\").click(); return true")).await;
    // A driver takes for hidden what lies in something transparent, although it is shown above everything.
    let item = format!(
        "const item = [...document.querySelectorAll('[role=menuitem]')].find(item => item.checkVisibility() && item.textContent === '{action}'); \
         item?.click(); return item !== undefined"
    );
    browser.until(&item).await;
}

#[tokio::test]
async fn a_project_that_is_deleted_in_one_tab_is_gone_from_the_other_and_comes_back_there_too() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let title = project["title"].as_str().unwrap();
    let browser = Browser::open(&format!("{}/new", app.client.base()), DESKTOP).await;
    until_listed(&browser, title).await;
    let first = browser.page.window().await.unwrap();
    let second = browser.page.new_tab().await.unwrap();
    browser.look_at(&second).await;
    browser.page.goto(format!("{}/settings", app.client.base())).await.unwrap();
    until_listed(&browser, title).await;

    browser.look_at(&first).await;
    choose(&browser, title, "Delete").await;
    // Held, so that there is time to take it back however slow the machine.
    let hold =
        "const undo = document.querySelector('[aria-label=Notifications] button'); undo?.focus(); return document.activeElement === undo";
    browser.until(hold).await;
    browser.look_at(&second).await;
    browser.until(&format!("return document.querySelector(\"[aria-label='Actions for {title}']\") === null")).await;
    assert_eq!(titles(&app).await, [title]);

    browser.look_at(&first).await;
    browser.until("document.querySelector('[aria-label=Notifications] button').click(); return true").await;
    until_listed(&browser, title).await;
    let second = browser.page.windows().await.unwrap().pop().unwrap();
    browser.look_at(&second).await;
    until_listed(&browser, title).await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_project_that_there_is_not_says_so_and_leads_on() {
    let app = TestApp::start().await;
    let browser = Browser::open(&format!("{}/audio/01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81", app.client.base()), DESKTOP).await;
    browser.until("return document.querySelector('header h1')?.textContent === 'Not found'").await;
    browser.until("return document.title === 'Not found' && document.querySelector('nav[aria-label=Stages]') === null").await;
    browser.expect_accessible("a project that there is not").await;
    browser.button("Start a new project").await.click().await.unwrap();
    browser.find("[aria-label='New script'] textarea").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_project_is_renamed_copied_deleted_and_had_back() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let (id, old) = (project["id"].as_str().unwrap(), project["title"].as_str().unwrap());
    let browser = Browser::open(&format!("{}/audio/{id}", app.client.base()), DESKTOP).await;
    browser.find("main [aria-label^='Voice of scene 1']").await;

    // What is typed takes the place of the old title.
    choose(&browser, old, "Rename").await;
    browser.until("return document.activeElement.tagName === 'INPUT'").await;
    browser.page.active_element().await.unwrap().send_keys("The second title" + Key::Enter).await.unwrap();
    until_listed(&browser, "The second title").await;
    until_titles(&app, &["The second title"]).await;

    choose(&browser, "The second title", "Duplicate").await;
    until_listed(&browser, "The second title (copy)").await;
    browser.until(&format!("return location.pathname.startsWith('/script/') && !location.pathname.endsWith('{id}')")).await;
    assert_eq!(titles(&app).await.len(), 2);

    // The open one is left, and is there again, on its page, where that is taken back.
    browser.page.goto(format!("{}/audio/{id}", app.client.base())).await.unwrap();
    browser.find("main [aria-label^='Voice of scene 1']").await;
    browser.offer_long().await;
    let gone = "return document.querySelector(\"[aria-label='Actions for The second title']\") === null";
    choose(&browser, "The second title", "Delete").await;
    browser.until(gone).await;
    browser.until("return location.pathname === '/new'").await;
    browser.button("Undo").await.click().await.unwrap();
    until_listed(&browser, "The second title").await;
    browser.until(&format!("return location.pathname === '/audio/{id}'")).await;
    browser.find("main [aria-label^='Voice of scene 1']").await;

    // Nobody takes it back: it is gone when the page is left.
    choose(&browser, "The second title", "Delete").await;
    browser.until("return location.pathname === '/new'").await;
    browser.page.refresh().await.unwrap();
    until_listed(&browser, "The second title (copy)").await;
    browser.until(gone).await;
    until_titles(&app, &["The second title (copy)"]).await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_title_is_kept_until_the_server_has_it() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let old = project["title"].as_str().unwrap();
    let browser = Browser::open(&format!("{}/script/{}", app.client.base(), project["id"].as_str().unwrap()), DESKTOP).await;
    let address = browser.page.current_url().await.unwrap();
    let type_over = async |keys: TypingData| {
        let field = browser.find("input[aria-label='Project title']").await;
        field.send_keys(Key::Control + "a").await.unwrap();
        field.send_keys(keys).await.unwrap();
    };
    let shows = |title: &str| {
        format!(
            "return document.querySelector(\"input[aria-label='Project title']\")?.value === '{title}' \
             && document.querySelector('header h1').textContent === '{title}' && document.title.startsWith('{title} ·')"
        )
    };
    // One that is refused does not stay. Only changes are: the page may still be reading the project.
    let refuse = "window.reach ??= window.fetch; \
        const refusal = JSON.stringify({code: 'validation_failed', message: 'No film is called that.'}); \
        window.fetch = what => what.method === 'PATCH' ? Promise.resolve(new Response(refusal, {status: 422})) : window.reach(what); return true";
    browser.until(refuse).await;
    type_over("Refused" + Key::Enter).await;
    browser.until("return document.body.innerText.includes('No film is called that')").await;
    browser.until(&shows(old)).await;

    // One that the server could not be told is there after a reload, and told then.
    browser.set_offline(true).await;
    type_over("Kept" + Key::Enter).await;
    browser.until(&shows("Kept")).await;
    until_listed(&browser, "Kept").await;
    assert_eq!(titles(&app).await, [old]);
    browser.set_offline(false).await;
    browser.page.refresh().await.unwrap();
    browser.until(&shows("Kept")).await;
    until_titles(&app, &["Kept"]).await;

    // So is one that was typed just before the tab was closed.
    let next = browser.page.new_tab().await.unwrap();
    type_over("Closed".into()).await;
    browser.page.close_window().await.unwrap();
    browser.look_at(&next).await;
    browser.page.goto(address.as_str()).await.unwrap();
    browser.until(&shows("Closed")).await;
    until_titles(&app, &["Closed"]).await;

    // One that has waited does not go over a newer one from elsewhere; it is offered.
    browser.set_offline(true).await;
    type_over("Older" + Key::Enter).await;
    browser.until(&shows("Older")).await;
    let path = format!("/api/projects/{}", project["id"].as_str().unwrap());
    app.client.patch(&path, json!({"title": "Newer"})).await.expect(200);
    browser.page.refresh().await.unwrap();
    let offered = browser.button("Use my title").await;
    browser.until(&shows("Newer")).await;
    assert_eq!(titles(&app).await, ["Newer"]);
    offered.click().await.unwrap();
    until_titles(&app, &["Older"]).await;
    browser.until(&shows("Older")).await;

    // A tab that is away gives way to what another has sent.
    browser.set_offline(true).await;
    type_over("First tab" + Key::Enter).await;
    browser.until(&shows("First tab")).await;
    let first = browser.page.window().await.unwrap();
    let second = browser.page.new_tab().await.unwrap();
    browser.look_at(&second).await;
    browser.page.goto(address.as_str()).await.unwrap();
    browser.until(&shows("First tab")).await;
    until_titles(&app, &["First tab"]).await;
    type_over("Second tab" + Key::Enter).await;
    until_titles(&app, &["Second tab"]).await;
    browser.look_at(&first).await;
    browser.until(&shows("Second tab")).await;
    browser.close().await;
    app.finish().await;
}
