//! Money, vendor by vendor and operation by operation: what the estimate says is what is recorded, within reason and
//! never less; and what could go beyond a limit is refused before the vendor hears of it.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use shared::{ErrorCode, pace};
use studio_tests::{
    Reply, TestApp, VendorServer,
    footage::{clip, scene_with_picture},
    narrating::mp3,
    pictures::png,
    stand_ins::silence,
    writers::{Dialect, End, script},
};

const KEY: &str = "MARKED-money-key-0123456789";
/// What is spoken and shown.
const WORDS: [&str; 3] = [
    "The mill stands by the sea, and the wind turns its arms.",
    "The woman who keeps it counts the sacks.",
    "At night she lights the lamp.",
];

/// An operation that a vendor would be paid for.
struct Sale<'a> {
    app: &'a TestApp,
    server: &'a VendorServer,
    kind: &'a str,
    operation: &'a str,
    request: Value,
}

impl Sale<'_> {
    /// What it was estimated to cost, and what it did cost.
    async fn made(&self) -> (f64, f64) {
        let client = &self.app.client;
        let told = client.post("/api/estimate", json!({"kind": self.kind, "request": self.request})).await.expect(200);
        let estimate = told["costUsd"].as_f64().unwrap_or_else(|| panic!("its price is known: {told}"));
        let asked_before = self.server.asked().iter().filter(|asked| asked.method == "POST").count();
        let limit = |usd: Value| json!({"spending": {"monthLimitUsd": usd}});
        let spent = async || client.get("/api/settings").await.expect(200)["spending"]["monthUsd"].as_f64().unwrap();
        let before = spent().await;
        if estimate > 0.0 {
            client.patch("/api/settings", limit(json!(before + estimate * 0.9))).await.expect(200);
            let error = client.post(self.operation, self.request.clone()).await.expect_error(409, ErrorCode::SpendingLimitReached);
            let held = error.details["estimateUsd"].as_f64().unwrap();
            // The same prices, added up in another order.
            assert!((held - estimate).abs() < 1e-12, "{estimate} was estimated, and {held} is held against the limit");
            let asked = self.server.asked().iter().filter(|asked| asked.method == "POST").count();
            assert_eq!(asked, asked_before, "nobody was asked");
        }
        client.patch("/api/settings", limit(json!(before + estimate + 1e-6))).await.expect(200);
        let made = client.post_and_wait(self.operation, self.request.clone()).await;
        assert!(matches!(made.status, 200 | 201), "{}", String::from_utf8_lossy(&made.bytes));
        client.patch("/api/settings", limit(Value::Null)).await.expect(200);
        self.app.until_idle().await;
        let made = made.json();
        let records = made["items"].as_array().cloned().unwrap_or_else(|| vec![made.clone()]);
        let cost = spent().await - before;
        if self.kind != "script" {
            assert!(records.iter().all(|record| record["status"] == "ready"), "{made}");
            let recorded: f64 = records.iter().map(|record| record["costUsd"].as_f64().unwrap_or_else(|| panic!("{record}"))).sum();
            assert!((recorded - cost).abs() < 1e-9, "the records say {recorded}, the month {cost}");
        }
        (estimate, cost)
    }

    /// Made, where the estimate may be that many times what it cost.
    async fn within(&self, times: f64) {
        let (estimate, cost) = self.made().await;
        let what = format!("{} {}: {estimate} was estimated, and it cost {cost}", self.kind, self.request);
        assert!(cost <= estimate + 1e-9, "{what}");
        assert!(estimate <= cost * times + 1e-9, "{what}");
    }
}

#[tokio::test]
async fn scripts() {
    for dialect in Dialect::ALL {
        let server = VendorServer::start().await;
        server.on("POST", dialect.path(), move |_, _| dialect.streamed(&script(8).to_string(), End::Complete));
        let app = dialect.app(&server).await;
        // What a server of the user's own takes, the user says.
        let prices = json!({"compatible/*": {"perMillionInputTokens": 1, "perMillionOutputTokens": 4}});
        app.client.patch("/api/settings", json!({"prices": prices})).await.expect(200);
        let request = dialect.wanted(8);
        // Nobody knows beforehand how long a model thinks.
        Sale { app: &app, server: &server, kind: "script", operation: "/api/script/generate", request }.within(5.0).await;
        app.finish().await;
    }
}

#[tokio::test]
async fn narrations() {
    let server = VendorServer::start().await;
    let url = server.url();
    let v1 = format!("{url}/v1");
    let seconds = |text: &str| pace::speech_seconds(text, "en", 1.0);
    server.on("POST", "/v1/models/*", move |asked, _| {
        let body = asked.json();
        let text = body["contents"][0]["parts"][0]["text"].as_str().unwrap();
        Reply::json(&json!({
            "candidates": [{"content": {"parts": [{"inlineData": {"mimeType": "audio/wav", "data": STANDARD.encode(silence(seconds(text)))}}]}, "finishReason": "STOP"}],
            "usageMetadata": {"promptTokenCount": text.len() / 4, "candidatesTokenCount": (seconds(text) * 32.0) as u64},
        }))
    });
    server.on("POST", "/v1/audio/speech", move |asked, _| {
        Reply::bytes("audio/wav", silence(seconds(asked.json()["input"].as_str().unwrap())))
    });
    let sound = mp3(2.0).await;
    server.on("POST", "/v1/text-to-speech/*/with-timestamps", move |_, _| {
        Reply::json(&json!({"audio_base64": STANDARD.encode(&sound), "alignment": null}))
    });
    let app = TestApp::with_environment([
        ("GEMINI_BASE_URL", &*url),
        ("GEMINI_API_KEY", KEY),
        ("ELEVENLABS_BASE_URL", &*url),
        ("ELEVENLABS_API_KEY", KEY),
        ("OPENAI_BASE_URL", &*v1),
        ("OPENAI_API_KEY", KEY),
        ("COMPATIBLE_BASE_URL", &*v1),
        ("COMPATIBLE_API_KEY", KEY),
    ])
    .await;
    app.client.patch("/api/settings", json!({"prices": {"compatible/*": {"perMillionCharacters": 10}}})).await.expect(200);
    for (voice, times) in [("gemini/Kore", 2.0), ("elevenlabs/george", 1.0), ("openai/nova", 1.25), ("compatible/alloy", 1.0)] {
        let project = app.client.project(&WORDS).await;
        let sale = |operation, request| Sale { app: &app, server: &server, kind: "audio", operation, request };
        let one = json!({"sceneId": project["scenes"][0]["id"], "voiceId": voice});
        sale("/api/audio/generate", one).within(times).await;
        sale("/api/audio/generate-batch", json!({"projectId": project["id"], "voiceId": voice})).within(times).await;
        let missing = json!({"projectId": project["id"], "voiceId": voice, "onlyMissing": true});
        let nothing = app.client.post("/api/estimate", json!({"kind": "audio", "request": missing})).await.expect(200);
        assert_eq!((&nothing["calls"], &nothing["costUsd"]), (&json!(0), &json!(0.0)), "{nothing}");
    }
    app.finish().await;
}

#[tokio::test]
async fn pictures() {
    let server = VendorServer::start().await;
    let url = server.url();
    let v1 = format!("{url}/v1");
    let drawn = STANDARD.encode(png(640, 360));
    let gemini = json!({"candidates": [{"content": {"parts": [{"inlineData": {"mimeType": "image/png", "data": drawn}}]}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 40, "candidatesTokenCount": 1120}});
    server.on_json("POST", "/v1/models/*", gemini);
    server.on_json(
        "POST",
        "/v1/images/generations",
        json!({"data": [{"b64_json": drawn}], "usage": {"input_tokens": 40, "output_tokens": 1600}}),
    );
    server.on_json("POST", "/sdapi/v1/txt2img", json!({"images": [drawn]}));
    let photo = json!({"src": {"large2x": format!("{url}/files/1.png")}, "photographer": "Joey"});
    server.on_json("GET", "/v1/search", json!({"photos": [photo]}));
    server.on("GET", "/files/1.png", |_, _| Reply::bytes("image/png", png(640, 360)));
    let fal = |path: &str| format!("{url}/fal-ai/flux-2-pro/requests/7{path}");
    server.on_json("POST", "/fal-ai/flux-2-pro", json!({"status": "IN_QUEUE", "request_id": "7", "status_url": fal("/status"), "response_url": fal(""), "cancel_url": fal("/cancel")}));
    server.on_json("GET", "/fal-ai/flux-2-pro/requests/7/status", json!({"status": "COMPLETED"}));
    server.on_json("GET", "/fal-ai/flux-2-pro/requests/7", json!({"images": [{"url": format!("{url}/files/1.png")}]}));
    let prediction = |status: &str| json!({"id": "p1", "status": status, "output": [format!("{url}/files/1.png")], "urls": {"get": format!("{url}/v1/predictions/p1"), "cancel": format!("{url}/v1/predictions/p1/cancel")}});
    server.on_json("POST", "/v1/models/black-forest-labs/flux-2-pro/predictions", prediction("starting"));
    server.on_json("GET", "/v1/predictions/p1", prediction("succeeded"));
    let app = TestApp::with_environment([
        ("GEMINI_BASE_URL", &*url),
        ("GEMINI_API_KEY", KEY),
        ("OPENAI_BASE_URL", &*v1),
        ("OPENAI_API_KEY", KEY),
        ("FAL_BASE_URL", &*url),
        ("FAL_KEY", KEY),
        ("REPLICATE_BASE_URL", &*url),
        ("REPLICATE_API_TOKEN", KEY),
        ("A1111_BASE_URL", &*url),
        ("A1111_API_AUTH", KEY),
        ("PEXELS_BASE_URL", &*url),
        ("PEXELS_API_KEY", KEY),
    ])
    .await;
    let prices = json!({"fal/fal-ai/flux-2-pro": {"perImage": 0.03}, "replicate/black-forest-labs/flux-2-pro": {"perImage": 0.015}});
    app.client.patch("/api/settings", json!({"prices": prices})).await.expect(200);
    for (provider, times) in [("gemini", 1.0), ("openai", 1.5), ("fal", 1.0), ("replicate", 1.0), ("a1111", 1.0), ("pexels", 1.0)] {
        let project = app.client.project(&WORDS).await;
        let sale = |operation, request| Sale { app: &app, server: &server, kind: "image", operation, request };
        let one = json!({"sceneId": project["scenes"][0]["id"], "modelOptions": {"provider": provider}});
        sale("/api/image/generate", one).within(times).await;
        sale("/api/image/generate-batch", json!({"projectId": project["id"], "modelOptions": {"provider": provider}})).within(times).await;
    }
    app.finish().await;
}

#[tokio::test]
async fn clips() {
    let server = VendorServer::start().await;
    let url = server.url();
    let film = clip("green", 4.0).await;
    let carried = json!({"type": "video", "mime_type": "video/mp4", "data": STANDARD.encode(&film)});
    server.on("GET", "/files/clip.mp4", move |_, _| Reply::bytes("video/mp4", film.clone()));
    server.on_json("POST", "/v1/interactions", json!({"id": "v1_abc", "status": "in_progress", "steps": []}));
    server.on_json(
        "GET",
        "/v1/interactions/v1_abc",
        json!({"id": "v1_abc", "status": "completed", "steps": [{"type": "model_output", "content": [carried]}]}),
    );
    let fal = |path: &str| format!("{url}/fal-ai/veo3.1/requests/7{path}");
    server.on_json("POST", "/fal-ai/veo3.1/fast/image-to-video", json!({"status": "IN_QUEUE", "request_id": "7", "status_url": fal("/status"), "response_url": fal(""), "cancel_url": fal("/cancel")}));
    server.on_json("GET", "/fal-ai/veo3.1/requests/7/status", json!({"status": "COMPLETED"}));
    server.on_json("GET", "/fal-ai/veo3.1/requests/7", json!({"video": {"url": format!("{url}/files/clip.mp4")}}));
    let prediction = |status: &str| json!({"id": "p1", "status": status, "output": format!("{url}/files/clip.mp4"), "urls": {"get": format!("{url}/v1/predictions/p1"), "cancel": format!("{url}/v1/predictions/p1/cancel")}});
    server.on_json("POST", "/v1/models/google/veo-3.1-fast/predictions", prediction("starting"));
    server.on_json("GET", "/v1/predictions/p1", prediction("succeeded"));
    server.on_json("POST", "/v1/flows/video", json!({"id": "g1", "status": "pending"}));
    server.on_json(
        "GET",
        "/v1/flows/video/g1",
        json!({"id": "g1", "status": "completed", "content_url": format!("{url}/files/clip.mp4"), "content_mime_type": "video/mp4"}),
    );
    let app = TestApp::with_environment([
        ("GEMINI_BASE_URL", &*url),
        ("GEMINI_API_KEY", KEY),
        ("FAL_BASE_URL", &*url),
        ("FAL_KEY", KEY),
        ("REPLICATE_BASE_URL", &*url),
        ("REPLICATE_API_TOKEN", KEY),
        ("ELEVENLABS_BASE_URL", &*url),
        ("ELEVENLABS_API_KEY", KEY),
    ])
    .await;
    let prices = json!({"replicate/google/veo-3.1-fast": {"perSecond": 0.15}, "elevenlabs/*": {"perSecond": 0.2}});
    app.client.patch("/api/settings", json!({"prices": prices})).await.expect(200);
    let (_, picture) = scene_with_picture(&app.client, "Words.", "A hill.").await;
    for provider in ["gemini", "fal", "replicate", "elevenlabs"] {
        let request =
            json!({"imageIds": [picture["id"]], "options": {"provider": provider, "durationSeconds": 4, "prompt": "Clouds pass."}});
        // A clip is a frame shorter or longer than was asked for.
        let (estimate, cost) = Sale { app: &app, server: &server, kind: "video", operation: "/api/video/generate", request }.made().await;
        assert!((estimate / cost - 1.0).abs() < 0.03, "{provider}: {estimate} was estimated, and it cost {cost}");
    }
    app.finish().await;
}
