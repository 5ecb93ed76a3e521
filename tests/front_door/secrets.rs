//! Keys, planted with a mark and given to vendors that repeat them in everything they say: they are found in no answer,
//! event, record, export, log line or file, and nowhere in the database.

use std::{
    io::Read,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use serde_json::{Value, json};
use studio_tests::{Answer, Asked, Client, Database, Reply, VendorServer, process::Process};

const MARK: &str = "MARKED";
const VENDORS: [&str; 9] = ["gemini", "openai", "anthropic", "elevenlabs", "fal", "replicate", "pexels", "comfyui", "compatible-box"];
/// In how many ways a vendor fails.
const WAYS: usize = 9;

fn key(vendor: &str) -> String {
    format!("{MARK}-{vendor}-0123456789abcdef")
}

/// The key that a vendor was shown.
fn shown(asked: &Asked) -> String {
    let headers = ["x-api-key", "xi-api-key", "x-goog-api-key", "authorization"];
    let value = headers.into_iter().find_map(|name| asked.header(name)).unwrap_or_default();
    value.rsplit(' ').next().unwrap_or_default().to_owned()
}

/// An answer that repeats the key wherever a vendor has something to say, in the languages of all of them.
fn tell_tale(way: usize, key: &str) -> Reply {
    let said = format!("Incorrect key provided: {key}. Yours ends in {}", &key[key.len().saturating_sub(8)..]);
    let error = |code: &str| json!({"error": {"message": said, "type": code, "code": code, "status": code}, "detail": {"status": code, "message": said}, "message": said, "title": said});
    match way {
        0 => Reply::json(&error("invalid_api_key")).status(401).header("x-request-id", key),
        1 => Reply::json(&error("insufficient_quota")).status(402).header("request-id", key),
        2 => Reply::bytes("text/plain", format!("panic at {key}")).status(500),
        3 => Reply::json(&json!({"error": said, "detail": [{"loc": ["body", key], "msg": said}], "node_errors": {"1": {"class_type": key, "errors": [{"message": said}]}}})).status(400),
        4 => Reply::json(&json!({
            "promptFeedback": {"blockReason": key}, "candidates": [{"finishReason": "SAFETY", "finishMessage": said}], "status": key, "id": "made-1",
            "choices": [{"message": {"content": "", "refusal": said}, "finish_reason": "stop"}], "type": "message", "stop_reason": key, "content": [],
            "data": [{"url": format!("https://{key}.invalid/{key}")}], "audio_base64": key, "photos": [{"src": {"large2x": format!("https://x.invalid/?key={key}")}}],
            "prompt_id": "made-1", "status_url": format!("https://x.invalid/{key}"), "response_url": key, "cancel_url": key, "urls": {"get": key, "cancel": key},
        })),
        5 => Reply::json(&error("moved")).status(302).header("location", &format!("https://x.invalid/{key}")),
        6 => Reply::bytes("text/html", format!("<html>{key}</html>")),
        7 => Reply::hang_up(),
        _ => Reply::json(&error("rate_limit_exceeded")).status(429).header("retry-after-ms", "10"),
    }
}

/// Every operation that asks a vendor, once.
async fn everything(client: &Client, scene: &Value, picture: &Value) -> Vec<Answer> {
    let script =
        |provider: &str| ("/api/script/generate".to_owned(), json!({"prompt": "A mill.", "options": {"provider": provider, "model": "m"}}));
    let audio = |voice: &str| ("/api/audio/generate".to_owned(), json!({"sceneId": scene["id"], "voiceId": voice}));
    let image =
        |provider: &str| ("/api/image/generate".to_owned(), json!({"sceneId": scene["id"], "modelOptions": {"provider": provider}}));
    let video = |provider: &str| {
        ("/api/video/generate".to_owned(), json!({"imageIds": [picture["id"]], "options": {"provider": provider, "durationSeconds": 6}}))
    };
    let mut requests: Vec<(String, Value)> = ["gemini", "openai", "anthropic", "compatible-box"].map(script).into();
    requests.extend(["gemini/Kore", "elevenlabs/george", "openai/nova", "compatible-box/alloy"].map(audio));
    requests.extend(["gemini", "openai", "fal", "replicate", "pexels", "comfyui"].map(image));
    requests.extend(["gemini", "fal", "replicate", "elevenlabs", "pexels"].map(video));
    requests.extend(VENDORS.map(|vendor| (format!("/api/settings/providers/{vendor}/test"), json!({}))));
    requests.push((format!("/api/scenes/{}/rewrite", scene["id"].as_str().unwrap()), json!({"instruction": "Shorter."})));
    let mut answers = join_all(requests.into_iter().map(|(path, body)| async move { client.post_and_wait(&path, body).await })).await;
    for path in ["/api/voices", "/api/settings", "/api/activity", "/metrics"] {
        answers.push(client.get(path).await);
    }
    answers
}

fn assert_unmarked(what: &str, text: &str) {
    let at = text.find(MARK);
    assert!(at.is_none(), "{what}: {}", &text[at.unwrap_or_default().saturating_sub(200)..]);
}

/// Every file below a folder.
fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

#[tokio::test]
async fn a_key_is_found_nowhere_but_in_its_header() {
    let (vendor, way) = (VendorServer::start().await, Arc::new(AtomicUsize::new(0)));
    for depth in 1..=8 {
        for method in ["GET", "POST"] {
            let way = Arc::clone(&way);
            vendor.on(method, &"/*".repeat(depth), move |asked, _| tell_tale(way.load(Ordering::SeqCst), &shown(asked)));
        }
    }
    let (database, data, logs) = (Database::create().await, tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let log = logs.path().join("log");
    let server = Process::start_logging(&database, data.path(), &log);
    let client = server.client.clone();
    let url = vendor.url();
    let address = |id: &str| if matches!(id, "openai" | "compatible-box") { format!("{url}/v1") } else { url.clone() };
    let providers: serde_json::Map<String, Value> =
        VENDORS.iter().map(|id| ((*id).to_owned(), json!({"apiKey": key(id), "baseUrl": address(id)}))).collect();
    let rules = json!({
        "providers": providers, "retries": {"attempts": 1}, "defaults": {"script": {"provider": "compatible-box"}},
    });
    let settings = client.patch("/api/settings", rules).await;
    assert_unmarked("the answer to the keys", &String::from_utf8_lossy(&settings.bytes));
    settings.expect(200);
    let workflow = r#"{"6": {"class_type": "CLIPTextEncode", "inputs": {"text": "%prompt%"}}}"#;
    client.patch("/api/settings", json!({"providers": {"comfyui": {"settings": {"workflow": workflow}}}})).await.expect(200);
    let project = client.project(&["Some words."]).await;
    let scene = &project["scenes"][0];
    let picture = client.post_and_wait("/api/image/generate", json!({"sceneId": scene["id"]})).await.expect(200);

    for now in 0..WAYS {
        way.store(now, Ordering::SeqCst);
        if now == WAYS - 1 {
            // A record that waits for another attempt tells why.
            client.patch("/api/settings", json!({"retries": {"attempts": 2}})).await.expect(200);
        }
        for answer in everything(&client, scene, &picture).await {
            let text = format!("{:?} {}", answer.headers, String::from_utf8_lossy(&answer.bytes));
            assert_unmarked(&format!("an answer, way {now}"), &text);
        }
    }
    let asked = vendor.asked();
    for id in VENDORS {
        let shown = asked.iter().filter(|asked| shown(asked) == key(id)).count();
        assert!(shown >= WAYS, "{id} was asked {shown} times");
    }
    for asked in &asked {
        assert_unmarked("what a vendor was sent", &format!("{} {} {}", asked.path, asked.query, asked.text()));
    }

    // All that was told since the beginning, and all that is kept.
    let mut events = client.events("/api/events", Some("0")).await;
    let mut told = 0;
    while let Ok(Some(event)) = tokio::time::timeout(Duration::from_secs(2), events.next()).await {
        assert_unmarked("an event", &event.data.to_string());
        told += 1;
    }
    assert!(told > 20, "{told} events were told");
    let path = format!("/api/projects/{}", project["id"].as_str().unwrap());
    let kept = client.get(&path).await;
    assert_unmarked("the project", &String::from_utf8_lossy(&kept.bytes));
    for kind in ["audio", "image", "video"] {
        let takes = client.get(&format!("/api/{kind}/by-project/{}", project["id"].as_str().unwrap())).await;
        assert_unmarked(kind, &String::from_utf8_lossy(&takes.bytes));
        let takes = takes.expect(200);
        assert!(takes.as_array().unwrap().iter().filter(|take| take["status"] == "failed").count() >= 4 * WAYS, "{kind}: they failed");
    }
    for format in ["markdown", "srt", "vtt"] {
        assert_unmarked(format, &String::from_utf8_lossy(&client.get(&format!("{path}/export?format={format}")).await.bytes));
    }
    for format in ["zip", "otio"] {
        let mut archive =
            zip::ZipArchive::new(std::io::Cursor::new(client.get(&format!("{path}/export?format={format}")).await.bytes)).unwrap();
        for index in 0..archive.len() {
            let mut bytes = Vec::new();
            archive.by_index(index).unwrap().read_to_end(&mut bytes).unwrap();
            assert_unmarked(format, &String::from_utf8_lossy(&bytes));
        }
    }
    let dumped = |text: &str| format!("select (position('{text}' in database_to_xml(true, false, '')::text) > 0)::int::bigint as n");
    assert_eq!(database.count(&dumped("A test")).await, 1, "the dump holds what is there");
    assert_eq!(database.count(&dumped(MARK)).await, 0, "the database holds a key");
    server.terminate();
    let mut all = Vec::new();
    files(data.path(), &mut all);
    assert!(all.iter().any(|file| file.ends_with("master.key") || file.extension().is_some_and(|end| end == "png")), "{all:?}");
    for file in all {
        assert_unmarked(&file.display().to_string(), &String::from_utf8_lossy(&std::fs::read(&file).unwrap()));
    }
    let log = std::fs::read_to_string(&log).unwrap();
    assert!(log.contains("asked a provider") && log.contains("the job failed"), "the log tells what happened");
    assert_unmarked("the log", &log);
}
