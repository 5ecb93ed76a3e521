//! The film's poster: a frame of one of its first scenes, without captions, as JPEG.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::media::ffmpeg::{ToolError, Tools, finish, spawn};

use super::blocking::blocking;
use super::encoding::frames::{Content, Frames};
use super::encoding::parts::Parts;
use super::error::FilmError;
use super::pictures::sampler::Picture;

/// How many scenes are looked at.
const CANDIDATES: usize = 3;
/// A picture whose luma spreads at least this far (standard deviation) is not nearly empty.
const ENOUGH: f64 = 18.0;

/// Writes `poster.jpg` in the work folder.
///
/// # Errors
/// [`FilmError`] when a picture cannot be read or ffmpeg fails.
pub async fn make(tools: &Tools, parts: &Parts, scenes: usize, (width, height): (u32, u32), workdir: &Path) -> Result<PathBuf, FilmError> {
    let failed = |error: ToolError| FilmError::stage("making the poster", error);
    let mut best: Option<(f64, Picture)> = None;
    for position in 0..scenes.min(CANDIDATES) {
        let shot = parts.shot(position).await?;
        let middle = u64::try_from(shot.first_frame + shot.frames as i64 / 2).unwrap_or(0);
        let size = (width as usize, height as usize);
        let drawn = blocking(move |_| {
            let picture = Frames::new(Content::One(shot), middle, 1, None, size).draw(0)?.clone();
            Ok((spread(&picture), picture))
        });
        let (spread, picture) = drawn.await.map_err(failed)?;
        if best.as_ref().is_none_or(|(least, _)| spread > *least) {
            best = Some((spread, picture));
        }
        // The first good one: a film is known by how it begins.
        if spread >= ENOUGH {
            break;
        }
    }
    let (_, picture) = best.ok_or_else(|| FilmError::Invalid("a film needs at least one scene".to_owned()))?;
    let file = workdir.join("poster.jpg");
    write_jpeg(tools, picture, &file).await.map_err(failed)?;
    Ok(file)
}

async fn write_jpeg(tools: &Tools, picture: Picture, to: &Path) -> Result<(), ToolError> {
    let (reader, mut writer) = std::io::pipe()?;
    let mut command = tools.ffmpeg();
    command.stdin(Stdio::from(reader));
    let size = format!("{}x{}", picture.width, picture.height);
    command.args(["-f", "rawvideo", "-pixel_format", "yuv420p", "-video_size", &size, "-i", "pipe:0"]);
    command.args(["-vf", "scale=in_color_matrix=bt709:in_range=tv:out_color_matrix=bt601:out_range=pc,format=yuvj420p"]);
    command.args(["-frames:v", "1", "-c:v", "mjpeg", "-q:v", "3", "-f", "image2", "-update", "1"]).arg(to);
    let mut child = spawn("ffmpeg", &mut command)?;
    drop(command);
    let written = blocking(move |_| Ok(writer.write_all(&picture.data)?));
    let (ended, written) = tokio::join!(finish("ffmpeg", &mut child), written);
    ended.and(written)
}

/// Standard deviation of the luma.
fn spread(picture: &Picture) -> f64 {
    let [(luma, _), ..] = picture.planes();
    let count = luma.len().max(1) as f64;
    let mean = luma.iter().map(|value| f64::from(*value)).sum::<f64>() / count;
    (luma.iter().map(|value| (f64::from(*value) - mean).powi(2)).sum::<f64>() / count).sqrt()
}
