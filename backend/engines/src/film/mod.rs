//! The built-in video engine: stills with their narrations into a film, by ffmpeg, on this machine.
//!
//! [`render`] is the whole story. Knows files and ffmpeg; nothing of the database, jobs or HTTP.
//!
//! What is about the film as a whole stands here, beside four rooms: `pictures` and `sound` know no other room, `captions`
//! knows those two, and `encoding` knows `pictures` and `captions`.

mod blocking;
mod captions;
mod check;
mod encoding;
mod error;
mod pictures;
pub mod planned;
mod poster;
pub mod preview;
mod progress;
mod sound;
mod spec;
mod store;
#[cfg(test)]
mod tests;
mod timeline;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use error::FilmError;
pub use spec::{CaptionStyle, Film, FilmScene, FilmSpec, Motion, Music, Quality, Span, Subtitles, Transition, Visual};

use crate::media::ffmpeg::{ToolError, Tools};
use crate::media::subtitles::{Cue, to_webvtt};
use captions::layout::{self, Burned};
use encoding::{
    mux,
    parts::{self, Parts},
};
use pictures::{motion, sampler::Picture};
use preview::Among;
use progress::Progress;
use sound::mixing::{ClipSound, Sound};
use sound::voice::{self, Decoded, Wanted};
use store::Store;
use timeline::{Repeats, Timeline};

/// The scenes' narrations, in order; none where a scene is silent.
type Voices = Vec<Option<Decoded>>;

/// Narrations that one ffmpeg decodes.
const VOICES_AT_ONCE: usize = 8;

/// Where a film is made.
#[derive(Clone, Debug)]
pub struct Place {
    /// The film's own folder: the same spec in the same folder goes on from what is done there.
    pub work: PathBuf,
    /// What films of the project have in common, as parts and decoded narrations; none: nothing is kept.
    pub cache: Option<PathBuf>,
}

/// Makes the film, and says how far it is, from 0 to 1.
///
/// Dropping the future stops every ffmpeg at once; what lies in the work folder is the caller's to remove.
///
/// # Errors
/// [`FilmError`], with the scene where one is at fault. Nothing is left out of a film to finish it.
pub async fn render(tools: &Tools, spec: &FilmSpec, place: &Place, progress: &(dyn Fn(f64) + Send + Sync)) -> Result<Film, FilmError> {
    let (progress, workdir) = (Progress::new(progress), place.work.as_path());
    let film = Prepared::new(tools, spec, None, place, &progress).await?;
    let sound = async { film.sound.made(tools, &film.store).await.map_err(|error| FilmError::stage("mixing the sound", error)) };
    let picture = progress.frames(&film.parts.done, film.timeline.total_frames, film.parts.encode_all());
    let poster = poster::make(tools, &film.parts, spec.scenes.len(), (spec.width, spec.height), workdir);
    let ((sound_file, measured), encoded, poster) = tokio::try_join!(sound, picture, poster)?;

    let file = film.joined(tools, (&encoded.files, &sound_file), workdir).await?;
    let Prepared { timeline, voices, cues, faults, .. } = film;
    progress.reached(progress::JOINED);
    let mut subtitles = None;
    let all: Vec<Cue> = cues.concat();
    if !all.is_empty() {
        let path = workdir.join("captions.vtt");
        tokio::fs::write(&path, to_webvtt(&all)).await.map_err(|error| FilmError::stage("writing the captions", error))?;
        subtitles = Some(path);
    }
    let made = check::Made { file: &file, measured, seen: encoded.seen, faults };
    let check = check::check(tools, made, spec, &timeline, &voices, &cues).await;
    let check = check.map_err(|error| FilmError::stage("checking the film", error))?;
    progress.reached(1.0);
    let (parts, encoded) = (encoded.files.len(), encoded.encoded);
    let scenes = timeline.scenes.iter().map(|scene| Span {
        start: timeline.seconds(scene.first_frame),
        end: timeline.seconds(scene.first_frame + scene.frames),
        narration: scene.speech.map(|(start, end)| end - start),
    });
    Ok(Film {
        file,
        poster,
        subtitles,
        duration_seconds: check.film_seconds,
        width: spec.width,
        height: spec.height,
        check,
        scenes: scenes.collect(),
        parts,
        encoded,
    })
}

/// What is known of a film before any of it is encoded.
struct Prepared {
    spec: Arc<FilmSpec>,
    store: Store,
    timeline: Arc<Timeline>,
    voices: Arc<Voices>,
    /// Each list a scene's.
    cues: Vec<Vec<Cue>>,
    /// What is wrong with the captions: in which scene, when, and what.
    faults: Vec<(usize, f64, &'static str)>,
    parts: Arc<Parts>,
    sound: Sound,
}

impl Prepared {
    /// `among`: where the spec's one scene stands in its film; none for a film as a whole.
    async fn new(tools: &Tools, spec: &FilmSpec, among: Option<&Among>, place: &Place, progress: &Progress<'_>) -> Result<Self, FilmError> {
        validate(spec)?;
        let spec = Arc::new(spec.clone());
        let store = Store::open(place.work.join("parts"), place.cache.clone()).await;
        let store = store.map_err(|error| FilmError::stage("making the work folder", error))?;

        let (voices, picture) = tokio::try_join!(decode_voices(tools, &spec, &store, progress), picture_ahead(tools, &spec, among))?;
        let voices = Arc::new(voices);
        let lengths: Vec<_> = voices.iter().map(|voice| voice.as_ref().map(Decoded::seconds)).collect();
        let timeline = Arc::new(match among {
            Some(among) => Timeline::of_scene(&spec, lengths[0], among),
            None => Timeline::new(&spec, &lengths),
        });
        let cues = all_cues(&spec, &timeline, &voices).await?;
        let burned = burned(&spec, &cues).await?;
        let faults = burned.as_ref().map(|burned| burned.faults.clone()).unwrap_or_default();

        let before = among.map_or(&[][..], |among| &among.stills_before);
        let seconds = |scene| timeline.seconds(timeline.moving(scene, spec.transition).1);
        let moves = motion::choose(spec.motion, before, &spec.scenes, seconds);
        let parts = Arc::new(Parts::new(tools, &spec, &timeline, moves, burned, store.clone()).await?);
        if let Some(picture) = picture {
            parts.have(0, picture).await;
        }
        let clips = Arc::new(decode_clips(tools, &spec, &timeline, &parts, &store).await?);
        let music = decode_music(tools, &spec, &store).await?;
        let sound = Sound { timeline: Arc::clone(&timeline), voices: Arc::clone(&voices), clips, music };
        Ok(Self { spec, store, timeline, voices, cues, faults, parts, sound })
    }

    /// The file of all that was made. What cannot be joined is made anew by the next attempt, and by other films.
    async fn joined(&self, tools: &Tools, (parts, sound): (&[PathBuf], &Path), workdir: &Path) -> Result<PathBuf, FilmError> {
        let joined = mux::join(tools, &self.spec, &self.timeline, (parts, sound), self.soft().as_deref(), workdir).await;
        if let Err(ToolError::Failed { .. }) = joined {
            self.store.forget(parts).await;
            self.store.forget(&[sound.to_owned()]).await;
        }
        joined.map_err(|error| FilmError::stage("joining the parts", error))
    }

    /// The captions that are a track of the file.
    fn soft(&self) -> Option<Vec<Cue>> {
        Some(self.cues.concat()).filter(|cues| self.spec.subtitles == Subtitles::Soft && !cues.is_empty())
    }
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

async fn decode_voices(tools: &Tools, spec: &FilmSpec, store: &Store, progress: &Progress<'_>) -> Result<Voices, FilmError> {
    let mut voices: Voices = spec.scenes.iter().map(|_| None).collect();
    let spoken: Vec<_> = spec.scenes.iter().enumerate().filter_map(|(position, scene)| Some((position, scene.audio.as_deref()?))).collect();
    for some in spoken.chunks(VOICES_AT_ONCE) {
        let wanted: Vec<_> = some.iter().map(|&(_, path)| Wanted { path, speed: 1.0 }).collect();
        let decoded = voice::all_decoded(tools, &wanted, store).await.map_err(|(index, error)| {
            let position = some[index].0;
            FilmError::scene(&spec.scenes[position], position, "its narration is broken or in no known format", error)
        })?;
        for (&(position, _), decoded) in some.iter().zip(decoded) {
            voices[position] = Some(decoded);
            progress.reached(progress::HEARD * (position + 1) as f64 / spec.scenes.len() as f64);
        }
    }
    Ok(voices)
}

/// The picture of a preview's one scene, while its narration is decoded: somebody waits for it. A film has enough to do.
async fn picture_ahead(tools: &Tools, spec: &FilmSpec, among: Option<&Among>) -> Result<Option<Arc<Picture>>, FilmError> {
    let visual = &spec.scenes[0].visual;
    if among.is_none() || matches!(visual, Visual::Clip { .. }) {
        return Ok(None);
    }
    let reach = motion::reach(spec.motion, visual).unwrap_or(1.0);
    parts::picture(tools, spec, 0, reach).await.map(Some)
}

/// The clips' own sounds, where they are to be heard.
async fn decode_clips(
    tools: &Tools,
    spec: &FilmSpec,
    timeline: &Timeline,
    parts: &Parts,
    store: &Store,
) -> Result<Vec<Option<ClipSound>>, FilmError> {
    let mut sounds = Vec::with_capacity(spec.scenes.len());
    for (position, scene) in spec.scenes.iter().enumerate() {
        sounds.push(match (parts.clip(position).filter(|clip| clip.has_sound), spec.clip_volume_db) {
            (Some(clip), Some(volume_db)) => {
                let sound = voice::decoded(tools, &clip.file, clip.speed, store).await;
                let sound = sound.map_err(|error| FilmError::scene(scene, position, "its video clip's sound is broken", error))?;
                let (begins, _) = timeline.moving(position, spec.transition);
                let begun = timeline.scenes[position].first_frame as i64 - begins;
                let repeats = Repeats { period: timeline.samples(clip.repeats.period), ..clip.repeats };
                Some(ClipSound { sound, volume_db, begun: timeline.samples(begun.unsigned_abs()), repeats })
            }
            _ => None,
        });
    }
    Ok(sounds)
}

async fn decode_music(tools: &Tools, spec: &FilmSpec, store: &Store) -> Result<Option<(Decoded, f64)>, FilmError> {
    let Some(music) = &spec.music else { return Ok(None) };
    let decoded = voice::decoded(tools, &music.path, 1.0, store).await;
    let decoded = decoded.map_err(|error| FilmError::stage("reading the music", error))?;
    Ok(Some((decoded, music.volume_db)))
}

/// All cues of the film, each list a scene's.
async fn all_cues(spec: &Arc<FilmSpec>, timeline: &Arc<Timeline>, voices: &Arc<Voices>) -> Result<Vec<Vec<Cue>>, FilmError> {
    let (spec, timeline, voices) = (Arc::clone(spec), Arc::clone(timeline), Arc::clone(voices));
    // Long narrations are laid on their sounds and divided: not on a thread that others wait for.
    let cues = tokio::task::spawn_blocking(move || layout::all_cues(&spec, &timeline, &voices)).await;
    cues.map_err(|error| FilmError::stage("dividing the captions", std::io::Error::other(error)))
}

/// The captions to draw, once it is sure that they can be.
async fn burned(spec: &Arc<FilmSpec>, cues: &[Vec<Cue>]) -> Result<Option<Burned>, FilmError> {
    if spec.subtitles != Subtitles::Burned || cues.iter().all(Vec::is_empty) {
        return Ok(None);
    }
    let (of_film, cues) = (Arc::clone(spec), cues.to_vec());
    // Fonts are read and lines are set: not on a thread that others wait for.
    let burned = tokio::task::spawn_blocking(move || Burned::new(&of_film, &cues)).await;
    let burned = burned.map_err(|error| FilmError::stage("setting the captions", std::io::Error::other(error)))?;
    burned.map(Some).map_err(|(position, message)| {
        let scene_id = spec.scenes[position].id.clone();
        FilmError::Scene { scene_id, position, message, log: String::new() }
    })
}
