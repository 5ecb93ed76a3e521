//! What is drawn where the words name nothing: a gear, towers, an arcade, orbits, a spiral.

use std::f32::consts::{PI, TAU};

use super::{super::kit::*, axes, dimension};

/// A toothed wheel with its rings, spokes and bolt circle.
pub(super) fn gear(canvas: &mut Canvas, brief: &mut Brief, (x, y): Dot, r: f32) {
    let u = canvas.u();
    let palette = brief.palette;
    axes(canvas, brief, (x, y), r * 1.18);
    let teeth = 18 + 2 * brief.random.below(9);
    let turn = brief.random.unit();
    let mut outline = Vec::new();
    for tooth in 0..teeth {
        for (part, out) in [(0.0, 0.88), (0.22, 0.88), (0.30, 1.0), (0.62, 1.0), (0.70, 0.88)] {
            let angle = turn + (tooth as f32 + part) / teeth as f32 * TAU;
            outline.push((x + r * out * angle.cos(), y + r * out * angle.sin()));
        }
    }
    canvas.fill(polygon(&outline), Ink::veil(palette.hues[0], 0.07));
    canvas.stroke(polygon(&outline), 0.34 * u, Ink::flat(palette.hues[0]));
    for (ring, wide) in [(0.76, 0.16), (0.72, 0.3), (0.3, 0.3), (0.16, 0.34)] {
        canvas.stroke(circle(x, y, r * ring), wide * u, Ink::flat(palette.hues[0]));
    }
    canvas.dash(circle(x, y, r * 0.51), 0.14 * u, (1.6 * u, 0.9 * u), Ink::flat(palette.hues[1]));
    let spokes = 5 + brief.random.below(4);
    for spoke in 0..spokes {
        let angle = turn + spoke as f32 / spokes as f32 * TAU;
        let (cos, sin) = (angle.cos(), angle.sin());
        canvas.stroke(circle(x + r * 0.51 * cos, y + r * 0.51 * sin, r * 0.115), 0.26 * u, Ink::flat(palette.hues[0]));
        let half = angle + PI / spokes as f32;
        canvas.stroke(
            line((x + r * 0.3 * half.cos(), y + r * 0.3 * half.sin()), (x + r * 0.72 * half.cos(), y + r * 0.72 * half.sin())),
            0.2 * u,
            Ink::flat(palette.hues[0]),
        );
    }
    dimension(canvas, brief, (x - r, y + r * 1.12), (x + r, y + r * 1.12));
    dimension(canvas, brief, (x, y), (x + r * 0.76 * 0.72, y - r * 0.76 * 0.69));
}

/// Blocks in isometry, hidden edges dashed.
pub(super) fn towers(canvas: &mut Canvas, brief: &mut Brief, (x, y): Dot, r: f32) {
    let u = canvas.u();
    let palette = brief.palette;
    let unit = r * 0.29;
    let floor = y + r * 0.72;
    let put = |i: f32, j: f32, k: f32| (x + (i - j) * unit * 0.866, floor + (i + j) * unit * 0.5 - r * 0.5 - k * unit);
    let mut blocks: Vec<(i32, i32)> = (-2..=2).flat_map(|i| (-2..=2).map(move |j| (i, j))).collect();
    blocks.sort_by_key(|(i, j)| i + j);
    canvas.stroke(
        polygon(&[put(-2.6, -2.6, 0.0), put(3.4, -2.6, 0.0), put(3.4, 3.4, 0.0), put(-2.6, 3.4, 0.0)]),
        0.16 * u,
        Ink::flat(palette.hues[1]),
    );
    for (i, j) in blocks {
        let near = (i + j) as f32;
        if !brief.random.chance(0.62) {
            continue;
        }
        let tall = brief.random.between(0.3, 2.9 - near.abs() * 0.2 - near.max(0.0) * 0.35).max(0.25);
        let (i, j) = (i as f32, j as f32);
        let e = 0.86;
        let faces = [
            ([put(i, j + e, 0.0), put(i + e, j + e, 0.0), put(i + e, j + e, tall), put(i, j + e, tall)], 0.16),
            ([put(i + e, j, 0.0), put(i + e, j + e, 0.0), put(i + e, j + e, tall), put(i + e, j, tall)], 0.06),
            ([put(i, j, tall), put(i + e, j, tall), put(i + e, j + e, tall), put(i, j + e, tall)], 0.30),
        ];
        for (face, light) in faces {
            canvas.fill(polygon(&face), Ink::flat(palette.ground.mix(palette.hues[0], light)));
            canvas.stroke(polygon(&face), 0.2 * u, Ink::flat(palette.hues[0]));
        }
        let floors = (tall / 0.28) as u32;
        for level in 1..floors {
            let k = level as f32 * 0.28;
            canvas.stroke(line(put(i, j + e, k), put(i + e, j + e, k)), 0.09 * u, Ink::veil(palette.hues[0], 0.6));
        }
    }
    let (from, to) = (put(-2.6, 3.9, 0.0), put(3.4, 3.9, 0.0));
    dimension(canvas, brief, from, to);
}

/// An arcade in elevation: columns, round arches with their centres, a cornice.
pub(super) fn arcade(canvas: &mut Canvas, brief: &mut Brief, (x, y): Dot, r: f32) {
    let u = canvas.u();
    let palette = brief.palette;
    let bays = 3 + brief.random.below(3);
    let (left, wide) = (x - r * 1.2, r * 2.4);
    let bay = wide / bays as f32;
    let (base, spring) = (y + r, y + r * 0.05);
    let arch = bay * 0.36;
    for storey in 0..2 {
        let (base, spring) = if storey == 0 { (base, spring) } else { (y - r * 0.52, y - r * 0.72) };
        for i in 0..bays {
            let centre = left + bay * (i as f32 + 0.5);
            let arch = if storey == 0 { arch } else { arch * 0.5 };
            let opening = build(|path| {
                path.move_to(centre - arch, base);
                path.line_to(centre - arch, spring);
                path.cubic_to(centre - arch, spring - arch * 0.552, centre - arch * 0.552, spring - arch, centre, spring - arch);
                path.cubic_to(centre + arch * 0.552, spring - arch, centre + arch, spring - arch * 0.552, centre + arch, spring);
                path.line_to(centre + arch, base);
                path.close();
            });
            canvas.fill(opening.clone(), Ink::veil(palette.hues[4], 0.55));
            canvas.stroke(opening, 0.3 * u, Ink::flat(palette.hues[0]));
            canvas.stroke(arc(centre, spring, arch * 1.16, PI, TAU), 0.14 * u, Ink::flat(palette.hues[0]));
            if storey == 0 {
                for ray in 1..8 {
                    let angle = PI + PI * ray as f32 / 8.0;
                    canvas.stroke(
                        line(
                            (centre + arch * angle.cos(), spring + arch * angle.sin()),
                            (centre + arch * 1.16 * angle.cos(), spring + arch * 1.16 * angle.sin()),
                        ),
                        0.12 * u,
                        Ink::flat(palette.hues[0]),
                    );
                }
                canvas.dash(
                    line((centre, y - r * 1.1), (centre, base + r * 0.06)),
                    0.1 * u,
                    (2.0 * u, 0.8 * u),
                    Ink::flat(palette.hues[1]),
                );
                canvas.dash(circle(centre, spring, arch), 0.1 * u, (1.0 * u, 0.8 * u), Ink::flat(palette.hues[1]));
            }
        }
    }
    for (part, thick) in [(-1.0, 0.3), (-0.94, 0.14), (-0.46, 0.14), (-0.42, 0.3), (1.0, 0.44)] {
        canvas.stroke(line((left - r * 0.06, y + r * part), (left + wide + r * 0.06, y + r * part)), thick * u, Ink::flat(palette.hues[0]));
    }
    for side in [left, left + wide] {
        canvas.stroke(line((side, y - r), (side, base)), 0.3 * u, Ink::flat(palette.hues[0]));
    }
    dimension(canvas, brief, (left + wide + r * 0.14, base), (left + wide + r * 0.14, y - r));
    dimension(canvas, brief, (left, base + r * 0.12), (left + bay, base + r * 0.12));
}

/// Orbits around a body, their planets, and a bearing.
pub(super) fn orbits(canvas: &mut Canvas, brief: &mut Brief, (x, y): Dot, r: f32) {
    let u = canvas.u();
    let palette = brief.palette;
    axes(canvas, brief, (x, y), r * 1.15);
    canvas.stroke(circle(x, y, r * 1.08), 0.3 * u, Ink::flat(palette.hues[0]));
    for degree in 0..72 {
        let angle = degree as f32 / 72.0 * TAU;
        let long = if degree % 6 == 0 { 0.07 } else { 0.035 };
        canvas.stroke(
            line(
                (x + r * 1.08 * angle.cos(), y + r * 1.08 * angle.sin()),
                (x + r * (1.08 + long) * angle.cos(), y + r * (1.08 + long) * angle.sin()),
            ),
            0.14 * u,
            Ink::flat(palette.hues[0]),
        );
    }
    for orbit in 0..5 {
        let radius = r * (0.24 + 0.175 * orbit as f32);
        if orbit % 2 == 0 {
            canvas.stroke(circle(x, y, radius), 0.18 * u, Ink::flat(palette.hues[0]));
        } else {
            canvas.dash(circle(x, y, radius), 0.16 * u, (1.2 * u, 0.9 * u), Ink::flat(palette.hues[1]));
        }
        let angle = brief.random.between(0.0, TAU);
        let (px, py, size) = (x + radius * angle.cos(), y + radius * angle.sin(), r * brief.random.between(0.025, 0.062));
        canvas.fill(circle(px, py, size), Ink::flat(palette.ground));
        canvas.stroke(circle(px, py, size), 0.26 * u, Ink::flat(palette.hues[0]));
        canvas.fill(sector(px, py, size, angle - PI / 2.0, angle + PI / 2.0), Ink::flat(palette.hues[0]));
        if orbit == 3 {
            dimension(canvas, brief, (x, y), (px, py));
        }
    }
    canvas.fill(circle(x, y, r * 0.1), Ink::flat(palette.hues[2]));
    canvas.stroke(circle(x, y, r * 0.14), 0.2 * u, Ink::flat(palette.hues[0]));
}

/// A golden spiral in its squares.
pub(super) fn spiral(canvas: &mut Canvas, brief: &mut Brief, (x, y): Dot, r: f32) {
    const GOLDEN: f32 = 1.618_034;
    let u = canvas.u();
    let palette = brief.palette;
    let size = r * brief.random.between(1.8, 2.3);
    let (wide, high) = (size, size / GOLDEN);
    // Wound from the left or, turned about, from the right.
    let first = 2 * brief.random.below(2);
    let (mut left, mut top, mut w, mut h) = (x - wide / 2.0, y - high / 2.0, wide, high);
    canvas.stroke(rect(left, top, w, h), 0.3 * u, Ink::flat(palette.hues[0]));
    let (from, to) = ((left, top + h + r * 0.12), (left + w, top + h + r * 0.12));
    for turn in first..first + 9 {
        let side = w.min(h);
        // The square, the corner its quarter circle turns about, and the angle it starts from.
        let (square, corner, start) = match turn % 4 {
            0 => ((left, top), (left + side, top + side), PI),
            1 => ((left, top), (left, top + side), PI * 1.5),
            2 => ((left + w - side, top), (left + w - side, top), 0.0),
            _ => ((left, top + h - side), (left + side, top + h - side), PI * 0.5),
        };
        canvas.fill(sector(corner.0, corner.1, side, start, start + PI / 2.0), Ink::veil(palette.hues[0], 0.05));
        canvas.stroke(rect(square.0, square.1, side, side), 0.16 * u, Ink::flat(palette.hues[1]));
        canvas.dash(line(square, (square.0 + side, square.1 + side)), 0.08 * u, (1.4 * u, u), Ink::flat(palette.hues[1]));
        canvas.stroke(arc(corner.0, corner.1, side, start, start + PI / 2.0), 0.42 * u, Ink::flat(palette.hues[0]));
        canvas.fill(circle(corner.0, corner.1, 0.4 * u), Ink::flat(palette.hues[2]));
        match turn % 4 {
            0 => (left, w) = (left + side, w - side),
            1 => (top, h) = (top + side, h - side),
            2 => w -= side,
            _ => h -= side,
        }
    }
    dimension(canvas, brief, from, to);
}
