//! Narrations, decoded once: their exact length, their loudness, and where in them somebody speaks.

use std::path::{Path, PathBuf};

use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::film::blocking::blocking;
use crate::film::store::{Store, hash_file};
use crate::film::timeline::SAMPLE_RATE;
use crate::media::ffmpeg::{ToolError, Tools, add_input, run};
use crate::media::probe::{MediaKind, probe, sniff};
use crate::media::timing::Heard;
use crate::media::wav::Samples;

use super::meter::Meter;

/// A decoded sound: interleaved 32-bit floats at 48 kHz, in a file of the work folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decoded {
    #[serde(skip)]
    pub file: PathBuf,
    pub channels: u16,
    /// Samples of each channel.
    pub samples: u64,
    /// Integrated loudness when played in stereo, in LUFS; none where the sound is silent.
    pub loudness: Option<f64>,
    /// How often the wave stays at its limit for longer than a sound could: it was cut there.
    pub clipped: u32,
    /// Where in it somebody speaks.
    pub heard: Heard,
    /// What the container promises, where it does.
    pub promised_seconds: Option<f64>,
}

impl Decoded {
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.samples as f64 / f64::from(SAMPLE_RATE)
    }
}

/// Raise this when the same sound gives other samples or measures.
pub const MEASURES: &str = "voice 3";

/// A sound file, and at which share of its own speed it is heard.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    pub path: &'a Path,
    pub speed: f64,
}

/// Decodes and measures a sound, or finds what an earlier film has kept of it. `speed`: of its own.
///
/// # Errors
/// [`ToolError`] where the file is no sound or holds none.
pub async fn decoded(tools: &Tools, path: &Path, speed: f64, store: &Store) -> Result<Decoded, ToolError> {
    let all = all_decoded(tools, &[Wanted { path, speed }], store).await.map_err(|(_, error)| error)?;
    all.into_iter().next().ok_or_else(nothing)
}

/// The same for several sounds. Those that are missing are decoded by one ffmpeg: starting one takes as long as decoding
/// half a minute of speech.
///
/// # Errors
/// [`ToolError`], and the index of the file that is no sound or holds none.
pub async fn all_decoded(tools: &Tools, sounds: &[Wanted<'_>], store: &Store) -> Result<Vec<Decoded>, (usize, ToolError)> {
    let version = tools.version().await.map_err(|error| (0, error))?;
    let (mut names, mut missing): (Vec<String>, Vec<Missing<'_>>) = (Vec::with_capacity(sounds.len()), Vec::new());
    for (index, &wanted) in sounds.iter().enumerate() {
        let name = name(wanted, &version).await.map_err(|error| (index, error.into()))?;
        if !names.contains(&name) && store.find::<Decoded>(&name).await.is_none() {
            let claims = Claims::of(tools, wanted.path).await.map_err(|error| (index, error))?;
            missing.push(Missing { index, wanted, claims, to: store.unfinished(&name) });
        }
        names.push(name);
    }
    // Where one of them is broken, which it is comes out when each is decoded by itself.
    let together = missing.len() > 1 && decode(tools, &missing).await.is_ok();
    for one in missing.iter().filter(|_| !together) {
        decode(tools, std::slice::from_ref(one)).await.map_err(|error| (one.index, error))?;
    }
    let measured = missing.iter().map(|one| async {
        let decoded = one.measured().await.map_err(|error| (one.index, error))?;
        store.keep(&names[one.index], &decoded).await.map_err(|error| (one.index, error.into()))
    });
    try_join_all(measured).await?;
    let mut all = Vec::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        let decoded: Decoded = store.find(name).await.ok_or_else(|| (index, nothing()))?;
        all.push(Decoded { file: store.file(name), ..decoded });
    }
    Ok(all)
}

/// What a sound's decoded samples are kept under.
async fn name(wanted: Wanted<'_>, version: &str) -> std::io::Result<String> {
    let hash = hash_file(wanted.path.to_owned()).await?;
    Ok(format!("{}.f32", hex::encode(Sha256::digest(format!("{MEASURES}\n{version}\n{hash}\n{}", wanted.speed)))))
}

/// What a sound file says of itself.
struct Claims {
    demuxer: &'static str,
    channels: u16,
    seconds: f64,
}

impl Claims {
    async fn of(tools: &Tools, path: &Path) -> Result<Self, ToolError> {
        let format = sniff(path).await?.filter(|format| format.kind != MediaKind::Picture).ok_or(ToolError::UnknownFormat)?;
        let demuxer = format.demuxer;
        // Most narrations: their head is read faster than ffprobe starts.
        let file = path.to_owned();
        let samples = blocking(move |_| Ok(Samples::of_wav(&file)?)).await?.filter(Samples::whole);
        if let Some(samples) = samples {
            return Ok(Self { demuxer, channels: samples.channels, seconds: samples.seconds() });
        }
        let info = probe(tools, path).await?;
        let stream = info.audio.ok_or(ToolError::UnknownFormat)?;
        Ok(Self { demuxer, channels: if stream.channels == 1 { 1 } else { 2 }, seconds: info.duration_seconds })
    }
}

/// A sound that nobody has decoded yet.
struct Missing<'a> {
    /// Among those that are wanted.
    index: usize,
    wanted: Wanted<'a>,
    claims: Claims,
    to: PathBuf,
}

impl Missing<'_> {
    async fn measured(&self) -> Result<Decoded, ToolError> {
        let (file, channels) = (self.to.clone(), self.claims.channels);
        let decoded = blocking(move |stop| Meter::read(&file, channels, stop)).await?;
        if decoded.samples == 0 {
            return Err(nothing());
        }
        let promised_seconds = Some(self.claims.seconds).filter(|seconds| *seconds > 0.0);
        Ok(Decoded { promised_seconds, ..decoded })
    }
}

/// Decodes sound files, each to a file of its own.
async fn decode(tools: &Tools, sounds: &[Missing<'_>]) -> Result<(), ToolError> {
    let mut command = tools.ffmpeg();
    for sound in sounds {
        add_input(&mut command, Some(sound.claims.demuxer), sound.wanted.path);
    }
    for (index, sound) in sounds.iter().enumerate() {
        if sound.wanted.speed < 1.0 {
            command.args(["-af", &format!("atempo={:.6}", sound.wanted.speed)]);
        }
        let channels = sound.claims.channels.to_string();
        command.args(["-map", &format!("{index}:a:0"), "-ac", &channels, "-ar", &SAMPLE_RATE.to_string(), "-f", "f32le"]);
        command.arg(&sound.to);
    }
    run("ffmpeg", command).await.map(|_| ())
}

fn nothing() -> ToolError {
    ToolError::Answer { tool: "ffmpeg", message: "the file holds no sound".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sound(source: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("in.wav");
        let mut command = Tools::find().expect("ffmpeg is installed").ffmpeg();
        command.args(["-f", "lavfi", "-i", source]).arg(&path);
        run("ffmpeg", command).await.expect("made");
        (folder, path)
    }

    #[tokio::test]
    async fn measures_length_loudness_and_speech() {
        let (folder, path) = sound("sine=f=1000:d=3:r=22050,volume=enable='between(t,1,2)':volume=0").await;
        let store = Store::open(folder.path().join("work"), None).await.expect("a store");
        let decoded = decoded(&Tools::find().expect("ffmpeg"), &path, 1.0, &store).await.expect("decoded");
        assert_eq!((decoded.channels, decoded.samples), (1, 144_000));
        // A 1 kHz sine of amplitude 1/8 on both sides: −18.06 dBFS each, +3 for two, −3 for a sine's power.
        // A little less, by the windows that reach into the silence.
        assert!((-19.0..-18.0).contains(&decoded.loudness.expect("loud")), "{:?}", decoded.loudness);
        assert_eq!(decoded.heard.spoken.len(), 2, "{:?}", decoded.heard.spoken);
        assert!((decoded.heard.spoken[0].1 - 1.0).abs() < 0.05 && (decoded.heard.spoken[1].0 - 2.0).abs() < 0.05);
        assert_eq!(std::fs::metadata(&decoded.file).expect("kept").len(), 144_000 * 4);
        assert_eq!(decoded.heard.envelope.len(), 300);
        assert!(decoded.heard.envelope[50] < 3 && decoded.heard.envelope[150] > 60, "{:?}", decoded.heard.envelope);
    }

    #[tokio::test]
    async fn a_file_that_is_no_sound_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("broken.wav");
        std::fs::write(&path, b"RIFF\x24\0\0\0WAVEfmt nothing of the kind").expect("written");
        let tools = Tools::find().expect("ffmpeg");
        let store = Store::open(folder.path().join("work"), None).await.expect("a store");
        assert!(decoded(&tools, &path, 1.0, &store).await.is_err());
    }

    #[tokio::test]
    async fn several_sounds_are_decoded_each_for_itself() {
        let (folder, first) = sound("sine=f=500:d=0.7:r=16000").await;
        let tools = Tools::find().expect("ffmpeg");
        let second = folder.path().join("second.mp3");
        let mut command = tools.ffmpeg();
        command.args(["-f", "lavfi", "-i", "sine=f=900:d=1.1:r=44100", "-ac", "2"]).arg(&second);
        run("ffmpeg", command).await.expect("made");
        let store = Store::open(folder.path().join("work"), None).await.expect("a store");
        let wanted = |path| Wanted { path, speed: 1.0 };
        let sounds = [wanted(first.as_path()), wanted(&second), wanted(&first)];
        let all = all_decoded(&tools, &sounds, &store).await.expect("decoded");
        let found: Vec<_> = all.iter().map(|sound| (sound.channels, (sound.seconds() * 10.0).round())).collect();
        assert_eq!(found, [(1, 7.0), (2, 11.0), (1, 7.0)]);
        assert_eq!(all[0], all[2]);
        assert_eq!(std::fs::metadata(&all[1].file).expect("kept").len(), all[1].samples * 8);
        assert!(all.iter().all(|sound| sound.promised_seconds.is_some_and(|promised| (promised - sound.seconds()).abs() < 0.1)));
        // A broken one between good ones is the one that is named.
        let broken = folder.path().join("broken.wav");
        std::fs::write(&broken, b"RIFF\x24\0\0\0WAVEfmt nothing of the kind").expect("written");
        let third = folder.path().join("third.wav");
        std::fs::copy(&first, &third).expect("copied");
        std::fs::OpenOptions::new().append(true).open(&third).expect("open").set_len(20_000).expect("cut");
        let (index, _) = all_decoded(&tools, &[wanted(&third), wanted(&broken)], &store).await.expect_err("broken");
        assert_eq!(index, 1);
        let cut = decoded(&tools, &third, 1.0, &store).await.expect("decoded");
        assert!(cut.promised_seconds.is_some(), "{cut:?}");
    }
}
