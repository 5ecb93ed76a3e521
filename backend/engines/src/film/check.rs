//! What was really made: the finished file measured, and what a viewer may stumble over.

use std::path::Path;

use crate::media::ffmpeg::{ToolError, Tools, add_input, run};
use crate::media::probe::probe;
use crate::media::subtitles::Cue;

use super::encoding::encode::TICKS_PER_FRAME;
use super::encoding::look::Seen;
use super::sound::mixing::{Measured, PEAK_LIMIT_DBTP, TARGET_LUFS, gain_of};
use super::sound::voice::Decoded;
use super::spec::{Check, FilmSpec, Motion, Visual, Warning};
use super::timeline::{LEAD_IN_SECONDS, Timeline};

/// Faster captions can hardly be read, in characters a second.
const READABLE: f64 = 20.0;
/// A silence this long inside a narration is likely a fault of the voice.
const LONG_SILENCE_SECONDS: f64 = 3.0;
/// A flat top or two are not heard.
const CLIPS_HEARD: u32 = 5;
/// A narration this much shorter than its file promises was cut off.
const CUT_OFF_SECONDS: f64 = 0.5;
/// Music that is this much louder or quieter than was asked for is heard to be.
const MUSIC_CHANGE_DB: f64 = 3.0;
/// A narration that is so much quieter than others, although it was raised as far as it may be, is heard to be.
const QUIETER_DB: f64 = 3.0;
/// A dip goes through black for a few frames; longer is a fault.
const BLACK_SECONDS: f64 = 1.0;
/// A picture that should move and stands still this long looks broken.
const FROZEN_SECONDS: f64 = 2.0;

/// The finished film, and what is known of it from its making.
pub struct Made<'a> {
    pub file: &'a Path,
    /// The sound, as it came out of the encoder: the film holds a copy of it.
    pub measured: Measured,
    pub seen: Seen,
    /// What is wrong with the captions: in which scene, when, and what.
    pub faults: Vec<(usize, f64, &'static str)>,
}

/// Measures the file.
///
/// # Errors
/// [`ToolError`] when it cannot be read: then it is no film.
pub async fn check(
    tools: &Tools,
    made: Made<'_>,
    spec: &FilmSpec,
    timeline: &Timeline,
    voices: &[Option<Decoded>],
    cues: &[Vec<Cue>],
) -> Result<Check, ToolError> {
    let (info, frames) = tokio::try_join!(probe(tools, made.file), frame_times(tools, made.file))?;
    let wrong = |message: &str| ToolError::Answer { tool: "ffprobe", message: message.to_owned() };
    let video = info.video.ok_or_else(|| wrong("the film has no picture"))?;
    let film_seconds = video.duration_seconds.unwrap_or(info.duration_seconds);
    let mut warnings = Vec::new();
    let mut film = |at_seconds: Option<f64>, message: String| warnings.push(Warning { scene_id: None, at_seconds, message });
    if frames.len() as u64 != timeline.total_frames {
        film(None, format!("The film has {} frames instead of {}.", frames.len(), timeline.total_frames));
    } else if let Some(place) = frames.iter().enumerate().position(|(index, time)| *time != index as u64 * u64::from(TICKS_PER_FRAME)) {
        film(Some(timeline.seconds(place as u64)), "Frames do not follow each other evenly.".to_owned());
    }
    let sound = info.audio.and_then(|audio| audio.duration_seconds).unwrap_or(0.0);
    if (sound - film_seconds).abs() > 1.0 / f64::from(timeline.fps) {
        film(None, format!("Sound and picture differ in length by {:.3} s.", (sound - film_seconds).abs()));
    }
    let measured = &made.measured;
    if let Some(loudness) = measured.loudness_lufs.filter(|loudness| (loudness - TARGET_LUFS).abs() > 1.0) {
        film(None, format!("The loudness is {loudness:.1} LUFS instead of {TARGET_LUFS}."));
    }
    if let Some(peak) = measured.true_peak_dbtp.filter(|peak| *peak > PEAK_LIMIT_DBTP) {
        film(None, format!("The true peak is {peak:.1} dBTP, over {PEAK_LIMIT_DBTP}."));
    }
    if measured.music_by.abs() > MUSIC_CHANGE_DB {
        let (by, how) = (measured.music_by.abs(), if measured.music_by > 0.0 { "louder" } else { "quieter" });
        film(None, format!("The music is {by:.0} dB {how} than was asked for, so that the film has its loudness."));
    }
    let level = |voice: &Decoded| voice.loudness.map(|loudness| loudness + gain_of(voice));
    let loudest = voices.iter().flatten().filter_map(level).fold(f64::NEG_INFINITY, f64::max);
    for (position, scene) in spec.scenes.iter().enumerate() {
        let span = &timeline.scenes[position];
        let at = timeline.seconds(span.first_frame);
        let mut warn = |at_seconds: f64, message: String| {
            warnings.push(Warning { scene_id: Some(scene.id.clone()), at_seconds: Some(at_seconds), message });
        };
        if let (Some(voice), Some((speech, _))) = (&voices[position], span.speech) {
            about_voice(voice, speech, &mut warn);
            if let Some(by) = level(voice).map(|level| loudest - level).filter(|by| *by > QUIETER_DB) {
                warn(speech, format!("The narration is so quiet that it stays {by:.0} dB under the others."));
            }
            if timeline.seconds(span.frames) + 1e-6 < LEAD_IN_SECONDS + voice.seconds() {
                warn(speech, "The scene is shorter than its narration.".to_owned());
            }
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
    warnings.extend(seen_and_heard(&made, spec, timeline));
    Ok(Check {
        narration_seconds: voices.iter().flatten().map(Decoded::seconds).fold(0.0, |sum, seconds| sum + seconds),
        film_seconds,
        loudness_lufs: measured.loudness_lufs,
        true_peak_dbtp: measured.true_peak_dbtp,
        warnings,
    })
}

/// The times of all frames as the container has them, in order, in its own units.
async fn frame_times(tools: &Tools, file: &Path) -> Result<Vec<u64>, ToolError> {
    let mut command = tools.ffprobe();
    command.args(["-select_streams", "v:0", "-show_entries", "packet=pts", "-of", "csv=p=0"]);
    add_input(&mut command, Some("mov"), file);
    let out = run("ffprobe", command).await?;
    let mut times: Vec<u64> = String::from_utf8_lossy(&out).lines().filter_map(|line| line.trim_matches(',').parse().ok()).collect();
    times.sort_unstable();
    Ok(times)
}

/// What was noticed on the frames and in the sound, each with the scene that it is in.
fn seen_and_heard(made: &Made<'_>, spec: &FilmSpec, timeline: &Timeline) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |position: usize, at_seconds: f64, message: String| {
        warnings.push(Warning { scene_id: Some(spec.scenes[position].id.clone()), at_seconds: Some(at_seconds), message });
    };
    let scene_at = |seconds: f64| {
        let begun = timeline.scenes.iter().take_while(|scene| timeline.seconds(scene.first_frame) <= seconds + 1e-9);
        begun.count().saturating_sub(1)
    };
    for &(from, to) in &made.seen.black {
        let (at, lasts) = (timeline.seconds(from), timeline.seconds(to - from));
        if lasts >= BLACK_SECONDS {
            warn(scene_at(at), at, format!("The picture is black for {lasts:.1} s."));
        }
    }
    for &(from, to) in &made.seen.frozen {
        let (at, lasts) = (timeline.seconds(from), timeline.seconds(to - from));
        let position = scene_at(f64::midpoint(at, at + lasts));
        let moves = spec.motion != Motion::None || matches!(spec.scenes[position].visual, Visual::Clip { .. });
        if moves && lasts >= FROZEN_SECONDS {
            warn(position, at, format!("The picture stands still for {lasts:.1} s."));
        }
    }
    for &(from, to) in &made.measured.silent {
        let position = scene_at(f64::midpoint(from, to));
        if timeline.scenes[position].speech.is_some() {
            warn(position, from, format!("The film is silent for {:.1} s.", to - from));
        }
    }
    if let Some((at, times)) = made.measured.clipped {
        warn(scene_at(at), at, format!("The film's sound is clipped, first here, {times} times in all."));
    }
    for &(position, at, fault) in &made.faults {
        warn(position, at, fault.to_owned());
    }
    warnings
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
    for pair in voice.heard.spoken.windows(2) {
        let silence = pair[1].0 - pair[0].1;
        if silence > LONG_SILENCE_SECONDS {
            warn(starts_at + pair[0].1, format!("The narration is silent for {silence:.1} s."));
        }
    }
}
