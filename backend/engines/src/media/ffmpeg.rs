//! Finding and running ffmpeg and ffprobe. Knows nothing of films, scenes or the database.
//!
//! Every child is started with arguments (never a shell), without a terminal, in a process group of
//! its own (Ctrl-C in the terminal is the server's to handle, not ffmpeg's), and dies with the future
//! that waits for it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

use super::programs;

/// How much of what a tool said last is kept for the log, in bytes.
const STDERR_TAIL: usize = 4096;

/// The two programs, found once at start.
#[derive(Clone, Debug)]
pub struct Tools {
    pub ffmpeg: PathBuf,
    pub ffprobe: PathBuf,
}

/// A program that is not on `PATH`, and what installs it on this system.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} is not installed; install it with: {install}")]
pub struct MissingTool {
    pub name: &'static str,
    pub install: String,
}

/// What went wrong with a tool. `Display` is for a person; [`ToolError::log`] is for the log.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    #[error("{tool} could not be run: {source}")]
    Start { tool: &'static str, source: io::Error },
    #[error("{tool} failed")]
    Failed { tool: &'static str, code: Option<i32>, stderr: String },
    #[error("the disk is full")]
    DiskFull { stderr: String },
    #[error("{tool} gave an answer that could not be read: {message}")]
    Answer { tool: &'static str, message: String },
    #[error("the file is in no format that is read here")]
    UnknownFormat,
    #[error(transparent)]
    Io(io::Error),
}

impl From<io::Error> for ToolError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::StorageFull {
            return Self::DiskFull { stderr: error.to_string() };
        }
        Self::Io(error)
    }
}

impl ToolError {
    /// The end of what the tool wrote, for the log. It can hold paths: not for the user.
    #[must_use]
    pub fn log(&self) -> String {
        match self {
            Self::Failed { code, stderr, .. } => format!("exit code {code:?}: {stderr}"),
            Self::DiskFull { stderr } => stderr.clone(),
            other => other.to_string(),
        }
    }
}

impl Tools {
    /// Looks for both programs on `PATH`.
    ///
    /// # Errors
    /// [`MissingTool`] names the first that is not there, with the command that installs it.
    pub fn find() -> Result<Self, MissingTool> {
        let find = |name: &'static str| programs::find(name).ok_or_else(|| MissingTool { name, install: programs::install("ffmpeg") });
        Ok(Self { ffmpeg: find("ffmpeg")?, ffprobe: find("ffprobe")? })
    }

    /// ffmpeg with the arguments that every call shares; output files are overwritten.
    #[must_use]
    pub fn ffmpeg(&self) -> Command {
        let mut command = quiet_command(&self.ffmpeg);
        command.args(["-nostdin", "-hide_banner", "-loglevel", "error", "-y"]);
        command
    }

    /// ffprobe with the arguments that every call shares.
    #[must_use]
    pub fn ffprobe(&self) -> Command {
        let mut command = quiet_command(&self.ffprobe);
        command.args(["-hide_banner", "-loglevel", "error"]);
        command
    }

    /// The first line of `ffmpeg -version`: part of the key of everything that ffmpeg encoded. Asked once for each program.
    ///
    /// # Errors
    /// When ffmpeg cannot be run.
    pub async fn version(&self) -> Result<String, ToolError> {
        static KNOWN: Mutex<BTreeMap<(PathBuf, Option<SystemTime>), String>> = Mutex::new(BTreeMap::new());
        let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        // An upgrade while the server runs is another program.
        let program = (self.ffmpeg.clone(), tokio::fs::metadata(&self.ffmpeg).await.and_then(|meta| meta.modified()).ok());
        let before = known().get(&program).cloned();
        if let Some(version) = before {
            return Ok(version);
        }
        let mut command = quiet_command(&self.ffmpeg);
        command.arg("-version");
        let out = run("ffmpeg", command).await?;
        let version = String::from_utf8_lossy(&out).lines().next().unwrap_or_default().to_owned();
        known().insert(program, version.clone());
        Ok(version)
    }
}

/// Adds one input file: only local files may be opened from it, and with a known demuxer the file
/// cannot choose to be a playlist that names others.
pub fn add_input(command: &mut Command, demuxer: Option<&str>, path: &Path) {
    command.args(["-protocol_whitelist", "file,pipe"]);
    if let Some(demuxer) = demuxer {
        command.args(["-f", demuxer]);
    }
    command.arg("-i").arg(file_url(path));
}

/// The path as ffmpeg's `file:` address, so that no name can be taken for an option or a protocol.
#[must_use]
pub fn file_url(path: &Path) -> OsString {
    let mut url = OsString::from("file:");
    url.push(path);
    url
}

/// Runs to the end and returns what came on standard output.
///
/// # Errors
/// [`ToolError`] when it could not start or did not end well.
pub async fn run(tool: &'static str, mut command: Command) -> Result<Vec<u8>, ToolError> {
    command.stdout(Stdio::piped());
    let mut child = spawn(tool, &mut command)?;
    let mut stdout = child.stdout.take();
    let mut out = Vec::new();
    let read = async {
        match stdout.as_mut() {
            Some(stdout) => stdout.read_to_end(&mut out).await.map(|_| ()),
            None => Ok(()),
        }
    };
    let (read, ended) = tokio::join!(read, finish(tool, &mut child));
    ended?;
    read?;
    Ok(out)
}

/// Starts a prepared command, its standard error kept.
///
/// # Errors
/// [`ToolError::Start`].
pub fn spawn(tool: &'static str, command: &mut Command) -> Result<Child, ToolError> {
    command.stderr(Stdio::piped()).spawn().map_err(|source| ToolError::Start { tool, source })
}

/// Waits for a child while reading its standard error.
///
/// # Errors
/// [`ToolError::Failed`] or [`ToolError::DiskFull`] with the end of what it said.
pub async fn finish(tool: &'static str, child: &mut Child) -> Result<(), ToolError> {
    let stderr = tail(child.stderr.take()).await;
    let status = child.wait().await?;
    if status.success() {
        if !stderr.is_empty() {
            tracing::debug!(tool, stderr, "a media tool complained but went on");
        }
        return Ok(());
    }
    if stderr.contains("No space left on device") || stderr.contains("not enough space") {
        return Err(ToolError::DiskFull { stderr });
    }
    Err(ToolError::Failed { tool, code: status.code(), stderr })
}

async fn tail(stderr: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut stderr) = stderr else { return String::new() };
    let mut kept: Vec<u8> = Vec::new();
    let mut block = [0_u8; 2048];
    while let Ok(read @ 1..) = stderr.read(&mut block).await {
        kept.extend_from_slice(&block[..read]);
        if kept.len() > 2 * STDERR_TAIL {
            kept.drain(..kept.len() - STDERR_TAIL);
        }
    }
    let from = kept.len().saturating_sub(STDERR_TAIL);
    String::from_utf8_lossy(&kept[from..]).trim().to_owned()
}

fn quiet_command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        // A report file in whatever folder the server was started from is not wanted.
        .env_remove("FFREPORT")
        .env("AV_LOG_FORCE_NOCOLOR", "1")
        .process_group(0);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_failing_tool_tells_its_last_words_to_the_log_only() {
        let tools = Tools::find().expect("ffmpeg is installed");
        let mut command = tools.ffmpeg();
        add_input(&mut command, Some("wav"), Path::new("/nowhere/at/all.wav"));
        command.args(["-f", "null", "-"]);
        let error = run("ffmpeg", command).await.expect_err("no such file");
        assert_eq!(error.to_string(), "ffmpeg failed");
        assert!(error.log().contains("all.wav"), "{}", error.log());
    }

    #[tokio::test]
    async fn a_network_address_is_not_opened() {
        let tools = Tools::find().expect("ffmpeg is installed");
        let mut command = tools.ffmpeg();
        command.args(["-protocol_whitelist", "file,pipe", "-i", "http://127.0.0.1:9/x.mp4", "-f", "null", "-"]);
        let error = run("ffmpeg", command).await.expect_err("refused");
        assert!(error.log().contains("not on whitelist"), "{}", error.log());
    }
}
