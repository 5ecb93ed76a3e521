//! What a card's words come to before anything is drawn: style, palette, title, number, and the randomness to draw with.

use unicode_script::Script;

use super::color::Palette;
use super::motif::Motif;
use super::prompt::{self, Scenery};
use super::random::{Random, hash};
use super::styles::{REGISTRY, Style};
use super::{Card, title};
use crate::media::fonts::main_script;

/// The styles' view of a card.
pub(super) struct Brief {
    pub style: &'static Style,
    pub palette: Palette,
    /// Cleaned for display; empty where the card has none.
    pub title: String,
    /// The scene's number in the language's digits.
    pub number: String,
    pub language: String,
    /// Whether the card reads from the right.
    pub rtl: bool,
    /// Counts the scenes: composition, colours and light move on with it.
    pub position: usize,
    /// How far into the film this is, 0 to 1.
    pub progress: f32,
    /// Of this film, the same on each card.
    pub family: u64,
    /// The land its words tell of.
    pub scenery: Option<Scenery>,
    /// The figures that its words name, the most telling first; none where it knows none of them.
    pub motifs: Vec<Motif>,
    /// Of this card alone.
    pub random: Random,
}

impl Brief {
    pub fn of(card: &Card) -> Self {
        let wish = card.style_prompt.to_lowercase();
        let family = hash(wish.trim());
        let chosen = card.style.and_then(|id| REGISTRY.iter().find(|style| style.info.id == id));
        let style = chosen.unwrap_or_else(|| choose_style(&wish, family));
        let title = title::clean(card.title, card.language);
        let rtl = reads_from_right(&title, card.language);
        let position = card.position as usize;
        let last = card.scene_count.saturating_sub(1).max(1) as f32;
        let words = format!("{} {} {}", card.title, card.visual_prompt, card.narration).to_lowercase();
        let own = card.seed ^ hash(&words).rotate_left(17) ^ u64::from(card.position).wrapping_mul(0x9E37_79B9) ^ family;
        Self {
            style,
            palette: choose_palette(style, &wish, family),
            number: title::number(card.position.saturating_add(1), card.language),
            language: card.language.to_lowercase(),
            title,
            rtl,
            position,
            progress: (card.position as f32 / last).min(1.0),
            family,
            scenery: Scenery::of(&words),
            motifs: Motif::of(card.title, card.visual_prompt, card.narration, card.language, 3),
            random: Random::new(own),
        }
    }

    /// One of `count` compositions: neighbours differ, and a film goes through all before it comes back to one.
    pub fn variant(&self, count: usize) -> usize {
        let mut order: Vec<usize> = (0..count).collect();
        Random::new(self.family ^ 0x00C0_FFEE).shuffle(&mut order);
        order.get(self.position % count.max(1)).copied().unwrap_or(0)
    }

    /// The scenery that the words name; else one of the style's own, moving on with the scenes.
    pub fn scenery_or(&self, own: &[Scenery]) -> Scenery {
        self.scenery.or_else(|| own.get(self.variant(own.len())).copied()).unwrap_or(Scenery::Fields)
    }
}

/// The style that most of the prompt's words name. Where it names none, the house style for an empty prompt, and for
/// others one picked by the prompt, so that another prompt is another look.
fn choose_style(wish: &str, family: u64) -> &'static Style {
    let scored = REGISTRY.iter().map(|style| (prompt::named(wish, style.keywords), style));
    let best = scored.fold(None, |best: Option<(usize, &Style)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    });
    match best {
        Some((score, style)) if score > 0 => style,
        _ if wish.trim().is_empty() => &REGISTRY[0],
        _ => &REGISTRY[(family % REGISTRY.len() as u64) as usize],
    }
}

/// The palette that the prompt's colours, light and moods come nearest to, with the colours it lacks put in.
fn choose_palette(style: &Style, wish: &str, family: u64) -> Palette {
    let wanted = prompt::colours(wish);
    let dark = prompt::wants_dark(wish);
    let first = if wish.trim().is_empty() { 0 } else { (family >> 8) as usize % style.palettes.len().max(1) };
    // Rotated by the film's family, so that a prompt which asks for nothing here still has its own colours.
    let order = (0..style.palettes.len()).map(|i| &style.palettes[(first + i) % style.palettes.len()]);
    let cost = |palette: &&Palette| {
        let mood = prompt::named(wish, palette.words) as f32;
        let light = if dark.is_some_and(|dark| dark != palette.is_dark()) { 0.6 } else { 0.0 };
        palette.distance(&wanted) * 3.0 + light - mood
    };
    let best = order.min_by(|a, b| cost(a).total_cmp(&cost(b))).copied();
    best.unwrap_or(Palette::new(&[], 0xF4_EBDD, 0x22_2222, [0xC8_3F2B, 0xE8_A33D, 0x2B_4C6F, 0x88_9A5B, 0xF2_D7B0])).with(&wanted)
}

/// By the title's script; an untitled card by its language.
fn reads_from_right(title: &str, language: &str) -> bool {
    if title.chars().any(char::is_alphabetic) {
        return matches!(main_script(title), Script::Arabic | Script::Hebrew | Script::Syriac | Script::Thaana | Script::Nko);
    }
    matches!(language.to_lowercase().split('-').next(), Some("ar" | "fa" | "ur" | "he" | "ps" | "sd" | "ug" | "yi" | "dv"))
}
