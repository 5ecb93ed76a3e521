//! Calling: what is written down around a job's call to a provider.
//!
//! A call that costs money is in the database before it is made. A server that is killed in the middle of it, and one
//! that cannot wait for its answer when it is stopped, leaves it there: whoever takes the job over does not make the call
//! again, but fails the record and says why, unless the provider's operation was written down and can be waited for, or its
//! answer had come and is in the work folder.
//!
//! **Which calls cost money**: those to a provider that has a key. Built-in engines and servers that are asked without a
//! key (Ollama, ComfyUI and their like) bill nobody, and what they were doing is simply done again.

use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use serde_json::Value;
use uuid::Uuid;

use super::{
    Ctx, JobFailure, policy,
    pricing::{self, Payee},
    retry::{self, Circumstances, Next},
    settings, spending,
};
use crate::{
    db::{
        self, Db, Tx,
        paid_call::{self, NewCall},
    },
    error::{AppError, Result},
    providers::{About, Access, Kind, Operation, ProviderError, ProviderResult, Usage, operation::Ledger},
    queue::{self, Claimed, JobSpec, Limit, Standing},
};
use shared::{ApiError, ErrorCode, ProjectId, policy::Retries, provider::ProviderKind};

/// What a call is made for.
#[derive(Clone, Debug)]
pub struct Purpose {
    /// The record that it makes.
    pub record: Uuid,
    /// The project that it is for.
    pub project: ProjectId,
    /// Which model, where the record names one.
    pub model: Option<String>,
    /// What it will use: about, or of a writer at most.
    pub expected: Usage,
}

/// A job's call to a provider.
#[derive(Clone)]
pub struct Calling {
    db: Db,
    job: Claimed,
    record: Uuid,
    project: ProjectId,
    payee: Payee,
    limits: Vec<Limit>,
    paid: Option<Uuid>,
    operation: Option<Value>,
}

/// What is found of a job whose call is about to be made.
enum Found {
    /// It is no longer this worker's.
    Gone,
    /// Somebody has made the call, and nobody has its answer, or what was to be made of it.
    Lost { answered: bool },
    /// The call can be made, or its operation waited for.
    Open { paid: Option<Uuid>, operation: Option<Value> },
}

/// Writes down that the call is about to be made, where it costs money. Refuses where an earlier one's answer was lost, and
/// where it could cost more than the spending limits leave.
pub async fn begin(ctx: &Ctx, job: &Claimed, about: &About, access: &Access, purpose: Purpose) -> Result<Calling, JobFailure> {
    let payee = Payee::of(about, access, purpose.model.as_deref());
    let (record, project, kind) = (purpose.record, purpose.project, about.kind);
    let (held, billed) = (job.clone(), payee.clone());
    let found = ctx.db.write(move |tx| {
        let Some(Standing { paid_call, operation }) = queue::standing(tx.conn, &held)? else { return Ok(Found::Gone) };
        if operation.is_some() {
            return Ok(Found::Open { paid: paid_call, operation });
        }
        if let Some(before) = paid_call {
            let answered = paid_call::is_ended(tx.conn, before)?;
            if !(answered && is_kept(kind)) {
                return Ok(Found::Lost { answered });
            }
            queue::call_ended(tx, &held)?;
        }
        let paid = open(tx, &held, &billed, kind, &purpose)?;
        if let Some(call) = paid {
            queue::call_begins(tx, &held, call)?;
        }
        Ok(Found::Open { paid, operation: None })
    });
    match found.await? {
        Found::Gone => Err(JobFailure::Lost),
        Found::Lost { answered } => Err(lost(access, answered).into()),
        Found::Open { paid, operation } => {
            let limits = policy::own_limits(&ctx.providers.about());
            Ok(Calling { db: ctx.db.clone(), job: job.clone(), record, project, payee, limits, paid, operation })
        }
    }
}

/// Whether what came of such a call stays in the work folder until the record is made, so that nothing of it is asked for again:
/// what was spoken, and the answers to a script.
fn is_kept(kind: ProviderKind) -> bool {
    matches!(kind, ProviderKind::Script | ProviderKind::Speech)
}

/// A call that may have been carried out, and of which there is nothing; or one that was, if it was answered.
fn lost(access: &Access, answered: bool) -> ProviderError {
    let name = &access.name;
    let when = "the server was stopped, or failed,";
    let error = |message| ProviderError::new(&access.provider, Kind::Unavailable, message);
    if answered {
        error(format!("What {name} made was lost: {when} before it was kept.")).lost_and_paid()
    } else {
        error(format!("The answer of {name} was lost: {when} in the middle of the call.")).lost()
    }
}

/// Writes down a call that somebody bills, unless it could go beyond a spending limit.
fn open(tx: &mut Tx<'_>, job: &Claimed, payee: &Payee, kind: ProviderKind, purpose: &Purpose) -> Result<Option<Uuid>> {
    let Payee::Provider { id: provider, model, .. } = payee else { return Ok(None) };
    let policy = policy::read(tx.conn)?;
    let expected_usd = payee.cost(&policy, &purpose.expected);
    let admit = if matches!(job.spec, JobSpec::Attended { .. }) { spending::admit_more } else { spending::admit_call };
    admit(tx, &policy, purpose.project, expected_usd)?;
    let call = NewCall {
        id: Uuid::now_v7(),
        record_id: purpose.record,
        project_id: purpose.project.0,
        provider: provider.clone(),
        model: model.clone(),
        kind: kind.as_str(),
        expected_usd,
    };
    paid_call::begin(tx, &call)?;
    Ok(Some(call.id))
}

/// That a provider cannot be asked before so long: it wants to be left alone, or as many requests as it takes were made.
pub fn not_now(provider: &str, wait: Duration) -> ProviderError {
    let message = format!("It has been asked as much as it may be for now; try again in {} s.", wait.as_secs_f64().ceil());
    ProviderError::new(provider, Kind::RateLimited, message).retry_after(wait)
}

/// Holds back what a call may cost that needs another request, unless it could go beyond a spending limit then.
fn hold_more(tx: &mut Tx<'_>, call: Uuid, payee: &Payee, project: ProjectId, used: &Usage, next: &Usage) -> Result<()> {
    let policy = policy::read(tx.conn)?;
    let before = paid_call::expect(tx, call, None)?;
    // Where nobody has told what the requests before took, they count with what they were thought to.
    let in_all = spending::sum(&[payee.cost(&policy, used).or(before), payee.cost(&policy, next)]);
    spending::admit_more(tx, &policy, project, in_all)?;
    paid_call::expect(tx, call, in_all).map(drop)
}

impl Calling {
    /// The long operation of the call.
    pub fn operation(&self) -> Operation<'_> {
        Operation::in_ledger(self, self.paid.is_some())
    }

    /// The call was answered: writes down what it used before the studio does its own part, so that what was paid for is
    /// known whatever becomes of that.
    pub async fn answered(&self, usage: &Usage) -> Result<()> {
        let Some(call) = self.paid else { return Ok(()) };
        let usage = usage.clone();
        self.db.write_again(AppError::is_passing, move |tx| end(tx, call, Some(&usage)).map(drop)).await
    }

    /// The record is made: writes down what the call used, and answers what the record has cost in all, where that is known.
    pub fn settle(&self, tx: &mut Tx<'_>, usage: &Usage) -> Result<Option<f64>> {
        queue::answered(tx, &self.job.provider)?;
        let Some(call) = self.paid else { return Ok(self.payee.cost(&policy::read(tx.conn)?, usage)) };
        match end(tx, call, Some(usage))? {
            Some(_) => Ok(paid_call::cost_of_record(tx.conn, self.record)?.map(pricing::rounded)),
            None => Ok(None),
        }
    }
}

#[async_trait]
impl Ledger for Calling {
    fn recorded(&self) -> Option<&Value> {
        self.operation.as_ref()
    }

    async fn record(&self, operation: Option<Value>) -> ProviderResult<()> {
        let job = self.job.clone();
        // What has begun and is not written down would be lost, whatever is the matter with the database.
        let written = self.db.write_again(|_| true, move |tx| queue::record_operation(tx, &job, operation.as_ref())).await;
        match written {
            Ok(true) => Ok(()),
            Ok(false) => Err(taken_away()),
            // To try again would be to begin, and to pay for, another.
            Err(error) if self.paid.is_some() => Err(ProviderError::new("studio", Kind::Internal, error.to_string())),
            Err(error) => Err(own_failure(&error)),
        }
    }

    async fn another(&self, used: &Usage, next: &Usage) -> ProviderResult<()> {
        let Some(call) = self.paid else { return self.turn(used).await };
        let (payee, project, before, next) = (self.payee.clone(), self.project, used.clone(), next.clone());
        let held = self.db.write_again(AppError::is_passing, move |tx| hold_more(tx, call, &payee, project, &before, &next)).await;
        held.map_err(|error| match error {
            AppError::Api(refused) if refused.code == ErrorCode::SpendingLimitReached => {
                ProviderError { details: Box::new(refused.details), ..ProviderError::new(&self.job.provider, Kind::Limit, refused.message) }
            }
            error => own_failure(&error),
        })?;
        self.turn(used).await
    }

    async fn turn(&self, used: &Usage) -> ProviderResult<()> {
        let mut has_waited = false;
        loop {
            let (limits, job, paid, used) = (self.limits.clone(), self.job.clone(), self.paid, used.clone());
            let turn = self.db.write_again(AppError::is_passing, move |tx| {
                // The job's row before the provider's gate, as whoever ends a job locks them.
                if !queue::holds(tx.conn, &job)? {
                    return Ok(None);
                }
                let longest = policy::read(tx.conn)?.retries().longest_wait_seconds;
                let limit = policy::limit_of(tx.conn, &limits, &job.provider)?;
                let wait = limit.map(|limit| queue::turn(tx, &limit)).transpose()?.flatten();
                match (paid, wait) {
                    (Some(call), Some(_)) => put_down(tx, &job, call, &used)?,
                    (Some(call), None) if has_waited => take_up(tx, &job, call)?,
                    _ => {}
                }
                Ok(Some((wait, longest)))
            });
            match turn.await.map_err(|error| own_failure(&error))? {
                None => return Err(taken_away()),
                Some((None, _)) => return Ok(()),
                Some((Some(wait), longest)) if wait.as_secs_f64() > longest => return Err(not_now(&self.job.provider, wait)),
                // As long as the place is held, and no longer than the user lets a provider wait.
                Some((Some(wait), _)) => tokio::time::sleep(wait).await,
            }
            has_waited = true;
        }
    }
}

/// A failure of the studio's own database, as a call meets it: one that may pass is tried again.
fn own_failure(error: &AppError) -> ProviderError {
    if error.is_passing() {
        ProviderError::new("studio", Kind::Unavailable, error.to_api().message).ours()
    } else {
        ProviderError::new("studio", Kind::Internal, error.to_string())
    }
}

/// A call waits for the turn of its next request, and no answer is awaited: what it has used so far is written down, so that
/// none is thought to be lost where its server is stopped, or killed, meanwhile.
fn put_down(tx: &mut Tx<'_>, job: &Claimed, call: Uuid, used: &Usage) -> Result<()> {
    queue::call_ended(tx, job)?;
    end(tx, call, Some(used)).map(drop)
}

/// A call that was put down makes its next request.
fn take_up(tx: &mut Tx<'_>, job: &Claimed, call: Uuid) -> Result<()> {
    paid_call::reopen(tx, call)?;
    queue::call_begins(tx, job, call)
}

fn taken_away() -> ProviderError {
    ProviderError::new("studio", Kind::Internal, "the job was taken away")
}

/// The job: tells a provider that nobody waits any longer for what it works on.
pub async fn abandon(ctx: &Ctx, job: &Claimed, kind: ProviderKind, provider: &str, operation: &Value) -> Result<(), JobFailure> {
    // One that there is no more, or that has lost its key, can be told nothing.
    let found = ctx.providers.with_id(provider).into_iter().find(|known| known.about().kind == kind);
    if let Some(known) = found
        && let Ok(access) = settings::access(ctx, provider, known.about()).await
    {
        known.abandon(operation, &access).await?;
    }
    ctx.complete(job, |_| Ok(())).await
}

/// What follows the failure of an attempt, with the words for it: what is known of the call is written down, and a provider
/// that wants fewer requests is left alone by everybody. None where the job is no longer this worker's.
pub fn settle_failure(tx: &mut Tx<'_>, job: &Claimed, failure: JobFailure, retries: &Retries) -> Result<Option<(ApiError, Next)>> {
    let Some(standing) = queue::standing(tx.conn, job)? else { return Ok(None) };
    let failure = judged(failure, &standing);
    let error = match &failure {
        JobFailure::Lost => return Ok(None),
        JobFailure::Provider(error) => error.to_api(job.attempt()),
        JobFailure::App(error) => error.to_api(),
    };
    let now = db::now(tx.conn)?;
    let (is_under_way, is_paid) = (standing.operation.is_some(), standing.paid_call.is_some());
    let at = Circumstances { retries, job, is_under_way, is_paid, now, random: retry::random() };
    let next = retry::next(&failure, error.clone(), &at);
    let goes_on = standing.operation.is_some() && !matches!(next, Next::Never(_));
    // The provider works on, and the next attempt waits for it.
    if !goes_on {
        settle_call(tx, job, standing, failure.of_provider())?;
    }
    if let Some(limited) = failure.of_provider().filter(|error| error.kind == Kind::RateLimited) {
        let longest = policy::read(tx.conn)?.retries().longest_wait_seconds;
        let after = |seconds: f64| now + TimeDelta::milliseconds((seconds * 1000.0) as i64);
        let until = match next {
            Next::Again(at) | Next::Look(at) => at.min(after(longest)),
            Next::Never(_) => after(limited.retry_after.map_or(longest, |wait| wait.as_secs_f64().min(longest))),
        };
        queue::slow_down(tx, asked(job), until)?;
    }
    Ok(Some((error, next)))
}

/// Whom a job asks. That nobody waits any longer is told as the studio's own work, which no provider's wish slows down.
fn asked(job: &Claimed) -> &str {
    match &job.spec {
        JobSpec::Abandon { provider, .. } => provider,
        _ => &job.provider,
    }
}

/// A failure as it is where it may have been paid for: an answer that is of no use was worked for all the same, and to ask
/// for another by itself would be to pay twice. What a provider still works on is only looked at again.
fn judged(failure: JobFailure, standing: &Standing) -> JobFailure {
    match failure {
        JobFailure::Provider(error)
            if standing.paid_call.is_some() && standing.operation.is_none() && error.is_of_no_use() && error.is_passing() =>
        {
            JobFailure::Provider(error.lost())
        }
        other => other,
    }
}

/// What is known of the call that an attempt has made, of which that is the failure.
fn settle_call(tx: &mut Tx<'_>, job: &Claimed, standing: Standing, error: Option<&ProviderError>) -> Result<()> {
    let Standing { paid_call: Some(call), operation } = standing else { return Ok(()) };
    // The studio's own failure: what the call used is written down if it was answered; else it stays as one whose answer was lost.
    let Some(error) = error else { return Ok(()) };
    queue::call_ended(tx, job)?;
    end_failed(tx, call, error, operation.is_some())
}

/// A call was answered with a failure: one that was refused costs nothing, and what may have been carried out counts with
/// what it was thought to cost.
fn end_failed(tx: &mut Tx<'_>, call: Uuid, error: &ProviderError, has_begun: bool) -> Result<()> {
    match &error.usage {
        Some(usage) => end(tx, call, Some(usage)).map(drop),
        None if has_begun || error.used_is_unknown() => end(tx, call, None).map(drop),
        // The provider said no: then nobody is billed.
        None => paid_call::withdraw(tx, call),
    }
}

/// Writes down what a call used, and what that cost at the prices of the day on which it was made; answers the cost, where it
/// is known.
fn end(tx: &mut Tx<'_>, call: Uuid, usage: Option<&Usage>) -> Result<Option<f64>> {
    let policy = policy::read(tx.conn)?;
    let made = paid_call::made(tx.conn, call)?;
    let kind = ProviderKind::ALL.into_iter().find(|kind| kind.as_str() == made.kind);
    let kind = kind.ok_or_else(|| AppError::internal(format!("a call for {}", made.kind)))?;
    let payee = Payee::Provider { id: made.provider, model: made.model, kind };
    let cost = usage.and_then(|usage| payee.cost_on(made.begun_at.date_naive(), &policy, usage));
    let usage = usage.map(serde_json::to_value).transpose().map_err(AppError::internal)?;
    paid_call::end(tx, call, usage.as_ref(), cost)?;
    Ok(cost)
}
