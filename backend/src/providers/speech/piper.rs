//! `piper`: neural voices on this machine, where the program and voices for it are found.
//!
//! The program is Piper's own (<https://github.com/OHF-Voice/piper1-gpl>, `pip install piper-tts`, or the older one of
//! <https://github.com/rhasspy/piper>: what is used here, both take). A voice is a model, `en_US-lessac-medium.onnx`, with
//! its description beside it, `en_US-lessac-medium.onnx.json`; they are looked for each time that voices are listed, so a
//! new one needs no restart. Piper tells no word times: they are found in the sound.

use std::{
    collections::{BTreeMap, HashSet},
    ops::RangeInclusive,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use engines::media::programs;
use futures_util::{FutureExt, future::BoxFuture};
use serde::Deserialize;
use shared::{audio::Voice, provider::ProviderKind};
use tokio::{io::AsyncWriteExt, process::Command};

use super::{Speech, SpeechProvider, SpeechRequest};
use crate::providers::{About, Access, Call, Kind, Machine, Provider, ProviderError, ProviderResult, Usage};

const ID: &str = "piper";
/// Between two sentences, in seconds; by itself it makes none.
const PAUSE: &str = "0.3";
/// How long it may take to begin, and for each byte of the text: on a slow machine it speaks about as fast as it is heard.
const BASE_LIMIT: Duration = Duration::from_secs(60);
const LIMIT_PER_BYTE: Duration = Duration::from_millis(300);

/// Where Piper may be on this machine.
#[derive(Clone, Debug, Default)]
pub struct PiperPlace {
    /// The program; looked for on the search path where left out.
    pub program: Option<PathBuf>,
    /// The folder of its voices.
    pub voices: PathBuf,
}

struct Piper {
    about: About,
    program: Option<PathBuf>,
    voices: PathBuf,
    /// What is wrong with voices, as far as the log has it: they are looked at often.
    told: Mutex<HashSet<String>>,
}

/// What stands beside a voice's model.
#[derive(Deserialize)]
struct Description {
    #[serde(default)]
    language: Language,
    #[serde(default)]
    speaker_id_map: BTreeMap<String, u32>,
}

#[derive(Default, Deserialize)]
struct Language {
    /// `en_US`.
    #[serde(default)]
    code: String,
}

/// Makes it; it looks for the program.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn SpeechProvider>> {
    let PiperPlace { program, voices } = machine.piper.clone();
    let program = programs::find(program.unwrap_or_else(|| "piper".into()));
    let missing = program.is_none().then(|| "Piper is not installed; install it with: pip install piper-tts.".to_owned());
    let provider: Arc<dyn SpeechProvider> = Arc::new(Piper { about: about(missing), program, voices, told: Mutex::default() });
    std::future::ready(provider).boxed()
}

fn about(missing: Option<String>) -> About {
    About {
        id: ID,
        name: "Piper",
        kind: ProviderKind::Speech,
        built_in: true,
        remote: None,
        models: Vec::new(),
        options: Vec::new(),
        notes: Some("Neural voices of your own, on this machine.".to_owned()),
        // Each call loads its model and uses every core.
        at_once: 1,
        a_minute: None,
        draws_cards: false,
        missing,
    }
}

impl Piper {
    /// The models that there are, one at least, as [`Piper::installed`].
    async fn known(&self) -> ProviderResult<Vec<(String, Description)>> {
        let installed = self.installed().await;
        if installed.is_empty() { Err(self.no_voices()) } else { Ok(installed) }
    }

    fn no_voices(&self) -> ProviderError {
        let place = self.voices.display();
        let message = format!("Piper has no voices; put one (its .onnx file, and the .onnx.json beside it) into {place}.");
        ProviderError::new(ID, Kind::NotConfigured, message)
    }

    /// The models that are there, with what is said of them, by name.
    async fn installed(&self) -> Vec<(String, Description)> {
        let Ok(mut folder) = tokio::fs::read_dir(&self.voices).await else { return Vec::new() };
        let mut found = Vec::new();
        while let Ok(Some(entry)) = folder.next_entry().await {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(name) = name.strip_suffix(".onnx") else { continue };
            match tokio::fs::read(self.voices.join(format!("{name}.onnx.json"))).await.map(|json| serde_json::from_slice(&json)) {
                Ok(Ok(description)) => found.push((name.to_owned(), description)),
                Ok(Err(error)) => self.warn_once(format!("the description of the Piper voice {name} cannot be read: {error}")),
                Err(error) => self.warn_once(format!("the Piper voice {name} has no description that can be read: {error}")),
            }
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        found
    }

    fn warn_once(&self, fault: String) {
        if self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(fault.clone()) {
            tracing::warn!("{fault}");
        }
    }

    /// The voice's model, and the number of its speaker where it has several.
    async fn find(&self, voice: &str) -> ProviderResult<(PathBuf, Option<u32>)> {
        let (name, speaker) = voice.split_once(':').map_or((voice, None), |(name, speaker)| (name, Some(speaker)));
        let installed = self.known().await?;
        // By comparing names, and not by making a path of what was asked for.
        let known = installed.iter().find(|(known, _)| known == name);
        let number = known.map(|(_, said)| speaker.map(|speaker| said.speaker_id_map.get(speaker).copied()));
        match number {
            Some(None) => Ok((self.voices.join(format!("{name}.onnx")), None)),
            Some(Some(Some(number))) => Ok((self.voices.join(format!("{name}.onnx")), Some(number))),
            _ => Err(ProviderError::new(ID, Kind::Rejected, format!("Piper has no voice {voice} any more; choose another."))),
        }
    }

    async fn say(&self, text: &str, voice: &str, speed: f64, to: &Path) -> ProviderResult<()> {
        let Some(program) = &self.program else {
            return Err(ProviderError::new(ID, Kind::NotConfigured, "Piper is not installed."));
        };
        let (model, speaker) = self.find(voice).await?;
        let mut command = Command::new(program);
        command.arg("--model").arg(model).arg("--output_file").arg(to);
        command.args(["--sentence_silence", PAUSE, "--length_scale", &format!("{:.4}", 1.0 / speed)]);
        if let Some(speaker) = speaker {
            command.args(["--speaker", &speaker.to_string()]);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| failed(&error.to_string()))?;
        // What stands in double brackets it takes for phonemes.
        let line = one_line(text).replace("[[", "[ [");
        let stdin = child.stdin.take();
        let told = async move {
            if let Some(mut stdin) = stdin {
                // A program that ends early says why itself.
                let _ = stdin.write_all(format!("{line}\n").as_bytes()).await;
            }
        };
        let limit = BASE_LIMIT + LIMIT_PER_BYTE * u32::try_from(text.len()).unwrap_or(u32::MAX);
        let ended = tokio::time::timeout(limit, async { tokio::join!(told, child.wait_with_output()).1 }).await;
        let output = match ended {
            Ok(output) => output.map_err(|error| failed(&error.to_string()))?,
            Err(_) => return Err(ProviderError::new(ID, Kind::Timeout, format!("Piper did not speak within {} s.", limit.as_secs()))),
        };
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(failed(said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it says nothing")));
        }
        Ok(())
    }
}

/// It speaks line by line, each to the same file: all is one line. A title that is set apart is a sentence of its own.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for words in text.lines().map(|words| words.split_whitespace().collect::<Vec<_>>().join(" ")) {
        if words.is_empty() {
            if line.ends_with(char::is_alphanumeric) {
                line.push('.');
            }
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&words);
    }
    line
}

fn failed(why: &str) -> ProviderError {
    ProviderError::new(ID, Kind::Unavailable, format!("Piper could not speak: {}.", why.trim().trim_end_matches('.')))
}

#[async_trait]
impl Provider for Piper {
    fn about(&self) -> &About {
        &self.about
    }

    async fn lacks(&self) -> Option<String> {
        self.known().await.err().map(|error| error.message)
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        let (voice, _) = self.installed().await.into_iter().next().ok_or_else(|| self.no_voices())?;
        self.say("Test.", &voice, 1.0, &call.workdir.join("test.wav")).await
    }
}

#[async_trait]
impl SpeechProvider for Piper {
    async fn voices(&self, _access: &Access) -> ProviderResult<Vec<Voice>> {
        let mut voices = Vec::new();
        for (name, description) in self.known().await? {
            let code = if description.language.code.is_empty() { "mul" } else { &description.language.code };
            // `en_US-lessac-medium`: language, whose voice, how good.
            let title = name.split_once('-').map_or(name.as_str(), |(_, title)| title).replace(['-', '_'], " ");
            let voice = |id: String, name: String| Voice {
                id,
                name,
                provider: ID.to_owned(),
                language: code.replace('_', "-").to_ascii_lowercase(),
                gender: None,
                preview_url: None,
            };
            if description.speaker_id_map.len() > 1 {
                voices.extend(
                    description.speaker_id_map.keys().map(|speaker| voice(format!("{name}:{speaker}"), format!("{title}, {speaker}"))),
                );
            } else {
                voices.push(voice(name.clone(), title));
            }
        }
        Ok(voices)
    }

    fn speeds(&self, _model: Option<&str>) -> RangeInclusive<f64> {
        0.5..=2.0
    }

    async fn speak(&self, request: &SpeechRequest, call: &Call<'_>) -> ProviderResult<Speech> {
        let file = call.workdir.join("narration.wav");
        self.say(&request.text, &request.voice, request.speed, &file).await?;
        Ok(Speech { file, words: None, usage: Usage::free() })
    }
}
