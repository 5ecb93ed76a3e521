//! The request for a film or a clip: what it still lacks is queued with it, in one transaction.

use std::sync::Arc;

use diesel::PgConnection;
use uuid::Uuid;

use super::{clip, missing_detail, no_scenes};
use crate::{
    db::{self, Json, Tx, take::Take, video::NewVideo},
    error::{AppError, Faults, Result},
    providers::video::VideoProvider,
    queue::{self, Priority},
    services::{
        Ctx,
        audio::{self, Casting},
        image::{self, Look},
        policy::{self, Policy},
        pricing::Payee,
        settings, spending,
        stock::{self, Stock, Stocked},
        take::{self, enqueue},
    },
};
use shared::{
    ApiError, ErrorCode, ImageId, ProjectId, VideoId,
    record::Status,
    settings::VideoDefaults,
    video::{GenerateVideo, VideoClip, VideoKind, VideoOptions},
};

/// What is to be made, with the defaults filled in.
pub struct Plan {
    /// The project.
    pub project: ProjectId,
    /// The images of a clip; none for a film.
    pub image_ids: Option<Vec<ImageId>>,
    /// Who makes it.
    pub provider: String,
    /// How.
    pub options: VideoOptions,
    /// Who bills it.
    pub payee: Payee,
    /// Whether it is one picture that is animated: the first.
    pub animates: bool,
    /// About how long it takes, in seconds, where that is known.
    pub usual_seconds: Option<f64>,
}

impl Plan {
    /// What the film or the clip itself may cost, where that is known.
    pub fn cost(&self, policy: &Policy) -> Option<f64> {
        self.payee.cost(policy, &clip::expected(&self.options))
    }
}

/// Queues a film or a clip, and before it what its scenes lack.
pub async fn request(ctx: &Arc<Ctx>, request: GenerateVideo) -> Result<VideoClip> {
    let plan = plan(ctx, request).await?;
    let Some(image_ids) = plan.image_ids.clone() else { return request_film(ctx, plan).await };
    ctx.db
        .write(move |tx| {
            let id = insert(tx, &plan, VideoKind::Clip, image_ids)?;
            let cost = plan.cost(&policy::read(tx.conn)?);
            let job = enqueue(tx, Take::Video(id), plan.project, plan.provider, Priority::Single, Vec::new())?;
            queue::hold_back(tx, job, cost)?;
            spending::admit(tx, plan.project, &[job])?;
            db::video::get(tx.conn, id)
        })
        .await
}

/// Fills in the defaults, and refuses what cannot be made.
pub async fn plan(ctx: &Arc<Ctx>, request: GenerateVideo) -> Result<Plan> {
    let GenerateVideo { project_id, image_ids, options: given } = request;
    let given = given.unwrap_or_default();
    let (ids, music) = (image_ids.clone(), given.music.as_ref().map(|music| music.asset_id));
    let (subject, mut faults, defaults) = ctx
        .db
        .read(move |conn| {
            let mut faults = Faults::default();
            let subject = match (project_id, &ids) {
                (Some(project), _) => Some((db::project::get(conn, project)?.id, None)),
                (None, Some(ids)) => match faults.keep(project_of_images(conn, ids))? {
                    Some(project) => Some((project, Some(clip::subject(conn, ids)?))),
                    None => None,
                },
                (None, None) => {
                    faults.tell("projectId", "give exactly one of projectId and imageIds");
                    None
                }
            };
            if let Some(track) = music
                && db::music::key(conn, track)?.is_none()
            {
                faults.tell("options.music.assetId", "no such track");
            }
            Ok((subject, faults, settings::defaults(conn)?.video))
        })
        .await?;
    let maker = faults.keep(maker(ctx, given.provider.as_deref(), &defaults, image_ids.is_none()))?;
    if let Some(maker) = &maker {
        faults.keep(settings::check_model(maker.about(), given.model.as_deref(), "options.model"))?;
    }
    let (Some(maker), Some((project, subject)), true) = (maker, subject, faults.is_empty()) else { return Err(faults.into_error()) };
    let about = maker.about();
    let access = settings::access(ctx, about.id, about).await?;
    let animates = !maker.makes_films();
    let options = match &subject {
        Some(subject) if animates => clip::fill(&*maker, given, subject)?,
        _ => of_film(about.id, given, &defaults),
    };
    let payee = Payee::of(about, &access, options.model.as_deref());
    let usual_seconds = maker.clips(options.model.as_deref()).map(|clips| clips.usual.as_secs_f64());
    Ok(Plan { project, image_ids, provider: about.id.to_owned(), options, payee, animates, usual_seconds })
}

/// Who makes it: who is asked for, else the default; where that makes no films, a film is made by who does.
fn maker(ctx: &Ctx, asked: Option<&str>, defaults: &VideoDefaults, film: bool) -> Result<Arc<dyn VideoProvider>> {
    let maker = settings::video_provider(ctx, asked.unwrap_or(&defaults.provider), "options.provider")?;
    if !film || maker.makes_films() {
        return Ok(maker);
    }
    let other = ctx.providers.video.iter().find(|other| other.makes_films());
    match (asked, other) {
        (None, Some(other)) => Ok(Arc::clone(other)),
        _ => Err(AppError::invalid("options.provider", format!("{} makes clips, not films of whole projects", maker.about().name))),
    }
}

/// The options of a film as they are kept: with the settings' defaults filled in.
pub fn of_film(provider: &str, given: VideoOptions, defaults: &VideoDefaults) -> VideoOptions {
    VideoOptions {
        provider: Some(provider.to_owned()),
        resolution: given.resolution.or(Some(defaults.resolution)),
        fps: given.fps.or(Some(defaults.fps)),
        motion: given.motion.or(Some(defaults.motion)),
        motion_strength: given.motion_strength.or(Some(defaults.motion_strength)),
        transition: given.transition.or(Some(defaults.transition)),
        subtitles: given.subtitles.or(Some(defaults.subtitles)),
        caption_style: given.caption_style.or(Some(defaults.caption_style)),
        quality: given.quality.or(Some(defaults.quality)),
        fill_missing: given.fill_missing.or(Some(true)),
        ..given
    }
}

/// All images of a clip are ready, and of one project.
fn project_of_images(conn: &mut PgConnection, ids: &[ImageId]) -> Result<ProjectId> {
    let known = db::image::with_ids(conn, &ids.iter().map(|id| id.0).collect::<Vec<_>>())?;
    let mut project = None;
    let mut faults = Faults::default();
    for (at, id) in ids.iter().enumerate() {
        let fault = match known.iter().find(|image| image.id == *id) {
            None => "no such image",
            Some(image) if image.status != Status::Ready => "not ready",
            Some(image) if *project.get_or_insert(image.project_id) != image.project_id => "of another project than the first",
            Some(_) => continue,
        };
        faults.tell(format!("imageIds[{at}]"), fault);
    }
    faults.nothing_or_error()?;
    project.ok_or_else(|| AppError::invalid("imageIds", "must not be empty"))
}

async fn request_film(ctx: &Arc<Ctx>, plan: Plan) -> Result<VideoClip> {
    let project = plan.project;
    let cast = cast(ctx, project, &plan.options).await?;
    ctx.db
        .write(move |tx| {
            db::project::lock(tx.conn, project)?;
            let policy = policy::read(tx.conn)?;
            let (mut after, new) = fill_missing(tx, &policy, project, &cast)?;
            let id = insert(tx, &plan, VideoKind::Film, Vec::new())?;
            let cost = plan.cost(&policy);
            after.extend(&new);
            let film = enqueue(tx, Take::Video(id), project, plan.provider, Priority::Film, after)?;
            queue::hold_back(tx, film, cost)?;
            spending::admit(tx, project, &[new, vec![film]].concat())?;
            db::video::get(tx.conn, id)
        })
        .await
}

/// Queues what failed or was canceled once more; before a film, what its scenes lack by now.
pub async fn retry(ctx: &Arc<Ctx>, id: VideoId) -> Result<VideoClip> {
    let clip = take::get::<VideoClip>(ctx, id).await?;
    if clip.kind != VideoKind::Film || clip.status == Status::Ready || !clip.status.is_finished() {
        return take::retry(ctx, id).await;
    }
    let project = clip.project_id;
    let (cast, bill) = (cast(ctx, project, &clip.options).await?, take::bill(ctx, Take::Video(id)).await?);
    ctx.db
        .write(move |tx| {
            db::project::lock(tx.conn, project)?;
            let policy = policy::read(tx.conn)?;
            let (mut after, new) = fill_missing(tx, &policy, project, &cast)?;
            after.extend(&new);
            take::queue_once_more(tx, id, &bill, Priority::Film, after, &new)
        })
        .await
}

/// Who makes what the scenes lack.
struct Cast {
    speaks: Option<Casting>,
    draws: Option<Look>,
}

/// Finds who makes what the scenes of a film lack, before the transaction, since providers may have to be asked. Where
/// nothing is to be filled in, a scene that lacks something is refused.
async fn cast(ctx: &Arc<Ctx>, project: ProjectId, options: &VideoOptions) -> Result<Cast> {
    let scenes = ctx.db.read(move |conn| stock::of_project(conn, project)).await?;
    if scenes.is_empty() {
        return Err(no_scenes());
    }
    let lack_audio = scenes.iter().any(|it| it.audio != Stock::Enough);
    let lack_image = scenes.iter().any(|it| it.shown != Stock::Enough);
    if options.fill_missing == Some(false) && (lack_audio || lack_image) {
        return Err(refuse_missing(&scenes));
    }
    let speaks = if lack_audio { Some(audio::cast(ctx, project, None, None).await?) } else { None };
    let draws = if lack_image { Some(image::look(ctx, None, None).await?) } else { None };
    Ok(Cast { speaks, draws })
}

fn refuse_missing(scenes: &[Stocked]) -> AppError {
    let details: Vec<_> = scenes
        .iter()
        .map(|it| (&it.scene, it.audio != Stock::Enough, it.shown != Stock::Enough))
        .filter(|(_, audio, image)| *audio || *image)
        .map(|(scene, audio, image)| missing_detail(scene, audio, image))
        .collect();
    let message = format!("{} of {} scenes lack a narration or a picture that is up to date.", details.len(), scenes.len());
    AppError::Api(ApiError::new(ErrorCode::Conflict, message).with("scenes", details))
}

/// Queues what the scenes lack, which nobody but the film asks for; what is being made already is waited for, not made twice.
/// Answers the jobs that were there already, and the new ones.
fn fill_missing(tx: &mut Tx<'_>, policy: &Policy, project: ProjectId, cast: &Cast) -> Result<(Vec<Uuid>, Vec<Uuid>)> {
    let (mut coming, mut new, figures) = (Vec::new(), Vec::new(), db::project::visual_bible(tx.conn, project)?);
    for Stocked { scene, audio, shown, .. } in stock::of_project(tx.conn, project)? {
        match (audio, &cast.speaks) {
            (Stock::Coming(record), _) => coming.push(record),
            (Stock::Missing, Some(casting)) => new.push(audio::queue_take(tx, policy, &scene, casting, Priority::Batch)?.1),
            (Stock::Missing, None) | (Stock::Enough, _) => {}
        }
        match (shown, &cast.draws) {
            (Stock::Coming(record), _) => coming.push(record),
            (Stock::Missing, Some(look)) => new.push(image::queue_take(tx, policy, &figures, &scene, look, Priority::Batch)?.1),
            (Stock::Missing, None) | (Stock::Enough, _) => {}
        }
    }
    queue::mark_fillers(tx, &new)?;
    Ok((queue::of_records(tx.conn, &coming)?, new))
}

fn insert(tx: &mut Tx<'_>, plan: &Plan, kind: VideoKind, image_ids: Vec<ImageId>) -> Result<VideoId> {
    let id = VideoId(Uuid::now_v7());
    // A clip of one scene's pictures is a take of that scene: once ready, the film shows it in their place. Who animates
    // a picture takes the first.
    let shown = if plan.animates { &image_ids[..image_ids.len().min(1)] } else { &image_ids[..] };
    let images = db::image::with_ids(tx.conn, &shown.iter().map(|id| id.0).collect::<Vec<_>>())?;
    let scene = images.first().map(|image| image.scene_id).filter(|scene| images.iter().all(|image| image.scene_id == *scene));
    let clip = NewVideo {
        id: id.0,
        project_id: plan.project.0,
        scene_id: scene.map(|scene| scene.0),
        image_ids: Json(image_ids),
        kind: kind.as_str(),
        provider: plan.provider.clone(),
        model: plan.options.model.clone(),
        options: Json(plan.options.clone()),
    };
    db::video::insert(tx, clip)?;
    Ok(id)
}
