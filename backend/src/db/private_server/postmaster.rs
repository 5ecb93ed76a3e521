//! The running PostgreSQL: found again, started, waited for, stopped. What it runs *on* is the rest's matter.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    sys::signal::{self, Signal},
    unistd::Pid,
};

use super::{
    StartError, StopError,
    error::At,
    home::{Home, replace_file},
    pid_file::{PidFile, Status},
    programs::Programs,
    settings::Settings,
};

/// Recovery after a crash takes as long as there is work to redo: seconds, rarely a minute.
const READY_PATIENCE: Duration = Duration::from_secs(180);
const POLL: Duration = Duration::from_millis(10);

/// How a PostgreSQL is asked to end, and how long each way is given: roll back and write everything down; drop
/// everything and recover at the next start; die.
const STOP_STEPS: [(Signal, Duration); 3] =
    [(Signal::SIGINT, Duration::from_secs(8)), (Signal::SIGQUIT, Duration::from_secs(3)), (Signal::SIGKILL, Duration::from_secs(3))];

const LONGEST_LOG: u64 = 4 * 1024 * 1024;

/// A PostgreSQL that this process started, or took over.
#[derive(Debug)]
pub(super) struct Postmaster {
    pid: u32,
    /// The handle where it is our child: only a parent can (and must) collect its exit.
    child: Option<Child>,
    cluster: PathBuf,
}

impl Postmaster {
    /// The PostgreSQL that still runs on the cluster from before. A pid file that is left over, even one whose number
    /// another process has by now, is made harmless.
    pub fn find(home: &Home) -> Result<Option<(Postmaster, PidFile)>, StartError> {
        let cluster = home.cluster();
        let Some(found) = PidFile::read(&cluster)? else {
            remove_empty_pid_file(&cluster)?;
            return Ok(None);
        };
        if !runs_on(found.pid, &cluster) {
            disown(home, &cluster)?;
            return Ok(None);
        }
        let postmaster = Postmaster { pid: found.pid, child: None, cluster };
        Ok(Some((postmaster, found)))
    }

    /// Starts PostgreSQL on the cluster and waits until it takes connections.
    pub fn launch(home: &Home, programs: &Programs, settings: &Settings) -> Result<Postmaster, StartError> {
        home.fresh_folder(&home.run())?; // with whatever a killed server left in it
        trim_log(&home.log()).at("shorten", &home.log())?;
        let log = open_log(&home.log())?;
        let log_start = log.metadata().map(|meta| meta.len()).unwrap_or_default();
        let errors = log.try_clone().at("open", &home.log())?;

        let mut command = home.account.command(&programs.postgres());
        command.arg("-D").arg(home.cluster()).args(settings.options());
        let child = command
            .current_dir(home.root())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .map_err(|source| StartError::Program { program: programs.postgres(), source })?;
        let mut postmaster = Postmaster { pid: child.id(), child: Some(child), cluster: home.cluster() };
        match postmaster.wait_ready(&home.log(), log_start) {
            Ok(()) => Ok(postmaster),
            Err(error) => {
                if let Err(error) = postmaster.stop() {
                    tracing::error!(%error, "cannot stop the PostgreSQL that did not become ready");
                }
                Err(error)
            }
        }
    }

    /// Waits until PostgreSQL takes connections, as `pg_ctl` does: by the status line of the pid file.
    pub fn wait_ready(&mut self, log: &Path, log_start: u64) -> Result<(), StartError> {
        let begin = Instant::now();
        let mut told = false;
        while begin.elapsed() < READY_PATIENCE {
            if !self.is_running() {
                return Err(StartError::Exited { log: log.to_owned(), tail: log_tail(log, log_start) });
            }
            let file = PidFile::read(&self.cluster)?;
            if file.is_some_and(|file| file.pid == self.pid && file.status == Status::Ready) {
                return Ok(());
            }
            if !told && begin.elapsed() > Duration::from_secs(5) {
                tracing::info!("PostgreSQL is still starting: after a crash it first redoes what was not yet in its files");
                told = true;
            }
            sleep(POLL);
        }
        Err(StartError::NotReady { seconds: READY_PATIENCE.as_secs(), log: log.to_owned(), tail: log_tail(log, log_start) })
    }

    pub fn is_running(&mut self) -> bool {
        match &mut self.child {
            Some(child) => matches!(child.try_wait(), Ok(None)),
            None => is_alive(self.pid),
        }
    }

    /// Ends PostgreSQL, as gently as it lets us, and waits for its end.
    pub fn stop(&mut self) -> Result<(), StopError> {
        for (signal, patience) in STOP_STEPS {
            if !self.is_running() {
                return Ok(());
            }
            if signal != Signal::SIGINT {
                tracing::warn!(pid = self.pid, %signal, "PostgreSQL is slow to stop: asking less gently");
            }
            self.signal(signal)?;
            let deadline = Instant::now() + patience;
            while Instant::now() < deadline {
                if !self.is_running() {
                    return Ok(());
                }
                sleep(POLL);
            }
        }
        Err(StopError::StillRunning { pid: self.pid })
    }

    fn signal(&self, signal: Signal) -> Result<(), StopError> {
        match signal::kill(as_pid(self.pid), signal) {
            Ok(()) | Err(Errno::ESRCH) => Ok(()),
            Err(errno) => Err(StopError::Signal { pid: self.pid, source: errno.into() }),
        }
    }

    pub fn pid(&self) -> u32 {
        self.pid
    }
}

/// Keeps the log below some megabytes, with one older part beside it. It is copied and emptied rather than renamed:
/// PostgreSQL keeps the file open, and appends.
pub(super) fn trim_log(log: &Path) -> io::Result<()> {
    match fs::metadata(log) {
        Ok(meta) if meta.len() > LONGEST_LOG => {
            fs::copy(log, log.with_extension("log.1"))?;
            OpenOptions::new().write(true).open(log)?.set_len(0)
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

fn open_log(path: &Path) -> Result<File, StartError> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path).at("open", path)
}

/// The last lines that were logged after `start`.
fn log_tail(log: &Path, start: u64) -> String {
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(log)?;
        let end = file.metadata()?.len();
        file.seek(SeekFrom::Start(start.max(end.saturating_sub(16 * 1024))))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let text = match read() {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => return format!("(the log cannot be read: {error})"),
    };
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}

/// Whether a process is a PostgreSQL on this cluster, and not one that got the number of a dead one.
///
/// PostgreSQL works in its data folder, so that its current directory tells; where the system hides it, the `-D`
/// that we started it with does.
fn runs_on(pid: u32, cluster: &Path) -> bool {
    if let (Ok(works_in), Ok(cluster)) = (fs::metadata(format!("/proc/{pid}/cwd")), fs::metadata(cluster)) {
        // Not by the paths: a folder that is a symbolic link, or mounted twice, has several.
        return (works_in.dev(), works_in.ino()) == (cluster.dev(), cluster.ino()) && !command_line(pid).is_empty();
    }
    is_alive(pid) && {
        let line = command_line(pid);
        line.contains("postgres") && line.contains(&*cluster.to_string_lossy())
    }
}

/// Whether a process runs. One that has ended and waits to be collected by a parent who does not care, as happens in
/// containers, still takes signals, but has no command line any more.
fn is_alive(pid: u32) -> bool {
    let takes_signals = !matches!(signal::kill(as_pid(pid), None), Err(Errno::ESRCH));
    takes_signals && (!Path::new("/proc/self/cmdline").exists() || !command_line(pid).is_empty())
}

fn command_line(pid: u32) -> String {
    if let Ok(line) = fs::read(format!("/proc/{pid}/cmdline")) {
        return String::from_utf8_lossy(&line).into_owned();
    }
    let output = Command::new("ps").args(["-ww", "-o", "command=", "-p", &pid.to_string()]).stdin(Stdio::null()).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

/// Makes a left-over pid file harmless. PostgreSQL itself takes it over when its process is gone, but not when the
/// number belongs to something else by now (any process of the same user, or one that nobody has collected).
///
/// Removing the file would also remove the number of the shared memory by which PostgreSQL notices that parts of
/// the old server still run. So only the process number changes: to ours, since PostgreSQL knows that its own
/// parent is no PostgreSQL.
fn disown(home: &Home, cluster: &Path) -> Result<(), StartError> {
    let path = cluster.join("postmaster.pid");
    let content = fs::read_to_string(&path).at("read", &path)?;
    let rest = content.split_once('\n').map_or("", |(_, rest)| rest);
    let draft = home.root().join("postmaster.pid");
    replace_file(&draft, 0o600, format!("{}\n{rest}", std::process::id()))?;
    home.account.own(&draft)?;
    fs::rename(&draft, &path).at("write", &path)
}

/// A PostgreSQL that died between creating the file and writing it: no other would start beside such a file.
fn remove_empty_pid_file(cluster: &Path) -> Result<(), StartError> {
    let path = cluster.join("postmaster.pid");
    if path.exists() {
        sleep(Duration::from_millis(500)); // in case it has not died, but is at it
        if PidFile::read(cluster)?.is_none() && path.exists() {
            fs::remove_file(&path).at("remove", &path)?;
        }
    }
    Ok(())
}

/// Process numbers fit an i32 on every Unix; one that did not would name no process.
fn as_pid(pid: u32) -> Pid {
    Pid::from_raw(i32::try_from(pid).unwrap_or(i32::MAX))
}
