//! Providers set up in the settings: keys, addresses, servers of the user's own, limits and prices.

use serde_json::{Value, json};
use studio::{config::Config, providers::neighbours::Ports};
use studio_tests::{
    TestApp,
    browser::Browser,
    stand_ins::Servers,
    vendor::{Reply, VendorServer},
};

use thirtyfour::{TypingData, prelude::*};

use crate::DESKTOP;

async fn type_in(browser: &Browser, css: &str, text: impl Into<TypingData>) {
    browser.find(css).await.send_keys(text).await.unwrap();
}

/// Waits until the settings on the server answer yes.
async fn until_settings(browser: &Browser, question: &str) {
    browser.until(&format!("return fetch('/api/settings').then(answer => answer.json()).then(settings => {question})")).await;
}

#[tokio::test]
async fn a_server_is_added_tested_renamed_and_removed() {
    let kokoro = VendorServer::start().await;
    kokoro.on_json("GET", "/v1/audio/voices", json!({"voices": ["af_heart"]})).on_json(
        "GET",
        "/v1/models",
        json!({"object": "list", "data": [{"id": "kokoro"}, {"id": "tts-1"}]}),
    );
    let ports = Ports::of([("kokoro", kokoro.port())]);
    let app = TestApp::with(|config| Config { neighbours: Some(ports), ..config }, Servers::new().among()).await;
    let browser = Browser::open(&format!("{}/settings", app.client.base()), DESKTOP).await;

    // What runs on this machine is offered, and used with one press.
    browser.button("Use Kokoro").await.click().await.unwrap();
    until_settings(&browser, "settings.providers.some(provider => provider.id === 'compatible-kokoro')").await;
    browser.find("[aria-label='Name of Kokoro']").await;
    browser.until("return document.querySelector('[aria-label=\"Found on this machine\"]') === null").await;
    browser.button("Test connection to Kokoro").await.click().await.unwrap();
    browser.until("return document.body.innerText.includes('Works, ')").await;
    browser.until("return document.body.innerText.includes('2 models')").await;

    // Any other is added by its address; what is wrong with it is told, and the key does not stay in the form.
    browser.button("Add a server").await.click().await.unwrap();
    type_in(&browser, "#server-name", "Studio box").await;
    type_in(&browser, "#server-address", "10.0.0.9:8000").await;
    type_in(&browser, "#server-key", "bk-0123456789wxyz").await;
    browser.expect_accessible("the form of a server").await;
    browser.button("Add server").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog [role=alert]')?.innerText.includes('https://')").await;
    browser.until("return document.querySelector('#server-key').value === ''").await;
    browser.find("#server-address").await.clear().await.unwrap();
    type_in(&browser, "#server-address", format!("{}/none/v1", kokoro.url())).await;
    type_in(&browser, "#server-key", "bk-0123456789wxyz").await;
    browser.button("Add server").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog[open]') === null").await;
    browser.find("[aria-label='Name of Studio box']").await;
    browser.until("return document.querySelector('#key-compatible-studio-box').placeholder === '…wxyz'").await;
    browser.until("return !document.documentElement.outerHTML.includes('bk-0123456789')").await;

    let name = browser.find("[aria-label='Name of Studio box']").await;
    name.send_keys(Key::Control + "a").await.unwrap();
    name.send_keys("GPU box" + Key::Enter).await.unwrap();
    until_settings(&browser, "settings.providers.some(provider => provider.name === 'GPU box')").await;
    browser.find("#key-compatible-studio-box").await;
    browser.until("document.querySelectorAll('main details').forEach(more => more.open = true); return true").await;
    browser.button("Remove GPU box").await.click().await.unwrap();
    browser.button("Remove it").await.click().await.unwrap();
    until_settings(&browser, "settings.providers.every(provider => provider.name !== 'GPU box')").await;
    browser.until("return document.querySelector('dialog[open]') === null").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_provider_is_given_a_key_and_says_what_is_wrong_with_it() {
    let fal = VendorServer::start().await;
    fal.on_anything(|asked, _| {
        let refused = asked.header("authorization") != Some("Key fk-right-0123456789");
        Reply::json(&json!({"detail": "No user found for Key ID and Secret"})).status(if refused { 401 } else { 404 })
    });
    let app = TestApp::start().await;
    let address = json!({"providers": {"fal": {"baseUrl": fal.url()}}});
    app.client.patch("/api/settings", address).await.expect(200);
    let browser = Browser::open(&format!("{}/settings", app.client.base()), DESKTOP).await;
    type_in(&browser, "#key-fal", "fk-wrong-0123456789").await;
    browser.button("Save the key for fal.ai").await.click().await.unwrap();
    // A saved key is tried at once.
    browser.until("return [...document.querySelectorAll('[role=alert]')].some(alert => alert.innerText.includes('refused the key'))").await;
    browser.until("return document.querySelector('#key-fal').value === ''").await;
    browser.expect_accessible("the settings with a failed test").await;
    let settings: Value = app.client.get("/api/settings").await.expect(200);
    assert!(settings.to_string().contains("…6789"), "it is kept all the same");
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn limits_and_prices_are_changed_where_they_stand() {
    let app = TestApp::start().await;
    let browser = Browser::open(&format!("{}/settings", app.client.base()), DESKTOP).await;
    type_in(&browser, "#month-limit", "40" + Key::Tab).await;
    until_settings(&browser, "settings.spending.monthLimitUsd === 40").await;
    type_in(&browser, "#project-limit", "-1" + Key::Tab).await;
    browser.until("return document.body.innerText.includes('A number from 0 to 1000000.')").await;
    browser.until("document.querySelectorAll('main details').forEach(more => more.open = true); return true").await;
    type_in(&browser, "#time-fal-Films-In-all", "900" + Key::Enter).await;
    until_settings(&browser, "settings.limits.fal.time.video.totalSeconds === 900").await;
    type_in(&browser, "#at-once-fal", "7" + Key::Enter).await;
    until_settings(&browser, "settings.limits.fal.atOnce === 7").await;

    browser.button("Add a price").await.click().await.unwrap();
    type_in(&browser, "#price-name", "fal/some/model").await;
    type_in(&browser, "#price-unit-3", "0.05").await;
    browser.expect_accessible("the form of a price").await;
    browser.button("Save price").await.click().await.unwrap();
    until_settings(&browser, "settings.prices['fal/some/model']?.perSecond === 0.05").await;
    browser.button("Change the price of fal/some/model").await.click().await.unwrap();
    browser.button("Forget mine").await.click().await.unwrap();
    until_settings(&browser, "!settings.prices['fal/some/model']").await;
    browser.close().await;
    app.finish().await;
}
