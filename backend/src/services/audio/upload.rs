//! Recordings of the user's own, and what any sound file is.

use std::{io::SeekFrom, path::Path};

use engines::media::{ffmpeg::ToolError, peaks as media_peaks, probe, recording, sniff};
use uuid::Uuid;

use crate::{
    db::{
        self,
        audio::{Made, NewAudio},
    },
    error::{AppError, Result, blocking},
    services::{Ctx, peaks, settings},
    storage::Shelf,
};
use shared::{AudioId, SceneId, audio::AudioClip};

use super::UPLOAD;

/// By how many seconds what a container says may differ from what it holds: codecs add silence at both ends.
const SLACK: f64 = 0.15;
/// The same of an MP3, which counts whole frames; those at both ends are silence that is left out where it is decoded.
const SLACK_OF_FRAMES: f64 = 0.5;

/// What a sound file is and how long it lasts; none where it is no sound.
pub(super) async fn examine(ctx: &Ctx, file: &Path) -> Result<Option<(sniff::AudioFormat, f64)>> {
    let Some(format) = sniff::audio(&head(file, 0).await?) else { return Ok(None) };
    if format == sniff::AudioFormat::Wav
        && let Some(seconds) = wav_seconds(file)
    {
        return Ok(Some((format, seconds)));
    }
    match probe::probe(ctx.tools()?, file).await {
        Ok(info) if info.audio.is_some() && info.duration_seconds > 0.0 => {
            // A tag that is longer than what was read here may stand before a FLAC, too.
            let format = if info.format == "flac" { sniff::AudioFormat::Flac } else { format };
            Ok(Some((format, info.duration_seconds)))
        }
        Ok(_) => Ok(None),
        Err(error) => {
            tracing::debug!(%error, "a sound that cannot be probed");
            Ok(None)
        }
    }
}

/// The beginning of a file, behind its first bytes where there are so many.
async fn head(file: &Path, behind: u64) -> Result<Vec<u8>> {
    use tokio::io::{AsyncReadExt, AsyncSeekExt};
    let mut file = tokio::fs::File::open(file).await?;
    file.seek(SeekFrom::Start(behind)).await?;
    let mut head = Vec::with_capacity(8192);
    file.take(8192).read_to_end(&mut head).await?;
    Ok(head)
}

/// How long a sound says that it is, counted in samples or frames, and by how much less it may hold; none where what it says
/// may be a guess. `seconds` is what it was found to say.
async fn counted_seconds(file: &Path, format: sniff::AudioFormat, seconds: f64) -> Result<Option<(f64, f64)>> {
    match format {
        sniff::AudioFormat::Wav | sniff::AudioFormat::Flac => Ok(Some((seconds, SLACK))),
        sniff::AudioFormat::Mp3 => {
            let tag = sniff::id3_length(&head(file, 0).await?).unwrap_or_default();
            Ok(sniff::mp3_seconds(&head(file, tag as u64).await?).map(|seconds| (seconds, SLACK_OF_FRAMES)))
        }
        sniff::AudioFormat::M4a | sniff::AudioFormat::Ogg => Ok(None),
    }
}

/// How long a plain WAV file lasts; this much is known without ffprobe, so that espeak works where ffmpeg is missing.
fn wav_seconds(file: &Path) -> Option<f64> {
    let reader = hound::WavReader::open(file).ok()?;
    let seconds = f64::from(reader.duration()) / f64::from(reader.spec().sample_rate);
    (seconds > 0.0).then_some(seconds)
}

/// How long a sound is that was decoded; none for a plain WAV that is whole, of which that is known without ffmpeg.
async fn held_seconds(ctx: &Ctx, file: &Path, format: sniff::AudioFormat) -> Result<Option<f64>> {
    let wav = file.to_owned();
    if format == sniff::AudioFormat::Wav && blocking(move || Ok(media_peaks::of_wav(&wav))).await?.is_some() {
        return Ok(None);
    }
    media_peaks::seconds(ctx.tools()?, file).await.map(Some).map_err(|error| {
        tracing::debug!(error = %error.log(), "a sound that cannot be decoded");
        AppError::invalid("file", "a sound that is damaged")
    })
}

/// Checks an uploaded sound by its content: what it is, and how long it lasts, at most as long as the settings allow.
pub async fn check_upload(ctx: &Ctx, file: &Path) -> Result<(sniff::AudioFormat, f64)> {
    check(ctx, file, settings::upload_limits(ctx).await?.audio_seconds).await
}

/// As [`check_upload`], with another limit.
pub async fn check(ctx: &Ctx, file: &Path, most_seconds: f64) -> Result<(sniff::AudioFormat, f64)> {
    let Some((format, seconds)) = examine(ctx, file).await? else {
        return Err(AppError::invalid("file", "not a sound in one of the formats WAV, MP3, M4A, OGG or FLAC"));
    };
    if seconds > most_seconds {
        return Err(AppError::invalid("file", format!("longer than {most_seconds} seconds")));
    }
    let Some(held) = held_seconds(ctx, file, format).await? else { return Ok((format, seconds)) };
    if let Some((counted, slack)) = counted_seconds(file, format, seconds).await?
        && held < counted - slack
    {
        return Err(AppError::invalid("file", format!("cut off: {held:.1} of {counted:.1} seconds are there")));
    }
    Ok((format, if (held - seconds).abs() > SLACK { held } else { seconds }))
}

/// What a browser recorded, as a file that can be kept, and what it was; none where the file is something else.
async fn from_recorder(ctx: &Ctx, file: &Path) -> Result<Option<Converted>> {
    let Some(container) = recording::Container::of(&head(file, 0).await?) else { return Ok(None) };
    let converted = ctx.storage.temporary()?;
    // A second more than is taken, by which it is seen to be too long.
    let most_seconds = settings::upload_limits(ctx).await?.audio_seconds + 1.0;
    recording::to_flac(ctx.tools()?, container, file, most_seconds, converted.path()).await.map_err(|error| match error {
        ToolError::Failed { .. } => AppError::invalid("file", format!("{} without a sound that can be read", container.name())),
        other => AppError::internal(other.log()),
    })?;
    Ok(Some(Converted { file: converted, from: container }))
}

/// What a browser recorded, as it is kept.
struct Converted {
    file: tempfile::NamedTempFile,
    from: recording::Container,
}

/// A sound that was looked at.
pub struct Recording {
    /// The file that is kept in its place, where it is what a browser recorded.
    converted: Option<Converted>,
    format: sniff::AudioFormat,
    seconds: f64,
}

impl Recording {
    /// The media type of what was sent.
    pub fn mime(&self) -> &'static str {
        self.converted.as_ref().map_or(self.format.mime(), |converted| converted.from.mime())
    }
}

/// Looks at a recording: it must be a sound, and not too long.
pub async fn listen(ctx: &Ctx, file: &Path) -> Result<Recording> {
    let converted = from_recorder(ctx, file).await?;
    let (format, seconds) = check_upload(ctx, converted.as_ref().map_or(file, |converted| converted.file.path())).await?;
    Ok(Recording { converted, format, seconds })
}

/// Keeps a recording of the user's own as a take of a scene.
pub async fn upload(ctx: &Ctx, scene: SceneId, file: &Path, recording: Recording) -> Result<AudioClip> {
    ctx.db.read(move |conn| db::scene::get(conn, scene)).await?;
    let Recording { converted, format, seconds: duration_seconds } = recording;
    let file = converted.as_ref().map_or(file, |converted| converted.file.path());
    let peaks = peaks::of_new(ctx, file, duration_seconds).await;
    let media_key = ctx.storage.adopt(Shelf::Audio, format.extension(), file).await?;
    let mime_type = format.mime().to_owned();
    let made = Made { media_key, mime_type, model: None, duration_seconds, words: None, cost_usd: None };
    let keys = vec![made.media_key.clone()];
    ctx.write_naming(keys, move |tx| {
        let scene = db::scene::get(tx.conn, scene)?;
        let id = AudioId(Uuid::now_v7());
        let take = NewAudio {
            id: id.0,
            project_id: scene.project_id.0,
            scene_id: scene.id.0,
            provider: UPLOAD.to_owned(),
            model: None,
            voice_id: format!("{UPLOAD}/recording"),
            speed: 1.0,
            style: None,
            narration: scene.narration,
        };
        db::audio::insert(tx, take)?;
        db::audio::ready(tx, id, made)?;
        peaks.iter().try_for_each(|peaks| db::peaks::set(tx.conn, id, peaks))?;
        db::audio::get(tx.conn, id)
    })
    .await
}
