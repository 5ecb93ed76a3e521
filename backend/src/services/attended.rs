//! Attended calls: what a request asks a provider for itself, while its client waits. In the queue it is a job that the
//! request works on, so that everything holds that holds for jobs: the provider's limits over all servers, its wish to be
//! left alone, what is tried again, and what is written down of calls that cost money. Only its patience is shorter.

use std::time::Duration;

use tokio::time::{Instant, interval_at, sleep};

use super::{
    Ctx, JobFailure,
    calling::{self, Calling, Purpose},
    policy,
    retry::{self, Next},
};
use crate::{
    db::{self, Tx},
    error::{AppError, Result},
    providers::{About, Access, Kind, Operation, ProviderError, ProviderResult, Usage},
    queue::{self, Claimed},
};
use shared::{ErrorCode, policy::Retries};

/// How long a client waits for more than the answer itself: for a place, and between attempts.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked whether there is a place.
const LOOK: Duration = Duration::from_millis(100);
/// How often the lease is renewed; three times before it runs out.
const RENEW: Duration = Duration::from_secs(3);

/// Asks, as soon as the provider has room for it, and again where that can help. What it answers is lost with the request;
/// what it costs is not.
pub async fn ask<T>(
    ctx: &Ctx,
    about: &About,
    access: &Access,
    purpose: Purpose,
    call: impl AsyncFn(Operation<'_>) -> ProviderResult<(T, Usage)>,
) -> Result<T> {
    let (kind, provider, project) = (about.kind, access.provider.clone(), purpose.project);
    let job = ctx.db.write(move |tx| queue::attend(tx, kind, &provider, project)).await?;
    let id = job.id;
    let _holding = ctx.jobs.hold(id);
    let answered = tokio::select! {
        answered = attempts(ctx, job.clone(), about, access, purpose, call) => answered,
        () = taken_away(ctx, &job) => Err(gone()),
    };
    let made = match answered {
        // Not beside the look for the row, which goes with this: that it is gone would be taken for the answer.
        Ok((made, calling, usage)) => settle(ctx, &job, calling, usage).await.map(|()| made),
        Err(error) => Err(error),
    };
    if made.is_err()
        && let Err(error) = ctx.db.write(move |tx| queue::leave(tx, id)).await
    {
        tracing::warn!(%error, job.id = %id, "a request could not give its place back; the lease runs out by itself");
    }
    made
}

/// Writes down what was used, and gives the place back. What was answered, and may have been paid for, is worth the wait for a
/// database that is away for a moment.
async fn settle(ctx: &Ctx, job: &Claimed, calling: Calling, usage: Usage) -> Result<()> {
    let id = job.id;
    let settle = move |tx: &mut Tx<'_>| {
        calling.settle(tx, &usage)?;
        queue::leave(tx, id)
    };
    ctx.db.write_again(AppError::is_passing, settle).await
}

/// Asks until there is an answer, or there will be none. The call that was answered is to be settled.
async fn attempts<T>(
    ctx: &Ctx,
    mut job: Claimed,
    about: &About,
    access: &Access,
    purpose: Purpose,
    call: impl AsyncFn(Operation<'_>) -> ProviderResult<(T, Usage)>,
) -> Result<(T, Calling, Usage)> {
    let end = Instant::now() + PATIENCE;
    loop {
        until_turn(ctx, &job, access, end).await?;
        let calling = calling::begin(ctx, &job, about, access, purpose.clone()).await.map_err(|failure| match failure {
            JobFailure::Provider(error) => AppError::Api(error.to_api(1)),
            JobFailure::App(error) => error,
            JobFailure::Lost => gone(),
        })?;
        let failure = match call(calling.operation()).await {
            Ok((made, usage)) => return Ok((made, calling, usage)),
            Err(failure) => failure,
        };
        let (held, left) = (job.clone(), end.saturating_duration_since(Instant::now()));
        let next = ctx.db.write(move |tx| {
            let retries = policy::read(tx.conn)?.retries();
            let retries = Retries { longest_wait_seconds: retries.longest_wait_seconds.min(left.as_secs_f64()), ..retries };
            match calling::settle_failure(tx, &held, failure.into(), &retries)? {
                None => Err(gone()),
                Some((_, Next::Never(error))) => Ok(Err(error)),
                Some((_, Next::Again(at) | Next::Look(at))) => {
                    let wait = (at - db::now(tx.conn)?).to_std().unwrap_or_default();
                    Ok(Ok((wait, queue::attempt_again(tx, &held)?)))
                }
            }
        });
        let (wait, again) = next.await?.map_err(AppError::Api)?;
        sleep(wait).await;
        job = again;
    }
}

/// Waits until the provider has a place and may be asked; not beyond the client's patience.
async fn until_turn(ctx: &Ctx, job: &Claimed, access: &Access, end: Instant) -> Result<()> {
    let own = policy::own_limits(&ctx.providers.about());
    loop {
        let (own, asking, held) = (own.clone(), job.clone(), ctx.jobs.ids());
        let turn = ctx.db.write(move |tx| {
            let Some(limit) = policy::limit_of(tx.conn, &own, &asking.provider)? else { return Ok(Turn::Now) };
            Ok(if !queue::has_place(tx.conn, &asking, &held, &limit)? {
                Turn::Busy
            } else {
                queue::turn(tx, &limit)?.map_or(Turn::Now, Turn::In)
            })
        });
        let left = end.saturating_duration_since(Instant::now());
        match turn.await? {
            Turn::Now => return Ok(()),
            Turn::In(wait) if wait > left => {
                let error = calling::not_now(&access.provider, wait).to_api(tried(job));
                return Err(AppError::Api(retry::with_wait(error, wait)));
            }
            Turn::In(wait) => sleep(wait).await,
            Turn::Busy if left.is_zero() => {
                let message = format!("{} has as much to do as it may be asked for; try again in a while.", access.name);
                return Err(AppError::Api(ProviderError::new(&access.provider, Kind::RateLimited, message).to_api(tried(job))));
            }
            Turn::Busy => sleep(LOOK).await,
        }
    }
}

/// Whether a provider can be asked.
enum Turn {
    Now,
    In(Duration),
    /// Nobody knows when.
    Busy,
}

/// How often the provider was asked.
fn tried(job: &Claimed) -> u32 {
    job.attempt().saturating_sub(1)
}

/// Keeps the lease, until the row is gone.
async fn taken_away(ctx: &Ctx, job: &Claimed) {
    let mut renew = interval_at(Instant::now() + RENEW, RENEW);
    loop {
        renew.tick().await;
        let (worker, id) = (job.worker, job.id);
        match ctx.db.run(move |conn| queue::renew(conn, worker, &[id])).await {
            Ok(lost) if lost.is_empty() => {}
            Ok(_) => return,
            Err(error) => tracing::warn!(%error, "could not renew the lease of a request"),
        }
    }
}

fn gone() -> AppError {
    AppError::api(ErrorCode::Conflict, "What this was for was deleted meanwhile.")
}

/// The job, where its request is gone: it gives the place back. What a call that was cut off may have cost stays written down.
pub async fn clear(ctx: &Ctx, job: &Claimed) -> Result<(), JobFailure> {
    ctx.complete(job, |_| Ok(())).await
}
