//! Museum plate: an engraved figure on laid paper, ruled, numbered and captioned like a page of an atlas or a herbarium.

use std::f32::consts::{PI, TAU};

use super::kit::*;

pub(super) const STYLE: Style = Style {
    info: StyleInfo {
        id: "plate",
        name: "Museum plate",
        description: "An engraved figure on laid paper with a frame, a number and a caption.",
    },
    keywords: &[
        "plate",
        "museum",
        "engraving",
        "engraved",
        "etching",
        "copperplate",
        "pen and ink",
        "fine lines",
        "crosshatching",
        "cross-hatching",
        "encyclopedia",
        "encyclopaedia",
        "botanical",
        "herbarium",
        "antique",
        "victorian",
        "historical",
        "history",
        "archive",
        "scholarly",
        "literary",
        "banknote",
        "guilloche",
        "kupferstich",
        "radierung",
        "gravur",
        "eau-forte",
        "planche",
        "aguafuerte",
        "lámina",
        "офорт",
        "музей",
        "铜版画",
        "博物馆",
        "متحف",
        "संग्रहालय",
        "उत्कीर्णन",
    ],
    // Ground is the paper, ink the plate's; hues: accent, tint, second accent, light, deep.
    palettes: &[
        Palette::new(&["sepia", "classic", "warm"], 0xF2_E9D6, 0x2E_2319, [0xA8_3A28, 0xDB_C7A2, 0x5F_6B47, 0xFA_F5E8, 0x6B_543A]),
        Palette::new(&["blue", "cool", "sea"], 0xEA_EDE8, 0x14_2A45, [0xB4_5A2C, 0xC0_CFD6, 0x2F_6C7E, 0xF7_F8F3, 0x2C_4C70]),
        Palette::new(
            &["green", "botanical", "nature", "spring"],
            0xEF_EEDC,
            0x1D_3226,
            [0xB2_4A4A, 0xCB_D3B0, 0x8A_7A2E, 0xFA_F9EC, 0x3C_5A44],
        ),
        Palette::new(&["rose", "romantic", "wine"], 0xF5_E8E1, 0x3B_1C26, [0x8E_2F45, 0xE4_C6BD, 0x4A_5A63, 0xFC_F5F0, 0x73_3B49]),
        Palette::new(&["night", "dark", "silver"], 0x1B_1F26, 0xE9_E3D2, [0xD9_A650, 0x34_3C48, 0x7F_A3A8, 0x10_1318, 0xB8_B3A4]),
    ],
    paint,
};

fn paint(canvas: &mut Canvas, brief: &mut Brief) {
    let palette = brief.palette;
    paper(canvas, brief);
    let figure = brief.figure();
    match (brief.variant(4), figure) {
        (0, Some(motif)) => oval(canvas, brief, &motif),
        (1, Some(motif)) => spread(canvas, brief, Some(&motif)),
        (2, Some(motif)) => medallion(canvas, brief, Some(&motif)),
        (_, Some(motif)) => specimens(canvas, brief, &motif),
        (0 | 2, None) => medallion(canvas, brief, None),
        (_, None) => spread(canvas, brief, None),
    }
    finish(canvas, &mut brief.random, 5, if palette.is_dark() { 0.3 } else { 0.12 });
}

/// Laid paper, foxed here and there, with a double rule around.
fn paper(canvas: &mut Canvas, brief: &mut Brief) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let palette = brief.palette;
    canvas.clear(palette.ground);
    canvas.wash(Ink::radial((w * 0.5, h * 0.4), w.max(h) * 0.75, &[(0.0, palette.hues[3], 0.7), (1.0, palette.hues[1], 0.25)]));
    canvas.stroke(hatch((w / 2.0, h / 2.0), w.max(h), 0.9 * u, 0.0), 0.1 * u, Ink::veil(palette.hues[1], 0.35));
    for _ in 0..10 {
        let (x, y, r) = (w * brief.random.unit(), h * brief.random.unit(), u * brief.random.between(0.4, 2.6));
        canvas.fill(circle(x, y, r), Ink::radial((x, y), r, &[(0.0, palette.hues[4], 0.14), (1.0, palette.hues[4], 0.0)]));
    }
    for (edge, wide) in [(4.0, 0.32), (4.9, 0.1)] {
        let edge = edge * u;
        canvas.stroke(rect(edge, edge, w - 2.0 * edge, h - 2.0 * edge), wide * u, Ink::veil(palette.ink, 0.85));
    }
    let edge = 4.45 * u;
    for (x, y) in [(edge, edge), (w - edge, edge), (edge, h - edge), (w - edge, h - edge)] {
        canvas.fill(circle(x, y, 1.5 * u), Ink::flat(palette.ground));
        canvas.stroke(circle(x, y, 1.1 * u), 0.16 * u, Ink::flat(palette.ink));
        canvas.fill(circle(x, y, 0.45 * u), Ink::flat(palette.hues[0]));
    }
}

/// A figure as an engraver shades it: from the left, with two hatchings.
fn engraved(canvas: &mut Canvas, brief: &Brief, motif: &Motif, at: Dot, size: f32, tint: Rgb) {
    let u = canvas.u();
    let palette = brief.palette;
    let body = motif.body(at, size);
    canvas.fill(body.clone(), Ink::flat(palette.hues[3]));
    canvas.fill(body.clone(), Ink::linear((at.0 - size * 0.4, 0.0), (at.0 + size * 0.5, 0.0), &[(0.0, tint, 0.0), (1.0, tint, 0.55)]));
    let pitch = (size * 0.016).clamp(0.5 * u, 0.9 * u);
    let shade = canvas.shade(body.clone(), (-size * 0.16, -size * 0.05));
    canvas.stroke_in(hatch(at, size * 0.75, pitch, -0.7), pitch * 0.24, Ink::flat(palette.ink), shade.as_ref());
    let deep = canvas.shade(body, (-size * 0.06, -size * 0.03));
    canvas.stroke_in(hatch(at, size * 0.75, pitch, 0.6), pitch * 0.26, Ink::flat(palette.ink), deep.as_ref());
    canvas.fill(motif.lines(at, size), Ink::flat(palette.ink));
}

/// The ground that a figure stands on, in strokes that thin towards their ends.
fn footing(canvas: &mut Canvas, brief: &mut Brief, (x, y): Dot, reach: f32) {
    let u = canvas.u();
    let mut strokes = PathBuilder::new();
    for line in 0..9 {
        let part = line as f32 / 9.0;
        let half = reach * (1.0 - part * 0.55) * brief.random.between(0.75, 1.0);
        let shift = reach * brief.random.between(-0.12, 0.12);
        gouge_into(&mut strokes, (x - half + shift, y + part * 4.6 * u), (x + half + shift, y + part * 4.6 * u), 0.24 * u);
    }
    canvas.fill(strokes.finish(), Ink::flat(brief.palette.ink));
}

/// Where the foot of a figure is.
fn foot(motif: &Motif, at: Dot, size: f32) -> Dot {
    (at.0, at.1 + motif.extent().1 * size / 2.0)
}

/// The caption: number between rules, then the title.
fn caption(canvas: &mut Canvas, brief: &Brief, (x, y, w, h): Room, size: f32, align: Align) {
    if brief.is_wordless() {
        return;
    }
    let u = canvas.u();
    let palette = brief.palette;
    let spec = Spec { face: Face::Serif, caps: false, tracking: 0.0, align, width: w, height: h - 6.5 * u, size, max_lines: 5 };
    let set = brief.set_title(&spec);
    let tall = set.as_ref().map_or(0.0, Lettering::height);
    let top = match align {
        Align::Centre => y,
        Align::Start => y + (h - tall - 6.5 * u).max(0.0) * 0.42,
    };
    let number = brief.set_number(Face::Serif, 2.9 * u, align, w);
    write(canvas, number.as_ref(), x, top, palette.hues[0]);
    if let Some(number) = number {
        let (left, ink_top, wide, high) = number.ink_at(x, top);
        let middle = ink_top + high / 2.0 - 0.1 * u;
        canvas.fill(rect(left + wide + 1.6 * u, middle, 9.0 * u, 0.2 * u), Ink::flat(palette.hues[0]));
        if align == Align::Centre {
            canvas.fill(rect(left - 10.6 * u, middle, 9.0 * u, 0.2 * u), Ink::flat(palette.hues[0]));
        }
    }
    write(canvas, set.as_ref(), x, top + 6.0 * u, palette.ink);
}

/// The figure before an engraved sky, in an oval, its caption below.
fn oval(canvas: &mut Canvas, brief: &mut Brief, motif: &Motif) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let palette = brief.palette;
    let (x, y) = (w * 0.5, h * if canvas.is_wide() { 0.325 } else { 0.33 });
    let (rx, ry) = if canvas.is_wide() { (h * 0.36, h * 0.235) } else { ((w * 0.36).min(h * 0.25), h * 0.2) };
    let inside = canvas.mask(ellipse(x, y, rx, ry));
    canvas.fill(ellipse(x, y, rx, ry), Ink::flat(palette.hues[3]));
    // The sky: lines that are heavier the higher they stand.
    let rows = 44;
    for row in 0..rows {
        let part = row as f32 / rows as f32;
        let at = y - ry + 2.0 * ry * part;
        let wave = ridge(brief.family ^ row, w, at, 0.9 * u, 9.0, 1);
        canvas.stroke_in(open(&wave), 0.26 * u * (1.05 - part), Ink::veil(palette.ink, 0.8), inside.as_ref());
    }
    let size = ry * (1.3 + 0.46 * (brief.position as f32 * 0.618_034).fract());
    let at = (x, y + ry * 0.04);
    footing(canvas, brief, foot(motif, at, size), size * 0.62);
    engraved(canvas, brief, motif, at, size, palette.hues[brief.position % 3]);
    canvas.stroke(ellipse(x, y, rx, ry), 0.3 * u, Ink::flat(palette.ink));
    canvas.stroke(ellipse(x, y, rx + 1.2 * u, ry + 1.2 * u), 0.1 * u, Ink::flat(palette.ink));
    let top = y + ry + 4.5 * u;
    caption(canvas, brief, (w * 0.12, top, w * 0.76, h * 0.765 - top), 8.6 * u, Align::Centre);
}

/// Text on one page, the figure on the other.
fn spread(canvas: &mut Canvas, brief: &mut Brief, motif: Option<&Motif>) {
    let u = canvas.u();
    let palette = brief.palette;
    let stage = Stage::of(canvas, brief.position % 2 == 1);
    let (x, y) = stage.art;
    let tint = palette.hues[brief.position % 3];
    if let Some(motif) = motif {
        let size = stage.r * (1.4 + 0.5 * (brief.position as f32 * 0.618_034).fract());
        footing(canvas, brief, foot(motif, (x, y), size), size * 0.6);
        engraved(canvas, brief, motif, (x, y), size, tint);
    } else {
        rosette(canvas, brief, (x, y), stage.r * 1.02);
    }
    if canvas.is_wide() {
        let middle = canvas.w * 0.5;
        canvas.fill(rect(middle, canvas.h * 0.12, 0.14 * u, canvas.h * 0.62), Ink::veil(palette.ink, 0.6));
    }
    caption(canvas, brief, stage.text, 11.0 * u, Align::Start);
}

/// A coin of turned lines with the figure in its field.
fn medallion(canvas: &mut Canvas, brief: &mut Brief, motif: Option<&Motif>) {
    let u = canvas.u();
    let palette = brief.palette;
    let stage = Stage::of(canvas, brief.position.is_multiple_of(3));
    let (x, y) = stage.art;
    rosette(canvas, brief, (x, y), stage.r * 1.04);
    if let Some(motif) = motif {
        let field = stage.r * (0.58 + 0.16 * (brief.position as f32 * 0.618_034).fract());
        canvas.fill(circle(x, y, field), Ink::flat(palette.hues[3]));
        canvas.stroke(circle(x, y, field), 0.3 * u, Ink::flat(palette.ink));
        canvas.stroke(circle(x, y, field - 1.0 * u), 0.1 * u, Ink::flat(palette.ink));
        engraved(canvas, brief, motif, (x, y), field * 1.3, palette.hues[brief.position % 3]);
    }
    caption(canvas, brief, stage.text, 11.0 * u, Align::Start);
}

/// Guilloche: curves turned on a rose engine.
fn rosette(canvas: &mut Canvas, brief: &mut Brief, (x, y): Dot, r: f32) {
    let u = canvas.u();
    let palette = brief.palette;
    for (ring, (inner, outer)) in [(0.70, 1.0), (0.36, 0.72), (0.06, 0.40)].into_iter().enumerate() {
        let lobes = [12.0, 16.0, 20.0, 24.0][brief.random.below(4)];
        let turns = 14;
        let colour = if ring == 1 { palette.hues[brief.position % 3] } else { palette.ink };
        for turn in 0..turns {
            let phase = TAU * turn as f32 / turns as f32;
            let dots: Vec<Dot> = (0..=360)
                .map(|step| {
                    let angle = TAU * step as f32 / 360.0;
                    let wave = 0.5 + 0.5 * (angle * lobes + phase).sin() * (angle * lobes / 4.0 + phase).cos();
                    let reach = r * (inner + (outer - inner) * wave);
                    (x + reach * angle.cos(), y + reach * angle.sin())
                })
                .collect();
            canvas.stroke(open(&dots), 0.1 * u, Ink::veil(colour, 0.8));
        }
    }
    canvas.stroke(circle(x, y, r), 0.26 * u, Ink::flat(palette.ink));
    for tick in 0..120 {
        let angle = PI * tick as f32 / 60.0;
        let (from, to) = (r + 0.5 * u, r + if tick % 5 == 0 { 1.8 } else { 1.1 } * u);
        let put = |reach: f32| (x + reach * angle.cos(), y + reach * angle.sin());
        canvas.stroke(line(put(from), put(to)), 0.12 * u, Ink::flat(palette.ink));
    }
}

/// Several figures in a row, as specimens on a board.
fn specimens(canvas: &mut Canvas, brief: &mut Brief, first: &Motif) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let palette = brief.palette;
    let others: Vec<Motif> = brief.motifs.iter().skip(1).cloned().collect();
    let second = others.first().unwrap_or(first);
    let third = others.get(1).unwrap_or(first);
    let wide = canvas.is_wide();
    let (y, size) = if wide { (h * 0.32, h * 0.40) } else { (h * 0.30, (w * 0.42).min(h * 0.24)) };
    let step = if wide { w * 0.255 } else { w * 0.29 };
    let small = size * (0.46 + 0.24 * (brief.position as f32 * 0.618_034).fract());
    let base = y + size * 0.5;
    for (motif, side, size) in [(second, -1.0, small), (first, 0.0, size), (third, 1.0, small)] {
        let (_, tall) = motif.extent();
        let at = (w * 0.5 + step * side, base - tall * size / 2.0);
        footing(canvas, brief, (at.0, base), size * 0.5);
        engraved(canvas, brief, motif, at, size, palette.hues[(brief.position + (side + 1.0) as usize) % 3]);
    }
    for side in [-0.5, 0.5] {
        canvas.fill(rect(w * 0.5 + step * side * 1.12, y - size * 0.42, 0.12 * u, size * 0.95), Ink::veil(palette.ink, 0.5));
    }
    let top = base + 8.5 * u;
    caption(canvas, brief, (w * 0.12, top, w * 0.76, h * 0.765 - top), 8.6 * u, Align::Centre);
}
