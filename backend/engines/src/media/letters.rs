//! The outlines of letters, for everything that sets type: fonts lent with their caches, the same fallback everywhere,
//! and glyphs drawn into paths. How lines are broken, balanced and placed is for those who set them.

use std::sync::{Mutex, PoisonError};

use cosmic_text::skrifa::instance::{LocationRef, Size};
use cosmic_text::skrifa::outline::{DrawSettings, OutlinePen};
use cosmic_text::skrifa::{FontRef, GlyphId, MetadataProvider, Tag};
use cosmic_text::{Fallback, FontSystem, LayoutGlyph};
use tiny_skia::{Path, PathBuilder};
use unicode_script::Script;

use super::fonts;

/// Lends a font system (its caches of parsed fonts are dear), one to each thread that sets type.
pub fn with_fonts<T>(work: impl FnOnce(&mut FontSystem) -> T) -> T {
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

/// Letters as one path, y downwards, the baseline of the first line at y 0.
#[derive(Default)]
pub struct Letters {
    path: PathBuilder,
    x: f32,
    y: f32,
    scale: f32,
}

impl Letters {
    /// Adds a glyph where its line has it, moved to the right by `shift`. One without an outline (a space) adds nothing.
    pub fn add(&mut self, fonts: &mut FontSystem, glyph: &LayoutGlyph, shift: f32) {
        let Some(font) = fonts.get_font(glyph.font_id, glyph.font_weight) else { return };
        let face_index = fonts.db().face(glyph.font_id).map_or(0, |face| face.index);
        let Ok(font) = FontRef::from_index(font.data(), face_index) else { return };
        let Some(outline) = font.outline_glyphs().get(GlyphId::from(glyph.glyph_id)) else { return };
        let location = font.axes().location([(Tag::new(b"wght"), f32::from(glyph.font_weight.0))]);
        let units = font.metrics(Size::unscaled(), LocationRef::default()).units_per_em;
        self.scale = glyph.font_size / f32::from(units.max(1));
        self.x = glyph.x + shift + glyph.x_offset * glyph.font_size;
        self.y = glyph.y - glyph.y_offset * glyph.font_size;
        let settings = DrawSettings::unhinted(Size::unscaled(), &location);
        // An error is a damaged glyph of a system font: its letter stays blank, the others are still read.
        let _ = outline.draw(settings, self);
    }

    /// The path; none where there is no ink.
    pub fn finish(self) -> Option<Path> {
        self.path.finish()
    }

    fn put(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.y - y * self.scale)
    }
}

impl OutlinePen for Letters {
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
