//! What a job has under way outside: the paid call whose answer it awaits, and the long operation that it waits for.

use diesel::{ExpressionMethods, PgConnection, QueryDsl, RunQueryDsl, dsl::sum};
use serde_json::Value;
use uuid::Uuid;

use super::{Claimed, WorkerId, holds};
use crate::{
    db::{Tx, schema::jobs},
    error::Result,
};
use shared::ProjectId;

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

/// Holds back what a job may cost; none where that is not known.
pub fn hold_back(tx: &mut Tx<'_>, job: Uuid, usd: Option<f64>) -> Result<()> {
    diesel::update(jobs::table.find(job)).set(jobs::expected_usd.eq(usd)).execute(tx.conn)?;
    Ok(())
}

/// What those jobs may cost, each.
pub fn expected(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Option<f64>>> {
    Ok(jobs::table.filter(jobs::id.eq_any(ids)).select(jobs::expected_usd).load(conn)?)
}

/// What is held back for jobs whose call has not been made, of a project or of all.
pub fn reserved(conn: &mut PgConnection, project: Option<ProjectId>) -> Result<f64> {
    let mut waiting = jobs::table.filter(jobs::paid_call.is_null()).select(sum(jobs::expected_usd)).into_boxed();
    if let Some(project) = project {
        waiting = waiting.filter(jobs::project_id.eq(project.0));
    }
    Ok(waiting.first::<Option<f64>>(conn)?.unwrap_or_default())
}
