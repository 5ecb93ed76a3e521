//! Peaks: how loud a narration is along its length. Measured when it is made, or when they are first asked for, and kept.

use std::path::Path;

use super::Ctx;
use crate::{
    db,
    error::{AppError, Result, blocking},
};
use engines::media::peaks;
use shared::{AudioId, ErrorCode, audio::AudioPeaks};

/// The peaks of a narration.
pub async fn of(ctx: &Ctx, id: AudioId) -> Result<AudioPeaks> {
    let sound = ctx.db.read(move |conn| db::peaks::sound(conn, id)).await?;
    let (Some(key), Some(duration_seconds)) = (sound.media_key, sound.duration_seconds) else {
        return Err(AppError::api(ErrorCode::Conflict, "This narration is not ready yet."));
    };
    let peaks = match sound.peaks {
        Some(known) => known,
        // It was copied, imported, or made before peaks were kept.
        None => {
            let measured = measure(ctx, &ctx.storage.known_path(&key)?, duration_seconds).await?;
            let kept = measured.clone();
            ctx.db.run(move |conn| db::peaks::set(conn, id, &kept)).await?;
            measured
        }
    };
    Ok(AudioPeaks { duration_seconds, peaks })
}

/// The peaks of a sound that was just made; none where they cannot be measured now: the sound is good without.
pub async fn of_new(ctx: &Ctx, file: &Path, seconds: f64) -> Option<Vec<u8>> {
    match measure(ctx, file, seconds).await {
        Ok(peaks) => Some(peaks),
        Err(error) => {
            tracing::debug!(%error, "no peaks yet");
            None
        }
    }
}

async fn measure(ctx: &Ctx, file: &Path, seconds: f64) -> Result<Vec<u8>> {
    let wav = file.to_owned();
    if let Some(plain) = blocking(move || Ok(peaks::of_wav(&wav))).await? {
        return Ok(plain);
    }
    peaks::measure(ctx.tools()?, file, seconds).await.map_err(|error| AppError::internal(error.log()))
}
