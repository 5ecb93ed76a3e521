//! Waiting for a long operation: it is looked at now and then until it is done. How far it is, the provider tells; where
//! it does not, the time that such work usually takes does.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Kind, Progress, ProviderError, ProviderResult, http::Api};

/// The first pause, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Each pause is so much longer than the one before.
const LONGER: f64 = 1.4;
/// How many looks may fail one after another before the attempt does: a look costs nothing, and a network has its moments.
const FAILED_LOOKS: u32 = 3;
/// How far it is once it is worked on, and once nothing is left but to fetch it.
const BEGUN: f64 = 0.05;
const MADE: f64 = 0.92;

/// What was seen.
#[derive(Clone, Debug, PartialEq)]
pub enum Look<T> {
    /// It waits for its turn, behind so many others where that is told.
    Queued(Option<u64>),
    /// It is worked on, and has come so far (0 to 1) where that is told.
    Working(Option<f64>),
    /// It is done.
    Done(T),
}

/// How to wait.
#[derive(Clone, Copy)]
pub struct Waiting<'a> {
    /// Who works on it.
    pub api: &'a Api,
    /// Who wants to know how far it is.
    pub progress: &'a Progress,
    /// When it began: by an earlier server, perhaps.
    pub began: DateTime<Utc>,
    /// How long such work usually takes.
    pub usual: Duration,
}

impl Waiting<'_> {
    /// Looks until it is done. "Too many requests" is not looked over: it slows the provider down for everybody.
    pub async fn until_done<T, F>(&self, mut look: impl FnMut() -> F) -> ProviderResult<T>
    where
        F: Future<Output = ProviderResult<Look<T>>>,
    {
        let (mut pause, mut failed) = (FIRST_PAUSE, 0);
        loop {
            match look().await {
                Ok(Look::Done(done)) => {
                    self.progress.set(MADE);
                    return Ok(done);
                }
                Ok(seen) => {
                    failed = 0;
                    self.progress.set(fraction(&seen, self.since(), self.usual));
                }
                Err(error) if failed < FAILED_LOOKS && may_pass_at_once(&error) => failed += 1,
                Err(error) => return Err(error),
            }
            self.api.pause(pause).await?;
            pause = pause.mul_f64(LONGER).min(LONGEST_PAUSE);
        }
    }

    fn since(&self) -> Duration {
        (Utc::now() - self.began).to_std().unwrap_or_default()
    }
}

fn may_pass_at_once(error: &ProviderError) -> bool {
    let may_pass = matches!(error.kind, Kind::Unavailable | Kind::Timeout) || error.is_unreadable;
    may_pass && error.is_passing() && error.retry_after.is_none()
}

/// How far something is that is not done. It is further with every second, and never quite there.
fn fraction<T>(seen: &Look<T>, since: Duration, usual: Duration) -> f64 {
    let work = match seen {
        Look::Queued(ahead) => {
            #[expect(clippy::cast_precision_loss, reason = "no queue is so long")]
            return BEGUN / (1.0 + ahead.map_or(1.0, |ahead| ahead as f64));
        }
        Look::Working(Some(fraction)) if fraction.is_finite() => fraction.clamp(0.0, 1.0),
        // After the usual time about three quarters, after twice that nineteen twentieths.
        Look::Working(_) => 1.0 - (-1.5 * since.as_secs_f64() / usual.as_secs_f64().max(1.0)).exp(),
        Look::Done(_) => 1.0,
    };
    BEGUN + (MADE - BEGUN) * work
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_further_with_its_turn_its_work_and_its_time_and_is_never_done_before() {
        let usual = Duration::from_secs(60);
        let told = |look: Look<()>| fraction(&look, Duration::ZERO, usual);
        let after = |seconds| fraction(&Look::<()>::Working(None), Duration::from_secs(seconds), usual);
        let way = [
            told(Look::Queued(Some(9))),
            told(Look::Queued(None)),
            told(Look::Queued(Some(0))),
            after(1),
            after(60),
            after(600),
            told(Look::Done(())),
        ];
        assert!(way.is_sorted_by(|a, b| a < b || (a - b).abs() < 1e-9), "{way:?}");
        assert!(after(60) > 0.6 && after(86_400) <= MADE);
        assert!((told(Look::Working(Some(0.5))) - (BEGUN + (MADE - BEGUN) / 2.0)).abs() < 1e-9);
        assert!(told(Look::Working(Some(f64::NAN))).is_finite() && told(Look::Working(Some(7.0))) <= MADE);
    }
}
