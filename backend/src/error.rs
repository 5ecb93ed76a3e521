//! What can go wrong on any floor. It knows causes and codes; HTTP status is known by `api::error` alone.

use std::{error::Error, io};

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use shared::{ApiError, ErrorCode};

/// What is told where the disk is full.
pub const DISK_FULL: &str = "The disk is full; free some space and try again.";

/// The result of everything that a request or a job does.
pub type Result<T, E = AppError> = std::result::Result<T, E>;

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
        Self::Api(ApiError::invalid(vec![shared::error::FieldError { path: path.to_owned(), message: message.into() }]))
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

fn database_away() -> ApiError {
    ApiError::new(ErrorCode::Unavailable, "The database cannot be reached at the moment; try again shortly.")
}

fn disk_full() -> ApiError {
    ApiError::new(ErrorCode::InsufficientStorage, DISK_FULL)
}

/// Diesel keeps no SQLSTATE, so that a lost connection and a full disk are known by the server's words.
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
        DieselError::DatabaseError(_, info) if info.message().contains("No space left on device") => disk_full(),
        _ => ApiError::new(ErrorCode::Internal, "Something went wrong in the server; its log has the cause."),
    }
}
