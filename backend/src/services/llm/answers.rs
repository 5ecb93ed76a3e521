//! Answers that are there already: each stays in the call's folder under what was asked, so that an attempt after the
//! failure of a later one neither asks nor pays for it again.

use std::{
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;

use crate::{
    error::DISK_FULL,
    providers::{
        Access, Call, Kind, ProviderError, ProviderResult,
        text::{Ending, Prompt},
    },
    storage::write_for_good,
};

/// By which an answer's file is known among others of a call's folder.
const SUFFIX: &str = "answer.json";

/// An answer, whole.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answer {
    /// Its words.
    pub text: String,
    /// How it ended.
    pub ending: Ending,
    /// Who wrote it, where the provider said so.
    pub model: Option<String>,
}

/// What the same question was answered with in an earlier attempt, by the same server and model.
pub async fn kept(call: &Call<'_>, prompt: &Prompt) -> Option<Answer> {
    let read = match tokio::fs::read(file(call, prompt)).await {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        read => read.and_then(|bytes| Ok(serde_json::from_slice(&bytes)?)),
    };
    // One that was cut off by a crash, say.
    read.inspect_err(|error| tracing::warn!(%error, provider = call.access.provider, "an answer is asked for again")).ok()
}

/// Keeps an answer, for good: once it is written down as given, another attempt relies on it, and would pay for it again.
pub async fn keep(call: &Call<'_>, prompt: &Prompt, answer: &Answer) -> ProviderResult<()> {
    let provider = &call.access.provider;
    let written = async {
        let (file, bytes) = (file(call, prompt), serde_json::to_vec(answer)?);
        spawn_blocking(move || write_for_good(&file, &bytes)).await?
    };
    written.await.map_err(|error| match error.kind() {
        io::ErrorKind::StorageFull => ProviderError::new(provider, Kind::DiskFull, DISK_FULL),
        _ => ProviderError::new(provider, Kind::Internal, format!("an answer could not be kept: {error}")).ours(),
    })
}

/// Forgets all answers of a call: what was made of them is of no use, and would not be another time.
pub async fn forget(workdir: &Path) {
    if let Err(error) = remove_all(workdir).await {
        tracing::warn!(%error, "could not forget answers that are of no use");
    }
}

async fn remove_all(workdir: &Path) -> io::Result<()> {
    let mut files = tokio::fs::read_dir(workdir).await?;
    while let Some(entry) = files.next_entry().await? {
        if entry.file_name().to_string_lossy().ends_with(SUFFIX) {
            tokio::fs::remove_file(entry.path()).await?;
        }
    }
    Ok(())
}

fn file(call: &Call<'_>, prompt: &Prompt) -> PathBuf {
    let Prompt { system, turns, schema_name, max_tokens, model, .. } = prompt;
    let Access { provider, base_url, .. } = &call.access;
    let asked = format!("{provider}\n{base_url:?}\n{model:?}\n{schema_name}\n{max_tokens}\n{system:?}\n{turns:?}");
    let name = hex::encode(&Sha256::digest(asked)[..12]);
    call.workdir.join(format!("{name}.{SUFFIX}"))
}
