//! House-keeping: what is no longer needed is removed.

use std::time::Duration;

use chrono::{TimeDelta, Utc};

use super::{Ctx, JobFailure};
use crate::{db, error::Result, queue::Claimed};

/// The job: removes files that no record names any more.
pub async fn remove_media(ctx: &Ctx, job: &Claimed, keys: &[String]) -> Result<(), JobFailure> {
    for key in keys {
        ctx.storage.remove(key).await?;
    }
    ctx.complete(job, |_| Ok(())).await
}

/// Removes the work folders of takes and projects that were deleted. What was deleted is gone even where that fails: the sweep tries again.
pub async fn clear_deleted(ctx: &Ctx) {
    let found = async {
        let workdirs = ctx.storage.workdirs()?;
        if workdirs.is_empty() {
            return Ok(workdirs);
        }
        ctx.db.read(move |conn| db::take::gone(conn, &workdirs)).await
    };
    match found.await {
        Ok(gone) => {
            for record in gone {
                ctx.storage.clear_workdir(record).await;
            }
        }
        Err(error) => tracing::warn!(%error, "could not look for the work folders of what was deleted"),
    }
}

/// A file that no record names after so long will not be named: nothing takes that long from keeping it to writing it down.
const UNNAMED_FOR: Duration = Duration::from_secs(3600);

/// How long what was paid for of a narration or a script that failed, or was canceled, is there for another try.
const KEPT_FOR: TimeDelta = TimeDelta::days(7);

/// Forgets old events and answers, work folders whose record is no longer being made (but those of narrations and scripts that failed
/// or were canceled lately: what was made of them, and paid for, is there for another try), and files that were kept for a record
/// which was never written, since its making was stopped in between.
pub async fn sweep(ctx: &Ctx) -> Result<()> {
    let (workdirs, lately) = (ctx.storage.workdirs()?, Utc::now() - KEPT_FOR);
    let idle = ctx
        .db
        .run(move |conn| {
            db::event::forget_old(conn)?;
            db::idempotency::forget_old(conn)?;
            db::take::idle(conn, &workdirs, lately)
        })
        .await?;
    for record in idle {
        ctx.storage.clear_workdir(record).await;
    }
    let storage = ctx.storage.clone();
    let old = db::blocking(move || Ok(storage.kept_before(UNNAMED_FOR)?)).await?;
    let unnamed = ctx.db.read(move |conn| db::take::unnamed(conn, old)).await?;
    if !unnamed.is_empty() {
        tracing::info!(files = unnamed.len(), "removing files that no record names");
        ctx.remove_unnamed(&unnamed).await;
    }
    Ok(())
}
