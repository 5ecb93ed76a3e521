//! Every page, and every window over it, at the widths that people have and in both themes: nothing is cut off, axe finds
//! nothing, and nobody but the studio is asked for anything.

use serde_json::{Value, json};
use studio_tests::{TestApp, browser::Browser};
use thirtyfour::prelude::*;

use crate::{DESKTOP, TEXT, quick_studio};

/// A desk, a laptop, a tablet and a phone.
const SCREENS: [(u32, u32); 4] = [DESKTOP, (1024, 768), (768, 1024), (390, 844)];
/// What zooming leaves of a screen: a desk and a laptop at 200 %, and 1280 pixels at 400 %.
const ZOOMED: [(u32, u32); 3] = [(720, 450), (512, 384), (320, 256)];
/// Where axe looks: the layouts for wide, middling and narrow.
const LAYOUTS: [(u32, u32); 3] = [DESKTOP, (768, 1024), (390, 844)];

/// A film that is made, with all that is in it.
async fn made(app: &TestApp) -> Value {
    let script = app.client.post("/api/script/generate", json!({"prompt": TEXT})).await.expect(201);
    let film = app.client.post_and_wait("/api/video/generate", json!({"projectId": script["projectId"]})).await.expect(200);
    assert_eq!(film["status"], "ready", "{film}");
    script["projectId"].clone()
}

/// Looks at what is open, in every size and theme.
async fn expect_good(browser: &Browser, place: &str) {
    for size in SCREENS.into_iter().chain(ZOOMED) {
        browser.resize(size).await;
        browser.expect_fit(&format!("{place} at {size:?}")).await;
    }
    for theme in ["light", "dark"] {
        browser.until(&format!("document.documentElement.dataset.theme = '{theme}'; return true")).await;
        for size in LAYOUTS {
            browser.resize(size).await;
            browser.expect_accessible(&format!("{place} at {size:?}, {theme}")).await;
        }
    }
    browser.resize(DESKTOP).await;
}

async fn go(browser: &Browser, app: &TestApp, path: &str) {
    browser.page.goto(format!("{}{path}", app.client.base())).await.unwrap();
    browser.find("main").await;
    browser.until("return document.querySelector('main h1, main h2, header h1, header input') !== null").await;
    browser.until("return document.querySelector('main [aria-label=Loading]') === null").await;
}

#[tokio::test]
async fn every_page_fits_and_asks_nobody_else() {
    let app = quick_studio().await;
    let full = made(&app).await;
    let title = "A title that nobody would give to a film, since it does not fit into one line of a header at all";
    // axe judges no colour by a number of one digit: there are ten scenes.
    let scenes = vec![json!({"narration": "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlung"}); 10];
    let bare = json!({"title": title, "scenes": scenes});
    let bare = app.client.post("/api/projects", bare).await.expect(201)["id"].clone();
    let of_project = |id: &Value| ["script", "audio", "image", "video"].map(|page| format!("/{page}/{}", id.as_str().unwrap()));
    let others = ["/settings", "/new", "/nowhere"].map(str::to_owned);
    let browser = Browser::open(app.client.base(), DESKTOP).await;
    for path in of_project(&full).iter().chain(&of_project(&bare)).chain(&others) {
        go(&browser, &app, path).await;
        browser.until("document.querySelectorAll('main details').forEach(more => more.open = true); return true").await;
        expect_good(&browser, path).await;
        let own = "return performance.getEntriesByType('resource').every(entry => entry.name.startsWith(location.origin))";
        browser.until(own).await;
    }
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn the_shape_of_a_film_does_not_stand_alone_where_the_page_is_narrow() {
    let app = TestApp::start().await;
    let script = app.client.post("/api/script/generate", json!({"prompt": TEXT})).await.expect(201);
    let path = format!("/script/{}", script["projectId"].as_str().unwrap());
    let browser = Browser::open(&format!("{}{path}", app.client.base()), DESKTOP).await;
    browser.find("main select[aria-label='Aspect ratio']").await;
    browser.until("return [...document.querySelectorAll('main span')].some(fact => fact.textContent.startsWith('by '))").await;
    for width in [390, 320] {
        browser.resize((width, 844)).await;
        let beside = "const middle = element => { const box = element.getBoundingClientRect(); return (box.top + box.bottom) / 2; }; \
            const writer = [...document.querySelectorAll('main span')].find(fact => fact.textContent.startsWith('by ')); \
            return Math.abs(middle(writer) - middle(document.querySelector(\"main select[aria-label='Aspect ratio']\"))) < 4";
        browser.until(beside).await;
        browser.expect_fit(&format!("the script at {width}")).await;
    }
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn every_window_over_a_page_fits() {
    let app = quick_studio().await;
    let project = made(&app).await;
    let browser = Browser::open(app.client.base(), DESKTOP).await;
    let windows = [
        ("script", "Read"),
        ("script", "Keys"),
        ("audio", "Takes of scene 1"),
        ("image", "Open image of scene 1"),
        ("video", "Details"),
        ("settings", "Add a server"),
        ("settings", "Add a price"),
    ];
    for (page, opener) in windows {
        let path = if page == "settings" { "/settings".to_owned() } else { format!("/{page}/{}", project.as_str().unwrap()) };
        go(&browser, &app, &path).await;
        match opener {
            "Keys" => browser.find("body").await.send_keys("?").await.unwrap(),
            "Open image of scene 1" => browser.find("[aria-label^='Open image of scene 1']").await.click().await.unwrap(),
            words => browser.button(words).await.click().await.unwrap(),
        }
        browser.find("dialog[open]").await;
        expect_good(&browser, &format!("{path}: {opener}")).await;
        browser.find("dialog[open]").await.send_keys(Key::Escape + "").await.unwrap();
        browser.until("return document.querySelector('dialog[open]') === null").await;
    }
    browser.button("Activity").await.click().await.unwrap();
    browser.find("[popover]:popover-open").await;
    expect_good(&browser, "the activity").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn what_a_finger_presses_is_large_enough() {
    let app = quick_studio().await;
    let project = made(&app).await;
    let browser = Browser::open(app.client.base(), DESKTOP).await;
    let phone = json!({"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true});
    browser.page.cdp().send_raw("Emulation.setDeviceMetricsOverride", phone).await.unwrap();
    browser.page.cdp().send_raw("Emulation.setTouchEmulationEnabled", json!({"enabled": true})).await.unwrap();
    let small = "const small = [...document.querySelectorAll('button, summary, nav a, [aria-label=Stages] a')].filter(one => { \
            const { width, height } = one.getBoundingClientRect(); \
            return one.checkVisibility({ visibilityProperty: true }) && !one.closest('.visually-hidden, [role=radiogroup]') && width > 0 && Math.min(width, height) < 39.5; \
        }).map(one => `${one.ariaLabel ?? one.textContent} ${one.getBoundingClientRect().width} x ${one.getBoundingClientRect().height}`); \
        return small.slice(0, 5)";
    let id = project.as_str().unwrap();
    let empty = app.client.project(&[]).await;
    let blank = format!("/video/{}", empty["id"].as_str().unwrap());
    let others = ["/settings".to_owned(), "/new".to_owned(), blank];
    for path in ["script", "audio", "image", "video"].map(|page| format!("/{page}/{id}")).into_iter().chain(others) {
        go(&browser, &app, &path).await;
        browser.until("return matchMedia('(pointer: coarse)').matches").await;
        assert_eq!(crate::loading::answer(&browser, small).await, json!([]), "{path}");
        browser.expect_fit(&path).await;
    }
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn what_is_chosen_is_seen_where_the_system_draws_in_few_colours() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let browser = Browser::open(&format!("{}/video/{}", app.client.base(), project["id"].as_str().unwrap()), DESKTOP).await;
    browser.find("main [role=radiogroup]").await;
    let few = json!({"features": [{"name": "forced-colors", "value": "active"}]});
    browser.page.cdp().send_raw("Emulation.setEmulatedMedia", few).await.unwrap();
    let looks = "const look = (css, part) => { const style = getComputedStyle(document.querySelector(css), part); return style.outlineStyle + style.borderTopStyle + style.backgroundColor; }; \
        const turn = document.querySelector('[role=switch]'); \
        const on = look('[role=switch]', '::after'); \
        const framed = getComputedStyle(turn).borderTopWidth === '1px'; \
        turn.click(); \
        return [look('[role=radiogroup] input:checked + span') !== look('[role=radiogroup] input:not(:checked) + span'), \
            look('nav[aria-label=Stages] a[aria-current]') !== look('nav[aria-label=Stages] a:not([aria-current])'), framed, on !== look('[role=switch]', '::after')]";
    assert_eq!(crate::loading::answer(&browser, looks).await, json!([true, true, true, true]));
    browser.close().await;
    app.finish().await;
}
