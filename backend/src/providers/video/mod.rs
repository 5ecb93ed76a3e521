//! Who films: pictures become a film, or move.

mod clips;
mod elevenlabs;
mod fal;
pub mod film;
mod footage;
pub mod gateway;
mod gemini;
mod motion;
mod pexels;
mod replicate;

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use shared::{
    SceneId,
    audio::Word,
    project::AspectRatio,
    record::Credit,
    video::{CaptionStyle, FilmCheck, Fps, Motion, Quality, Resolution, Subtitles, Transition},
};

use super::{Call, Kind, Make, Provider, ProviderError, ProviderResult, Usage};

pub use self::clips::{Clips, Lengths};

/// Every video provider, in the order in which the app shows them.
pub const REGISTRY: &[Make<dyn VideoProvider>] = &[film::make, gemini::make, fal::make, replicate::make, elevenlabs::make, pexels::make];

/// A film or a clip that is wanted.
#[derive(Clone, Debug)]
pub struct VideoRequest {
    /// What it is made of, in order.
    pub scenes: Vec<VideoScene>,
    /// Its title.
    pub title: String,
    /// The language of its words (BCP 47).
    pub language: String,
    /// What should happen in it, where the provider takes words.
    pub prompt: Option<String>,
    /// Of which shape, for a clip of somebody else; none where it is as the picture is.
    pub shape: Option<AspectRatio>,
    /// With how many lines, for a clip of somebody else; none where its maker decides.
    pub resolution: Option<Resolution>,
    /// How long, for a clip of somebody else; none where its maker decides.
    pub seconds: Option<f64>,
    /// Differs from take to take: what to choose by where there is a choice.
    pub take: u64,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Frames a second.
    pub fps: Fps,
    /// Whether stills move.
    pub motion: Motion,
    /// How far they move, against what is usual.
    pub motion_strength: f64,
    /// How one scene follows another.
    pub transition: Transition,
    /// Whether and how the words are shown.
    pub subtitles: Subtitles,
    /// How burned captions look.
    pub caption_style: CaptionStyle,
    /// Music under the narration: its file, and how loud in decibels relative to it.
    pub music: Option<(PathBuf, f64)>,
    /// How loud the clips' own sound is, in decibels relative to the narration; none: it is not heard.
    pub clip_volume_db: Option<f64>,
    /// A folder in which pieces may be kept for later films of the project.
    pub cache: Option<PathBuf>,
    /// Speed against quality.
    pub quality: Quality,
    /// By which model.
    pub model: Option<String>,
}

impl VideoRequest {
    /// The picture that a clip begins with.
    pub fn first_picture(&self) -> ProviderResult<&Path> {
        let picture = self.scenes.first().and_then(|scene| scene.image.as_deref());
        picture.ok_or_else(|| ProviderError::new("studio", Kind::Internal, "a clip without a picture"))
    }
}

/// A scene of a film, or an image of a clip.
#[derive(Clone, Debug)]
pub struct VideoScene {
    /// The scene; none for an image of a clip.
    pub id: Option<SceneId>,
    /// Its title.
    pub title: String,
    /// What is spoken.
    pub narration: String,
    /// When each word is spoken, where that is known.
    pub words: Vec<Word>,
    /// Its picture; there may be none where there is a clip.
    pub image: Option<PathBuf>,
    /// Whether the picture is a title card: its type reaches to its margins.
    pub card: bool,
    /// Its moving clip (MP4), shown in place of the picture.
    pub clip: Option<PathBuf>,
    /// Its narration.
    pub audio: Option<PathBuf>,
    /// How long it lasts where nothing is spoken.
    pub planned_seconds: f64,
}

/// A film or a clip.
#[derive(Clone, Debug)]
pub struct Video {
    /// Its file (MP4), in the call's work folder.
    pub file: PathBuf,
    /// A still of it (JPEG).
    pub poster: Option<PathBuf>,
    /// Its captions (WebVTT).
    pub subtitles: Option<PathBuf>,
    /// How long it lasts, measured.
    pub duration_seconds: f64,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// What was measured.
    pub check: Option<FilmCheck>,
    /// What it took.
    pub usage: Usage,
    /// Whose work it is, where it was found and not made.
    pub credit: Option<Credit>,
}

/// Someone who films.
#[async_trait]
pub trait VideoProvider: Provider {
    /// Whether it makes films of whole projects, with their narrations.
    fn makes_films(&self) -> bool;

    /// What clips that model of it makes; none for who makes films, and for a model that is not known here.
    fn clips(&self, _model: Option<&str>) -> Option<Clips> {
        None
    }

    /// The words of a clip of which the request says none: by what its scene shows.
    fn words_for(&self, visual_prompt: &str) -> String {
        motion::prompt(visual_prompt)
    }

    /// Makes a film or a clip.
    async fn make(&self, request: &VideoRequest, call: &Call<'_>) -> ProviderResult<Video>;
}
