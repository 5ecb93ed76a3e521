//! A scene's picture, decoded once and fitted to the film without bars.
//!
//! Where its ratio is near the film's it is cropped; where it is far it stands whole before a blurred
//! and darkened copy of itself.

use std::path::Path;

use crate::media::ffmpeg::{ToolError, Tools, add_input, run};
use crate::media::probe::{MediaKind, probe, sniff};

use super::motion::REACH;
use super::orientation::Orientation;
use super::sampler::Picture;

/// Ratios that differ by at most this factor are cropped: a 3:2 or 4:3 photograph in 16:9, say.
const CROP_UP_TO: f64 = 1.45;
/// Where the crop keeps more: heads are nearer to the top than to the bottom.
const CROP_FROM_TOP: f64 = 0.4;
/// The most pixels that are decoded (a 12000 × 10000 scan).
const MOST_PIXELS: u64 = 120_000_000;

/// The size that a picture is prepared at for a film of this size.
#[must_use]
pub fn prepared_size(width: u32, height: u32, moves: bool) -> (u32, u32) {
    let reach = |side: u32| if moves { even(f64::from(side) * REACH) } else { side };
    (reach(width), reach(height))
}

/// Decodes and fits a picture to `width` × `height`.
///
/// # Errors
/// [`ToolError`] where the file is no picture, is too large, or is broken.
pub async fn load(tools: &Tools, path: &Path, (width, height): (u32, u32)) -> Result<Picture, ToolError> {
    let format = sniff(path).await?.filter(|format| format.kind == MediaKind::Picture);
    let format = format.ok_or(ToolError::UnknownFormat)?;
    let size = probe(tools, path).await?.video.filter(|video| video.width > 0 && video.height > 0);
    let size = size.ok_or(ToolError::UnknownFormat)?;
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
    let flat = if has_alpha(&size.pixel_format) { "format=gbrap,premultiply=inplace=1," } else { "" };
    let seen = if upright.lies() { (size.height, size.width) } else { (size.width, size.height) };
    let (turn, fit) = (upright.filters(), fit(seen, (width, height)));
    let graph = format!(
        "[0:v]{flat}format=gbrp,{turn}{fit},scale={width}:{height}:flags=accurate_rnd+full_chroma_int:\
         out_color_matrix=bt709:out_range=tv,format=yuv420p[out]"
    );
    command.args(["-filter_complex", &graph, "-map", "[out]", "-frames:v", "1"]);
    command.args(["-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1"]);
    let data = run("ffmpeg", command).await?;
    let (width, height) = (width as usize, height as usize);
    if data.len() != Picture::bytes(width, height) {
        return Err(ToolError::Answer { tool: "ffmpeg", message: format!("{} bytes of picture", data.len()) });
    }
    Ok(Picture { width, height, data })
}

/// The filters that bring a picture of one size to another.
fn fit((from_width, from_height): (u32, u32), (width, height): (u32, u32)) -> String {
    let (from_w, from_h) = (f64::from(from_width), f64::from(from_height));
    let (w, h) = (f64::from(width), f64::from(height));
    let stretch = (from_w / from_h) / (w / h);
    let cover = (w / from_w).max(h / from_h);
    let (cover_w, cover_h) = (even_up(from_w * cover).max(width), even_up(from_h * cover).max(height));
    let left = (cover_w - width) / 2;
    let top = even(f64::from(cover_h - height) * CROP_FROM_TOP);
    if stretch.max(1.0 / stretch) <= CROP_UP_TO {
        return format!("scale={cover_w}:{cover_h}:flags=lanczos,crop={width}:{height}:{left}:{top}");
    }
    let contain = (w / from_w).min(h / from_h);
    let (inner_w, inner_h) = (even(from_w * contain).clamp(2, width), even(from_h * contain).clamp(2, height));
    // Blurred while small: a blur's cost grows with its width, and nothing fine is left in it anyway.
    let small = (even(w / 10.0).max(16), even(h / 10.0).max(16));
    format!(
        "split[front][back];\
         [back]scale={cover_w}:{cover_h}:flags=fast_bilinear,crop={width}:{height}:{left}:{top},\
         scale={sw}:{sh}:flags=area,gblur=sigma=5:steps=2,colorlevels=romax=0.62:gomax=0.62:bomax=0.62,\
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
        assert!(fit((1536, 1024), (1920, 1080)).starts_with("scale=1920:1280:flags=lanczos,crop=1920:1080:0:80"));
        assert!(fit((1024, 1536), (1080, 1920)).starts_with("scale=1280:1920"));
        assert!(fit((1024, 1024), (1920, 1080)).starts_with("split"));
        assert!(fit((1920, 1080), (1080, 1920)).starts_with("split"));
        assert!(fit((1, 4000), (320, 180)).contains("scale=2:180"));
    }
}
