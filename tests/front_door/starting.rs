//! What stands in the way of a start is told at once; only what passes by itself is waited for. A start that was cut off is
//! mended by the next.

use std::{
    fs::Permissions,
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::Command,
    sync::mpsc,
    thread,
    time::Duration,
};

use diesel::{Connection, PgConnection, connection::SimpleConnection};
use serde_json::json;
use studio::app::Studio;
use studio_tests::{
    Database, TestApp, config,
    process::{Process, server_program},
    speech_worker,
};

/// Far less than the minute for which a database that comes up is waited for.
const AT_ONCE: Duration = Duration::from_secs(30);

/// A server that refuses everybody with one of those answers (SQLSTATE, words) after the other, and then with the last.
/// What it says of each is told.
fn refusing(answers: &'static [(&'static str, &'static str)]) -> (SocketAddr, mpsc::Receiver<&'static str>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for number in 0.. {
            let (mut client, _) = listener.accept().expect("a client");
            let mut length = [0; 4];
            client.read_exact(&mut length).expect("a packet");
            let mut packet = vec![0; u32::from_be_bytes(length) as usize - 4];
            client.read_exact(&mut packet).expect("a packet");
            let (state, words) = answers[number.min(answers.len() - 1)];
            let fields = format!("SFATAL\0VFATAL\0C{state}\0M{words}\0\0");
            let mut answer = vec![b'E'];
            answer.extend(u32::try_from(fields.len() + 4).expect("short").to_be_bytes());
            answer.extend(fields.as_bytes());
            client.write_all(&answer).expect("it is sent");
            // Nobody listens any more once the test has ended.
            if tell.send(state).is_err() {
                return;
            }
        }
    });
    (address, told)
}

#[tokio::test]
async fn an_address_that_cannot_work_is_told_at_once_and_no_password_with_it() {
    let database = Database::create().await;
    let elsewhere = |name: &str| database.url().replace(database.name(), name);
    let data_dir = tempfile::tempdir().unwrap();
    let (refusing, _told) = refusing(&[("28P01", "password authentication failed for user \"ana\"")]);
    for (url, says) in [
        ("postgresql://ana:geheim%zz@127.0.0.1:1/studio".to_owned(), "postgresql://user:password@host:5432/database"),
        ("postgresql://ana:geheim@127.0.0.1:99999/studio".to_owned(), "postgresql://user:password@host:5432/database"),
        ("ana geheim".to_owned(), "postgresql://user:password@host:5432/database"),
        (elsewhere("nobody_made_this"), "createdb"),
        (format!("postgresql://ana:geheim@{refusing}/studio?sslmode=disable"), "correct the user and the password"),
    ] {
        let folder = data_dir.path().to_owned();
        let (said, took) = tokio::task::spawn_blocking(move || Process::refused(&url, &folder)).await.unwrap();
        assert!(said.contains(says), "{said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
        assert!(!said.contains("geheim"), "{said}");
        assert!(took < AT_ONCE, "{took:?}: {said}");
    }
}

#[tokio::test]
async fn a_database_that_comes_up_is_waited_for() {
    let data_dir = tempfile::tempdir().unwrap();
    let (coming_up, told) = refusing(&[
        ("57P03", "the database system is starting up"),
        ("57P03", "the database system is starting up"),
        ("3D000", "database \"studio\" does not exist"),
    ]);
    let url = format!("postgresql://ana:geheim@{coming_up}/studio?sslmode=disable");
    let folder = data_dir.path().to_owned();
    let (said, _) = tokio::task::spawn_blocking(move || Process::refused(&url, &folder)).await.unwrap();
    assert!(said.contains("waiting for the database") && said.contains("createdb"), "{said}");
    assert_eq!(told.try_iter().collect::<Vec<_>>(), ["57P03", "57P03", "3D000"]);
}

#[tokio::test]
async fn a_server_that_waits_for_its_database_can_be_stopped() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let data_dir = tempfile::tempdir().unwrap();
        let ended = tokio::task::spawn_blocking(move || Process::ended_while_it_waits(signal, data_dir.path()));
        let (status, took) = ended.await.unwrap();
        assert!(status.success() && took < AT_ONCE, "{signal}: {status} after {took:?}");
    }
}

#[tokio::test]
async fn migrations_that_were_cut_off_are_finished_by_the_next_start() {
    let database = Database::empty().await;
    let data_dir = tempfile::tempdir().unwrap();
    // The second migration makes a table of that name, and waits to see whether this one comes to be.
    let mut other = PgConnection::establish(database.url()).unwrap();
    other.batch_execute("begin; create table paid_calls ()").unwrap();
    let waits = "select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    Process::killed_when(&["--database-url", database.url()], data_dir.path(), async || database.count(waits).await == 1).await;
    let done = "select count(*) as n from __diesel_schema_migrations";
    assert_eq!(database.count(done).await, 1, "it was killed in the middle");
    other.batch_execute("rollback").unwrap();
    let server = Process::start(&database, data_dir.path());
    server.client.get("/api/ready").await.expect(200);
    server.client.project(&["One."]).await;
    assert!(database.count(done).await > 1);
}

#[tokio::test]
async fn whoever_deletes_a_row_finds_those_that_refer_to_it_by_an_index() {
    let database = Database::create().await;
    let slow = "select count(*) as n from pg_constraint c where contype = 'f' and not exists (
             select from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = any(c.conkey))";
    assert_eq!(database.count(slow).await, 0);
}

#[tokio::test]
async fn a_data_directory_is_of_one_database_and_another_does_not_get_its_media() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One."]).await;
    let image = app.client.post_and_wait("/api/image/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(200);
    let app = app.stop_server().await;
    let (other, owner) = (Database::empty().await, app.data_dir().join("database-id"));
    let refused = async || {
        let started = Studio::start_with(config(&other, app.data_dir().to_owned()), speech_worker(), |providers| providers).await;
        started.err().expect("it is refused").to_string()
    };
    let said = refused().await;
    assert!(said.contains("belongs to another database") && said.contains(owner.to_str().unwrap()), "{said}");
    // As a version left it that did not say whose it is.
    std::fs::remove_file(&owner).unwrap();
    let said = refused().await;
    assert!(said.contains("knows none of them") && !owner.exists(), "{said}");
    let (studio, client) = app.another(|providers| providers).await;
    assert!(owner.exists(), "it is of the database that knows the picture");
    assert_eq!(client.get(image["url"].as_str().unwrap()).await.status, 200);
    studio.stop().await;
    app.finish().await;
}

/// A data folder with a private PostgreSQL, which ends with it, whatever became of its server.
struct Private(tempfile::TempDir);

impl Private {
    fn new() -> Self {
        // Where the tests are root's, PostgreSQL runs as another user, who must get through.
        Self(tempfile::Builder::new().prefix("first-").permissions(Permissions::from_mode(0o755)).tempdir().expect("a folder"))
    }

    /// The folders in which a database is, or is being made.
    fn folders(&self, of: fn(&str) -> bool) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.0.path().join("postgres")) else { return Vec::new() };
        entries.flatten().filter(|entry| of(&entry.file_name().to_string_lossy())).map(|entry| entry.path()).collect()
    }
}

fn half_made(name: &str) -> bool {
    name.starts_with("cluster.new")
}

fn whole(name: &str) -> bool {
    name == "cluster"
}

impl Drop for Private {
    fn drop(&mut self) {
        let pid_file = std::fs::read_to_string(self.0.path().join("postgres/cluster/postmaster.pid")).unwrap_or_default();
        if let Some(pid) = pid_file.lines().next() {
            drop(Command::new("kill").args(["-9", pid]).status());
        }
    }
}

#[tokio::test]
async fn a_first_start_that_was_killed_is_mended_by_the_next() {
    let data = Private::new();
    // While initdb writes, and when PostgreSQL is about to take its first connection.
    for (folders, sign) in [(half_made as fn(&str) -> bool, "base"), (whole, "postmaster.pid")] {
        let got_so_far = async || data.folders(folders).iter().any(|folder| folder.join(sign).exists());
        Process::killed_when(&[], data.0.path(), got_so_far).await;
    }
    let server = Process::start_with(&[], data.0.path());
    let project = server.client.project(&["One."]).await;
    assert!(tokio::task::spawn_blocking(|| server.terminate()).await.unwrap().success());
    let server = Process::start_with(&[], data.0.path());
    server.client.get(&format!("/api/projects/{}", project["id"].as_str().unwrap())).await.expect(200);
    assert!(data.folders(half_made).is_empty(), "nothing is left of the first try");
    assert!(tokio::task::spawn_blocking(|| server.terminate()).await.unwrap().success());
}

#[tokio::test]
async fn a_variable_that_is_set_to_nothing_gives_nothing() {
    const BLANK: [&str; 9] = [
        "STUDIO_BIND",
        "STUDIO_DATA_DIR",
        "STUDIO_HOSTS",
        "STUDIO_LOG",
        "STUDIO_MASTER_KEY",
        "STUDIO_PIPER",
        "STUDIO_PIPER_VOICES",
        "STUDIO_TOKEN",
        "STUDIO_WORKERS",
    ];
    let (database, folder) = (Database::create().await, tempfile::tempdir().unwrap());
    // It comes as far as its database.
    let mut server = Command::new(server_program());
    server.args(["--database-url", "ana geheim"]).env("HOME", folder.path()).envs(BLANK.map(|name| (name, "")));
    let ended = tokio::task::spawn_blocking(move || server.output()).await.unwrap().unwrap();
    let said = String::from_utf8([ended.stdout, ended.stderr].concat()).unwrap();
    assert!(said.contains("postgresql://user:password@host:5432/database"), "{said}");
    // And it works as it does without them.
    let blank = BLANK.map(|name| (name.to_owned(), " ".to_owned()));
    let server = Process::start_logged(&["--database-url", database.url()], folder.path(), blank);
    server.client.project(&["One."]).await;
    let log = String::from_utf8(server.end().await).unwrap();
    assert!(log.contains("stopping"), "it is logged: {log}");
}
