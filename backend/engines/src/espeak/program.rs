//! The `espeak-ng` program, for where its library cannot be loaded: the same sound, without the times of the words.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::{
    sound::{MAX_SECONDS, PITCH, VOLUME},
    voices::{EngineGender, ListedVoice},
    worker::{Synthesis, WorkerError, from_bytes, how_it_ended, run},
};
use crate::media::programs;

/// Finds the program on the search path, or where Homebrew puts it.
pub fn find() -> Option<PathBuf> {
    programs::find_also_in("espeak-ng", &["/opt/homebrew/bin", "/usr/local/bin"].map(PathBuf::from))
}

/// The program's version and its voices.
pub async fn voices(program: &Path) -> Result<(String, Vec<ListedVoice>), WorkerError> {
    let version = output(program, &["--version"], "").await?;
    let table = output(program, &["--voices"], "").await?;
    let voices = String::from_utf8_lossy(&table).lines().skip(1).filter_map(listed).collect();
    // "eSpeak NG text-to-speech: 1.51  Data at: …"
    let version = String::from_utf8_lossy(&version);
    let version = version.split(": ").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
    Ok((version.to_owned(), voices))
}

/// A text spoken, without times. Dropping the future kills the program.
pub async fn speak(program: &Path, text: &str, voice: &str, rate: i32, gap: i32) -> Result<Synthesis, WorkerError> {
    let (rate, gap, volume, pitch) = (rate.to_string(), gap.to_string(), VOLUME.to_string(), PITCH.to_string());
    // Input as UTF-8, all of it as one text; the sound to standard output.
    let args = ["-b", "1", "--stdin", "--stdout", "-v", voice, "-s", &rate, "-g", &gap, "-a", &volume, "-p", &pitch];
    // Unlike the library it takes what stands in double brackets for phonemes, and can't be told otherwise.
    let wav = output(program, &args, &text.replace("[[", "[ [")).await?;
    match samples(&wav) {
        Some(synthesis) if synthesis.samples.len() > synthesis.sample_rate as usize * MAX_SECONDS => Err(WorkerError::TooLong),
        Some(synthesis) => Ok(synthesis),
        None => Err(WorkerError::Failed("espeak-ng gave no sound".into())),
    }
}

async fn output(program: &Path, args: &[&str], input: &str) -> Result<Vec<u8>, WorkerError> {
    let mut command = Command::new(program);
    command.args(args);
    let output = run(command, input.as_bytes()).await?;
    if output.status.success() { Ok(output.stdout) } else { Err(WorkerError::Failed(format!("espeak-ng: {}", how_it_ended(&output)))) }
}

/// Reads a line of the table of voices: ` 5  zh  --/M  Chinese_(Mandarin)  sit/cmn  (zh-cmn 5)(zh 5)`.
fn listed(line: &str) -> Option<ListedVoice> {
    let mut columns = line.split_whitespace();
    let priority = columns.next()?.parse().ok()?;
    let language = columns.next()?;
    let gender = columns.next()?.rsplit('/').next()?;
    let (name, file) = (columns.next()?, columns.next()?);
    let others = columns.collect::<Vec<_>>().join(" ");
    let others = others.split(['(', ')']).filter_map(|other| {
        let (language, priority) = other.trim().rsplit_once(' ')?;
        Some((priority.parse().ok()?, language.to_owned()))
    });
    Some(ListedVoice {
        name: name.replace('_', " "),
        file: file.to_owned(),
        languages: std::iter::once((priority, language.to_owned())).chain(others).collect(),
        gender: match gender {
            "M" => Some(EngineGender::Male),
            "F" => Some(EngineGender::Female),
            _ => None,
        },
    })
}

/// Takes the samples out of a WAV file that was written to a pipe: its sizes are made up, so it goes to the end.
fn samples(wav: &[u8]) -> Option<Synthesis> {
    let rest = wav.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
    let mut chunks = rest;
    let mut sample_rate = None;
    loop {
        let (name, after) = chunks.split_first_chunk::<4>()?;
        let (size, body) = after.split_first_chunk::<4>()?;
        match name {
            b"fmt " => sample_rate = Some(u32::from_le_bytes(*body.get(4..)?.first_chunk()?)),
            b"data" => return Some(Synthesis { sample_rate: sample_rate?, samples: from_bytes(body), timings: None }),
            _ => {}
        }
        chunks = body.get(usize::try_from(u32::from_le_bytes(*size)).ok()?..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_table_of_voices() {
        let line = " 5  cmn             --/M      Chinese_(Mandarin,_latin_as_English) sit/cmn              (zh-cmn 5)(zh 5)";
        let voice = listed(line).unwrap();
        assert_eq!((voice.name.as_str(), voice.file.as_str()), ("Chinese (Mandarin, latin as English)", "sit/cmn"));
        assert_eq!(voice.languages, [(5, "cmn".into()), (5, "zh-cmn".into()), (5, "zh".into())]);
        assert_eq!(voice.gender, Some(EngineGender::Male));
        assert!(listed("").is_none() && listed("Pty Language").is_none());
    }

    #[test]
    fn reads_sound_of_unknown_length() {
        let mut wav = b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        wav.extend(22_050u32.to_le_bytes());
        wav.extend([0x44, 0xAC, 0, 0, 2, 0, 16, 0]);
        wav.extend(b"data\xff\xf0\xff\x7f\x01\0\xff\xff");
        let synthesis = samples(&wav).unwrap();
        assert_eq!((synthesis.sample_rate, synthesis.samples), (22_050, vec![1, -1]));
        assert!(samples(&wav[..30]).is_none() && samples(b"").is_none());
    }
}
