//! What a scene's words are drawn as: a figure for each that the studio knows, as a silhouette and as a line drawing.
//!
//! The figures are outlines of Noto Emoji (`assets/motifs/README.md`); `words.txt` there says which words of which
//! languages they stand for. None is set as a glyph: styles cut, carve, wash and stitch its outlines.

use std::sync::OnceLock;

use shared::language::primary;
use tiny_skia::{Path, PathBuilder, PathSegment, Transform};
use unicode_script::{Script, UnicodeScript};

/// The languages of the table's columns.
const LANGUAGES: [&str; 8] = ["en", "de", "fr", "es", "ru", "zh", "ar", "hi"];

const FIGURES: &str = include_str!("../../assets/motifs/figures.txt");

/// The longer side of a figure in the file.
const BOX: f32 = 1000.0;

const TABLE: &str = include_str!("../../assets/motifs/words.txt");

/// A figure. Its paths fill a square from −0.5 to 0.5 in the longer direction, y down.
#[derive(Clone)]
pub(super) struct Motif {
    /// The filled silhouette.
    body: Path,
    /// What is drawn in and around it: its lines, as a shape to fill.
    lines: Path,
    /// Whether the lines are all there is to it, as with wind or letters: they nearly fill the silhouette.
    pub linear: bool,
}

impl Motif {
    /// The figures that a scene's words name (its title's, what is to be seen, what is said), the most telling first, at
    /// most `most`, and none that `unwanted` (lower case) names.
    pub fn of([title, visual, narration]: [&str; 3], unwanted: &str, language: &str, most: usize) -> Vec<Self> {
        let column = column_of(title, narration, language);
        let is_unwanted = |entry: &Entry| [0, column].into_iter().any(|column| presence(unwanted, &entry.words[column], column) > 0.0);
        let named = ranked(title, visual, narration, column).into_iter().filter(|entry| !is_unwanted(entry));
        named.filter_map(|entry| Self::of_glyph(entry.glyph)).take(most).collect()
    }

    /// The outlines of one glyph. `None` where the table has none.
    fn of_glyph(glyph: char) -> Option<Self> {
        let drawn = FIGURES.lines().find_map(|line| line.strip_prefix(glyph)?.strip_prefix(' '))?;
        let contours: Vec<Path> = drawn.split('M').filter_map(contour).collect();
        // What is drawn around something turns the way of the largest contour; what is cut out of it the other way.
        let areas: Vec<f32> = contours.iter().map(signed_area).collect();
        let largest = areas.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs()))?;
        let (mut body, mut lines) = (PathBuilder::new(), PathBuilder::new());
        let (mut filled, mut cut) = (0.0, 0.0);
        for (contour, area) in contours.iter().zip(&areas) {
            lines.push_path(contour);
            if area.signum() == largest.signum() {
                body.push_path(contour);
                filled += area.abs();
            } else {
                cut += area.abs();
            }
        }
        Some(Self { body: body.finish()?, lines: lines.finish()?, linear: cut < filled * 0.3 })
    }

    /// Width and height, the longer of them 1.
    pub fn extent(&self) -> (f32, f32) {
        let bounds = self.body.bounds();
        (bounds.width(), bounds.height())
    }

    /// The silhouette around a centre, its longer side `size`.
    pub fn body(&self, (x, y): (f32, f32), size: f32) -> Option<Path> {
        self.body.clone().transform(Transform::from_scale(size, size).post_translate(x, y))
    }

    /// The lines where [`Self::body`] puts the silhouette.
    pub fn lines(&self, (x, y): (f32, f32), size: f32) -> Option<Path> {
        self.lines.clone().transform(Transform::from_scale(size, size).post_translate(x, y))
    }
}

/// One line of the table.
struct Entry {
    glyph: char,
    /// 3 a thing, 2 a role or deed, 1 said of nearly everything.
    telling: u32,
    words: [Vec<&'static str>; 8],
}

fn entries() -> &'static [Entry] {
    static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
    ENTRIES.get_or_init(|| TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(entry).collect())
}

fn entry(line: &'static str) -> Option<Entry> {
    let mut columns = line.split('|');
    let mut first = columns.next()?.split_whitespace();
    let glyph = first.next()?.chars().next()?;
    let telling = first.next()?.parse().ok()?;
    let mut words: [Vec<&'static str>; 8] = std::array::from_fn(|_| Vec::new());
    words[0] = first.collect();
    for (column, list) in columns.zip(&mut words[1..]) {
        *list = column.split_whitespace().collect();
    }
    Some(Entry { glyph, telling, words })
}

/// What the words name, the most telling first. The title counts most, then what is to be seen, then what
/// is said; a thing said early before one said late.
fn ranked(title: &str, visual: &str, narration: &str, column: usize) -> Vec<&'static Entry> {
    let texts = [(title, 5.0), (visual, 2.5), (narration, 2.0)].map(|(text, weight)| (text.to_lowercase(), weight));
    let mut found: Vec<(f32, &Entry)> = Vec::new();
    for entry in entries() {
        let score: f32 = texts.iter().map(|(text, weight)| weight * presence(text, &entry.words[column], column)).sum();
        if score > 0.0 {
            found.push((score * [0.4, 0.4, 1.0, 1.6][entry.telling.min(3) as usize], entry));
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().map(|(_, entry)| entry).collect()
}

/// The language's own column; for others the script's, else English.
fn column_of(title: &str, narration: &str, language: &str) -> usize {
    let primary = primary(language);
    LANGUAGES.iter().position(|known| *known == primary).unwrap_or_else(|| {
        match title.chars().chain(narration.chars()).find(|c| c.is_alphabetic()).map(|c| c.script()) {
            Some(Script::Cyrillic) => 4,
            Some(Script::Han | Script::Hiragana | Script::Katakana) => 5,
            Some(Script::Arabic) => 6,
            Some(Script::Devanagari) => 7,
            _ => 0,
        }
    })
}

/// How much a text is about one of the words: near 1 for its first word, less for later ones; 0 where it has none.
fn presence(text: &str, words: &[&str], column: usize) -> f32 {
    if LANGUAGES[column] == "zh" {
        let first = words.iter().filter_map(|word| text.find(word).map(|at| (at, word.chars().count()))).min();
        return first.map_or(0.0, |(at, long)| (0.6 + 0.2 * long as f32) / (1.0 + at as f32 / 300.0));
    }
    let tokens = text.split(|c: char| !c.is_alphanumeric() && c != '-' && !is_mark(c)).filter(|token| !token.is_empty());
    let mut sum = 0.0;
    for (place, token) in tokens.enumerate() {
        if words.iter().any(|word| names(token, word, column)) {
            sum += if sum > 0.0 { 0.15 } else { 1.0 / (1.0 + place as f32 / 40.0) };
        }
    }
    sum
}

/// Whether a token is a form of the word, and not of a longer one that is known: "porte" is no "port" in French.
fn names(token: &str, word: &str, column: usize) -> bool {
    let is_longer = |other: &&str| other.len() > word.len() && is_form_of(token, other, column);
    is_form_of(token, word, column) && (token == word || !entries().iter().flat_map(|entry| &entry.words[column]).any(is_longer))
}

/// Vowel signs and marks within a word.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{064B}'..='\u{0652}' | '\u{0900}'..='\u{0903}' | '\u{093A}'..='\u{094F}' | '\u{0962}'..='\u{0963}')
}

/// Whether a token is the word with an ending (and, in Arabic, the article and particles) of its language.
fn is_form_of(token: &str, word: &str, column: usize) -> bool {
    let ends = |rest: &str, endings: &[&str]| rest.is_empty() || endings.contains(&rest);
    let within = |rest: &str, most: usize| rest.is_empty() || (word.chars().count() > 2 && rest.chars().count() <= most);
    match LANGUAGES[column] {
        "en" => token.strip_prefix(word).is_some_and(|rest| ends(rest, &["s", "es"])),
        "de" => token.strip_prefix(word).is_some_and(|rest| ends(rest, &["s", "n", "e", "en", "er", "es", "em", "ern", "nen"])),
        "fr" => token.strip_prefix(word).is_some_and(|rest| ends(rest, &["s", "x", "e", "es"])),
        "es" => token.strip_prefix(word).is_some_and(|rest| ends(rest, &["s", "es", "a", "as"])),
        "ru" => token.strip_prefix(word).is_some_and(|rest| within(rest, 4)),
        "ar" => {
            let plain: String = token.chars().filter(|c| !is_mark(*c)).collect();
            let bare = plain.strip_prefix(['و', 'ف']).unwrap_or(&plain);
            let bare = bare.strip_prefix(['ب', 'ك', 'ل']).unwrap_or(bare);
            let forms = [plain.as_str(), bare].into_iter().flat_map(|form| [form, form.strip_prefix("ال").unwrap_or(form)]);
            forms.into_iter().any(|form| form.strip_prefix(word).is_some_and(|rest| within(rest, 3)))
        }
        _ => token.strip_prefix(word).is_some_and(|rest| within(rest, 3)),
    }
}

/// Twice the area inside a contour's corners; its sign is the direction that it turns in.
fn signed_area(path: &Path) -> f32 {
    let mut corners = Vec::new();
    for segment in path.segments() {
        match segment {
            PathSegment::MoveTo(to) | PathSegment::LineTo(to) => corners.push(to),
            PathSegment::QuadTo(by, to) => corners.extend([by, to]),
            PathSegment::CubicTo(by, and, to) => corners.extend([by, and, to]),
            PathSegment::Close => {}
        }
    }
    let next = corners.iter().cycle().skip(1);
    corners.iter().zip(next).map(|(a, b)| a.x * b.y - b.x * a.y).sum()
}

/// A closed contour from its letters and numbers, without the `M` that it starts with.
fn contour(drawn: &str) -> Option<Path> {
    let mut path = PathBuilder::new();
    // Each command's letter, then its numbers; the first has lost its letter.
    let mut rest = drawn;
    let mut command = 'M';
    while !rest.is_empty() {
        let end = rest.find(char::is_alphabetic).unwrap_or(rest.len());
        let numbers: Vec<f32> = rest[..end].split(' ').filter_map(|number| number.parse::<f32>().ok()).map(|n| n / BOX).collect();
        match (command, numbers.as_slice()) {
            ('M', [x, y]) => path.move_to(*x, *y),
            ('L', [x, y]) => path.line_to(*x, *y),
            ('Q', [a, b, x, y]) => path.quad_to(*a, *b, *x, *y),
            ('C', [a, b, c, d, x, y]) => path.cubic_to(*a, *b, *c, *d, *x, *y),
            _ => return None,
        }
        let Some(next) = rest[end..].chars().next() else { break };
        command = next;
        rest = &rest[end + next.len_utf8()..];
    }
    path.close();
    path.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str, language: &str) -> Option<char> {
        ranked(text, "", "", column_of(text, "", language)).first().map(|entry| entry.glyph)
    }

    #[test]
    fn every_entry_has_words_in_every_language_and_a_figure() {
        assert!(entries().len() > 180);
        for entry in entries() {
            assert!(entry.words.iter().all(|words| !words.is_empty()), "{}", entry.glyph);
            let motif = Motif::of_glyph(entry.glyph);
            assert!(motif.is_some_and(|motif| motif.extent().0.max(motif.extent().1) > 0.99), "{}", entry.glyph);
        }
    }

    #[test]
    fn a_figure_that_is_nothing_but_lines_is_known() {
        let linear = |glyph| Motif::of_glyph(glyph).unwrap().linear;
        assert!(['💤', '💨', '👣'].into_iter().all(linear));
        assert!(!['🐢', '🐇', '🕊'].into_iter().any(linear));
    }

    #[test]
    fn the_words_of_the_samples_are_known() {
        for (text, language, glyph) in [
            ("A Hare one day ridiculed the short feet", "en", '🐇'),
            ("The Tortoise never for a moment stopped", "en", '🐢'),
            ("A new birth of freedom", "en", '🕊'),
            ("Alle Menschen sind frei", "de", '🕊'),
            ("Der Hase und die Schildkröten", "de", '🐇'),
            ("Le lièvre", "fr", '🐇'),
            ("Todos los seres humanos nacen libres", "es", '🕊'),
            ("Черепаха и заяц", "ru", '🐢'),
            ("人人生而自由", "zh", '🕊'),
            ("الكرامة", "ar", '🎖'),
            ("والسلحفاة", "ar", '🐢'),
            ("मनुष्यों", "hi", '👥'),
        ] {
            assert_eq!(first(text, language), Some(glyph), "{text}");
        }
        for (text, language, glyph) in [
            ("La porte de la ville", "fr", Some('🚪')),
            ("Le port", "fr", Some('⚓')),
            ("В городе", "ru", Some('🌆')),
            ("На горе", "ru", Some('🏔')),
            ("Лист бумаги", "ru", Some('🍃')),
            ("Лиса", "ru", Some('🦊')),
            ("Белый конь", "ru", Some('🐎')),
            ("Кровать", "ru", None),
            ("La mesa", "es", None),
            ("手机", "zh", Some('☎')),
        ] {
            assert_eq!(first(text, language), glyph, "{text}");
        }
        assert_eq!(first("Altogether fitting and proper", "en"), None);
        // A word of another language is another word.
        assert_ne!(first("Das Gift", "de"), first("The gift", "en"));
        assert_eq!(first("The scarf", "en"), None);
    }
}
