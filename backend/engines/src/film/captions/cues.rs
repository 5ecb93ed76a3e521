//! Narration into cues: at most two balanced lines each, broken where the sense breaks.

use crate::media::fonts;
use crate::media::subtitles::{Cue, CueWord};
use crate::media::timing::Token;

/// A cue stays this long after its last word, where the next one leaves it the time.
const LINGER_SECONDS: f64 = 0.4;
/// Cues closer than this follow each other without a gap.
const CLOSE_SECONDS: f64 = 0.5;
/// Sentences may share a cue up to this length.
const LONGEST_SHARED_SECONDS: f64 = 5.0;

/// Cues for one scene, of all its tokens. `starts_at`: the narration's start in the film; `ends_at`: when the scene's last
/// cue must be gone; `columns`: the widest line.
#[must_use]
pub fn cues(tokens: &[Token], columns: usize, starts_at: f64, ends_at: f64) -> Vec<Cue> {
    if tokens.is_empty() {
        return Vec::new();
    }
    let mut groups: Vec<&[Token]> = Vec::new();
    for sentence in sentences(tokens) {
        groups.extend(divide(sentence, columns));
    }
    let groups = join_short(tokens, &groups, columns);
    let narration: String = tokens.iter().map(|token| token.text.as_str()).collect();
    let from_right = fonts::reads_from_right(&narration);
    let mut cues: Vec<Cue> = groups.into_iter().map(|group| Cue { from_right, ..cue(group, columns, starts_at) }).collect();
    let starts: Vec<f64> = cues.iter().skip(1).map(|cue| cue.start_seconds).chain([ends_at]).collect();
    for (cue, next) in cues.iter_mut().zip(starts) {
        let last = cue.end_seconds;
        cue.end_seconds = if next - last < CLOSE_SECONDS { next } else { last + LINGER_SECONDS };
        cue.end_seconds = cue.end_seconds.min(ends_at).max(cue.start_seconds + 0.05);
    }
    cues
}

fn cue(group: &[Token], columns: usize, starts_at: f64) -> Cue {
    let broken = line_break(group, columns);
    let (mut lines, mut words) = (Vec::new(), Vec::new());
    for (index, line) in [&group[..broken], &group[broken..]].into_iter().filter(|line| !line.is_empty()).enumerate() {
        let mut text = String::new();
        for (place, token) in line.iter().enumerate() {
            let from = text.len();
            text.push_str(&token.text);
            words.push(CueWord {
                line: index,
                range: from..text.len(),
                start_seconds: starts_at + token.start_seconds,
                end_seconds: starts_at + token.end_seconds,
            });
            if token.spaced && place + 1 < line.len() {
                text.push(' ');
            }
        }
        lines.push(text);
    }
    let start = group.first().map_or(0.0, |token| token.start_seconds);
    let end = group.last().map_or(0.0, |token| token.end_seconds);
    Cue { start_seconds: starts_at + start, end_seconds: starts_at + end, lines, from_right: false, words }
}

/// After how many tokens the first line ends; all of them where one line holds them.
fn line_break(group: &[Token], columns: usize) -> usize {
    let all = width(group);
    if all <= columns {
        return group.len();
    }
    let cost = |at: &usize| {
        let (first, second) = (width(&group[..*at]), width(&group[*at..]));
        let over = first.saturating_sub(columns) + second.saturating_sub(columns);
        // A break after a comma is worth some imbalance; a longer second line looks steadier than a longer first.
        let sense = sense(&group[*at - 1], columns / 5);
        over * 1000 + first.abs_diff(second) + sense + usize::from(first > second)
    };
    (1..group.len()).min_by_key(cost).unwrap_or(group.len())
}

fn sentences(tokens: &[Token]) -> impl Iterator<Item = &[Token]> {
    // An abbreviation's point ends no sentence here where a small letter follows.
    let mut ends: Vec<usize> = (1..tokens.len()).filter(|&at| ends_sentence(&tokens[at - 1]) && !starts_small(&tokens[at])).collect();
    ends.push(tokens.len());
    let mut start = 0;
    ends.into_iter().map(move |end| {
        let sentence = &tokens[start..end];
        start = end;
        sentence
    })
}

/// Divides what two lines cannot hold into pieces of nearly equal length, at clauses where it can.
fn divide(sentence: &[Token], columns: usize) -> Vec<&[Token]> {
    let all = width(sentence);
    // Whole words do not fill every line to its end.
    let room = columns * 2 - columns / 6;
    if all <= room && fits(sentence, columns) {
        return vec![sentence];
    }
    let count = all.div_ceil(room).max(2);
    let target = all / count;
    let window = target / 2;
    let cost = |at: &usize| {
        let taken = width(&sentence[..*at]);
        let sense = sense(&sentence[*at - 1], window);
        let over = if fits(&sentence[..*at], columns) { 0 } else { 10_000 };
        taken.abs_diff(target) + sense + over
    };
    // What is wider than two lines and the space between them never fits: a long text is not searched to its end for each piece.
    let places = (1..sentence.len()).take_while(|&at| width(&sentence[..at]) <= columns * 2 + 1);
    match places.min_by_key(cost) {
        Some(at) => {
            let mut pieces = vec![&sentence[..at]];
            pieces.extend(divide(&sentence[at..], columns));
            pieces
        }
        None => vec![sentence],
    }
}

/// Short sentences share a cue with the one after, where both fit and nobody waits long between them.
fn join_short<'a>(tokens: &'a [Token], groups: &[&'a [Token]], columns: usize) -> Vec<&'a [Token]> {
    let mut joined: Vec<(usize, usize)> = Vec::new();
    let mut start = 0;
    for group in groups {
        let end = start + group.len();
        if let Some(last) = joined.last_mut() {
            let both = &tokens[last.0..end];
            let short = width(&tokens[last.0..last.1]).min(width(group)) < columns / 2;
            let seconds = both[both.len() - 1].end_seconds - both[0].start_seconds;
            let pause = group.first().map_or(0.0, |token| token.start_seconds) - tokens[last.1 - 1].end_seconds;
            if short && fits(both, columns) && seconds <= LONGEST_SHARED_SECONDS && pause < 1.0 {
                last.1 = end;
                start = end;
                continue;
            }
        }
        joined.push((start, end));
        start = end;
    }
    joined.into_iter().map(|(from, to)| &tokens[from..to]).collect()
}

fn fits(group: &[Token], columns: usize) -> bool {
    let all = width(group);
    // Two full lines, and the space that is not seen between them.
    if all > columns * 2 + 1 {
        return false;
    }
    all <= columns || {
        let at = line_break(group, columns);
        width(&group[..at]) <= columns && width(&group[at..]) <= columns
    }
}

/// Columns of the tokens on one line.
fn width(tokens: &[Token]) -> usize {
    let all: usize = tokens.iter().map(|token| token.width + usize::from(token.spaced)).sum();
    all - usize::from(tokens.last().is_some_and(|token| token.spaced))
}

/// What a break after this token costs: nothing after a clause, and more where it may be inside a word.
fn sense(token: &Token, cost: usize) -> usize {
    match (ends_clause(token), token.spaced) {
        (true, _) => 0,
        (false, true) => cost,
        (false, false) => cost * 2,
    }
}

fn ends_sentence(token: &Token) -> bool {
    last_mark(token).is_some_and(|c| ".!?…。！？।؟۔".contains(c))
}

fn ends_clause(token: &Token) -> bool {
    last_mark(token).is_some_and(|c| ".!?…。！？।؟۔,;:，、；：،؛—–".contains(c))
}

/// The last character that is no closing quote or bracket.
fn last_mark(token: &Token) -> Option<char> {
    token.text.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']', '」', '』', '）']).chars().last()
}

fn starts_small(token: &Token) -> bool {
    token.text.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::timing::{Heard, timed_tokens};
    use unicode_width::UnicodeWidthStr;

    const LONG: &str = "It is for us the living, rather, to be dedicated here to the unfinished work which they who \
        fought here have thus far so nobly advanced. It is rather for us to be here dedicated to the great task \
        remaining before us. So be it.";

    fn of(text: &str, columns: usize) -> Vec<Cue> {
        let tokens = timed_tokens(text, &[], &Heard::default(), text.chars().count() as f64 * 0.07, columns);
        cues(&tokens, columns, 10.0, 100.0)
    }

    #[test]
    fn two_lines_within_the_columns_and_no_word_lost() {
        for columns in [20, 28, 42] {
            let cues = of(LONG, columns);
            for cue in &cues {
                assert!(cue.lines.len() <= 2, "{cue:?}");
                assert!(cue.lines.iter().all(|line| line.width() <= columns), "{cue:?}");
                assert!(cue.end_seconds > cue.start_seconds);
            }
            for pair in cues.windows(2) {
                assert!(pair[0].end_seconds <= pair[1].start_seconds + 1e-9);
            }
            let said: Vec<String> = cues.iter().flat_map(|cue| cue.lines.clone()).collect();
            assert_eq!(said.join(" "), LONG.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }

    #[test]
    fn lines_are_balanced_and_cues_end_at_sentences() {
        let cues = of("The world will little note, nor long remember what we say here. It can never forget.", 42);
        assert_eq!(cues[0].lines, ["The world will little note,", "nor long remember what we say here."]);
        assert_eq!(cues[1].lines, ["It can never forget."]);
    }

    #[test]
    fn chinese_is_broken_after_its_marks() {
        let cues = of("人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。", 30);
        assert_eq!(cues[0].lines, ["人人生而自由，", "在尊严和权利上一律平等。"]);
        assert!(cues.iter().all(|cue| cue.lines.len() <= 2));
    }

    #[test]
    fn a_long_text_without_a_mark_is_divided_too() {
        for text in ["words ".repeat(1_667), "字".repeat(10_000)] {
            let cues = of(&text, 42);
            assert!(cues.iter().flat_map(|cue| &cue.lines).all(|line| line.width() <= 42));
            let said: String = cues.iter().flat_map(|cue| &cue.lines).flat_map(|line| line.split(' ')).collect();
            assert_eq!(said, text.replace(' ', ""));
        }
    }

    #[test]
    fn a_cue_has_its_narrations_direction_whatever_it_says_itself() {
        let arabic = "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق. Yes, all of them. وقد وهبوا عقلاً وضميرًا.";
        let cues = of(arabic, 30);
        assert!(cues.iter().any(|cue| cue.lines == ["Yes, all of them."]), "{cues:?}");
        assert!(cues.iter().all(|cue| cue.from_right));
        assert!(of("The word المتجر is Arabic.", 30).iter().all(|cue| !cue.from_right));
    }

    #[test]
    fn words_point_into_their_lines() {
        for cue in of(LONG, 30) {
            for word in &cue.words {
                assert!(!cue.lines[word.line][word.range.clone()].contains(' '));
            }
        }
    }
}
