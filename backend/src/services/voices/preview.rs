//! Voices, to be heard before they are chosen: a few words, spoken at once and kept nowhere.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Semaphore;

use crate::{
    error::{AppError, Result, blocking},
    providers::{About, Call, Operation, Progress, speech::SpeechRequest},
    services::{Ctx, settings, voices},
};
use shared::{audio::VoicePreviewQuery, language::primary};

/// What a voice says where nothing else is asked of it, by the language that it speaks (Universal Declaration of Human
/// Rights, article 1).
const SAMPLES: [(&str, &str); 12] = [
    ("ar", "يولد جميع الناس أحراراً متساوين في الكرامة والحقوق."),
    ("de", "Alle Menschen sind frei und gleich an Würde und Rechten geboren."),
    ("en", "All human beings are born free and equal in dignity and rights."),
    ("es", "Todos los seres humanos nacen libres e iguales en dignidad y derechos."),
    ("fr", "Tous les êtres humains naissent libres et égaux en dignité et en droits."),
    ("hi", "सभी मनुष्य जन्म से स्वतंत्र तथा मर्यादा और अधिकारों में समान होते हैं।"),
    ("it", "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti."),
    ("nl", "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren."),
    ("pl", "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw."),
    ("pt", "Todos os seres humanos nascem livres e iguais em dignidade e em direitos."),
    ("ru", "Все люди рождаются свободными и равными в своём достоинстве и правах."),
    ("zh", "人人生而自由，在尊严和权利上一律平等。"),
];

/// The previews of this process that are being spoken.
#[derive(Default)]
pub struct Spoken(Mutex<HashMap<&'static str, Arc<Semaphore>>>);

impl Spoken {
    /// The places of a provider: as many as it wants to do at once.
    fn places(&self, about: &About) -> Arc<Semaphore> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(places.entry(about.id).or_insert_with(|| Arc::new(Semaphore::new(about.at_once as usize))))
    }
}

/// Where a voice of a provider that costs nothing can be heard.
#[must_use]
pub fn url(voice_id: &str) -> String {
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("voiceId", voice_id).finish();
    format!("/api/voices/preview?{query}")
}

/// The sound of a voice that says a few words.
pub async fn speak(ctx: &Arc<Ctx>, query: VoicePreviewQuery) -> Result<Vec<u8>> {
    let (provider_id, voice) =
        query.voice_id.split_once('/').ok_or_else(|| AppError::invalid("voiceId", "not a voice such as `espeak/en-us`"))?;
    let provider = settings::speech_provider(ctx, provider_id, "voiceId")?;
    if !provider.about().built_in {
        return Err(AppError::invalid(
            "voiceId",
            "only voices of built-in providers can be heard here; others have a `previewUrl` of their own",
        ));
    }
    voices::check(ctx, &query.voice_id, "voiceId").await?;
    let access = settings::access(ctx, provider_id, provider.about()).await?;
    let known = provider.voices(&access).await.map_err(|error| AppError::Api(error.to_api(1)))?;
    let language = known.iter().find(|known| known.id == voice).map(|known| known.language.clone()).unwrap_or_default();
    let text = query.text.filter(|text| !text.trim().is_empty()).unwrap_or_else(|| sample(&language).to_owned());
    let places = ctx.spoken.places(provider.about());
    let _place = places.acquire().await.map_err(AppError::internal)?;
    let storage = ctx.storage.clone();
    let folder = blocking(move || storage.temporary_dir()).await?;
    let (progress, _reader) = Progress::new();
    let call = Call { workdir: folder.path(), progress: &progress, access, operation: Operation::fleeting() };
    let request = SpeechRequest { text, voice: voice.to_owned(), speed: query.speed.unwrap_or(1.0), language, model: None, style: None };
    let speech = provider.speak(&request, &call).await.map_err(|error| AppError::Api(error.to_api(1)))?;
    Ok(tokio::fs::read(&speech.file).await?)
}

fn sample(language: &str) -> &'static str {
    let known = |wanted: &str| SAMPLES.iter().find(|(language, _)| *language == wanted).map(|(_, text)| *text);
    known(&primary(language)).or_else(|| known("en")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_says_something_in_its_own_language() {
        assert!(sample("de-AT").starts_with("Alle Menschen"));
        assert!(sample("xx").starts_with("All human beings"));
        assert_eq!(url("espeak/en-us+f3"), "/api/voices/preview?voiceId=espeak%2Fen-us%2Bf3");
    }
}
