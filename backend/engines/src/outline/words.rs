//! Finds words and the places between them, in scripts with spaces and without.
//!
//! Chinese is parted by jieba, which weighs whole sentences (a greedy dictionary cuts 和良心 into 和良 and 心). Japanese
//! is parted where its scripts change, Thai and its neighbours at their spaces: rough, and enough for cuts and keywords.

use std::{ops::Range, sync::LazyLock};

use jieba_rs::Jieba;
use unicode_segmentation::UnicodeSegmentation;

use super::characters::{is_cjk, is_closer, is_opener, is_southeast_asian, is_unspaced};

/// The dictionary, unpacked when the first Chinese text comes.
static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// The words of `text` as byte ranges, punctuation left out.
pub fn words(text: &str, language: &str) -> Vec<Range<usize>> {
    if !text.contains(is_unspaced) {
        return text.unicode_word_indices().map(|(at, word)| at..at + word.len()).collect();
    }
    if language == "zh" {
        return dictionary_words(text).into_iter().map(|(range, _)| range).collect();
    }
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut last = None;
    for (at, token) in text.split_word_bound_indices().filter(|(_, token)| token.contains(char::is_alphanumeric)) {
        let script = token.chars().next().map(writing);
        match words.last_mut() {
            Some(word) if word.end == at && last == script && script != Some(Writing::Spaced) => word.end += token.len(),
            _ => words.push(at..at + token.len()),
        }
        last = script;
    }
    words
}

/// The words of a Chinese text with their parts of speech in jieba's letters ("n" noun, "v" verb, "nr" name …).
pub fn dictionary_words(text: &str) -> Vec<(Range<usize>, String)> {
    let mut at = 0;
    let mut words = Vec::new();
    for tag in JIEBA.tag(text, true) {
        let range = at..at + tag.word.len();
        at = range.end;
        if tag.word.contains(char::is_alphanumeric) {
            words.push((range, tag.tag.to_owned()));
        }
    }
    words
}

/// The places inside `text` where a new word may begin a new scene: each is the byte at which the second part starts.
/// Punctuation stays with the word that it belongs to.
pub fn places(text: &str, language: &str) -> Vec<usize> {
    let spaced = text.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, c)| at + c.len_utf8());
    let mut places: Vec<usize> = spaced.filter(|at| text[*at..].starts_with(|c: char| !c.is_whitespace())).collect();
    if text.contains(is_cjk) {
        let openers = |at: usize| text[..at].trim_end_matches(|c| is_opener(c) && !is_closer(c) || matches!(c, '“' | '«')).len();
        places.extend(words(text, language).into_iter().map(|word| openers(word.start)).filter(|at| borders_unspaced(text, *at)));
        places.sort_unstable();
        places.dedup();
    }
    // Each part has a word of its own: "a — b" has one place, before the dash.
    let mut kept = Vec::new();
    let mut from = 0;
    for at in places {
        if text[from..at].contains(char::is_alphanumeric) && text[at..].contains(char::is_alphanumeric) {
            kept.push(at);
            from = at;
        }
    }
    kept
}

fn borders_unspaced(text: &str, at: usize) -> bool {
    text[..at].ends_with(is_unspaced) || text[at..].starts_with(is_unspaced)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Writing {
    Han,
    Hiragana,
    Katakana,
    SoutheastAsian,
    Spaced,
}

fn writing(c: char) -> Writing {
    match c {
        '\u{3040}'..='\u{309F}' => Writing::Hiragana,
        '\u{30A0}'..='\u{30FF}' | '\u{FF66}'..='\u{FF9F}' => Writing::Katakana,
        _ if is_southeast_asian(c) => Writing::SoutheastAsian,
        _ if is_cjk(c) => Writing::Han,
        _ => Writing::Spaced,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
        let mut parts = Vec::new();
        let mut from = 0;
        for at in places(text, language) {
            parts.push(&text[from..at]);
            from = at;
        }
        parts.push(&text[from..]);
        parts
    }

    #[test]
    fn places_keep_punctuation_with_its_word() {
        assert_eq!(split("“Well, yes” — (he said).", "en"), ["“Well, ", "yes” ", "— (he ", "said)."]);
        assert_eq!(split("他说：“自由，平等。”", "zh"), ["他", "说：", "“自由，", "平等。”"]);
        assert_eq!(split("one", "en"), ["one"]);
        assert_eq!(split("…", "en"), ["…"]);
    }

    #[test]
    fn words_without_spaces() {
        let of = |text: &'static str, language| -> Vec<&str> { words(text, language).into_iter().map(|range| &text[range]).collect() };
        assert_eq!(of("他们赋有理性和良心。", "zh"), ["他们", "赋有", "理性", "和", "良心"]);
        assert_eq!(of("東京タワーは高い。", "ja"), ["東京", "タワー", "は", "高", "い"]);
        assert_eq!(of("The hare's race", "en"), ["The", "hare's", "race"]);
        assert_eq!(of("มนุษย์ เกิดมา", "th"), ["มนุษย์", "เกิดมา"]);
    }
}
