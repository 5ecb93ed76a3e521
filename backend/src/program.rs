//! The program: what the binary does with its arguments. parse → config → app → serve.

use std::{
    ffi::OsStr,
    io::{self, IsTerminal, Write},
    process::ExitCode,
    time::{Duration, Instant},
};

use engines::espeak;
use nix::sys::signal::{self as posix, SigHandler};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::{
    api::openapi,
    app::{StartError, Studio},
    config::Config,
};

/// How long the end waits for what still blocks a thread: a try to reach a database that is away, mostly.
const LET_GO: Duration = Duration::from_secs(1);
/// The same where the studio runs its own database: one that was being made or started is stopped again meanwhile.
const LET_GO_OF_PRIVATE: Duration = Duration::from_secs(20);

/// Runs the server, or one of the other things that the binary is.
pub fn main() -> ExitCode {
    // What the program is besides a server; none of it is for people.
    match std::env::args_os().nth(1).as_deref().and_then(OsStr::to_str) {
        Some(espeak::SUBCOMMAND) => return espeak::worker_main(),
        Some("openapi") => return print(openapi::published()),
        Some("openapi-3.0") => return print(openapi::published_in_3_0()),
        _ => {}
    }
    let config = Config::read();
    let filter = match EnvFilter::try_new(&config.log) {
        Ok(filter) => filter,
        Err(error) => return fail(&format!("--log: {error}").into()),
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        // Colours are for people, not for files.
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        // They would be told where the log is written, which panics where its terminal is gone.
        .log_internal_errors(false)
        .init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    let let_go = if config.database_url.is_some() { LET_GO } else { LET_GO_OF_PRIVATE };
    let ended = runtime.block_on(serve(config));
    // Dropped, it would wait for every thread that blocks, and a start waits a minute for its database.
    runtime.shutdown_timeout(let_go);
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

async fn serve(config: Config) -> Result<(), StartError> {
    let started = Instant::now();
    let mut stop = Stop::listen()?;
    let mut studio = tokio::select! {
        studio = Studio::start(config) => studio?,
        () = stop.asked() => return Ok(()),
    };
    println!("AI Studio is at {} (started in {:.1} s; stop it with Ctrl-C)", studio.url(), started.elapsed().as_secs_f64());
    io::stdout().flush()?;
    tokio::select! {
        () = stop.asked() => {}
        ended = studio.ended() => ended?,
    }
    tracing::info!("stopping");
    studio.stop().await;
    Ok(())
}

/// Whoever may ask the server to stop: Ctrl-C, what runs it as a service, a terminal that is closed.
struct Stop {
    interrupt: Signal,
    terminate: Signal,
    hangup: Option<Signal>,
}

impl Stop {
    fn listen() -> io::Result<Self> {
        let hangup = if hangup_is_ignored()? { None } else { Some(signal(SignalKind::hangup())?) };
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())?, hangup })
    }

    /// Waits until one of them does.
    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            Some(()) = async { self.hangup.as_mut()?.recv().await } => {}
        }
    }
}

/// Whether the program was started to outlive its terminal, as `nohup` does. Leaves hang-ups ignored.
#[expect(unsafe_code, reason = "how a signal is handled is only told to whoever sets it")]
fn hangup_is_ignored() -> io::Result<bool> {
    // SAFETY: no handler is installed, and none was: the program has only begun.
    let before = unsafe { posix::signal(posix::Signal::SIGHUP, SigHandler::SigIgn) }?;
    Ok(matches!(before, SigHandler::SigIgn))
}

fn print(document: &serde_json::Value) -> ExitCode {
    match openapi::to_text(document) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error.to_string().into()),
    }
}

fn fail(error: &StartError) -> ExitCode {
    eprintln!("ai-studio: {error}");
    ExitCode::FAILURE
}
