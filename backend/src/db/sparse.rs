//! The log of an outage, which would be the same line many times a second.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How often a trouble that lasts is told again.
const EVERY: Duration = Duration::from_secs(10);

/// When a trouble was last told.
#[derive(Debug, Default)]
pub struct Sparse(Mutex<Option<Instant>>);

impl Sparse {
    /// Whether it is to be told now: at once, then every ten seconds.
    pub fn is_due(&self) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = last.is_none_or(|told| told.elapsed() >= EVERY);
        if is_due {
            *last = Some(Instant::now());
        }
        is_due
    }
}
