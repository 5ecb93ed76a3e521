//! What a vendor sends as a clip becomes one of the studio's: looked at, in a form that every browser and the film engine
//! read, with a still of it.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::Video;
use crate::{
    media::{
        ffmpeg::{ToolError, Tools, add_input, run},
        probe::{MediaInfo, VideoStream, probe},
    },
    providers::{Kind, Machine, ProviderError, ProviderResult, Usage, http::Api},
};

/// The longest clip, in seconds, and the longest side of one, in pixels.
const LONGEST_SECONDS: f64 = 600.0;
const LONGEST_SIDE: u32 = 8192;

/// What keeps clips from being looked at on this machine.
pub fn missing(machine: &Machine) -> Option<String> {
    machine.tools.as_ref().err().map(|missing| format!("{}.", missing.trim_end_matches('.')))
}

/// The tools that it takes.
pub fn tools<'a>(tools: &'a Result<Tools, String>, api: &Api) -> ProviderResult<&'a Tools> {
    tools.as_ref().map_err(|missing| api.error(Kind::NotConfigured, missing.clone()))
}

/// A clip from a file that was fetched into `workdir`. What it used is told along with every failure, since the vendor has
/// made it.
pub async fn develop(tools: &Tools, api: &Api, fetched: &Path, workdir: &Path, usage: impl FnOnce(f64) -> Usage) -> ProviderResult<Video> {
    let (info, stream) = look_at(tools, api, fetched).await?;
    let seconds = stream.duration_seconds.unwrap_or(info.duration_seconds);
    let usage = usage(seconds);
    match finish(tools, &info, &stream, fetched, workdir).await {
        Ok(Developed { file, still, width, height }) => Ok(Video {
            file,
            poster: Some(still),
            subtitles: None,
            duration_seconds: seconds,
            width,
            height,
            check: None,
            usage,
            credit: None,
        }),
        Err(error) => Err(failure(api, &error).having_used(usage)),
    }
}

async fn look_at(tools: &Tools, api: &Api, file: &Path) -> ProviderResult<(MediaInfo, VideoStream)> {
    let info = probe(tools, file).await.map_err(|error| failure(api, &error))?;
    let is_sane = |stream: &VideoStream| {
        let seconds = stream.duration_seconds.unwrap_or(info.duration_seconds);
        (1..=LONGEST_SIDE).contains(&stream.width)
            && (1..=LONGEST_SIDE).contains(&stream.height)
            && seconds.is_finite()
            && seconds > 0.0
            && seconds <= LONGEST_SECONDS
    };
    match info.video.clone().filter(is_sane) {
        Some(stream) => Ok((info, stream)),
        None => Err(not_a_film(api)),
    }
}

struct Developed {
    file: PathBuf,
    still: PathBuf,
    width: u32,
    height: u32,
}

async fn finish(tools: &Tools, info: &MediaInfo, stream: &VideoStream, fetched: &Path, workdir: &Path) -> Result<Developed, ToolError> {
    let (file, still) = (workdir.join("clip.mp4"), workdir.join("still.jpg"));
    let mut command = tools.ffmpeg();
    add_input(&mut command, Some(&info.format), fetched);
    command.args(["-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1", "-movflags", "+faststart"]);
    let (mut width, mut height) = (stream.width, stream.height);
    if plays_everywhere(info, stream) {
        command.args(["-c", "copy"]);
    } else {
        // H.264 in this form has even sides.
        command.args([
            "-vf",
            "scale=trunc(iw/2)*2:trunc(ih/2)*2",
            "-c:v",
            "libx264",
            "-crf",
            "18",
            "-preset",
            "medium",
            "-pix_fmt",
            "yuv420p",
        ]);
        command.args(["-c:a", "aac"]);
        (width, height) = (width & !1, height & !1);
    }
    command.args(["-f", "mp4"]).arg(&file);
    run("ffmpeg", command).await?;
    take_still(tools, &file, stream.duration_seconds.unwrap_or(info.duration_seconds) / 2.0, &still).await?;
    Ok(Developed { file, still, width, height })
}

/// A frame from the middle: to read it shows as well that the clip can be read.
async fn take_still(tools: &Tools, file: &Path, at: f64, still: &Path) -> Result<(), ToolError> {
    let mut command: Command = tools.ffmpeg();
    command.args(["-ss", &format!("{at:.3}")]);
    add_input(&mut command, Some("mov"), file);
    command.args(["-map", "0:v:0", "-frames:v", "1", "-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p", "-f", "image2", "-update", "1"]);
    command.arg(still);
    run("ffmpeg", command).await?;
    // ffmpeg calls it well done where there was nothing to read.
    let size = tokio::fs::metadata(still).await.map(|meta| meta.len()).unwrap_or_default();
    if size == 0 { Err(ToolError::Answer { tool: "ffmpeg", message: "no frame could be read".to_owned() }) } else { Ok(()) }
}

fn plays_everywhere(info: &MediaInfo, stream: &VideoStream) -> bool {
    let sound = info.audio.as_ref().is_none_or(|audio| ["aac", "mp3"].contains(&audio.codec.as_str()));
    info.format == "mov" && stream.codec == "h264" && ["yuv420p", "yuvj420p"].contains(&stream.pixel_format.as_str()) && sound
}

fn not_a_film(api: &Api) -> ProviderError {
    api.error(Kind::BadResponse, format!("{} sends a file that is no film.", api.name()))
}

fn failure(api: &Api, error: &ToolError) -> ProviderError {
    tracing::warn!(log = error.log(), "a clip");
    match error {
        ToolError::UnknownFormat | ToolError::Failed { .. } | ToolError::Answer { .. } => not_a_film(api),
        ToolError::DiskFull { .. } => api.error(Kind::DiskFull, "The disk is full; free some space and try again."),
        ToolError::Start { .. } | ToolError::Io(_) => api.error(Kind::Internal, error.to_string()),
    }
}
