//! The built-in script engine: divides the text that it is given into scenes. It has no model and no network, and it
//! never invents: the same text always gives the same scenes, in its own words.
//!
//! **What is kept**: the words of the narrations, in order, are the words of the text. Markdown headings are the
//! exception: they become titles and are not read out, so that the words of a heading are either in the title of the
//! scene that it stands over (or of the outline) or, where a scene has no place for it, in a narration. So the promise that
//! the narrations joined are the prompt's words is kept as: the words of the text without its headings are the words of
//! the narrations, and every heading is a title, word for word. Nothing is spoken twice and nothing is lost. The language
//! that the fence of a block of code names ("```bash") is a mark, not a word. A title without marks (a first line set
//! apart) is a line like any other: it is spoken, and names its scene.
//!
//! The way of a text: `document` reads it into blocks, `pieces` lays these out as a row of sentences with the cost of
//! each place between them (`sentences`, `places`, `clauses`), `cutting` finds the cheapest scenes, `scenes` sets them, and
//! `titles` and `keywords` name and picture them.

mod abbreviations;
#[cfg(test)]
mod cases;
mod characters;
mod clauses;
mod cutting;
mod document;
mod keywords;
pub mod language;
mod lexicon;
mod phrases;
mod pieces;
mod places;
mod reading;
mod scenes;
mod sentences;
#[cfg(test)]
mod tests;
mod titles;
pub mod words;

pub use language::can_detect;

use cutting::{Aim, COMFORTABLE};
use document::{Block, Kind};
use lexicon::Lexicon;
use pieces::{Grain, Piece};
use reading::{Reading, Weights};
use scenes::Draft;
use shared::language::primary;

/// A project has at most so many scenes; a longer text gets longer ones.
const MOST_SCENES: usize = 200;
/// The length of a scene, in seconds of speech, where nothing else is asked for.
const USUAL_SECONDS: f64 = 10.0;

/// What may be asked of an outline.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// How many scenes, from 1 to 60. Met exactly where the text has as many words; it outweighs `duration_seconds`.
    pub scene_count: Option<u32>,
    /// How long the film should be. The words decide how long it is; this decides into how many scenes they go, in
    /// bounds that read well.
    pub duration_seconds: Option<f64>,
    /// The language of the text as a BCP 47 tag; found out where it is not given.
    pub language: Option<String>,
    /// The title of the outline; the text's own where it is not given.
    pub title: Option<String>,
}

/// A text in scenes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    pub title: String,
    /// A BCP 47 tag: the one that was given, else the primary subtag that was found ("en", "zh").
    pub language: String,
    /// At least one, at most 200.
    pub scenes: Vec<Scene>,
}

/// One scene of an outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    /// The heading over it, or a phrase of its narration; no two scenes have the same.
    pub title: String,
    /// What is spoken. Paragraphs are parted by an empty line, lines of verse and items of lists by a line break.
    pub narration: String,
    /// What might be seen, in words of the narration.
    pub visual_prompt: String,
}

/// Divides `text` into scenes. `text` has at least one character that is not a space.
#[must_use]
pub fn outline(text: &str, options: &Options) -> Outline {
    let language = given(options.language.as_deref()).unwrap_or_else(|| language::detect(text));
    let lexicon = lexicon::of(&primary(&language));
    let mut blocks = document::read(text);
    if blocks.is_empty() {
        // Nothing but marks: they are all that there is.
        blocks.push(Block { kind: Kind::Paragraph, text: text.trim().to_owned(), apart: true, after_rule: false });
    }
    let title = given(options.title.as_deref()).or_else(|| titles::take_from(&mut blocks));
    let (pieces, aim) = plan(&blocks, lexicon, options);
    let mut cuts = cutting::cut(&pieces, aim);
    if cuts.len() > MOST_SCENES {
        cuts = cutting::cut(&pieces, Aim::Count(MOST_SCENES));
    }
    let drafts = scenes::set(&pieces, &cuts);
    let readings: Vec<Reading> = drafts.iter().map(|draft| Reading::of(&draft.narration, lexicon_of(&draft.narration, lexicon))).collect();
    let weights = Weights::of(&readings);
    let titles = titles::name(&drafts, &readings, &weights);
    let title = title.unwrap_or_else(|| titles::of_whole(&drafts, &readings, &weights, &lexicon.language));
    let scene = |((draft, reading), title): ((&Draft, &Reading), String)| {
        let visual_prompt = keywords::visual_prompt(reading, &title, &weights);
        Scene { title, narration: draft.narration.clone(), visual_prompt }
    };
    let scenes = drafts.iter().zip(&readings).zip(titles).map(scene).collect();
    Outline { title, language, scenes }
}

/// The lexicon of a scene: a text may quote another language, or be in several.
fn lexicon_of(narration: &str, whole: &'static Lexicon) -> &'static Lexicon {
    lexicon::of(&language::of_part(narration, &whole.language))
}

fn given(option: Option<&str>) -> Option<String> {
    option.map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
}

/// The pieces, as fine as the wish needs them, and what to aim at.
fn plan(blocks: &[Block], lexicon: &Lexicon, options: &Options) -> (Vec<Piece>, Aim) {
    let pieces = pieces::lay_out(blocks, lexicon, Grain::Sentences);
    if let Some(count) = options.scene_count {
        let count = usize::try_from(count).unwrap_or(MOST_SCENES).clamp(1, MOST_SCENES);
        let finer = [Grain::Clauses, Grain::Words].into_iter();
        // A heading is a title, and no scene of its own while there are words to speak.
        let few = |row: &[Piece]| row.iter().filter(|piece| !piece.is_heading).count() < count;
        let pieces = finer.fold(pieces, |row, grain| if few(&row) { pieces::lay_out(blocks, lexicon, grain) } else { row });
        return (pieces, Aim::Count(count));
    }
    let aim = options.duration_seconds.map_or(USUAL_SECONDS, |wish| {
        // The same number of scenes that a film of the wished length would have, with the words that there are.
        let spoken: f64 = pieces.iter().map(|piece| piece.seconds + piece.pause).sum();
        let count = (wish / USUAL_SECONDS).max(1.0);
        (spoken / count).clamp(COMFORTABLE.start, COMFORTABLE.end)
    });
    (pieces, Aim::Seconds(aim))
}
