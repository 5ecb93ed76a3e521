//! Watercolour: washes of transparent pigment on paper, with uneven edges that dry darker, blooms and granulation.
//! Computed at half the size or less (water has no sharp detail), then laid on the canvas.

use tiny_skia::{FillRule, Mask, Path, Transform};

use super::canvas::Canvas;
use super::color::Rgb;
use super::random::Random;
use super::texture::blur_rows_transposed;

/// Coordinates of a wash: 1 is the card's shorter side, (0, 0) its top corner where reading starts.
pub(super) type At = (f32, f32);

/// One wash. `depth` tells how far inside the shape a point is (negative outside).
pub(super) struct Wash<'a> {
    pub pigment: Rgb,
    /// How much pigment the water carries, 0–1.
    pub strength: f32,
    /// How far the edge wanders.
    pub wander: f32,
    /// How softly it ends: 0.003 is a dry edge, 0.1 wet in wet.
    pub soft: f32,
    pub depth: &'a dyn Fn(At) -> f32,
    /// How much of the pigment settles at this point (1: all), given the depth.
    pub fade: &'a dyn Fn(At, f32) -> f32,
}

/// A shape as depths that a wash can be laid by, with edges softened over `soft`.
pub(super) struct Stencil {
    cover: Vec<u8>,
    w: usize,
    h: usize,
    soft: f32,
}

impl Stencil {
    /// Stencils are cut at half the size.
    const SIDE: f32 = 540.0;

    pub fn of(canvas: &Canvas, path: Option<Path>, soft: f32) -> Self {
        let scale = Self::SIDE / canvas.w.min(canvas.h);
        let (w, h) = ((canvas.w * scale).ceil() as usize + 1, (canvas.h * scale).ceil() as usize + 1);
        let mut cover = vec![0; w * h];
        if let (Some(path), Some(mut mask)) = (path, Mask::new(w as u32, h as u32)) {
            mask.fill_path(&path, FillRule::Winding, true, Transform::from_scale(scale, scale));
            let radius = (soft * Self::SIDE / 2.0).round().max(1.0) as usize;
            cover = blur_rows_transposed(&blur_rows_transposed(mask.data(), w, h, radius), h, w, radius);
        }
        Self { cover, w, h, soft }
    }

    /// How far inside a point is, up to about half the softness; negative outside.
    pub fn depth(&self, (x, y): At) -> f32 {
        let (x, y) = ((x * Self::SIDE) as usize, (y * Self::SIDE) as usize);
        if x >= self.w || y >= self.h {
            return -1.0;
        }
        let cover = self.cover[y * self.w + x];
        if cover == 0 { -1.0 } else { (f32::from(cover) / 255.0 - 0.5) * self.soft }
    }
}

/// Paper being painted.
pub(super) struct Paper {
    light: Vec<[f32; 3]>,
    w: usize,
    h: usize,
    /// Size of a pixel in wash coordinates.
    step: f32,
    noise: Noise,
}

impl Paper {
    pub fn new(canvas: &Canvas, ground: Rgb, random: &mut Random) -> Self {
        let shrink = (canvas.w.min(canvas.h) / 540.0).max(1.0);
        let (w, h) = ((canvas.w / shrink).ceil() as usize + 1, (canvas.h / shrink).ceil() as usize + 1);
        let step = shrink / canvas.w.min(canvas.h);
        Self { light: vec![ground.channels(); w * h], w, h, step, noise: Noise::new(random) }
    }

    pub fn lay(&mut self, wash: &Wash) {
        let absorbed = wash.pigment.channels().map(|channel| 1.0 - channel);
        let margin = wash.wander * 1.2 + 0.004;
        for (y, row) in self.light.chunks_exact_mut(self.w).enumerate() {
            let py = y as f32 * self.step;
            for (x, light) in row.iter_mut().enumerate() {
                let px = x as f32 * self.step;
                let rough = (wash.depth)((px, py));
                if rough < -margin {
                    continue;
                }
                let broad = self.noise.at(px * 3.1, py * 3.1);
                let fine = self.noise.at(px * 19.0 + 7.0, py * 19.0);
                let depth = rough + wash.wander * (broad * 0.8 + fine * 0.22);
                if depth <= 0.0 {
                    continue;
                }
                let cover = (depth / wash.soft).min(1.0);
                // Pigment is carried to the edge as the wash dries.
                let rim = 1.0 / (1.0 + (depth * 130.0).powi(2)) * (0.004 / wash.soft).min(1.0);
                let grain = self.noise.at(px * 61.0, py * 61.0);
                let bloom = self.noise.at(px * 2.0 + 3.7, py * 2.0 + 1.3);
                let amount = (0.62 + 0.32 * bloom + 0.10 * fine + 0.10 * grain + 0.55 * rim) * (wash.fade)((px, py), depth);
                let density = (wash.strength * cover * amount).clamp(0.0, 0.97);
                for (channel, absorbed) in light.iter_mut().zip(absorbed) {
                    *channel *= 1.0 - density * absorbed;
                }
            }
        }
    }

    /// Takes pigment off again, down to the paper, by `amount` (0–1).
    pub fn lift(&mut self, paper: Rgb, amount: f32, depth: &dyn Fn(At) -> f32) {
        let paper = paper.channels();
        for (y, row) in self.light.chunks_exact_mut(self.w).enumerate() {
            for (x, light) in row.iter_mut().enumerate() {
                if depth((x as f32 * self.step, y as f32 * self.step)) > 0.0 {
                    for (channel, paper) in light.iter_mut().zip(paper) {
                        *channel += (paper - *channel) * amount;
                    }
                }
            }
        }
    }

    /// Lays the paper on the canvas, mirrored where the canvas is.
    pub fn onto(&self, canvas: &mut Canvas) {
        let width = canvas.pixmap.width() as usize;
        let mirrored = canvas.mirrored();
        let scale = 1.0 / (self.step * canvas.w.min(canvas.h));
        let small: Vec<[i32; 3]> = self.light.iter().map(|light| light.map(|channel| (channel * 255.0 * 16.0) as i32)).collect();
        let columns: Vec<(usize, i32)> = (0..width)
            .map(|x| {
                let x = if mirrored { width - 1 - x } else { x };
                let at = x as f32 * scale;
                ((at as usize).min(self.w - 2), (at.fract() * 16.0) as i32)
            })
            .collect();
        for (y, row) in canvas.pixmap.data_mut().chunks_exact_mut(width * 4).enumerate() {
            let at = y as f32 * scale;
            let (top, down) = ((at as usize).min(self.h - 2), (at.fract() * 16.0) as i32);
            let (upper, lower) = (&small[top * self.w..][..self.w], &small[(top + 1) * self.w..][..self.w]);
            for (pixel, (left, right)) in row.chunks_exact_mut(4).zip(&columns) {
                let corners = [upper[*left], upper[left + 1], lower[*left], lower[left + 1]];
                for channel in 0..3 {
                    let [a, b, c, d] = corners.map(|corner| corner[channel]);
                    let above = a * (16 - right) + b * right;
                    let below = c * (16 - right) + d * right;
                    pixel[channel] = ((above * (16 - down) + below * down) >> 12) as u8;
                }
                pixel[3] = 255;
            }
        }
    }
}

/// A tile of fractal noise, −1 to 1, that repeats without a seam.
struct Noise(Vec<f32>);

impl Noise {
    const SIDE: usize = 256;

    fn new(random: &mut Random) -> Self {
        let mut tile = vec![0.0; Self::SIDE * Self::SIDE];
        let mut weight = 0.5;
        for cells in [8usize, 16, 32, 64, 128] {
            let lattice: Vec<f32> = (0..cells * cells).map(|_| random.unit() * 2.0 - 1.0).collect();
            let pitch = Self::SIDE / cells;
            for y in 0..Self::SIDE {
                for x in 0..Self::SIDE {
                    let ease = |t: f32| t * t * (3.0 - 2.0 * t);
                    let (tx, ty) = (ease((x % pitch) as f32 / pitch as f32), ease((y % pitch) as f32 / pitch as f32));
                    let at = |dx: usize, dy: usize| lattice[(y / pitch + dy) % cells * cells + (x / pitch + dx) % cells];
                    let upper = at(0, 0) + (at(1, 0) - at(0, 0)) * tx;
                    let lower = at(0, 1) + (at(1, 1) - at(0, 1)) * tx;
                    tile[y * Self::SIDE + x] += weight * (upper + (lower - upper) * ty);
                }
            }
            weight *= 0.55;
        }
        Self(tile)
    }

    /// One unit holds eight of the tile's pixels.
    fn at(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x * 8.0 + 4096.0, y * 8.0 + 4096.0);
        let (left, top) = (x as usize, y as usize);
        let (tx, ty) = (x - left as f32, y - top as f32);
        let side = Self::SIDE;
        let pick = |dx: usize, dy: usize| self.0[(top + dy) % side * side + (left + dx) % side];
        let upper = pick(0, 0) + (pick(1, 0) - pick(0, 0)) * tx;
        let lower = pick(0, 1) + (pick(1, 1) - pick(0, 1)) * tx;
        upper + (lower - upper) * ty
    }
}
