//! A database for each test, cloned from one that is migrated once.

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use diesel::{
    Connection, PgConnection, QueryResult, QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::BigInt,
};
use uuid::Uuid;

/// Lets one process at a time make or copy the template: one with an open connection cannot be copied.
const TEMPLATE_LOCK: &str = "select pg_advisory_lock(7236001)";

/// A database of a test's own; it is dropped with it.
pub struct Database {
    name: String,
    url: String,
    admin_url: String,
    /// The connection that it is looked at by: a process of the server's for each look is most of what a look costs.
    looking: Arc<Mutex<Option<PgConnection>>>,
}

impl Database {
    /// A migrated, empty database.
    pub async fn create() -> Self {
        tokio::task::spawn_blocking(Self::create_now).await.expect("the database is made")
    }

    /// A database that no server has seen yet.
    pub async fn empty() -> Self {
        tokio::task::spawn_blocking(|| Self::make(|_, _| "template template0".to_owned())).await.expect("the database is made")
    }

    fn create_now() -> Self {
        Self::make(|admin, admin_url| {
            // Before 15 there is no other way, and no word for it.
            let version = number(admin, "select current_setting('server_version_num')::bigint as n").expect("the server has a version");
            let strategy = if version >= 150_000 { "strategy file_copy" } else { "" };
            format!("template {} {strategy}", template(admin, admin_url))
        })
    }

    fn make(how: impl FnOnce(&mut PgConnection, &str) -> String) -> Self {
        let admin_url = std::env::var("TEST_DATABASE_URL").expect("TEST_DATABASE_URL names a server; `scripts/with-postgres` starts one");
        let mut admin = PgConnection::establish(&admin_url).expect("the test server answers");
        admin.batch_execute(TEMPLATE_LOCK).expect("the lock is had");
        let how = how(&mut admin, &admin_url);
        let name = format!("test_{}", Uuid::now_v7().simple());
        admin.batch_execute(&format!("create database {name} {how}")).expect("the database is made");
        Self { url: with_name(&admin_url, &name), name, admin_url, looking: Arc::default() }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The one number that a query answers as `n`.
    pub async fn count(&self, query: &str) -> i64 {
        let (url, query, looking) = (self.url.clone(), query.to_owned(), Arc::clone(&self.looking));
        let count = move || {
            let mut kept = looking.lock().unwrap_or_else(PoisonError::into_inner);
            // One that the test has cut off meanwhile is made again.
            let known = kept.take().and_then(|mut conn| Some((number(&mut conn, &query).ok()?, conn)));
            let (n, conn) = known.unwrap_or_else(|| {
                let mut conn = PgConnection::establish(&url).expect("the database answers");
                (number(&mut conn, &query).expect("the query is good"), conn)
            });
            *kept = Some(conn);
            n
        };
        tokio::task::spawn_blocking(count).await.expect("the query ends")
    }

    /// Runs statements.
    pub async fn run(&self, statements: &str) {
        run(&self.url, statements).await;
    }

    /// Lets nobody connect to it any more, and ends all connections. In this order, each for good: who connects anew meanwhile
    /// would stay.
    pub async fn shut(&self) {
        let name = &self.name;
        self.run_elsewhere(&format!("alter database {name} with allow_connections false")).await;
        self.run_elsewhere(&format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")).await;
    }

    /// Runs statements on the server, in another database.
    pub async fn run_elsewhere(&self, statements: &str) {
        run(&self.admin_url, statements).await;
    }
}

async fn run(url: &str, statements: &str) {
    let (url, statements) = (url.to_owned(), statements.to_owned());
    let run =
        move || PgConnection::establish(&url).expect("the database answers").batch_execute(&statements).expect("the statements are good");
    tokio::task::spawn_blocking(run).await.expect("the statements end");
}

impl Drop for Database {
    fn drop(&mut self) {
        // Whoever is still connected goes with it: a test that failed half way must not leave its database behind.
        let dropped = PgConnection::establish(&self.admin_url).map_err(|error| error.to_string()).and_then(|mut admin| {
            admin.batch_execute(&format!("drop database if exists {} with (force)", self.name)).map_err(|error| error.to_string())
        });
        if let Err(error) = dropped {
            eprintln!("could not drop the database {}: {error}", self.name);
        }
    }
}

/// The one number that a query answers as `n`.
fn number(conn: &mut PgConnection, query: &str) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    Ok(sql_query(query).get_result::<Row>(conn)?.n)
}

/// The name of the migrated database, which is made by whoever comes first; each build has its own, since migrations change.
fn template(admin: &mut PgConnection, admin_url: &str) -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| {
        let name = format!("template_{}", std::process::id());
        admin.batch_execute(&format!("create database {name}")).expect("the template is made");
        studio::migrate::migrate(&with_name(admin_url, &name), Duration::from_secs(10)).expect("the template is migrated");
        name
    })
}

/// The same server, another database.
fn with_name(url: &str, name: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, None), |(base, query)| (base, Some(query)));
    let (server, _) = base.rsplit_once('/').expect("the url names a database");
    query.map_or_else(|| format!("{server}/{name}"), |query| format!("{server}/{name}?{query}"))
}
