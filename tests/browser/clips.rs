//! A scene's picture is made to move: by a provider that is set up, watched, used, and not used.

use serde_json::{Value, json};
use studio_tests::{
    Reply, TestApp, VendorServer,
    browser::Browser,
    footage::{attempts, clip, scene_with_picture},
};

use crate::DESKTOP;

const MODEL: &str = "/fal-ai/veo3.1/fast/image-to-video";
const STATUS: &str = "/fal-ai/veo3.1/requests/7/status";
const RESULT: &str = "/fal-ai/veo3.1/requests/7";

/// fal.ai with a clip of four seconds.
async fn fal() -> VendorServer {
    let fal = VendorServer::start().await;
    let url = fal.url();
    let film = clip("0x20c040", 4.0).await;
    fal.on_json(
        "POST",
        MODEL,
        json!({
            "status": "IN_QUEUE", "request_id": "7", "queue_position": 0, "status_url": format!("{url}{STATUS}"),
            "response_url": format!("{url}{RESULT}"), "cancel_url": format!("{url}{RESULT}/cancel"),
        }),
    );
    fal.on_json("GET", STATUS, json!({"status": "COMPLETED", "request_id": "7"}));
    fal.on_json("GET", RESULT, json!({"video": {"url": format!("{url}/files/clip.mp4"), "content_type": "video/mp4"}}));
    fal.on("GET", "/files/clip.mp4", move |_, _| Reply::bytes("video/mp4", film.clone()));
    fal
}

async fn open(app: &TestApp, scene: &Value) -> Browser {
    let browser = Browser::open(&format!("{}/image/{}", app.client.base(), scene["projectId"].as_str().unwrap()), DESKTOP).await;
    browser.button("Make scene 1 move").await.click().await.unwrap();
    browser.find("dialog[open]").await;
    browser
}

async fn used(app: &TestApp, scene: &Value) -> Value {
    app.client.get(&format!("/api/scenes/{}", scene["id"].as_str().unwrap())).await.expect(200)["selectedVideoId"].clone()
}

#[tokio::test]
async fn a_picture_is_made_to_move_and_stands_still_again() {
    let fal = fal().await;
    let app = TestApp::with_environment([("FAL_BASE_URL", &fal.url()), ("FAL_KEY", "key:secret")]).await;
    attempts(&app.client, 1).await;
    let (scene, _) = scene_with_picture(&app.client, "Some words.", "A lighthouse in a storm.").await;
    let browser = open(&app, &scene).await;
    browser.expect_accessible("the window for clips").await;
    let words = browser.find("dialog textarea").await;
    words.send_keys("The lamp is lit.").await.unwrap();

    // Another model makes clips of any length, in the shape of their picture; what is beyond it is refused where it was entered.
    let offered = |name: &str| format!("[...document.querySelectorAll('dialog [id$=\"-{name}\"] input')].map(input => input.value).join()");
    browser.until(&format!("return {} === ',4,6,8'", offered("durationSeconds"))).await;
    browser.until(&format!("return {} === ',720p,1080p'", offered("resolution"))).await;
    let model = "[...document.querySelectorAll('dialog select')].find(select => [...select.options].some(option => option.text === 'Kling 3.0 Standard'))";
    let choose = |name: &str| {
        format!(
            "const model = {model}; model.value = [...model.options].find(option => option.text === '{name}').value; \
             model.dispatchEvent(new Event('change', {{bubbles: true}})); return true"
        )
    };
    browser.until(&choose("Kling 3.0 Standard")).await;
    browser.until("return document.querySelector('dialog [id$=\"-resolution\"]') === null").await;
    let seconds = browser.find("dialog input[type=number][min='3'][max='15']").await;
    seconds.send_keys("2").await.unwrap();
    browser.button("Make clip").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog [role=alert]')?.textContent.includes('from 3 to 15') === true").await;
    assert!(fal.asked().iter().all(|asked| asked.method == "GET"));
    browser.until(&choose("Default")).await;
    browser.expect_accessible("the window for clips of a few lengths").await;
    browser.expect_fit("the window for clips of a few lengths").await;
    browser.find("dialog [id$='-durationSeconds'] label:nth-child(2)").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog footer').textContent.includes('1 clip · about $0.40')").await;
    browser.button("Make clip").await.click().await.unwrap();
    browser.find("dialog video[preload=none][poster]").await;
    browser.until("return document.querySelector('dialog').textContent.includes('The film shows this clip')").await;
    let asked = fal.asked_at("POST", MODEL)[0].json();
    assert_eq!((&asked["prompt"], &asked["duration"]), (&json!("The lamp is lit."), &json!("4s")));
    let play = "const video = document.querySelector('dialog video'); video.muted = true; video.play(); return video.currentTime > 0.2";
    browser.until("return performance.getEntriesByType('resource').every(entry => !entry.name.endsWith('.mp4'))").await;
    browser.until(play).await;
    let first = used(&app, &scene).await;
    assert!(first.is_string());
    browser.expect_accessible("the window with a clip").await;

    browser.button("Use the still").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog').textContent.includes('The film shows the still')").await;
    assert!(used(&app, &scene).await.is_null());
    browser.button("Use the clip").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog').textContent.includes('The film shows this clip')").await;
    assert_eq!(used(&app, &scene).await, first);
    browser.find("dialog [aria-label='Close']").await.click().await.unwrap();
    browser.find("[aria-label='Open image of scene 1, shown as a clip'] img[src$='.jpg']").await;
    browser.expect_accessible("the pictures with a clip").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn another_picture_behind_a_clip_is_told_and_taken() {
    let fal = fal().await;
    let app = TestApp::with_environment([("FAL_BASE_URL", &fal.url()), ("FAL_KEY", "key:secret")]).await;
    let (scene, _) = scene_with_picture(&app.client, "Some words.", "A lighthouse in a storm.").await;
    let second = app.client.post_and_wait("/api/image/generate", json!({"sceneId": scene["id"]})).await.expect(200);
    let options = json!({"provider": "fal", "durationSeconds": 4});
    let clip = json!({"imageIds": [second["id"]], "options": options});
    let clip = app.client.post_and_wait("/api/video/generate", clip).await.expect(200);
    assert_eq!(used(&app, &scene).await, clip["id"]);
    let browser = Browser::open(&format!("{}/image/{}", app.client.base(), scene["projectId"].as_str().unwrap()), DESKTOP).await;
    browser.find("[aria-label='Open image of scene 1, shown as a clip']").await;
    browser.offer_long().await;
    let told = "document.querySelector('main').innerText.includes('The film shows a clip of another image')";
    browser.until(&format!("return !{told}")).await;

    browser.find("[aria-label='Takes of scene 1'] [aria-label='Use take 1']").await.click().await.unwrap();
    browser.until(&format!("return {told}")).await;
    browser.expect_accessible("a picture behind a clip").await;
    browser.expect_fit("a picture behind a clip").await;
    browser.find("[aria-label^='Open image of scene 1']").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog').textContent.includes('The film shows a clip of another image')").await;
    browser.find("dialog [aria-label='Close']").await.click().await.unwrap();

    browser.button("Use this image").await.click().await.unwrap();
    browser.find("[aria-label='Open image of scene 1'] img").await;
    browser.until(&format!("return !{told}")).await;
    assert!(used(&app, &scene).await.is_null());
    browser.button("Undo").await.click().await.unwrap();
    browser.until(&format!("return {told}")).await;
    assert_eq!(used(&app, &scene).await, clip["id"]);
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_clip_that_fails_says_why_and_is_tried_again_and_deleted() {
    let fal = fal().await;
    let app = TestApp::with_environment([("FAL_BASE_URL", &fal.url()), ("FAL_KEY", "key:secret")]).await;
    let (scene, _) = scene_with_picture(&app.client, "Some words.", "A lighthouse in a storm.").await;
    fal.on_each(
        "GET",
        RESULT,
        [Reply::json(
            &json!({"detail": [{"loc": ["body", "prompt"], "msg": "The content was flagged", "type": "content_policy_violation"}]}),
        )
        .status(422)],
    );
    fal.on_json("GET", STATUS, json!({"status": "IN_PROGRESS", "request_id": "7"}));
    let browser = open(&app, &scene).await;
    browser.offer_long().await;
    browser.button("Make clip").await.click().await.unwrap();
    browser.find("dialog .busy button").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog .busy') === null").await;
    fal.on_json("GET", STATUS, json!({"status": "COMPLETED", "request_id": "7"}));
    browser.resize((390, 844)).await;
    browser.until("document.querySelector('dialog .body').scrollTop = 1e6; return true").await;
    browser.button("Make clip").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog .why')?.textContent.includes('Retry') === true").await;
    // The window says so, where it is seen: no note of it lies over its buttons.
    let seen = "const why = document.querySelector('dialog .why'); \
        const [inner, outer] = [why, why.closest('.body')].map(one => one.getBoundingClientRect()); \
        return inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1";
    browser.until(seen).await;
    let no_note = "return document.querySelector('[aria-label=Notifications]').innerText === ''";
    browser.until(no_note).await;
    let result = json!({"video": {"url": format!("{}/files/clip.mp4", fal.url()), "content_type": "video/mp4"}});
    fal.on_json("GET", RESULT, result);
    browser.find("dialog .why button").await.click().await.unwrap();
    browser.find("dialog video").await;

    browser.button("Delete this clip").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog video') === null").await;
    browser.find("dialog .facts button").await.click().await.unwrap();
    browser.find("dialog video").await;
    // What was taken back there is offered back no more.
    browser.until(no_note).await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_clip_that_waits_for_another_try_says_for_what() {
    let fal = fal().await;
    let app = TestApp::with_environment([("FAL_BASE_URL", &fal.url()), ("FAL_KEY", "key:secret")]).await;
    let (scene, _) = scene_with_picture(&app.client, "Some words.", "A lighthouse in a storm.").await;
    fal.on("POST", MODEL, |_, _| Reply::json(&json!({"detail": "Slow down"})).status(429).header("retry-after", "200"));
    let browser = open(&app, &scene).await;
    browser.button("Make clip").await.click().await.unwrap();
    let said = "document.querySelector('dialog .busy')?.innerText ?? ''";
    browser.until(&format!("return ({said}).includes('Waiting to be tried again') && ({said}).includes('Slow down')")).await;
    browser.expect_accessible("a clip that waits").await;
    browser.expect_fit("a clip that waits").await;
    browser.find("dialog .busy button").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog .busy') === null").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn where_nobody_makes_clips_the_settings_are_named() {
    let app = TestApp::start().await;
    let (scene, _) = scene_with_picture(&app.client, "Some words.", "A lighthouse in a storm.").await;
    let browser = open(&app, &scene).await;
    browser.expect_accessible("the window where nobody makes clips").await;
    let disabled =
        "return [...document.querySelectorAll('dialog button')].some(button => button.innerText.includes('Make clip') && button.disabled)";
    browser.until(disabled).await;
    browser.find("dialog a[href='/settings']").await.click().await.unwrap();
    browser.until("return location.pathname === '/settings' && document.querySelector('dialog') === null").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn why_nothing_was_begun_is_seen_where_it_was_asked_for() {
    let fal = fal().await;
    let app = TestApp::with_environment([("FAL_BASE_URL", &fal.url()), ("FAL_KEY", "key:secret")]).await;
    app.client.patch("/api/settings", json!({"spending": {"projectLimitUsd": 0.01}})).await.expect(200);
    let (scene, _) = scene_with_picture(&app.client, "Some words.", "A lighthouse in a storm.").await;
    let browser = open(&app, &scene).await;
    browser.resize((390, 844)).await;
    let seen = "const alert = document.querySelector('dialog .form [role=alert]'); if (!alert) return false; \
        const [inner, outer] = [alert, alert.closest('.body')].map(one => one.getBoundingClientRect()); \
        return alert.innerText.includes('limit') && inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1 \
            && document.querySelector('[aria-label=Notifications]').innerText === ''";
    browser.button("Make clip").await.click().await.unwrap();
    browser.until(seen).await;
    browser.expect_accessible("the window for a clip that was not begun").await;
    browser.find("dialog [aria-label='Close']").await.click().await.unwrap();

    browser.find("[aria-label^='Open image of scene 1']").await.click().await.unwrap();
    browser.find("dialog option[value=fal]").await.click().await.unwrap();
    browser.button("Generate image").await.click().await.unwrap();
    browser.until(seen).await;
    browser.find("dialog option[value=storyboard]").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog [role=alert]') === null").await;
    browser.close().await;
    app.finish().await;
}
