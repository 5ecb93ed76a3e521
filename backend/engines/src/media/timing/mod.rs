//! When each piece of a narration is spoken: the narration's own spelling, on a provider's word times
//! where there are some, else laid on the sound itself.

mod align;
mod heard;

use shared::audio::Word;
use unicode_linebreak::{BreakOpportunity, linebreaks};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use self::align::{Group, Pause, Said};
pub use self::heard::{GRAINS_A_SECOND, Heard};

/// The words of a narration that nobody timed, laid on its sound.
#[must_use]
pub fn words(narration: &str, heard: &Heard, seconds: f64) -> Vec<Word> {
    let tokens = timed_tokens(narration, &[], heard, seconds, usize::MAX);
    let word = |token: Token| Word { text: token.text, start_seconds: token.start_seconds, end_seconds: token.end_seconds };
    tokens.into_iter().map(word).collect()
}

/// A piece of the narration that is never broken: a word, or one character of a script without spaces.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// Without the space after it.
    pub text: String,
    /// Whether a space follows.
    pub spaced: bool,
    /// Columns that the text takes.
    pub width: usize,
    pub start_seconds: f64,
    pub end_seconds: f64,
}

/// The narration's pieces with their times in its sound. `longest`: wider pieces are cut.
#[must_use]
pub fn timed_tokens(narration: &str, words: &[Word], heard: &Heard, seconds: f64, longest: usize) -> Vec<Token> {
    let mut tokens = tokens(narration, longest);
    if let Some(clock) = Clock::of_words(words, seconds) {
        spread(&mut tokens, &clock);
        return tokens;
    }
    let said: Vec<Said> = tokens.iter().map(|token| Said { weight: weight(&token.text), then: Pause::after(&token.text) }).collect();
    match align::groups(&said, &heard.spoken) {
        Some(groups) => groups.iter().for_each(|Group { words, stretches }| {
            let tokens = &mut tokens[words.clone()];
            spread(tokens, &Clock::of_speech(&heard.spoken[stretches.clone()], seconds));
            settle(tokens, &heard.envelope);
        }),
        None => spread(&mut tokens, &Clock::of_speech(&heard.spoken, seconds)),
    }
    tokens
}

/// Gives each piece the time that its letters take.
fn spread(tokens: &mut [Token], clock: &Clock) {
    let total: f64 = tokens.iter().map(|token| weight(&token.text)).sum();
    if total <= 0.0 {
        return;
    }
    let mut said = 0.0;
    for token in tokens {
        let weight = weight(&token.text);
        token.start_seconds = clock.at(said / total, Side::After);
        said += weight;
        token.end_seconds = clock.at((said / total).min(1.0), Side::Before).max(token.start_seconds);
    }
}

/// Moves the places where pieces meet to where the sound is lowest; a pause between two stays as it is.
fn settle(tokens: &mut [Token], envelope: &[u8]) {
    for next in 1..tokens.len() {
        let (before, meets) = (tokens[next - 1].start_seconds, tokens[next].start_seconds);
        if (meets - tokens[next - 1].end_seconds).abs() < 1e-6 {
            let meets = align::meeting(meets, before, envelope).min(tokens[next].end_seconds);
            tokens[next - 1].end_seconds = meets;
            tokens[next].start_seconds = meets;
        }
    }
}

/// From the share of the letters said so far to the time: stretches of speech with the letters they hold.
struct Clock {
    /// Share of letters at the start and the end, seconds at the start and the end.
    spans: Vec<[f64; 4]>,
}

/// Where two stretches meet, letters end in the one before and begin in the one after.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Before,
    After,
}

impl Clock {
    /// By the times of words that are known.
    fn of_words(words: &[Word], seconds: f64) -> Option<Self> {
        let words = words.iter().filter(|word| word.end_seconds >= word.start_seconds && word.start_seconds.is_finite());
        let of_words = words.map(|word| (weight(&word.text), word.start_seconds, word.end_seconds.min(seconds)));
        let spans: Vec<(f64, f64, f64)> = of_words.filter(|(weight, ..)| *weight > 0.0).collect();
        (!spans.is_empty()).then(|| Self::new(spans))
    }

    /// Evenly over the time in which somebody speaks, or over all of it.
    fn of_speech(spoken: &[(f64, f64)], seconds: f64) -> Self {
        let spans: Vec<_> = spoken.iter().map(|&(start, end)| (end - start, start, end)).collect();
        Self::new(if spans.is_empty() { vec![(1.0, 0.0, seconds)] } else { spans })
    }

    fn new(spans: Vec<(f64, f64, f64)>) -> Self {
        let total: f64 = spans.iter().map(|(weight, ..)| weight).sum();
        let mut until = 0.0;
        let spans = spans.into_iter().map(|(weight, start, end)| {
            let from = until;
            until += weight / total;
            [from, until, start, end]
        });
        Self { spans: spans.collect() }
    }

    fn at(&self, share: f64, side: Side) -> f64 {
        const SAME: f64 = 1e-9;
        let is_over = |span: &[f64; 4]| match side {
            Side::Before => share > span[1] + SAME,
            Side::After => share >= span[1] - SAME,
        };
        // They are in order: hours of words that are known are not gone through for each.
        match self.spans.get(self.spans.partition_point(is_over)) {
            Some([from, to, start, end]) => start + (end - start) * ((share - from) / (to - from)).clamp(0.0, 1.0),
            None => self.spans.last().map_or(0.0, |span| span[3]),
        }
    }
}

fn tokens(narration: &str, longest: usize) -> Vec<Token> {
    let text = narration.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut tokens = Vec::new();
    let mut start = 0;
    for (end, kind) in linebreaks(&text) {
        debug_assert!(matches!(kind, BreakOpportunity::Allowed | BreakOpportunity::Mandatory));
        let piece = &text[start..end];
        start = end;
        let trimmed = piece.trim_end();
        if trimmed.is_empty() {
            continue;
        }
        for part in cut_to(trimmed, longest) {
            tokens.push(Token { width: part.width(), text: part, spaced: false, start_seconds: 0.0, end_seconds: 0.0 });
        }
        if let Some(last) = tokens.last_mut() {
            last.spaced = trimmed.len() < piece.len();
        }
    }
    tokens
}

/// A piece that no line could hold, in pieces that one can.
fn cut_to(text: &str, longest: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut width = 0;
    for grapheme in text.graphemes(true) {
        let next = grapheme.width();
        if width + next > longest.max(1) && width > 0 {
            parts.push(String::new());
            width = 0;
        }
        width += next;
        if let Some(part) = parts.last_mut() {
            part.push_str(grapheme);
        }
    }
    parts
}

/// How long a text takes to say, in letters. A digit is said as a word.
fn weight(text: &str) -> f64 {
    text.chars().filter(|c| c.is_alphanumeric()).map(|c| if c.is_numeric() { 3.0 } else { 1.0 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, start_seconds: f64, end_seconds: f64) -> Word {
        Word { text: text.to_owned(), start_seconds, end_seconds }
    }

    fn texts(tokens: &[Token]) -> Vec<&str> {
        tokens.iter().map(|token| token.text.as_str()).collect()
    }

    #[test]
    fn provider_times_carry_the_narrations_own_spelling() {
        let words = [word("four", 0.1, 0.4), word("score", 0.4, 0.9), word("and", 1.5, 1.7)];
        let tokens = timed_tokens("Four score, and", &words, &Heard::default(), 2.0, 40);
        assert_eq!(texts(&tokens), ["Four", "score,", "and"]);
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{a} {b}");
        near(tokens[0].start_seconds, 0.1);
        near(tokens[1].start_seconds, 0.4);
        near(tokens[1].end_seconds, 0.9);
        near(tokens[2].start_seconds, 1.5);
        near(tokens[2].end_seconds, 1.7);
    }

    #[test]
    fn without_times_words_lie_where_somebody_speaks() {
        let tokens = timed_tokens("abcd, efgh", &[], &Heard { spoken: vec![(0.2, 1.2), (2.0, 3.0)], envelope: vec![] }, 3.4, 40);
        assert!((tokens[0].start_seconds - 0.2).abs() < 1e-6 && (tokens[0].end_seconds - 1.2).abs() < 1e-6);
        assert!((tokens[1].start_seconds - 2.0).abs() < 1e-6 && (tokens[1].end_seconds - 3.0).abs() < 1e-6);
    }

    #[test]
    fn chinese_breaks_without_spaces_but_never_before_a_full_stop() {
        let tokens = timed_tokens("人人生而自由，平等。", &[], &Heard::default(), 2.0, 40);
        assert_eq!(texts(&tokens), ["人", "人", "生", "而", "自", "由，", "平", "等。"]);
        assert!(tokens.iter().all(|token| !token.spaced));
        assert_eq!(tokens[5].width, 4);
    }

    #[test]
    fn a_word_longer_than_a_line_is_cut() {
        let tokens = timed_tokens(&"x".repeat(50), &[], &Heard::default(), 2.0, 20);
        assert_eq!(tokens.iter().map(|token| token.width).collect::<Vec<_>>(), [20, 20, 10]);
    }
}
