//! Where the eye goes in a picture, and the crop that keeps it: by detail, by skin, and by colour.
//!
//! No model of what is seen: the weights are those of the well-known smartcrop.js, on the film's planes.

use super::sampler::Picture;

/// Luma pixels on each side of a cell.
const CELL: usize = 16;
/// Pixels from one that is looked at to the next: odd, so that no pattern of blocks hides between them.
const STEP: usize = 3;
const SKIN: f64 = 1.8;
const DETAIL: f64 = 0.6;
const COLOUR: f64 = 0.3;
/// Where a picture with nothing in it is cut: heads are nearer to the top than to the bottom.
const USUAL: [f64; 2] = [0.5, 0.4];
/// How much the usual place is worth against what is seen.
const HABIT: f64 = 0.25;

/// Cuts a picture to a size that it covers.
#[must_use]
pub fn crop(picture: Picture, (width, height): (usize, usize)) -> Picture {
    if picture.width == width && picture.height == height {
        return picture;
    }
    let cells = Cells::of(&picture);
    let left = cells.place(cells.columns(), picture.width, width, USUAL[0]);
    let top = cells.place(cells.rows(), picture.height, height, USUAL[1]);
    let mut out = Picture::new(width, height);
    for (index, ((to, to_width), (from, from_width))) in out.planes_mut().into_iter().zip(picture.planes()).enumerate() {
        let (left, top) = if index == 0 { (left, top) } else { (left / 2, top / 2) };
        for (to, from) in to.chunks_exact_mut(to_width).zip(from.chunks_exact(from_width).skip(top)) {
            to.copy_from_slice(&from[left..left + to_width]);
        }
    }
    out
}

/// How much each cell of a picture draws the eye.
struct Cells {
    across: usize,
    weights: Vec<f64>,
}

impl Cells {
    fn of(picture: &Picture) -> Self {
        let [(luma, width), (cb, half), (cr, _)] = picture.planes();
        let (across, down) = (picture.width / CELL, picture.height / CELL);
        let mut weights = Vec::with_capacity(across * down);
        for row in 0..down {
            for column in 0..across {
                let (x, y) = (column * CELL, row * CELL);
                let (mut edges, mut light) = (0_u32, 0_u32);
                for line in (y..y + CELL - 1).step_by(STEP) {
                    for at in (line * width + x..line * width + x + CELL - 1).step_by(STEP) {
                        edges += u32::from(luma[at].abs_diff(luma[at + 1])) + u32::from(luma[at].abs_diff(luma[at + width]));
                        light += u32::from(luma[at]);
                    }
                }
                let samples = ((CELL / STEP) * (CELL / STEP)) as f64;
                let at = (y / 2 + CELL / 4) * half + x / 2 + CELL / 4;
                let (blue, red) = (f64::from(cb[at]) - 128.0, f64::from(cr[at]) - 128.0);
                let detail = (f64::from(edges) / samples / 24.0).min(1.0);
                let colour = (blue.hypot(red) / 60.0).min(1.0);
                weights.push(DETAIL * detail + COLOUR * colour + SKIN * skin(f64::from(light) / samples, blue, red) * (0.3 + detail));
            }
        }
        Self { across, weights }
    }

    fn columns(&self) -> Vec<f64> {
        (0..self.across).map(|column| self.weights.iter().skip(column).step_by(self.across.max(1)).sum()).collect()
    }

    fn rows(&self) -> Vec<f64> {
        self.weights.chunks(self.across.max(1)).map(|row| row.iter().sum()).collect()
    }

    /// Where along one side a window of `wanted` pixels of `all` begins; even.
    fn place(&self, profile: Vec<f64>, all: usize, wanted: usize, usual: f64) -> usize {
        let spare = all - wanted;
        let total: f64 = profile.iter().sum();
        let inside = |start: usize| -> f64 {
            let middle = start as f64 + wanted as f64 / 2.0;
            let seen = profile.iter().enumerate().map(|(cell, weight)| {
                // From the window's middle, 1 at its edge: what stands at the very edge is hardly kept.
                let away = ((cell as f64 + 0.5) * CELL as f64 - middle).abs() / (wanted as f64 / 2.0);
                weight * (1.0 - away.powi(4)).max(0.0)
            });
            seen.sum::<f64>() / total.max(1e-9)
        };
        let habit = |start: usize| HABIT * (start as f64 / spare.max(1) as f64 - usual).abs();
        let worth = |start: &usize| inside(*start) - habit(*start);
        (0..=spare).step_by(2).map(|start| (worth(&start), start)).max_by(|a, b| a.0.total_cmp(&b.0)).map_or(0, |(_, start)| start)
    }
}

/// How much a colour is like skin, 0 to 1: skins of all shades lie along one line of hue.
fn skin(light: f64, blue: f64, red: f64) -> f64 {
    let strength = blue.hypot(red);
    if !(50.0..230.0).contains(&light) || !(8.0..60.0).contains(&strength) {
        return 0.0;
    }
    // Cr about as far above the middle as Cb is below it.
    let turn = (red.atan2(blue) - 2.35).abs();
    (1.0 - turn / 0.4).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A grey picture with a checkered square at this place.
    fn with_square(x: usize, y: usize) -> Picture {
        let mut picture = Picture::new(480, 320);
        picture.data.fill(128);
        for row in y..y + 64 {
            for column in x..x + 64 {
                picture.data[row * 480 + column] = if (row / 4 + column / 4) % 2 == 0 { 40 } else { 220 };
            }
        }
        picture
    }

    #[test]
    fn what_stands_out_stays_in_the_picture() {
        let busy = |picture: &Picture| picture.data[..picture.width * picture.height].iter().filter(|value| **value != 128).count();
        for (x, y) in [(0, 0), (416, 256), (200, 240), (16, 130)] {
            let upright = crop(with_square(x, y), (360, 320));
            assert!(busy(&upright) > 64 * 64 * 9 / 10, "{x}: {}", busy(&upright));
            let flat = crop(with_square(x, y), (480, 240));
            assert!(busy(&flat) > 64 * 64 * 9 / 10, "{y}: {}", busy(&flat));
        }
    }

    #[test]
    fn an_empty_picture_is_cut_as_usual() {
        let mut picture = Picture::new(480, 320);
        for (row, line) in picture.data[..480 * 320].chunks_exact_mut(480).enumerate() {
            line.fill(u8::try_from(row / 2).unwrap_or(255));
        }
        let out = crop(picture, (480, 240));
        assert!((14..=18).contains(&out.data[0]), "{}", out.data[0]);
    }

    #[test]
    fn skin_is_known_by_its_hue() {
        // A light and a dark skin, and grass and sky.
        assert!(skin(178.0, -34.0, 26.0) > 0.5 && skin(93.0, -27.0, 26.0) > 0.7);
        assert!(skin(120.0, -30.0, -25.0) < 0.01 && skin(160.0, 30.0, -20.0) < 0.01);
    }
}
