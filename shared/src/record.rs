//! What the generated records (audio, image, video) have in common: the life of a take, and whose work it is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a generated record is in its life: `queued` → `running` → `ready` | `failed` | `canceled`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waiting for its turn, or for its next attempt.
    Queued,
    /// Being made.
    Running,
    /// Made: its `url` serves the bytes.
    Ready,
    /// It could not be made: see `error`.
    Failed,
    /// Stopped by the user.
    Canceled,
}

impl Status {
    /// Whether nothing more will happen to the record by itself.
    pub fn is_finished(self) -> bool {
        matches!(self, Self::Ready | Self::Failed | Self::Canceled)
    }

    /// As it is written on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }
}

/// Whose work it is, where a stock library has it from somebody: to be shown with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Credit {
    /// Who made it.
    #[schema(example = "Joey Farina")]
    pub author: String,
    /// The author's page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://www.pexels.com/@joey")]
    pub author_url: Option<String>,
    /// Where it comes from.
    #[schema(example = "Pexels")]
    pub source: String,
    /// Its own page there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://www.pexels.com/photo/2014422/")]
    pub source_url: Option<String>,
}

impl Credit {
    /// The same, from outside and not believed: names in one short line, and only addresses that a browser may open.
    /// None where nobody is named.
    pub fn cleaned(self) -> Option<Self> {
        let line = |text: &str| {
            let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(120).collect::<String>()
        };
        let page = |url: Option<String>| {
            url.filter(|url| {
                url.starts_with("https://") && url.len() <= 500 && !url.contains(|c: char| c.is_whitespace() || c.is_control())
            })
        };
        let (author, source) = (line(&self.author), line(&self.source));
        let named = !author.is_empty() && !source.is_empty();
        named.then(|| Self { author, author_url: page(self.author_url), source, source_url: page(self.source_url) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credit_from_outside_is_one_line_and_leads_to_pages_only() {
        let said = Credit {
            author: " Joey\n Farina\u{0} ".to_owned(),
            author_url: Some("javascript:alert(1)".to_owned()),
            source: "Pexels".to_owned(),
            source_url: Some("https://www.pexels.com/photo/2014422/".to_owned()),
        };
        let clean = said.clone().cleaned().expect("somebody is named");
        assert_eq!((clean.author.as_str(), clean.author_url, clean.source_url.is_some()), ("Joey Farina", None, true));
        assert_eq!(Credit { author: " ".to_owned(), ..said }.cleaned(), None);
    }
}
