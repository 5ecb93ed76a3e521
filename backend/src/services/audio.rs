//! Narration: takes are asked for, spoken (`speaking.rs`), or uploaded (`upload.rs`).

mod speaking;
mod upload;

use std::sync::Arc;

use uuid::Uuid;

pub use self::{
    speaking::synthesize,
    upload::{Recording, check, check_upload, listen, upload},
};

use super::{
    Ctx,
    policy::{self, Policy},
    pricing::{self, Payee},
    settings, spending,
    stock::{self, Stocked},
    take::{UPLOAD, enqueue},
    voices,
};
use crate::{
    db::{self, Tx, audio::NewAudio, take::Take},
    error::{AppError, Result},
    providers::speech::SpeechProvider,
    queue::{self, Priority},
};
use shared::{
    AudioId, ErrorCode, ProjectId,
    audio::{AudioClip, GenerateAudio, GenerateAudioBatch},
    scene::Scene,
};

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
            let policy = policy::read(tx.conn)?;
            let (id, job) = queue_take(tx, &policy, &scene, &casting, Priority::Single)?;
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
            // Of two such requests at once, the second finds what the first has queued.
            db::project::lock(tx.conn, project)?;
            let policy = policy::read(tx.conn)?;
            let (mut ids, mut jobs) = (Vec::new(), Vec::new());
            for Stocked { scene, audio, .. } in stock::of_project(tx.conn, project)? {
                if scene.narration.trim().is_empty() || (only_missing && audio.spares(tx)?) {
                    continue;
                }
                let (id, job) = queue_take(tx, &policy, &scene, &casting, Priority::Batch)?;
                ids.push(id.0);
                jobs.push(job);
            }
            spending::admit(tx, project, &jobs)?;
            let mut clips = db::audio::with_ids(tx.conn, &ids)?;
            clips.sort_by_cached_key(|clip| ids.iter().position(|id| *id == clip.id.0));
            Ok(clips)
        })
        .await
}

/// Writes a queued take of a scene, and its job with what it may cost held back; [`spending::admit`] is still to be asked.
pub fn queue_take(tx: &mut Tx<'_>, policy: &Policy, scene: &Scene, casting: &Casting, priority: Priority) -> Result<(AudioId, Uuid)> {
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
    db::audio::insert(tx, take)?;
    let job = enqueue(tx, Take::Audio(id), scene.project_id, casting.provider.clone(), priority, Vec::new())?;
    queue::hold_back(tx, job, casting.cost(policy, &scene.narration))?;
    Ok((id, job))
}

/// Refuses a voice that there is not.
pub async fn check_voice(ctx: &Ctx, voice_id: Option<&str>) -> Result<()> {
    match voice_id {
        Some(voice) => voices::check(ctx, voice, "voiceId").await,
        None => Ok(()),
    }
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

/// All takes of a project.
pub async fn of_project(ctx: &Ctx, project: ProjectId) -> Result<Vec<AudioClip>> {
    ctx.db
        .read(move |conn| {
            db::project::get(conn, project)?;
            db::audio::of_project(conn, project)
        })
        .await
}
