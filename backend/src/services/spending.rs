//! Spending: what was paid for, what is held back for work that waits, and the limits that no call goes beyond.
//!
//! A request holds back what its jobs may cost, on their rows: with the row, done, failed, canceled or deleted, goes what
//! was held back. A call that is made is a row of `paid_calls`, which counts with what it was thought to cost until it is
//! known what it did cost; so nothing is forgotten when a server is killed, and nothing is counted twice.

use chrono::{DateTime, Datelike, TimeZone, Utc};
use diesel::PgConnection;
use uuid::Uuid;

use super::{
    policy::{self, Policy},
    pricing,
};
use crate::{
    db::{self, Tx, paid_call},
    error::{AppError, Result},
    queue,
};
use shared::{
    ApiError, ErrorCode, ProjectId,
    policy::{Spending, UnknownPrices},
};

/// What rounding may do to a sum of dollars.
const A_HAIR: f64 = 1e-9;

/// A limit, and how much of it is taken.
struct Limit {
    name: &'static str,
    usd: f64,
    taken: f64,
}

/// What may be spent, and what has been.
pub fn overview(conn: &mut PgConnection, policy: &Policy) -> Result<Spending> {
    let month = start_of_month(db::now(conn)?);
    Ok(Spending {
        project_limit_usd: policy.spending.project_limit_usd,
        month_limit_usd: policy.spending.month_limit_usd,
        unknown_prices: policy.spending.unknown_prices,
        month_usd: pricing::rounded(paid_call::spent_since(conn, month)?),
        reserved_usd: pricing::rounded(queue::reserved(conn, None)?),
        unknown_calls: paid_call::unknown_since(conn, month)?,
    })
}

/// Refuses jobs that were just queued for a project where they could go beyond a limit; the transaction is then undone.
pub fn admit(tx: &mut Tx<'_>, project: ProjectId, jobs: &[Uuid]) -> Result<()> {
    let policy = policy::read(tx.conn)?;
    if !is_limited(&policy) {
        return Ok(());
    }
    paid_call::lock(tx.conn)?;
    let expected = queue::expected(tx.conn, jobs)?;
    let estimate = sum(&expected);
    let own = estimate.unwrap_or_default();
    let reserved = (queue::reserved(tx.conn, Some(project))? - own, queue::reserved(tx.conn, None)? - own);
    check(tx.conn, &policy, project, estimate, reserved)
}

/// Refuses a call that is about to be made where it could go beyond a limit: it may have been lowered since the job was
/// queued, or others have cost more than was thought.
pub fn admit_call(tx: &mut Tx<'_>, policy: &Policy, project: ProjectId, expected: Option<f64>) -> Result<()> {
    if !is_limited(policy) {
        return Ok(());
    }
    paid_call::lock(tx.conn)?;
    check(tx.conn, policy, project, expected, (0.0, 0.0))
}

/// As [`admit_call`], for what was not held back before: it gets what all the others leave.
pub fn admit_more(tx: &mut Tx<'_>, policy: &Policy, project: ProjectId, expected: Option<f64>) -> Result<()> {
    if !is_limited(policy) {
        return Ok(());
    }
    paid_call::lock(tx.conn)?;
    let reserved = (queue::reserved(tx.conn, Some(project))?, queue::reserved(tx.conn, None)?);
    check(tx.conn, policy, project, expected, reserved)
}

fn check(conn: &mut PgConnection, policy: &Policy, project: ProjectId, estimate: Option<f64>, reserved: (f64, f64)) -> Result<()> {
    if estimate == Some(0.0) {
        return Ok(());
    }
    let mut limits = Vec::new();
    if let Some(usd) = policy.spending.project_limit_usd {
        limits.push(Limit { name: "this project", usd, taken: pricing::rounded(paid_call::spent_on(conn, project)? + reserved.0) });
    }
    if let Some(usd) = policy.spending.month_limit_usd {
        let month = start_of_month(db::now(conn)?);
        limits.push(Limit { name: "this month", usd, taken: pricing::rounded(paid_call::spent_since(conn, month)? + reserved.1) });
    }
    for limit in limits {
        match estimate {
            None if policy.spending.unknown_prices == UnknownPrices::Refuse => return Err(unknown(&limit)),
            None => {}
            Some(estimate) if limit.taken + estimate > limit.usd + A_HAIR => return Err(reached(&limit, estimate)),
            Some(_) => {}
        }
    }
    Ok(())
}

fn reached(limit: &Limit, estimate: f64) -> AppError {
    let message = format!(
        "This could cost ${estimate:.4}, and of the limit of ${} for {} ${:.4} are spent or held back; raise the limit in the settings, or make less.",
        dollars(limit.usd),
        limit.name,
        limit.taken
    );
    AppError::Api(refusal(message, limit).with("estimateUsd", estimate))
}

fn unknown(limit: &Limit) -> AppError {
    let message = format!(
        "What this costs is not known, and there is a limit of ${} for {}; enter the price in the settings, or allow unknown prices there.",
        dollars(limit.usd),
        limit.name
    );
    AppError::Api(refusal(message, limit).with("estimateUsd", serde_json::Value::Null))
}

/// A limit as people write it: in cents, unless it is finer than that.
fn dollars(usd: f64) -> String {
    let cents = format!("{usd:.2}");
    if cents.parse().is_ok_and(|shown: f64| (shown - usd).abs() < A_HAIR) { cents } else { usd.to_string() }
}

fn refusal(message: String, limit: &Limit) -> ApiError {
    ApiError::new(ErrorCode::SpendingLimitReached, message).with("limitUsd", limit.usd).with("spentUsd", limit.taken)
}

fn is_limited(policy: &Policy) -> bool {
    policy.spending.project_limit_usd.is_some() || policy.spending.month_limit_usd.is_some()
}

/// The sum, or none where a part of it is not known.
pub fn sum(parts: &[Option<f64>]) -> Option<f64> {
    // Of nothing, Rust's sum is a negative zero.
    parts.iter().copied().sum::<Option<f64>>().map(|sum| pricing::rounded(sum) + 0.0)
}

/// When the month began (UTC).
fn start_of_month(now: DateTime<Utc>) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(now.year(), now.month(), 1, 0, 0, 0).single().unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_with_an_unknown_part_is_unknown() {
        assert_eq!(sum(&[Some(1.0), Some(0.5)]), Some(1.5));
        assert_eq!(sum(&[Some(0.1), Some(0.2)]), Some(0.3), "as it is billed");
        assert_eq!(sum(&[Some(1.0), None]), None);
        assert_eq!(sum(&[]), Some(0.0));
    }

    #[test]
    fn a_limit_is_shown_as_it_was_set() {
        assert_eq!([0.001, 5.0, 12.5, 0.055].map(dollars), ["0.001", "5.00", "12.50", "0.055"]);
    }

    #[test]
    fn a_month_begins_on_its_first_day() {
        let now = Utc.with_ymd_and_hms(2026, 11, 25, 15, 4, 5).unwrap();
        assert_eq!(start_of_month(now).to_rfc3339(), "2026-11-01T00:00:00+00:00");
    }
}
