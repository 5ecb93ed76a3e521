//! Leases: who may work on a job, and for how long without a sign of life.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, OptionalExtension, PgConnection, QueryDsl, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use uuid::Uuid;

use super::{JobSpec, gate};
use crate::{
    db::{Json, Tx, event::Wake, project, schema::jobs},
    error::Result,
};
use shared::provider::ProviderKind;

/// How long a lease lasts without being renewed: the longest that work of a killed server waits.
pub const LEASE: Duration = Duration::from_secs(10);

/// Makes the claims of all servers follow one another, so that no provider's limit is passed by two at once.
const CLAIM_LOCK: i64 = 0x5354_5544_494f_0002;

/// A server process, for as long as it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkerId(pub Uuid);

/// How many jobs of a provider may run, over all servers.
#[derive(Clone, Debug)]
pub struct Limit {
    /// The provider.
    pub provider: String,
    /// How many at once.
    pub at_once: u32,
    /// How many of a kind at once, where that is fewer.
    pub of_kind: Vec<(ProviderKind, u32)>,
    /// How many requests in a minute, where there is such a limit.
    pub a_minute: Option<u32>,
    /// Whether it works with this machine's own cores, instead of being waited for.
    pub local: bool,
}

/// What a worker can take on: the two sorts of work do not stand in each other's way, since one fills cores and the other waits.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Work of this machine's own.
    pub local: bool,
    /// Calls to others.
    pub calls: bool,
}

/// A job that this worker holds the lease of.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The job.
    pub id: Uuid,
    /// What is to be done.
    pub spec: JobSpec,
    /// Whose limits it counts against.
    pub provider: String,
    /// Whether that works with this machine's own cores.
    pub local: bool,
    /// Which attempt this is, from 1.
    pub attempts: i32,
    /// How often a server was killed in the middle of it.
    pub interruptions: i32,
    /// When it was first worked on.
    pub started_at: DateTime<Utc>,
    /// Who holds the lease.
    pub worker: WorkerId,
}

impl Claimed {
    /// Which attempt this is, as records count them.
    pub fn attempt(&self) -> u32 {
        u32::try_from(self.attempts).unwrap_or_default()
    }
}

#[derive(QueryableByName)]
struct ClaimedRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Jsonb)]
    spec: Json<JobSpec>,
    #[diesel(sql_type = Text)]
    provider: String,
    #[diesel(sql_type = Integer)]
    attempts: i32,
    #[diesel(sql_type = Integer)]
    interruptions: i32,
    #[diesel(sql_type = Timestamptz)]
    started_at: DateTime<Utc>,
}

/// Claims the most urgent job that may run now. One whose lease ran out, since its server was killed, is interrupted work:
/// the same attempt begins once more. Among equals, what has been tried goes before what has not: where a provider takes
/// one call at a time, one record gets through after the other, instead of all using up their attempts together.
///
/// What this process itself works on, `held`, is not claimed although its lease ran out, and counts against the limits here: a
/// machine that slept, or whose clock was set, would take its own work away from itself, and the answer of a paid call with it.
pub fn claim(tx: &mut Tx<'_>, worker: WorkerId, held: &[Uuid], limits: &[Limit], room: Room) -> Result<Option<Claimed>> {
    let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let providers: Vec<&str> = limits.iter().map(|limit| limit.provider.as_str()).collect();
    let at_once: Vec<i32> = limits.iter().map(|limit| whole(limit.at_once)).collect();
    let of_kind = || limits.iter().flat_map(|limit| limit.of_kind.iter().map(|(kind, at_once)| (limit.provider.as_str(), *kind, *at_once)));
    let kinds_of: Vec<&str> = of_kind().map(|(provider, ..)| provider).collect();
    let kinds: Vec<&str> = of_kind().map(|(_, kind, _)| kind.as_str()).collect();
    let of_kind_at_once: Vec<i32> = of_kind().map(|(.., at_once)| whole(at_once)).collect();
    let a_minute: Vec<Option<i32>> = limits.iter().map(|limit| limit.a_minute.map(whole)).collect();
    let fits: Vec<bool> = limits.iter().map(|limit| if limit.local { room.local } else { room.calls }).collect();
    lock(tx.conn)?;
    let row: Option<ClaimedRow> = sql_query(
        // Those under way are counted once: for each that waits, it would be work that grows by the square.
        "with under_way as materialized (
             select r.provider, r.kind, count(*) as n from jobs r
             where r.lease_until >= now() or r.id = any($10)
             group by r.provider, r.kind)
         update jobs set worker = $1, lease_until = now() + make_interval(secs => $2),
                attempts = attempts + (worker is null)::integer, interruptions = interruptions + (worker is not null)::integer,
                started_at = coalesce(started_at, now())
         where id = (
             select j.id from jobs j
             left join unnest($3, $4, $5, $6) as limits (provider, at_once, a_minute, fits) on limits.provider = j.provider
             left join unnest($7, $8, $9) as kinds (provider, kind, at_once) on kinds.provider = j.provider and kinds.kind = j.kind
             left join provider_gates g on g.provider = j.provider
             where j.run_at <= now()
               and (j.lease_until is null or j.lease_until < now()) and j.id <> all($10)
               and not exists (select from job_dependencies d where d.job_id = j.id)
               and coalesce(limits.fits, true)
               and (limits.at_once is null or least(limits.at_once, g.slots) >
                    (select coalesce(sum(u.n), 0) from under_way u where u.provider = j.provider))
               and (kinds.at_once is null or kinds.at_once >
                    (select coalesce(sum(u.n), 0) from under_way u where u.provider = j.provider and u.kind = j.kind))
               and (g.open_at is null or g.open_at <= now())
               and (limits.a_minute is null or g.tokens is null or g.tokens >= 1
                    or g.tokens + extract(epoch from now() - g.counted_at) * limits.a_minute / 60 >= 1)
             order by j.priority desc, j.attempts desc, j.run_at, j.id
             limit 1
             for update of j skip locked)
         returning id, spec, provider, attempts, interruptions, started_at",
    )
    .bind::<SqlUuid, _>(worker.0)
    .bind::<diesel::sql_types::Double, _>(LEASE.as_secs_f64())
    .bind::<Array<Text>, _>(providers)
    .bind::<Array<Integer>, _>(at_once)
    .bind::<Array<Nullable<Integer>>, _>(a_minute)
    .bind::<Array<Bool>, _>(fits)
    .bind::<Array<Text>, _>(kinds_of)
    .bind::<Array<Text>, _>(kinds)
    .bind::<Array<Integer>, _>(of_kind_at_once)
    .bind::<Array<SqlUuid>, _>(held)
    .get_result(tx.conn)
    .optional()?;
    let Some(row) = row else { return Ok(None) };
    let limit = limits.iter().find(|limit| limit.provider == row.provider);
    if let Some(limit) = limit {
        gate::count(tx, limit)?;
    }
    Ok(Some(Claimed {
        id: row.id,
        spec: row.spec.0,
        local: limit.is_some_and(|limit| limit.local),
        provider: row.provider,
        attempts: row.attempts,
        interruptions: row.interruptions,
        started_at: row.started_at,
        worker,
    }))
}

/// Lets nobody else claim work, or take a turn, until the transaction ends.
pub(super) fn lock(conn: &mut PgConnection) -> Result<()> {
    sql_query("select pg_advisory_xact_lock($1)").bind::<BigInt, _>(CLAIM_LOCK).execute(conn)?;
    Ok(())
}

/// Shows that the worker lives. Answers which of its jobs it no longer holds: canceled, or claimed by another.
pub fn renew(conn: &mut PgConnection, worker: WorkerId, held: &[Uuid]) -> Result<Vec<Uuid>> {
    #[derive(QueryableByName)]
    struct Kept {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    // By the database's clock, as all that compares leases: servers' clocks differ.
    let kept: Vec<Kept> =
        // Locked in the order of their ids, as by whoever locks several.
        sql_query(
            "with held as materialized (select id from jobs where id = any($2) and worker = $3 order by id for update)
             update jobs set lease_until = now() + make_interval(secs => $1) where id in (select id from held) returning id",
        )
            .bind::<diesel::sql_types::Double, _>(LEASE.as_secs_f64())
            .bind::<Array<SqlUuid>, _>(held)
            .bind::<SqlUuid, _>(worker.0)
            .get_results(conn)?;
    Ok(held.iter().copied().filter(|id| kept.iter().all(|kept| kept.id != *id)).collect())
}

/// How much longer than it may something has to last before that is no difference between two transactions' times.
const DIFFERENCE: Duration = Duration::from_secs(60);

/// Shortens leases and waits that last longer than any may: they were written before the database's clock was set back. Who still
/// works renews his lease long before it runs out.
pub fn shorten(conn: &mut PgConnection, longest_wait: Duration) -> Result<()> {
    let each = [
        ("jobs", "id", "lease_until", LEASE),
        ("jobs", "id", "run_at", longest_wait),
        ("provider_gates", "provider", "open_at", longest_wait),
        ("provider_gates", "provider", "counted_at", Duration::ZERO),
    ];
    for (table, key, until, longest) in each {
        let query = format!(
            "update {table} set {until} = now() + make_interval(secs => $1)
             where {key} in (select {key} from {table} where {until} > now() + make_interval(secs => $2) for update skip locked)"
        );
        sql_query(query)
            .bind::<diesel::sql_types::Double, _>(longest.as_secs_f64())
            .bind::<diesel::sql_types::Double, _>((longest + DIFFERENCE).as_secs_f64())
            .execute(conn)?;
    }
    Ok(())
}

/// As [`holds`], for whoever writes what comes of the job into its record. The project of a script is locked before the job, in
/// the order in which it is deleted, and its scenes are changed.
pub fn holds_with_record(conn: &mut PgConnection, job: &Claimed) -> Result<bool> {
    if let JobSpec::WriteScript { project } = &job.spec
        && !project::lock_if_there(conn, *project)?
    {
        return Ok(false);
    }
    holds(conn, job)
}

/// Whether the job is still this worker's; it stays so until the transaction ends.
pub fn holds(conn: &mut PgConnection, job: &Claimed) -> Result<bool> {
    let held: Option<Uuid> = jobs::table
        .find(job.id)
        .filter(jobs::worker.eq(job.worker.0))
        .filter(jobs::attempts.eq(job.attempts))
        .filter(jobs::interruptions.eq(job.interruptions))
        .select(jobs::id)
        .for_update()
        .first(conn)
        .optional()?;
    Ok(held.is_some())
}

/// The attempt failed, and the next one is at that time. False where the job was no longer this worker's.
pub fn retry_at(tx: &mut Tx<'_>, job: &Claimed, at: DateTime<Utc>) -> Result<bool> {
    let held = holds(tx.conn, job)?;
    if held {
        diesel::update(jobs::table.find(job.id))
            .set((jobs::worker.eq(None::<Uuid>), jobs::lease_until.eq(None::<DateTime<Utc>>), jobs::run_at.eq(at)))
            .execute(tx.conn)?;
    }
    tx.wake(Wake::Jobs);
    Ok(held)
}

/// What is under way could not be looked at, and is looked at again at that time; the attempt does not count. False where the
/// job was no longer this worker's.
pub fn look_at(tx: &mut Tx<'_>, job: &Claimed, at: DateTime<Utc>) -> Result<bool> {
    let held = hand_back(tx, job)?;
    if held {
        diesel::update(jobs::table.find(job.id)).set(jobs::run_at.eq(at)).execute(tx.conn)?;
    }
    Ok(held)
}

/// The server stops: another may claim the job at once, and the attempt does not count.
pub fn hand_back(tx: &mut Tx<'_>, job: &Claimed) -> Result<bool> {
    let held = holds(tx.conn, job)?;
    if held {
        diesel::update(jobs::table.find(job.id))
            .set((jobs::worker.eq(None::<Uuid>), jobs::lease_until.eq(None::<DateTime<Utc>>), jobs::attempts.eq(job.attempts - 1)))
            .execute(tx.conn)?;
    }
    tx.wake(Wake::Jobs);
    Ok(held)
}
