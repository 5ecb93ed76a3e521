//! Whose answers these are: the name that errors carry, and the key that no error may carry.

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::segment;
use crate::providers::{Kind, ProviderError, Secret};

/// The longest reason that is shown, in characters.
const LONGEST_REASON: usize = 400;

/// A provider as its errors name it.
#[derive(Clone, Debug)]
pub struct Who {
    /// Its id.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    key: Option<Secret>,
}

impl Who {
    /// That provider, which is asked with that key.
    pub fn new(id: &str, name: &str, key: Option<Secret>) -> Self {
        Self { id: id.to_owned(), name: name.to_owned(), key }
    }

    /// An error of that provider. The message is a sentence of the studio's own; what the provider said goes through
    /// [`Who::clean`] first.
    pub fn error(&self, kind: Kind, message: impl Into<String>) -> ProviderError {
        ProviderError::new(&self.id, kind, message)
    }

    /// A provider's own words, fit to be shown: on one line, not too long, and without the key or a part of it.
    pub fn clean(&self, words: &str) -> String {
        let mut text: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if let Some(key) = &self.key {
            let key = key.expose();
            // As it is, but before that as some send it (`Basic dXNlcjpwYXNz`), and as it stands in an address.
            for spelled in [STANDARD.encode(key), segment(key), key.to_owned()].map(Zeroizing::new) {
                text = without_key(&text, &spelled);
            }
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match text.char_indices().nth(LONGEST_REASON) {
            Some((at, _)) => format!("{}…", &text[..at]),
            None => text,
        }
    }
}

/// Without the key, and without words that show a part of it, such as `sk-ab***89`.
fn without_key(text: &str, key: &str) -> String {
    let text = if key.is_empty() { text.to_owned() } else { text.replace(key, "***") };
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '*' | '.' | '…' | '+' | '/' | '=');
    let mut clean = String::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        clean.push_str(if shows_a_part(word, key) { "***" } else { word });
        let gap = after.find(is_part).unwrap_or(after.len());
        clean.push_str(&after[..gap]);
        rest = &after[gap..];
    }
    clean
}

fn shows_a_part(word: &str, key: &str) -> bool {
    const ENOUGH: usize = 6;
    if key.len() < ENOUGH {
        return false;
    }
    let bytes = key.as_bytes();
    bytes.windows(ENOUGH).any(|part| word.as_bytes().windows(ENOUGH).any(|window| window == part))
        || (word.contains("**") && word.chars().any(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_of_the_key_is_shown() {
        let who = Who::new("openai", "OpenAI", Some(Secret::new("sk-proj-MARKED0123456789xyz")));
        for (said, shown) in [
            ("Incorrect API key provided: sk-proj-MARKED0123456789xyz.", "Incorrect API key provided: ***."),
            ("Incorrect API key provided: sk-pr*****9xyz. You can", "Incorrect API key provided: *** You can"),
            ("key ...456789xyz, or (MARKED0)", "key ***, or (***)"),
            ("The model `gpt-6.2-astra` does not exist", "The model `gpt-6.2-astra` does not exist"),
            ("two\r\nlines\u{0}here", "two lines here"),
        ] {
            assert_eq!(who.clean(said), shown);
        }
        let who_basic = Who::new("a1111", "Web UI", Some(Secret::new("user:MARKEDpassword")));
        assert_eq!(who_basic.clean("no such user: dXNlcjpNQVJLRURwYXNzd29yZA==, or dXNlcjpNQVJL"), "no such user: ***, or ***");
        assert_eq!(who_basic.clean("/jobs/of%20user%3AMARKEDpassword%20here"), "/jobs/of%***%20here");
        assert_eq!(who.clean(&"wörter ".repeat(200)).chars().count(), LONGEST_REASON + 1);
    }
}
