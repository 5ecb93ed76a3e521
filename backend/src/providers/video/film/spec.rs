//! What a film is made from, and what comes back: plain data.

use std::path::PathBuf;
use std::sync::Arc;

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
    pub quality: Quality,
    /// The file's title tag.
    pub title: String,
    /// BCP 47, as `en` or `zh-Hans`.
    pub language: String,
    /// Where libass finds the caption fonts.
    pub fonts_dir: PathBuf,
    /// Chooses the font for a scene's burned captions, from those in `fonts_dir` or the system's.
    pub caption_fonts: CaptionFonts,
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
    /// PNG, JPEG or WebP.
    pub image: PathBuf,
    /// WAV, MP3, M4A, OGG or FLAC; none: silent for `planned_seconds`.
    pub audio: Option<PathBuf>,
    pub planned_seconds: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    pub text: String,
    pub start_seconds: f64,
    pub end_seconds: f64,
}

/// A track under the whole film: looped, faded at both ends, ducked under speech.
#[derive(Clone, Debug)]
pub struct Music {
    pub path: PathBuf,
    /// Where nobody speaks, against the narration: 0 is as loud, −12 a good bed.
    pub volume_db: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    Auto,
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

/// What a scene's burned captions are set in.
#[derive(Clone, Debug, PartialEq)]
pub struct CaptionFont {
    pub family: String,
    /// Of the family's bold face, or the one nearest to bold: captions are set in it. In ems, by
    /// [`line_height`](super::line_height).
    pub line_height: f64,
}

/// From a text to the font whose glyphs cover it; the error is a sentence for the user.
#[derive(Clone)]
pub struct CaptionFonts(pub Arc<ChooseFont>);

type ChooseFont = dyn Fn(&str) -> Result<CaptionFont, String> + Send + Sync;

impl std::fmt::Debug for CaptionFonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CaptionFonts")
    }
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
