//! Paths that the styles are made of. Each is `None` where it would have no extent.

use std::f32::consts::{FRAC_PI_2, TAU};

use tiny_skia::{Path, PathBuilder, PathSegment, Point, Rect};

use super::random::{Random, noise};

pub(super) type Dot = (f32, f32);

/// Between two dots. Not `hypot`, whose care for overflow costs a library call for each pixel.
pub(super) fn distance(a: Dot, b: Dot) -> f32 {
    ((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)).sqrt()
}

pub(super) fn circle(x: f32, y: f32, r: f32) -> Option<Path> {
    PathBuilder::from_circle(x, y, r)
}

pub(super) fn ellipse(x: f32, y: f32, rx: f32, ry: f32) -> Option<Path> {
    PathBuilder::from_oval(Rect::from_xywh(x - rx, y - ry, rx * 2.0, ry * 2.0)?)
}

pub(super) fn rect(x: f32, y: f32, w: f32, h: f32) -> Option<Path> {
    Some(PathBuilder::from_rect(Rect::from_xywh(x, y, w, h)?))
}

pub(super) fn line(from: Dot, to: Dot) -> Option<Path> {
    open(&[from, to])
}

pub(super) fn open(dots: &[Dot]) -> Option<Path> {
    build(|path| polyline(path, dots))
}

pub(super) fn polygon(dots: &[Dot]) -> Option<Path> {
    build(|path| {
        polyline(path, dots);
        path.close();
    })
}

/// A closed curve through the dots, without corners (Catmull–Rom).
pub(super) fn smooth(dots: &[Dot]) -> Option<Path> {
    build(|path| smooth_into(path, dots))
}

pub(super) fn smooth_into(path: &mut PathBuilder, dots: &[Dot]) {
    let count = dots.len();
    if count < 3 {
        return;
    }
    path.move_to(dots[0].0, dots[0].1);
    for i in 0..count {
        let [before, from, to, after] = [i + count - 1, i, i + 1, i + 2].map(|k| dots[k % count]);
        path.cubic_to(
            from.0 + (to.0 - before.0) / 6.0,
            from.1 + (to.1 - before.1) / 6.0,
            to.0 - (after.0 - from.0) / 6.0,
            to.1 - (after.1 - from.1) / 6.0,
            to.0,
            to.1,
        );
    }
    path.close();
}

/// A slice of a disc from angle `from` to `to` (radians, clockwise from the right).
pub(super) fn sector(x: f32, y: f32, r: f32, from: f32, to: f32) -> Option<Path> {
    build(|path| {
        path.move_to(x, y);
        path.line_to(x + r * from.cos(), y + r * from.sin());
        arc_into(path, (x, y), r, from, to);
        path.close();
    })
}

/// The part of a ring between two radii and two angles.
pub(super) fn band(x: f32, y: f32, (inner, outer): (f32, f32), from: f32, to: f32) -> Option<Path> {
    build(|path| {
        path.move_to(x + outer * from.cos(), y + outer * from.sin());
        arc_into(path, (x, y), outer, from, to);
        path.line_to(x + inner * to.cos(), y + inner * to.sin());
        arc_into(path, (x, y), inner, to, from);
        path.close();
    })
}

/// A part of a circle's line.
pub(super) fn arc(x: f32, y: f32, r: f32, from: f32, to: f32) -> Option<Path> {
    build(|path| {
        path.move_to(x + r * from.cos(), y + r * from.sin());
        arc_into(path, (x, y), r, from, to);
    })
}

/// Continues a path along a circle; the pen stands at `from` already.
fn arc_into(path: &mut PathBuilder, (x, y): Dot, r: f32, from: f32, to: f32) {
    let steps = ((to - from).abs() / FRAC_PI_2).ceil().max(1.0);
    let step = (to - from) / steps;
    let handle = 4.0 / 3.0 * (step / 4.0).tan() * r;
    for i in 0..steps as u32 {
        let (a, b) = (from + step * i as f32, from + step * (i + 1) as f32);
        path.cubic_to(
            x + r * a.cos() - handle * a.sin(),
            y + r * a.sin() + handle * a.cos(),
            x + r * b.cos() + handle * b.sin(),
            y + r * b.sin() - handle * b.cos(),
            x + r * b.cos(),
            y + r * b.sin(),
        );
    }
}

/// Rays from a point, as one path: `count` wedges with equal gaps, turned by `turn`.
pub(super) fn rays(x: f32, y: f32, r: f32, count: u32, turn: f32) -> Option<Path> {
    let step = TAU / count as f32;
    build(|path| {
        for i in 0..count {
            let angle = turn + step * i as f32;
            path.move_to(x, y);
            path.line_to(x + r * (angle - step / 4.0).cos(), y + r * (angle - step / 4.0).sin());
            path.line_to(x + r * (angle + step / 4.0).cos(), y + r * (angle + step / 4.0).sin());
            path.close();
        }
    })
}

/// The outline of a lobed, irregular round shape: `wobble` is the part of the radius that it varies by.
pub(super) fn blob(random: &mut Random, (x, y): Dot, (rx, ry): (f32, f32), wobble: f32, count: u32) -> Vec<Dot> {
    let turn = random.between(0.0, TAU);
    let seed = random.next();
    (0..count)
        .map(|i| {
            let part = i as f32 / count as f32;
            // The noise is walked along a circle's shadow, there and back, so that its ends meet.
            let there_and_back = (part * TAU).cos() * 1.7 + (part * TAU).sin() * 0.9;
            let r = 1.0 + wobble * noise(seed, there_and_back + 9.0, 2) + wobble * 0.5 * noise(seed ^ 1, (part * TAU).sin() * 2.0, 1);
            let angle = turn + part * TAU;
            (x + rx * r * angle.cos(), y + ry * r * angle.sin())
        })
        .collect()
}

/// A skyline of land: heights of fractal noise over the width, as dots from left to right.
pub(super) fn ridge(seed: u64, width: f32, base: f32, height: f32, bumps: f32, octaves: u32) -> Vec<Dot> {
    let count = 160u32;
    (0..=count)
        .map(|i| {
            let part = i as f32 / count as f32;
            (width * (part * 1.04 - 0.02), base - height * (0.5 + 0.5 * noise(seed, part * bumps, octaves)))
        })
        .collect()
}

/// The land under a skyline, down to `bottom`.
pub(super) fn land(mut skyline: Vec<Dot>, bottom: f32) -> Option<Path> {
    let (first, last) = (skyline.first()?.0, skyline.last()?.0);
    skyline.push((last, bottom));
    skyline.push((first, bottom));
    polygon(&skyline)
}

/// The contours of a path as dots at most `step` apart; corners are kept.
pub(super) fn flattened(path: &Path, step: f32) -> Vec<Vec<Dot>> {
    let mut contours: Vec<Vec<Dot>> = Vec::new();
    let mut from = Point::zero();
    for segment in path.segments() {
        let (to, at): (Point, Box<dyn Fn(f32) -> Dot>) = match segment {
            PathSegment::MoveTo(to) => {
                contours.push(vec![(to.x, to.y)]);
                from = to;
                continue;
            }
            PathSegment::Close => continue,
            PathSegment::LineTo(to) => (to, Box::new(move |t| (from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t))),
            PathSegment::QuadTo(by, to) => (
                to,
                Box::new(move |t| {
                    let (a, b, c) = ((1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t), t * t);
                    (a * from.x + b * by.x + c * to.x, a * from.y + b * by.y + c * to.y)
                }),
            ),
            PathSegment::CubicTo(by, and, to) => (
                to,
                Box::new(move |t| {
                    let s = 1.0 - t;
                    let (a, b, c, d) = (s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t);
                    (a * from.x + b * by.x + c * and.x + d * to.x, a * from.y + b * by.y + c * and.y + d * to.y)
                }),
            ),
        };
        let long = distance((from.x, from.y), at(0.5)) + distance(at(0.5), (to.x, to.y));
        let parts = (long / step.max(0.01)).ceil().clamp(1.0, 400.0) as u32;
        if let Some(contour) = contours.last_mut() {
            contour.extend((1..=parts).map(|part| at(part as f32 / parts as f32)));
        }
        from = to;
    }
    contours
}

/// The path as scissors would cut it by eye: straight snips of about `snip` pixels, each off by up to `slip`.
pub(super) fn snipped(path: Option<Path>, random: &mut Random, snip: f32, slip: f32) -> Option<Path> {
    let path = path?;
    build(|cut| {
        for contour in flattened(&path, snip) {
            let mut dots: Vec<Dot> = Vec::new();
            for dot in contour {
                if dots.last().is_none_or(|last| distance(*last, dot) > snip * 0.45) {
                    dots.push(dot);
                }
            }
            if dots.len() > 2 && distance(dots[0], dots[dots.len() - 1]) < snip * 0.45 {
                dots.pop();
            }
            if dots.len() > 2 {
                let slipped: Vec<Dot> =
                    dots.iter().map(|(x, y)| (x + random.between(-slip, slip), y + random.between(-slip, slip))).collect();
                polyline(cut, &slipped);
                cut.close();
            }
        }
    })
}

/// A gouge's mark: pointed at both ends, widest before the middle.
pub(super) fn gouge_into(path: &mut PathBuilder, from: Dot, to: Dot, wide: f32) {
    let long = distance(from, to).max(0.01);
    let aside = ((to.1 - from.1) / long * wide / 2.0, (from.0 - to.0) / long * wide / 2.0);
    let at = |part: f32, side: f32| (from.0 + (to.0 - from.0) * part + aside.0 * side, from.1 + (to.1 - from.1) * part + aside.1 * side);
    let [a, b] = [at(0.4, 2.0), at(0.4, -2.0)];
    path.move_to(from.0, from.1);
    path.quad_to(a.0, a.1, to.0, to.1);
    path.quad_to(b.0, b.1, from.0, from.1);
    path.close();
}

/// Builds a path by hand.
pub(super) fn build(draw: impl FnOnce(&mut PathBuilder)) -> Option<Path> {
    let mut path = PathBuilder::new();
    draw(&mut path);
    path.finish()
}

fn polyline(path: &mut PathBuilder, dots: &[Dot]) {
    for (i, dot) in dots.iter().enumerate() {
        if i == 0 { path.move_to(dot.0, dot.1) } else { path.line_to(dot.0, dot.1) }
    }
}
