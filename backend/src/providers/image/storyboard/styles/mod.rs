//! The styles, one file each. To add one: write its file, and its line in [`REGISTRY`].

mod blueprint;
mod modernist;
mod noir;
mod papercut;
mod poster;
mod print;
mod vista;
mod watercolour;

use super::typeface::capitals;
use kit::*;

/// What a style draws with: `use super::kit::*` is its one line of imports.
mod kit {
    pub(super) use super::super::StyleInfo;
    pub(super) use super::super::brief::Brief;
    pub(super) use super::super::canvas::{Canvas, Ink};
    pub(super) use super::super::color::{Palette, Rgb};
    pub(super) use super::super::lettering::{Align, Lettering, Spec};
    pub(super) use super::super::prompt::Scenery;
    pub(super) use super::super::random::{Random, noise};
    pub(super) use super::super::shape::*;
    pub(super) use super::super::texture::{finish, halftone, shadow};
    pub(super) use super::super::typeface::Face;
    pub(super) use super::{QUIET, Style, write};
    pub(super) use tiny_skia::{Path, PathBuilder, Rect};
}

/// One look: its name, the words that call for it, its palettes, and how it draws.
pub(super) struct Style {
    pub info: StyleInfo,
    /// Lower case, in the languages of the prompts. Its id and name belong here too.
    pub keywords: &'static [&'static str],
    /// At least one.
    pub palettes: &'static [Palette],
    pub paint: fn(&mut Canvas, &mut Brief),
}

/// All styles; the first is the house style, for a prompt that asks for nothing.
pub(super) const REGISTRY: &[Style] =
    &[papercut::STYLE, poster::STYLE, modernist::STYLE, vista::STYLE, watercolour::STYLE, print::STYLE, noir::STYLE, blueprint::STYLE];

/// Where the captions begin: below this part of the height a card is quiet.
pub(super) const QUIET: f32 = 0.78;

impl Brief {
    /// The title, set; `None` where the card has none.
    fn set_title(&self, spec: &Spec) -> Option<Lettering> {
        let text = if spec.caps { capitals(&self.title, &self.language) } else { self.title.clone() };
        Lettering::set(&text, self.rtl, spec)
    }

    /// The scene's number, set small.
    fn set_number(&self, face: Face, size: f32, align: Align, width: f32) -> Option<Lettering> {
        // Arabic and Indic digits are small in their em.
        let size = if self.number.is_ascii() { size } else { size * 1.35 };
        Lettering::set(
            &self.number,
            self.rtl,
            &Spec { face, caps: false, tracking: 0.06, align, width, height: size * 1.5, size, max_lines: 1 },
        )
    }
}

/// Writes a setting with its box's start at `x` and its ink's top at `y`.
fn write(canvas: &mut Canvas, lettering: Option<&Lettering>, x: f32, y: f32, colour: Rgb) {
    if let Some(lettering) = lettering {
        let path = lettering.at(canvas, x, y);
        canvas.letters(path, Ink::flat(colour));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_style_is_called_by_its_id_and_has_palettes_that_can_be_read() {
        for style in REGISTRY {
            assert!(style.keywords.contains(&style.info.id), "{}", style.info.id);
            assert!(!style.palettes.is_empty());
            for palette in style.palettes {
                assert!(palette.ground.distance(palette.ink) > 0.35, "{}: {:?}", style.info.id, palette.words);
            }
        }
    }
}
