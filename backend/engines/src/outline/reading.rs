//! Reads a narration for what names and pictures it: its words with what they are, the pauses between them, and how
//! much each weighs among the scenes.

use std::collections::{HashMap, HashSet};

use super::{
    characters::is_cjk,
    lexicon::Lexicon,
    sentences,
    words::{dictionary_words, words},
};

/// What a word does. Nothing is parsed: function words and common verbs are known, the rest is taken for things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Thing,
    Verb,
    Number,
    Function,
}

/// What stands between a word and the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    None,
    /// A comma: a phrase may go across it.
    Comma,
    /// A full stop, a colon, a quotation mark, a line break.
    Strong,
}

/// A word of a narration, by its bytes in it.
#[derive(Clone, Debug)]
pub struct Word {
    pub start: usize,
    pub end: usize,
    pub lower: String,
    /// What counts as the same word: lower case, without elided article, possessive or plural s.
    pub stem: String,
    pub class: Class,
    pub gap: Gap,
    /// It begins with a capital although no sentence begins with it.
    pub is_name: bool,
    /// It belongs to the name of a thing that an article or a preposition began.
    pub in_thing: bool,
    /// Number of its sentence in the narration, from 0.
    pub sentence: usize,
}

/// A narration as its words.
pub struct Reading<'a> {
    pub text: &'a str,
    pub words: Vec<Word>,
    pub lexicon: &'static Lexicon,
}

impl<'a> Reading<'a> {
    pub fn of(text: &'a str, lexicon: &'static Lexicon) -> Self {
        let mut read: Vec<Word> = Vec::new();
        let mut offset = 0;
        let mut sentence = 0;
        for line in text.split_inclusive('\n') {
            for range in sentences::sentences(line, lexicon) {
                let start = offset + range.start;
                read_sentence(text, start, start + range.len(), sentence, lexicon, &mut read);
                sentence += 1;
            }
            offset += line.len();
        }
        Self { text, words: read, lexicon }
    }

    pub fn is_unspaced(&self) -> bool {
        self.words.first().is_some_and(|word| self.text[word.start..].starts_with(is_cjk))
    }
}

fn read_sentence(text: &str, start: usize, end: usize, sentence: usize, lexicon: &Lexicon, read: &mut Vec<Word>) {
    let body = &text[start..end];
    let found: Vec<_> = match lexicon.language.as_str() {
        "zh" => dictionary_words(body).into_iter().map(|(range, tag)| (range, Some(tag))).collect(),
        language => words(body, language).into_iter().map(|range| (range, None)).collect(),
    };
    let mut last_end = None;
    for (range, tag) in found {
        let (from, to) = (start + range.start, start + range.end);
        let word = &text[from..to];
        let lower = word.to_lowercase().replace('’', "'");
        let gap = last_end.map_or(Gap::Strong, |last| gap_of(&text[last..from]));
        let is_name = gap != Gap::Strong && word.starts_with(char::is_uppercase) && lexicon.language != "de";
        let stem = stem(&lower, &lexicon.language);
        let class = class_of(word, &stem, tag.as_deref(), lexicon, read.last().filter(|_| gap == Gap::None));
        let in_thing = gap == Gap::None
            && class == Class::Thing
            && read.last().is_some_and(|word| {
                word.in_thing
                    || lexicon.is_determiner(&word.lower)
                    || lexicon.is_demonstrative(&word.lower)
                    || lexicon.is_preposition(&word.lower)
            });
        read.push(Word { start: from, end: to, lower, stem, class, gap, is_name, in_thing, sentence });
        last_end = Some(to);
    }
    match lexicon.language.as_str() {
        "en" => correct_english(read, lexicon),
        "de" => correct_german(read, text),
        "ja" => correct_japanese(read, text),
        _ => {}
    }
}

/// Forms in -ing are what their neighbours make them; and what follows "shall", "we" or "to" is something done.
fn correct_english(read: &mut [Word], lexicon: &Lexicon) {
    for i in 1..read.len() {
        let is_object = |word: &str| lexicon.is_determiner(word) || matches!(word, "them" | "him" | "me" | "us" | "it" | "you");
        let determined = read.get(i + 1).is_some_and(|next| next.gap == Gap::None && is_object(&next.lower));
        if read[i].class == Class::Thing && read[i].gap == Gap::None && !read[i].is_name && is_done(&read[i - 1].lower, determined) {
            read[i].class = Class::Verb;
            read[i].in_thing = false;
        }
    }
    for i in 1..read.len().saturating_sub(1) {
        if !read[i].lower.ends_with("ing") || read[i].gap != Gap::None || read[i + 1].gap != Gap::None {
            continue;
        }
        if read[i].class == Class::Verb && read[i - 1].in_thing && read[i + 1].class == Class::Thing {
            // "a final resting place"
            read[i].class = Class::Thing;
            read[i].in_thing = true;
        } else if read[i].class == Class::Thing && lexicon.is_preposition(&read[i - 1].lower) && read[i + 1].class == Class::Function {
            // "by sitting on the bank"
            read[i].class = Class::Verb;
        }
    }
}

/// Whether the word after `previous` is a verb in English; after "to" and "who" only where an article or the like follows.
fn is_done(previous: &str, determined: bool) -> bool {
    match previous {
        "shall" | "should" | "may" | "might" | "must" | "can" | "could" | "will" | "would" | "we" | "they" | "he" | "she" | "i" | "you" => {
            true
        }
        "to" | "who" | "which" | "that" | "not" => determined,
        _ => false,
    }
}

/// Things have capitals in German; of the other words only those right before a thing qualify it ("kleines Mädchen").
fn correct_german(read: &mut [Word], text: &str) {
    let mut before_thing = false;
    for word in read.iter_mut().rev() {
        let capital = text[word.start..].starts_with(char::is_uppercase);
        let inflected = ["e", "en", "er", "es", "em"].iter().any(|ending| word.lower.ends_with(ending));
        if word.class == Class::Thing && !capital && !(before_thing && inflected) {
            word.class = Class::Verb;
        }
        before_thing = word.class == Class::Thing && word.gap == Gap::None;
    }
}

/// One Han character with an ending in kana (行きました) is a verb or a quality; with a particle (山へ) a thing.
fn correct_japanese(read: &mut [Word], text: &str) {
    for i in 0..read.len().saturating_sub(1) {
        let ending = &text[read[i + 1].start..read[i + 1].end];
        let follows = read[i].end == read[i + 1].start && ending.starts_with(|c| matches!(c, '\u{3040}'..='\u{309F}'));
        let one = text[read[i].start..read[i].end].chars().count() == 1;
        if one
            && follows
            && !ending.starts_with(['の', 'は', 'が', 'を', 'に', 'で', 'と', 'も', 'へ', 'や', 'だ'])
            && read[i].class == Class::Thing
        {
            read[i].class = Class::Verb;
        }
    }
}

fn gap_of(between: &str) -> Gap {
    // Within a sentence a full stop alone is that of an abbreviation ("St. Louis", "19. Jahrhundert"); what stands
    // between digits is part of a date or a time ("25/04", "18:45").
    if matches!(between, "." | ". " | ".\u{A0}" | "/" | ":") {
        return Gap::None;
    }
    // Not the apostrophe of "dogs' tails": a quotation ends or begins.
    if between.contains(['\'', '’', '‘']) && between.contains(|c: char| !c.is_whitespace() && !matches!(c, '\'' | '’')) {
        return Gap::Strong;
    }
    between
        .chars()
        .map(|c| match c {
            ',' | '，' | '、' | '،' => Gap::Comma,
            '\n' | '.' | '!' | '?' | ';' | ':' | '—' | '–' | '(' | ')' | '[' | ']' | '"' | '“' | '”' | '„' | '«' | '»' | '…' | '/' => {
                Gap::Strong
            }
            _ if c.is_alphanumeric() || c.is_whitespace() || matches!(c, '-' | '\'' | '’' | '‘') => Gap::None,
            _ => Gap::Strong,
        })
        .max()
        .unwrap_or(Gap::None)
}

fn class_of(word: &str, stem: &str, tag: Option<&str>, lexicon: &Lexicon, previous: Option<&Word>) -> Class {
    if word.chars().all(|c| c.is_numeric() || matches!(c, '.' | ',')) {
        return Class::Number;
    }
    if word.chars().all(|c| "一二三四五六七八九十百千万".contains(c)) {
        return Class::Number;
    }
    if let Some(tag) = tag {
        return match tag {
            _ if lexicon.is_stop(word) => Class::Function,
            "a" if word.chars().count() == 1 => Class::Function,
            t if t.starts_with('n') || matches!(t, "vn" | "an" | "s" | "i" | "l" | "a" | "j" | "z" | "eng") => Class::Thing,
            t if t.starts_with('v') => Class::Verb,
            "m" => Class::Number,
            _ => Class::Function,
        };
    }
    let lower = word.to_lowercase().replace('’', "'");
    let elided = stem.len() < lower.len() && matches!(lexicon.language.as_str(), "fr" | "it" | "ca");
    // Words of one or two letters are particles and labels ("en:", "B.").
    let tiny = lower.chars().count() < 3 && word.is_ascii();
    if lexicon.is_stop(&lower) || elided && lexicon.is_stop(stem) || tiny || is_adverb(&lower, lexicon) {
        return Class::Function;
    }
    if lexicon.language == "ja" && word.chars().all(|c| matches!(c, '\u{3040}'..='\u{309F}')) {
        return Class::Function;
    }
    // "the work", "the unfinished work": a name of a thing has begun and is not over.
    let after_determiner = previous.is_some_and(|word| lexicon.is_determiner(&word.lower));
    let within_thing = after_determiner || previous.is_some_and(|word| word.class == Class::Thing && word.in_thing);
    let after_article = previous.is_some_and(|word| matches!(word.lower.as_str(), "the" | "a" | "an"));
    let known = lexicon.is_verb(&lower) && !after_article && !(within_thing && lexicon.may_be_thing(&lower));
    if known || looks_like_verb(&lower, lexicon, previous) { Class::Verb } else { Class::Thing }
}

/// English adverbs by their ending.
fn is_adverb(lower: &str, lexicon: &Lexicon) -> bool {
    lexicon.language == "en"
        && lower.len() > 5
        && lower.ends_with("ly")
        && !matches!(lower, "family" | "italy" | "butterfly" | "assembly" | "anomaly" | "monopoly" | "supply" | "belly" | "bully")
}

/// English past tenses and participles by their ending, where no article makes them an adjective ("the honored dead").
fn looks_like_verb(lower: &str, lexicon: &Lexicon, previous: Option<&Word>) -> bool {
    let qualifies = previous.is_some_and(|word| lexicon.is_determiner(&word.lower) || lexicon.is_preposition(&word.lower));
    match lexicon.language.as_str() {
        "en" => !qualifies && lower.len() > 4 && (lower.ends_with("ed") || lower.ends_with("ing") && !is_thing_in_ing(lower)),
        _ => false,
    }
}

fn is_thing_in_ing(lower: &str) -> bool {
    matches!(
        lower,
        "morning"
            | "evening"
            | "spring"
            | "string"
            | "building"
            | "wedding"
            | "ceiling"
            | "darling"
            | "lightning"
            | "pudding"
            | "stocking"
            | "clothing"
            | "painting"
    )
}

/// What counts as the same word. Only what is safe: elided articles, the English possessive and plural.
fn stem(lower: &str, language: &str) -> String {
    let word = lower.replace('’', "'");
    let word = match (language, word.split_once('\'')) {
        ("fr" | "it" | "ca", Some((article, rest))) if article.len() <= 5 && rest.chars().count() > 1 => rest.to_owned(),
        ("en", Some((owner, "s"))) => owner.to_owned(),
        _ => word,
    };
    match word.strip_suffix('s') {
        Some(one) if language == "en" && one.len() >= 3 && !one.ends_with(['s', 'u', 'i']) => one.to_owned(),
        _ => word,
    }
}

/// How much words weigh in the whole text.
pub struct Weights {
    scenes: f64,
    in_scenes: HashMap<String, f64>,
    in_text: HashMap<String, f64>,
}

impl Weights {
    pub fn of(readings: &[Reading]) -> Self {
        let mut in_scenes: HashMap<String, f64> = HashMap::new();
        let mut in_text: HashMap<String, f64> = HashMap::new();
        for reading in readings {
            let stems: HashSet<&str> = reading.words.iter().map(|word| word.stem.as_str()).collect();
            for stem in stems {
                *in_scenes.entry(stem.to_owned()).or_default() += 1.0;
            }
            for word in &reading.words {
                *in_text.entry(word.stem.clone()).or_default() += 1.0;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "at most a few hundred scenes")]
        let scenes = readings.len() as f64;
        Self { scenes, in_scenes, in_text }
    }

    /// How much a word says about its scene rather than another: 0 for function words, about 1 for a word of its own.
    pub fn salience(&self, word: &Word) -> f64 {
        let scenes = self.in_scenes.get(&word.stem).copied().unwrap_or(1.0);
        let own = (1.0 + self.scenes / scenes).ln() / (1.0 + self.scenes).ln();
        let recurs = if self.occurrences(word) >= 3.0 { 0.35 } else { 0.0 };
        (0.4 + 0.6 * own + recurs) * Self::kind(word)
    }

    /// How much a word says about the whole text: more the oftener it comes.
    pub fn centrality(&self, word: &Word) -> f64 {
        (1.0 + self.occurrences(word)).ln() * Self::kind(word)
    }

    fn occurrences(&self, word: &Word) -> f64 {
        self.in_text.get(&word.stem).copied().unwrap_or(1.0)
    }

    fn kind(word: &Word) -> f64 {
        let class = match word.class {
            Class::Thing => 1.0,
            Class::Verb => 0.5,
            Class::Number => 0.4,
            Class::Function => return 0.0,
        };
        let letters = f64::from(u8::try_from(word.stem.chars().count().min(7)).unwrap_or(7));
        let long = if word.stem.chars().any(is_cjk) { 1.0 } else { 0.6 + 0.4 * letters / 7.0 };
        let name = if word.is_name { 1.3 } else { 1.0 };
        class * long * name
    }
}
