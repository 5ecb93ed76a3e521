//! Years and dates in digits.

use super::{
    super::numerals::{english_decade, english_year, french_ordinal, german_ordinal, german_year},
    Place, Reading,
};

type Months = [&'static str; 12];

const ENGLISH: Months =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
pub const GERMAN: Months =
    ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"];
const FRENCH: Months =
    ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];
const SPANISH: Months =
    ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"];

/// Words that are written so at a sentence's beginning only: nouns are too, and tell nothing.
const GERMAN_BEGINNINGS: [&str; 20] = [
    "Aber", "Am", "Auch", "Danach", "Dann", "Das", "Der", "Die", "Doch", "Ein", "Eine", "Er", "Es", "Ich", "Im", "In", "Man", "Sie", "Und",
    "Wir",
];

/// Digits of the day and the month, where neither need have two.
const SHORT: [[usize; 2]; 4] = [[2, 2], [2, 1], [1, 2], [1, 1]];

impl Place<'_> {
    /// A date, or years that are not said as other numbers are.
    pub fn date(self) -> Option<Reading> {
        let before = self.narration[..self.at].strip_suffix(['-', '–', '—', '/', '.', ',', ':']);
        // "mid-1990s" is one.
        let within = before.is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit()));
        if within { None } else { self.day().or_else(|| self.years()).or_else(|| self.year()).or_else(|| self.range()) }
    }

    /// "2024-05-03", "3.10.1990", "3/10/1990".
    fn day(self) -> Option<Reading> {
        if let Some(([year, month, day], length)) = self.numbers('-', [4, 2, 2]) {
            let spoken = self.named_day(dated(year, month, day)?)?;
            return Some(self.reading(length, spoken));
        }
        let short = |mark| SHORT.into_iter().find_map(|[one, other]| self.numbers(mark, [one, other, 4]));
        match self.language {
            "de" => {
                let ending = self.german_ending();
                let days = |day, month| {
                    let ending = ending.unwrap_or("er");
                    Some(format!("{}{ending} {}{ending}", german_ordinal(day)?, german_ordinal(month)?))
                };
                if let Some(([day, month, year], length)) = short('.') {
                    dated(year, month, day)?;
                    return Some(self.reading(length, format!("{} {}", days(day, month)?, self.said_year(year))));
                }
                // "am 3.10."; "bis 3.5." may be of anything.
                ending.filter(|ending| *ending == "en" && !matches!(self.previous_word().to_lowercase().as_str(), "bis" | "ab"))?;
                let ([day, month, _], length) = SHORT.into_iter().find_map(|[one, other]| self.numbers('.', [one, other, 0]))?;
                dated(2000, month, day)?;
                let after = &self.rest()[length..];
                let begins = GERMAN_BEGINNINGS.contains(&super::word_of(after.trim_start_matches(' ')));
                let stop = if after.is_empty() || after.starts_with('\n') || begins { "." } else { "" };
                Some(self.reading(length, format!("{}{stop}", days(day, month)?)))
            }
            "fr" | "es" => {
                let ([day, month, year], length) = short('/')?;
                let spoken = self.named_day(dated(year, month, day)?)?;
                Some(self.reading(length, spoken))
            }
            "en" => {
                // Which of the two is the month is not known.
                let ([one, other, year], length) = short('/')?;
                dated(year, one, other).or_else(|| dated(year, other, one))?;
                Some(self.reading(length, format!("{one} {other} {}", self.said_year(year))))
            }
            _ => None,
        }
    }

    /// A day with the name of its month.
    fn named_day(self, (year, month, day): (u32, u32, u32)) -> Option<String> {
        let month_of = |months: Months| months[month as usize - 1];
        let year = self.said_year(year);
        Some(match self.language {
            "en" => format!("{} {day}, {year}", month_of(ENGLISH)),
            "de" => format!("{}{} {} {year}", german_ordinal(day)?, self.german_ending().unwrap_or("er"), month_of(GERMAN)),
            "fr" if day == 1 => format!("{} {} {year}", french_ordinal(1)?, month_of(FRENCH)),
            "fr" => format!("{day} {} {year}", month_of(FRENCH)),
            "es" => format!("{day} de {} de {year}", month_of(SPANISH)),
            "zh" => format!("{year}年{month}月{day}日"),
            _ => return None,
        })
    }

    /// "1914–1918", "1914–18".
    fn years(self) -> Option<Reading> {
        let to = self.to()?;
        ['-', '–', '—'].into_iter().find_map(|dash| {
            let long = self.numbers(dash, [4, 4]).map(|(years, length)| (years, length, true));
            let ([first, last], length, whole) =
                long.or_else(|| self.numbers(dash, [4, 2]).map(|(years, length)| (years, length, false)))?;
            let is_year = |year| (1100..=2099).contains(&year);
            let after = if whole { is_year(last) && last > first } else { last > first % 100 };
            let rest = &self.rest()[length..];
            let counted = self.language == "zh" && rest.strip_prefix('年').is_none_or(|next| lasts(last, next));
            // "1500–2000 km"
            let other = Place { at: self.at + 4 + dash.len_utf8(), ..self };
            let measured = other.number().is_some_and(|number| other.counted(&number).is_some());
            if !is_year(first) || !after || counted || measured {
                return None;
            }
            let last = if whole { self.said_year(last) } else { last.to_string() };
            let space = if self.language == "zh" { "" } else { " " };
            Some(self.reading(length, format!("{}{space}{to}{space}{last}", self.said_year(first))))
        })
    }

    fn to(self) -> Option<&'static str> {
        Some(match self.language {
            "en" => "to",
            "de" => "bis",
            "fr" => "à",
            "es" => "a",
            "zh" => "至",
            _ => return None,
        })
    }

    /// The first number and the dash of "2-3 days": what is counted belongs to the second. Of up to two digits, since
    /// those of telephones and machines ("555-1234", "737-800") have more.
    fn range(self) -> Option<Reading> {
        let to = self.to()?;
        let ([first, last], dash) = ['-', '–'].into_iter().find_map(|dash| {
            let numbers = SHORT.into_iter().find_map(|digits| self.numbers(dash, digits))?;
            Some((numbers.0, dash))
        })?;
        let digits = first.to_string();
        let rises = last > first && self.rest().starts_with(&digits);
        let space = if self.language == "zh" { "" } else { " " };
        rises.then(|| self.reading(digits.len() + dash.len_utf8(), format!("{digits}{space}{to}{space}")))
    }

    /// "the 1990s", "1990" in German, "1990年".
    fn year(self) -> Option<Reading> {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let year = self.rest()[..digits].parse().ok().filter(|year| digits == 4 && (1100..=2099).contains(year))?;
        let after = &self.rest()[digits..];
        match self.language {
            "en" => {
                let mark = ["s", "'s", "’s"].into_iter().find(|mark| after.starts_with(mark))?;
                let ends = !after[mark.len()..].starts_with(char::is_alphanumeric);
                english_decade(year).filter(|_| ends).map(|spoken| self.reading(digits + mark.len(), spoken))
            }
            "de" => {
                let next = after.strip_prefix(['.', ',', ':', '/', '-', '–', '—', '%']);
                let counted = next.is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()));
                let ends = !after.starts_with(char::is_alphanumeric) || super::word_of(after) == "er";
                german_year(year).filter(|_| ends && !counted).map(|spoken| self.reading(digits, spoken))
            }
            "zh" => {
                let next = after.strip_prefix('年')?;
                (!lasts(year, next)).then(|| self.reading(digits, self.said_year(year)))
            }
            _ => None,
        }
    }

    fn said_year(self, year: u32) -> String {
        let special = match self.language {
            "en" => english_year(year),
            "de" => german_year(year),
            "zh" => Some(year.to_string().chars().filter_map(chinese_digit).collect()),
            _ => None,
        };
        special.unwrap_or_else(|| year.to_string())
    }

    /// Numbers of so many digits, a mark between each two of them, and their length with the marks; the last may be of none.
    /// None where more follows that belongs to them.
    fn numbers<const COUNT: usize>(self, mark: char, digits: [usize; COUNT]) -> Option<([u32; COUNT], usize)> {
        let (mut numbers, mut rest) = ([0; COUNT], self.rest());
        for (index, (number, digits)) in numbers.iter_mut().zip(digits).enumerate() {
            if index > 0 {
                rest = rest.strip_prefix(mark)?;
            }
            let of_number = rest.get(..digits).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
            if digits > 0 {
                *number = of_number.parse().ok()?;
            }
            rest = &rest[digits..];
            if rest.starts_with(|c: char| c.is_ascii_digit()) {
                return None;
            }
        }
        let goes_on =
            rest.strip_prefix(['-', '–', '—', '/', '.', ',', ':']).is_some_and(|more| more.starts_with(|c: char| c.is_ascii_digit()));
        let ends = !goes_on && !rest.starts_with(|c: char| c.is_ascii_alphanumeric());
        ends.then(|| (numbers, self.rest().len() - rest.len()))
    }
}

/// Whether so many years of Chinese are a time that has passed, by what follows: "1500年前", "1450年的历史".
fn lasts(years: u32, next: &str) -> bool {
    let history = next.strip_prefix('的').unwrap_or(next).starts_with("历史");
    history || (years.is_multiple_of(100) && next.starts_with(['前', '后', '来', '间', '历', '的', '以', '之']))
}

/// What can be a day of a year.
fn dated(year: u32, month: u32, day: u32) -> Option<(u32, u32, u32)> {
    let is_one = (1000..=2999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    is_one.then_some((year, month, day))
}

fn chinese_digit(digit: char) -> Option<char> {
    "零一二三四五六七八九".chars().nth(usize::try_from(digit.to_digit(10)?).ok()?)
}
