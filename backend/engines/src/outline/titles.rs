//! Finds titles: a heading where there is one, else the phrase of a narration that says most of it and stands alone.
//!
//! A title is always a stretch of the text as it stands there ("A new birth of freedom"), never a row of keywords.

use std::collections::HashSet;

use super::{
    document::{Block, Kind},
    phrases::{self, Phrase},
    reading::{Reading, Weights},
    scenes::Draft,
    sentences,
};

/// Longest title, in characters.
const LONGEST: usize = 60;
/// A text with more scenes than this is long.
const LONG: usize = 12;

/// The title that the text begins with: its first heading, where that stands above all others. It is taken out of the
/// blocks, since a title is not read out.
pub fn take_from(blocks: &mut Vec<Block>) -> Option<String> {
    let level = |block: &Block| match block.kind {
        Kind::Heading(level) => Some(level),
        _ => None,
    };
    let first = level(blocks.first()?)?;
    let above_all = blocks[1..].iter().filter_map(level).all(|other| other > first);
    let has_text = blocks.iter().any(|block| level(block).is_none());
    (above_all && has_text).then(|| blocks.remove(0).text)
}

/// A title for each scene, no two the same.
pub fn name(drafts: &[Draft], readings: &[Reading], weights: &Weights) -> Vec<String> {
    let mut taken: HashSet<String> =
        drafts.iter().filter_map(|draft| draft.heading.as_deref()).map(|heading| bare(heading).to_lowercase()).collect();
    let mut headings: HashSet<String> = HashSet::new();
    let mut titles = Vec::with_capacity(drafts.len());
    for (draft, reading) in drafts.iter().zip(readings) {
        let title = match &draft.heading {
            Some(heading) if headings.insert(bare(heading).to_lowercase()) => bare(heading).to_owned(),
            Some(heading) => numbered(bare(heading), &taken),
            None => own_title(draft, reading, weights, &taken),
        };
        taken.insert(title.to_lowercase());
        titles.push(title);
    }
    titles
}

/// A title for a text that has none: its first line where that is one, else the phrase that says most of the whole.
pub fn of_whole(drafts: &[Draft], readings: &[Reading], weights: &Weights, language: &str) -> String {
    if let Some(line) = drafts.first().and_then(|draft| title_line(&draft.narration)) {
        return tidy(line);
    }
    if let Some(line) = drafts.first().and_then(|draft| first_verse(&draft.narration)) {
        return tidy(line);
    }
    let last = readings.len().saturating_sub(1);
    let mut best: Option<(f64, String)> = None;
    for (i, reading) in readings.iter().enumerate().filter(|(_, reading)| reading.lexicon.language == language) {
        // What is long tells so at once, and then goes into what is not the whole.
        if last > LONG && i > 2 {
            break;
        }
        // Texts say what they are about where they begin, and fables where they end.
        let place = if i == 0 {
            0.5
        } else if i == last {
            0.4
        } else {
            0.0
        };
        for phrase in phrases::candidates(reading, LONGEST, |word| weights.centrality(word)) {
            // "In the beginning", "En un lugar de la Mancha": only the first words may begin with a preposition.
            let preposition = reading.words.first().is_some_and(|word| reading.lexicon.is_preposition(&word.lower));
            let opening = if i == 0 && phrase.start == 0 { if preposition { 1.2 } else { 0.6 } } else { 0.0 };
            let score = phrase.score + place + opening;
            if best.as_ref().is_none_or(|(most, _)| score > *most) {
                best = Some((score, title_of(reading.text, &phrase)));
            }
        }
    }
    best.map_or_else(|| first_words(drafts.first().map_or("", |draft| &draft.narration)), |(_, title)| title)
}

fn own_title(draft: &Draft, reading: &Reading, weights: &Weights, taken: &HashSet<String>) -> String {
    if let Some(line) = title_line(&draft.narration).map(tidy).filter(|line| !taken.contains(&line.to_lowercase())) {
        return line;
    }
    if let Some(term) = term(&draft.narration).map(tidy).filter(|term| !taken.contains(&term.to_lowercase())) {
        return term;
    }
    let mut candidates = phrases::candidates(reading, LONGEST, |word| weights.salience(word));
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    let free = candidates.iter().map(|phrase| title_of(reading.text, phrase)).find(|title| !taken.contains(&title.to_lowercase()));
    free.unwrap_or_else(|| {
        let title = first_words(&draft.narration);
        if taken.contains(&title.to_lowercase()) { numbered(&title, taken) } else { title }
    })
}

/// The first line of a narration, where it is set apart as a title is.
fn title_line(narration: &str) -> Option<&str> {
    let (line, rest) = narration.split_once("\n\n")?;
    let short = (2..=LONGEST).contains(&line.chars().count()) && !line.contains('\n');
    let bare = !sentences::ends_as_sentence(line) && !line.ends_with([',', ';', ':', '，', '；', '：']) && !line.starts_with("- ");
    (short && bare && rest.len() > line.len()).then_some(line)
}

/// What a single item of a list is about, where it says so itself: "2. Silence. Speak not but …".
fn term(narration: &str) -> Option<&str> {
    let (marker, text) = narration.split_once(' ')?;
    let is_item = marker == "-" || marker.trim_matches(['(', ')', '.']).parse::<u32>().is_ok();
    let (term, rest) = text.split_once(['.', ':', '：'])?;
    let is_term = (1..=4).contains(&term.split_whitespace().count()) && term.chars().count() <= LONGEST;
    let says = rest.starts_with(' ') && rest.len() > term.len();
    (is_item && is_term && says && !narration.contains('\n')).then_some(term)
}

/// The first line of a poem, by which poems without a title are called.
fn first_verse(narration: &str) -> Option<&str> {
    let (line, _) = narration.split_once('\n')?;
    let is_verse = !narration[line.len()..].starts_with("\n\n") && !line.starts_with("- ") && !line.ends_with([':', '：']);
    (is_verse && (8..=LONGEST).contains(&line.chars().count()) && line.contains(char::is_lowercase)).then_some(line)
}

fn title_of(text: &str, phrase: &Phrase) -> String {
    tidy(&text[phrase.start..phrase.end])
}

/// Sentence case, one line, no mark at the end.
fn tidy(phrase: &str) -> String {
    let line = phrase.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = bare(&line);
    let mut chars = line.chars();
    match (chars.next(), chars.next()) {
        // "iPhone" keeps its small letter.
        (Some(first), second) if first.is_lowercase() && !second.is_some_and(char::is_uppercase) => {
            first.to_uppercase().chain(line.chars().skip(1)).collect()
        }
        _ => line.to_owned(),
    }
}

/// Without the marks of a sentence around it. A heading keeps the case that its writer gave it.
fn bare(line: &str) -> &str {
    const MARKS: [char; 16] = ['.', ',', ';', ':', '…', '—', '–', '。', '，', '；', '：', '、', '،', '؛', '۔', '।'];
    line.trim_matches(|c: char| MARKS.contains(&c) || c.is_whitespace())
}

/// As many words as fit; of a word that does not fit, its beginning.
fn first_words(narration: &str) -> String {
    let line = narration.trim().lines().next().unwrap_or_default();
    let end = line.char_indices().nth(LONGEST).map_or(line.len(), |(at, _)| at);
    let cut = if end < line.len() { line[..end].rfind(char::is_whitespace).unwrap_or(end) } else { end };
    let title = tidy(&line[..cut]);
    if title.is_empty() { line[..cut].to_owned() } else { title }
}

fn numbered(title: &str, taken: &HashSet<String>) -> String {
    let number = (2..=taken.len() + 2).find(|number| !taken.contains(&format!("{title} ({number})").to_lowercase()));
    number.map_or_else(|| title.to_owned(), |number| format!("{title} ({number})"))
}
