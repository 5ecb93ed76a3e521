//! Narrations, decoded once: their exact length, their loudness, and where in them somebody speaks.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use ebur128::{Channel, EbuR128, Mode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::io::AsyncReadExt;

use crate::media::ffmpeg::{ToolError, Tools, add_input, finish, spawn};
use crate::media::probe::{MediaKind, probe, sniff};
use crate::media::timing::{GRAINS_A_SECOND, Heard};

use super::parts::{hash_file, hex};
use super::store::Store;
use super::timeline::SAMPLE_RATE;

/// The grain in which speech and silence are told apart, in samples.
const GRAIN: usize = SAMPLE_RATE as usize / GRAINS_A_SECOND;

/// Full scale, less what resampling a flat top takes off it.
const LIMIT: f32 = 0.985;
/// This many samples in a row at the limit are a flat top: a fifth of a millisecond.
const CLIPPED_SAMPLES: u32 = 10;

/// A decoded sound: interleaved 32-bit floats at 48 kHz, in a file of the work folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
const MEASURES: &str = "voice 3";

/// Decodes and measures a sound, or finds what an earlier film has kept of it. `speed`: of its own.
///
/// # Errors
/// [`ToolError`] where the file is no sound or holds none.
pub async fn decoded(tools: &Tools, path: &Path, speed: f64, store: &Store) -> Result<Decoded, ToolError> {
    let hash = hash_file(path.to_owned()).await?;
    let name = hex(&Sha256::digest(format!("{MEASURES}\n{}\n{hash}\n{speed}", tools.version().await?)));
    let name = format!("{name}.f32");
    let decoded = match store.find::<Decoded>(&name).await {
        Some(decoded) => decoded,
        None => {
            let decoded = decode(tools, path, speed, &store.unfinished(&name)).await?;
            store.keep(&name, &decoded).await?;
            decoded
        }
    };
    Ok(Decoded { file: store.file(&name), ..decoded })
}

/// Decodes a sound file to `to` and measures it on the way.
///
/// # Errors
/// [`ToolError`] where the file is no sound or holds none.
async fn decode(tools: &Tools, path: &Path, speed: f64, to: &Path) -> Result<Decoded, ToolError> {
    let format = sniff(path).await?.filter(|format| format.kind != MediaKind::Picture).ok_or(ToolError::UnknownFormat)?;
    let info = probe(tools, path).await?;
    let stream = info.audio.ok_or(ToolError::UnknownFormat)?;
    let channels: u16 = if stream.channels == 1 { 1 } else { 2 };
    let mut command = tools.ffmpeg();
    add_input(&mut command, Some(format.demuxer), path);
    if speed < 1.0 {
        command.args(["-af", &format!("atempo={speed:.6}")]);
    }
    command.args(["-map", "0:a:0", "-ac", &channels.to_string(), "-ar", &SAMPLE_RATE.to_string(), "-f", "f32le", "pipe:1"]);
    command.stdout(Stdio::piped());
    let mut child = spawn("ffmpeg", &mut command)?;
    let stdout = child.stdout.take();
    let read = async {
        let mut meter = Meter::new(channels, to)?;
        let mut block = vec![0_u8; 1 << 16];
        if let Some(mut stdout) = stdout {
            loop {
                let read = stdout.read(&mut block).await?;
                if read == 0 {
                    break;
                }
                meter.take(&block[..read])?;
            }
        }
        meter.finish()
    };
    let (decoded, ended) = tokio::join!(read, finish("ffmpeg", &mut child));
    // Whoever could not write what came closed the pipe, of which ffmpeg then complains.
    let decoded = decoded?;
    ended?;
    if decoded.samples == 0 {
        return Err(ToolError::Answer { tool: "ffmpeg", message: "the file holds no sound".to_owned() });
    }
    let promised_seconds = Some(info.duration_seconds).filter(|seconds| *seconds > 0.0);
    Ok(Decoded { file: to.to_owned(), promised_seconds, ..decoded })
}

/// Bytes in, measures out; the samples go to the file as they come.
struct Meter {
    file: io::BufWriter<std::fs::File>,
    channels: u16,
    loudness: EbuR128,
    /// Bytes of a sample that is not complete yet.
    rest: Vec<u8>,
    samples: Vec<f32>,
    count: u64,
    clipped: u32,
    /// Samples in a row at the limit.
    at_limit: u32,
    /// Mean square of each grain so far, and of the one that is being filled.
    grains: Vec<f32>,
    filling: (f32, usize),
}

impl Meter {
    fn new(channels: u16, to: &Path) -> Result<Self, ToolError> {
        let broken = |error: ebur128::Error| ToolError::Io(io::Error::other(error.to_string()));
        let mut loudness = EbuR128::new(u32::from(channels), SAMPLE_RATE, Mode::I).map_err(broken)?;
        if channels == 1 {
            // It is heard from both sides.
            loudness.set_channel(0, Channel::DualMono).map_err(broken)?;
        }
        let file = io::BufWriter::with_capacity(1 << 16, std::fs::File::create(to)?);
        let (rest, samples, grains) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { file, channels, loudness, rest, samples, count: 0, clipped: 0, at_limit: 0, grains, filling: (0.0, 0) })
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), ToolError> {
        self.file.write_all(bytes)?;
        self.rest.extend_from_slice(bytes);
        let frame = 4 * usize::from(self.channels);
        let whole = self.rest.len() / frame * frame;
        self.samples.clear();
        self.samples.extend(self.rest[..whole].chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])));
        self.rest.drain(..whole);
        for frame in self.samples.chunks_exact(usize::from(self.channels)) {
            let power = frame.iter().map(|sample| sample * sample).sum::<f32>();
            self.at_limit = if frame.iter().any(|sample| sample.abs() >= LIMIT) { self.at_limit + 1 } else { 0 };
            self.clipped += u32::from(self.at_limit == CLIPPED_SAMPLES);
            self.filling.0 += power;
            self.filling.1 += 1;
            if self.filling.1 == GRAIN {
                self.grains.push(self.filling.0 / GRAIN as f32);
                self.filling = (0.0, 0);
            }
            self.count += 1;
        }
        self.loudness.add_frames_f32(&self.samples).map_err(|error| ToolError::Io(io::Error::other(error.to_string())))
    }

    fn finish(mut self) -> Result<Decoded, ToolError> {
        self.file.flush()?;
        if self.filling.1 > 0 {
            self.grains.push(self.filling.0 / self.filling.1 as f32);
        }
        let loudness = self.loudness.loudness_global().ok().filter(|loudness| loudness.is_finite() && *loudness > -70.0);
        let loudness = loudness.or_else(|| short_loudness(&self.grains));
        let heard = Heard::of_grains(&self.grains);
        let (channels, samples, clipped) = (self.channels, self.count, self.clipped);
        Ok(Decoded { file: PathBuf::new(), channels, samples, loudness, clipped, heard, promised_seconds: None })
    }
}

/// R 128 needs 400 ms of sound; a shorter one is judged by its mean power.
fn short_loudness(grains: &[f32]) -> Option<f64> {
    let power = grains.iter().sum::<f32>() / grains.len().max(1) as f32;
    (power > 1e-7).then(|| f64::from(10.0 * power.log10()) - 0.691 + 3.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::ffmpeg::run;

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
        let decoded = decode(&Tools::find().expect("ffmpeg"), &path, 1.0, &folder.path().join("out.f32")).await.expect("decoded");
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
        assert!(decode(&tools, &path, 1.0, &folder.path().join("out.f32")).await.is_err());
    }
}
