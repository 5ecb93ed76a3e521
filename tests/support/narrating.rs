//! What the tests of speech providers share: sounds as vendors send them, a narration that is asked for, and every way in
//! which asking for one can fail.

use std::{path::Path, process::Stdio};

use serde_json::{Value, json};
use tokio::process::Command;

use crate::{Client, TestApp, stand_ins::silence, vendor::Reply, vendor::VendorServer};

/// The samples of a low tone: 16-bit, mono, 8 kHz.
pub fn samples(seconds: f64) -> Vec<u8> {
    silence(seconds)[44..].to_vec()
}

/// A WAV file as a server writes it that streams, and does not know how long it will be.
pub fn streamed_wav(seconds: f64) -> Vec<u8> {
    let mut wav = silence(seconds);
    wav[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    wav[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
    wav
}

/// An MP3 of a tone.
pub async fn mp3(seconds: f64) -> Vec<u8> {
    let tone = format!("sine=frequency=300:sample_rate=44100:duration={seconds}");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", &tone, "-b:a", "128k", "-f", "mp3", "pipe:1"])
        .stdin(Stdio::null())
        .output()
        .await
        .expect("ffmpeg runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    made.stdout
}

/// What ffprobe says of a record's file: codec, samples a second, seconds.
pub async fn probed(app: &TestApp, record: &Value) -> (String, u32, f64) {
    let url = record["url"].as_str().unwrap_or_else(|| panic!("it has a file: {record}"));
    probed_file(&app.data_dir().join(url.trim_start_matches('/'))).await
}

async fn probed_file(file: &Path) -> (String, u32, f64) {
    let entries = "stream=codec_name,sample_rate:format=duration";
    let told = Command::new("ffprobe")
        .args(["-v", "error", "-of", "json", "-show_entries", entries])
        .arg(file)
        .output()
        .await
        .expect("ffprobe runs");
    let told: Value = serde_json::from_slice(&told.stdout).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let stream = &told["streams"][0];
    let number = |value: &Value| text(value).parse::<f64>().expect("a number");
    (text(&stream["codec_name"]), number(&stream["sample_rate"]) as u32, number(&told["format"]["duration"]))
}

/// A narration of that text, when it is finished.
pub async fn narrated(client: &Client, text: &str, request: Value) -> Value {
    let project = client.project(&[text]).await;
    let mut body = json!({"sceneId": project["scenes"][0]["id"]});
    for (name, value) in request.as_object().expect("fields") {
        body[name] = value.clone();
    }
    client.post_and_wait("/api/audio/generate", body).await.expect(200)
}

/// A way in which a call fails, for good.
pub struct Failure {
    /// What is answered, each time.
    pub reply: Box<dyn Fn() -> Reply + Send + Sync>,
    /// The code on the record.
    pub code: &'static str,
    /// How often is asked, where two attempts are allowed.
    pub calls: usize,
    /// What the message says.
    pub says: &'static str,
}

impl Failure {
    /// One that is never tried again.
    pub fn at_once(code: &'static str, says: &'static str, reply: impl Fn() -> Reply + Send + Sync + 'static) -> Self {
        Self { reply: Box::new(reply), code, calls: 1, says }
    }

    /// An answer that is of no use, and may have been paid for all the same.
    pub fn of_no_use(says: &'static str, reply: impl Fn() -> Reply + Send + Sync + 'static) -> Self {
        Self::at_once("provider_bad_response", says, reply)
    }

    /// One that may pass.
    pub fn after_retries(code: &'static str, says: &'static str, reply: impl Fn() -> Reply + Send + Sync + 'static) -> Self {
        Self { calls: 2, ..Self::at_once(code, says, reply) }
    }
}

/// Lets a provider fail in all those ways, and looks at what becomes of each: the code, the words, the number of calls,
/// and that the key is nowhere in it.
pub async fn assert_failures(app: &TestApp, server: &VendorServer, path: &str, voice: &str, key: &str, failures: Vec<Failure>) {
    app.client.patch("/api/settings", json!({"retries": {"attempts": 2}})).await.expect(200);
    for Failure { reply, code, calls, says } in failures {
        let before = server.asked_at("POST", path).len();
        server.on("POST", path, move |_, _| reply());
        let clip = narrated(&app.client, "Some words.", json!({"voiceId": voice})).await;
        let told = clip.to_string();
        assert_eq!((&clip["status"], &clip["error"]["code"]), (&json!("failed"), &json!(code)), "{says}: {told}");
        let message = clip["error"]["message"].as_str().expect("a message");
        assert!(message.contains(says), "{says}: {told}");
        assert!(!told.contains(key) && !told.contains("nginx"), "{told}");
        assert_eq!(server.asked_at("POST", path).len() - before, calls, "{code} {says}: {told}");
        if (code, calls) == ("provider_bad_response", 1) {
            assert!(message.contains("may have been carried out and paid for"), "{told}");
        }
    }
}
