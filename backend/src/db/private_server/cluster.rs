//! The cluster on disk: who made it, and how a new one is made, in one step or not at all.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
    process::{Command, Stdio},
};

use super::{DATABASE, ROLE, StartError, error::At, home::Home, programs::Programs};

/// Texts sort by code point everywhere (the app sorts for people), but letters know their case.
const CHARACTER_TYPES: &[&str] = &["C.UTF-8", "en_US.UTF-8", "C"];

/// The major version that made the cluster, as `PG_VERSION` has it; none where there is no cluster yet.
pub(super) fn made_by(cluster: &Path) -> Result<Option<String>, StartError> {
    let path = cluster.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(version) => Ok(Some(version.trim().to_owned())),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).at("read", &path),
        Err(_) if cluster.exists() => Err(StartError::NotADatabase { folder: cluster.to_owned() }),
        Err(_) => Ok(None),
    }
}

/// Makes the cluster with its role and database. Everything happens beside its place, and the last step is the
/// renaming: after a crash there is a whole cluster or none.
pub(super) fn create(home: &Home, programs: &Programs) -> Result<(), StartError> {
    let staging = home.staging();
    initdb(home, programs, &staging)?;
    single_user(
        home,
        programs,
        &staging,
        &format!("CREATE ROLE {ROLE} LOGIN\nCREATE DATABASE {DATABASE} OWNER {ROLE} TEMPLATE template0 ENCODING 'UTF8'\n"),
    )?;
    let cluster = home.cluster();
    fs::rename(&staging, &cluster).at("make", &cluster)?;
    File::open(home.root()).and_then(|folder| folder.sync_all()).at("write", home.root())
}

/// Gives the role a new password, while no server runs on the cluster.
pub(super) fn set_password(home: &Home, programs: &Programs, password: &str) -> Result<(), StartError> {
    let statement = format!("SET password_encryption = 'scram-sha-256'\nALTER ROLE {ROLE} PASSWORD '{password}'\n");
    single_user(home, programs, &home.cluster(), &statement)
}

fn initdb(home: &Home, programs: &Programs, staging: &Path) -> Result<(), StartError> {
    let mut refusal = String::new();
    for character_type in CHARACTER_TYPES {
        home.fresh_folder(staging)?;
        let mut command = home.account.command(&programs.initdb());
        command
            .arg("-D")
            .arg(staging)
            .args(["--username=postgres", "--encoding=UTF8", "--locale=C"])
            .arg(format!("--lc-ctype={character_type}"))
            .args(["--data-checksums", "--auth-local=peer", "--auth-host=reject"])
            .current_dir(home.root());
        if cfg!(test) {
            command.arg("--no-sync"); // a test's database need not outlive a power cut
        }
        let output = command.output().map_err(|source| StartError::Program { program: programs.initdb(), source })?;
        if output.status.success() {
            return Ok(());
        }
        String::from_utf8_lossy(&output.stderr).trim().clone_into(&mut refusal);
        if !refusal.contains("locale") {
            break;
        }
    }
    Err(StartError::Create { step: "initdb", output: refusal })
}

/// Runs statements, one a line, in PostgreSQL's single-user mode: no server, no password, no other client.
fn single_user(home: &Home, programs: &Programs, cluster: &Path, statements: &str) -> Result<(), StartError> {
    let mut command = home.account.command(&programs.postgres());
    command
        .args(["--single", "-D"])
        .arg(cluster)
        .args(["-c", "exit_on_error=on", "-c", "log_min_error_statement=panic", "postgres"])
        .current_dir(home.root());
    let output = feed(&mut command, statements).map_err(|source| StartError::Program { program: programs.postgres(), source })?;
    if output.status.success() {
        return Ok(());
    }
    Err(StartError::Create { step: "setting up its role and database", output: String::from_utf8_lossy(&output.stderr).trim().to_owned() })
}

/// The statements are far smaller than a pipe's buffer, so writing them first cannot block.
fn feed(command: &mut Command, statements: &str) -> io::Result<std::process::Output> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let written = match child.stdin.take() {
        Some(mut stdin) => stdin.write_all(statements.as_bytes()),
        None => Ok(()),
    };
    let output = child.wait_with_output()?;
    // What it says of itself explains more than our broken pipe.
    if output.status.success() { written.map(|()| output) } else { Ok(output) }
}
