//! The track under the film: looped over a crossfade, faded at both ends, ducked while somebody speaks.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use crate::film::timeline::SAMPLE_RATE;

use super::voice::Decoded;

/// What the loop's end and its start overlap by.
const SEAM_SECONDS: f64 = 2.0;
const FADE_IN_SECONDS: f64 = 1.0;
const FADE_OUT_SECONDS: f64 = 3.0;
/// How far the music goes down under speech.
const DUCK_DB: f64 = 12.0;
/// It goes down over this long before speech begins, and comes up over as long after it ends.
const DUCK_SECONDS: f64 = 0.4;
/// Pauses shorter than this stay ducked: the music does not pump between sentences.
const SHORT_PAUSE_SECONDS: f64 = 1.6;
/// Samples over which the gain is taken as even: under 2 ms.
const GRAIN: usize = 64;

pub struct Bed {
    track: Decoded,
    file: File,
    gain: f64,
    /// Stretches of speech in seconds of the film, short pauses closed.
    speech: Vec<(f64, f64)>,
    total_seconds: f64,
    position: u64,
}

impl Bed {
    /// `level_lufs`: how loud the music is where nobody speaks.
    ///
    /// # Errors
    /// When the decoded track cannot be opened.
    pub fn new(track: Decoded, level_lufs: f64, speech: &[(f64, f64)], total_seconds: f64) -> io::Result<Self> {
        let mut closed: Vec<(f64, f64)> = Vec::new();
        for &(start, end) in speech {
            match closed.last_mut() {
                Some(last) if start - last.1 < SHORT_PAUSE_SECONDS => last.1 = end,
                _ => closed.push((start, end)),
            }
        }
        let gain = track.loudness.map_or(0.0, |loudness| decibels(level_lufs - loudness));
        let file = File::open(&track.file)?;
        Ok(Self { track, file, gain, speech: closed, total_seconds, position: 0 })
    }

    /// Adds the next stretch of music to the film's samples.
    ///
    /// # Errors
    /// When the decoded track cannot be read.
    pub fn add_to(&mut self, block: &mut [[f32; 2]]) -> io::Result<()> {
        let mut music = vec![[0.0_f32; 2]; block.len()];
        self.read(&mut music)?;
        for (grain, (out, music)) in block.chunks_mut(GRAIN).zip(music.chunks(GRAIN)).enumerate() {
            let at = (self.position as usize + grain * GRAIN) as f64 / f64::from(SAMPLE_RATE);
            let gain = (self.gain * self.level(at)) as f32;
            for (out, music) in out.iter_mut().zip(music) {
                out[0] += music[0] * gain;
                out[1] += music[1] * gain;
            }
        }
        self.position += block.len() as u64;
        Ok(())
    }

    /// Fades and ducking at a moment of the film: 0 to 1.
    fn level(&self, at: f64) -> f64 {
        let fade = (at / FADE_IN_SECONDS).min((self.total_seconds - at) / FADE_OUT_SECONDS).clamp(0.0, 1.0);
        let nearest = self.speech.iter().map(|(start, end)| (start - at).max(at - end).max(0.0)).fold(f64::INFINITY, f64::min);
        let open = (nearest / DUCK_SECONDS).clamp(0.0, 1.0);
        fade * decibels(-DUCK_DB * (1.0 - open))
    }

    /// The looped track from `position` on.
    fn read(&mut self, out: &mut [[f32; 2]]) -> io::Result<()> {
        let length = self.track.samples;
        let seam = ((SEAM_SECONDS * f64::from(SAMPLE_RATE)) as u64).min(length / 4);
        let period = length - seam;
        let mut done = 0;
        while done < out.len() {
            let at = self.position + done as u64;
            let place = at % period;
            let looped = at >= period;
            let until = if looped && place < seam { seam } else { period };
            let count = ((until - place) as usize).min(out.len() - done);
            let part = &mut out[done..done + count];
            self.samples(place, part)?;
            if looped && place < seam {
                let mut ending = vec![[0.0_f32; 2]; count];
                self.samples(period + place, &mut ending)?;
                for (index, (start, end)) in part.iter_mut().zip(ending).enumerate() {
                    // Equal power: start and end of a track are not alike.
                    let turn = (place + index as u64) as f32 / seam as f32 * std::f32::consts::FRAC_PI_2;
                    let (up, down) = turn.sin_cos();
                    *start = [start[0] * up + end[0] * down, start[1] * up + end[1] * down];
                }
            }
            done += count;
        }
        Ok(())
    }

    fn samples(&mut self, from: u64, out: &mut [[f32; 2]]) -> io::Result<()> {
        read_samples(&mut self.file, self.track.channels, from, out)
    }
}

/// Reads samples of a decoded sound, mono on both sides.
///
/// # Errors
/// When the file cannot be read or ends before.
pub fn read_samples(file: &mut File, channels: u16, from: u64, out: &mut [[f32; 2]]) -> io::Result<()> {
    let frame = 4 * usize::from(channels);
    file.seek(SeekFrom::Start(from * frame as u64))?;
    let mut bytes = vec![0_u8; out.len() * frame];
    file.read_exact(&mut bytes)?;
    for (out, bytes) in out.iter_mut().zip(bytes.chunks_exact(frame)) {
        let sample = |at: usize| f32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        *out = [sample(0), sample(frame - 4)];
    }
    Ok(())
}

pub fn decibels(db: f64) -> f64 {
    10_f64.powf(db / 20.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::timing::Heard;

    fn bed(samples: &[f32], speech: &[(f64, f64)], total: f64) -> (tempfile::TempDir, Bed) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("track.f32");
        std::fs::write(&file, samples.iter().flat_map(|s| s.to_le_bytes()).collect::<Vec<_>>()).expect("written");
        let track = Decoded {
            file,
            channels: 1,
            samples: samples.len() as u64,
            loudness: Some(-20.0),
            clipped: 0,
            heard: Heard::default(),
            promised_seconds: None,
        };
        (folder, Bed::new(track, -20.0, speech, total).expect("opened"))
    }

    #[test]
    fn loops_without_a_click() {
        let samples: Vec<f32> = (0..48_000 * 3).map(|n| (n as f32 * 0.01).sin() * 0.5).collect();
        let (_folder, mut bed) = bed(&samples, &[], 60.0);
        let mut out = vec![[0.0; 2]; 48_000 * 12];
        for block in out.chunks_mut(1000) {
            bed.add_to(block).expect("read");
        }
        let steepest = out.windows(2).map(|pair| (pair[1][0] - pair[0][0]).abs()).fold(0.0, f32::max);
        assert!(steepest < 0.012, "{steepest}");
    }

    #[test]
    fn ducks_under_speech_and_stays_down_in_short_pauses() {
        let (_folder, bed) = bed(&[0.0; 48_000], &[(5.0, 8.0), (9.0, 12.0), (20.0, 22.0)], 60.0);
        assert!((bed.level(3.0) - 1.0).abs() < 1e-9);
        for at in [5.0, 8.5, 12.0, 21.0] {
            assert!((bed.level(at) - decibels(-12.0)).abs() < 1e-9);
        }
        assert!((bed.level(16.0) - 1.0).abs() < 1e-9);
        assert!(bed.level(59.9) < 0.05);
    }
}
