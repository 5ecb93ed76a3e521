//! A title as a typesetter would take it in: clean of what cannot be set, with real quotation marks and good breaks.

use shared::language::primary;

use crate::media::fonts::is_drawable;
use crate::outline::words::places as word_places;

/// More than this never fits a card at a size that anyone reads; what is over is cut before the costly part.
const LONGEST: usize = 240;

/// One line of text: no control characters, no markup marks, no full stop at its end.
pub(super) fn clean(title: &str, language: &str) -> String {
    let one_line: String = title.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect();
    // Direction overrides would turn the rest of the card's line around.
    let visible =
        one_line.chars().filter(|c| !matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{FFFC}' | '\u{FFFD}'));
    let text: String = visible.filter(|c| is_drawable(*c)).take(LONGEST).collect();
    let words: Vec<&str> = text.trim_start_matches(['#', '*', '-', ' ']).split_whitespace().collect();
    let text = words.join(" ");
    let text = text.trim_end_matches(['*', ' ']);
    let stopped = text.ends_with(['.', '。', '।', '۔']) && !text.ends_with("..") && text.matches('.').count() < 2;
    let text = if stopped { text.trim_end_matches(['.', '。', '।', '۔']) } else { text };
    bind_unspaced_words(&bind_small_words(&bind_marks(&quoted(text, language))), language)
}

/// The scene's number in the digits that the language is read in.
pub(super) fn number(number: u32, language: &str) -> String {
    let zero = match primary(language).as_str() {
        "ar" | "ckb" => '٠',
        "fa" | "ur" | "ps" => '۰',
        "hi" | "mr" | "ne" | "sa" => '०',
        _ => '0',
    };
    let digit = |c: char| char::from_u32(u32::from(zero) + c.to_digit(10).unwrap_or(0)).unwrap_or(c);
    format!("{number:02}").chars().map(digit).collect()
}

/// Straight quotation marks as the language writes them.
fn quoted(text: &str, language: &str) -> String {
    let (open, close) = match primary(language).as_str() {
        "fr" => ("«\u{202F}", "\u{202F}»"),
        "es" | "it" | "ru" | "uk" | "el" | "pt" | "ar" | "fa" => ("«", "»"),
        "de" | "cs" | "sk" | "bg" | "is" => ("„", "“"),
        "pl" | "hu" | "ro" | "hr" => ("„", "”"),
        _ => ("“", "”"),
    };
    let mut set = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        let opens = set.chars().next_back().is_none_or(|before| before.is_whitespace() || "([{—–-".contains(before));
        match character {
            '"' => set.push_str(if opens { open } else { close }),
            '\'' => set.push(if opens { '‘' } else { '’' }),
            other => set.push(other),
        }
    }
    set
}

/// Ties marks that stand apart, as in French, to what they belong to: no line begins with "»" or "?", or ends in "«".
fn bind_marks(text: &str) -> String {
    const AFTER: [char; 6] = ['»', '?', '!', ';', ':', '%'];
    let mut set = String::with_capacity(text.len() + 8);
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        // After a letter or a mark it closes, as in German.
        let opens = set.strip_suffix('«').is_some_and(|before| before.is_empty() || before.ends_with([' ', '\u{A0}', '(', '—', '’']));
        let tied = opens || rest.peek().is_some_and(|next| AFTER.contains(next));
        set.push(if character == ' ' && tied { '\u{A0}' } else { character });
    }
    set
}

/// Ties articles and short prepositions to the word after them: no line ends in "of" or "the".
fn bind_small_words(text: &str) -> String {
    const SMALL: &[&str] = &[
        "a", "an", "the", "of", "to", "in", "on", "at", "by", "for", "and", "or", "is", "le", "la", "les", "un", "une", "de", "du", "des",
        "et", "à", "el", "los", "las", "y", "en", "der", "die", "das", "ein", "eine", "und", "im", "von", "zu", "il", "e", "o", "os", "di",
        "da", "и", "в", "на", "с",
    ];
    let words: Vec<&str> = text.split(' ').collect();
    if words.len() < 4 {
        return text.to_owned();
    }
    let mut set = String::with_capacity(text.len() + 8);
    let mut bound = 0;
    for (index, word) in words.iter().enumerate() {
        set.push_str(word);
        bound += word.chars().count() + 1;
        let next = words.get(index + 1);
        // Not in long chains: "in the end of the" must still break somewhere.
        let tie = SMALL.contains(&word.to_lowercase().as_str()) && next.is_some_and(|next| bound + next.chars().count() <= 14);
        if next.is_some() {
            set.push(if tie { '\u{A0}' } else { ' ' });
        }
        if !tie {
            bound = 0;
        }
    }
    set
}

/// Ties the characters of each word in scripts without spaces, so that no line ends inside of one.
fn bind_unspaced_words(text: &str, language: &str) -> String {
    const WORD_JOINER: char = '\u{2060}';
    let is_unspaced = |c: char| u32::from(c) > 0x2E7F && c.is_alphanumeric();
    if !text.contains(is_unspaced) {
        return text.to_owned();
    }
    let places = word_places(text, &primary(language));
    let mut set = String::with_capacity(text.len() * 2);
    for (at, character) in text.char_indices() {
        if is_unspaced(character) && set.ends_with(is_unspaced) && !places.contains(&at) {
            set.push(WORD_JOINER);
        }
        set.push(character);
    }
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_cleaned_and_kept() {
        assert_eq!(clean("## Slow but\n steady.", "en"), "Slow but steady");
        assert_eq!(clean("U.S.A.", "en"), "U.S.A.");
        assert_eq!(clean("Wait...", "en"), "Wait...");
        assert_eq!(clean("人人平等。", "zh"), "人\u{2060}人\u{2060}平\u{2060}等");
        assert_eq!(clean("\u{202E}evil\u{0}", "en"), "evil");
        assert_eq!(clean("", "en"), "");
        assert_eq!(clean(&"x".repeat(9000), "en").len(), LONGEST);
    }

    #[test]
    fn quotation_marks_are_the_languages() {
        assert_eq!(clean("\"It's me\"", "en"), "“It’s me”");
        assert_eq!(clean("\"Halt\"", "de-AT"), "„Halt“");
        assert_eq!(clean("\"Oui\"", "fr"), "«\u{202F}Oui\u{202F}»");
    }

    #[test]
    fn marks_that_stand_apart_stay_with_their_words() {
        assert_eq!(clean("« Où ? » demanda-t-il", "fr"), "«\u{A0}Où\u{A0}?\u{A0}» demanda-t-il");
        assert_eq!(clean("»Wo?« fragte er", "de"), "»Wo?« fragte er");
    }

    #[test]
    fn small_words_stay_with_the_next() {
        assert_eq!(clean("The Tortoise and the Hare", "en"), "The\u{A0}Tortoise and\u{A0}the\u{A0}Hare");
        assert_eq!(clean("Day and night", "en"), "Day and night");
    }

    #[test]
    fn words_without_spaces_stay_whole() {
        let lines = clean("他们赋有理性和良心", "zh-CN").replace('\u{2060}', "");
        assert_eq!(lines, "他们赋有理性和良心");
        for word in ["他\u{2060}们", "理\u{2060}性", "良\u{2060}心"] {
            assert!(clean("他们赋有理性和良心", "zh-CN").contains(word), "{word}");
        }
        assert!(!clean("他们赋有理性和良心", "zh-CN").contains("性\u{2060}和"));
        assert_eq!(clean("Tous égaux", "fr"), "Tous égaux");
    }

    #[test]
    fn numbers_use_the_languages_digits() {
        assert_eq!(number(3, "ar"), "٠٣");
        assert_eq!(number(12, "en-GB"), "12");
        assert_eq!(number(7, "hi"), "०७");
    }
}
