//! Setting type: shaping, breaking and balancing lines, fitting them to a space, and their outlines. Draws nothing.

use cosmic_text::{Attrs, AttrsList, Family, FontSystem, Hinting, LayoutLine, LetterSpacing, ShapeLine, Shaping, Weight, Wrap};
use tiny_skia::{Path, PathBuilder, Rect, Transform};

use super::canvas::Canvas;
use super::typeface::{Face, Typeface};
use crate::media::{
    fonts,
    letters::{Letters, with_fonts},
};

/// How lines stand in their measure. `Start` is the side that the language reads from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Start,
    Centre,
}

/// What is asked of a setting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    pub face: Face,
    /// Capitals, where the script has them.
    pub caps: bool,
    /// Space between letters in em, for scripts whose letters stand apart.
    pub tracking: f32,
    pub align: Align,
    /// The measure, in pixels.
    pub width: f32,
    /// The most height that it may take.
    pub height: f32,
    /// The size wanted, in pixels for an em; smaller where it does not fit.
    pub size: f32,
    pub max_lines: usize,
}

/// A text set: its letters as one path whose ink starts at the top (y 0) of a box `width` wide.
pub(super) struct Lettering {
    path: Path,
    ink: Rect,
    measure: f32,
    align: Align,
    /// The size that it was set in.
    size: f32,
    #[cfg(test)]
    pub lines: usize,
}

impl Lettering {
    /// Sets `text` as large as the space and `spec.size` allow. `None` for a text with no ink.
    pub fn set(text: &str, rtl: bool, spec: &Spec) -> Option<Self> {
        with_fonts(|fonts| Setter::new(fonts, text, rtl, spec).set(text))
    }

    /// Height of the ink.
    pub fn height(&self) -> f32 {
        self.ink.height()
    }

    /// The size that it was set in, in pixels for an em.
    pub fn em(&self) -> f32 {
        self.size
    }

    /// Width of the ink.
    #[cfg(test)]
    pub fn width(&self) -> f32 {
        self.ink.width()
    }

    /// The letters with their box's left edge at `x` (the right edge in a mirrored canvas) and their ink's top at `y`.
    pub fn at(&self, canvas: &Canvas, x: f32, y: f32) -> Option<Path> {
        let left = if canvas.mirrored() { canvas.w - x - self.measure } else { x };
        self.path.clone().transform(Transform::from_translate(left, y))
    }

    /// Where the ink is when set [`Self::at`] x, in the canvas's own coordinates (mirrored like shapes are).
    pub fn ink_at(&self, x: f32, y: f32) -> (f32, f32, f32, f32) {
        let left = match self.align {
            Align::Start => x,
            Align::Centre => x + (self.measure - self.ink.width()) / 2.0,
        };
        (left, y, self.ink.width(), self.ink.height())
    }
}

/// A text without a glyph is drawn as boxes: which characters of it no font has.
pub(super) fn missing(text: &str) -> Option<fonts::MissingGlyphs> {
    fonts::missing_glyphs(text)
}

struct Setter<'a> {
    fonts: &'a mut FontSystem,
    spec: &'a Spec,
    rtl: bool,
    typeface: Typeface,
    tracking: f32,
}

impl<'a> Setter<'a> {
    fn new(fonts: &'a mut FontSystem, text: &str, rtl: bool, spec: &'a Spec) -> Self {
        let typeface = spec.face.typeface(text);
        // Joined scripts (Arabic, Devanagari's headline) must not be pulled apart.
        let tracking = if typeface.spaced { spec.tracking } else { 0.0 };
        Self { fonts, spec, rtl, typeface, tracking }
    }

    fn set(mut self, text: &str) -> Option<Lettering> {
        let mut text = text.to_owned();
        let smallest = self.spec.size * 0.34;
        let (size, lines) = loop {
            let shape = self.shape(&text);
            if let Some(fitting) = self.largest(&shape, smallest) {
                break fitting;
            }
            // Even the smallest type overflows: break inside words, then cut with an ellipsis.
            let lines = self.layout(&shape, smallest, self.spec.width, Wrap::WordOrGlyph);
            let room = self.lines_in(smallest);
            if lines.len() <= room {
                break (smallest, lines);
            }
            text = shortened(&text, &lines, room);
        };
        self.outline(&lines, size)
    }

    fn shape(&mut self, text: &str) -> ShapeLine {
        let mut attrs = Attrs::new().family(Family::Name(self.typeface.family)).weight(Weight(self.typeface.weight));
        if self.tracking != 0.0 {
            attrs.letter_spacing_opt = Some(LetterSpacing(self.tracking));
        }
        ShapeLine::new(self.fonts, text, &AttrsList::new(&attrs), Shaping::Advanced, 4)
    }

    fn layout(&self, shape: &ShapeLine, size: f32, width: f32, wrap: Wrap) -> Vec<LayoutLine> {
        shape.layout(size * self.typeface.scale, Some(width), wrap, Some(cosmic_text::Align::Left), None, Hinting::Disabled)
    }

    /// The size down to `smallest` at which whole words fit measure, height and number of lines, and look best: large, but
    /// smaller where that makes few and even lines of a ragged heap. The lines are balanced.
    fn largest(&self, shape: &ShapeLine, smallest: f32) -> Option<(f32, Vec<LayoutLine>)> {
        let mut best: Option<(f32, f32, Vec<LayoutLine>)> = None;
        let mut size = self.spec.size;
        while size >= smallest && best.as_ref().is_none_or(|(score, ..)| size > *score) {
            let lines = self.layout(shape, size, self.spec.width, Wrap::Word);
            if lines.len() <= self.lines_in(size) && lines.iter().all(|line| line.w <= self.spec.width * 1.002) {
                let lines = self.balanced(shape, size, lines);
                let score = size * looks(&lines);
                if best.as_ref().is_none_or(|(best, ..)| score > *best) {
                    best = Some((score, size, lines));
                }
            }
            size *= 0.955;
        }
        best.map(|(_, size, lines)| (size, lines))
    }

    fn lines_in(&self, size: f32) -> usize {
        // The ink of n lines is n − 1 line feeds and about one em.
        let feeds = ((self.spec.height - size * self.typeface.scale) / self.feed(size)).floor().max(0.0);
        (feeds as usize + 1).min(self.spec.max_lines).max(1)
    }

    fn feed(&self, size: f32) -> f32 {
        let leading = if self.spec.caps && self.typeface.spaced { self.typeface.leading * 0.94 } else { self.typeface.leading };
        size * self.typeface.scale * leading
    }

    /// The narrowest measure that needs no more lines: lines of one length, and no word left alone on the last.
    fn balanced(&self, shape: &ShapeLine, size: f32, lines: Vec<LayoutLine>) -> Vec<LayoutLine> {
        if lines.len() < 2 {
            return lines;
        }
        let (mut narrow, mut wide) = (self.spec.width / lines.len() as f32 * 0.6, self.spec.width);
        let mut best = lines;
        for _ in 0..9 {
            let middle = f32::midpoint(narrow, wide);
            let tried = self.layout(shape, size, middle, Wrap::Word);
            if tried.len() <= best.len() && tried.iter().all(|line| line.w <= middle * 1.002) {
                wide = middle;
                best = tried;
            } else {
                narrow = middle;
            }
        }
        best
    }

    fn outline(&mut self, lines: &[LayoutLine], size: f32) -> Option<Lettering> {
        let feed = self.feed(size);
        let mut all = PathBuilder::new();
        for (index, line) in lines.iter().enumerate() {
            let Some(path) = self.line_path(line) else { continue };
            let ink = path.bounds();
            // Aligned by ink, not by the side bearings: the edge is straight in display sizes.
            let x = match (self.spec.align, self.rtl) {
                (Align::Start, false) => -ink.left(),
                (Align::Start, true) => self.spec.width - ink.right(),
                (Align::Centre, _) => (self.spec.width - ink.width()) / 2.0 - ink.left(),
            };
            if let Some(placed) = path.transform(Transform::from_translate(x, index as f32 * feed)) {
                all.push_path(&placed);
            }
        }
        let path = all.finish()?;
        let path = path.clone().transform(Transform::from_translate(0.0, -path.bounds().top())).unwrap_or(path);
        let ink = path.bounds();
        let spec = self.spec;
        Some(Lettering {
            path,
            ink,
            measure: spec.width,
            align: spec.align,
            size,
            #[cfg(test)]
            lines: lines.len(),
        })
    }

    /// One line's glyphs, baseline at y 0. `None` where it is blank.
    fn line_path(&mut self, line: &LayoutLine) -> Option<Path> {
        let mut letters = Letters::default();
        for glyph in &line.glyphs {
            letters.add(self.fonts, glyph, 0.0);
        }
        letters.finish()
    }
}

/// What share of its size a setting is worth: all of it where no line is much shorter than the longest, less with every
/// line beyond three.
fn looks(lines: &[LayoutLine]) -> f32 {
    let longest = lines.iter().map(|line| line.w).fold(0.0, f32::max);
    let shortest = lines.iter().map(|line| line.w).fold(longest, f32::min);
    let evenness = if longest > 0.0 { (shortest / longest / 0.6).min(1.0) } else { 1.0 };
    let heap = 0.96_f32.powi(i32::try_from(lines.len()).unwrap_or(i32::MAX).saturating_sub(3).max(0));
    (0.35 + 0.65 * evenness) * heap
}

/// `text` cut to what `room` lines hold, less a word, and an ellipsis. Always shorter than it was.
fn shortened(text: &str, lines: &[LayoutLine], room: usize) -> String {
    let kept = lines.iter().take(room).flat_map(|line| &line.glyphs).map(|glyph| glyph.end).max().unwrap_or(0);
    let kept = text.get(..kept).unwrap_or("").trim_end_matches('…').trim_end();
    let mut cut: Vec<char> = kept.chars().collect();
    let whole = cut.len();
    while cut.pop().is_some_and(|c| !c.is_whitespace()) && whole - cut.len() < 14 {}
    let cut: String = cut.into_iter().collect();
    format!("{}…", cut.trim_end_matches(|c: char| !c.is_alphanumeric()))
}
