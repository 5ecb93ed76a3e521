//! ComfyUI, with a workflow of the user's own.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    Client, Database, Reply, TestApp, VendorServer,
    client::bad_paths,
    pictures::{assert_failed, drawn, png, scene, studio},
    process::Process,
};

/// As ComfyUI exports it, but for the places.
fn workflow() -> Value {
    json!({
        "3": {"class_type": "KSampler", "inputs": {"seed": "%seed%", "steps": 20, "cfg": 6.5, "model": ["4", 0], "positive": ["6", 0]}},
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sdxl.safetensors"}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": "%width%", "height": "%height%", "batch_size": 1}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "best quality, %prompt%", "clip": ["4", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "%negative_prompt%", "clip": ["4", 1]}},
        "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "studio", "images": ["8", 0]}}
    })
}

/// A ComfyUI that works on what it is given until it is told that all is done.
struct Comfy {
    vendor: Arc<VendorServer>,
    done: Arc<AtomicBool>,
}

impl Comfy {
    async fn start() -> Self {
        let (vendor, done) = (Arc::new(VendorServer::start().await), Arc::new(AtomicBool::new(false)));
        vendor.on("POST", "/prompt", |asked, _| {
            Reply::json(&json!({"prompt_id": asked.json()["prompt_id"], "number": 1, "node_errors": {}}))
        });
        let (finished, desk) = (Arc::clone(&done), Arc::downgrade(&vendor));
        vendor.on("GET", "/history/*", move |asked, _| {
            let id = asked.path.rsplit('/').next().unwrap();
            let begun = desk.upgrade().is_some_and(|desk| ids(&desk).iter().any(|known| known == id));
            let entry =
                json!({id: {"prompt": [], "outputs": outputs(), "status": {"status_str": "success", "completed": true, "messages": []}}});
            Reply::json(&if begun && finished.load(Ordering::SeqCst) { entry } else { json!({}) })
        });
        let (finished, desk) = (Arc::clone(&done), Arc::downgrade(&vendor));
        vendor.on("GET", "/queue", move |_, _| {
            let ids = desk.upgrade().map(|desk| ids(&desk)).unwrap_or_default();
            let running: Vec<Value> = ids.iter().map(|id| json!([1, id, {}, {}, ["9"]])).collect();
            let running = if finished.load(Ordering::SeqCst) { Vec::new() } else { running };
            Reply::json(&json!({"queue_running": running, "queue_pending": []}))
        });
        vendor.on("GET", "/view", |_, _| Reply::bytes("image/png", png(640, 360)));
        vendor.on_json("POST", "/queue", json!({}));
        vendor.on_json("POST", "/interrupt", json!({}));
        Self { vendor, done }
    }

    fn finish(&self) {
        self.done.store(true, Ordering::SeqCst);
    }

    fn begun(&self) -> usize {
        self.vendor.asked_at("POST", "/prompt").len()
    }
}

/// What it was given.
fn ids(vendor: &VendorServer) -> Vec<String> {
    vendor.asked_at("POST", "/prompt").iter().map(|asked| asked.json()["prompt_id"].as_str().unwrap().to_owned()).collect()
}

/// A preview, and what is saved.
fn outputs() -> Value {
    json!({
        "12": {"images": [{"filename": "preview.png", "subfolder": "", "type": "temp"}]},
        "9": {"images": [{"filename": "studio 1.png", "subfolder": "films/ä", "type": "output"}]}
    })
}

async fn tell(client: &Client, vendor: &VendorServer, workflow: &Value) {
    let comfyui = json!({"baseUrl": vendor.url(), "settings": {"workflow": workflow.to_string()}});
    client.patch("/api/settings", json!({"providers": {"comfyui": comfyui}})).await.expect(200);
}

async fn app(vendor: &VendorServer, attempts: u32) -> TestApp {
    let app = studio(&[], attempts).await;
    tell(&app.client, vendor, &workflow()).await;
    app
}

async fn asked_for(client: &Client) -> String {
    let scene = scene(client, "A hill").await;
    let body = json!({"sceneId": scene["id"], "modelOptions": {"provider": "comfyui"}});
    let picture = client.post("/api/image/generate", body).await.expect(202);
    format!("/api/image/{}", picture["id"].as_str().unwrap())
}

#[tokio::test]
async fn the_workflow_is_carried_out_with_everything_in_its_place() {
    let comfy = Comfy::start().await;
    comfy.finish();
    let app = app(&comfy.vendor, 5).await;
    let options = json!({"provider": "comfyui", "seed": 7, "negativePrompt": "people", "aspectRatio": "4:5"});
    let picture = drawn(&app.client, options).await;
    assert_eq!((&picture["status"], &picture["costUsd"]), (&json!("ready"), &json!(0.0)), "{picture}");
    assert_eq!((&picture["width"], &picture["height"]), (&json!(640), &json!(360)));
    let body = comfy.vendor.asked_at("POST", "/prompt")[0].json();
    let mut filled = workflow();
    filled["3"]["inputs"]["seed"] = json!(7);
    filled["5"]["inputs"]["width"] = json!(896);
    filled["5"]["inputs"]["height"] = json!(1120);
    filled["6"]["inputs"]["text"] = json!("best quality, A hill and a sun\n\nStyle: ink");
    filled["7"]["inputs"]["text"] = json!("people");
    assert_eq!(body["prompt"], filled);
    let fields: std::collections::BTreeSet<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, ["client_id", "prompt", "prompt_id"].into());
    let id = body["prompt_id"].as_str().unwrap();
    assert!(id.len() == 36 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-')), "{id}");
    let view = &comfy.vendor.asked_at("GET", "/view")[0];
    assert_eq!(view.query, "filename=studio+1.png&subfolder=films%2F%C3%A4&type=output");
    let test = app.client.post("/api/settings/providers/comfyui/test", json!({})).await.expect(200);
    assert_eq!(test["ok"], true, "{test}");
    app.finish().await;
}

#[tokio::test]
async fn a_workflow_is_wanted_and_has_to_be_one() {
    let comfy = Comfy::start().await;
    let app = studio(&[("COMFYUI_BASE_URL", &comfy.vendor.url())], 5).await;
    let about = |settings: &Value| settings["providers"].as_array().unwrap().iter().find(|about| about["id"] == "comfyui").unwrap().clone();
    let before = about(&app.client.get("/api/settings").await.expect(200));
    assert_eq!((&before["configured"], &before["settings"][0]["required"]), (&json!(false), &json!(true)), "{before}");
    let scene = scene(&app.client, "A hill").await;
    let body = json!({"sceneId": scene["id"], "modelOptions": {"provider": "comfyui"}});
    let error = app.client.post("/api/image/generate", body).await.expect_error(409, ErrorCode::ProviderNotConfigured);
    assert!(error.message.contains("workflow"), "{}", error.message);
    let set = |text: &str| json!({"providers": {"comfyui": {"settings": {"workflow": text}}}});
    for bad in ["{", "{}", r#"{"nodes": [], "links": []}"#, r#"{"1": {"class_type": "SaveImage", "inputs": {}}}"#] {
        let error = app.client.patch("/api/settings", set(bad)).await.expect_error(422, ErrorCode::ValidationFailed);
        assert_eq!(bad_paths(&error), ["providers.comfyui.settings.workflow"]);
    }
    assert_eq!(about(&app.client.get("/api/settings").await.expect(200)), before);
    let after = about(&app.client.patch("/api/settings", set(&workflow().to_string())).await.expect(200));
    assert_eq!((&after["configured"], &after["settings"][0]["value"]), (&json!(true), &json!(workflow().to_string())));
    // What it has no place for is not left out in silence.
    let plain = json!({"6": {"class_type": "CLIPTextEncode", "inputs": {"text": "%prompt%"}}});
    app.client.patch("/api/settings", set(&plain.to_string())).await.expect(200);
    let picture = drawn(&app.client, json!({"provider": "comfyui", "negativePrompt": "people"})).await;
    assert_failed(&picture, "provider_not_configured", "%negative_prompt%");
    assert_eq!(comfy.begun(), 0);
    app.finish().await;
}

#[tokio::test]
async fn a_picture_whose_server_was_killed_is_waited_for_and_not_begun_again() {
    let comfy = Comfy::start().await;
    let (database, folder) = (Database::create().await, tempfile::tempdir().unwrap());
    let server = Process::start(&database, folder.path());
    tell(&server.client, &comfy.vendor, &workflow()).await;
    let path = asked_for(&server.client).await;
    comfy.vendor.until_asked("GET", "/queue", 1).await;
    server.kill();
    let server = Process::start(&database, folder.path());
    let before = comfy.vendor.asked_at("GET", "/queue").len();
    comfy.vendor.until_asked("GET", "/queue", before + 2).await;
    comfy.finish();
    let picture = server.client.finished(&path).await;
    assert_eq!((&picture["status"], &picture["attempts"], comfy.begun()), (&json!("ready"), &json!(1), 1), "{picture}");
}

#[tokio::test]
async fn what_is_canceled_is_taken_out_of_the_queue_or_interrupted() {
    let comfy = Comfy::start().await;
    let app = app(&comfy.vendor, 5).await;
    let path = asked_for(&app.client).await;
    comfy.vendor.until_asked("GET", "/queue", 1).await;
    app.client.post(&format!("{path}/cancel"), json!({})).await.expect(200);
    comfy.vendor.until_asked("POST", "/interrupt", 1).await;
    let id = ids(&comfy.vendor)[0].clone();
    assert_eq!(comfy.vendor.asked_at("POST", "/queue")[0].json(), json!({"delete": [id]}));
    assert_eq!(comfy.vendor.asked_at("POST", "/interrupt")[0].json(), json!({"prompt_id": id}));
    app.finish().await;
}

#[tokio::test]
async fn a_comfyui_that_is_not_seen_for_a_while_draws_on() {
    let comfy = Comfy::start().await;
    let app = app(&comfy.vendor, 1).await;
    let path = asked_for(&app.client).await;
    comfy.vendor.until_asked("GET", "/queue", 1).await;
    let away = Arc::new(AtomicBool::new(true));
    let gone = Arc::clone(&away);
    comfy.vendor.on("GET", "/history/*", move |asked, _| {
        let id = asked.path.rsplit('/').next().unwrap();
        if gone.load(Ordering::SeqCst) { Reply::hang_up() } else { Reply::json(&json!({id: {"outputs": outputs()}})) }
    });
    let waiting = app.client.until(&path, "says why it waits", |picture| picture["error"].is_object()).await;
    assert_eq!((&waiting["status"], &waiting["error"]["code"]), (&json!("queued"), &json!("provider_unavailable")), "{waiting}");
    away.store(false, Ordering::SeqCst);
    let picture = app.client.finished(&path).await;
    assert_eq!((&picture["status"], &picture["attempts"], comfy.begun()), (&json!("ready"), &json!(1), 1), "{picture}");
    app.finish().await;
}

#[tokio::test]
async fn a_comfyui_that_was_restarted_is_given_the_picture_again() {
    let comfy = Comfy::start().await;
    let app = app(&comfy.vendor, 5).await;
    let path = asked_for(&app.client).await;
    comfy.vendor.until_asked("GET", "/queue", 1).await;
    let desk = Arc::downgrade(&comfy.vendor);
    comfy.vendor.on("GET", "/queue", move |_, _| {
        // It has forgotten the first, and works on the second.
        let second = desk.upgrade().and_then(|desk| ids(&desk).get(1).cloned());
        let running: Vec<Value> = second.iter().map(|id| json!([2, id, {}, {}, ["9"]])).collect();
        Reply::json(&json!({"queue_running": running, "queue_pending": []}))
    });
    comfy.vendor.until_asked("POST", "/prompt", 2).await;
    comfy.finish();
    let picture = app.client.finished(&path).await;
    assert_eq!((&picture["status"], &picture["attempts"], comfy.begun()), (&json!("ready"), &json!(2), 2), "{picture}");
    app.finish().await;
}

#[tokio::test]
async fn what_goes_wrong_is_said_in_its_own_words() {
    let invalid = json!({
        "error": {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation", "details": "", "extra_info": {}},
        "node_errors": {"4": {"class_type": "CheckpointLoaderSimple", "errors": [{"message": "Value not in list", "details": "ckpt_name"}]}}
    });
    let comfy = Comfy::start().await;
    comfy.vendor.on("POST", "/prompt", move |_, _| Reply::json(&invalid).status(400));
    let app1 = app(&comfy.vendor, 5).await;
    let picture = drawn(&app1.client, json!({"provider": "comfyui"})).await;
    assert_failed(&picture, "provider_rejected", "CheckpointLoaderSimple: Value not in list: ckpt_name");
    app1.finish().await;

    let failed = |messages: Value| json!({"outputs": {}, "status": {"status_str": "error", "completed": false, "messages": messages}});
    let oom = json!([["execution_start", {}], ["execution_error", {"node_type": "KSampler", "exception_message": "CUDA out of memory\n"}]]);
    for (entry, words) in [
        (failed(oom), "KSampler: CUDA out of memory"),
        (failed(json!([["execution_interrupted", {"node_id": "3"}]])), "interrupted"),
        (json!({"outputs": {"9": {"gifs": []}}, "status": {"status_str": "success", "completed": true, "messages": []}}), "lacks a node"),
    ] {
        let comfy = Comfy::start().await;
        comfy.vendor.on("GET", "/history/*", move |asked, _| {
            let id = asked.path.rsplit('/').next().unwrap();
            Reply::json(&json!({id: entry}))
        });
        let app = app(&comfy.vendor, 5).await;
        let picture = drawn(&app.client, json!({"provider": "comfyui"})).await;
        assert_failed(&picture, "provider_rejected", words);
        assert_eq!(comfy.begun(), 1);
        app.finish().await;
    }

    let comfy = Comfy::start().await;
    comfy.finish();
    comfy.vendor.on("GET", "/view", |_, _| Reply::bytes("image/png", "<html>moved</html>"));
    let app = app(&comfy.vendor, 1).await;
    assert_failed(&drawn(&app.client, json!({"provider": "comfyui"})).await, "provider_bad_response", "something else");
    app.finish().await;
}
