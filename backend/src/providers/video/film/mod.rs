//! The built-in video engine: stills with their narrations into a film, by ffmpeg, on this machine.
//!
//! [`render`] is the whole story. Knows files and ffmpeg; nothing of the database, jobs or HTTP.

mod blocking;
mod captions;
mod check;
mod cues;
mod encode;
mod error;
mod font_height;
mod frames;
mod language;
mod limiter;
mod motion;
mod music;
mod mux;
mod orientation;
mod parts;
mod picture;
pub mod planned;
mod poster;
mod progress;
mod sampler;
mod sound;
mod spec;
#[cfg(test)]
mod tests;
mod timeline;
mod voice;
mod words;

use std::path::Path;
use std::sync::Arc;

pub use error::FilmError;
pub use font_height::line_height;
pub use spec::{CaptionFont, CaptionFonts, CaptionStyle, Film, FilmScene, FilmSpec, Motion, Music, Quality, Subtitles, Transition, Word};

use crate::media::ffmpeg::Tools;
use crate::media::subtitles::{Cue, to_webvtt};
use captions::Burned;
use parts::Parts;
use progress::Progress;
use sound::Sound;
use timeline::Timeline;
use voice::Decoded;

/// Makes the film in `workdir`, and says how far it is, from 0 to 1.
///
/// The same spec in the same folder goes on from what is done there. Dropping the future stops every
/// ffmpeg at once; what lies in the folder is the caller's to remove.
///
/// # Errors
/// [`FilmError`], with the scene where one is at fault. Nothing is left out of a film to finish it.
pub async fn render(tools: &Tools, spec: &FilmSpec, workdir: &Path, progress: &(dyn Fn(f64) + Send + Sync)) -> Result<Film, FilmError> {
    validate(spec)?;
    let spec = Arc::new(spec.clone());
    let progress = Progress::new(progress);
    tokio::fs::create_dir_all(workdir).await.map_err(|error| FilmError::stage("making the work folder", error))?;

    let voices = Arc::new(decode_voices(tools, &spec, workdir, &progress).await?);
    let lengths: Vec<_> = voices.iter().map(|voice| voice.as_ref().map(Decoded::seconds)).collect();
    let timeline = Arc::new(Timeline::new(&spec, &lengths));
    let cues = captions::all_cues(&spec, &timeline, &voices);
    let burned = burned(tools, &spec, &cues).await?;

    let seconds: Vec<f64> = timeline.scenes.iter().map(|scene| timeline.seconds(scene.frames)).collect();
    let moves = motion::choose(spec.motion, &spec.scenes, &seconds);
    let parts = Arc::new(Parts::new(tools, &spec, &timeline, moves, burned, workdir.join("parts")).await?);
    let sound = Sound { timeline: Arc::clone(&timeline), voices: Arc::clone(&voices), music: decode_music(tools, &spec, workdir).await? };
    let sound_file = workdir.join("sound.m4a");
    let sound = async { sound.encode(tools, &sound_file).await.map_err(|error| FilmError::stage("mixing the sound", error)) };
    let picture = progress.frames(&parts.done, timeline.total_frames, parts.encode_all());
    let ((), files) = tokio::try_join!(sound, picture)?;

    let all: Vec<Cue> = cues.concat();
    let soft = (spec.subtitles == Subtitles::Soft && !all.is_empty()).then_some(all.as_slice());
    let joined = mux::join(tools, &spec, &timeline, (&files, &sound_file), soft, workdir).await;
    let file = joined.map_err(|error| FilmError::stage("joining the parts", error))?;
    progress.reached(progress::JOINED);
    let poster = poster::make(tools, &parts, spec.scenes.len(), (spec.width, spec.height), workdir).await?;
    let mut subtitles = None;
    if !all.is_empty() {
        let path = workdir.join("captions.vtt");
        tokio::fs::write(&path, to_webvtt(&all)).await.map_err(|error| FilmError::stage("writing the captions", error))?;
        subtitles = Some(path);
    }
    let check = check::check(tools, &file, &spec, &timeline, &voices, &cues).await;
    let check = check.map_err(|error| FilmError::stage("checking the film", error))?;
    progress.reached(1.0);
    Ok(Film { file, poster, subtitles, duration_seconds: check.film_seconds, width: spec.width, height: spec.height, check })
}

fn validate(spec: &FilmSpec) -> Result<(), FilmError> {
    let side = |side: u32| (64..=7680).contains(&side) && side.is_multiple_of(2);
    let invalid = |message: &str| Err(FilmError::Invalid(message.to_owned()));
    if spec.scenes.is_empty() {
        return invalid("a film needs at least one scene");
    }
    if !side(spec.width) || !side(spec.height) {
        return invalid("width and height must be even numbers from 64 to 7680");
    }
    if ![24, 25, 30, 60].contains(&spec.fps) {
        return invalid("a film has 24, 25, 30 or 60 frames a second");
    }
    Ok(())
}

async fn decode_voices(tools: &Tools, spec: &FilmSpec, workdir: &Path, progress: &Progress<'_>) -> Result<Vec<Option<Decoded>>, FilmError> {
    let mut voices = Vec::with_capacity(spec.scenes.len());
    for (position, scene) in spec.scenes.iter().enumerate() {
        voices.push(match &scene.audio {
            Some(path) => {
                let decoded = voice::decode(tools, path, &workdir.join(format!("voice-{position}.f32"))).await;
                Some(decoded.map_err(|error| FilmError::scene(scene, position, "its narration is broken or in no known format", error))?)
            }
            None => None,
        });
        progress.reached(progress::HEARD * (position + 1) as f64 / spec.scenes.len() as f64);
    }
    Ok(voices)
}

async fn decode_music(tools: &Tools, spec: &FilmSpec, workdir: &Path) -> Result<Option<(Decoded, f64)>, FilmError> {
    let Some(music) = &spec.music else { return Ok(None) };
    let decoded = voice::decode(tools, &music.path, &workdir.join("music.f32")).await;
    let decoded = decoded.map_err(|error| FilmError::stage("reading the music", error))?;
    Ok(Some((decoded, music.volume_db)))
}

/// The captions to draw, once it is sure that they can be.
async fn burned(tools: &Tools, spec: &FilmSpec, cues: &[Vec<Cue>]) -> Result<Option<Burned>, FilmError> {
    if spec.subtitles != Subtitles::Burned || cues.iter().all(Vec::is_empty) {
        return Ok(None);
    }
    let drawable = tools.has_filter("ass").await.map_err(|error| FilmError::stage("starting ffmpeg", error))?;
    if !drawable {
        let message = "this ffmpeg was built without libass, which burned captions need: install a full build, or choose soft subtitles";
        return Err(FilmError::Invalid(message.to_owned()));
    }
    Burned::new(spec, cues).map(Some).map_err(|(position, message)| {
        let scene_id = spec.scenes[position].id.clone();
        FilmError::Scene { scene_id, position, message, log: String::new() }
    })
}
