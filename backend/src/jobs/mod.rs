//! Jobs: what runs the queue. One match from what is to be done to the service that does it, and what follows a failure.

mod worker;

use std::{panic::AssertUnwindSafe, time::Instant};

use futures_util::FutureExt;

pub use self::worker::Worker;
use crate::{
    db::{
        self, Tx,
        take::{self, Take},
    },
    error::{AppError, Result},
    queue::{self, Claimed, JobSpec},
    services::{Ctx, JobFailure, attended, audio, calling, house_keeping, image, policy, retry::Next, script, video},
};
use shared::ApiError;

/// How often a job may be interrupted by the end of its server before it is thought to be what ends it.
const MOST_INTERRUPTIONS: i32 = 10;

/// Says in the record that an attempt begins; in the transaction that claims the job.
fn begin(tx: &mut Tx<'_>, job: &Claimed) -> Result<()> {
    match &job.spec {
        JobSpec::Make { take } => take::start(tx, *take, job.attempt()),
        JobSpec::WriteScript { .. } | JobSpec::RemoveMedia { .. } | JobSpec::Abandon { .. } | JobSpec::Attended { .. } => Ok(()),
    }
}

/// Does a job, whatever happens meanwhile.
async fn run(ctx: &Ctx, job: &Claimed) {
    let started = Instant::now();
    let outcome = attempt(ctx, job).await;
    ctx.metrics.job(job.spec.name(), &job.provider, outcome, started.elapsed());
}

/// Makes an attempt; answers in a word how it ended.
async fn attempt(ctx: &Ctx, job: &Claimed) -> &'static str {
    if job.interruptions > MOST_INTERRUPTIONS {
        let error = AppError::internal(format!("the work was interrupted {MOST_INTERRUPTIONS} times"));
        return settle(ctx, job, JobFailure::App(error)).await;
    }
    // A panic is this job's failure, and nobody else's.
    let result = match AssertUnwindSafe(perform(ctx, job)).catch_unwind().await {
        Ok(result) => result,
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(ToString::to_string).or_else(|| panic.downcast_ref::<String>().cloned());
            Err(AppError::internal(format!("the job panicked: {}", text.unwrap_or_default())).into())
        }
    };
    match result {
        Ok(()) => "done",
        Err(failure) => settle(ctx, job, failure).await,
    }
}

async fn perform(ctx: &Ctx, job: &Claimed) -> Result<(), JobFailure> {
    match &job.spec {
        JobSpec::WriteScript { project } => script::write(ctx, job, *project).await,
        JobSpec::Make { take: Take::Audio(id) } => audio::synthesize(ctx, job, *id).await,
        JobSpec::Make { take: Take::Image(id) } => image::draw(ctx, job, *id).await,
        JobSpec::Make { take: Take::Video(id) } => video::make(ctx, job, *id).await,
        JobSpec::RemoveMedia { keys } => house_keeping::remove_media(ctx, job, keys).await,
        JobSpec::Abandon { kind, provider, operation } => calling::abandon(ctx, job, *kind, provider, operation).await,
        JobSpec::Attended { .. } => attended::clear(ctx, job).await,
    }
}

/// What follows a failure: another attempt at the time that it names, or the failure on the record. Answers it in a word.
async fn settle(ctx: &Ctx, job: &Claimed, failure: JobFailure) -> &'static str {
    if matches!(failure, JobFailure::Lost) {
        return taken_away();
    }
    let told = failure.to_string();
    let settled = {
        let job = job.clone();
        ctx.db.write(move |tx| settle_in(tx, &job, failure)).await
    };
    match settled {
        Ok(Some(Next::Again(at))) => {
            tracing::warn!(error = told, attempt = job.attempts, %at, "the attempt failed; there will be another");
            "again"
        }
        Ok(Some(Next::Look(at))) => {
            tracing::warn!(error = told, attempt = job.attempts, %at, "what is under way could not be seen; it is looked at again");
            "again"
        }
        Ok(Some(Next::Never(_))) => {
            tracing::error!(error = told, attempt = job.attempts, "the job failed");
            "failed"
        }
        Ok(None) => taken_away(),
        // The lease runs out, and the job is claimed again: nothing is lost.
        Err(error) => {
            tracing::error!(cause = told, %error, "could not write down that the job failed");
            "lost"
        }
    }
}

fn taken_away() -> &'static str {
    tracing::info!("the job was taken away");
    "lost"
}

/// Decides and writes down what follows; none where the job was no longer this worker's.
fn settle_in(tx: &mut Tx<'_>, job: &Claimed, failure: JobFailure) -> Result<Option<Next>> {
    if !queue::holds_with_record(tx.conn, job)? {
        return Ok(None);
    }
    let retries = policy::read(tx.conn)?.retries();
    let Some((error, next)) = calling::settle_failure(tx, job, failure, &retries)? else { return Ok(None) };
    match &next {
        Next::Again(at) => {
            queue::retry_at(tx, job, *at)?;
            wait(tx, job, &error)?;
        }
        Next::Look(at) => {
            queue::look_at(tx, job, *at)?;
            wait(tx, job, &error)?;
        }
        Next::Never(error) => {
            queue::give_up(tx, job)?;
            give_up(tx, job, error)?;
        }
    }
    Ok(Some(next))
}

fn wait(tx: &mut Tx<'_>, job: &Claimed, cause: &ApiError) -> Result<()> {
    match &job.spec {
        JobSpec::WriteScript { project } => db::project::script_generating(tx, *project, Some(cause)),
        JobSpec::Make { take } => take::wait_for_retry(tx, *take, job.attempt(), cause),
        JobSpec::RemoveMedia { .. } | JobSpec::Abandon { .. } | JobSpec::Attended { .. } => Ok(()),
    }
}

fn give_up(tx: &mut Tx<'_>, job: &Claimed, cause: &ApiError) -> Result<()> {
    match &job.spec {
        JobSpec::WriteScript { project } => db::project::script_failed(tx, *project, cause),
        JobSpec::Make { take } => take::fail(tx, *take, job.attempt(), cause),
        JobSpec::RemoveMedia { keys } => {
            tracing::error!(?keys, "files that no record names could not be removed");
            Ok(())
        }
        JobSpec::Abandon { provider, .. } => {
            tracing::warn!(provider, "what was canceled could not be stopped there; it may go on for a while");
            Ok(())
        }
        JobSpec::Attended { .. } => Ok(()),
    }
}

/// The server stops: the record waits again, as if the attempt had not begun.
fn hand_back(tx: &mut Tx<'_>, job: &Claimed) -> Result<()> {
    if queue::hand_back(tx, job)?
        && let JobSpec::Make { take } = &job.spec
    {
        take::hand_back(tx, *take, job.attempt().saturating_sub(1))?;
    }
    Ok(())
}
