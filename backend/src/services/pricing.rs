//! Prices: what a call costs by what it used, and what one that is to be made may cost.
//!
//! The program's own table is `prices.json`, each line with its date and source, and with its end and what comes then where a
//! vendor has said so; the user's prices go before it. What nobody knows is none: unknown, not zero.

use std::{collections::BTreeMap, sync::LazyLock};

use super::policy::Policy;
use chrono::{NaiveDate, Utc};

use crate::providers::{About, Access, Usage};
use shared::{pace, policy::Price, provider::ProviderKind, video::Resolution};

static TABLE: LazyLock<BTreeMap<String, Price>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../prices.json")).expect("prices.json is read by a test"));

/// Characters of a token, on the safe side: in English it is about four, in Chinese less than two.
const CHARACTERS_A_TOKEN: f64 = 2.5;
/// Tokens of a second of speech (Gemini: 25 to 32).
const TOKENS_A_SPOKEN_SECOND: f64 = 32.0;
/// Tokens of a picture that is drawn, and of one that is shown (Gemini: 1120 to 1290; OpenAI, of medium quality: 1600).
const TOKENS_A_PICTURE: u64 = 2000;

/// Who bills a call, if anybody does.
#[derive(Clone, Debug, PartialEq)]
pub enum Payee {
    /// Nobody: it is done on this machine, or asked for without a key, or free of charge with one.
    Nobody,
    /// A provider, for a model of it.
    Provider {
        /// Its id.
        id: String,
        /// The model, or the provider's own default; none where even that is not known.
        model: Option<String>,
        /// What it is asked for.
        kind: ProviderKind,
    },
}

impl Payee {
    /// Who bills a call to that provider with that access.
    pub fn of(about: &About, access: &Access, model: Option<&str>) -> Self {
        if access.key.is_none() || access.free {
            return Self::Nobody;
        }
        Self::Provider { id: access.provider.clone(), model: model.or(about.default_model()).map(str::to_owned), kind: about.kind }
    }

    /// What a call that is made now costs that uses that; none where it is not known.
    pub fn cost(&self, policy: &Policy, usage: &Usage) -> Option<f64> {
        self.cost_on(Utc::now().date_naive(), policy, usage)
    }

    /// As [`Payee::cost`], of a call that was made on that day (UTC).
    pub fn cost_on(&self, day: NaiveDate, policy: &Policy, usage: &Usage) -> Option<f64> {
        if let Some(reported) = usage.reported_usd {
            return Some(reported);
        }
        let Self::Provider { id, model, kind } = self else { return Some(0.0) };
        let find = |model: &str| find(policy, id, model, usage.tier.as_deref()).and_then(|price| price.on(day));
        // A vendor may name the model more exactly than it was asked for.
        match [&usage.model, model].into_iter().flatten().find_map(|model| find(model)) {
            Some(price) => total(price, usage),
            None => total_of_kind(find("*")?, *kind, usage),
        }
        .map(rounded)
    }
}

/// To the billionth of a dollar: what binary fractions add to a sum (0.1 + 0.2) is nothing that anybody bills.
pub fn rounded(usd: f64) -> f64 {
    (usd * 1e9).round() / 1e9
}

/// Whether everything of a provider is known to cost nothing, although it may want a key: by the table, or as the user says.
pub fn is_free(policy: &Policy, provider: &str) -> bool {
    let own = TABLE.iter().filter(|(name, _)| !policy.prices.contains_key(*name));
    let prices = own.chain(&policy.prices).filter_map(|(name, price)| {
        let (of, model) = name.split_once('/')?;
        (of == provider).then_some((model, units(price)))
    });
    let prices: Vec<_> = prices.collect();
    let is_zero = |units: &[Option<f64>]| units.iter().flatten().all(|usd| *usd == 0.0) && units.iter().any(Option::is_some);
    prices.iter().any(|(model, _)| *model == "*") && prices.iter().all(|(_, units)| is_zero(units))
}

/// What a price bills, unit by unit.
fn units(price: &Price) -> [Option<f64>; 6] {
    let Price { per_million_input_tokens, per_million_output_tokens, per_million_characters, per_second, per_image, per_request, .. } =
        price;
    [*per_million_input_tokens, *per_million_output_tokens, *per_million_characters, *per_second, *per_image, *per_request]
}

/// Every price that is known today: the user's over the program's.
pub fn known(policy: &Policy) -> BTreeMap<String, Price> {
    let today = Utc::now().date_naive();
    let own = TABLE.iter().filter_map(|(name, price)| Some((name.clone(), price.on(today)?.clone())));
    own.chain(policy.prices.clone()).collect()
}

/// The price of a model: what the user has set goes before the table, and what is for one tier of a model (`model@1080p`)
/// before what is for all of it.
fn find<'a>(policy: &'a Policy, provider: &str, model: &str, tier: Option<&str>) -> Option<&'a Price> {
    let whole = format!("{provider}/{model}");
    let tiered = tier.map(|tier| format!("{whole}@{tier}"));
    let names = || tiered.iter().chain(std::iter::once(&whole));
    names().find_map(|name| policy.prices.get(name)).or_else(|| names().find_map(|name| TABLE.get(name)))
}

/// The sum of what is billed; none where a unit that is billed was not told.
fn total(price: &Price, usage: &Usage) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "no call uses so much that a double could not count it")]
    let count = |used: Option<u64>| used.map(|used| used as f64);
    let used = [
        (count(usage.input_tokens), 1e6),
        (count(usage.output_tokens), 1e6),
        (count(usage.characters), 1e6),
        (usage.seconds, 1.0),
        (count(usage.images), 1.0),
        (count(usage.requests), 1.0),
    ];
    // As much as there may be of it, what costs nothing costs nothing.
    let cost = |price: f64, (used, of): (Option<f64>, f64)| if price == 0.0 { Some(0.0) } else { used.map(|used| price * used / of) };
    let billed = units(price).into_iter().zip(used).filter_map(|(price, used)| price.map(|price| cost(price, used)));
    billed.reduce(|sum, next| Some(sum? + next?)).flatten()
}

/// As [`total`], under a price that is for everything of a provider: what one kind of work is billed by says nothing of another.
fn total_of_kind(price: &Price, kind: ProviderKind, usage: &Usage) -> Option<f64> {
    let request = Price { per_request: price.per_request, ..Price::default() };
    let characters = Price { per_million_characters: price.per_million_characters, ..request.clone() };
    let seconds = Price { per_second: price.per_second, ..request.clone() };
    let images = Price { per_image: price.per_image, ..request.clone() };
    let tokens = Price {
        per_million_input_tokens: price.per_million_input_tokens,
        per_million_output_tokens: price.per_million_output_tokens,
        ..request.clone()
    };
    let units = match kind {
        ProviderKind::Script => vec![tokens],
        ProviderKind::Speech => vec![characters, seconds, tokens],
        ProviderKind::Image => vec![images, seconds, tokens],
        ProviderKind::Video => vec![seconds, tokens],
    };
    let billed: Vec<Price> = units.into_iter().filter(|unit| *unit != request).collect();
    if billed.is_empty() { total(&request, usage) } else { billed.iter().find_map(|unit| total(unit, usage)) }
}

/// What the speaking of a text will use, about.
pub fn narration(text: &str, language: &str, speed: f64) -> Usage {
    let seconds = pace::speech_seconds(text, language, speed);
    Usage {
        input_tokens: Some(tokens(text) + 50),
        output_tokens: Some((seconds * 1.2 * TOKENS_A_SPOKEN_SECOND).ceil() as u64),
        characters: Some(text.chars().count() as u64),
        seconds: Some(seconds * 1.2),
        requests: Some(1),
        ..Usage::default()
    }
}

/// What the drawing of a picture will use, about.
pub fn picture(words: &str, references: usize) -> Usage {
    Usage {
        input_tokens: Some(tokens(words) + references as u64 * TOKENS_A_PICTURE),
        output_tokens: Some(TOKENS_A_PICTURE),
        images: Some(1),
        requests: Some(1),
        ..Usage::default()
    }
}

/// What the making of a clip will use, about.
pub fn clip(seconds: f64, resolution: Option<Resolution>) -> Usage {
    let tier = resolution.map(|resolution| resolution.as_str().to_owned());
    Usage { seconds: Some(seconds), tier, requests: Some(1), ..Usage::default() }
}

/// What an answer of a writer will use, at most: one that is told these words, and has room for so many tokens, those of its
/// thinking too. Vendors bill what was written, so that it mostly costs less.
pub fn writing<'a>(words: impl Iterator<Item = &'a str>, room: u32) -> Usage {
    Usage { input_tokens: Some(words.map(tokens).sum()), output_tokens: Some(room.into()), requests: Some(1), ..Usage::default() }
}

fn tokens(text: &str) -> u64 {
    #[expect(clippy::cast_precision_loss, reason = "no text is so long")]
    let characters = text.chars().count() as f64;
    (characters / CHARACTERS_A_TOKEN).ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payee(model: &str) -> Payee {
        Payee::Provider { id: "gemini".to_owned(), model: Some(model.to_owned()), kind: ProviderKind::Script }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_price_of_the_table_has_its_date_and_source() {
        for (name, price) in TABLE.iter() {
            assert!(name.split_once('/').is_some_and(|(provider, model)| !provider.is_empty() && !model.is_empty()), "{name}");
            let mut row = Some(price);
            while let Some(price) = row {
                assert!(price.as_of.as_deref().is_some_and(|date| date.parse::<NaiveDate>().is_ok()), "{name}");
                assert!(price.source.is_some(), "{name}");
                row = price.then.as_deref();
                let follows = row.is_none_or(|next| price.until.is_some() && next.until.is_none_or(|until| Some(until) > price.until));
                assert!(follows, "{name}: what comes next comes after an end");
            }
        }
    }

    #[test]
    fn a_price_holds_until_its_last_day() {
        let usage = Usage { input_tokens: Some(1_000_000), output_tokens: Some(1_000_000), ..Usage::default() };
        let cost = |model, on| payee(model).cost_on(day(on), &Policy::default(), &usage);
        for (on, costs) in [("2026-10-07", 4.5), ("2026-12-31", 4.5), ("2027-01-01", 9.0), ("2030-06-01", 9.0)] {
            assert_eq!(cost("gemini-3.8-flash", on), Some(costs), "{on}");
        }
        assert_eq!(cost("gemini-3.5-flash", "2030-06-01"), Some(10.5), "no end of it is known");
        let ends = Price { per_request: Some(1.0), until: Some(day("2026-12-31")), ..Price::default() };
        assert_eq!((ends.on(day("2026-12-31")), ends.on(day("2027-01-01"))), (Some(&ends), None), "then it is unknown");
    }

    #[test]
    fn a_price_for_everything_bills_each_kind_by_its_own_unit() {
        let mut policy = Policy::default();
        let all = Price {
            per_million_output_tokens: Some(4.0),
            per_million_characters: Some(100.0),
            per_second: Some(0.2),
            per_image: Some(0.05),
            ..Price::default()
        };
        let cost = |price: &Price, kind, usage: &Usage| total_of_kind(price, kind, usage).map(|usd| (usd * 1e6).round() / 1e6);
        let script = Usage { input_tokens: Some(9), output_tokens: Some(500_000), requests: Some(1), ..Usage::default() };
        let speech = Usage { characters: Some(1000), seconds: Some(60.0), ..script.clone() };
        let image = Usage { images: Some(2), ..script.clone() };
        let clip = Usage { seconds: Some(8.0), ..script.clone() };
        let kinds = [ProviderKind::Script, ProviderKind::Speech, ProviderKind::Image, ProviderKind::Video];
        let costs = |price: &Price| {
            let all = kinds.into_iter().zip([&script, &speech, &image, &clip]);
            all.map(|(kind, usage)| cost(price, kind, usage)).collect::<Vec<_>>()
        };
        assert_eq!(costs(&all), [Some(2.0), Some(0.1), Some(0.1), Some(1.6)]);
        // By the second, where there is no unit of its own; a script has no seconds, and what it costs is unknown.
        let seconds = Price { per_second: Some(0.2), ..Price::default() };
        assert_eq!(costs(&seconds), [None, Some(12.0), None, Some(1.6)]);
        assert_eq!(cost(&all, ProviderKind::Image, &Usage { seconds: Some(3.0), ..Usage::default() }), Some(0.6), "computed by the second");
        let request = Price { per_request: Some(0.01), per_image: Some(0.05), ..Price::default() };
        assert_eq!(costs(&request), [Some(0.01), Some(0.01), Some(0.11), Some(0.01)]);
        // That holds for `*` alone: a price of a model's own is the sum of what it says.
        policy.prices = [("gemini/*".to_owned(), all.clone()), ("gemini/both".to_owned(), all)].into();
        let of = |model: &str, kind| Payee::Provider { id: "gemini".to_owned(), model: Some(model.to_owned()), kind };
        assert_eq!(of("any", ProviderKind::Speech).cost(&policy, &speech), Some(0.1));
        assert_eq!(of("both", ProviderKind::Speech).cost(&policy, &speech), None, "it has no pictures");
    }

    #[test]
    fn a_call_costs_what_it_used() {
        let policy = Policy::default();
        let usage = Usage { input_tokens: Some(1_000_000), output_tokens: Some(2_000_000), ..Usage::default() };
        assert_eq!(payee("gemini-3.1-pro-preview").cost(&policy, &usage), Some(2.0 + 24.0));
        assert_eq!(payee("gemini-omni-1.2-flash").cost(&policy, &clip(8.0, Some(Resolution::P720))), Some(0.8));
        assert_eq!(payee("gemini-omni-1.2-flash").cost(&policy, &clip(8.0, Some(Resolution::P1080))), None, "more lines cost more");
        // A unit that is billed and was not told makes the cost unknown, as does a model without a price.
        assert_eq!(payee("gemini-3.1-pro-preview").cost(&policy, &Usage { output_tokens: Some(9), ..Usage::default() }), None);
        assert_eq!(payee("gemini-9").cost(&policy, &usage), None);
        let nothing = Price { per_million_input_tokens: Some(0.0), per_million_output_tokens: Some(0.0), ..Price::default() };
        assert_eq!(total(&nothing, &Usage::default()), Some(0.0), "however much it was");
        assert_eq!(Payee::Nobody.cost(&policy, &usage), Some(0.0));
        assert_eq!(payee("gemini-9").cost(&policy, &Usage { reported_usd: Some(0.5), ..usage }), Some(0.5));
    }

    #[test]
    fn a_provider_is_free_where_everything_of_it_costs_nothing() {
        let mut policy = Policy::default();
        let mut set = |name: &str, usd| policy.prices.insert(name.to_owned(), Price { per_request: Some(usd), ..Price::default() });
        set("compatible/*", 0.0);
        set("compatible-lab/*", 0.0);
        set("compatible-lab/large", 0.5);
        set("gemini/*", 0.0);
        let free = ["compatible", "compatible-lab", "gemini", "openai", "pexels"].map(|provider| is_free(&policy, provider));
        assert_eq!(free, [true, false, false, false, true]);
    }

    #[test]
    fn the_users_prices_go_before_the_tables() {
        let own = Price { per_request: Some(1.0), ..Price::default() };
        let rest = Price { per_request: Some(2.0), ..Price::default() };
        let mut policy = Policy::default();
        policy.prices = [("gemini/gemini-3.8-flash".to_owned(), own), ("gemini/*".to_owned(), rest)].into();
        let usage = Usage { requests: Some(1), seconds: Some(1.0), tier: Some("720p".to_owned()), ..Usage::default() };
        assert_eq!(payee("gemini-3.8-flash").cost(&policy, &usage), Some(1.0));
        assert_eq!(payee("gemini-9").cost(&policy, &usage), Some(2.0));
        assert_eq!(payee("gemini-omni-1.2-flash").cost(&policy, &usage), Some(0.1), "one of the table's own goes before `*`");
    }
}
