//! Clips in films: in the place of their scene's picture, fitted to its narration, and never frozen without a word.

use serde_json::{Value, json};
use studio_tests::{
    Reply, TestApp, VendorServer,
    footage::{bars, clip, clip_of, colour_at, scene_with_picture, still_clip, tone},
};

/// How many frames a second of the films has.
const FPS: u32 = 24;

/// A stock library, and a studio that knows it.
struct Library {
    server: VendorServer,
    app: TestApp,
}

/// A film of one scene that is spoken for six seconds, and shows a clip.
struct Shown {
    seconds: f64,
    bytes: Vec<u8>,
    warnings: Vec<String>,
}

impl Library {
    async fn open() -> Self {
        let server = VendorServer::start().await;
        let file = json!({"file_type": "video/mp4", "width": 320, "height": 180, "link": format!("{}/files/clip.mp4", server.url())});
        let video = json!({"duration": 20, "url": "https://www.pexels.com/video/7/", "user": {"name": "Somebody"}, "video_files": [file]});
        server.on_json("GET", "/videos/search", json!({"videos": [video]}));
        let app = TestApp::with_environment([("PEXELS_BASE_URL", &*server.url()), ("PEXELS_API_KEY", "MARKED-0123456789")]).await;
        Self { server, app }
    }

    async fn film(&self, clip: Vec<u8>) -> Shown {
        let client = &self.app.client;
        self.server.on("GET", "/files/clip.mp4", move |_, _| Reply::bytes("video/mp4", clip.clone()));
        let (scene, picture) = scene_with_picture(client, "A tone.", "A hill.").await;
        let form = reqwest::multipart::Form::new()
            .text("sceneId", scene["id"].as_str().unwrap().to_owned())
            .part("file", reqwest::multipart::Part::bytes(tone(6.0).await).file_name("tone.wav"));
        client.send(client.request(reqwest::Method::POST, "/api/audio/upload").multipart(form)).await.expect(201);
        let made = clip_of(client, &picture, json!({"provider": "pexels"})).await;
        assert_eq!(made["status"], "ready", "{made}");
        let options = json!({"quality": "preview", "resolution": "720p", "fps": FPS, "subtitles": "none", "transition": "cut"});
        let body = json!({"projectId": scene["projectId"], "options": options});
        let film = client.post_and_wait("/api/video/generate", body).await.expect(200);
        assert_eq!(film["status"], "ready", "{film}");
        let seconds = film["durationSeconds"].as_f64().unwrap();
        assert!((6.0..9.0).contains(&seconds), "the narration says how long it is: {film}");
        let warnings = film["check"]["warnings"].as_array().unwrap();
        let message = |warning: &Value| warning["message"].as_str().unwrap().to_owned();
        let bytes = client.get(film["url"].as_str().unwrap()).await.bytes;
        Shown { seconds, bytes, warnings: warnings.iter().map(message).collect() }
    }
}

impl Shown {
    /// The clip moves as it should from the first frame to the last, and nobody is told that it does not.
    async fn assert_moves(&self, wanted: impl Fn(f64) -> f64) {
        let bars = bars(&self.bytes).await;
        for share in [0.02, 0.2, 0.45, 0.55, 0.8, 0.97] {
            let at = self.seconds * share;
            let (seen, wanted) = (bars[(at * f64::from(FPS)).ceil() as usize], wanted(at));
            assert!((seen - wanted).abs() < 0.03, "at {at:.2} of {:.2} s: {seen:.3} instead of {wanted:.3}", self.seconds);
        }
        assert!(self.warnings.iter().all(|warning| !warning.contains("still")), "{:?}", self.warnings);
    }
}

#[tokio::test]
async fn a_clip_is_cut_slowed_a_little_or_shown_again() {
    let library = Library::open().await;
    // Longer than the scene: its beginning is shown, at its own speed.
    let film = library.film(clip("0x20c040", 12.0).await).await;
    film.assert_moves(|at| at / 12.0).await;
    let [red, green, _] = colour_at(&film.bytes, 3.0).await;
    assert!(green > 150 && red < 90, "the picture is red, the clip is green");
    let scene = film.seconds;

    // Not quite as long: slowed so that it lasts.
    let film = library.film(clip("0x20c040", scene * 0.9).await).await;
    film.assert_moves(|at| at / scene).await;

    // Much shorter: shown twice, each time a little slower than it is.
    let film = library.film(clip("0x20c040", scene * 0.45).await).await;
    film.assert_moves(|at| at % (scene / 2.0) / (scene / 2.0)).await;

    // Twice at its own speed, the second time cut.
    let length = scene * 0.6;
    let film = library.film(clip("0x20c040", length).await).await;
    film.assert_moves(|at| at % length / length).await;
    library.app.finish().await;
}

#[tokio::test]
async fn a_clip_in_which_nothing_moves_is_told_of() {
    let library = Library::open().await;
    let film = library.film(still_clip("0x20c040", 5.0).await).await;
    assert!(film.warnings.iter().any(|warning| warning.starts_with("The picture stands still for")), "{:?}", film.warnings);
    library.app.finish().await;
}
