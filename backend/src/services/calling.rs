//! Calling: what is written down around a job's call to a provider.
//!
//! A call that costs money is in the database before it is made. A server that is killed in the middle of it, and one
//! that cannot wait for its answer when it is stopped, leaves it there: whoever takes the job over does not make the call
//! again, but fails the record and says why, unless the provider's operation was written down and can be waited for.
//!
//! **Which calls cost money**: those to a provider that has a key. Built-in engines and servers that are asked without a
//! key (Ollama, ComfyUI and their like) bill nobody, and what they were doing is simply done again.

use async_trait::async_trait;
use serde_json::Value;
use uuid::Uuid;

use super::{Ctx, JobFailure};
use crate::{
    db::{
        Db, Tx,
        paid_call::{self, NewCall},
    },
    error::{AppError, Result},
    providers::{About, Access, Kind, Operation, ProviderError, ProviderResult, Usage, operation::Ledger},
    queue::{self, Claimed, Standing},
};
use shared::{ProjectId, provider::ProviderKind};

/// How often what a provider has begun is written down again where the database does not take it, and how long is waited
/// between; together less than a lease lasts.
const WRITES: u32 = 8;
const BETWEEN_WRITES: std::time::Duration = std::time::Duration::from_secs(1);

/// What a call is made for.
#[derive(Clone, Debug)]
pub struct Purpose {
    /// The record that it makes.
    pub record: Uuid,
    /// The project that it is for.
    pub project: ProjectId,
    /// Which model, where the record names one.
    pub model: Option<String>,
}

/// A job's call to a provider.
pub struct Calling {
    db: Db,
    job: Claimed,
    record: Uuid,
    paid: Option<Uuid>,
    operation: Option<Value>,
}

/// Writes down that the call is about to be made, where it costs money. Refuses where an earlier one's answer was lost.
pub async fn begin(ctx: &Ctx, job: &Claimed, about: &About, access: &Access, purpose: Purpose) -> Result<Calling, JobFailure> {
    let call = access.key.is_some().then(|| NewCall {
        id: Uuid::now_v7(),
        record_id: purpose.record,
        project_id: purpose.project.0,
        provider: about.id.to_owned(),
        model: purpose.model,
        kind: kind_name(about.kind),
        expected_usd: None,
    });
    let held = job.clone();
    let standing = ctx
        .db
        .write(move |tx| {
            let Some(standing) = queue::standing(tx.conn, &held)? else { return Ok(None) };
            match call {
                Some(call) if standing == (Standing { paid_call: None, operation: None }) => {
                    paid_call::begin(tx, &call)?;
                    queue::call_begins(tx, &held, call.id)?;
                    Ok(Some((Some(call.id), standing)))
                }
                _ => Ok(Some((standing.paid_call, standing))),
            }
        })
        .await?;
    let (paid, standing) = standing.ok_or(JobFailure::Lost)?;
    if standing.paid_call.is_some() && standing.operation.is_none() {
        let message = format!("The answer of {} was lost: the server was stopped, or failed, in the middle of the call.", about.name);
        return Err(ProviderError::new(about.id, Kind::Unavailable, message).lost().into());
    }
    Ok(Calling { db: ctx.db.clone(), job: job.clone(), record: purpose.record, paid, operation: standing.operation })
}

impl Calling {
    /// The long operation of the call.
    pub fn operation(&self) -> Operation<'_> {
        Operation::in_ledger(self, self.paid.is_some())
    }

    /// The call was answered: writes down what it used, and answers what the record has cost in all, where that is known.
    pub fn settle(&self, tx: &mut Tx<'_>, usage: &Usage) -> Result<Option<f64>> {
        let cost = usage.reported_usd;
        let Some(call) = self.paid else { return Ok(cost) };
        let usage = serde_json::to_value(usage).map_err(AppError::internal)?;
        paid_call::end(tx, call, Some(&usage), cost)?;
        match cost {
            Some(_) => paid_call::cost_of_record(tx.conn, self.record),
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
        let mut written = self.write(operation.clone()).await;
        // What has begun and is not written down would be lost, so that a database that is away is waited for.
        for _ in 1..WRITES {
            let Err(error) = &written else { break };
            tracing::warn!(%error, "could not write down what the provider works on; trying again");
            tokio::time::sleep(BETWEEN_WRITES).await;
            written = self.write(operation.clone()).await;
        }
        match written {
            Ok(true) => Ok(()),
            Ok(false) => Err(ProviderError::new("studio", Kind::Internal, "the job was taken away")),
            Err(error) => Err(ProviderError::new("studio", Kind::Internal, error.to_string())),
        }
    }
}

impl Calling {
    async fn write(&self, operation: Option<Value>) -> Result<bool> {
        let job = self.job.clone();
        self.db.write(move |tx| queue::record_operation(tx, &job, operation.as_ref())).await
    }
}

/// A provider's failure: what is known of the call that it was the answer to, in the transaction that settles the job.
pub fn settle_failure(tx: &mut Tx<'_>, job: &Claimed, error: Option<&ProviderError>) -> Result<()> {
    let Some(Standing { paid_call: Some(call), operation }) = queue::standing(tx.conn, job)? else { return Ok(()) };
    // The studio's own failure: nothing is known of the call, so that it stays as one whose answer was lost.
    let Some(error) = error else { return Ok(()) };
    if operation.is_some() && error.is_passing() {
        // The provider goes on, and the next attempt waits for it.
        return Ok(());
    }
    queue::call_ended(tx, job)?;
    match &error.usage {
        Some(usage) => {
            let cost = usage.reported_usd;
            let usage = serde_json::to_value(usage).map_err(AppError::internal)?;
            paid_call::end(tx, call, Some(&usage), cost)
        }
        None if operation.is_none() && was_refused(error) => paid_call::withdraw(tx, call),
        None => paid_call::end(tx, call, None, None),
    }
}

/// Whether the provider said no: then nobody is billed.
fn was_refused(error: &ProviderError) -> bool {
    !error.lost && !error.unanswered && error.kind != Kind::BadResponse
}

fn kind_name(kind: ProviderKind) -> &'static str {
    match kind {
        ProviderKind::Script => "script",
        ProviderKind::Speech => "speech",
        ProviderKind::Image => "image",
        ProviderKind::Video => "video",
    }
}
