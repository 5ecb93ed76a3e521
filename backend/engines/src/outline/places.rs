//! What the places between sentences and between blocks cost: to cut there, and not to.

use unicode_segmentation::UnicodeSegmentation;

use super::{
    characters::is_closer,
    document::{Block, Kind},
    lexicon::Lexicon,
    pieces::{Boundary, Joint},
    sentences, words,
};

const AFTER_SENTENCE: f64 = 0.35;
pub const INSIDE_QUOTATION: f64 = 1.2;
/// Nothing is worth parting a heading from its text, or a speaker from the words.
pub const GLUED: f64 = 5.0;
/// Longest item, in characters, that is only named: longer ones say something.
const LONGEST_NAME: usize = 40;

pub fn between_sentences(previous: &str, next: &str, depth: i32, lexicon: &Lexicon) -> f64 {
    let mut cost = AFTER_SENTENCE;
    let quotation_ends = ends_quotation(previous);
    let first_words: Vec<String> = lowercase_words(next, 5, lexicon);
    let begins_quotation = begins_quotation(next);
    if depth > 0 {
        // The speaker is named before or after: the further words would lose him.
        cost += INSIDE_QUOTATION;
    }
    if quotation_ends && !begins_quotation {
        let names_speaker = !introduces_quotation(next) && first_words.iter().any(|word| lexicon.is_speech_verb(word));
        cost += if names_speaker { GLUED } else { 0.25 };
    }
    if !quotation_ends && begins_quotation && lowercase_words(previous, 40, lexicon).iter().any(|word| lexicon.is_speech_verb(word)) {
        cost += 0.4;
    }
    if previous.trim_end().ends_with(['?', '？', '؟']) {
        // A question and its answer.
        cost += 0.1;
    }
    if first_words.first().is_some_and(|word| lexicon.is_stop(word) && !lexicon.is_determiner(word)) {
        // "He", "It", "But": it leans on what was said.
        cost += 0.1;
    }
    cost
}

/// 妻子问道：“…”: whom it names speaks next, and did not speak before.
fn introduces_quotation(text: &str) -> bool {
    let opens = text.find(['"', '“', '‘', '„', '«', '»', '「', '『']);
    opens.is_some_and(|at| text[..at].trim_end().ends_with([':', '：']))
}

pub fn ends_quotation(text: &str) -> bool {
    text.trim_end().ends_with(|c| is_closer(c) && c != ')' || c == '"')
}

pub fn begins_quotation(text: &str) -> bool {
    text.trim_start().starts_with(['"', '“', '‘', '„', '«', '»', '「', '『', '—', '–'])
}

/// The term that an item is about, before what it says of it: "2. Silence."
pub fn is_term(text: &str) -> bool {
    text.unicode_words().count() <= 4
}

/// An item that is more than a name, and may have a scene of its own.
fn says_something(item: &Block) -> bool {
    item.text.chars().filter(|c| !c.is_whitespace()).count() > LONGEST_NAME
        || sentences::ends_as_sentence(&item.text) && item.text.unicode_words().count() > 5
}

pub fn joint_of_blocks(previous: &Block, next: &Block) -> Joint {
    if next.apart || previous.kind == Kind::Paragraph && next.kind == Kind::Paragraph { Joint::Paragraph } else { Joint::Line }
}

pub fn between_blocks(previous: &Block, next: &Block, after: Option<&Block>) -> Boundary {
    let (cut, keep) = if let Kind::Heading(level) = next.kind {
        let glued = matches!(previous.kind, Kind::Heading(_));
        if glued { (GLUED, 0.0) } else { (0.0, if level <= 2 { 5.0 } else { 3.5 }) }
    } else if matches!(previous.kind, Kind::Heading(_)) {
        (10.0 * GLUED, 0.0)
    } else if next.after_rule {
        (0.0, 2.5)
    } else if previous.text.ends_with([':', '：']) || is_cue(previous, Some(next)) {
        (GLUED, 0.0)
    } else if is_cue(next, after) {
        // Who is named next answers.
        if is_question(&previous.text) { (0.6, 0.2) } else { (0.0, 1.5) }
    } else {
        match (previous.kind, next.kind) {
            (Kind::Item, Kind::Item) if says_something(previous) && says_something(next) => (0.0, 0.7),
            (Kind::Item, Kind::Item) => (0.5, 0.0),
            (_, Kind::Item) => (1.0, 0.0),
            (Kind::Item, _) => (0.1, 0.3),
            (_, _) if next.apart => (answer(previous, next), 0.3),
            (Kind::Line, Kind::Line) => (after_line(&previous.text), 0.0),
            (_, _) => (0.1 + answer(previous, next), 0.15),
        }
    };
    Boundary::new(cut, keep, joint_of_blocks(previous, next))
}

/// A short line without a full stop, alone on its line: a title, or the name of who speaks next.
fn is_cue(block: &Block, next: Option<&Block>) -> bool {
    let short = block.text.chars().count() <= 60
        && !sentences::ends_as_sentence(&block.text)
        && !block.text.ends_with([',', ';', '،', '，', '”', '"', '»', '«', '」', '’']);
    let Some(next) = next.filter(|_| short && block.apart) else { return false };
    match block.kind {
        Kind::Paragraph => {
            next.apart && matches!(next.kind, Kind::Paragraph | Kind::Line | Kind::Item) && next.text.len() > block.text.len()
        }
        Kind::Line => !next.apart && is_capitals(&block.text) && !is_capitals(&next.text),
        _ => false,
    }
}

fn is_capitals(text: &str) -> bool {
    text.contains(char::is_uppercase) && !text.contains(char::is_lowercase)
}

/// A question in a dialogue and the answer on the next line.
fn answer(previous: &Block, next: &Block) -> f64 {
    let question = is_question(&previous.text);
    let speech = next.text.starts_with(['"', '“', '‘', '„', '«', '»', '「', '『', '—', '–', '-']);
    if question && speech { 0.3 } else { 0.0 }
}

fn is_question(text: &str) -> bool {
    text.trim_end_matches(|c: char| is_closer(c) || c == '"' || c.is_whitespace()).ends_with(['?', '？', '؟'])
}

fn after_line(line: &str) -> f64 {
    if sentences::ends_as_sentence(line) {
        AFTER_SENTENCE + 0.1
    } else if line.ends_with([';', '؛', '；']) {
        0.6
    } else if line.ends_with([',', ':', '—', '،', '，', '、']) {
        1.6
    } else {
        2.2
    }
}

/// In a row of paragraphs that end with colons none leads to the next but the first: they are the items of a list.
pub fn is_row_of_colons(blocks: &[Block], next: usize) -> bool {
    let colon = |i: usize| blocks[i].kind == Kind::Paragraph && blocks[i].text.ends_with([':', '：']);
    next >= 2 && colon(next - 1) && colon(next - 2)
}

pub fn lowercase_words(text: &str, count: usize, lexicon: &Lexicon) -> Vec<String> {
    let end = text.char_indices().nth(count * 12).map_or(text.len(), |(at, _)| at);
    words::words(&text[..end], &lexicon.language).into_iter().take(count).map(|word| text[word].to_lowercase()).collect()
}
