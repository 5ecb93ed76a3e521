//! Usage: what a call used, in the units that vendors bill by. What that costs is worked out above this floor.

use serde::{Deserialize, Serialize};

/// What a call used. A unit that the provider did not tell, and that cannot be counted here, is none: unknown, not zero.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Usage {
    /// The model that did the work, where it is known better than from the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What of the model was used, where its vendor bills that differently: `1080p`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Tokens that were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    /// Tokens that were written, those of thinking too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
    /// Characters that were spoken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub characters: Option<u64>,
    /// Seconds of sound or film that were made, or of computing where the vendor bills that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// Pictures that were drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images: Option<u64>,
    /// Requests that were answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<u64>,
    /// What it cost in US dollars, where the provider itself tells; this is believed before any price table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reported_usd: Option<f64>,
}

impl Usage {
    /// Of what was made on this machine, and costs nothing.
    pub fn free() -> Self {
        Self { reported_usd: Some(0.0), ..Self::default() }
    }

    /// Both together, of one model: of an answer that had to be asked for again, say.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            model: other.model.or(self.model),
            tier: other.tier.or(self.tier),
            input_tokens: sum(self.input_tokens, other.input_tokens),
            output_tokens: sum(self.output_tokens, other.output_tokens),
            characters: sum(self.characters, other.characters),
            seconds: sum(self.seconds, other.seconds),
            images: sum(self.images, other.images),
            requests: sum(self.requests, other.requests),
            reported_usd: sum(self.reported_usd, other.reported_usd),
        }
    }
}

/// What only one of two tells is all that is known.
fn sum<T: std::ops::Add<Output = T>>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one + other),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_adds_up_unit_by_unit() {
        let first = Usage { input_tokens: Some(100), output_tokens: Some(7), ..Usage::default() };
        let again = Usage { input_tokens: Some(120), images: Some(1), ..Usage::default() };
        let both = Usage { input_tokens: Some(220), output_tokens: Some(7), images: Some(1), ..Usage::default() };
        assert_eq!(first.and(again), both);
        assert_eq!(Usage::default().and(Usage::default()), Usage::default());
    }
}
