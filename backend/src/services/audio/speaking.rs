//! The job of a narration: its provider speaks, and what came back is measured and kept.

use std::path::Path;

use crate::{
    db::{self, audio::Made, take::Take},
    error::{AppError, Result},
    providers::{
        Call, Kind, Progress, ProviderError,
        speech::{Speech, SpeechRequest},
    },
    queue::Claimed,
    services::{
        Ctx, JobFailure,
        calling::{self, Purpose},
        making, peaks, pricing, settings,
    },
    storage::Shelf,
};
use engines::media::{
    convert,
    ffmpeg::ToolError,
    timing::{self, Heard},
};
use shared::{
    AudioId,
    audio::{AudioClip, Word},
};

use super::{own_speed, upload::examine};

/// The job: speaks.
pub async fn synthesize(ctx: &Ctx, job: &Claimed, id: AudioId) -> Result<(), JobFailure> {
    let (clip, text, language, style) = ctx
        .db
        .read(move |conn| {
            let (text, language) = db::audio::words_to_speak(conn, id)?;
            Ok((db::audio::get(conn, id)?, text, language, db::audio::style(conn, id)?))
        })
        .await?;
    let provider = settings::speech_provider(ctx, &clip.provider, "voiceId")?;
    let access = settings::access(ctx, &clip.provider, provider.about()).await?;
    let voice = clip.voice_id.split_once('/').map_or(clip.voice_id.as_str(), |(_, voice)| voice).to_owned();
    let speed = own_speed(&*provider, clip.model.as_deref(), clip.speed);
    let tempo = clip.speed / speed;
    if is_other(tempo) {
        // Asked for before anything is paid for.
        ctx.tools()?;
    }
    let workdir = ctx.storage.workdir(id.0).await?;
    let (progress, reader) = Progress::new();
    let expected = pricing::narration(&text, &language, speed);
    let purpose = Purpose { record: id.0, project: clip.project_id, model: clip.model.clone(), expected };
    let calling = calling::begin(ctx, job, provider.about(), &access, purpose).await?;
    let call = Call { workdir: &workdir, progress: &progress, access, operation: calling.operation() };
    let request = SpeechRequest { text, voice, speed, language, model: clip.model.clone(), style };
    let speech = making::with_progress(ctx, job, Take::Audio(id), reader, provider.speak(&request, &call)).await?;
    calling.answered(&speech.usage).await?;

    let speech = at_tempo(ctx, &clip, speech, tempo, &workdir).await?;
    let heard = examine(ctx, &speech.file).await?;
    let Some((format, duration_seconds)) = heard else { return Err(no_sound(&clip, &speech).into()) };
    let media_key = ctx.storage.adopt(Shelf::Audio, format.extension(), &speech.file).await?;
    let file = ctx.storage.known_path(&media_key)?;
    let peaks = peaks::of_new(ctx, &file, duration_seconds).await;
    let words = match speech.words {
        Some(words) => Some(words),
        None => words_heard(ctx, &request.text, &file, duration_seconds).await,
    };
    let made = Made {
        media_key,
        mime_type: format.mime().to_owned(),
        model: clip.model.clone().or_else(|| speech.usage.model.clone()),
        duration_seconds,
        words,
        cost_usd: None,
    };
    ctx.complete(job, move |tx| {
        let cost_usd = calling.settle(tx, &speech.usage)?;
        db::audio::ready(tx, id, Made { cost_usd, ..made })?;
        peaks.iter().try_for_each(|peaks| db::peaks::set(tx.conn, id, peaks))
    })
    .await?;
    ctx.storage.clear_workdir(id.0).await;
    tracing::info!(audio.id = %id, scene.id = %clip.scene_id, seconds = duration_seconds, "narrated a scene");
    Ok(())
}

/// The narration as fast as it was asked for, where the provider could not speak so.
async fn at_tempo(ctx: &Ctx, clip: &AudioClip, speech: Speech, tempo: f64, workdir: &Path) -> Result<Speech, JobFailure> {
    if !is_other(tempo) {
        return Ok(speech);
    }
    let file = workdir.join("at-tempo.flac");
    match convert::at_tempo(ctx.tools()?, &speech.file, tempo, &file).await {
        Ok(()) => {}
        Err(ToolError::Failed { .. } | ToolError::UnknownFormat) => return Err(no_sound(clip, &speech).into()),
        Err(ToolError::Io(error)) => return Err(AppError::from(error).into()),
        Err(error) => return Err(AppError::internal(error.log()).into()),
    }
    let words = speech.words.map(|mut words| {
        for word in &mut words {
            word.start_seconds /= tempo;
            word.end_seconds /= tempo;
        }
        words
    });
    Ok(Speech { file, words, usage: speech.usage })
}

/// When each word is spoken, by the sound itself, where the provider does not tell; none where it cannot be listened to.
async fn words_heard(ctx: &Ctx, text: &str, file: &Path, seconds: f64) -> Option<Vec<Word>> {
    match Heard::measure(ctx.tools().ok()?, file).await {
        Ok(heard) if heard.spoken.is_empty() => None,
        Ok(heard) => Some(timing::words(text, &heard, seconds)),
        Err(error) => {
            tracing::warn!(%error, "could not find the words of a narration in its sound");
            None
        }
    }
}

/// Whether a tempo is another one than the sound has.
fn is_other(tempo: f64) -> bool {
    (tempo - 1.0).abs() > 1e-3
}

fn no_sound(clip: &AudioClip, speech: &Speech) -> ProviderError {
    let error = ProviderError::new(&clip.provider, Kind::BadResponse, "The narration that came back is no sound.");
    error.having_used(speech.usage.clone())
}
