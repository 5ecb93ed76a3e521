//! What every test starts with: a studio of its own, with a database of its own, and a client that speaks HTTP to it.

pub mod browser;
pub mod client;
mod database;
mod events;
pub mod footage;
pub mod narrating;
pub mod pictures;
pub mod process;
pub mod stand_ins;
pub mod vendor;
pub mod writers;

use std::{
    fmt::Display,
    path::PathBuf,
    time::{Duration, Instant},
};

use engines::espeak;
use studio::{
    app::Studio,
    config::{Config, Environment},
    providers::{Providers, neighbours::Ports},
};

pub use client::{Answer, Client};
pub use database::Database;
pub use events::Events;
pub use vendor::{Asked, Reply, VendorServer};

/// A running studio, and everything that goes with it when it is dropped.
pub struct TestApp {
    /// Speaks HTTP to it.
    pub client: Client,
    /// Its database.
    pub database: Database,
    studio: Option<Studio>,
    data_dir: tempfile::TempDir,
}

impl TestApp {
    /// A studio with the built-in providers.
    pub async fn start() -> Self {
        Self::with(|config| config, |providers| providers).await
    }

    /// A studio with other settings.
    pub async fn configured(configure: impl FnOnce(Config) -> Config) -> Self {
        Self::with(configure, |providers| providers).await
    }

    /// A studio with those environment variables: the addresses and keys of [`VendorServer`]s.
    pub async fn with_environment<const N: usize>(variables: [(&str, &str); N]) -> Self {
        let environment = Environment::of(variables);
        Self::configured(|config| Config { environment, ..config }).await
    }

    /// A studio with stand-ins beside the built-in providers.
    pub async fn with_providers(with: impl FnOnce(Providers) -> Providers) -> Self {
        Self::with(|config| config, with).await
    }

    /// As [`TestApp::with_providers`], where calls to the stand-ins cost money.
    pub async fn with_paid_providers(with: impl FnOnce(Providers) -> Providers) -> Self {
        Self::with(paid, with).await
    }

    /// A studio with other settings and stand-ins.
    pub async fn with(configure: impl FnOnce(Config) -> Config, with: impl FnOnce(Providers) -> Providers) -> Self {
        let database = Database::create().await;
        let data_dir = tempfile::tempdir().expect("a temporary folder");
        let config = configure(config(&database, data_dir.path().to_owned()));
        let token = config.token.clone();
        let studio = Studio::start_with(config, speech_worker(), with).await.expect("the studio starts");
        let client = Client::new(studio.address(), token);
        Self { client, database, studio: Some(studio), data_dir }
    }

    /// Where it keeps its files.
    pub fn data_dir(&self) -> &std::path::Path {
        self.data_dir.path()
    }

    /// A second studio on the same database and the same media, as another server would be.
    pub async fn another(&self, with: impl FnOnce(Providers) -> Providers) -> (Studio, Client) {
        let config = config(&self.database, self.data_dir.path().to_owned());
        let studio = Studio::start_with(config, speech_worker(), with).await.expect("the second studio starts");
        let client = Client::new(studio.address(), None);
        (studio, client)
    }

    /// As [`TestApp::another`], where calls to the stand-ins cost money.
    pub async fn another_paid(&self, with: impl FnOnce(Providers) -> Providers) -> (Studio, Client) {
        let config = paid(config(&self.database, self.data_dir.path().to_owned()));
        let studio = Studio::start_with(config, speech_worker(), with).await.expect("the second studio starts");
        let client = Client::new(studio.address(), None);
        (studio, client)
    }

    /// Takes what is being made away from its server, as it is taken from one that was killed: its lease has run out.
    pub async fn take_leases_away(&self) {
        let lost = "update jobs set worker = gen_random_uuid(), lease_until = now() - interval '1 second' where worker is not null";
        self.database.run(lost).await;
    }

    /// Waits until the queue is empty.
    pub async fn until_idle(&self) {
        self.until_counted("select count(*) as n from jobs", 0).await;
    }

    /// Waits until the number that a query answers as `n` is that one.
    pub async fn until_counted(&self, query: &str, wanted: i64) {
        eventually(format!("{query} comes to {wanted}"), async || self.database.count(query).await == wanted).await;
    }

    /// How many files the media folder has.
    pub fn media_files(&self) -> usize {
        let shelves = std::fs::read_dir(self.data_dir.path().join("media")).expect("the media folder");
        shelves.map(|shelf| std::fs::read_dir(shelf.expect("a shelf").path()).expect("its files").count()).sum()
    }

    /// Ends the test: the queue must be empty, since work that is left over is work that nobody looked at.
    pub async fn finish(mut self) {
        // What only removes files may still be going on.
        let left = self.database.count("select count(*) as n from jobs where record_id is not null").await;
        self.until_idle_but_for(left).await;
        if let Some(studio) = self.studio.take() {
            studio.stop().await;
        }
        assert_eq!(left, 0, "jobs were left over");
    }

    async fn until_idle_but_for(&self, left: i64) {
        if left == 0 {
            self.until_idle().await;
        }
    }

    /// Stops the server, and keeps the database and the files.
    pub async fn stop_server(mut self) -> Self {
        if let Some(studio) = self.studio.take() {
            studio.stop().await;
        }
        self
    }
}

/// Waits until it is so. `what` says what that is, to whoever reads that it never was.
pub async fn eventually(what: impl Display, mut is_so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    let waiting = async {
        while !is_so().await {
            // What takes long is looked at less often: each look is work for whoever is waited for.
            tokio::time::sleep((began.elapsed() / 20).clamp(Duration::from_millis(20), Duration::from_millis(200))).await;
        }
    };
    tokio::time::timeout(client::PATIENCE, waiting).await.unwrap_or_else(|_| panic!("not within {:?}: {what}", client::PATIENCE));
}

/// The settings of a test's studio.
pub fn config(database: &Database, data_dir: PathBuf) -> Config {
    Config {
        database_url: Some(database.url().to_owned()),
        data_dir,
        bind: ([127, 0, 0, 1], 0).into(),
        token: None,
        log: "warn".to_owned(),
        hosts: Vec::new(),
        workers: Some(2),
        master_key: None,
        // Nor anybody's own voices.
        piper: Some("/nowhere/piper".into()),
        piper_voices: None,
        environment: Environment::default(),
        // Nobody's real servers are looked at.
        neighbours: Some(Ports::of([])),
    }
}

/// The same settings, with a key for the stand-ins.
fn paid(config: Config) -> Config {
    Config { environment: Environment::of([(stand_ins::KEY_VARIABLE, "a-key-of-the-stand-ins")]), ..config }
}

/// The test server's program as the speech worker: the tests' own program is none.
pub fn speech_worker() -> espeak::WorkerCommand {
    espeak::WorkerCommand { program: process::server_program(), args: vec![espeak::SUBCOMMAND.into()] }
}
