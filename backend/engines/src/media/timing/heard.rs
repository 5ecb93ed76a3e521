//! What is heard of a narration: where in it somebody speaks, and how loud.

use std::path::Path;

use serde::{Deserialize, Serialize};
use tokio::io::AsyncReadExt;

use crate::media::{
    ffmpeg::{ToolError, Tools, add_input, finish, spawn},
    probe::sniff,
};

/// Speech and silence are told apart in hundredths of a second.
pub const GRAINS_A_SECOND: usize = 100;
/// A grain this far under the sound's loudest ones is silence, in dB.
const SILENCE_BELOW_DB: f32 = 32.0;
/// Shorter silences belong to the speech (stops inside words), in grains.
const SHORTEST_SILENCE: usize = 12;
/// What ffmpeg decodes to, in samples a second: speech needs no more.
const RATE: usize = 16_000;

/// What is heard of a narration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// Stretches that are not silent, in seconds.
    pub spoken: Vec<(f64, f64)>,
    /// How loud each hundredth of a second is, in dB below the sound's loudest, up to 96.
    pub envelope: Vec<u8>,
}

impl Heard {
    /// From the mean square of each hundredth of a second.
    #[must_use]
    pub fn of_grains(grains: &[f32]) -> Self {
        Self { spoken: spoken(grains), envelope: envelope(grains) }
    }

    /// Listens to a sound file.
    ///
    /// # Errors
    /// When it cannot be read or decoded.
    pub async fn measure(tools: &Tools, file: &Path) -> Result<Self, ToolError> {
        let format = sniff(file).await?.ok_or(ToolError::UnknownFormat)?;
        let mut command = tools.ffmpeg();
        add_input(&mut command, Some(format.demuxer), file);
        command.args(["-map", "0:a:0", "-ac", "1", "-ar", &RATE.to_string(), "-f", "f32le", "-"]).stdout(std::process::Stdio::piped());
        let mut child = spawn("ffmpeg", &mut command)?;
        let stdout = child.stdout.take();
        let read = async {
            let Some(mut stdout) = stdout else { return Ok(Vec::new()) };
            let (mut grains, mut grain) = (Vec::new(), vec![0_u8; RATE / GRAINS_A_SECOND * size_of::<f32>()]);
            // The last one may be shorter: it is left out.
            while stdout.read_exact(&mut grain).await.is_ok() {
                let samples = grain.chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
                grains.push(samples.map(|sample| sample * sample).sum::<f32>() / (RATE / GRAINS_A_SECOND) as f32);
            }
            std::io::Result::Ok(grains)
        };
        let (grains, ended) = tokio::join!(read, finish("ffmpeg", &mut child));
        ended?;
        Ok(Self::of_grains(&grains?))
    }
}

fn envelope(grains: &[f32]) -> Vec<u8> {
    let loudest = grains.iter().copied().fold(1e-12, f32::max);
    grains.iter().map(|power| (-10.0 * (power.max(1e-12) / loudest).log10()).round().clamp(0.0, 96.0) as u8).collect()
}

/// The stretches above the silence threshold, in seconds.
fn spoken(grains: &[f32]) -> Vec<(f64, f64)> {
    let mut sorted = grains.to_vec();
    sorted.sort_by(f32::total_cmp);
    // The 95th percentile: a click does not set the measure.
    let Some(loud) = sorted.get(sorted.len() * 95 / 100).copied().filter(|power| *power > 1e-8) else { return Vec::new() };
    let least = loud * 10_f32.powf(-SILENCE_BELOW_DB / 10.0);
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for (index, _) in grains.iter().enumerate().filter(|(_, power)| **power > least) {
        match spans.last_mut() {
            Some(last) if index - last.1 < SHORTEST_SILENCE => last.1 = index + 1,
            _ => spans.push((index, index + 1)),
        }
    }
    spans.into_iter().map(|(from, to)| (from as f64 / GRAINS_A_SECOND as f64, to as f64 / GRAINS_A_SECOND as f64)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_stop_belongs_to_the_speech_and_a_pause_does_not() {
        let mut grains = vec![0.01_f32; 100];
        grains[20..25].fill(0.0);
        grains[60..80].fill(0.0);
        let heard = Heard::of_grains(&grains);
        assert_eq!(heard.spoken, [(0.0, 0.6), (0.8, 1.0)]);
        assert_eq!((heard.envelope[10], heard.envelope[70]), (0, 96));
        assert_eq!(Heard::of_grains(&[0.0; 50]).spoken, []);
    }
}
