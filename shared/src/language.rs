//! Language tags (BCP 47), as far as they say how a text is read.

/// The languages that are written from right to left. Kurdish is written in Latin letters, but for the Sorani of `ckb`.
const FROM_RIGHT: [&str; 14] = ["ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"];
/// The scripts that are.
const SCRIPTS_FROM_RIGHT: [&str; 5] = ["arab", "hebr", "nkoo", "syrc", "thaa"];

/// The primary subtag of a tag, in lower case: `pt` of `pt-BR`.
#[must_use]
pub fn primary(tag: &str) -> String {
    subtags(tag).next().unwrap_or_default()
}

/// Whether a text of that language is written from right to left: by the script that the tag names, else by its usual one.
#[must_use]
pub fn reads_from_right(tag: &str) -> bool {
    let is_script = |subtag: &String| subtag.len() == 4 && subtag.bytes().all(|b| b.is_ascii_alphabetic());
    match subtags(tag).skip(1).find(is_script) {
        Some(script) => SCRIPTS_FROM_RIGHT.contains(&script.as_str()),
        None => FROM_RIGHT.contains(&primary(tag).as_str()),
    }
}

fn subtags(tag: &str) -> impl Iterator<Item = String> {
    tag.split(['-', '_']).map(|subtag| subtag.trim().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_cut_to_its_primary_subtag() {
        for (tag, expected) in [("pt-BR", "pt"), ("zh_Hant", "zh"), ("DE", "de"), (" en ", "en"), ("", "")] {
            assert_eq!(primary(tag), expected);
        }
    }

    #[test]
    fn a_language_is_read_from_the_right_however_its_tag_is_written() {
        for tag in ["ar", "AR", "fa-IR", "he_IL", "ckb", "ku-Arab", "az-Arab-IR"] {
            assert!(reads_from_right(tag), "{tag}");
        }
        for tag in ["", "en", "ku", "kmr", "az", "ar-Latn", "yo"] {
            assert!(!reads_from_right(tag), "{tag}");
        }
    }
}
