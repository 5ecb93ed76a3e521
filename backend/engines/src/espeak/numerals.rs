//! Numbers as words, where espeak-ng has none: Roman numerals, ordinals, years.

/// The value of a Roman numeral as it is properly written, up to 39: beyond, "MIX", "CD" and "XL" are words.
pub fn roman(word: &str) -> Option<u32> {
    const SIGNS: [(&str, u32); 5] = [("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1)];
    let (mut rest, mut value) = (word, 0);
    for (sign, worth) in SIGNS {
        let most = if sign.len() == 1 && worth != 5 { 3 } else { 1 };
        for _ in 0..most {
            let Some(after) = rest.strip_prefix(sign) else { break };
            rest = after;
            value += worth;
        }
    }
    // "IVI" would be five, and is no way to write it.
    let proper = !["IVI", "IXI", "IXV", "IXIV", "VIV"].iter().any(|wrong| word.ends_with(wrong));
    (rest.is_empty() && value > 0 && proper).then_some(value)
}

/// "8th".
pub fn english_ordinal(number: u32) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// A year as it is said in English: "18 63", "19 oh 5", "19 hundred". None where it is said as any number.
pub fn english_year(year: u32) -> Option<String> {
    let (century, rest) = (year / 100, year % 100);
    match (year, rest) {
        (1100..=1999, 0) => Some(format!("{century} hundred")),
        (1100..=1999, 1..=9) => Some(format!("{century} oh {rest}")),
        (1100..=1999 | 2010..=2099, _) => Some(format!("{century} {rest}")),
        _ => None,
    }
}

/// A decade as it is said in English: "19 nineties", "18 hundreds". None where it is said as any number.
pub fn english_decade(first: u32) -> Option<String> {
    const TENS: [&str; 10] =
        ["hundreds", "tens", "twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"];
    let (century, rest) = (first / 100, first % 100);
    let said = rest.is_multiple_of(10) && (matches!(first, 1100..=1999) || rest > 0);
    said.then(|| format!("{century} {}", TENS[(rest / 10) as usize]))
}

/// A year as it is said in German: "19 hundert 90". None where it is said as any number.
pub fn german_year(year: u32) -> Option<String> {
    match (year, year % 100) {
        (1100..=1999, 0) => Some(format!("{} hundert", year / 100)),
        (1100..=1999, rest) => Some(format!("{} hundert {rest}", year / 100)),
        _ => None,
    }
}

/// "dritt", "einundzwanzigst": it lacks its ending only. None from 100 on.
pub fn german_ordinal(number: u32) -> Option<String> {
    const ONES: [&str; 20] = [
        "",
        "ein",
        "zwei",
        "drei",
        "vier",
        "fünf",
        "sechs",
        "sieben",
        "acht",
        "neun",
        "zehn",
        "elf",
        "zwölf",
        "dreizehn",
        "vierzehn",
        "fünfzehn",
        "sechzehn",
        "siebzehn",
        "achtzehn",
        "neunzehn",
    ];
    const TENS: [&str; 10] = ["", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"];
    let one = |number: u32| ONES.get(usize::try_from(number).ok()?).copied();
    let ten = |number: u32| TENS.get(usize::try_from(number / 10).ok()?).copied();
    match number {
        1 => Some("erst".into()),
        3 => Some("dritt".into()),
        7 => Some("siebt".into()),
        8 => Some("acht".into()),
        2 | 4..=19 => Some(format!("{}t", one(number)?)),
        20..=99 if number.is_multiple_of(10) => Some(format!("{}st", ten(number)?)),
        20..=99 => Some(format!("{}und{}st", one(number % 10)?, ten(number)?)),
        _ => None,
    }
}

/// "deuxième". None from 32 on.
pub fn french_ordinal(number: u32) -> Option<String> {
    const WORDS: [&str; 20] = [
        "",
        "premier",
        "deuxième",
        "troisième",
        "quatrième",
        "cinquième",
        "sixième",
        "septième",
        "huitième",
        "neuvième",
        "dixième",
        "onzième",
        "douzième",
        "treizième",
        "quatorzième",
        "quinzième",
        "seizième",
        "dix-septième",
        "dix-huitième",
        "dix-neuvième",
    ];
    match number {
        1..=19 => WORDS.get(usize::try_from(number).ok()?).map(|word| (*word).to_owned()),
        20 => Some("vingtième".into()),
        21 => Some("vingt et unième".into()),
        22..=29 => Some(format!("vingt-{}", french_ordinal(number - 20)?)),
        30 => Some("trentième".into()),
        31 => Some("trente et unième".into()),
        _ => None,
    }
}

/// "segundo", "segunda". None from 11 on, where Spanish counts on with plain numbers.
pub fn spanish_ordinal(number: u32, feminine: bool) -> Option<String> {
    const STEMS: [&str; 11] = ["", "primer", "segund", "tercer", "cuart", "quint", "sext", "séptim", "octav", "noven", "décim"];
    let stem = STEMS.get(usize::try_from(number).ok()?).filter(|stem| !stem.is_empty())?;
    Some(format!("{stem}{}", if feminine { 'a' } else { 'o' }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roman_numerals_are_read_and_words_are_not() {
        for (word, value) in [("I", 1), ("IV", 4), ("VIII", 8), ("XIV", 14), ("XIX", 19), ("XXXIX", 39)] {
            assert_eq!(roman(word), Some(value), "{word}");
        }
        for word in ["", "IIII", "VX", "IC", "MIX", "XL", "A", "i", "XXXX", "IVI"] {
            assert_eq!(roman(word), None, "{word}");
        }
    }

    #[test]
    fn ordinals_and_years() {
        assert_eq!(
            [1, 2, 3, 4, 11, 12, 13, 21, 112].map(english_ordinal),
            ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th"]
        );
        assert_eq!([1863, 1900, 1905, 2024].map(|year| english_year(year).unwrap()), ["18 63", "19 hundred", "19 oh 5", "20 24"]);
        assert_eq!([1099, 2000, 2005, 2100].map(english_year), [None, None, None, None]);
        assert_eq!(
            [1, 3, 7, 14, 20, 31].map(|n| german_ordinal(n).unwrap()),
            ["erst", "dritt", "siebt", "vierzehnt", "zwanzigst", "einunddreißigst"]
        );
        assert_eq!(
            [1, 9, 18, 21, 23].map(|n| french_ordinal(n).unwrap()),
            ["premier", "neuvième", "dix-huitième", "vingt et unième", "vingt-troisième"]
        );
        assert_eq!(
            (spanish_ordinal(2, false), spanish_ordinal(1, true), spanish_ordinal(11, false)),
            (Some("segundo".into()), Some("primera".into()), None)
        );
    }
}
