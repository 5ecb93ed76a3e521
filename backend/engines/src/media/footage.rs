//! Clips that come from elsewhere: looked at, in a form that every browser and the film engine read, with a still of each.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::{
    ffmpeg::{ToolError, Tools, add_input, run},
    probe::{MediaInfo, VideoStream, probe},
};

/// The longest clip, in seconds, and the longest side of one, in pixels.
const LONGEST_SECONDS: f64 = 600.0;
const LONGEST_SIDE: u32 = 8192;

/// A moving picture in a file.
#[derive(Clone, Debug)]
pub struct Found {
    info: MediaInfo,
    stream: VideoStream,
    /// How long it lasts.
    pub seconds: f64,
}

/// A clip that can be kept.
#[derive(Clone, Debug)]
pub struct Developed {
    /// The clip, as MP4.
    pub file: PathBuf,
    /// A frame from its middle, as JPEG.
    pub still: PathBuf,
    /// In pixels, even.
    pub width: u32,
    /// In pixels, even.
    pub height: u32,
}

/// Looks for a moving picture in a file; none where there is none, or none of a size and length that make sense.
///
/// # Errors
/// [`ToolError`] where the file is of no known format, or broken.
pub async fn look_at(tools: &Tools, file: &Path) -> Result<Option<Found>, ToolError> {
    let info = probe(tools, file).await?;
    let Some(stream) = info.video.clone() else { return Ok(None) };
    let seconds = stream.duration_seconds.unwrap_or(info.duration_seconds);
    let sides = (1..=LONGEST_SIDE).contains(&stream.width) && (1..=LONGEST_SIDE).contains(&stream.height);
    let sane = sides && seconds.is_finite() && seconds > 0.0 && seconds <= LONGEST_SECONDS;
    Ok(sane.then_some(Found { info, stream, seconds }))
}

/// Makes a clip of what was found in a file, in `workdir`: as it is where every browser plays it, else encoded anew.
///
/// # Errors
/// [`ToolError`] when it cannot be read to its middle, or the disk is full.
pub async fn develop(tools: &Tools, Found { info, stream, seconds }: &Found, from: &Path, workdir: &Path) -> Result<Developed, ToolError> {
    let (file, still) = (workdir.join("clip.mp4"), workdir.join("still.jpg"));
    let mut command = tools.ffmpeg();
    add_input(&mut command, Some(&info.format), from);
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
    take_still(tools, &file, seconds / 2.0, &still).await?;
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

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Says in an MP4 whose picture is not turned that a player is to turn it by a quarter.
    pub fn turn(file: &Path) {
        let mut bytes = std::fs::read(file).expect("read");
        let header = bytes.windows(4).position(|name| name == b"tkhd").expect("a track");
        let matrix = [0, 0x1_0000, 0, 0xffff_0000, 0, 0, 0, 0, 0x4000_0000_u32].map(u32::to_be_bytes).concat();
        bytes[header + 44..][..matrix.len()].copy_from_slice(&matrix);
        std::fs::write(file, bytes).expect("written");
    }

    #[tokio::test]
    async fn what_was_filmed_upright_is_upright() {
        let tools = Tools::find().expect("ffmpeg is installed");
        let folder = tempfile::tempdir().expect("a folder");
        for (format, name) in [("yuv420p", "copied"), ("yuv444p", "encoded")] {
            let (filmed, workdir) = (folder.path().join("filmed.mp4"), folder.path().join(name));
            let mut command = tools.ffmpeg();
            command.args(["-f", "lavfi", "-i", "testsrc2=s=320x180:d=0.2", "-c:v", "libx264", "-pix_fmt", format]).arg(&filmed);
            run("ffmpeg", command).await.expect("made");
            turn(&filmed);
            std::fs::create_dir(&workdir).expect("a folder");
            let found = look_at(&tools, &filmed).await.expect("looked at").expect("a film");
            let clip = develop(&tools, &found, &filmed, &workdir).await.expect("developed");
            assert_eq!((clip.width, clip.height), (180, 320), "{name}");
            for made in [&clip.file, &clip.still] {
                let seen = probe(&tools, made).await.expect("probed").video.expect("a picture");
                assert_eq!((seen.width, seen.height), (180, 320), "{name}");
            }
        }
    }
}
