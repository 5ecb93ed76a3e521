//! What a card promises: the same bytes for the same words, another picture for another scene, every script set.

use std::collections::HashSet;

use super::*;

const STYLES: usize = 8;

fn card<'a>(title: &'a str, style: &'a str, language: &'a str) -> Card<'a> {
    Card {
        title,
        narration: "Four score and seven years ago",
        visual_prompt: "",
        style_prompt: style,
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
    // A film is one family: what the position changes is not the look.
    let later = Brief::of(&Card { position: 5, ..card("y", "quite unknown words", "en") });
    assert_eq!(later.style.info.id, of("quite unknown words").style.info.id);
    assert_eq!(later.palette.hues, of("quite unknown words").palette.hues);
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
    let word = set(&"Donaudampfschifffahrt".repeat(8));
    assert!(word.width() <= 400.0 && word.lines > 1 && word.size < 60.0);
    assert!(lettering::Lettering::set(" ", false, &spec).is_none());
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
