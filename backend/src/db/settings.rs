//! The settings' row and the providers' rows.

use std::collections::BTreeMap;

use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, PgConnection, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
};
use serde_json::Value;
use shared::provider::ProviderKind;
use uuid::Uuid;

use super::{
    Json,
    schema::{provider_settings, settings},
};
use crate::error::Result;

/// What a provider was given.
#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = provider_settings)]
#[diesel(treat_none_as_null = true)]
pub struct ProviderRow {
    /// Its id.
    pub provider: String,
    /// Where it is reached, if not at the vendor's own address.
    pub base_url: Option<String>,
    /// Its key, sealed.
    pub api_key: Option<Vec<u8>>,
    /// The end of its key.
    pub key_hint: Option<String>,
    /// What it was told in words of its own, by the name of the field.
    pub texts: Json<BTreeMap<String, String>>,
    /// What it is called, for a server that the user has added.
    pub name: Option<String>,
    /// What such a server is asked for; everything that it could do where that is not said.
    pub kinds: Option<Json<Vec<ProviderKind>>>,
}

impl ProviderRow {
    /// A provider that was given nothing yet.
    pub fn new(provider: &str) -> Self {
        Self {
            provider: provider.to_owned(),
            base_url: None,
            api_key: None,
            key_hint: None,
            texts: Json(BTreeMap::new()),
            name: None,
            kinds: None,
        }
    }

    /// Whether it is asked for that kind of work.
    pub fn does(&self, kind: ProviderKind) -> bool {
        self.kinds.as_ref().is_none_or(|Json(kinds)| kinds.contains(&kind))
    }
}

/// Which studio the database is of.
pub fn studio(conn: &mut PgConnection) -> Result<Uuid> {
    Ok(settings::table.select(settings::studio).first(conn)?)
}

/// What the user has set: defaults and upload limits, each where it differs from the program's own.
pub fn get(conn: &mut PgConnection) -> Result<(Value, Value)> {
    Ok(settings::table.select((settings::defaults, settings::uploads)).first(conn)?)
}

/// As [`get`], locked until the transaction ends.
pub fn lock(conn: &mut PgConnection) -> Result<(Value, Value)> {
    Ok(settings::table.select((settings::defaults, settings::uploads)).for_update().first(conn)?)
}

/// Writes what the user has set.
pub fn set(conn: &mut PgConnection, defaults: &Value, uploads: &Value) -> Result<()> {
    diesel::update(settings::table).set((settings::defaults.eq(defaults), settings::uploads.eq(uploads))).execute(conn)?;
    Ok(())
}

/// What the user has set about retries, limits, prices and spending, each where it differs from the program's own.
pub fn policy(conn: &mut PgConnection) -> Result<Value> {
    Ok(settings::table.select(settings::policy).first(conn)?)
}

/// Writes what the user has set about retries, limits, prices and spending.
pub fn set_policy(conn: &mut PgConnection, policy: &Value) -> Result<()> {
    diesel::update(settings::table).set(settings::policy.eq(policy)).execute(conn)?;
    Ok(())
}

/// What every provider was given.
pub fn providers(conn: &mut PgConnection) -> Result<Vec<ProviderRow>> {
    Ok(provider_settings::table.select(ProviderRow::as_select()).order(provider_settings::provider).load(conn)?)
}

/// What one provider was given.
pub fn provider(conn: &mut PgConnection, id: &str) -> Result<Option<ProviderRow>> {
    Ok(provider_settings::table.find(id).select(ProviderRow::as_select()).first(conn).optional()?)
}

/// The ids of the servers that the user has added.
pub fn servers(conn: &mut PgConnection) -> Result<Vec<String>> {
    let named = provider_settings::table.filter(provider_settings::name.is_not_null());
    Ok(named.select(provider_settings::provider).order(provider_settings::provider).load(conn)?)
}

/// Forgets what one provider was given.
pub fn delete_provider(conn: &mut PgConnection, id: &str) -> Result<()> {
    diesel::delete(provider_settings::table.find(id)).execute(conn)?;
    Ok(())
}

/// Writes what one provider was given.
pub fn set_provider(conn: &mut PgConnection, row: &ProviderRow) -> Result<()> {
    diesel::insert_into(provider_settings::table)
        .values(row)
        .on_conflict(provider_settings::provider)
        .do_update()
        .set(row)
        .execute(conn)?;
    Ok(())
}
