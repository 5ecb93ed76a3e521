//! What a card's words come to before anything is drawn: style, palette, title, number, and the randomness to draw with.

use shared::language;

use super::color::{Palette, Rgb};
use super::motif::Motif;
use super::prompt::{self, Scenery};
use super::random::{Random, hash};
use super::styles::{REGISTRY, Style};
use super::{Card, title};
use crate::media::fonts;

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
    /// What must not be seen, in small letters.
    unwanted: String,
    /// The figures that its words name, the most telling first; none where it knows none of them.
    pub motifs: Vec<Motif>,
    /// Of this card alone.
    pub random: Random,
}

impl Brief {
    pub fn of(card: &Card) -> Self {
        let wish = Wish::of(card);
        let family = hash(wish.style.trim());
        let chosen = card.style.and_then(|id| REGISTRY.iter().find(|style| style.info.id == id));
        let style = chosen.unwrap_or_else(|| choose_style(&wish, family));
        let wordless = prompt::names_writing(&wish.unwanted);
        let title = if wordless { String::new() } else { title::clean(card.title, card.language) };
        let number = if wordless { String::new() } else { title::number(card.position.saturating_add(1), card.language) };
        let rtl = reads_from_right(&title, card.language);
        let position = card.position as usize;
        let last = card.scene_count.saturating_sub(1).max(1) as f32;
        let words = format!("{} {} {}", card.title, card.visual_prompt, card.narration).to_lowercase();
        let own = card.seed ^ hash(&words).rotate_left(17) ^ u64::from(card.position).wrapping_mul(0x9E37_79B9) ^ family;
        Self {
            style,
            palette: choose_palette(style, &wish, family),
            number,
            language: card.language.to_lowercase(),
            title,
            rtl,
            position,
            progress: (card.position as f32 / last).min(1.0),
            family,
            scenery: Scenery::of(&words).filter(|scenery| !scenery.is_named(&wish.unwanted)),
            motifs: Motif::of([card.title, card.visual_prompt, card.narration], &wish.unwanted, card.language, 3),
            unwanted: wish.unwanted,
            random: Random::new(own),
        }
    }

    /// Whether nothing is set on the card: then what belongs to the words goes with them.
    pub fn is_wordless(&self) -> bool {
        self.title.is_empty() && self.number.is_empty()
    }

    /// One of `count` compositions: neighbours differ, and a film goes through all before it comes back to one.
    pub fn variant(&self, count: usize) -> usize {
        let mut order: Vec<usize> = (0..count).collect();
        Random::new(self.family ^ 0x00C0_FFEE).shuffle(&mut order);
        order.get(self.position % count.max(1)).copied().unwrap_or(0)
    }

    /// The scenery that the words name; else one of the style's own, moving on with the scenes.
    pub fn scenery_or(&self, own: &[Scenery]) -> Scenery {
        let own: Vec<Scenery> = own.iter().filter(|scenery| !scenery.is_named(&self.unwanted)).copied().collect();
        self.scenery.or_else(|| own.get(self.variant(own.len())).copied()).unwrap_or(Scenery::Fields)
    }
}

/// How a card should look, and how not.
struct Wish {
    /// The style prompt, in small letters.
    style: String,
    /// What must not be seen, in small letters.
    unwanted: String,
    /// The colours to have: those that the style prompt names, then those to take over; none that is unwanted.
    colours: Vec<Rgb>,
    /// Those not to have.
    unwanted_colours: Vec<Rgb>,
    /// Whether it is to be dark, where that was said, or is so in what it takes its colours from.
    dark: Option<bool>,
}

impl Wish {
    fn of(card: &Card) -> Self {
        let (style, unwanted) = (card.style_prompt.to_lowercase(), card.leave_out.to_lowercase());
        let taken = card.colours.iter().map(|[red, green, blue]| Rgb(*red, *green, *blue));
        let unwanted_colours = prompt::colours(&unwanted);
        let mut colours: Vec<Rgb> = prompt::colours(&style).into_iter().chain(taken.clone()).collect();
        colours.retain(|colour| !colour.is_one_of(&unwanted_colours));
        let dark = prompt::wants_dark(&style).or_else(|| prompt::wants_dark(&unwanted).map(|dark| !dark));
        let dark = dark.or_else(|| taken.clone().next().map(|first| first.lightness() < 0.5));
        Self { style, unwanted, colours, unwanted_colours, dark }
    }
}

/// The style that most of the prompt's words name, and none that is unwanted. Where it names none, the house style for an
/// empty prompt, and for others one picked by the prompt, so that another prompt is another look.
fn choose_style(wish: &Wish, family: u64) -> &'static Style {
    let mut styles: Vec<&Style> = REGISTRY.iter().filter(|style| prompt::named(&wish.unwanted, style.keywords) == 0).collect();
    if styles.is_empty() {
        styles = REGISTRY.iter().collect();
    }
    let scored = styles.iter().map(|style| (prompt::named(&wish.style, style.keywords), *style));
    let best = scored.fold(None, |best: Option<(usize, &Style)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    });
    match best {
        Some((score, style)) if score > 0 => style,
        _ if wish.style.trim().is_empty() => styles[0],
        _ => styles[(family % styles.len() as u64) as usize],
    }
}

/// The palette that the wanted colours, light and moods come nearest to, with the colours it lacks put in, and without
/// those that are unwanted.
fn choose_palette(style: &Style, wish: &Wish, family: u64) -> Palette {
    let first = if wish.style.trim().is_empty() { 0 } else { (family >> 8) as usize % style.palettes.len().max(1) };
    // Rotated by the film's family, so that a prompt which asks for nothing here still has its own colours.
    let order = (0..style.palettes.len()).map(|i| &style.palettes[(first + i) % style.palettes.len()]);
    let cost = |palette: &&Palette| {
        let mood = prompt::named(&wish.style, palette.words) as f32 - prompt::named(&wish.unwanted, palette.words) as f32;
        let light = if wish.dark.is_some_and(|dark| dark != palette.is_dark()) { 0.6 } else { 0.0 };
        let unwanted = if palette.ground.is_one_of(&wish.unwanted_colours) { 1.0 } else { 0.0 };
        palette.distance(&wish.colours) * 3.0 + light + unwanted - mood
    };
    let best = order.min_by(|a, b| cost(a).total_cmp(&cost(b))).copied();
    best.unwrap_or(Palette::new(&[], 0xF4_EBDD, 0x22_2222, [0xC8_3F2B, 0xE8_A33D, 0x2B_4C6F, 0x88_9A5B, 0xF2_D7B0]))
        .with(&wish.colours)
        .without(&wish.unwanted_colours)
}

/// By the title's script; an untitled card by its language.
fn reads_from_right(title: &str, language: &str) -> bool {
    if title.chars().any(char::is_alphabetic) {
        return fonts::reads_from_right(title);
    }
    language::reads_from_right(language)
}
