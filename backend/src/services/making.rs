//! What the making of narrations, pictures and films has in common: its progress is written down while it goes on.

use std::time::Duration;

use tokio::sync::watch;

use super::Ctx;
use crate::db::take::{self, Take};

/// How often progress is written, at most.
const STEP: Duration = Duration::from_millis(100);

/// Waits for the work, and meanwhile writes down how far it is.
pub async fn with_progress<T>(ctx: &Ctx, record: Take, progress: watch::Receiver<f64>, work: impl Future<Output = T>) -> T {
    tokio::select! {
        result = work => result,
        () = report(ctx, record, progress) => unreachable!("progress is reported for as long as the work goes on"),
    }
}

async fn report(ctx: &Ctx, record: Take, mut progress: watch::Receiver<f64>) {
    while progress.changed().await.is_ok() {
        let fraction = *progress.borrow_and_update();
        // Progress that cannot be written is no reason to fail the work; the next step may be.
        if let Err(error) = ctx.db.write(move |tx| take::set_progress(tx, record, fraction)).await {
            tracing::warn!(%error, "could not write the progress");
        }
        tokio::time::sleep(STEP).await;
    }
    std::future::pending().await
}
