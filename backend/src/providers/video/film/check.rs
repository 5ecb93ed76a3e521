//! What was really made: the finished file measured, and what a viewer may stumble over.

use std::path::Path;

use crate::media::ffmpeg::{ToolError, Tools};
use crate::media::probe::probe;
use crate::media::subtitles::Cue;

use super::sound::{PEAK_LIMIT_DBTP, TARGET_LUFS, measure};
use super::spec::{Check, FilmSpec, Warning};
use super::timeline::Timeline;
use super::voice::Decoded;

/// Faster captions can hardly be read, in characters a second.
const READABLE: f64 = 20.0;
/// A silence this long inside a narration is likely a fault of the voice.
const LONG_SILENCE_SECONDS: f64 = 3.0;
/// A flat top or two are not heard.
const CLIPS_HEARD: u32 = 5;
/// A narration this much shorter than its file promises was cut off.
const CUT_OFF_SECONDS: f64 = 0.5;

/// Measures the file.
///
/// # Errors
/// [`ToolError`] when it cannot be read: then it is no film.
pub async fn check(
    tools: &Tools,
    file: &Path,
    spec: &FilmSpec,
    timeline: &Timeline,
    voices: &[Option<Decoded>],
    cues: &[Vec<Cue>],
) -> Result<Check, ToolError> {
    let info = probe(tools, file).await?;
    let wrong = |message: &str| ToolError::Answer { tool: "ffprobe", message: message.to_owned() };
    let video = info.video.ok_or_else(|| wrong("the film has no picture"))?;
    let measured = measure(tools, file).await?;
    let film_seconds = video.duration_seconds.unwrap_or(info.duration_seconds);
    let mut warnings = Vec::new();
    let mut film = |message: String| warnings.push(Warning { scene_id: None, at_seconds: None, message });
    if video.frames != Some(timeline.total_frames) {
        let made = video.frames.unwrap_or(0);
        film(format!("The film has {made} frames instead of {}.", timeline.total_frames));
    }
    let sound = info.audio.and_then(|audio| audio.duration_seconds).unwrap_or(0.0);
    if (sound - film_seconds).abs() > 1.0 / f64::from(timeline.fps) {
        film(format!("Sound and picture differ in length by {:.3} s.", (sound - film_seconds).abs()));
    }
    if let Some(loudness) = measured.loudness_lufs.filter(|loudness| (loudness - TARGET_LUFS).abs() > 1.0) {
        film(format!("The loudness is {loudness:.1} LUFS instead of {TARGET_LUFS}."));
    }
    if let Some(peak) = measured.true_peak_dbtp.filter(|peak| *peak > PEAK_LIMIT_DBTP) {
        film(format!("The true peak is {peak:.1} dBTP, over {PEAK_LIMIT_DBTP}."));
    }
    for (position, scene) in spec.scenes.iter().enumerate() {
        let span = &timeline.scenes[position];
        let at = timeline.seconds(span.first_frame);
        let mut warn = |at_seconds: f64, message: String| {
            warnings.push(Warning { scene_id: Some(scene.id.clone()), at_seconds: Some(at_seconds), message });
        };
        if let (Some(voice), Some((speech, _))) = (&voices[position], span.speech) {
            about_voice(voice, speech, &mut warn);
        } else if !scene.narration.trim().is_empty() {
            warn(at, "This scene has words but no narration.".to_owned());
        }
        for cue in &cues[position] {
            let characters: usize = cue.lines.iter().map(|line| line.chars().count()).sum();
            let speed = characters as f64 / (cue.end_seconds - cue.start_seconds).max(0.001);
            if speed > READABLE {
                warn(cue.start_seconds, format!("A caption is too fast to read: {speed:.0} characters a second."));
            }
        }
    }
    Ok(Check {
        narration_seconds: voices.iter().flatten().map(Decoded::seconds).fold(0.0, |sum, seconds| sum + seconds),
        film_seconds,
        loudness_lufs: measured.loudness_lufs,
        true_peak_dbtp: measured.true_peak_dbtp,
        warnings,
    })
}

fn about_voice(voice: &Decoded, starts_at: f64, warn: &mut impl FnMut(f64, String)) {
    if voice.loudness.is_none() {
        warn(starts_at, "The narration is silent.".to_owned());
    }
    if voice.clipped > CLIPS_HEARD {
        warn(starts_at, "The narration's sound is clipped.".to_owned());
    }
    if let Some(promised) = voice.promised_seconds.filter(|promised| promised - voice.seconds() > CUT_OFF_SECONDS) {
        warn(starts_at, format!("The narration is cut off: {:.1} s of {promised:.1} s.", voice.seconds()));
    }
    for pair in voice.spoken.windows(2) {
        let silence = pair[1].0 - pair[0].1;
        if silence > LONG_SILENCE_SECONDS {
            warn(starts_at + pair[0].1, format!("The narration is silent for {silence:.1} s."));
        }
    }
}
