//! The first answers to idempotency keys.

use chrono::{Duration, Utc};
use diesel::{ExpressionMethods, PgConnection, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::{Json, schema::idempotency_keys};
use crate::error::Result;

/// How long an answer is kept.
const KEPT_HOURS: i64 = 24;

/// A request that came before with the same key.
#[derive(Queryable, Selectable)]
#[diesel(table_name = idempotency_keys)]
pub struct Before {
    /// The hash of its body.
    pub body_hash: Vec<u8>,
    /// The status of its answer; none while it is being answered, or where the server was killed meanwhile.
    pub status: Option<i32>,
    /// The headers of its answer.
    pub headers: Option<Json<Vec<(String, String)>>>,
    /// The body of its answer.
    pub body: Option<Vec<u8>>,
}

/// Takes a key: none if it is new, else what came before.
pub fn take(conn: &mut PgConnection, route: &str, key: &str, body_hash: &[u8]) -> Result<Option<Before>> {
    use idempotency_keys::dsl as k;
    let expired = Utc::now() - Duration::hours(KEPT_HOURS);
    diesel::delete(k::idempotency_keys.find((route, key)).filter(k::created_at.lt(expired))).execute(conn)?;
    let new = diesel::insert_into(k::idempotency_keys)
        .values((k::route.eq(route), k::key.eq(key), k::body_hash.eq(body_hash)))
        .on_conflict_do_nothing()
        .execute(conn)?;
    if new == 1 {
        return Ok(None);
    }
    Ok(Some(k::idempotency_keys.find((route, key)).select(Before::as_select()).first(conn)?))
}

/// Keeps the answer.
pub fn answer(conn: &mut PgConnection, route: &str, key: &str, status: u16, headers: Vec<(String, String)>, body: &[u8]) -> Result<()> {
    use idempotency_keys::dsl as k;
    diesel::update(k::idempotency_keys.find((route, key)))
        .set((k::status.eq(i32::from(status)), k::headers.eq(Json(headers)), k::body.eq(body)))
        .execute(conn)?;
    Ok(())
}

/// Gives a key back: its request was refused before anything was started.
pub fn release(conn: &mut PgConnection, route: &str, key: &str) -> Result<()> {
    diesel::delete(idempotency_keys::table.find((route, key))).execute(conn)?;
    Ok(())
}

/// Forgets answers that are older than they are kept.
pub fn forget_old(conn: &mut PgConnection) -> Result<usize> {
    let expired = Utc::now() - Duration::hours(KEPT_HOURS);
    Ok(diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.lt(expired))).execute(conn)?)
}
