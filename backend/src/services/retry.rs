//! Retries: whether and when a job is tried again after a failure.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::JobFailure;
use crate::{error::AppError, providers::Kind, queue::Claimed};
use shared::{ApiError, ErrorCode, policy::Retries};

/// The longest wait where the provider names none.
const LONGEST_BACKOFF: f64 = 60.0;

/// What follows a failure.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Another attempt, at that time.
    Again(DateTime<Utc>),
    /// Another look at what is under way, at that time: that it could not be seen is no attempt.
    Look(DateTime<Utc>),
    /// None: the record fails with this.
    Never(ApiError),
}

/// What is known where it is decided.
pub struct Circumstances<'a> {
    /// The rules.
    pub retries: &'a Retries,
    /// The job.
    pub job: &'a Claimed,
    /// Whether the provider works on it meanwhile, so that the next attempt only goes on waiting.
    pub is_under_way: bool,
    /// Whether somebody bills that.
    pub is_paid: bool,
    /// The time.
    pub now: DateTime<Utc>,
    /// A random number from 0 to 1.
    pub random: f64,
}

/// How long work that is under way may not be seen: longer than any vendor keeps its results, and than a key is missing that
/// was changed for another.
const UNSEEN: TimeDelta = TimeDelta::hours(24);
/// How long it is left alone at least between two looks that failed.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// And at most, of the time that it has taken so far.
const OF_ITS_TIME: f64 = 0.1;

/// What follows a failure.
pub fn next(failure: &JobFailure, error: ApiError, at: &Circumstances<'_>) -> Next {
    let (passing, asked) = match failure {
        JobFailure::Provider(error) => (error.is_passing(), error.retry_after),
        JobFailure::App(error) => (error.is_passing(), None),
        JobFailure::Lost => (false, None),
    };
    // No time at all, or one that is past by a clock that goes wrong, is no reason to use up every attempt within a moment.
    let asked = asked.filter(|wait| !wait.is_zero());
    let end = later(at.job.started_at, Duration::from_secs_f64(at.retries.total_seconds));
    // That what is under way cannot be looked at for a while is no reason to give it up; what nobody bills can be made again, and
    // is waited for as long as it may be tried.
    let is_still_looked_for = if at.is_paid { at.now < at.job.started_at + UNSEEN } else { passing && at.now < end };
    if at.is_under_way && is_still_looked_for && is_unseen(failure) {
        let longest = Duration::from_secs_f64(at.retries.longest_wait_seconds);
        let wait = asked.unwrap_or_else(|| before_a_look(at)).min(longest);
        return Next::Look(later(at.now, wait.max(LOOK_AGAIN)));
    }
    let wait = asked.unwrap_or_else(|| backoff(at.job.attempts, at.random));
    if !passing {
        return Next::Never(match asked {
            Some(wait) => with_wait(error, wait),
            None => error,
        });
    }
    let attempts_left = i64::from(at.job.attempts) < i64::from(at.retries.attempts);
    let again = later(at.now, wait);
    if wait.as_secs_f64() > at.retries.longest_wait_seconds {
        let when = again.format("%Y-%m-%d %H:%M");
        let message = format!("{} It can be asked again at {when} UTC; try again then.", error.message);
        return Next::Never(with_wait(ApiError { message, ..error }, wait));
    }
    if !attempts_left || (again > end && !at.is_under_way) {
        return Next::Never(if asked.is_some() { with_wait(error, wait) } else { error });
    }
    Next::Again(again)
}

/// Whether it was only not possible to look, or to keep what was seen: the provider could not be reached, or somebody else
/// answered in its place; or not with the key of that time, since each look takes the one that is in the settings then; or this
/// machine failed, with a full disk, say.
fn is_unseen(failure: &JobFailure) -> bool {
    match failure {
        JobFailure::Provider(error) => match error.kind {
            Kind::Unavailable | Kind::RateLimited => error.is_passing(),
            // It may be slow only for as long as the user lets it.
            Kind::Timeout => error.is_passing() && !error.out_of_time,
            Kind::BadResponse => error.is_passing() && error.is_unreadable,
            Kind::Auth | Kind::NotConfigured | Kind::DiskFull => true,
            _ => error.is_ours,
        },
        JobFailure::App(error) => {
            let code = error.to_api().code;
            let is_away = matches!(code, ErrorCode::ProviderNotConfigured | ErrorCode::InsufficientStorage);
            is_away || error.is_passing() || matches!(error, AppError::Io(_))
        }
        JobFailure::Lost => false,
    }
}

/// The error with the time after which it can be tried again: `retryAfterSeconds`.
pub fn with_wait(error: ApiError, wait: Duration) -> ApiError {
    // Up, so that whoever waits that long does not come too early.
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    error.with("retryAfterSeconds", seconds)
}

/// A random number from 0 to 1.
pub fn random() -> f64 {
    let mut bytes = [0_u8; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
        // Without random numbers everybody waits for as long as may be.
        Err(_) => 1.0,
    }
}

/// Full jitter: anything up to two seconds, doubled with each attempt, so that those who failed together come back apart.
fn backoff(attempt: i32, random: f64) -> Duration {
    let most = f64::from(1 << attempt.clamp(1, 6)).min(LONGEST_BACKOFF);
    Duration::from_secs_f64(most * random.clamp(0.0, 1.0))
}

/// Anything up to a part of the time that it has taken so far: what is seen no more for long is looked for less often.
fn before_a_look(at: &Circumstances<'_>) -> Duration {
    let taken = (at.now - at.job.started_at).to_std().unwrap_or_default();
    Duration::from_secs_f64((taken.as_secs_f64() * OF_ITS_TIME).min(LONGEST_BACKOFF) * at.random.clamp(0.0, 1.0))
}

/// So much later; the end of time, where somebody wants to be left alone for longer.
fn later(time: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(by).ok().and_then(|by| time.checked_add_signed(by)).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        providers::{Kind, ProviderError},
        queue::{JobSpec, WorkerId},
    };

    const RETRIES: Retries = Retries { attempts: 5, total_seconds: 100.0, longest_wait_seconds: 30.0 };

    fn decide(kind: Kind, asked: Option<u64>, attempts: i32, since: i64) -> Next {
        decide_on(true, false, kind, asked, attempts, since)
    }

    fn decide_on(is_paid: bool, is_under_way: bool, kind: Kind, asked: Option<u64>, attempts: i32, since: i64) -> Next {
        let mut error = ProviderError::new("somebody", kind, "Too much.");
        error.retry_after = asked.map(Duration::from_secs);
        decide_of(error.into(), is_paid, is_under_way, attempts, since)
    }

    fn decide_of(failure: JobFailure, is_paid: bool, is_under_way: bool, attempts: i32, since: i64) -> Next {
        let now = Utc::now();
        let job = Claimed {
            id: Uuid::nil(),
            spec: JobSpec::RemoveMedia { keys: Vec::new() },
            provider: "somebody".to_owned(),
            local: false,
            attempts,
            interruptions: 0,
            started_at: now - TimeDelta::seconds(since),
            worker: WorkerId(Uuid::nil()),
        };
        let told = match &failure {
            JobFailure::Provider(error) => error.to_api(1),
            JobFailure::App(error) => error.to_api(),
            JobFailure::Lost => panic!("nothing is told of it"),
        };
        let at = Circumstances { retries: &RETRIES, job: &job, is_under_way, is_paid, now, random: 0.5 };
        match next(&failure, told, &at) {
            Next::Again(again) => Next::Again(DateTime::UNIX_EPOCH + (again - now)),
            Next::Look(again) => Next::Look(DateTime::UNIX_EPOCH + (again - now)),
            never => never,
        }
    }

    fn after(seconds: i64) -> Next {
        Next::Again(DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds))
    }

    #[test]
    fn the_providers_own_time_is_obeyed_and_else_the_wait_grows() {
        assert_eq!(decide(Kind::RateLimited, Some(20), 1, 0), after(20));
        assert_eq!(decide(Kind::Unavailable, None, 1, 0), after(1));
        assert_eq!(decide(Kind::Timeout, None, 3, 0), after(4));
        assert_eq!(decide(Kind::RateLimited, Some(0), 3, 0), after(4));
    }

    #[test]
    fn what_does_not_pass_is_not_tried_again() {
        for kind in [Kind::Quota, Kind::Auth, Kind::Rejected, Kind::NotConfigured, Kind::Limit, Kind::DiskFull, Kind::Internal] {
            assert!(matches!(decide(kind, None, 1, 0), Next::Never(_)), "{kind:?}");
        }
    }

    #[test]
    fn a_database_that_is_away_in_the_middle_of_a_call_is_a_failure_that_passes() {
        let away = || ProviderError::new("studio", Kind::Unavailable, "The database cannot be reached.").ours();
        assert_eq!(decide_of(away().into(), true, false, 1, 0), after(1));
        assert_eq!(away().to_api(1).code, ErrorCode::Unavailable);
    }

    #[test]
    fn what_is_under_way_is_looked_for_again_for_a_day() {
        let error = |kind| ProviderError::new("somebody", kind, "Not now.");
        let looks = |failure: JobFailure, since| matches!(decide_of(failure, true, true, 5, since), Next::Look(_));
        type Unseen = Box<dyn Fn() -> JobFailure>;
        let unseen = |kind: Kind| -> Unseen { Box::new(move || error(kind).into()) };
        let kinds = [Kind::Unavailable, Kind::RateLimited, Kind::Auth, Kind::NotConfigured, Kind::Timeout, Kind::DiskFull];
        let others: [Unseen; 5] = [
            // Somebody else answers in the provider's place.
            Box::new(move || error(Kind::BadResponse).unreadable().into()),
            // What was made is there, and this machine cannot keep it.
            Box::new(move || error(Kind::Internal).ours().into()),
            Box::new(|| AppError::from(std::io::Error::other("no folder")).into()),
            Box::new(|| AppError::from(std::io::Error::from(std::io::ErrorKind::StorageFull)).into()),
            Box::new(|| AppError::Pool("nobody is there".to_owned()).into()),
        ];
        for unseen in kinds.into_iter().map(unseen).chain(others) {
            assert!(looks(unseen(), 0) && looks(unseen(), 20 * 3600), "{:?}", unseen());
            assert!(!looks(unseen(), 25 * 3600), "{:?}", unseen());
        }
        // What nobody bills can be made again: it is looked for as long as it may be tried.
        let free = |kind, attempts, since| decide_on(false, true, kind, None, attempts, since);
        assert!(matches!(free(Kind::Unavailable, 5, 99), Next::Look(_)));
        assert!(matches!(free(Kind::Unavailable, 4, 101), Next::Again(_)));
        assert!(matches!(free(Kind::Unavailable, 5, 101), Next::Never(_)));
        for kind in [Kind::Auth, Kind::NotConfigured, Kind::DiskFull] {
            assert!(matches!(free(kind, 1, 0), Next::Never(_)), "{kind:?}");
        }
        // It may be slow for as long as the user lets it.
        let slow = |attempts| decide_of(error(Kind::Timeout).out_of_time().into(), true, true, attempts, 0);
        assert!(matches!((slow(4), slow(5)), (Next::Again(_), Next::Never(_))));
        for seen in [Kind::Rejected, Kind::BadResponse, Kind::Internal] {
            assert!(!looks(error(seen).into(), 0), "{seen:?}");
        }
    }

    #[test]
    fn what_is_under_way_is_looked_for_less_often_the_longer_it_takes_and_never_left_alone_for_long() {
        let look = |asked, since| decide_on(true, true, Kind::RateLimited, asked, 1, since);
        let in_seconds = |seconds| Next::Look(DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds));
        for (asked, since, wait) in [
            (None, 0, 1),
            (None, 100, 5),
            (None, 20 * 3600, 30),
            (Some(0), 0, 1),
            (Some(20), 0, 20),
            (Some(86_400), 0, 30),
            (Some(10_000_000_000_000), 0, 30),
            (Some(u64::MAX), 0, 30),
        ] {
            assert_eq!(look(asked, since), in_seconds(wait), "{asked:?} after {since} s");
        }
    }

    #[test]
    fn attempts_time_and_patience_end() {
        assert!(matches!(decide(Kind::Unavailable, None, 5, 0), Next::Never(_)));
        assert!(matches!(decide(Kind::Unavailable, None, 2, 99), Next::Never(_)));
        let Next::Never(error) = decide(Kind::RateLimited, Some(3600), 1, 0) else { panic!("it waits for an hour") };
        assert_eq!(error.details["retryAfterSeconds"], 3600);
        assert!(error.message.contains("asked again at"), "{}", error.message);
        for ever in [10_000_000_000_000, u64::MAX] {
            assert!(matches!(decide(Kind::RateLimited, Some(ever), 1, 0), Next::Never(_)), "{ever}");
        }
    }
}
