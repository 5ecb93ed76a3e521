//! How far a film is: by frames encoded, and a little for what comes before and after them.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Where the narrations are decoded.
pub const HEARD: f64 = 0.03;
/// Where the last frame is encoded.
const ENCODED: f64 = 0.95;
/// Where the parts are joined.
pub const JOINED: f64 = 0.97;
/// How often frames are counted.
const LOOK_EVERY: Duration = Duration::from_millis(100);

pub struct Progress<'a> {
    tell: &'a (dyn Fn(f64) + Send + Sync),
    last: Mutex<f64>,
}

impl<'a> Progress<'a> {
    pub fn new(tell: &'a (dyn Fn(f64) + Send + Sync)) -> Self {
        Self { tell, last: Mutex::new(0.0) }
    }

    /// Tells the caller, where it is farther than before.
    pub fn reached(&self, share: f64) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if share > *last {
            *last = share;
            (self.tell)(share);
        }
    }

    /// Waits for `work`, and tells meanwhile how many of its frames are done.
    pub async fn frames<T>(&self, done: &AtomicU64, total: u64, work: impl Future<Output = T>) -> T {
        let tell = || self.reached(HEARD + (ENCODED - HEARD) * done.load(Ordering::Relaxed) as f64 / total.max(1) as f64);
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                ended = &mut work => {
                    tell();
                    return ended;
                }
                () = tokio::time::sleep(LOOK_EVERY) => tell(),
            }
        }
    }
}
