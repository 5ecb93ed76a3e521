//! The lands of the travel poster: each is painted from the far range to the near ground.

use std::f32::consts::PI;

use super::{super::kit::*, HORIZON};

/// Peaks with a lit and a shaded side and snow, behind wooded hills.
pub(super) fn mountains(canvas: &mut Canvas, brief: &mut Brief) {
    let (w, h) = (canvas.w, canvas.h);
    let palette = brief.palette;
    let step = w.min(h * 1.4) * 0.3;
    for range in 0..2 {
        let lit = if range == 0 { palette.hues[1] } else { palette.hues[2] };
        let shaded = lit.mix(palette.hues[3], 0.42);
        let mut x = -step * brief.random.unit();
        while x < w + step {
            let tall = h * brief.random.between(0.16, 0.30) * if range == 0 { 1.0 } else { 0.72 };
            let base = h * (HORIZON + 0.10 + 0.08 * range as f32);
            let top = (x, base - tall);
            let half = tall * brief.random.between(1.0, 1.3);
            canvas.fill(polygon(&[top, (x + half, base), (x - half, base)]), Ink::flat(lit));
            // The shaded side, down a broken edge.
            let bend = brief.random.between(-0.06, 0.14) * half;
            canvas.fill(
                polygon(&[
                    top,
                    (x + half, base),
                    (x + bend * 0.3, base),
                    (x + bend, base - tall * 0.42),
                    (x - bend * 0.6, base - tall * 0.66),
                ]),
                Ink::flat(shaded),
            );
            if range == 0 {
                let cap = tall * 0.3;
                let side = half * 0.3;
                let snow = [
                    top,
                    (x + side, base - tall + cap),
                    (x + side * 0.45, base - tall + cap * 0.72),
                    (x + side * 0.05, base - tall + cap * 1.1),
                    (x - side * 0.4, base - tall + cap * 0.75),
                    (x - side, base - tall + cap),
                ];
                canvas.fill(polygon(&snow), Ink::flat(palette.hues[4]));
            }
            x += step * brief.random.between(0.7, 1.2);
        }
        let foot = h * (HORIZON + 0.10 + 0.08 * range as f32) - 1.0;
        canvas.fill(rect(0.0, foot, w, h - foot), Ink::flat(shaded));
    }
    hill(canvas, brief, 0.74, palette.hues[2].mix(palette.hues[3], 0.55));
    pines(canvas, brief, 0.80, 0.10, palette.hues[3], 26);
    hill(canvas, brief, 0.82, palette.hues[3]);
}

pub(super) fn hill(canvas: &mut Canvas, brief: &mut Brief, top: f32, colour: Rgb) {
    let line = ridge(brief.random.next(), canvas.w, canvas.h * (top + 0.03), canvas.h * 0.07, 2.6, 2);
    canvas.fill(land(line, canvas.h * 1.05), Ink::flat(colour));
}

/// A row of firs with feet near `foot` of the height.
pub(super) fn pines(canvas: &mut Canvas, brief: &mut Brief, foot: f32, tall: f32, colour: Rgb, count: usize) {
    let (w, h) = (canvas.w, canvas.h);
    let mut path = PathBuilder::new();
    for tree in 0..count {
        let x = w * (tree as f32 + brief.random.unit()) / count as f32;
        let size = h * tall * brief.random.between(0.6, 1.25);
        pine(&mut path, (x, h * (foot + brief.random.between(-0.01, 0.02))), size);
    }
    canvas.fill(path.finish(), Ink::flat(colour));
}

fn pine(path: &mut PathBuilder, (x, foot): Dot, tall: f32) {
    let tiers = 5;
    path.move_to(x, foot - tall);
    // Down the right side in sawteeth, up the left.
    for side in [1.0, -1.0] {
        for tier in 0..tiers {
            let tier = if side > 0.0 { tier } else { tiers - 1 - tier };
            let low = foot - tall + tall * 0.95 * (tier + 1) as f32 / tiers as f32;
            let out = tall * (0.09 + 0.042 * tier as f32);
            let notch = out * 0.5;
            if side > 0.0 {
                path.line_to(x + out, low);
                path.line_to(x + notch, low - tall * 0.015);
            } else {
                path.line_to(x - notch, low - tall * 0.015);
                path.line_to(x - out, low);
            }
        }
    }
    path.close();
}

/// Bands of water, the sun's path on them, a sail.
pub(super) fn sea(canvas: &mut Canvas, brief: &mut Brief, sun: Dot) {
    let (w, h) = (canvas.w, canvas.h);
    let palette = brief.palette;
    let top = h * HORIZON;
    // A headland on the side away from the sun.
    let left = sun.0 > w / 2.0;
    let seed = brief.random.next();
    let cape: Vec<Dot> = (0..=60)
        .map(|i| {
            let part = i as f32 / 60.0;
            let fall = (1.0 - part).powf(1.4) * (0.8 + 0.35 * noise(seed, part * 5.0, 2));
            let x = if left { part * 0.44 } else { 1.0 - part * 0.44 };
            (w * x, top - h * 0.2 * fall)
        })
        .collect();
    canvas.fill(land(cape, top + 2.0), Ink::flat(palette.hues[1].mix(palette.hues[2], 0.35)));
    for wave in 0..6 {
        let part = wave as f32 / 5.0;
        let base = top + (h * 0.36) * part.powf(1.3);
        let colour = palette.hues[1].mix(palette.hues[2], (part * 2.0).min(1.0)).mix(palette.hues[3], (part * 1.6 - 0.5).clamp(0.0, 1.0));
        let (long, tall) = (w * (0.05 + 0.09 * part), h * (0.002 + 0.014 * part));
        let shift = brief.random.unit() * 6.0;
        let line: Vec<Dot> = (0..=240)
            .map(|i| {
                let x = w * (i as f32 / 240.0 * 1.02 - 0.01);
                (x, base - tall * (x / long + shift).sin().abs())
            })
            .collect();
        canvas.fill(land(line, h * 1.02), Ink::flat(colour));
        if wave < 4 {
            let long = w.min(h) * (0.16 - 0.02 * wave as f32);
            for glint in 0..3 {
                let y = base + h * 0.012 * (1.0 + glint as f32);
                let x = sun.0 + brief.random.between(-0.4, 0.4) * long;
                canvas.fill(ellipse(x, y, long * brief.random.between(0.3, 0.7), h * 0.0028), Ink::veil(palette.hues[4], 0.75));
            }
        }
    }
    let (x, y, size) = (w * if left { 0.62 } else { 0.36 }, h * 0.665, w.min(h) * 0.13);
    canvas.fill(polygon(&[(x, y - size), (x, y - size * 0.12), (x - size * 0.42, y - size * 0.12)]), Ink::flat(palette.hues[4]));
    canvas.fill(
        polygon(&[(x + size * 0.04, y - size * 0.86), (x + size * 0.5, y - size * 0.12), (x + size * 0.04, y - size * 0.12)]),
        Ink::flat(palette.hues[0]),
    );
    canvas.fill(
        polygon(&[
            (x - size * 0.5, y - size * 0.06),
            (x + size * 0.56, y - size * 0.06),
            (x + size * 0.36, y + size * 0.1),
            (x - size * 0.36, y + size * 0.1),
        ]),
        Ink::flat(palette.hues[3]),
    );
}

/// Two rows of buildings with lit windows.
pub(super) fn city(canvas: &mut Canvas, brief: &mut Brief) {
    let (w, h) = (canvas.w, canvas.h);
    let palette = brief.palette;
    for row in 0..3 {
        let colour = [palette.hues[1], palette.hues[2], palette.hues[3]][row];
        let lit = palette.hues[4].mix(palette.hues[0], 0.2);
        let base = h * 1.02;
        let mut x = -w * 0.03 * brief.random.unit();
        while x < w {
            let wide = w.min(h * 1.2) * brief.random.between(0.06, 0.12);
            let tall = h * (brief.random.between(0.36, 0.58) - 0.10 * row as f32);
            canvas.fill(rect(x, base - tall, wide * 0.96, tall), Ink::flat(colour));
            let crown = brief.random.below(4);
            let middle = x + wide * 0.48;
            if crown == 0 {
                canvas.fill(
                    polygon(&[(x, base - tall), (x + wide * 0.96, base - tall), (middle, base - tall - wide * 0.5)]),
                    Ink::flat(colour),
                );
            } else if crown == 1 {
                canvas.fill(rect(x + wide * 0.2, base - tall - wide * 0.22, wide * 0.56, wide * 0.25), Ink::flat(colour));
                canvas.fill(rect(middle - wide * 0.02, base - tall - wide * 0.7, wide * 0.04, wide * 0.6), Ink::flat(colour));
            }
            if row > 0 {
                windows(canvas, brief, (x, base - tall, wide), h * 0.82, lit);
            }
            x += wide * brief.random.between(0.98, 1.25);
        }
    }
}

fn windows(canvas: &mut Canvas, brief: &mut Brief, (x, top, wide): (f32, f32, f32), floor: f32, lit: Rgb) {
    let pane = wide * 0.13;
    let mut path = PathBuilder::new();
    let mut y = top + pane * 1.2;
    while y < floor {
        for column in 0..4 {
            if brief.random.chance(0.42)
                && let Some(frame) = Rect::from_xywh(x + pane * (0.9 + 1.6 * column as f32), y, pane * 0.8, pane * 1.1)
            {
                path.push_rect(frame);
            }
        }
        y += pane * 2.1;
    }
    canvas.fill(path.finish(), Ink::veil(lit, 0.85));
}

/// Firs in three depths, the nearest tall at both sides.
pub(super) fn forest(canvas: &mut Canvas, brief: &mut Brief) {
    let (w, h) = (canvas.w, canvas.h);
    let palette = brief.palette;
    hill(canvas, brief, HORIZON + 0.02, palette.hues[1]);
    pines(canvas, brief, 0.70, 0.15, palette.hues[1].mix(palette.hues[2], 0.55), 30);
    hill(canvas, brief, 0.68, palette.hues[1].mix(palette.hues[2], 0.55));
    pines(canvas, brief, 0.79, 0.2, palette.hues[2], 20);
    hill(canvas, brief, 0.76, palette.hues[2]);
    let mut near = PathBuilder::new();
    for side in [0.0, 1.0] {
        for tree in 0..3 {
            let x = w * (side + (1.0 - 2.0 * side) * (0.015 + 0.062 * tree as f32 + 0.02 * brief.random.unit()));
            pine(&mut near, (x, h * 0.93), h * (0.56 - 0.11 * tree as f32 + 0.05 * brief.random.unit()));
        }
    }
    hill(canvas, brief, 0.84, palette.hues[3]);
    canvas.fill(near.finish(), Ink::flat(palette.hues[3]));
}

/// Ploughed rows that run to one point, a road, round trees.
pub(super) fn fields(canvas: &mut Canvas, brief: &mut Brief) {
    let (w, h) = (canvas.w, canvas.h);
    let palette = brief.palette;
    hill(canvas, brief, HORIZON - 0.02, palette.hues[1].mix(palette.ground, 0.25));
    hill(canvas, brief, HORIZON + 0.03, palette.hues[1]);
    let top = h * 0.66;
    let vanish = (w * brief.random.between(0.3, 0.7), top);
    canvas.fill(rect(0.0, top, w, h - top), Ink::flat(palette.hues[2]));
    let rows = 26;
    let dark = palette.hues[2].mix(palette.hues[3], 0.45);
    for row in (0..rows).step_by(2) {
        let foot = |k: usize| vanish.0 + (k as f32 / rows as f32 - 0.5) * w * 4.2;
        canvas.fill(polygon(&[vanish, (foot(row + 1), h), (foot(row), h)]), Ink::flat(dark));
    }
    // The road winds from the horizon to the foot, wider as it nears.
    let bend = brief.random.sign() * w.min(h) * brief.random.between(0.16, 0.3);
    let side = |edge: f32, part: f32| {
        let x = vanish.0 + bend * (part.sqrt() * PI * 1.6).sin() * (0.25 + part);
        (x + edge * w.min(h) * (0.004 + 0.17 * part * part), top + (h * 1.02 - top) * part)
    };
    let mut road: Vec<Dot> = (0..=40).map(|i| side(-1.0, i as f32 / 40.0)).collect();
    road.extend((0..=40).rev().map(|i| side(1.0, i as f32 / 40.0)));
    canvas.fill(polygon(&road), Ink::flat(palette.hues[4].mix(palette.hues[1], 0.2)));
    if brief.random.chance(0.5) {
        oak(canvas, brief, (w * if vanish.0 < w / 2.0 { 0.80 } else { 0.20 }, h * 0.80));
    }
    for tree in 0..7 {
        let x = w * brief.random.unit();
        let size = w.min(h) * (0.016 + 0.008 * (tree % 3) as f32);
        canvas.fill(rect(x - size * 0.12, top - size * 1.2, size * 0.24, size * 1.7), Ink::flat(palette.hues[3]));
        canvas.fill(ellipse(x, top - size * 1.5, size * 0.85, size * 1.1), Ink::flat(palette.hues[3]));
    }
}

/// One great tree in the near field.
fn oak(canvas: &mut Canvas, brief: &mut Brief, (x, foot): Dot) {
    let palette = brief.palette;
    let size = canvas.w.min(canvas.h) * 0.2;
    let trunk =
        polygon(&[(x - size * 0.06, foot - size), (x + size * 0.06, foot - size), (x + size * 0.14, foot), (x - size * 0.14, foot)]);
    canvas.fill(trunk, Ink::flat(palette.hues[3]));
    for (dx, dy, r) in [(-0.42, -1.05, 0.38), (0.40, -1.08, 0.40), (0.0, -1.42, 0.5), (-0.1, -1.0, 0.44), (0.2, -1.3, 0.4)] {
        canvas.fill(circle(x + size * dx, foot + size * dy, size * r), Ink::flat(palette.hues[3]));
    }
    for (dx, dy, r) in [(-0.36, -1.14, 0.2), (0.06, -1.56, 0.28), (0.4, -1.2, 0.18)] {
        canvas.fill(circle(x + size * dx, foot + size * dy, size * r), Ink::flat(palette.hues[3].mix(palette.hues[2], 0.55)));
    }
}

/// Mesas behind dunes with a lit and a shaded side.
pub(super) fn desert(canvas: &mut Canvas, brief: &mut Brief) {
    let (w, h) = (canvas.w, canvas.h);
    let palette = brief.palette;
    let base = h * 0.68;
    canvas.fill(rect(0.0, base - 1.0, w, h - base), Ink::flat(palette.hues[1].mix(palette.hues[2], 0.3)));
    for mesa in 0..3 {
        let x = w * (0.16 + 0.33 * mesa as f32 + brief.random.between(-0.07, 0.07));
        let (wide, tall) = (w.min(h) * brief.random.between(0.12, 0.26), h * brief.random.between(0.1, 0.19));
        let colour = palette.hues[1].mix(palette.hues[2], 0.3 * mesa as f32);
        canvas.fill(
            polygon(&[
                (x - wide * 0.62, base - tall),
                (x + wide * 0.6, base - tall),
                (x + wide * 0.7, base - tall * 0.5),
                (x + wide * 1.15, base),
                (x - wide * 1.2, base),
                (x - wide * 0.74, base - tall * 0.45),
            ]),
            Ink::flat(colour),
        );
        canvas.fill(
            polygon(&[
                (x + wide * 0.1, base - tall),
                (x + wide * 0.6, base - tall),
                (x + wide * 0.7, base - tall * 0.5),
                (x + wide * 1.15, base),
                (x + wide * 0.35, base),
            ]),
            Ink::flat(colour.mix(palette.hues[3], 0.35)),
        );
    }
    for dune in 0..3 {
        let y = h * (0.66 + 0.1 * dune as f32);
        let colour = palette.hues[1].mix(palette.hues[2], 0.35 + 0.32 * dune as f32);
        let crest = w * brief.random.between(0.25, 0.75);
        let lit = build(|path| {
            path.move_to(-w * 0.05, y + h * 0.06);
            path.cubic_to(crest * 0.5, y + h * 0.05, crest * 0.8, y - h * 0.03, crest, y - h * 0.03);
            path.cubic_to(crest + w * 0.15, y - h * 0.03, w * 0.9, y + h * 0.08, w * 1.05, y + h * 0.05);
            path.line_to(w * 1.05, h * 1.02);
            path.line_to(-w * 0.05, h * 1.02);
            path.close();
        });
        canvas.fill(lit, Ink::flat(colour));
        let shade = build(|path| {
            path.move_to(crest, y - h * 0.03);
            path.cubic_to(crest + w * 0.15, y - h * 0.03, w * 0.9, y + h * 0.08, w * 1.05, y + h * 0.05);
            path.line_to(w * 1.05, h * 1.02);
            path.line_to(crest - w * 0.1, h * 1.02);
            path.cubic_to(crest + w * 0.06, y + h * 0.12, crest - w * 0.1, y + h * 0.06, crest, y - h * 0.03);
            path.close();
        });
        canvas.fill(shade, Ink::flat(colour.mix(palette.hues[3], 0.32)));
    }
}

/// Stars, a ringed planet, and the ground of a moon.
pub(super) fn space(canvas: &mut Canvas, brief: &mut Brief, sun: Dot) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let palette = brief.palette;
    let bright = palette.ground.readable(palette.hues[4], palette.hues[3]);
    for _ in 0..70 {
        let (x, y) = (w * brief.random.unit(), h * 0.62 * brief.random.unit());
        canvas.fill(circle(x, y, u * brief.random.between(0.08, 0.26)), Ink::flat(bright));
    }
    let r = w.min(h) * 0.15;
    let centre = (w * if sun.0 < w / 2.0 { 0.78 } else { 0.22 }, h * 0.50);
    canvas.fill(circle(centre.0, centre.1, r), Ink::flat(palette.hues[2]));
    let mask = canvas.mask(circle(centre.0, centre.1, r));
    for stripe in 0..4 {
        let y = centre.1 - r * 0.7 + r * 0.42 * stripe as f32;
        canvas.fill_in(rect(centre.0 - r, y, r * 2.0, r * 0.16), Ink::flat(palette.hues[1]), mask.as_ref());
    }
    let ring = build(|path| {
        let edges = [ellipse(centre.0, centre.1 + r * 0.1, r * 1.8, r * 0.34), ellipse(centre.0, centre.1 + r * 0.06, r * 1.45, r * 0.2)];
        edges.iter().flatten().for_each(|edge| path.push_path(edge));
    });
    canvas.fill_even_odd(ring, Ink::flat(palette.hues[4]));
    hill(canvas, brief, 0.68, palette.hues[2].mix(palette.hues[3], 0.3));
    for _ in 0..9 {
        let (x, y, size) = (w * brief.random.unit(), h * brief.random.between(0.76, 0.98), u * brief.random.between(1.5, 6.0));
        canvas.fill(ellipse(x, y, size, size * 0.24), Ink::veil(palette.hues[3], 0.6));
    }
}
