//! Clips: made by ffmpeg for stand-ins to answer with, asked for of a studio, and looked at.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
};

use serde_json::{Value, json};
use tokio::process::Command;

use crate::Client;

/// A clip of one colour (`0x20c040`) with something that moves in it, with sound, as MP4 of H.264.
pub async fn clip(colour: &str, seconds: f64) -> Vec<u8> {
    made(colour, seconds, &["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "mp4"]).await
}

/// As [`clip`], in a form that browsers do not all play.
pub async fn odd_clip(colour: &str, seconds: f64) -> Vec<u8> {
    made(colour, seconds, &["-c:v", "mpeg4", "-pix_fmt", "yuv420p", "-c:a", "pcm_s16le", "-f", "matroska"]).await
}

/// A file that begins as an MP4 does, and holds no picture.
pub async fn sound_only(seconds: f64) -> Vec<u8> {
    output(&["-f", "lavfi", "-i", &format!("sine=d={seconds}"), "-c:a", "aac", "-f", "mp4"]).await
}

async fn made(colour: &str, seconds: f64, form: &[&str]) -> Vec<u8> {
    // A thin bar moves from the left to the right.
    let picture = format!("color=c={colour}:s=320x180:r=24:d={seconds}");
    let bar = format!("color=c=white:s=4x180:r=24:d={seconds}");
    let (tone, moves) = (format!("sine=d={seconds}"), format!("[0][1]overlay=x='W*t/{seconds}'[v]"));
    let of = ["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &bar, "-f", "lavfi", "-i", &tone];
    let how = ["-filter_complex", &moves, "-map", "[v]", "-map", "2:a"];
    output(&[&of[..], &how, form].concat()).await
}

/// The colour of a film at a time, all over: red, green, blue.
pub async fn colour_at(film: &[u8], seconds: f64) -> [u8; 3] {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("film.mp4");
    tokio::fs::write(&file, film).await.expect("it is written");
    let mut command = ffmpeg();
    command.args(["-ss", &seconds.to_string(), "-i"]).arg(&file);
    command.args(["-frames:v", "1", "-vf", "scale=1:1:flags=area,format=rgb24", "-f", "rawvideo", "pipe:1"]);
    let out = command.output().await.expect("ffmpeg runs");
    out.stdout.try_into().unwrap_or_else(|bytes| panic!("no frame at {seconds} s: {bytes:?}"))
}

/// How far the bar of a [`clip`] has come in each frame of a film that shows it: 0 at the left, 1 at the right.
pub async fn bars(film: &[u8]) -> Vec<f64> {
    const COLUMNS: usize = 320;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("film.mp4");
    tokio::fs::write(&file, film).await.expect("it is written");
    let mut command = ffmpeg();
    command.arg("-i").arg(&file);
    command.args(["-vf", &format!("scale={COLUMNS}:1:flags=area,format=gray"), "-f", "rawvideo", "pipe:1"]);
    let rows = command.output().await.expect("ffmpeg runs").stdout;
    let brightest = |row: &[u8]| (0..COLUMNS).max_by_key(|column| row[*column]).expect("a row of columns");
    rows.chunks_exact(COLUMNS).map(|row| brightest(row) as f64 / COLUMNS as f64).collect()
}

/// A clip in which nothing moves.
pub async fn still_clip(colour: &str, seconds: f64) -> Vec<u8> {
    output(&["-f", "lavfi", "-i", &format!("color=c={colour}:s=320x180:r=24:d={seconds}"), "-pix_fmt", "yuv420p", "-f", "mp4"]).await
}

/// A tone that stands for a narration, as WAV.
pub async fn tone(seconds: f64) -> Vec<u8> {
    output(&["-f", "lavfi", "-i", &format!("sine=f=220:r=24000:d={seconds}"), "-f", "wav"]).await
}

/// A tone as a file of that muxer: `mp3`, `flac`.
pub async fn encoded(muxer: &str, seconds: f64) -> Vec<u8> {
    output(&["-f", "lavfi", "-i", &format!("sine=f=220:r=24000:d={seconds}"), "-f", muxer]).await
}

/// What ffmpeg makes of those arguments; it does so once for all tests that want it.
async fn output(arguments: &[&str]) -> Vec<u8> {
    static MADE: LazyLock<Mutex<HashMap<String, Vec<u8>>>> = LazyLock::new(Mutex::default);
    let known = || MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let name = arguments.join(" ");
    if let Some(made) = known().get(&name) {
        return made.clone();
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("made");
    let mut command = ffmpeg();
    command.args(arguments).arg(&file);
    assert!(command.status().await.expect("ffmpeg runs").success(), "ffmpeg makes it");
    let made = tokio::fs::read(&file).await.expect("it is there");
    known().insert(name, made.clone());
    made
}

fn ffmpeg() -> Command {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-y"]).stdin(std::process::Stdio::null());
    command
}

/// A project of one scene with a small red picture; answers the scene and the picture.
pub async fn scene_with_picture(client: &Client, narration: &str, visual_prompt: &str) -> (Value, Value) {
    let scenes = json!([{"narration": narration, "visualPrompt": visual_prompt}]);
    let body = json!({"title": "A test", "language": "en", "scenes": scenes});
    let project = client.post("/api/projects", body).await.expect(201);
    let scene = project["scenes"][0].clone();
    let picture = upload(client, &scene, picture("0xc02020").await).await;
    (scene, picture)
}

/// Uploads a picture for a scene.
pub async fn upload(client: &Client, scene: &Value, png: Vec<u8>) -> Value {
    let form = reqwest::multipart::Form::new()
        .text("sceneId", scene["id"].as_str().expect("an id").to_owned())
        .part("file", reqwest::multipart::Part::bytes(png).file_name("picture.png"));
    client.send(client.request(reqwest::Method::POST, "/api/image/upload").multipart(form)).await.expect(201)
}

/// A small PNG of one colour (`0xc02020`).
pub async fn picture(colour: &str) -> Vec<u8> {
    png(&format!("color=c={colour}:s=320x180:d=1")).await
}

/// A PNG of 280 kilobytes or so: too large for those who want larger pictures uploaded, and small enough to be sent as it is.
pub async fn noisy_picture() -> Vec<u8> {
    png("color=c=gray:s=448x252:d=1,format=rgb24,noise=alls=100:allf=u").await
}

async fn png(source: &str) -> Vec<u8> {
    output(&["-f", "lavfi", "-i", source, "-frames:v", "1", "-c:v", "png", "-f", "image2pipe"]).await
}

/// Asks for a clip of a picture, and waits for what becomes of it.
pub async fn clip_of(client: &Client, picture: &Value, options: Value) -> Value {
    let body = json!({"imageIds": [picture["id"]], "options": options});
    let clip = client.post("/api/video/generate", body).await.expect(202);
    client.finished(&format!("/api/video/{}", clip["id"].as_str().expect("an id"))).await
}

/// At most so many attempts, so that a test of what fails for good does not wait for five.
pub async fn attempts(client: &Client, most: u32) {
    client.patch("/api/settings", json!({"retries": {"attempts": most}})).await.expect(200);
}

/// An address that holds those bytes itself.
pub fn data_uri(mime: &str, bytes: &[u8]) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    format!("data:{mime};base64,{}", STANDARD.encode(bytes))
}
