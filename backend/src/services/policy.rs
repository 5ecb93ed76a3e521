//! The rules for calls to providers as they hold now: the program's own, under what the user has set.

use std::collections::BTreeMap;

use diesel::PgConnection;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    db,
    error::{AppError, Result},
    providers::About,
    queue::Limit,
};
use shared::{
    error::FieldError,
    policy::{Price, ProviderLimits, Retries, UnknownPrices},
    settings::PatchSettings,
};

/// The rules, as far as they are not each provider's own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Policy {
    retries: SetRetries,
    limits: BTreeMap<String, SetLimits>,
    /// What may be spent.
    pub spending: SetSpending,
    /// The prices that the user has set.
    pub prices: BTreeMap<String, Price>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SetRetries {
    attempts: Option<u32>,
    total_seconds: Option<f64>,
    longest_wait_seconds: Option<f64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SetLimits {
    at_once: Option<u32>,
    per_minute: Option<u32>,
}

/// What may be spent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SetSpending {
    /// By a project.
    pub project_limit_usd: Option<f64>,
    /// In a month.
    pub month_limit_usd: Option<f64>,
    /// What is done where nobody knows.
    pub unknown_prices: UnknownPrices,
}

/// The rules as they hold now.
pub fn read(conn: &mut PgConnection) -> Result<Policy> {
    serde_json::from_value(db::settings::policy(conn)?).map_err(AppError::internal)
}

impl Policy {
    /// How often calls are repeated.
    pub fn retries(&self) -> Retries {
        Retries {
            attempts: self.retries.attempts.unwrap_or(5),
            total_seconds: self.retries.total_seconds.unwrap_or(1800.0),
            longest_wait_seconds: self.retries.longest_wait_seconds.unwrap_or(300.0),
        }
    }

    /// How many calls each provider gets. A vendor that speaks and draws has one limit for both: the larger of its own.
    pub fn limits(&self, providers: &[ProviderLimit]) -> BTreeMap<String, ProviderLimits> {
        let mut limits = BTreeMap::<String, ProviderLimits>::new();
        for own in providers {
            let limit = limits.entry(own.provider.clone()).or_insert(ProviderLimits { at_once: 1, per_minute: own.a_minute });
            limit.at_once = limit.at_once.max(own.at_once);
            limit.per_minute = limit.per_minute.max(own.a_minute);
        }
        for (provider, set) in &self.limits {
            if let Some(limit) = limits.get_mut(provider) {
                limit.at_once = set.at_once.unwrap_or(limit.at_once);
                limit.per_minute = set.per_minute.or(limit.per_minute);
            }
        }
        limits
    }
}

/// A provider's own limit.
pub type ProviderLimit = Limit;

/// What providers say of their own limits.
pub fn own_limits(about: &[&About]) -> Vec<ProviderLimit> {
    about.iter().map(|about| Limit { provider: about.id.to_owned(), at_once: about.at_once, a_minute: about.a_minute }).collect()
}

/// The limits as the queue holds jobs to them.
pub fn limits_now(conn: &mut PgConnection, own: &[ProviderLimit]) -> Result<Vec<Limit>> {
    let limits = read(conn)?.limits(own);
    Ok(limits.into_iter().map(|(provider, limit)| Limit { provider, at_once: limit.at_once, a_minute: limit.per_minute }).collect())
}

/// The part of the patch that is about these rules, as it is kept.
pub fn patch_value(patch: &PatchSettings) -> Result<Value> {
    let mut kept = serde_json::Map::new();
    let parts = [
        ("retries", serde_json::to_value(&patch.retries)),
        ("limits", serde_json::to_value(&patch.limits)),
        ("spending", serde_json::to_value(&patch.spending)),
        ("prices", serde_json::to_value(&patch.prices)),
    ];
    for (name, value) in parts {
        match value.map_err(AppError::internal)? {
            Value::Null => {}
            value => {
                kept.insert(name.to_owned(), value);
            }
        }
    }
    Ok(Value::Object(kept))
}

/// Takes out what was set to null: in these rules, that always means what the program says itself.
pub fn forget_nulls(value: &mut Value) {
    if let Value::Object(fields) = value {
        fields.retain(|_, value| !value.is_null());
        fields.values_mut().for_each(forget_nulls);
    }
}

/// What in the patch names something that there is not.
pub fn check(about: &[&About], patch: &PatchSettings) -> Vec<FieldError> {
    let known = |id: &str| about.iter().any(|about| about.id == id);
    let limits = patch.limits.iter().flatten().filter(|(id, _)| !known(id));
    let limits = limits.map(|(id, _)| FieldError { path: format!("limits.{id}"), message: "no such provider".to_owned() });
    let priced = |name: &str| name.split_once('/').is_some_and(|(provider, model)| known(provider) && !model.is_empty());
    let prices = patch.prices.iter().flatten().filter(|(name, _)| !priced(name));
    let prices = prices.map(|(name, _)| FieldError {
        path: format!("prices.{name}"),
        message: "not a provider and its model, as in `openai/gpt-image-2.6-flare` or `openai/*`".to_owned(),
    });
    limits.chain(prices).collect()
}
