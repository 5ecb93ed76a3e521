//! What takes the computer out of a picture: grain, vignette, halftone and soft shadows, pixel by pixel.

use tiny_skia::{Mask, PathBuilder};

use super::canvas::{Canvas, Ink};
use super::color::Rgb;
use super::random::Random;

/// A square of grain, repeated over the picture.
const TILE: usize = 512;

/// Darkens towards the corners by `vignette` (0–1) and scatters grain of `grain` levels (of 255) to either side. The
/// last thing done to a card: the grain also hides the banding of gradients.
pub(super) fn finish(canvas: &mut Canvas, random: &mut Random, grain: u8, vignette: f32) {
    let (w, h) = (canvas.pixmap.width() as usize, canvas.pixmap.height() as usize);
    // Grain keeps its size in the picture: two pixels at 1080, like film, and half the bytes of finer grain.
    let zoom = (w.min(h) / 500).max(1);
    let tile = grain_tile(random, grain, h.div_ceil(zoom).min(TILE));
    let (centre_x, centre_y) = (canvas.w / 2.0, canvas.h * 0.46);
    let reach = 1.0 / (centre_x * centre_x + centre_y * centre_y);
    let strength = (vignette.clamp(0.0, 1.0) * 256.0) as i32;
    let columns: Vec<i32> = (0..w).map(|x| ((x as f32 - centre_x).powi(2) * reach * 4096.0) as i32).collect();
    for (y, row) in canvas.pixmap.data_mut().chunks_exact_mut(w * 4).enumerate() {
        let row_reach = ((y as f32 - centre_y).powi(2) * reach * 4096.0) as i32;
        let grain_row = &tile[(y / zoom % TILE) * TILE..][..TILE];
        for (x, pixel) in row.chunks_exact_mut(4).enumerate() {
            let distance = (columns[x] + row_reach).min(4096);
            // The square of the square of the distance: flat in the middle, steep at the corners.
            let dark = 256 - ((((distance * distance) >> 12) * strength) >> 12);
            let speck = i32::from(grain_row[x / zoom % TILE]);
            for channel in &mut pixel[..3] {
                *channel = (((i32::from(*channel) * dark) >> 8) + speck).clamp(0, 255) as u8;
            }
            pixel[3] = 255;
        }
    }
}

/// So many rows of the tile: a small picture needs but its first.
fn grain_tile(random: &mut Random, grain: u8, rows: usize) -> Vec<i8> {
    let amount = f32::from(grain);
    // The sum of two uniforms: most specks small, few large, as in film.
    (0..rows * TILE).map(|_| ((random.unit() + random.unit() - 1.0) * amount).round() as i8).collect()
}

/// Dots on a turned grid whose size follows `tone` (0–1, at a point of the picture), as a screen print shades.
pub(super) fn halftone(canvas: &mut Canvas, pitch: f32, angle: f32, ink: Ink, mask: Option<&Mask>, tone: impl Fn(f32, f32) -> f32) {
    let (sin, cos) = angle.sin_cos();
    let reach = (canvas.w.hypot(canvas.h) / 2.0 / pitch).ceil() as i32 + 1;
    let (cx, cy) = (canvas.w / 2.0, canvas.h / 2.0);
    let mut dots = PathBuilder::new();
    for row in -reach..=reach {
        for column in -reach..=reach {
            let (a, b) = (column as f32 * pitch, row as f32 * pitch);
            let (x, y) = (cx + a * cos - b * sin, cy + a * sin + b * cos);
            if x < -pitch || y < -pitch || x > canvas.w + pitch || y > canvas.h + pitch {
                continue;
            }
            let r = tone(x, y).clamp(0.0, 1.0).sqrt() * pitch * 0.62;
            if r > pitch * 0.06 {
                dots.push_circle(x, y, r);
            }
        }
    }
    canvas.fill_in(dots.finish(), ink, mask);
}

/// Parallel lines over a box of `reach` around a centre, `pitch` apart, at an angle: an engraver's or a carver's shading.
pub(super) fn hatch((x, y): (f32, f32), reach: f32, pitch: f32, angle: f32) -> Option<tiny_skia::Path> {
    let (sin, cos) = angle.sin_cos();
    let count = (reach / pitch.max(0.1)).ceil().min(600.0) as i32;
    let mut lines = PathBuilder::new();
    for line in -count..=count {
        let off = line as f32 * pitch;
        let (cx, cy) = (x - sin * off, y + cos * off);
        lines.move_to(cx - cos * reach, cy - sin * reach);
        lines.line_to(cx + cos * reach, cy + sin * reach);
    }
    lines.finish()
}

/// Darkens what lies under a sheet of paper: the sheet's mask, moved by `offset` and blurred by `blur` pixels. Done at
/// a quarter of the size: a shadow has no detail, and this is what makes twelve layers affordable.
pub(super) fn shadow(canvas: &mut Canvas, sheet: Option<tiny_skia::Path>, offset: (f32, f32), blur: f32, colour: Rgb, strength: f32) {
    const SHRINK: usize = 4;
    let Some(sheet) = sheet else { return };
    let (w, h) = (canvas.pixmap.width() as usize, canvas.pixmap.height() as usize);
    let (small_w, small_h) = (w.div_ceil(SHRINK) + 1, h.div_ceil(SHRINK) + 1);
    let Some(mut mask) = Mask::new(small_w as u32, small_h as u32) else { return };
    let scale = 1.0 / SHRINK as f32;
    mask.fill_path(
        &sheet,
        tiny_skia::FillRule::EvenOdd,
        true,
        canvas.transform().post_translate(offset.0, offset.1).post_scale(scale, scale),
    );
    let mut field: Vec<u8> = mask.data().to_vec();
    let radius = (blur / SHRINK as f32 / 2.0).round().max(1.0) as usize;
    for _ in 0..2 {
        field = blur_rows_transposed(&field, small_w, small_h, radius);
        field = blur_rows_transposed(&field, small_h, small_w, radius);
    }
    let tint = [colour.0, colour.1, colour.2].map(i32::from);
    let strength = (strength.clamp(0.0, 1.0) * 256.0) as i32;
    for (y, row) in canvas.pixmap.data_mut().chunks_exact_mut(w * 4).enumerate() {
        let (top, down) = (y / SHRINK, (y % SHRINK) as i32);
        let (upper, lower) = (&field[top * small_w..][..small_w], &field[(top + 1).min(small_h - 1) * small_w..][..small_w]);
        for (cell, pixels) in row.chunks_mut(4 * SHRINK).enumerate() {
            let at = |column: usize| i32::from(upper[column]) * (4 - down) + i32::from(lower[column]) * down;
            let (left, right) = (at(cell), at(cell + 1));
            if left == 0 && right == 0 {
                continue;
            }
            for (step, pixel) in pixels.chunks_exact_mut(4).enumerate() {
                let step = step as i32;
                // Of 16 × 255, then of 256.
                let cover = (left * (4 - step) + right * step) * strength / (16 * 255);
                for (channel, tint) in pixel[..3].iter_mut().zip(tint) {
                    let value = i32::from(*channel);
                    *channel = (value + (tint - value) * cover / 256) as u8;
                }
            }
        }
    }
}

/// A box blur along each row, written as columns: twice gives both directions.
pub(super) fn blur_rows_transposed(field: &[u8], w: usize, h: usize, radius: usize) -> Vec<u8> {
    let mut out = vec![0; field.len()];
    let span = (2 * radius + 1) as u32;
    for (y, row) in field.chunks_exact(w).enumerate() {
        let mut sum = u32::from(row[0]) * (radius as u32 + 1);
        sum += (0..radius).map(|x| u32::from(row[(x + 1).min(w - 1)])).sum::<u32>();
        for x in 0..w {
            out[x * h + y] = (sum / span) as u8;
            sum += u32::from(row[(x + radius + 1).min(w - 1)]);
            sum -= u32::from(row[x.saturating_sub(radius)]);
        }
    }
    out
}
