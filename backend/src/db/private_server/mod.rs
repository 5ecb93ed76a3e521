//! The server's own PostgreSQL, for when no `DATABASE_URL` names one: made, started, watched and stopped with the
//! server, from the programs that are installed. It is not a way to manage databases that others run.

mod account;
mod cluster;
mod error;
mod home;
mod pid_file;
mod postmaster;
mod programs;
mod service;
mod settings;
#[cfg(test)]
mod tests;

use std::{
    path::Path,
    sync::mpsc::{self, Sender},
    thread::{self, JoinHandle},
    time::Instant,
};

pub use error::{StartError, StopError};

use error::At;
use home::Home;
use service::Service;

/// The database and its owner. The owner is not a superuser: the server needs no more than its own tables.
const DATABASE: &str = "studio";
const ROLE: &str = "studio";

/// A private PostgreSQL that runs. It is stopped by [`PrivateServer::stop`], or when this is dropped.
///
/// While it runs, a thread watches it and starts it again, at the same address, should it die.
#[derive(Debug)]
pub struct PrivateServer {
    database_url: String,
    #[cfg(test)]
    folder: std::path::PathBuf,
    watcher: Option<Watcher>,
}

/// The thread that keeps PostgreSQL running until the channel's end is dropped.
#[derive(Debug)]
struct Watcher {
    stop: Sender<()>,
    thread: JoinHandle<Result<(), StopError>>,
}

impl PrivateServer {
    /// Starts the PostgreSQL of a data folder, made first where there is none, or takes over the one that still runs
    /// there because its server was killed. Blocks: some 3 s when the database is made, well below a second later,
    /// longer where PostgreSQL recovers from a crash.
    ///
    /// # Errors
    /// Whatever is missing or in the way, as a sentence that says what to do.
    pub fn start(data_dir: &Path) -> Result<PrivateServer, StartError> {
        PrivateServer::start_with(data_dir, Path::new(home::ELSEWHERE))
    }

    fn start_with(data_dir: &Path, elsewhere: &Path) -> Result<PrivateServer, StartError> {
        let begin = Instant::now();
        let home = Home::open(data_dir, elsewhere)?;
        let folder = home.root().to_owned();
        let service = Service::start(home)?;
        tracing::info!(
            pid = service.pid(),
            duration_ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX),
            folder = %folder.display(),
            "PostgreSQL is ready"
        );

        let database_url = service.database_url();
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("postgres-watcher".to_owned())
            .spawn(move || service.watch(&stopped))
            .at("start a thread for", &folder)?;
        Ok(PrivateServer {
            database_url,
            #[cfg(test)]
            folder,
            watcher: Some(Watcher { stop, thread }),
        })
    }

    /// The address for libpq. It may hold a password: not for logs.
    #[must_use]
    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// The folder with the database and its log.
    #[must_use]
    #[cfg(test)]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Stops PostgreSQL: open transactions are rolled back, and what is committed is on disk. Blocks, for at most
    /// 14 s, mostly for a fraction of a second.
    ///
    /// # Errors
    /// Where PostgreSQL runs on although it was killed.
    pub fn stop(mut self) -> Result<(), StopError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), StopError> {
        let Some(Watcher { stop, thread }) = self.watcher.take() else {
            return Ok(());
        };
        drop(stop); // which the watcher takes as its signal
        match thread.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            tracing::error!(%error, "the private PostgreSQL was not stopped");
        }
    }
}
