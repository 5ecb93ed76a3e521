//! Woodcut: a black block with the light carved out of it, one more colour behind, letters on a strip of paper.

use std::f32::consts::TAU;

use super::kit::*;

pub(super) const STYLE: Style = Style {
    info: StyleInfo {
        id: "woodcut",
        name: "Woodcut",
        description: "A black block with rays, waves and rain carved out of it, printed with one colour more.",
    },
    keywords: &[
        "woodcut",
        "linocut",
        "lino cut",
        "linoleum",
        "wood engraving",
        "woodblock",
        "block print",
        "carved",
        "ink",
        "inked",
        "black ink",
        "bold lines",
        "expressionist",
        "folk",
        "rustic",
        "medieval",
        "tinta",
        "encre",
        "tusche",
        "tuschezeichnung",
        "grabado",
        "xilografía",
        "gravure",
        "gravure sur bois",
        "xylographie",
        "linogravure",
        "holzschnitt",
        "linolschnitt",
        "гравюра",
        "линогравюра",
        "木刻",
        "版画",
        "نقش على الخشب",
        "حفر",
        "काष्ठ",
        "छापा",
    ],
    // Ground is the paper, ink the block; the leading hue is the second block's colour.
    palettes: &[
        Palette::new(&["red", "classic", "bold"], 0xF3_E9D4, 0x1A_1716, [0xC8_3A26, 0xE4_A43A, 0x2F_5D62, 0xE9_DCC0, 0x8E_2A1E]),
        Palette::new(&["blue", "cool", "sea", "winter"], 0xEF_EDE2, 0x12_1C2B, [0x3D_7EA6, 0xE0_9B3D, 0xC9_4F3A, 0xD7_DDD6, 0x1F_3F63]),
        Palette::new(&["ochre", "warm", "autumn", "gold"], 0xF5_EBD2, 0x23_1912, [0xDD_9A2E, 0xB9_4A2C, 0x4E_6B4A, 0xEB_DDB9, 0x7A_3B1E]),
        Palette::new(&["green", "forest", "nature"], 0xF0_EBD6, 0x15_1F18, [0x5E_8F4F, 0xD9_8E32, 0xB8_4A33, 0xDD_DFC0, 0x2A_4C35]),
    ],
    paint,
};

fn paint(canvas: &mut Canvas, brief: &mut Brief) {
    let palette = brief.palette;
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let flipped = if canvas.is_wide() { brief.position % 3 == 1 } else { brief.position % 4 == 2 };
    let stage = Stage::of(canvas, flipped);
    // The second colour changes hands among three, the block stays.
    let colour = palette.hues[brief.position % 3];
    canvas.clear(palette.ink);
    let figure = brief.figure();
    let sun = if figure.is_some() { stage.r * 0.98 } else { stage.r * [0.5, 0.72, 0.9][brief.random.below(3)] };
    match brief.variant(5) {
        0 => rays(canvas, brief, &stage, sun),
        1 => echoes(canvas, brief, &stage, sun),
        2 => rain(canvas, brief, &stage),
        3 => hills(canvas, brief, &stage),
        _ => swell(canvas, brief, &stage, sun),
    }
    if let Some(motif) = &figure {
        // The light behind it, a little off its place, as a second block is.
        let off = (0.7 * u * brief.random.sign(), 0.5 * u);
        let disc = blob(&mut brief.random, (stage.art.0 + off.0, stage.art.1 + off.1), (sun, sun), 0.02, 26);
        canvas.fill(smooth(&disc), Ink::flat(colour));
        carved(canvas, brief, motif, stage.art, stage.r * 1.62);
    } else {
        let disc = blob(&mut brief.random, stage.art, (sun, sun), 0.02, 26);
        canvas.fill(smooth(&disc), Ink::flat(colour));
        bare(canvas, brief, &stage, sun);
    }
    // Below, the block is hardly cut: captions stand there.
    canvas.fill(
        rect(0.0, h * QUIET, w, h),
        Ink::linear((0.0, h * QUIET), (0.0, h * 0.84), &[(0.0, palette.ink, 0.0), (1.0, palette.ink, 0.94)]),
    );
    margin(canvas, brief);
    title(canvas, brief, &stage, colour);
    finish(canvas, &mut brief.random, 8, 0.04);
}

/// The paper around the block, its edge a little worn.
fn margin(canvas: &mut Canvas, brief: &mut Brief) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let edge = 1.9 * u;
    let inner = snipped(rect(edge, edge, w - 2.0 * edge, h - 2.0 * edge), &mut brief.random, 4.0 * u, 0.2 * u);
    let sheet = build(|path| {
        inner.iter().for_each(|inner| path.push_path(inner));
        rect(-u, -u, w + 2.0 * u, h + 2.0 * u).iter().for_each(|outer| path.push_path(outer));
    });
    canvas.fill_even_odd(sheet, Ink::flat(brief.palette.ground));
}

/// The title on a strip of bare wood that took no ink, or in the second colour.
fn title(canvas: &mut Canvas, brief: &mut Brief, stage: &Stage, colour: Rgb) {
    if brief.is_wordless() {
        return;
    }
    let u = canvas.u();
    let palette = brief.palette;
    let (x, y, w, h) = stage.text;
    let pad = 3.4 * u;
    let spec = Spec {
        face: Face::Serif,
        caps: false,
        tracking: 0.0,
        align: Align::Start,
        width: w - pad * 2.0,
        height: h - 13.0 * u,
        size: if canvas.is_wide() { 14.5 } else { 12.5 } * u,
        max_lines: 5,
    };
    let set = brief.set_title(&spec);
    let number = brief.set_number(Face::Serif, 3.4 * u, Align::Start, w - pad * 2.0);
    let tall = set.as_ref().map_or(0.0, Lettering::height) + 6.0 * u;
    let wide = set.as_ref().map_or(8.0 * u, |set| set.ink_at(0.0, 0.0).2).max(8.0 * u);
    let top = y + (h - tall - pad * 2.0).max(0.0) * [0.2, 0.8, 0.5][brief.position % 3];
    let left = x + pad;
    let strip = snipped(rect(x, top, wide + pad * 2.0, tall + pad * 2.0), &mut brief.random, 5.0 * u, 0.35 * u);
    let sheet = if brief.position % 4 == 3 { palette.ink } else { palette.ground };
    let ink = sheet.readable(palette.ink, palette.ground);
    canvas.fill(strip, Ink::flat(sheet));
    let small = if colour.distance(sheet) > 0.3 { colour } else { ink };
    write(canvas, number.as_ref(), left, top + pad, small);
    if let Some(set) = set {
        let letters = snipped(set.at(canvas, left, top + pad + 6.0 * u), &mut brief.random, set.em() * 0.05, set.em() * 0.004);
        canvas.letters(letters, Ink::flat(ink));
    }
}

/// A figure left standing: light where it is lit, gouged on its dark side.
fn carved(canvas: &mut Canvas, brief: &mut Brief, motif: &Motif, at: Dot, size: f32) {
    let u = canvas.u();
    let palette = brief.palette;
    let body = snipped(motif.body(at, size), &mut brief.random, size * 0.02, size * 0.002);
    canvas.stroke(body.clone(), 1.3 * u, Ink::flat(palette.ink));
    canvas.fill(body.clone(), Ink::flat(palette.ground));
    let dark = canvas.shade(body, (-size * 0.09, -size * 0.06));
    canvas.stroke_in(hatch(at, size, 1.15 * u, 0.6), 0.55 * u, Ink::flat(palette.ink), dark.as_ref());
    let lines = snipped(motif.lines(at, size), &mut brief.random, size * 0.014, size * 0.0015);
    canvas.fill(lines, Ink::flat(palette.ink));
}

/// The sun alone: gouged through by bands.
fn bare(canvas: &mut Canvas, brief: &mut Brief, stage: &Stage, sun: f32) {
    let palette = brief.palette;
    let (x, y) = stage.art;
    let mask = canvas.mask(circle(x, y, sun * 1.03));
    let mut cuts = PathBuilder::new();
    let bands = 5 + brief.random.below(4);
    for band in 0..bands {
        let at = y - sun * 0.1 + sun * 1.1 * band as f32 / bands as f32;
        gouge_into(&mut cuts, (x - sun * 1.2, at + sun * 0.03), (x + sun * 1.2, at - sun * 0.03), sun * 0.05 * (1.0 + band as f32 * 0.35));
    }
    canvas.fill_in(cuts.finish(), Ink::flat(palette.ink), mask.as_ref());
}

/// Light in rays, each of several cuts.
fn rays(canvas: &mut Canvas, brief: &mut Brief, stage: &Stage, sun: f32) {
    let (x, y) = stage.art;
    let far = canvas.w.hypot(canvas.h);
    let u = canvas.u();
    let mut cuts = PathBuilder::new();
    let count = 76;
    for ray in 0..count {
        let angle = TAU * (ray as f32 + brief.random.between(-0.2, 0.2)) / count as f32;
        let mut from = sun * brief.random.between(1.05, 1.22);
        while from < far {
            let to = from + u * brief.random.between(9.0, 26.0);
            let wide = (from * TAU / count as f32 * 0.34).min(2.4 * u);
            gouge_into(&mut cuts, (x + from * angle.cos(), y + from * angle.sin()), (x + to * angle.cos(), y + to * angle.sin()), wide);
            from = to + u * brief.random.between(0.4, 2.4);
        }
    }
    canvas.fill(cuts.finish(), Ink::flat(brief.palette.ground));
}

/// Cuts that run around the light, ring after ring.
fn echoes(canvas: &mut Canvas, brief: &mut Brief, stage: &Stage, sun: f32) {
    let (x, y) = stage.art;
    let u = canvas.u();
    let far = canvas.w.hypot(canvas.h);
    let mut cuts = PathBuilder::new();
    let mut ring = sun * 1.1;
    while ring < far {
        let mut angle = brief.random.between(0.0, 1.0);
        let end = angle + TAU;
        while angle < end {
            let step = u * brief.random.between(7.0, 15.0) / ring;
            let put = |angle: f32| (x + ring * angle.cos(), y + ring * angle.sin());
            gouge_into(&mut cuts, put(angle), put(angle + step * 0.93), 1.35 * u * brief.random.between(0.6, 1.0));
            angle += step;
        }
        ring += 2.6 * u;
    }
    canvas.fill(cuts.finish(), Ink::flat(brief.palette.ground));
}

/// Slanting cuts all over.
fn rain(canvas: &mut Canvas, brief: &mut Brief, stage: &Stage) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let lean = brief.random.between(0.2, 0.5) * if stage.art.0 > w / 2.0 { -1.0 } else { 1.0 };
    let mut cuts = PathBuilder::new();
    let mut x = -h * 0.5;
    while x < w + h * 0.5 {
        let mut y = -u * brief.random.between(0.0, 12.0);
        while y < h {
            let long = u * brief.random.between(5.0, 15.0);
            let at = x + y * lean;
            gouge_into(&mut cuts, (at, y), (at + long * lean, y + long), 1.1 * u * brief.random.between(0.5, 1.0));
            y += long + u * brief.random.between(1.0, 6.0);
        }
        x += 2.5 * u;
    }
    canvas.fill(cuts.finish(), Ink::flat(brief.palette.ground));
}

/// Land in bands, each cut along its slope, under a dark sky with stars.
fn hills(canvas: &mut Canvas, brief: &mut Brief, stage: &Stage) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let palette = brief.palette;
    let mut cuts = PathBuilder::new();
    for _ in 0..46 {
        let (x, y) = (w * brief.random.unit(), h * 0.5 * brief.random.unit());
        let size = u * brief.random.between(0.5, 1.6);
        for arm in 0..4 {
            let angle = TAU * arm as f32 / 4.0;
            gouge_into(&mut cuts, (x, y), (x + size * angle.cos(), y + size * angle.sin()), size * 0.4);
        }
    }
    canvas.fill(cuts.finish(), Ink::flat(palette.ground));
    let seed = brief.random.next();
    let top = (stage.art.1 + stage.r * 0.45).min(h * 0.64);
    for band in 0..5u64 {
        let base = top + (h * 1.0 - top) * band as f32 / 5.0;
        let line = ridge(seed.wrapping_add(band), w, base, h * 0.08, 2.2, 2);
        let mut cuts = PathBuilder::new();
        for pair in line.windows(2) {
            let [from, to] = [pair[0], pair[1]];
            let drop = u * brief.random.between(3.0, 9.0);
            let lean = if band % 2 == 0 { 0.8 } else { -0.8 };
            gouge_into(&mut cuts, (from.0, from.1 + 0.8 * u), (from.0 + drop * lean, to.1 + drop), 0.95 * u);
        }
        canvas.fill(land(line, h * 1.1), Ink::flat(palette.ink));
        canvas.fill(cuts.finish(), Ink::flat(palette.ground));
    }
}

/// A sea of long cuts that swell under the light.
fn swell(canvas: &mut Canvas, brief: &mut Brief, stage: &Stage, sun: f32) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let (x, y) = stage.art;
    let (long, shift) = (w * brief.random.between(0.10, 0.18), brief.random.between(0.0, TAU));
    let mut cuts = PathBuilder::new();
    let mut row = -2.0 * u;
    while row < h {
        let mut from = -u * brief.random.between(0.0, 16.0);
        while from < w {
            let reach = u * brief.random.between(6.0, 17.0);
            let lift = |px: f32| {
                let near = (1.0 - distance((px, row), (x, y)) / (sun * 2.2)).max(0.0);
                row - sun * 0.9 * near * (row - y + sun * 0.2).signum().max(-1.0) * -0.35
                    + 1.5 * u * ((px / long) + shift + row * 0.012).sin()
            };
            gouge_into(&mut cuts, (from, lift(from)), (from + reach, lift(from + reach)), 1.25 * u * brief.random.between(0.5, 1.0));
            from += reach + u * brief.random.between(0.5, 2.5);
        }
        row += 2.7 * u;
    }
    canvas.fill(cuts.finish(), Ink::flat(brief.palette.ground));
}
