//! Calls that cost money, or may: rows and queries. They outlive the records that they were made for.

use diesel::{ExpressionMethods, Insertable, PgConnection, QueryDsl, RunQueryDsl, dsl::now};
use serde_json::Value;
use uuid::Uuid;

use super::{Tx, schema::paid_calls};
use crate::error::Result;

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
    Ok(())
}

/// It was answered: what it used, and what that cost where it is known.
pub fn end(tx: &mut Tx<'_>, id: Uuid, usage: Option<&Value>, cost_usd: Option<f64>) -> Result<()> {
    diesel::update(paid_calls::table.find(id))
        .set((paid_calls::usage.eq(usage), paid_calls::cost_usd.eq(cost_usd), paid_calls::ended_at.eq(now)))
        .execute(tx.conn)?;
    Ok(())
}

/// It was refused, and costs nothing: as if it had not been made.
pub fn withdraw(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::delete(paid_calls::table.find(id)).execute(tx.conn)?;
    Ok(())
}

/// What all calls for a record have cost, as far as that is known; none where there were none, or none is known.
pub fn cost_of_record(conn: &mut PgConnection, record: Uuid) -> Result<Option<f64>> {
    use diesel::dsl::sum;
    Ok(paid_calls::table.filter(paid_calls::record_id.eq(record)).select(sum(paid_calls::cost_usd)).first(conn)?)
}
