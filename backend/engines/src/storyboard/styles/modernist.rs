//! Modernist: flat colour, few large geometric forms on a grid, bold grotesque set flush. After the posters of the
//! Swiss school and the Bauhaus.

use std::f32::consts::{FRAC_PI_2, PI};

use super::kit::*;

pub(super) const STYLE: Style = Style {
    info: StyleInfo { id: "modernist", name: "Modernist", description: "Flat geometric forms on a grid with bold sans type." },
    keywords: &[
        "modernist",
        "minimal",
        "minimalist",
        "minimalistic",
        "modern",
        "clean",
        "flat",
        "flat design",
        "geometric",
        "bauhaus",
        "swiss",
        "abstract",
        "vector",
        "corporate",
        "infographic",
        "simple",
        "typographic",
        "graphic design",
        "geométrico",
        "minimalista",
        "géométrique",
        "geometrisch",
        "极简",
        "几何",
        "简约",
        "بسيط",
        "न्यूनतम",
    ],
    palettes: &[
        Palette::new(&["classic", "bold", "primary"], 0xF1_EADB, 0x1B_1B1E, [0xD9_4A32, 0x1F_4E8C, 0xF0_B52E, 0x1B_1B1E, 0xE7_A79A]),
        Palette::new(&["warm", "earth", "autumn"], 0xF5_E9D7, 0x2E_1A16, [0xC9_5B33, 0x7C_2E2B, 0xE7_A94B, 0x39_5B50, 0xE9_CBA7]),
        Palette::new(
            &["cool", "calm", "fresh", "technology"],
            0xEC_F0EA,
            0x10_2430,
            [0x1E_6F78, 0x17_3B57, 0xF0_7F5A, 0x8F_C1B5, 0xF3_C9A4],
        ),
        Palette::new(
            &["playful", "pastel", "candy", "cheerful"],
            0xFD_F1E7,
            0x2A_2145,
            [0xF0_6F7E, 0x4C_4A9E, 0xF8_C255, 0x55_B5A6, 0xF4_B9C6],
        ),
        Palette::new(&["night", "neon", "tech"], 0x17_1A2B, 0xF4_EFE4, [0xF2_5C54, 0x3D_5A9E, 0xF7_B267, 0x6F_C1B1, 0x2B_3157]),
    ],
    paint,
};

/// A box: left, top, width, height.
type Room = (f32, f32, f32, f32);

fn paint(canvas: &mut Canvas, brief: &mut Brief) {
    let palette = brief.palette;
    let grounds = [palette.ground, palette.hues[1], palette.ground, palette.hues[0], palette.hues[3], palette.ground, palette.hues[2]];
    let ground = grounds[(brief.position + (brief.family % 7) as usize) % grounds.len()];
    canvas.clear(ground);
    let ink = ground.readable(palette.ink, palette.ground);
    let mut colours: Vec<Rgb> = palette.hues.iter().chain([&palette.ground]).copied().filter(|c| c.distance(ground) > 0.12).collect();
    brief.random.shuffle(&mut colours);
    let (art, text) = split(canvas, brief);
    if let Some(motif) = brief.figure() {
        figures(canvas, brief, &motif, art, &colours);
        title(canvas, brief, text, ink);
        finish(canvas, &mut brief.random, 3, 0.0);
        return;
    }
    match brief.variant(5) {
        0 => tiles(canvas, brief, art, &colours),
        1 => discs(canvas, brief, art, &colours),
        2 => arches(canvas, brief, art, &colours),
        3 => steps(canvas, brief, art, &colours),
        _ => numeral(canvas, brief, art, &colours),
    }
    title(canvas, brief, text, ink);
    finish(canvas, &mut brief.random, 3, 0.0);
}

/// Titles of more characters than this need three lines or more on a square card.
const LONG_TITLE: usize = 32;

/// The picture's and the title's parts of the card: side by side, or one below the other.
fn split(canvas: &Canvas, brief: &Brief) -> (Room, Room) {
    let (w, h, u) = (canvas.w, canvas.h, canvas.u());
    let floor = h * QUIET;
    if canvas.is_wide() {
        let tile = floor / 3.0;
        let left = w - tile * ((w * 0.56) / tile).floor();
        ((left, 0.0, w - left, floor), (w * 0.07, h * 0.10, left - w * 0.11, floor - h * 0.12))
    } else {
        // Two rows of tiles: the squarer the card and the longer its title, the smaller they are.
        let columns = match h / w {
            tall if tall > 1.5 => 3.0,
            tall if tall > 1.2 => 4.0,
            _ if brief.title.chars().count() > LONG_TITLE => 6.0,
            _ => 5.0,
        };
        let tile = w / columns;
        let top = floor - tile * 2.0;
        ((0.0, top, w, floor - top), (w * 0.08, h * 0.08, w * 0.84, top - h * 0.08 - 4.0 * u))
    }
}

fn title(canvas: &mut Canvas, brief: &Brief, (x, y, w, h): Room, ink: Rgb) {
    if brief.is_wordless() {
        return;
    }
    let u = canvas.u();
    let size = if canvas.is_wide() { 16.0 } else { 14.0 } * u;
    let number = brief.set_number(Face::Sans, 3.2 * u, Align::Start, w);
    write(canvas, number.as_ref(), x, y, ink);
    canvas.fill(rect(x, y + 4.2 * u, 7.0 * u, 0.55 * u), Ink::flat(ink));
    let spec =
        Spec { face: Face::Sans, caps: false, tracking: -0.025, align: Align::Start, width: w, height: h - 8.0 * u, size, max_lines: 6 };
    let set = brief.set_title(&spec);
    write(canvas, set.as_ref(), x, y + 8.0 * u, ink);
}

/// The figure as a flat form among forms.
fn figures(canvas: &mut Canvas, brief: &mut Brief, motif: &Motif, room: Room, colours: &[Rgb]) {
    let (x, y, w, h) = room;
    let [a, b, c] = [0, 1, 2].map(|i| colours[i % colours.len().max(1)]);
    let d = colours.get(3).copied().unwrap_or(a);
    let apart = |from: Rgb| colours.iter().copied().find(|colour| colour.distance(from) > 0.25).unwrap_or(Rgb::WHITE);
    let middle = (x + w * 0.5, y + h * 0.52);
    let size = w.min(h) * 0.86;
    match brief.variant(6) {
        // Four panels, each with its own pair of colours.
        0 => {
            for panel in 0..4usize {
                let (column, row) = ((panel % 2) as f32, (panel / 2) as f32);
                let back = [a, b, c, d][panel];
                let front = [b, a, apart(c), apart(d)][panel];
                let front = if front.distance(back) > 0.2 { front } else { apart(back) };
                canvas.fill(rect(x + column * w / 2.0, y + row * h / 2.0, w / 2.0 + 0.5, h / 2.0 + 0.5), Ink::flat(back));
                let at = (x + w * (0.25 + 0.5 * column), y + h * (0.25 + 0.5 * row));
                flat(canvas, motif, at, (w / 2.0).min(h / 2.0) * 0.76, front, back);
            }
        }
        // Before a disc, of which a quarter is another colour.
        1 => {
            let r = w.min(h) * 0.47;
            let turn = FRAC_PI_2 * brief.random.below(4) as f32;
            canvas.fill(circle(middle.0, middle.1, r), Ink::flat(a));
            canvas.fill(sector(middle.0, middle.1, r, turn, turn + FRAC_PI_2), Ink::flat(c));
            flat(canvas, motif, middle, r * 1.36, apart(a), a);
        }
        // In a room of colour, larger than the room.
        2 => {
            canvas.fill(rect(x, y, w + 1.0, h), Ink::flat(a));
            let mask = canvas.mask(rect(x, y, w + 1.0, h));
            let at = (x + w * 0.56, y + h * 0.62);
            // In a low room it would be a detail that nobody knows.
            let big = (w.max(h) * 1.12).min(w.min(h) * 1.5);
            let front = apart(a);
            canvas.fill_in(motif.body(at, big), Ink::flat(front), mask.as_ref());
            canvas.fill_in(motif.lines(at, big), Ink::flat(a), mask.as_ref());
        }
        // Under an arch.
        3 => {
            quay(canvas, colours);
            let r = (w * 0.42).min(h * 0.5);
            for ring in 0..3 {
                let radius = r * (1.0 - 0.13 * ring as f32);
                let colour = [a, b, c][ring];
                canvas.fill(sector(middle.0, y + h - (h - r).max(0.0) * 0.8, radius, PI, PI * 2.0), Ink::flat(colour));
                canvas.fill(
                    rect(middle.0 - radius, y + h - (h - r).max(0.0) * 0.8 - 0.5, radius * 2.0, (h - r).max(0.0) * 0.8 + 0.5),
                    Ink::flat(colour),
                );
            }
            let figure = r * 1.18;
            flat(canvas, motif, (middle.0, y + h - motif.extent().1 * figure / 2.0), figure, apart(c), c);
        }
        // On a column among columns.
        4 => {
            quay(canvas, colours);
            let wide = w / 5.0;
            let bears = 1 + brief.random.below(3);
            for column in 0..5usize {
                let tall = if column == bears {
                    h * 0.30
                } else {
                    h * brief.random.between(0.12, 0.26) + h * 0.3 * (column as f32 - bears as f32).abs() / 4.0
                };
                let colour = colours[column % colours.len().max(1)];
                canvas.fill(rect(x + wide * column as f32, y + h - tall, wide + 0.5, tall), Ink::flat(colour));
            }
            let figure = (h * 0.58).min(w * 0.62);
            let at = (x + wide * (bears as f32 + 0.5), y + h * 0.70 - motif.extent().1 * figure / 2.0);
            let at = (at.0.clamp(x + figure * 0.5, x + w - figure * 0.5), at.1);
            flat(canvas, motif, at, figure, a, brief.palette.ground.mix(a, 0.1));
        }
        // Halved: this half in one colour, that half in another, the ground changing places with it.
        _ => {
            let half = rect(x, y, w / 2.0, h);
            canvas.fill(rect(x, y, w + 1.0, h), Ink::flat(a));
            canvas.fill(half.clone(), Ink::flat(apart(a)));
            let mask = canvas.mask(half);
            flat(canvas, motif, middle, size, apart(a), a);
            canvas.fill_in(motif.body(middle, size), Ink::flat(a), mask.as_ref());
            canvas.fill_in(motif.lines(middle, size), Ink::flat(apart(a)), mask.as_ref());
        }
    }
}

/// A silhouette in one colour with its lines cut through to the other.
fn flat(canvas: &mut Canvas, motif: &Motif, at: Dot, size: f32, front: Rgb, back: Rgb) {
    canvas.fill(motif.body(at, size), Ink::flat(front));
    canvas.fill(motif.lines(at, size * 0.985), Ink::flat(back));
    canvas.stroke(motif.body(at, size), size * 0.02, Ink::flat(front));
}

/// A quilt of quarter discs, half discs, stripes and triangles.
fn tiles(canvas: &mut Canvas, brief: &mut Brief, (x, y, w, h): Room, colours: &[Rgb]) {
    let size = if canvas.is_wide() { h / 3.0 } else { h / 2.0 };
    let (columns, rows) = ((w / size).round().max(1.0) as usize, (h / size).round().max(1.0) as usize);
    for row in 0..rows {
        for column in 0..columns {
            let at = (x + column as f32 * size, y + row as f32 * size);
            let back = brief.random.pick(colours).unwrap_or(Rgb::WHITE);
            let others: Vec<Rgb> = colours.iter().copied().filter(|c| c.distance(back) > 0.15).collect();
            let front = brief.random.pick(&others).unwrap_or(Rgb::BLACK);
            let second = brief.random.pick(&others).unwrap_or(front);
            canvas.fill(rect(at.0, at.1, size + 0.5, size + 0.5), Ink::flat(back));
            tile(canvas, brief, at, size, front, second);
        }
    }
}

fn tile(canvas: &mut Canvas, brief: &mut Brief, (x, y): (f32, f32), size: f32, front: Rgb, second: Rgb) {
    let (right, bottom) = (x + size, y + size);
    let corners = [(x, y), (right, y), (right, bottom), (x, bottom)];
    let turn = brief.random.below(4);
    let corner = corners[turn];
    // The angle that looks into the tile from each corner.
    let open = [0.0, FRAC_PI_2, PI, PI + FRAC_PI_2][turn];
    match brief.random.below(7) {
        0 => canvas.fill(sector(corner.0, corner.1, size, open, open + FRAC_PI_2), Ink::flat(front)),
        1 => {
            canvas.fill(sector(corner.0, corner.1, size, open, open + FRAC_PI_2), Ink::flat(front));
            canvas.fill(sector(corner.0, corner.1, size * 0.5, open, open + FRAC_PI_2), Ink::flat(second));
        }
        2 => canvas.fill(circle(x + size / 2.0, y + size / 2.0, size * 0.34), Ink::flat(front)),
        3 => {
            let from = if turn.is_multiple_of(2) { 0.0 } else { PI };
            canvas.fill(sector(x + size / 2.0, y + size / 2.0, size / 2.0, from, from + PI), Ink::flat(front));
        }
        4 => canvas.fill(polygon(&[corner, corners[(turn + 1) % 4], corners[(turn + 2) % 4]]), Ink::flat(front)),
        5 => {
            let thick = size / 8.0;
            for stripe in 0..4 {
                let at = stripe as f32 * 2.0 * thick;
                let bar = if turn.is_multiple_of(2) { rect(x, y + at, size, thick) } else { rect(x + at, y, thick, size) };
                canvas.fill(bar, Ink::flat(front));
            }
        }
        _ => {
            for ring in 0..3 {
                let outer = size * (1.0 - ring as f32 / 3.0);
                canvas.fill(band(corner.0, corner.1, (outer - size / 6.0, outer), open, open + FRAC_PI_2), Ink::flat(front));
            }
        }
    }
}

/// One great disc, a smaller, and a bar across.
fn discs(canvas: &mut Canvas, brief: &mut Brief, (x, y, w, h): Room, colours: &[Rgb]) {
    let [a, b, c] = [0, 1, 2].map(|i| colours[i % colours.len().max(1)]);
    let r = w.min(h * 1.1) * 0.5;
    let centre = (x + w - r * 0.86, y + h * 0.48);
    let turn = brief.random.between(0.0, PI * 2.0);
    canvas.fill(circle(centre.0, centre.1, r), Ink::flat(a));
    canvas.fill(sector(centre.0, centre.1, r, turn, turn + PI), Ink::flat(b));
    for ring in 0..5 {
        let outer = r * (0.92 - 0.14 * ring as f32);
        canvas.fill(band(centre.0, centre.1, (outer - r * 0.05, outer), turn + PI, turn + PI * 1.5), Ink::flat(c));
    }
    let small = r * 0.3;
    let aside = turn + PI * 0.5;
    canvas.fill(circle(centre.0 + r * 0.5 * aside.cos(), centre.1 + r * 0.5 * aside.sin(), small), Ink::flat(c));
    let orbit = turn + PI * 1.25;
    canvas.fill(circle(centre.0 + r * 1.12 * orbit.cos(), centre.1 + r * 1.12 * orbit.sin(), r * 0.1), Ink::flat(b));
}

/// A plain floor under forms that stand: the captions' ground.
fn quay(canvas: &mut Canvas, colours: &[Rgb]) {
    let floor = canvas.h * QUIET;
    let darkest = colours.iter().copied().min_by(|a, b| a.lightness().total_cmp(&b.lightness())).unwrap_or(Rgb::BLACK);
    canvas.fill(rect(0.0, floor - 0.5, canvas.w, canvas.h), Ink::flat(darkest));
}

/// Nested arches standing on the quiet band.
fn arches(canvas: &mut Canvas, brief: &mut Brief, (x, y, w, h): Room, colours: &[Rgb]) {
    let floor = y + h;
    quay(canvas, colours);
    let count = if canvas.is_wide() { 2 } else { 2 + brief.random.below(2) };
    let r = w / count as f32 / 2.0;
    for arch in 0..count {
        let centre = x + r + arch as f32 * 2.0 * r;
        let lift = (h - r).max(0.0) * brief.random.between(0.35, 0.95);
        let rings = 4 + brief.random.below(2);
        for ring in 0..rings {
            let part = 1.0 - ring as f32 / rings as f32;
            let colour = colours[(arch * 2 + ring) % colours.len().max(1)];
            let radius = r * part;
            canvas.fill(sector(centre, floor - lift, radius, PI, PI * 2.0), Ink::flat(colour));
            canvas.fill(rect(centre - radius, floor - lift - 0.5, radius * 2.0, lift + 0.5), Ink::flat(colour));
        }
    }
}

/// Columns that climb, with a disc resting on one.
fn steps(canvas: &mut Canvas, brief: &mut Brief, (x, y, w, h): Room, colours: &[Rgb]) {
    quay(canvas, colours);
    let count = 6;
    let wide = w / count as f32;
    let falling = brief.random.chance(0.3);
    let rest = 1 + brief.random.below(3);
    for column in 0..count {
        let part = (column + 1) as f32 / count as f32;
        let part = if falling { 1.12 - part } else { part };
        let tall = h * (0.12 + 0.8 * part);
        let left = x + column as f32 * wide;
        let colour = colours[column % colours.len().max(1)];
        canvas.fill(rect(left, y + h - tall, wide + 0.5, tall), Ink::flat(colour));
        if column % 2 == 1 {
            let cut = colours[(column + 2) % colours.len().max(1)];
            canvas.fill(sector(left, y + h, wide, -FRAC_PI_2, 0.0), Ink::flat(cut));
        }
        if column == rest {
            let ball = colours[(column + 3) % colours.len().max(1)];
            canvas.fill(circle(left + wide / 2.0, y + h - tall - wide * 0.5, wide * 0.5), Ink::flat(ball));
        }
    }
}

/// The scene's number as the picture, cut by discs.
fn numeral(canvas: &mut Canvas, brief: &mut Brief, (x, y, w, h): Room, colours: &[Rgb]) {
    let [a, b, c] = [0, 1, 2].map(|i| colours[i % colours.len().max(1)]);
    let r = h.min(w) * 0.44;
    let (disc_x, disc_y) = (x + r + (w - 2.0 * r).max(0.0) * brief.random.unit(), y + h * 0.53);
    canvas.fill(circle(disc_x, disc_y, r), Ink::flat(a));
    canvas.fill(sector(disc_x, disc_y, r, FRAC_PI_2, FRAC_PI_2 + PI), Ink::flat(b));
    let size = h * 1.1;
    let spec =
        Spec { face: Face::Sans, caps: false, tracking: -0.05, align: Align::Centre, width: w * 0.80, height: h, size, max_lines: 1 };
    if let Some(set) = Lettering::set(&brief.number, brief.rtl, &spec) {
        let top = y + (h - set.height()) / 2.0;
        write(canvas, Some(&set), x + w * 0.09, top, c);
    }
}
