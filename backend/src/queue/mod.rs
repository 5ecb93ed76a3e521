//! The durable queue: work as rows of PostgreSQL, written in the transaction of the record that they are for.
//!
//! A row is work still owed: it is deleted by the transaction that writes the result. Who works on a row holds a lease
//! on it; a lease that runs out, since its server was killed, makes the row claimable again. This floor is data alone;
//! what runs the work is `jobs`.

mod attended;
mod call;
mod gate;
mod lease;

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, PgConnection, QueryDsl, Queryable, QueryableByName, RunQueryDsl, Selectable,
    SelectableHelper, sql_query,
    sql_types::{Array, Uuid as SqlUuid},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

pub use self::{
    attended::{attempt_again, attend, has_place, leave},
    call::{Standing, call_begins, call_ended, expected, hold_back, in_paid_call, record_operation, reserved, standing},
    gate::{answered, slow_down, turn},
    lease::{Claimed, LEASE, Limit, Room, WorkerId, claim, hand_back, holds, holds_with_record, look_at, renew, retry_at, shorten},
};
use crate::{
    db::{self, Json, Tx, event::Wake, schema::jobs, take::Take},
    error::Result,
};
use shared::{ProjectId, provider::ProviderKind};

/// Whose work it is that is no provider's.
pub const OWN: &str = "studio";

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum JobSpec {
    /// Write the script of a project.
    WriteScript {
        /// The project.
        project: ProjectId,
    },
    /// Make a narration, a picture, a film or a clip.
    Make {
        /// The record.
        take: Take,
    },
    /// Remove files that no record names any more.
    RemoveMedia {
        /// Their keys.
        keys: Vec<String>,
    },
    /// Tell a provider that nobody waits any longer for what it works on.
    Abandon {
        /// What it would have made.
        kind: ProviderKind,
        /// The provider.
        provider: String,
        /// What it works on, as it was written down.
        operation: Value,
    },
    /// What a request asks a provider for itself while its client waits. The request works on it; a worker finds it only
    /// where the request is gone.
    Attended {
        /// What the provider makes.
        kind: ProviderKind,
    },
}

impl JobSpec {
    /// What a provider makes in it.
    fn kind(&self) -> Option<ProviderKind> {
        match self {
            Self::WriteScript { .. } => Some(ProviderKind::Script),
            Self::Make { take: Take::Audio(_) } => Some(ProviderKind::Speech),
            Self::Make { take: Take::Image(_) } => Some(ProviderKind::Image),
            Self::Make { take: Take::Video(_) } => Some(ProviderKind::Video),
            Self::Attended { kind } => Some(*kind),
            Self::RemoveMedia { .. } | Self::Abandon { .. } => None,
        }
    }

    /// What is to be made or done, in a word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::WriteScript { .. } => "script",
            Self::Make { take: Take::Audio(_) } => "audio",
            Self::Make { take: Take::Image(_) } => "image",
            Self::Make { take: Take::Video(_) } => "video",
            Self::RemoveMedia { .. } => "remove_media",
            Self::Abandon { .. } => "abandon",
            Self::Attended { .. } => "attended",
        }
    }

    fn record(&self) -> Option<Uuid> {
        match self {
            Self::WriteScript { project } => Some(project.0),
            Self::Make { take } => Some(take.id()),
            Self::RemoveMedia { .. } | Self::Abandon { .. } | Self::Attended { .. } => None,
        }
    }
}

/// How urgent work is; the larger goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Nobody waits for it.
    HouseKeeping = -10,
    /// Long work, that others should not wait behind.
    Film = 0,
    /// One of many.
    Batch = 5,
    /// Somebody looks at it.
    Single = 10,
}

/// A job that is not in the queue yet.
pub struct NewJob {
    /// What is to be done.
    pub spec: JobSpec,
    /// Whose concurrency limit it counts against.
    pub provider: String,
    /// The project that it is for: it goes where the project goes.
    pub project: Option<ProjectId>,
    /// How urgent it is.
    pub priority: Priority,
    /// The jobs that it waits for.
    pub after: Vec<Uuid>,
}

#[derive(Insertable)]
#[diesel(table_name = jobs)]
struct NewRow {
    id: Uuid,
    spec: Json<JobSpec>,
    record_id: Option<Uuid>,
    project_id: Option<Uuid>,
    provider: String,
    priority: i32,
    kind: Option<&'static str>,
}

/// Puts a job in the queue; it can be claimed once the transaction commits.
pub fn enqueue(tx: &mut Tx<'_>, job: NewJob) -> Result<Uuid> {
    let id = Uuid::now_v7();
    let row = NewRow {
        id,
        record_id: job.spec.record(),
        project_id: job.project.map(Uuid::from),
        kind: job.spec.kind().map(ProviderKind::as_str),
        spec: Json(job.spec),
        provider: job.provider,
        priority: job.priority as i32,
    };
    diesel::insert_into(jobs::table).values(row).execute(tx.conn)?;
    // One that has ended in the meantime, or was canceled, is not waited for; one that is about to end is asked how.
    if !job.after.is_empty() {
        sql_query(
            "insert into job_dependencies (job_id, depends_on)
             select $1, j.id from jobs j where j.id = any($2) order by j.id for key share",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<Array<SqlUuid>, _>(job.after)
        .execute(tx.conn)?;
    }
    tx.wake(Wake::Jobs);
    Ok(id)
}

/// The jobs that make those records, as far as there are any.
pub fn of_records(conn: &mut PgConnection, records: &[Uuid]) -> Result<Vec<Uuid>> {
    Ok(jobs::table.filter(jobs::record_id.eq_any(records)).select(jobs::id).load(conn)?)
}

/// Says that nobody asked for those jobs but the one that will wait for them.
pub fn mark_fillers(tx: &mut Tx<'_>, fillers: &[Uuid]) -> Result<()> {
    diesel::update(jobs::table.filter(jobs::id.eq_any(fillers))).set(jobs::filler.eq(true)).execute(tx.conn)?;
    Ok(())
}

/// Somebody asks for the job of a record himself: it goes on, whatever becomes of the job that it was queued for.
pub fn want_record(tx: &mut Tx<'_>, record: Uuid) -> Result<()> {
    diesel::update(jobs::table.filter(jobs::record_id.eq(record))).set(jobs::filler.eq(false)).execute(tx.conn)?;
    Ok(())
}

/// Takes out of the queue what was queued only for the job of that record; answers the takes that are not made any more.
/// Whoever locks several jobs does it in the order of their ids: two that did not could wait for each other.
pub fn drop_fillers_of(tx: &mut Tx<'_>, record: Uuid) -> Result<Vec<Take>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        id: Uuid,
        #[diesel(sql_type = diesel::sql_types::Jsonb)]
        spec: Json<JobSpec>,
    }
    let fillers: Vec<Row> = sql_query(
        "select filler.id, filler.spec
         from jobs waiting
         join job_dependencies d on d.job_id = waiting.id
         join jobs filler on filler.id = d.depends_on
         where waiting.record_id = $1 and filler.filler
           and not exists (select from job_dependencies o where o.depends_on = filler.id and o.job_id <> waiting.id)
         order by filler.id
         for update of filler",
    )
    .bind::<diesel::sql_types::Uuid, _>(record)
    .load(tx.conn)?;
    let mut takes = Vec::new();
    for row in fillers {
        let gone = diesel::delete(jobs::table.find(row.id)).returning(Dropped::as_returning()).get_results(tx.conn)?;
        forget(tx, &gone)?;
        if let JobSpec::Make { take } = row.spec.0 {
            takes.push(take);
        }
    }
    Ok(takes)
}

/// Takes the job of a record out of the queue, and stops whoever works on it.
pub fn drop_of_record(tx: &mut Tx<'_>, record: Uuid) -> Result<bool> {
    let gone = diesel::delete(jobs::table.filter(jobs::record_id.eq(record))).returning(Dropped::as_returning()).get_results(tx.conn)?;
    forget(tx, &gone)?;
    Ok(!gone.is_empty())
}

/// Stops whoever works on a job of a project that is about to be deleted; the rows go with the project's.
pub fn drop_of_project(tx: &mut Tx<'_>, project: ProjectId) -> Result<()> {
    let of_project = jobs::table.filter(jobs::project_id.eq(project.0));
    let locked: Vec<Uuid> = of_project.order(jobs::id).select(jobs::id).for_update().load(tx.conn)?;
    let gone = diesel::delete(jobs::table.filter(jobs::id.eq_any(locked))).returning(Dropped::as_returning()).get_results(tx.conn)?;
    forget(tx, &gone)
}

/// Stops whoever works on a job for those records, which are about to be deleted.
pub fn drop_of_records(tx: &mut Tx<'_>, records: &[Uuid]) -> Result<()> {
    let of_records = jobs::table.filter(jobs::record_id.eq_any(records));
    let locked: Vec<Uuid> = of_records.order(jobs::id).select(jobs::id).for_update().load(tx.conn)?;
    let gone = diesel::delete(jobs::table.filter(jobs::id.eq_any(locked))).returning(Dropped::as_returning()).get_results(tx.conn)?;
    forget(tx, &gone)
}

/// The job is done: its row goes, in the transaction that writes what came of it. False where it was no longer this worker's,
/// so that nothing of this attempt may be written.
pub fn finish(tx: &mut Tx<'_>, job: &Claimed) -> Result<bool> {
    let held = holds(tx.conn, job)?;
    if held {
        diesel::delete(jobs::table.find(job.id)).execute(tx.conn)?;
    }
    // Others may have waited for this one.
    tx.wake(Wake::Jobs);
    Ok(held)
}

/// As [`finish`], of a job that is given up: a provider that still works on something for it is told.
pub fn give_up(tx: &mut Tx<'_>, job: &Claimed) -> Result<bool> {
    let begun: Option<Dropped> = jobs::table.find(job.id).select(Dropped::as_select()).first(tx.conn).optional()?;
    let held = finish(tx, job)?;
    if let Some(begun) = begun.filter(|_| held) {
        abandon(tx, &begun)?;
    }
    Ok(held)
}

/// Whether it is still owed, whoever works on it.
pub fn is_there(conn: &mut PgConnection, job: Uuid) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(jobs::table.find(job))).get_result(conn)?)
}

/// How many jobs wait, and how many are worked on.
pub fn depth(conn: &mut PgConnection) -> Result<(i64, i64)> {
    let all: i64 = jobs::table.count().get_result(conn)?;
    let leased: i64 = jobs::table.filter(jobs::lease_until.gt(db::now(conn)?)).count().get_result(conn)?;
    Ok((all - leased, leased))
}

/// A job that was taken out of the queue.
#[derive(Queryable, Selectable)]
#[diesel(table_name = jobs)]
struct Dropped {
    id: Uuid,
    spec: Json<JobSpec>,
    provider: String,
    operation: Option<Value>,
}

/// Stops whoever works on jobs that are gone, and tells the providers that have begun something for them.
fn forget(tx: &mut Tx<'_>, gone: &[Dropped]) -> Result<()> {
    for job in gone {
        tx.wake(Wake::Gone(job.id));
        abandon(tx, job)?;
    }
    if !gone.is_empty() {
        tx.wake(Wake::Jobs);
    }
    Ok(())
}

/// Has a provider told that nobody waits any longer for what it has begun for a job.
fn abandon(tx: &mut Tx<'_>, job: &Dropped) -> Result<()> {
    if let (Some(operation), Some(kind)) = (&job.operation, job.spec.0.kind()) {
        let spec = JobSpec::Abandon { kind, provider: job.provider.clone(), operation: operation.clone() };
        // It counts as the studio's own work: a provider that takes one call at a time would otherwise be told last.
        let own = NewJob { spec, provider: OWN.to_owned(), project: None, priority: Priority::Single, after: Vec::new() };
        enqueue(tx, own)?;
    }
    Ok(())
}
