//! How much text lasts how long: what a model is told, since it counts words better than seconds.

use shared::language::primary;

/// Words or characters that a calm narrator speaks in a minute, pauses included, by language: what `shared::pace` makes
/// of ordinary prose, rounded. English is 150 words a minute; languages with longer words have fewer of them.
const A_MINUTE: [(&str, f64, Unit); 30] = [
    ("en", 150.0, Unit::Words),
    ("ar", 105.0, Unit::Words),
    ("bn", 105.0, Unit::Words),
    ("cs", 130.0, Unit::Words),
    ("da", 140.0, Unit::Words),
    ("de", 130.0, Unit::Words),
    ("el", 130.0, Unit::Words),
    ("es", 145.0, Unit::Words),
    ("fa", 110.0, Unit::Words),
    ("fi", 105.0, Unit::Words),
    ("fr", 155.0, Unit::Words),
    ("he", 110.0, Unit::Words),
    ("hi", 115.0, Unit::Words),
    ("hu", 120.0, Unit::Words),
    ("id", 125.0, Unit::Words),
    ("it", 140.0, Unit::Words),
    ("ja", 330.0, Unit::Characters),
    ("ko", 85.0, Unit::Words),
    ("nb", 145.0, Unit::Words),
    ("nl", 140.0, Unit::Words),
    ("pl", 120.0, Unit::Words),
    ("pt", 145.0, Unit::Words),
    ("ro", 135.0, Unit::Words),
    ("ru", 125.0, Unit::Words),
    ("sv", 140.0, Unit::Words),
    ("th", 430.0, Unit::Characters),
    ("tr", 115.0, Unit::Words),
    ("uk", 125.0, Unit::Words),
    ("vi", 165.0, Unit::Words),
    ("zh", 230.0, Unit::Characters),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Words,
    Characters,
}

/// How much text lasts that many seconds, in words: "about 375 words".
pub fn amount(seconds: f64, language: Option<&str>) -> String {
    let known = language.map(primary).and_then(|primary| A_MINUTE.iter().find(|(language, ..)| *language == primary));
    let (rate, of, note) = match known {
        Some((_, rate, Unit::Words)) => (*rate, "words", ""),
        Some((_, rate, Unit::Characters)) => (*rate, "characters", ""),
        None => (150.0, "words", " in English, or what takes as long to say in another language"),
    };
    format!("about {:.0} {of}{note}", (seconds / 60.0 * rate).max(1.0))
}

#[cfg(test)]
mod tests {
    use shared::pace;

    use super::*;

    #[test]
    fn rates_are_those_of_the_estimate_that_scripts_are_held_against() {
        for line in include_str!("../../../../tests/samples/udhr-article-1.txt").lines() {
            let (language, text) = line.split_once(": ").unwrap();
            let (_, rate, unit) = A_MINUTE.iter().find(|(known, ..)| *known == language).unwrap();
            let count = match unit {
                Unit::Words => text.split_whitespace().count(),
                Unit::Characters => text.chars().filter(|c| c.is_alphanumeric()).count(),
            };
            let estimated = f64::from(u32::try_from(count).unwrap()) / pace::speech_seconds(text, language, 1.0) * 60.0;
            assert!((0.8..1.25).contains(&(rate / estimated)), "{language}: {rate}, and {estimated:.0} by the estimate");
        }
    }

    #[test]
    fn lengths_are_told_in_what_the_language_is_counted_in() {
        assert_eq!(amount(60.0, Some("en-GB")), "about 150 words");
        assert_eq!(amount(90.0, Some("zh-Hant")), "about 345 characters");
        assert!(amount(60.0, None).starts_with("about 150 words in English, or what takes as long"));
        assert!(amount(60.0, Some("xx")).starts_with("about 150 words in English, or what takes as long"));
    }
}
