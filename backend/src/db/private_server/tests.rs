//! Real clusters in folders of their own: made, killed, taken over. They need the PostgreSQL programs.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    thread::sleep,
    time::{Duration, Instant},
};

use diesel::{Connection, PgConnection, RunQueryDsl, connection::SimpleConnection, dsl::sql, sql_types::Text};
use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, geteuid},
};
use tempfile::TempDir;

use super::{PrivateServer, StartError, home::Home, pid_file::PidFile, service::Service};

/// A data folder that is gone after the test, with whatever still ran in it.
struct Data {
    /// Short, and open to the user that PostgreSQL runs as when the tests are root's.
    base: TempDir,
    folder: PathBuf,
}

impl Data {
    fn new(name: &str) -> Data {
        let base = tempfile::Builder::new().prefix("pg-").permissions(Permissions::from_mode(0o755)).tempdir().unwrap();
        let folder = base.path().join(name);
        Data { base, folder }
    }

    fn start(&self) -> Result<PrivateServer, StartError> {
        PrivateServer::start_with(&self.folder, &self.elsewhere())
    }

    /// A server that is killed at once: its PostgreSQL is left to itself.
    fn start_and_abandon(&self) -> u32 {
        let service = Service::start(Home::open(&self.folder, &self.elsewhere()).unwrap()).unwrap();
        service.pid()
    }

    fn elsewhere(&self) -> PathBuf {
        self.base.path().join("elsewhere")
    }

    fn cluster(&self) -> PathBuf {
        self.folder.join("postgres/cluster")
    }

    fn pid(&self) -> Option<u32> {
        PidFile::read(&self.cluster()).unwrap().map(|file| file.pid)
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        if let Some(pid) = self.pid() {
            let _ = kill(pid_of(pid), Signal::SIGKILL);
        }
    }
}

fn pid_of(pid: u32) -> Pid {
    Pid::from_raw(i32::try_from(pid).unwrap())
}

fn connect(url: &str) -> PgConnection {
    PgConnection::establish(url).unwrap()
}

fn ask(connection: &mut PgConnection, expression: &str) -> String {
    diesel::select(sql::<Text>(expression)).get_result(connection).unwrap()
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "waited for: {what}");
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn makes_a_database_once_and_keeps_it() {
    let data = Data::new("mein film ü");
    let server = data.start().unwrap();
    let mut connection = connect(server.database_url());
    connection.batch_execute("CREATE TABLE film (title TEXT); INSERT INTO film VALUES ('Ödland')").unwrap();
    assert_eq!(ask(&mut connection, "lower('Ö') || current_user || current_database()"), "östudiostudio");
    assert_eq!(ask(&mut connection, "current_setting('fsync') || current_setting('TimeZone')"), "onUTC");
    if server.database_url().contains("%2Frun") {
        assert_eq!(ask(&mut connection, "current_setting('listen_addresses')"), "");
    }
    assert_eq!(ask(&mut connection, "rolsuper::text FROM pg_roles WHERE rolname = current_user"), "false");
    let pid = data.pid().unwrap();
    server.stop().unwrap(); // although a client is connected
    assert!(kill(pid_of(pid), None).is_err(), "PostgreSQL still runs");
    assert_eq!(data.pid(), None);

    let begin = Instant::now();
    let server = data.start().unwrap();
    assert!(begin.elapsed() < Duration::from_secs(20), "a second start took {:?}", begin.elapsed());
    assert_eq!(ask(&mut connect(server.database_url()), "title FROM film"), "Ödland");
}

#[test]
fn takes_over_what_a_killed_server_left_running() {
    let data = Data::new("data");
    let pid = data.start_and_abandon();
    let server = data.start().unwrap();
    assert_eq!(data.pid(), Some(pid));
    connect(server.database_url());
    server.stop().unwrap();
    assert_eq!(data.pid(), None);
}

#[test]
fn takes_over_one_whose_folder_is_a_symbolic_link() {
    let data = Data::new("data");
    data.start().unwrap().stop().unwrap();
    let larger_disk = data.base.path().join("cluster");
    fs::rename(data.cluster(), &larger_disk).unwrap();
    symlink(&larger_disk, data.cluster()).unwrap();
    let pid = data.start_and_abandon();
    let server = data.start().unwrap();
    assert_eq!(data.pid(), Some(pid));
    connect(server.database_url());
}

#[test]
fn does_not_take_over_one_with_other_settings() {
    let data = Data::new("data");
    let pid = data.start_and_abandon();
    fs::write(data.folder.join("postgres/postgresql.conf"), "# of an older release").unwrap();
    let server = data.start().unwrap();
    assert_ne!(data.pid(), Some(pid));
    connect(server.database_url());
}

#[test]
fn starts_after_postgresql_was_killed_too() {
    let data = Data::new("data");
    let pid = data.start_and_abandon();
    kill(pid_of(pid), Signal::SIGKILL).unwrap(); // a zombie now, since nobody collects it
    let server = data.start().unwrap();
    assert_ne!(data.pid(), Some(pid));
    connect(server.database_url());
}

#[test]
fn is_not_misled_by_a_pid_file_with_the_number_of_another_process() {
    let data = Data::new("data");
    data.start().unwrap().stop().unwrap();
    let home = Home::open(&data.folder, &data.elsewhere()).unwrap();
    // Of the same user, which is what PostgreSQL itself would take for a running server.
    let mut other = home.account.command(Path::new("sleep")).arg("60").spawn().unwrap();
    drop(home);
    let cluster = data.cluster();
    let left_over = format!("{}\n{}\n1700000000\n5432\n\n\n\nready   \n", other.id(), cluster.display());
    fs::write(cluster.join("postmaster.pid"), left_over).unwrap();

    let server = data.start();
    assert!(other.try_wait().unwrap().is_none(), "the other process was ended");
    other.kill().unwrap();
    other.wait().unwrap();
    connect(server.unwrap().database_url());
}

#[test]
fn starts_beside_an_empty_pid_file() {
    let data = Data::new("data");
    data.start().unwrap().stop().unwrap();
    fs::write(data.cluster().join("postmaster.pid"), "").unwrap();
    connect(data.start().unwrap().database_url());
}

#[test]
fn starts_postgresql_again_when_it_dies() {
    let data = Data::new("data");
    let server = data.start().unwrap();
    let pid = data.pid().unwrap();
    kill(pid_of(pid), Signal::SIGKILL).unwrap();
    wait_until("another PostgreSQL at the same address", || {
        data.pid() != Some(pid) && PgConnection::establish(server.database_url()).is_ok()
    });
}

#[test]
fn never_upgrades_silently() {
    let data = Data::new("data");
    data.start().unwrap().stop().unwrap();
    fs::write(data.cluster().join("PG_VERSION"), "9\n").unwrap();
    let error = data.start().unwrap_err();
    assert!(matches!(error, StartError::OtherVersion { .. }), "{error}");
    let said = error.to_string();
    assert!(said.contains("made by PostgreSQL 9") && said.contains("Install it with"), "{said}");
}

#[test]
fn one_server_at_a_time() {
    let data = Data::new("data");
    let _server = data.start().unwrap();
    let error = data.start().unwrap_err();
    let me = std::process::id();
    assert!(matches!(error, StartError::InUse { pid: Some(pid), .. } if pid == me), "{error}");
    // To set DATABASE_URL would not help: the folder stays that of the database in it.
    let said = error.to_string();
    assert!(said.contains("STUDIO_DATA_DIR") && !said.contains("DATABASE_URL"), "{said}");
}

#[test]
fn concurrent_first_starts_make_one_database() {
    let data = Data::new("data");
    let started = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| match data.start() {
                Ok(server) => {
                    started.fetch_add(1, Ordering::Relaxed);
                    connect(server.database_url());
                    sleep(Duration::from_secs(2)); // longer than the others wait for the lock
                }
                Err(error) => assert!(matches!(error, StartError::InUse { .. }), "{error}"),
            });
        }
    });
    assert_eq!(started.into_inner(), 1);
}

#[test]
fn a_long_path_gets_a_port_with_a_password() {
    let data = Data::new(&format!("{0}/{0}", "a-long-name".repeat(10)));
    let pid = data.start_and_abandon();
    let server = data.start().unwrap();
    assert_eq!(data.pid(), Some(pid), "taken over, with the password that was written down");
    let url = server.database_url().to_owned();
    assert!(url.contains("@127.0.0.1:"), "{url}");
    connect(&url);
    let (before, after) = url.split_once("studio:").unwrap();
    let guess = format!("{before}studio:x{after}");
    assert!(PgConnection::establish(&guess).is_err(), "any password is taken");

    kill(pid_of(pid), Signal::SIGKILL).unwrap();
    wait_until("the same port again", || PgConnection::establish(&url).is_ok());
    server.stop().unwrap();
    let password = data.folder.join("postgres/password");
    assert_eq!(fs::metadata(&password).unwrap().permissions().mode() & 0o777, 0o600);
    fs::remove_file(&password).unwrap();
    connect(data.start().unwrap().database_url());
}

#[test]
fn a_half_made_database_is_made_again() {
    let data = Data::new("data");
    let half = data.folder.join("postgres/cluster.new/base");
    fs::create_dir_all(&half).unwrap();
    fs::write(half.join("1"), "half").unwrap();
    connect(data.start().unwrap().database_url());
}

#[test]
fn leaves_other_peoples_files_alone() {
    let data = Data::new("data");
    fs::create_dir_all(data.cluster()).unwrap();
    fs::write(data.cluster().join("letter.txt"), "Dear").unwrap();
    let error = data.start().unwrap_err();
    assert!(matches!(error, StartError::NotADatabase { .. }), "{error}");
    assert!(data.cluster().join("letter.txt").exists());
}

#[test]
fn goes_elsewhere_where_the_service_user_cannot_enter() {
    if !geteuid().is_root() {
        return; // an ordinary user runs PostgreSQL itself
    }
    let data = Data::new("closed/data");
    let closed = data.base.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, Permissions::from_mode(0o700)).unwrap();
    // As a start leaves it that could not write down where it goes, since the disk was full.
    let beside = data.folder.join("postgres");
    fs::create_dir_all(&beside).unwrap();
    fs::write(beside.join("LOCATION"), "").unwrap();
    let server = data.start().unwrap();
    assert!(server.folder().starts_with(data.elsewhere()), "{}", server.folder().display());
    connect(server.database_url()).batch_execute("CREATE TABLE kept ()").unwrap();
    server.stop().unwrap();

    // Found again, also after the data folder was moved.
    let moved = closed.join("moved");
    fs::rename(&data.folder, &moved).unwrap();
    let server = PrivateServer::start_with(&moved, &data.elsewhere()).unwrap();
    connect(server.database_url()).batch_execute("SELECT FROM kept").unwrap();
}
