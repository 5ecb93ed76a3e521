//! Calls that cost money, or may: rows and queries. They outlive the records that they were made for.

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, IntoSql, PgConnection, QueryDsl, Queryable, QueryableByName, RunQueryDsl,
    Selectable, SelectableHelper,
    dsl::{now, sum},
    sql_query,
    sql_types::{BigInt, Bool, Double, Nullable, Timestamptz, Uuid as SqlUuid},
};
use serde_json::Value;
use uuid::Uuid;

use super::{Tx, idempotency::PAID_CALL, schema::paid_calls};
use crate::error::Result;
use shared::ProjectId;

/// Makes those who decide whether something may be spent follow one another.
const SPENDING_LOCK: i64 = 0x5354_5544_494f_0003;

/// A call that is about to be made.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = paid_calls)]
pub struct NewCall {
    /// Its id.
    pub id: Uuid,
    /// The record that it makes.
    pub record_id: Uuid,
    /// The project that it is for.
    pub project_id: Uuid,
    /// Who is asked.
    pub provider: String,
    /// Which model.
    pub model: Option<String>,
    /// What is asked for: `script`, `speech`, `image`, `video`.
    pub kind: &'static str,
    /// What it may cost; none where that is not known.
    pub expected_usd: Option<f64>,
}

/// Writes a call that is about to be made.
pub fn begin(tx: &mut Tx<'_>, call: &NewCall) -> Result<()> {
    diesel::insert_into(paid_calls::table).values(call).execute(tx.conn)?;
    tx.made_unlisted(PAID_CALL, call.id);
    Ok(())
}

/// Changes what a call that goes on may cost in all; answers what it was thought to cost before.
pub fn expect(tx: &mut Tx<'_>, id: Uuid, usd: Option<f64>) -> Result<Option<f64>> {
    let before = paid_calls::table.find(id).select(paid_calls::expected_usd).first(tx.conn)?;
    diesel::update(paid_calls::table.find(id)).set(paid_calls::expected_usd.eq(usd)).execute(tx.conn)?;
    Ok(before)
}

/// It was answered: what it used, and what that cost where it is known. Where nobody can tell what it used, what was known
/// before stays.
pub fn end(tx: &mut Tx<'_>, id: Uuid, usage: Option<&Value>, cost_usd: Option<f64>) -> Result<()> {
    diesel::update(paid_calls::table.find(id))
        .filter(paid_calls::ended_at.is_null().or(usage.is_some().into_sql::<Bool>()))
        .set((paid_calls::usage.eq(usage), paid_calls::cost_usd.eq(cost_usd), paid_calls::ended_at.eq(now)))
        .execute(tx.conn)?;
    Ok(())
}

/// One that was put down goes on: what it will have used in all is not known yet.
pub fn reopen(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::update(paid_calls::table.find(id))
        .set((paid_calls::usage.eq(None::<Value>), paid_calls::cost_usd.eq(None::<f64>), paid_calls::ended_at.eq(None::<DateTime<Utc>>)))
        .execute(tx.conn)?;
    Ok(())
}

/// Whether it is known what became of it.
pub fn is_ended(conn: &mut PgConnection, id: Uuid) -> Result<bool> {
    Ok(paid_calls::table.find(id).select(paid_calls::ended_at.is_not_null()).first(conn)?)
}

/// It was refused, and costs nothing: as if it had not been made.
pub fn withdraw(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::delete(paid_calls::table.find(id)).execute(tx.conn)?;
    tx.took_back(PAID_CALL, id);
    Ok(())
}

/// A call that was made, as far as its price follows from that.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = paid_calls)]
pub struct Made {
    /// Who was asked.
    pub provider: String,
    /// Which model.
    pub model: Option<String>,
    /// What was asked for, as [`NewCall::kind`].
    pub kind: String,
    /// When.
    pub begun_at: DateTime<Utc>,
}

/// A call that was made.
pub fn made(conn: &mut PgConnection, id: Uuid) -> Result<Made> {
    Ok(paid_calls::table.find(id).select(Made::as_select()).first(conn)?)
}

/// What all calls for a record have cost, as far as that is known; none where there were none, or none is known.
pub fn cost_of_record(conn: &mut PgConnection, record: Uuid) -> Result<Option<f64>> {
    Ok(paid_calls::table.filter(paid_calls::record_id.eq(record)).select(sum(paid_calls::cost_usd)).first(conn)?)
}

/// Lets nobody else decide about spending until the transaction ends.
pub fn lock(conn: &mut PgConnection) -> Result<()> {
    sql_query("select pg_advisory_xact_lock($1)").bind::<BigInt, _>(SPENDING_LOCK).execute(conn)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Sum {
    #[diesel(sql_type = Nullable<Double>)]
    usd: Option<f64>,
}

/// What a project has cost: what is not known yet, or was lost, counts with what it was thought to cost.
pub fn spent_on(conn: &mut PgConnection, project: ProjectId) -> Result<f64> {
    let row: Sum = sql_query("select sum(coalesce(cost_usd, expected_usd)) as usd from paid_calls where project_id = $1")
        .bind::<SqlUuid, _>(project.0)
        .get_result(conn)?;
    Ok(row.usd.unwrap_or_default())
}

/// As [`spent_on`], for everything since a time.
pub fn spent_since(conn: &mut PgConnection, since: DateTime<Utc>) -> Result<f64> {
    let row: Sum = sql_query("select sum(coalesce(cost_usd, expected_usd)) as usd from paid_calls where begun_at >= $1")
        .bind::<Timestamptz, _>(since)
        .get_result(conn)?;
    Ok(row.usd.unwrap_or_default())
}

/// How many calls since a time have a cost that nobody knows.
pub fn unknown_since(conn: &mut PgConnection, since: DateTime<Utc>) -> Result<u32> {
    let calls = paid_calls::table.filter(paid_calls::begun_at.ge(since));
    let unknown: i64 = calls.filter(paid_calls::cost_usd.is_null()).filter(paid_calls::expected_usd.is_null()).count().get_result(conn)?;
    Ok(u32::try_from(unknown).unwrap_or(u32::MAX))
}
