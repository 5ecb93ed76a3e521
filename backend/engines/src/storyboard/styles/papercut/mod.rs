//! Paper cut: layered sheets with soft shadows. Land, hollows, lobes from the corners, leaves.

mod land;

use std::f32::consts::{PI, TAU};

use super::kit::*;
use land::hills;

pub(super) const STYLE: Style = Style {
    info: StyleInfo { id: "papercut", name: "Paper cut", description: "Layered sheets of coloured paper with soft shadows between them." },
    keywords: &[
        "papercut",
        "paper cut",
        "paper-cut",
        "cut paper",
        "paper",
        "cutout",
        "cut-out",
        "collage",
        "origami",
        "layered",
        "craft",
        "handmade",
        "storybook",
        "picture book",
        "children",
        "fairy tale",
        "fable",
        "whimsical",
        "kirigami",
        "papel",
        "papier",
        "剪纸",
        "纸",
        "童话",
        "ورق",
        "कागज़",
    ],
    // Ground is the lightest sheet; the hues run from the front (dark) to the back (light).
    palettes: &[
        Palette::new(&["warm", "autumn", "sunset", "earth"], 0xFB_EFDC, 0x3A_1E2B, [0x4A_1F3D, 0x8E_2F45, 0xD3_5A44, 0xEE_9455, 0xF7_C988]),
        Palette::new(
            &["cool", "ocean", "sea", "calm", "winter"],
            0xF3_F4EA,
            0x10_2A43,
            [0x12_304F, 0x1F_5673, 0x37_8A94, 0x7C_BDB0, 0xC5_DFCB],
        ),
        Palette::new(
            &["forest", "nature", "spring", "fresh"],
            0xF8_F3DD,
            0x1C_2E22,
            [0x1C_3A2E, 0x2F_6045, 0x5F_8D4E, 0xA4_B960, 0xE2_D791],
        ),
        Palette::new(
            &["dream", "dreamy", "magic", "magical", "fantasy", "romantic"],
            0xFD_EFE8,
            0x2B_1B4A,
            [0x2E_1F5E, 0x5B_3689, 0x9A_4E9E, 0xD9_7BA6, 0xF4_B8B8],
        ),
        Palette::new(&["night", "mystery", "cosmic"], 0x14_1B3C, 0xFB_E9C6, [0x0A_0F26, 0x22_2C5C, 0x3B_4585, 0x6D_6AA8, 0xE9_B872]),
    ],
    paint,
};

fn paint(canvas: &mut Canvas, brief: &mut Brief) {
    if let Some(motif) = brief.figure() {
        match brief.variant(4) {
            0 => echoes(canvas, brief, &motif),
            1 => hills(canvas, brief, Some(&motif)),
            2 => pasted(canvas, brief, &motif),
            _ => nook(canvas, brief, &motif),
        }
        finish(canvas, &mut brief.random, 5, 0.16);
        return;
    }
    // Words that name a land get it, on two cards of three.
    let named = brief.scenery.is_some() && brief.position % 3 != (brief.family % 3) as usize;
    match if named { 0 } else { brief.variant(4) } {
        0 => hills(canvas, brief, None),
        1 => hollow(canvas, brief),
        2 => corners(canvas, brief),
        _ => leaves(canvas, brief),
    }
    finish(canvas, &mut brief.random, 5, 0.16);
}

/// One sheet: its shadow on what lies below, itself, and the light on its edge.
fn sheet(canvas: &mut Canvas, path: Option<Path>, colour: Rgb) {
    let u = canvas.u();
    shadow(canvas, path.clone(), (0.35 * u, 0.9 * u), 3.4 * u, Rgb(20, 10, 24), 0.5);
    canvas.fill_even_odd(path.clone(), Ink::flat(colour));
    canvas.stroke(path, 0.16 * u, Ink::veil(colour.mix(Rgb::WHITE, 0.45), 0.7));
}

/// The paper under everything, lit from above.
fn backing(canvas: &mut Canvas, colour: Rgb) {
    canvas.clear(colour);
    let (w, h) = (canvas.w, canvas.h);
    canvas.wash(Ink::linear((0.0, 0.0), (w * 0.2, h), &[(0.0, Rgb::WHITE, 0.10), (0.5, colour, 0.0), (1.0, Rgb::BLACK, 0.06)]));
}

fn title(canvas: &mut Canvas, brief: &Brief, (x, y, w, h): (f32, f32, f32, f32), size: f32, align: Align, colour: Rgb) {
    let spec = Spec { face: Face::Serif, caps: false, tracking: -0.01, align, width: w, height: h, size, max_lines: 6 };
    let set = brief.set_title(&spec);
    let tall = set.as_ref().map_or(0.0, Lettering::height);
    let small = canvas.u() * 3.2;
    let gap = if set.is_some() { small * 1.5 } else { 0.0 };
    let top = y + ((h - tall - gap - small) / 2.0).max(0.0);
    let number = brief.set_number(Face::Serif, small, align, w);
    write(canvas, number.as_ref(), x, top, colour.mix(brief.palette.hues[2], 0.45));
    write(canvas, set.as_ref(), x, top + small + gap * 0.7, colour);
}

/// A figure cut from one sheet and laid on a ground, its lines in another. One that is made of lines is all of one sheet,
/// of the two the one that stands out.
fn figure(canvas: &mut Canvas, motif: &Motif, at: Dot, size: f32, [colour, lines]: [Rgb; 2], ground: Rgb) {
    if motif.linear {
        let seen = if lines.distance(ground) > colour.distance(ground) { lines } else { colour };
        return sheet(canvas, motif.lines(at, size), seen);
    }
    sheet(canvas, motif.body(at, size), colour);
    canvas.fill(motif.lines(at, size), Ink::flat(lines));
}

/// The stage's reach, made smaller where the title stands above or below what goes `over` it so many times.
fn within(canvas: &Canvas, stage: &Stage, over: f32) -> f32 {
    if canvas.is_wide() { stage.r } else { stage.r / over }
}

/// The figure, and around it sheet after sheet that repeat its outline.
fn echoes(canvas: &mut Canvas, brief: &mut Brief, motif: &Motif) {
    let palette = brief.palette;
    let stage = Stage::of(canvas, brief.position % 8 >= 4);
    backing(canvas, palette.ground);
    let r = within(canvas, &stage, 1.2);
    let size = r * 1.16;
    for ring in (1..=4usize).rev() {
        let wide = r * 0.27 * ring as f32;
        let outline = motif.body(stage.art, size).and_then(|body| {
            let stroke = tiny_skia::Stroke { width: wide, line_join: tiny_skia::LineJoin::Round, ..tiny_skia::Stroke::default() };
            body.stroke(&stroke, 1.0)
        });
        let u = canvas.u();
        shadow(canvas, outline.clone(), (0.35 * u, 0.9 * u), 3.0 * u, Rgb(20, 10, 24), 0.5);
        canvas.fill(outline, Ink::flat(palette.hues[ring.min(4)]));
        canvas.fill(motif.body(stage.art, size), Ink::flat(palette.hues[ring.min(4)]));
    }
    figure(canvas, motif, stage.art, size, [palette.hues[0], palette.hues[4]], palette.hues[1]);
    title(canvas, brief, stage.text, 14.0 * canvas.u(), Align::Start, palette.ink);
}

/// The figure large on a torn sheet that fills one side.
fn pasted(canvas: &mut Canvas, brief: &mut Brief, motif: &Motif) {
    let (w, h) = (canvas.w, canvas.h);
    let palette = brief.palette;
    let stage = Stage::of(canvas, brief.position % 8 < 4);
    backing(canvas, palette.ground);
    let (x, y) = stage.art;
    let r = within(canvas, &stage, 1.42);
    for (depth, colour) in [palette.hues[3], palette.hues[1]].into_iter().enumerate() {
        let out = r * (1.42 - 0.16 * depth as f32);
        let dots = blob(&mut brief.random, (x, y), (out, out * 0.92), 0.10, 13);
        sheet(canvas, smooth(&dots), colour);
    }
    let size = (r * 1.66).min(w.min(h) * 0.6);
    figure(canvas, motif, stage.art, size, [palette.hues[4], palette.hues[0]], palette.hues[1]);
    title(canvas, brief, stage.text, 14.0 * canvas.u(), Align::Start, palette.ink);
}

/// The figure in a niche of leaves.
fn nook(canvas: &mut Canvas, brief: &mut Brief, motif: &Motif) {
    let palette = brief.palette;
    let stage = Stage::of(canvas, brief.position % 8 >= 4);
    // A night's ground mixed with its one light hue would be mud.
    backing(canvas, if palette.is_dark() { palette.hues[1] } else { palette.hues[4].mix(palette.ground, 0.55) });
    let (x, y) = stage.art;
    let r = within(canvas, &stage, 1.5);
    for stem in 0..11 {
        let angle = TAU * (stem as f32 + brief.random.between(-0.2, 0.2)) / 11.0;
        let root = (x + r * 0.78 * angle.cos(), y + r * 0.78 * angle.sin());
        let (bend, pairs) = (brief.random.between(-0.6, 0.6), 3 + brief.random.below(2));
        sheet(canvas, frond(root, angle + bend * 0.3, r * brief.random.between(0.34, 0.5), bend, pairs), palette.hues[1 + stem % 3]);
    }
    sheet(canvas, circle(x, y, r * 0.86), palette.hues[3]);
    sheet(canvas, circle(x, y, r * 0.78), palette.ground);
    let colour = if palette.is_dark() { palette.hues[4] } else { palette.hues[2] };
    figure(canvas, motif, (x, y), r * 1.12, [colour, palette.hues[0]], palette.ground);
    title(canvas, brief, stage.text, 14.0 * canvas.u(), Align::Start, palette.ink);
}

/// A window through ever lighter sheets, the title at its bottom.
fn hollow(canvas: &mut Canvas, brief: &mut Brief) {
    let (w, h) = (canvas.w, canvas.h);
    let palette = brief.palette;
    backing(canvas, palette.ground);
    let centre = (w * 0.5, h * 0.43);
    let lobes = 9 + brief.random.below(6) as u32;
    // From the back to the front: the holes grow, the sheets darken.
    for (depth, colour) in palette.hues.iter().rev().enumerate() {
        let part = depth as f32 / 4.0;
        let (rx, ry) = (w * (0.37 + 0.15 * part), h * (0.29 + 0.13 * part));
        let hole = blob(&mut brief.random, centre, (rx, ry), 0.24 + 0.07 * part, lobes);
        sheet(canvas, frame(canvas.w, canvas.h, &hole), *colour);
    }
    let room = (w * 0.5 - w * 0.27, h * 0.24, w * 0.54, h * 0.38);
    let size = canvas.u() * if canvas.is_tall() { 11.0 } else { 12.5 };
    title(canvas, brief, room, size, Align::Centre, palette.ink);
}

/// A sheet as large as the picture with a hole.
fn frame(w: f32, h: f32, hole: &[Dot]) -> Option<Path> {
    build(|path| {
        smooth_into(path, hole);
        let (far_x, far_y) = (w * 1.2, h * 1.2);
        path.move_to(-w * 0.2, -h * 0.2);
        path.line_to(far_x, -h * 0.2);
        path.line_to(far_x, far_y);
        path.line_to(-w * 0.2, far_y);
        path.close();
    })
}

/// Lobes of paper from two opposite corners, a calm band between them for the title.
fn corners(canvas: &mut Canvas, brief: &mut Brief) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let palette = brief.palette;
    backing(canvas, palette.ground);
    let far = brief.random.chance(0.5);
    let reach = w.min(h * 1.3);
    let ends = if canvas.is_tall() {
        [((w * 1.02, -h * 0.01), 0.62), ((-w * 0.02, h * 1.0), 0.78)]
    } else if far {
        [((w * 1.02, h * 0.02), 0.62), ((w * 0.02, h * 1.08), 0.56)]
    } else {
        [((w * 1.04, h * 0.55), 0.7), ((w * 0.28, h * 1.16), 0.46)]
    };
    for (end, (centre, size)) in ends.into_iter().enumerate() {
        for (depth, colour) in palette.hues.iter().rev().enumerate() {
            let r = reach * size * (1.0 - 0.17 * depth as f32);
            let wobble = 0.2 + brief.random.unit() * 0.08;
            let dots = blob(&mut brief.random, centre, (r, r * 0.86), wobble, 11);
            // The second corner starts a step further, so that the two are not twins.
            let colour = if end == 1 { palette.hues[(4 - depth + 4) % 5].mix(*colour, 0.65) } else { *colour };
            sheet(canvas, build(|path| smooth_into(path, &dots)), colour);
        }
    }
    let room = if canvas.is_tall() {
        (w * 0.08, h * 0.30, w * 0.72, h * 0.3)
    } else if canvas.is_wide() {
        (w * 0.07, h * 0.1, w * 0.46, h * 0.5)
    } else {
        (w * 0.08, h * 0.2, w * 0.6, h * 0.42)
    };
    title(canvas, brief, room, 12.5 * u, Align::Start, palette.ink);
}

/// Fronds around a pale disc.
fn leaves(canvas: &mut Canvas, brief: &mut Brief) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let palette = brief.palette;
    backing(canvas, palette.hues[3].mix(palette.ground, 0.15));
    let centre = (w * 0.5, h * 0.41);
    let radius = (w * 0.39).min(h * 0.33);
    for ring in 0..2 {
        let r = radius * (1.14 - 0.14 * ring as f32);
        sheet(canvas, circle(centre.0, centre.1, r), palette.hues[4].mix(palette.ground, 0.25 + 0.75 * ring as f32));
    }
    let mut stems: Vec<(f32, usize)> = (0..13).map(|i| (i as f32 / 13.0 * TAU + brief.random.between(-0.12, 0.12), i)).collect();
    brief.random.shuffle(&mut stems);
    let spread = (w * 0.56, h * 0.60);
    for (angle, index) in stems {
        let root = (centre.0 + spread.0 * 1.15 * angle.cos(), centre.1 + (spread.1 * 1.15) * angle.sin());
        // Towards the middle, then aside.
        let aim = angle + PI + brief.random.between(0.35, 0.75) * brief.random.sign();
        // Up to the disc's edge, never over the title.
        let room = distance(root, centre) - radius * 0.98;
        let long = (w.min(h) * brief.random.between(0.46, 0.66)).min(room.max(w.min(h) * 0.18));
        let colour = palette.hues[index % 3];
        let bend = brief.random.between(-0.5, 0.5);
        let path = frond(root, aim, long, bend, 4 + brief.random.below(3));
        sheet(canvas, path, colour);
    }
    let half = radius * 0.78;
    title(canvas, brief, (centre.0 - half, centre.1 - half * 0.86, half * 2.0, half * 1.72), 11.0 * u, Align::Centre, palette.ink);
}

/// A curved stem with pairs of leaves and one at its end.
fn frond((x, y): Dot, aim: f32, long: f32, bend: f32, pairs: usize) -> Option<Path> {
    build(|path| {
        let (mut x, mut y, mut angle) = (x, y, aim);
        let step = long / pairs as f32;
        for pair in 0..pairs {
            let size = step * (2.1 - 1.1 * pair as f32 / pairs as f32);
            leaf(path, (x, y), angle + 0.85, size);
            leaf(path, (x, y), angle - 0.85, size);
            leaf(path, (x, y), angle, step * 1.08);
            angle += bend / pairs as f32;
            x += step * angle.cos();
            y += step * angle.sin();
        }
        leaf(path, (x, y), angle, step * 1.3);
    })
}

fn leaf(path: &mut PathBuilder, (x, y): Dot, angle: f32, long: f32) {
    let (cos, sin) = (angle.cos(), angle.sin());
    let put = |along: f32, aside: f32| (x + long * (along * cos - aside * sin), y + long * (along * sin + aside * cos));
    let (tip, left, right) = (put(1.0, 0.0), put(0.45, 0.3), put(0.45, -0.3));
    path.move_to(x, y);
    path.quad_to(left.0, left.1, tip.0, tip.1);
    path.quad_to(right.0, right.1, x, y);
    path.close();
}
