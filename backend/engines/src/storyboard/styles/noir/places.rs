//! The places of noir: a room, a street, roofs, a door, rain on glass. Each tells where a figure may stand.

use std::f32::consts::PI;

use super::{super::kit::*, Place, stand};

/// Light through a blind, thrown aslant on a wall.
pub(super) fn blinds(canvas: &mut Canvas, brief: &mut Brief) -> Option<Place> {
    let (w, h) = (canvas.w, canvas.h);
    let palette = brief.palette;
    canvas.wash(Ink::radial((w * 0.72, h * 0.34), w.max(h) * 0.7, &[(0.0, palette.hues[1], 1.0), (1.0, palette.ground, 1.0)]));
    let count = 9 + brief.random.below(4);
    let slant = brief.random.between(0.10, 0.22) * brief.random.sign();
    let (left, right) = if canvas.is_wide() { (w * 0.54, w * 0.97) } else { (w * 0.22, w * 0.94) };
    let (top, step) = (h * 0.04, h * if canvas.is_wide() { 0.62 } else { 0.40 } / count as f32);
    let throw = (right - left) * slant;
    for slat in 0..count {
        let y = top + step * slat as f32 + throw.max(0.0) * -0.3;
        let thick = step * (0.52 + 0.10 * (slat as f32 * 1.7).sin());
        let strip = polygon(&[(left, y), (right, y + throw), (right - w * 0.012, y + throw + thick), (left - w * 0.012, y + thick)]);
        let fade = 0.92 - 0.5 * slat as f32 / count as f32;
        canvas.fill(
            strip,
            Ink::linear(
                (left, 0.0),
                (right, 0.0),
                &[(0.0, palette.hues[0], fade * 0.25), (0.45, palette.hues[0], fade), (1.0, palette.hues[0], fade * 0.55)],
            ),
        );
    }
    // The window's cross and a cord: shadows in the light.
    for (part, wide) in [(0.5, 0.016), (0.86, 0.004)] {
        let x = left + (right - left) * part;
        canvas.fill(rect(x, 0.0, w * wide, h * 0.8), Ink::veil(palette.hues[3], 0.92));
    }
    let size = ((right - left) * 0.8).min(h * 0.52);
    Some((
        (f32::midpoint(left, right), h * if canvas.is_wide() { 0.72 } else { 0.29 }),
        size * if canvas.is_wide() { 1.0 } else { 0.42 },
        0.0,
    ))
}

/// A cone of light, a lamp post, fog, wet stones.
pub(super) fn lamp(canvas: &mut Canvas, brief: &mut Brief) -> Option<Place> {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let palette = brief.palette;
    canvas.sky(&[(0.0, palette.ground), (h * 0.7, palette.hues[2]), (h, palette.hues[3])]);
    let line = blocks(brief, w, h * 0.62, h * 0.34, 9.0);
    canvas.fill(land(line, h), Ink::linear((0.0, h * 0.3), (0.0, h * 0.74), &[(0.0, palette.hues[3], 0.75), (1.0, palette.hues[2], 0.9)]));
    let x = w * brief.random.between(0.68, 0.8);
    let (head, floor) = (h * 0.13, h * 0.80);
    let reach = w.min(h * 1.2) * 0.34;
    for layer in 0..9 {
        let spread = reach * (1.05 - 0.085 * layer as f32);
        let cone = polygon(&[(x - u, head), (x + u, head), (x + spread, floor), (x - spread, floor)]);
        canvas.fill(cone, Ink::linear((0.0, head), (0.0, floor), &[(0.0, palette.hues[0], 0.11), (1.0, palette.hues[0], 0.014)]).screen());
    }
    canvas.fill(
        ellipse(x, floor, reach * 1.05, h * 0.055),
        Ink::radial((x, floor), reach, &[(0.0, palette.hues[0], 0.75), (0.6, palette.hues[0], 0.3), (1.0, palette.hues[0], 0.0)]).screen(),
    );
    canvas.fill(
        circle(x, head, h * 0.3),
        Ink::radial((x, head), h * 0.3, &[(0.0, palette.hues[0], 0.7), (0.2, palette.hues[0], 0.22), (1.0, palette.hues[0], 0.0)]).screen(),
    );
    canvas.fill(
        polygon(&[(x - 2.6 * u, head), (x + 2.6 * u, head), (x + 1.1 * u, head - 3.0 * u), (x - 1.1 * u, head - 3.0 * u)]),
        Ink::flat(palette.hues[3]),
    );
    canvas.fill(ellipse(x, head + 0.3 * u, 2.1 * u, 0.8 * u), Ink::flat(Rgb::WHITE.mix(palette.hues[0], 0.4)));
    canvas.fill(rect(x - 0.45 * u, head - 3.0 * u, 0.9 * u, floor - head + 3.0 * u), Ink::flat(palette.hues[3]));
    canvas.fill(rect(x - 1.2 * u, floor - 5.0 * u, 2.4 * u, 5.4 * u), Ink::flat(palette.hues[3]));
    // Beside the post, not behind it.
    Some(((x + reach * 0.42, floor + 0.6 * u), (reach * 0.8).min(h * 0.3), 0.35))
}

/// The tops of houses as dots.
fn blocks(brief: &mut Brief, w: f32, base: f32, tall: f32, count: f32) -> Vec<Dot> {
    let mut line = Vec::new();
    let mut x = -w * 0.02;
    while x < w * 1.02 {
        let wide = w / count * brief.random.between(0.6, 1.3);
        let top = base - tall * brief.random.between(0.1, 1.0).powf(1.4);
        match brief.random.below(4) {
            0 => line.extend([(x, top), (x + wide * 0.5, top - wide * 0.3), (x + wide, top)]),
            1 => line.extend([
                (x, top),
                (x + wide * 0.6, top),
                (x + wide * 0.6, top - wide * 0.25),
                (x + wide * 0.75, top - wide * 0.25),
                (x + wide * 0.75, top),
                (x + wide, top),
            ]),
            _ => line.extend([(x, top), (x + wide, top)]),
        }
        x += wide;
    }
    line
}

/// A low moon behind rows of roofs, a few windows still lit.
pub(super) fn roofs(canvas: &mut Canvas, brief: &mut Brief) -> Option<Place> {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let palette = brief.palette;
    canvas.sky(&[(0.0, palette.ground), (h * 0.8, palette.hues[1])]);
    let watched = brief.figure().is_some();
    let moon = (w * brief.random.between(0.66, 0.8), h * if watched { 0.33 } else { 0.3 });
    let r = w.min(h) * if watched { 0.26 } else { 0.19 };
    canvas.fill(
        circle(moon.0, moon.1, r * 3.0),
        Ink::radial(moon, r * 3.0, &[(0.0, palette.hues[0], 0.5), (0.34, palette.hues[0], 0.22), (1.0, palette.hues[0], 0.0)]).screen(),
    );
    canvas.fill(
        circle(moon.0, moon.1, r),
        Ink::linear(
            (moon.0, moon.1 - r),
            (moon.0, moon.1 + r),
            &[(0.0, palette.hues[0], 1.0), (1.0, palette.hues[0].mix(palette.hues[1], 0.45), 1.0)],
        ),
    );
    for cloud in 0..4 {
        let (x, y) = (moon.0 + w * brief.random.between(-0.3, 0.25), moon.1 + r * (-0.5 + 0.5 * cloud as f32));
        canvas.fill(ellipse(x, y, w * brief.random.between(0.1, 0.22), h * 0.012), Ink::veil(palette.ground, 0.6));
    }
    if let Some(motif) = brief.figure() {
        stand(canvas, brief, &motif, ((moon.0, moon.1 + r * 0.72), r * 1.4, 0.0));
    }
    for row in 0..3 {
        let part = row as f32 / 2.0;
        let colour = palette.hues[1].mix(palette.hues[3], 0.35 + 0.6 * part);
        let line = blocks(brief, w, h * (0.66 + 0.09 * part), h * (0.26 - 0.06 * part), 13.0 - 4.0 * part);
        canvas.fill(land(line, h), Ink::flat(colour));
        let fog = h * (0.60 + 0.1 * part);
        canvas.fill(
            rect(0.0, fog, w, h * 0.2),
            Ink::linear((0.0, fog), (0.0, fog + h * 0.2), &[(0.0, palette.hues[1], 0.0), (1.0, palette.hues[1], 0.28 * (1.0 - part))]),
        );
    }
    for _ in 0..7 {
        let (x, y) = (w * brief.random.between(0.56, 0.98), h * brief.random.between(0.58, 0.70));
        canvas.fill(rect(x, y, 1.1 * u, 1.5 * u), Ink::veil(palette.hues[4].mix(palette.hues[0], 0.5), 0.9));
    }
    None
}

/// A door ajar at the end of a dark room; its light lies on the floor.
pub(super) fn door(canvas: &mut Canvas, brief: &mut Brief) -> Option<Place> {
    let (w, h) = (canvas.w, canvas.h);
    let palette = brief.palette;
    let x = w * brief.random.between(0.66, 0.78);
    let floor = h * 0.60;
    let tall = (h * 0.44).min(w * 0.56);
    let wide = tall * 0.44;
    canvas.fill(
        rect(0.0, 0.0, w, floor),
        Ink::radial((x, floor - tall * 0.5), w * 0.6, &[(0.0, palette.hues[1], 1.0), (1.0, palette.ground, 1.0)]),
    );
    canvas.fill(
        rect(0.0, floor, w, h - floor),
        Ink::linear((0.0, floor), (0.0, h), &[(0.0, palette.hues[2], 1.0), (1.0, palette.hues[3], 1.0)]),
    );
    let lean = brief.random.between(-0.5, -0.1);
    let beam = polygon(&[(x, floor), (x + wide, floor), (x + wide + w * (0.16 + lean * 0.2), h), (x - w * 0.22 + w * lean * 0.3, h)]);
    canvas.fill(
        beam,
        Ink::linear((0.0, floor), (0.0, h), &[(0.0, palette.hues[0], 0.9), (0.5, palette.hues[0], 0.25), (1.0, palette.hues[0], 0.02)]),
    );
    canvas.fill(
        rect(x, floor - tall, wide, tall),
        Ink::linear((0.0, floor - tall), (0.0, floor), &[(0.0, Rgb::WHITE.mix(palette.hues[0], 0.55), 1.0), (1.0, palette.hues[0], 1.0)]),
    );
    canvas.fill(
        circle(x + wide / 2.0, floor - tall / 2.0, tall * 1.3),
        Ink::radial((x + wide / 2.0, floor - tall / 2.0), tall * 1.3, &[(0.0, palette.hues[0], 0.4), (1.0, palette.hues[0], 0.0)]).screen(),
    );
    // The leaf, open towards us.
    let leaf = polygon(&[
        (x + wide, floor - tall),
        (x + wide * 1.6, floor - tall * 1.1),
        (x + wide * 1.6, floor + tall * 0.12),
        (x + wide, floor),
    ]);
    canvas.fill(leaf, Ink::linear((x + wide, 0.0), (x + wide * 1.6, 0.0), &[(0.0, palette.hues[1], 1.0), (1.0, palette.hues[3], 1.0)]));
    // Someone stands in it.
    if brief.figure().is_some() {
        return Some(((x + wide * 0.46, floor + tall * 0.05), tall * 0.62, 1.5));
    }
    if brief.random.chance(0.65) {
        let (cx, size) = (x + wide * 0.46, tall * 0.62);
        let figure = build(|path| {
            let top = floor - size;
            path.move_to(cx - size * 0.17, floor + size * 0.02);
            path.cubic_to(cx - size * 0.2, floor - size * 0.5, cx - size * 0.22, top + size * 0.3, cx - size * 0.05, top + size * 0.2);
            path.line_to(cx + size * 0.05, top + size * 0.2);
            path.cubic_to(cx + size * 0.22, top + size * 0.3, cx + size * 0.2, floor - size * 0.5, cx + size * 0.17, floor + size * 0.02);
            path.close();
        });
        canvas.fill(figure, Ink::flat(palette.hues[3]));
        canvas.fill(ellipse(cx, floor - size * 0.86, size * 0.075, size * 0.1), Ink::flat(palette.hues[3]));
        canvas.fill(ellipse(cx, floor - size * 0.9, size * 0.17, size * 0.022), Ink::flat(palette.hues[3]));
        canvas.fill(rect(cx - size * 0.085, floor - size * 1.0, size * 0.17, size * 0.1), Ink::flat(palette.hues[3]));
        let shade = polygon(&[
            (cx - size * 0.13, floor),
            (cx + size * 0.13, floor),
            (cx + w * lean * 0.12 + size * 0.2, h),
            (cx + w * lean * 0.12 - size * 0.45, h),
        ]);
        canvas.fill(shade, Ink::linear((0.0, floor), (0.0, h), &[(0.0, palette.hues[3], 0.95), (1.0, palette.hues[3], 0.3)]));
    }
    None
}

/// Lights out of focus behind rain on glass.
pub(super) fn rain(canvas: &mut Canvas, brief: &mut Brief) -> Option<Place> {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let palette = brief.palette;
    canvas.sky(&[(0.0, palette.ground), (h * 0.6, palette.hues[1]), (h, palette.hues[3])]);
    for light in 0..26 {
        let spread = brief.random.unit();
        let (x, y) = (w * (0.4 + 0.62 * brief.random.unit()), h * (0.10 + 0.52 * spread));
        let r = u * brief.random.between(2.0, 7.5);
        let colour = if light % 4 == 0 { palette.hues[4] } else { palette.hues[0] };
        let glow = brief.random.between(0.10, 0.42);
        canvas.fill(
            circle(x, y, r),
            Ink::radial((x, y), r, &[(0.0, colour, glow * 0.7), (0.86, colour, glow), (1.0, colour, glow * 0.4)]).screen(),
        );
    }
    let mut streaks = PathBuilder::new();
    for _ in 0..170 {
        let (x, y) = (w * brief.random.between(-0.05, 1.05), h * brief.random.between(-0.1, 0.95));
        let long = h * brief.random.between(0.03, 0.11);
        streaks.move_to(x, y);
        streaks.line_to(x - long * (PI * 0.06).tan(), y + long);
    }
    canvas.stroke(streaks.finish(), 0.14 * u, Ink::veil(palette.hues[0], 0.3));
    let stage = Stage::of(canvas, false);
    let size = stage.r * if canvas.is_wide() { 1.5 } else { 0.95 };
    Some(((stage.art.0, if canvas.is_wide() { h * 0.72 } else { h * 0.28 }), size, 0.0))
}
