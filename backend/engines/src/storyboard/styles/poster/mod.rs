//! Travel poster: flat land in few inks under a great sun, a paper border, narrow capitals. After the national-park
//! posters of the 1930s.

mod lands;

use std::f32::consts::PI;

use super::kit::*;
use lands::{city, desert, fields, forest, hill, mountains, pines, sea, space};

pub(super) const STYLE: Style = Style {
    info: StyleInfo { id: "poster", name: "Travel poster", description: "Flat mid-century landscapes in few inks with a great sun." },
    keywords: &[
        "poster",
        "retro",
        "vintage",
        "retro poster",
        "vintage poster",
        "travel poster",
        "mid-century",
        "midcentury",
        "art deco",
        "1930s",
        "1950s",
        "1960s",
        "50s",
        "60s",
        "wpa",
        "nostalgic",
        "illustration",
        "illustrated",
        "cartel",
        "affiche",
        "plakat",
        "复古",
        "海报",
        "ملصق",
        "पोस्टर",
    ],
    // Ground is the sky; the hues: sun, far land, middle land, near land, paper.
    palettes: &[
        Palette::new(&["warm", "sunset", "autumn"], 0xF2_B56B, 0x2B_1B2E, [0xE4_5A3B, 0xC9_7B5A, 0x7E_3F4E, 0x2F_2338, 0xF9_EBD0]),
        Palette::new(
            &["fresh", "morning", "spring", "nature"],
            0xBF_DCCB,
            0x12_3238,
            [0xF2_8F3B, 0x7F_B09B, 0x3A_7A72, 0x14_3F45, 0xFA_F1DC],
        ),
        Palette::new(&["sea", "ocean", "cool", "summer"], 0xA9_D3DD, 0x0E_2C4A, [0xF4_C04E, 0x5F_A6BE, 0x25_6C92, 0x0F_3357, 0xFB_F3E0]),
        Palette::new(&["pastel", "soft", "dreamy"], 0xF6_D5C4, 0x3B_2547, [0xF0_857D, 0xC9_9BB0, 0x85_6A9C, 0x3E_3160, 0xFD_F4E6]),
        Palette::new(&["night", "midnight"], 0x20_3A5E, 0xFA_EED2, [0xF5_DFA3, 0x3B_5D86, 0x1E_3350, 0x0C_1727, 0xF6_EBD2]),
    ],
    paint,
};

/// The land begins here, of the height.
const HORIZON: f32 = 0.58;

/// The sun's radius, of the shorter side.
const SUN: f32 = 0.155;

fn paint(canvas: &mut Canvas, brief: &mut Brief) {
    let (w, h) = (canvas.w, canvas.h);
    let palette = brief.palette;
    let own = [Scenery::Mountains, Scenery::Sea, Scenery::Fields, Scenery::Desert, Scenery::Forest, Scenery::City];
    let scenery = brief.scenery_or(&own);
    // The sun crosses the sky with the film.
    let across = 0.24 + 0.52 * brief.progress + brief.random.between(-0.05, 0.05);
    let set = set_title(canvas, brief);
    // Never behind the title: it sinks into the land before that.
    let free = set.as_ref().map_or(0.0, |set| title_top(canvas) + 7.0 * canvas.u() + set.height() + SUN * w.min(h));
    let sun = (w * across, (h * (HORIZON - 0.05 - 0.14 * (brief.progress * PI).sin())).max(free).min(h * 0.6));
    let known = brief.figure().filter(|_| brief.variant(6) != 0);
    // A figure stands before the sun.
    let sun = if known.is_some() { (w * (0.32 + 0.36 * brief.random.unit()), (h * 0.5).max(free)) } else { sun };
    sky(canvas, brief, sun);
    if let Some(motif) = &known {
        monument(canvas, brief, motif, sun.0, free);
    } else {
        match scenery {
            Scenery::Mountains => mountains(canvas, brief),
            Scenery::Sea => sea(canvas, brief, sun),
            Scenery::City => city(canvas, brief),
            Scenery::Forest => forest(canvas, brief),
            Scenery::Fields => fields(canvas, brief),
            Scenery::Desert => desert(canvas, brief),
            Scenery::Space => space(canvas, brief, sun),
        }
    }
    let shade = palette.hues[3];
    halftone(canvas, 1.1 * canvas.u(), 0.4, Ink::veil(shade, 0.30), None, |_, y| ((y / h - 0.70) * 1.1).clamp(0.0, 0.5));
    border(canvas, palette.hues[4]);
    title(canvas, brief, set.as_ref());
    finish(canvas, &mut brief.random, 6, 0.08);
}

/// Bands of sky around the sun, then the sun.
fn sky(canvas: &mut Canvas, brief: &mut Brief, sun: Dot) {
    let palette = brief.palette;
    let (w, h) = (canvas.w, canvas.h);
    canvas.clear(palette.ground);
    let light = palette.hues[4];
    let r = w.min(h) * SUN;
    if brief.variant(2) == 0 {
        canvas.fill(rays(sun.0, sun.1, w.hypot(h), 18, brief.random.unit()), Ink::veil(light, 0.26));
    } else {
        for ring in (1..5).rev() {
            canvas.fill(circle(sun.0, sun.1, r * (1.0 + 0.62 * ring as f32)), Ink::veil(light, 0.17));
        }
    }
    canvas.fill(circle(sun.0, sun.1, r), Ink::flat(palette.hues[0]));
}

fn border(canvas: &mut Canvas, paper: Rgb) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let edge = 2.6 * u;
    for bar in [rect(0.0, 0.0, w, edge), rect(0.0, h - edge, w, edge), rect(0.0, 0.0, edge, h), rect(w - edge, 0.0, edge, h)] {
        canvas.fill(bar, Ink::flat(paper));
    }
}

fn title_top(canvas: &Canvas) -> f32 {
    canvas.h * 0.085
}

fn set_title(canvas: &Canvas, brief: &Brief) -> Option<Lettering> {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let (size, lines) = if canvas.is_wide() { (15.0, 3) } else { (14.0, 5) };
    brief.set_title(&Spec {
        face: Face::Poster,
        caps: true,
        tracking: 0.045,
        align: Align::Centre,
        width: w * 0.84,
        height: h * 0.28,
        size: size * u,
        max_lines: lines,
    })
}

fn title(canvas: &mut Canvas, brief: &Brief, set: Option<&Lettering>) {
    let (w, u) = (canvas.w, canvas.u());
    let palette = brief.palette;
    let ink = palette.ground.readable(palette.ink, palette.hues[4]);
    let measure = w * 0.84;
    let top = title_top(canvas);
    write(canvas, set, w * 0.08, top, ink);
    // The number between two rules, under the title.
    let under = top + set.map_or(0.0, |set| set.height() + 3.4 * u);
    let number = brief.set_number(Face::Poster, 3.2 * u, Align::Centre, measure);
    write(canvas, number.as_ref(), w * 0.08, under, ink);
    if let Some(number) = number {
        let (_, y, wide, tall) = number.ink_at(w * 0.08, under);
        for side in [-1.0, 1.0] {
            let start = w / 2.0 + side * (wide / 2.0 + 1.8 * u);
            canvas.fill(rect(start.min(start + side * 9.0 * u), y + tall / 2.0 - 0.15 * u, 9.0 * u, 0.3 * u), Ink::flat(ink));
        }
    }
}

/// The figure as large as a monument, its lit side to the sun, and the land that it stands on.
fn monument(canvas: &mut Canvas, brief: &mut Brief, motif: &Motif, x: f32, free: f32) {
    let (w, h) = (canvas.w, canvas.h);
    let palette = brief.palette;
    let foot = h * 0.735;
    let ground = brief.variant(5);
    match ground {
        0 => pines(canvas, brief, 0.70, 0.12, palette.hues[1], 34),
        1 => hill(canvas, brief, 0.60, palette.hues[1]),
        2 => canvas.fill(rect(0.0, h * 0.64, w, h), Ink::flat(palette.hues[1])),
        _ => hill(canvas, brief, 0.64, palette.hues[1].mix(palette.ground, 0.2)),
    }
    let (wide, tall) = motif.extent();
    let room = (foot - free + h * 0.07).max(h * 0.2);
    let size = (room / tall.max(0.3)).min(w * 0.62 / wide.max(0.3)).min(w.min(h) * 0.62);
    let at = (x, foot - tall * size / 2.0);
    let body = motif.body(at, size);
    canvas.fill(body.clone(), Ink::flat(palette.hues[2].mix(palette.hues[0], 0.25)));
    let dark = canvas.shade(body.clone(), (-size * 0.10, 0.0));
    canvas.fill_in(body, Ink::flat(palette.hues[3].mix(palette.hues[2], 0.25)), dark.as_ref());
    canvas.fill(motif.lines(at, size), Ink::flat(palette.hues[3]));
    let near = palette.hues[3];
    match ground {
        0 => {
            hill(canvas, brief, 0.70, palette.hues[2]);
            pines(canvas, brief, 0.80, 0.09, near, 24);
            hill(canvas, brief, 0.80, near);
        }
        1 => {
            hill(canvas, brief, 0.70, palette.hues[2]);
            hill(canvas, brief, 0.78, near);
        }
        2 => {
            for wave in 0..4 {
                let base = h * (0.70 + 0.055 * wave as f32);
                let (long, shift) = (w * (0.05 + 0.02 * wave as f32), brief.random.unit() * 6.0);
                let line: Vec<Dot> = (0..=200)
                    .map(|step| {
                        let px = w * (step as f32 / 200.0 * 1.02 - 0.01);
                        (px, base + h * 0.016 * (px / long + shift).sin().abs())
                    })
                    .collect();
                canvas.fill(land(line, h * 1.02), Ink::flat(palette.hues[2].mix(near, wave as f32 / 3.0)));
            }
        }
        3 => {
            // Steps of a pedestal, as wide as the picture.
            for step in 0..4 {
                let part = step as f32 / 3.0;
                let half = w * (0.22 + 0.14 * step as f32);
                canvas.fill(
                    rect(x - half, foot + h * 0.035 * step as f32 - 1.0, half * 2.0, h),
                    Ink::flat(palette.hues[2].mix(near, 0.25 + 0.75 * part)),
                );
            }
        }
        _ => {
            let top = foot - h * 0.012;
            canvas.fill(rect(0.0, top, w, h), Ink::flat(palette.hues[2]));
            let rows = 30;
            for row in (0..rows).step_by(2) {
                let foot = |k: usize| x + (k as f32 / rows as f32 - 0.5) * w * 5.0;
                canvas.fill(polygon(&[(x, top - h * 0.02), (foot(row + 1), h), (foot(row), h)]), Ink::flat(near.mix(palette.hues[2], 0.3)));
            }
            canvas.fill(rect(0.0, top - h * 0.022, w, h * 0.022), Ink::flat(palette.hues[2]));
        }
    }
}
