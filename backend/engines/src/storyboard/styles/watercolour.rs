//! Watercolour: landscapes, pools of colour, a brush stroke, a round picture, on white paper.

use super::kit::*;
use crate::storyboard::pigment::{At, Paper, Stencil, Wash};

pub(super) const STYLE: Style = Style {
    info: StyleInfo {
        id: "watercolour",
        name: "Watercolour",
        description: "Transparent washes on white paper with edges that dried darker.",
    },
    keywords: &[
        "watercolour",
        "watercolor",
        "water colour",
        "aquarelle",
        "gouache",
        "painted",
        "painting",
        "painterly",
        "hand-painted",
        "ink wash",
        "brush",
        "impressionist",
        "soft",
        "dreamy",
        "delicate",
        "pastel",
        "gentle",
        "romantic",
        "acuarela",
        "pintura",
        "peinture",
        "aquarell",
        "gemälde",
        "水彩",
        "绘画",
        "水墨",
        "ألوان مائية",
        "जलरंग",
    ],
    // Ground is the paper; hues: sky, warm light, far, middle, near.
    palettes: &[
        Palette::new(&["cool", "classic", "sea", "calm"], 0xFC_F9F1, 0x1D_2C44, [0x7F_B2D0, 0xF4_B98A, 0x6C_9BB0, 0x37_6E8C, 0x1F_4260]),
        Palette::new(&["warm", "autumn", "sunset"], 0xFD_F7EC, 0x40_2030, [0xF2_A98C, 0xF6_C567, 0xD7_7E6A, 0xA6_4B57, 0x5C_2B45]),
        Palette::new(
            &["green", "forest", "spring", "nature"],
            0xFC_FAEF,
            0x1E_3529,
            [0xA8_CFC4, 0xF0_CF77, 0x83_AF8A, 0x4C_8064, 0x26_4E3F],
        ),
        Palette::new(
            &["dreamy", "romantic", "lavender", "pastel", "soft"],
            0xFE_F9F7,
            0x35_2850,
            [0xB6_B3DE, 0xF5_B7B6, 0xA2_8FC4, 0x7A_62A6, 0x45_3872],
        ),
        Palette::new(
            &["ink", "ink wash", "monochrome", "水墨"],
            0xFA_F7EF,
            0x22_2326,
            [0xA7_B0B5, 0xD9_7C5A, 0x86_8F96, 0x52_5B63, 0x2B_3036],
        ),
    ],
    paint,
};

fn paint(canvas: &mut Canvas, brief: &mut Brief) {
    if let Some(motif) = brief.figure().filter(|_| brief.variant(5) != 0) {
        let room = portrait(canvas, brief, &motif);
        title(canvas, brief, &room);
        finish(canvas, &mut brief.random, 8, 0.07);
        return;
    }
    let named = brief.scenery.is_some() && !brief.position.is_multiple_of(3);
    let room = match if named { [0, 3][brief.position % 2] } else { brief.variant(4) } {
        0 => landscape(canvas, brief),
        1 => pools(canvas, brief),
        2 => stroke(canvas, brief),
        _ => round(canvas, brief),
    };
    title(canvas, brief, &room);
    finish(canvas, &mut brief.random, 8, 0.07);
}

/// Where a composition leaves room for the title.
struct Room {
    x: f32,
    y: f32,
    w: f32,
    h: f32,
    align: Align,
}

fn title(canvas: &mut Canvas, brief: &Brief, room: &Room) {
    let u = canvas.u();
    let palette = brief.palette;
    let spec = Spec {
        face: Face::Serif,
        caps: false,
        tracking: -0.01,
        align: room.align,
        width: room.w,
        height: room.h - 6.0 * u,
        size: 14.0 * u,
        max_lines: 6,
    };
    let set = brief.set_title(&spec);
    let tall = set.as_ref().map_or(0.0, Lettering::height);
    let top = room.y + ((room.h - tall - 6.0 * u) / 2.0).max(0.0);
    let number = brief.set_number(Face::Serif, 2.8 * u, room.align, room.w);
    write(canvas, number.as_ref(), room.x, top, palette.hues[3]);
    write(canvas, set.as_ref(), room.x, top + 6.0 * u, palette.ink);
}

/// The figure in two washes, wet in wet, on a pool of a third; its lines with a fine brush.
fn portrait(canvas: &mut Canvas, brief: &mut Brief, motif: &Motif) -> Room {
    let palette = brief.palette;
    let stage = Stage::of(canvas, brief.position % 2 == 1);
    let side = canvas.w.min(canvas.h);
    let (x, y, r) = (stage.art.0 / side, stage.art.1 / side, stage.r / side);
    let mut paper = Paper::new(canvas, palette.ground, &mut brief.random);
    let turn = brief.random.between(0.0, 6.0);
    // The golden ratio's steps: neighbours differ, and nothing comes again.
    let spread = (brief.position as f32 * 0.618_034).fract();
    let deeper = brief.position % 3;
    for pool in 0..2 {
        let (cx, cy) = (x + r * 0.3 * (turn + 3.0 * pool as f32).cos(), y + r * 0.25 * (turn + 3.0 * pool as f32).sin());
        paper.lay(&Wash {
            pigment: palette.hues[[pool, 2 - pool, 1 + pool][deeper]],
            strength: 0.34 + 0.26 * spread,
            wander: 0.09,
            soft: 0.02,
            depth: &|at| r * (0.66 + 0.3 * spread) - distance(at, (cx, cy)),
            fade: &whole,
        });
    }
    let size = stage.r * [1.5, 1.2, 1.68, 1.34, 1.6, 1.12, 1.42][brief.position % 7];
    let body = Stencil::of(canvas, motif.body(stage.art, size), 0.012);
    // White paper is left where the figure will be: the brush takes the pool off again.
    let lifted = |at: At| body.depth(at);
    paper.lift(palette.ground, 0.72, &lifted);
    let (first, second) = [(2, 1), (3, 1), (3, 0)][brief.position % 3];
    paper.lay(&Wash {
        pigment: palette.hues[first],
        strength: 0.85,
        wander: 0.003,
        soft: 0.004,
        depth: &lifted,
        fade: &|at, _| (0.25 + 0.85 * ((at.1 - y) / r * 0.5 + 0.5)).clamp(0.1, 1.1),
    });
    paper.lay(&Wash {
        pigment: palette.hues[second],
        strength: 0.75,
        wander: 0.003,
        soft: 0.006,
        depth: &lifted,
        fade: &|at, _| (0.9 - ((at.1 - y) / r * 0.5 + 0.5)).clamp(0.0, 0.9),
    });
    let lines = Stencil::of(canvas, motif.lines(stage.art, size), 0.004);
    paper.lay(&Wash { pigment: palette.hues[4], strength: 0.85, wander: 0.0012, soft: 0.003, depth: &|at| lines.depth(at), fade: &whole });
    splatter(&mut paper, brief, (x, y - r * 0.5), 0.42, 16);
    paper.onto(canvas);
    let (left, top, w, h) = stage.text;
    Room { x: left, y: top, w, h, align: Align::Start }
}

/// A flat wash with nothing done to its pigment.
fn whole(_: At, _: f32) -> f32 {
    1.0
}

/// Sky, light, ranges or water over the whole sheet.
fn landscape(canvas: &mut Canvas, brief: &mut Brief) -> Room {
    let (across, down) = extent(canvas);
    let mut paper = Paper::new(canvas, brief.palette.ground, &mut brief.random);
    let low = if canvas.is_wide() { 0.26 } else { 0.40 };
    let sun = (across * brief.random.between(0.62, 0.84), down * (low + brief.random.between(0.0, 0.12)));
    scene(&mut paper, brief, (across, down), sun, &|_| 1.0);
    splatter(&mut paper, brief, (across * 0.82, down * 0.14), 0.4, 7);
    paper.onto(canvas);
    let w = if canvas.is_wide() { canvas.w * 0.52 } else { canvas.w * 0.84 };
    Room { x: canvas.w * 0.07, y: canvas.h * 0.07, w, h: canvas.h * 0.40, align: Align::Start }
}

/// The card's size in wash coordinates.
fn extent(canvas: &Canvas) -> At {
    let side = canvas.w.min(canvas.h);
    (canvas.w / side, canvas.h / side)
}

/// Sky and land inside `within` (depth of a window; large where there is none).
fn scene(paper: &mut Paper, brief: &mut Brief, (across, down): At, sun: At, within: &dyn Fn(At) -> f32) {
    let palette = brief.palette;
    let own = [Scenery::Mountains, Scenery::Sea, Scenery::Fields, Scenery::Forest];
    let scenery = brief.scenery_or(&own);
    let sun_size = 0.085;
    let off_sun = |at: At| distance(at, sun) - sun_size;
    // The sun is left white in the sky's wash, then glazed.
    paper.lay(&Wash {
        pigment: palette.hues[0],
        strength: 0.75,
        wander: 0.05,
        soft: 0.05,
        depth: &|at| within(at).min(off_sun(at)).min(down * 0.74 - at.1),
        fade: &|at, _| (1.0 - at.1 / (down * 0.8)).clamp(0.08, 1.0),
    });
    paper.lay(&Wash {
        pigment: palette.hues[1],
        strength: 0.75,
        wander: 0.06,
        soft: 0.16,
        depth: &|at| within(at).min(0.42 - distance(at, (sun.0, at.1 + (sun.1 - at.1) * 1.5))),
        fade: &whole,
    });
    paper.lay(&Wash {
        pigment: palette.hues[1],
        strength: 0.8,
        wander: 0.008,
        soft: 0.004,
        depth: &|at| within(at).min(-off_sun(at)),
        fade: &whole,
    });
    let seed = brief.random.next();
    let count = 4;
    for range in 0..count {
        let part = range as f32 / (count - 1) as f32;
        let base = down * (0.60 + 0.24 * part);
        let pigment = [palette.hues[2], palette.hues[2], palette.hues[3], palette.hues[4]][range];
        let own = seed.wrapping_add(range as u64 * 31);
        // Heights are looked up, not computed for every point.
        let samples = 512;
        let heights: Vec<f32> = (0..=samples)
            .map(|i| {
                let x = i as f32 / samples as f32 * across;
                let up = match scenery {
                    Scenery::Mountains | Scenery::Space => 0.30 * (1.0 - part * 0.55) * (1.0 - noise(own, x * 1.7 + 2.0, 3).abs() * 1.5),
                    Scenery::City => 0.26 * (1.0 - part * 0.6) * (0.5 + 0.5 * noise(own, (x * (9.0 - 4.0 * part)).floor() * 5.3, 1)),
                    Scenery::Sea if range > 0 => 0.008 * (x * 14.0 + part * 9.0).sin(),
                    Scenery::Forest => 0.07 * noise(own, x * 1.4, 2) + (0.03 + 0.05 * part) * noise(own ^ 5, x * 16.0, 2),
                    _ => 0.09 * noise(own, x * 1.3, 2),
                };
                base - down * up
            })
            .collect();
        let land = |at: At| at.1 - heights[((at.0 / across * samples as f32) as usize).min(samples)];
        paper.lay(&Wash {
            pigment,
            strength: 0.5 + 0.3 * part,
            wander: if scenery == Scenery::City { 0.008 } else { 0.014 },
            soft: 0.004,
            depth: &|at| within(at).min(land(at)),
            // Each range thins into mist at its foot.
            fade: &|_, depth| 1.12 - (depth / (0.16 + 0.25 * part)).min(0.82),
        });
    }
}

/// Drops flicked from the brush.
fn splatter(paper: &mut Paper, brief: &mut Brief, (x, y): At, spread: f32, count: usize) {
    let palette = brief.palette;
    let drops: Vec<(f32, f32, f32)> = (0..count)
        .map(|_| {
            (
                x + spread * brief.random.between(-1.0, 1.0),
                y + spread * 0.6 * brief.random.between(-1.0, 1.0),
                0.002 + 0.009 * brief.random.unit().powi(3),
            )
        })
        .collect();
    paper.lay(&Wash {
        pigment: palette.hues[3],
        strength: 0.7,
        wander: 0.001,
        soft: 0.003,
        depth: &|at| drops.iter().map(|(dx, dy, r)| r - distance(at, (*dx, *dy))).fold(-1.0, f32::max),
        fade: &whole,
    });
}

/// Pools of colour running into each other.
fn pools(canvas: &mut Canvas, brief: &mut Brief) -> Room {
    let (across, down) = extent(canvas);
    let palette = brief.palette;
    let mut paper = Paper::new(canvas, palette.ground, &mut brief.random);
    let centre = if canvas.is_wide() { (across * 0.74, down * 0.40) } else { (across * 0.52, down * 0.60) };
    let turn = brief.random.between(0.0, 6.0);
    for pool in 0..4 {
        let angle = turn + pool as f32 * 1.7;
        let (x, y) = (centre.0 + 0.22 * angle.cos(), centre.1 + 0.17 * angle.sin());
        let (rx, ry) = (brief.random.between(0.17, 0.30), brief.random.between(0.15, 0.24));
        let pigment = palette.hues[[0, 1, 2, 3][pool]];
        paper.lay(&Wash {
            pigment,
            strength: 0.72,
            wander: 0.075,
            soft: 0.005,
            depth: &|at| (1.0 - distance((at.0 / rx, at.1 / ry), (x / rx, y / ry))) * ry,
            fade: &|at, depth| 0.75 + 0.5 * (1.0 - (depth * 6.0).min(1.0)) * ((at.1 - y) * 4.0 + 0.4).clamp(0.0, 1.0),
        });
    }
    splatter(&mut paper, brief, centre, 0.5, 22);
    paper.onto(canvas);
    if canvas.is_wide() {
        Room { x: canvas.w * 0.07, y: canvas.h * 0.10, w: canvas.w * 0.42, h: canvas.h * 0.60, align: Align::Start }
    } else {
        Room { x: canvas.w * 0.07, y: canvas.h * 0.07, w: canvas.w * 0.84, h: canvas.h * 0.30, align: Align::Start }
    }
}

/// One pass of a wide brush, dry at its end, the title on it.
fn stroke(canvas: &mut Canvas, brief: &mut Brief) -> Room {
    let (across, down) = extent(canvas);
    let u = canvas.u();
    let palette = brief.palette;
    let mut paper = Paper::new(canvas, palette.ground, &mut brief.random);
    let middle = down * 0.42;
    let (seed, bend) = (brief.random.next(), brief.random.between(-0.05, 0.05));
    let half = if canvas.is_wide() { 0.25 } else { 0.30 };
    let bristles: Vec<f32> = (0..256).map(|i| noise(seed, i as f32 * 0.9, 1)).collect();
    for (layer, hue) in [1, 0, 2].into_iter().enumerate() {
        let shift = (layer as f32 - 1.0) * 0.085;
        let depth = |at: At| {
            let along = at.0 / across;
            let aside = at.1 - middle - shift - bend * (along * 5.0).sin();
            let edge = half * (0.74 + 0.16 * (along * 3.0 + layer as f32).sin()) - aside.abs();
            // Bristles lift at the end of the stroke.
            let bristle = bristles[((aside + 1.0) * 90.0) as usize % 256];
            let start = (at.0 - 0.07 - 0.03 * bristle) * 0.8;
            let end = across * (0.93 - 0.03 * layer as f32) - at.0 + 0.13 * bristle;
            edge.min(start).min(end * 0.6)
        };
        paper.lay(&Wash {
            pigment: palette.hues[hue],
            strength: 0.52,
            wander: 0.02,
            soft: 0.005,
            depth: &depth,
            fade: &|at, _| 1.1 - 0.5 * at.0 / across,
        });
    }
    splatter(&mut paper, brief, (across * 0.86, middle), 0.34, 20);
    paper.onto(canvas);
    Room {
        x: 16.0 * u,
        y: canvas.h * 0.42 - half * 0.85 * canvas.w.min(canvas.h),
        w: canvas.w - 32.0 * u,
        h: half * 1.7 * canvas.w.min(canvas.h),
        align: Align::Centre,
    }
}

/// A landscape seen through a round of wet paper.
fn round(canvas: &mut Canvas, brief: &mut Brief) -> Room {
    let (across, down) = extent(canvas);
    let mut paper = Paper::new(canvas, brief.palette.ground, &mut brief.random);
    let (centre, r) =
        if canvas.is_wide() { ((across - 0.56, down * 0.42), 0.37) } else { ((across * 0.5, down * 0.58), (down * 0.2).min(0.42)) };
    let within = |at: At| r - distance(at, centre);
    let sun = (centre.0 + r * brief.random.between(-0.4, 0.4), centre.1 - r * 0.35);
    // The scene's horizon comes to the circle's middle.
    scene(&mut paper, brief, (across, (centre.1 + r * 0.12) / 0.62), sun, &within);
    splatter(&mut paper, brief, (centre.0 + r * 0.8, centre.1 - r * 0.9), 0.26, 14);
    paper.onto(canvas);
    if canvas.is_wide() {
        Room { x: canvas.w * 0.07, y: canvas.h * 0.12, w: canvas.w * 0.40, h: canvas.h * 0.58, align: Align::Start }
    } else {
        Room { x: canvas.w * 0.07, y: canvas.h * 0.07, w: canvas.w * 0.84, h: canvas.h * 0.28, align: Align::Centre }
    }
}
