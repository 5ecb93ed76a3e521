//! An example for every answer: what it looks like for one film on its way.

use serde_json::{Value, json};

use super::tidy::SCHEMAS;
use crate::{
    error::DISK_FULL,
    services::{policy::Policy, settings},
};
use shared::project::stopped;

const PROJECT: &str = "01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81";
const SCENE: &str = "01994f3c-5c2a-7b10-8f21-3d5e6a7b8c92";
const AUDIO: &str = "01994f3d-0a11-7c33-a1b2-c3d4e5f60718";
const IMAGE: &str = "01994f3d-1b22-7d44-b2c3-d4e5f6071829";
const VIDEO: &str = "01994f3e-2c33-7e55-83d4-e5f60718293a";
const MUSIC: &str = "01994f3e-3d44-7f66-94e5-f60718293a4b";
const BEGUN: &str = "2026-11-25T09:30:00Z";
const DONE: &str = "2026-11-25T09:30:04.215Z";

/// An example of what a schema describes; none for one that no answer has.
pub fn of(schema: &Value) -> Option<Value> {
    if schema["type"] == "array" {
        return Some(json!([of(&schema["items"])?]));
    }
    let name = schema["$ref"].as_str()?.strip_prefix(SCHEMAS)?;
    let list = |item: Value| json!({"items": [item]});
    let page = |item: Value| json!({"items": [item], "nextCursor": null});
    Some(match name {
        "Project" => project(),
        "ProjectPage" => page(project()),
        "ProjectDetail" => project_detail(),
        "Scene" => scene(),
        "GeneratedScript" => json!({"projectId": PROJECT, "provider": "outline", "scenes": [scene()]}),
        "AudioClip" => audio(),
        "AudioClipList" => list(audio()),
        "ImageAsset" => image(),
        "ImageAssetList" => list(image()),
        "VideoClip" => video(),
        "MusicTrack" => music(),
        "MusicTrackPage" => page(music()),
        "VoiceList" => {
            list(json!({"id": "espeak/en-us", "name": "English (America)", "provider": "espeak", "language": "en-us", "gender": "male"}))
        }
        "ActivityList" => list(json!({"kind": "audio", "projectId": PROJECT, "sceneId": SCENE, "record": running(audio())})),
        "Estimate" => json!({"calls": 4, "costUsd": 0.0, "seconds": 12.5}),
        "Health" => json!({"status": "ok", "version": "0.1.0"}),
        "ProviderTest" => json!({"ok": true, "latencyMs": 184}),
        "Settings" => settings(),
        _ => return None,
    })
}

/// An example of an answer that is text of that media type; none for what is no text.
pub fn of_text(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "text/event-stream" => {
            "id: 42\nevent: project\ndata: {\"id\": \"01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81\", \"status\": \"generating\"}\n\n"
        }
        "application/x-subrip" => "1\n00:00:00,300 --> 00:00:02,450\nSlow but steady wins the race.\n",
        "text/vtt" => "WEBVTT\n\n00:00:00.300 --> 00:00:02.450\nSlow but steady wins the race.\n",
        "text/markdown" => "# The tortoise and the hare\n\n## The race\n\nSlow but steady wins the race.\n",
        "text/plain" => "studio_jobs{state=\"waiting\"} 0\n",
        _ => return None,
    })
}

/// An example of the form that a schema describes.
pub fn of_form(schema: &str) -> Value {
    let file = "(the bytes of the file)";
    match schema.strip_prefix(SCHEMAS) {
        Some("SceneUpload") => json!({"sceneId": SCENE, "file": file}),
        Some("MusicUpload") => json!({"title": "Quiet piano", "file": file}),
        _ => json!({"file": file}),
    }
}

/// An example of an error, by the first code that its description names.
pub fn of_error(description: &str) -> Option<Value> {
    let code = description.split('`').nth(1)?;
    let attempts = Policy::default().retries().attempts;
    let (message, details) = match code {
        "invalid_json" => ("The body is not JSON: EOF while parsing a value at line 2 column 10.", json!({"line": 2, "column": 10})),
        "unauthorized" => {
            ("Send the access token as `Authorization: Bearer …`, or open the studio in a browser and enter it there.", json!({}))
        }
        "forbidden" => ("Pages of other sites may not use the studio.", json!({})),
        "not_found" => ("There is no such record.", json!({})),
        "conflict" => ("This narration is ready already.", json!({})),
        "precondition_failed" => ("It has changed since you read it; read it again, then change it.", json!({})),
        "payload_too_large" => ("The body is larger than 4194304 bytes.", json!({"maxBytes": 4_194_304})),
        "unsupported_media_type" => ("Send JSON, with `Content-Type: application/json`.", json!({})),
        "validation_failed" => (
            "`options.sceneCount` is not valid: greater than 60.",
            json!({"fields": [{"path": "options.sceneCount", "message": "greater than 60"}]}),
        ),
        "provider_not_configured" => {
            ("Gemini needs a key: enter one in the settings, or set GEMINI_API_KEY.", json!({"provider": "gemini"}))
        }
        "provider_auth_failed" => {
            ("Gemini refused the key. Check it in the settings.", json!({"provider": "gemini", "status": 401, "attempts": 1}))
        }
        "provider_unavailable" => ("Gemini failed (HTTP 503).", json!({"provider": "gemini", "status": 503, "attempts": attempts})),
        "provider_rate_limited" => {
            ("Gemini wants fewer requests.", json!({"provider": "gemini", "status": 429, "attempts": 1, "retryAfterSeconds": 45}))
        }
        "provider_timeout" => ("Gemini did not answer within 180 s.", json!({"provider": "gemini", "attempts": 1, "answerLost": true})),
        "unavailable" => ("The database cannot be reached at the moment; try again shortly.", json!({})),
        "insufficient_storage" => (DISK_FULL, json!({})),
        "internal" => {
            ("Something went wrong in the server; its log has the cause.", json!({"requestId": "01994f3f-4e55-7077-a5f6-0718293a4b5c"}))
        }
        _ => return None,
    };
    let mut error = json!({"code": code, "message": message});
    if details.as_object().is_some_and(|details| !details.is_empty()) {
        error["details"] = details;
    }
    Some(error)
}

/// A record as it is while it waits: what it gets once it is made is not there yet.
pub fn queued(mut record: Value) -> Value {
    if let Some(fields) = record.as_object_mut().filter(|fields| fields.contains_key("progress")) {
        let made = [
            "url",
            "thumbnailUrl",
            "posterUrl",
            "subtitlesUrl",
            "mimeType",
            "width",
            "height",
            "durationSeconds",
            "sizeBytes",
            "words",
            "check",
            "costUsd",
        ];
        fields.retain(|name, _| !made.contains(&name.as_str()));
        fields.insert("status".to_owned(), "queued".into());
        fields.insert("progress".to_owned(), 0.0.into());
        fields.insert("attempts".to_owned(), 0.into());
        fields.insert("updatedAt".to_owned(), BEGUN.into());
    }
    if let Some(items) = record.get_mut("items").and_then(Value::as_array_mut) {
        items.iter_mut().for_each(|item| *item = queued(item.take()));
    }
    // A script that is being written has no scenes to tell yet.
    if record.get("provider").is_some() && record.get("scenes").is_some() && record.get("id").is_none() {
        record["scenes"] = json!([]);
    }
    record
}

/// A record as it is once it was canceled, or a project whose script was.
pub fn canceled(record: Value) -> Value {
    let is_take = record.get("progress").is_some();
    let mut record = queued(record);
    if is_take {
        record["status"] = "canceled".into();
    } else {
        record["status"] = "failed".into();
        record["error"] = json!(stopped());
    }
    record
}

fn running(record: Value) -> Value {
    let mut record = queued(record);
    record["status"] = "running".into();
    record["progress"] = 0.4.into();
    if record.get("kind").is_some() {
        record["remainingSeconds"] = 18.5.into();
    }
    record["attempts"] = 1.into();
    record
}

fn project() -> Value {
    json!({
        "id": PROJECT, "title": "The tortoise and the hare", "prompt": "A Hare one day ridiculed the short feet and slow pace of the Tortoise.",
        "language": "en", "aspectRatio": "16:9", "status": "ready", "provider": "outline", "sceneCount": 1,
        "coverUrl": format!("/media/image/{IMAGE}.png"), "durationSeconds": 4.2, "stages": {"audio": 1, "image": 1, "video": 0},
        "visualBible": [{"name": "The Tortoise", "look": "a small tortoise with a mossy shell and a blue scarf"}],
        "createdAt": BEGUN, "updatedAt": DONE
    })
}

fn project_detail() -> Value {
    let mut project = project();
    let mut scene = scene();
    scene["audio"] = audio();
    scene["image"] = image();
    project["scenes"] = json!([scene]);
    project
}

fn scene() -> Value {
    json!({
        "id": SCENE, "projectId": PROJECT, "position": 0, "title": "The challenge",
        "narration": "A Hare one day ridiculed the short feet and slow pace of the Tortoise.",
        "visualPrompt": "A hare laughing at a tortoise on a country road", "durationSeconds": 4.2,
        "selectedAudioId": AUDIO, "selectedImageId": IMAGE, "createdAt": BEGUN, "updatedAt": DONE
    })
}

fn audio() -> Value {
    json!({
        "id": AUDIO, "projectId": PROJECT, "sceneId": SCENE, "provider": "espeak", "voiceId": "espeak/en-us", "speed": 1.0,
        "status": "ready", "progress": 1.0, "stale": false, "url": format!("/media/audio/{AUDIO}.wav"), "mimeType": "audio/wav",
        "durationSeconds": 4.2, "words": [{"text": "A", "startSeconds": 0.0, "endSeconds": 0.08}, {"text": "Hare", "startSeconds": 0.08, "endSeconds": 0.46}],
        "attempts": 1, "costUsd": 0.0, "createdAt": BEGUN, "updatedAt": DONE
    })
}

fn image() -> Value {
    json!({
        "id": IMAGE, "projectId": PROJECT, "sceneId": SCENE, "provider": "storyboard", "stylePrompt": "watercolour, soft light",
        "modelOptions": {"seed": 7}, "status": "ready", "progress": 1.0, "stale": false, "url": format!("/media/image/{IMAGE}.png"),
        "mimeType": "image/png", "width": 1920, "height": 1080, "attempts": 1, "costUsd": 0.0, "createdAt": BEGUN, "updatedAt": DONE
    })
}

fn video() -> Value {
    json!({
        "id": VIDEO, "projectId": PROJECT, "imageIds": [], "kind": "film", "provider": "film",
        "options": {"resolution": "1080p", "fps": 30, "motion": "auto", "motionStrength": 1.0, "transition": "crossfade", "subtitles": "soft", "quality": "standard", "fillMissing": true},
        "status": "ready", "progress": 1.0, "stale": false, "url": format!("/media/video/{VIDEO}.mp4"), "mimeType": "video/mp4",
        "width": 1920, "height": 1080, "durationSeconds": 4.9, "sizeBytes": 1_482_331,
        "check": {"narrationSeconds": 4.2, "filmSeconds": 4.9, "loudnessLufs": -14.1, "truePeakDbtp": -1.2, "warnings": [],
            "scenes": [{"sceneId": SCENE, "startSeconds": 0.0, "endSeconds": 4.9, "narrationSeconds": 4.2}]},
        "attempts": 1, "costUsd": 0.0, "createdAt": BEGUN, "updatedAt": DONE
    })
}

fn music() -> Value {
    json!({"id": MUSIC, "title": "A quiet walk", "url": format!("/media/music/{MUSIC}.mp3"), "mimeType": "audio/mpeg", "durationSeconds": 92.4, "createdAt": BEGUN})
}

fn settings() -> Value {
    json!({
        "defaults": settings::built_in_defaults(),
        "providers": [{
            "id": "espeak", "name": "eSpeak NG", "kinds": ["speech"], "builtIn": true, "custom": false, "configured": true, "available": true,
            "takesKey": false, "models": [], "options": [], "settings": []
        }, {
            "id": "compatible-ollama", "name": "Ollama", "kinds": ["script"], "builtIn": false, "custom": true, "configured": true, "available": true,
            "takesKey": true, "baseUrl": "http://127.0.0.1:11434/v1",
            "models": [{"id": "qwen3:8b", "name": "qwen3:8b", "kind": "script"}], "options": [], "settings": []
        }],
        "discovered": [{"id": "compatible-kokoro", "name": "Kokoro", "kinds": ["speech"], "baseUrl": "http://127.0.0.1:8880/v1"}],
        "uploads": settings::built_in_limits(),
        "retries": Policy::default().retries(),
        "limits": {"compatible-ollama": {
            "atOnce": 1,
            "time": {"script": {"connectSeconds": 5.0, "firstByteSeconds": 900.0, "idleSeconds": 300.0, "totalSeconds": 1800.0}},
            "usual": {"atOnce": 1, "time": {"script": {"connectSeconds": 5.0, "firstByteSeconds": 600.0, "idleSeconds": 300.0, "totalSeconds": 1800.0}}}
        }},
        "spending": {"projectLimitUsd": 5.0, "unknownPrices": "allow", "monthUsd": 1.25, "reservedUsd": 0.0, "unknownCalls": 0},
        "prices": {}
    })
}
