//! What a job has under way outside: the paid call whose answer it awaits, and the long operation that it waits for.

use diesel::{ExpressionMethods, PgConnection, QueryDsl, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::{Claimed, WorkerId, holds};
use crate::{
    db::{Tx, schema::jobs},
    error::Result,
};

/// What a job has under way outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The paid call whose answer has not come.
    pub paid_call: Option<Uuid>,
    /// What the provider works on.
    pub operation: Option<Value>,
}

/// What a job has under way; none where it is no longer this worker's.
pub fn standing(conn: &mut PgConnection, job: &Claimed) -> Result<Option<Standing>> {
    if !holds(conn, job)? {
        return Ok(None);
    }
    let (paid_call, operation) = jobs::table.find(job.id).select((jobs::paid_call, jobs::operation)).first(conn)?;
    Ok(Some(Standing { paid_call, operation }))
}

/// A paid call is about to be made.
pub fn call_begins(tx: &mut Tx<'_>, job: &Claimed, call: Uuid) -> Result<()> {
    diesel::update(jobs::table.find(job.id)).set(jobs::paid_call.eq(call)).execute(tx.conn)?;
    Ok(())
}

/// It is known what became of the paid call.
pub fn call_ended(tx: &mut Tx<'_>, job: &Claimed) -> Result<()> {
    diesel::update(jobs::table.find(job.id)).set(jobs::paid_call.eq(None::<Uuid>)).execute(tx.conn)?;
    Ok(())
}

/// Writes down what the provider works on. False where the job is no longer this worker's.
pub fn record_operation(tx: &mut Tx<'_>, job: &Claimed, operation: Option<&Value>) -> Result<bool> {
    let held = holds(tx.conn, job)?;
    if held {
        diesel::update(jobs::table.find(job.id)).set(jobs::operation.eq(operation)).execute(tx.conn)?;
    }
    Ok(held)
}

/// The jobs of a worker that await the answer of a paid call: cut off now, they would be paid for and lost.
pub fn in_paid_call(conn: &mut PgConnection, worker: WorkerId) -> Result<Vec<Uuid>> {
    let jobs = jobs::table.filter(jobs::worker.eq(worker.0)).filter(jobs::paid_call.is_not_null()).filter(jobs::operation.is_null());
    Ok(jobs.select(jobs::id).load(conn)?)
}
