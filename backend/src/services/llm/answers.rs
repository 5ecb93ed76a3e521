//! Answers that are there already: each stays in the call's folder under what was asked, so that an attempt after the
//! failure of a later one neither asks nor pays for it again.

use std::{
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::providers::{
    Access, Call,
    text::{Ending, Prompt},
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

/// Keeps an answer. Without it an attempt that fails later would be begun anew, which is worth a warning and no failure.
pub async fn keep(call: &Call<'_>, prompt: &Prompt, answer: &Answer) {
    let written = match serde_json::to_vec(answer) {
        Ok(bytes) => tokio::fs::write(file(call, prompt), bytes).await,
        Err(error) => Err(error.into()),
    };
    if let Err(error) = written {
        tracing::warn!(%error, provider = call.access.provider, "could not keep an answer for another attempt");
    }
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
    let name: String = Sha256::digest(asked).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    call.workdir.join(format!("{name}.{SUFFIX}"))
}
