//! Narration: takes are asked for, spoken, or uploaded.

use std::{path::Path, sync::Arc};

use diesel::PgConnection;
use uuid::Uuid;

use super::{
    Ctx, JobFailure,
    calling::{self, Purpose},
    making, peaks,
    policy::{self, Policy},
    pricing::{self, Payee},
    settings, spending,
    take::enqueue,
    voices,
};
use crate::{
    db::{
        self, Tx,
        audio::{Made, NewAudio},
        take::Take,
    },
    error::{AppError, Result},
    media::{
        convert,
        ffmpeg::ToolError,
        probe, recording, sniff,
        timing::{self, Heard},
    },
    providers::{
        Call, Kind, Progress, ProviderError,
        speech::{Speech, SpeechProvider, SpeechRequest},
    },
    queue::{self, Claimed, Priority},
    storage::Shelf,
};
use shared::{
    AudioId, ErrorCode, ProjectId, SceneId,
    audio::{AudioClip, GenerateAudio, GenerateAudioBatch, Word},
    record::Status,
    scene::Scene,
};

/// The provider of takes that the user brought along.
pub const UPLOAD: &str = "upload";

/// A voice that was chosen, and its pace.
#[derive(Clone, Debug)]
pub struct Casting {
    /// Who speaks.
    pub provider: String,
    /// Its model: the one that is chosen, or the provider's own default.
    pub model: Option<String>,
    /// `provider/voice`.
    pub voice_id: String,
    /// How fast.
    pub speed: f64,
    /// How fast the provider speaks by itself; what is missing to `speed`, the studio adds.
    pub own_speed: f64,
    /// How it should sound.
    pub style: Option<String>,
    /// The language that is spoken.
    pub language: String,
    /// Who bills it.
    pub payee: Payee,
}

impl Casting {
    /// What the speaking of a text may cost, where that is known.
    pub fn cost(&self, policy: &Policy, text: &str) -> Option<f64> {
        self.payee.cost(policy, &pricing::narration(text, &self.language, self.own_speed))
    }
}

/// Queues one narration.
pub async fn request(ctx: &Arc<Ctx>, request: GenerateAudio) -> Result<AudioClip> {
    let scene_id = request.scene_id;
    let project = ctx.db.read(move |conn| Ok(db::scene::get(conn, scene_id)?.project_id)).await?;
    let casting = cast(ctx, project, request.voice_id, request.speed).await?;
    ctx.db
        .write(move |tx| {
            let scene = db::scene::get(tx.conn, scene_id)?;
            if scene.narration.trim().is_empty() {
                return Err(AppError::api(ErrorCode::Conflict, "This scene has nothing to say; write its narration first."));
            }
            let (id, job) = queue_take(tx, &scene, &casting, Priority::Single)?;
            spending::admit(tx, project, &[job])?;
            db::audio::get(tx.conn, id)
        })
        .await
}

/// Queues a narration for every scene, or for those that lack one. Scenes with nothing to say are left out.
pub async fn request_batch(ctx: &Arc<Ctx>, request: GenerateAudioBatch) -> Result<Vec<AudioClip>> {
    let project = request.project_id;
    ctx.db.read(move |conn| db::project::get(conn, project)).await?;
    let casting = cast(ctx, project, request.voice_id, request.speed).await?;
    let only_missing = request.only_missing.unwrap_or(false);
    ctx.db
        .write(move |tx| {
            let (mut clips, mut jobs) = (Vec::new(), Vec::new());
            for scene in db::scene::of_project(tx.conn, project)? {
                if scene.narration.trim().is_empty() {
                    continue;
                }
                if only_missing && !is_missing(tx.conn, &scene)? {
                    want_coming(tx, &scene)?;
                    continue;
                }
                let (id, job) = queue_take(tx, &scene, &casting, Priority::Batch)?;
                clips.push(db::audio::get(tx.conn, id)?);
                jobs.push(job);
            }
            spending::admit(tx, project, &jobs)?;
            Ok(clips)
        })
        .await
}

/// Whether a scene has no narration of its words, and none is being made.
pub fn is_missing(conn: &mut PgConnection, scene: &Scene) -> Result<bool> {
    let takes = db::audio::of_scene(conn, scene.id)?;
    let selected = takes.iter().any(|take| Some(take.id) == scene.selected_audio_id && take.status == Status::Ready && !take.stale);
    let coming = takes.iter().any(|take| !take.status.is_finished() && !take.stale);
    Ok(!selected && !coming)
}

/// What a film has queued already is asked for now: it goes on where the film is canceled.
fn want_coming(tx: &mut Tx<'_>, scene: &Scene) -> Result<()> {
    for take in db::audio::of_scene(tx.conn, scene.id)?.iter().filter(|take| !take.status.is_finished()) {
        queue::want_record(tx, take.id.0)?;
    }
    Ok(())
}

/// Writes a queued take of a scene, and its job with what it may cost held back; [`spending::admit`] is still to be asked.
pub fn queue_take(tx: &mut Tx<'_>, scene: &Scene, casting: &Casting, priority: Priority) -> Result<(AudioId, Uuid)> {
    let id = AudioId(Uuid::now_v7());
    let take = NewAudio {
        id: id.0,
        project_id: scene.project_id.0,
        scene_id: scene.id.0,
        provider: casting.provider.clone(),
        model: casting.model.clone(),
        voice_id: casting.voice_id.clone(),
        speed: casting.speed,
        style: casting.style.clone(),
        narration: scene.narration.clone(),
    };
    db::audio::insert(tx, vec![take])?;
    let job = enqueue(tx, Take::Audio(id), scene.project_id, casting.provider.clone(), priority, Vec::new())?;
    let cost = casting.cost(&policy::read(tx.conn)?, &scene.narration);
    queue::hold_back(tx, job, cost)?;
    Ok((id, job))
}

/// Who speaks, where the request leaves it open: the user's voice, or the provider's own for the project's language.
pub async fn cast(ctx: &Arc<Ctx>, project: ProjectId, voice_id: Option<String>, speed: Option<f64>) -> Result<Casting> {
    let (defaults, language) =
        ctx.db.read(move |conn| Ok((settings::defaults(conn)?.audio, db::project::get(conn, project)?.language))).await?;
    let wanted = voice_id.or_else(|| defaults.voice_id.clone());
    let provider_id =
        wanted.as_deref().and_then(|voice| voice.split_once('/')).map_or(defaults.provider.as_str(), |(provider, _)| provider);
    let provider = settings::speech_provider(ctx, provider_id, "voiceId")?;
    let access = settings::access(ctx, provider_id, provider.about()).await?;
    let voice = match wanted.as_deref().and_then(|voice| voice.split_once('/')) {
        Some((_, voice)) => {
            voices::check_known(&*provider, &access, voice, "voiceId").await?;
            voice.to_owned()
        }
        None => voices::choose(ctx, &provider, &access, &language).await?,
    };
    let model = defaults.model.filter(|_| provider_id == defaults.provider);
    let model = model.or_else(|| provider.about().default_model().map(str::to_owned));
    let speed = speed.unwrap_or(defaults.speed);
    Ok(Casting {
        provider: provider_id.to_owned(),
        voice_id: format!("{provider_id}/{voice}"),
        speed,
        own_speed: own_speed(&*provider, model.as_deref(), speed),
        style: defaults.style,
        language,
        payee: Payee::of(provider.about(), &access, model.as_deref()),
        model,
    })
}

/// How fast a provider speaks by itself, of a speed that is wanted.
pub fn own_speed(provider: &dyn SpeechProvider, model: Option<&str>, wanted: f64) -> f64 {
    let speeds = provider.speeds(model);
    wanted.clamp(*speeds.start(), *speeds.end())
}

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
    let speech = making::with_progress(ctx, Take::Audio(id), reader, provider.speak(&request, &call)).await?;

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
    let job = job.clone();
    let held = ctx
        .db
        .write(move |tx| {
            let held = queue::finish(tx, &job)?;
            if held {
                let cost_usd = calling.settle(tx, &speech.usage)?;
                db::audio::ready(tx, id, Made { cost_usd, ..made })?;
                peaks.iter().try_for_each(|peaks| db::peaks::set(tx.conn, id, peaks))?;
            }
            Ok(held)
        })
        .await?;
    ctx.storage.clear_workdir(id.0).await;
    tracing::info!(audio.id = %id, scene.id = %clip.scene_id, seconds = duration_seconds, "narrated a scene");
    if held { Ok(()) } else { Err(JobFailure::Lost) }
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

/// What a sound file is and how long it lasts; none where it is no sound.
async fn examine(ctx: &Ctx, file: &Path) -> Result<Option<(sniff::AudioFormat, f64)>> {
    let Some(format) = sniff::audio(&head(file).await?) else { return Ok(None) };
    if format == sniff::AudioFormat::Wav
        && let Some(seconds) = wav_seconds(file)
    {
        return Ok(Some((format, seconds)));
    }
    match probe::probe(ctx.tools()?, file).await {
        Ok(info) if info.audio.is_some() && info.duration_seconds > 0.0 => Ok(Some((format, info.duration_seconds))),
        Ok(_) => Ok(None),
        Err(error) => {
            tracing::debug!(%error, "a sound that cannot be probed");
            Ok(None)
        }
    }
}

/// The beginning of a file.
async fn head(file: &Path) -> Result<Vec<u8>> {
    use tokio::io::AsyncReadExt;
    let mut head = Vec::with_capacity(8192);
    tokio::fs::File::open(file).await?.take(8192).read_to_end(&mut head).await?;
    Ok(head)
}

/// How long a plain WAV file lasts; this much is known without ffprobe, so that espeak works where ffmpeg is missing.
fn wav_seconds(file: &Path) -> Option<f64> {
    let reader = hound::WavReader::open(file).ok()?;
    let seconds = f64::from(reader.duration()) / f64::from(reader.spec().sample_rate);
    (seconds > 0.0).then_some(seconds)
}

/// Checks an uploaded sound by its content: what it is, and how long it lasts.
pub async fn check_upload(ctx: &Ctx, file: &Path) -> Result<(sniff::AudioFormat, f64)> {
    let limits = settings::upload_limits(ctx).await?;
    let Some((format, seconds)) = examine(ctx, file).await? else {
        return Err(AppError::invalid("file", "not a sound in one of the formats WAV, MP3, M4A, OGG or FLAC"));
    };
    if seconds > limits.audio_seconds {
        return Err(AppError::invalid("file", format!("longer than {} seconds", limits.audio_seconds)));
    }
    Ok((format, seconds))
}

/// What a browser recorded, as a file that can be kept; none where the file is something else.
async fn from_recorder(ctx: &Ctx, file: &Path) -> Result<Option<tempfile::NamedTempFile>> {
    if !recording::is_webm(&head(file).await?) {
        return Ok(None);
    }
    let converted = ctx.storage.temporary()?;
    recording::to_flac(ctx.tools()?, file, converted.path()).await.map_err(|error| match error {
        ToolError::Failed { .. } => AppError::invalid("file", "a WebM without a sound that can be read"),
        other => AppError::internal(other.log()),
    })?;
    Ok(Some(converted))
}

/// Keeps a recording of the user's own as a take of a scene.
pub async fn upload(ctx: &Ctx, scene: SceneId, file: &Path) -> Result<AudioClip> {
    ctx.db.read(move |conn| db::scene::get(conn, scene)).await?;
    let recorded = from_recorder(ctx, file).await?;
    let file = recorded.as_ref().map_or(file, |recorded| recorded.path());
    let (format, duration_seconds) = check_upload(ctx, file).await?;
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
        db::audio::insert(tx, vec![take])?;
        db::audio::ready(tx, id, made)?;
        peaks.iter().try_for_each(|peaks| db::peaks::set(tx.conn, id, peaks))?;
        db::audio::get(tx.conn, id)
    })
    .await
}

/// All takes of a project.
pub async fn of_project(ctx: &Ctx, project: ProjectId) -> Result<Vec<AudioClip>> {
    ctx.db
        .read(move |conn| {
            db::project::get(conn, project)?;
            db::audio::of_project(conn, project)
        })
        .await
}
