//! How long a text takes to speak: an estimate from its letters and punctuation, before any voice has read it.
//!
//! Not a measurement: a narration that exists knows its own length. The figures are set by hand for a calm narrator
//! (English: about 150 words a minute, pauses included). They count letters rather than words, so that one figure serves
//! English, German and Finnish alike. Beside espeak-ng at 160 words a minute, reading one article of the Universal
//! Declaration of Human Rights, the estimate is 1.06 (Arabic) to 1.20 (English) times as long in five languages, 1.41 in
//! French, and 0.56 in Chinese, which espeak-ng reads very slowly. No other voice has been compared.

use unicode_segmentation::UnicodeSegmentation;

use crate::language::primary;

/// Seconds that a narrator takes for `text`, pauses between its sentences included, the silence after its last
/// word not.
///
/// `language` is a BCP 47 tag (only its primary subtag matters; unknown ones are fine: the script decides most).
/// `speed` is 1 for the normal pace and 2 for twice as fast; anything that is not a positive number counts as 1.
/// A text without a word takes no time.
#[must_use]
pub fn speech_seconds(text: &str, language: &str, speed: f64) -> f64 {
    let reader = Reader::of(language);
    let (mut seconds, mut pause) = (0.0, 0.0_f64);
    let mut spoken = false;
    let mut stop_waits = false;
    for token in text.split_word_bounds() {
        let word = word_seconds(token, &reader);
        if word > 0.0 {
            // "e.g. this": a full stop before a small letter belongs to an abbreviation.
            if stop_waits && token.starts_with(char::is_lowercase) {
                pause = pause.min(COMMA);
            }
            if spoken {
                seconds += pause;
            }
            seconds += word;
            spoken = true;
            pause = 0.0;
            stop_waits = false;
        } else {
            stop_waits |= token == ".";
            pause = pause.max(pause_of(token));
        }
    }
    seconds / positive(speed)
}

/// Seconds of silence that a narrator leaves after `text` when more follows in the same paragraph.
///
/// What [`speech_seconds`] leaves out at the end, so that the parts of a text add up to the whole.
#[must_use]
pub fn pause_after_seconds(text: &str, speed: f64) -> f64 {
    let after = text.trim_end_matches(|c: char| !c.is_alphanumeric());
    text[after.len()..].split_word_bounds().map(pause_of).fold(0.0, f64::max) / positive(speed)
}

/// Pauses, in seconds. Sentence ends and commas are those that speech engines leave at their normal rate.
const SENTENCE: f64 = 0.45;
const CLAUSE: f64 = 0.3;
const COMMA: f64 = 0.2;
const PARAGRAPH: f64 = 0.6;

/// Every word costs a little, whatever its length …
const WORD: f64 = 0.12;
/// … and every letter of an alphabet this much: English words in running text have 4.3 letters, so 0.36 s.
const LETTER: f64 = 0.056;

/// What the language changes, where the script alone does not say it.
struct Reader {
    /// Seconds for a letter of an alphabet.
    letter: f64,
    /// Seconds for a Han character: a syllable in Chinese, two morae or so in Japanese.
    han: f64,
}

impl Reader {
    fn of(language: &str) -> Self {
        match primary(language).as_str() {
            "ja" => Self { letter: LETTER, han: 0.27 },
            // Many letters of French are silent.
            "fr" => Self { letter: LETTER * 0.88, han: 0.23 },
            _ => Self { letter: LETTER, han: 0.23 },
        }
    }
}

fn word_seconds(token: &str, reader: &Reader) -> f64 {
    let mut seconds = 0.0;
    let mut spaced = false;
    for cluster in token.graphemes(true) {
        let Some(c) = cluster.chars().next() else { continue };
        let (cluster_seconds, is_spaced) = letter_seconds(c, reader);
        seconds += cluster_seconds;
        spaced |= is_spaced;
    }
    if spaced { seconds + WORD } else { seconds }
}

/// Seconds for one letter (a grapheme cluster, by its first character), and whether its script puts spaces
/// between words, so that its words carry the cost of a word.
fn letter_seconds(c: char, reader: &Reader) -> (f64, bool) {
    match c {
        // Digits are read as words: 1863 is "eighteen sixty-three".
        _ if c.is_numeric() => (0.25, true),
        '%' | '$' | '€' | '£' | '&' | '=' => (0.3, false),
        // Consonants only: the vowels are spoken, not written.
        '\u{0590}'..='\u{08FF}' if c.is_alphabetic() => (0.095, true),
        // The scripts of India: one sign is a syllable, or nearly.
        '\u{0900}'..='\u{0DFF}' if c.is_alphabetic() => (0.13, true),
        // Thai, Lao, Burmese, Khmer: no spaces between words.
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' if c.is_alphabetic() => (0.11, false),
        // Kana: one mora each; the small ones only colour the one before.
        'ゃ' | 'ゅ' | 'ょ' | 'ャ' | 'ュ' | 'ョ' => (0.02, false),
        '\u{3040}'..='\u{30FF}' if c.is_alphabetic() => (0.125, false),
        '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' | '々' => (reader.han, false),
        '\u{AC00}'..='\u{D7AF}' => (0.18, false),
        _ if c.is_alphabetic() => (reader.letter, true),
        _ => (0.0, false),
    }
}

/// The pause that a token between words asks for.
fn pause_of(token: &str) -> f64 {
    let mut newlines = 0;
    let mut pause: f64 = 0.0;
    for c in token.chars() {
        let this = match c {
            '.' | '!' | '?' | '…' | '。' | '！' | '？' | '．' | '｡' | '؟' | '۔' | '।' | '॥' | '።' | '։' | '။' | '។' => {
                SENTENCE
            }
            ';' | ':' | '—' | '–' | '；' | '：' | '؛' | '(' | ')' | '（' | '）' => CLAUSE,
            ',' | '،' | '，' | '、' => COMMA,
            '\n' | '\u{2028}' | '\u{2029}' => {
                newlines += 1;
                if newlines > 1 { PARAGRAPH } else { CLAUSE }
            }
            _ => 0.0,
        };
        pause = pause.max(this);
    }
    pause
}

fn positive(speed: f64) -> f64 {
    if speed.is_finite() && speed > 0.0 { speed } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROSE: &str = "We are met on a great battle-field of that war. We have come to dedicate a portion of that field, \
        as a final resting place for those who here gave their lives that that nation might live. It is altogether \
        fitting and proper that we should do this.";

    fn words_a_minute(text: &str, language: &str) -> f64 {
        let words = u32::try_from(text.split_whitespace().count()).unwrap();
        f64::from(words) / speech_seconds(text, language, 1.0) * 60.0
    }

    #[test]
    fn english_prose_is_read_at_about_150_words_a_minute() {
        let rate = words_a_minute(PROSE, "en");
        assert!((140.0..165.0).contains(&rate), "{rate}");
    }

    #[test]
    fn languages_with_longer_words_have_fewer_of_them_in_a_minute() {
        let german = "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und \
            Gewissen begabt und sollen einander im Geist der Brüderlichkeit begegnen.";
        let rate = words_a_minute(german, "de");
        assert!((115.0..145.0).contains(&rate), "{rate}");
        assert!(rate < words_a_minute(PROSE, "en"));
    }

    #[test]
    fn scripts_without_spaces_are_counted_by_their_characters() {
        let chinese = "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。";
        let seconds = speech_seconds(chinese, "zh", 1.0);
        assert!((8.0..12.0).contains(&seconds), "{seconds}");
        assert!(speech_seconds("自由", "ja", 1.0) > speech_seconds("自由", "zh", 1.0));
        let hindi = "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।";
        let rate = words_a_minute(hindi, "hi");
        assert!((100.0..160.0).contains(&rate), "{rate}");
        let arabic = "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق، وقد وهبوا عقلاً وضميرًا";
        let rate = words_a_minute(arabic, "ar");
        assert!((95.0..135.0).contains(&rate), "{rate}");
    }

    #[test]
    fn punctuation_makes_pauses_but_not_at_the_end() {
        let plain = speech_seconds("one two", "en", 1.0);
        assert!(speech_seconds("One. Two", "en", 1.0) > speech_seconds("one, two", "en", 1.0));
        assert!(speech_seconds("one, two", "en", 1.0) > plain);
        assert!((speech_seconds("one two.\n\n", "en", 1.0) - plain).abs() < 1e-9);
        assert!((speech_seconds("e.g. this", "en", 1.0) - speech_seconds("e.g, this", "en", 1.0)).abs() < 1e-9);
    }

    #[test]
    fn the_parts_add_up_to_the_whole() {
        let (first, second) = PROSE.split_at(PROSE.find("We have").unwrap());
        let parts = speech_seconds(first, "en", 1.0) + pause_after_seconds(first, 1.0) + speech_seconds(second, "en", 1.0);
        assert!((parts - speech_seconds(PROSE, "en", 1.0)).abs() < 1e-9);
    }

    #[test]
    fn speed_divides_and_nonsense_counts_as_one() {
        let normal = speech_seconds(PROSE, "en", 1.0);
        assert!((speech_seconds(PROSE, "en", 2.0) - normal / 2.0).abs() < 1e-9);
        for speed in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!((speech_seconds(PROSE, "en", speed) - normal).abs() < 1e-9);
        }
    }

    #[test]
    fn no_word_takes_no_time() {
        for text in ["", " \n", "…!?", "— * —"] {
            assert!(speech_seconds(text, "en", 1.0) == 0.0, "{text:?}");
        }
    }
}
