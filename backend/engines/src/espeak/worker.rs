//! The worker: a process of its own in which espeak-ng's library speaks one text and leaves. Both ends of it are here:
//! what the process does, and how the server calls it.
//!
//! A process of its own, because the library has one global state (two texts at once would mix), because a crash in it
//! must not be the server's, and because a process can be stopped at any moment: who drops the call, kills it.
//!
//! It reads one [`Request`] as JSON from its standard input to the end, and writes to its standard output the line
//! [`GREETING`], an [`Answer`] as one line of JSON and, after a synthesis, its samples (16 bits, little-endian).
//! What stands before the greeting is not ours (a loader's or a library's chatter) and is passed over.

use std::{
    ffi::OsString,
    io::{Read, Write},
    path::PathBuf,
    process::{ExitCode, Stdio},
};

use serde::{Deserialize, Serialize};
use tokio::{io::AsyncWriteExt, process::Command};

use super::{library::Espeak, sound::MAX_SECONDS, voices::ListedVoice};

/// The hidden subcommand by which the server's program becomes the worker.
pub const SUBCOMMAND: &str = "espeak-worker";

/// The process: answers the request on its standard input. The server's `main` calls it for [`SUBCOMMAND`] before
/// anything else starts.
pub fn worker_main() -> ExitCode {
    let mut request = String::new();
    if let Err(error) = std::io::stdin().take(MAX_REQUEST).read_to_string(&mut request) {
        eprintln!("{SUBCOMMAND}: {error}");
        return ExitCode::FAILURE;
    }
    let (answer, samples) = match serde_json::from_str(&request) {
        Ok(request) => answer(request),
        Err(error) => (Answer::Error(WorkerError::Failed(format!("not a request: {error}"))), Vec::new()),
    };
    match write_answer(&answer, &samples) {
        Ok(()) => ExitCode::SUCCESS,
        // The server has stopped listening; there is nobody left to tell.
        Err(_) => ExitCode::FAILURE,
    }
}

/// How the worker is started.
#[derive(Clone, Debug)]
pub struct WorkerCommand {
    /// The program: the server's own.
    pub program: PathBuf,
    /// Its arguments: [`SUBCOMMAND`].
    pub args: Vec<OsString>,
}

impl WorkerCommand {
    /// The running program with [`SUBCOMMAND`].
    ///
    /// # Errors
    /// Where the system does not tell which file the program was started from.
    pub fn of_this_program() -> std::io::Result<Self> {
        // On Linux by the running program itself, not by its name: a new version put in its place while the server
        // runs may speak another protocol.
        let itself = PathBuf::from("/proc/self/exe");
        let program = if itself.exists() { itself } else { std::env::current_exe()? };
        Ok(Self { program, args: vec![SUBCOMMAND.into()] })
    }

    /// The library's version and its voices.
    pub(super) async fn voices(&self) -> Result<(String, Vec<ListedVoice>), WorkerError> {
        match self.ask(&Request::Voices).await?.0 {
            Answer::Voices { version, voices } => Ok((version, voices)),
            _ => Err(WorkerError::Failed("the worker answered another question".into())),
        }
    }

    /// A text spoken. Dropping the future kills the process.
    pub(super) async fn speak(&self, text: &str, voice: &str, rate: i32, gap: i32) -> Result<Synthesis, WorkerError> {
        let request = Request::Speak { text: text.to_owned(), voice: voice.to_owned(), rate, gap };
        match self.ask(&request).await? {
            (Answer::Spoken { sample_rate, timings }, samples) => {
                Ok(Synthesis { sample_rate, samples: from_bytes(&samples), timings: Some(timings) })
            }
            _ => Err(WorkerError::Failed("the worker answered another question".into())),
        }
    }

    async fn ask(&self, request: &Request) -> Result<(Answer, Vec<u8>), WorkerError> {
        let request = serde_json::to_vec(request).map_err(|error| WorkerError::Failed(error.to_string()))?;
        let mut command = Command::new(&self.program);
        command.args(&self.args);
        let output = run(command, &request).await?;
        let ended = how_it_ended(&output);
        let Some(start) = find(&output.stdout, GREETING.as_bytes()) else {
            return Err(WorkerError::Failed(format!("the worker said nothing ({ended})")));
        };
        let mut answer = output.stdout;
        answer.drain(..start + GREETING.len());
        let line = find(&answer, b"\n").unwrap_or(answer.len());
        match serde_json::from_slice(&answer[..line]) {
            Ok(Answer::Error(error)) => Err(error),
            Ok(parsed) if output.status.success() => {
                answer.drain(..(line + 1).min(answer.len()));
                Ok((parsed, answer))
            }
            _ => Err(WorkerError::Failed(format!("the worker's answer broke off ({ended})"))),
        }
    }
}

/// Sound, as espeak-ng made it, and when it said what.
#[derive(Debug)]
pub struct Synthesis {
    /// In hertz.
    pub sample_rate: u32,
    /// One channel.
    pub samples: Vec<i16>,
    /// None where only the program was there to ask.
    pub timings: Option<Timings>,
}

/// When espeak-ng said what, in milliseconds from the first sample.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Timings {
    /// (character of the text, time) where a word begins. One word of the text may begin several times (`1863`), and
    /// several words may share one beginning (`of the`).
    pub words: Vec<(u32, u32)>,
    /// (from, to) of each pause; a last one without an end goes to `u32::MAX`.
    pub pauses: Vec<(u32, u32)>,
}

/// What can go wrong in the worker.
#[derive(Debug, Serialize, Deserialize, thiserror::Error)]
pub enum WorkerError {
    /// The library, or its data, is not there.
    #[error("espeak-ng cannot be loaded: {0}")]
    Library(String),
    /// The voice's file is not there (any more).
    #[error("espeak-ng has no such voice")]
    UnknownVoice,
    /// It would be longer than [`MAX_SECONDS`].
    #[error("the narration would be longer than {} minutes", MAX_SECONDS / 60)]
    TooLong,
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

/// Runs a command with `input` on its standard input, to its end. Dropping the future kills the process.
pub(super) async fn run(mut command: Command, input: &[u8]) -> Result<std::process::Output, WorkerError> {
    // The library looks for a sound server although it writes no sound to one, and would leave folders in the user's
    // home and among the temporary files.
    command.env("PULSE_SERVER", "unix:/dev/null").env("PULSE_RUNTIME_PATH", "/dev/null");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let failed = |error: std::io::Error| WorkerError::Failed(format!("espeak-ng could not be started: {error}"));
    let mut child = command.spawn().map_err(failed)?;
    let stdin = child.stdin.take();
    let write = async {
        if let Some(mut stdin) = stdin {
            // One that leaves before it has read everything shows it in its answer and its status.
            let _ = stdin.write_all(input).await;
            let _ = stdin.shutdown().await;
        }
    };
    let ((), output) = tokio::join!(write, child.wait_with_output());
    output.map_err(failed)
}

/// How a process ended, for the log: its status and the last line that it complained with.
pub(super) fn how_it_ended(output: &std::process::Output) -> String {
    let complaint = String::from_utf8_lossy(&output.stderr);
    match complaint.lines().map(str::trim).rfind(|line| !line.is_empty()) {
        Some(line) => format!("{}: {line}", output.status),
        None => output.status.to_string(),
    }
}

/// Samples of 16 bits, little-endian.
pub(super) fn from_bytes(bytes: &[u8]) -> Vec<i16> {
    bytes.as_chunks().0.iter().map(|&sample| i16::from_le_bytes(sample)).collect()
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Request {
    Voices,
    Speak { text: String, voice: String, rate: i32, gap: i32 },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Voices { version: String, voices: Vec<ListedVoice> },
    Spoken { sample_rate: u32, timings: Timings },
    Error(WorkerError),
}

/// The worker's first own line. Its number changes with the protocol.
const GREETING: &str = "ai-studio espeak-worker 1\n";

/// Far more than a narration of the greatest length, in bytes.
const MAX_REQUEST: u64 = 1 << 20;

fn answer(request: Request) -> (Answer, Vec<i16>) {
    let answered = Espeak::load().and_then(|espeak| match request {
        Request::Voices => Ok((Answer::Voices { version: espeak.version(), voices: espeak.voices() }, Vec::new())),
        Request::Speak { text, voice, rate, gap } => {
            let Synthesis { sample_rate, samples, timings } = espeak.speak(&text, &voice, rate, gap)?;
            Ok((Answer::Spoken { sample_rate, timings: timings.unwrap_or_default() }, samples))
        }
    });
    answered.unwrap_or_else(|error| (Answer::Error(error), Vec::new()))
}

fn write_answer(answer: &Answer, samples: &[i16]) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    out.write_all(GREETING.as_bytes())?;
    serde_json::to_writer(&mut out, answer)?;
    out.write_all(b"\n")?;
    for sample in samples {
        out.write_all(&sample.to_le_bytes())?;
    }
    out.flush()
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
