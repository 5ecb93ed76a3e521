//! What to look for in a stock library: a few words that name things, where an image model gets sentences.

use engines::outline::language::of_part as language_of_part;
use shared::language::primary;

/// Words that name nothing that a photograph or a clip would be filed under: small ones, and a camera's.
const EMPTY: &[&str] = &[
    "a",
    "an",
    "and",
    "as",
    "at",
    "by",
    "for",
    "from",
    "in",
    "into",
    "is",
    "it",
    "its",
    "of",
    "on",
    "or",
    "over",
    "the",
    "their",
    "to",
    "under",
    "with",
    "while",
    "his",
    "her",
    "shot",
    "wide",
    "close",
    "up",
    "closeup",
    "medium",
    "angle",
    "view",
    "scene",
    "image",
    "photo",
    "photograph",
    "picture",
    "cinematic",
    "camera",
    "lens",
    "shallow",
    "depth",
    "field",
    "lighting",
    "composition",
    "style",
    "detailed",
    "realistic",
    "photorealistic",
    "foreground",
    "background",
    "frame",
];
/// The languages that Pexels searches in.
const LOCALES: &[&str] = &[
    "pt-BR", "es-ES", "ca-ES", "de-DE", "it-IT", "fr-FR", "sv-SE", "id-ID", "pl-PL", "ja-JP", "zh-CN", "ko-KR", "th-TH", "nl-NL", "hu-HU",
    "vi-VN", "cs-CZ", "da-DK", "fi-FI", "uk-UA", "el-GR", "ro-RO", "nb-NO", "sk-SK", "tr-TR", "ru-RU",
];

/// What to look for, one after the other until something is found: much of what is seen, the least of it, the title.
pub fn queries(visual_prompt: &str, title: &str) -> Vec<String> {
    let seen = words(visual_prompt);
    let mut queries = Vec::new();
    for words in [&seen[..seen.len().min(7)], &seen[..seen.len().min(3)], &words(title)] {
        let query = words.join(" ");
        if !query.is_empty() && !queries.contains(&query) {
            queries.push(query);
        }
    }
    queries
}

/// The words that name something. A script without spaces has few, and long ones.
fn words(text: &str) -> Vec<&str> {
    let split = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’' | '-'))).filter(|word| !word.is_empty());
    let named = split.filter(|word| !EMPTY.contains(&word.to_lowercase().as_str()));
    named.map(|word| word.char_indices().nth(40).map_or(word, |(end, _)| &word[..end])).collect()
}

/// In which of its languages to search; none for English, which it takes by itself. Models often describe pictures in
/// English, whatever the film's language.
pub fn locale(visual_prompt: &str, language: &str) -> Option<&'static str> {
    let written = language_of_part(visual_prompt, &primary(language));
    let written = if written == "no" { "nb" } else { written.as_str() };
    LOCALES.iter().find(|locale| primary(locale) == written).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_words_that_name_things_are_looked_for() {
        let prompt = "Wide shot of an old wooden windmill on a green hill at dawn, soft golden light, cinematic lighting";
        assert_eq!(queries(prompt, "The mill"), ["old wooden windmill green hill dawn soft", "old wooden windmill", "mill"]);
        assert_eq!(queries("", "The mill"), ["mill"]);
        assert_eq!(queries("Hare", "Hare"), ["Hare"]);
        assert!(queries("", "").is_empty());
    }

    #[test]
    fn a_prompt_is_searched_for_in_its_own_language() {
        assert_eq!(locale("A windmill on a hill at dawn while the wind blows over the fields", "en"), None);
        assert_eq!(locale("Eine alte Windmühle auf einem grünen Hügel in der Morgendämmerung", "de-DE"), Some("de-DE"));
        assert_eq!(locale("A windmill on a hill at dawn while the wind blows over the fields and through the trees", "de"), None);
        assert_eq!(locale("山の上の古い風車", "ja"), Some("ja-JP"));
        assert_eq!(locale("", "sw"), None);
    }
}
