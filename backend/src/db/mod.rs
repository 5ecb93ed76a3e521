//! The database: a pool of connections, and the ways in which the floors above use one.

pub mod audio;
pub mod event;
pub mod idempotency;
pub mod image;
mod json;
pub mod migrate;
pub mod music;
pub mod paid_call;
pub mod peaks;
pub mod private_server;
pub mod project;
pub mod reach;
pub mod scene;
pub mod schema;
pub mod settings;
pub mod sparse;
pub mod take;
pub mod video;

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl,
    r2d2::{ConnectionManager, Pool},
    sql_query,
    sql_types::Timestamptz,
};
use uuid::Uuid;

pub use self::json::{Json, Named};
use self::sparse::Sparse;
use crate::error::{AppError, Result, blocking};
use shared::{ProjectId, event::RecordKind};

/// How long a request waits for a connection before it is told that the database is away.
const CHECKOUT: Duration = Duration::from_secs(5);

/// How often what must not be lost is tried to be written where the database does not take it, and how long is waited between.
/// Where it is away for longer than a lease lasts, each try asks whose the work is by then.
const WRITES: u32 = 8;
const BETWEEN_WRITES: Duration = Duration::from_secs(1);

/// The pool. A connection is held for one closure of SQL and nothing else, never while waiting for the world.
#[derive(Clone)]
pub struct Db {
    pool: Pool<ConnectionManager<PgConnection>>,
}

impl Db {
    /// A pool on that server. Connections are made when they are first needed.
    pub fn new(url: &str, size: u32) -> Self {
        let pool = Pool::builder()
            .max_size(size)
            .min_idle(Some(0))
            .connection_timeout(CHECKOUT)
            // A query on check-out heals the pool after the server was restarted, for a tenth of a millisecond.
            .test_on_check_out(true)
            .error_handler(Box::new(LogPoolErrors::default()))
            .build_unchecked(ConnectionManager::new(url));
        Self { pool }
    }

    /// How many connections are in use, and how many are idle.
    pub fn connections(&self) -> (u32, u32) {
        let state = self.pool.state();
        (state.connections - state.idle_connections, state.idle_connections)
    }

    /// Reads, as [`Db::run`] does, in one transaction: all queries see the database as it is at the first of them, and none can
    /// write.
    pub async fn read<T: Send + 'static>(&self, queries: impl FnOnce(&mut PgConnection) -> Result<T> + Send + 'static) -> Result<T> {
        self.run(|conn| conn.build_transaction().read_only().repeatable_read().run(queries)).await
    }

    /// Runs queries on a connection, away from the threads that serve requests. Unlike with [`Db::write`], nobody is told of
    /// what they change, nor is it written down with an `Idempotency-Key`, and each is a transaction of its own unless they
    /// open one: this is for the book-keeping that no client sees.
    pub async fn run<T: Send + 'static>(&self, queries: impl FnOnce(&mut PgConnection) -> Result<T> + Send + 'static) -> Result<T> {
        let pool = self.pool.clone();
        blocking(move || {
            let mut conn = pool.get().map_err(|error| AppError::Pool(error.to_string()))?;
            queries(&mut conn)
        })
        .await
    }

    /// Runs queries in one transaction; what they say has changed becomes events when it commits, and is written down
    /// with the `Idempotency-Key` of the request that this is a part of.
    pub async fn write<T: Send + 'static>(&self, queries: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        let claim = idempotency::current();
        self.run(move |conn| {
            write(conn, |tx| {
                let result = queries(tx)?;
                claim.map(|claim| claim.wrote(tx)).transpose()?;
                Ok(result)
            })
        })
        .await
    }

    /// As [`Db::write`], and again for a while where that fails in a way that may pass. Nobody knows of a try whose connection was
    /// lost whether it was written: the queries have to bear being run twice.
    pub async fn write_again<T: Send + 'static>(
        &self,
        may_pass: fn(&AppError) -> bool,
        queries: impl FnOnce(&mut Tx<'_>) -> Result<T> + Clone + Send + 'static,
    ) -> Result<T> {
        let mut written = self.write(queries.clone()).await;
        for _ in 1..WRITES {
            let Err(error) = &written else { break };
            if !may_pass(error) {
                break;
            }
            tracing::warn!(%error, "could not write what must not be lost; trying again");
            tokio::time::sleep(BETWEEN_WRITES).await;
            written = self.write(queries.clone()).await;
        }
        written
    }
}

/// As [`Db::write`], on a connection that is at hand.
pub fn write<T>(conn: &mut PgConnection, queries: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
    conn.transaction(|conn| {
        let mut tx = Tx { conn, changes: Vec::new(), unlisted: Vec::new(), taken_back: Vec::new(), wakes: Vec::new() };
        let result = queries(&mut tx)?;
        let Tx { conn, changes, wakes, .. } = tx;
        event::append(conn, &changes)?;
        event::notify(conn, &wakes)?;
        Ok(result)
    })
}

/// The time by the database's clock, at which the transaction began: servers' clocks differ, and what one of them writes another compares.
pub fn now(conn: &mut PgConnection) -> Result<DateTime<Utc>> {
    #[derive(QueryableByName)]
    struct Now {
        #[diesel(sql_type = Timestamptz)]
        now: DateTime<Utc>,
    }
    Ok(sql_query("select now() as now").get_result::<Now>(conn)?.now)
}

/// A transaction that remembers what it changed.
///
/// The events are written last, under a lock that puts them in the order of the commits: taken any earlier, that lock
/// and the rows' own could wait for each other.
pub struct Tx<'a> {
    /// The connection, inside the transaction.
    pub conn: &'a mut PgConnection,
    changes: Vec<Change>,
    unlisted: Vec<idempotency::Made>,
    taken_back: Vec<idempotency::Made>,
    wakes: Vec<event::Wake>,
}

impl Tx<'_> {
    /// Remembers that a record is new or has changed.
    pub fn changed(&mut self, project: ProjectId, kind: RecordKind, id: impl Into<Uuid>) {
        self.push(Change { project, kind, id: id.into(), deleted: false });
    }

    /// Remembers that a record is gone.
    pub fn deleted(&mut self, project: ProjectId, kind: RecordKind, id: impl Into<Uuid>) {
        self.push(Change { project, kind, id: id.into(), deleted: true });
    }

    /// Remembers whom to wake when the transaction commits.
    pub fn wake(&mut self, wake: event::Wake) {
        if !self.wakes.contains(&wake) {
            self.wakes.push(wake);
        }
    }

    /// Remembers that something was made of which no event tells.
    pub fn made_unlisted(&mut self, kind: &str, id: impl Into<Uuid>) {
        self.unlisted.push((kind.to_owned(), id.into()));
    }

    /// Remembers that what was made unlisted is as if it had not been.
    pub fn took_back(&mut self, kind: &str, id: impl Into<Uuid>) {
        self.taken_back.push((kind.to_owned(), id.into()));
    }

    /// What is new or has changed: kind and id of each.
    fn made(&self) -> Vec<idempotency::Made> {
        let listed = self.changes.iter().filter(|change| !change.deleted).map(|change| (change.kind.as_str().to_owned(), change.id));
        listed.chain(self.unlisted.iter().cloned()).collect()
    }

    fn push(&mut self, change: Change) {
        self.changes.retain(|known| (known.kind, known.id) != (change.kind, change.id));
        self.changes.push(change);
    }
}

/// A record that is new, has changed, or is gone.
pub struct Change {
    project: ProjectId,
    kind: RecordKind,
    id: Uuid,
    deleted: bool,
}

/// The pattern of LIKE for texts that contain a word, whatever characters it has.
fn containing(word: &str) -> String {
    format!("%{}%", word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

#[derive(Debug, Default)]
struct LogPoolErrors(Sparse);

impl<E: std::error::Error> diesel::r2d2::HandleError<E> for LogPoolErrors {
    fn handle_error(&self, error: E) {
        if self.0.is_due() {
            tracing::warn!(%error, "database connection");
        }
    }
}
