//! What is given to espeak-ng: the narration without what is not to be spoken, and the way back from each of its
//! characters to the narration.
//!
//! Not a place for the meaning of the text: punctuation, tags and brackets stay as they are, as plain text.

/// A narration, as espeak-ng gets it.
#[derive(Debug)]
pub struct Speakable {
    /// The text, with no control character but line feeds.
    pub text: String,
    /// For each character of `text`, the byte of the narration that it comes from.
    origin: Vec<usize>,
}

impl Speakable {
    /// Prepares a narration.
    pub fn new(narration: &str) -> Self {
        let mut spoken = Self { text: String::with_capacity(narration.len()), origin: Vec::with_capacity(narration.len()) };
        let mut before = ' ';
        for (at, c) in narration.char_indices() {
            if let Some(said) = said(c, before) {
                spoken.text.push(said);
                spoken.origin.push(at);
                before = said;
            }
        }
        spoken
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
        for text in ["Four score — and “seven” years, <b>[[x]]</b>.", "नमस्ते क्‍ष", "می‌خواهم", "人人生而自由。", "línea\nuno"]
        {
            assert_eq!(Speakable::new(text).text, text);
        }
    }

    #[test]
    fn drops_what_is_not_for_the_ear_and_finds_the_way_back() {
        let narration = "a\0b\u{1}5S 😀\u{200D}👍\u{FE0F} hy\u{AD}phen\r\n end";
        let spoken = Speakable::new(narration);
        assert_eq!(spoken.text, "a b 5S    hyphen\n end");
        let end = spoken.text.chars().position(|c| c == 'd').unwrap();
        assert_eq!(spoken.byte_of(u32::try_from(end).unwrap()), narration.find('d'));
        assert_eq!(spoken.byte_of(1000), None);
    }

    #[test]
    fn knows_when_there_is_nothing_to_say() {
        for text in ["", " \n", "…!? — *", "😀👍🏽🇫🇷", "\0\u{1}", "→ ✓ ★"] {
            assert!(!Speakable::new(text).says_something(), "{text:?}");
        }
        for text in ["a", "5", "&", "。人", "½", "한"] {
            assert!(Speakable::new(text).says_something(), "{text:?}");
        }
    }
}
