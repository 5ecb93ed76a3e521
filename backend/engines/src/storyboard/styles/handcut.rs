//! Hand-cut: jagged paper in two or three loud colours, cut by eye, letters too. After the title sequences of the 1950s.

use std::f32::consts::TAU;

use super::kit::*;

pub(super) const STYLE: Style = Style {
    info: StyleInfo {
        id: "handcut",
        name: "Hand-cut",
        description: "Jagged shapes and letters cut by eye in a few loud colours, like a title sequence of the 1950s.",
    },
    keywords: &[
        "handcut",
        "hand-cut",
        "hand cut",
        "jagged",
        "title sequence",
        "opening titles",
        "saul bass",
        "jazz",
        "bold shapes",
        "angular",
        "expressive",
        "energetic",
        "1950s titles",
        "matisse",
        "découpage",
        "découpé",
        "scherenschnitt",
        "ausgeschnitten",
        "recortado",
        "рваный",
        "аппликация",
        "片头",
        "剪影",
        "قصاصات",
        "कटआउट",
    ],
    // Ground is the paper, ink the black; hues are sheets.
    palettes: &[
        Palette::new(&["red", "bold", "classic", "drama"], 0xF4_EDE0, 0x16_1413, [0xD8_3A24, 0xF2_A71B, 0x1F_3A5F, 0xE9_D8BC, 0x8C_1F1A]),
        Palette::new(&["orange", "warm", "jazz"], 0xF7_EFDD, 0x1A_1512, [0xEE_7A1C, 0xC2_3B22, 0x3B_5B4F, 0xF3_D9A4, 0x6B_2A1A]),
        Palette::new(&["blue", "cool", "night"], 0xF1_F0E8, 0x10_1622, [0x2B_5C9E, 0xF0_C33C, 0xD6_4531, 0xC9_D9DE, 0x15_2E57]),
        Palette::new(&["green", "nature", "fresh"], 0xF3_F1DF, 0x15_1A14, [0x3E_8A4E, 0xF2_B632, 0xD4_5532, 0xD9_E2BD, 0x1D_4A34]),
        Palette::new(&["pink", "playful", "violet"], 0xF8_EFE9, 0x1B_1420, [0xE0_577F, 0x5A_3F8F, 0xF4_B23C, 0xF0_D3D3, 0x3A_2260]),
    ],
    paint,
};

/// What a card is cut from: its ground and three sheets that stand out on it.
struct Sheets {
    ground: Rgb,
    first: Rgb,
    second: Rgb,
    ink: Rgb,
}

fn paint(canvas: &mut Canvas, brief: &mut Brief) {
    let palette = brief.palette;
    let grounds = [palette.hues[0], palette.ground, palette.hues[2], palette.hues[1], palette.ink, palette.hues[3]];
    let ground = grounds[(brief.position + brief.family as usize % 6) % 6];
    let all = [palette.hues[0], palette.hues[1], palette.ground, palette.hues[2], palette.ink, palette.hues[4]];
    let mut far: Vec<Rgb> = all.into_iter().filter(|colour| colour.distance(ground) > 0.22).collect();
    brief.random.shuffle(&mut far);
    let first = far.first().copied().unwrap_or(palette.ink);
    let second = far.iter().copied().find(|colour| colour.distance(first) > 0.2).unwrap_or(palette.ground);
    let sheets = Sheets { ground, first, second, ink: ground.readable(palette.ink, palette.ground) };
    canvas.clear(ground);
    let flipped = canvas.is_wide() && (brief.position / 2) % 2 == 1;
    let stage = Stage::of(canvas, flipped);
    let known = brief.figure();
    match (brief.variant(5), &known) {
        (0, Some(motif)) => bars(canvas, brief, &stage, &sheets, Some(motif)),
        (1, Some(motif)) => counterchange(canvas, brief, &stage, &sheets, motif),
        (2, Some(motif)) => rings(canvas, brief, &stage, &sheets, Some(motif)),
        (3, Some(motif)) => pieces(canvas, brief, &stage, &sheets, motif),
        (_, Some(motif)) => scraps(canvas, brief, &stage, &sheets, Some(motif)),
        (0 | 3, None) => bars(canvas, brief, &stage, &sheets, None),
        (1 | 2, None) => rings(canvas, brief, &stage, &sheets, None),
        (_, None) => scraps(canvas, brief, &stage, &sheets, None),
    }
    title(canvas, brief, &stage, sheets.ink);
    finish(canvas, &mut brief.random, 6, 0.05);
}

/// Letters cut with the same scissors as the shapes.
fn title(canvas: &mut Canvas, brief: &mut Brief, stage: &Stage, ink: Rgb) {
    if brief.is_wordless() {
        return;
    }
    let u = canvas.u();
    let (x, y, w, h) = stage.text;
    let spec = Spec {
        face: Face::Poster,
        caps: true,
        tracking: 0.015,
        align: Align::Start,
        width: w,
        height: h - 7.0 * u,
        size: if canvas.is_wide() { 20.0 } else { 16.0 } * u,
        max_lines: 5,
    };
    let set = brief.set_title(&spec);
    let tall = set.as_ref().map_or(0.0, Lettering::height);
    // Low or high beside the picture, by turns.
    let slack = (h - tall - 7.0 * u).max(0.0);
    let top = y + slack * [0.15, 0.85, 0.5][brief.position % 3];
    let number = brief.set_number(Face::Poster, 3.4 * u, Align::Start, w);
    write(canvas, number.as_ref(), x, top, ink);
    canvas.fill(snipped(rect(x, top + 4.0 * u, 9.0 * u, 0.9 * u), &mut brief.random, 3.0 * u, 0.22 * u), Ink::flat(ink));
    if let Some(set) = set {
        let em = set.em();
        let letters = snipped(set.at(canvas, x, top + 7.0 * u), &mut brief.random, em * 0.11, em * 0.008);
        canvas.letters(letters, Ink::flat(ink));
    }
}

/// A figure, cut out: its silhouette, and the lines in it as slits.
fn cut_out(canvas: &mut Canvas, brief: &mut Brief, motif: &Motif, at: Dot, size: f32, sheet: Rgb, slit: Rgb) {
    let body = snipped(motif.body(at, size), &mut brief.random, size * 0.035, size * 0.004);
    canvas.fill(body.clone(), Ink::flat(sheet));
    let mask = canvas.mask(body);
    let lines = snipped(motif.lines(at, size * 0.995), &mut brief.random, size * 0.02, size * 0.002);
    canvas.fill_in(lines, Ink::flat(slit), mask.as_ref());
    // The slits do not open at the edge.
    let rim = snipped(motif.body(at, size), &mut brief.random, size * 0.035, size * 0.004);
    canvas.stroke(rim, size * 0.034, Ink::flat(sheet));
}

/// An irregular four-sided strip.
fn strip(brief: &mut Brief, x: f32, y: f32, w: f32, h: f32, slip: f32) -> Option<Path> {
    let random = &mut brief.random;
    let mut off = |value: f32| value + random.between(-slip, slip);
    polygon(&[(off(x), off(y)), (off(x + w), off(y)), (off(x + w), off(y + h)), (off(x), off(y + h))])
}

/// Bars hang from above and leave room for the figure, or meet bars from below.
fn bars(canvas: &mut Canvas, brief: &mut Brief, stage: &Stage, sheets: &Sheets, motif: Option<&Motif>) {
    let (x, y) = stage.art;
    let (r, u) = (stage.r, canvas.u());
    let count = 6 + brief.random.below(3);
    let wide = r * 2.5 / count as f32;
    let accent = brief.random.below(count);
    let turn = brief.random.between(0.0, TAU);
    for bar in 0..count {
        let part = (bar as f32 + 0.5) / count as f32;
        let left = x - r * 1.25 + wide * bar as f32;
        let arch = 0.30 + 0.5 * (part * 2.0 - 1.0).powi(2) + 0.16 * (turn + bar as f32 * 2.1).sin();
        let colour = if bar == accent { sheets.second } else { sheets.first };
        let down = if motif.is_some() { y - r * 1.1 + r * arch } else { y + r * (0.9 * (turn + bar as f32 * 1.9).sin()) };
        let thick = wide * brief.random.between(0.62, 0.86);
        let hung = strip(brief, left, -8.0 * u, thick, down + 8.0 * u, 0.9 * u);
        canvas.fill(hung, Ink::flat(colour));
        if motif.is_none() {
            let foot = canvas.h * QUIET + 2.0 * u;
            let risen = strip(brief, left + wide * 0.1, down + r * 0.16, thick, foot - down - r * 0.16, 0.9 * u);
            canvas.fill(risen, Ink::flat(if bar == (accent + 3) % count { sheets.first } else { sheets.second }));
        }
    }
    if let Some(motif) = motif {
        cut_out(canvas, brief, motif, (x, y + r * 0.22), r * 1.62, sheets.ink, sheets.ground);
    }
}

/// The card in two sheets; the figure changes colour where it crosses from one to the other.
fn counterchange(canvas: &mut Canvas, brief: &mut Brief, stage: &Stage, sheets: &Sheets, motif: &Motif) {
    let (x, y) = stage.art;
    let (w, h, r, u) = (canvas.w, canvas.h, stage.r, canvas.u());
    let lean = brief.random.between(-0.18, 0.18) * h;
    let outer = if x > w / 2.0 { w * 1.05 } else { -w * 0.05 };
    let sheet = if canvas.is_wide() {
        let edge = x + r * 0.08 * brief.random.sign();
        polygon(&[(edge + lean * 0.5, -u), (edge + lean * 0.1, h * 0.4), (edge - lean * 0.5, h + u), (outer, h + u), (outer, -u)])
    } else {
        let edge = y + r * 0.05;
        polygon(&[(-u, edge + lean * 0.2), (w * 0.5, edge), (w + u, edge - lean * 0.2), (w + u, h + u), (-u, h + u)])
    };
    canvas.fill(sheet.clone(), Ink::flat(sheets.first));
    let body = snipped(motif.body((x, y), r * 1.95), &mut brief.random, r * 0.07, r * 0.008);
    let dark = sheets.first.readable(sheets.ground, sheets.second);
    let on_ground = if sheets.second.distance(sheets.ground) > 0.25 { sheets.second } else { sheets.first };
    canvas.fill(body.clone(), Ink::flat(on_ground));
    let inside = canvas.mask(sheet.clone());
    canvas.fill_in(body.clone(), Ink::flat(dark), inside.as_ref());
    let within = canvas.mask(body.clone());
    let lines = snipped(motif.lines((x, y), r * 1.95), &mut brief.random, r * 0.04, r * 0.004);
    canvas.fill_in(lines, Ink::veil(sheets.ink, 1.0), within.as_ref());
}

/// Ragged rings close in on the figure.
fn rings(canvas: &mut Canvas, brief: &mut Brief, stage: &Stage, sheets: &Sheets, motif: Option<&Motif>) {
    let (x, y) = stage.art;
    let r = stage.r;
    let count = if motif.is_some() { 4 } else { 7 };
    let corners = 7 + brief.random.below(5) as u32;
    for ring in 0..count {
        let part = 1.0 - ring as f32 / count as f32;
        let reach = r * if motif.is_some() { 0.80 + 0.55 * part } else { 1.3 * part };
        let drift = (r * 0.05 * brief.random.between(-1.0, 1.0), r * 0.05 * brief.random.between(-1.0, 1.0));
        let turn = brief.random.between(0.0, TAU);
        let dots: Vec<Dot> = (0..corners)
            .map(|corner| {
                let angle = turn + TAU * corner as f32 / corners as f32 + brief.random.between(-0.14, 0.14);
                let long = reach * brief.random.between(0.88, 1.10);
                (x + drift.0 + long * angle.cos(), y + drift.1 + long * angle.sin())
            })
            .collect();
        let colour = if ring % 2 == 0 { sheets.first } else { sheets.ground };
        canvas.fill(polygon(&dots), Ink::flat(if ring + 1 == count { sheets.second } else { colour }));
    }
    if let Some(motif) = motif {
        let colour = sheets.second.readable(brief.palette.ink, brief.palette.ground);
        cut_out(canvas, brief, motif, (x, y), r * 1.34, colour, sheets.second);
    }
}

/// The figure cut into slabs that have slipped.
fn pieces(canvas: &mut Canvas, brief: &mut Brief, stage: &Stage, sheets: &Sheets, motif: &Motif) {
    let (x, y) = stage.art;
    let (r, u) = (stage.r, canvas.u());
    let body = motif.body((x, y), r * 2.0);
    let count = 4;
    let lean = brief.random.between(0.1, 0.3) * r * brief.random.sign();
    let back = strip(brief, x - r * 0.9, y - r * 0.2, r * 1.8, r * 0.75, 3.0 * u);
    canvas.fill(back, Ink::flat(sheets.second));
    let colour = if sheets.first.distance(sheets.second) > 0.25 { sheets.first } else { sheets.ink };
    for slab in 0..count {
        let top = y - r * 1.05 + r * 2.1 * slab as f32 / count as f32;
        let tall = r * 2.1 / count as f32 - 1.1 * u;
        let slip = r * 0.13 * if slab % 2 == 0 { 1.0 } else { -1.0 } * brief.random.between(0.5, 1.2);
        let window = polygon(&[
            (x - r * 1.6, top - lean * 0.5),
            (x + r * 1.6, top + lean * 0.5),
            (x + r * 1.6, top + tall + lean * 0.5),
            (x - r * 1.6, top + tall - lean * 0.5),
        ]);
        let mask = canvas.mask(window);
        let moved = |path: Option<Path>| path.and_then(|path| path.transform(tiny_skia::Transform::from_translate(slip, 0.0)));
        let cut = snipped(moved(body.clone()), &mut brief.random, r * 0.07, r * 0.006);
        canvas.fill_in(cut, Ink::flat(colour), mask.as_ref());
    }
}

/// Scraps thrown about, the figure among them.
fn scraps(canvas: &mut Canvas, brief: &mut Brief, stage: &Stage, sheets: &Sheets, motif: Option<&Motif>) {
    let (x, y) = stage.art;
    let (r, u) = (stage.r, canvas.u());
    let count = if motif.is_some() { 9 } else { 14 };
    for scrap in 0..count {
        let angle = TAU * scrap as f32 / count as f32 + brief.random.between(-0.2, 0.2);
        let far = r * if motif.is_some() { brief.random.between(0.75, 1.05) } else { brief.random.between(0.1, 1.0) };
        let (cx, cy) = (x + far * 1.1 * angle.cos(), y + far * 0.92 * angle.sin());
        let size = r * brief.random.between(0.10, 0.34);
        let spin = brief.random.between(0.0, TAU);
        let corners = 3 + brief.random.below(3);
        let dots: Vec<Dot> = (0..corners)
            .map(|corner| {
                let at = spin + TAU * corner as f32 / corners as f32 + brief.random.between(-0.3, 0.3);
                (cx + size * at.cos(), cy + size * at.sin() * 0.8)
            })
            .collect();
        canvas.fill(polygon(&dots), Ink::flat([sheets.first, sheets.second, sheets.ink][scrap % 3]));
    }
    if let Some(motif) = motif {
        let plate = blob(&mut brief.random, (x, y), (r * 0.86, r * 0.86), 0.06, 9);
        let plate = polygon(&plate);
        canvas.fill(plate, Ink::flat(sheets.ground));
        let colour = if sheets.first.distance(sheets.ground) > 0.3 { sheets.first } else { sheets.ink };
        cut_out(canvas, brief, motif, (x, y), r * 1.45, colour, sheets.ground);
    }
    canvas.fill(strip(brief, x - r, y + r * 1.02, r * 2.0, 0.8 * u, 0.4 * u), Ink::flat(sheets.ink));
}
