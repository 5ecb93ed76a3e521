//! Stand-ins, where the outside world begins: providers that fail, wait or panic when a test wants them to.

mod film;
mod server;
mod writer;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Instant,
};

use async_trait::async_trait;
use shared::{audio::Voice, provider::ProviderKind};
use studio::providers::{
    About, Access, Call, Kind, Provider, ProviderError, ProviderResult, Providers, Remote, Usage,
    speech::{Speech, SpeechProvider, SpeechRequest},
};
use tokio::sync::Semaphore;

use crate::eventually;

pub use film::{LongFilm, Reply};
pub use server::Servers;
pub use writer::Rewriter;

/// The environment variable of every stand-in's key: with one, its calls cost money.
pub const KEY_VARIABLE: &str = "STAND_IN_API_KEY";

/// What a stand-in does when it is asked to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Fails that often in a way that passes, then speaks.
    FailFirst(u32),
    /// Answers two of three calls with "too many requests".
    TwoInThreeTooMany,
    /// Wants to be left alone for an hour.
    Later,
    /// Fails in a way that does not pass.
    Refuse,
    /// Panics.
    Panic,
    /// Waits until the test lets it go on.
    Wait,
    /// Answers with something that is no sound.
    Rubbish,
}

/// How a stand-in says what a call cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bill {
    /// A cent, in dollars.
    Reported,
    /// The characters that it spoke; a price list has to say what they cost.
    ByCharacters,
}

/// A voice that behaves as it is told.
pub struct StandIn {
    about: About,
    manner: Manner,
    bill: Bill,
    began: Mutex<Vec<Instant>>,
    calls: AtomicU32,
    running: AtomicU32,
    most_at_once: AtomicU32,
    gate: Semaphore,
}

impl StandIn {
    /// One of that manner, with the id `stand-in`.
    pub fn new(manner: Manner) -> Arc<Self> {
        Self::billing(manner, Bill::Reported)
    }

    /// As [`StandIn::new`], with another bill.
    pub fn billing(manner: Manner, bill: Bill) -> Arc<Self> {
        Arc::new(Self::make(manner, bill))
    }

    /// As [`StandIn::new`], as one of the providers that cost nothing.
    pub fn built_in(manner: Manner) -> Arc<Self> {
        let stand_in = Self::make(manner, Bill::ByCharacters);
        Arc::new(Self { about: About { built_in: true, remote: None, ..stand_in.about.clone() }, ..stand_in })
    }

    fn make(manner: Manner, bill: Bill) -> Self {
        let about = About {
            id: "stand-in",
            name: "Stand-in",
            kind: ProviderKind::Speech,
            built_in: false,
            remote: Some(remote()),
            models: Vec::new(),
            options: Vec::new(),
            notes: None,
            at_once: 2,
            a_minute: None,
            draws_cards: false,
            missing: None,
        };
        Self {
            about,
            manner,
            bill,
            began: Mutex::new(Vec::new()),
            calls: AtomicU32::new(0),
            running: AtomicU32::new(0),
            most_at_once: AtomicU32::new(0),
            gate: Semaphore::new(0),
        }
    }

    /// Puts it among the providers.
    pub fn among(self: &Arc<Self>) -> impl FnOnce(Providers) -> Providers + use<> {
        let stand_in = Arc::clone(self);
        move |mut providers| {
            providers.speech.push(stand_in);
            providers
        }
    }

    /// How often it was asked to speak.
    pub fn calls(&self) -> u32 {
        self.calls.load(Ordering::SeqCst)
    }

    /// When each call began.
    pub fn began(&self) -> Vec<Instant> {
        self.began.lock().expect("not poisoned").clone()
    }

    /// How many calls are going on.
    pub fn running(&self) -> u32 {
        self.running.load(Ordering::SeqCst)
    }

    /// How many calls were going on when it was most.
    pub fn most_at_once(&self) -> u32 {
        self.most_at_once.load(Ordering::SeqCst)
    }

    /// Lets that many waiting calls go on.
    pub fn let_go(&self, calls: usize) {
        self.gate.add_permits(calls);
    }

    /// Waits until that many calls are going on.
    pub async fn until_running(&self, calls: u32) {
        eventually(format!("{calls} calls are going on"), async || self.running() == calls).await;
    }

    /// Waits until it was asked to speak that often.
    pub async fn until_calls(&self, calls: u32) {
        eventually(format!("it is asked to speak {calls} times"), async || self.calls() >= calls).await;
    }

    fn error(&self, kind: Kind, message: &str) -> ProviderError {
        ProviderError::new(self.about.id, kind, message)
    }
}

/// How a stand-in says that it is reached: nowhere, since it answers by itself.
fn remote() -> Remote {
    Remote { base_url: Some("http://127.0.0.1:9"), base_url_variable: "STAND_IN_BASE_URL", key_variable: KEY_VARIABLE, key_optional: true }
}

/// Counts a call for as long as it goes on: one that is dropped too.
struct Running<'a>(&'a AtomicU32);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Provider for StandIn {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, _call: &Call<'_>) -> ProviderResult<()> {
        assert!(self.manner != Manner::Panic, "the stand-in panics");
        Err(self.error(Kind::Auth, "The stand-in refuses to be tested."))
    }
}

#[async_trait]
impl SpeechProvider for StandIn {
    async fn voices(&self, _access: &Access) -> ProviderResult<Vec<Voice>> {
        Ok(vec![Voice {
            id: "one".to_owned(),
            name: "One".to_owned(),
            provider: "stand-in".to_owned(),
            language: "mul".to_owned(),
            gender: None,
            preview_url: None,
        }])
    }

    fn voice_for(&self, _language: &str, _voices: &[Voice]) -> Option<String> {
        Some("one".to_owned())
    }

    async fn speak(&self, request: &SpeechRequest, call: &Call<'_>) -> ProviderResult<Speech> {
        let before = self.calls.fetch_add(1, Ordering::SeqCst);
        self.began.lock().expect("not poisoned").push(Instant::now());
        let others = self.running.fetch_add(1, Ordering::SeqCst);
        self.most_at_once.fetch_max(others + 1, Ordering::SeqCst);
        let _running = Running(&self.running);
        let file = call.workdir.join("speech.wav");
        match self.manner {
            Manner::FailFirst(times) if before < times => {
                let mut error = self.error(Kind::Unavailable, "The stand-in is away for a moment.");
                error.retry_after = Some(std::time::Duration::from_millis(50));
                return Err(error);
            }
            Manner::FailFirst(_) => {}
            Manner::TwoInThreeTooMany if before % 3 != 2 => {
                let error = self.error(Kind::RateLimited, "The stand-in has too much to do.");
                return Err(error.retry_after(std::time::Duration::from_millis(20)));
            }
            Manner::TwoInThreeTooMany => {}
            Manner::Later => {
                let error = self.error(Kind::RateLimited, "The stand-in is asleep.");
                return Err(error.retry_after(std::time::Duration::from_secs(3600)));
            }
            Manner::Refuse => return Err(self.error(Kind::Rejected, "The stand-in does not say that.")),
            Manner::Panic => panic!("the stand-in panics"),
            Manner::Wait => {
                call.progress.set(0.5);
                self.gate.acquire().await.expect("the gate is never closed").forget();
            }
            Manner::Rubbish => {
                tokio::fs::write(&file, "<html>not a sound</html>").await.expect("it is written");
                return Ok(Speech { file, words: None, usage: Usage::default() });
            }
        }
        tokio::fs::write(&file, silence(0.5)).await.expect("it is written");
        let usage = match self.bill {
            Bill::Reported => Usage { reported_usd: Some(0.01), ..Usage::default() },
            Bill::ByCharacters => Usage { characters: Some(request.text.chars().count() as u64), ..Usage::default() },
        };
        Ok(Speech { file, words: None, usage })
    }
}

/// A WAV file of a low tone that lasts that long: 16-bit, mono, 8 kHz.
pub fn silence(seconds: f64) -> Vec<u8> {
    let samples = (seconds * 8000.0) as u32;
    let length = samples * 2;
    let mut wav = Vec::new();
    wav.extend_from_slice(b"RIFF");
    wav.extend_from_slice(&(36 + length).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend_from_slice(&8000_u32.to_le_bytes());
    wav.extend_from_slice(&16_000_u32.to_le_bytes());
    wav.extend_from_slice(b"\x02\0\x10\0data");
    wav.extend_from_slice(&length.to_le_bytes());
    for sample in 0..samples {
        let tone = (f64::from(sample) * 0.17).sin() * 6000.0;
        wav.extend_from_slice(&(tone as i16).to_le_bytes());
    }
    wav
}
