//! The rules for calls to providers: how often they are repeated, how many are made at once, and what they may cost.

use chrono::NaiveDate;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    patch,
    provider::{KindLimits, ProviderKind},
};

/// How often a call to a provider is repeated by itself, after failures that pass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Retries {
    /// How often it is made in all.
    pub attempts: u32,
    /// For how long, in seconds since the first.
    pub total_seconds: f64,
    /// The longest wait that a provider may ask for, in seconds; where it wants a longer one, the record fails and says until when.
    pub longest_wait_seconds: f64,
}

/// How many calls a provider gets, over all servers, and how long each may take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderLimits {
    /// How many at once.
    pub at_once: u32,
    /// How many may begin in a minute; no limit where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
    /// How long it may take, for each kind of its work; left out for what is built in.
    #[serde(default, skip_serializing_if = "KindLimits::is_empty")]
    pub time: KindLimits,
    /// What holds where the user has set nothing.
    pub usual: UsualLimits,
}

/// The limits of a provider where the user has set nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsualLimits {
    /// How many calls at once.
    pub at_once: u32,
    /// How many may begin in a minute; no limit where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
    /// How long it may take. A server on this machine or in this network gets far longer to begin.
    #[serde(default, skip_serializing_if = "KindLimits::is_empty")]
    pub time: KindLimits,
}

/// What may be spent, and what has been.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Spending {
    /// What a project may cost in all, in US dollars; no limit where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_limit_usd: Option<f64>,
    /// What a month (UTC) may cost, in US dollars; no limit where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month_limit_usd: Option<f64>,
    /// What is done about a call whose price is not known while there is a limit.
    pub unknown_prices: UnknownPrices,
    /// What this month has cost so far, in US dollars. A call whose answer was lost counts with what it was thought to cost.
    pub month_usd: f64,
    /// What is held back for calls that are queued or under way.
    pub reserved_usd: f64,
    /// How many calls of this month have an unknown price; they are not in the sum.
    pub unknown_calls: u32,
}

/// What is done about a call whose price is not known while there is a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnknownPrices {
    /// It is refused: nobody can say that it stays within the limit.
    #[default]
    Refuse,
    /// It is made, and counts as nothing.
    Allow,
}

/// What a model costs, in US dollars. A call costs the sum of what is given here; a unit that is left out is not billed.
///
/// Under `provider/*`, which may be for several kinds of work, each kind is billed by one unit alone, and by the request: a script
/// by its tokens, a narration by its characters, a picture by the piece, a clip by its seconds; where that is left out, narrations
/// and pictures by their seconds, and everything by its tokens.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(example = json!({"perMillionInputTokens": 0.75, "perMillionOutputTokens": 3.75, "asOf": "2026-10-07", "source": "the vendor's price list"}))]
pub struct Price {
    /// For a million tokens that are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_million_input_tokens: Option<f64>,
    /// For a million tokens that are written, those of thinking too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_million_output_tokens: Option<f64>,
    /// For a million characters that are spoken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_million_characters: Option<f64>,
    /// For a second of sound or film.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_second: Option<f64>,
    /// For a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_image: Option<f64>,
    /// For a request that is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_request: Option<f64>,
    /// When this was known (a date); left out for a price that the user has set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// Where it is from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The last day on which it holds (UTC); left out where no end of it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-12-31")]
    pub until: Option<NaiveDate>,
    /// What holds after that day, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub then: Option<Box<Price>>,
}

impl Price {
    /// What holds on a day (UTC): this, or what comes after it; none where nothing is known of that day any more.
    pub fn on(&self, day: NaiveDate) -> Option<&Self> {
        match self.until {
            Some(last) if last < day => self.then.as_deref()?.on(day),
            _ => Some(self),
        }
    }
}

/// What can be changed about retries.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatchRetries {
    /// How often a call is made in all.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(range(min = 1, max = 5))]
    #[schema(nullable = false, minimum = 1, maximum = 5)]
    pub attempts: Option<u32>,
    /// For how long, in seconds; at most a day.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(range(min = 1.0, max = 86400.0))]
    #[schema(nullable = false, minimum = 1, maximum = 86400)]
    pub total_seconds: Option<f64>,
    /// The longest wait that a provider may ask for, in seconds; at most an hour.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(range(min = 1.0, max = 3600.0))]
    #[schema(nullable = false, minimum = 1, maximum = 3600)]
    pub longest_wait_seconds: Option<f64>,
}

/// What can be changed about a provider's limits.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatchProviderLimits {
    /// How many calls at once; null for the provider's own limit.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(range(min = 1, max = 1000)))]
    #[schema(minimum = 1, maximum = 1000)]
    pub at_once: Option<Option<u32>>,
    /// How many calls may begin in a minute; null for the provider's own limit.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(range(min = 1, max = 100_000)))]
    #[schema(minimum = 1, maximum = 100_000)]
    pub per_minute: Option<Option<u32>>,
    /// How long it may take, for each kind of its work; null for what is usual.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    pub time: Option<Option<PatchKindLimits>>,
}

/// What can be changed about how long a provider may take, for each kind of its work; null for what is usual.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatchKindLimits {
    /// For a script.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    pub script: Option<Option<PatchTimeLimits>>,
    /// For a narration.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    pub speech: Option<Option<PatchTimeLimits>>,
    /// For a picture.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    pub image: Option<Option<PatchTimeLimits>>,
    /// For a clip, from asking for it to having it.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    pub video: Option<Option<PatchTimeLimits>>,
}

impl PatchKindLimits {
    /// The kinds of work that it says something of.
    pub fn kinds(&self) -> impl Iterator<Item = ProviderKind> {
        let parts = [
            (ProviderKind::Script, &self.script),
            (ProviderKind::Speech, &self.speech),
            (ProviderKind::Image, &self.image),
            (ProviderKind::Video, &self.video),
        ];
        parts.into_iter().filter(|(_, limits)| limits.is_some()).map(|(kind, _)| kind)
    }
}

/// What can be changed about how long a provider may take, in seconds; null for what is usual.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatchTimeLimits {
    /// Until a connection stands.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(range(min = 0.1, max = 300.0)))]
    #[schema(minimum = 0.1, maximum = 300)]
    pub connect_seconds: Option<Option<f64>>,
    /// Until an answer begins.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(range(min = 0.1, max = 7200.0)))]
    #[schema(minimum = 0.1, maximum = 7200)]
    pub first_byte_seconds: Option<Option<f64>>,
    /// Between two parts of an answer.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(range(min = 0.1, max = 7200.0)))]
    #[schema(minimum = 0.1, maximum = 7200)]
    pub idle_seconds: Option<Option<f64>>,
    /// In all, polling and fetching included; at most a day.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(range(min = 0.1, max = 86400.0)))]
    #[schema(minimum = 0.1, maximum = 86400)]
    pub total_seconds: Option<Option<f64>>,
}

/// What can be changed about spending.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatchSpending {
    /// What a project may cost in all, in US dollars; null for no limit.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(range(min = 0.0, max = 1_000_000.0)))]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub project_limit_usd: Option<Option<f64>>,
    /// What a month (UTC) may cost, in US dollars; null for no limit.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(range(min = 0.0, max = 1_000_000.0)))]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub month_limit_usd: Option<Option<f64>>,
    /// What is done about a call whose price is not known while there is a limit.
    #[serde(default, deserialize_with = "patch::required", skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub unknown_prices: Option<UnknownPrices>,
}

/// What can be changed about a price, in US dollars; null for a unit that is not billed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatchPrice {
    /// For a million tokens that are read.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(range(min = 0.0, max = 1_000_000.0)))]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub per_million_input_tokens: Option<Option<f64>>,
    /// For a million tokens that are written.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(range(min = 0.0, max = 1_000_000.0)))]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub per_million_output_tokens: Option<Option<f64>>,
    /// For a million characters that are spoken.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(range(min = 0.0, max = 1_000_000.0)))]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub per_million_characters: Option<Option<f64>>,
    /// For a second of sound or film.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(range(min = 0.0, max = 1_000_000.0)))]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub per_second: Option<Option<f64>>,
    /// For a picture.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(range(min = 0.0, max = 1_000_000.0)))]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub per_image: Option<Option<f64>>,
    /// For a request that is answered.
    #[serde(default, deserialize_with = "patch::nullable", skip_serializing_if = "Option::is_none")]
    #[garde(inner(range(min = 0.0, max = 1_000_000.0)))]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub per_request: Option<Option<f64>>,
}
