//! Ranges of paper land: hills, mountains, the sea, a city, orchards and firs.

use std::f32::consts::PI;

use super::{super::kit::*, backing, figure, sheet, title};

/// Ranges of paper land under a paper sun.
pub(super) fn hills(canvas: &mut Canvas, brief: &mut Brief, motif: Option<&Motif>) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let palette = brief.palette;
    let own = [Scenery::Fields, Scenery::Mountains, Scenery::Sea, Scenery::Forest];
    let scenery = brief.scenery_or(&own);
    backing(canvas, palette.ground);
    // Beside the title in a wide card, else below it.
    let (low, size) = if canvas.is_wide() { (0.24, 0.15) } else { (0.47, 0.115) };
    let sun = (w * (0.80 - 0.12 * brief.progress), h * (low + 0.14 * (brief.progress * PI).cos().abs()));
    let r = w.min(h) * size;
    for ring in (0..3).rev() {
        let colour = palette.hues[4].mix(palette.hues[3], if ring == 0 { 0.75 } else { 0.0 });
        sheet(canvas, circle(sun.0, sun.1, r * (1.0 + 0.42 * ring as f32)), colour.mix(palette.ground, 0.38 * ring as f32));
    }
    let seed = brief.random.next();
    for depth in 0..5 {
        let colour = &if palette.is_dark() { palette.hues[3].mix(palette.hues[0], depth as f32 / 4.0) } else { palette.hues[4 - depth] };
        let base = h * (0.56 + 0.115 * depth as f32);
        let line = skyline(scenery, seed.wrapping_add(depth as u64), w, base, h, depth);
        if depth == 2
            && let Some(motif) = motif
        {
            let size = (h * 0.44).min(w * 0.4);
            let x = if canvas.is_wide() { w * 0.74 } else { w * 0.5 };
            let foot = base + h * 0.03;
            figure(canvas, motif, (x, foot - motif.extent().1 * size / 2.0), size, [palette.hues[2], palette.hues[0]], palette.hues[3]);
        }
        sheet(canvas, land(line, h * 1.1), *colour);
        if matches!(scenery, Scenery::Fields) && (1..4).contains(&depth) {
            orchard(canvas, brief, seed.wrapping_add(depth as u64), base, *colour);
        }
        if scenery == Scenery::Forest && depth < 4 {
            trees(canvas, brief, seed.wrapping_add(depth as u64), base, *colour, depth);
        }
    }
    let room = if canvas.is_wide() { (w * 0.07, h * 0.08, w * 0.46, h * 0.42) } else { (w * 0.08, h * 0.08, w * 0.76, h * 0.23) };
    title(canvas, brief, room, 14.0 * u, Align::Start, palette.ink);
}

fn skyline(scenery: Scenery, seed: u64, w: f32, base: f32, h: f32, depth: usize) -> Vec<Dot> {
    let count = 220u32;
    let shift = noise(seed, 3.3, 1);
    if scenery == Scenery::City {
        return roofs(seed, w, base, h, depth);
    }
    (0..=count)
        .map(|i| {
            let part = i as f32 / count as f32;
            let up = match scenery {
                Scenery::Mountains | Scenery::Space => {
                    // Folded noise: peaks, not humps.
                    let fold = 1.0 - noise(seed, part * 3.2 + 5.0, 2).abs() * 1.6;
                    0.20 * fold - 0.06
                }
                Scenery::Sea => {
                    let scallop = (part * w / h * 4.2 + shift * 2.0 + depth as f32 * 0.37).fract();
                    0.055 * (1.0 - (scallop * 2.0 - 1.0).powi(2)) + 0.02 * noise(seed, part * 3.0, 1)
                }
                Scenery::Desert => 0.10 * noise(seed, part * 1.6 + 1.0, 1),
                Scenery::Fields | Scenery::Forest | Scenery::City => 0.09 * noise(seed, part * 2.3 + 1.0, 2),
            };
            (w * (part * 1.04 - 0.02), base - h * up)
        })
        .collect()
}

/// Houses side by side: flat roofs, gables and towers.
fn roofs(seed: u64, w: f32, base: f32, h: f32, depth: usize) -> Vec<Dot> {
    let mut random = Random::new(seed);
    let mut line = Vec::new();
    let mut x = -w * 0.03;
    while x < w * 1.03 {
        let wide = h * random.between(0.06, 0.11) * (1.0 + 0.16 * depth as f32);
        let top = base - h * (0.02 + 0.2 * random.unit().powi(2));
        match random.below(3) {
            0 => line.extend([(x, top), (x + wide / 2.0, top - wide * 0.5), (x + wide, top)]),
            1 => line.extend([
                (x, top),
                (x + wide * 0.3, top),
                (x + wide * 0.3, top - wide * 0.4),
                (x + wide * 0.62, top - wide * 0.4),
                (x + wide * 0.62, top),
                (x + wide, top),
            ]),
            _ => line.extend([(x, top), (x + wide, top)]),
        }
        x += wide;
    }
    line
}

/// A few round trees on a field's crest.
fn orchard(canvas: &mut Canvas, brief: &mut Brief, seed: u64, base: f32, colour: Rgb) {
    let (w, h) = (canvas.w, canvas.h);
    let middle = brief.random.unit();
    let mut crowns = PathBuilder::new();
    for _ in 0..3 + brief.random.below(4) {
        let part = (middle + brief.random.between(-0.12, 0.12)).clamp(0.02, 0.98);
        let foot = base - h * 0.09 * noise(seed, part * 2.3 + 1.0, 2);
        let size = h * brief.random.between(0.02, 0.042);
        let x = w * (part * 1.04 - 0.02);
        crowns.push_circle(x, foot - size * 1.5, size);
        if let Some(trunk) = Rect::from_xywh(x - size * 0.12, foot - size, size * 0.24, size * 1.4) {
            crowns.push_rect(trunk);
        }
    }
    canvas.fill(crowns.finish(), Ink::flat(colour));
}

fn trees(canvas: &mut Canvas, brief: &mut Brief, seed: u64, base: f32, colour: Rgb, depth: usize) {
    let (w, h) = (canvas.w, canvas.h);
    let mut firs = PathBuilder::new();
    for _ in 0..(14 - depth * 2) {
        let part = brief.random.unit();
        let foot = base - h * 0.09 * noise(seed, part * 2.3 + 1.0, 2) + h * 0.02;
        let tall = h * brief.random.between(0.07, 0.12) * (1.0 + 0.25 * depth as f32);
        let wide = tall * 0.3;
        let x = w * (part * 1.04 - 0.02);
        for tier in 0..3 {
            let top = foot - tall + tall * 0.24 * tier as f32;
            let half = wide * (0.5 + 0.25 * tier as f32);
            if let Some(path) = polygon(&[(x, top), (x + half, top + tall * 0.42), (x - half, top + tall * 0.42)]) {
                firs.push_path(&path);
            }
        }
    }
    canvas.fill(firs.finish(), Ink::flat(colour));
}
