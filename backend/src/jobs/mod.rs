//! Jobs: what runs the queue. One match from what is to be done to the service that does it, and what follows a failure.

mod worker;

use std::{panic::AssertUnwindSafe, time::Duration};

use chrono::Utc;
use futures_util::FutureExt;

pub use self::worker::Worker;
use crate::{
    db::{
        self, Tx,
        take::{self, Take},
    },
    error::{AppError, Result},
    queue::{self, Claimed, JobSpec},
    services::{Ctx, JobFailure, audio, calling, house_keeping, image, script, video},
};
use shared::ApiError;

/// How often a job is tried by itself after passing failures.
const MOST_ATTEMPTS: i32 = 5;
/// For how long a job is tried by itself.
const LONGEST: chrono::Duration = chrono::Duration::minutes(30);
/// How often a job may be interrupted by the end of its server before it is thought to be what ends it.
const MOST_INTERRUPTIONS: i32 = 10;

/// Says in the record that an attempt begins; in the transaction that claims the job.
fn begin(tx: &mut Tx<'_>, job: &Claimed) -> Result<()> {
    match &job.spec {
        JobSpec::Make { take } => take::start(tx, *take, attempts(job)),
        JobSpec::WriteScript { .. } | JobSpec::RemoveMedia { .. } => Ok(()),
    }
}

/// Does a job, whatever happens meanwhile.
async fn run(ctx: &Ctx, job: &Claimed) {
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
    if let Err(failure) = result {
        settle(ctx, job, failure).await;
    }
}

async fn perform(ctx: &Ctx, job: &Claimed) -> Result<(), JobFailure> {
    match &job.spec {
        JobSpec::WriteScript { project } => script::write(ctx, job, *project).await,
        JobSpec::Make { take: Take::Audio(id) } => audio::synthesize(ctx, job, *id).await,
        JobSpec::Make { take: Take::Image(id) } => image::draw(ctx, job, *id).await,
        JobSpec::Make { take: Take::Video(id) } => video::make(ctx, job, *id).await,
        JobSpec::RemoveMedia { keys } => house_keeping::remove_media(ctx, job, keys).await,
    }
}

/// What follows a failure: another attempt at the time that it names, or the failure on the record.
async fn settle(ctx: &Ctx, job: &Claimed, failure: JobFailure) {
    let (passing, after, error) = match &failure {
        JobFailure::Lost => return tracing::info!("the job was taken away"),
        JobFailure::Provider(error) => (error.is_passing(), error.retry_after, error.to_api(attempts(job))),
        JobFailure::App(error) => (error.is_passing(), None, error.to_api()),
    };
    let again = passing && job.attempts < MOST_ATTEMPTS && Utc::now() < job.started_at + LONGEST;
    if again {
        tracing::warn!(error = %failure, attempt = job.attempts, "the attempt failed; there will be another");
    } else {
        tracing::error!(error = %failure, attempt = job.attempts, "the job failed");
    }
    let at = again.then(|| Utc::now() + after.unwrap_or_else(|| backoff(job.attempts)));
    let job = job.clone();
    let settled = ctx.db.write(move |tx| {
        calling::settle_failure(tx, &job, failure.of_provider())?;
        match at {
            Some(at) => queue::retry_at(tx, &job, at)?.then(|| wait(tx, &job, &error)).transpose(),
            None => queue::finish(tx, &job)?.then(|| give_up(tx, &job, &error)).transpose(),
        }
    });
    let settled = settled.await;
    if let Err(error) = settled {
        // The lease runs out, and the job is claimed again: nothing is lost.
        tracing::error!(%error, "could not write down that the job failed");
    }
}

fn wait(tx: &mut Tx<'_>, job: &Claimed, cause: &ApiError) -> Result<()> {
    match &job.spec {
        JobSpec::WriteScript { project } => db::project::script_generating(tx, *project, Some(cause)),
        JobSpec::Make { take } => take::wait_for_retry(tx, *take, attempts(job), cause),
        JobSpec::RemoveMedia { .. } => Ok(()),
    }
}

fn give_up(tx: &mut Tx<'_>, job: &Claimed, cause: &ApiError) -> Result<()> {
    match &job.spec {
        JobSpec::WriteScript { project } => db::project::script_failed(tx, *project, cause),
        JobSpec::Make { take } => take::fail(tx, *take, attempts(job), cause),
        JobSpec::RemoveMedia { keys } => {
            tracing::error!(?keys, "files that no record names could not be removed");
            Ok(())
        }
    }
}

/// The server stops: the record waits again, as if the attempt had not begun.
fn hand_back(tx: &mut Tx<'_>, job: &Claimed) -> Result<()> {
    if queue::hand_back(tx, job)?
        && let JobSpec::Make { take } = &job.spec
    {
        take::queue_again(tx, *take, attempts(job).saturating_sub(1))?;
    }
    Ok(())
}

fn attempts(job: &Claimed) -> u32 {
    u32::try_from(job.attempts).unwrap_or_default()
}

/// One second, doubled with each attempt, and up to half of it more, so that those who failed together come back apart.
fn backoff(attempt: i32) -> Duration {
    let seconds = f64::from(1 << attempt.clamp(1, 6)) / 2.0;
    let jitter = f64::from(Utc::now().timestamp_subsec_micros() % 1000) / 2000.0;
    Duration::from_secs_f64(seconds * (1.0 + jitter))
}
