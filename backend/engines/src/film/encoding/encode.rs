//! Frames into an H.264 file: one ffmpeg, fed through a pipe by a thread that draws.

use std::io::{self, PipeReader};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::process::Command;

use crate::film::blocking::blocking;
use crate::film::spec::Quality;
use crate::media::ffmpeg::{ToolError, Tools, finish, spawn};

use super::frame_pipe::{FramePipe, frame_pipe};
use super::frames::Frames;
use super::hardware::Encoder;
use super::look::Seen;

/// Time units of a part's track for each frame. The tracks of all parts share it, so that joining
/// them keeps every frame on its exact place.
pub const TICKS_PER_FRAME: u32 = 512;

/// How frames are encoded; the same for all parts of a film.
#[derive(Clone, Debug)]
pub struct Encoding {
    pub width: u32,
    pub height: u32,
    pub fps: u32,
    pub quality: Quality,
    pub encoder: Encoder,
}

impl Encoding {
    /// What ffmpeg is told. It says everything about a part's bytes but its frames.
    #[must_use]
    pub fn settings(&self) -> Vec<String> {
        let keyframes = (self.fps * 5).to_string();
        let timescale = (self.fps * TICKS_PER_FRAME).to_string();
        let common = [
            ["-profile:v", "high"],
            ["-g", &keyframes],
            ["-color_range", "tv"],
            ["-colorspace", "bt709"],
            ["-color_primaries", "bt709"],
            ["-color_trc", "bt709"],
            ["-video_track_timescale", &timescale],
        ];
        let mut settings = self.encoder.settings(self.quality);
        settings.extend(common.concat().into_iter().map(str::to_owned));
        settings
    }

    /// Encodes so many frames to `to` by so many threads, and tells what was seen on them. Each frame handed over adds one
    /// to `done`.
    ///
    /// # Errors
    /// [`ToolError`] when ffmpeg fails or the disk is full.
    pub async fn encode(
        &self,
        tools: &Tools,
        (frames, count): (Frames, u64),
        threads: usize,
        to: &Path,
        done: &Arc<AtomicU64>,
    ) -> Result<Seen, ToolError> {
        let (reader, writer) = frame_pipe()?;
        let mut command = self.command(tools, reader, threads, to);
        let mut child = spawn("ffmpeg", &mut command)?;
        // The command holds the pipe's other end: while it lives, a dead ffmpeg would not be noticed.
        drop(command);
        let done = Arc::clone(done);
        let drawn = blocking(move |stop| Ok(write_frames(frames, count, writer, stop, &done)?));
        let (ended, drawn) = tokio::join!(finish("ffmpeg", &mut child), drawn);
        // ffmpeg's own reason comes before the broken pipe that it left.
        ended.and(drawn)
    }

    fn command(&self, tools: &Tools, input: PipeReader, threads: usize, to: &Path) -> Command {
        let mut command = tools.ffmpeg();
        command.stdin(Stdio::from(input));
        let size = format!("{}x{}", self.width, self.height);
        command.args(self.encoder.device());
        command.args(["-f", "rawvideo", "-pixel_format", "yuv420p", "-video_size", &size]);
        command.args(["-framerate", &self.fps.to_string(), "-i", "pipe:0"]);
        // Said of the frames too: newer versions take the tags from them, older ones from the options.
        let tags = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709";
        command.args(["-vf", &format!("{tags}{}", self.encoder.upload())]).args(self.settings());
        command.args(["-threads", &threads.to_string(), "-an", "-f", "mp4"]).arg(to);
        command
    }
}

fn write_frames(mut frames: Frames, count: u64, mut pipe: FramePipe, stop: &AtomicBool, done: &AtomicU64) -> io::Result<Seen> {
    for index in 0..count {
        if stop.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        match pipe.write(&frames.draw(index)?.data, index + 1 == count) {
            // ffmpeg ended early: its exit code tells why.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            other => other?,
        }
        done.fetch_add(1, Ordering::Relaxed);
    }
    Ok(frames.seen().clone())
}
