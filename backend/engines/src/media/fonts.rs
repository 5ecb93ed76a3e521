//! The fonts inside the binary, and which of them (or of the system's) sets a text. No drawing here.
//!
//! Embedded: Latin, Greek, Cyrillic, Arabic, Devanagari, Chinese (GB 2312), kana and emoji. Every other script comes
//! from the system; where it has no font for one, [`MissingGlyphs`] says which package brings it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use cosmic_text::fontdb;
use cosmic_text::skrifa::{FontRef, MetadataProvider};
use unicode_script::{Script, UnicodeScript};

/// One font file that the binary carries.
#[derive(Debug, Clone, Copy)]
pub struct EmbeddedFont {
    /// Family name, in the file and for every renderer.
    pub family: &'static str,
    /// The TrueType file.
    pub bytes: &'static [u8],
}

macro_rules! embedded {
    ($($file:literal => $family:literal),+ $(,)?) => {
        &[$(EmbeddedFont {
            family: $family,
            bytes: include_bytes!(concat!("../../assets/fonts/", $file)),
        }),+]
    };
}

/// In the order in which a family is looked for. Where each comes from: `assets/fonts/README.md`.
pub const EMBEDDED: &[EmbeddedFont] = embedded![
    "Inter-Regular.ttf" => "Inter",
    "Inter-Bold.ttf" => "Inter",
    "NotoSansArabic-Medium.ttf" => "Noto Sans Arabic",
    "NotoSansArabic-Bold.ttf" => "Noto Sans Arabic",
    "NotoSansDevanagari-Medium.ttf" => "Noto Sans Devanagari",
    "NotoSansDevanagari-Bold.ttf" => "Noto Sans Devanagari",
    "NotoSansSC-Medium.ttf" => "Noto Sans SC",
    "NotoEmoji-Medium.ttf" => "Noto Emoji",
    "Fraunces-SemiBold.ttf" => "Fraunces",
    "NotoSerif-SemiBold.ttf" => "Noto Serif",
    "Oswald-SemiBold.ttf" => "Oswald",
    "JetBrainsMono-Medium.ttf" => "JetBrains Mono",
    "NotoNaskhArabic-Bold.ttf" => "Noto Naskh Arabic",
    "NotoSerifDevanagari-Bold.ttf" => "Noto Serif Devanagari",
    "NotoSerifSC-Bold.ttf" => "Noto Serif SC",
];

/// The families that captions are set in, the preferred first.
const CAPTION_FAMILIES: &[&str] = &["Inter", "Noto Sans Arabic", "Noto Sans Devanagari", "Noto Sans SC"];

/// All fonts: the embedded first, then the system's. Built on first use (some 50 ms), then shared.
#[must_use]
pub fn database() -> Arc<fontdb::Database> {
    static DATABASE: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    Arc::clone(DATABASE.get_or_init(|| {
        let mut database = fontdb::Database::new();
        for font in EMBEDDED {
            database.load_font_source(fontdb::Source::Binary(Arc::new(font.bytes)));
        }
        database.set_sans_serif_family("Inter");
        database.set_serif_family("Fraunces");
        database.set_monospace_family("JetBrains Mono");
        database.load_system_fonts();
        Arc::new(database)
    }))
}

/// Characters that no font here can draw, by script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingGlyphs {
    /// Each script's name (Unicode's: `Hangul`, `Thai` …) and its characters, in order, each once.
    pub scripts: Vec<(&'static str, String)>,
    /// The Debian packages whose fonts may have them, and are not here; none where those that could are.
    pub packages: Vec<&'static str>,
}

impl fmt::Display for MissingGlyphs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (script, characters)) in self.scripts.iter().enumerate() {
            let separator = if index == 0 { "no font has the" } else { ", nor the" };
            let sample: String = characters.chars().take(8).collect();
            write!(f, "{separator} {script} characters of the text ({sample})")?;
        }
        if self.packages.is_empty() {
            return write!(f, ": install a font that has them");
        }
        write!(f, ": install {}", self.packages.join(" and "))
    }
}

impl std::error::Error for MissingGlyphs {}

/// Checks, before a render, that every character of `text` has a glyph in some font.
pub fn check_glyphs(text: &str) -> Result<(), MissingGlyphs> {
    missing_glyphs(text).map_or(Ok(()), Err)
}

/// The characters of `text` that no font has; `None` where all can be drawn.
#[must_use]
pub fn missing_glyphs(text: &str) -> Option<MissingGlyphs> {
    let mut scripts: BTreeMap<&'static str, (Script, String)> = BTreeMap::new();
    let mut seen = std::collections::BTreeSet::new();
    for character in visible(text).filter(|c| seen.insert(*c)) {
        if embedded_family_of(character).is_none() && system_family_of(&[character]).is_none() {
            let script = character.script();
            scripts.entry(script.full_name()).or_insert((script, String::new())).1.push(character);
        }
    }
    if scripts.is_empty() {
        return None;
    }
    let mut packages: Vec<_> = scripts.values().flat_map(|(_, characters)| characters.chars()).filter_map(package_of).collect();
    packages.sort_unstable();
    packages.dedup();
    let scripts = scripts.into_iter().map(|(name, (_, characters))| (name, characters)).collect();
    Some(MissingGlyphs { scripts, packages })
}

/// The one family for a text's captions: the first that has all its characters, else the one of the script that most
/// of them are in (the rest is for the renderer's own fallback).
pub fn caption_family(text: &str) -> Result<String, MissingGlyphs> {
    check_glyphs(text)?;
    let all: Vec<char> = visible(text).filter(|c| !is_emoji(*c)).collect();
    if let Some(family) = CAPTION_FAMILIES.iter().find(|family| covers(family, &all)) {
        return Ok((*family).to_owned());
    }
    if let Some(family) = system_family_of(&all) {
        return Ok(family);
    }
    let main = main_script(text);
    let of_main: Vec<char> = all.into_iter().filter(|c| c.script() == main).collect();
    let embedded = CAPTION_FAMILIES.iter().find(|family| covers(family, &of_main)).map(|family| (*family).to_owned());
    Ok(embedded.or_else(|| system_family_of(&of_main)).unwrap_or_else(|| "Inter".to_owned()))
}

/// The script that most of a text's characters are in; `Script::Latin` where none has one. Han beside kana is Japanese
/// and answers `Script::Han` too: one font sets both.
#[must_use]
pub fn main_script(text: &str) -> Script {
    let mut counts: BTreeMap<&'static str, (usize, Script)> = BTreeMap::new();
    for character in text.chars() {
        let script = match character.script() {
            Script::Common | Script::Inherited | Script::Unknown => continue,
            Script::Hiragana | Script::Katakana | Script::Bopomofo => Script::Han,
            other => other,
        };
        counts.entry(script.short_name()).or_insert((0, script)).0 += 1;
    }
    counts.into_values().max_by_key(|(count, _)| *count).map_or(Script::Latin, |(_, script)| script)
}

/// Whether a text reads from the right, by the script that most of it is in.
#[must_use]
pub fn reads_from_right(text: &str) -> bool {
    matches!(
        main_script(text),
        Script::Arabic | Script::Hebrew | Script::Syriac | Script::Thaana | Script::Nko | Script::Adlam | Script::Hanifi_Rohingya
    )
}

/// Whether the embedded family has a glyph for each of the characters that need one.
#[must_use]
pub fn embedded_covers(family: &str, text: &str) -> bool {
    visible(text).all(|character| has_glyph(family, character))
}

fn covers(family: &str, characters: &[char]) -> bool {
    characters.iter().all(|character| has_glyph(family, *character))
}

/// Looks in the embedded family of that name; false for one that is not embedded.
fn has_glyph(family: &str, character: char) -> bool {
    parsed().iter().any(|(name, font)| *name == family && font.charmap().map(character).is_some())
}

fn embedded_family_of(character: char) -> Option<&'static str> {
    parsed().iter().find(|(_, font)| font.charmap().map(character).is_some()).map(|(family, _)| *family)
}

fn parsed() -> &'static [(&'static str, FontRef<'static>)] {
    static PARSED: OnceLock<Vec<(&'static str, FontRef<'static>)>> = OnceLock::new();
    PARSED.get_or_init(|| EMBEDDED.iter().filter_map(|font| Some((font.family, FontRef::new(font.bytes).ok()?))).collect())
}

/// A system family that has all the characters: upright and near regular weight where there is a choice, sans before
/// serif. Reads font files: for what no embedded font has.
fn system_family_of(characters: &[char]) -> Option<String> {
    let database = database();
    let mut faces: Vec<_> = database
        .faces()
        .filter(|face| !matches!(face.source, fontdb::Source::Binary(_)) && face.style == fontdb::Style::Normal)
        .filter_map(|face| Some((face, face.families.first()?.0.as_str())))
        .collect();
    faces.sort_by_key(|(face, family)| {
        (!family.contains("Sans"), face.weight.0.abs_diff(400), face.stretch != fontdb::Stretch::Normal, *family)
    });
    faces.into_iter().find_map(|(face, family)| {
        let covered = database.with_face_data(face.id, |data, index| {
            FontRef::from_index(data, index).is_ok_and(|font| characters.iter().all(|character| font.charmap().map(*character).is_some()))
        });
        (covered == Some(true)).then(|| family.to_owned())
    })
}

/// The package that may have a character: advice to install what is here already helps nobody.
fn package_of(character: char) -> Option<&'static str> {
    let is_here = |start: &str| database().faces().any(|face| face.families.iter().any(|(family, _)| family.starts_with(start)));
    packages_of(character).iter().find(|(_, family)| !is_here(family)).map(|(package, _)| *package)
}

/// The packages that have a character if any has it, the one with the usual ones first, and how the name of a family of each
/// begins. All scripts that Noto has are in its core: `fonts-noto-extra` has more weights of them, and the emoji of
/// `fonts-noto-color-emoji` are bitmaps.
fn packages_of(character: char) -> &'static [(&'static str, &'static str)] {
    let is_east_asian = match character.script() {
        Script::Han | Script::Hiragana | Script::Katakana | Script::Hangul | Script::Bopomofo => true,
        // Parts of boxes, circled numbers, punctuation of columns, full and half width.
        Script::Common => matches!(u32::from(character),
            0x2500..=0x259F | 0x2E80..=0x33FF | 0xFE10..=0xFE6F | 0xFF00..=0xFFEF | 0x1F200..=0x1F2FF),
        _ => false,
    };
    if is_east_asian {
        &[("fonts-noto-cjk", "Noto Sans CJK"), ("fonts-hanazono", "HanaMin")]
    } else {
        &[("fonts-noto-core", "Noto Sans Runic")]
    }
}

fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|character| is_visible(*character))
}

/// Whether there is something to draw of a character: not of a control, nor of one that no font has since it belongs to no
/// script, as those that are unassigned or for private use.
#[must_use]
pub fn is_drawable(character: char) -> bool {
    static LOOKED_FOR: Mutex<BTreeMap<char, bool>> = Mutex::new(BTreeMap::new());
    if character.is_control() || character.script() != Script::Unknown {
        return !character.is_control();
    }
    // All fonts are gone through, which is dear.
    let mut found = LOOKED_FOR.lock().unwrap_or_else(PoisonError::into_inner);
    *found.entry(character).or_insert_with(|| embedded_family_of(character).is_some() || system_family_of(&[character]).is_some())
}

/// Whether a character needs a glyph: not spaces, controls, joiners, direction marks, variation selectors and tags, nor what
/// belongs to no script, so that no package would bring it.
fn is_visible(character: char) -> bool {
    !(character.is_whitespace()
        || character.is_control()
        || character.script() == Script::Unknown
        || matches!(u32::from(character),
            0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F
            | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xE0000..=0xE0FFF))
}

fn is_emoji(character: char) -> bool {
    matches!(u32::from(character), 0x2600..=0x27BF | 0x2B00..=0x2BFF | 0x1F000..=0x1FAFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARABIC: &str = "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق، وقد وهبوا عقلاً وضميرًا";
    const HINDI: &str = "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।";
    const CHINESE: &str = "人人生而自由，在尊严和权利上一律平等。";

    #[test]
    fn every_embedded_file_is_a_font_of_its_family() {
        let database = database();
        for font in EMBEDDED {
            let found = database
                .faces()
                .any(|face| matches!(face.source, fontdb::Source::Binary(_)) && face.families.iter().any(|(name, _)| name == font.family));
            assert!(found, "no font is {}", font.family);
        }
        assert_eq!(parsed().len(), EMBEDDED.len());
    }

    #[test]
    fn samples_are_set_by_embedded_families() {
        for (text, family) in [
            ("Four score and seven years ago — “conceived in Liberty”…", "Inter"),
            ("Todos los seres humanos nacen libres, größer, Ελληνικά, Привет", "Inter"),
            (ARABIC, "Noto Sans Arabic"),
            (HINDI, "Noto Sans Devanagari"),
            (CHINESE, "Noto Sans SC"),
            ("ひらがなとカタカナ", "Noto Sans SC"),
            ("人人 free and equal", "Noto Sans SC"),
            ("", "Inter"),
        ] {
            assert_eq!(caption_family(text).as_deref(), Ok(family), "{text}");
        }
    }

    #[test]
    fn what_belongs_to_no_script_is_not_asked_for() {
        let nobodys = "\u{378}\u{e000}\u{ffff}\u{10fffd}\u{1}";
        assert_eq!(missing_glyphs(nobodys), None);
        assert_eq!(caption_family(&format!("{ARABIC}{nobodys}")).as_deref(), Ok("Noto Sans Arabic"));
        assert!(!is_drawable('\u{378}') && !is_drawable('\u{ffff}') && !is_drawable('\u{1}'));
        assert!(ARABIC.chars().chain("a\u{200d}".chars()).all(is_drawable));
    }

    #[test]
    fn a_character_no_font_has_is_named_with_its_package() {
        // A script that has been in Unicode for so short a time that hardly any font has it.
        if let Some(missing) = missing_glyphs("abc \u{1E6C0}") {
            assert_eq!(missing.scripts.len(), 1);
            assert!(missing.to_string().contains(": install "), "{missing}");
        }
        let first = |character| packages_of(character)[0].0;
        for character in "한人ひㄅㇰ㋐㍿︒ｱ\u{20BB7}\u{1F210}".chars() {
            assert_eq!(first(character), "fonts-noto-cjk", "{character}");
        }
        for character in "กខሀᚠ𓀀𒀀𐤀𞤀☃".chars() {
            assert_eq!(first(character), "fonts-noto-core", "{character}");
        }
        assert_eq!(missing_glyphs("a\u{200D}\u{FE0F}\n\tb"), None);
    }
}
