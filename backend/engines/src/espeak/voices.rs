//! espeak-ng's voices: their ids, their names for people, and which one speaks a language.

use serde::{Deserialize, Serialize};
use shared::audio::Gender;

/// A voice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EspeakVoice {
    /// As espeak-ng identifies its language: `en-us`, `cmn`. Letters, digits and hyphens.
    pub id: String,
    /// For people: `English (America)`.
    pub name: String,
    /// The language that it speaks (BCP 47): `en-us`, `zh`.
    pub language: String,
    /// As espeak-ng says of it.
    pub gender: Option<Gender>,
    /// Its file, by which espeak-ng finds it: `gmw/en-US`.
    pub(super) file: String,
    /// The languages that it serves, with espeak-ng's priority (less is better).
    serves: Vec<(u8, String)>,
}

/// A voice as espeak-ng lists it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListedVoice {
    pub name: String,
    pub file: String,
    pub languages: Vec<(u8, String)>,
    pub gender: Option<EngineGender>,
}

/// What espeak-ng knows of gender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EngineGender {
    Female,
    Male,
}

/// The voices to offer, by name. Not among them: the variants (`!v/…`: they change a voice, and speak no language) and
/// MBROLA's (`mb/…`: listed whether or not they are installed).
pub fn voices(listed: Vec<ListedVoice>) -> Vec<EspeakVoice> {
    let mut voices: Vec<EspeakVoice> = Vec::with_capacity(listed.len());
    for voice in listed {
        if voice.file.starts_with("!v/") || voice.file.starts_with("mb/") {
            continue;
        }
        let serves: Vec<_> = voice.languages.into_iter().map(|(priority, tag)| (priority, tag.to_ascii_lowercase())).collect();
        let Some((_, first)) = serves.first() else { continue };
        // Cantonese in Jyutping says of itself that it is `yue`, as Cantonese does: then its file tells them apart.
        let by_file = voice.file.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        let free = |id: &str| !id.is_empty() && voices.iter().all(|voice| voice.id != id);
        let Some(id) = [first.as_str(), &by_file].into_iter().find(|id| free(id)).map(str::to_owned) else { continue };
        voices.push(EspeakVoice {
            language: bcp47(&id),
            id,
            name: voice.name.replace('_', " ").trim().to_owned(),
            gender: voice.gender.map(|gender| match gender {
                EngineGender::Female => Gender::Female,
                EngineGender::Male => Gender::Male,
            }),
            file: voice.file,
            serves,
        });
    }
    voices.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    voices
}

/// The voice that speaks a language best: `pt-BR`, else what speaks `pt`.
pub fn voice_for<'a>(voices: &'a [EspeakVoice], language: &str) -> Option<&'a EspeakVoice> {
    let language = language.trim().replace('_', "-").to_ascii_lowercase();
    let mut tag = language.as_str();
    loop {
        let found = by_tag(voices, tag);
        if found.is_some() {
            return found;
        }
        tag = tag.rsplit_once('-')?.0;
    }
}

fn by_tag<'a>(voices: &'a [EspeakVoice], tag: &str) -> Option<&'a EspeakVoice> {
    let by_id = |id: &str| voices.iter().find(|voice| voice.id == id);
    let chosen = PREFERRED.iter().find(|(language, _)| *language == tag).and_then(|(_, id)| by_id(id));
    chosen.or_else(|| by_id(tag)).or_else(|| {
        let served = |voice: &'a EspeakVoice| {
            voice
                .serves
                .iter()
                .filter(|(_, language)| language == tag)
                .map(|(priority, _)| *priority)
                .min()
                .map(|priority| (priority, voice))
        };
        voices.iter().filter_map(served).min_by_key(|(priority, _)| *priority).map(|(_, voice)| voice)
    })
}

/// Languages whose voice is not the one that espeak-ng would take, or that it knows by another tag.
const PREFERRED: &[(&str, &str)] = &[
    ("en", "en-us"),
    // Its sister, `cmn`, reads a good third of all characters as English letters in espeak-ng 1.51.
    ("zh", "cmn-latn-pinyin"),
    ("zh-hk", "yue"),
    ("zh-mo", "yue"),
    ("zh-hant-hk", "yue"),
    ("zh-hant-mo", "yue"),
    ("no", "nb"),
    ("nn", "nb"),
    ("iw", "he"),
    ("in", "id"),
    ("mo", "ro"),
];

/// `cmn` is Mandarin by its own code; everybody else calls it `zh`. All other ids of espeak-ng are language tags.
fn bcp47(id: &str) -> String {
    match id.strip_prefix("cmn") {
        Some("") => "zh".into(),
        Some(rest) if rest.starts_with('-') => format!("zh{rest}"),
        _ => id.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(name: &str, file: &str, languages: &[(u8, &str)]) -> ListedVoice {
        let languages = languages.iter().map(|&(priority, tag)| (priority, tag.to_owned())).collect();
        ListedVoice { name: name.into(), file: file.into(), languages, gender: Some(EngineGender::Male) }
    }

    fn some() -> Vec<EspeakVoice> {
        voices(vec![
            listed("English (Great Britain)", "gmw/en", &[(2, "en-gb"), (2, "en")]),
            listed("English (America)", "gmw/en-US", &[(2, "en-us"), (3, "en")]),
            listed("Chinese_(Mandarin)", "sit/cmn", &[(5, "cmn"), (5, "zh-cmn"), (5, "zh")]),
            listed("Chinese (pinyin)", "sit/cmn-Latn-pinyin", &[(5, "cmn-latn-pinyin"), (5, "zh")]),
            listed("Cantonese", "sit/yue", &[(5, "yue"), (8, "zh")]),
            listed("Cantonese (Jyutping)", "sit/yue-Latn-jyutping", &[(5, "yue"), (8, "zh")]),
            listed("French (Belgium)", "roa/fr-BE", &[(5, "fr-be"), (8, "fr")]),
            listed("French (France)", "roa/fr", &[(5, "fr-fr"), (5, "fr")]),
            listed("Portuguese (Portugal)", "roa/pt", &[(5, "pt"), (5, "pt-pt")]),
            listed("Portuguese (Brazil)", "roa/pt-BR", &[(5, "pt-br"), (6, "pt")]),
            listed("female5", "!v/f5", &[(5, "variant")]),
            listed("en1", "mb/mb-en1", &[(5, "en-uk")]),
        ])
    }

    #[test]
    fn ids_are_unique_and_fit_an_address() {
        let voices = some();
        let mut ids: Vec<_> = voices.iter().map(|voice| voice.id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["cmn", "cmn-latn-pinyin", "en-gb", "en-us", "fr-be", "fr-fr", "pt", "pt-br", "yue", "yue-latn-jyutping"]);
        let chinese = voices.iter().find(|voice| voice.id == "cmn").unwrap();
        assert_eq!((chinese.name.as_str(), chinese.language.as_str()), ("Chinese (Mandarin)", "zh"));
    }

    #[test]
    fn a_language_finds_its_voice() {
        let voices = some();
        let cases = [
            ("en", "en-us"),
            ("en-GB", "en-gb"),
            ("en_AU", "en-us"),
            ("zh", "cmn-latn-pinyin"),
            ("zh-Hant-TW", "cmn-latn-pinyin"),
            ("zh-HK", "yue"),
            ("yue", "yue"),
            ("fr", "fr-fr"),
            ("fr-CA", "fr-fr"),
            ("pt-BR", "pt-br"),
            ("pt-PT", "pt"),
        ];
        for (language, id) in cases {
            assert_eq!(voice_for(&voices, language).map(|voice| voice.id.as_str()), Some(id), "{language}");
        }
        assert_eq!(voice_for(&voices, "xx-YY"), None);
        assert_eq!(voice_for(&voices, ""), None);
    }
}
