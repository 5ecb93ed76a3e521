//! House-keeping: what is no longer needed is removed.

use std::time::Duration;

use chrono::TimeDelta;
use uuid::Uuid;

use super::{Ctx, JobFailure, policy};
use crate::{
    db,
    error::{Result, blocking},
    queue::{self, Claimed},
};

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
        let workdirs = workdirs(ctx).await?;
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

/// The records that have a work folder.
async fn workdirs(ctx: &Ctx) -> Result<Vec<Uuid>> {
    let storage = ctx.storage.clone();
    blocking(move || Ok(storage.workdirs()?)).await
}

/// A file that no record names after so long will not be named: what takes that long from keeping it to writing it down touches it
/// meanwhile.
const UNNAMED_FOR: Duration = Duration::from_secs(3600);

/// How long what was paid for of a narration or a script that failed, or was canceled, is there for another try.
const KEPT_FOR: TimeDelta = TimeDelta::days(7);

/// How much may be kept of films for later ones, over all projects.
const PARTS_LIMIT_BYTES: u64 = 4 << 30;

/// Keeps the parts of films within their limit. One in the making has names of its own for all that it needs.
pub async fn trim_parts(ctx: &Ctx) {
    if let Err(error) = ctx.storage.trim_parts(PARTS_LIMIT_BYTES).await {
        tracing::warn!(%error, "the parts kept for later films could not be cleaned");
    }
}

/// Removes all parts of films whose removal makes room.
pub async fn clear_parts(ctx: &Ctx) {
    if let Err(error) = ctx.storage.clear_parts().await {
        tracing::warn!(%error, "the parts kept for later films could not be removed");
    }
}

/// What a server that was killed has left in the work folder is nobody's after so long: no upload and no export takes a day.
const LEFT_FOR: Duration = Duration::from_secs(24 * 3600);

/// Shortens what lasts too long since a clock was set back. Forgets parts of films beyond their limit, old events and answers, work
/// folders whose record is no longer being made (but those of narrations and scripts that failed or were canceled lately: what was made
/// of them, and paid for, is there for another try), files that were kept for a record which was never written, since its making was
/// stopped in between, and what else a server that was killed has left behind.
pub async fn sweep(ctx: &Ctx) -> Result<()> {
    // First, since the database cannot do its part while the disk is full.
    trim_parts(ctx).await;
    let workdirs = workdirs(ctx).await?;
    let idle = ctx
        .db
        .run(move |conn| {
            let longest_wait = policy::read(conn)?.retries().longest_wait_seconds;
            queue::shorten(conn, Duration::from_secs_f64(longest_wait))?;
            db::event::forget_old(conn)?;
            db::idempotency::forget_old(conn)?;
            let lately = db::now(conn)? - KEPT_FOR;
            db::take::idle(conn, &workdirs, lately)
        })
        .await?;
    for record in idle {
        ctx.storage.clear_workdir(record).await;
    }
    let storage = ctx.storage.clone();
    let old = blocking(move || {
        storage.clear_left_behind(LEFT_FOR)?;
        Ok(storage.kept_before(UNNAMED_FOR)?)
    })
    .await?;
    let unnamed = ctx.db.read(move |conn| db::take::unnamed(conn, old)).await?;
    if !unnamed.is_empty() {
        tracing::info!(files = unnamed.len(), "removing files that no record names");
        ctx.remove_unnamed(&unnamed).await;
    }
    Ok(())
}
