//! What is given to espeak-ng: the narration without what is not to be spoken, and the way back from each of its
//! characters to the narration.
//!
//! What is written short is said in full (`readings.rs`), and a line that ends without a mark gets one, since to
//! espeak-ng the end of a line is a space. Otherwise punctuation, tags and brackets stay as they are, as plain text.

use super::readings::readings;

/// A narration, as espeak-ng gets it.
#[derive(Debug)]
pub struct Speakable {
    /// The text, with no control character but line feeds.
    pub text: String,
    /// For each character of `text`, the byte of the narration that it comes from.
    origin: Vec<usize>,
}

impl Speakable {
    /// Prepares a narration in a language (BCP 47).
    pub fn new(narration: &str, language: &str) -> Self {
        let mut spoken = Self { text: String::with_capacity(narration.len()), origin: Vec::with_capacity(narration.len()) };
        let mut readings = readings(narration, language).into_iter().peekable();
        let mut before = ' ';
        for (at, c) in narration.char_indices() {
            while readings.peek().is_some_and(|reading| reading.range.end <= at) {
                readings.next();
            }
            if let Some(reading) = readings.peek().filter(|reading| reading.range.contains(&at)) {
                if reading.range.start == at {
                    reading.spoken.chars().for_each(|c| spoken.push(c, at));
                    before = reading.spoken.chars().next_back().unwrap_or(before);
                }
                continue;
            }
            let Some(said) = said(c, before) else { continue };
            if said == '\n' && ends_bare(&spoken.text) && narration[at..].contains(is_sayable) {
                spoken.push(',', at);
            }
            spoken.push(said, at);
            before = said;
        }
        spoken
    }

    fn push(&mut self, c: char, at: usize) {
        self.text.push(c);
        self.origin.push(at);
    }

    /// Whether there is anything in it that a voice could say.
    pub fn says_something(&self) -> bool {
        self.text.contains(is_sayable)
    }

    /// The byte of the narration behind a character of `text`, counted from 0.
    pub fn byte_of(&self, character: u32) -> Option<usize> {
        self.origin.get(usize::try_from(character).ok()?).copied()
    }
}

/// Whether a line has no mark at its end that a voice would pause at.
fn ends_bare(text: &str) -> bool {
    text.trim_end_matches([' ', '”', '"', '’', '»', ')']).ends_with(char::is_alphanumeric)
}

/// Whether a voice has a word for this character: a letter, a digit, or one of the signs that are read out.
pub fn is_sayable(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(
            c,
            '&' | '%'
                | '‰'
                | '+'
                | '='
                | '@'
                | '#'
                | '$'
                | '€'
                | '£'
                | '¥'
                | '₹'
                | '₽'
                | '₩'
                | '§'
                | '°'
                | '©'
                | '®'
                | '™'
                | '×'
                | '÷'
                | '<'
                | '>'
        ) && !is_pictograph(c)
}

/// The character to give for `c`, or none at all.
fn said(c: char, before: char) -> Option<char> {
    match c {
        '\n' => Some('\n'),
        // The carriage return of a line end from Windows is followed by its line feed.
        '\r' => None,
        '\u{2028}' | '\u{2029}' => Some('\n'),
        // Among them NUL, which would end the text, and the one with which commands to espeak-ng begin (U+0001).
        _ if c.is_control() => Some(' '),
        // Unassigned characters that espeak-ng uses as its own marks within a text, and private ones.
        '\u{0530}' | '\u{0557}' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'.. => Some(' '),
        // Soft hyphens, zero-width spaces, marks of direction: for the eye only. They would cut words in two.
        '\u{00AD}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' => None,
        // Joiners belong to the spelling in Persian and in the scripts of India; elsewhere they join pictographs.
        '\u{200C}' | '\u{200D}' => is_letter_or_mark(before).then_some(c),
        // A narrator does not read out "grinning face".
        _ if is_pictograph(c) => Some(' '),
        '\u{FE00}'..='\u{FE0F}' | '\u{20E3}' => None,
        _ => Some(c),
    }
}

fn is_letter_or_mark(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '\u{0900}'..='\u{0DFF}')
}

fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{21FF}' | '\u{2300}'..='\u{23FF}' | '\u{25A0}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_words_and_marks_of_writing_alone() {
        for text in ["Four score — and “seven” years, <b>[[x]]</b>.", "नमस्ते क्‍ष", "می‌خواهم", "人人生而自由。", "línea.\nuno"]
        {
            assert_eq!(Speakable::new(text, "und").text, text);
        }
    }

    #[test]
    fn drops_what_is_not_for_the_ear_and_finds_the_way_back() {
        let narration = "a\0b\u{1}5S 😀\u{200D}👍\u{FE0F} hy\u{AD}phen\r\n end";
        let spoken = Speakable::new(narration, "en");
        assert_eq!(spoken.text, "a b 5S    hyphen,\n end");
        let end = spoken.text.chars().position(|c| c == 'd').unwrap();
        assert_eq!(spoken.byte_of(u32::try_from(end).unwrap()), narration.find('d'));
        assert_eq!(spoken.byte_of(1000), None);
    }

    #[test]
    fn says_in_full_what_is_written_short_and_pauses_at_lines() {
        let narration = "It cost $3.50 in 1863\nfor Dr. Hart.\n";
        let spoken = Speakable::new(narration, "en-us");
        assert_eq!(spoken.text, "It cost 3 dollars 50 in 18 63,\nfor Doctor Hart.\n");
        for (said, written) in [("dollars", "$3.50"), ("63", "1863"), ("Doctor", "Dr."), ("Hart", "Hart")] {
            let character = spoken.text[..spoken.text.find(said).unwrap()].chars().count();
            assert_eq!(spoken.byte_of(u32::try_from(character).unwrap()), narration.find(written), "{said}");
        }
    }

    #[test]
    fn knows_when_there_is_nothing_to_say() {
        for text in ["", " \n", "…!? — *", "😀👍🏽🇫🇷", "\0\u{1}", "→ ✓ ★"] {
            assert!(!Speakable::new(text, "en").says_something(), "{text:?}");
        }
        for text in ["a", "5", "&", "。人", "½", "한"] {
            assert!(Speakable::new(text, "en").says_something(), "{text:?}");
        }
    }
}
