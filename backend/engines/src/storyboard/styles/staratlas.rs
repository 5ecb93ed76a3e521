//! Star atlas: figures as constellations on a chart of the sky, in the manner of the celestial atlases.

use std::f32::consts::{PI, TAU};

use super::kit::*;

pub(super) const STYLE: Style = Style {
    info: StyleInfo {
        id: "staratlas",
        name: "Star atlas",
        description: "Constellations on a chart of the sky with circles, degrees and gold.",
    },
    keywords: &[
        "staratlas",
        "star atlas",
        "star chart",
        "star map",
        "constellation",
        "celestial",
        "astronomy",
        "astronomical",
        "cosmic",
        "starry",
        "night sky",
        "zodiac",
        "mystical",
        "sternkarte",
        "sternbild",
        "himmelskarte",
        "carte du ciel",
        "céleste",
        "mapa estelar",
        "constelación",
        "celeste",
        "созвездие",
        "звёздная карта",
        "星图",
        "星座",
        "星空",
        "خريطة النجوم",
        "سماوي",
        "तारामंडल",
        "नक्षत्र",
    ],
    // Ground is the sky, ink the letters; hues: gold, line, haze, light sky, deep sky.
    palettes: &[
        Palette::new(&["classic", "blue", "gold", "night"], 0x10_1C3A, 0xF6_EED8, [0xE3_B95B, 0x8F_A6D0, 0x3A_4F86, 0x1B_2B55, 0x09_1024]),
        Palette::new(&["teal", "green", "cool"], 0x0B_2A30, 0xF0_F4E2, [0xE8_C06A, 0x7F_B8B0, 0x2F_6468, 0x12_3E45, 0x05_1A1F]),
        Palette::new(
            &["violet", "dream", "magic", "mystic"],
            0x22_1540,
            0xF8_EBF0,
            [0xF0_B67F, 0xB0_97D6, 0x5A_3F8C, 0x33_2060, 0x12_0A26],
        ),
        Palette::new(
            &["light", "paper", "antique", "cream"],
            0xF1_E8D0,
            0x1D_2B49,
            [0xB3_462F, 0x5D_6F92, 0xD8_C9A4, 0xF8_F2E1, 0xE0_D3B0],
        ),
        Palette::new(&["red", "wine", "warm"], 0x33_101E, 0xFA_ECDD, [0xEF_B35A, 0xC9_8B92, 0x7A_2F45, 0x4B_1A2C, 0x1D_0810]),
    ],
    paint,
};

fn paint(canvas: &mut Canvas, brief: &mut Brief) {
    let (w, h) = (canvas.w, canvas.h);
    let palette = brief.palette;
    canvas.clear(palette.ground);
    let stage = Stage::of(canvas, [false, true, true, false, true, false, true][brief.position % 7]);
    // The sky over the film: each night a little lighter or darker than its neighbours.
    let glow = palette.hues[3].mix(palette.hues[2], 0.8 * (brief.position as f32 * 0.37).fract());
    canvas.wash(Ink::radial(stage.art, w.max(h) * 0.8, &[(0.0, glow, 1.0), (1.0, palette.hues[4], 1.0)]));
    river(canvas, brief);
    let pole = match brief.variant(4) {
        0 => stage.art,
        1 => (w * 0.5, -h * 0.35),
        2 => (if stage.art.0 > w / 2.0 { w * 1.1 } else { -w * 0.1 }, h * 0.3),
        _ => (w * 0.5, h * 1.25),
    };
    graticule(canvas, brief, pole);
    field(canvas, brief);
    // On two charts of three the figure stands in a dial; on the third it is larger and free.
    let dialled = brief.position % 3 != 2;
    if dialled {
        dial(canvas, brief, &stage);
    }
    match brief.figure() {
        Some(motif) => constellation(canvas, brief, &stage, &motif),
        None => asterism(canvas, brief, &stage),
    }
    title(canvas, brief, &stage);
    finish(canvas, &mut brief.random, 6, if palette.is_dark() { 0.35 } else { 0.12 });
}

/// The Milky Way: a band of dust.
fn river(canvas: &mut Canvas, brief: &mut Brief) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let haze = brief.palette.hues[2];
    let (from, to) = (h * brief.random.between(-0.1, 1.1), h * brief.random.between(-0.1, 1.1));
    let seed = brief.random.next();
    let mut dust = PathBuilder::new();
    for grain in 0..900 {
        let part = brief.random.unit();
        let spread = (brief.random.unit() + brief.random.unit() + brief.random.unit() - 1.5) * h * 0.22;
        let y = from + (to - from) * part + h * 0.1 * noise(seed, part * 3.0, 2) + spread;
        dust.push_circle(w * part, y, u * if grain % 9 == 0 { 0.16 } else { 0.08 });
    }
    canvas.fill(dust.finish(), Ink::veil(haze.mix(brief.palette.ink, 0.4), 0.55));
}

/// Circles and meridians about a pole.
fn graticule(canvas: &mut Canvas, brief: &Brief, (x, y): Dot) {
    let u = canvas.u();
    let colour = brief.palette.hues[1];
    let far = canvas.w.hypot(canvas.h) * 1.3;
    let step = 15.0 * u;
    let mut ring = step;
    let mut index = 0;
    while ring < far {
        if index % 3 == 2 {
            canvas.stroke(circle(x, y, ring), 0.12 * u, Ink::veil(colour, 0.5));
        } else {
            canvas.dash(circle(x, y, ring), 0.09 * u, (0.5 * u, 0.9 * u), Ink::veil(colour, 0.5));
        }
        ring += step;
        index += 1;
    }
    for meridian in 0..24 {
        let angle = TAU * meridian as f32 / 24.0 + 0.06;
        let put = |reach: f32| (x + reach * angle.cos(), y + reach * angle.sin());
        canvas.stroke(line(put(step), put(far)), 0.08 * u, Ink::veil(colour, 0.34));
    }
}

/// The stars that belong to no figure.
fn field(canvas: &mut Canvas, brief: &mut Brief) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let mut dots = PathBuilder::new();
    for _ in 0..230 {
        let size = 0.08 + 0.24 * brief.random.unit().powi(4);
        dots.push_circle(w * brief.random.unit(), h * brief.random.unit(), u * size);
    }
    canvas.fill(dots.finish(), Ink::veil(brief.palette.ink, 0.85));
}

/// A ring of degrees around the figure.
fn dial(canvas: &mut Canvas, brief: &Brief, stage: &Stage) {
    let u = canvas.u();
    let palette = brief.palette;
    let (x, y) = stage.art;
    let r = stage.r * 1.06;
    canvas.fill(circle(x, y, r), Ink::radial((x, y), r, &[(0.0, palette.hues[3], 0.55), (1.0, palette.ground, 0.5)]));
    for (reach, wide) in [(r, 0.3), (r - 2.2 * u, 0.1)] {
        canvas.stroke(circle(x, y, reach), wide * u, Ink::flat(palette.hues[0]));
    }
    for degree in 0..180 {
        let angle = PI * degree as f32 / 90.0;
        let inner = r - if degree % 15 == 0 {
            2.2
        } else if degree % 5 == 0 {
            1.5
        } else {
            0.8
        } * u;
        let put = |reach: f32| (x + reach * angle.cos(), y + reach * angle.sin());
        canvas.stroke(line(put(inner), put(r)), 0.1 * u, Ink::veil(palette.hues[0], 0.9));
    }
}

/// A four-pointed star.
fn star(path: &mut PathBuilder, (x, y): Dot, size: f32) {
    let waist = size * 0.16;
    for corner in 0..8 {
        let angle = TAU * corner as f32 / 8.0;
        let reach = if corner % 2 == 0 { size } else { waist * 1.5 };
        let dot = (x + reach * angle.cos(), y + reach * angle.sin());
        if corner == 0 { path.move_to(dot.0, dot.1) } else { path.line_to(dot.0, dot.1) }
    }
    path.close();
    path.push_circle(x, y, waist * 1.6);
}

/// Stars along lines, named by Greek letters from the brightest down.
fn chain(canvas: &mut Canvas, brief: &mut Brief, dots: &[Dot], closed: bool) {
    let u = canvas.u();
    let palette = brief.palette;
    let path = if closed { polygon(dots) } else { open(dots) };
    canvas.stroke(path, 0.34 * u, Ink::veil(palette.hues[0], 0.95));
    let mut stars = PathBuilder::new();
    for (index, dot) in dots.iter().enumerate() {
        canvas.fill(circle(dot.0, dot.1, 1.0 * u), Ink::flat(palette.hues[3]));
        let size = u * if index % 3 == 0 { brief.random.between(2.4, 3.4) } else { brief.random.between(1.1, 1.8) };
        star(&mut stars, *dot, size);
    }
    canvas.fill(stars.finish(), Ink::flat(palette.ink));
    for (index, dot) in dots.iter().step_by(3).enumerate().take(6) {
        let Some(letter) = ["α", "β", "γ", "δ", "ε", "ζ"].get(index) else { break };
        let spec = Spec {
            face: Face::Plain,
            caps: false,
            tracking: 0.0,
            align: Align::Start,
            width: 4.0 * u,
            height: 4.0 * u,
            size: 2.0 * u,
            max_lines: 1,
        };
        write(canvas, Lettering::set(letter, brief.rtl, &spec).as_ref(), dot.0 + 1.6 * u, dot.1 - 2.4 * u, palette.hues[0]);
    }
}

/// The figure, faint as on old charts, with stars at its turns.
fn constellation(canvas: &mut Canvas, brief: &mut Brief, stage: &Stage, motif: &Motif) {
    let u = canvas.u();
    let palette = brief.palette;
    let part = (brief.position as f32 * 0.618_034).fract();
    let size = stage.r * if brief.position % 3 == 2 { 1.7 + 0.3 * part } else { 1.2 + 0.3 * part };
    let body = motif.body(stage.art, size);
    let faint = 0.3 + 0.4 * ((part * 7.0).fract());
    canvas.fill(body.clone(), Ink::veil(palette.hues[2], faint));
    canvas.fill(motif.lines(stage.art, size), Ink::veil(palette.hues[1], 0.5));
    let Some(body) = body else { return };
    let contours = flattened(&body, 1.2 * u);
    let longest = contours.into_iter().max_by_key(Vec::len).unwrap_or_default();
    let count = 11 + brief.random.below(4);
    let start = brief.random.below(longest.len());
    let dots: Vec<Dot> = (0..count)
        .filter_map(|index| {
            let at = index as f32 / count as f32 * longest.len() as f32
                + brief.random.between(-0.25, 0.25) * longest.len() as f32 / count as f32;
            longest.get((start + at.max(0.0) as usize) % longest.len().max(1)).copied()
        })
        .collect();
    chain(canvas, brief, &dots, true);
}

/// Stars in a chain of their own, where the words name nothing.
fn asterism(canvas: &mut Canvas, brief: &mut Brief, stage: &Stage) {
    let (x, y) = stage.art;
    let r = stage.r * 0.8;
    let count = 7 + brief.random.below(4);
    let lean = brief.random.between(0.0, TAU);
    let dots: Vec<Dot> = (0..count)
        .map(|index| {
            let along = index as f32 / (count - 1) as f32 * 2.0 - 1.0;
            let aside = 0.55 * (along * 4.0 + lean).sin() + brief.random.between(-0.16, 0.16);
            (x + r * (along * lean.cos() - aside * lean.sin()), y + r * (along * lean.sin() + aside * lean.cos()))
        })
        .collect();
    chain(canvas, brief, &dots, false);
}

fn title(canvas: &mut Canvas, brief: &Brief, stage: &Stage) {
    if brief.is_wordless() {
        return;
    }
    let u = canvas.u();
    let palette = brief.palette;
    let (x, y, w, h) = stage.text;
    let spec = Spec {
        face: Face::Serif,
        caps: true,
        tracking: 0.07,
        align: Align::Start,
        width: w,
        height: h - 8.0 * u,
        size: 9.4 * u,
        max_lines: 5,
    };
    let set = brief.set_title(&spec);
    let tall = set.as_ref().map_or(0.0, Lettering::height);
    let top = y + (h - tall - 8.0 * u).max(0.0) * 0.45;
    let number = brief.set_number(Face::Serif, 3.0 * u, Align::Start, w);
    write(canvas, number.as_ref(), x + 5.0 * u, top, palette.hues[0]);
    let mut mark = PathBuilder::new();
    star(&mut mark, (x + 1.6 * u, top + 1.1 * u), 1.9 * u);
    canvas.fill(mark.finish(), Ink::flat(palette.hues[0]));
    canvas.fill(rect(x, top + 4.6 * u, w * 0.9, 0.14 * u), Ink::flat(palette.hues[0]));
    write(canvas, set.as_ref(), x, top + 7.6 * u, palette.ink);
}
