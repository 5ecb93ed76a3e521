//! Risograph print: two or three transparent inks over each other, halftone dots, inks a little out of register.

use std::f32::consts::{PI, TAU};

use super::kit::*;

pub(super) const STYLE: Style = Style {
    info: StyleInfo {
        id: "risograph",
        name: "Risograph",
        description: "Transparent spot inks overprinted, halftone dots, loose register.",
    },
    keywords: &[
        "risograph",
        "riso",
        "halftone",
        "screen print",
        "screenprint",
        "silkscreen",
        "print",
        "printed",
        "pop art",
        "comic",
        "comics",
        "zine",
        "punk",
        "duotone",
        "grunge",
        "psychedelic",
        "70s",
        "1970s",
        "playful",
        "serigrafía",
        "sérigraphie",
        "siebdruck",
        "丝网",
        "波普",
        "漫画",
        "طباعة",
        "स्क्रीन प्रिंट",
    ],
    // Ground is the paper; hues: first ink, second ink, third ink, then two unused mixes.
    palettes: &[
        Palette::new(&["classic", "pop", "bold"], 0xF6_F0E2, 0x24_2449, [0xFF_5C5C, 0x2F_6FB7, 0xFF_C93C, 0x3A_3F78, 0xFF_A69E]),
        Palette::new(&["warm", "70s", "retro", "autumn"], 0xF8_EBD3, 0x3B_1F2B, [0xF2_6B38, 0x8A_2F5C, 0xF4_B73F, 0x3F_6B5C, 0xF3_A683]),
        Palette::new(
            &["fresh", "green", "nature", "summer"],
            0xF4_F2E1,
            0x12_3B3A,
            [0x12_A37F, 0xFF_7A5A, 0xFF_D23F, 0x1D_4E6B, 0x9B_D8B0],
        ),
        Palette::new(
            &["pink", "neon", "psychedelic", "playful"],
            0xFA_F1EC,
            0x2B_1B55,
            [0xFF_4F9A, 0x4A_55C8, 0x2F_C6C0, 0xFF_B03B, 0xF9_A8CF],
        ),
        Palette::new(&["duotone", "cool", "calm"], 0xF0_F1EA, 0x13_2743, [0x2E_5FA8, 0xF2_8C6A, 0x8C_C5C0, 0x13_2743, 0xB8_C7DE]),
    ],
    paint,
};

fn paint(canvas: &mut Canvas, brief: &mut Brief) {
    let palette = brief.palette;
    // Coloured stock by turns: the inks are transparent and take its colour.
    let stock = [palette.ground, palette.hues[4].mix(palette.ground, 0.5), palette.ground, palette.hues[2].mix(palette.ground, 0.6)];
    let stock = stock[brief.position % 4];
    canvas.clear(stock);
    // Which ink leads goes round with the scenes.
    let inks = [0, 1, 2].map(|i| palette.hues[(i + brief.position) % 3]);
    if let Some(motif) = brief.figure() {
        figures(canvas, brief, &motif, stock, inks);
        title(canvas, brief);
        finish(canvas, &mut brief.random, 8, 0.0);
        return;
    }
    match brief.variant(5) {
        0 => suns(canvas, brief, inks),
        1 => bloom(canvas, brief, inks),
        2 => waves(canvas, brief, inks),
        3 => ball(canvas, brief, inks),
        _ => stones(canvas, brief, inks),
    }
    title(canvas, brief);
    finish(canvas, &mut brief.random, 8, 0.0);
}

/// Where the drawing has its middle, and its size.
fn stage(canvas: &Canvas) -> (f32, f32, f32) {
    let stage = Stage::of(canvas, false);
    (stage.art.0, stage.art.1, stage.r)
}

fn title(canvas: &mut Canvas, brief: &mut Brief) {
    let u = canvas.u();
    let palette = brief.palette;
    let (x, y, w, h) = Stage::of(canvas, false).text;
    let size = if canvas.is_wide() { 15.0 } else { 13.0 } * u;
    let spec =
        Spec { face: Face::Sans, caps: false, tracking: -0.03, align: Align::Start, width: w, height: h - 7.0 * u, size, max_lines: 5 };
    let number = brief.set_number(Face::Sans, 3.4 * u, Align::Start, w);
    write(canvas, number.as_ref(), x, y, palette.ink);
    if let Some(set) = brief.set_title(&spec) {
        let y = y + 6.6 * u;
        // The same letters in a light ink, out of register.
        let ghost = set.at(canvas, x + 0.42 * u, y + 0.42 * u);
        canvas.letters(ghost, Ink::veil(palette.hues[brief.position % 3], 0.85).multiply());
        write(canvas, Some(&set), x, y, palette.ink);
    }
}

/// The figure in two inks before a form in the third.
fn figures(canvas: &mut Canvas, brief: &mut Brief, motif: &Motif, stock: Rgb, inks: [Rgb; 3]) {
    let (x, y, r) = stage(canvas);
    let u = canvas.u();
    let size = r * 1.72;
    match brief.variant(5) {
        0 => print(canvas, circle(x, y, r * 0.98), inks[2]),
        1 => {
            for (step, ink) in [(-1.0, inks[2]), (1.0, inks[0])] {
                print(canvas, motif.body((x + step * r * 0.24, y - step * r * 0.07), size), ink);
            }
        }
        2 => {
            let lean = brief.random.between(0.3, 0.9) * brief.random.sign();
            let mask = canvas.mask(rect(x - r, y - r, r * 2.0, r * 2.0));
            canvas.stroke_in(hatch((x, y), r * 1.6, r * 0.2, lean), r * 0.09, Ink::flat(inks[2]).multiply(), mask.as_ref());
        }
        3 => {
            let mask = canvas.mask(rect(x - r, y - r, r * 2.0, r * 2.0));
            let upward = brief.random.chance(0.5);
            halftone(canvas, 2.4 * u, 0.4, Ink::flat(inks[2]).multiply(), mask.as_ref(), |_, py| {
                let part = ((py - y) / r * 0.5 + 0.5).clamp(0.0, 1.0);
                0.95 * if upward { part } else { 1.0 - part }
            });
        }
        _ => {
            for ring in 0..9 {
                let angle = TAU * ring as f32 / 9.0 + brief.random.between(-0.1, 0.1);
                let at = (x + r * 0.86 * angle.cos(), y + r * 0.86 * angle.sin());
                print(canvas, circle(at.0, at.1, r * 0.24), inks[2]);
            }
        }
    }
    if brief.variant(5) != 1 {
        // Paper under the figure, or the form would swallow it.
        canvas.fill(motif.body((x, y), size), Ink::flat(stock));
        print(canvas, motif.body((x - 0.3 * u, y + 0.2 * u), size), inks[0]);
    }
    let mask = canvas.mask(motif.body((x, y), size));
    let from = if brief.random.chance(0.5) { 1.0 } else { -1.0 };
    halftone(canvas, 1.5 * u, 0.9, Ink::flat(inks[1]).multiply(), mask.as_ref(), |px, py| {
        (0.18 + from * (px - x) / size * 0.7 + (py - y) / size * 0.6).clamp(0.0, 0.85)
    });
    print(canvas, motif.lines((x + 0.5 * u, y - 0.35 * u), size), inks[1]);
}

fn print(canvas: &mut Canvas, path: Option<Path>, ink: Rgb) {
    canvas.fill(path, Ink::flat(ink).multiply());
}

/// Overlapping discs, one shaded in dots.
fn suns(canvas: &mut Canvas, brief: &mut Brief, inks: [Rgb; 3]) {
    let (x, y, r) = stage(canvas);
    let u = canvas.u();
    let turn = brief.random.between(0.0, TAU);
    let place = |step: f32, out: f32| (x + r * out * (turn + step * TAU / 3.0).cos(), y + r * out * (turn + step * TAU / 3.0).sin());
    for (step, ink) in inks.iter().enumerate().take(2) {
        let (cx, cy) = place(step as f32, 0.42);
        print(canvas, circle(cx, cy, r * 0.72), *ink);
    }
    let (cx, cy) = place(2.0, 0.42);
    let mask = canvas.mask(circle(cx, cy, r * 0.72));
    halftone(canvas, 2.2 * u, 0.5, Ink::flat(inks[2]).multiply(), mask.as_ref(), |_, py| {
        0.25 + 0.75 * ((py - cy) / r + 0.5).clamp(0.0, 1.0)
    });
}

/// A flower of petals in two inks.
fn bloom(canvas: &mut Canvas, brief: &mut Brief, inks: [Rgb; 3]) {
    let (x, y, r) = stage(canvas);
    let u = canvas.u();
    let petals = 7 + brief.random.below(6) as u32;
    for (layer, ink) in inks.iter().enumerate().take(2) {
        let turn = brief.random.unit();
        let long = r * (0.98 - 0.28 * layer as f32);
        let path = build(|path| {
            for petal in 0..petals {
                let angle = turn + petal as f32 / petals as f32 * TAU;
                let half = TAU / petals as f32 * 0.62;
                let put = |out: f32, aside: f32| (x + long * out * (angle + aside).cos(), y + long * out * (angle + aside).sin());
                let (left, right, tip) = (put(0.86, half), put(0.86, -half), put(1.05, 0.0));
                path.move_to(x, y);
                path.quad_to(left.0, left.1, tip.0, tip.1);
                path.quad_to(right.0, right.1, x, y);
                path.close();
            }
        });
        print(canvas, path, *ink);
    }
    let mask = canvas.mask(circle(x, y, r * 1.1));
    halftone(canvas, 1.9 * u, 0.8, Ink::flat(inks[1]).multiply(), mask.as_ref(), |px, py| {
        (0.55 - (px - x).hypot(py - y) / r * 0.6).max(0.0)
    });
    print(canvas, circle(x, y, r * 0.24), inks[2]);
}

/// Bands of wavy lines crossing: a moiré of two inks, a disc above.
fn waves(canvas: &mut Canvas, brief: &mut Brief, inks: [Rgb; 3]) {
    let (x, y, r) = stage(canvas);
    let (w, u) = (canvas.w, canvas.u());
    let floor = canvas.h * QUIET;
    print(canvas, circle(x + r * 0.1, y - r * 0.25, r * 0.66), inks[2]);
    for (layer, ink) in inks.iter().enumerate().take(2) {
        let long = w * brief.random.between(0.10, 0.16);
        let shift = brief.random.between(0.0, TAU);
        let top = y + r * (0.26 + 0.12 * layer as f32);
        let count = 13;
        let step = (floor - top) / count as f32;
        for row in 0..count {
            let thick = step * (0.30 + 0.6 * row as f32 / count as f32);
            let base = top + step * row as f32;
            let crest = |i: i32, low: f32| {
                let px = w * (i as f32 / 120.0 * 1.04 - 0.02);
                (px, base + low + r * 0.06 * (px / long + shift + row as f32 * 0.35).sin())
            };
            let mut band: Vec<Dot> = (0..=120).map(|i| crest(i, 0.0)).collect();
            band.extend((0..=120).rev().map(|i| crest(i, thick * 0.62)));
            print(canvas, polygon(&band), *ink);
        }
    }
    print(canvas, rect(0.0, floor + u, w, canvas.h), inks[1].mix(Rgb::WHITE, 0.25));
}

/// A sphere of dots on a striped ground.
fn ball(canvas: &mut Canvas, brief: &mut Brief, inks: [Rgb; 3]) {
    let (x, y, r) = stage(canvas);
    let u = canvas.u();
    let stripe = r * 0.16;
    let lean = brief.random.sign();
    for i in 0..9 {
        let at = x - r * 1.3 + stripe * 2.0 * i as f32;
        let skew = r * 0.7 * lean;
        print(
            canvas,
            polygon(&[(at + skew, y - r), (at + stripe + skew, y - r), (at + stripe - skew, y + r), (at - skew, y + r)]),
            inks[2],
        );
    }
    print(canvas, circle(x - 0.5 * u, y, r * 0.78), inks[0]);
    let light = (x - r * 0.3, y - r * 0.34);
    let mask = canvas.mask(circle(x + 0.5 * u, y + 0.4 * u, r * 0.78));
    halftone(canvas, 2.0 * u, 0.3, Ink::flat(inks[1]).multiply(), mask.as_ref(), |px, py| {
        ((px - light.0).hypot(py - light.1) / r - 0.28).clamp(0.0, 1.0)
    });
    let ring = band(x, y, (r * 0.98, r * 1.06), PI * 0.1, PI * 0.9);
    print(canvas, ring, inks[1]);
}

/// A stack of worn stones.
fn stones(canvas: &mut Canvas, brief: &mut Brief, inks: [Rgb; 3]) {
    let (x, y, r) = stage(canvas);
    let u = canvas.u();
    let mut floor = y + r * 0.98;
    let count = 4;
    for stone in 0..count {
        let part = stone as f32 / count as f32;
        let (half, tall) = (r * (0.92 - 0.62 * part) * brief.random.between(0.86, 1.08), r * (0.29 - 0.09 * part));
        let cx = x + r * brief.random.between(-0.14, 0.14);
        let dots = blob(&mut brief.random, (cx, floor - tall), (half, tall), 0.10, 14);
        let ink = inks[stone % 3];
        print(canvas, smooth(&dots), ink);
        if stone % 2 == 1 {
            let mask = canvas.mask(smooth(&dots));
            halftone(canvas, 1.8 * u, 0.6, Ink::flat(inks[(stone + 1) % 3]).multiply(), mask.as_ref(), |px, _| {
                ((px - cx) / half * 0.5 + 0.3).clamp(0.0, 0.9)
            });
        }
        floor -= tall * 1.76;
    }
    let (cx, cy) = (x + r * 0.72 * brief.random.sign(), y - r * 0.62);
    print(canvas, circle(cx, cy, r * 0.24), inks[2]);
}
