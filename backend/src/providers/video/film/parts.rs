//! The film's parts: each encoded once, kept under the hash of everything that it is made from.
//!
//! A part that the work folder already holds is used as it is. It gets its name only when it is
//! complete, so a server that was killed goes on from the parts that were done.

use std::collections::{HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::media::ffmpeg::{ToolError, Tools};

use super::captions::Burned;
use super::encode::Encoding;
use super::error::FilmError;
use super::frames::{Content, Frames, Shot};
use super::motion::Move;
use super::picture::{self, prepared_size};
use super::sampler::Picture;
use super::spec::{FilmSpec, Motion};
use super::timeline::{Part, PartKind, Timeline};

/// Raise this when the same inputs give other frames.
const DRAWING: &str = "film 1";
/// Prepared pictures that are kept for the parts to come: those of a change and the still after it.
const KEPT_PICTURES: usize = 4;

/// Everything that the parts of one film share.
pub struct Parts {
    tools: Tools,
    spec: Arc<FilmSpec>,
    timeline: Arc<Timeline>,
    moves: Vec<Move>,
    burned: Option<Burned>,
    encoding: Encoding,
    folder: PathBuf,
    /// Hash of each scene's picture file.
    pictures: Vec<String>,
    /// Everything about the encoder.
    engine: String,
    prepared: Mutex<VecDeque<(usize, Arc<Picture>)>>,
    /// Frames handed to encoders so far, and those of parts that were already there.
    pub done: Arc<AtomicU64>,
}

impl Parts {
    /// # Errors
    /// A picture that cannot be read, with its scene.
    pub async fn new(
        tools: &Tools,
        spec: &Arc<FilmSpec>,
        timeline: &Arc<Timeline>,
        moves: Vec<Move>,
        burned: Option<Burned>,
        folder: PathBuf,
    ) -> Result<Self, FilmError> {
        let encoding =
            Encoding { width: spec.width, height: spec.height, fps: spec.fps, quality: spec.quality, threads: share_of_cores().1 };
        let version = tools.version().await.map_err(|error| FilmError::stage("starting ffmpeg", error))?;
        tokio::fs::create_dir_all(&folder).await.map_err(|error| FilmError::stage("making the work folder", error))?;
        let mut pictures = Vec::with_capacity(spec.scenes.len());
        for (position, scene) in spec.scenes.iter().enumerate() {
            let hash = hash_file(scene.image.clone()).await;
            pictures.push(hash.map_err(|error| FilmError::scene(scene, position, "its picture could not be read", error))?);
        }
        let engine = format!("{DRAWING}\n{version}\n{}", encoding.settings().join(" "));
        let (tools, spec, timeline) = (tools.clone(), Arc::clone(spec), Arc::clone(timeline));
        let (prepared, done) = (Mutex::default(), Arc::default());
        Ok(Self { tools, spec, timeline, moves, burned, encoding, folder, pictures, engine, prepared, done })
    }

    /// Encodes every part that is not there yet; the files come back in the film's order.
    ///
    /// # Errors
    /// The first part that fails, with its scene; the others are stopped.
    pub async fn encode_all(self: &Arc<Self>) -> Result<Vec<PathBuf>, FilmError> {
        let places = Arc::new(Semaphore::new(share_of_cores().0));
        let mut running = JoinSet::new();
        let mut files = vec![PathBuf::new(); self.timeline.parts.len()];
        let mut begun = HashSet::new();
        for (index, part) in self.timeline.parts.iter().copied().enumerate() {
            let key = self.key(part);
            files[index] = self.file(&key);
            // Parts that are alike are one file: two encoders would write it at once.
            if !begun.insert(key) {
                self.done.fetch_add(part.frames, Ordering::Relaxed);
                continue;
            }
            let (parts, places) = (Arc::clone(self), Arc::clone(&places));
            running.spawn(async move {
                let _place = places.acquire_owned().await;
                parts.encode(part).await
            });
        }
        while let Some(ended) = running.join_next().await {
            ended.map_err(|error| FilmError::stage("encoding", std::io::Error::other(error)))??;
        }
        Ok(files)
    }

    fn file(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.mp4"))
    }

    async fn encode(&self, part: Part) -> Result<(), FilmError> {
        let position = part.kind.scene();
        let failed = |message| move |error: ToolError| FilmError::scene(&self.spec.scenes[position], position, message, error);
        let key = self.key(part);
        let file = self.file(&key);
        if tokio::fs::try_exists(&file).await.unwrap_or(false) {
            self.done.fetch_add(part.frames, Ordering::Relaxed);
            return Ok(());
        }
        let content = self.content(part).await?;
        let size = (self.spec.width as usize, self.spec.height as usize);
        let frames = Frames::new(content, part.first_frame, part.frames, size);
        let unfinished = self.folder.join(format!("{key}.tmp"));
        let script = self.write_captions(part, &key).await.map_err(failed("its captions could not be written"))?;
        let captions = script.as_deref().map(|script| (script, self.spec.fonts_dir.as_path()));
        let encoded = self.encoding.encode(&self.tools, frames, part.frames, captions, &unfinished, &self.done);
        encoded.await.map_err(failed("its picture could not be encoded"))?;
        let renamed = tokio::fs::rename(&unfinished, &file).await;
        renamed.map_err(|error| failed("its part could not be kept")(error.into()))?;
        if let Some(script) = script
            && let Err(error) = tokio::fs::remove_file(&script).await
        {
            tracing::debug!(%error, "a caption script stays in the work folder");
        }
        Ok(())
    }

    /// The hash of everything that the part is made from: the same key means the same frames.
    fn key(&self, part: Part) -> String {
        let shot = |scene: usize| {
            let (first, frames) = self.seen(scene);
            let start = i128::from(part.first_frame) - i128::from(first);
            format!("{} {:?} {start} of {frames}", self.pictures[scene], self.moves[scene])
        };
        let content = match part.kind {
            PartKind::Still { scene } => shot(scene),
            PartKind::Change { from, .. } => format!("{}\n{:?}\n{}", shot(from), self.spec.transition, shot(from + 1)),
        };
        let captions = self.burned.as_ref().and_then(|burned| burned.script(part.first_frame, part.frames));
        let size = format!("{}x{} at {}", self.spec.width, self.spec.height, self.spec.fps);
        let frames = part.frames;
        let captions = captions.unwrap_or_default();
        hex(&Sha256::digest(format!("{}\n{size}\n{frames}\n{content}\n{captions}", self.engine)))
    }

    async fn content(&self, part: Part) -> Result<Content, FilmError> {
        Ok(match part.kind {
            PartKind::Still { scene } => Content::Still(self.shot(scene).await?),
            PartKind::Change { from, .. } => {
                Content::Change { from: self.shot(from).await?, to: self.shot(from + 1).await?, transition: self.spec.transition }
            }
        })
    }

    /// A scene's picture, prepared, with its move and its place in time.
    ///
    /// # Errors
    /// The scene's picture cannot be read.
    pub async fn shot(&self, position: usize) -> Result<Shot, FilmError> {
        let (first_frame, frames) = self.seen(position);
        Ok(Shot { picture: self.picture(position).await?, moves: self.moves[position], first_frame, frames })
    }

    async fn picture(&self, position: usize) -> Result<Arc<Picture>, FilmError> {
        let kept = || self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, picture)) = kept().iter().find(|(scene, _)| *scene == position) {
            return Ok(Arc::clone(picture));
        }
        let scene = &self.spec.scenes[position];
        let size = prepared_size(self.spec.width, self.spec.height, self.spec.motion == Motion::Auto);
        let loaded = picture::load(&self.tools, &scene.image, size).await;
        let picture =
            Arc::new(loaded.map_err(|error| FilmError::scene(scene, position, "its picture is broken or in no known format", error))?);
        let mut kept = kept();
        kept.push_back((position, Arc::clone(&picture)));
        if kept.len() > KEPT_PICTURES {
            kept.pop_front();
        }
        Ok(picture)
    }

    fn seen(&self, scene: usize) -> (u64, u64) {
        let scenes = &self.timeline.scenes;
        let previous = scene.checked_sub(1).and_then(|index| scenes.get(index));
        scenes[scene].seen(previous, scenes.get(scene + 1))
    }

    async fn write_captions(&self, part: Part, key: &str) -> Result<Option<PathBuf>, ToolError> {
        let Some(script) = self.burned.as_ref().and_then(|burned| burned.script(part.first_frame, part.frames)) else {
            return Ok(None);
        };
        let path = self.folder.join(format!("{key}.ass"));
        tokio::fs::write(&path, script).await?;
        Ok(Some(path))
    }
}

/// How many parts are encoded at a time, and threads for each encoder. Two at a time keep all cores
/// busy while one starts or ends; more would only take memory (a 1080p encoder holds some 200 MB).
fn share_of_cores() -> (usize, usize) {
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    (cores.min(2), cores.div_ceil(2))
}

/// SHA-256 of a file's content, in hexadecimal.
///
/// # Errors
/// When the file cannot be read.
pub async fn hash_file(path: impl AsRef<Path> + Send + 'static) -> std::io::Result<String> {
    let hash = tokio::task::spawn_blocking(move || {
        let mut hash = Sha256::new();
        std::io::copy(&mut std::fs::File::open(path)?, &mut hash)?;
        std::io::Result::Ok(hex(&hash.finalize()))
    });
    hash.await.map_err(std::io::Error::other)?
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
