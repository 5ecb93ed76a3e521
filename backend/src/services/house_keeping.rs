//! House-keeping: what is no longer needed is removed.

use super::{Ctx, JobFailure};
use crate::{
    db,
    error::Result,
    queue::{self, Claimed},
};

/// The job: removes files that no record names any more.
pub async fn remove_media(ctx: &Ctx, job: &Claimed, keys: &[String]) -> Result<(), JobFailure> {
    for key in keys {
        ctx.storage.remove(key).await?;
    }
    let job = job.clone();
    let held = ctx.db.write(move |tx| queue::finish(tx, &job)).await?;
    if held { Ok(()) } else { Err(JobFailure::Lost) }
}

/// Forgets old events and answers, and work folders whose record is no longer being made.
pub async fn sweep(ctx: &Ctx) -> Result<()> {
    let workdirs = ctx.storage.workdirs()?;
    let idle = ctx
        .db
        .read(move |conn| {
            db::event::forget_old(conn)?;
            db::idempotency::forget_old(conn)?;
            let mut idle = Vec::new();
            for record in workdirs {
                if queue::of_record(conn, record)?.is_none() {
                    idle.push(record);
                }
            }
            Ok(idle)
        })
        .await?;
    for record in idle {
        ctx.storage.clear_workdir(record).await;
    }
    Ok(())
}
