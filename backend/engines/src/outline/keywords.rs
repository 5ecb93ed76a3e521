//! Pictures a scene in words of its own: the things that it speaks of, in the order in which they come, as image models
//! like to read them ("Hare, short feet and slow pace, Tortoise, race").

use std::collections::{HashMap, HashSet};

use super::reading::{Class, Gap, Reading, Weights, Word};

/// Most things in one picture: more than these, image models drop.
const MOST_THINGS: usize = 7;
/// Longest prompt, in characters.
const LONGEST: usize = 220;
/// Most words of a thing.
const MOST_WORDS: usize = 4;

/// What might be seen while the narration is spoken: never empty.
pub fn visual_prompt(reading: &Reading, title: &str, weights: &Weights) -> String {
    let mut things = things(reading, weights);
    things.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.start.cmp(&b.start)));
    let mut seen: HashSet<&str> = HashSet::new();
    let mut chosen: Vec<&Thing> = Vec::new();
    let mut length = 0;
    for thing in &things {
        let new = thing.words.iter().filter(|word| word.class == Class::Thing).any(|word| !seen.contains(word.stem.as_str()));
        let chars = reading.text[thing.start..thing.end].chars().count();
        if !new || chosen.len() == MOST_THINGS || length + chars > LONGEST {
            continue;
        }
        // A thing that was named alone is in the longer phrase: "race" in "a race of hares".
        seen.extend(thing.words.iter().map(|word| word.stem.as_str()));
        length += chars + 2;
        chosen.push(thing);
    }
    chosen.sort_by_key(|thing| thing.start);
    if chosen.is_empty() {
        return title.to_owned();
    }
    let names: Vec<String> =
        chosen.iter().map(|thing| reading.text[thing.start..thing.end].split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    capitalised(&names.join(separator(&reading.lexicon.language)))
}

struct Thing<'a> {
    start: usize,
    end: usize,
    words: &'a [Word],
    weight: f64,
}

/// The runs of words that name a thing: what stands between small words, verbs and pauses.
fn things<'a>(reading: &'a Reading, weights: &Weights) -> Vec<Thing<'a>> {
    let words = &reading.words;
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in words {
        *counts.entry(word.stem.as_str()).or_default() += 1;
    }
    let mut things = Vec::new();
    let mut from = 0;
    while from < words.len() {
        if words[from].class != Class::Thing {
            from += 1;
            continue;
        }
        let run = 1 + words[from + 1..].iter().take_while(|word| word.class == Class::Thing && word.gap == Gap::None).count();
        let to = from + run.min(MOST_WORDS);
        if let Some(core) = core(reading, from, to) {
            things.push(thing(reading, core, &counts, weights));
        }
        from = to;
    }
    things
}

/// German writes its things with a capital: a run without one names none, and what follows the last is a verb.
fn core(reading: &Reading, from: usize, to: usize) -> Option<(usize, usize)> {
    if reading.lexicon.language != "de" {
        return Some((from, to));
    }
    let is_noun = |i: &usize| reading.text[reading.words[*i].start..].starts_with(char::is_uppercase);
    (from..to).rev().find(is_noun).map(|last| (from, last + 1))
}

fn thing<'a>(reading: &'a Reading, (from, to): (usize, usize), counts: &HashMap<&str, usize>, weights: &Weights) -> Thing<'a> {
    let words = &reading.words[from..to];
    let named = words[0].in_thing;
    // "they were impossible": a quality alone is no picture.
    let quality = from > 0 && words[0].gap == Gap::None && words.len() == 1 && reading.lexicon.is_copula(&reading.words[from - 1].lower);
    let most = words.iter().map(|word| weights.salience(word)).fold(0.0, f64::max);
    let repeated = if words.iter().any(|word| counts.get(word.stem.as_str()).is_some_and(|&count| count > 1)) { 0.2 } else { 0.0 };
    let qualified = if words.len() > 1 { 0.15 } else { 0.0 };
    let kind = if quality {
        0.4
    } else if named || words.iter().any(|word| word.is_name) {
        1.4
    } else {
        1.0
    };
    let weight = (most + repeated + qualified) * kind;
    Thing { start: without_article(reading.text, &words[0]), end: words[words.len() - 1].end, words, weight }
}

/// Where the word itself begins in "l'odeur".
fn without_article(text: &str, word: &Word) -> usize {
    let start = word.end.saturating_sub(word.stem.len());
    if word.stem.len() < word.lower.len() && text.get(start..word.end).is_some_and(|own| own.to_lowercase() == word.stem) {
        start
    } else {
        word.start
    }
}

fn separator(language: &str) -> &'static str {
    match language {
        "zh" => "，",
        "ja" => "、",
        "ar" | "fa" | "ur" => "، ",
        _ => ", ",
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
