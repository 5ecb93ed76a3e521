//! What goes wrong with every provider alike, whatever it makes and in whichever language it is asked: the code on the
//! record, the words, and how often it was asked. What a vendor may have been paid for is never asked for twice; what
//! nobody bills is asked for again.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::future::join_all;
use serde_json::{Value, json};
use studio_tests::{
    Client, Reply, TestApp, VendorServer,
    footage::{clip_of, scene_with_picture},
    narrating::narrated,
    pictures::{drawn, studio},
    writers::Dialect,
};

const KEY: &str = "MARKED-failing-0123456789";
/// How often it may be asked for one thing.
const ATTEMPTS: u32 = 2;
/// How long one that is silent is waited for, in seconds.
const PATIENCE: u32 = 2;

/// A provider, and the request by which it is asked to make something.
struct Maker {
    kind: &'static str,
    id: &'static str,
    /// Its environment: what comes after the server's address in its own, and where the key goes.
    base: (&'static str, &'static str),
    key: Option<&'static str>,
    /// How it is asked.
    method: &'static str,
    path: &'static str,
    /// Whether somebody bills what it makes.
    paid: bool,
}

impl Maker {
    const fn paid(kind: &'static str, id: &'static str, base: (&'static str, &'static str), key: &'static str, path: &'static str) -> Self {
        Self { kind, id, base, key: Some(key), method: "POST", path, paid: true }
    }

    async fn app(&self, server: &VendorServer) -> TestApp {
        let url = format!("{}{}", server.url(), self.base.1);
        let mut variables = vec![(self.base.0, url.as_str())];
        variables.extend(self.key.map(|name| (name, KEY)));
        let app = studio(&variables, ATTEMPTS).await;
        if self.id == "comfyui" {
            let workflow = json!({"6": {"class_type": "CLIPTextEncode", "inputs": {"text": "%prompt%"}}}).to_string();
            let told = json!({"providers": {"comfyui": {"settings": {"workflow": workflow}}}});
            app.client.patch("/api/settings", told).await.expect(200);
            // What it was given is looked for before it is given once more.
            server.on_json("GET", "/history/*", json!({}));
            server.on_json("GET", "/queue", json!({"queue_running": [], "queue_pending": []}));
        }
        app
    }

    /// Asks for something, and answers the error that comes of it.
    async fn error(&self, client: &Client) -> Value {
        let told = match self.kind {
            "script" => {
                let dialect = Dialect::ALL.into_iter().find(|dialect| dialect.id() == self.id).expect("a dialect");
                let answer = client.post("/api/script/generate", dialect.wanted(1)).await;
                assert!(answer.status >= 400, "{}", String::from_utf8_lossy(&answer.bytes));
                let error = answer.json();
                let project = client.get("/api/projects").await.expect(200)["items"][0].clone();
                assert_eq!((&project["status"], &project["error"]["code"]), (&json!("failed"), &error["code"]), "it is on the record too");
                return error;
            }
            "speech" => {
                let voice = if self.id == "elevenlabs" { "george" } else { "nova" };
                narrated(client, "Some words.", json!({"voiceId": format!("{}/{voice}", self.id)})).await
            }
            "image" => drawn(client, json!({"provider": self.id})).await,
            _ => {
                let (_, picture) = scene_with_picture(client, "Some words.", "A hill").await;
                clip_of(client, &picture, json!({"provider": self.id})).await
            }
        };
        assert_eq!(told["status"], "failed", "{told}");
        told["error"].clone()
    }
}

/// Something that a server does in place of an answer.
struct Fault {
    what: &'static str,
    reply: fn() -> Reply,
    code: &'static str,
    says: &'static str,
    /// How often it is asked: where somebody bills the work, and where nobody does.
    calls: (usize, usize),
}

impl Fault {
    const fn new(what: &'static str, reply: fn() -> Reply, code: &'static str, says: &'static str, calls: (usize, usize)) -> Self {
        Self { what, reply, code, says, calls }
    }
}

fn page() -> Reply {
    Reply::bytes("text/html", "<html><body>Welcome to nginx</body></html>")
}

const FAULTS: [Fault; 10] = [
    Fault::new("overloaded", || page().status(503).header("retry-after-ms", "10"), "provider_unavailable", "HTTP 503", (2, 2)),
    Fault::new("too much", || page().status(429).header("retry-after-ms", "10"), "provider_rate_limited", "", (2, 2)),
    Fault::new("no entry", || page().status(401), "provider_auth_failed", "", (1, 1)),
    Fault::new("a page", page, "provider_bad_response", "answered with a web page; check its address", (1, 2)),
    Fault::new("nothing", || Reply::bytes("application/json", ""), "provider_bad_response", "", (1, 2)),
    Fault::new("something else", || Reply::json(&json!({"surprise": true})), "provider_bad_response", "", (1, 2)),
    Fault::new(
        "a redirect",
        || Reply::bytes("text/plain", "").status(302).header("location", "/elsewhere"),
        "provider_bad_response",
        "sends requests on",
        (2, 2),
    ),
    Fault::new("it hangs up", Reply::hang_up, "provider_unavailable", "", (1, 2)),
    Fault::new(
        "it breaks off",
        || Reply::cut_off("application/json", "{\"beginning\": \"").header("content-length", "5000"),
        "provider_unavailable",
        "",
        (1, 2),
    ),
    Fault::new("it is silent", Reply::silence, "provider_timeout", "", (1, 2)),
];

/// Lets a provider fail in all those ways.
async fn fails(maker: &Maker) {
    let server = VendorServer::start().await;
    let app = maker.app(&server).await;
    let which = Arc::new(AtomicUsize::new(0));
    let now = Arc::clone(&which);
    server.on(maker.method, maker.path, move |_, _| (FAULTS[now.load(Ordering::SeqCst)].reply)());
    for (index, Fault { what, code, says, calls, .. }) in FAULTS.iter().enumerate() {
        which.store(index, Ordering::SeqCst);
        if *code == "provider_timeout" {
            let time = json!({maker.kind: {"firstByteSeconds": PATIENCE}});
            app.client.patch("/api/settings", json!({"limits": {maker.id: {"time": time}}})).await.expect(200);
        }
        let before = server.asked_at(maker.method, maker.path).len();
        let error = maker.error(&app.client).await;
        let whole = format!("{} {}, {what}: {error}", maker.kind, maker.id);
        assert_eq!((&error["code"], &error["details"]["provider"]), (&json!(code), &json!(maker.id)), "{whole}");
        let message = error["message"].as_str().expect("words");
        assert!(message.contains(says) && message.ends_with('.'), "{whole}");
        assert!(!whole.contains("MARKED") && !whole.contains("nginx") && !whole.contains("<html"), "{whole}");
        let calls = if maker.paid { calls.0 } else { calls.1 };
        assert_eq!(server.asked_at(maker.method, maker.path).len() - before, calls, "{whole}");
        assert_eq!(error["details"]["attempts"], json!(calls), "{whole}");
        let may_be_paid = maker.paid && calls == 1 && *code != "provider_auth_failed";
        assert_eq!(error["details"]["answerLost"] == true, may_be_paid, "{whole}");
        assert_eq!(message.contains("may have been carried out and paid for"), may_be_paid, "{whole}");
    }
    assert!(server.asked().iter().all(|asked| asked.path != "/elsewhere"), "{}: nobody is sent on", maker.id);
    app.finish().await;
}

/// Lets everybody of a kind fail who is asked over a network: nobody may be missing.
async fn all_fail(makers: &[Maker]) {
    let app = TestApp::start().await;
    let settings = app.client.get("/api/settings").await.expect(200);
    let remote = settings["providers"].as_array().unwrap().iter().filter(|provider| provider["builtIn"] == false);
    let of_kind = remote.filter(|provider| provider["kinds"].as_array().unwrap().contains(&json!(makers[0].kind)));
    let there_are: BTreeSet<&str> = of_kind.map(|provider| provider["id"].as_str().unwrap()).collect();
    assert_eq!(makers.iter().map(|maker| maker.id).collect::<BTreeSet<_>>(), there_are);
    app.finish().await;
    join_all(makers.iter().map(fails)).await;
}

#[tokio::test]
async fn whoever_writes() {
    all_fail(&[
        Maker::paid("script", "gemini", ("GEMINI_BASE_URL", ""), "GEMINI_API_KEY", "/v1/models/*"),
        Maker::paid("script", "openai", ("OPENAI_BASE_URL", "/v1"), "OPENAI_API_KEY", "/v1/responses"),
        Maker::paid("script", "anthropic", ("ANTHROPIC_BASE_URL", ""), "ANTHROPIC_API_KEY", "/v1/messages"),
        Maker::paid("script", "compatible", ("COMPATIBLE_BASE_URL", "/v1"), "COMPATIBLE_API_KEY", "/v1/chat/completions"),
    ])
    .await;
}

#[tokio::test]
async fn whoever_speaks() {
    const PATH: &str = "/v1/audio/speech";
    all_fail(&[
        Maker::paid("speech", "gemini", ("GEMINI_BASE_URL", ""), "GEMINI_API_KEY", "/v1/models/*"),
        Maker::paid("speech", "openai", ("OPENAI_BASE_URL", "/v1"), "OPENAI_API_KEY", PATH),
        Maker::paid("speech", "elevenlabs", ("ELEVENLABS_BASE_URL", ""), "ELEVENLABS_API_KEY", "/v1/text-to-speech/*/with-timestamps"),
        Maker { key: None, paid: false, ..Maker::paid("speech", "compatible", ("COMPATIBLE_BASE_URL", "/v1"), "", PATH) },
    ])
    .await;
}

#[tokio::test]
async fn whoever_draws() {
    let free = |id, base, path| Maker { key: None, paid: false, ..Maker::paid("image", id, (base, ""), "", path) };
    let pexels = Maker::paid("image", "pexels", ("PEXELS_BASE_URL", ""), "PEXELS_API_KEY", "/v1/search");
    all_fail(&[
        Maker::paid("image", "gemini", ("GEMINI_BASE_URL", ""), "GEMINI_API_KEY", "/v1/models/*"),
        Maker::paid("image", "openai", ("OPENAI_BASE_URL", "/v1"), "OPENAI_API_KEY", "/v1/images/generations"),
        Maker::paid("image", "fal", ("FAL_BASE_URL", ""), "FAL_KEY", "/fal-ai/flux-2-pro"),
        Maker::paid(
            "image",
            "replicate",
            ("REPLICATE_BASE_URL", ""),
            "REPLICATE_API_TOKEN",
            "/v1/models/black-forest-labs/flux-2-pro/predictions",
        ),
        free("a1111", "A1111_BASE_URL", "/sdapi/v1/txt2img"),
        free("comfyui", "COMFYUI_BASE_URL", "/prompt"),
        Maker { method: "GET", paid: false, ..pexels },
    ])
    .await;
}

#[tokio::test]
async fn whoever_films() {
    let pexels = Maker::paid("video", "pexels", ("PEXELS_BASE_URL", ""), "PEXELS_API_KEY", "/videos/search");
    all_fail(&[
        Maker::paid("video", "gemini", ("GEMINI_BASE_URL", ""), "GEMINI_API_KEY", "/v1/interactions"),
        Maker::paid("video", "fal", ("FAL_BASE_URL", ""), "FAL_KEY", "/fal-ai/veo3.1/fast/image-to-video"),
        Maker::paid("video", "replicate", ("REPLICATE_BASE_URL", ""), "REPLICATE_API_TOKEN", "/v1/models/google/veo-3.1-fast/predictions"),
        Maker::paid("video", "elevenlabs", ("ELEVENLABS_BASE_URL", ""), "ELEVENLABS_API_KEY", "/v1/flows/video"),
        Maker { method: "GET", paid: false, ..pexels },
    ])
    .await;
}
