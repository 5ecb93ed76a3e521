//! Frames from a prepared picture, at sub-pixel positions: planar Y'CbCr 4:2:0 in, the same out.
//!
//! Separable cubic interpolation over four pixels each way (Catmull-Rom), in 16-bit integers. The
//! vertical pass goes along whole rows. The horizontal pass goes in runs over which source and frame
//! keep one distance, so that it too reads memory in order: at scales near 1 that is several times
//! faster than looking up each pixel's place. Both are compiled for wide vectors too, and chosen by the
//! processor that is there.

use multiversion::multiversion;

use super::motion::View;

/// A planar 8-bit 4:2:0 picture, chroma sited at the left (as H.264 takes it by default).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    /// Y, then Cb, then Cr.
    pub data: Vec<u8>,
}

/// Fraction bits of the vertical taps: what they make of a sample just fits 16 bits.
const ROW_BITS: u32 = 7;
/// Fraction bits of the horizontal taps. Of each product the upper 16 bits are kept.
const COLUMN_BITS: u32 = 14;
/// Fraction bits of a sum of such products.
const SUM_BITS: u32 = ROW_BITS + COLUMN_BITS - 16;
/// Half of a last place, and what four cut-off products lose on average.
const ROUND: i16 = (1 << (SUM_BITS - 1)) + 2;
/// Columns repeated at either side of a row, so that taps never leave it.
const EDGE: usize = 2;
/// Columns worked out at a time. A run's last block goes over its end; the next run's first sets it right.
const BLOCK: usize = 16;

impl Picture {
    /// Bytes of a picture of this size; both sides are even.
    #[must_use]
    pub fn bytes(width: usize, height: usize) -> usize {
        width * height * 3 / 2
    }

    #[must_use]
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, data: vec![0; Self::bytes(width, height)] }
    }

    /// The three planes with their widths.
    pub fn planes(&self) -> [(&[u8], usize); 3] {
        let (y, chroma) = self.data.split_at(self.width * self.height);
        let (cb, cr) = chroma.split_at(chroma.len() / 2);
        [(y, self.width), (cb, self.width / 2), (cr, self.width / 2)]
    }

    pub fn planes_mut(&mut self) -> [(&mut [u8], usize); 3] {
        let (y, chroma) = self.data.split_at_mut(self.width * self.height);
        let half = chroma.len() / 2;
        let (cb, cr) = chroma.split_at_mut(half);
        [(y, self.width), (cb, self.width / 2), (cr, self.width / 2)]
    }
}

/// Room for one frame's work, kept from frame to frame.
#[derive(Default)]
pub struct Sampler {
    row: Vec<i16>,
    line: Vec<u8>,
    taps: [Vec<i16>; 4],
    runs: Vec<Run>,
}

/// Frame columns `from..to` start their taps at source columns `source..`.
struct Run {
    from: usize,
    to: usize,
    source: usize,
}

/// Where a plane's samples lie in the source plane: `start + step × index`.
#[derive(Clone, Copy)]
struct Axis {
    start: f64,
    step: f64,
}

impl Sampler {
    /// Draws what the view shows of `source` into `frame`.
    pub fn draw(&mut self, source: &Picture, view: View, frame: &mut Picture) {
        if source.width == frame.width && source.height == frame.height {
            frame.data.copy_from_slice(&source.data);
            return;
        }
        let axis = |source: usize, frame: usize, place: f64| {
            let room = source as f64 - frame as f64 * view.scale;
            let start = room * (place + 1.0) / 2.0;
            // From edge to centre of the first pixel.
            Axis { start: start + 0.5 * view.scale - 0.5, step: view.scale }
        };
        let (x, y) = (axis(source.width, frame.width, view.x), axis(source.height, frame.height, view.y));
        // A chroma sample lies on every second luma column, and between two luma rows.
        let chroma_x = Axis { start: x.start / 2.0, step: x.step };
        let chroma_y = Axis { start: (y.start + 0.5 * y.step - 0.5) / 2.0, step: y.step };
        for (index, ((to, width), (from, stride))) in frame.planes_mut().into_iter().zip(source.planes()).enumerate() {
            match index {
                0 => self.plane((from, stride), x, y, (to, width)),
                1 => self.plane((from, stride), chroma_x, chroma_y, (to, width)),
                // Cr lies as Cb does: the columns are already worked out.
                _ => self.rows((from, stride), chroma_y, (to, width)),
            }
        }
    }

    fn plane(&mut self, from: (&[u8], usize), x: Axis, y: Axis, to: (&mut [u8], usize)) {
        self.lay_columns(from.1, x, to.1);
        self.rows(from, y, to);
    }

    fn lay_columns(&mut self, stride: usize, x: Axis, width: usize) {
        self.runs.clear();
        for taps in &mut self.taps {
            taps.clear();
            taps.reserve(width + BLOCK);
        }
        for column in 0..width {
            let (first, fraction) = place(x, column, stride);
            for (kept, tap) in self.taps.iter_mut().zip(weights::<COLUMN_BITS>(fraction)) {
                kept.push(tap);
            }
            match self.runs.last_mut() {
                Some(run) if run.source + (column - run.from) == first => run.to = column + 1,
                _ => self.runs.push(Run { from: column, to: column + 1, source: first }),
            }
        }
        for taps in &mut self.taps {
            taps.resize(width + BLOCK, 0);
        }
    }

    fn rows(&mut self, (from, stride): (&[u8], usize), y: Axis, (to, width): (&mut [u8], usize)) {
        let height = from.len() / stride;
        self.row.resize(stride + 2 * EDGE + BLOCK, 0);
        self.line.resize(width + BLOCK, 0);
        for index in 0..to.len() / width {
            let (first, fraction) = place(y, index, height);
            // `first` counts from EDGE rows above the picture.
            let line = |tap: usize| {
                let row = (first + tap).saturating_sub(EDGE).min(height - 1);
                &from[row * stride..(row + 1) * stride]
            };
            mix_rows([line(0), line(1), line(2), line(3)], weights::<ROW_BITS>(fraction), &mut self.row[EDGE..EDGE + stride]);
            let (left, right) = (self.row[EDGE], self.row[EDGE + stride - 1]);
            self.row[..EDGE].fill(left);
            self.row[EDGE + stride..].fill(right);
            // What goes over the row's end is set right by the next row; the last one has no room for it.
            let rest = &mut to[index * width..];
            match rest.get_mut(..width + BLOCK) {
                Some(out) => mix_columns(&self.row, &self.runs, &self.taps, out),
                None => {
                    mix_columns(&self.row, &self.runs, &self.taps, &mut self.line);
                    rest[..width].copy_from_slice(&self.line[..width]);
                }
            }
        }
    }
}

/// The first of four source samples (counted from `EDGE` before the source), and how far between the
/// middle two the place lies.
fn place(axis: Axis, index: usize, length: usize) -> (usize, f64) {
    let at = (axis.start + axis.step * index as f64).clamp(-0.5, length as f64 - 0.5);
    let whole = at.floor();
    ((whole + (EDGE as f64) - 1.0) as usize, at - whole)
}

/// Catmull-Rom at a fraction between the two middle samples; the sum is exactly 1.
fn weights<const BITS: u32>(f: f64) -> [i16; 4] {
    let (f2, f3) = (f * f, f * f * f);
    let exact = [-0.5 * f + f2 - 0.5 * f3, 1.0 - 2.5 * f2 + 1.5 * f3, 0.5 * f + 2.0 * f2 - 1.5 * f3, -0.5 * f2 + 0.5 * f3];
    let mut out = exact.map(|weight| (weight * f64::from(1 << BITS)).round() as i16);
    let rest = (1 << BITS) - out.iter().sum::<i16>();
    out[if f < 0.5 { 1 } else { 2 }] += rest;
    out
}

/// Around 128, so that the sums stay within 16 bits.
#[multiversion(targets("x86_64+avx2"))]
fn mix_rows(rows: [&[u8]; 4], taps: [i16; 4], out: &mut [i16]) {
    let [a, b, c, d] = rows.map(|row| &row[..out.len()]);
    for x in 0..out.len() {
        out[x] = (i16::from(a[x]) - 128) * taps[0]
            + (i16::from(b[x]) - 128) * taps[1]
            + (i16::from(c[x]) - 128) * taps[2]
            + (i16::from(d[x]) - 128) * taps[3];
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn mix_columns(row: &[i16], runs: &[Run], taps: &[Vec<i16>; 4], out: &mut [u8]) {
    for run in runs {
        let mut from = run.from;
        while from < run.to {
            let source = &row[run.source + from - run.from..];
            // A run is some 20 columns long: a whole block for the last few of them would be mostly thrown away.
            if run.to - from > BLOCK / 2 {
                mix_block::<BLOCK>(source, taps, from, out);
                from += BLOCK;
            } else {
                mix_block::<{ BLOCK / 2 }>(source, taps, from, out);
                from += BLOCK / 2;
            }
        }
    }
}

#[inline(always)]
fn mix_block<const COLUMNS: usize>(source: &[i16], taps: &[Vec<i16>; 4], from: usize, out: &mut [u8]) {
    let [a, b, c, d] = [0, 1, 2, 3].map(|tap| &source[tap..tap + COLUMNS]);
    let [ta, tb, tc, td] = taps.each_ref().map(|taps| &taps[from..from + COLUMNS]);
    let out = &mut out[from..from + COLUMNS];
    for x in 0..COLUMNS {
        let sum = upper(a[x], ta[x]) + upper(b[x], tb[x]) + upper(c[x], tc[x]) + upper(d[x], td[x]);
        out[x] = (((sum + ROUND) >> SUM_BITS) + 128).clamp(0, 255) as u8;
    }
}

/// The upper half of a product: one vector instruction.
#[inline(always)]
fn upper(a: i16, b: i16) -> i16 {
    ((i32::from(a) * i32::from(b)) >> 16) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture whose luma is a straight ramp: any correct interpolation gives the ramp back.
    fn ramp(width: usize, height: usize) -> Picture {
        let mut picture = Picture::new(width, height);
        for (plane, width) in picture.planes_mut() {
            for (index, value) in plane.iter_mut().enumerate() {
                *value = u8::try_from(index % width).unwrap_or(255);
            }
        }
        picture
    }

    #[test]
    fn a_ramp_stays_a_ramp_at_its_sub_pixel_place() {
        let (source, mut frame) = (ramp(200, 120), Picture::new(176, 104));
        let view = View { scale: 1.06, x: 0.3, y: -0.4 };
        Sampler::default().draw(&source, view, &mut frame);
        let start = (200.0 - 176.0 * 1.06) * 0.65 + 0.53 - 0.5;
        for column in 2..170 {
            let expected = start + 1.06 * column as f64;
            let got = f64::from(frame.data[50 * 176 + column]);
            assert!((got - expected).abs() <= 1.0, "column {column}: {got} for {expected}");
        }
    }

    #[test]
    fn weights_add_up() {
        for step in 0..=1000 {
            assert_eq!(weights::<ROW_BITS>(f64::from(step) / 1001.0).iter().sum::<i16>(), 128);
            assert_eq!(weights::<COLUMN_BITS>(f64::from(step) / 1001.0).iter().sum::<i16>(), 16384);
        }
    }

    #[test]
    fn the_whole_of_a_flat_picture_is_flat_to_its_edges() {
        let mut source = Picture::new(72, 40);
        source.data.fill(235);
        let mut frame = Picture::new(64, 36);
        for (x, y) in [(-1.0, -1.0), (1.0, 1.0), (0.0, 0.0)] {
            Sampler::default().draw(&source, View { scale: 1.1, x, y }, &mut frame);
            assert!(frame.data.iter().all(|value| *value == 235));
        }
    }

    #[test]
    fn the_same_size_is_a_copy() {
        let source = ramp(64, 36);
        let mut frame = Picture::new(64, 36);
        Sampler::default().draw(&source, View { scale: 1.0, x: 0.0, y: 0.0 }, &mut frame);
        assert_eq!(frame, source);
    }
}
