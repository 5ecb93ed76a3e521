//! What a film is made from, and what comes back: plain data.

use std::path::PathBuf;

use shared::audio::Word;

/// Everything that a film is made from.
#[derive(Clone, Debug)]
pub struct FilmSpec {
    /// In order; at least one.
    pub scenes: Vec<FilmScene>,
    /// Pixels, even, 64–7680.
    pub width: u32,
    pub height: u32,
    /// Frames a second: 24, 25, 30 or 60.
    pub fps: u32,
    pub motion: Motion,
    pub transition: Transition,
    pub subtitles: Subtitles,
    pub caption_style: CaptionStyle,
    pub music: Option<Music>,
    /// How loud the clips' own sound is against the narration; none: it is not heard.
    pub clip_volume_db: Option<f64>,
    pub quality: Quality,
    /// The file's title tag.
    pub title: String,
    /// BCP 47, as `en` or `zh-Hans`.
    pub language: String,
}

/// One scene: a picture, and what is said over it.
#[derive(Clone, Debug)]
pub struct FilmScene {
    /// Names the scene in errors and in the check.
    pub id: String,
    /// The chapter's title.
    pub title: String,
    pub narration: String,
    /// Times count from the start of the sound file. May be empty, and need not be spelled as in
    /// `narration`.
    pub words: Vec<Word>,
    pub visual: Visual,
    /// WAV, MP3, M4A, OGG or FLAC; none: silent for `planned_seconds`.
    pub audio: Option<PathBuf>,
    pub planned_seconds: f64,
}

/// What a scene shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visual {
    Still {
        /// PNG, JPEG or WebP.
        file: PathBuf,
        /// Whether it holds type up to its margins: it moves less then.
        card: bool,
    },
    /// MP4, MOV or WebM: cut, slowed a little or looped to the scene's length.
    Clip { file: PathBuf },
}

impl Visual {
    #[must_use]
    pub fn file(&self) -> &PathBuf {
        match self {
            Self::Still { file, .. } | Self::Clip { file } => file,
        }
    }
}

/// A track under the whole film: looped, faded at both ends, ducked under speech.
#[derive(Clone, Debug)]
pub struct Music {
    pub path: PathBuf,
    /// Where nobody speaks, against the narration: 0 is as loud, −12 a good bed.
    pub volume_db: f64,
}

/// Whether stills move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Motion {
    /// How far, against what is usual: 2 is twice as far. Cards, whose type must stay within the frame, never move further than
    /// usual.
    Auto {
        strength: f64,
    },
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transition {
    Cut,
    Crossfade,
    Dip,
    Slide,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subtitles {
    None,
    Soft,
    Burned,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptionStyle {
    Plain,
    Boxed,
    Karaoke,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quality {
    Preview,
    Fast,
    Standard,
}

/// A finished film. The files lie in the work folder and are the caller's to keep.
#[derive(Clone, Debug)]
pub struct Film {
    /// MP4.
    pub file: PathBuf,
    /// JPEG.
    pub poster: PathBuf,
    /// WebVTT; made whenever there are words to say.
    pub subtitles: Option<PathBuf>,
    pub duration_seconds: f64,
    pub width: u32,
    pub height: u32,
    pub check: Check,
    /// Where its scenes are, in order.
    pub scenes: Vec<Span>,
    /// How many parts it has, and how many of them were encoded: the others were there from before.
    pub parts: usize,
    pub encoded: usize,
}

/// Where a scene is, in seconds of the film.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    pub start: f64,
    pub end: f64,
    /// How long its narration lasts, where it has one.
    pub narration: Option<f64>,
}

/// What was measured on the finished file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Check {
    /// All narrations together, without the pauses between them.
    pub narration_seconds: f64,
    /// The picture's length.
    pub film_seconds: f64,
    /// Integrated loudness (EBU R 128); none for a silent film.
    pub loudness_lufs: Option<f64>,
    pub true_peak_dbtp: Option<f64>,
    pub warnings: Vec<Warning>,
}

/// Something that a viewer may stumble over.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    pub scene_id: Option<String>,
    pub at_seconds: Option<f64>,
    pub message: String,
}
