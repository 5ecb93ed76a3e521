//! How quick the app is: a request is made once, and what `cargo test --test browser speed -- --ignored --nocapture`
//! measures of a project with as many scenes as there can be.

use std::time::Duration;

use serde_json::{Value, json};
use studio_tests::{TestApp, browser::Browser};
use thirtyfour::prelude::*;

use crate::DESKTOP;

/// As many scenes as a project can have.
const SCENES: usize = 200;
/// One of 60 frames a second, in milliseconds.
const FRAME_MS: f64 = 1000.0 / 60.0;
/// What the page has asked the server for since it was opened, as far as it was the app that asked.
const ASKED: &str = "return performance.getEntriesByType('resource').filter(entry => entry.initiatorType === 'fetch' && entry.name.includes('/api/'))\
    .map(entry => entry.name.slice(location.origin.length))";

async fn answer(browser: &Browser, script: &str) -> Value {
    browser.page.execute(script, Vec::new()).await.expect("the script runs").json().clone()
}

/// What a script gives to the function `done`.
async fn outcome(browser: &Browser, script: &str) -> Value {
    let script = format!("const done = arguments[0]; {script}");
    browser.page.execute_async(&script, Vec::new()).await.expect("the script runs").json().clone()
}

async fn long_project(app: &TestApp) -> String {
    let words = "The tortoise went on and on, and never once looked back at the hare, who lay asleep beside the road.";
    let scene = json!({"narration": words, "visualPrompt": "A tortoise on a dusty road, seen from far above."});
    let project = json!({"title": "A long way", "scenes": vec![scene; SCENES]});
    app.client.post("/api/projects", project).await.expect(201)["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn nothing_is_asked_for_twice() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words.", "Other words."]).await;
    let id = project["id"].as_str().unwrap();
    for path in
        [format!("/script/{id}"), format!("/audio/{id}"), format!("/image/{id}"), format!("/video/{id}"), "/settings".into(), "/new".into()]
    {
        let browser = Browser::open(&format!("{}{path}", app.client.base()), DESKTOP).await;
        browser.find("main").await;
        // Until it has been quiet for a while.
        let mut asked = json!([]);
        loop {
            tokio::time::sleep(Duration::from_millis(700)).await;
            let now = answer(&browser, ASKED).await;
            if now == asked && now != json!([]) {
                break;
            }
            asked = now;
        }
        let mut asked: Vec<_> = asked.as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
        asked.sort_unstable();
        let once = {
            let mut once = asked.clone();
            once.dedup();
            once
        };
        assert_eq!(asked, once, "{path}");
        browser.close().await;
    }
    app.finish().await;
}

/// Whether a module of the app was loaded since the page was opened.
fn loaded(module: &str) -> String {
    format!(
        "return performance.getEntriesByType('resource').some(entry => entry.name.includes('/{module}') && entry.name.endsWith('.wasm'))"
    )
}

#[tokio::test]
async fn a_page_comes_with_its_own_part_of_the_app_and_the_others_follow() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let browser = Browser::open(&format!("{}/settings", app.client.base()), DESKTOP).await;
    browser.find("[aria-label='Providers']").await;
    // The loader had asked for it before the app was there, and the app took what had come.
    let early = "const modules = performance.getEntriesByType('resource').filter(entry => entry.name.endsWith('.wasm'));
        const own = modules.filter(entry => entry.name.includes('/split_settings'));
        return own.length === 1 && own[0].initiatorType === 'link'";
    assert_eq!(answer(&browser, early).await, true);

    // All others come by themselves, after the page was drawn, and open where the server is away.
    browser.until(&loaded("split_takes")).await;
    browser.until(&loaded("split_script")).await;
    let late = "const drawn = performance.getEntriesByName('first-contentful-paint')[0].startTime;
        return performance.getEntriesByType('resource').filter(entry => /split_(takes|script)/.test(entry.name)).every(entry => entry.startTime > drawn)";
    assert_eq!(answer(&browser, late).await, true);
    browser.set_offline(true).await;
    let page = format!(
        "history.pushState(null, '', '/audio/{}'); dispatchEvent(new PopStateEvent('popstate')); return true",
        project["id"].as_str().unwrap()
    );
    browser.until(&page).await;
    browser.find("main[aria-label='Audio'] [role=alert]").await;
    browser.close().await;
    app.finish().await;
}

/// Lets requests for a module of the app fail; before the app has asked for it.
fn cut_off(module: &str) -> String {
    format!(
        "const real = window.fetch; \
         window.fetch = (what, ...how) => String(what).includes('{module}') ? Promise.reject(new TypeError('cut off')) : real(what, ...how); \
         window.restore = () => window.fetch = real; return true"
    )
}

#[tokio::test]
async fn a_part_that_does_not_come_is_told_and_had_by_another_try() {
    let app = TestApp::start().await;
    let browser = Browser::open(&format!("{}/nowhere", app.client.base()), DESKTOP).await;
    browser.until(&cut_off("split_")).await;
    let told = "return document.querySelector('main [role=alert]')?.textContent.includes('could not be opened') === true";

    // The server answers: it has another version, which the page is opened with.
    browser.button("Settings").await.click().await.unwrap();
    browser.until(told).await;
    browser.expect_accessible("a page whose code did not come").await;
    browser.button("Retry").await.click().await.unwrap();
    browser.find("[aria-label='Providers']").await;
    browser.until("return window.restore === undefined").await;

    // It does not: the page stays, and opens when there is an answer.
    browser.page.goto(format!("{}/nowhere", app.client.base())).await.unwrap();
    // What every page shows is there first: only the part is to be missing.
    let settled = "return ['/api/settings', '/api/projects'].every(path =>
        performance.getEntriesByType('resource').some(entry => new URL(entry.name).pathname === path))";
    browser.until(settled).await;
    browser.set_offline(true).await;
    browser.button("Settings").await.click().await.unwrap();
    browser.until(told).await;
    browser.button("Retry").await.click().await.unwrap();
    browser.until(told).await;
    browser.set_offline(false).await;
    browser.until("window.stayed = true; return true").await;
    browser.page.execute("document.querySelector('main [role=alert] button').click()", Vec::new()).await.unwrap();
    browser.find("[aria-label='Providers']").await;
    // It is the same page, and has the focus that it could not be given when it was gone to.
    browser.until("return window.stayed === true && document.activeElement.tagName === 'MAIN'").await;
    browser.close().await;
    app.finish().await;
}

/// What is measured of frames: how many a second, and how long the longest took, in milliseconds.
fn frames(deltas: &Value) -> String {
    let deltas: Vec<f64> = deltas.as_array().unwrap().iter().filter_map(Value::as_f64).collect();
    let late = deltas.iter().filter(|delta| **delta > FRAME_MS * 1.5).count();
    let all: f64 = deltas.iter().sum();
    format!(
        "{:.1} frames a second, {late} of {} late, the longest {:.0} ms",
        deltas.len() as f64 / all * 1000.0,
        deltas.len(),
        deltas.iter().fold(0.0_f64, |a, b| a.max(*b))
    )
}

#[tokio::test]
#[ignore = "it measures, and says so only to who asks"]
async fn a_long_project_is_measured() {
    let app = TestApp::start().await;
    let id = long_project(&app).await;
    for path in ["/new".to_owned(), format!("/script/{id}"), format!("/audio/{id}"), format!("/image/{id}")] {
        let browser = Browser::open(&format!("{}{path}", app.client.base()), DESKTOP).await;
        browser.find("main h1, header input, main textarea").await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let paint = answer(
            &browser,
            "return Object.fromEntries(performance.getEntriesByType('paint').map(entry => [entry.name, Math.round(entry.startTime)]))",
        )
        .await;
        let code = "return performance.getEntriesByType('resource').filter(entry => /\\.(wasm|js)$/.test(entry.name)).reduce((sum, entry) => sum + entry.encodedBodySize, 0)";
        let code = answer(&browser, code).await;
        println!(
            "{}: {paint}, {code} bytes of code, asked {}",
            path.split('/').nth(1).unwrap(),
            answer(&browser, ASKED).await.as_array().unwrap().len()
        );
        // What was scrolled is the page's main part.
        let scroll = "const main = document.querySelector('main'); let last = performance.now(), deltas = [];
            const step = now => { deltas.push(now - last); last = now; main.scrollTop += 80;
                if (main.scrollTop + main.clientHeight < main.scrollHeight - 1 && deltas.length < 400) requestAnimationFrame(step); else done(deltas.slice(2)); };
            requestAnimationFrame(now => { last = now; requestAnimationFrame(step); })";
        if path != "/new" {
            println!("    scrolling: {}", frames(&outcome(&browser, scroll).await));
        }
        browser.close().await;
    }

    let browser = Browser::open(&format!("{}/script/{id}", app.client.base()), DESKTOP).await;
    browser.find("[aria-label='Narration of scene 100']").await;
    // From a letter until all that follows from it is done and laid out.
    let typing = "const field = document.querySelector(\"[aria-label='Narration of scene 100']\"); field.focus(); field.scrollIntoView();
        const task = () => new Promise(resolve => { const channel = new MessageChannel(); channel.port1.onmessage = resolve; channel.port2.postMessage(0); });
        (async () => {
            const spent = [];
            for (let count = 1; count <= 120; count++) {
                await new Promise(requestAnimationFrame);
                await task();
                const began = performance.now();
                document.execCommand('insertText', false, count % 6 ? 'a' : ' ');
                await task();
                document.body.offsetHeight;
                spent.push(performance.now() - began);
                await new Promise(resolve => setTimeout(resolve, 40));
            }
            spent.sort((a, b) => a - b);
            done({median: spent[60], p95: spent[114], worst: spent[119]});
        })()";
    println!("typing in scene 100, ms to the drawn letter: {}", outcome(&browser, typing).await);

    let other = Browser::open(&format!("{}/script/{id}", app.client.base()), DESKTOP).await;
    other.find("[aria-label='Narration of scene 3']").await;
    let watch = "const look = () => { \
        if (document.querySelector(\"[aria-label='Narration of scene 3']\").value.endsWith('The end.')) window.seenAt = Date.now(); else requestAnimationFrame(look); }; look(); return true";
    other.until(watch).await;
    let field = browser.find("[aria-label='Narration of scene 3']").await;
    field.send_keys(Key::Control + Key::End).await.unwrap();
    field.send_keys(" The end.").await.unwrap();
    let typed = answer(&browser, "return Date.now()").await.as_f64().unwrap();
    other.until("return window.seenAt !== undefined").await;
    let seen = answer(&other, "return window.seenAt").await.as_f64().unwrap();
    println!("from the last key in one window until another shows it: {:.0} ms", seen - typed);
    other.close().await;
    browser.close().await;
    app.finish().await;
}
