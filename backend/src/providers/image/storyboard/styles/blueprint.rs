//! Blueprint: white line on a ground of one colour, a grid, construction lines and dimensions, type from a machine.

use std::f32::consts::{PI, TAU};

use super::kit::*;

pub(super) const STYLE: Style = Style {
    info: StyleInfo { id: "blueprint", name: "Blueprint", description: "White construction drawings on a gridded ground." },
    keywords: &[
        "blueprint",
        "technical",
        "technical drawing",
        "engineering",
        "schematic",
        "diagram",
        "line art",
        "line drawing",
        "wireframe",
        "patent",
        "architecture",
        "architectural",
        "science",
        "scientific",
        "futuristic",
        "sci-fi",
        "science fiction",
        "mechanical",
        "invention",
        "plano",
        "técnico",
        "technique",
        "technisch",
        "bauplan",
        "蓝图",
        "技术",
        "科幻",
        "مخطط",
        "तकनीकी",
    ],
    // Hues: line, faint line, accent, light ground, deep ground.
    palettes: &[
        Palette::new(&["blue", "classic"], 0x1A_4A8A, 0xF4_F8FC, [0xE6_F0FA, 0x7F_A9DA, 0xFF_D166, 0x2A_62A8, 0x0F_3468]),
        Palette::new(&["teal", "cool", "futuristic"], 0x0E_4A52, 0xEE_FAF6, [0xDD_F4EE, 0x6F_B7B0, 0xFF_9F6B, 0x1A_6A70, 0x07_2E35]),
        Palette::new(&["dark", "night", "sci-fi", "space"], 0x12_1A2E, 0xEC_F3FF, [0xC7_DCF7, 0x57_72A3, 0x5E_E6C8, 0x1E_2B4A, 0x09_0E1B]),
        Palette::new(
            &["paper", "light", "patent", "vintage", "sepia"],
            0xF0_E7D3,
            0x2B_2A3A,
            [0x33_3550, 0xA3_9C93, 0xC2_452D, 0xF8_F2E4, 0xDD_D0B4],
        ),
        Palette::new(&["red", "warm"], 0x8E_2F2A, 0xFC_F1E6, [0xFB_E6D6, 0xD6_8E7E, 0xFF_D27A, 0xA8_4239, 0x64_1D1B]),
    ],
    paint,
};

fn paint(canvas: &mut Canvas, brief: &mut Brief) {
    let (w, h) = (canvas.w, canvas.h);
    let palette = brief.palette;
    canvas.clear(palette.ground);
    let turn = brief.position as f32 * 0.618_034 * TAU;
    let glow = (0.5 + 0.5 * turn.cos(), 0.45 + 0.5 * turn.sin());
    canvas.wash(Ink::radial((w * glow.0, h * glow.1), w.max(h) * 0.8, &[(0.0, palette.hues[3], 1.0), (1.0, palette.hues[4], 1.0)]));
    grid(canvas, palette.hues[1]);
    let stage = Stage::of(canvas, canvas.is_wide() && brief.position % 3 == 1);
    let centre = if canvas.is_wide() { stage.art } else { (w * 0.5, h * 0.57) };
    let r = if canvas.is_wide() { h * 0.29 } else { (w * 0.36).min(h * 0.155) };
    let known = brief.figure();
    // The golden ratio's steps: neighbours lie apart, and nothing comes again.
    let step = |offset: f32| (brief.position as f32 * 0.618_034 + offset).fract() - 0.5;
    let centre = if known.is_some() { (centre.0 + w * 0.05 * step(0.4), centre.1 + h * 0.05 * step(0.7)) } else { centre };
    let own = [0, 1, 2, 3, 4];
    let subject = match brief.scenery {
        Some(Scenery::City) => 1,
        Some(Scenery::Space) => 3,
        _ => own[brief.variant(own.len())],
    };
    if let Some(motif) = &known {
        drawing(canvas, brief, motif, centre, r);
    } else {
        match subject {
            0 => gear(canvas, brief, centre, r),
            1 => towers(canvas, brief, centre, r),
            2 => arcade(canvas, brief, centre, r),
            3 => orbits(canvas, brief, centre, r),
            _ => spiral(canvas, brief, centre, r),
        }
    }
    title(canvas, brief, stage.text.0);
    finish(canvas, &mut brief.random, 6, 0.25);
}

fn grid(canvas: &mut Canvas, colour: Rgb) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let step = 5.0 * u;
    let mut minor = PathBuilder::new();
    let mut major = PathBuilder::new();
    for axis in 0..2 {
        let (across, along) = if axis == 0 { (w, h) } else { (h, w) };
        let count = (across / step / 2.0).ceil() as i32;
        for index in -count..=count {
            let at = across / 2.0 + index as f32 * step;
            let path = if index % 5 == 0 { &mut major } else { &mut minor };
            let (from, to) = if axis == 0 { ((at, 0.0), (at, along)) } else { ((0.0, at), (along, at)) };
            path.move_to(from.0, from.1);
            path.line_to(to.0, to.1);
        }
    }
    canvas.stroke(minor.finish(), 0.08 * u, Ink::veil(colour, 0.28));
    canvas.stroke(major.finish(), 0.12 * u, Ink::veil(colour, 0.45));
}

/// The drawing's own frame and the title in its block.
fn title(canvas: &mut Canvas, brief: &Brief, x: f32) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let palette = brief.palette;
    let edge = 4.0 * u;
    canvas.stroke(rect(edge, edge, w - 2.0 * edge, h - 2.0 * edge), 0.22 * u, Ink::veil(palette.hues[0], 0.8));
    let measure = if canvas.is_wide() { w * 0.39 } else { w * 0.82 };
    let room = if canvas.is_wide() { h * 0.46 } else { h * 0.17 };
    let spec = Spec {
        face: Face::Mono,
        caps: true,
        tracking: 0.04,
        align: Align::Start,
        width: measure,
        height: room,
        size: 10.0 * u,
        max_lines: 6,
    };
    let set = brief.set_title(&spec);
    let top = (10.0 * u).max(h * 0.085);
    let number = brief.set_number(Face::Mono, 3.4 * u, Align::Start, measure);
    write(canvas, number.as_ref(), x, top, palette.hues[2]);
    let rule = top + 5.2 * u;
    canvas.fill(rect(x, rule, measure, 0.22 * u), Ink::flat(palette.hues[0]));
    for tick in 0..=8 {
        let long = if tick % 4 == 0 { 1.5 } else { 0.8 } * u;
        canvas.fill(rect(x + (measure - 0.18 * u) * tick as f32 / 8.0, rule, 0.18 * u, long), Ink::flat(palette.hues[0]));
    }
    write(canvas, set.as_ref(), x, rule + 4.6 * u, palette.ink);
}

/// A measure with arrows at both ends.
fn dimension(canvas: &mut Canvas, brief: &Brief, from: Dot, to: Dot) {
    let u = canvas.u();
    let colour = brief.palette.hues[2];
    canvas.stroke(line(from, to), 0.14 * u, Ink::flat(colour));
    let angle = (to.1 - from.1).atan2(to.0 - from.0);
    for ((x, y), angle) in [(from, angle), (to, angle + PI)] {
        let side = |turn: f32| (x + 1.6 * u * (angle + turn).cos(), y + 1.6 * u * (angle + turn).sin());
        canvas.fill(polygon(&[(x, y), side(0.26), side(-0.26)]), Ink::flat(colour));
    }
}

fn axes(canvas: &mut Canvas, brief: &Brief, (x, y): Dot, r: f32) {
    let u = canvas.u();
    for path in [line((x - r, y), (x + r, y)), line((x, y - r), (x, y + r))] {
        canvas.dash(path, 0.12 * u, (2.4 * u, 0.9 * u), Ink::veil(brief.palette.hues[1], 0.9));
    }
}

/// The figure as a part to be made: outlined, sectioned on one side, measured.
fn drawing(canvas: &mut Canvas, brief: &mut Brief, motif: &Motif, (x, y): Dot, r: f32) {
    let u = canvas.u();
    let palette = brief.palette;
    let view = brief.variant(4);
    let size = r * if view == 2 { 1.3 } else { 1.36 + 0.6 * (brief.position as f32 * 0.618_034).fract() };
    let (wide, tall) = motif.extent();
    let (half_w, half_h) = (wide * size / 2.0, tall * size / 2.0);
    axes(canvas, brief, (x, y), r * 1.16);
    match view {
        0 => {
            for ring in [1.0, 0.82, 0.5] {
                canvas.dash(circle(x, y, r * ring), 0.12 * u, (1.6 * u, 0.9 * u), Ink::flat(palette.hues[1]));
            }
        }
        1 => {
            for offset in 1..4 {
                canvas.dash(
                    motif.body((x, y), size * (1.0 + 0.09 * offset as f32)),
                    0.1 * u,
                    (1.2 * u, 0.8 * u),
                    Ink::veil(palette.hues[1], 0.9),
                );
            }
        }
        2 => {
            // Drawn again behind, with the edges that join the two.
            let depth = (r * 0.3, -r * 0.24);
            canvas.stroke(motif.body((x + depth.0, y + depth.1), size), 0.14 * u, Ink::flat(palette.hues[1]));
            for (dx, dy) in [(-half_w, -half_h), (half_w, -half_h), (half_w, half_h), (-half_w, half_h)] {
                canvas.dash(
                    line((x + dx, y + dy), (x + dx + depth.0, y + dy + depth.1)),
                    0.1 * u,
                    (1.2 * u, 0.8 * u),
                    Ink::flat(palette.hues[1]),
                );
            }
        }
        _ => {
            let step = size / 8.0;
            for cell in 0..=8 {
                let at = -size / 2.0 + step * cell as f32;
                canvas.stroke(line((x + at, y - size / 2.0), (x + at, y + size / 2.0)), 0.08 * u, Ink::flat(palette.hues[1]));
                canvas.stroke(line((x - size / 2.0, y + at), (x + size / 2.0, y + at)), 0.08 * u, Ink::flat(palette.hues[1]));
            }
        }
    }
    let body = motif.body((x, y), size);
    let field = if brief.position % 3 == 2 { (palette.hues[3], 0.9) } else { (palette.hues[4], 0.65) };
    canvas.fill(body.clone(), Ink::veil(field.0, field.1));
    let cut = canvas.shade(body, (-size * 0.12, 0.0));
    canvas.stroke_in(hatch((x, y), size, 0.9 * u, -0.785), 0.1 * u, Ink::veil(palette.hues[0], 0.7), cut.as_ref());
    canvas.stroke(motif.lines((x, y), size), 0.26 * u, Ink::flat(palette.hues[0]));
    // Seen from one side, inked; from another, only outlined; from the third, filled light.
    let inked = [0.22, 0.9, 0.0][brief.position % 3];
    canvas.fill(motif.lines((x, y), size), Ink::veil(palette.hues[0], inked));
    let low = (y + half_h + 3.2 * u).min(canvas.h * QUIET - 1.0 * u);
    dimension(canvas, brief, (x - half_w, low), (x + half_w, low));
    dimension(canvas, brief, (x - half_w - 3.0 * u, y - half_h), (x - half_w - 3.0 * u, y + half_h));
}

/// A toothed wheel with its rings, spokes and bolt circle.
fn gear(canvas: &mut Canvas, brief: &mut Brief, (x, y): Dot, r: f32) {
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
fn towers(canvas: &mut Canvas, brief: &mut Brief, (x, y): Dot, r: f32) {
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
fn arcade(canvas: &mut Canvas, brief: &mut Brief, (x, y): Dot, r: f32) {
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
fn orbits(canvas: &mut Canvas, brief: &mut Brief, (x, y): Dot, r: f32) {
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
fn spiral(canvas: &mut Canvas, brief: &mut Brief, (x, y): Dot, r: f32) {
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
