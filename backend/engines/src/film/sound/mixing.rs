//! The film's sound: narrations on their places, music under them, at one loudness, as AAC.
//!
//! Mixed in stretches, so memory does not grow with the film: first only to measure, until the gain
//! that gives the target is found, and how loud the music may be beside it, then into the encoder. What
//! came out is decoded and measured again: a lossy encoder moves peaks, and where they pass the limit it
//! is done with a lower ceiling.

use std::fs::File;
use std::io::{self, PipeWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ebur128::{EbuR128, Mode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::io::AsyncReadExt;

use crate::film::blocking::blocking;
use crate::film::store::Store;
use crate::film::timeline::{LEAD_IN_SECONDS, Repeats, SAMPLE_RATE, Timeline};
use crate::media::ffmpeg::{ToolError, Tools, add_input, finish, spawn};

use super::limiter::Limiter;
use super::music::{Bed, decibels, read_samples};
use super::voice::Decoded;

/// Integrated loudness of a film, in LUFS: what the large video sites play at.
pub const TARGET_LUFS: f64 = -14.0;
/// The highest true peak that a film may have, in dBTP.
pub const PEAK_LIMIT_DBTP: f64 = -1.0;
/// What the limiter lets through at first; AAC adds up to half a decibel.
const CEILING_DB: f64 = -1.7;
/// A narration is raised or lowered by at most this much: what is nearly silent was meant to be.
const MOST_GAIN_DB: f64 = 24.0;
/// Raise this when the same narrations, clips and music give another sound.
pub const MIXING: &str = "sound 5";
/// Music raises or lowers a narration by at most this much: half a decibel would just be heard.
const MOST_SHIFT_DB: f64 = 0.4;
/// A film with music may be so far from the target, by R 128's measure.
const NEAR_LU: f64 = 0.8;
/// By how many dB music is lowered or raised, so that it does not count as a quiet part of a film: the first that will do.
const CHANGES_DB: [f64; 10] = [-1.0, 1.0, -2.0, 2.0, -3.0, 3.0, -5.0, -7.0, -9.0, -12.0];
/// Samples that are mixed at a time.
const BLOCK: usize = 4096;

/// What a film's sound is made of.
#[derive(Clone)]
pub struct Sound {
    pub timeline: Arc<Timeline>,
    /// One for each scene.
    pub voices: Arc<Vec<Option<Decoded>>>,
    /// The clips' own sounds; none where a scene has none, or it is not to be heard.
    pub clips: Arc<Vec<Option<ClipSound>>>,
    /// The track and its level against the narration, in dB.
    pub music: Option<(Decoded, f64)>,
}

/// What a clip sounds like, over its scene.
pub struct ClipSound {
    pub sound: Decoded,
    /// Against the narration, in dB.
    pub volume_db: f64,
    /// Samples of the clip that lie before the scene begins.
    pub begun: u64,
    /// In samples, as its picture is repeated; its sound may end before it begins again.
    pub repeats: Repeats,
}

/// How loud a film is mixed, in dB.
#[derive(Clone, Copy, Debug)]
struct Levels {
    gain: f64,
    ceiling: f64,
    /// The music's, against what was asked for; none: it is left out.
    bed: Option<f64>,
}

/// Over this long a clip's sound comes and goes, at its scene's ends, at its own, and where the clip begins again.
const CLIP_FADE: u64 = SAMPLE_RATE as u64 / 10;

/// Silence in a scene that speaks, longer than any pause, is a fault.
const SILENCE_SECONDS: f64 = 2.5;
/// Quieter than this is silence: −60 dBFS.
const SILENCE: f32 = 1e-3;

/// Loudness and peak of a finished sound.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    pub loudness_lufs: Option<f64>,
    pub true_peak_dbtp: Option<f64>,
    /// Long silences, in seconds of the film.
    pub silent: Vec<(f64, f64)>,
    /// When the wave first stands at its limit, and how often it does.
    pub clipped: Option<(f64, u32)>,
    /// By how many dB the music is louder than was asked for.
    pub music_by: f64,
}

impl Sound {
    /// The film's sound (MP4) and what came out, made now or by an earlier film that sounds the same: a change of
    /// pictures alone mixes nothing again.
    ///
    /// # Errors
    /// [`ToolError`] when ffmpeg fails or the disk is full.
    pub async fn made(&self, tools: &Tools, store: &Store) -> Result<(PathBuf, Measured), ToolError> {
        let name = format!("{}.m4a", self.key(&tools.version().await?));
        let measured = match store.find(&name).await {
            Some(measured) => measured,
            None => {
                let measured = self.encode(tools, &store.unfinished(&name)).await?;
                store.keep(&name, &measured).await?;
                measured
            }
        };
        Ok((store.file(&name), measured))
    }

    /// The sound as it comes out of the encoder at first, for who waits: a peak may be half a decibel over the limit, which a
    /// film's may not.
    ///
    /// # Errors
    /// [`ToolError`] when ffmpeg fails or the disk is full.
    pub async fn at_once(&self, tools: &Tools, store: &Store) -> Result<PathBuf, ToolError> {
        let name = format!("{}.once.m4a", self.key(&tools.version().await?));
        if store.find::<()>(&name).await.is_none() {
            let sound = self.clone();
            let (levels, _) = blocking(move |stop| sound.find_levels(stop)).await?;
            self.write(tools, levels, &store.unfinished(&name)).await?;
            store.keep(&name, &()).await?;
        }
        Ok(store.file(&name))
    }

    /// The hash of everything that is heard. A decoded sound's name is the hash of its content.
    fn key(&self, ffmpeg: &str) -> String {
        let spans: Vec<_> = self.timeline.scenes.iter().map(|scene| (scene.first_frame, scene.frames, scene.speech)).collect();
        let voices: Vec<_> = self.voices.iter().map(|voice| voice.as_ref().map(|voice| voice.file.file_name())).collect();
        let clip = |clip: &ClipSound| (clip.sound.file.file_name().map(ToOwned::to_owned), clip.volume_db, clip.begun, clip.repeats);
        let clips: Vec<_> = self.clips.iter().map(|sound| sound.as_ref().map(clip)).collect();
        let music = self.music.as_ref().map(|(track, volume_db)| (track.file.file_name(), volume_db));
        hex::encode(Sha256::digest(format!("{MIXING}\n{ffmpeg}\n{}\n{spans:?}\n{voices:?}\n{clips:?}\n{music:?}", self.timeline.fps)))
    }

    /// Mixes and encodes to `to` (MP4), and tells what came out.
    ///
    /// # Errors
    /// [`ToolError`] when ffmpeg fails or the disk is full.
    async fn encode(&self, tools: &Tools, to: &Path) -> Result<Measured, ToolError> {
        let sound = self.clone();
        let (mut levels, music_by) = blocking(move |stop| sound.find_levels(stop)).await?;
        let mut tries = 0;
        loop {
            self.write(tools, levels, to).await?;
            let measured = measure(tools, to).await?;
            let over = measured.true_peak_dbtp.unwrap_or(f64::NEG_INFINITY) - (PEAK_LIMIT_DBTP - 0.05);
            tries += 1;
            if over <= 0.0 || tries == 3 {
                return Ok(Measured { music_by, ..measured });
            }
            levels.ceiling -= over + 0.1;
        }
    }

    /// The levels that bring the limited film to the target loudness, and leave its narrations as loud as they are without
    /// music. Both are to be had: music that is heard alone for long counts as a quiet film, and all would be turned up for
    /// it; but where it is much quieter than speech it is not counted at all (R 128 leaves out what is 10 LU under the rest),
    /// and where it is as loud nothing is missing. The nearer of the two is taken.
    /// Answers too by how many dB the music is louder than was asked for.
    fn find_levels(&self, stop: &AtomicBool) -> Result<(Levels, f64), ToolError> {
        let without = Levels { gain: 0.0, ceiling: CEILING_DB, bed: None };
        let spoken = self.voices.iter().flatten().any(|voice| voice.loudness.is_some());
        if self.music.is_none() || !spoken {
            // Where nobody speaks, the music is under nothing.
            return Ok((self.find_gain(Levels { bed: Some(0.0), ..without }, stop)?, 0.0));
        }
        let alone = self.find_gain(without, stop)?.gain;
        // The levels with the music changed by so much, and whether they bring the film near enough to the target.
        let with_music = |by: f64| {
            let levels = Levels { gain: alone, bed: Some(by), ..without };
            let missing = self.loudness(levels, stop)?.map_or(0.0, |loudness| TARGET_LUFS - loudness);
            let shift = missing.clamp(-MOST_SHIFT_DB, MOST_SHIFT_DB);
            Ok::<_, ToolError>((Levels { gain: alone + shift, ..levels }, (missing - shift).abs() <= NEAR_LU))
        };
        let (as_asked, near) = with_music(0.0)?;
        if near {
            return Ok((as_asked, 0.0));
        }
        for by in CHANGES_DB {
            let (levels, near) = with_music(by)?;
            if near {
                return Ok((levels, by));
            }
        }
        // A film in which next to nothing is said is as loud as its music, which is as loud to what is said as was asked for.
        Ok((self.find_gain(as_asked, stop)?, 0.0))
    }

    /// The gain that brings the limited film to the target loudness, looked for from the one in `levels` on.
    fn find_gain(&self, mut levels: Levels, stop: &AtomicBool) -> Result<Levels, ToolError> {
        for _ in 0..4 {
            let Some(loudness) = self.loudness(levels, stop)? else { return Ok(Levels { gain: 0.0, ..levels }) };
            levels.gain += TARGET_LUFS - loudness;
            if (TARGET_LUFS - loudness).abs() < 0.1 {
                break;
            }
        }
        Ok(levels)
    }

    /// Of the limited film, in LUFS; none where it is silent.
    fn loudness(&self, levels: Levels, stop: &AtomicBool) -> Result<Option<f64>, ToolError> {
        let mut meter = EbuR128::new(2, SAMPLE_RATE, Mode::I).map_err(odd)?;
        self.mix(levels, stop, |block| meter.add_frames_f32(block.as_flattened()).map_err(odd))?;
        let loudness = meter.loudness_global().map_err(odd)?;
        Ok(Some(loudness).filter(|loudness| loudness.is_finite() && *loudness >= -70.0))
    }

    async fn write(&self, tools: &Tools, levels: Levels, to: &Path) -> Result<(), ToolError> {
        let (reader, mut writer) = io::pipe()?;
        let mut command = tools.ffmpeg();
        command.stdin(Stdio::from(reader));
        command.args(["-f", "f32le", "-ar", &SAMPLE_RATE.to_string(), "-ac", "2", "-i", "pipe:0"]);
        // At this rate the quicker way to choose is the better one too: speech comes out with 20 dB less noise.
        command.args(["-c:a", "aac", "-aac_coder", "fast", "-b:a", "192k", "-f", "mp4"]).arg(to);
        let mut child = spawn("ffmpeg", &mut command)?;
        drop(command);
        let sound = self.clone();
        let mixed = blocking(move |stop| sound.mix(levels, stop, |block| write_block(&mut writer, block)));
        let (ended, mixed) = tokio::join!(finish("ffmpeg", &mut child), mixed);
        // ffmpeg's own reason comes before the broken pipe that it left.
        ended.and(mixed)
    }

    /// Hands the whole film's samples to `sink`, a stretch at a time.
    fn mix(&self, levels: Levels, stop: &AtomicBool, mut sink: impl FnMut(&[[f32; 2]]) -> Result<(), ToolError>) -> Result<(), ToolError> {
        let gain = decibels(levels.gain) as f32;
        let mut limiter = Limiter::new(levels.ceiling);
        let mut bed = self.bed(levels.bed)?;
        let mut late = Limiter::delay();
        let mut emit = |block: &mut Vec<[f32; 2]>| {
            for sample in block.iter_mut() {
                *sample = limiter.step([sample[0] * gain, sample[1] * gain]);
            }
            // What the limiter holds back at the start comes out at the end.
            let skip = late.min(block.len());
            late -= skip;
            sink(&block[skip..])
        };
        let mut block: Vec<[f32; 2]> = Vec::with_capacity(BLOCK);
        for ((scene, voice), clip) in self.timeline.scenes.iter().zip(self.voices.iter()).zip(self.clips.iter()) {
            let mut voice = voice.as_ref().map(Reader::open).transpose()?;
            let mut clip = clip.as_ref().map(ClipReader::open).transpose()?;
            let first = self.timeline.samples(scene.first_frame);
            let (mut at, end) = (self.timeline.samples(scene.first_frame), self.timeline.samples(scene.first_frame + scene.frames));
            let start = at + (LEAD_IN_SECONDS * f64::from(SAMPLE_RATE)).round() as u64;
            while at < end {
                if stop.load(Ordering::Relaxed) {
                    return Err(io::Error::from(io::ErrorKind::Interrupted).into());
                }
                let count = BLOCK.min((end - at) as usize);
                block.clear();
                block.resize(count, [0.0; 2]);
                if let Some(voice) = &mut voice {
                    voice.add_to(&mut block, at as i64 - start as i64)?;
                }
                if let Some(clip) = &mut clip {
                    clip.add_to(&mut block, at - first, end - first)?;
                }
                if let Some(bed) = &mut bed {
                    bed.add_to(&mut block)?;
                }
                emit(&mut block)?;
                at += count as u64;
            }
        }
        block.clear();
        block.resize(Limiter::delay(), [0.0; 2]);
        emit(&mut block)
    }

    fn bed(&self, level: Option<f64>) -> io::Result<Option<Bed>> {
        let (Some((track, volume_db)), Some(level)) = (&self.music, level) else { return Ok(None) };
        let speech: Vec<_> = self.timeline.scenes.iter().filter_map(|scene| scene.speech).collect();
        let seconds = self.timeline.seconds(self.timeline.total_frames);
        Bed::new(track.clone(), TARGET_LUFS + volume_db + level, &speech, seconds).map(Some)
    }
}

/// By how many dB a sound is raised, so that all are as loud.
pub fn gain_of(sound: &Decoded) -> f64 {
    sound.loudness.map_or(0.0, |loudness| (TARGET_LUFS - loudness).clamp(-MOST_GAIN_DB, MOST_GAIN_DB))
}

/// A narration, read along with the film.
struct Reader<'a> {
    voice: &'a Decoded,
    file: File,
    gain: f32,
}

impl<'a> Reader<'a> {
    fn open(voice: &'a Decoded) -> io::Result<Self> {
        Ok(Self { voice, file: File::open(&voice.file)?, gain: decibels(gain_of(voice)) as f32 })
    }

    /// Adds the narration to a stretch that begins `from` samples after the narration does.
    fn add_to(&mut self, block: &mut [[f32; 2]], from: i64) -> io::Result<()> {
        let skip = usize::try_from(-from).unwrap_or(0).min(block.len());
        let first = u64::try_from(from).unwrap_or(0);
        let count = ((block.len() - skip) as u64).min(self.voice.samples.saturating_sub(first)) as usize;
        if count == 0 {
            return Ok(());
        }
        let mut samples = vec![[0.0; 2]; count];
        read_samples(&mut self.file, self.voice.channels, first, &mut samples)?;
        for (out, [left, right]) in block[skip..].iter_mut().zip(samples) {
            out[0] += left * self.gain;
            out[1] += right * self.gain;
        }
        Ok(())
    }
}

/// A clip's sound, read along with its scene.
struct ClipReader<'a> {
    clip: &'a ClipSound,
    file: File,
    gain: f32,
}

impl<'a> ClipReader<'a> {
    fn open(clip: &'a ClipSound) -> io::Result<Self> {
        Ok(Self { clip, file: File::open(&clip.sound.file)?, gain: decibels(gain_of(&clip.sound) + clip.volume_db) as f32 })
    }

    /// Adds the clip to a stretch that begins `from` samples after its scene does; the scene has `length`.
    fn add_to(&mut self, block: &mut [[f32; 2]], from: u64, length: u64) -> io::Result<()> {
        let mut done = 0;
        while done < block.len() {
            let at = from + done as u64;
            let (place, again) = self.clip.repeats.place(self.clip.begun + at);
            let (end, left) = (self.clip.sound.samples.min(again), (block.len() - done) as u64);
            if place >= end {
                // What is over is silent until its picture begins again.
                done += left.min(again - place) as usize;
                continue;
            }
            let count = left.min(end - place) as usize;
            let mut samples = vec![[0.0; 2]; count];
            read_samples(&mut self.file, self.clip.sound.channels, place, &mut samples)?;
            for (index, (out, sample)) in block[done..done + count].iter_mut().zip(samples).enumerate() {
                let (in_scene, in_clip) = (at + index as u64, place + index as u64);
                let ends = in_scene.min(length - 1 - in_scene).min(in_clip).min(end - 1 - in_clip);
                let gain = self.gain * (ends as f32 / CLIP_FADE as f32).min(1.0);
                out[0] += sample[0] * gain;
                out[1] += sample[1] * gain;
            }
            done += count;
        }
        Ok(())
    }
}

/// Decodes a file's sound and measures it (EBU R 128, ITU-R BS.1770).
///
/// # Errors
/// [`ToolError`] when the file cannot be decoded.
pub async fn measure(tools: &Tools, file: &Path) -> Result<Measured, ToolError> {
    let mut command = tools.ffmpeg();
    add_input(&mut command, Some("mov"), file);
    command.args(["-map", "0:a:0", "-f", "f32le", "-ac", "2", "-ar", &SAMPLE_RATE.to_string(), "pipe:1"]);
    command.stdout(Stdio::piped());
    let mut child = spawn("ffmpeg", &mut command)?;
    let stdout = child.stdout.take();
    let read = async {
        let mut meter = EbuR128::new(2, SAMPLE_RATE, Mode::I | Mode::TRUE_PEAK).map_err(odd)?;
        let mut faults = Faults::default();
        let (mut block, mut rest) = (vec![0_u8; 1 << 16], Vec::<u8>::new());
        if let Some(mut stdout) = stdout {
            while let read @ 1.. = stdout.read(&mut block).await? {
                rest.extend_from_slice(&block[..read]);
                let whole = rest.len() / 8 * 8;
                let samples = rest[..whole].chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
                let samples: Vec<f32> = samples.collect();
                faults.look(&samples);
                meter.add_frames_f32(&samples).map_err(odd)?;
                rest.drain(..whole);
            }
        }
        let peak = meter.true_peak(0).map_err(odd)?.max(meter.true_peak(1).map_err(odd)?);
        let loudness = meter.loudness_global().map_err(odd)?;
        Ok(Measured {
            loudness_lufs: Some(loudness).filter(|loudness| loudness.is_finite() && *loudness > -70.0),
            true_peak_dbtp: (peak > 1e-5).then(|| 20.0 * peak.log10()),
            clipped: (faults.clipped > 0).then(|| (seconds(faults.first_clipped), faults.clipped)),
            silent: faults.silences(),
            music_by: 0.0,
        })
    };
    let (measured, ended) = tokio::join!(read, finish("ffmpeg", &mut child));
    ended?;
    measured
}

/// Silences and cut-off waves in a film's sound.
#[derive(Default)]
struct Faults {
    at: u64,
    silent_since: u64,
    silent: Vec<(u64, u64)>,
    at_limit: u32,
    clipped: u32,
    first_clipped: u64,
}

impl Faults {
    /// Interleaved stereo, a stretch after the other.
    fn look(&mut self, samples: &[f32]) {
        for pair in samples.as_chunks::<2>().0 {
            let peak = pair[0].abs().max(pair[1].abs());
            if peak > SILENCE {
                self.end_silence();
                self.silent_since = self.at + 1;
            }
            self.at_limit = if peak >= 0.999 { self.at_limit + 1 } else { 0 };
            if self.at_limit == 4 {
                self.clipped += 1;
                if self.clipped == 1 {
                    self.first_clipped = self.at;
                }
            }
            self.at += 1;
        }
    }

    fn end_silence(&mut self) {
        if seconds(self.at - self.silent_since) >= SILENCE_SECONDS {
            self.silent.push((self.silent_since, self.at));
        }
    }

    fn silences(mut self) -> Vec<(f64, f64)> {
        self.end_silence();
        self.silent.into_iter().map(|(from, to)| (seconds(from), seconds(to))).collect()
    }
}

fn seconds(samples: u64) -> f64 {
    samples as f64 / f64::from(SAMPLE_RATE)
}

fn write_block(pipe: &mut PipeWriter, block: &[[f32; 2]]) -> Result<(), ToolError> {
    let bytes: Vec<u8> = block.as_flattened().iter().flat_map(|sample| sample.to_le_bytes()).collect();
    Ok(pipe.write_all(&bytes)?)
}

fn odd(error: ebur128::Error) -> ToolError {
    ToolError::Io(io::Error::other(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::timing::Heard;

    #[test]
    fn a_clips_sound_begins_again_with_its_picture() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("clip.f32");
        let second = u64::from(SAMPLE_RATE);
        std::fs::write(&file, 1.0_f32.to_le_bytes().repeat(SAMPLE_RATE as usize)).expect("written");
        let sound =
            Decoded { file, channels: 1, samples: second, loudness: None, clipped: 0, heard: Heard::default(), promised_seconds: None };
        let clip = ClipSound { sound, volume_db: 0.0, begun: 0, repeats: Repeats { times: 2, period: 2 * second } };
        let mut reader = ClipReader::open(&clip).expect("opened");
        let mut heard = vec![[0.0_f32; 2]; 4 * SAMPLE_RATE as usize];
        let length = heard.len() as u64;
        for (index, block) in heard.chunks_mut(BLOCK).enumerate() {
            reader.add_to(block, (index * BLOCK) as u64, length).expect("read");
        }
        let loudest = |from: f64, to: f64| {
            let place = |seconds: f64| (seconds * f64::from(SAMPLE_RATE)) as usize;
            heard[place(from)..place(to)].iter().map(|sample| sample[0]).fold(0.0, f32::max)
        };
        for begins in [0.0, 2.0] {
            assert!(loudest(begins + 0.4, begins + 0.6) > 0.99, "not heard");
            assert!(loudest(begins + 1.0, begins + 2.0) == 0.0, "heard again before its picture is seen again");
        }
        let steepest = heard.windows(2).map(|pair| (pair[1][0] - pair[0][0]).abs()).fold(0.0, f32::max);
        assert!(steepest < 0.001, "a click: {steepest}");
    }
}
