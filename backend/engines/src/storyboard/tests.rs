//! What a card promises: the same bytes for the same words, another picture for another scene, every script set.

use std::collections::HashSet;

use super::*;

const STYLES: usize = 12;

fn card<'a>(title: &'a str, style: &'a str, language: &'a str) -> Card<'a> {
    Card {
        title,
        narration: "Four score and seven years ago",
        visual_prompt: "",
        style_prompt: style,
        leave_out: "",
        colours: &[],
        style: None,
        language,
        position: 0,
        scene_count: 6,
        width: 320,
        height: 180,
        seed: 1,
    }
}

fn pixels(png: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = ::png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut data).unwrap();
    (info.width, info.height, data)
}

/// How much of two pictures differs clearly: beyond grain, whose specks differ by 18 at most.
fn difference(a: &[u8], b: &[u8]) -> f32 {
    let (a, b) = (pixels(a).2, pixels(b).2);
    a.iter().zip(&b).filter(|(a, b)| a.abs_diff(**b) > 24).count() as f32 / a.len() as f32
}

#[test]
fn the_same_card_gives_the_same_bytes_in_every_style() {
    assert_eq!(styles().len(), STYLES);
    for style in styles() {
        let card = card("A new birth of freedom", style.id, "en");
        let first = draw(&card).unwrap();
        assert_eq!(first, draw(&card).unwrap(), "{}", style.id);
        let (width, height, data) = pixels(&first);
        assert_eq!((width, height), (320, 180));
        assert!(data.iter().collect::<HashSet<_>>().len() > 20, "{} is blank", style.id);
    }
}

#[test]
fn scenes_of_a_film_differ_and_so_do_seeds() {
    for style in styles() {
        let base = card("Untitled", style.id, "en");
        let film: Vec<_> = (0..6).map(|position| draw(&Card { position, ..base }).unwrap()).collect();
        for (i, a) in film.iter().enumerate() {
            for b in &film[i + 1..] {
                assert!(difference(a, b) > 0.01, "{}: {}", style.id, difference(a, b));
            }
        }
        assert_ne!(film[0], draw(&Card { seed: 2, ..base }).unwrap(), "{}", style.id);
    }
}

#[test]
fn a_style_prompt_chooses_style_and_colour() {
    let of = |prompt: &str| Brief::of(&card("x", prompt, "en"));
    assert_eq!(of("dark film noir, rain").style.info.id, "noir");
    assert_eq!(of("soft watercolor in teal").style.info.id, "watercolour");
    assert_eq!(of("水彩").style.info.id, "watercolour");
    assert_eq!(of("").style.info.id, styles().next().unwrap().id);
    let palette = of("minimal, purple").palette;
    let purple = prompt::colours("purple")[0];
    assert!(palette.hues.iter().any(|hue| hue.distance(purple) < 0.1));
    assert!(of("dark papercut").palette.is_dark());
    for (prompt, id) in [
        ("holzschnitt in rot", "woodcut"),
        ("木刻", "woodcut"),
        ("gravure sur bois", "woodcut"),
        ("acuarela, azul", "watercolour"),
        ("созвездие", "staratlas"),
        ("متحف", "plate"),
        ("saul bass title sequence", "handcut"),
        ("蓝图", "blueprint"),
        ("ink wash on silk", "watercolour"),
        ("a pen and ink drawing", "plate"),
        // What the app offers.
        ("watercolour, soft light, paper texture", "watercolour"),
        ("black ink drawing, bold lines, off-white paper", "woodcut"),
        ("cinematic still, shallow depth of field, warm light", "vista"),
        ("layered paper cut-out, soft shadows, muted colours", "papercut"),
        ("vintage letterpress print, limited palette, grain", "poster"),
    ] {
        assert_eq!(of(prompt).style.info.id, id, "{prompt}");
    }
    for (prompt, colour) in [("rot", "red"), ("蓝色的水彩", "blue"), ("أخضر", "green"), ("amarillo", "yellow")] {
        let palette = of(prompt).palette;
        assert!(palette.hues.iter().any(|hue| hue.distance(prompt::colours(colour)[0]) < 0.1), "{prompt}");
    }
    // A style that was chosen stands, whatever the prompt's words say.
    assert_eq!(Brief::of(&Card { style: Some("plate"), ..card("x", "dark film noir", "en") }).style.info.id, "plate");
    // A film is one family: what the position changes is not the look.
    let later = Brief::of(&Card { position: 5, ..card("y", "quite unknown words", "en") });
    assert_eq!(later.style.info.id, of("quite unknown words").style.info.id);
    assert_eq!(later.palette.hues, of("quite unknown words").palette.hues);
}

#[test]
fn what_must_not_be_seen_is_left_out() {
    let without = |leave_out: &'static str| {
        let card = Card { visual_prompt: "A ship and a lighthouse by the sea", ..card("The storm", "watercolour in red", "en") };
        Brief::of(&Card { leave_out, ..card })
    };
    let whole = without("");
    assert_eq!((whole.title.as_str(), whole.number.as_str(), whole.style.info.id), ("The storm", "01", "watercolour"));
    for words in ["no text, please", "文字", "any lettering"] {
        assert_eq!((without(words).title, without(words).number), (String::new(), String::new()), "{words}");
    }
    let figures = |leave_out| Brief::of(&Card { narration: "", leave_out, ..card("A ship", "", "en") }).motifs.len();
    assert_eq!((figures(""), figures("ships"), figures("houses")), (1, 0, 1));
    assert_eq!((whole.scenery, without("water, ocean").scenery), (Some(prompt::Scenery::Sea), None));
    assert_ne!(without("watercolor").style.info.id, "watercolour");
    let red = prompt::colours("red");
    assert!(whole.palette.hues.iter().any(|hue| hue.is_one_of(&red)));
    assert!(!without("red").palette.hues.iter().any(|hue| hue.is_one_of(&red)));
    assert!(Brief::of(&Card { leave_out: "anything bright", ..card("x", "papercut", "en") }).palette.is_dark());
    // Whatever is left out, a card can be drawn.
    for style in styles() {
        let bare = Card { leave_out: "text, red, blue, sea, ship, lighthouse", ..card("The storm at sea", style.id, "en") };
        draw(&bare).unwrap();
    }
}

#[test]
fn colours_are_taken_over() {
    let taken = [[18, 24, 40], [220, 90, 160]];
    for style in styles() {
        let palette = Brief::of(&Card { colours: &taken, style: Some(style.id), ..card("x", "", "en") }).palette;
        for [red, green, blue] in taken {
            let colour = super::color::Rgb(red, green, blue);
            assert!(palette.hues.iter().chain([&palette.ground]).any(|own| own.is_one_of(&[colour])), "{} has {colour:?}", style.id);
        }
    }
}

/// A picture as a small grey one, each cell the mean of its part: what is left when one squints.
fn squinted(png: &[u8]) -> Vec<f32> {
    const CELLS: usize = 16;
    let (width, height, data) = pixels(png);
    let (width, height) = (width as usize, height as usize);
    let mut cells = vec![0.0; CELLS * CELLS * 3];
    for y in 0..height {
        for x in 0..width {
            let cell = (y * CELLS / height) * CELLS + x * CELLS / width;
            for channel in 0..3 {
                cells[cell * 3 + channel] += f32::from(data[(y * width + x) * 3 + channel]);
            }
        }
    }
    let pixels = (width * height / (CELLS * CELLS)) as f32;
    cells.iter().map(|sum| sum / pixels / 255.0).collect()
}

#[test]
fn no_two_of_twenty_cards_are_alike() {
    // Ten pairs of scenes whose words call for the same figure: only the place in the film tells them apart.
    let titles = ["The Hare", "A race", "The Tortoise", "Slow and steady", "The forest", "War", "Freedom", "Night", "The law", "Proper"];
    for style in styles() {
        let started = std::time::Instant::now();
        let film: Vec<Vec<f32>> = (0..20u32)
            .map(|position| {
                let base = card(titles[position as usize % 10], style.id, "en");
                squinted(&draw(&Card { position, scene_count: 20, narration: "", seed: 1, ..base }).unwrap())
            })
            .collect();
        let mut closest = (f32::INFINITY, 0, 0);
        for (i, a) in film.iter().enumerate() {
            for (j, b) in film.iter().enumerate().skip(i + 1) {
                let apart = a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f32>() / a.len() as f32;
                closest = if apart < closest.0 { (apart, i, j) } else { closest };
            }
        }
        println!("{}: closest {:.4} (scenes {} and {}), {:?} a card", style.id, closest.0, closest.1, closest.2, started.elapsed() / 20);
        assert!(closest.0 > 0.008, "{}: scenes {} and {} are only {} apart", style.id, closest.1, closest.2, closest.0);
    }
}

/// The film's moves take up to 6 % off a side: no letter of a title may stand there.
#[test]
fn titles_keep_clear_of_what_the_films_moves_cut_off() {
    let long = "It is for us the living, rather, to be dedicated here to the unfinished work";
    let mut outside = Vec::new();
    for style in styles() {
        for (title, language) in
            [("Hope", "en"), (long, "en"), ("Donaudampfschifffahrtsgesellschaft", "de"), ("يولد جميع الناس أحرارًا", "ar")]
        {
            for (width, height) in [(320, 180), (180, 320), (240, 240)] {
                for position in 0..5 {
                    let card = Card { width, height, position, ..card(title, style.id, language) };
                    let mut brief = Brief::of(&card);
                    let mut canvas = Canvas::new(width, height, brief.rtl).unwrap();
                    (brief.style.paint)(&mut canvas, &mut brief);
                    let ink = canvas.lettered.expect("a title");
                    let (w, h) = (canvas.w, canvas.h);
                    let clear = ink.left() >= w * 0.06 && ink.right() <= w * 0.94 && ink.top() >= h * 0.06 && ink.bottom() <= h * 0.80;
                    if !clear {
                        outside.push(format!("{} at {width} × {height}, scene {position}: {title}: {ink:?}", style.id));
                    }
                }
            }
        }
    }
    assert!(outside.is_empty(), "{}", outside.join("\n"));
}

#[test]
fn every_sample_language_sets_its_title() {
    for (title, language) in [
        ("All human beings are born free", "en"),
        ("Todos los seres humanos nacen libres", "es"),
        ("Tous les êtres humains naissent libres", "fr"),
        ("Alle Menschen sind frei und gleich", "de"),
        ("يولد جميع الناس أحرارًا", "ar"),
        ("सभी मनुष्यों को गौरव", "hi"),
        ("人人生而自由", "zh"),
        ("自由 freedom حرية 🚀", "zh"),
    ] {
        assert_eq!(lettering::missing(title), None, "{title}");
        for style in styles() {
            let with = draw(&card(title, style.id, language)).unwrap();
            let without = draw(&card("", style.id, language)).unwrap();
            assert!(difference(&with, &without) > 0.002, "{}: {title} is not there", style.id);
        }
    }
}

#[test]
fn a_title_never_reaches_the_captions_place() {
    let long = "It is for us the living, rather, to be dedicated here to the unfinished work which they fought for ".repeat(3);
    for style in styles() {
        for (width, height) in [(320, 180), (180, 320), (240, 240), (240, 300)] {
            for position in 0..6 {
                let card = Card { width, height, position, ..card(&long, style.id, "en") };
                // The same picture with its title and without: the lower part must not change.
                let painted = |titled: bool| {
                    let mut brief = Brief::of(&card);
                    if !titled {
                        brief.title.clear();
                    }
                    let mut canvas = Canvas::new(width, height, brief.rtl).unwrap();
                    (brief.style.paint)(&mut canvas, &mut brief);
                    canvas.pixmap.data()[(width * height * 4) as usize * 79 / 100..].to_vec()
                };
                let (with, without) = (painted(true), painted(false));
                let changed = with.iter().zip(&without).filter(|(a, b)| a.abs_diff(**b) > 40).count() as f32 / with.len() as f32;
                assert!(changed < 0.01, "{} at {width} × {height}, scene {position}: {changed}", style.id);
            }
        }
    }
}

#[test]
fn no_leaf_stands_behind_a_title() {
    let mut seen = 0;
    for (width, height) in [(240, 240), (180, 320), (240, 300)] {
        for (position, seed) in (0..16).flat_map(|position| [(position, 1), (position, 3)]) {
            let card = Card {
                width, height, position, seed, scene_count: 20, ..card("प्यासा कौआ और पानी का घड़ा", "papercut", "hi")
            };
            let painted = |leave_out| {
                let mut brief = Brief::of(&Card { leave_out, ..card });
                let mut canvas = Canvas::new(width, height, brief.rtl).unwrap();
                (brief.style.paint)(&mut canvas, &mut brief);
                canvas
            };
            // Of the four compositions the one whose figure stands among leaves.
            if Brief::of(&card).variant(4) != 3 {
                continue;
            }
            seen += 1;
            let ink = painted("").lettered.expect("a title");
            let behind = painted("text");
            let pixel = |x: f32, y: f32| behind.pixmap.pixel(x as u32, y as u32).unwrap();
            let ground = pixel(ink.left(), ink.top());
            let (columns, rows) = (ink.width() as u32, ink.height() as u32);
            let other = (0..columns * rows)
                .map(|i| pixel(ink.left() + (i % columns) as f32, ink.top() + (i / columns) as f32))
                .filter(|p| p.red().abs_diff(ground.red()) > 28 || p.green().abs_diff(ground.green()) > 28)
                .count();
            assert!(other * 1000 < (columns * rows) as usize, "{width} × {height}, scene {position}, seed {seed}: {other} pixels");
        }
    }
    assert!(seen > 3);
}

#[test]
fn lines_are_set_in_the_measure_without_a_widow() {
    let spec = lettering::Spec {
        face: typeface::Face::Serif,
        caps: false,
        tracking: 0.0,
        align: lettering::Align::Start,
        width: 400.0,
        height: 300.0,
        size: 60.0,
        max_lines: 4,
    };
    let set = |text: &str| lettering::Lettering::set(text, false, &spec).unwrap();
    assert_eq!(set("Hope").lines, 1);
    assert_eq!(set("The world will little note").lines, 2);
    // What holds a word together takes no room and no glyph.
    assert_eq!(set("理\u{2060}性").width(), set("理性").width());
    let word = set(&"Donaudampfschifffahrt".repeat(8));
    assert!(word.width() <= 400.0 && word.lines > 1 && word.em() < 60.0);
    assert!(lettering::Lettering::set(" ", false, &spec).is_none());
    // Smaller type in four lines rather than a heap of five, one of them a short word.
    let side = lettering::Spec { width: 768.0, height: 690.0, size: 151.0, max_lines: 6, ..spec };
    assert_eq!(lettering::Lettering::set("The\u{A0}short feet and\u{A0}slow pace of the Tortoise", false, &side).unwrap().lines, 4);
}

#[test]
fn sizes_out_of_bounds_are_refused_and_extreme_ones_drawn() {
    for (width, height) in [(0, 100), (8193, 100), (100, u32::MAX), (15, 15)] {
        let refused = draw(&Card { width, height, ..card("x", "", "en") });
        assert_eq!(refused, Err(DrawError::Size { width, height }));
    }
    for style in styles() {
        for (width, height) in [(16, 16), (2000, 16), (16, 2000)] {
            draw(&Card { width, height, ..card("A title", style.id, "en") }).unwrap();
        }
    }
}

#[test]
fn hostile_words_are_only_words() {
    for title in ["</text><script>&amp;", "\u{202E}\u{0}\u{7}\u{1B}[31m", "\n\n\r\t", "﷽﷽﷽﷽", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L", "👩‍👩‍👧‍👦🇫🇷1️⃣", "\u{200D}\u{FE0F}"]
    {
        for style in styles() {
            draw(&Card { position: u32::MAX, scene_count: 0, seed: u64::MAX, ..card(title, style.id, "xx-Garbage-\u{0}") }).unwrap();
        }
    }
    // What no font has is said, not drawn as boxes.
    let error = draw(&card("\u{10FFFD}", "", "en"));
    assert!(matches!(error, Err(DrawError::Glyphs(_)) | Ok(_)));
}
