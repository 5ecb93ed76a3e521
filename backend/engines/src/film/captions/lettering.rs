//! Lines of type as outlines: shaped by harfrust (HarfBuzz in Rust) through cosmic-text, right to left
//! where the script is, with a fallback font for what the family lacks. Draws nothing.

use cosmic_text::{Align, Attrs, AttrsList, Family, FontSystem, Hinting, LayoutLine, ShapeLine, Shaping, Weight, Wrap};
use std::ops::Range;
use tiny_skia::Path;

use crate::media::{
    fonts::is_drawable,
    letters::{Letters, with_fonts},
};

const LEFT_TO_RIGHT_MARK: char = '\u{200e}';
const RIGHT_TO_LEFT_MARK: char = '\u{200f}';

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

/// Sets a line in a family. `from_right`: whether the text that it is of reads from the right; `lit`: bytes of the line
/// whose letters come apart from the others. What nothing can be drawn of is left out, else it would be a box.
#[must_use]
pub fn set(text: &str, family: &str, from_right: bool, lit: Option<&Range<usize>>) -> Line {
    // A line that begins with a word of another script would be laid out in that one's direction. The mark draws nothing.
    let mark = if from_right { RIGHT_TO_LEFT_MARK } else { LEFT_TO_RIGHT_MARK };
    let drawn = |text: &str| std::iter::once(mark).chain(text.chars().filter(|c| is_drawable(*c))).collect::<String>();
    let lit = lit.map(|lit| drawn(&text[..lit.start]).len()..drawn(&text[..lit.end]).len());
    let text = drawn(text);
    with_fonts(|fonts| {
        let attrs = Attrs::new().family(Family::Name(family)).weight(Weight::BOLD);
        let shape = ShapeLine::new(fonts, &text, &AttrsList::new(&attrs), Shaping::Advanced, 4);
        let lines = shape.layout(1.0, None, Wrap::None, Some(Align::Left), None, Hinting::Disabled);
        let (mut plain, mut bright) = (Letters::default(), Letters::default());
        let (mut width, mut ascent, mut descent) = (0.0_f32, 0.0_f32, 0.0_f32);
        for line in &lines {
            (width, ascent, descent) = (width.max(line.w), ascent.max(line.max_ascent), descent.max(line.max_descent));
            outline(fonts, line, lit.as_ref(), &mut plain, &mut bright);
        }
        Line { width, ascent, descent, plain: plain.finish(), lit: bright.finish() }
    })
}

fn outline(fonts: &mut FontSystem, line: &LayoutLine, lit: Option<&Range<usize>>, plain: &mut Letters, bright: &mut Letters) {
    // A line that reads from the right stands at the right end of an endless measure: bring it back.
    let left = line.glyphs.iter().map(|glyph| glyph.x).fold(f32::INFINITY, f32::min);
    for glyph in &line.glyphs {
        let letters = if lit.is_some_and(|lit| lit.contains(&glyph.start)) { &mut *bright } else { &mut *plain };
        letters.add(fonts, glyph, -left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_width_and_its_lit_word_stands_apart() {
        let line = set("Four score and", "Inter", false, Some(&(5..10)));
        let (plain, lit) = (line.plain.expect("letters").bounds(), line.lit.expect("a lit word").bounds());
        assert!(line.width > 6.0 && line.width < 10.0, "{}", line.width);
        assert!(plain.left() >= 0.0 && plain.right() <= line.width && plain.left() < lit.left() && lit.right() < plain.right());
        assert!(line.ascent > 0.7 && line.descent > 0.1);
    }

    #[test]
    fn what_no_font_can_have_is_left_out() {
        let line = set("\u{378}Four \u{e000}\u{1}score", "Inter", false, Some(&(2..7)));
        let plain = set("Four score", "Inter", false, Some(&(0..5)));
        assert_eq!((line.width, line.plain, line.lit), (plain.width, plain.plain, plain.lit));
        assert_eq!(set("\u{10fffd}", "Inter", false, None).plain, None);
    }

    #[test]
    fn arabic_begins_at_the_right() {
        let text = "يولد جميع الناس";
        let first = text.find(' ').expect("words");
        let line = set(text, "Noto Sans Arabic", true, Some(&(0..first)));
        let (rest, lit) = (line.plain.expect("letters").bounds(), line.lit.expect("a word").bounds());
        assert!(lit.left() >= rest.right() - 0.2, "{lit:?} {rest:?}");
        assert!(rest.left() > -0.2 && lit.right() < line.width + 0.2);
    }

    #[test]
    fn a_line_has_its_narrations_direction_whatever_its_first_word() {
        let first = |text: &str, from_right| {
            let word = 0..text.find(' ').expect("words");
            let line = set(text, "Noto Sans Arabic", from_right, Some(&word));
            let (rest, lit) = (line.plain.expect("letters").bounds(), line.lit.expect("a word").bounds());
            assert!(rest.left().min(lit.left()) > -0.2 && rest.right().max(lit.right()) < line.width + 0.2);
            (lit.left() >= rest.right() - 0.2, lit.right() <= rest.left() + 0.2)
        };
        assert_eq!(first("iPhone من المتجر.", true), (true, false));
        assert_eq!(first("المتجر is Arabic for shop.", false), (false, true));
    }

    #[test]
    fn the_mark_of_direction_takes_no_place() {
        for (text, family) in
            [("Four score", "Inter"), ("人人生而自由", "Noto Sans SC"), ("सभी मनुष्यों", "Noto Sans Devanagari"), ("🙂 x", "Inter")]
        {
            let (line, twice) = (set(text, family, false, None), set(&format!("\u{200e}{text}"), family, false, None));
            assert!((line.width - twice.width).abs() < 1e-4, "{text}: {} {}", line.width, twice.width);
            assert_eq!((line.ascent, line.descent, line.plain), (twice.ascent, twice.descent, twice.plain), "{text}");
        }
    }
}
