//! Noir: black, one light, and what it falls on. Blinds, a street lamp, a moon over roofs, a door, rain.

mod places;

use super::kit::*;
use places::{blinds, door, lamp, rain, roofs};

pub(super) const STYLE: Style = Style {
    info: StyleInfo { id: "noir", name: "Noir", description: "Black and one light: blinds, street lamps, rain, a door ajar." },
    keywords: &[
        "noir",
        "film noir",
        "detective",
        "black and white",
        "black-and-white",
        "monochrome",
        "moody",
        "dramatic",
        "thriller",
        "crime",
        "suspense",
        "mystery",
        "dark",
        "gritty",
        "horror",
        "gothic",
        "shadow",
        "shadows",
        "low key",
        "chiaroscuro",
        "cine negro",
        "oscuro",
        "sombre",
        "düster",
        "黑白",
        "黑色电影",
        "悬疑",
        "أسود",
        "غامض",
        "काला",
    ],
    // Ground is the dark, ink the title; hues: light, far, middle, near, accent.
    palettes: &[
        Palette::new(
            &["classic", "silver", "black and white", "monochrome"],
            0x12_1316,
            0xF3_EFE6,
            [0xE9_E4D6, 0x3A_3D44, 0x23_252A, 0x08_090B, 0xB8_2B2B],
        ),
        Palette::new(&["warm", "sodium", "amber"], 0x17_110E, 0xF6_E9D2, [0xF2_BE72, 0x4A_3226, 0x2A_1C17, 0x0B_0706, 0xD9_5B36]),
        Palette::new(&["cold", "cool", "rain", "winter"], 0x0C_141C, 0xE7_EEF0, [0xB9_D9DE, 0x2B_4653, 0x17_2833, 0x05_0A0F, 0xE0_A33A]),
        Palette::new(&["green", "toxic", "spy"], 0x0C_1511, 0xEC_F1DF, [0xCF_E0A8, 0x2F_4A3B, 0x17_2A21, 0x05_0B08, 0xD4_4B39]),
        Palette::new(
            &["neon", "cyberpunk", "violet", "synthwave"],
            0x12_0D1F,
            0xF7_EAF4,
            [0xF0_8FC0, 0x3B_2B66, 0x21_183F, 0x07_0511, 0x4F_C3D9],
        ),
    ],
    paint,
};

fn paint(canvas: &mut Canvas, brief: &mut Brief) {
    canvas.clear(brief.palette.ground);
    let place = match if brief.figure().is_none() && brief.scenery == Some(Scenery::City) && brief.position.is_multiple_of(2) {
        2
    } else {
        brief.variant(6)
    } {
        0 => blinds(canvas, brief),
        1 => lamp(canvas, brief),
        2 => roofs(canvas, brief),
        3 => door(canvas, brief),
        4 => spot(canvas, brief),
        _ => rain(canvas, brief),
    };
    if let (Some(motif), Some(place)) = (brief.figure(), place) {
        stand(canvas, brief, &motif, place);
    }
    let (w, h) = (canvas.w, canvas.h);
    // The captions' ground and the title's side lie in the dark.
    canvas
        .fill(rect(0.0, h * 0.62, w, h * 0.38), Ink::linear((0.0, h * 0.62), (0.0, h), &[(0.0, Rgb::BLACK, 0.0), (1.0, Rgb::BLACK, 0.55)]));
    canvas.fill(rect(0.0, 0.0, w * 0.5, h), Ink::linear((0.0, 0.0), (w * 0.5, 0.0), &[(0.0, Rgb::BLACK, 0.35), (1.0, Rgb::BLACK, 0.0)]));
    if !canvas.is_wide() {
        // There it stands before the light, not beside it.
        canvas.fill(
            rect(0.0, h * 0.3, w, h * 0.7),
            Ink::linear(
                (0.0, h * 0.3),
                (0.0, h),
                &[(0.0, Rgb::BLACK, 0.0), (0.22, Rgb::BLACK, 0.62), (0.5, Rgb::BLACK, 0.72), (1.0, Rgb::BLACK, 0.5)],
            ),
        );
    }
    title(canvas, brief);
    finish(canvas, &mut brief.random, 9, 0.45);
}

/// Where a figure stands before the light: the middle of its foot, its size, and how far its shadow falls.
type Place = (Dot, f32, f32);

/// The figure against the light: black, an edge of it lit, its shadow towards us.
fn stand(canvas: &mut Canvas, brief: &Brief, motif: &Motif, (foot, size, throw): Place) {
    let palette = brief.palette;
    let at = (foot.0, foot.1 - motif.extent().1 * size / 2.0);
    if throw > 0.0 {
        // Thrown forward and aside: the figure turned over at its foot, longer and slanted.
        let thrown = motif.body((0.0, -motif.extent().1 * size / 2.0), size).and_then(|path| {
            let lean = if foot.0 > canvas.w * 0.7 { -0.35 } else { 0.35 };
            path.transform(tiny_skia::Transform::from_row(1.15, 0.0, -lean, -throw, foot.0, foot.1))
        });
        canvas.fill(
            thrown,
            Ink::linear((0.0, foot.1), (0.0, foot.1 + size * throw), &[(0.0, palette.hues[3], 0.9), (1.0, palette.hues[3], 0.1)]),
        );
    }
    let body = motif.body(at, size);
    canvas.fill(body.clone(), Ink::flat(palette.hues[3]));
    canvas.fill(motif.lines(at, size), Ink::veil(palette.hues[0], 0.16));
    let edge = canvas.shade(body.clone(), (-size * 0.012, size * 0.016));
    canvas.fill_in(body, Ink::veil(palette.hues[0], 0.75), edge.as_ref());
}

/// A round of light on a bare wall.
fn spot(canvas: &mut Canvas, brief: &mut Brief) -> Option<Place> {
    let (w, h) = (canvas.w, canvas.h);
    let palette = brief.palette;
    let stage = Stage::of(canvas, false);
    let (x, y) = (stage.art.0, stage.art.1 * if canvas.is_wide() { 1.0 } else { 0.62 });
    canvas.wash(Ink::radial(
        (x, y),
        w.max(h) * 0.7,
        &[(0.0, palette.hues[1], 1.0), (0.6, palette.hues[2], 1.0), (1.0, palette.ground, 1.0)],
    ));
    let r = stage.r * 1.02;
    for halo in 0..5 {
        canvas.fill(circle(x, y, r * (1.0 + 0.05 * halo as f32)), Ink::veil(palette.hues[0], 0.08).screen());
    }
    canvas.fill(
        circle(x, y, r),
        Ink::radial((x - r * 0.2, y - r * 0.2), r * 1.5, &[(0.0, Rgb::WHITE.mix(palette.hues[0], 0.6), 1.0), (1.0, palette.hues[0], 1.0)]),
    );
    // Bricks show where the light falls.
    let mask = canvas.mask(circle(x, y, r));
    let course = r * 0.14;
    let mut joints = PathBuilder::new();
    for row in -8..8 {
        let top = y + course * row as f32;
        joints.move_to(x - r * 1.1, top);
        joints.line_to(x + r * 1.1, top);
        for brick in -4..5 {
            let at = x + course * 2.4 * (brick as f32 + 0.5 * (row & 1) as f32);
            joints.move_to(at, top);
            joints.line_to(at, top + course);
        }
    }
    canvas.stroke_in(joints.finish(), r * 0.012, Ink::veil(palette.hues[1], 0.45), mask.as_ref());
    Some(((x, y + r * 0.66), r * 1.32, 0.0))
}

fn title(canvas: &mut Canvas, brief: &Brief) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let palette = brief.palette;
    let measure = if canvas.is_wide() { w * 0.46 } else { w * 0.84 };
    let spec = Spec {
        face: Face::Poster,
        caps: true,
        tracking: 0.07,
        align: Align::Start,
        width: measure,
        height: h * 0.42,
        size: 14.5 * u,
        max_lines: 5,
    };
    let set = brief.set_title(&spec);
    let tall = set.as_ref().map_or(0.0, Lettering::height);
    let bottom = h * 0.70;
    write(canvas, set.as_ref(), w * 0.075, bottom - tall, palette.ink);
    let over = bottom - tall - 4.6 * u;
    let number = brief.set_number(Face::Poster, 3.0 * u, Align::Start, measure);
    write(canvas, number.as_ref(), w * 0.075, over - 2.2 * u, palette.hues[4]);
    if let Some(number) = number {
        let (x, y, wide, high) = number.ink_at(w * 0.075, over - 2.2 * u);
        canvas.fill(rect(x + wide + 1.6 * u, y + high / 2.0 - 0.2 * u, 12.0 * u, 0.4 * u), Ink::flat(palette.hues[4]));
    }
}
