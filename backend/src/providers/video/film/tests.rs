//! Whole films, small and short, by the real ffmpeg.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::timeline::{LEAD_IN_SECONDS, TAIL_SECONDS};
use super::*;
use crate::media::ffmpeg::run;
use crate::media::probe::probe;

/// A spec of this many scenes whose files do not exist.
pub fn spec_of(scenes: usize) -> FilmSpec {
    let scene = |index: usize| FilmScene {
        id: format!("scene-{index}"),
        title: format!("Scene {index}"),
        narration: "Four score".to_owned(),
        words: vec![],
        image: PathBuf::from("/nowhere.png"),
        audio: None,
        planned_seconds: 1.0,
    };
    FilmSpec {
        scenes: (0..scenes).map(scene).collect(),
        width: 320,
        height: 180,
        fps: 30,
        motion: Motion::Auto,
        transition: Transition::Cut,
        subtitles: Subtitles::Soft,
        caption_style: CaptionStyle::Plain,
        music: None,
        quality: Quality::Preview,
        title: "A film".to_owned(),
        language: "en".to_owned(),
        fonts_dir: std::env::temp_dir(),
        caption_fonts: CaptionFonts(Arc::new(|_| Ok(CaptionFont { family: "Noto Sans".to_owned(), line_height: 1.362 }))),
    }
}

struct Studio {
    tools: Tools,
    folder: tempfile::TempDir,
}

impl Studio {
    fn new() -> Self {
        Self { tools: Tools::find().expect("ffmpeg is installed"), folder: tempfile::tempdir().expect("a folder") }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn make(&self, source: &str, name: &str) -> PathBuf {
        let mut command = self.tools.ffmpeg();
        command.args(["-f", "lavfi", "-i", source]);
        if name.ends_with("png") || name.ends_with("jpg") {
            command.args(["-frames:v", "1", "-update", "1"]);
        }
        command.arg(self.path(name));
        run("ffmpeg", command).await.expect("made");
        self.path(name)
    }

    /// Scenes with pictures of three shapes and sounds of lengths that are no whole frames.
    async fn spec(&self, scenes: usize) -> FilmSpec {
        let pictures = [
            self.make("testsrc2=s=400x300", "wide.png").await,
            self.make("mandelbrot=s=200x300", "tall.jpg").await,
            self.make("smptebars=s=640x360", "bars.png").await,
        ];
        let mut spec = spec_of(scenes);
        for (index, scene) in spec.scenes.iter_mut().enumerate() {
            let seconds = 0.4137 + 0.0713 * (index % 5) as f64;
            let volume = [1.0, 0.2, 3.0][index % 3];
            let sound = format!("aevalsrc=exprs='{volume}*0.2*sin(2*PI*(200+300*t)*t)':d={seconds}:s=22050");
            scene.image.clone_from(&pictures[index % 3]);
            scene.audio = Some(self.make(&sound, &format!("{}.wav", index % 15)).await);
        }
        spec
    }

    async fn render(&self, spec: &FilmSpec) -> Result<Film, FilmError> {
        render(&self.tools, spec, &self.path("work"), &|_| ()).await
    }

    fn parts(&self) -> Vec<(PathBuf, std::time::SystemTime)> {
        let parts = std::fs::read_dir(self.path("work/parts")).expect("a folder").map(|part| part.expect("an entry"));
        let finished = parts.map(|part| part.path()).filter(|path| path.extension().is_some_and(|ext| ext == "mp4"));
        let mut parts: Vec<_> =
            finished.map(|path| (path.clone(), path.metadata().and_then(|meta| meta.modified()).expect("a time"))).collect();
        parts.sort();
        parts
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_film_is_what_it_should_be() {
    let studio = Studio::new();
    let mut spec = studio.spec(4).await;
    spec.transition = Transition::Crossfade;
    let said = Mutex::new(Vec::new());
    let film = render(&studio.tools, &spec, &studio.path("work"), &|share| said.lock().expect("whole").push(share)).await.expect("made");
    let info = probe(&studio.tools, &film.file).await.expect("probed");
    let video = info.video.expect("a picture");
    let sum: f64 = film.check.narration_seconds + 4.0 * (LEAD_IN_SECONDS + TAIL_SECONDS);
    assert!((film.duration_seconds - sum).abs() <= 1.0 / 30.0, "{} for {sum}", film.duration_seconds);
    assert!((info.duration_seconds - sum).abs() <= 1.0 / 30.0, "{} for {sum}", info.duration_seconds);
    assert_eq!((video.codec.as_str(), video.width, video.height, video.fps), ("h264", 320, 180, 30.0));
    assert_eq!(video.frames, Some((sum * 30.0).round() as u64));
    assert_eq!((info.chapters, info.subtitles), (4, vec!["eng".to_owned()]));
    assert!((film.check.loudness_lufs.expect("loud") + 14.0).abs() <= 1.0, "{:?}", film.check);
    assert!(film.check.true_peak_dbtp.expect("loud") <= -1.0, "{:?}", film.check);
    assert!(film.poster.is_file());
    let vtt = std::fs::read_to_string(film.subtitles.expect("captions")).expect("read");
    assert!(vtt.starts_with("WEBVTT\n") && vtt.matches("-->").count() >= 4, "{vtt}");
    let said = said.into_inner().expect("whole");
    assert!(said.is_sorted() && said.last() == Some(&1.0), "{said:?}");
    assert_even_frames(&studio.tools, &film.file, 30).await;
}

/// Every frame stands exactly one frame's time after the one before.
async fn assert_even_frames(tools: &Tools, file: &Path, fps: u64) {
    let mut command = tools.ffprobe();
    command.args(["-select_streams", "v:0", "-show_entries", "packet=pts", "-of", "csv=p=0"]).arg(file);
    let out = run("ffprobe", command).await.expect("probed");
    let mut times: Vec<u64> = String::from_utf8_lossy(&out).lines().map(|line| line.trim_matches(',').parse().expect("a time")).collect();
    times.sort_unstable();
    assert!(times.iter().enumerate().all(|(index, time)| *time == index as u64 * 512), "uneven at {fps}: {times:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_change_only_its_parts_are_made_again() {
    let studio = Studio::new();
    let mut spec = studio.spec(5).await;
    spec.transition = Transition::Dip;
    studio.render(&spec).await.expect("made");
    let before = studio.parts();
    assert_eq!(before.len(), 9);
    spec.scenes[2].image = studio.make("color=c=teal:s=320x180", "other.png").await;
    let film = studio.render(&spec).await.expect("made again");
    let after = studio.parts();
    let kept = after.iter().filter(|part| before.contains(part)).count();
    assert_eq!((kept, after.len()), (9, 12), "the still and the two changes beside it are new");
    assert!(film.check.warnings.is_empty(), "{:?}", film.check.warnings);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_material_names_its_scene() {
    let studio = Studio::new();
    let good = studio.spec(3).await;
    let scene_of = |error: FilmError| match error {
        FilmError::Scene { scene_id, position, message, .. } => (scene_id, position, message),
        other => panic!("{other:?}"),
    };
    // The first half of a picture.
    let mut spec = good.clone();
    let whole = std::fs::read(&spec.scenes[1].image).expect("read");
    spec.scenes[1].image = studio.path("half.jpg");
    std::fs::write(&spec.scenes[1].image, &whole[..whole.len() / 2]).expect("written");
    let (id, position, message) = scene_of(studio.render(&spec).await.expect_err("broken"));
    assert_eq!((id.as_str(), position), ("scene-1", 1), "{message}");
    // A playlist that calls itself a picture.
    spec.scenes[1].image = studio.path("list.png");
    std::fs::write(&spec.scenes[1].image, "ffconcat version 1.0\nfile 'bars.png'\n").expect("written");
    assert_eq!(scene_of(studio.render(&spec).await.expect_err("no picture")).1, 1);
    let mut spec = good.clone();
    spec.scenes[2].audio = Some(spec.scenes[2].image.clone());
    assert_eq!(scene_of(studio.render(&spec).await.expect_err("no sound")).1, 2);
    let mut spec = good;
    spec.subtitles = Subtitles::Burned;
    spec.caption_fonts = CaptionFonts(Arc::new(|_| Err("no font covers Runic".to_owned())));
    assert_eq!(scene_of(studio.render(&spec).await.expect_err("no font")), ("scene-0".into(), 0, "no font covers Runic".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn burned_captions_work_with_any_path() {
    let studio = Studio::new();
    let mut spec = studio.spec(1).await;
    spec.subtitles = Subtitles::Burned;
    spec.fonts_dir = studio.path("fonts: it's [a] 'dir', \\ %d");
    std::fs::create_dir(&spec.fonts_dir).expect("made");
    for style in [CaptionStyle::Plain, CaptionStyle::Boxed, CaptionStyle::Karaoke] {
        spec.caption_style = style;
        let workdir = studio.path("work: it's, [odd]; = 100%");
        let film = render(&studio.tools, &spec, &workdir, &|_| ()).await.expect("made");
        assert!(film.check.warnings.is_empty(), "{:?}", film.check.warnings);
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropping_the_future_ends_every_child() {
    let studio = Studio::new();
    let mut spec = studio.spec(2).await;
    for scene in &mut spec.scenes {
        (scene.audio, scene.planned_seconds) = (None, 600.0);
    }
    let workdir = studio.path("work");
    {
        let film = std::pin::pin!(render(&studio.tools, &spec, &workdir, &|_| ()));
        let started = async {
            while running_in(&workdir) == 0 {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        tokio::select! {
            ended = film => panic!("done already: {ended:?}"),
            () = started => (),
        }
    }
    // A second, where the machine has nothing else to do.
    for _ in 0..500 {
        if running_in(&workdir) == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("ffmpeg still runs after its film was dropped");
}

/// How many processes have this folder in their command line.
#[cfg(target_os = "linux")]
fn running_in(folder: &Path) -> usize {
    let name = folder.to_string_lossy().into_owned();
    let processes = std::fs::read_dir("/proc").expect("a process list").filter_map(Result::ok);
    let lines = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
    lines.filter(|line| String::from_utf8_lossy(line).contains(&name)).count()
}
