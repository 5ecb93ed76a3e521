//! Models as providers list them, and servers on this machine that are noticed.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use studio::{config::Config, providers::neighbours::Ports};
use studio_tests::{
    Client, TestApp,
    footage::scene_with_picture,
    stand_ins::Servers,
    vendor::{Reply, VendorServer},
};

fn models(settings: &Value, id: &str) -> Vec<String> {
    let provider = settings["providers"].as_array().unwrap().iter().find(|provider| provider["id"] == id).expect(id);
    provider["models"].as_array().unwrap().iter().map(|model| model["id"].as_str().unwrap().to_owned()).collect()
}

async fn add(client: &Client, vendor: &VendorServer) -> Value {
    let server = json!({"name": "Box", "baseUrl": format!("{}/v1", vendor.url()), "apiKey": "bk-0123456789"});
    client.patch("/api/settings", json!({"providers": {"compatible-box": server}})).await.expect(200)
}

fn list(ids: &[&str]) -> Value {
    json!({"object": "list", "data": ids.iter().map(|id| json!({"id": id, "object": "model"})).collect::<Vec<_>>()})
}

#[tokio::test]
async fn models_are_listed_by_the_provider_and_kept_for_a_while() {
    let vendor = VendorServer::start().await;
    vendor.on("GET", "/v1/models", |_, before| {
        Reply::json(&if before == 0 { list(&["llama3.2:3b", "kokoro", "tts-1"]) } else { list(&["kokoro", "piper-de"]) })
    });
    let app = TestApp::with_providers(Servers::new().among()).await;
    assert!(models(&add(&app.client, &vendor).await, "compatible-box").is_empty(), "a change asks nobody");
    // A list that takes its time is there later.
    let lists = async |wanted: &[&str]| {
        app.client.until("/api/settings", "lists them", |settings| models(settings, "compatible-box") == wanted).await;
    };
    lists(&["kokoro", "tts-1"]).await;
    let asked = vendor.asked_at("GET", "/v1/models");
    assert_eq!(asked.iter().map(|asked| asked.header("authorization")).collect::<Vec<_>>(), [Some("Bearer bk-0123456789")]);
    app.client.get("/api/settings").await.expect(200);
    assert_eq!(vendor.asked_at("GET", "/v1/models").len(), 1);
    // A test, and another key, ask anew.
    app.client.post("/api/settings/providers/compatible-box/test", json!({})).await.expect(200);
    lists(&["kokoro", "piper-de"]).await;
    app.client.patch("/api/settings", json!({"providers": {"compatible-box": {"apiKey": null}}})).await.expect(200);
    app.client.get("/api/settings").await.expect(200);
    assert_eq!(vendor.asked_at("GET", "/v1/models").last().unwrap().header("authorization"), None);
    app.finish().await;
}

#[tokio::test]
async fn nobody_waits_long_for_a_list_that_does_not_come() {
    let vendor = VendorServer::start().await;
    vendor.on("GET", "/v1/models", |_, _| Reply::silence());
    let app = TestApp::with_providers(Servers::new().among()).await;
    add(&app.client, &vendor).await;
    let began = Instant::now();
    let settings = app.client.get("/api/settings").await.expect(200);
    assert!(began.elapsed() < Duration::from_secs(14), "{:?}", began.elapsed());
    assert!(models(&settings, "compatible-box").is_empty());
    app.client.get("/api/settings").await.expect(200);
    assert_eq!(vendor.asked_at("GET", "/v1/models").len(), 1, "who does not answer is not asked by every request");
    // One that fails leaves what the program knows.
    let broken = VendorServer::start().await;
    broken.on("GET", "/v1/models", |_, _| Reply::json(&json!({"error": {"message": "no"}})).status(500));
    add(&app.client, &broken).await;
    assert!(models(&app.client.get("/api/settings").await.expect(200), "compatible-box").is_empty());
    app.finish().await;
}

#[tokio::test]
async fn servers_on_this_machine_are_noticed_and_used_when_the_user_says_so() {
    let (kokoro, stranger, silent) = (VendorServer::start().await, VendorServer::start().await, VendorServer::start().await);
    kokoro.on_json("GET", "/v1/audio/voices", json!({"voices": ["af_heart"]})).on_json("GET", "/v1/models", list(&["kokoro"]));
    // Something else at a port that is known for something.
    stranger.on("GET", "/v1/models", |_, _| Reply::bytes("text/html", "<html>AI Studio</html>"));
    silent.on("GET", "/api/version", |_, _| Reply::silence());
    let ports =
        Ports::of([("kokoro", kokoro.port()), ("localai", stranger.port()), ("ollama", silent.port()), ("comfyui", stranger.port())]);
    let app = TestApp::with(|config| Config { neighbours: Some(ports), ..config }, Servers::new().among()).await;
    let began = Instant::now();
    app.client.get("/api/settings").await.expect(200);
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    // One that was missed on a busy machine is looked for again.
    let settings = app.client.until("/api/settings", "offers one", |settings| settings["discovered"] != json!([])).await;
    let address = format!("{}/v1", kokoro.url());
    let offer = json!({"id": "compatible-kokoro", "name": "Kokoro", "kinds": ["speech"], "baseUrl": address});
    assert_eq!(settings["discovered"], json!([offer]));
    let known = settings["providers"].as_array().unwrap();
    assert!(known.iter().all(|provider| provider["id"] != "compatible-kokoro"));
    assert!(kokoro.asked().iter().all(|asked| asked.path == "/v1/audio/voices"), "it is only asked who it is");
    // What is offered is what is sent back.
    let take = json!({"providers": {"compatible-kokoro": {"name": offer["name"], "baseUrl": offer["baseUrl"], "kinds": offer["kinds"]}}});
    let settings = app.client.patch("/api/settings", take).await.expect(200);
    assert_eq!(settings["discovered"], json!([]));
    assert_eq!(models(&app.client.get("/api/settings").await.expect(200), "compatible-kokoro"), ["kokoro"]);
    // The same name at another place does not hide it.
    let elsewhere = json!({"providers": {"compatible-kokoro": {"baseUrl": "http://10.0.0.9:8880/v1"}}});
    let settings = app.client.patch("/api/settings", elsewhere).await.expect(200);
    assert_eq!(settings["discovered"][0]["id"], "compatible-kokoro-2");
    app.finish().await;
}

#[tokio::test]
async fn a_model_says_which_clips_and_pictures_it_makes_and_no_others_are_taken() {
    let vendor = VendorServer::start().await;
    let app = TestApp::with_environment([("FAL_BASE_URL", &*vendor.url()), ("FAL_KEY", "MARKED-0123456789")]).await;
    let (scene, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    let settings = app.client.get("/api/settings").await.expect(200);
    let fal = settings["providers"].as_array().unwrap().iter().find(|provider| provider["id"] == "fal").unwrap();
    let option = |model: &Value, name: &str| {
        let all = model["options"].as_array().unwrap_or_else(|| panic!("it says so itself: {model}"));
        all.iter().find(|option| option["name"] == name).map(|option| option["input"].clone())
    };
    let named = |id: &str| fal["models"].as_array().unwrap().iter().find(|model| model["id"] == id).unwrap();
    let veo = named("fal-ai/veo3.1/fast/image-to-video");
    let lengths = json!({"type": "number", "min": 4.0, "max": 8.0, "step": 1.0, "only": [4.0, 6.0, 8.0]});
    assert_eq!(option(veo, "durationSeconds"), Some(lengths));
    let kling = named("fal-ai/kling-video/v3/standard/image-to-video");
    assert_eq!(option(kling, "durationSeconds"), Some(json!({"type": "number", "min": 3.0, "max": 15.0, "step": 1.0})));
    assert_eq!((option(kling, "resolution"), option(kling, "aspectRatio")), (None, None), "clips are as their picture is");
    assert_eq!(option(named("fal-ai/flux-2"), "referenceImageIds"), Some(json!({"type": "references", "max": 4})));
    assert_eq!(option(named("fal-ai/z-image/turbo"), "referenceImageIds"), None);
    assert_eq!(option(named("fal-ai/bytedance/seedream/v5/lite/text-to-image"), "seed"), None);

    // Every clip model of fal makes what it says, at its ends and at every choice; and nothing beside that.
    let mut tried = 0;
    for model in fal["models"].as_array().unwrap().iter().filter(|model| model["kind"] == "video") {
        let seconds = option(model, "durationSeconds").unwrap();
        let (least, most) = (seconds["min"].as_f64().unwrap(), seconds["max"].as_f64().unwrap());
        let only = seconds["only"].as_array().map(|all| all.iter().map(|one| one.as_f64().unwrap()).collect::<Vec<_>>());
        let is_made = |length: f64| (least..=most).contains(&length) && only.as_ref().is_none_or(|only| only.contains(&length));
        let asked = async |options: Value| {
            let mut options = options;
            options["provider"] = json!("fal");
            options["model"] = model["id"].clone();
            let request = json!({"imageIds": [picture["id"]], "options": options});
            app.client.post("/api/estimate", json!({"kind": "video", "request": request})).await.status
        };
        for length in 1..=31 {
            let status = asked(json!({"durationSeconds": length})).await;
            assert_eq!(status, if is_made(f64::from(length)) { 200 } else { 422 }, "{length} s by {}", model["id"]);
            tried += 1;
        }
        for (name, all) in [("resolution", ["720p", "1080p", "1440p", "2160p"]), ("aspectRatio", ["16:9", "9:16", "1:1", "4:5"])] {
            let input = option(model, name).unwrap_or_default();
            let offered: Vec<&Value> = input["choices"].as_array().into_iter().flatten().map(|choice| &choice["value"]).collect();
            for value in all {
                let status = asked(json!({name: value})).await;
                assert_eq!(status, if offered.contains(&&json!(value)) { 200 } else { 422 }, "{value} by {}", model["id"]);
            }
        }
    }
    assert_eq!(tried, 6 * 31);

    // A default that makes only clips makes those; films are made by who makes films.
    app.client.patch("/api/settings", json!({"defaults": {"video": {"provider": "fal"}}})).await.expect(200);
    let film = json!({"projectId": scene["projectId"], "options": {"quality": "preview", "resolution": "720p", "fps": 24}});
    let film = app.client.post("/api/video/generate", film).await.expect(202);
    assert_eq!((&film["provider"], &film["kind"]), (&json!("film"), &json!("film")), "{film}");
    let clip = app.client.post("/api/video/generate", json!({"imageIds": [picture["id"]]})).await.expect(202);
    assert_eq!((&clip["provider"], &clip["kind"]), (&json!("fal"), &json!("clip")), "{clip}");
    app.until_idle().await;
    app.finish().await;
}
