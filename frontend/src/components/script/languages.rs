//! The languages that are offered; any other that a project has is shown by its tag.

use shared::language::primary;

/// Tag (BCP 47) and name, in the order of their names.
pub const LANGUAGES: [(&str, &str); 36] = [
    ("ar", "Arabic"),
    ("bn", "Bengali"),
    ("bg", "Bulgarian"),
    ("zh", "Chinese"),
    ("hr", "Croatian"),
    ("cs", "Czech"),
    ("da", "Danish"),
    ("nl", "Dutch"),
    ("en", "English"),
    ("et", "Estonian"),
    ("fi", "Finnish"),
    ("fr", "French"),
    ("de", "German"),
    ("el", "Greek"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("hu", "Hungarian"),
    ("id", "Indonesian"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("lv", "Latvian"),
    ("lt", "Lithuanian"),
    ("nb", "Norwegian"),
    ("fa", "Persian"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
    ("ru", "Russian"),
    ("sr", "Serbian"),
    ("es", "Spanish"),
    ("sw", "Swahili"),
    ("sv", "Swedish"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("vi", "Vietnamese"),
];

/// The name of a tag's language, or the tag itself.
pub fn language_name(tag: &str) -> &str {
    let primary = primary(tag);
    LANGUAGES.iter().find(|(known, _)| *known == primary).map_or(tag, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_have_their_languages_name() {
        assert_eq!(language_name("pt-BR"), "Portuguese");
        assert_eq!(language_name("PT"), "Portuguese");
        assert_eq!(language_name("tlh"), "tlh");
    }

    #[test]
    fn every_tag_is_one_the_server_takes() {
        for (tag, _) in LANGUAGES {
            assert!(shared::rules::language_tag(tag, &()).is_ok(), "{tag}");
        }
    }
}
