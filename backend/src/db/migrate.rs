//! Migrations: run at start, by one server at a time, and never against a database that is newer than the program.

use std::{collections::HashSet, time::Duration};

use diesel::{PgConnection, RunQueryDsl, migration::MigrationSource, pg::Pg, result::Error as DieselError, sql_query, sql_types::BigInt};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::reach::{self, ReachError};
use crate::error::{AppError, Result};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");
const MIGRATIONS_LOCK: i64 = 0x5354_5544_494f_0000;

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// There is no connection to it.
    #[error(transparent)]
    Unreachable(#[from] ReachError),
    /// It is older than what the studio needs.
    #[error("the database server is PostgreSQL {0}; the studio needs PostgreSQL 14 or later")]
    TooOldServer(String),
    /// It was migrated by a newer program.
    #[error(
        "the database has migrations that this version does not know ({0}): it was used by a newer version of the studio; start that version, or use another database"
    )]
    Newer(String),
    /// A migration failed.
    #[error("a migration failed: {0}")]
    Failed(String),
}

/// Connects, waiting for a server that is coming up, and brings the database to this program's version.
pub fn migrate(url: &str, patience: Duration) -> Result<(), MigrateError> {
    let mut conn = reach::connect(url, patience)?;
    check_server(&mut conn)?;
    let failed = |error: diesel::result::Error| MigrateError::Failed(error.to_string());
    sql_query("select pg_advisory_lock($1)").bind::<BigInt, _>(MIGRATIONS_LOCK).execute(&mut conn).map_err(failed)?;
    // The lock goes with the connection, whatever happens next.
    refuse_newer(&mut conn)?;
    let run = conn.run_pending_migrations(MIGRATIONS).map_err(|error| MigrateError::Failed(error.to_string()))?;
    for version in run {
        tracing::info!(%version, "migrated the database");
    }
    Ok(())
}

/// Whether every migration of this program has been run.
pub fn is_current(conn: &mut PgConnection) -> Result<bool> {
    match conn.has_pending_migration(MIGRATIONS) {
        Ok(pending) => Ok(!pending),
        Err(error) => Err(error.downcast::<DieselError>().map_or_else(AppError::Internal, |error| AppError::Database(*error))),
    }
}

fn check_server(conn: &mut PgConnection) -> Result<(), MigrateError> {
    #[derive(diesel::QueryableByName)]
    struct Version {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        number: i32,
    }
    let version: Version = sql_query("select current_setting('server_version_num')::int as number")
        .get_result(conn)
        .map_err(|error| ReachError::Away(error.to_string()))?;
    if version.number < 140_000 {
        return Err(MigrateError::TooOldServer((version.number / 10_000).to_string()));
    }
    Ok(())
}

fn refuse_newer(conn: &mut PgConnection) -> Result<(), MigrateError> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| MigrateError::Failed(error.to_string());
    let known: HashSet<String> = MigrationSource::<Pg>::migrations(&MIGRATIONS)
        .map_err(failed)?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    let applied = conn.applied_migrations().map_err(failed)?;
    match applied.iter().map(ToString::to_string).find(|version| !known.contains(version)) {
        Some(unknown) => Err(MigrateError::Newer(unknown)),
        None => Ok(()),
    }
}
