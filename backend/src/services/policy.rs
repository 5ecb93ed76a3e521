//! The rules for calls to providers as they hold now: the program's own, under what the user has set.

use std::collections::BTreeMap;

use diesel::PgConnection;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    db,
    error::{AppError, Result},
    providers::{About, vendors::compatible},
    queue::Limit,
};
use shared::{
    error::FieldError,
    policy::{Price, Retries, UnknownPrices},
    provider::KindLimits,
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
    time: KindLimits,
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

    /// How many calls each provider gets, with what the user has set over its own limits.
    pub fn limits(&self, own: &[Limit]) -> Vec<Limit> {
        let set = |limit: &Limit| self.limits.get(&limit.provider).cloned().unwrap_or_default();
        let over = |limit: &Limit| Limit {
            provider: limit.provider.clone(),
            at_once: set(limit).at_once.unwrap_or(limit.at_once),
            // Who says how many may run says it of every kind.
            of_kind: if set(limit).at_once.is_some() { Vec::new() } else { limit.of_kind.clone() },
            a_minute: set(limit).per_minute.or(limit.a_minute),
            local: limit.local,
        };
        own.iter().map(over).collect()
    }

    /// The time limits that the user has set for a provider.
    pub fn time(&self, provider: &str) -> KindLimits {
        self.limits.get(provider).map(|set| set.time.clone()).unwrap_or_default()
    }
}

/// What providers say of their own limits. A vendor that speaks and draws has one limit for both, the larger of its own; of
/// what it wants less of at once, it gets no more than that.
pub fn own_limits(about: &[&About]) -> Vec<Limit> {
    let mut limits = BTreeMap::<&str, Limit>::new();
    for about in about {
        let first = || Limit {
            provider: about.id.to_owned(),
            at_once: about.at_once,
            of_kind: Vec::new(),
            a_minute: about.a_minute,
            local: about.built_in,
        };
        let limit = limits.entry(about.id).or_insert_with(first);
        limit.at_once = limit.at_once.max(about.at_once);
        limit.of_kind.push((about.kind, about.at_once));
        limit.a_minute = limit.a_minute.max(about.a_minute);
    }
    let mut limits: Vec<Limit> = limits.into_values().collect();
    limits.iter_mut().for_each(|limit| limit.of_kind.retain(|(_, at_once)| *at_once < limit.at_once));
    limits
}

/// The same, with those of the servers that the user has added: each has as much as the adapter that asks it says.
pub fn with_servers(conn: &mut PgConnection, mut own: Vec<Limit>) -> Result<Vec<Limit>> {
    if let Some(each) = own.iter().find(|limit| limit.provider == compatible::ID).cloned() {
        let servers = db::settings::servers(conn)?;
        own.extend(servers.into_iter().map(|provider| Limit { provider, ..each.clone() }));
    }
    Ok(own)
}

/// The limits as the queue holds jobs to them.
pub fn limits_now(conn: &mut PgConnection, own: &[Limit]) -> Result<Vec<Limit>> {
    let own = with_servers(conn, own.to_vec())?;
    Ok(read(conn)?.limits(&own))
}

/// The limit of one provider, where it has any.
pub fn limit_of(conn: &mut PgConnection, own: &[Limit], provider: &str) -> Result<Option<Limit>> {
    Ok(limits_now(conn, own)?.into_iter().find(|limit| limit.provider == provider))
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

/// Takes out what is said of a server that is removed.
pub fn forget_server(value: &mut Value, id: &str) {
    if let Some(limits) = value.get_mut("limits").and_then(Value::as_object_mut) {
        limits.remove(id);
    }
    if let Some(prices) = value.get_mut("prices").and_then(Value::as_object_mut) {
        prices.retain(|name, _| name.split_once('/').is_none_or(|(provider, _)| provider != id));
    }
}

/// What in the patch names something that there is not, among providers of those ids.
pub fn check(known: &dyn Fn(&str) -> bool, patch: &PatchSettings) -> Vec<FieldError> {
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
