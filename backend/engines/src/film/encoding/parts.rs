//! The film's parts: each encoded once, kept under the hash of everything that it is made from.

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use tokio::task::{JoinError, JoinSet};

use crate::film::captions::inscription::Inscription;
use crate::film::captions::layout::Burned;
use crate::film::error::FilmError;
use crate::film::pictures::clip::Clip;
use crate::film::pictures::motion::Move;
use crate::film::pictures::sampler::Picture;
use crate::film::pictures::still::{self, prepared_size};
use crate::film::spec::{FilmSpec, Visual};
use crate::film::store::{Store, hash_file};
use crate::film::timeline::{Part, PartKind, Timeline};
use crate::media::ffmpeg::{ToolError, Tools};

use super::encode::Encoding;
use super::frames::{Content, Frames, Shot, Source};
use super::hardware::Encoder;
use super::look::Seen;

/// Raise this when the same inputs give other frames.
pub const DRAWING: &str = "film 4";
/// Prepared pictures that are kept for the parts to come: those of the parts under way, and the poster's.
const KEPT_PICTURES: usize = 6;

/// Everything that the parts of one film share.
pub struct Parts {
    tools: Tools,
    spec: Arc<FilmSpec>,
    timeline: Arc<Timeline>,
    moves: Vec<Move>,
    clips: Vec<Option<Arc<Clip>>>,
    burned: Option<Burned>,
    encoding: Encoding,
    store: Store,
    /// Hash of each scene's picture or clip.
    visuals: Vec<String>,
    /// Everything about the encoder.
    engine: String,
    prepared: Mutex<VecDeque<(usize, Arc<Picture>)>>,
    /// Frames handed to encoders so far, and those of parts that were already there.
    pub done: Arc<AtomicU64>,
}

/// What came of the parts.
pub struct Encoded {
    /// In the film's order.
    pub files: Vec<PathBuf>,
    pub seen: Seen,
    /// How many were encoded; the others were there.
    pub encoded: usize,
}

impl Parts {
    /// # Errors
    /// A picture or clip that cannot be read, with its scene.
    pub async fn new(
        tools: &Tools,
        spec: &Arc<FilmSpec>,
        timeline: &Arc<Timeline>,
        moves: Vec<Move>,
        burned: Option<Burned>,
        store: Store,
    ) -> Result<Self, FilmError> {
        let (width, height) = (spec.width, spec.height);
        let encoder = Encoder::find(tools, (width, height)).await;
        let encoding = Encoding { width, height, fps: spec.fps, quality: spec.quality, encoder };
        let version = tools.version().await.map_err(|error| FilmError::stage("starting ffmpeg", error))?;
        let (mut visuals, mut clips) = (Vec::with_capacity(spec.scenes.len()), Vec::with_capacity(spec.scenes.len()));
        for (position, scene) in spec.scenes.iter().enumerate() {
            let hash = hash_file(scene.visual.file().clone()).await;
            visuals.push(hash.map_err(|error| FilmError::scene(scene, position, "its picture could not be read", error))?);
            clips.push(match &scene.visual {
                Visual::Still { .. } => None,
                Visual::Clip { file } => {
                    let (_, frames) = timeline.moving(position, spec.transition);
                    let clip = Clip::open(tools, file, frames, spec.fps, (width, height)).await;
                    let message = "its video clip is broken or in no known format";
                    Some(Arc::new(clip.map_err(|error| FilmError::scene(scene, position, message, error))?))
                }
            });
        }
        let engine = format!("{DRAWING}\n{version}\n{}", encoding.settings().join(" "));
        let (tools, spec, timeline) = (tools.clone(), Arc::clone(spec), Arc::clone(timeline));
        let (prepared, done) = (Mutex::default(), Arc::default());
        Ok(Self { tools, spec, timeline, moves, clips, burned, encoding, store, visuals, engine, prepared, done })
    }

    /// The clip that a scene shows, where it shows one.
    #[must_use]
    pub fn clip(&self, scene: usize) -> Option<&Clip> {
        self.clips[scene].as_deref()
    }

    /// Encodes every part that is not there yet.
    ///
    /// # Errors
    /// The first part that fails, with its scene; the others are stopped.
    pub async fn encode_all(self: &Arc<Self>) -> Result<Encoded, FilmError> {
        let names: Vec<String> = self.timeline.parts.iter().map(|part| format!("{}.mp4", self.key(*part))).collect();
        let (mut seen, mut missing) = (HashMap::new(), Vec::new());
        let mut known = HashSet::new();
        for (part, name) in self.timeline.parts.iter().copied().zip(&names) {
            // Parts that are alike are one file: two encoders would write it at once.
            let there = if known.insert(name) { self.store.find(name).await } else { Some(Seen::default()) };
            match there {
                Some(of_part) => {
                    self.done.fetch_add(part.frames, Ordering::Relaxed);
                    seen.entry(name.clone()).or_insert(of_part);
                }
                None => missing.push((part, name.clone())),
            }
        }
        let encoded = missing.len();
        self.encode_missing(missing, &mut seen).await?;
        let mut all = Seen::default();
        for (part, name) in self.timeline.parts.iter().zip(&names) {
            if let Some(of_part) = seen.get(name) {
                all.join(of_part, part.first_frame);
            }
        }
        let files = names.iter().map(|name| self.store.file(name)).collect();
        Ok(Encoded { files, seen: all, encoded })
    }

    async fn encode_missing(self: &Arc<Self>, missing: Vec<(Part, String)>, seen: &mut HashMap<String, Seen>) -> Result<(), FilmError> {
        let share = Share::of_cores();
        let mut keep = |ended: Result<Result<(String, Seen), FilmError>, JoinError>| {
            let (name, of_part) = ended.map_err(|error| FilmError::stage("encoding", std::io::Error::other(error)))??;
            seen.insert(name, of_part);
            Ok::<_, FilmError>(())
        };
        let mut left: u64 = missing.iter().map(|(part, _)| part.frames).sum();
        let mut alone = false;
        let mut running = JoinSet::new();
        for (part, name) in missing {
            left -= part.frames;
            // Towards the end there is not enough to do beside a long part: it gets the others' cores too. One part only,
            // since each thread takes memory.
            let threads = if !alone && left < part.frames / 2 { share.all } else { share.threads };
            alone |= threads > share.threads;
            if running.len() == share.places
                && let Some(ended) = running.join_next().await
            {
                keep(ended)?;
            }
            let parts = Arc::clone(self);
            running.spawn(async move {
                let seen = parts.encode(part, &name, threads).await?;
                Ok::<_, FilmError>((name, seen))
            });
        }
        while let Some(ended) = running.join_next().await {
            keep(ended)?;
        }
        Ok(())
    }

    async fn encode(&self, part: Part, name: &str, threads: usize) -> Result<Seen, FilmError> {
        let position = part.kind.scene();
        let failed = |message| move |error: ToolError| FilmError::scene(&self.spec.scenes[position], position, message, error);
        let content = self.content(part).await?;
        let size = (self.spec.width as usize, self.spec.height as usize);
        let captions = self.burned.as_ref().and_then(|burned| Inscription::new(burned, part.first_frame, part.frames));
        let frames = Frames::new(content, part.first_frame, part.frames, captions, size);
        let unfinished = self.store.unfinished(name);
        let encoded = self.encoding.encode(&self.tools, (frames, part.frames), threads, &unfinished, &self.done);
        let seen = encoded.await.map_err(failed("its picture could not be encoded"))?;
        let kept = self.store.keep(name, &seen).await;
        kept.map_err(|error| failed("its part could not be kept")(error.into()))?;
        Ok(seen)
    }

    /// The hash of everything that the part is made from: the same key means the same frames.
    fn key(&self, part: Part) -> String {
        let shot = |scene: usize| {
            let (first, frames) = self.timeline.moving(scene, self.spec.transition);
            let start = part.first_frame as i64 - first;
            let how = match self.clip(scene) {
                Some(clip) => format!("{} {:?}", clip.speed, clip.repeats),
                None => format!("{:?} over {frames}", self.moves[scene]),
            };
            format!("{} {how} from {start}", self.visuals[scene])
        };
        let content = match part.kind {
            PartKind::Still { scene } => shot(scene),
            PartKind::Change { from, .. } => format!("{}\n{:?}\n{}", shot(from), self.spec.transition, shot(from + 1)),
        };
        let captions = self.burned.as_ref().map(|burned| (burned.style, burned.layout, burned.during(part.first_frame, part.frames)));
        let captions = captions.filter(|(.., captions)| !captions.is_empty());
        let size = format!("{}x{} at {}", self.spec.width, self.spec.height, self.spec.fps);
        let frames = part.frames;
        hex::encode(Sha256::digest(format!("{}\n{size}\n{frames}\n{content}\n{captions:?}", self.engine)))
    }

    async fn content(&self, part: Part) -> Result<Content, FilmError> {
        Ok(match part.kind {
            PartKind::Still { scene } => Content::One(self.shot(scene).await?),
            PartKind::Change { from, .. } => {
                Content::Change { from: self.shot(from).await?, to: self.shot(from + 1).await?, transition: self.spec.transition }
            }
        })
    }

    /// What a scene shows, prepared, with its move and its place in time.
    ///
    /// # Errors
    /// The scene's picture cannot be read.
    pub async fn shot(&self, position: usize) -> Result<Shot, FilmError> {
        let (first_frame, frames) = self.timeline.moving(position, self.spec.transition);
        let source = match &self.clips[position] {
            Some(clip) => Source::Clip { clip: Arc::clone(clip), tools: self.tools.clone() },
            None => Source::Still { picture: self.picture(position).await?, moves: self.moves[position] },
        };
        Ok(Shot { source, first_frame, frames })
    }

    /// Has a scene's picture before it is asked for.
    pub async fn have(&self, position: usize, picture: Arc<Picture>) {
        self.prepared.lock().await.push_back((position, picture));
    }

    async fn picture(&self, position: usize) -> Result<Arc<Picture>, FilmError> {
        // Held while it is loaded: the part beside this one waits for the same picture rather than load it too.
        let mut kept = self.prepared.lock().await;
        if let Some((_, picture)) = kept.iter().find(|(scene, _)| *scene == position) {
            return Ok(Arc::clone(picture));
        }
        let picture = picture(&self.tools, &self.spec, position, self.moves[position].reach).await?;
        kept.push_back((position, Arc::clone(&picture)));
        if kept.len() > KEPT_PICTURES {
            kept.pop_front();
        }
        Ok(picture)
    }
}

/// A scene's still, prepared for a move of that reach.
///
/// # Errors
/// It cannot be read.
pub async fn picture(tools: &Tools, spec: &FilmSpec, position: usize, reach: f64) -> Result<Arc<Picture>, FilmError> {
    let scene = &spec.scenes[position];
    let loaded = still::load(tools, scene.visual.file(), prepared_size(spec.width, spec.height, reach)).await;
    loaded.map(Arc::new).map_err(|error| FilmError::scene(scene, position, "its picture is broken or in no known format", error))
}

/// How parts share the cores.
struct Share {
    /// How many parts are encoded at a time. Two keep all cores busy while one starts or ends; more would only take memory
    /// (a 1080p encoder holds some 200 MB).
    places: usize,
    /// Threads of each encoder.
    threads: usize,
    /// Threads of one that has the cores for itself.
    all: usize,
}

impl Share {
    fn of_cores() -> Self {
        let all = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self { places: all.min(2), threads: all.div_ceil(2), all }
    }
}
