//! Which language a text is in, as a BCP 47 primary subtag.
//!
//! The script decides where it can (Japanese, Korean, Greek …), letters of its own where several languages share a
//! script, trigrams (whatlang) where the text is long enough for them, and function words where it is not: of
//! "The cat sat." trigrams know little, and `the` says it all.

use std::collections::HashMap;

use whatlang::{Detector, Lang};

use super::lexicon;

/// Enough letters to know a language by.
const ENOUGH: usize = 20_000;
/// Below this many letters trigrams guess.
const SHORT: usize = 120;
/// How much more a function word says for English than for another language, in a text without accents: most of these are
/// English, and few of its small words are its own (`are` is Romanian, too, and `come` Italian).
const ENGLISH: f64 = 1.5;

/// The language of `text`: "en", "zh" … English where nothing speaks for another one.
pub fn detect(text: &str) -> String {
    let sample: String = text.chars().filter(|c| c.is_alphabetic() || c.is_whitespace() || *c == '\'').take(ENOUGH).collect();
    match Census::of(&sample).largest() {
        Script::One(language) => language.to_owned(),
        Script::EastAsian { kana: true } => "ja".to_owned(),
        Script::EastAsian { kana: false } => "zh".to_owned(),
        Script::Arabic => by_letters(&sample, &[("ur", "ٹڈڑںےہ"), ("fa", "پچژگکی")]).unwrap_or("ar").to_owned(),
        Script::Cyrillic => cyrillic(&sample),
        Script::Devanagari => trigrams(&sample).filter(|l| matches!(*l, "hi" | "mr" | "ne")).unwrap_or("hi").to_owned(),
        Script::Hebrew => trigrams(&sample).filter(|l| *l == "yi").unwrap_or("he").to_owned(),
        Script::Latin => latin(&sample),
    }
}

/// The language of a part of a text that is in `whole`: the same, unless its letters say plainly that it is not.
pub fn of_part(part: &str, whole: &str) -> String {
    let letters: String = part.chars().filter(|c| c.is_alphabetic() || c.is_whitespace()).take(600).collect();
    let script = Census::of(&letters).largest();
    let same_script = script == Census::of(own_name(whole)).largest();
    let enough = letters.chars().count() >= 60;
    let found = || {
        Detector::new()
            .detect(&letters)
            .filter(|info| info.is_reliable() && info.confidence() > 0.95)
            .and_then(|info| two_letters(info.lang()))
    };
    match (same_script, enough) {
        (false, _) => detect(part),
        (true, true) if found().is_some_and(|language| language != whole) => {
            let language = detect(part);
            if found() == Some(language.as_str()) && by_function_words(&letters, None) == found() { language } else { whole.to_owned() }
        }
        _ => whole.to_owned(),
    }
}

/// A word in the script of a language; Latin where it is not known.
fn own_name(language: &str) -> &'static str {
    match language {
        "zh" => "中文",
        "ja" => "日本語のことば",
        "ko" => "한국어",
        "ar" | "fa" | "ur" | "ps" | "ug" => "العربية",
        "hi" | "mr" | "ne" | "sa" => "हिन्दी",
        "ru" | "uk" | "be" | "bg" | "sr" | "mk" | "kk" | "ky" | "tg" | "mn" => "русский",
        "he" | "yi" => "עברית",
        "el" => "ελληνικά",
        "th" => "ไทย",
        "ka" => "ქართული",
        "hy" => "հայերեն",
        "bn" => "বাংলা",
        "ta" => "தமிழ்",
        "te" => "తెలుగు",
        "gu" => "ગુજરાતી",
        "pa" => "ਪੰਜਾਬੀ",
        "kn" => "ಕನ್ನಡ",
        "ml" => "മലയാളം",
        "am" => "አማርኛ",
        "km" => "ខ្មែរ",
        "my" => "မြန်မာ",
        "lo" => "ລາວ",
        "si" => "සිංහල",
        _ => "Latin",
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Script {
    Latin,
    Cyrillic,
    Arabic,
    Hebrew,
    Devanagari,
    EastAsian {
        kana: bool,
    },
    /// A script that one language has to itself, or nearly.
    One(&'static str),
}

/// How many letters of each script there are.
#[derive(Default)]
struct Census {
    counts: HashMap<Script, usize>,
    kana: usize,
}

impl Census {
    fn of(text: &str) -> Self {
        let mut census = Self::default();
        for c in text.chars().filter(|c| c.is_alphabetic()) {
            let script = script_of(c);
            let weight = match script {
                Script::EastAsian { kana } => {
                    census.kana += usize::from(kana);
                    // A Han character carries about as much as a short word.
                    3
                }
                _ => 1,
            };
            let script = if let Script::EastAsian { .. } = script { Script::EastAsian { kana: false } } else { script };
            *census.counts.entry(script).or_default() += weight;
        }
        census
    }

    fn largest(&self) -> Script {
        // The order of the scripts breaks a tie, so that the same text always has the same language.
        let largest = self.counts.iter().max_by_key(|(script, count)| (**count, std::cmp::Reverse(**script)));
        match largest {
            // A Chinese text may quote a Japanese name; a Japanese text has kana in every sentence.
            Some((Script::EastAsian { .. }, count)) => Script::EastAsian { kana: self.kana * 3 * 12 > *count },
            Some((script, _)) => *script,
            None => Script::Latin,
        }
    }
}

fn script_of(c: char) -> Script {
    match c {
        '\u{0370}'..='\u{03FF}' | '\u{1F00}'..='\u{1FFF}' => Script::One("el"),
        '\u{0400}'..='\u{052F}' => Script::Cyrillic,
        '\u{0530}'..='\u{058F}' => Script::One("hy"),
        '\u{0590}'..='\u{05FF}' => Script::Hebrew,
        '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' | '\u{FB50}'..='\u{FEFF}' => Script::Arabic,
        '\u{0900}'..='\u{097F}' => Script::Devanagari,
        '\u{0980}'..='\u{09FF}' => Script::One("bn"),
        '\u{0A00}'..='\u{0A7F}' => Script::One("pa"),
        '\u{0A80}'..='\u{0AFF}' => Script::One("gu"),
        '\u{0B00}'..='\u{0B7F}' => Script::One("or"),
        '\u{0B80}'..='\u{0BFF}' => Script::One("ta"),
        '\u{0C00}'..='\u{0C7F}' => Script::One("te"),
        '\u{0C80}'..='\u{0CFF}' => Script::One("kn"),
        '\u{0D00}'..='\u{0D7F}' => Script::One("ml"),
        '\u{0D80}'..='\u{0DFF}' => Script::One("si"),
        '\u{0E00}'..='\u{0E7F}' => Script::One("th"),
        '\u{0E80}'..='\u{0EFF}' => Script::One("lo"),
        '\u{0F00}'..='\u{0FFF}' => Script::One("bo"),
        '\u{1000}'..='\u{109F}' => Script::One("my"),
        '\u{10A0}'..='\u{10FF}' => Script::One("ka"),
        '\u{1200}'..='\u{139F}' => Script::One("am"),
        '\u{1780}'..='\u{17FF}' => Script::One("km"),
        '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' | '\u{AC00}'..='\u{D7AF}' => Script::One("ko"),
        '\u{3040}'..='\u{30FF}' | '\u{FF66}'..='\u{FF9F}' => Script::EastAsian { kana: true },
        '\u{2E80}'..='\u{303F}'
        | '\u{3100}'..='\u{312F}'
        | '\u{31A0}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}' => Script::EastAsian { kana: false },
        _ => Script::Latin,
    }
}

/// The first language whose own letters make up more than one letter in fifty.
fn by_letters(text: &str, own: &[(&'static str, &str)]) -> Option<&'static str> {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    own.iter().find(|(_, set)| text.chars().filter(|c| set.contains(*c)).count() * 50 > letters).map(|(language, _)| *language)
}

fn cyrillic(text: &str) -> String {
    let lower = text.to_lowercase();
    let own = by_letters(&lower, &[("be", "ў"), ("uk", "їєґ"), ("sr", "ђћџљњ"), ("mk", "ѓќѕ")]);
    let long = (lower.chars().count() >= SHORT).then(|| trigrams(text)).flatten();
    own.or_else(|| long.filter(|l| matches!(*l, "ru" | "uk" | "be" | "bg" | "mk" | "sr")))
        .or_else(|| lower.contains('і').then_some("uk"))
        .unwrap_or("ru")
        .to_owned()
}

fn latin(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let guess = Detector::new().detect(text).filter(|info| two_letters(info.lang()).is_some());
    let by_trigrams = guess.as_ref().and_then(|info| two_letters(info.lang()));
    // Trigrams take Turkish for Azerbaijani, which has a letter of its own in nearly every word.
    let by_trigrams = by_trigrams.map(|language| if language == "az" && !text.contains(['ə', 'Ə']) { "tr" } else { language });
    if letters >= SHORT && guess.as_ref().is_some_and(whatlang::Info::is_reliable) {
        return by_trigrams.unwrap_or("en").to_owned();
    }
    // A word alone says little: "hi" is a function word of Catalan, "ok" of Polish.
    if has_plain_letters(text) && text.split_whitespace().count() < 2 {
        return "en".to_owned();
    }
    if let Some(language) = by_function_words(text, by_trigrams) {
        return language.to_owned();
    }
    // Without accents and function words ("Hello world") the guess is worth nothing.
    if has_plain_letters(text) && letters < SHORT {
        return "en".to_owned();
    }
    by_trigrams.unwrap_or("en").to_owned()
}

/// Whether a text has the letters of English alone; typographic quotes and dashes are no letters.
fn has_plain_letters(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii() || !c.is_alphabetic())
}

/// Languages whose function words are compared.
const COMPARED: [&str; 22] =
    ["en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "hu", "ro", "tr", "id", "ca", "vi", "hr", "sk", "la"];

/// The language that knows most of the text's words as function words: weighed by how few languages know them, since
/// `a` and `in` are everywhere. None where no word is known.
fn by_function_words(text: &str, by_trigrams: Option<&'static str>) -> Option<&'static str> {
    let words: Vec<String> = text.split_whitespace().take(400).map(str::to_lowercase).collect();
    let lexicons = COMPARED.map(lexicon::of);
    let mut scores = vec![0.0_f64; COMPARED.len()];
    let plain = has_plain_letters(text);
    for word in &words {
        let knowing: Vec<usize> = (0..COMPARED.len()).filter(|&i| lexicons[i].is_stop(word)).collect();
        for &i in &knowing {
            let weight = if COMPARED[i] == "en" && plain { ENGLISH } else { 1.0 };
            scores[i] += weight / f64::from(u32::try_from(knowing.len()).unwrap_or(u32::MAX));
        }
    }
    let best = scores.iter().copied().fold(0.0, f64::max);
    if best == 0.0 {
        return None;
    }
    let near: Vec<&'static str> = (0..COMPARED.len()).filter(|&i| scores[i] > best * 0.9).map(|i| COMPARED[i]).collect();
    by_trigrams.filter(|language| near.contains(language)).or_else(|| near.first().copied())
}

fn trigrams(text: &str) -> Option<&'static str> {
    Detector::new().detect_lang(text).and_then(two_letters)
}

/// The languages that are told apart: how whatlang names each (ISO 639-3), and its BCP 47 subtag.
const TAGS: [(&str, &str); 62] = [
    ("eng", "en"),
    ("rus", "ru"),
    ("cmn", "zh"),
    ("spa", "es"),
    ("por", "pt"),
    ("ita", "it"),
    ("ben", "bn"),
    ("fra", "fr"),
    ("deu", "de"),
    ("ukr", "uk"),
    ("kat", "ka"),
    ("ara", "ar"),
    ("hin", "hi"),
    ("jpn", "ja"),
    ("heb", "he"),
    ("yid", "yi"),
    ("pol", "pl"),
    ("amh", "am"),
    ("kor", "ko"),
    ("nob", "nb"),
    ("dan", "da"),
    ("swe", "sv"),
    ("fin", "fi"),
    ("tur", "tr"),
    ("nld", "nl"),
    ("hun", "hu"),
    ("ces", "cs"),
    ("ell", "el"),
    ("bul", "bg"),
    ("bel", "be"),
    ("mar", "mr"),
    ("kan", "kn"),
    ("ron", "ro"),
    ("slv", "sl"),
    ("hrv", "hr"),
    ("srp", "sr"),
    ("mkd", "mk"),
    ("lit", "lt"),
    ("lav", "lv"),
    ("est", "et"),
    ("tam", "ta"),
    ("vie", "vi"),
    ("urd", "ur"),
    ("tha", "th"),
    ("guj", "gu"),
    ("uzb", "uz"),
    ("pan", "pa"),
    ("aze", "az"),
    ("ind", "id"),
    ("tel", "te"),
    ("pes", "fa"),
    ("mal", "ml"),
    ("ori", "or"),
    ("mya", "my"),
    ("nep", "ne"),
    ("sin", "si"),
    ("khm", "km"),
    ("tuk", "tk"),
    ("lat", "la"),
    ("slk", "sk"),
    ("cat", "ca"),
    ("afr", "af"),
];

/// Whether a language, by its primary subtag, is one that is ever found.
pub fn can_detect(language: &str) -> bool {
    TAGS.iter().any(|(_, two)| *two == language)
}

/// The BCP 47 subtag of a language that whatlang names by ISO 639-3.
fn two_letters(language: Lang) -> Option<&'static str> {
    TAGS.iter().find(|(three, _)| *three == language.code()).map(|(_, two)| *two)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_of_many_languages() {
        for (language, text) in [
            ("en", "The cat sat on the mat."),
            ("en", "Hello world"),
            ("en", "Slow but steady wins the race."),
            ("en", "42"),
            ("en", "Hi"),
            ("en", "OK"),
            ("en", "Cats are great."),
            ("en", "Two foxes met in a garden"),
            ("en", "Coffee culture in Italy"),
            ("en", "I am an old man."),
            ("en", "Robots care too."),
            ("en", "Birds sing at dawn."),
            ("de", "Der Hund schläft."),
            ("de", "Ein Tag am See"),
            ("de", "Auf der Strasse"),
            ("de", "Alle Menschen sind frei und gleich an Würde und Rechten geboren."),
            ("fr", "Le chat est sur la table."),
            ("fr", "Maître Corbeau, sur un arbre perché, tenait en son bec un fromage."),
            ("es", "El perro duerme en la casa."),
            ("es", "Un hombre y su barco"),
            ("it", "Un uomo e la sua barca"),
            ("it", "La volpe e l'uva sono nella vigna del contadino."),
            ("pt", "O menino não foi para a escola."),
            ("nl", "Een man en zijn boot"),
            ("nl", "De hond slaapt in het huis van mijn moeder."),
            ("sv", "Hunden sover och katten är ute."),
            ("pl", "Kot śpi na stole, a pies jest w domu."),
            ("hu", "A macskák nagyszerűek."),
            ("id", "Dua teman berjalan di hutan"),
            ("tr", "Güneş parlıyor."),
            ("tr", "Arılar bal yapar."),
            ("tr", "Bu kitap çok güzel ve ben onu okudum."),
            ("ru", "Все люди рождаются свободными."),
            ("uk", "Усі люди народжуються вільними і рівними у своїй гідності, її має кожен."),
            ("ar", "يولد جميع الناس أحرارًا"),
            ("fa", "تمام افراد بشر آزاد به دنیا می‌آیند و از لحاظ حیثیت و حقوق با هم برابرند گچپژ"),
            ("ur", "تمام انسان آزاد اور حقوق و عزت کے اعتبار سے برابر پیدا ہوئے ہیں۔"),
            ("hi", "सभी मनुष्यों को गौरव और अधिकारों के मामले में"),
            ("zh", "人人生而自由，在尊严和权利上一律平等。"),
            ("ja", "すべての人間は、生まれながらにして自由である。"),
            ("ko", "모든 인간은 태어날 때부터 자유롭다."),
            ("el", "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι."),
            ("th", "มนุษย์ทั้งหลายเกิดมามีอิสระ"),
            ("he", "כל בני האדם נולדו בני חורין"),
        ] {
            assert_eq!(detect(text), language, "{text}");
        }
    }

    #[test]
    fn a_part_may_be_in_another_language() {
        assert_eq!(of_part("人人生而自由，在尊严和权利上一律平等。", "en"), "zh");
        assert_eq!(of_part("Slow but steady wins the race.", "en"), "en");
        let french = "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de conscience et doivent agir.";
        assert_eq!(of_part(french, "en"), "fr");
    }
}
