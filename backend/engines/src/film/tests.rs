//! Whole films, small and short, by the real ffmpeg.

use std::collections::HashMap;
use std::ffi::OsString;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

use super::timeline::{LEAD_IN_SECONDS, TAIL_SECONDS};
use super::*;
use crate::media::ffmpeg::run;
use crate::media::footage::tests::turn;
use crate::media::probe::probe;

/// A spec of this many scenes whose files do not exist.
pub fn spec_of(scenes: usize) -> FilmSpec {
    let scene = |index: usize| FilmScene {
        id: format!("scene-{index}"),
        title: format!("Scene {index}"),
        narration: "Four score".to_owned(),
        words: vec![],
        visual: Visual::Still { file: PathBuf::from("/nowhere.png"), card: false },
        audio: None,
        planned_seconds: 1.0,
    };
    FilmSpec {
        scenes: (0..scenes).map(scene).collect(),
        width: 320,
        height: 180,
        fps: 30,
        motion: Motion::Auto { strength: 1.0 },
        transition: Transition::Cut,
        subtitles: Subtitles::Soft,
        caption_style: CaptionStyle::Plain,
        music: None,
        quality: Quality::Preview,
        title: "A film".to_owned(),
        language: "en".to_owned(),
        clip_volume_db: None,
    }
}

fn still(file: &Path) -> Visual {
    Visual::Still { file: file.to_owned(), card: false }
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

    /// What ffmpeg makes of that source; it does so once for all tests that want it.
    async fn make(&self, source: &str, name: &str) -> PathBuf {
        static MADE: LazyLock<Mutex<HashMap<String, Vec<u8>>>> = LazyLock::new(Mutex::default);
        let (file, kind) = (self.path(name), name.rsplit('.').next().unwrap_or_default());
        let key = format!("{kind} {source}");
        let known = MADE.lock().expect("whole").get(&key).cloned();
        if let Some(bytes) = known {
            std::fs::write(&file, bytes).expect("written");
            return file;
        }
        let mut command = self.tools.ffmpeg();
        command.args(["-f", "lavfi", "-i", source]);
        if ["png", "jpg"].contains(&kind) {
            command.args(["-frames:v", "1", "-update", "1"]);
        }
        command.arg(&file);
        run("ffmpeg", command).await.expect("made");
        MADE.lock().expect("whole").insert(key, std::fs::read(&file).expect("read"));
        file
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
            scene.visual = still(&pictures[index % 3]);
            scene.audio = Some(self.make(&sound, &format!("{}.wav", index % 15)).await);
        }
        spec
    }

    async fn render(&self, spec: &FilmSpec) -> Result<Film, FilmError> {
        render(&self.tools, spec, &self.place("work"), &|_| ()).await
    }

    /// How loud 440 Hz is from the film's first second to its third, in LUFS.
    async fn level_of_440_hz(&self, film: &Film) -> f64 {
        let mut command = self.tools.ffmpeg();
        command.arg("-i").arg(&film.file);
        let tone = "atrim=start=1:end=3,bandpass=f=440:width_type=h:w=40,ebur128=metadata=1,ametadata=print:key=lavfi.r128.I:file=-";
        command.args(["-af", tone, "-f", "null", "-"]);
        let out = run("ffmpeg", command).await.expect("measured");
        let out = String::from_utf8_lossy(&out);
        let last = out.lines().rev().find_map(|line| line.strip_prefix("lavfi.r128.I=")).expect("a loudness").to_owned();
        last.parse().expect("a number")
    }

    /// How bright each frame is.
    async fn luma(&self, file: &Path) -> Vec<u8> {
        let mut command = self.tools.ffmpeg();
        command.arg("-i").arg(file).args(["-vf", "scale=1:1:flags=area,format=gray", "-f", "rawvideo", "pipe:1"]);
        run("ffmpeg", command).await.expect("read")
    }

    fn place(&self, work: &str) -> Place {
        Place { work: self.path(work), cache: Some(self.path("cache")) }
    }

    /// The films' sounds in a work folder, each with the number of its file: one that is mixed again has another.
    fn sounds(&self, work: &str) -> Vec<(OsString, u64)> {
        let kept = std::fs::read_dir(self.path(work).join("parts")).expect("parts").map(|file| file.expect("readable"));
        let sounds = kept.filter(|file| file.path().extension().is_some_and(|kind| kind == "m4a"));
        sounds.map(|file| (file.file_name(), file.metadata().expect("known").ino())).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_film_is_what_it_should_be() {
    let studio = Studio::new();
    let mut spec = studio.spec(4).await;
    spec.transition = Transition::Crossfade;
    let said = Mutex::new(Vec::new());
    let film = render(&studio.tools, &spec, &studio.place("work"), &|share| said.lock().expect("whole").push(share)).await.expect("made");
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
    let film = studio.render(&spec).await.expect("made");
    assert_eq!((film.parts, film.encoded), (10, 10), "five stills, four changes and the last pause");
    let sounds = studio.sounds("work");
    assert_eq!(sounds.len(), 1);
    spec.scenes[2].visual = still(&studio.make("mandelbrot=s=320x180:start_scale=1", "other.png").await);
    let film = studio.render(&spec).await.expect("made again");
    assert_eq!(film.encoded, 3, "the still and the two changes beside it");
    assert!(film.check.warnings.is_empty(), "{:?}", film.check.warnings);
    assert_eq!(studio.sounds("work"), sounds, "a picture is not heard");
    assert!((film.check.loudness_lufs.expect("loud") + 14.0).abs() <= 1.0, "{:?}", film.check);
    // Another film of the project, in another folder: nothing is encoded twice, and a longer narration moves what
    // comes after it without touching it.
    spec.scenes[1].audio = Some(studio.make("sine=f=300:d=0.9071", "longer.wav").await);
    let place = studio.place("other");
    let film = render(&studio.tools, &spec, &place, &|_| ()).await.expect("made");
    assert!((3..=4).contains(&film.encoded), "{} parts: the scene, the changes beside it, maybe the last pause", film.encoded);
    let other = studio.sounds("other");
    assert!(other.len() == 1 && other[0].0 != sounds[0].0, "a narration is heard");
    // And the same film once more, in a folder that has nothing yet.
    render(&studio.tools, &spec, &studio.place("third"), &|_| ()).await.expect("made");
    assert_eq!(studio.sounds("third"), other);
    assert_even_frames(&studio.tools, &film.file, 30).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_film_that_was_stopped_goes_on_from_its_parts() {
    let studio = Studio::new();
    let mut spec = studio.spec(6).await;
    spec.transition = Transition::Slide;
    let place = Place { work: studio.path("work"), cache: None };
    {
        let (enough, mut told) = tokio::sync::watch::channel(0.0);
        let tell = |share: f64| {
            enough.send_replace(share);
        };
        let film = std::pin::pin!(render(&studio.tools, &spec, &place, &tell));
        tokio::select! {
            ended = film => panic!("done already: {ended:?}"),
            _ = told.wait_for(|share| *share > 0.5) => (),
        }
    }
    let film = render(&studio.tools, &spec, &place, &|_| ()).await.expect("made");
    assert_eq!(film.parts, 11);
    assert!(film.encoded < film.parts, "{} of {} encoded again", film.encoded, film.parts);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kept_piece_that_is_broken_fails_no_film_for_good() {
    let studio = Studio::new();
    let spec = studio.spec(3).await;
    let whole = studio.render(&spec).await.expect("made");
    let seconds = whole.duration_seconds;
    let pieces = |kind: &str| {
        let kept = std::fs::read_dir(studio.path("cache")).expect("kept").map(|file| file.expect("readable").path());
        kept.filter(|file| file.extension().is_some_and(|found| found == kind)).collect::<Vec<_>>()
    };
    assert_eq!((pieces("mp4").len(), pieces("m4a").len()), (whole.parts, 1));
    for (number, piece) in [pieces("mp4"), pieces("m4a")].concat().into_iter().enumerate() {
        let length = std::fs::metadata(&piece).expect("there").len();
        // Cut short, which is seen before it is used.
        std::fs::File::options().write(true).open(&piece).expect("open").set_len(length / 2).expect("cut");
        let film = render(&studio.tools, &spec, &studio.place(&format!("short {number}")), &|_| ()).await.expect("made");
        assert_eq!((film.duration_seconds, film.check.warnings.len()), (seconds, 0), "{:?}", film.check);
        // And as long as it was, which is seen when it is joined.
        std::fs::write(&piece, vec![0; usize::try_from(length).expect("small")]).expect("written");
        let work = studio.place(&format!("nothing {number}"));
        render(&studio.tools, &spec, &work, &|_| ()).await.expect_err("nothing in a piece");
        let film = render(&studio.tools, &spec, &work, &|_| ()).await.expect("made by the next attempt");
        assert_eq!((film.duration_seconds, film.check.warnings.len()), (seconds, 0), "{:?}", film.check);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clips_take_the_place_of_stills() {
    let studio = Studio::new();
    let mut spec = studio.spec(3).await;
    spec.transition = Transition::Crossfade;
    spec.clip_volume_db = Some(-12.0);
    // Far shorter than its scene, in another shape and at another rate, with a sound.
    let clip = studio.path("clip.mp4");
    let mut command = studio.tools.ffmpeg();
    command.args(["-f", "lavfi", "-i", "testsrc2=s=200x300:r=24:d=0.6", "-f", "lavfi", "-i", "sine=f=500:d=0.6"]);
    command.args(["-pix_fmt", "yuv420p"]).arg(&clip);
    run("ffmpeg", command).await.expect("made");
    spec.scenes[1].visual = Visual::Clip { file: clip };
    spec.scenes[2].audio = None;
    let film = studio.render(&spec).await.expect("made");
    assert!(film.check.warnings.iter().all(|warning| !warning.message.contains("still")), "{:?}", film.check.warnings);
    assert_even_frames(&studio.tools, &film.file, 30).await;
    assert_eq!(studio.render(&spec).await.expect("made").encoded, 0);
    // What is no clip names its scene.
    spec.scenes[1].visual = Visual::Clip { file: spec.scenes[0].visual.file().clone() };
    let error = studio.render(&spec).await.expect_err("no clip");
    assert!(matches!(error, FilmError::Scene { position: 1, .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_viewer_would_stumble_over_is_told() {
    let studio = Studio::new();
    let mut spec = studio.spec(3).await;
    for scene in &mut spec.scenes {
        (scene.audio, scene.planned_seconds) = (None, 3.0);
        scene.narration.clear();
    }
    spec.scenes[0].visual = still(&studio.make("color=c=black:s=320x180", "black.png").await);
    spec.scenes[1].visual = still(&studio.make("color=c=teal:s=320x180", "flat.png").await);
    spec.scenes[2].audio = Some(studio.make("sine=f=300:d=5,volume=enable='between(t,1,4.5)':volume=0", "gap.wav").await);
    spec.scenes[2].narration = "Said so fast that nobody could ever read all of it in half a second, and then some more. ".repeat(3);
    let told: Vec<(String, String)> =
        studio.render(&spec).await.expect("made").check.warnings.into_iter().map(|w| (w.scene_id.unwrap_or_default(), w.message)).collect();
    for (scene, what) in [("scene-0", "black"), ("scene-1", "stands still"), ("scene-2", "silent"), ("scene-2", "too fast")] {
        assert!(told.iter().any(|(id, message)| id == scene && message.contains(what)), "{what}: {told:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_narration_that_cannot_be_as_loud_as_the_others_is_told() {
    let studio = Studio::new();
    let mut spec = studio.spec(3).await;
    for (scene, volume) in spec.scenes.iter_mut().zip([0.2, 0.02, 0.001]) {
        scene.audio =
            Some(studio.make(&format!("aevalsrc=exprs='{volume}*sin(2*PI*440*t)':d=2.1:s=24000"), &format!("{volume}.wav")).await);
    }
    let quiet = |film: &Film| -> Vec<String> {
        let told = film.check.warnings.iter().filter(|warning| warning.message.starts_with("The narration is so quiet"));
        told.filter_map(|warning| warning.scene_id.clone()).collect()
    };
    assert_eq!(quiet(&studio.render(&spec).await.expect("made")), ["scene-2"]);
    // Alone it is as loud as a film is.
    spec.scenes.drain(..2);
    let film = studio.render(&spec).await.expect("made");
    assert!(quiet(&film).is_empty() && (film.check.loudness_lufs.expect("loud") + 14.0).abs() <= 1.0, "{:?}", film.check);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn music_leaves_the_narration_as_loud_as_it_was() {
    let studio = Studio::new();
    let mut spec = studio.spec(4).await;
    for scene in &mut spec.scenes {
        let source = "aevalsrc=exprs='0.2*sin(2*PI*440*t)*(0.6+0.4*sin(2*PI*3*t))':d=3.1:s=24000";
        scene.audio = Some(studio.make(source, "tone.wav").await);
    }
    let without = studio.level_of_440_hz(&studio.render(&spec).await.expect("made")).await;
    let track = studio.make("aevalsrc=exprs='0.3*sin(2*PI*1500*t)*sin(2*PI*0.5*t)':d=4:s=44100", "music.wav").await;
    for volume_db in [-12.0, 0.0] {
        spec.music = Some(Music { path: track.clone(), volume_db });
        let film = studio.render(&spec).await.expect("made");
        assert!((film.check.loudness_lufs.expect("loud") + 14.0).abs() <= 1.0, "{:?}", film.check);
        assert!(film.check.true_peak_dbtp.expect("loud") <= -1.0, "{:?}", film.check);
        let with = studio.level_of_440_hz(&film).await;
        assert!((with - without).abs() <= 0.5, "{with} dB with music at {volume_db}, {without} without");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn music_that_is_heard_alone_for_long_leaves_the_narration_as_loud_as_it_was() {
    let studio = Studio::new();
    let mut spec = studio.spec(4).await;
    let tone = studio.make("aevalsrc=exprs='0.2*sin(2*PI*440*t)*(0.6+0.4*sin(2*PI*3*t))':d=5.2:s=24000", "tone.wav").await;
    for (index, scene) in spec.scenes.iter_mut().enumerate() {
        (scene.audio, scene.planned_seconds) = ((index % 2 == 0).then(|| tone.clone()), 6.0);
    }
    let without = studio.level_of_440_hz(&studio.render(&spec).await.expect("made")).await;
    let track = studio.make("aevalsrc=exprs='0.3*sin(2*PI*1500*t)':d=4:s=44100", "music.wav").await;
    for volume_db in [-12.0, -5.0] {
        spec.music = Some(Music { path: track.clone(), volume_db });
        let film = studio.render(&spec).await.expect("made");
        assert!((film.check.loudness_lufs.expect("loud") + 14.0).abs() <= 1.0, "{:?}", film.check);
        let with = studio.level_of_440_hz(&film).await;
        assert!((with - without).abs() <= 0.5, "{with} dB with music at {volume_db}, {without} without");
    }
    // Where nothing is said, the music is what the film is as loud as.
    for scene in &mut spec.scenes {
        scene.audio = None;
    }
    let film = studio.render(&spec).await.expect("made");
    assert!((film.check.loudness_lufs.expect("loud") + 14.0).abs() <= 1.0, "{:?}", film.check);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn music_that_is_changed_much_is_told() {
    let studio = Studio::new();
    let mut spec = studio.spec(4).await;
    let tone = studio.make("aevalsrc=exprs='0.2*sin(2*PI*440*t)*(0.6+0.4*sin(2*PI*3*t))':d=5.2:s=24000", "tone.wav").await;
    for (index, scene) in spec.scenes.iter_mut().enumerate() {
        (scene.audio, scene.planned_seconds) = ((index == 0).then(|| tone.clone()), 6.0);
    }
    let path = studio.make("aevalsrc=exprs='0.3*sin(2*PI*1500*t)':d=4:s=44100", "music.wav").await;
    for (volume_db, told) in [(-12.0, Some("The music is 7 dB quieter than was asked for")), (-30.0, None)] {
        spec.music = Some(Music { path: path.clone(), volume_db });
        let warnings = studio.render(&spec).await.expect("made").check.warnings;
        let music: Vec<_> = warnings.iter().filter(|warning| warning.message.starts_with("The music")).collect();
        assert_eq!(music.len(), usize::from(told.is_some()), "{warnings:?}");
        assert!(music.iter().all(|warning| warning.message.starts_with(told.unwrap_or_default())), "{warnings:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clip_begins_again_for_no_frame_that_is_left_over() {
    let studio = Studio::new();
    let mut spec = studio.spec(10).await;
    for scene in &mut spec.scenes {
        // So that rounding makes the last scene longer than it is by itself.
        (scene.audio, scene.planned_seconds) = (None, 10.45 / 30.0);
    }
    let flash = ",drawbox=color=white:t=fill:enable='lt(t,0.1)'";
    let clip = studio.make(&format!("color=c=black:s=320x180:r=30:d=4{flash}"), "clip.mp4").await;
    spec.scenes[1].visual = Visual::Clip { file: clip.clone() };
    spec.scenes[1].planned_seconds = 239.0 / 30.0;
    spec.scenes[9].visual = Visual::Clip { file: clip };
    spec.scenes[9].planned_seconds = 2.0;
    let film = studio.render(&spec).await.expect("made");
    let luma = studio.luma(&film.file).await;
    let bright = |frames: &[u8]| -> Vec<usize> { (0..frames.len()).filter(|frame| frames[*frame] > 128).collect() };
    assert_eq!(bright(&luma[10..][..239]), [0, 1, 2, 120, 121, 122]);
    assert_eq!(bright(&luma[luma.len() - 64..]), [0, 1, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clip_that_ends_too_early_is_held_in_every_part() {
    let studio = Studio::new();
    let mut spec = studio.spec(2).await;
    spec.transition = Transition::Crossfade;
    // Its sound is longer than its picture, and this container tells only how long the whole is.
    let clip = studio.path("clip.mkv");
    let mut command = studio.tools.ffmpeg();
    command.args(["-f", "lavfi", "-i", "color=c=black:s=320x180:r=30:d=1,drawbox=color=white:t=fill:enable='lt(t,0.5)'"]);
    command.args(["-f", "lavfi", "-i", "sine=d=4", "-pix_fmt", "yuv420p"]).arg(&clip);
    run("ffmpeg", command).await.expect("made");
    spec.scenes[0].visual = Visual::Clip { file: clip };
    (spec.scenes[0].audio, spec.scenes[0].planned_seconds) = (None, 3.0);
    spec.scenes[1].visual = still(&studio.make("color=c=black:s=320x180", "black.png").await);
    let film = studio.render(&spec).await.expect("made");
    let luma = studio.luma(&film.file).await;
    assert!(luma[0] > 200 && luma[30..].iter().all(|luma| *luma < 32), "{luma:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clips_frames_last_as_long_in_every_part() {
    let studio = Studio::new();
    let mut spec = studio.spec(2).await;
    spec.transition = Transition::Crossfade;
    spec.scenes.iter_mut().for_each(|scene| (scene.audio, scene.planned_seconds) = (None, 4.0));
    // One frame a second, each brighter than the one before: most parts begin while one is seen.
    let clip = studio.make("color=c=black:s=320x180:r=1:d=6,geq=lum='40+30*N':cb=128:cr=128,format=yuv420p", "clip.mp4").await;
    let wanted = studio.luma(&clip).await;
    spec.scenes[1].visual = Visual::Clip { file: clip };
    let film = studio.render(&spec).await.expect("made");
    let luma = studio.luma(&film.file).await;
    // Behind the crossfade, which the clip begins with.
    for (frame, luma) in luma.iter().enumerate().skip(120 + 9) {
        let (number, within) = ((frame - 120 + 9) / 30, (frame - 120 + 9) % 30);
        // It may turn a frame sooner or later.
        let right = luma.abs_diff(wanted[number]) <= 5 || within == 0 || within == 29;
        assert!(right, "frame {frame}: {luma} instead of {}", wanted[number]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_of_any_shape_become_a_film() {
    let studio = Studio::new();
    let mut spec = spec_of(3);
    (spec.width, spec.height) = (1920, 1080);
    for (scene, (width, height)) in spec.scenes.iter_mut().zip([(1, 4000), (20_000, 10), (10, 20_000)]) {
        scene.planned_seconds = 0.2;
        let picture = format!("color=c=white:s={}x{height},format=rgb24,crop={width}:{height}", width + width % 2);
        scene.visual = still(&studio.make(&picture, &format!("{width}.png")).await);
    }
    let film = studio.render(&spec).await.expect("made");
    // The picture is white, and what is behind it a darker white.
    let luma = studio.luma(&film.file).await;
    assert!(luma.len() == 18 && luma.iter().all(|luma| (100..200).contains(luma)), "{luma:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clip_that_is_to_be_turned_is_not_stretched() {
    let studio = Studio::new();
    let filmed = studio.make("testsrc2=s=320x180:r=30:d=1,format=yuv420p", "filmed.mp4").await;
    turn(&filmed);
    let upright = studio.path("upright.mp4");
    let mut command = studio.tools.ffmpeg();
    command.arg("-i").arg(&filmed).args(["-crf", "10"]).arg(&upright);
    run("ffmpeg", command).await.expect("made");
    let mut films = Vec::new();
    for clip in [filmed, upright] {
        let mut spec = spec_of(1);
        spec.scenes[0].planned_seconds = 0.5;
        spec.scenes[0].visual = Visual::Clip { file: clip };
        films.push(studio.render(&spec).await.expect("made"));
        std::fs::rename(studio.path("work"), studio.path(&format!("work-{}", films.len()))).expect("moved");
    }
    let mut command = studio.tools.ffmpeg();
    for number in [1, 2] {
        command.arg("-i").arg(studio.path(&format!("work-{number}")).join("film.mp4"));
    }
    command.args(["-lavfi", "[0:v][1:v]ssim=stats_file=-", "-f", "null", "-"]);
    let report = String::from_utf8(run("ffmpeg", command).await.expect("compared")).expect("a text");
    let alike: Vec<f64> = report.lines().filter_map(|line| line.split("All:").nth(1)?.split(' ').next()?.parse().ok()).collect();
    assert!(alike.len() == 15 && alike.iter().all(|alike| *alike > 0.9), "{report}");
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
    let whole = std::fs::read(spec.scenes[1].visual.file()).expect("read");
    spec.scenes[1].visual = still(&studio.path("half.jpg"));
    std::fs::write(spec.scenes[1].visual.file(), &whole[..whole.len() / 2]).expect("written");
    let (id, position, message) = scene_of(studio.render(&spec).await.expect_err("broken"));
    assert_eq!((id.as_str(), position), ("scene-1", 1), "{message}");
    // A playlist that calls itself a picture.
    spec.scenes[1].visual = still(&studio.path("list.png"));
    std::fs::write(spec.scenes[1].visual.file(), "ffconcat version 1.0\nfile 'bars.png'\n").expect("written");
    assert_eq!(scene_of(studio.render(&spec).await.expect_err("no picture")).1, 1);
    let mut spec = good.clone();
    spec.scenes[2].audio = Some(spec.scenes[2].visual.file().clone());
    assert_eq!(scene_of(studio.render(&spec).await.expect_err("no sound")).1, 2);
    let mut spec = good;
    spec.subtitles = Subtitles::Burned;
    // A script that has been in Unicode for so short a time that no font has it.
    spec.scenes[1].narration = "abc \u{1E6C0}".to_owned();
    let (id, position, message) = scene_of(studio.render(&spec).await.expect_err("no font"));
    assert_eq!((id.as_str(), position), ("scene-1", 1));
    assert!(message.contains(": install "), "{message}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn burned_captions_work_with_any_path() {
    let studio = Studio::new();
    let mut spec = studio.spec(1).await;
    spec.subtitles = Subtitles::Burned;
    for style in [CaptionStyle::Plain, CaptionStyle::Boxed, CaptionStyle::Karaoke] {
        spec.caption_style = style;
        let workdir = studio.path("work: it's, [odd]; = 100%");
        let place = Place { work: workdir, cache: None };
        let film = render(&studio.tools, &spec, &place, &|_| ()).await.expect("made");
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
    let (workdir, place) = (studio.path("work"), studio.place("work"));
    {
        let film = std::pin::pin!(render(&studio.tools, &spec, &place, &|_| ()));
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
