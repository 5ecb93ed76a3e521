//! Work that a request does itself, while its client waits: a row as every other's, so that it has its place among those who
//! ask a provider, over all servers. Its lease is the request's; one that runs out leaves the row to a worker, who clears it
//! away.

use diesel::{
    ExpressionMethods, PgConnection, QueryDsl, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{Array, BigInt, Double, Integer, Nullable, Text, Uuid as SqlUuid},
};
use uuid::Uuid;

use super::{Claimed, JobSpec, LEASE, Limit, NewJob, Priority, WorkerId, enqueue, lease};
use crate::{
    db::{self, Tx, event::Wake, schema::jobs},
    error::Result,
};
use shared::{ProjectId, provider::ProviderKind};

/// A request is going to ask that provider: its row is there from now on, and nothing new is begun in its place.
pub fn attend(tx: &mut Tx<'_>, kind: ProviderKind, provider: &str, project: ProjectId) -> Result<Claimed> {
    let (spec, worker) = (JobSpec::Attended { kind }, WorkerId(Uuid::now_v7()));
    let job =
        NewJob { spec: spec.clone(), provider: provider.to_owned(), project: Some(project), priority: Priority::Single, after: Vec::new() };
    let id = enqueue(tx, job)?;
    sql_query(
        "update jobs set worker = $2, lease_until = now() + make_interval(secs => $3), attempts = 1, started_at = now() where id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(worker.0)
    .bind::<Double, _>(LEASE.as_secs_f64())
    .execute(tx.conn)?;
    let started_at = db::now(tx.conn)?;
    Ok(Claimed { id, spec, provider: provider.to_owned(), local: false, attempts: 1, interruptions: 0, started_at, worker })
}

/// Whether the provider has room for it beside what is asked for already: jobs, and requests that came before. What this process
/// itself works on, `held`, counts although its lease ran out, as for [`super::claim`].
pub fn has_place(conn: &mut PgConnection, job: &Claimed, held: &[Uuid], limit: &Limit) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Others {
        #[diesel(sql_type = BigInt)]
        before: i64,
        #[diesel(sql_type = BigInt)]
        of_kind: i64,
        #[diesel(sql_type = Nullable<Integer>)]
        slots: Option<i32>,
    }
    lease::lock(conn)?;
    let kind = job.spec.kind();
    let others: Others = sql_query(
        "select count(*) as before, count(*) filter (where r.kind = $3) as of_kind,
                (select slots from provider_gates where provider = $1) as slots
         from jobs r where r.provider = $1 and (r.lease_until >= now() or r.id = any($4)) and r.id <> $2
           and (r.spec ->> 'job' <> 'attended' or r.id < $2)",
    )
    .bind::<Text, _>(&job.provider)
    .bind::<SqlUuid, _>(job.id)
    .bind::<Nullable<Text>, _>(kind.map(ProviderKind::as_str))
    .bind::<Array<SqlUuid>, _>(held)
    .get_result(conn)?;
    let of_kind = limit.of_kind.iter().find(|(limited, _)| Some(*limited) == kind).map(|(_, at_once)| i64::from(*at_once));
    let places = others.slots.map_or(i64::from(limit.at_once), |slots| i64::from(limit.at_once).min(i64::from(slots)));
    Ok(others.before < places && of_kind.is_none_or(|places| others.of_kind < places))
}

/// The next attempt of it begins.
pub fn attempt_again(tx: &mut Tx<'_>, job: &Claimed) -> Result<Claimed> {
    let attempts = job.attempts + 1;
    diesel::update(jobs::table.find(job.id)).set(jobs::attempts.eq(attempts)).execute(tx.conn)?;
    Ok(Claimed { attempts, ..job.clone() })
}

/// It is done, or given up: its place is free.
pub fn leave(tx: &mut Tx<'_>, job: Uuid) -> Result<()> {
    diesel::delete(jobs::table.find(job)).execute(tx.conn)?;
    tx.wake(Wake::Jobs);
    Ok(())
}
