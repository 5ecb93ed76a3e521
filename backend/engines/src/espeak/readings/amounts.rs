//! Amounts: numbers with what is counted, and times of day.

use super::{
    super::vocabulary::{CURRENCIES, Counted, SCALES, SHORT_SCALES, UNITS},
    Number, Place, Reading,
};

impl<'a> Place<'a> {
    /// "$3.50", "£5 million".
    pub fn amount(self) -> Option<Reading> {
        let currency = CURRENCIES.iter().find(|currency| self.rest().starts_with(currency.sign))?;
        let after = &self.rest()[currency.sign.len()..];
        let gap = after.len() - after.trim_start_matches([' ', '\u{A0}']).len();
        let number = Place { at: self.at + currency.sign.len() + gap, ..self }.number().filter(Number::is_amount)?;
        let (end, scale) = self.scale(number.end);
        // "$5k" in another language: what the letters mean is not known.
        if self.narration[end..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        self.money(&number, currency, scale).map(|spoken| Reading { range: self.at..end, spoken })
    }

    /// The word for a great number after an amount, and where it ends.
    fn scale(self, end: usize) -> (usize, Option<&'a str>) {
        let after = &self.narration[end..];
        let next = after.trim_start_matches([' ', '\u{A0}']);
        // "$3.5bn": never "3.5 dollarsbn".
        if self.language == "en"
            && let Some((short, long)) = SHORT_SCALES.iter().find(|(short, _)| super::word_of(after) == *short)
        {
            return (end + short.len(), Some(long));
        }
        let found = SCALES.iter().find(|scale| next.starts_with(**scale) && !next[scale.len()..].starts_with(char::is_alphabetic));
        match found {
            Some(scale) => (end + after.len() - next.len() + scale.len(), Some(&next[..scale.len()])),
            None => (end, None),
        }
    }

    fn money(self, number: &Number, currency: &Counted, scale: Option<&str>) -> Option<String> {
        let one = number.whole == "1" && number.fraction.is_none() && scale.is_none();
        let name = currency.name(self.language, one || self.language == "fr" && number.whole == "1" && scale.is_none())?;
        let cents = number.fraction.filter(|fraction| fraction.len() == 2 && scale.is_none());
        if let Some(cents) = cents {
            let cents = cents.trim_start_matches('0');
            let name = currency.name(self.language, number.whole == "1")?;
            return Some(match (self.language, cents) {
                ("zh" | "ar" | "hi", "") => format!("{} {name}", number.whole),
                ("zh" | "ar" | "hi", _) => format!("{} {name}", self.digits(number)),
                (_, "") => format!("{} {name}", number.whole),
                ("es", _) => format!("{} {name} con {cents}", number.whole),
                _ => format!("{} {name} {cents}", number.whole),
            });
        }
        Some(match (scale, self.language) {
            (Some(scale), "zh") => format!("{}{scale}{name}", self.digits(number)),
            (None, "zh") => format!("{}{name}", self.digits(number)),
            (Some(scale), "fr" | "es") => format!("{} {scale} de {name}", self.digits(number)),
            (Some(scale), _) => format!("{} {scale} {name}", self.digits(number)),
            (None, _) => format!("{} {name}", self.digits(number)),
        })
    }

    /// A number with what is counted: "5 km", "3,50 €", "50 %", "14:30 Uhr".
    pub fn counted(self, number: &Number) -> Option<Reading> {
        if !number.is_amount() {
            return None;
        }
        let after = &self.narration[number.end..];
        let next = after.trim_start_matches([' ', '\u{A0}', '\u{202F}']);
        let to = |length: usize| number.end + (after.len() - next.len()) + length - self.at;
        if next.starts_with(['%', '％', '٪']) {
            let length = next.chars().next().map_or(0, char::len_utf8);
            let digits = self.digits(number);
            let spoken = match self.language {
                "zh" => format!("百分之{digits}"),
                "ar" => format!("{digits} بالمئة"),
                "hi" => format!("{digits} प्रतिशत"),
                _ => return None,
            };
            return Some(self.reading(to(length), spoken));
        }
        if let Some(currency) = CURRENCIES.iter().find(|currency| next.starts_with(currency.sign)) {
            let spoken = self.money(number, currency, None)?;
            return Some(self.reading(to(currency.sign.len()), spoken));
        }
        if let Some((spoken, end)) = self.time(number) {
            return Some(Reading { range: self.at..end, spoken });
        }
        let next_unit = next.strip_prefix('℃').map(|celsius| ("°C", next.len() - celsius.len()));
        let unit = UNITS.iter().find(|unit| {
            next.strip_prefix(unit.sign)
                .is_some_and(|after| !after.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '²' | '³' | '\'' | '’')))
        });
        let (unit, length) = match (next_unit, unit) {
            (Some((sign, length)), _) => (UNITS.iter().find(|unit| unit.sign == sign)?, length),
            (None, Some(unit)) => (unit, unit.sign.len()),
            (None, None) => return None,
        };
        let one = number.whole == "1" && number.fraction.is_none() || self.language == "fr" && matches!(number.whole.as_str(), "0" | "1");
        let name = unit.name(self.language, one)?;
        let space = if self.language == "zh" { "" } else { " " };
        Some(self.reading(to(length), format!("{}{space}{name}", self.digits(number))))
    }

    /// "14:30 Uhr", "14.30 Uhr", "14h30", "15 h", "18:45 h", "10:00 a.m.", "10:30" in Chinese: and where it ends.
    fn time(self, number: &Number) -> Option<(String, usize)> {
        self.time_of_day(number).or_else(|| self.hours(number))
    }

    /// "15 h" in French and Spanish.
    fn hours(self, number: &Number) -> Option<(String, usize)> {
        let end = self.hour_sign(number.end).filter(|_| number.is_amount())?;
        let hours = self.digits(number);
        let name = match (self.language, hours.as_str()) {
            ("fr", "0" | "1") => "heure",
            ("fr", _) => "heures",
            ("es", "1") => "hora",
            ("es", _) => "horas",
            _ => return None,
        };
        Some((format!("{hours} {name}"), end))
    }

    /// Where an "h" ends that stands alone behind a number.
    fn hour_sign(self, end: usize) -> Option<usize> {
        let after = &self.narration[end..];
        let rest = after.trim_start_matches([' ', '\u{A0}', '\u{202F}']).strip_prefix('h')?;
        let alone = !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '/'));
        alone.then(|| self.narration.len() - rest.len())
    }

    fn time_of_day(self, number: &Number) -> Option<(String, usize)> {
        if number.grouped || number.whole.len() > 2 || number.whole.parse::<u32>().ok()? > 24 {
            return None;
        }
        let after = &self.narration[number.end..];
        let (minutes, mut end) = match number.fraction {
            // "14.30 Uhr"
            Some(minutes) if matches!(self.language, "de" | "es") && number.foreign && minutes.len() == 2 => (minutes, number.end),
            // "9.15 p.m."
            Some(minutes) if self.language == "en" && minutes.len() == 2 && is_half_of_day(&self.narration[number.end..]) => {
                (minutes, number.end)
            }
            Some(_) => return None,
            None => {
                let mark = match self.language {
                    "de" | "zh" => [":", "："].into_iter().find(|mark| after.starts_with(mark))?,
                    "en" | "es" => [":"].into_iter().find(|mark| after.starts_with(mark))?,
                    "fr" => [" h ", "\u{A0}h\u{A0}", "h", ":"].into_iter().find(|mark| after.starts_with(mark))?,
                    _ => return None,
                };
                let minutes = after[mark.len()..].get(..2).filter(|minutes| minutes.bytes().all(|b| b.is_ascii_digit()))?;
                (minutes, number.end + mark.len() + 2)
            }
        };
        let value: u32 = minutes.parse().ok().filter(|minutes| *minutes < 60)?;
        let rest = &self.narration[end..];
        // "18:00h", "10:00am"
        let named = self.language == "es" && self.hour_sign(end).is_some() || self.language == "en" && is_half_of_day(rest);
        if rest.starts_with(|c: char| c.is_alphanumeric() || c == ':') && !named {
            return None;
        }
        let hours = number.whole.trim_start_matches('0');
        let hours = if hours.is_empty() { "0" } else { hours };
        let spoken = match self.language {
            // "10:30" is read well as it is.
            "en" if number.fraction.is_none() && value >= 10 => return None,
            "en" if value >= 10 => format!("{hours} {value}"),
            "en" if value > 0 => format!("{hours} oh {value}"),
            "en" if is_half_of_day(rest) || rest.trim_start().starts_with("o’clock") || rest.trim_start().starts_with("o'clock") => {
                hours.to_owned()
            }
            "en" => match hours.parse::<u32>().ok()? {
                0 => return None,
                1..=12 => format!("{hours} o'clock"),
                _ => format!("{hours} hundred"),
            },
            "es" => {
                end = self.hour_sign(end)?;
                let name = if hours == "1" { "hora" } else { "horas" };
                if value == 0 { format!("{hours} {name}") } else { format!("{hours}:{minutes} horas") }
            }
            "de" => {
                end += [" Uhr", "\u{A0}Uhr"].into_iter().find(|hour| rest.starts_with(hour))?.len();
                if value == 0 { format!("{hours} Uhr") } else { format!("{hours} Uhr {value}") }
            }
            "fr" => {
                let name = if matches!(hours, "0" | "1") { "heure" } else { "heures" };
                if value == 0 { format!("{hours} {name}") } else { format!("{hours} {name} {value}") }
            }
            _ if value == 0 => format!("{hours}点"),
            _ => format!("{hours}点{value}分"),
        };
        Some((spoken, end))
    }
}

/// "a.m.", "pm": what follows a time of day in English.
fn is_half_of_day(after: &str) -> bool {
    let next = after.trim_start_matches([' ', '\u{A0}']);
    let spelled = ["a.m", "p.m", "A.M", "P.M"].iter().any(|half| next.starts_with(half));
    spelled || matches!(super::word_of(next), "am" | "pm" | "AM" | "PM")
}
