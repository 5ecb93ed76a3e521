//! Lays a text out as a row of pieces that are never cut, and says of each place between two of them what it costs to
//! cut there and what it costs not to.
//!
//! Costs have one unit, that of `cutting`: 1 is what a scene costs that is twice as long as it should be.

use std::iter;

use shared::pace;

use super::{
    characters::is_closer,
    clauses::{self, Part},
    document::{Block, Kind},
    lexicon::Lexicon,
    sentences,
};

/// Longest scene, in seconds of speech, where it can be helped.
pub const LONGEST: f64 = 20.0;
/// Shortest scene, in seconds of speech, where it can be helped.
pub const SHORTEST: f64 = 2.0;

/// What stays in one scene: a sentence, or a part of one that is too long.
#[derive(Clone, Debug)]
pub struct Piece {
    pub text: String,
    /// Seconds to speak it.
    pub seconds: f64,
    /// Seconds of silence after it, when more follows.
    pub pause: f64,
    pub is_heading: bool,
    /// What stands between it and the piece before.
    pub before: Boundary,
}

/// The place between two pieces.
#[derive(Clone, Copy, Debug)]
pub struct Boundary {
    /// Cost of a cut here.
    pub cut: f64,
    /// Cost of having this place inside a scene.
    pub keep: f64,
    pub joint: Joint,
}

/// How two pieces are set when they stand in one scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    Nothing,
    Space,
    Line,
    Paragraph,
}

impl Joint {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Space => " ",
            Self::Line => "\n",
            Self::Paragraph => "\n\n",
        }
    }
}

/// How finely a text is taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grain {
    /// Into sentences; only those that are longer than a scene go further.
    Sentences,
    Clauses,
    Words,
}

const AFTER_SENTENCE: f64 = 0.35;
const INSIDE_QUOTATION: f64 = 1.2;
/// Nothing is worth parting a heading from its text, or a speaker from the words.
const GLUED: f64 = 5.0;

/// The row of pieces of `blocks`. Its words are those of the blocks, in order.
pub fn lay_out(blocks: &[Block], lexicon: &Lexicon, grain: Grain) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut depth = 0;
    for (i, block) in blocks.iter().enumerate() {
        let mut before = match i.checked_sub(1).map(|previous| &blocks[previous]) {
            Some(previous) => between_blocks(previous, block, blocks.get(i + 1)),
            None => Boundary { cut: 0.0, keep: 0.0, joint: Joint::Nothing },
        };
        // In verse a quotation runs on over lines; elsewhere each paragraph opens it anew.
        depth = if block.kind == Kind::Line && !block.apart { depth } else { 0 };
        if depth > 0 {
            before.cut += INSIDE_QUOTATION;
        }
        depth = (depth + depth_change(&block.text)).max(0);
        lay_out_block(block, before, lexicon, grain, &mut pieces);
    }
    with_words(pieces, lexicon)
}

/// Joins pieces without a word (a stray dash, a line of stars) to the one before, or the first to the one after: there
/// is nothing to speak in them, and so no scene.
fn with_words(pieces: Vec<Piece>, lexicon: &Lexicon) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
    for next in pieces {
        let wordless = |piece: &Piece| !piece.text.contains(char::is_alphanumeric);
        match joined.last_mut() {
            Some(last) if wordless(&next) && !last.is_heading || wordless(last) && !next.is_heading => {
                let text = format!("{}{}{}", last.text, next.before.joint.as_str(), next.text);
                *last = piece(&text, last.before, false, lexicon);
            }
            _ => joined.push(next),
        }
    }
    joined
}

fn lay_out_block(block: &Block, before: Boundary, lexicon: &Lexicon, grain: Grain, pieces: &mut Vec<Piece>) {
    let is_heading = matches!(block.kind, Kind::Heading(_));
    let mut boundary = before;
    let ranges = if is_heading { iter::once(0..block.text.len()).collect() } else { sentences::sentences(&block.text, lexicon) };
    let mut depth = 0;
    for (i, range) in ranges.iter().enumerate() {
        let sentence = &block.text[range.clone()];
        if i > 0 {
            let previous = &block.text[ranges[i - 1].clone()];
            let cut = between_sentences(previous, sentence, depth, lexicon);
            boundary = Boundary { cut, keep: 0.0, joint: joint(previous, sentence) };
        }
        depth = (depth + depth_change(sentence)).max(0);
        if is_heading {
            pieces.push(piece(sentence, boundary, true, lexicon));
        } else {
            lay_out_sentence(sentence, boundary, lexicon, grain, pieces);
        }
    }
}

fn lay_out_sentence(text: &str, before: Boundary, lexicon: &Lexicon, grain: Grain, pieces: &mut Vec<Piece>) {
    let seconds = |text: &str| pace::speech_seconds(text, &lexicon.language, 1.0);
    if grain == Grain::Sentences && seconds(text) <= LONGEST {
        return pieces.push(piece(text, before, false, lexicon));
    }
    let mut fine: Vec<Part> = Vec::new();
    for clause in clauses::clauses(text, lexicon) {
        let clause_text = &text[clause.range.clone()];
        if grain < Grain::Words && seconds(clause_text) <= LONGEST {
            fine.push(clause);
            continue;
        }
        for word in clauses::between_words(clause_text, lexicon) {
            let word_text = &clause_text[word.range.clone()];
            let length = seconds(word_text);
            let count = if length > LONGEST { (length / LONGEST * 2.0).ceil() } else { 1.0 };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive whole number")]
            for part in clauses::inside_a_word(word_text, count as usize) {
                let offset = clause.range.start + word.range.start;
                let cost = if part.range.start > 0 {
                    part.cost
                } else if word.range.start > 0 {
                    word.cost
                } else {
                    clause.cost
                };
                fine.push(Part { range: offset + part.range.start..offset + part.range.end, cost });
            }
        }
    }
    if grain < Grain::Words {
        fine = gather(text, fine, &seconds);
    }
    let mut boundary = before;
    for (i, part) in fine.iter().enumerate() {
        if i > 0 {
            let joint = joint(&text[fine[i - 1].range.clone()], &text[part.range.clone()]);
            boundary = Boundary { cut: part.cost, keep: 0.0, joint };
        }
        pieces.push(piece(&text[part.range.clone()], boundary, false, lexicon));
    }
}

/// Gathers parts that are shorter than the shortest scene, at their worst places first to go: they would never stand
/// alone, and a text without punctuation would have a piece for every word.
fn gather(text: &str, parts: Vec<Part>, seconds: &impl Fn(&str) -> f64) -> Vec<Part> {
    let mut gathered: Vec<Part> = Vec::new();
    let mut length = 0.0;
    let mut parts = parts.into_iter().peekable();
    while let Some(part) = parts.next() {
        let own = seconds(&text[part.range.clone()]);
        let better_follows = parts.peek().is_some_and(|next| next.cost < part.cost) && length + own < 2.0 * SHORTEST;
        match gathered.last_mut() {
            Some(last) if part.cost > 3.5 && (length < SHORTEST || better_follows) && length + own <= LONGEST => {
                last.range.end = part.range.end;
                length += own;
            }
            _ => {
                gathered.push(part);
                length = own;
            }
        }
    }
    gathered
}

fn piece(text: &str, before: Boundary, is_heading: bool, lexicon: &Lexicon) -> Piece {
    let text = text.trim();
    Piece {
        text: text.to_owned(),
        seconds: pace::speech_seconds(text, &lexicon.language, 1.0),
        pause: pace::pause_after_seconds(text, 1.0),
        is_heading,
        before,
    }
}

fn joint(previous: &str, next: &str) -> Joint {
    if previous.ends_with(char::is_whitespace) || next.starts_with(char::is_whitespace) { Joint::Space } else { Joint::Nothing }
}

fn between_sentences(previous: &str, next: &str, depth: i32, lexicon: &Lexicon) -> f64 {
    let mut cost = AFTER_SENTENCE;
    let quotation_ends = previous.trim_end().ends_with(|c| is_closer(c) && c != ')' || c == '"');
    let first_words: Vec<String> = lowercase_words(next, 5, lexicon);
    let begins_quotation = next.trim_start().starts_with(['"', '“', '„', '«', '»', '「', '『', '—', '–']);
    if depth > 0 {
        // The speaker is named before or after: the further words would lose him.
        cost += INSIDE_QUOTATION;
    }
    if quotation_ends && !begins_quotation {
        cost += if first_words.iter().any(|word| lexicon.is_speech_verb(word)) { GLUED } else { 0.25 };
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

fn between_blocks(previous: &Block, next: &Block, after: Option<&Block>) -> Boundary {
    let joint = if next.apart || previous.kind == Kind::Paragraph && next.kind == Kind::Paragraph { Joint::Paragraph } else { Joint::Line };
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
        (0.0, 1.5)
    } else {
        match (previous.kind, next.kind) {
            (Kind::Item, Kind::Item) => (0.5, 0.0),
            (_, Kind::Item) => (1.0, 0.0),
            (Kind::Item, _) => (0.1, 0.3),
            (_, _) if next.apart => (answer(previous, next), 0.3),
            (Kind::Line, Kind::Line) => (after_line(&previous.text), 0.0),
            (_, _) => (0.1 + answer(previous, next), 0.15),
        }
    };
    Boundary { cut, keep, joint }
}

/// A short line without a full stop, alone on its line: a title, or the name of who speaks next.
fn is_cue(block: &Block, next: Option<&Block>) -> bool {
    let short = block.text.chars().count() <= 60
        && !sentences::ends_as_sentence(&block.text)
        && !block.text.ends_with([',', ';', '،', '，', '”', '"', '»', '」']);
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
    let question = previous.text.trim_end_matches(|c| is_closer(c) || c == '"').ends_with(['?', '？', '؟']);
    let speech = next.text.starts_with(['"', '“', '„', '«', '»', '「', '『', '—', '–', '-']);
    if question && speech { 0.3 } else { 0.0 }
}

fn after_line(line: &str) -> f64 {
    if sentences::ends_as_sentence(line) {
        AFTER_SENTENCE + 0.1
    } else if line.ends_with([',', ';', ':', '—', '،', '，', '；', '、']) {
        1.6
    } else {
        2.2
    }
}

fn depth_change(text: &str) -> i32 {
    let mut depth = 0;
    let mut previous = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        depth += i32::from(clauses::opens(c, previous, next)) - i32::from(clauses::closes(c, previous, next));
        previous = Some(c);
    }
    depth
}

fn lowercase_words(text: &str, count: usize, lexicon: &Lexicon) -> Vec<String> {
    let end = text.char_indices().nth(count * 12).map_or(text.len(), |(at, _)| at);
    super::words::words(&text[..end], &lexicon.language).into_iter().take(count).map(|word| text[word].to_lowercase()).collect()
}
