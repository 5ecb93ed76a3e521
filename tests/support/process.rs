//! The server as a process of its own, for the tests that kill it.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use crate::{Client, Database, client::PATIENCE};

/// Where the test server's program is: beside the tests' own.
pub fn server_program() -> PathBuf {
    let tests = std::env::current_exe().expect("the tests are a program");
    let folder = tests.ancestors().nth(2).expect("the tests lie in target/…/deps");
    folder.join("test-server")
}

/// A server in a process of its own.
pub struct Process {
    child: Child,
    /// All that it prints, where that is kept.
    printed: Option<JoinHandle<Vec<u8>>>,
    /// Speaks HTTP to it.
    pub client: Client,
}

impl Process {
    /// Starts it, and waits until it serves.
    pub fn start(database: &Database, data_dir: &Path) -> Self {
        Self::start_in(&[], database, data_dir)
    }

    /// As [`Process::start`], with those environment variables.
    pub fn start_in(environment: &[(&str, &str)], database: &Database, data_dir: &Path) -> Self {
        Self::spawn(Command::new(server_program()), environment, &["--database-url", database.url()], data_dir)
    }

    /// As [`Process::start`], with other flags.
    pub fn start_with(flags: &[&str], data_dir: &Path) -> Self {
        Self::spawn(Command::new(server_program()), &[], flags, data_dir)
    }

    /// As [`Process::start`], to outlive its terminal.
    pub fn start_with_nohup(database: &Database, data_dir: &Path) -> Self {
        let mut nohup = Command::new("nohup");
        nohup.arg(server_program());
        Self::spawn(nohup, &[], &["--database-url", database.url()], data_dir)
    }

    fn spawn(mut program: Command, environment: &[(&str, &str)], flags: &[&str], data_dir: &Path) -> Self {
        let mut child = program
            .args(flags)
            .args(["--bind", "127.0.0.1:0", "--workers", "2", "--log", "warn", "--data-dir"])
            .arg(data_dir)
            .env_remove("DATABASE_URL")
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
        stdout.read_line(&mut line).expect("it says where it is");
        let client = Client::new(address_in(&line), None);
        Self { child, client, printed: None }
    }

    /// Starts it with those flags and variables, and keeps all that it prints.
    pub fn start_logged(flags: &[&str], data_dir: &Path, environment: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut child = Command::new(server_program())
            .args(flags)
            .args(["--bind", "127.0.0.1:0", "--workers", "8", "--data-dir"])
            .arg(data_dir)
            .env_remove("DATABASE_URL")
            .envs(environment)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut log = child.stderr.take().expect("its log");
        let printed = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            log.read_to_end(&mut bytes).expect("its log is read");
            bytes
        });
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
        stdout.read_line(&mut line).expect("it says where it is");
        let client = Client::new(address_in(&line), None);
        Self { child, client, printed: Some(printed) }
    }

    /// Runs it where it cannot start; answers what it said, and how long it took to say so.
    pub fn refused(database_url: &str, data_dir: &Path) -> (String, Duration) {
        let began = Instant::now();
        let ended = Command::new(server_program())
            .args(["--bind", "127.0.0.1:0", "--log", "warn", "--database-url", database_url, "--data-dir"])
            .arg(data_dir)
            .output()
            .expect("the program runs");
        assert!(!ended.status.success(), "it started");
        (String::from_utf8([ended.stdout, ended.stderr].concat()).expect("text"), began.elapsed())
    }

    /// Starts it with those flags, and kills it (`kill -9`) as soon as it got that far.
    pub async fn killed_when(flags: &[&str], data_dir: &Path, got_so_far: impl AsyncFn() -> bool) {
        let mut child = Command::new(server_program())
            .args(flags)
            .args(["--bind", "127.0.0.1:0", "--log", "warn", "--data-dir"])
            .arg(data_dir)
            .env_remove("DATABASE_URL")
            .stdout(Stdio::null())
            .spawn()
            .expect("the server starts");
        let began = Instant::now();
        let mut reached = false;
        while !reached && began.elapsed() < PATIENCE && child.try_wait().expect("it is known").is_none() {
            reached = got_so_far().await;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        // It is gone either way, before the test fails.
        child.kill().expect("it is killed");
        child.wait().expect("it is gone");
        assert!(reached, "it never got so far");
    }

    /// Stops it; answers all that it printed.
    pub async fn end(mut self) -> Vec<u8> {
        self.signal("-TERM");
        self.child.wait().expect("it ends");
        let printed = self.printed.take().expect("its output is kept");
        tokio::task::spawn_blocking(|| printed.join().expect("it is read")).await.expect("it is read")
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it is gone");
    }

    /// SIGTERM; answers how it ended.
    pub fn terminate(mut self) -> ExitStatus {
        self.signal("-TERM");
        self.child.wait().expect("it ends")
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: &str) {
        send(&self.child, signal);
    }

    /// Starts it on a database that is not there; answers how that signal ended it while it waited for one, and how fast.
    pub fn ended_while_it_waits(signal: &str, data_dir: &Path) -> (ExitStatus, Duration) {
        let mut child = Command::new(server_program())
            .args(["--bind", "127.0.0.1:0", "--log", "warn", "--database-url", "postgresql://127.0.0.1:1/studio", "--data-dir"])
            .arg(data_dir)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut log = BufReader::new(child.stderr.take().expect("its log")).lines();
        let waits = log.any(|line| line.expect("its log is read").contains("waiting for the database"));
        let told = Instant::now();
        send(&child, signal);
        let ended = child.wait().expect("it ends");
        assert!(waits, "it never waited");
        (ended, told.elapsed())
    }

    /// Starts it, and closes its terminal: a signal, and nobody who reads what it prints. Answers how it ended.
    pub fn hung_up(database: &Database, data_dir: &Path) -> ExitStatus {
        let mut child = Command::new(server_program())
            .args(["--database-url", database.url(), "--bind", "127.0.0.1:0", "--log", "info", "--data-dir"])
            .arg(data_dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
        stdout.read_line(&mut String::new()).expect("it says where it is");
        drop((stdout, child.stderr.take()));
        send(&child, "-HUP");
        child.wait().expect("it ends")
    }
}

fn send(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill runs").success());
}

/// Where the server says that it is.
fn address_in(line: &str) -> SocketAddr {
    let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
    address.and_then(|address| address.parse().ok()).unwrap_or_else(|| panic!("no address in {line:?}"))
}

impl Drop for Process {
    fn drop(&mut self) {
        // Ended already, where the test ended it.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
