//! Providers set up in the settings: keys, addresses, servers of the user's own, limits and prices.

use serde_json::{Value, json};
use studio::{config::Config, providers::neighbours::Ports};
use studio_tests::{
    TestApp,
    browser::Browser,
    stand_ins::Servers,
    vendor::{Asked, Reply, VendorServer},
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

    // What runs on this machine is offered, and used with one press. On a busy one it is found at the second look.
    until_settings(&browser, "settings.discovered.length > 0").await;
    browser.page.refresh().await.unwrap();
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
    browser.until("return document.querySelector('#server-address-note[role=alert]')?.innerText.includes('https://')").await;
    browser.until("return !document.querySelector('dialog').innerText.includes('baseUrl')").await;
    browser.until("return document.querySelector('#server-key').value === ''").await;
    browser.find("#server-address").await.clear().await.unwrap();
    type_in(&browser, "#server-address", format!("{}/v1", kokoro.url())).await;
    type_in(&browser, "#server-key", "bk-0123456789wxyz").await;
    browser.button("Add server").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog[open]') === null").await;
    browser.find("[aria-label='Name of Studio box']").await;
    browser.until("return document.querySelector('#key-compatible-studio-box').placeholder === '…wxyz'").await;
    browser.until("return !document.documentElement.outerHTML.includes('bk-0123456789')").await;
    // Nobody has said what it does, and it only speaks.
    browser.button("Test connection to Studio box").await.click().await.unwrap();
    browser.until("return document.querySelector('#key-compatible-studio-box').closest('li').innerText.includes('Works, ')").await;

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
    let card = "document.querySelector('#key-fal').closest('li').innerText";
    browser.until(&format!("return {card}.includes('Test failed') && !{card}.includes('Ready')")).await;
    browser.expect_accessible("the settings with a failed test").await;
    let settings: Value = app.client.get("/api/settings").await.expect(200);
    assert!(settings.to_string().contains("…6789"), "it is kept all the same");
    browser.close().await;
    app.finish().await;
}

/// What each provider that is asked over a network is answered with, where it is tried; and the header that its key is in.
fn known(asked: &Asked) -> Option<(&'static str, Value)> {
    let path = asked.path.as_str();
    Some(match path.split('/').nth(1)? {
        "gemini" if path == "/gemini/v1/models" => ("x-goog-api-key", json!({"models": []})),
        "openai" if path == "/openai/v1/models" => ("authorization", json!({"data": []})),
        "anthropic" if path == "/anthropic/v1/models" => ("x-api-key", json!({"data": []})),
        "elevenlabs" => match path {
            "/elevenlabs/v2/voices" => ("xi-api-key", json!({"voices": [], "has_more": false})),
            "/elevenlabs/v1/flows/video" => ("xi-api-key", json!({"items": []})),
            "/elevenlabs/v1/models" => ("xi-api-key", json!([])),
            _ => return None,
        },
        "fal" if path.ends_with("/status") => ("authorization", json!({"status": "COMPLETED"})),
        "replicate" if path == "/replicate/v1/account" => ("authorization", json!({"type": "user", "username": "somebody"})),
        "pexels" => match path {
            "/pexels/v1/search" => ("authorization", json!({"photos": []})),
            "/pexels/videos/search" => ("authorization", json!({"videos": []})),
            _ => return None,
        },
        "a1111" if path == "/a1111/sdapi/v1/sd-models" => ("authorization", json!([])),
        "comfyui" if path == "/comfyui/queue" => ("authorization", json!({"queue_running": [], "queue_pending": []})),
        _ => return None,
    })
}

#[tokio::test]
async fn each_provider_is_set_up_and_tested_from_nothing() {
    let vendor = VendorServer::start().await;
    vendor.on_anything(|asked, _| match known(asked) {
        Some((header, body)) if asked.header(header).is_some_and(|value| !value.is_empty()) => Reply::json(&body),
        Some(_) => Reply::json(&json!({"detail": "no key"})).status(401),
        None => Reply::json(&json!({"detail": "no such page"})).status(404),
    });
    let app = TestApp::start().await;
    let settings = app.client.get("/api/settings").await.expect(200);
    let providers: Vec<&Value> = settings["providers"].as_array().unwrap().iter().collect();
    // Servers that speak OpenAI's language are added one by one, which is tried above.
    let takes_key = providers.iter().copied().filter(|provider| provider["takesKey"] == true && provider["id"] != "compatible");
    let remote: Vec<&Value> = takes_key.collect();
    assert_eq!(remote.len(), 9);
    let browser = Browser::open(&format!("{}/settings", app.client.base()), DESKTOP).await;
    browser.find("#key-fal").await;
    browser.until("document.querySelectorAll('main details').forEach(more => more.open = true); return true").await;
    for provider in remote {
        let (id, name) = (provider["id"].as_str().unwrap(), provider["name"].as_str().unwrap());
        // As each vendor's own address ends.
        let version = if id == "openai" { "/v1" } else { "" };
        let address = browser.find(&format!("#address-{id}")).await;
        address.clear().await.unwrap();
        address.send_keys(format!("{}/{id}{version}", vendor.url()) + Key::Enter).await.unwrap();
        until_settings(&browser, &format!("settings.providers.find(one => one.id === '{id}').baseUrl?.startsWith('{}')", vendor.url()))
            .await;
        if id == "comfyui" {
            let workflow = json!({"6": {"class_type": "CLIPTextEncode", "inputs": {"text": "%prompt%"}}}).to_string();
            type_in(&browser, "#workflow-comfyui", workflow).await;
            browser.button("Save the workflow of ComfyUI").await.click().await.unwrap();
            until_settings(&browser, "settings.providers.find(one => one.id === 'comfyui').configured").await;
        }
        type_in(&browser, &format!("#key-{id}"), "user:0123456789abcdef").await;
        browser.button(&format!("Save the key for {name}")).await.click().await.unwrap();
        until_settings(&browser, &format!("settings.providers.find(one => one.id === '{id}').keyHint === '…cdef'")).await;
        // A saved key is tried at once; and again, when somebody asks for that.
        let card = format!("document.querySelector('#key-{id}').closest('li')");
        browser.until(&format!("return {card}.innerText.includes('Works, ')")).await;
        let before = vendor.asked().len();
        browser.button(&format!("Test connection to {name}")).await.click().await.unwrap();
        browser.until(&format!("return {card}.innerText.includes('Works, ') && !{card}.querySelector('[aria-busy=true]')")).await;
        assert!(vendor.asked().len() > before, "{id} was asked");
        browser.until(&format!("return {card}.innerText.includes('Ready')")).await;
    }
    // What is built in is there without any of that.
    let mut built_in = 0;
    for provider in providers.iter().filter(|provider| provider["builtIn"] == true && provider["available"] == true) {
        let name = provider["name"].as_str().unwrap();
        let button = browser.button(&format!("Test connection to {name}")).await;
        button.click().await.unwrap();
        let card = format!("document.querySelector('[aria-label=\"Test connection to {name}\"]').closest('li')");
        browser.until(&format!("return {card}.innerText.includes('Works, ')")).await;
        built_in += 1;
    }
    assert!(built_in >= 4, "{built_in} are built in");
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn who_narrates_by_default_is_chosen_with_voice_model_and_manner() {
    let openai = VendorServer::start().await;
    openai.on_json("GET", "/v1/models", json!({"data": []}));
    let app = TestApp::with_environment([("OPENAI_BASE_URL", &format!("{}/v1", openai.url())), ("OPENAI_API_KEY", "key")]).await;
    let browser = Browser::open(&format!("{}/settings", app.client.base()), DESKTOP).await;
    browser.find("#default-voice option[value='espeak/en-gb']").await;
    browser.find("#default-audio option[value=openai]").await.click().await.unwrap();
    browser.find("#default-voice option[value='openai/nova']").await.click().await.unwrap();
    type_in(&browser, "#default-audio-model", "gpt-4o-mini-tts" + Key::Enter).await;
    type_in(&browser, "#default-audio-style", "calm, warm" + Key::Tab).await;
    let audio = "JSON.stringify([audio.provider, audio.voiceId, audio.model, audio.style])";
    let expected = json!(["openai", "openai/nova", "gpt-4o-mini-tts", "calm, warm"]);
    until_settings(&browser, &format!("(audio => {audio} === '{expected}')(settings.defaults.audio)")).await;
    browser.expect_accessible("the defaults of narrations").await;

    // A choice that was not saved is not shown.
    browser.set_offline(true).await;
    browser.find("#default-speed option[value='1.5']").await.click().await.unwrap();
    browser.until("return document.body.innerText.includes('The settings were not saved')").await;
    browser.until("return document.querySelector('#default-speed').value === '1'").await;
    let resolution = "document.querySelector('#default-film-resolution input:checked').value";
    browser.until(&format!("return {resolution} === '1080p'")).await;
    browser.until("document.querySelector(\"#default-film-resolution input[value='720p']\").click(); return true").await;
    browser.until(&format!("return {resolution} === '1080p'")).await;
    for (field, text, before) in [("#default-audio-model", "x", "gpt-4o-mini-tts"), ("#month-limit", "5", "")] {
        type_in(&browser, field, text + Key::Enter).await;
        browser.until(&format!("return document.querySelector('{field}').value === '{before}'")).await;
    }
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn what_is_chosen_last_for_films_holds_though_the_choice_before_is_not_answered() {
    let app = TestApp::start().await;
    let browser = Browser::open(&format!("{}/settings", app.client.base()), DESKTOP).await;
    browser.until("return document.querySelector(\"#default-film-resolution input[value='1080p']:checked\") !== null").await;
    // Both at once: the second leads back to what is drawn still.
    let choose = "['720p', '1080p'].forEach(lines => document.querySelector(`#default-film-resolution input[value='${lines}']`).click())";
    browser.until(&format!("{choose}; return true")).await;
    // Changes are sent one after another, so that this comes after them.
    type_in(&browser, "#month-limit", "40" + Key::Tab).await;
    until_settings(&browser, "settings.spending.monthLimitUsd === 40").await;
    let settings = app.client.get("/api/settings").await.expect(200);
    assert_eq!(settings["defaults"]["video"]["resolution"], "1080p");
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn the_address_of_a_server_stays_where_it_was_entered() {
    let web_ui = VendorServer::start().await;
    web_ui.on_json("GET", "/sdapi/v1/sd-models", json!([]));
    let app = TestApp::start().await;
    let browser = Browser::open(&format!("{}/settings", app.client.base()), DESKTOP).await;
    type_in(&browser, "#address-a1111", "http://127.0.0.1:9" + Key::Enter).await;
    let card = "document.querySelector('#key-a1111').closest('li')";
    browser.until(&format!("return {card}.innerText.includes('Is it running?')")).await;
    let seen = "document.querySelector('#address-a1111').checkVisibility() && document.activeElement.id === 'address-a1111'";
    browser.until(&format!("return {seen}")).await;
    // What is wrong with it is mended where it stands.
    let address = browser.find("#address-a1111").await;
    address.send_keys(Key::Control + "a").await.unwrap();
    address.send_keys(web_ui.url() + Key::Enter).await.unwrap();
    browser.until(&format!("return {card}.innerText.includes('Works, ')")).await;
    browser.until(&format!("return {seen}")).await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_film_is_offered_by_those_who_make_films_whatever_makes_clips() {
    let app = TestApp::with_environment([("FAL_KEY", "key:secret"), ("PEXELS_API_KEY", "key")]).await;
    app.client.patch("/api/settings", json!({"defaults": {"video": {"provider": "fal"}}})).await.expect(200);
    let project = app.client.project(&["Some words."]).await;
    let browser = Browser::open(&format!("{}/settings", app.client.base()), DESKTOP).await;
    browser.find("#default-film-quality").await;
    browser.until("return document.querySelector('#default-film') === null").await;
    browser.until("return !document.querySelector('main').innerText.includes('What happens')").await;
    browser.close().await;
    let browser = Browser::open(&format!("{}/video/{}", app.client.base(), project["id"].as_str().unwrap()), DESKTOP).await;
    browser.until("return document.body.innerText.includes('free')").await;
    browser.button("Make film").await.click().await.unwrap();
    browser
        .until(&format!(
            "return fetch('/api/video/by-project/{}').then(answer => answer.json()).then(films => films[0]?.provider === 'film')",
            project["id"].as_str().unwrap()
        ))
        .await;
    browser.close().await;
    app.until_idle().await;
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
