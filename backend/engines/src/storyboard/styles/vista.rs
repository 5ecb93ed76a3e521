//! Vista: a wide sky over ranges that fade into haze, one sun or moon; the light moves on through the film.

use super::kit::*;

pub(super) const STYLE: Style = Style {
    info: StyleInfo { id: "vista", name: "Vista", description: "Wide cinematic skies over ranges fading into haze." },
    keywords: &[
        "vista",
        "cinematic",
        "film still",
        "photo",
        "photograph",
        "photographic",
        "photorealistic",
        "realistic",
        "photography",
        "documentary",
        "epic",
        "landscape",
        "atmospheric",
        "misty",
        "haze",
        "foggy",
        "serene",
        "majestic",
        "national geographic",
        "concept art",
        "matte painting",
        "3d render",
        "cinematográfico",
        "cinématographique",
        "filmisch",
        "电影",
        "写实",
        "风景",
        "سينمائي",
        "واقعي",
        "सिनेमाई",
    ],
    // Ground is the upper sky; hues: sky at the horizon, light, far land, near land, glow.
    palettes: &[
        Palette::new(&["dawn", "morning", "soft", "hope"], 0x55_809F, 0xFF_FFFF, [0xFB_D9B8, 0xFF_F3D6, 0xA9_A9BE, 0x1F_2B44, 0xFF_C38A]),
        Palette::new(
            &["sunset", "warm", "golden hour", "autumn", "epic"],
            0x4B_4A7A,
            0xFF_F4E0,
            [0xFF_A765, 0xFF_E9B5, 0xB0_6675, 0x24_1733, 0xFF_8552],
        ),
        Palette::new(
            &["cool", "winter", "mist", "calm", "documentary"],
            0x52_7A94,
            0xF8_FCFC,
            [0xD8_E6E3, 0xFF_FBEF, 0x8F_A9B4, 0x14_2A38, 0xEA_F2E6],
        ),
        Palette::new(
            &["night", "dark", "moonlight", "mystery"],
            0x0B_1430,
            0xF2_F5FF,
            [0x3E_5C8E, 0xF4_F0DA, 0x33_4A78, 0x05_0915, 0x8F_A8DA],
        ),
        Palette::new(
            &["green", "nature", "forest", "summer"],
            0x4E_8C93,
            0xFB_FFF3,
            [0xE3_EBBE, 0xFF_F9DC, 0x7F_AE98, 0x10_2C2A, 0xF5_E39A],
        ),
    ],
    paint,
};

fn paint(canvas: &mut Canvas, brief: &mut Brief) {
    let (w, h) = (canvas.w, canvas.h);
    let palette = brief.palette;
    let own = [Scenery::Mountains, Scenery::Fields, Scenery::Sea, Scenery::Forest, Scenery::Desert];
    let scenery = brief.scenery_or(&own);
    // Over the film the sky deepens by a third towards its night.
    let dusk = palette.hues[3].mix(palette.ground, 0.35);
    let upper = palette.ground.mix(dusk, 0.5 * brief.progress);
    // White letters stand on it.
    let upper = upper.at_lightness(upper.lightness().min(0.56));
    let lower = palette.hues[0].mix(palette.hues[4], 0.45 * brief.progress);
    // Steps of the golden ratio: neighbours lie far apart, and no two cards of a film have the same horizon and sun.
    let step = |offset: f32| (offset + brief.position as f32 * 0.618_034).fract();
    let horizon = h * (0.60 + 0.11 * step(0.3));
    let across = 0.16 + 0.68 * step(0.05);
    canvas.sky(&[(0.0, upper), (horizon * 0.5, upper.mix(lower, 0.36)), (horizon, lower)]);
    let sun = (w * across, horizon - h * brief.random.between(0.01, 0.09));
    let set = set_title(canvas, brief);
    let free = title_top(canvas) + 6.0 * canvas.u() + set.as_ref().map_or(0.0, Lettering::height);
    if upper.lightness() < 0.45 || scenery == Scenery::Space {
        stars(canvas, brief);
    }
    let reach = w.max(h) * 0.55;
    canvas.fill(
        circle(sun.0, sun.1, reach),
        Ink::radial(sun, reach, &[(0.0, palette.hues[4], 0.85), (0.25, palette.hues[4], 0.42), (1.0, palette.hues[4], 0.0)]),
    );
    let r = w.min(h) * brief.random.between(0.05, 0.10);
    canvas.fill(circle(sun.0, sun.1, r), Ink::flat(palette.hues[1]));
    clouds(canvas, brief, palette.hues[1], horizon);
    if scenery == Scenery::Sea && brief.figure().is_none() {
        water(canvas, brief, sun, horizon, lower);
    } else {
        ranges(canvas, brief, scenery, sun, (horizon, free), lower);
    }
    if brief.random.chance(0.4) {
        birds(canvas, brief, sun);
    }
    title(canvas, brief, set.as_ref(), upper);
    finish(canvas, &mut brief.random, 5, 0.30);
}

fn title_top(canvas: &Canvas) -> f32 {
    canvas.h * if canvas.is_tall() { 0.11 } else { 0.10 }
}

fn set_title(canvas: &Canvas, brief: &Brief) -> Option<Lettering> {
    brief.set_title(&Spec {
        face: Face::Serif,
        caps: false,
        tracking: 0.0,
        align: Align::Centre,
        width: canvas.w * 0.80,
        height: canvas.h * 0.27,
        size: 14.0 * canvas.u(),
        max_lines: 4,
    })
}

fn title(canvas: &mut Canvas, brief: &Brief, set: Option<&Lettering>, sky: Rgb) {
    let (w, u) = (canvas.w, canvas.u());
    let palette = brief.palette;
    let ink = if sky.lightness() > 0.8 { palette.hues[3] } else { palette.ink };
    let (measure, top) = (w * 0.80, title_top(canvas));
    let number = brief.set_number(Face::Plain, 3.0 * u, Align::Centre, measure);
    write(canvas, number.as_ref(), w * 0.10, top, ink);
    // A shade behind the letters: pale skies would swallow them.
    if let Some(set) = set {
        let (_, _, wide, tall) = set.ink_at(w * 0.10, 0.0);
        let centre = (w / 2.0, top + 6.0 * u + tall / 2.0);
        let shade = if ink.lightness() > 0.5 { (palette.hues[3], 0.20) } else { (Rgb::WHITE, 0.3) };
        let r = (wide * 0.62).max(20.0 * u);
        canvas.fill(ellipse(centre.0, centre.1, r, r), Ink::radial(centre, r, &[(0.0, shade.0, shade.1), (1.0, shade.0, 0.0)]));
    }
    write(canvas, set, w * 0.10, top + 6.0 * u, ink);
}

fn stars(canvas: &mut Canvas, brief: &mut Brief) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    for _ in 0..160 {
        let (x, y) = (w * brief.random.unit(), h * 0.6 * brief.random.unit());
        let fade = 1.0 - y / (h * 0.62);
        canvas.fill(circle(x, y, u * brief.random.between(0.06, 0.2)), Ink::veil(Rgb::WHITE, fade * brief.random.between(0.3, 0.95)));
    }
}

/// Long thin clouds, denser towards the horizon.
fn clouds(canvas: &mut Canvas, brief: &mut Brief, light: Rgb, horizon: f32) {
    let (w, h) = (canvas.w, canvas.h);
    for _ in 0..7 {
        let low = brief.random.unit();
        let (x, y) = (w * brief.random.unit(), horizon * (0.35 + 0.6 * low));
        let (long, thick) = (w * brief.random.between(0.10, 0.26), h * brief.random.between(0.004, 0.010));
        for puff in 0..3 {
            let part = puff as f32 - 1.0;
            canvas.fill(ellipse(x + long * 0.5 * part, y + thick * part, long * (0.7 - 0.2 * part.abs()), thick), Ink::veil(light, 0.13));
        }
    }
}

/// Ranges from the far and pale to the near and dark, haze in the valleys.
fn ranges(canvas: &mut Canvas, brief: &mut Brief, scenery: Scenery, sun: Dot, (horizon, free): (f32, f32), haze: Rgb) {
    let (w, h) = (canvas.w, canvas.h);
    let palette = brief.palette;
    let seed = brief.random.next();
    let count = 6;
    // Something to measure the land by, on some cards.
    let landmark = brief.random.below(2 * count);
    let figure = brief.figure();
    let stands_on = 1 + brief.random.below(2);
    for range in 0..count {
        let part = range as f32 / (count - 1) as f32;
        let base = horizon + (h * 0.96 - horizon) * part.powf(1.3);
        let tall = h * match scenery {
            Scenery::Mountains | Scenery::Space => 0.30 - 0.16 * part,
            Scenery::City => 0.24 - 0.1 * part,
            Scenery::Desert => 0.10,
            _ => 0.15 - 0.02 * part,
        };
        let colour = palette.hues[2].mix(haze, 0.55 * (1.0 - part)).mix(palette.hues[3], part.powf(0.8));
        let own = seed.wrapping_add(range as u64 * 77);
        let line = match scenery {
            Scenery::City if range > 0 => blocks(brief, w, base, tall * 1.15, 34.0 - part * 18.0),
            Scenery::Desert => ridge(own, w, base, tall, 1.8, 1),
            Scenery::Mountains | Scenery::Space => ridge(own, w, base, tall, 3.4 - part, 5),
            _ => ridge(own, w, base, tall, 2.6, 3),
        };
        let top = line.iter().map(|dot| dot.1).fold(f32::INFINITY, f32::min);
        if scenery == Scenery::Forest && range >= 2 {
            firs(canvas, brief, &line, h * (0.03 + 0.06 * part), colour);
        }
        if range == stands_on
            && let Some(motif) = &figure
        {
            standing(canvas, motif, &line, sun, free, colour.mix(palette.hues[3], 0.75));
        }
        if figure.is_none() && range == landmark && !matches!(scenery, Scenery::City | Scenery::Forest) {
            lone_tree(canvas, brief, &line, colour);
        }
        let valley = colour.mix(haze, 0.5 * (1.0 - part));
        canvas.fill(land(line, h * 1.02), Ink::linear((0.0, top), (0.0, top + h * 0.3), &[(0.0, colour, 1.0), (1.0, valley, 1.0)]));
    }
}

/// The figure on a crest against the light, as large as it needs to be to be known from afar.
fn standing(canvas: &mut Canvas, motif: &Motif, line: &[Dot], sun: Dot, free: f32, colour: Rgb) {
    let (w, h) = (canvas.w, canvas.h);
    let x = sun.0.clamp(w * 0.16, w * 0.84);
    let Some((_, crest)) = line.iter().copied().min_by(|a, b| (a.0 - x).abs().total_cmp(&(b.0 - x).abs())) else { return };
    // Below the title.
    let tall = (crest - free - h * 0.03).min(h * 0.27).max(h * 0.1);
    let size = (tall / motif.extent().1.max(0.2)).min(w * 0.34);
    let at = (x, crest + size * 0.03 - motif.extent().1 * size / 2.0);
    canvas.fill(motif.body(at, size), Ink::flat(colour));
    // Lit along its edge, and its lines just to be made out.
    let rim = canvas.shade(motif.body(at, size), (0.0, size * 0.022));
    canvas.fill_in(motif.body(at, size), Ink::veil(Rgb::WHITE, 0.45), rim.as_ref());
    canvas.fill(motif.lines(at, size), Ink::veil(Rgb::BLACK, 0.35));
}

/// A bare-stemmed tree on a crest, to one side.
fn lone_tree(canvas: &mut Canvas, brief: &mut Brief, line: &[Dot], colour: Rgb) {
    let at = if brief.random.chance(0.5) { brief.random.between(0.14, 0.32) } else { brief.random.between(0.68, 0.86) };
    let Some((x, y)) = line.get((at * line.len() as f32) as usize).copied() else { return };
    let size = canvas.u() * brief.random.between(5.0, 9.0);
    canvas.fill(
        polygon(&[
            (x - size * 0.04, y - size * 0.7),
            (x + size * 0.04, y - size * 0.7),
            (x + size * 0.09, y + size * 0.2),
            (x - size * 0.09, y + size * 0.2),
        ]),
        Ink::flat(colour),
    );
    for _ in 0..16 {
        let (dx, dy) = (brief.random.between(-0.34, 0.34), brief.random.between(-1.05, -0.55));
        canvas.fill(circle(x + size * dx, y + size * dy, size * brief.random.between(0.12, 0.2)), Ink::flat(colour));
    }
}

fn blocks(brief: &mut Brief, w: f32, base: f32, tall: f32, count: f32) -> Vec<Dot> {
    let mut line = Vec::new();
    let mut x = -w * 0.02;
    while x < w * 1.02 {
        let wide = w / count * brief.random.between(0.25, 0.8);
        let top = base - tall * brief.random.unit().powi(2);
        line.extend([(x, top), (x + wide, top)]);
        x += wide;
    }
    line
}

fn firs(canvas: &mut Canvas, brief: &mut Brief, line: &[Dot], tall: f32, colour: Rgb) {
    let mut path = PathBuilder::new();
    for dot in line {
        let size = tall * brief.random.between(0.35, 1.0);
        let x = dot.0 + tall * brief.random.between(-0.2, 0.2);
        path.move_to(x, dot.1 - size);
        path.line_to(x + size * 0.2, dot.1 + tall * 0.3);
        path.line_to(x - size * 0.2, dot.1 + tall * 0.3);
        path.close();
    }
    canvas.fill(path.finish(), Ink::flat(colour));
}

/// A calm sea with the light's path, and a far coast.
fn water(canvas: &mut Canvas, brief: &mut Brief, sun: Dot, top: f32, haze: Rgb) {
    let (w, h) = (canvas.w, canvas.h);
    let palette = brief.palette;
    let coast = ridge(brief.random.next(), w, top + h * 0.03, h * 0.10, 2.4, 4);
    canvas.fill(land(coast, top + 1.0), Ink::flat(palette.hues[2].mix(haze, 0.45)));
    canvas.fill(
        rect(0.0, top, w, h - top),
        Ink::linear(
            (0.0, top),
            (0.0, h),
            &[
                (0.0, haze.mix(palette.hues[2], 0.35), 1.0),
                (0.35, palette.hues[2].mix(palette.hues[3], 0.35), 1.0),
                (1.0, palette.hues[3], 1.0),
            ],
        ),
    );
    for glint in 0..60 {
        let part = glint as f32 / 60.0;
        let y = top + (h * 0.26) * part * part + h * 0.004;
        let spread = w * (0.02 + 0.09 * part);
        let x = sun.0 + brief.random.between(-1.0, 1.0) * spread;
        let long = w * brief.random.between(0.006, 0.03) * (0.4 + part);
        canvas.fill(ellipse(x, y, long, h * 0.0016 * (0.6 + part)), Ink::veil(palette.hues[1], 0.75 * (1.0 - part)));
    }
}

fn birds(canvas: &mut Canvas, brief: &mut Brief, sun: Dot) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let centre = (sun.0 + w * 0.16 * brief.random.sign(), h * 0.53);
    for _ in 0..5 + brief.random.below(4) {
        let (x, y) = (centre.0 + w * brief.random.between(-0.07, 0.07), centre.1 + h * brief.random.between(-0.05, 0.04));
        let size = u * brief.random.between(0.7, 1.5);
        let wings = build(|path| {
            path.move_to(x - size, y - size * 0.35);
            path.quad_to(x - size * 0.4, y - size * 0.5, x, y);
            path.quad_to(x + size * 0.4, y - size * 0.5, x + size, y - size * 0.35);
        });
        canvas.stroke(wings, 0.2 * u, Ink::veil(brief.palette.hues[3], 0.8));
    }
}
