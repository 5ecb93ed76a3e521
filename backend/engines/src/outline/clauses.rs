//! Finds where a sentence may be cut when it must be: after punctuation first, between words else, and how much worse
//! each place is than the next.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::{
    characters::{is_closer, is_opener, is_southeast_asian, is_unspaced},
    lexicon::Lexicon,
    words,
};

/// A part of a sentence, and what it costs to cut before it. The first part of a sentence costs nothing here.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub range: Range<usize>,
    pub cost: f64,
}

/// Costs of a cut, in the unit of `cutting`: a sentence's end costs about a third of one.
const AFTER_SEMICOLON: f64 = 2.0;
const AFTER_COLON: f64 = 2.6;
const AFTER_DASH: f64 = 2.6;
/// A dash that a capital follows at once: "of the governed, --That whenever …".
const BEFORE_CAPITAL: f64 = 1.5;
const AFTER_COMMA: f64 = 3.2;
const AFTER_SPACE_OF_THAI: f64 = 3.0;
const BEFORE_BRACKET: f64 = 1.5;
const BETWEEN_WORDS: f64 = 6.0;
const INSIDE_A_WORD: f64 = 20.0;
/// A comma before "and", "that", "because" …
const BEFORE_CLAUSE: f64 = -0.8;
/// "and" and "but" lean less on what was said than "that" and "which".
const BEFORE_COORDINATOR: f64 = -0.3;
/// A cut within quotation marks or brackets.
const INSIDE_QUOTE: f64 = 0.6;
/// A cut that leaves a part of two or three words.
const FRAGMENT: f64 = 2.0;
/// Each word with which two neighbours in a row of like parts begin alike: "it was the age …, it was the age …".
const ALIKE: f64 = 0.3;
/// Where such a row ends.
const ROW_ENDS: f64 = -1.2;
/// Where the last part begins of a sentence that began with "when", "if" …: its main clause.
const MAIN_CLAUSE: f64 = -0.8;
/// Between a verb and what it is done to, when something stands between them: "to assume among the powers of the
/// earth, the separate and equal station".
const BEFORE_OBJECT: f64 = 1.5;

/// Cuts `text` after its semicolons, colons, dashes and commas.
pub fn clauses(text: &str, lexicon: &Lexicon) -> Vec<Part> {
    let mut cuts: Vec<(usize, f64)> = Vec::new();
    let mut depth = 0_i32;
    let mut previous = None;
    let mut from = 0;
    for (at, c) in text.char_indices() {
        let next = text[at + c.len_utf8()..].chars().next();
        depth = (depth + i32::from(opens(c, previous, next)) - i32::from(closes(c, previous, next))).max(0);
        let base = cost_after(c, previous, next);
        previous = Some(c);
        let Some(base) = base else { continue };
        let Some(start) = start_of_next(text, at + c.len_utf8()) else { continue };
        let (Some(before), Some(after)) = (text.get(from..start), text.get(start..)) else { continue };
        if !before.contains(char::is_alphanumeric) || !after.contains(char::is_alphanumeric) {
            continue;
        }
        if after.starts_with(['(', '（']) {
            // What a bracket adds may as well come next.
            cuts.push((start, BEFORE_BRACKET + if depth > 0 { INSIDE_QUOTE } else { 0.0 }));
            from = start;
            continue;
        }
        let starter = match first_word(after, &lexicon.language) {
            Some(word) if lexicon.is_coordinator(&word) => BEFORE_CLAUSE + BEFORE_COORDINATOR,
            Some(word) if lexicon.begins_clause(&word) => BEFORE_CLAUSE,
            _ => 0.0,
        };
        let inside = if depth > 0 { INSIDE_QUOTE } else { 0.0 };
        cuts.push((start, base + starter + inside));
        from = start;
    }
    let mut parts = parts(text, &cuts);
    mind_rows(text, &mut parts, lexicon);
    parts
}

/// Speeches and poems build rows of parts that begin alike: a scene holds a row, or a pair of it, rather than a half.
fn mind_rows(text: &str, parts: &mut [Part], lexicon: &Lexicon) {
    if parts.len() < 2 || text.contains(is_unspaced) {
        return;
    }
    let words: Vec<Vec<String>> =
        parts.iter().map(|part| text[part.range.clone()].unicode_words().map(str::to_lowercase).collect()).collect();
    let alike = |i: usize| words[i - 1].iter().zip(&words[i]).take(4).take_while(|(a, b)| a == b).count();
    for i in 1..parts.len() {
        let common = alike(i);
        parts[i].cost += f64::from(u8::try_from(common).unwrap_or(4)) * ALIKE;
        if common == 0 && i > 1 && alike(i - 1) > 0 {
            parts[i].cost += ROW_ENDS;
        }
        let begins_thing = words[i].first().is_some_and(|word| lexicon.is_determiner(word));
        if begins_thing && lexicon.language == "en" && waits_for_object(&words[i - 1], lexicon) {
            parts[i].cost += BEFORE_OBJECT;
        }
    }
    let first = words[0].first().map_or("", String::as_str);
    let last = parts.len() - 1;
    if lexicon.begins_clause(first) && !lexicon.needs_pause(first) && words[last].len() > 5 {
        parts[last].cost += MAIN_CLAUSE;
    }
}

/// "to assume among the powers": a verb with a preposition right behind it, in English.
fn waits_for_object(words: &[String], lexicon: &Lexicon) -> bool {
    words.windows(3).any(|three| three[0] == "to" && !lexicon.is_stop(&three[1]) && lexicon.is_preposition(&three[2]))
}

/// Cuts `text` before each of its words, better where a clause or a phrase begins.
pub fn between_words(text: &str, lexicon: &Lexicon) -> Vec<Part> {
    let places = words::places(text, &lexicon.language);
    let mut cuts = Vec::with_capacity(places.len());
    for (i, &at) in places.iter().enumerate() {
        let word_at =
            |from: usize, to: usize| text.get(from..to).unwrap_or_default().trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let before = word_at(if i == 0 { 0 } else { places[i - 1] }, at);
        let after = word_at(at, places.get(i + 1).copied().unwrap_or(text.len()));
        let mut cost = BETWEEN_WORDS;
        if lexicon.begins_clause(&after) {
            cost -= 1.5;
        } else if lexicon.is_preposition(&after) {
            cost -= 1.0;
        }
        if lexicon.is_stop(&before) {
            cost += 1.5;
        }
        cuts.push((at, cost));
    }
    parts(text, &cuts)
}

/// Cuts a word that is longer than a scene into equal parts of whole graphemes.
pub fn inside_a_word(text: &str, count: usize) -> Vec<Part> {
    let starts: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).collect();
    let count = count.clamp(1, starts.len().max(1));
    let cuts: Vec<(usize, f64)> = (1..count).filter_map(|i| starts.get(i * starts.len() / count)).map(|at| (*at, INSIDE_A_WORD)).collect();
    parts(text, &cuts)
}

fn parts(text: &str, cuts: &[(usize, f64)]) -> Vec<Part> {
    let mut parts = Vec::with_capacity(cuts.len() + 1);
    let (mut from, mut cost) = (0, 0.0);
    for &(at, next_cost) in cuts {
        parts.push(Part { range: from..at, cost });
        (from, cost) = (at, next_cost);
    }
    parts.push(Part { range: from..text.len(), cost });
    penalise_fragments(text, &mut parts);
    parts
}

/// "of the people, by the people": a short part next to a cut makes it a worse one, and more so the one before it, since
/// short parts lean on what follows ("in short, the period was …").
fn penalise_fragments(text: &str, parts: &mut [Part]) {
    let short: Vec<bool> = parts.iter().map(|part| is_fragment(&text[part.range.clone()])).collect();
    for i in 1..parts.len() {
        if parts[i].cost < BETWEEN_WORDS - 2.0 && (short[i] || short[i - 1]) {
            parts[i].cost += if short[i - 1] { FRAGMENT } else { FRAGMENT / 2.0 };
        }
    }
}

fn is_fragment(text: &str) -> bool {
    match text.chars().find(|c| c.is_alphabetic()) {
        Some(c) if is_unspaced(c) => text.chars().filter(|c| c.is_alphanumeric()).count() < 6,
        _ => text.unicode_words().count() < 4,
    }
}

/// The first word, in lower case.
fn first_word(text: &str, language: &str) -> Option<String> {
    let end = text.char_indices().nth(30).map_or(text.len(), |(at, _)| at);
    words::words(&text[..end], language).into_iter().next().map(|word| text[word].to_lowercase())
}

fn cost_after(c: char, previous: Option<char>, next: Option<char>) -> Option<f64> {
    let spaced = next.is_none_or(|n| n.is_whitespace() || is_closer(n) || n == '"');
    match c {
        ';' | '؛' if spaced => Some(AFTER_SEMICOLON),
        '；' => Some(AFTER_SEMICOLON),
        ':' if spaced => Some(AFTER_COLON),
        '：' => Some(AFTER_COLON),
        ',' | '،' if spaced => Some(AFTER_COMMA),
        '，' => Some(AFTER_COMMA),
        '、' => Some(AFTER_COMMA + 0.6),
        '—' | '–' if spaced || c == '—' && next != Some('—') => Some(AFTER_DASH),
        '-' if previous == Some('-') && next.is_some_and(char::is_uppercase) => Some(BEFORE_CAPITAL),
        '-' if previous == Some('-') && next != Some('-') => Some(AFTER_DASH),
        '…' if spaced || previous == Some('…') => Some(AFTER_DASH),
        // Marks that ended no sentence: within a quotation, after an abbreviation.
        '!' | '?' | '！' | '？' | '。' | '।' | '؟' if spaced || is_unspaced(c) => Some(AFTER_COMMA),
        ' ' if previous.is_some_and(is_southeast_asian) => Some(AFTER_SPACE_OF_THAI),
        _ => None,
    }
}

/// Where the next part begins after a mark at `at`: behind what closes and behind the space. None at the end, or where
/// more punctuation follows that will be the better place.
fn start_of_next(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let spaced = rest.starts_with(char::is_whitespace);
    let after_closers = if spaced { rest } else { without_closers(rest) };
    let next = after_closers.trim_start();
    let begins = next.chars().next().is_some_and(|c| c.is_alphanumeric() || is_opener(c) || matches!(c, '"' | '\'' | '’'));
    begins.then(|| text.len() - next.len())
}

/// `text` without the marks that close at its beginning. What a letter follows opens instead: “ and « close in German.
fn without_closers(text: &str) -> &str {
    let mut rest = text;
    while let Some(c) = rest.chars().next().filter(|&c| is_closer(c) || c == '"') {
        let after = &rest[c.len_utf8()..];
        if matches!(c, '“' | '«' | '"') && after.starts_with(char::is_alphanumeric) {
            break;
        }
        rest = after;
    }
    rest
}

/// Whether `c` opens a quotation or a bracket where it stands. Quotation marks point differently by language, so that
/// what stands around them decides.
pub fn opens(c: char, previous: Option<char>, next: Option<char>) -> bool {
    let free_before =
        previous.is_none_or(|p| p.is_whitespace() || is_opener(p) || matches!(p, '—' | '–' | '-' | ':' | '：' | '，' | ',' | '。'));
    match c {
        '"' | '“' | '‘' => free_before && next.is_some_and(|n| !n.is_whitespace()),
        '«' => previous.is_none_or(|p| !p.is_alphanumeric() && !matches!(p, '.' | '!' | '?' | ',' | '…')),
        '»' => free_before && next.is_some_and(char::is_alphanumeric),
        '„' | '‹' | '「' | '『' | '(' | '[' | '（' | '［' | '【' => true,
        _ => false,
    }
}

/// Whether `c` closes one: see [`opens`].
pub fn closes(c: char, previous: Option<char>, next: Option<char>) -> bool {
    match c {
        '"' | '“' | '«' | '»' => !opens(c, previous, next),
        // After a letter it is an apostrophe.
        '’' => previous.is_some_and(|p| !p.is_alphanumeric() && !p.is_whitespace() && !is_opener(p)),
        '”' | '›' | '」' | '』' | ')' | ']' | '）' | '］' | '】' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::lexicon, *};

    fn split<'a>(text: &'a str, parts: &[Part]) -> Vec<&'a str> {
        parts.iter().map(|part| text[part.range.clone()].trim()).collect()
    }

    #[test]
    fn clauses_end_at_punctuation() {
        let text = "He came, and he saw; then (as ever, so they say) he won: “Good,” he said — it cost 1,000 crowns.";
        let parts = clauses(text, lexicon::of("en"));
        let expected =
            ["He came,", "and he saw;", "then (as ever,", "so they say) he won:", "“Good,”", "he said —", "it cost 1,000 crowns."];
        assert_eq!(split(text, &parts), expected);
        assert_eq!(split("自由，平等；尊严。", &clauses("自由，平等；尊严。", lexicon::of("zh"))), ["自由，", "平等；", "尊严。"]);
        assert_eq!(split("حر، متساو؛ كريم", &clauses("حر، متساو؛ كريم", lexicon::of("ar"))), ["حر،", "متساو؛", "كريم"]);
    }

    #[test]
    fn a_comma_before_a_conjunction_is_better_than_one_in_a_row() {
        let text = "the government of the people here, by the people themselves, and that the nation shall have a new birth";
        let parts = clauses(text, lexicon::of("en"));
        assert!(parts[2].cost < parts[1].cost, "{parts:?}");
    }

    #[test]
    fn words_part_before_small_words_rather_than_after() {
        let text = "the winding road to the golden city and the sea";
        let parts = between_words(text, lexicon::of("en"));
        let cost = |word: &str| parts.iter().find(|part| text[part.range.clone()].trim() == word).unwrap().cost;
        assert!(cost("and") < cost("city") && cost("to") < cost("road") && cost("sea") > cost("road"));
    }

    #[test]
    fn a_monstrous_word_falls_into_whole_graphemes() {
        let text = "नि".repeat(10);
        let parts = inside_a_word(&text, 3);
        assert_eq!(parts.len(), 3);
        assert!(parts.iter().all(|part| text[part.range.clone()].starts_with('न')));
        assert_eq!(inside_a_word("a", 5).len(), 1);
    }
}
