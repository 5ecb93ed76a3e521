//! How quick the app is: what `cargo test --test browser speed -- --ignored --nocapture` measures of a project with as many
//! scenes as there can be.

use std::time::Duration;

use serde_json::{Value, json};
use studio_tests::{TestApp, browser::Browser};
use thirtyfour::prelude::*;

use crate::{
    DESKTOP,
    loading::{ASKED, answer},
};

/// As many scenes as a project can have.
const SCENES: usize = 200;
/// One of 60 frames a second, in milliseconds.
const FRAME_MS: f64 = 1000.0 / 60.0;
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
