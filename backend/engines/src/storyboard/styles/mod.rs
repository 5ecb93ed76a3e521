//! The styles, one file each. To add one: write its file, and its line in [`REGISTRY`].

mod blueprint;
mod handcut;
mod modernist;
mod noir;
mod papercut;
mod plate;
mod poster;
mod print;
mod staratlas;
mod vista;
mod watercolour;
mod woodcut;

use super::typeface::capitals;
use kit::*;

/// What a style draws with: `use super::kit::*` is its one line of imports.
mod kit {
    pub(super) use super::super::StyleInfo;
    pub(super) use super::super::brief::Brief;
    pub(super) use super::super::canvas::{Canvas, Ink};
    pub(super) use super::super::color::{Palette, Rgb};
    pub(super) use super::super::lettering::{Align, Lettering, Spec};
    pub(super) use super::super::motif::Motif;
    pub(super) use super::super::prompt::Scenery;
    pub(super) use super::super::random::{Random, noise};
    pub(super) use super::super::shape::*;
    pub(super) use super::super::texture::{finish, halftone, hatch, shadow};
    pub(super) use super::super::typeface::Face;
    pub(super) use super::{QUIET, Room, Stage, Style, write};
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
pub(super) const REGISTRY: &[Style] = &[
    papercut::STYLE,
    poster::STYLE,
    modernist::STYLE,
    vista::STYLE,
    watercolour::STYLE,
    print::STYLE,
    noir::STYLE,
    blueprint::STYLE,
    handcut::STYLE,
    woodcut::STYLE,
    plate::STYLE,
    staratlas::STYLE,
];

/// Where the captions begin: below this part of the height a card is quiet.
pub(super) const QUIET: f32 = 0.78;

/// A box: left, top, width, height.
pub(super) type Room = (f32, f32, f32, f32);

/// A card parted into a place for its title and one for its picture, both inside what the film's moves always show
/// (they take up to 6 % off a side) and above the captions.
#[derive(Clone, Copy)]
struct Stage {
    text: Room,
    /// The picture's centre.
    art: (f32, f32),
    /// How far it may reach from there.
    r: f32,
}

impl Stage {
    /// Side by side in a wide card, the picture below the title in others. `flipped`: the picture comes first.
    fn of(canvas: &Canvas, flipped: bool) -> Self {
        let (w, h) = (canvas.w, canvas.h);
        if canvas.is_wide() {
            let r = (h * 0.335).min(w * 0.2);
            if flipped {
                Self { text: (w * 0.53, h * 0.10, w * 0.40, h * 0.64), art: (w * 0.255, h * 0.425), r }
            } else {
                Self { text: (w * 0.07, h * 0.10, w * 0.40, h * 0.64), art: (w * 0.745, h * 0.425), r }
            }
        } else {
            // Captions stand higher in an upright film: what phones lay over its lower end would hide them.
            let (end, r) = if h > w * 1.4 { (h * 0.72, (w * 0.40).min(h * 0.182)) } else { (h * 0.755, (w * 0.40).min(h * 0.205)) };
            if flipped {
                let top = h * 0.535;
                Self { text: (w * 0.08, top, w * 0.84, end.min(h * 0.75) - top), art: (w * 0.5, h * 0.30), r }
            } else {
                Self { text: (w * 0.08, h * 0.085, w * 0.84, h * 0.235), art: (w * 0.5, end - r), r }
            }
        }
    }
}

impl Brief {
    /// The figure that the words name first.
    fn figure(&self) -> Option<Motif> {
        self.motifs.first().cloned()
    }

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
