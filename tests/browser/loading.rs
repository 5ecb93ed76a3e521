//! What the app reads, and when: everything once, a page's part of the app before the others, and what does not come at first
//! later.

use std::time::Duration;

use serde_json::{Value, json};
use studio_tests::{Database, TestApp, browser::Browser, process::Process};
use thirtyfour::cdp::domains::network::EmulateNetworkConditions;

use crate::DESKTOP;

/// What the page has asked the server for since it was opened, as far as it was the app that asked.
pub const ASKED: &str = "return performance.getEntriesByType('resource').filter(entry => entry.initiatorType === 'fetch' && entry.name.includes('/api/'))\
    .map(entry => entry.name.slice(location.origin.length))";

/// What a script gives.
pub async fn answer(browser: &Browser, script: &str) -> Value {
    browser.page.execute(script, Vec::new()).await.expect("the script runs").json().clone()
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

/// Lets requests for what has that in its address fail, until `window.restore()`.
fn cut_off(address: &str) -> String {
    format!(
        "const real = window.fetch; \
         window.fetch = (what, ...how) => String(what.url ?? what).includes('{address}') ? Promise.reject(new TypeError('cut off')) : real(what, ...how); \
         window.restore = () => window.fetch = real; return true"
    )
}

#[tokio::test]
async fn a_part_that_does_not_come_is_told_and_had_by_another_try() {
    let app = TestApp::start().await;
    let elsewhere = format!("{}/nowhere", app.client.base());
    let browser = Browser::open(&elsewhere, DESKTOP).await;
    // From the beginning of one page, since the app asks for all of its parts by itself.
    browser.run_first(&format!("if (sessionStorage.cut) {{ delete sessionStorage.cut; {} }}", cut_off("split_"))).await;
    let told = "return document.querySelector('main [role=alert]')?.textContent.includes('could not be opened') === true";

    // The server answers: it has another version, which the page is opened with.
    browser.until("sessionStorage.cut = 'yes'; return true").await;
    browser.page.goto(&elsewhere).await.unwrap();
    browser.button("Settings").await.click().await.unwrap();
    browser.until(told).await;
    browser.expect_accessible("a page whose code did not come").await;
    browser.button("Retry").await.click().await.unwrap();
    browser.find("[aria-label='Providers']").await;
    browser.until("return window.restore === undefined").await;

    // It does not: the page stays, and opens when there is an answer.
    browser.until("sessionStorage.cut = 'yes'; return true").await;
    browser.page.goto(&elsewhere).await.unwrap();
    // What every page shows is there first: only the part is to be missing.
    let settled = "return ['/api/settings', '/api/projects'].every(path =>
        performance.getEntriesByType('resource').some(entry => new URL(entry.name).pathname === path))";
    browser.until(settled).await;
    browser.set_offline(true).await;
    browser.button("Settings").await.click().await.unwrap();
    browser.until(told).await;
    browser.until("window.refused['/api/health'] = 0; return true").await;
    browser.button("Retry").await.click().await.unwrap();
    // The try has seen that the server is away. It would open the app anew where it has an answer.
    browser.until("return window.refused['/api/health'] > 0").await;
    browser.until(told).await;
    browser.set_offline(false).await;
    browser.until("window.restore(); window.stayed = true; return true").await;
    browser.page.execute("document.querySelector('main [role=alert] button').click()", Vec::new()).await.unwrap();
    browser.find("[aria-label='Providers']").await;
    // It is the same page, and has the focus that it could not be given when it was gone to.
    browser.until("return window.stayed === true && document.activeElement.tagName === 'MAIN'").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn what_could_not_be_read_for_a_moment_comes_by_itself() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let browser = Browser::open(&format!("{}/nowhere", app.client.base()), DESKTOP).await;
    browser.until(&cut_off("/api/projects/")).await;
    browser.find(&format!("a[href*='{}']", project["id"].as_str().unwrap())).await.click().await.unwrap();
    browser.find("main [role=alert]").await;
    browser.until("window.restore(); return true").await;
    browser.find("main textarea").await;
    browser.until("return document.querySelector('main [role=alert]') === null").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_server_that_leaves_a_question_unanswered_is_asked_again() {
    let (database, data_dir) = (Database::create().await, tempfile::tempdir().unwrap());
    let server = Process::start(&database, data_dir.path());
    let project = server.client.project(&["Some words."]).await;
    let browser = Browser::open(&format!("{}/nowhere", server.client.base()), DESKTOP).await;
    let link = browser.find(&format!("a[href*='{}']", project["id"].as_str().unwrap())).await;
    // The page's own part of the app is there, so that only what it shows is missing.
    browser.until(&loaded("split_script")).await;
    // Half a minute takes two seconds.
    let hurry = "const wait = window.setTimeout; \
        window.setTimeout = (run, ms, ...rest) => wait(run, ms >= 30000 ? ms / 15 : ms, ...rest); return true";
    browser.until(hurry).await;
    server.signal("-STOP");
    link.click().await.unwrap();
    let told = "return document.querySelector('main [role=alert]')?.textContent.includes('The studio does not answer.') === true";
    browser.until(told).await;
    server.signal("-CONT");
    browser.find("main textarea").await;
    browser.until("return document.querySelector('main [role=alert]') === null").await;
    browser.close().await;
}

#[tokio::test]
async fn what_is_missed_while_the_page_is_open_comes_by_itself() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let scene = format!("/api/scenes/{}", project["scenes"][0]["id"].as_str().unwrap());
    let browser = Browser::open(&format!("{}/nowhere", app.client.base()), DESKTOP).await;
    // Where it is wanted, the stream says what cannot be read, or nothing.
    let garbling = "const Stream = window.EventSource;
        window.EventSource = class extends Stream {
            addEventListener(name, hear, ...how) {
                const garbled = event => window.stream === 'garbled' ? hear(new MessageEvent(name, { data: '{}' })) : window.stream !== 'mute' && hear(event);
                super.addEventListener(name, name === 'scene' ? garbled : hear, ...how);
            }
        };";
    browser.run_first(garbling).await;
    browser.page.goto(format!("{}/script/{}", app.client.base(), project["id"].as_str().unwrap())).await.unwrap();
    browser.find("[aria-label='Narration of scene 1']").await;
    let shows = |words: &str| format!("return document.querySelector(\"[aria-label='Narration of scene 1']\").value === '{words}'");
    browser.until("window.stream = 'garbled'; return true").await;
    app.client.patch(&scene, json!({"narration": "Told, and not understood."})).await.expect(200);
    browser.until(&shows("Told, and not understood.")).await;

    // The stream was away meanwhile, and what happened cannot be read at once.
    let refuse = "window.stream = 'mute'; \
        const reach = window.fetch; \
        window.fetch = (what, ...how) => { \
            if (!String(what.url ?? what).includes('/api/projects/')) return reach(what, ...how); \
            window.missed = true; \
            return Promise.reject(new TypeError('cut off')); \
        }; \
        window.restore = () => window.fetch = reach; return true";
    browser.until(refuse).await;
    app.client.patch(&scene, json!({"narration": "Told to nobody."})).await.expect(200);
    browser.until("dispatchEvent(new Event('online')); return window.missed === true").await;
    browser.until("window.restore(); return true").await;
    browser.until(&shows("Told to nobody.")).await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_browser_without_a_network_says_so_and_comes_back_by_itself() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let browser = Browser::open(&format!("{}/script/{}", app.client.base(), project["id"].as_str().unwrap()), DESKTOP).await;
    browser.find("main textarea").await;
    browser.page.cdp().network().enable().await.unwrap();
    let network = async |there: bool| {
        let conditions =
            EmulateNetworkConditions { offline: !there, latency: 0, download_throughput: -1, upload_throughput: -1, connection_type: None };
        browser.page.cdp().send(conditions).await.unwrap();
        browser.until(&format!("return navigator.onLine === {there}")).await;
    };
    network(false).await;
    browser.until("return document.body.innerText.includes('The studio does not answer.')").await;
    network(true).await;
    browser.until("return !document.body.innerText.includes('The studio does not answer.')").await;
    // What happens from now on is told again.
    let scene = format!("/api/scenes/{}", project["scenes"][0]["id"].as_str().unwrap());
    app.client.patch(&scene, json!({"narration": "Changed elsewhere."})).await.expect(200);
    browser.until("return document.querySelector(\"[aria-label='Narration of scene 1']\").value === 'Changed elsewhere.'").await;
    browser.close().await;
    app.finish().await;
}

/// A browser opens six connections to one server, and the live stream of each tab holds one of them.
#[tokio::test]
async fn more_tabs_than_a_browser_opens_connections_are_all_of_use() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let address = format!("{}/script/{}", app.client.base(), project["id"].as_str().unwrap());
    let browser = Browser::open(&address, DESKTOP).await;
    let first = browser.page.window().await.unwrap();
    browser.find("[aria-label='Narration of scene 1']").await;
    for _ in 0..7 {
        let next = browser.page.new_tab().await.unwrap();
        browser.look_at(&next).await;
        let opened = tokio::time::timeout(Duration::from_secs(60), browser.page.goto(&address)).await;
        opened.expect("the page of another tab comes").unwrap();
        browser.find("[aria-label='Narration of scene 1']").await;
    }
    let scene = format!("/api/scenes/{}", project["scenes"][0]["id"].as_str().unwrap());
    app.client.patch(&scene, json!({"narration": "Other words."})).await.expect(200);
    let shown = "return document.querySelector(\"[aria-label='Narration of scene 1']\").value === 'Other words.'";
    browser.until(shown).await;
    // Nobody has looked at the first one for longest: it catches up when somebody does.
    browser.look_at(&first).await;
    browser.until(shown).await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_page_stays_where_it_is_when_what_it_shows_comes() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words.", "Other words."]).await;
    let id = project["id"].as_str().unwrap();
    let browser = Browser::open(&format!("{}/new", app.client.base()), DESKTOP).await;
    // The project and the settings come when they are let go.
    let hold = "const reach = window.fetch; \
        window.let_go = new Promise(go => { window.go_on = go; }); \
        window.fetch = async what => { \
            if (/\\/api\\/(projects\\/|settings)/.test(what.url ?? what)) await let_go; \
            return reach(what); \
        };";
    browser.run_first(hold).await;
    let places = |inner: &str| {
        format!(
            "const left = document.querySelector('{inner}').getBoundingClientRect(); \
             return [document.querySelector('main').getBoundingClientRect().top, left.left, left.top]"
        )
    };
    for (path, width, shown) in
        [("script", 390, ".facts"), ("script", 1440, ".facts"), ("audio", 390, "main table"), ("video", 390, "main h2")]
    {
        browser.resize((width, 844)).await;
        browser.page.goto(format!("{}/{path}/{id}", app.client.base())).await.unwrap();
        browser.find("main [aria-label=Loading]").await;
        let before = answer(&browser, &places("main [aria-label=Loading]")).await;
        browser.until("go_on(); return document.querySelector('main [aria-label=Loading]') === null").await;
        browser.find(shown).await;
        let after = answer(&browser, &places("main [aria-label=Loading], main > div > *")).await;
        assert_eq!(before, after, "{path} at {width}");
    }
    browser.resize(DESKTOP).await;
    browser.page.goto(format!("{}/settings", app.client.base())).await.unwrap();
    browser.find("main [aria-label=Loading]").await;
    let below = "return [...document.querySelectorAll('main h2')].at(-1).getBoundingClientRect().top > innerHeight";
    browser.until(below).await;
    browser.until("go_on(); return document.querySelector('main [aria-label=Loading]') === null").await;
    browser.until(below).await;
    browser.close().await;
    app.finish().await;
}
