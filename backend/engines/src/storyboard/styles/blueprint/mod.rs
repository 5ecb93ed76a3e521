//! Blueprint: white line on a ground of one colour, a grid, construction lines and dimensions, type from a machine.

mod subjects;

use std::f32::consts::{PI, TAU};

use super::kit::*;
use subjects::{arcade, gear, orbits, spiral, towers};

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
    if brief.is_wordless() {
        return;
    }
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
