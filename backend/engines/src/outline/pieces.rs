//! Lays a text out as a row of pieces that are never cut, and says of each place between two of them what it costs to
//! cut there and what it costs not to.
//!
//! Costs have one unit, that of `cutting`: 1 is what a scene costs that is twice as long as it should be.

use std::iter;

use shared::pace;

use super::{
    clauses::{self, Part},
    document::{Block, Kind},
    lexicon::Lexicon,
    places::{
        GLUED, INSIDE_QUOTATION, begins_quotation, between_blocks, between_sentences, ends_quotation, is_row_of_colons, is_term,
        joint_of_blocks, lowercase_words,
    },
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
    /// It is within quotation marks, which is in `cut`.
    pub quoted: bool,
    pub joint: Joint,
}

impl Boundary {
    pub const fn new(cut: f64, keep: f64, joint: Joint) -> Self {
        Self { cut, keep, quoted: false, joint }
    }
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

/// Between what one says and what the other answers.
const REPLY: f64 = 0.8;
const INSIDE_ITEM: f64 = 1.5;
/// Before a line of verse that begins with "and".
const BEFORE_AND: f64 = 0.6;
/// Beside a sentence that is longer than a scene.
const BESIDE_LONG: f64 = 0.8;

/// The row of pieces of `blocks`. Its words are those of the blocks, in order.
pub fn lay_out(blocks: &[Block], lexicon: &Lexicon, grain: Grain) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut depth = 0;
    for (i, block) in blocks.iter().enumerate() {
        let mut before = match i.checked_sub(1).map(|previous| &blocks[previous]) {
            Some(previous) if is_row_of_colons(blocks, i) => Boundary::new(0.1, 0.0, joint_of_blocks(previous, block)),
            Some(previous) => between_blocks(previous, block, blocks.get(i + 1)),
            None => Boundary::new(0.0, 0.0, Joint::Nothing),
        };
        // In verse a quotation runs on over lines; elsewhere each paragraph opens it anew.
        depth = if block.kind == Kind::Line && !block.apart { depth } else { 0 };
        if block.kind == Kind::Line
            && !block.apart
            && lowercase_words(&block.text, 1, lexicon).iter().any(|word| lexicon.is_coordinator(word))
        {
            before.cut += BEFORE_AND;
        }
        if depth > 0 {
            before.cut += INSIDE_QUOTATION;
            before.quoted = true;
        }
        depth = (depth + depth_change(&block.text)).max(0);
        lay_out_block(block, before, lexicon, grain, &mut pieces);
    }
    let mut pieces = with_words(pieces, lexicon);
    pause_at_joints(&mut pieces);
    open_long_quotations(&mut pieces);
    pieces
}

/// A new line is a pause, too, where no mark of the text makes one.
fn pause_at_joints(pieces: &mut [Piece]) {
    for i in 1..pieces.len() {
        let joint = pieces[i].before.joint.as_str();
        pieces[i - 1].pause = pieces[i - 1].pause.max(pace::pause_after_seconds(joint, 1.0));
    }
}

/// What is quoted stays together where it can. Where all of it would be longer than a scene, it is text like any other.
fn open_long_quotations(pieces: &mut [Piece]) {
    let mut from = 0;
    while from < pieces.len() {
        let run = 1 + pieces[from + 1..].iter().take_while(|piece| piece.before.quoted).count();
        let seconds: f64 = pieces[from..from + run].iter().map(|piece| piece.seconds + piece.pause).sum();
        if seconds > LONGEST {
            for piece in &mut pieces[from + 1..from + run] {
                piece.before.cut -= INSIDE_QUOTATION;
            }
        }
        from += run;
    }
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
    // How many quotations have followed each other, with nobody named between them.
    let mut turns = 0;
    for (i, range) in ranges.iter().enumerate() {
        let sentence = &block.text[range.clone()];
        if i > 0 {
            let previous = &block.text[ranges[i - 1].clone()];
            let mut cut = between_sentences(previous, sentence, depth, lexicon);
            turns = if depth == 0 && ends_quotation(previous) && begins_quotation(sentence) { turns + 1 } else { 0 };
            if turns % 2 == 1 {
                cut += REPLY;
            }
            if block.kind == Kind::Item {
                cut += if is_term(previous) { GLUED } else { INSIDE_ITEM };
            }
            boundary = Boundary { quoted: depth > 0, ..Boundary::new(cut, 0.0, joint(previous, sentence)) };
        }
        depth = (depth + depth_change(sentence)).max(0);
        if is_heading {
            pieces.push(piece(sentence, boundary, true, lexicon));
            continue;
        }
        // What is too long for one scene has scenes of its own: no end of it shares one with what comes next.
        let is_long = |text: &str| pace::speech_seconds(text, &lexicon.language, 1.0) > LONGEST;
        if i > 0 && (is_long(sentence) || is_long(&block.text[ranges[i - 1].clone()])) {
            boundary.keep += BESIDE_LONG;
        }
        lay_out_sentence(sentence, boundary, lexicon, grain, pieces);
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
            // Where a quotation is cut in any case, `open_long_quotations` takes this off again.
            let quoted = before.quoted;
            let cut = part.cost + if quoted { INSIDE_QUOTATION } else { 0.0 };
            boundary = Boundary { quoted, ..Boundary::new(cut, 0.0, joint) };
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
