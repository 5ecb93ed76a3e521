//! The limits that requests are held to, in one place: the forms show them and the server enforces them.

use std::collections::BTreeMap;

/// The most scenes that a project has.
pub const MAX_SCENES: usize = 200;
/// The longest title, in characters.
pub const MAX_TITLE: usize = 200;
/// The longest prompt or pasted script, in characters.
pub const MAX_PROMPT: usize = 200_000;
/// The longest narration of one scene, in characters.
pub const MAX_NARRATION: usize = 10_000;
/// The longest visual or style prompt, in characters.
pub const MAX_VISUAL_PROMPT: usize = 4_000;
/// The longest text of a provider's own settings, in characters: a large workflow.
pub const MAX_PROVIDER_TEXT: usize = 500_000;
/// The most people and places that a film keeps the same.
pub const MAX_FIGURES: usize = 40;
/// The longest name of one of them, in characters.
pub const MAX_NAME: usize = 100;
/// The longest description of how one of them looks, in characters.
pub const MAX_LOOK: usize = 1_000;
/// The most images of one clip.
pub const MAX_CLIP_IMAGES: usize = 200;

/// A language tag (BCP 47): `en`, `pt-BR`, `zh-Hant`.
pub fn language_tag(tag: &str, _: &()) -> garde::Result {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    let good = (2..=3).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if good && tag.len() <= 35 { Ok(()) } else { Err(garde::Error::new("not a language tag such as `en` or `pt-BR`")) }
}

/// `NaN` can be written in a query, and no bounds refuse it.
pub fn is_number(number: &Option<f64>, _: &()) -> garde::Result {
    if number.is_some_and(f64::is_nan) { Err(garde::Error::new("not a number")) } else { Ok(()) }
}

/// As [`language_tag`], where the field may be left out.
pub fn optional_language_tag(tag: &Option<String>, context: &()) -> garde::Result {
    tag.as_deref().map_or(Ok(()), |tag| language_tag(tag, context))
}

/// Something to read: at least one character that is not white space.
pub fn not_blank(text: &str, _: &()) -> garde::Result {
    if text.trim().is_empty() { Err(garde::Error::new("must not be blank")) } else { Ok(()) }
}

/// As [`not_blank`], where the field may be left out.
pub fn optional_not_blank(text: &Option<String>, context: &()) -> garde::Result {
    text.as_deref().map_or(Ok(()), |text| not_blank(text, context))
}

/// A voice: `provider/voice`.
pub fn voice(voice: &str, _: &()) -> garde::Result {
    match voice.split_once('/') {
        Some((provider, voice)) if !provider.is_empty() && !voice.is_empty() => Ok(()),
        _ => Err(garde::Error::new("not a voice such as `espeak/en-us`")),
    }
}

/// As [`voice`], where the field may be left out.
pub fn optional_voice(voice: &Option<String>, context: &()) -> garde::Result {
    voice.as_deref().map_or(Ok(()), |voice| self::voice(voice, context))
}

/// A key: something that can stand in a header. White space around it comes from copying it.
pub fn optional_key(key: &Option<String>, _: &()) -> garde::Result {
    match key.as_deref().map(str::trim) {
        Some("") => Err(garde::Error::new("must not be blank")),
        Some(key) if !key.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Err(garde::Error::new("not a key: it has a space, a line break or a letter that keys do not have"))
        }
        _ => Ok(()),
    }
}

/// The texts of a provider's own settings: none too long, and none with a character that no database takes.
pub fn provider_texts(texts: &Option<BTreeMap<String, Option<String>>>, _: &()) -> garde::Result {
    for (name, text) in texts.iter().flatten() {
        let text = text.as_deref().unwrap_or_default();
        if text.chars().count() > MAX_PROVIDER_TEXT {
            return Err(garde::Error::new(format!("`{name}` is longer than {MAX_PROVIDER_TEXT} characters")));
        }
        if text.contains('\0') {
            return Err(garde::Error::new(format!("`{name}` contains the character U+0000")));
        }
    }
    Ok(())
}
