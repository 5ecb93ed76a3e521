//! What can keep the private PostgreSQL from starting, said so that a person can act on it.

use std::{io, path::PathBuf};

use thiserror::Error;

/// Why the private PostgreSQL did not start. The text of each is meant to be shown as it is.
#[derive(Debug, Error)]
pub enum StartError {
    #[error("PostgreSQL is not installed on this machine. {hint} Or set DATABASE_URL to a PostgreSQL that runs elsewhere.")]
    NotInstalled { hint: String },

    #[error("the newest PostgreSQL on this machine is version {found}, and at least {wanted} is needed. {hint}")]
    TooOld { found: u32, wanted: u32, hint: String },

    #[error(
        "the database in {folder} was made by PostgreSQL {found}, and this machine has {installed}. \
         It is not upgraded by itself. {hint} Or move the data over: `pg_dump` with version {found}, \
         then start with another STUDIO_DATA_DIR."
    )]
    OtherVersion { folder: PathBuf, found: String, installed: String, hint: String },

    #[error(
        "another AI Studio{} is using the database in {folder}. Stop it, or give this one a folder of its own, \
         with projects of its own, by STUDIO_DATA_DIR.",
        .pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
    )]
    InUse { folder: PathBuf, pid: Option<u32> },

    #[error(
        "the database in {folder} belongs to the user {owner}, and this server runs as {me}. \
         Start it as {owner} (or as root), or choose another STUDIO_DATA_DIR."
    )]
    OtherOwner { folder: PathBuf, owner: String, me: String },

    #[error(
        "the user {user}, whom PostgreSQL runs as because it refuses to run as root, can no longer enter {folder}. \
         Make the folders above it enterable for that user again (`chmod o+x`)."
    )]
    Unreachable { folder: PathBuf, user: String },

    #[error(
        "PostgreSQL refuses to run as root, and this process may not start it as the user {user}: {source}. \
         Run AI Studio as an ordinary user, or set DATABASE_URL."
    )]
    CannotSwitchUser { user: String, source: io::Error },

    #[error("{0}. PostgreSQL needs a user with an entry in /etc/passwd to run as.")]
    NoAccount(String),

    #[error("{folder} holds files that are not a PostgreSQL database. Move them away, or choose another STUDIO_DATA_DIR.")]
    NotADatabase { folder: PathBuf },

    #[error("cannot {action} {path}: {source}")]
    Folder { action: &'static str, path: PathBuf, source: io::Error },

    #[error("cannot run {program}: {source}")]
    Program { program: PathBuf, source: io::Error },

    #[error("the new database could not be made ({step}): {output}")]
    Create { step: &'static str, output: String },

    #[error("PostgreSQL stopped while it was starting. Its log, {log}, ends with:\n{tail}")]
    Exited { log: PathBuf, tail: String },

    #[error("PostgreSQL was not ready after {seconds} s. Its log, {log}, ends with:\n{tail}")]
    NotReady { seconds: u64, log: PathBuf, tail: String },

    #[error(transparent)]
    Stop(#[from] StopError),
}

/// The private PostgreSQL did not end, not even when it was killed.
#[derive(Debug, Error)]
pub enum StopError {
    #[error("PostgreSQL (process {pid}) did not stop: {source}")]
    Signal { pid: u32, source: io::Error },

    #[error("PostgreSQL (process {pid}) is still running after it was told to stop")]
    StillRunning { pid: u32 },
}

/// Turns an [`io::Error`] on a path into a [`StartError::Folder`].
pub(super) trait At<T> {
    fn at(self, action: &'static str, path: &std::path::Path) -> Result<T, StartError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, action: &'static str, path: &std::path::Path) -> Result<T, StartError> {
        self.map_err(|source| StartError::Folder { action, path: path.to_owned(), source })
    }
}
