//! Which typeface stands for a style's face in each script, and how that script wants to be set.

use shared::language::primary;
use unicode_script::Script;

use crate::media::fonts::{embedded_covers, main_script};

/// A role that a style's type plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    /// Modern, bold.
    Sans,
    /// Modern, light in colour: small print.
    Plain,
    /// Bookish, warm.
    Serif,
    /// Narrow poster capitals.
    Poster,
    /// Drawn by a machine.
    Mono,
}

/// A family with the way that its script is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Typeface {
    pub family: &'static str,
    pub weight: u16,
    /// Line feed in em.
    pub leading: f32,
    /// Size against the Latin at the same nominal size, for the same colour on the page.
    pub scale: f32,
    /// Whether letters may be spaced apart.
    pub spaced: bool,
}

impl Face {
    /// The typeface for the script of most of `text`.
    pub fn typeface(self, text: &str) -> Typeface {
        let set = |family, weight, leading, scale, spaced| Typeface { family, weight, leading, scale, spaced };
        match main_script(text) {
            Script::Arabic => match self {
                Self::Serif => set("Noto Naskh Arabic", 700, 1.42, 1.12, false),
                Self::Plain | Self::Mono => set("Noto Sans Arabic", 500, 1.42, 1.0, false),
                Self::Sans | Self::Poster => set("Noto Sans Arabic", 700, 1.4, 1.04, false),
            },
            Script::Devanagari => match self {
                Self::Serif => set("Noto Serif Devanagari", 700, 1.34, 1.0, false),
                Self::Plain | Self::Mono => set("Noto Sans Devanagari", 500, 1.34, 0.98, false),
                Self::Sans | Self::Poster => set("Noto Sans Devanagari", 700, 1.34, 0.98, false),
            },
            Script::Han => match self {
                // The serif has the commoner half of the characters: all of a title from one family, or none.
                Self::Serif | Self::Poster if embedded_covers("Noto Serif SC", text) => set("Noto Serif SC", 700, 1.26, 0.94, true),
                _ => set("Noto Sans SC", 500, 1.26, 0.94, true),
            },
            script => {
                let latin = script == Script::Latin;
                match self {
                    Self::Serif if latin => set("Fraunces", 600, 1.08, 1.0, true),
                    Self::Serif => set("Noto Serif", 600, 1.12, 0.95, true),
                    Self::Poster if latin || script == Script::Cyrillic => set("Oswald", 600, 1.14, 1.0, true),
                    Self::Mono if latin || script == Script::Cyrillic || script == Script::Greek => {
                        set("JetBrains Mono", 500, 1.22, 0.92, true)
                    }
                    Self::Plain => set("Inter", 400, 1.2, 1.0, true),
                    _ => set("Inter", 700, 1.06, 1.0, true),
                }
            }
        }
    }
}

/// A text in capitals, where its script has them and loses nothing by it: Greek would need its accents dropped.
pub(super) fn capitals(text: &str, language: &str) -> String {
    if main_script(text) == Script::Greek {
        return text.to_owned();
    }
    let turkic = matches!(primary(language).as_str(), "tr" | "az");
    let dotted = if turkic { text.replace('i', "İ") } else { text.to_owned() };
    dotted.to_uppercase()
}
