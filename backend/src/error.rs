//! What can go wrong on any floor. It knows causes and codes; HTTP status is known by `api::http::error` alone.

use std::{error::Error, io};

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use shared::{ApiError, ErrorCode, error::FieldError};

/// What is told where the disk is full.
pub const DISK_FULL: &str = "The disk is full; free some space and try again.";

/// The result of everything that a request or a job does.
pub type Result<T, E = AppError> = std::result::Result<T, E>;

/// Runs a closure that blocks; a panic inside it is a fault of the program, not the end of the server.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let span = tracing::Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work)).await.map_err(AppError::internal)?
}

/// What went wrong: an answer for the user, or a cause for the log.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Something that the user is told as it is.
    #[error("{0}")]
    Api(#[from] ApiError),
    /// The database refused, or could not be reached.
    #[error("database: {0}")]
    Database(#[from] DieselError),
    /// No connection to the database could be had.
    #[error("no database connection: {0}")]
    Pool(String),
    /// A file could not be read or written.
    #[error("file: {0}")]
    Io(#[from] io::Error),
    /// A fault of the program itself.
    #[error("{0}")]
    Internal(Box<dyn Error + Send + Sync>),
}

impl AppError {
    /// An error that the user is told as it is.
    pub fn api(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::Api(ApiError::new(code, message))
    }

    /// There is no such record.
    pub fn not_found(what: &str) -> Self {
        Self::api(ErrorCode::NotFound, format!("There is no such {what}."))
    }

    /// One field that is not valid.
    pub fn invalid(path: &str, message: impl Into<String>) -> Self {
        Self::Api(ApiError::invalid(vec![FieldError { path: path.to_owned(), message: message.into() }]))
    }

    /// The same, where what is wrong lies within that field.
    pub fn under(self, parent: &str) -> Self {
        let Self::Api(error) = self else { return self };
        if error.code != ErrorCode::ValidationFailed {
            return Self::Api(error);
        }
        let under = |path: String| if path.is_empty() { parent.to_owned() } else { format!("{parent}.{path}") };
        let fields = error.fields().into_iter().map(|field| FieldError { path: under(field.path), ..field });
        Self::Api(ApiError::invalid(fields.collect()))
    }

    /// A fault of the program itself, whose cause is for the log.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// What the user is told; the cause stays here.
    pub fn to_api(&self) -> ApiError {
        match self {
            Self::Api(error) => error.clone(),
            Self::Pool(_) => database_away(),
            Self::Database(error) => database_error(error),
            Self::Io(error) if error.kind() == io::ErrorKind::StorageFull => disk_full(),
            Self::Io(_) | Self::Internal(_) => {
                ApiError::new(ErrorCode::Internal, "Something went wrong in the server; its log has the cause.")
            }
        }
    }

    /// Whether the same thing may work a little later, by itself.
    pub fn is_passing(&self) -> bool {
        self.to_api().code == ErrorCode::Unavailable
    }
}

/// How many faults are told; whoever has more has sent something else.
pub const MOST_FAULTS: usize = 100;

/// How much of a path is told, in bytes: much more than any has, but for one with names that are no names.
const MOST_PATH: usize = 1000;

/// What is wrong with a request, gathered so that all of it is told at once: each path once, since the first thing that is
/// wrong with it is the cause of the others.
#[derive(Default)]
pub struct Faults(Vec<FieldError>);

impl Faults {
    /// One more thing that is wrong. What lies in something that is wrong itself is not told.
    pub fn tell(&mut self, path: impl Into<String>, message: impl Into<String>) {
        if self.is_full() {
            return;
        }
        let mut path = path.into();
        if path.len() > MOST_PATH {
            path.truncate(path.floor_char_boundary(MOST_PATH));
            path.push('…');
        }
        let within = |known: &str| path.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        if !self.0.iter().any(|known| within(&known.path)) {
            self.0.push(FieldError { path, message: message.into() });
        }
    }

    /// Whether nothing more will be told.
    pub fn is_full(&self) -> bool {
        self.0.len() >= MOST_FAULTS
    }

    /// What a step came to; nothing where it found faults, which are kept. Any other error is an error at once.
    pub fn keep<T>(&mut self, step: Result<T>) -> Result<Option<T>> {
        match step {
            Ok(value) => Ok(Some(value)),
            Err(AppError::Api(error)) if error.code == ErrorCode::ValidationFailed => {
                error.fields().into_iter().for_each(|field| self.tell(field.path, field.message));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of it, as an error.
    pub fn into_error(self) -> AppError {
        AppError::Api(ApiError::invalid(self.0))
    }

    /// An error, where anything was told.
    pub fn nothing_or_error(self) -> Result<()> {
        if self.is_empty() { Ok(()) } else { Err(self.into_error()) }
    }
}

fn database_away() -> ApiError {
    ApiError::new(ErrorCode::Unavailable, "The database cannot be reached at the moment; try again shortly.")
}

fn in_the_way() -> ApiError {
    ApiError::new(ErrorCode::Unavailable, "Two changes were in each other's way, and this one was not made; try again shortly.")
}

fn disk_full() -> ApiError {
    ApiError::new(ErrorCode::InsufficientStorage, DISK_FULL)
}

/// Diesel keeps no SQLSTATE, so that a lost connection, a deadlock and a full disk are known by the server's words.
fn database_error(error: &DieselError) -> ApiError {
    const LOST: [&str; 6] = [
        "terminating connection",
        "server closed the connection",
        "connection to server",
        "the database system is",
        "no connection to the server",
        "could not receive data",
    ];
    match error {
        DieselError::NotFound => ApiError::new(ErrorCode::NotFound, "There is no such record."),
        DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => {
            ApiError::new(ErrorCode::NotFound, "The record that this belongs to is gone.")
        }
        DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, _)
        | DieselError::BrokenTransactionManager => database_away(),
        DieselError::DatabaseError(_, info) if LOST.iter().any(|words| info.message().contains(words)) => database_away(),
        DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => in_the_way(),
        DieselError::DatabaseError(_, info) if info.message().contains("deadlock detected") => in_the_way(),
        DieselError::DatabaseError(_, info) if info.message().contains("No space left on device") => disk_full(),
        _ => ApiError::new(ErrorCode::Internal, "Something went wrong in the server; its log has the cause."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_transaction_stood_in_the_way_of_may_work_a_little_later() {
        let error = |kind, words: &str| AppError::from(DieselError::DatabaseError(kind, Box::new(words.to_owned())));
        assert!(error(DatabaseErrorKind::Unknown, "deadlock detected").is_passing());
        assert!(error(DatabaseErrorKind::SerializationFailure, "could not serialize access due to concurrent update").is_passing());
        assert!(!error(DatabaseErrorKind::Unknown, "division by zero").is_passing());
    }
}
