//! Measures a decoded sound: its length and loudness, where it is cut off, and where somebody speaks.

use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use ebur128::{Channel, EbuR128, Mode};

use crate::film::timeline::SAMPLE_RATE;
use crate::media::ffmpeg::ToolError;
use crate::media::timing::{GRAINS_A_SECOND, Heard};

use super::voice::Decoded;

/// The grain in which speech and silence are told apart, in samples.
const GRAIN: usize = SAMPLE_RATE as usize / GRAINS_A_SECOND;
/// Full scale, less what resampling a flat top takes off it.
const LIMIT: f32 = 0.985;
/// This many samples in a row at the limit are a flat top: a fifth of a millisecond.
const CLIPPED_SAMPLES: u32 = 10;
/// How much is read at a time, in bytes.
const BLOCK: usize = 1 << 16;

/// Bytes in, measures out.
pub struct Meter {
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
    /// Measures a file of interleaved 32-bit floats at 48 kHz.
    ///
    /// # Errors
    /// When it cannot be read, or nobody waits any more.
    pub fn read(file: &Path, channels: u16, stop: &AtomicBool) -> Result<Decoded, ToolError> {
        let mut meter = Self::new(channels)?;
        let (mut samples, mut block) = (std::fs::File::open(file)?, vec![0_u8; BLOCK]);
        loop {
            if stop.load(Ordering::Relaxed) {
                return Err(io::Error::from(io::ErrorKind::Interrupted).into());
            }
            match samples.read(&mut block)? {
                0 => return Ok(meter.finish(file)),
                read => meter.take(&block[..read])?,
            }
        }
    }

    fn new(channels: u16) -> Result<Self, ToolError> {
        let broken = |error: ebur128::Error| ToolError::Io(io::Error::other(error.to_string()));
        let mut loudness = EbuR128::new(u32::from(channels), SAMPLE_RATE, Mode::I).map_err(broken)?;
        if channels == 1 {
            // It is heard from both sides.
            loudness.set_channel(0, Channel::DualMono).map_err(broken)?;
        }
        let (rest, samples, grains) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { channels, loudness, rest, samples, count: 0, clipped: 0, at_limit: 0, grains, filling: (0.0, 0) })
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), ToolError> {
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

    fn finish(mut self, file: &Path) -> Decoded {
        if self.filling.1 > 0 {
            self.grains.push(self.filling.0 / self.filling.1 as f32);
        }
        let loudness = self.loudness.loudness_global().ok().filter(|loudness| loudness.is_finite() && *loudness > -70.0);
        let loudness = loudness.or_else(|| short_loudness(&self.grains));
        let heard = Heard::of_grains(&self.grains);
        let (channels, samples, clipped) = (self.channels, self.count, self.clipped);
        Decoded { file: file.to_owned(), channels, samples, loudness, clipped, heard, promised_seconds: None }
    }
}

/// R 128 needs 400 ms of sound; a shorter one is judged by its mean power.
fn short_loudness(grains: &[f32]) -> Option<f64> {
    let power = grains.iter().sum::<f32>() / grains.len().max(1) as f32;
    (power > 1e-7).then(|| f64::from(10.0 * power.log10()) - 0.691 + 3.0)
}
