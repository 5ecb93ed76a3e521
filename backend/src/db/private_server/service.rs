//! The private PostgreSQL as a whole, on its locked folder: brought up, or taken over; watched; stopped.

use std::{
    fs, io,
    path::Path,
    sync::mpsc::{Receiver, RecvTimeoutError},
    thread::sleep,
    time::{Duration, Instant},
};

use super::{
    StartError, StopError, cluster,
    error::At,
    home::{Home, replace_file},
    pid_file::{PidFile, Status},
    postmaster::{self, Postmaster},
    programs::{self, Programs},
    settings::{self, Endpoint, Settings},
};

/// How often the watcher looks whether PostgreSQL still runs.
const WATCH_INTERVAL: Duration = Duration::from_millis(500);
const LOG_INTERVAL: Duration = Duration::from_secs(600);
const LONGEST_RESTART_PAUSE: Duration = Duration::from_secs(30);

/// How often a start is repeated, a second later, when what hindered it passes by itself.
const REPEATS: u32 = 5;

/// A running PostgreSQL, and all that it takes to start it again. Dropping this leaves it running.
#[derive(Debug)]
pub(super) struct Service {
    home: Home,
    programs: Programs,
    settings: Settings,
    endpoint: Endpoint,
    postmaster: Postmaster,
}

impl Service {
    pub fn start(home: Home) -> Result<Service, StartError> {
        let made_by = cluster::made_by(&home.cluster())?;
        let programs = programs::choose(&home.cluster(), made_by.as_deref())?;
        let settings = Settings::of(&home);
        home.clear_stagings()?;
        if made_by.is_none() {
            tracing::info!("making a database with PostgreSQL {}: about 3 seconds", programs.major);
            cluster::create(&home, &programs)?;
        }
        let (endpoint, postmaster) = bring_up(&home, &programs, &settings)?;
        Ok(Service { home, programs, settings, endpoint, postmaster })
    }

    pub fn database_url(&self) -> String {
        self.endpoint.database_url()
    }

    pub fn pid(&self) -> u32 {
        self.postmaster.pid()
    }

    /// Keeps PostgreSQL running until the other end of the channel is dropped, and stops it then.
    pub fn watch(mut self, stopped: &Receiver<()>) -> Result<(), StopError> {
        let mut pause = WATCH_INTERVAL;
        let mut log_checked = Instant::now();
        while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
            pause = if self.postmaster.is_running() { WATCH_INTERVAL } else { self.restart(pause) };
            if log_checked.elapsed() > LOG_INTERVAL {
                log_checked = Instant::now();
                if let Err(error) = postmaster::trim_log(&self.home.log()) {
                    tracing::warn!(%error, "cannot shorten PostgreSQL's log");
                }
            }
        }
        self.postmaster.stop()
    }

    /// Starts PostgreSQL again after it died; gives the pause before the next look, longer after each failure.
    fn restart(&mut self, last_pause: Duration) -> Duration {
        tracing::warn!(pid = self.pid(), "PostgreSQL has died: starting it again");
        // The same settings, hence the same address: whoever has it may keep it.
        let again = Postmaster::find(&self.home).and_then(|found| match found {
            Some((running, _)) => Ok(running),
            None => Postmaster::launch(&self.home, &self.programs, &self.settings),
        });
        match again {
            Ok(postmaster) => {
                tracing::info!(pid = postmaster.pid(), "PostgreSQL runs again");
                self.postmaster = postmaster;
                WATCH_INTERVAL
            }
            Err(error) => {
                tracing::error!(%error, "PostgreSQL did not start again");
                (last_pause * 2).min(LONGEST_RESTART_PAUSE)
            }
        }
    }
}

/// Takes over the PostgreSQL that runs, or starts one.
fn bring_up(home: &Home, programs: &Programs, settings: &Settings) -> Result<(Endpoint, Postmaster), StartError> {
    let mut repeats = 0;
    loop {
        if let Some(running) = adopt(home, settings)? {
            return Ok(running);
        }
        match launch(home, programs, settings) {
            Err(StartError::Exited { tail, .. }) if repeats < REPEATS && passes_by_itself(&tail) => {
                repeats += 1;
                sleep(Duration::from_secs(1));
            }
            result => return result,
        }
    }
}

/// The last processes of a killed PostgreSQL end within moments; one that was only just being started when its
/// server was killed shows itself; and a port that was taken meanwhile is not chosen again.
fn passes_by_itself(log_tail: &str) -> bool {
    let reasons = ["pre-existing shared memory block", "\"postmaster.pid\" already exists", "could not create any TCP/IP sockets"];
    reasons.iter().any(|reason| log_tail.contains(reason))
}

/// The PostgreSQL that still runs on the cluster, if it runs as we would start it; else it is stopped.
fn adopt(home: &Home, settings: &Settings) -> Result<Option<(Endpoint, Postmaster)>, StartError> {
    let Some((mut running, file)) = Postmaster::find(home)? else {
        return Ok(None);
    };
    if file.status == Status::Starting {
        let log_start = fs::metadata(home.log()).map(|meta| meta.len()).unwrap_or_default();
        match running.wait_ready(&home.log(), log_start) {
            Err(StartError::Exited { .. }) => return Ok(None),
            result => result?,
        }
    }
    // Its port and folder stand in the file only once it is ready.
    let file = PidFile::read(&home.cluster())?.unwrap_or(file);
    match endpoint_of(home, &file)? {
        Some(endpoint) if file.status == Status::Ready && settings.are_written(home, &endpoint) => {
            tracing::info!(pid = running.pid(), "taking over the PostgreSQL that still runs");
            Ok(Some((endpoint, running)))
        }
        _ => {
            tracing::info!(pid = running.pid(), "stopping the PostgreSQL that still runs, to start it anew");
            running.stop()?;
            Ok(None)
        }
    }
}

/// Where a PostgreSQL that runs can be reached, if we know all that this takes.
fn endpoint_of(home: &Home, file: &PidFile) -> Result<Option<Endpoint>, StartError> {
    let socket = Endpoint::socket(&home.run());
    if socket.is_some() || !file.socket_folder.is_empty() {
        return Ok(socket.filter(|_| Path::new(&file.socket_folder) == home.run()));
    }
    Ok(read_password(home)?.map(|password| Endpoint::Port { port: file.port, password }))
}

fn launch(home: &Home, programs: &Programs, settings: &Settings) -> Result<(Endpoint, Postmaster), StartError> {
    let endpoint = match Endpoint::socket(&home.run()) {
        Some(socket) => socket,
        None => Endpoint::free_port(password(home, programs)?)?,
    };
    settings.write(home, &endpoint)?;
    let postmaster = Postmaster::launch(home, programs, settings)?;
    Ok((endpoint, postmaster))
}

/// The password of the role. It is set before it is written down, so that one that was written down is set.
fn password(home: &Home, programs: &Programs) -> Result<String, StartError> {
    if let Some(password) = read_password(home)? {
        return Ok(password);
    }
    let password = settings::new_password()?;
    cluster::set_password(home, programs, &password)?;
    replace_file(&home.password(), 0o600, &password)?;
    Ok(password)
}

fn read_password(home: &Home) -> Result<Option<String>, StartError> {
    match fs::read_to_string(home.password()) {
        Ok(password) => Ok(Some(password)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).at("read", &home.password()),
    }
}
