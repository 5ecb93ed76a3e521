//! Idempotency keys: which request holds one, what that request has made, and how it was answered.
//!
//! A key is held under a lease for as long as its request goes on. Every transaction of the request says in the key's row
//! what it made, and is undone where the row is no longer its own. So a key whose holder is gone can be taken over where
//! nothing was made, and is answered from what was made where something was: nothing is ever started twice.

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, Connection, ExpressionMethods, OptionalExtension, PgConnection, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
    dsl::sql,
    expression::SqlLiteral,
    sql_query,
    sql_types::{Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use uuid::Uuid;

use super::{Json, Tx, schema::idempotency_keys};
use crate::error::{AppError, Result};
use shared::ErrorCode;

/// What a request made: the kind and the id of a record.
pub type Made = (String, Uuid);

/// The kind of a call that somebody bills: nothing that could be told again, and nothing to begin anew.
pub const PAID_CALL: &str = "paid_call";

tokio::task_local! {
    static CURRENT: Claim;
}

/// A key that this request holds.
#[derive(Clone, Debug)]
pub struct Claim {
    key: String,
    holder: Uuid,
}

impl Claim {
    /// Who holds it.
    pub fn holder(&self) -> Uuid {
        self.holder
    }

    /// Does the work of the request: whatever it writes is written down as made with this key.
    pub async fn scope<T>(&self, work: impl Future<Output = T>) -> T {
        CURRENT.scope(self.clone(), work).await
    }

    /// Writes down what a transaction made, and took back; or undoes it where the key has been taken over.
    pub fn wrote(&self, tx: &mut Tx<'_>) -> Result<()> {
        let ours = sql_query(
            "update idempotency_keys set made = (
                 select coalesce(jsonb_agg(entry order by number), '[]')
                 from jsonb_array_elements(coalesce(made, '[]') || $1) with ordinality as entries (entry, number)
                 where not $2 @> jsonb_build_array(entry))
             where key = $3 and holder = $4",
        )
        .bind::<Jsonb, _>(Json(tx.made()))
        .bind::<Jsonb, _>(Json(&tx.taken_back))
        .bind::<Text, _>(&self.key)
        .bind::<SqlUuid, _>(self.holder)
        .execute(tx.conn)?;
        if ours == 0 {
            return Err(AppError::api(
                ErrorCode::Conflict,
                "Another request with this Idempotency-Key has taken over; this one did nothing.",
            ));
        }
        Ok(())
    }
}

/// The key that is held by the request that is being served, if it has one.
pub fn current() -> Option<Claim> {
    CURRENT.try_with(Clone::clone).ok()
}

/// What is known of a key.
pub enum Taken {
    /// Nothing: this request holds it now.
    Ours(Claim),
    /// It came with another request: of another route, or with another body.
    Other(Difference),
    /// It was answered.
    Answered(Answer),
    /// Its request made this, and has not been answered yet, or never will be. Nothing, where the request is gone that had paid
    /// for something, or may have.
    Made(Vec<Made>),
    /// Its request still goes on, and has made nothing yet that could be told.
    Busy,
}

/// In what a request differs from the first one with its key.
pub enum Difference {
    /// It is for something else.
    Route,
    /// It asks for something else.
    Body,
}

/// An answer that was given.
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Those of its headers that belong to it.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = idempotency_keys)]
struct Row {
    route: String,
    body_hash: Vec<u8>,
    holder: Option<Uuid>,
    status: Option<i32>,
    headers: Option<Json<Vec<(String, String)>>>,
    body: Option<Vec<u8>>,
    lease_until: Option<DateTime<Utc>>,
    made: Option<Json<Vec<Made>>>,
}

/// Takes a key, or tells what became of it. Those that are held by requests of this process, `here`, go on although their lease
/// ran out: the machine slept.
pub fn take(conn: &mut PgConnection, route: &str, key: &str, body_hash: &[u8], here: &[Uuid]) -> Result<Taken> {
    use idempotency_keys::dsl as k;
    let claim = Claim { key: key.to_owned(), holder: Uuid::now_v7() };
    conn.transaction(|conn| {
        diesel::delete(k::idempotency_keys.find(key).filter(k::created_at.lt(expired()))).execute(conn)?;
        let new = diesel::insert_into(k::idempotency_keys)
            .values((
                k::route.eq(route),
                k::key.eq(key),
                k::body_hash.eq(body_hash),
                k::holder.eq(claim.holder),
                k::lease_until.eq(lease()),
            ))
            .on_conflict_do_nothing()
            .execute(conn)?;
        if new == 1 {
            return Ok(Taken::Ours(claim));
        }
        let row = k::idempotency_keys.find(key).select(Row::as_select()).for_update().first(conn).optional()?;
        // Given back a moment ago: the next look finds it free.
        let Some(row) = row else { return Ok(Taken::Busy) };
        if row.route != route {
            return Ok(Taken::Other(Difference::Route));
        }
        if row.body_hash != body_hash {
            return Ok(Taken::Other(Difference::Body));
        }
        if let Some(status) = row.status.and_then(|status| u16::try_from(status).ok()) {
            let headers = row.headers.map(|headers| headers.0).unwrap_or_default();
            return Ok(Taken::Answered(Answer { status, headers, body: row.body.unwrap_or_default() }));
        }
        let now = super::now(conn)?;
        let goes_on = row.holder.is_some_and(|holder| here.contains(&holder)) || row.lease_until.is_some_and(|until| until > now);
        let (paid, made): (Vec<_>, Vec<_>) = row.made.into_iter().flat_map(|made| made.0).partition(is_paid_call);
        // Whether its request still goes on or is gone: what was made is there to be told.
        if !made.is_empty() {
            return Ok(Taken::Made(made));
        }
        if goes_on {
            return Ok(Taken::Busy);
        }
        if !paid.is_empty() {
            return Ok(Taken::Made(Vec::new()));
        }
        diesel::update(k::idempotency_keys.find(key)).set((k::holder.eq(claim.holder), k::lease_until.eq(lease()))).execute(conn)?;
        Ok(Taken::Ours(claim))
    })
}

/// Answers are kept that are newer than this.
fn expired() -> SqlLiteral<Timestamptz> {
    sql("now() - interval '24 hours'")
}

/// Until when a key is held from now, without a sign of life.
fn lease() -> SqlLiteral<Nullable<Timestamptz>> {
    sql("now() + interval '10 seconds'")
}

/// Shows that the request still goes on.
pub fn renew(conn: &mut PgConnection, claim: &Claim) -> Result<()> {
    use idempotency_keys::dsl as k;
    diesel::update(k::idempotency_keys.find(&claim.key).filter(k::holder.eq(claim.holder)))
        .set(k::lease_until.eq(lease()))
        .execute(conn)?;
    Ok(())
}

/// Keeps the answer.
pub fn answer(conn: &mut PgConnection, claim: &Claim, answer: &Answer) -> Result<()> {
    use idempotency_keys::dsl as k;
    diesel::update(k::idempotency_keys.find(&claim.key).filter(k::holder.eq(claim.holder)))
        .set((
            k::status.eq(i32::from(answer.status)),
            k::headers.eq(Json(&answer.headers)),
            k::body.eq(&answer.body),
            k::lease_until.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps an answer that is a refusal, where the request has cost something, or may have, and made nothing of which the same could
/// be told again: a rewrite that came to nothing. Else lets the key go: what cost nothing may be asked again with the same key, when
/// the provider has time, or a limit was raised.
pub fn refuse(conn: &mut PgConnection, claim: &Claim, refusal: &Answer) -> Result<()> {
    use idempotency_keys::dsl as k;
    conn.transaction(|conn| {
        let held = k::idempotency_keys.find(&claim.key).filter(k::holder.eq(claim.holder));
        let made: Option<Option<Json<Vec<Made>>>> = held.select(k::made).for_update().first(conn).optional()?;
        match made.flatten() {
            Some(Json(made)) if !made.is_empty() && made.iter().all(is_paid_call) => answer(conn, claim, refusal),
            _ => let_go(conn, claim),
        }
    })
}

fn is_paid_call((kind, _): &Made) -> bool {
    kind == PAID_CALL
}

/// Lets a key go that was not answered: it is free again where nothing was made.
pub fn let_go(conn: &mut PgConnection, claim: &Claim) -> Result<()> {
    use idempotency_keys::dsl as k;
    let row = || k::idempotency_keys.find(&claim.key).filter(k::holder.eq(claim.holder)).filter(k::status.is_null());
    conn.transaction(|conn| {
        let nothing = k::made.is_null().or(k::made.eq(Json(Vec::<Made>::new())));
        diesel::delete(row().filter(nothing)).execute(conn)?;
        diesel::update(row()).set(k::lease_until.eq(None::<DateTime<Utc>>)).execute(conn)?;
        Ok(())
    })
}

/// Forgets answers that are older than they are kept.
pub fn forget_old(conn: &mut PgConnection) -> Result<usize> {
    Ok(diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.lt(expired()))).execute(conn)?)
}
