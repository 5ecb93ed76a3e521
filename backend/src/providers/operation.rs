//! Long operations: what a provider works on after its first answer is written down before it is waited for, so that a
//! restarted server goes on waiting for it, and nothing that costs money is begun twice.
//!
//! An adapter of such a provider reads:
//!
//! ```ignore
//! let ticket: Ticket = match call.operation.resume()? {
//!     Some(ticket) => ticket,
//!     None => call.operation.create(self.post_request(request)).await?,
//! };
//! self.poll_until_done(&ticket).await
//! ```
//!
//! One whose calls are answered with the work itself needs none of this: what the floors above do around every call
//! sees to it that one which was cut off is not made again where it costs money.

use std::fmt;

use async_trait::async_trait;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Kind, ProviderError, ProviderResult, Usage};

/// Where the floors above write down what a call has begun. It outlives the server.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// What an earlier attempt began and wrote down.
    fn recorded(&self) -> Option<&Value>;

    /// Writes down what was begun; it is durable once this returns.
    async fn record(&self, operation: Option<Value>) -> ProviderResult<()>;

    /// The call needs another request than the one that it was begun for, which will use `next`, about; all before have
    /// used `used`. Refuses with `Kind::Limit` where that could cost more than the user allows; waits until the provider may
    /// be asked.
    async fn another(&self, used: &Usage, next: &Usage) -> ProviderResult<()>;

    /// As [`Ledger::another`], of a call that was begun for all of its requests: waits until the provider may be asked. Nothing
    /// that was asked before is awaited meanwhile.
    async fn turn(&self, used: &Usage) -> ProviderResult<()>;
}

/// The long operation of a call: none yet, or one that an earlier attempt began.
#[derive(Clone, Copy)]
pub struct Operation<'a> {
    ledger: Option<&'a dyn Ledger>,
    /// Whether what is begun may be billed, so that it must not be begun again unless it is known to have been refused.
    paid: bool,
}

impl<'a> Operation<'a> {
    /// Of a call that nothing outlives: what it begins is forgotten with it.
    pub fn fleeting() -> Self {
        Self { ledger: None, paid: false }
    }

    /// Of a call whose operation is written down there.
    pub fn in_ledger(ledger: &'a dyn Ledger, paid: bool) -> Self {
        Self { ledger: Some(ledger), paid }
    }

    /// What an earlier attempt began, as it was written down: go on waiting for it.
    pub fn resume<T: DeserializeOwned>(&self) -> ProviderResult<Option<T>> {
        let Some(recorded) = self.ledger.and_then(Ledger::recorded) else { return Ok(None) };
        serde_json::from_value(recorded.clone())
            .map(Some)
            .map_err(|error| ProviderError::new("studio", Kind::Internal, format!("the recorded operation cannot be read: {error}")))
    }

    /// Makes the call that begins the work, and writes down what it answers (ids and addresses, never a key) before
    /// anything else is done. Where it may have begun and nobody can tell, the error is final: see [`ProviderError::lost`].
    pub async fn create<T: Serialize>(&self, call: impl Future<Output = ProviderResult<T>>) -> ProviderResult<T> {
        let created = call.await.map_err(|error| if self.paid && !error.lost && may_have_begun(&error) { error.lost() } else { error })?;
        if let Some(ledger) = self.ledger {
            let operation =
                serde_json::to_value(&created).map_err(|error| ProviderError::new("studio", Kind::Internal, error.to_string()))?;
            ledger.record(Some(operation)).await?;
        }
        Ok(created)
    }

    /// To be asked before each request of a call but the first: see [`Ledger::another`].
    pub async fn another(&self, used: &Usage, next: &Usage) -> ProviderResult<()> {
        match self.ledger {
            Some(ledger) => ledger.another(used, next).await,
            None => Ok(()),
        }
    }

    /// To be asked before each request of a call but the first, where the call was begun for all of them: see [`Ledger::turn`].
    pub async fn turn(&self, used: &Usage) -> ProviderResult<()> {
        match self.ledger {
            Some(ledger) => ledger.turn(used).await,
            None => Ok(()),
        }
    }

    /// The provider said that the operation has failed, or that there is none: the next attempt begins another.
    pub async fn forget(&self) -> ProviderResult<()> {
        match self.ledger {
            Some(ledger) => ledger.record(None).await,
            None => Ok(()),
        }
    }
}

/// Whether the work may have begun in spite of that error: nobody answered, the answer cannot be understood, or whoever
/// took the request broke down over it (500, with no word on asking again).
fn may_have_begun(error: &ProviderError) -> bool {
    let broke_down = error.kind == Kind::Unavailable && error.details.get("status").and_then(Value::as_u64) == Some(500);
    !error.nothing_made && (error.unanswered || error.kind == Kind::BadResponse || (broke_down && !error.wants_again))
}

impl fmt::Debug for Operation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation").field("recorded", &self.ledger.and_then(Ledger::recorded)).field("paid", &self.paid).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use serde_json::json;

    use super::*;

    #[derive(Default)]
    struct Paper {
        before: Option<Value>,
        written: Mutex<Vec<Option<Value>>>,
    }

    #[async_trait]
    impl Ledger for Paper {
        fn recorded(&self) -> Option<&Value> {
            self.before.as_ref()
        }

        async fn record(&self, operation: Option<Value>) -> ProviderResult<()> {
            self.written.lock().expect("not poisoned").push(operation);
            Ok(())
        }

        async fn another(&self, _used: &Usage, _next: &Usage) -> ProviderResult<()> {
            Ok(())
        }

        async fn turn(&self, _used: &Usage) -> ProviderResult<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn what_was_begun_is_written_down_and_found_again() {
        let paper = Paper::default();
        let operation = Operation::in_ledger(&paper, true);
        assert_eq!(operation.resume::<String>().unwrap(), None);
        assert_eq!(operation.create(async { Ok("op-1".to_owned()) }).await.unwrap(), "op-1");
        operation.forget().await.unwrap();
        assert_eq!(*paper.written.lock().unwrap(), [Some(json!("op-1")), None]);
        let later = Paper { before: Some(json!("op-1")), ..Paper::default() };
        assert_eq!(Operation::in_ledger(&later, true).resume::<String>().unwrap().as_deref(), Some("op-1"));
    }

    #[tokio::test]
    async fn paid_work_that_may_have_begun_is_lost_and_what_was_refused_is_not() {
        let failing = async |paid: bool, error: ProviderError| {
            Operation::in_ledger(&Paper::default(), paid).create(async { Err::<String, _>(error) }).await.unwrap_err()
        };
        let reset = || ProviderError::new("fal", Kind::Unavailable, "The connection broke.").unanswered();
        assert!(!failing(true, reset()).await.is_passing());
        assert!(failing(false, reset()).await.is_passing());
        assert!(!failing(true, ProviderError::new("fal", Kind::BadResponse, "No id.")).await.is_passing());
        assert!(failing(true, ProviderError::new("fal", Kind::Unavailable, "503.")).await.is_passing());
        assert!(failing(true, ProviderError::new("fal", Kind::RateLimited, "429.")).await.is_passing());
    }
}
