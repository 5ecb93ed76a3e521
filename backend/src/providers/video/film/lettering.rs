//! Lines of type as outlines: shaped by harfrust (HarfBuzz in Rust) through cosmic-text, right to left
//! where the script is, with a fallback font for what the family lacks. Draws nothing.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use cosmic_text::skrifa::instance::{LocationRef, Size};
use cosmic_text::skrifa::outline::{DrawSettings, OutlinePen};
use cosmic_text::skrifa::{FontRef, GlyphId, MetadataProvider, Tag};
use cosmic_text::{Align, Attrs, AttrsList, Fallback, Family, FontSystem, Hinting, LayoutLine, ShapeLine, Shaping, Weight, Wrap};
use tiny_skia::{Path, PathBuilder};
use unicode_script::Script;

use crate::media::fonts;

/// A line set in bold, its baseline at y 0 and its left end at x 0. Lengths are ems until it is scaled.
pub struct Line {
    pub width: f32,
    /// Above and below the baseline.
    pub ascent: f32,
    pub descent: f32,
    /// The letters, and those of the lit range.
    pub plain: Option<Path>,
    pub lit: Option<Path>,
}

/// Sets a line in a family. `lit`: bytes of the text whose letters come apart from the others.
#[must_use]
pub fn set(text: &str, family: &str, lit: Option<&Range<usize>>) -> Line {
    with_fonts(|fonts| {
        let attrs = Attrs::new().family(Family::Name(family)).weight(Weight::BOLD);
        let shape = ShapeLine::new(fonts, text, &AttrsList::new(&attrs), Shaping::Advanced, 4);
        let lines = shape.layout(1.0, None, Wrap::None, Some(Align::Left), None, Hinting::Disabled);
        let (mut plain, mut bright) = (Pen::default(), Pen::default());
        let (mut width, mut ascent, mut descent) = (0.0_f32, 0.0_f32, 0.0_f32);
        for line in &lines {
            (width, ascent, descent) = (width.max(line.w), ascent.max(line.max_ascent), descent.max(line.max_descent));
            outline(fonts, line, lit, &mut plain, &mut bright);
        }
        Line { width, ascent, descent, plain: plain.path.finish(), lit: bright.path.finish() }
    })
}

fn outline(fonts: &mut FontSystem, line: &LayoutLine, lit: Option<&Range<usize>>, plain: &mut Pen, bright: &mut Pen) {
    // A line that reads from the right stands at the right end of an endless measure: bring it back.
    let left = line.glyphs.iter().map(|glyph| glyph.x).fold(f32::INFINITY, f32::min);
    for glyph in &line.glyphs {
        let Some(font) = fonts.get_font(glyph.font_id, glyph.font_weight) else { continue };
        let face_index = fonts.db().face(glyph.font_id).map_or(0, |face| face.index);
        let Ok(font) = FontRef::from_index(font.data(), face_index) else { continue };
        let Some(outline) = font.outline_glyphs().get(GlyphId::from(glyph.glyph_id)) else { continue };
        let location = font.axes().location([(Tag::new(b"wght"), f32::from(glyph.font_weight.0))]);
        let units = font.metrics(Size::unscaled(), LocationRef::default()).units_per_em;
        let pen = if lit.is_some_and(|lit| lit.contains(&glyph.start)) { &mut *bright } else { &mut *plain };
        pen.scale = glyph.font_size / f32::from(units.max(1));
        pen.x = glyph.x - left + glyph.x_offset * glyph.font_size;
        pen.y = glyph.y - glyph.y_offset * glyph.font_size;
        let settings = DrawSettings::unhinted(Size::unscaled(), &location);
        // An error is a damaged glyph of a system font: its letter stays blank.
        let _ = outline.draw(settings, pen);
    }
}

#[derive(Default)]
struct Pen {
    path: PathBuilder,
    x: f32,
    y: f32,
    scale: f32,
}

impl Pen {
    fn put(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.y - y * self.scale)
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.put(x, y);
        self.path.move_to(x, y);
    }
    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.put(x, y);
        self.path.line_to(x, y);
    }
    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let ((cx, cy), (x, y)) = (self.put(cx, cy), self.put(x, y));
        self.path.quad_to(cx, cy, x, y);
    }
    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let ((ax, ay), (bx, by), (x, y)) = (self.put(ax, ay), self.put(bx, by), self.put(x, y));
        self.path.cubic_to(ax, ay, bx, by, x, y);
    }
    fn close(&mut self) {
        self.path.close();
    }
}

/// Lends a font system (its caches of parsed fonts are dear), one to each thread that sets type.
fn with_fonts<T>(work: impl FnOnce(&mut FontSystem) -> T) -> T {
    static IDLE: Mutex<Vec<FontSystem>> = Mutex::new(Vec::new());
    let idle = || IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    let lent = idle().pop();
    let mut fonts = lent.unwrap_or_else(|| {
        let database = fonts::database().as_ref().clone();
        FontSystem::new_with_locale_and_db_and_fallback("en".to_owned(), database, Embedded)
    });
    let result = work(&mut fonts);
    idle().push(fonts);
    result
}

/// Fallback goes to the embedded families before any of the system's: the same letters on every machine.
struct Embedded;

impl Fallback for Embedded {
    fn common_fallback(&self) -> &[&'static str] {
        &["Inter", "Noto Emoji", "Noto Sans SC", "Noto Sans Arabic", "Noto Sans Devanagari", "Noto Sans", "Noto Sans Symbols2"]
    }

    fn forbidden_fallback(&self) -> &[&'static str] {
        // Bitmaps: no outlines to draw.
        &["Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji"]
    }

    fn script_fallback(&self, script: Script, _locale: &str) -> &[&'static str] {
        match script {
            Script::Arabic => &["Noto Sans Arabic"],
            Script::Devanagari => &["Noto Sans Devanagari"],
            Script::Han | Script::Hiragana | Script::Katakana | Script::Bopomofo => &["Noto Sans SC", "Noto Sans CJK SC"],
            Script::Hangul => &["Noto Sans CJK KR"],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_width_and_its_lit_word_stands_apart() {
        let line = set("Four score and", "Inter", Some(&(5..10)));
        let (plain, lit) = (line.plain.expect("letters").bounds(), line.lit.expect("a lit word").bounds());
        assert!(line.width > 6.0 && line.width < 10.0, "{}", line.width);
        assert!(plain.left() >= 0.0 && plain.right() <= line.width && plain.left() < lit.left() && lit.right() < plain.right());
        assert!(line.ascent > 0.7 && line.descent > 0.1);
    }

    #[test]
    fn arabic_begins_at_the_right() {
        let text = "يولد جميع الناس";
        let first = text.find(' ').expect("words");
        let line = set(text, "Noto Sans Arabic", Some(&(0..first)));
        let (rest, lit) = (line.plain.expect("letters").bounds(), line.lit.expect("a word").bounds());
        assert!(lit.left() >= rest.right() - 0.2, "{lit:?} {rest:?}");
        assert!(rest.left() > -0.2 && lit.right() < line.width + 0.2);
    }
}
