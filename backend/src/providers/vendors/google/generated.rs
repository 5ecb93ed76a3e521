//! What `generateContent` answers, whatever is generated: whole, or as a part of a stream.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::providers::{ProviderError, Usage, http::Api};

/// Why it stops where it will not make that, whatever is tried.
const REFUSALS: [&str; 9] = [
    "SAFETY",
    "RECITATION",
    "LANGUAGE",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
];

/// An answer, or a part of one.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Generated {
    candidates: Vec<Candidate>,
    prompt_feedback: Option<Feedback>,
    usage_metadata: Option<Metadata>,
    model_version: Option<String>,
    error: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Candidate {
    content: Option<Content>,
    finish_reason: Option<String>,
    finish_message: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Content {
    parts: Vec<Part>,
}

/// A part of what was generated.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Part {
    /// Words.
    pub text: Option<String>,
    /// A picture or a sound.
    pub inline_data: Option<Blob>,
    thought: bool,
}

/// Bytes within an answer.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Blob {
    /// What they are said to be.
    pub mime_type: String,
    /// The bytes in base64.
    pub data: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Feedback {
    block_reason: Option<String>,
}

/// Tokens; a count that is left out is zero.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    prompt_token_count: u64,
    candidates_token_count: u64,
    thoughts_token_count: u64,
}

/// How it ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Finish {
    /// All is there.
    Complete,
    /// There was no room for more.
    CutOff,
    /// It will not make that, and why, where it says so.
    Refused {
        /// Google's name for the reason.
        reason: String,
        /// In words.
        words: Option<String>,
    },
    /// Something else; reasons that are not known are failures too.
    Other(String),
}

impl Generated {
    /// Why there is nothing in it: an error in an answer that came with success, or a prompt that was blocked.
    pub fn refusal(&self, api: &Api) -> Option<ProviderError> {
        if let Some(error) = &self.error {
            return Some(api.refused(200, &json!({ "error": error })));
        }
        let reason = self.prompt_feedback.as_ref()?.block_reason.as_deref()?;
        Some(blocked(api, reason, Some("the prompt was blocked")))
    }

    /// What was generated, without what was thought.
    pub fn parts(&self) -> impl DoubleEndedIterator<Item = &Part> {
        let content = self.candidates.first().and_then(|candidate| candidate.content.as_ref());
        content.into_iter().flat_map(|content| &content.parts).filter(|part| !part.thought)
    }

    /// How it ended; none where it goes on.
    pub fn finish(&self) -> Option<Finish> {
        let candidate = self.candidates.first()?;
        let reason = candidate.finish_reason.as_deref().filter(|reason| !matches!(*reason, "" | "FINISH_REASON_UNSPECIFIED"))?;
        Some(match reason {
            "STOP" => Finish::Complete,
            "MAX_TOKENS" => Finish::CutOff,
            reason if REFUSALS.contains(&reason) => {
                let words = candidate.finish_message.clone().filter(|words| !words.trim().is_empty());
                Finish::Refused { reason: reason.to_owned(), words }
            }
            other => Finish::Other(other.to_owned()),
        })
    }

    /// Google's own words about how it ended.
    pub fn finish_message(&self) -> Option<&str> {
        self.candidates.first()?.finish_message.as_deref().filter(|words| !words.trim().is_empty())
    }

    /// What is known of what it took, over what was known before.
    pub fn usage(&self, before: Usage) -> Usage {
        let model = self.model_version.clone().or(before.model);
        match &self.usage_metadata {
            Some(tokens) => Usage {
                model,
                input_tokens: Some(tokens.prompt_token_count),
                output_tokens: Some(tokens.candidates_token_count + tokens.thoughts_token_count),
                ..before
            },
            None => Usage { model, ..before },
        }
    }
}

/// What Google would not make, in its words or the studio's, with its name for the reason.
pub fn blocked(api: &Api, reason: &str, words: Option<&str>) -> ProviderError {
    let words = words.map_or("it was blocked", |words| words.trim().trim_end_matches('.'));
    api.rejected(&format!("{words} ({reason})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(answer: Value) -> Generated {
        serde_json::from_value(answer).expect("an answer")
    }

    #[test]
    fn endings_are_known_and_unknown_ones_are_failures() {
        let finish = |reason: &str| read(json!({"candidates": [{"finishReason": reason, "content": null}]})).finish();
        assert_eq!(finish("STOP"), Some(Finish::Complete));
        assert_eq!(finish("MAX_TOKENS"), Some(Finish::CutOff));
        assert_eq!(finish("IMAGE_SAFETY"), Some(Finish::Refused { reason: "IMAGE_SAFETY".to_owned(), words: None }));
        assert_eq!(finish("NO_IMAGE"), Some(Finish::Other("NO_IMAGE".to_owned())));
        assert_eq!((finish("FINISH_REASON_UNSPECIFIED"), read(json!({})).finish()), (None, None));
    }

    #[test]
    fn thoughts_are_passed_over_and_their_tokens_counted() {
        let answer = read(json!({
            "candidates": [{"content": {"parts": [{"text": "Hm.", "thought": true}, {"text": "One", "thoughtSignature": "x"}, {"text": " two"}]}}],
            "usageMetadata": {"promptTokenCount": 5, "thoughtsTokenCount": 7, "totalTokenCount": 12}, "modelVersion": "gemini-3.8-flash"
        }));
        assert_eq!(answer.parts().filter_map(|part| part.text.as_deref()).collect::<String>(), "One two");
        let usage = answer.usage(Usage { images: Some(1), ..Usage::default() });
        assert_eq!(
            (usage.model.as_deref(), usage.input_tokens, usage.output_tokens, usage.images),
            (Some("gemini-3.8-flash"), Some(5), Some(7), Some(1))
        );
        assert_eq!(read(json!({})).usage(usage.clone()), usage);
    }
}
