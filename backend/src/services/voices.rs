//! Voices: who can speak, as the providers list it. What a remote one lists is remembered for a while, and none of them
//! is waited for long.

pub mod preview;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared, join_all},
};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, timeout};

use super::{Ctx, settings};
use crate::{
    error::{AppError, Result},
    providers::{
        Access, Kind, ProviderError, ProviderResult,
        speech::{SpeechProvider, speaks},
    },
};
use shared::audio::{Voice, VoiceFailure, VoiceList, VoiceQuery};

/// How long a list is waited for. One that takes longer is there for whoever asks next.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long a list is good for, and how long a failure is not asked for again.
const FRESH: Duration = Duration::from_secs(300);
const FAILED: Duration = Duration::from_secs(10);

/// What remote providers have listed lately.
#[derive(Default)]
pub struct Directory(Mutex<HashMap<Place, (Instant, Listing)>>);

/// Whose list it is: another address or another key has another. Of the key, only a hash.
type Place = (String, Option<String>, Vec<u8>);
/// A list that is on its way, or there.
type Listing = Shared<BoxFuture<'static, ProviderResult<Arc<[Voice]>>>>;

impl Directory {
    /// The list of a provider: the one that is known, or a new one.
    fn listing(&self, provider: &Arc<dyn SpeechProvider>, access: &Access) -> Listing {
        let key = access.key.as_ref().map(|key| Sha256::digest(key.expose()).to_vec()).unwrap_or_default();
        let place = (access.provider.clone(), access.base_url.clone(), key);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (since, listing)| match listing.peek() {
            None => true,
            Some(Ok(_)) => since.elapsed() < FRESH,
            Some(Err(_)) => since.elapsed() < FAILED,
        });
        let (_, listing) = known.entry(place).or_insert_with(|| {
            let (provider, access) = (Arc::clone(provider), access.clone());
            let listing = async move { provider.voices(&access).await.map(Arc::from) }.boxed().shared();
            // It goes on where nobody waits for it any more.
            tokio::spawn(listing.clone().map(drop));
            (Instant::now(), listing)
        });
        listing.clone()
    }
}

/// The voices of a provider, ids without its name before them.
pub async fn of(ctx: &Ctx, provider: &Arc<dyn SpeechProvider>, access: &Access) -> ProviderResult<Arc<[Voice]>> {
    if provider.about().built_in {
        return provider.voices(access).await.map(Arc::from);
    }
    match timeout(PATIENCE, ctx.voices.listing(provider, access)).await {
        Ok(listed) => listed,
        Err(_) => {
            let message = format!("{} did not list its voices within {} s.", access.name, PATIENCE.as_secs());
            Err(ProviderError::new(&access.provider, Kind::Timeout, message))
        }
    }
}

/// The voices of every provider that can be used, or of one. One that is asked for by name and fails is an error; of all,
/// those that fail are told beside the voices of the others.
pub async fn list(ctx: &Ctx, query: VoiceQuery) -> Result<VoiceList> {
    let mut list = VoiceList::default();
    match &query.provider {
        Some(id) => {
            let provider = settings::speech_provider(ctx, id, "provider")?;
            list.items = named(ctx, id, &provider).await?;
        }
        None => {
            let speakers = settings::speakers(ctx).await?;
            let listed = join_all(speakers.iter().map(|(id, speaker)| named(ctx, id, speaker))).await;
            for ((provider, _), listed) in speakers.into_iter().zip(listed) {
                match listed {
                    Ok(voices) => list.items.extend(voices),
                    // It lacks a key or a program, which the settings tell: nobody expects voices of it.
                    Err(AppError::Api(error)) if error.code == shared::ErrorCode::ProviderNotConfigured => {}
                    Err(AppError::Api(error)) => list.failures.push(VoiceFailure { provider, error }),
                    Err(error) => return Err(error),
                }
            }
        }
    }
    if let Some(language) = &query.language {
        list.items.retain(|voice| speaks(&voice.language, language));
    }
    Ok(list)
}

/// The voices of one provider, as requests name them.
async fn named(ctx: &Ctx, id: &str, provider: &Arc<dyn SpeechProvider>) -> Result<Vec<Voice>> {
    let about = provider.about();
    let access = settings::access(ctx, id, about).await?;
    let listed = of(ctx, provider, &access).await.map_err(|error| AppError::Api(error.to_api(1)))?;
    let named = listed.iter().cloned().map(|voice| {
        let voice_id = format!("{id}/{}", voice.id);
        let preview_url = voice.preview_url.or_else(|| about.built_in.then(|| preview::url(&voice_id)));
        Voice { id: voice_id, provider: id.to_owned(), preview_url, ..voice }
    });
    Ok(named.collect())
}

/// The voice that a provider would choose for a language.
pub async fn choose(ctx: &Ctx, provider: &Arc<dyn SpeechProvider>, access: &Access, language: &str) -> Result<String> {
    let listed = of(ctx, provider, access).await;
    let known = listed.as_deref().unwrap_or_default();
    if let Some(voice) = provider.voice_for(language, known) {
        return Ok(voice);
    }
    listed.map_err(|error| AppError::Api(error.to_api(1)))?;
    let message = format!("{} has no voice for the language `{language}`; choose one", access.name);
    Err(AppError::invalid("voiceId", message))
}

/// Refuses a `provider/voice` that there is not.
pub async fn check(ctx: &Ctx, voice_id: &str, path: &str) -> Result<()> {
    let (id, voice) = voice_id.split_once('/').ok_or_else(|| AppError::invalid(path, "not a voice such as `espeak/en-us`"))?;
    let provider = settings::speech_provider(ctx, id, path)?;
    check_known(&*provider, &settings::access(ctx, id, provider.about()).await?, voice, path).await
}

/// A built-in provider's voices are all known; a remote one may have voices of the user's own that it does not list.
pub async fn check_known(provider: &dyn SpeechProvider, access: &Access, voice: &str, path: &str) -> Result<()> {
    let about = provider.about();
    if !about.built_in {
        return Ok(());
    }
    let voices = provider.voices(access).await.map_err(|error| AppError::Api(error.to_api(1)))?;
    if voices.iter().any(|known| known.id == voice) {
        return Ok(());
    }
    Err(AppError::invalid(path, format!("{} has no voice `{voice}`", about.name)))
}
