//! How loud a sound is along its length, for drawing it: the highest sample of each of many equal stretches.

use std::path::Path;

use tokio::io::AsyncReadExt;

use super::{
    ffmpeg::{ToolError, Tools, add_input, finish, spawn},
    probe::sniff,
};

/// Stretches a second: at 0.5 mm each, a second is as wide as a word in print.
const A_SECOND: f64 = 25.0;
/// The most stretches of one sound: more than a screen has columns for it.
const MOST: usize = 2000;
/// What ffmpeg decodes to, in samples a second. Peaks that are drawn need no more.
const RATE: f64 = 8000.0;

/// The peaks of a sound that lasts so many seconds: 0 is silence, 255 full scale.
///
/// # Errors
/// When it cannot be read or decoded.
pub async fn measure(tools: &Tools, file: &Path, seconds: f64) -> Result<Vec<u8>, ToolError> {
    let mut peaks = Peaks::new(seconds, RATE);
    decode(tools, file, |sample| peaks.push(f64::from(sample) / f64::from(i16::MAX))).await?;
    Ok(peaks.highest)
}

/// How long a sound really is, in seconds, whatever its container says.
///
/// # Errors
/// When it cannot be read or decoded.
pub async fn seconds(tools: &Tools, file: &Path) -> Result<f64, ToolError> {
    let mut samples = 0_u64;
    decode(tools, file, |_| samples += 1).await?;
    Ok(samples as f64 / RATE)
}

/// Decodes a sound to [`RATE`] samples a second, in one channel.
async fn decode(tools: &Tools, file: &Path, mut hear: impl FnMut(i16)) -> Result<(), ToolError> {
    let format = sniff(file).await?.ok_or(ToolError::UnknownFormat)?;
    let mut command = tools.ffmpeg();
    add_input(&mut command, Some(format.demuxer), file);
    command.args(["-map", "0:a:0", "-ac", "1", "-ar", "8000", "-f", "s16le", "-"]).stdout(std::process::Stdio::piped());
    let mut child = spawn("ffmpeg", &mut command)?;
    let stdout = child.stdout.take();
    let read = async {
        let Some(mut stdout) = stdout else { return Ok(()) };
        let mut block = vec![0_u8; 64 << 10];
        let mut odd = None;
        loop {
            let read = stdout.read(&mut block).await?;
            if read == 0 {
                return std::io::Result::Ok(());
            }
            for byte in &block[..read] {
                match odd.take() {
                    None => odd = Some(*byte),
                    Some(low) => hear(i16::from_le_bytes([low, *byte])),
                }
            }
        }
    };
    let (read, ended) = tokio::join!(read, finish("ffmpeg", &mut child));
    ended?;
    read?;
    Ok(())
}

/// The same of a plain WAV file without ffmpeg; none where it is not plain.
#[must_use]
pub fn of_wav(file: &Path) -> Option<Vec<u8>> {
    let mut reader = hound::WavReader::open(file).ok()?;
    let spec = reader.spec();
    let seconds = f64::from(reader.duration()) / f64::from(spec.sample_rate);
    let mut peaks = Peaks::new(seconds, f64::from(spec.sample_rate) * f64::from(spec.channels));
    match spec.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().try_for_each(|sample| sample.map(|sample| peaks.push(f64::from(sample)))),
        hound::SampleFormat::Int => {
            let full = f64::from((1_i64 << (spec.bits_per_sample - 1)) as i32 - 1).max(1.0);
            reader.samples::<i32>().try_for_each(|sample| sample.map(|sample| peaks.push(f64::from(sample) / full)))
        }
    }
    .ok()?;
    Some(peaks.highest)
}

/// Gathers samples into stretches.
struct Peaks {
    highest: Vec<u8>,
    seen: f64,
    total: f64,
}

impl Peaks {
    fn new(seconds: f64, rate: f64) -> Self {
        let stretches = (seconds * A_SECOND).ceil().clamp(1.0, MOST as f64) as usize;
        Self { highest: vec![0; stretches], seen: 0.0, total: (seconds * rate).max(1.0) }
    }

    fn push(&mut self, sample: f64) {
        let at = (self.seen / self.total * self.highest.len() as f64) as usize;
        self.seen += 1.0;
        // A sound that is longer than its container says ends in the last stretch.
        let last = self.highest.len() - 1;
        let highest = &mut self.highest[at.min(last)];
        *highest = (*highest).max((sample.abs().min(1.0) * 255.0).round() as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::ffmpeg::run;

    /// Half a second of silence, then half a second of a tone at half of full scale.
    async fn step(folder: &Path, name: &str) -> (Tools, std::path::PathBuf) {
        let tools = Tools::find().expect("ffmpeg is installed");
        let file = folder.join(name);
        let mut command = tools.ffmpeg();
        let tone = "aevalsrc='if(lt(t,0.5),0,0.5*sin(2*PI*440*t))':d=1:s=16000";
        command.args(["-f", "lavfi", "-i", tone]).arg(&file);
        run("ffmpeg", command).await.expect("made");
        (tools, file)
    }

    fn is_a_step(peaks: &[u8]) {
        assert_eq!(peaks.len(), 25);
        assert!(peaks[..12].iter().all(|peak| *peak < 8), "{peaks:?}");
        assert!(peaks[13..24].iter().all(|peak| (116..=140).contains(peak)), "{peaks:?}");
    }

    #[tokio::test]
    async fn loud_and_silent_stand_where_they_are_heard() {
        let folder = tempfile::tempdir().expect("a folder");
        let (tools, wav) = step(folder.path(), "step.wav").await;
        is_a_step(&of_wav(&wav).expect("a plain WAV"));
        is_a_step(&measure(&tools, &wav, 1.0).await.expect("measured"));
        let (_, mp3) = step(folder.path(), "step.mp3").await;
        assert_eq!(of_wav(&mp3), None);
        let packed = measure(&tools, &mp3, 1.0).await.expect("measured");
        assert!(packed[2] < 8 && packed[20] > 100, "{packed:?}");
    }

    #[test]
    fn a_long_sound_has_no_more_stretches_than_a_screen_shows() {
        let mut peaks = Peaks::new(3600.0, 1.0);
        (0..4000).for_each(|_| peaks.push(0.25));
        assert_eq!(peaks.highest.len(), MOST);
        assert!(peaks.highest.iter().all(|peak| *peak == 64));
    }
}
