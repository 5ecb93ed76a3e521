//! Sounds made into other sounds by ffmpeg: decoded, slowed down, sped up.

use std::path::Path;

use super::{
    ffmpeg::{ToolError, Tools, add_input, run},
    probe::{MediaKind, sniff},
};

/// Writes the sound of a file as a WAV of 16-bit samples.
///
/// # Errors
/// [`ToolError`] where the file is no sound, or a broken one.
pub async fn to_wav(tools: &Tools, from: &Path, to: &Path) -> Result<(), ToolError> {
    ffmpeg(tools, from, &["-c:a", "pcm_s16le", "-f", "wav"], to).await
}

/// Writes the sound of a file so many times as fast, at its own pitch, as FLAC: nothing is lost, and it can be sought in.
/// `tempo`: from 0.5 to 4.
///
/// # Errors
/// [`ToolError`] where the file is no sound, or a broken one.
pub async fn at_tempo(tools: &Tools, from: &Path, tempo: f64, to: &Path) -> Result<(), ToolError> {
    let filter = format!("atempo={:.6}", tempo.clamp(0.5, 4.0));
    ffmpeg(tools, from, &["-filter:a", &filter, "-c:a", "flac", "-sample_fmt", "s16", "-f", "flac"], to).await
}

async fn ffmpeg(tools: &Tools, from: &Path, arguments: &[&str], to: &Path) -> Result<(), ToolError> {
    let format = sniff(from).await?.filter(|format| format.kind != MediaKind::Picture).ok_or(ToolError::UnknownFormat)?;
    let mut command = tools.ffmpeg();
    add_input(&mut command, Some(format.demuxer), from);
    command.args(["-map", "0:a:0", "-map_metadata", "-1"]).args(arguments).arg(to);
    run("ffmpeg", command).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{probe::probe, wav::Samples};

    #[tokio::test]
    async fn a_sound_is_made_faster_and_slower() {
        let tools = Tools::find().expect("ffmpeg is installed");
        let folder = tempfile::tempdir().unwrap();
        let tone = folder.path().join("tone.mp3");
        let mut command = tools.ffmpeg();
        command.args(["-f", "lavfi", "-i", "sine=d=3:r=44100", "-f", "mp3"]).arg(&tone);
        run("ffmpeg", command).await.unwrap();
        let to = folder.path().join("to");
        for tempo in [0.5, 0.714_286, 1.5, 2.0] {
            at_tempo(&tools, &tone, tempo, &to).await.unwrap();
            let seconds = probe(&tools, &to).await.unwrap().duration_seconds;
            assert!((seconds - 3.0 / tempo).abs() < 0.08, "{tempo}: {seconds}");
        }
        to_wav(&tools, &tone, &to).await.unwrap();
        let samples = Samples::of_wav(&to).unwrap().unwrap();
        assert!((samples.seconds() - 3.0).abs() < 0.06 && samples.rate == 44_100, "{samples:?}");
    }
}
