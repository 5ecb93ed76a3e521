//! The pages where narrations, pictures and films are made: by pointer, by keyboard, and with files of one's own.

use serde_json::{Value, json};
use studio_tests::{TestApp, VendorServer, browser::Browser, footage::scene_with_picture, stand_ins::silence};
use thirtyfour::prelude::*;

use crate::{DESKTOP, quick, quick_studio};

/// A script that begins with a picture of its own, ready to be dropped or pasted.
const PIXELS: &str = "const canvas = document.createElement('canvas'); canvas.width = 64; canvas.height = 36; \
    const paint = canvas.getContext('2d'); paint.fillStyle = 'teal'; paint.fillRect(0, 0, 64, 36); \
    const bytes = atob(canvas.toDataURL('image/png').split(',')[1]); \
    const file = new File([Uint8Array.from(bytes, c => c.charCodeAt(0))], 'teal.png', {type: 'image/png'}); \
    const data = new DataTransfer(); data.items.add(file);";

pub async fn open(app: &TestApp, project: &Value, page: &str) -> Browser {
    Browser::open(&format!("{}/{page}/{}", app.client.base(), project["id"].as_str().unwrap()), DESKTOP).await
}

pub async fn scene(app: &TestApp, project: &Value, index: usize) -> Value {
    app.client.get(&format!("/api/scenes/{}", project["scenes"][index]["id"].as_str().unwrap())).await.expect(200)
}

pub async fn takes(app: &TestApp, kind: &str, project: &Value) -> Vec<Value> {
    let list = app.client.get(&format!("/api/{kind}/by-project/{}", project["id"].as_str().unwrap())).await.expect(200);
    list.as_array().unwrap().clone()
}

#[tokio::test]
async fn a_narration_is_drawn_sought_in_and_lit_word_by_word() {
    let app = quick_studio().await;
    let project = app.client.project(&["Slow but steady wins the race, said the tortoise.", "The hare was asleep."]).await;
    for voice in ["espeak/en-us", "espeak/en-gb"] {
        let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": voice});
        app.client.post_and_wait("/api/audio/generate", body).await.expect(200);
    }
    let browser = open(&app, &project, "audio").await;
    // The waveform is drawn from what the server measured: its bars are not all as high.
    browser.until("const d = document.querySelector('svg.all path')?.getAttribute('d') ?? ''; return new Set(d.match(/M[0-9.]+ [0-9]+/g)?.map(m => m.split(' ')[1])).size > 5").await;
    browser.until("return performance.getEntriesByType('resource').every(entry => !entry.name.includes('/media/'))").await;

    browser.button("Takes of scene 1").await.click().await.unwrap();
    let position = browser.find("dialog [aria-label='Position in take 2']").await;
    position.send_keys(Key::End).await.unwrap();
    browser.until("return document.querySelector('dialog span.lit')?.textContent.startsWith('tortoise')").await;
    position.send_keys(Key::Home).await.unwrap();
    position.send_keys(" ").await.unwrap();
    browser.until("return Number(document.querySelector(\"dialog [aria-label='Position in take 2']\").value) > 0.3").await;
    browser.until("return document.querySelectorAll('dialog span.lit').length === 1").await;
    browser.until("return performance.getEntriesByType('resource').some(entry => entry.name.includes('/media/audio/'))").await;

    browser.find("dialog input[type=radio][aria-label^='Use take 1']").await.click().await.unwrap();
    let all = takes(&app, "audio", &project).await;
    browser.until("return document.querySelector(\"dialog li.selected input[aria-label^='Use take 1']\") !== null").await;
    assert_eq!(scene(&app, &project, 0).await["selectedAudioId"], all[1]["id"], "the older one");

    // A choice that is refused is not marked.
    browser.set_offline(true).await;
    browser.find("dialog input[type=radio][aria-label^='Use take 2']").await.click().await.unwrap();
    browser.until("return document.body.innerText.includes('The choice was not saved')").await;
    browser.until("return document.querySelector('dialog input[type=radio]:checked').ariaLabel.startsWith('Use take 1')").await;
    browser.set_offline(false).await;

    // The space bar plays what is shown, and not what was heard last in a window that is closed.
    browser.find("dialog [aria-label=Close]").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog') === null").await;
    let quiet = "return ![...document.querySelectorAll('header button')].some(button => button.innerText.trim() === 'Pause')";
    browser.until(quiet).await;
    browser.until("document.activeElement.blur(); return true").await;
    browser.find("body").await.send_keys(" ").await.unwrap();
    browser.button("Pause narration of scene 1").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_voice_and_a_speed_that_are_chosen_for_one_scene_are_its_own() {
    let app = quick_studio().await;
    let project = app.client.project(&["Some words.", "Other words.", ""]).await;
    let browser = open(&app, &project, "audio").await;
    let choose = async |label: &str, value: &str| {
        // The list has all voices once somebody comes near.
        browser.find(&format!("[aria-label='{label}']")).await.focus().await.unwrap();
        browser.find(&format!("[aria-label='{label}'] option[value='{value}']")).await.click().await.unwrap();
    };
    // A scene in which nothing is said is ready, but there is nothing to be heard of it.
    browser.until("return ![...document.querySelectorAll('header button')].some(button => button.innerText.trim() === 'Listen')").await;
    choose("Voice of scene 2", "espeak/en-gb").await;
    choose("Speed of scene 2", "1.2").await;
    browser.page.refresh().await.unwrap();
    let shows = |voice: &str| format!("return document.querySelector(\"[aria-label='Voice of scene 2']\")?.value === '{voice}'");
    browser.until(&shows("espeak/en-gb")).await;
    browser.button("Generate all audio").await.click().await.unwrap();
    // A scene in which nothing is said is not waited for.
    browser.button("Continue to images").await;
    browser.until("return document.querySelector('main').innerText.includes('3 of 3 ready')").await;
    let all = takes(&app, "audio", &project).await;
    let spoken = |scene: usize| all.iter().find(|take| take["sceneId"] == project["scenes"][scene]["id"]).unwrap();
    assert_eq!((&spoken(1)["voiceId"], &spoken(1)["speed"]), (&json!("espeak/en-gb"), &json!(1.2)));
    assert_eq!((all.len(), &spoken(0)["speed"]), (2, &json!(1.0)));

    // "By language" is a choice as any other, whatever the page says.
    browser.find("main select[id^=voice] option[value='espeak/en-us']").await.click().await.unwrap();
    choose("Voice of scene 2", "").await;
    browser.page.refresh().await.unwrap();
    browser.until(&shows("")).await;

    // It says who speaks then, also where that voice speaks another language.
    for (voice, name) in [("espeak/en-gb", "English"), ("espeak/de", "German")] {
        app.client.patch("/api/settings", json!({"defaults": {"audio": {"voiceId": voice}}})).await.expect(200);
        browser.page.refresh().await.unwrap();
        let called = format!(
            "const first = [\"[aria-label='Voice of scene 2']\", 'main select[id^=voice]'].map(css => document.querySelector(css)?.options[0]); \
             return first.every(option => option?.value === '' && option.text.startsWith('Default: {name}'))"
        );
        browser.until(&called).await;
    }
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn where_nothing_is_said_no_narration_is_offered_again() {
    let app = quick_studio().await;
    let project = app.client.project(&["", ""]).await;
    let browser = open(&app, &project, "audio").await;
    browser.button("Continue to images").await;
    browser.until("return !document.body.innerText.includes('Generate all again')").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_file_that_is_dropped_beside_its_place_does_not_take_the_place_of_the_app() {
    let app = quick_studio().await;
    let project = app.client.project(&["Some words."]).await;
    let browser = open(&app, &project, "audio").await;
    browser.find("main tbody tr").await;
    // A browser opens what no page refuses.
    let refused = |turn: &str, place: &str| {
        format!(
            "{PIXELS} return !document.querySelector('{place}').dispatchEvent(new DragEvent('{turn}', {{dataTransfer: data, bubbles: true, cancelable: true}}))"
        )
    };
    for place in ["main", "header", "nav"] {
        browser.until(&refused("dragover", place)).await;
        browser.until(&refused("drop", place)).await;
    }
    // Words that are dragged go where the browser lets them.
    let words = "const words = new DataTransfer(); words.setData('text/plain', 'Some words.'); \
        return document.querySelector('main').dispatchEvent(new DragEvent('dragover', {dataTransfer: words, bubbles: true, cancelable: true}))";
    browser.until(words).await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn pictures_are_dropped_pasted_and_chosen() {
    let app = quick_studio().await;
    let project = app.client.project(&["Some words.", "Other words."]).await;
    let browser = open(&app, &project, "image").await;
    browser.find("[aria-label^='Open image of scene 1']").await;
    let drop = "document.querySelector(\"[aria-label^='Open image of scene 1']\").dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})); return true";
    browser.until(&format!("{PIXELS} {drop}")).await;
    browser.find("[aria-label^='Open image of scene 1'] img").await;
    browser.find("[aria-label^='Open image of scene 1']").await.click().await.unwrap();
    browser.find("dialog[open]").await;
    let paste = "window.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true})); return true";
    browser.until(&format!("{PIXELS} {paste}")).await;
    browser.find("dialog [aria-label='Use take 2'][aria-pressed=true]").await;
    browser.find("dialog [aria-label='Seed'], dialog input[type=number]").await.send_keys("7").await.unwrap();
    browser.find("dialog .presets button[data-tip^='black ink']").await.click().await.unwrap();
    browser.button("Generate image").await.click().await.unwrap();
    browser.find("dialog [aria-label='Use take 3'][aria-pressed=true]").await;
    browser.find("dialog [aria-label='Close']").await.click().await.unwrap();

    browser.find("[aria-label='Takes of scene 1'] [aria-label='Use take 1']").await.click().await.unwrap();
    browser.find("[aria-label='Takes of scene 1'] [aria-label='Use take 1'][aria-pressed=true]").await;
    let all = takes(&app, "image", &project).await;
    assert_eq!(all.iter().map(|take| take["provider"].as_str().unwrap()).collect::<Vec<_>>(), ["storyboard", "upload", "upload"]);
    assert_eq!(all[0]["modelOptions"]["seed"], 7);
    assert_eq!(scene(&app, &project, 0).await["selectedImageId"], all[2]["id"]);

    // The only one that is left is chosen once the chosen one is gone, and can be chosen again where none is.
    for gone in [&all[0], &all[2]] {
        app.client.delete(&format!("/api/image/{}", gone["id"].as_str().unwrap())).await.expect(204);
    }
    browser.until("return document.querySelector(\"[aria-label='Takes of scene 1']\") === null").await;
    browser.find("[aria-label='Open image of scene 1'] img").await;
    let path = format!("/api/scenes/{}", project["scenes"][0]["id"].as_str().unwrap());
    app.client.patch(&path, json!({"selectedImageId": null})).await.expect(200);
    browser.find("[aria-label='Takes of scene 1'] [aria-label='Use take 1'][aria-pressed=false]").await;
    browser.find("[aria-label='Open image of scene 1: None of its images is chosen']").await.click().await.unwrap();
    browser.find("dialog [aria-label='Use take 1'][aria-pressed=false]").await.click().await.unwrap();
    browser.find("dialog .large img").await;
    browser.until("return document.querySelector(\"dialog [aria-label='Use take 1']\") === null").await;
    assert_eq!(scene(&app, &project, 0).await["selectedImageId"], all[1]["id"]);
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_picture_that_is_deleted_is_neither_resembled_nor_filmed() {
    let gemini = VendorServer::start().await;
    let app = quick(TestApp::with_environment([("GEMINI_BASE_URL", &gemini.url()), ("GEMINI_API_KEY", "key")]).await).await;
    let (scene, picture) = scene_with_picture(&app.client, "Some words.", "A lighthouse in a storm.").await;
    let project = json!({"id": scene["projectId"]});
    let browser = open(&app, &project, "image").await;
    let chosen = json!({"provider": "gemini", "referenceImageIds": [picture["id"]]});
    let keep = format!("localStorage.setItem('studio.image.' + {}, JSON.stringify({chosen})); return true", project["id"]);
    browser.until(&keep).await;
    browser.page.refresh().await.unwrap();
    browser.find("[aria-label^='Open image of scene 1']").await.click().await.unwrap();
    let resembles = |count: u32| format!("return document.querySelector('dialog').innerText.includes('Resembles ({count} of ')");
    browser.until(&resembles(1)).await;
    browser.button("Delete this take").await.click().await.unwrap();
    browser.until(&resembles(0)).await;
    browser.find("dialog [aria-label=Close]").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog') === null").await;
    browser.find("[aria-label='Open image of scene 1: No image yet']").await;
    browser.go("gv", "/video/").await;
    let missing = "return [...document.querySelectorAll('main a')].some(link => /Images\\s+1 missing/.test(link.innerText))";
    browser.until(missing).await;
    browser.button("Make film").await.click().await.unwrap();
    browser.find("video").await;
    let pictures = takes(&app, "image", &project).await;
    assert_eq!(pictures.iter().map(|one| one["provider"].as_str().unwrap()).collect::<Vec<_>>(), ["storyboard"]);
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_film_that_is_started_from_far_below_comes_into_sight() {
    let app = quick_studio().await;
    let project = app.client.project(&["The fox met the crow on a branch and sang."]).await;
    let browser = open(&app, &project, "video").await;
    browser.resize((390, 844)).await;
    browser.find("#film-subtitles").await;
    browser.until("const main = document.querySelector('main'); main.scrollTop = main.scrollHeight; return main.scrollTop > 300").await;
    browser.button("Make film").await.click().await.unwrap();
    let seen = "const film = document.querySelector('section[aria-label=Film]')?.getBoundingClientRect();
        return film !== undefined && film.top >= 0 && film.top < innerHeight / 2";
    browser.until(seen).await;
    browser.find("video").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_film_is_made_with_music_and_again_with_changes() {
    let app = quick_studio().await;
    let project = app.client.project(&["The fox met the crow on a branch and sang."]).await;
    let browser = open(&app, &project, "video").await;
    let folder = tempfile::tempdir().unwrap();
    let track = folder.path().join("A drone.wav");
    std::fs::write(&track, silence(2.0)).unwrap();
    browser.choose_file("main input[type=file]", &track).await;
    browser.find("[aria-label='Volume of the music']").await.send_keys(Key::Left + Key::Left).await.unwrap();
    browser.find("#film-subtitles option[value=burned]").await.click().await.unwrap();
    browser.until("const radio = document.querySelector('input[name=film-captionStyle][value=karaoke]'); radio?.click(); return radio?.checked === true").await;
    browser.find("[aria-label^='Preview of the captions: The fox met the crow']").await;
    browser.page.refresh().await.unwrap();
    browser.find("[aria-label^='Preview of the captions']").await;
    browser.button("Make film").await.click().await.unwrap();
    browser.find("video").await;
    let films = takes(&app, "video", &project).await;
    let music = app.client.get("/api/music").await.expect(200)["items"][0].clone();
    assert_eq!(music["title"], "A drone");
    assert_eq!(films[0]["options"]["music"], json!({"assetId": music["id"], "volumeDb": -14.0}));
    assert_eq!(films[0]["options"]["captionStyle"], "karaoke");
    // Captions in the picture are not shown over it once more.
    browser
        .until(
            "const [track] = document.querySelectorAll('video track'); return track.default === false && track.track.mode === 'disabled'",
        )
        .await;
    browser.until("return performance.getEntriesByType('resource').every(entry => !entry.name.endsWith('.mp4'))").await;
    let seek = "const video = document.querySelector('video'); video.muted = true; video.currentTime = 1; video.play(); return true";
    browser.until(seek).await;
    browser.until("return document.querySelector('video').currentTime > 1.1").await;

    browser.button("Details").await.click().await.unwrap();
    browser.find("dialog #again-subtitles option[value=none]").await.click().await.unwrap();
    browser.button("Make it with these changes").await.click().await.unwrap();
    browser
        .until("return document.querySelectorAll(\"[aria-label='Films'] li\").length === 2 && document.querySelector('video') !== null")
        .await;
    let films = takes(&app, "video", &project).await;
    assert_eq!((&films[0]["options"]["subtitles"], &films[0]["options"]["music"]["volumeDb"]), (&json!("none"), &json!(-14.0)));
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_film_is_spoken_as_it_was_chosen_on_the_audio_page() {
    let app = quick_studio().await;
    let project = app.client.project(&["Some words.", "Other words."]).await;
    let browser = open(&app, &project, "audio").await;
    for (label, value) in [("Voice of scene 2", "espeak/en-gb"), ("Speed of scene 2", "1.2")] {
        browser.find(&format!("[aria-label='{label}']")).await.focus().await.unwrap();
        browser.find(&format!("[aria-label='{label}'] option[value='{value}']")).await.click().await.unwrap();
    }
    browser.go("gv", "/video/").await;
    // Two presses in a row make one film.
    browser.button("Make film").await;
    let twice = "const make = [...document.querySelectorAll('header button')].find(button => button.innerText.trim() === 'Make film'); \
        if (make === undefined || make.ariaDisabled !== null) return false; make.click(); make.click(); return true";
    browser.until(twice).await;
    browser.find("video").await;
    app.until_idle().await;
    assert_eq!(takes(&app, "video", &project).await.len(), 1);
    let all = takes(&app, "audio", &project).await;
    let spoken = |scene: usize| all.iter().find(|take| take["sceneId"] == project["scenes"][scene]["id"]).unwrap();
    assert_eq!((&spoken(1)["voiceId"], &spoken(1)["speed"]), (&json!("espeak/en-gb"), &json!(1.2)));
    assert_eq!((all.len(), &spoken(0)["speed"]), (2, &json!(1.0)));
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_recording_that_is_out_of_date_is_not_replaced_unasked() {
    let app = quick_studio().await;
    let project = app.client.project(&["Some words."]).await;
    let browser = open(&app, &project, "audio").await;
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own.wav");
    std::fs::write(&own, silence(2.0)).unwrap();
    browser.button("Takes of scene 1").await.click().await.unwrap();
    browser.choose_file("dialog input[type=file]", &own).await;
    browser.find("dialog input[type=radio][aria-label='Use take 1: Your own']").await;
    browser.find("dialog [aria-label=Close]").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog') === null").await;
    let path = format!("/api/scenes/{}", project["scenes"][0]["id"].as_str().unwrap());
    app.client.patch(&path, json!({"narration": "Other words."})).await.expect(200);

    browser.go("gv", "/video/").await;
    let told =
        "return document.querySelector('main [role=note]')?.innerText.startsWith('Your recording of scene 1 is out of date') === true";
    browser.until(told).await;
    browser.button("Make film").await.click().await.unwrap();
    browser.button("Replace and make film").await;
    browser.expect_accessible("the question about a recording").await;
    browser.button("Not now").await.click().await.unwrap();
    browser.until("return document.querySelector('dialog') === null").await;
    app.until_idle().await;
    assert_eq!((takes(&app, "audio", &project).await.len(), takes(&app, "video", &project).await.len()), (1, 0));

    browser.button("Make film").await.click().await.unwrap();
    browser.button("Replace and make film").await.click().await.unwrap();
    browser.find("video").await;
    let all = takes(&app, "audio", &project).await;
    assert_eq!(all.iter().map(|take| take["provider"].as_str().unwrap()).collect::<Vec<_>>(), ["espeak", "upload"]);
    browser.until("return document.querySelector('main [role=note]') === null").await;
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn takes_of_which_none_is_chosen_are_not_missing() {
    let app = quick_studio().await;
    let project = app.client.project(&["Some words.", "Other words."]).await;
    let body = json!({"sceneId": project["scenes"][0]["id"]});
    let take = app.client.post_and_wait("/api/audio/generate", body).await.expect(200);
    let path = format!("/api/scenes/{}", project["scenes"][0]["id"].as_str().unwrap());
    app.client.patch(&path, json!({"selectedAudioId": null})).await.expect(200);
    let browser = open(&app, &project, "video").await;
    let says = |words: &str| {
        format!("return [...document.querySelectorAll('main a')].some(link => /Narration\\s+{words}$/.test(link.innerText.trim()))")
    };
    browser.until(&says("1 missing, 1 not chosen")).await;
    browser.expect_accessible("takes of which none is chosen").await;
    browser.find("[aria-label='Use the newest: Narration']").await.click().await.unwrap();
    browser.until(&says("1 missing")).await;
    assert_eq!(scene(&app, &project, 0).await["selectedAudioId"], take["id"]);
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn two_presses_in_a_row_make_all_narrations_once() {
    let app = quick_studio().await;
    let project = app.client.project(&["Some words.", "Other words."]).await;
    app.client.post("/api/audio/generate-batch", json!({"projectId": project["id"]})).await.expect(202);
    app.until_idle().await;
    let browser = open(&app, &project, "audio").await;
    browser.button("Generate all again").await;
    let twice = "window.asked = 0; \
        const reach = window.fetch; \
        window.fetch = (...what) => { if (what[0].url?.includes('/audio/generate-batch')) asked += 1; return reach(...what); }; \
        const again = [...document.querySelectorAll('header button')].find(button => button.innerText.trim() === 'Generate all again'); \
        if (again === undefined || again.ariaDisabled !== null || again.disabled) return false; again.click(); again.click(); return true";
    browser.until(twice).await;
    let path = format!("/api/audio/by-project/{}", project["id"].as_str().unwrap());
    app.client.until(&path, "has new takes", |takes| takes.as_array().unwrap().len() >= 4).await;
    app.until_idle().await;
    browser.until("return asked === 1").await;
    assert_eq!(takes(&app, "audio", &project).await.len(), 4);
    browser.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_file_that_was_refused_is_told_of_until_the_next_is_taken() {
    let app = quick_studio().await;
    let project = app.client.project(&["Some words."]).await;
    let browser = open(&app, &project, "audio").await;
    let folder = tempfile::tempdir().unwrap();
    let (bad, good) = (folder.path().join("no sound.wav"), folder.path().join("sound.wav"));
    std::fs::write(&bad, "no sound at all").unwrap();
    std::fs::write(&good, silence(2.0)).unwrap();
    browser.button("Takes of scene 1").await.click().await.unwrap();
    browser.choose_file("dialog input[type=file]", &bad).await;
    browser.find("dialog [aria-label=Notifications] [role=alert]").await;
    browser.choose_file("dialog input[type=file]", &good).await;
    browser.find("dialog input[type=radio][aria-label='Use take 1: Your own']").await;
    browser.until("return document.querySelector('[aria-label=Notifications] [role=alert]') === null").await;
    browser.close().await;
    app.finish().await;
}
