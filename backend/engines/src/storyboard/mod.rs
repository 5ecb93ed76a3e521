//! `storyboard`, the built-in image engine: a title card drawn from a scene's words. Pure functions, no files, no network.
//!
//! A style prompt chooses a style (one file each in [`styles`]) and a palette, the same for a whole film; the scene's
//! position moves composition and light on; its words choose the land; its seed the details. The same card gives the
//! same bytes. The lower 22 % are kept quiet: the film's captions stand there.

mod brief;
mod canvas;
mod color;
mod lettering;
mod motif;
mod pigment;
mod png;
mod prompt;
mod random;
mod shape;
mod styles;
#[cfg(test)]
mod tests;
mod texture;
mod title;
mod typeface;

use crate::media::fonts::MissingGlyphs;
use brief::Brief;
use canvas::Canvas;

/// The longest side of a card, in pixels.
pub const MAX_SIDE: u32 = 8192;

/// The shortest side of a card, in pixels: below it no title can be read.
pub const MIN_SIDE: u32 = 16;

/// A scene's words and place in its film, and the size of the picture.
#[derive(Debug, Clone, Copy)]
pub struct Card<'a> {
    /// Set on the card. May be empty.
    pub title: &'a str,
    /// Not set: the captions have it. Its words help to choose the picture.
    pub narration: &'a str,
    /// What the picture should show.
    pub visual_prompt: &'a str,
    /// How it should look: names a style, colours, moods ("blueprint", "watercolour in teal", "dark noir").
    pub style_prompt: &'a str,
    /// What must not be seen: names figures, lands, colours, styles; "text" leaves out what is set on the card.
    pub leave_out: &'a str,
    /// Colours to take over (sRGB), the first before the others.
    pub colours: &'a [[u8; 3]],
    /// A style's id, where it was chosen; else the style prompt's words choose.
    pub style: Option<&'a str>,
    /// BCP 47: digits, quotation marks and capitals follow it.
    pub language: &'a str,
    /// From 0.
    pub position: u32,
    pub scene_count: u32,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Another seed is another take of the same card.
    pub seed: u64,
}

/// A look that a style prompt can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StyleInfo {
    /// Stable: `noir`. A style prompt that has this word gets this style.
    pub id: &'static str,
    /// For people: "Noir".
    pub name: &'static str,
    /// One sentence on what it looks like.
    pub description: &'static str,
}

/// Why a card could not be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    #[error("a storyboard card is {MIN_SIDE} to {MAX_SIDE} pixels wide and high, not {width} × {height}")]
    Size { width: u32, height: u32 },
    #[error("the title cannot be drawn: {0}")]
    Glyphs(#[from] MissingGlyphs),
    #[error("the card could not be encoded as PNG: {0}")]
    Encode(String),
}

/// Draws a card: the bytes of a PNG file (8-bit RGB).
pub fn draw(card: &Card) -> Result<Vec<u8>, DrawError> {
    let (width, height) = (card.width, card.height);
    if !(MIN_SIDE..=MAX_SIDE).contains(&width) || !(MIN_SIDE..=MAX_SIDE).contains(&height) {
        return Err(DrawError::Size { width, height });
    }
    let mut brief = Brief::of(card);
    if let Some(missing) = lettering::missing(&brief.title) {
        return Err(missing.into());
    }
    let mut canvas = Canvas::new(width, height, brief.rtl).ok_or(DrawError::Size { width, height })?;
    let paint = brief.style.paint;
    paint(&mut canvas, &mut brief);
    png::encode(&canvas).map_err(|error| DrawError::Encode(error.to_string()))
}

/// The looks that a style prompt can name, the house style first.
pub fn styles() -> impl ExactSizeIterator<Item = StyleInfo> {
    styles::REGISTRY.iter().map(|style| style.info)
}
