//! The storyboard's contact sheets: every style in three shapes, and films of twenty scenes in one style, to be looked at.
//!
//! `cargo run --release --example contact_sheet -- [FOLDER] [STYLE …]` writes PNG files to FOLDER (`target/contact-sheet`)
//! and prints what a card at 1080p takes. With styles named, their films only; with none, the sheet of all.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use engines::storyboard::{self, Card};
use image::{ImageFormat, Rgb, RgbImage, imageops};

/// Where the thumbnails lie: background and gap of a sheet.
const TABLE: Rgb<u8> = Rgb([38, 38, 40]);
const GAP: u32 = 14;

/// Shapes of the styles' sheet, in pixels.
const SHAPES: [(u32, u32); 3] = [(1920, 1080), (1080, 1080), (1080, 1920)];

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A scene of a film: its title and what is spoken.
type Scene = (&'static str, &'static str);

pub fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().map_or_else(|| PathBuf::from("target/contact-sheet"), PathBuf::from);
    std::fs::create_dir_all(&folder)?;
    let named: Vec<String> = arguments.collect();
    if named.is_empty() {
        all_styles(&folder)?;
        for style in storyboard::styles().take(2) {
            films(&folder, style.id)?;
        }
    }
    named.iter().try_for_each(|style| films(&folder, style))
}

/// Every style in a row of its own: two scenes wide, one square, one tall.
fn all_styles(folder: &Path) -> Outcome<()> {
    let mut rows = Vec::new();
    let mut worst = Duration::ZERO;
    for style in storyboard::styles() {
        let mut row = Vec::new();
        let mut slowest = Duration::ZERO;
        for (index, (width, height)) in SHAPES.iter().chain(&SHAPES[..1]).enumerate() {
            let (title, narration) = [HARE[1], HARE[0], GETTYSBURG[2], GETTYSBURG[19]][index];
            let card = card(style.id, (title, narration), [1, 0, 2, 19][index], (*width, *height));
            let (picture, took) = drawn(&card)?;
            slowest = slowest.max(took);
            row.push(imageops::thumbnail(&picture, width * 300 / height, 300));
        }
        println!("{:12} {:4} ms a card, at most", style.id, slowest.as_millis());
        worst = worst.max(slowest);
        rows.push(row);
    }
    println!("{:12} {:4} ms", "slowest", worst.as_millis());
    save(&rows, &folder.join("styles.png"))
}

/// Two films of twenty scenes in one style, in every shape.
fn films(folder: &Path, style: &str) -> Outcome<()> {
    let slug: String = style.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    for (name, scenes) in [("gettysburg", &GETTYSBURG), ("tortoise-and-hare", &HARE)] {
        for ((width, height), shape, columns) in
            SHAPES.into_iter().zip(["wide", "square", "tall"]).zip([4, 5, 7]).map(|((a, b), c)| (a, b, c))
        {
            let mut rows = Vec::new();
            let mut all = Duration::ZERO;
            for (line, part) in scenes.chunks(columns).enumerate() {
                let mut row = Vec::new();
                for (column, scene) in part.iter().enumerate() {
                    let (picture, took) = drawn(&card(style, *scene, (line * columns + column) as u32, (width, height)))?;
                    all += took;
                    row.push(imageops::thumbnail(&picture, width / 4, height / 4));
                }
                rows.push(row);
            }
            println!("{slug:12} {:4} ms a card in the mean, {name}, {shape}", all.as_millis() / scenes.len() as u128);
            save(&rows, &folder.join(format!("film-{slug}-{name}-{shape}.png")))?;
        }
    }
    Ok(())
}

fn card<'a>(style: &'a str, (title, narration): Scene, position: u32, (width, height): (u32, u32)) -> Card<'a> {
    Card {
        title,
        narration,
        visual_prompt: "",
        style_prompt: style,
        leave_out: "",
        colours: &[],
        style: None,
        language: "en",
        position,
        scene_count: 20,
        width,
        height,
        seed: u64::from(position) + 1,
    }
}

fn drawn(card: &Card) -> Outcome<(RgbImage, Duration)> {
    let started = Instant::now();
    let bytes = storyboard::draw(card)?;
    let took = started.elapsed();
    Ok((image::load_from_memory_with_format(&bytes, ImageFormat::Png)?.into_rgb8(), took))
}

fn save(rows: &[Vec<RgbImage>], file: &Path) -> Outcome<()> {
    let width = rows.iter().map(|row| row.iter().map(|cell| cell.width() + GAP).sum::<u32>()).max().unwrap_or(0) + GAP;
    let height = rows.iter().map(|row| row.iter().map(RgbImage::height).max().unwrap_or(0) + GAP).sum::<u32>() + GAP;
    let mut sheet = RgbImage::from_pixel(width, height, TABLE);
    let mut y = GAP;
    for row in rows {
        let mut x = GAP;
        for cell in row {
            imageops::replace(&mut sheet, cell, i64::from(x), i64::from(y));
            x += cell.width() + GAP;
        }
        y += row.iter().map(RgbImage::height).max().unwrap_or(0) + GAP;
    }
    sheet.save(file)?;
    println!("{}", file.display());
    Ok(())
}

/// Lincoln, 1863.
const GETTYSBURG: [Scene; 20] = [
    ("The Gettysburg Address", "The Gettysburg Address."),
    ("Four score and seven years ago", "Four score and seven years ago our fathers brought forth on this continent"),
    ("A new nation", "a new nation, conceived in Liberty, and dedicated to the proposition that all men are created equal."),
    ("A great civil war", "Now we are engaged in a great civil war, testing whether that nation,"),
    ("Can it long endure?", "or any nation so conceived and so dedicated, can long endure."),
    ("A great battle-field", "We are met on a great battle-field of that war."),
    ("A final resting place", "We have come to dedicate a portion of that field, as a final resting place"),
    ("Those who gave their lives", "for those who here gave their lives that that nation might live."),
    ("Fitting and proper", "It is altogether fitting and proper that we should do this."),
    ("We can not hallow this ground", "But, in a larger sense, we can not dedicate, we can not consecrate, we can not hallow this ground."),
    ("The brave men, living and dead", "The brave men, living and dead, who struggled here, have consecrated it,"),
    ("Far above our poor power", "far above our poor power to add or detract."),
    ("The world will little note", "The world will little note, nor long remember what we say here,"),
    ("What they did here", "but it can never forget what they did here."),
    ("The unfinished work", "It is for us the living, rather, to be dedicated here to the unfinished work"),
    ("So nobly advanced", "which they who fought here have thus far so nobly advanced."),
    ("The great task", "It is rather for us to be here dedicated to the great task remaining before us,"),
    ("The last full measure of devotion", "that cause for which they gave the last full measure of devotion,"),
    ("A new birth of freedom", "that this nation, under God, shall have a new birth of freedom,"),
    (
        "Government of the people, by the people, for the people",
        "and that government of the people, by the people, for the people, shall not perish from the earth.",
    ),
];

/// Aesop, in the translation of 1867.
const HARE: [Scene; 20] = [
    ("The Hare and the Tortoise", "The Hare and the Tortoise."),
    ("A Hare one day", "A Hare one day ridiculed the short feet of the Tortoise."),
    ("Slow pace", "and slow pace of the Tortoise,"),
    ("Who replied, laughing", "who replied, laughing:"),
    ("\"Swift as the wind\"", "Though you be swift as the wind,"),
    ("\"I will beat you in a race\"", "I will beat you in a race."),
    ("Simply impossible", "The Hare, believing her assertion to be simply impossible,"),
    ("The Hare agrees", "assented to the proposal;"),
    ("The Fox", "and they agreed that the Fox should choose"),
    ("The course and the goal", "the course and fix the goal."),
    ("The day of the race", "On the day appointed for the race"),
    ("Started together", "the two started together."),
    ("Never for a moment stopped", "The Tortoise never for a moment stopped,"),
    ("Slow but steady", "but went on with a slow but steady pace"),
    ("Straight to the end", "straight to the end of the course."),
    ("By the wayside", "The Hare, lying down by the wayside,"),
    ("Fast asleep", "fell fast asleep."),
    ("At last waking up", "At last waking up, and moving as fast as he could,"),
    ("The Tortoise had reached the goal", "he saw the Tortoise had reached the goal,"),
    ("Slow but steady wins the race", "and was comfortably dozing after her fatigue. Slow but steady wins the race."),
];
