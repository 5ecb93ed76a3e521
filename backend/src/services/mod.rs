//! The use cases. Each reads like what happens; no SQL, no HTTP.

pub mod activity;
pub mod attended;
pub mod audio;
pub mod belonging;
pub mod calling;
pub mod estimate;
pub mod export;
pub mod held;
pub mod house_keeping;
pub mod image;
pub mod import;
pub mod llm;
pub mod meaning;
pub mod music;
pub mod peaks;
pub mod policy;
pub mod pricing;
pub mod project;
pub mod retry;
pub mod scene;
pub mod script;
pub mod settings;
pub mod spending;
pub mod stock;
pub mod take;
pub mod video;
pub mod voices;

mod copy;
mod making;
mod vault;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use engines::media::ffmpeg;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    config::Config,
    db::{Db, Tx},
    error::{AppError, Result},
    live::Live,
    metrics::Metrics,
    providers::{Kind, ProviderError, Providers, http::Http, neighbours},
    queue::{self, Claimed},
    storage::Storage,
};
use shared::{ErrorCode, page::Page};

pub use self::vault::Vault;

/// What every use case works with.
pub struct Ctx {
    /// The server's settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The media.
    pub storage: Storage,
    /// Who can be asked.
    pub providers: Providers,
    /// What happens, as it happens.
    pub live: Arc<Live>,
    /// What is counted.
    pub metrics: Metrics,
    /// What seals the providers' keys.
    pub vault: Vault,
    /// How servers on this machine are looked for.
    pub http: Http,
    /// At which ports.
    pub neighbours: neighbours::Ports,
    /// Who was found there.
    pub neighbourhood: settings::Neighbourhood,
    /// What providers said of their models.
    pub models: settings::Models,
    /// The voices that remote providers have listed lately.
    pub voices: voices::Directory,
    /// The jobs that this process works on.
    pub jobs: held::Held,
    /// The idempotency keys of the requests that it serves, by who holds them.
    pub keys: held::Held,
    /// The scenes' previews that are being made.
    pub previews: video::preview::Previews,
    /// The voices' previews that are being spoken.
    pub spoken: voices::preview::Spoken,
    /// ffmpeg and ffprobe, where they are installed.
    pub tools: Result<ffmpeg::Tools, String>,
}

impl Ctx {
    /// ffmpeg and ffprobe, or what to do about it.
    pub fn tools(&self) -> Result<&ffmpeg::Tools> {
        self.tools.as_ref().map_err(|missing| AppError::api(ErrorCode::ProviderNotConfigured, missing.clone()))
    }

    /// Writes what names new files. Where that fails nothing names them, and they are removed: but for a connection that
    /// was lost, after which nobody knows whether it was written, and a file too many is better than one too few.
    pub async fn write_naming<T: Send + 'static>(
        &self,
        keys: Vec<String>,
        queries: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let written = self.db.write(queries).await;
        if let Err(error) = &written
            && !error.is_passing()
        {
            self.remove_unnamed(&keys).await;
        }
        written
    }

    /// Ends a job that is done: its row goes in the transaction that writes what came of it. Where it is no longer this
    /// worker's, nothing is written: whoever has it by now does that. What was made is worth the wait for a database that is away
    /// for a moment.
    pub async fn complete(
        &self,
        job: &Claimed,
        outcome: impl FnOnce(&mut Tx<'_>) -> Result<()> + Clone + Send + 'static,
    ) -> Result<(), JobFailure> {
        let (job, may_be_written) = (job.clone(), Arc::new(AtomicBool::new(false)));
        let ended = self.db.write_again(AppError::is_passing, move |tx| {
            if queue::holds_with_record(tx.conn, &job)? {
                queue::finish(tx, &job)?;
                outcome(tx)?;
                may_be_written.store(true, Ordering::Relaxed);
                return Ok(true);
            }
            // A try that came to its end may have been written, and only the word of it lost: then nobody has the job any more.
            Ok(may_be_written.load(Ordering::Relaxed) && !queue::is_there(tx.conn, job.id)?)
        });
        if ended.await? { Ok(()) } else { Err(JobFailure::Lost) }
    }

    /// Writes for a job that goes on. Where it is no longer this worker's, nothing is written.
    pub async fn write_for(
        &self,
        job: &Claimed,
        queries: impl FnOnce(&mut Tx<'_>) -> Result<()> + Send + 'static,
    ) -> Result<(), JobFailure> {
        let job = job.clone();
        let held = self.db.write(move |tx| {
            let held = queue::holds_with_record(tx.conn, &job)?;
            if held {
                queries(tx)?;
            }
            Ok(held)
        });
        if held.await? { Ok(()) } else { Err(JobFailure::Lost) }
    }

    /// Removes files that no record names. One that cannot be removed is for the log: the client is told what went wrong first.
    pub async fn remove_unnamed(&self, keys: &[String]) {
        for key in keys {
            if let Err(error) = self.storage.remove(key).await {
                tracing::warn!(%error, key, "a file that no record names could not be removed");
            }
        }
    }
}

/// Why a job did not end as it should.
#[derive(Debug, thiserror::Error)]
pub enum JobFailure {
    /// The provider's part failed.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The studio's own part failed.
    #[error(transparent)]
    App(#[from] AppError),
    /// The job was taken away (canceled, deleted, or claimed by another): nothing is to be written.
    #[error("the job was taken away")]
    Lost,
}

impl JobFailure {
    /// The provider's part of it.
    pub fn of_provider(&self) -> Option<&ProviderError> {
        match self {
            Self::Provider(error) => Some(error),
            Self::App(_) | Self::Lost => None,
        }
    }

    /// Whether it is that the disk is full.
    pub fn is_full_disk(&self) -> bool {
        match self {
            Self::Provider(error) => error.kind == Kind::DiskFull,
            Self::App(error) => error.to_api().code == ErrorCode::InsufficientStorage,
            Self::Lost => false,
        }
    }
}

/// A page of so many of what was found, which is one more where the list goes on: the next page begins after the last of these.
fn page_of<T>(mut items: Vec<T>, limit: u32, cursor: impl Fn(&T) -> String) -> Page<T> {
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let next_cursor = items.last().filter(|_| more).map(cursor);
    Page { items, next_cursor }
}

/// The entity tag of a record, as it would be answered now (RFC 9110, 8.8.3): without the quotes.
pub fn etag(record: &impl Serialize) -> Result<String> {
    let bytes = serde_json::to_vec(record).map_err(AppError::internal)?;
    Ok(etag_of_bytes(&bytes))
}

/// The entity tag of an answer's bytes, without the quotes.
pub fn etag_of_bytes(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..16])
}

/// The entity tags that a request names in a condition (RFC 9110, 13.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntityTags {
    /// `*`: whatever there is.
    Any,
    /// These, without their quotes.
    Of(Vec<String>),
}

impl EntityTags {
    /// Whether that is one of them.
    pub fn has(&self, tag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Of(tags) => tags.iter().any(|known| known == tag),
        }
    }
}

/// What `If-Match` asked for; a change is refused where the record is no longer that one.
#[derive(Clone, Debug)]
pub struct IfMatch(pub EntityTags);

impl IfMatch {
    /// Refuses if the record is not one of those asked for.
    pub fn check(&self, record: &impl Serialize) -> Result<()> {
        if self.0.has(&etag(record)?) { Ok(()) } else { Err(changed_meanwhile()) }
    }
}

/// A record is no longer the one that was read.
fn changed_meanwhile() -> AppError {
    AppError::api(ErrorCode::PreconditionFailed, "It has changed since you read it; read it again, then change it.")
}
