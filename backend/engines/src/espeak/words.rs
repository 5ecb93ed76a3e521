//! The words of a narration, exactly as they stand there, and when each is spoken.
//!
//! Dividing the text is here, and laying espeak-ng's times over it; espeak-ng's own idea of a word (`1863` is five, `of
//! the` is one) does not come out of here.

use std::ops::Range;

use shared::audio::Word;
use unicode_segmentation::UnicodeSegmentation;

use super::{
    speakable::{Speakable, is_sayable},
    worker::Timings,
};

/// When each word is spoken, in seconds from the first sample of the synthesis, which lasts `length` seconds.
///
/// The words are slices of the narration in order, with nothing but white space between them. They do not overlap:
/// a word ends where the next one begins, or where the pause before that begins.
pub fn timed(narration: &str, spoken: &Speakable, timings: &Timings, length: f64) -> Vec<Word> {
    let words = divide(narration);
    let end = milliseconds(length);
    let mut timed = Vec::with_capacity(words.len());
    for group in groups(&words, spoken, timings, end) {
        let texts: Vec<&str> = words[group.words].iter().map(|range| &narration[range.clone()]).collect();
        let weights: Vec<f64> = texts.iter().map(|text| weight(text)).collect();
        let total: f64 = weights.iter().sum();
        let mut said = 0.0;
        for (text, weight) in texts.into_iter().zip(weights) {
            let at = |said: f64| (f64::from(group.start) + f64::from(group.end - group.start) * said / total) / 1000.0;
            timed.push(Word { text: text.to_owned(), start_seconds: at(said), end_seconds: at(said + weight) });
            said += weight;
        }
    }
    timed
}

/// Words that share one stretch of speech, in milliseconds.
struct Group {
    words: Range<usize>,
    start: u32,
    end: u32,
}

/// A group begins at each word that espeak-ng tells the beginning of, and holds the words after it of which it tells
/// none.
fn groups(words: &[Range<usize>], spoken: &Speakable, timings: &Timings, end: u32) -> Vec<Group> {
    let mut starts: Vec<(usize, u32)> = Vec::new();
    for &(character, at) in &timings.words {
        let Some(byte) = spoken.byte_of(character) else { continue };
        // The word that it points into; where it points at the space before a word (`e.g.`), that word.
        let word = words.partition_point(|word| word.end <= byte);
        let later = starts.last().is_none_or(|&(before, then)| word > before && at > then);
        if word < words.len() && later && at < end {
            starts.push((word, at));
        }
    }
    // Words before the first that it tells of (it keeps the first one of a Korean text to itself).
    match starts.first() {
        Some(&(0, _)) => {}
        Some(&(_, 0)) => starts[0].0 = 0,
        _ if !words.is_empty() => starts.insert(0, (0, 0)),
        _ => {}
    }
    let mut groups = Vec::with_capacity(starts.len());
    for (index, &(word, start)) in starts.iter().enumerate() {
        let (next_word, next_start) = starts.get(index + 1).copied().unwrap_or((words.len(), end));
        let until = pause_before(next_start, &timings.pauses).filter(|&pause| pause > start).unwrap_or(next_start);
        groups.push(Group { words: word..next_word, start, end: until });
    }
    groups
}

/// When the pause begins that lasts until `at`.
fn pause_before(at: u32, pauses: &[(u32, u32)]) -> Option<u32> {
    // A pause ends with the first sound after it, some milliseconds into the word.
    let first_open = pauses.partition_point(|&(_, to)| to < at);
    pauses.get(first_open).map(|&(from, _)| from).filter(|&from| from < at)
}

/// The words, as bytes of the narration. Punctuation belongs to the word that it touches, or else to the one that it
/// is nearest to: `« Bonjour »` is one word, as is `field —`. In scripts without spaces a word is a character with
/// its marks (a whole run in Katakana).
pub fn divide(narration: &str) -> Vec<Range<usize>> {
    let pieces = pieces(narration);
    let sayable = |piece: &Range<usize>| narration[piece.clone()].contains(is_sayable);
    let same_line = |from: usize, to: usize| !narration[from..to].contains(['\n', '\r', '\u{2028}', '\u{2029}']);
    let mut words: Vec<Range<usize>> = Vec::new();
    // Where punctuation that waits for its word begins.
    let mut waiting: Option<usize> = None;
    for (index, piece) in pieces.iter().enumerate() {
        if sayable(piece) {
            words.push(waiting.take().unwrap_or(piece.start)..piece.end);
            continue;
        }
        let next = pieces[index..].iter().find(|piece| sayable(piece));
        let leads = next.is_some_and(|next| same_line(piece.end, next.start));
        let opens = leads && narration[piece.clone()].chars().all(is_opening);
        match (words.last_mut(), next) {
            // To the word before, unless it opens the next one or stands at the beginning of the next one's line.
            (Some(word), _) if waiting.is_none() && !opens && (!leads || same_line(word.end, piece.start)) => word.end = piece.end,
            (_, Some(_)) => {
                waiting.get_or_insert(piece.start);
            }
            (_, None) => {}
        }
    }
    words
}

/// The stretches between white space, divided further in scripts without spaces.
fn pieces(narration: &str) -> Vec<Range<usize>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    // What the piece that is being read is made of, and its last character; None between pieces.
    let mut open: Option<(Sort, Sort)> = None;
    for (at, cluster) in narration.grapheme_indices(true) {
        let c = cluster.chars().next().unwrap_or(' ');
        if c.is_whitespace() {
            open = None;
            continue;
        }
        let sort = sort(c);
        let end = at + cluster.len();
        match (pieces.last_mut(), open) {
            (Some(piece), Some((first, last))) if !begins(first, last, sort) => {
                piece.end = end;
                let first = if matches!(first, Sort::Opening | Sort::Mark) { sort } else { first };
                open = Some((first, sort));
            }
            _ => {
                pieces.push(at..end);
                open = Some((sort, sort));
            }
        }
    }
    pieces
}

/// What a character is, where words are not told apart by spaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// A character that is a word of its own.
    Alone,
    /// Katakana: a word together with those that it stands among.
    Run,
    /// The vowel signs of Thai and Lao that are written before their consonant.
    Leading,
    /// A letter or digit of a script with spaces.
    Spaced,
    Opening,
    /// Punctuation of East Asia, behind which no space stands.
    Stop,
    /// Other punctuation, and what belongs to the character before: small kana, the sign of a long vowel.
    Mark,
}

/// Whether a new word begins with `this` after `last`, in a piece whose first letter is of sort `first`.
fn begins(first: Sort, last: Sort, this: Sort) -> bool {
    use Sort::{Alone, Leading, Mark, Opening, Run, Spaced, Stop};
    let unspaced = matches!(first, Alone | Run | Leading);
    match (last, this) {
        (Opening | Leading, _) | (_, Mark | Stop) | (Run, Run) => false,
        (Stop, _) => true,
        (_, Alone | Run | Leading) => {
            matches!(last, Alone | Run | Spaced) || last == Mark && matches!(first, Alone | Run | Leading | Spaced)
        }
        (_, Opening | Spaced) => unspaced,
    }
}

fn sort(c: char) -> Sort {
    match c {
        'ー' | 'ぁ' | 'ぃ' | 'ぅ' | 'ぇ' | 'ぉ' | 'っ' | 'ゃ' | 'ゅ' | 'ょ' | 'ゎ' => Sort::Mark,
        // Thai and Lao vowels written after their consonant, and their signs of repetition and abbreviation.
        'ะ' | 'า' | 'ๅ' | 'ๆ' | 'ฯ' | '\u{0EB0}' | '\u{0EB2}' | '\u{0EC6}' | '\u{0EAF}' => Sort::Mark,
        '\u{0E40}'..='\u{0E44}' | '\u{0EC0}'..='\u{0EC4}' => Sort::Leading,
        '\u{30A1}'..='\u{30FA}' | '\u{31F0}'..='\u{31FF}' | '\u{FF66}'..='\u{FF9D}' => Sort::Run,
        '，' | '。' | '、' | '；' | '：' | '！' | '？' => Sort::Stop,
        _ if !c.is_alphanumeric() => {
            if is_opening(c) {
                Sort::Opening
            } else {
                Sort::Mark
            }
        }
        // Hiragana, Bopomofo, Han; Thai, Lao, Burmese, Khmer.
        '\u{3040}'..='\u{309F}' | '\u{3100}'..='\u{312F}' | '々' | '〇' => Sort::Alone,
        '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' => Sort::Alone,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' => Sort::Alone,
        _ => Sort::Spaced,
    }
}

/// Punctuation that belongs to what follows.
fn is_opening(c: char) -> bool {
    matches!(
        c,
        '(' | '['
            | '{'
            | '¿'
            | '¡'
            | '“'
            | '‘'
            | '„'
            | '‚'
            | '«'
            | '‹'
            | '「'
            | '『'
            | '《'
            | '〈'
            | '（'
            | '［'
            | '｛'
            | '【'
            | '〔'
            | '〖'
            | '〝'
    )
}

/// How much of a shared stretch of speech a word takes: its letters. A digit is a word when spoken.
fn weight(word: &str) -> f64 {
    let letters: f64 = word
        .graphemes(true)
        .filter_map(|cluster| cluster.chars().find(|&c| is_sayable(c)))
        .map(|c| if c.is_numeric() { 4.0 } else { 1.0 })
        .sum();
    letters.max(1.0)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the length of a clip; a float is cut off, never wrapped")]
fn milliseconds(seconds: f64) -> u32 {
    (seconds * 1000.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn divided(text: &str) -> Vec<&str> {
        let words: Vec<_> = divide(text).into_iter().map(|range| &text[range]).collect();
        let kept: String = words.concat().split_whitespace().collect();
        assert_eq!(kept, text.split_whitespace().collect::<String>(), "words are lost");
        words
    }

    #[test]
    fn words_keep_their_punctuation() {
        assert_eq!(
            divided("Four score, “and seven” (in 1863) — state-of-the-art!\n"),
            ["Four", "score,", "“and", "seven”", "(in", "1863) —", "state-of-the-art!"]
        );
        assert_eq!(divided("« Bonjour ! » dit-il"), ["« Bonjour ! »", "dit-il"]);
        assert_eq!(divided("- one\n– two\n* * *\nthree & four 😀"), ["- one", "– two\n* * *", "three", "&", "four 😀"]);
        assert_eq!(divided("... and so"), ["... and", "so"]);
        assert_eq!(divided("¿Qué? ¡Sí!"), ["¿Qué?", "¡Sí!"]);
    }

    #[test]
    fn scripts_without_spaces_are_divided_by_characters() {
        assert_eq!(divided("人人，在“1948年”。OK吗？"), ["人", "人，", "在", "“1948", "年”。", "OK", "吗？"]);
        assert_eq!(divided("增长50%，3.5公里。OK。"), ["增", "长", "50%，", "3.5", "公", "里。", "OK。"]);
        assert_eq!(divided("「東京タワー」へ、行った。"), ["「東", "京", "タワー」", "へ、", "行っ", "た。"]);
        assert_eq!(divided("เกิดมามีอิสระ"), ["เกิ", "ด", "มา", "มี", "อิ", "ส", "ระ"]);
    }

    #[test]
    fn other_scripts_are_divided_by_spaces() {
        assert_eq!(divided("يولد جميع الناس، أحرارًا"), ["يولد", "جميع", "الناس،", "أحرارًا"]);
        assert_eq!(divided("सभी मनुष्यों को। उन्हें"), ["सभी", "मनुष्यों", "को।", "उन्हें"]);
        assert_eq!(divided("모든 인간은"), ["모든", "인간은"]);
        assert!(divide("… —").is_empty());
    }

    #[test]
    fn times_are_laid_over_the_words() {
        let narration = "In 1863, of the e.g. ones";
        // `of the` has one beginning, the number two, and `e.g.` one on the space before it.
        let timings = Timings {
            words: vec![(0, 10), (3, 200), (4, 400), (9, 1000), (15, 1300), (21, 1500)],
            pauses: vec![(700, 1010), (1800, u32::MAX)],
        };
        let words = timed(narration, &Speakable::new(narration, "und"), &timings, 2.0);
        let got: Vec<_> =
            words.iter().map(|word| (word.text.as_str(), milliseconds(word.start_seconds), milliseconds(word.end_seconds))).collect();
        assert_eq!(
            got,
            [("In", 10, 200), ("1863,", 200, 700), ("of", 1000, 1120), ("the", 1120, 1300), ("e.g.", 1300, 1500), ("ones", 1500, 1800),]
        );
    }

    #[test]
    fn beginnings_that_go_back_or_beyond_are_passed_over() {
        let narration = "one two three";
        let timings = Timings { words: vec![(4, 300), (0, 400), (99, 500), (8, 5000)], pauses: vec![] };
        let words = timed(narration, &Speakable::new(narration, "und"), &timings, 1.0);
        assert_eq!(words.len(), 3);
        assert!(words.is_sorted_by(|a, b| a.end_seconds <= b.start_seconds + 1e-9));
        assert!((words[1].start_seconds - 0.3).abs() < 1e-9 && (words[2].end_seconds - 1.0).abs() < 1e-9);
        assert!(timed("", &Speakable::new("", "und"), &Timings::default(), 1.0).is_empty());
        assert_eq!(timed("one two", &Speakable::new("one two", "und"), &Timings::default(), 1.0).len(), 2);
    }
}
