//! The program: what the binary does with its arguments. parse → config → app → serve.

use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
    time::Instant,
};

use clap::Parser;
use engines::espeak;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::{
    api::openapi,
    app::{StartError, Studio},
    config::{Config, Environment},
};

/// Runs the server, or one of the other things that the binary is.
pub fn main() -> ExitCode {
    // What the program is besides a server; none of it is for people.
    match std::env::args().nth(1).as_deref() {
        Some(espeak::SUBCOMMAND) => return espeak::worker_main(),
        Some("openapi") => return print(openapi::published()),
        Some("openapi-3.0") => return print(openapi::published_in_3_0()),
        _ => {}
    }
    let config = Config { environment: Environment::read(), ..Config::parse() };
    let filter = match EnvFilter::try_new(&config.log) {
        Ok(filter) => filter,
        Err(error) => return fail(&format!("--log: {error}").into()),
    };
    // Colours are for people, not for files.
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    match runtime.block_on(serve(config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

async fn serve(config: Config) -> Result<(), StartError> {
    let started = Instant::now();
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut studio = tokio::select! {
        studio = Studio::start(config) => studio?,
        _ = interrupt.recv() => return Ok(()),
        _ = terminate.recv() => return Ok(()),
    };
    println!("AI Studio is at {} (started in {:.1} s; stop it with Ctrl-C)", studio.url(), started.elapsed().as_secs_f64());
    std::io::stdout().flush()?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        ended = studio.ended() => ended?,
    }
    tracing::info!("stopping");
    studio.stop().await;
    Ok(())
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
