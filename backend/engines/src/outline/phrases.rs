//! Finds the phrases of a narration that could stand alone as its title, and how well each would.
//!
//! Without a grammar, the edges of a phrase are guessed from small words and pauses: it begins where a clause or an
//! article does, and ends before a pause or a small word. What each edge is worth was set by reading titles.

use std::collections::HashSet;

use super::reading::{Class, Gap, Reading, Word};

/// A stretch of a narration, in bytes, and how well it names it.
#[derive(Clone, Copy, Debug)]
pub struct Phrase {
    pub start: usize,
    pub end: usize,
    pub score: f64,
}

/// Most words of a title.
const MOST_WORDS: usize = 9;
/// Most characters of a title in scripts whose characters are words.
const MOST_CJK: usize = 18;

/// Every phrase of at most `longest` characters that could be a title, in the order of the text.
pub fn candidates(reading: &Reading, longest: usize, weight: impl Fn(&Word) -> f64) -> Vec<Phrase> {
    let words = &reading.words;
    let longest = if reading.is_unspaced() { MOST_CJK.min(longest) } else { longest };
    let weights: Vec<f64> = words.iter().map(weight).collect();
    // Among quotations "said the Hare" names nothing, and in a play neither does the name of who speaks.
    let quotes = reading.text.contains(['"', '“', '”', '‘', '„', '«', '»', '「']) || reading.text.starts_with(['—', '\'']);
    let tells_who = |word: &Word| quotes && reading.lexicon.is_speech_verb(&word.lower);
    let is_capitals = |text: &str| text.chars().count() > 3 && text.contains(char::is_uppercase) && !text.contains(char::is_lowercase);
    let play = reading.text.contains(char::is_lowercase);
    let mut phrases = Vec::new();
    for from in 0..words.len() {
        let Some(start_score) = start_score(reading, from) else { continue };
        let most = if reading.is_unspaced() { 2 * MOST_WORDS } else { MOST_WORDS };
        for to in from + 1..=words.len().min(from + most) {
            if to > from + 1 && words[to - 1].gap == Gap::Strong {
                break;
            }
            let (start, end) = (words[from].start, words[to - 1].end);
            let chars = reading.text[start..end].chars().count();
            if chars > longest {
                break;
            }
            if tells_who(&words[to - 1]) {
                break;
            }
            if play && is_capitals(&reading.text[start..end]) {
                continue;
            }
            let Some(end_score) = end_score(reading, to) else { continue };
            let Some(inner_score) = inner_score(reading, from, to) else { continue };
            let score =
                substance(&words[from..to], &weights[from..to]) + start_score + end_score + inner_score + shape(reading, from, to, chars);
            phrases.push(Phrase { start, end, score });
        }
    }
    phrases
}

/// What its words say, without rewarding length for itself.
fn substance(words: &[Word], weights: &[f64]) -> f64 {
    let mut seen = HashSet::new();
    let (mut sum, mut count) = (0.0, 0.0_f64);
    for (word, weight) in words.iter().zip(weights) {
        if *weight > 0.0 && seen.insert(word.stem.as_str()) {
            sum += weight;
            count += 1.0;
        }
    }
    if count > 0.0 { sum / count.sqrt() } else { -5.0 }
}

/// Whether a clause begins with the word: after a pause, or after a word such as "that".
fn begins_clause(reading: &Reading, at: usize) -> bool {
    let word = &reading.words[at];
    word.gap != Gap::None || at > 0 && begins_clause_without_pause(reading, &reading.words[at - 1])
}

fn ends_clause(reading: &Reading, to: usize) -> bool {
    reading
        .words
        .get(to)
        .is_none_or(|next| next.gap != Gap::None || next.class == Class::Function && begins_clause_without_pause(reading, next))
}

/// "that", "because"; not "and", which may only join two things.
fn begins_clause_without_pause(reading: &Reading, word: &Word) -> bool {
    let lexicon = reading.lexicon;
    lexicon.begins_clause(&word.lower)
        && !lexicon.is_preposition(&word.lower)
        && (word.gap != Gap::None || !lexicon.needs_pause(&word.lower))
}

/// How well a title begins with the word; None where it can't.
fn start_score(reading: &Reading, at: usize) -> Option<f64> {
    let (word, lexicon) = (&reading.words[at], reading.lexicon);
    let clause = begins_clause(reading, at);
    let after_function = at > 0 && reading.words[at - 1].class == Class::Function;
    if lexicon.begins_clause(&word.lower) && !lexicon.is_determiner(&word.lower) {
        return None;
    }
    if reading.is_unspaced() {
        return clause.then_some(if word.class == Class::Function { -0.1 } else { 0.3 });
    }
    let first = if word.gap == Gap::Strong { 0.15 } else { 0.0 };
    let after_starter = word.gap == Gap::None && clause;
    let after_coordinator = at > 0 && lexicon.is_coordinator(&reading.words[at - 1].lower);
    match word.class {
        // "and | that the nation", ", das hatte jeder lieb": a conjunction rather than an article.
        _ if lexicon.begins_clause(&word.lower) && (word.gap == Gap::Comma || after_coordinator) => None,
        _ if lexicon.is_demonstrative(&word.lower) => clause.then_some(0.0),
        _ if lexicon.is_determiner(&word.lower) && begins_thing(reading, at) => Some(if clause { 0.55 + first } else { 0.25 }),
        _ if lexicon.is_determiner(&word.lower) && !clause => None,
        // "that that | nation": half of a thing.
        Class::Thing if after_starter && at > 1 && lexicon.begins_clause(&reading.words[at - 2].lower) => None,
        // "whose | character": half of a thing, too.
        Class::Thing if at > 0 && matches!(word_before(reading, at), "whose" | "dessen" | "deren" | "cuyo" | "cuya") => None,
        // "which | had been trained", "qui | n'est point": its subject is lost.
        Class::Function
            if after_starter
                && (matches!(word_before(reading, at), "who" | "which" | "qui" | "quien")
                    || matches!(word.lower.as_str(), "had" | "has" | "have" | "was" | "were" | "is" | "are")) =>
        {
            None
        }
        // "who | fought here": its subject is lost.
        Class::Verb if after_starter => None,
        _ if lexicon.is_preposition(&word.lower) => clause.then_some(-0.6 + first),
        // "da | hast du": half of a clause.
        Class::Function if after_starter => Some(if lexicon.language == "de" { -0.6 } else { -0.15 }),
        // They stand for someone whom the title does not name.
        Class::Function if matches!(word.lower.as_str(), "it" | "he" | "she" | "they" | "there" | "il" | "elle" | "ils" | "elles") => {
            clause.then_some(-0.4 + first)
        }
        Class::Function => clause.then_some(-0.15 + first),
        Class::Thing if clause => Some(0.45 + first),
        // "the | short feet": better with its article.
        Class::Thing if after_function && lexicon.is_determiner(&reading.words[at - 1].lower) => None,
        Class::Thing if after_function => Some(if lexicon.is_coordinator(&reading.words[at - 1].lower) { -0.2 } else { 0.15 }),
        // German has its verb first only after a clause that is left out.
        Class::Verb if clause => Some(if lexicon.language == "de" { -0.5 } else { -0.1 }),
        Class::Number if clause => Some(0.2),
        _ => None,
    }
}

fn word_before<'a>(reading: &'a Reading, at: usize) -> &'a str {
    &reading.words[at - 1].lower
}

/// Whether an article has its thing: "the race", "the very idea"; not "made her feel".
fn begins_thing(reading: &Reading, at: usize) -> bool {
    let after = reading.words[at + 1..].iter().take_while(|word| word.gap == Gap::None).take(2);
    let mut classes = after.map(|word| word.class);
    match (classes.next(), classes.next()) {
        (Some(Class::Thing | Class::Number), _) => true,
        (Some(Class::Function), Some(Class::Thing)) => !reading.lexicon.is_preposition(&reading.words[at + 1].lower),
        _ => false,
    }
}

/// How well a title ends before the word at `to`; None where it can't.
fn end_score(reading: &Reading, to: usize) -> Option<f64> {
    let last = &reading.words[to - 1];
    let clause = ends_clause(reading, to);
    match last.class {
        Class::Thing if clause => Some(0.4),
        Class::Thing => {
            let next = &reading.words[to];
            let phrase_ends = next.class == Class::Function || next.class == Class::Verb;
            let score = if reading.lexicon.is_genitive(&next.lower) {
                -0.5
            } else if reading.lexicon.is_coordinator(&next.lower) {
                -0.25
            } else if next.class == Class::Verb {
                // "A Hare one day | ridiculed"
                -0.25
            } else if reading.lexicon.has_grammar() {
                0.0
            } else {
                -0.2
            };
            phrase_ends.then_some(score)
        }
        Class::Number => clause.then_some(0.1),
        Class::Verb => clause.then_some(0.05),
        Class::Function => clause.then_some(if reading.lexicon.has_grammar() { -0.7 } else { 0.0 }),
    }
}

/// What the words between the edges do to a title; None where they part it.
fn inner_score(reading: &Reading, from: usize, to: usize) -> Option<f64> {
    let inner = &reading.words[from + 1..to];
    let commas = inner.iter().filter(|word| word.gap == Gap::Comma).count();
    if commas > 1 {
        return None;
    }
    let joins =
        inner.iter().filter(|word| reading.lexicon.begins_clause(&word.lower) && !reading.lexicon.is_determiner(&word.lower)).count();
    let goes_on = |word: &Word| {
        word.class == Class::Function && !reading.lexicon.is_determiner(&word.lower) && !reading.lexicon.is_preposition(&word.lower)
    };
    let after_comma_joins =
        inner.iter().any(|word| word.gap == Gap::Comma && (reading.lexicon.begins_clause(&word.lower) || goes_on(word)));
    let cost = [0.0, 0.2][commas] + f64::from(u8::try_from(joins).unwrap_or(u8::MAX)) * 0.15 + if after_comma_joins { 0.4 } else { 0.0 };
    // "the course and fix the goal": the name of a thing has no verb.
    let verbs = inner.iter().any(|word| word.class == Class::Verb && !word.lower.ends_with("ed") && !word.lower.ends_with("ing"));
    let torn = if verbs && !reading.is_unspaced() && !begins_clause(reading, from) { 0.5 } else { 0.0 };
    Some(-cost - torn)
}

/// What its length, its completeness and its place do for a title.
fn shape(reading: &Reading, from: usize, to: usize, chars: usize) -> f64 {
    let words = to - from;
    let whole = begins_clause(reading, from) && ends_clause(reading, to);
    // Two words between commas are hardly a clause.
    let mut score = if whole { [0.0, 0.0, 0.1, 0.4][words.min(3)] + if words > 3 { 0.3 } else { 0.0 } } else { 0.0 };
    score += f64::from(u8::try_from(4_usize.saturating_sub(reading.words[from].sentence)).unwrap_or_default()) * 0.1;
    if reading.is_unspaced() {
        return score
            - if chars < 4 {
                0.8
            } else if chars > 14 {
                0.3
            } else {
                0.0
            };
    }
    score -= match words {
        1 => 0.9,
        2 => 0.35,
        3..=6 => 0.0,
        7 => 0.1,
        8 => 0.25,
        _ => 0.5,
    };
    score - if chars > 48 { 0.3 } else { 0.0 }
}
