//! A moving clip in place of a still: fitted to its scene's time, and read frame by frame.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};

use crate::film::timeline::Repeats;
use crate::media::ffmpeg::{ToolError, Tools, add_input};
use crate::media::probe::{MediaKind, probe, sniff};

use super::sampler::Picture;
use super::still::{Fit, fill};

/// A clip is slowed to no less than this share of its speed: slower looks like a fault.
const SLOWEST: f64 = 0.8;
/// Cut off at a clip's end: containers promise a frame or two more than there are.
const SHY_SECONDS: f64 = 0.05;

/// A clip, and how it fills its scene.
#[derive(Clone, Debug, PartialEq)]
pub struct Clip {
    pub file: PathBuf,
    demuxer: &'static str,
    /// Of its own speed, up to 1.
    pub speed: f64,
    /// In frames of the film.
    pub repeats: Repeats,
    fps: u32,
    /// When its picture begins, in seconds of the file.
    begins: f64,
    filters: String,
    pub has_sound: bool,
}

impl Clip {
    /// Looks at a clip for a scene that shows it on `frames` frames.
    ///
    /// # Errors
    /// [`ToolError`] where the file holds no moving picture.
    pub async fn open(tools: &Tools, file: &Path, frames: u64, fps: u32, size: (u32, u32)) -> Result<Self, ToolError> {
        let format = sniff(file).await?.filter(|format| format.kind == MediaKind::Container).ok_or(ToolError::UnknownFormat)?;
        let info = probe(tools, file).await?;
        let video = info.video.filter(|video| video.width > 0 && video.height > 0).ok_or(ToolError::UnknownFormat)?;
        let seconds = video.duration_seconds.unwrap_or(info.duration_seconds) - SHY_SECONDS;
        if !seconds.is_finite() || seconds <= 0.0 {
            return Err(ToolError::Answer { tool: "ffprobe", message: "the clip has no length".to_owned() });
        }
        let (speed, repeats) = fitted(seconds, frames, fps);
        let (width, height) = size;
        let fit = match Fit::of((video.width, video.height), size) {
            Fit::Crop { cover } => format!("scale={}:{}:flags=bicubic,crop={width}:{height}", cover.0, cover.1),
            Fit::Fill => format!("format=gbrp,{}", fill((video.width, video.height), size)),
        };
        let filters = format!(
            "[0:v:0]setpts=PTS/{speed:.6},fps={fps}:start_time=0,{fit},\
             scale={width}:{height}:out_color_matrix=bt709:out_range=tv,format=yuv420p[out]"
        );
        let (file, begins, has_sound) = (file.to_owned(), video.begins_seconds, info.audio.is_some());
        Ok(Self { file, demuxer: format.demuxer, speed, repeats, fps, begins, filters, has_sound })
    }

    /// Opens it at one of its frames.
    ///
    /// # Errors
    /// When ffmpeg cannot be started.
    pub fn read_from(&self, tools: &Tools, frame: u64) -> io::Result<Reader> {
        let mut command = tools.ffmpeg();
        // From the keyframe before: the clip's frame that is seen at that moment may have begun long ago, and would be left
        // out. What comes before it has a time below zero, and is dropped with the rates' difference.
        command.args(["-noaccurate_seek", "-ss"]);
        command.arg(format!("{:.6}", self.begins + frame as f64 / f64::from(self.fps) * self.speed));
        add_input(&mut command, Some(self.demuxer), &self.file);
        command.args(["-filter_complex", &self.filters, "-map", "[out]", "-an", "-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1"]);
        // What it says is not read: a full pipe would stop it.
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.into_std().spawn()?;
        let stdout = child.stdout.take().ok_or_else(|| io::Error::other("a child without its output"))?;
        Ok(Reader { child, stdout, next: frame })
    }
}

/// The speed and the repeats that bring a clip of `seconds` to so many frames: cut where it is long enough, else slowed a
/// little, and shown again from its start where that is not enough.
fn fitted(seconds: f64, frames: u64, fps: u32) -> (f64, Repeats) {
    let holds = seconds * f64::from(fps);
    let times = (frames as f64 * SLOWEST / holds).ceil().max(1.0) as u64;
    // Rounded up: else frames would be left over, and the clip would begin once more for them.
    let share = frames.div_ceil(times).max(1);
    let speed = (holds / share as f64).clamp(SLOWEST, 1.0);
    let period = share.max(holds as u64);
    // What is left over for a very short clip, less than a fifth of it, is no showing of its own: it holds its last frame.
    let times = (frames as f64 / period as f64 + 0.8).max(1.0) as u64;
    (speed, Repeats { times, period })
}

/// A clip being decoded. Dropping it ends the decoder.
pub struct Reader {
    child: Child,
    stdout: ChildStdout,
    /// The frame that comes next.
    pub next: u64,
}

impl Reader {
    /// Reads the next frame; false where there is none any more, and the picture is as it was.
    ///
    /// # Errors
    /// When reading fails.
    pub fn read(&mut self, into: &mut Picture) -> io::Result<bool> {
        let mut done = 0;
        let mut first = [0_u8; 1];
        if self.stdout.read(&mut first)? == 0 {
            return Ok(false);
        }
        into.data[0] = first[0];
        done += 1;
        self.stdout.read_exact(&mut into.data[done..])?;
        self.next += 1;
        Ok(true)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait().map(drop)) {
            tracing::debug!(%error, "a clip's decoder could not be ended");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clips_are_cut_slowed_or_looped() {
        let repeats = |times, period| Repeats { times, period };
        assert_eq!(fitted(9.0, 240, 30), (1.0, repeats(1, 270)));
        let (speed, once) = fitted(7.0, 240, 30);
        assert!((speed - 0.875).abs() < 1e-9 && once == repeats(1, 240), "{speed} {once:?}");
        // Twice, each a little slower than it is.
        let (speed, twice) = fitted(3.5, 240, 30);
        assert!((speed - 0.875).abs() < 1e-9 && twice == repeats(2, 120), "{speed} {twice:?}");
        // Twice at its own speed, the second time cut.
        assert_eq!(fitted(5.0, 240, 30), (1.0, repeats(2, 150)));
        assert_eq!(fitted(0.01, 240, 30).1, repeats(240, 1));
    }

    #[test]
    fn no_clip_begins_again_for_what_is_left_over() {
        for hundredths in 1..2000 {
            for frames in [1, 2, 59, 239, 240, 241, 601] {
                let (speed, repeats) = fitted(f64::from(hundredths) / 100.0, frames, 30);
                assert!((SLOWEST..=1.0).contains(&speed), "{speed}");
                // The film's last scene may be a few frames longer than it is by itself.
                let (last, after) = (repeats.place(frames - 1).0, repeats.place(frames + 4).0);
                assert!(repeats.times == 1 || last + 1 >= repeats.period / 5, "{hundredths} in {frames}: {repeats:?}");
                assert_eq!(after, last + 5, "{hundredths} in {frames}: {repeats:?}");
            }
        }
    }
}
