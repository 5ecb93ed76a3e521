//! A scene's picture, decoded once and fitted to the film without bars.
//!
//! Where its ratio is near the film's it is cropped around what the eye goes to; where it is far it
//! stands whole before a blurred and darkened copy of itself.

use std::path::Path;

use crate::film::blocking::blocking;
use crate::media::ffmpeg::{ToolError, Tools, add_input, run};
use crate::media::picture_head::PictureHead;
use crate::media::probe::{MediaKind, probe, sniff};

use super::focus;
use super::orientation::Orientation;
use super::sampler::Picture;

/// Ratios that differ by at most this factor are cropped: a 3:2 or 4:3 photograph in 16:9, say.
const CROP_UP_TO: f64 = 1.45;
/// Where a blurred fill keeps more: heads are nearer to the top than to the bottom.
const CROP_FROM_TOP: f64 = 0.4;
/// The most pixels that are decoded (a 12000 × 10000 scan).
const MOST_PIXELS: u64 = 120_000_000;

/// The size that a picture is prepared at for a film of this size and a move of this reach.
#[must_use]
pub fn prepared_size(width: u32, height: u32, reach: f64) -> (u32, u32) {
    (even(f64::from(width) * reach), even(f64::from(height) * reach))
}

/// Decodes and fits a picture to `width` × `height`.
///
/// # Errors
/// [`ToolError`] where the file is no picture, is too large, or is broken.
pub async fn load(tools: &Tools, path: &Path, (width, height): (u32, u32)) -> Result<Picture, ToolError> {
    let format = sniff(path).await?.filter(|format| format.kind == MediaKind::Picture);
    let format = format.ok_or(ToolError::UnknownFormat)?;
    let size = head(tools, path).await?;
    let upright = Orientation::of(path.to_owned()).await;
    if u64::from(size.width) * u64::from(size.height) > MOST_PIXELS {
        let message = format!("a picture of {} × {} pixels is too large", size.width, size.height);
        return Err(ToolError::Answer { tool: "ffprobe", message });
    }
    let mut command = tools.ffmpeg();
    // A picture that decodes only in part would be half grey in the film: that is an error here.
    command.args(["-xerror", "-err_detect", "explode"]);
    // Versions differ in which turned pictures they turn back by themselves.
    command.arg("-noautorotate");
    add_input(&mut command, Some(format.demuxer), path);
    let flat = if size.has_alpha { "format=gbrap,premultiply=inplace=1," } else { "" };
    let seen = if upright.lies() { (size.height, size.width) } else { (size.width, size.height) };
    let (turn, fit) = (upright.filters(), Fit::of(seen, (width, height)));
    // A picture that is cropped comes whole: where to cut is seen on it.
    let (graph, (come_width, come_height)) = match fit {
        Fit::Crop { cover } => (format!("scale={}:{}:flags=lanczos", cover.0, cover.1), cover),
        Fit::Fill => (fill(seen, (width, height)), (width, height)),
    };
    let graph = format!(
        "[0:v]{flat}format=gbrp,{turn}{graph},scale={come_width}:{come_height}:flags=accurate_rnd+full_chroma_int:\
         out_color_matrix=bt709:out_range=tv,format=yuv420p[out]"
    );
    command.args(["-filter_complex", &graph, "-map", "[out]", "-frames:v", "1"]);
    command.args(["-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1"]);
    let data = run("ffmpeg", command).await?;
    let (come_width, come_height) = (come_width as usize, come_height as usize);
    if data.len() != Picture::bytes(come_width, come_height) {
        return Err(ToolError::Answer { tool: "ffmpeg", message: format!("{} bytes of picture", data.len()) });
    }
    let picture = Picture { width: come_width, height: come_height, data };
    Ok(focus::crop(picture, (width as usize, height as usize)))
}

/// The picture's size. ffprobe is asked about what only ffmpeg may know: to start it takes longer than to read the head.
async fn head(tools: &Tools, path: &Path) -> Result<PictureHead, ToolError> {
    let file = path.to_owned();
    if let Some(head) = blocking(move |_| Ok(PictureHead::of(&file))).await? {
        return Ok(head);
    }
    let video = probe(tools, path).await?.video.filter(|video| video.width > 0 && video.height > 0);
    let video = video.ok_or(ToolError::UnknownFormat)?;
    Ok(PictureHead { width: video.width, height: video.height, has_alpha: has_alpha(&video.pixel_format) })
}

/// How a picture comes to the film's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Scaled to cover the frame; what is over is cut off.
    Crop { cover: (u32, u32) },
    /// Whole, before a blurred copy of itself.
    Fill,
}

impl Fit {
    #[must_use]
    pub fn of(from: (u32, u32), to: (u32, u32)) -> Self {
        let ratio = |(width, height): (u32, u32)| f64::from(width) / f64::from(height);
        let stretch = ratio(from) / ratio(to);
        if stretch.max(1.0 / stretch) <= CROP_UP_TO { Self::Crop { cover: cover(from, to) } } else { Self::Fill }
    }
}

/// The size at which a picture just covers the frame.
fn cover(from: (u32, u32), to: (u32, u32)) -> (u32, u32) {
    let (from_w, from_h) = (f64::from(from.0), f64::from(from.1));
    let by = (f64::from(to.0) / from_w).max(f64::from(to.1) / from_h);
    (even_up(from_w * by).max(to.0), even_up(from_h * by).max(to.1))
}

/// The filters that show a picture of one size whole on a frame of another.
pub fn fill(from: (u32, u32), (width, height): (u32, u32)) -> String {
    let (from_w, from_h) = (f64::from(from.0), f64::from(from.1));
    let (w, h) = (f64::from(width), f64::from(height));
    let contain = (w / from_w).min(h / from_h);
    let (inner_w, inner_h) = (even(from_w * contain).clamp(2, width), even(from_h * contain).clamp(2, height));
    // Cut before it is scaled, in its own pixels, whatever they are: the whole of a long narrow picture would be thousands of
    // times as large as the frame. Blurred while small: a blur's cost grows with its width, and nothing fine is left in it anyway.
    let small = (even(w / 10.0).max(16), even(h / 10.0).max(16));
    format!(
        "split[front][back];\
         [back]crop=max(1\\,min(iw\\,ih*{width}/{height})):max(1\\,min(ih\\,iw*{height}/{width})):(iw-ow)/2:(ih-oh)*{CROP_FROM_TOP},scale={sw}:{sh}:flags=area,gblur=sigma=5:steps=2,colorlevels=romax=0.62:gomax=0.62:bomax=0.62,\
         scale={width}:{height}:flags=bicubic[fill];\
         [front]scale={inner_w}:{inner_h}:flags=lanczos[whole];\
         [fill][whole]overlay={x}:{y}:format=gbrp",
        sw = small.0,
        sh = small.1,
        x = (width - inner_w) / 2,
        y = (height - inner_h) / 2,
    )
}

fn has_alpha(pixel_format: &str) -> bool {
    ["rgba", "argb", "bgra", "abgr", "ya8", "ya16", "yuva", "gbrap", "pal8"].iter().any(|name| pixel_format.starts_with(name))
}

fn even(side: f64) -> u32 {
    ((side / 2.0).round() as u32) * 2
}

fn even_up(side: f64) -> u32 {
    ((side / 2.0 - 1e-6).ceil() as u32) * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_ratios_are_cropped_and_far_ones_filled() {
        assert_eq!(Fit::of((1536, 1024), (1920, 1080)), Fit::Crop { cover: (1920, 1280) });
        assert_eq!(Fit::of((1024, 1536), (1080, 1920)), Fit::Crop { cover: (1280, 1920) });
        assert_eq!(Fit::of((1024, 1024), (1920, 1080)), Fit::Fill);
        assert_eq!(Fit::of((1920, 1080), (1080, 1920)), Fit::Fill);
        assert!(fill((1, 4000), (320, 180)).contains("scale=2:180"));
    }
}
