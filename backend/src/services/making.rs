//! What the making of narrations, pictures and films has in common: its progress is written down while it goes on.

use std::{collections::VecDeque, time::Duration};

use tokio::{sync::watch, time::Instant};

use super::{Ctx, JobFailure};
use crate::{
    db::take::{self, Take},
    queue::Claimed,
};

/// How often progress is written, at most.
const STEP: Duration = Duration::from_millis(100);
/// How far back a pace is measured: long enough to be steady, short enough to notice parts that were made before.
const LATELY: Duration = Duration::from_secs(20);
/// Before this, a pace is a guess.
const SURE_AFTER: Duration = Duration::from_secs(2);

/// Waits for the work, and meanwhile writes down how far it is.
pub async fn with_progress<T>(ctx: &Ctx, job: &Claimed, record: Take, progress: watch::Receiver<f64>, work: impl Future<Output = T>) -> T {
    tokio::select! {
        result = work => result,
        () = report(ctx, job, record, progress) => unreachable!("progress is reported for as long as the work goes on"),
    }
}

async fn report(ctx: &Ctx, job: &Claimed, record: Take, mut progress: watch::Receiver<f64>) {
    let mut pace = Pace::default();
    while progress.changed().await.is_ok() {
        let fraction = *progress.borrow_and_update();
        let remaining = pace.remaining(Instant::now(), fraction);
        match ctx.write_for(job, move |tx| take::set_progress(tx, record, fraction, remaining)).await {
            Ok(()) => {}
            // Whoever has it by now tells how far he is.
            Err(JobFailure::Lost) => break,
            // Progress that cannot be written is no reason to fail the work; the next step may be.
            Err(error) => tracing::warn!(%error, "could not write the progress"),
        }
        tokio::time::sleep(STEP).await;
    }
    std::future::pending().await
}

/// How fast work goes.
#[derive(Default)]
struct Pace {
    /// How far it was, and when; the oldest first.
    seen: VecDeque<(Instant, f64)>,
}

impl Pace {
    /// It is so far now: how many seconds it will still take, if that can be told.
    fn remaining(&mut self, now: Instant, fraction: f64) -> Option<f64> {
        self.seen.push_back((now, fraction));
        // The oldest stays until the one after it is old enough: there is always a whole stretch of time to measure.
        while self.seen.get(1).is_some_and(|(then, _)| now.duration_since(*then) >= LATELY) {
            self.seen.pop_front();
        }
        let (then, before) = self.seen.front()?;
        let (took, made) = (now.duration_since(*then), fraction - before);
        (took >= SURE_AFTER && made > 0.0).then(|| (1.0 - fraction).max(0.0) * took.as_secs_f64() / made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_follows_from_how_fast_it_went_lately() {
        let (mut pace, begun) = (Pace::default(), Instant::now());
        let mut at = |seconds: u64, fraction| pace.remaining(begun + Duration::from_secs(seconds), fraction);
        // A half was there from before.
        assert_eq!(at(0, 0.5), None);
        assert_eq!(at(1, 0.51), None, "too early to tell");
        assert!((at(10, 0.6).unwrap() - 40.0).abs() < 1e-6);
        assert!((at(20, 0.7).unwrap() - 30.0).abs() < 1e-6);
        // It stood still for a while: what was long ago does not count.
        assert!((at(60, 0.75).unwrap() - 200.0).abs() < 1e-6);
        assert!((at(85, 0.95).unwrap() - 6.25).abs() < 1e-6);
    }

    #[test]
    fn work_that_does_not_move_says_nothing() {
        let (mut pace, begun) = (Pace::default(), Instant::now());
        assert_eq!(pace.remaining(begun, 0.2), None);
        assert_eq!(pace.remaining(begun + Duration::from_secs(30), 0.2), None);
    }
}
