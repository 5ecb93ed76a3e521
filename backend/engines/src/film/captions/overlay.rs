//! A drawing laid over frames: with its transparency, in the frames' own colours (BT.709, 4:2:0).

use multiversion::multiversion;
use tiny_skia::Pixmap;

use crate::film::pictures::sampler::Picture;

/// What lies over one place of a frame. Sides and corner are even, so that chroma samples are whole.
pub struct Overlay {
    x: usize,
    y: usize,
    /// Y', then Cb, then Cr.
    planes: [Plane; 3],
}

struct Plane {
    width: usize,
    /// How much of the frame stays, of 255.
    clear: Vec<u8>,
    /// What is added to it.
    ink: Vec<u8>,
}

impl Overlay {
    /// From a drawing whose upper left corner lies at `x`, `y` of the frame; what lies outside it is cut off.
    #[must_use]
    pub fn new(drawing: &Pixmap, (x, y): (usize, usize), (frame_width, frame_height): (usize, usize)) -> Self {
        debug_assert!(x.is_multiple_of(2) && y.is_multiple_of(2));
        let even = |side: u32, room: usize| (side as usize).min(room) / 2 * 2;
        let width = even(drawing.width(), frame_width.saturating_sub(x));
        let height = even(drawing.height(), frame_height.saturating_sub(y));
        let stride = drawing.width() as usize;
        let pixel = |column: usize, row: usize| drawing.pixels()[row * stride + column];
        let mut luma = Plane::new(width, height);
        let mut chroma = [Plane::new(width / 2, height / 2), Plane::new(width / 2, height / 2)];
        for row in 0..height {
            for column in 0..width {
                let p = pixel(column, row);
                let [r, g, b, a] = [p.red(), p.green(), p.blue(), p.alpha()].map(f32::from);
                luma.put(row * width + column, a, 16.0 * a / 255.0 + 0.182_586 * r + 0.614_231 * g + 0.062_007 * b);
            }
        }
        for row in 0..height / 2 {
            for column in 0..width / 2 {
                let mut sum = [0.0_f32; 4];
                for (right, down) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                    let p = pixel(column * 2 + right, row * 2 + down);
                    for (sum, value) in sum.iter_mut().zip([p.red(), p.green(), p.blue(), p.alpha()]) {
                        *sum += f32::from(value) / 4.0;
                    }
                }
                let ([r, g, b, a], at) = (sum, row * (width / 2) + column);
                let grey = 128.0 * a / 255.0;
                chroma[0].put(at, a, grey - 0.100_644 * r - 0.338_572 * g + 0.439_216 * b);
                chroma[1].put(at, a, grey + 0.439_216 * r - 0.398_942 * g - 0.040_274 * b);
            }
        }
        let [cb, cr] = chroma;
        Self { x, y, planes: [luma, cb, cr] }
    }

    /// Lays it over a frame.
    pub fn blend(&self, frame: &mut Picture) {
        for (index, ((plane, stride), over)) in frame.planes_mut().into_iter().zip(&self.planes).enumerate() {
            if over.width == 0 {
                return;
            }
            let (x, y) = if index == 0 { (self.x, self.y) } else { (self.x / 2, self.y / 2) };
            let rows = plane.chunks_exact_mut(stride).skip(y);
            let lines = over.clear.chunks_exact(over.width).zip(over.ink.chunks_exact(over.width));
            for (row, (clear, ink)) in rows.zip(lines) {
                blend_row(&mut row[x..x + over.width], clear, ink);
            }
        }
    }
}

impl Plane {
    fn new(width: usize, height: usize) -> Self {
        Self { width, clear: vec![255; width * height], ink: vec![0; width * height] }
    }

    fn put(&mut self, at: usize, alpha: f32, ink: f32) {
        self.clear[at] = 255 - alpha.round() as u8;
        self.ink[at] = ink.round().clamp(0.0, 255.0) as u8;
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn blend_row(row: &mut [u8], clear: &[u8], ink: &[u8]) {
    for ((out, clear), ink) in row.iter_mut().zip(clear).zip(ink) {
        // Exactly a division by 255, rounded.
        let product = u16::from(*out) * u16::from(*clear) + 128;
        *out = (((product + (product >> 8)) >> 8) as u8).saturating_add(*ink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tiny_skia::Color;

    #[test]
    fn white_covers_grey_and_half_of_it_mixes() {
        let mut frame = Picture::new(16, 8);
        for (index, (plane, _)) in frame.planes_mut().into_iter().enumerate() {
            plane.fill(if index == 0 { 100 } else { 90 });
        }
        let mut drawing = Pixmap::new(4, 4).expect("a size");
        drawing.fill(Color::WHITE);
        Overlay::new(&drawing, (2, 2), (16, 8)).blend(&mut frame);
        assert_eq!((frame.data[16 * 2 + 2], frame.data[16 * 2 + 1], frame.data[16 * 6 + 2]), (235, 100, 100));
        assert_eq!((frame.data[128 + 8 + 1], frame.data[128]), (128, 90));
        drawing.fill(Color::from_rgba8(0, 0, 0, 128));
        Overlay::new(&drawing, (8, 4), (16, 8)).blend(&mut frame);
        assert!((57..=59).contains(&frame.data[16 * 4 + 8]), "{}", frame.data[16 * 4 + 8]);
        // Over the edge: cut off.
        Overlay::new(&drawing, (14, 6), (16, 8)).blend(&mut frame);
        assert!((57..=59).contains(&frame.data[16 * 7 + 15]));
    }
}
