//! What a narrator says for what is written short: abbreviations, amounts, units, years, ordinals, Roman numerals. Only
//! where espeak-ng by itself says something else; what it reads well stays as it is.
//!
//! Each reading replaces a stretch of the narration, so that its time is that of the word that it begins in.

mod amounts;
mod dates;

use std::ops::Range;

use shared::language::primary;

use super::{
    numerals::{english_ordinal, english_year, french_ordinal, german_ordinal, roman, spanish_ordinal},
    vocabulary::{Follows, abbreviations, is_regnal},
};

/// A stretch of the narration, in bytes, and what is said for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub range: Range<usize>,
    pub spoken: String,
}

/// The readings of a narration in a language (BCP 47), in order and without overlap.
pub fn readings(narration: &str, language: &str) -> Vec<Reading> {
    let primary = primary(language);
    let language = match primary.as_str() {
        "cmn" | "yue" => "zh",
        primary => primary,
    };
    let mut found = Vec::new();
    let mut at = 0;
    let mut before = None;
    while let Some(c) = narration[at..].chars().next() {
        let text = Place { narration, at, language };
        let begins = before.is_none_or(|before| begins_word(before, c));
        match Some(text).filter(|_| begins).and_then(Place::read) {
            Some(Reading { range, spoken }) if range.end > at => {
                before = narration[..range.end].chars().next_back();
                at = range.end;
                if !spoken.is_empty() {
                    found.push(Reading { range, spoken });
                }
            }
            _ => {
                before = Some(c);
                at += c.len_utf8();
            }
        }
    }
    found
}

fn begins_word(before: char, c: char) -> bool {
    let unspaced = |c: char| matches!(c, '\u{2E80}'..='\u{9FFF}');
    !(before.is_alphanumeric() || before == '.' && c.is_ascii_digit()) || unspaced(before) != unspaced(c)
}

/// What may stand between an abbreviation and its word.
const SPACES: [char; 3] = [' ', '\u{A0}', '\u{202F}'];

/// A place in a narration where a word or an amount begins.
#[derive(Clone, Copy)]
struct Place<'a> {
    narration: &'a str,
    at: usize,
    language: &'a str,
}

/// A number as it is written.
struct Number<'a> {
    /// Where it ends.
    end: usize,
    /// Its digits before the comma, without what groups them; none where it is no amount, but a version or a date.
    whole: String,
    /// Its digits after the comma.
    fraction: Option<&'a str>,
    /// Its comma is another language's: it may be no number where nothing is counted.
    foreign: bool,
    /// It has groups of three, or of two as in India.
    grouped: bool,
}

impl Number<'_> {
    /// Whether its value is known, or it stays as it is written.
    fn is_amount(&self) -> bool {
        !self.whole.is_empty()
    }
}

impl<'a> Place<'a> {
    fn rest(self) -> &'a str {
        &self.narration[self.at..]
    }

    /// What is said here; an empty reading where a number stays as it is.
    fn read(self) -> Option<Reading> {
        if let Some(number) = self.number() {
            let keep = Reading { range: self.at..number.end, spoken: String::new() };
            return Some(self.counted(&number).or_else(|| self.date()).or_else(|| self.plain(&number)).unwrap_or(keep));
        }
        self.abbreviation().or_else(|| self.amount()).or_else(|| self.roman())
    }

    fn abbreviation(self) -> Option<Reading> {
        let known = abbreviations(self.language).iter().filter(|(short, _, follows)| self.abbreviates(short, *follows));
        let (short, long, follows) = known.max_by_key(|(short, _, _)| short.len())?;
        let after = &self.rest()[short.len()..];
        let next = after.trim_start_matches(SPACES);
        // "Mme" has no full stop of its own, and "no." may be the end of what somebody said.
        let ends = next.is_empty() || next.starts_with('\n') || next.len() < after.len() && next.starts_with(char::is_uppercase);
        let behind = self.narration[..self.at].trim_end_matches(SPACES);
        let one =
            behind.strip_suffix('1').is_some_and(|before| !before.ends_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '/')));
        let long = match *long {
            "feet" if one => "foot",
            "miles per hour" if one => "mile per hour",
            many if one && *follows == Follows::Counted => many.trim_end_matches('s'),
            long => long,
        };
        let stop =
            if matches!(follows, Follows::Sentence | Follows::Era | Follows::Counted) && short.ends_with('.') && ends { "." } else { "" };
        Some(self.reading(short.len(), format!("{long}{stop}")))
    }

    /// Whether `short` stands here, and among what it has to stand among.
    fn abbreviates(self, short: &str, follows: Follows) -> bool {
        let Some(after) = self.rest().strip_prefix(short) else { return false };
        let next = after.trim_start_matches(SPACES);
        let spaced = next.len() < after.len();
        let before = &self.narration[..self.at];
        let behind = before.trim_end_matches(SPACES);
        match follows {
            Follows::Number => next.starts_with(char::is_numeric) || spaced && roman(word_of(next)).is_some(),
            Follows::Name => spaced && next.starts_with(char::is_uppercase),
            Follows::Title => {
                // The first letter at the beginning of a line is the number of an item.
                let item = short == "أ." && (behind.is_empty() || behind.ends_with('\n'));
                let follows_on = before.ends_with('.') || behind.ends_with(char::is_numeric);
                spaced && next.starts_with(char::is_alphabetic) && !follows_on && !item
            }
            Follows::Era => {
                // A number alone may be one of meters.
                let year = behind.trim_end_matches(char::is_numeric);
                let named = ["سنة", "عام"].iter().any(|word| year.trim_end().ends_with(word));
                named && year.len() < behind.len() && !after.starts_with(char::is_alphanumeric)
            }
            Follows::Counted => {
                behind.len() < before.len()
                    && behind.ends_with(char::is_numeric)
                    && !after.starts_with(|c: char| c.is_alphanumeric() || c == '/')
            }
            Follows::Anything | Follows::Sentence => !after.starts_with(char::is_alphanumeric),
        }
    }

    /// A number alone: a year, an ordinal, groups of three, a fraction.
    fn plain(self, number: &Number) -> Option<Reading> {
        if number.foreign {
            return None;
        }
        let after = &self.narration[number.end..];
        let value: Option<u32> = number.whole.parse().ok().filter(|_| number.fraction.is_none());
        let till = |length: usize| number.end - self.at + length;
        match self.language {
            "en" if !number.grouped && number.whole.len() == 4 && self.is_year(after) => {
                return Some(self.reading(till(0), english_year(value?)?));
            }
            "de" => {
                if let Some(spoken) = self.german_ordinal(value, after) {
                    return Some(self.reading(till(1), spoken));
                }
            }
            "fr" => {
                if value == Some(1)
                    && let Some(ending) = ["re", "ère"].into_iter().find(|ending| word_of(after) == *ending)
                {
                    return Some(self.reading(till(ending.len()), "première".to_owned()));
                }
                let ending =
                    ["ème", "ième", "es", "e", "nd", "nde"].into_iter().filter(|ending| word_of(after) == *ending).max_by_key(|e| e.len());
                if let (Some(ending), Some(word)) = (ending, value.filter(|value| *value > 1).and_then(french_ordinal)) {
                    return Some(self.reading(till(ending.len()), word));
                }
            }
            "es" => {
                let ordinal = [(".º", false), (".ª", true), ("º", false), ("ª", true), (".°", false)]
                    .into_iter()
                    .find(|(mark, _)| after.starts_with(mark));
                if let (Some((mark, feminine)), Some(value)) = (ordinal, value)
                    && let Some(word) = spanish_ordinal(value, feminine)
                {
                    return Some(self.reading(till(mark.len()), word));
                }
            }
            "zh" if number.fraction.is_some() => return Some(self.reading(till(0), self.digits(number))),
            _ => {}
        }
        if let Some(word) = self.fraction(number, after) {
            // "2 1/2 cups"
            let before = self.narration[..self.at].trim_end_matches(SPACES);
            let mixed = before.len() < self.at && before.ends_with(|c: char| c.is_ascii_digit());
            let and = match self.language {
                "en" if mixed => "and ",
                "fr" if mixed => "et ",
                "es" if mixed => "y ",
                _ => "",
            };
            return Some(self.reading(till(2), format!("{and}{word}")));
        }
        // Groups that espeak-ng takes apart in this language.
        let apart = matches!(self.language, "de" | "fr" | "es") || self.language == "en" && indian_groups(self.rest()).is_some();
        (number.grouped && number.fraction.is_none() && apart).then(|| self.reading(till(0), number.whole.clone()))
    }

    /// Whether four digits are a year in English: beside a word or a mark that years stand by.
    fn is_year(self, after: &str) -> bool {
        let previous = self.previous_word().to_lowercase();
        let by = matches!(
            previous.as_str(),
            "in" | "of"
                | "since"
                | "until"
                | "till"
                | "by"
                | "from"
                | "to"
                | "year"
                | "years"
                | "early"
                | "late"
                | "about"
                | "around"
                | "before"
                | "after"
                | "and"
                | "january"
                | "february"
                | "march"
                | "april"
                | "may"
                | "june"
                | "july"
                | "august"
                | "september"
                | "october"
                | "november"
                | "december"
                | "spring"
                | "summer"
                | "autumn"
                | "winter"
        );
        let after_day = self.narration[..self.at].trim_end().ends_with(',')
            && self.narration[..self.at].trim_end_matches([' ', ',']).ends_with(|c: char| c.is_ascii_digit());
        let in_brackets = self.narration[..self.at].ends_with('(');
        let counts = word_of(after.trim_start()).ends_with('s')
            && after.starts_with(' ')
            && !matches!(word_of(after.trim_start()), "was" | "is" | "as" | "this" | "his" | "its");
        (by || after_day || in_brackets) && !after.starts_with('%') && !counts
    }

    /// "am 3. Oktober", "der 2. Versuch".
    fn german_ordinal(self, value: Option<u32>, after: &str) -> Option<String> {
        let next = after.strip_prefix('.')?.strip_prefix([' ', '\u{A0}'])?;
        let word = word_of(next);
        let ending = self.german_ending().or_else(|| (word == "Jänner" || dates::GERMAN.contains(&word)).then_some("er"))?;
        let noun = word.starts_with(char::is_uppercase) || matches!(word, "und" | "bis" | "oder");
        (noun && !self.narration[..self.at].trim_end().ends_with('.'))
            .then(|| german_ordinal(value?).map(|stem| format!("{stem}{ending}")))?
    }

    /// That of an ordinal, by the word before it.
    fn german_ending(self) -> Option<&'static str> {
        Some(match self.previous_word().to_lowercase().as_str() {
            "am" | "dem" | "den" | "des" | "im" | "vom" | "zum" | "zur" | "beim" | "bis" | "ab" | "seinem" | "ihrem" | "jedem"
            | "jeden" | "einem" | "einen" | "keinem" | "keinen" | "diesem" | "diesen" | "meinem" | "meinen" | "unserem" | "seinen"
            | "ihren" => "en",
            "der" if self.is_dative() => "en",
            "der" | "die" | "das" | "jede" | "eine" | "seine" | "ihre" | "meine" | "diese" | "dieses" | "dieser" => "e",
            "ein" | "sein" | "ihr" | "kein" | "mein" | "jeder" => "er",
            _ => return None,
        })
    }

    /// "in der 2. Hälfte": an article behind a preposition that takes the dative with it.
    fn is_dative(self) -> bool {
        let article = self.previous_word();
        let before = self.narration[..self.at].trim_end_matches([' ', '\u{A0}', '\u{202F}', '\n']);
        let preposition = Place { at: before.len() - article.len(), ..self }.previous_word().to_lowercase();
        matches!(preposition.as_str(), "in" | "an" | "auf" | "aus" | "bei" | "mit" | "nach" | "seit" | "von" | "zu" | "vor" | "während")
    }

    fn fraction(self, number: &Number, after: &str) -> Option<&'static str> {
        let below = after.strip_prefix('/')?;
        if below.as_bytes().get(1).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'/') {
            return None;
        }
        Some(match (self.language, number.whole.as_str(), below.get(..1)?) {
            ("en", "1", "2") => "one half",
            ("en", "1", "3") => "one third",
            ("en", "2", "3") => "two thirds",
            ("en", "1", "4") => "one quarter",
            ("en", "3", "4") => "three quarters",
            ("de", "1", "2") => "ein halb",
            ("de", "1", "3") => "ein Drittel",
            ("de", "2", "3") => "zwei Drittel",
            ("de", "1", "4") => "ein Viertel",
            ("de", "3", "4") => "drei Viertel",
            ("fr", "1", "2") => "un demi",
            ("fr", "1", "3") => "un tiers",
            ("fr", "2", "3") => "deux tiers",
            ("fr", "1", "4") => "un quart",
            ("fr", "3", "4") => "trois quarts",
            ("es", "1", "2") => "un medio",
            ("es", "1", "3") => "un tercio",
            ("es", "2", "3") => "dos tercios",
            ("es", "1", "4") => "un cuarto",
            ("es", "3", "4") => "tres cuartos",
            ("zh", "1", "2") => "二分之一",
            ("zh", "1", "3") => "三分之一",
            ("zh", "2", "3") => "三分之二",
            ("zh", "1", "4") => "四分之一",
            ("zh", "3", "4") => "四分之三",
            _ => return None,
        })
    }

    /// "Henry VIII", "Louis XIV", "World War II", "XVIIIe siècle".
    fn roman(self) -> Option<Reading> {
        let word = word_of(self.rest());
        let previous = self.previous_word();
        if let Some((number, value)) = ["ème", "es", "e"].iter().find_map(|ending| {
            let number = word.strip_suffix(ending).filter(|_| self.language == "fr")?;
            Some((number, roman(number)?))
        }) {
            let whole = word.len();
            return (value > 1 && !number.is_empty()).then(|| french_ordinal(value))?.map(|spoken| self.reading(whole, spoken));
        }
        if self.language == "fr" && matches!(word, "Ier" | "Ire") {
            return Some(self.reading(word.len(), if word == "Ier" { "premier" } else { "première" }.to_owned()));
        }
        let value = roman(word)?;
        if self.language == "de"
            && word.len() > 1
            && !is_regnal(previous)
            && let Some(spoken) = self.german_ordinal(Some(value), &self.rest()[word.len()..])
        {
            // "der II. Weltkrieg"
            return Some(self.reading(word.len() + 1, spoken));
        }
        let regnal = is_regnal(previous);
        // One letter is a numeral only by what stands before it: "Henry V", "Part I"; "vitamin C", "So do I".
        let named = previous.starts_with(char::is_uppercase)
            || matches!(previous, "siglo" | "capítulo" | "tomo" | "chapter" | "part" | "act" | "tome" | "chapitre");
        let structure = matches!(
            previous,
            "Part"
                | "Chapter"
                | "Act"
                | "Scene"
                | "Book"
                | "Volume"
                | "Article"
                | "Amendment"
                | "Section"
                | "War"
                | "Phase"
                | "Teil"
                | "Kapitel"
                | "Band"
                | "Akt"
                | "Buch"
                | "Artikel"
                | "Weltkrieg"
                | "Chapitre"
                | "Tome"
                | "Acte"
                | "Livre"
                | "Scène"
                | "Capítulo"
                | "Tomo"
                | "Libro"
                | "Acto"
                | "Artículo"
                | "siglo"
        );
        if !(regnal || structure || word.len() > 1 && named) {
            return None;
        }
        let mut length = word.len();
        let spoken = match (self.language, regnal) {
            ("en", true) => format!("the {}", english_ordinal(value)),
            ("de", true) => {
                // "Ludwig XIV. war": the full stop makes the ordinal, and ends a sentence only before a capital.
                let after = &self.rest()[length..];
                if let Some(next) = after.strip_prefix('.') {
                    let goes_on = next.starts_with([',', ';', ':', ')']) || next.trim_start().starts_with(char::is_lowercase);
                    length += usize::from(goes_on);
                }
                format!("der {}e", german_ordinal(value)?)
            }
            ("fr", true) if value == 1 => "premier".to_owned(),
            ("es", true) => spanish_ordinal(value, previous == "Isabel").unwrap_or_else(|| value.to_string()),
            _ => value.to_string(),
        };
        Some(self.reading(length, spoken))
    }

    fn number(self) -> Option<Number<'a>> {
        let rest = self.rest();
        let digits = |text: &str| text.chars().take_while(|c| c.is_ascii_digit() || is_digit(*c)).map(char::len_utf8).sum::<usize>();
        let mut end = digits(rest);
        if end == 0 {
            return None;
        }
        let (groups, comma, other): (&[char], char, char) = match self.language {
            "de" | "es" => (&['.', '\u{202F}', '\u{A0}', ' '], ',', '.'),
            "fr" => (&['\u{202F}', '\u{A0}', ' '], ',', '.'),
            _ => (&[','], '.', ','),
        };
        let indian = indian_groups(rest).filter(|_| matches!(self.language, "en" | "hi"));
        end = indian.unwrap_or(end);
        let mut whole = rest[..end].replace(',', "");
        let mut grouped = indian.is_some();
        while whole.chars().count() <= 15 && (grouped || end <= 3) {
            let Some(group) = rest[end..].chars().next().filter(|c| groups.contains(c)) else { break };
            let next = &rest[end + group.len_utf8()..];
            if digits(next) != 3 || !next.starts_with(|c: char| c.is_ascii_digit()) {
                break;
            }
            whole.push_str(&next[..3]);
            end += group.len_utf8() + 3;
            grouped = true;
        }
        let behind = |mark: char| rest[end..].strip_prefix(mark).map(|after| &after[..digits(after)]).filter(|it| !it.is_empty());
        let own = behind(comma);
        // "2.5 km" in Spanish, "1,5 km" in English: one digit or two are no group.
        let fraction = own.or_else(|| behind(other).filter(|behind| !grouped && behind.chars().count() <= 2));
        let foreign = own.is_none() && fraction.is_some();
        end += fraction.map_or(0, |fraction| fraction.len() + 1);
        // Versions and dates in digits (3.10.1990) are not of this kind.
        let more = &rest[end..];
        if more.starts_with(['.', ',']) && digits(&more[1..]) > 0 {
            let end = self.at + end + 1 + digits(&more[1..]);
            return Some(Number { end, whole: String::new(), fraction: None, foreign, grouped: false });
        }
        Some(Number { end: self.at + end, whole, fraction, foreign, grouped })
    }

    /// A number's digits as the voice should get them.
    fn digits(self, number: &Number) -> String {
        match (number.fraction, self.language) {
            (None, _) => number.whole.clone(),
            (Some(fraction), "zh") => {
                format!("{}点{}", number.whole, fraction.chars().map(|c| c.to_string()).collect::<Vec<_>>().join(" "))
            }
            (Some(fraction), "de" | "fr" | "es") => format!("{},{fraction}", number.whole),
            (Some(fraction), _) => format!("{}.{fraction}", number.whole),
        }
    }

    fn previous_word(self) -> &'a str {
        let before = self.narration[..self.at].trim_end_matches([' ', '\u{A0}', '\u{202F}', '\n']);
        let start = before.rfind(|c: char| !c.is_alphanumeric()).map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        &before[start..]
    }

    fn reading(self, length: usize, spoken: String) -> Reading {
        Reading { range: self.at..self.at + length, spoken }
    }
}

fn is_digit(c: char) -> bool {
    matches!(c, '\u{0660}'..='\u{0669}' | '\u{06F0}'..='\u{06F9}' | '\u{0966}'..='\u{096F}')
}

/// The length of a number in groups as in India ("1,50,000") at the beginning: the last has three digits, the others two.
fn indian_groups(text: &str) -> Option<usize> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == ',')).unwrap_or(text.len());
    let number = text[..end].trim_end_matches(',');
    let groups: Vec<&str> = number.split(',').collect();
    let [first, twos @ .., last] = groups.as_slice() else { return None };
    let fits = (1..=2).contains(&first.len()) && !twos.is_empty() && twos.iter().all(|two| two.len() == 2) && last.len() == 3;
    fits.then_some(number.len())
}

/// The letters and digits at the beginning.
fn word_of(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests;
