//! The built-in voice: espeak-ng, from the machine's own packages, with no key and no network.
//!
//! Its library is asked in a process of its own (`worker.rs`), because only the library tells when each word is spoken;
//! where that cannot be, the `espeak-ng` program speaks without telling. Not here: records, jobs and the film's sound.

mod library;
mod numerals;
mod pace;
mod program;
mod readings;
mod sound;
mod speakable;
mod vocabulary;
mod voices;
mod voicing;
mod words;
mod worker;

#[cfg(test)]
mod tests;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use shared::audio::Word;

use crate::media::programs;

use self::{
    speakable::Speakable,
    worker::{Synthesis, WorkerError},
};
pub use self::{
    voices::EspeakVoice,
    words::divide as words_of,
    worker::{SUBCOMMAND, WorkerCommand, worker_main},
};

/// espeak-ng, as it was found on this machine.
#[derive(Clone, Debug)]
pub struct Engine {
    source: Source,
    version: String,
    voices: Vec<EspeakVoice>,
}

/// Whom to ask.
#[derive(Clone, Debug)]
enum Source {
    /// A process with the library: sound and times.
    Worker(WorkerCommand),
    /// The program: sound only.
    Program(PathBuf),
}

/// A narration.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    /// Its length.
    pub duration_seconds: f64,
    /// When each word is spoken; None where only the program was there to ask.
    pub words: Option<Vec<Word>>,
}

impl Engine {
    /// Looks for espeak-ng: the library by the running program's own worker, then the program.
    ///
    /// The running program must be the server, whose `main` hands [`SUBCOMMAND`] to [`worker_main`]. Takes some
    /// 50 ms.
    ///
    /// # Errors
    /// Where neither is there.
    pub async fn find() -> Result<Self, NotInstalled> {
        match WorkerCommand::of_this_program() {
            Ok(worker) => Self::with_worker(worker).await,
            Err(error) => Self::with_program(format!("this program does not find itself: {error}")).await,
        }
    }

    /// As [`Engine::find`], with another program as the worker.
    ///
    /// # Errors
    /// As there.
    pub async fn with_worker(worker: WorkerCommand) -> Result<Self, NotInstalled> {
        match within(FIND_LIMIT, worker.voices()).await {
            Ok((version, listed)) if !listed.is_empty() => {
                Ok(Self { source: Source::Worker(worker), version, voices: voices::voices(listed) })
            }
            Ok(_) => Self::with_program("espeak-ng's library has no voices".into()).await,
            Err(error) => Self::with_program(error.to_string()).await,
        }
    }

    async fn with_program(no_library: String) -> Result<Self, NotInstalled> {
        let Some(program) = program::find() else { return Err(NotInstalled { reason: no_library }) };
        match within(FIND_LIMIT, program::voices(&program)).await {
            Ok((version, listed)) if !listed.is_empty() => {
                tracing::warn!(reason = no_library, "espeak-ng's library does not answer: narrations have no word times");
                Ok(Self { source: Source::Program(program), version, voices: voices::voices(listed) })
            }
            Ok(_) => Err(NotInstalled { reason: format!("{no_library}; and the program has no voices") }),
            Err(error) => Err(NotInstalled { reason: format!("{no_library}; and {error}") }),
        }
    }

    /// espeak-ng's version: `1.51`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether it tells when each word is spoken.
    pub fn tells_times(&self) -> bool {
        matches!(self.source, Source::Worker(_))
    }

    /// Its voices, by name.
    pub fn voices(&self) -> &[EspeakVoice] {
        &self.voices
    }

    /// The voice for a language (BCP 47: `en`, `zh`, `pt-BR`); None where it speaks no such language.
    pub fn voice_for(&self, language: &str) -> Option<&EspeakVoice> {
        voices::voice_for(&self.voices, language)
    }

    /// Speaks `text` into the file `out`: WAV, one channel of 16 bits at espeak-ng's own rate (22,050 Hz).
    ///
    /// `voice` is the id of one of [`Engine::voices`]; `speed` is 1 for a narrator's pace, from 0.5 to 2 (beyond is
    /// cut off). Whatever stands in the text is plain text: no markup, no phoneme codes. Dropping the future stops the
    /// work at once; the file may then be there in part, or not at all.
    ///
    /// # Errors
    /// See [`SpeakError`]. Any number of calls may go on at a time: each is a process.
    pub async fn speak(&self, text: &str, voice: &str, speed: f64, out: &Path) -> Result<Spoken, SpeakError> {
        let voice =
            self.voices.iter().find(|known| known.id == voice).ok_or_else(|| SpeakError::UnknownVoice { voice: voice.to_owned() })?;
        let spoken = Speakable::new(text, &voice.language);
        if !spoken.says_something() {
            return Err(SpeakError::NothingToSay);
        }
        let limit = BASE_LIMIT + LIMIT_PER_BYTE * u32::try_from(text.len()).unwrap_or(u32::MAX);
        let Synthesis { sample_rate, samples, timings } = within(limit, self.synthesize(&spoken.text, voice, speed)).await?;

        let length = sound::as_f64(samples.len()) / f64::from(sample_rate);
        // 30 MB for the longest narration: not on a thread that others wait for.
        let finished = tokio::task::spawn_blocking(move || sound::finish(&samples, sample_rate));
        let finished = finished.await.map_err(|error| SpeakError::Engine(error.to_string()))?;
        let finished = finished.map_err(|error| SpeakError::Engine(error.to_string()))?.ok_or(SpeakError::NothingToSay)?;
        tokio::fs::write(out, &finished.wav).await.map_err(SpeakError::File)?;

        let moved = |at: f64| ((at + finished.shift).clamp(0.0, finished.duration) * 1000.0).round() / 1000.0;
        let words = timings.map(|timings| {
            let mut words = words::timed(text, &spoken, &timings, length);
            for word in &mut words {
                word.start_seconds = moved(word.start_seconds);
                word.end_seconds = moved(word.end_seconds);
            }
            words
        });
        Ok(Spoken { duration_seconds: finished.duration, words })
    }

    async fn synthesize(&self, text: &str, voice: &EspeakVoice, speed: f64) -> Result<Synthesis, WorkerError> {
        let pace::Pace { rate, gap } = pace::pace(&voice.id, speed);
        match &self.source {
            Source::Worker(worker) => worker.speak(text, &voice.file, rate, gap).await,
            Source::Program(program) => program::speak(program, text, &voice.file, rate, gap).await,
        }
    }
}

/// How long looking for espeak-ng may take.
const FIND_LIMIT: Duration = Duration::from_secs(10);

/// How long speaking may take. espeak-ng needs 4 s of a core for an hour of sound, so this is for a machine in great trouble.
const BASE_LIMIT: Duration = Duration::from_secs(30);
const LIMIT_PER_BYTE: Duration = Duration::from_millis(10);

/// espeak-ng is not on this machine.
#[derive(Clone, Debug, thiserror::Error)]
#[error("eSpeak NG is not installed; install it with: {}", programs::install("espeak-ng"))]
pub struct NotInstalled {
    /// What was tried, for the log.
    pub reason: String,
}

/// Why a text was not spoken.
#[derive(Debug, thiserror::Error)]
pub enum SpeakError {
    /// No such voice, or not any more.
    #[error("eSpeak NG has no voice `{voice}`: see the list of voices")]
    UnknownVoice {
        /// The voice that was asked for.
        voice: String,
    },
    /// The text has no word that the voice could say: punctuation or emoji only.
    #[error("there is nothing to say: the text has no words that this voice can speak")]
    NothingToSay,
    /// It would be longer than an hour: as a rule a text in a script that the voice does not know, and spells out.
    #[error("the narration would be longer than {minutes} minutes: shorten the text, or choose a voice of its language")]
    TooLong {
        /// The most.
        minutes: usize,
    },
    /// It took too long, and was stopped.
    #[error("eSpeak NG did not finish within {seconds} seconds")]
    TimedOut {
        /// How long it was waited for.
        seconds: u64,
    },
    /// espeak-ng failed, or is gone since the server started.
    #[error("eSpeak NG failed: {0}")]
    Engine(String),
    /// The file could not be written.
    #[error("the narration could not be written: {0}")]
    File(std::io::Error),
}

/// Waits for `work`, and stops it when its time is over.
async fn within<T>(limit: Duration, work: impl Future<Output = Result<T, WorkerError>>) -> Result<T, SpeakError> {
    match tokio::time::timeout(limit, work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(SpeakError::TimedOut { seconds: limit.as_secs() }),
    }
}

impl From<WorkerError> for SpeakError {
    fn from(error: WorkerError) -> Self {
        match error {
            WorkerError::TooLong => Self::TooLong { minutes: sound::MAX_SECONDS / 60 },
            error => Self::Engine(error.to_string()),
        }
    }
}
