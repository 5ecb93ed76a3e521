//! Films and clips: asked for, with everything that they still lack, and made.

mod clip;
pub mod preview;
mod request;

use std::{path::PathBuf, sync::Arc};

use diesel::PgConnection;
use serde_json::json;

use super::{
    Ctx, JobFailure,
    calling::{self, Purpose},
    house_keeping, making, settings,
    stock::Selected,
};
use crate::{
    db::{self, take::Take, video::Made},
    error::{AppError, Result, blocking},
    providers::{
        Call, Progress,
        video::{VideoRequest, VideoScene},
    },
    queue::Claimed,
    storage::{Shelf, media_key},
};
use shared::{
    ApiError, ErrorCode, ImageId, ProjectId, VideoId,
    audio::AudioClip,
    image::ImageAsset,
    record::Status,
    scene::Scene,
    video::{Quality, USUAL_MOTION_STRENGTH, VideoClip, VideoKind, VideoOptions},
};

pub use self::{
    clip::expected,
    request::{plan, request, retry},
};

/// How long an image of a clip stands where the request does not say, in seconds.
const IMAGE_SECONDS: f64 = 4.0;
/// How long a scene without words stands, in seconds.
const SILENT_SECONDS: f64 = 3.0;
/// How loud music is under the narration where the request does not say, in decibels.
const MUSIC_DB: f64 = -12.0;
/// The lines of a preview.
const PREVIEW_LINES: u32 = 360;

/// What a film is made of, as the database has it, with keys in place of files.
struct Parts {
    options: VideoOptions,
    model: Option<String>,
    /// Differs from take to take.
    take: u64,
    title: String,
    language: String,
    aspect_ratio: shared::project::AspectRatio,
    scenes: Vec<Part>,
    music_key: Option<String>,
}

struct Part {
    scene: Option<Scene>,
    /// The picture, and whether it is a title card.
    image: Option<(String, bool)>,
    clip_key: Option<String>,
    audio: Option<(AudioClip, String)>,
    planned_seconds: f64,
}

/// The job: makes the film or the clip.
pub async fn make(ctx: &Ctx, job: &Claimed, id: VideoId) -> Result<(), JobFailure> {
    // Films that failed or were canceled have left parts too.
    house_keeping::trim_parts(ctx).await;
    let made = make_one(ctx, job, id).await;
    // What is kept for later films must not be what keeps this one from being made.
    if let Err(failure) = &made
        && failure.is_full_disk()
    {
        tracing::warn!(video.id = %id, "the disk is full: the parts that are kept for later films are removed");
        house_keeping::clear_parts(ctx).await;
    }
    made
}

async fn make_one(ctx: &Ctx, job: &Claimed, id: VideoId) -> Result<(), JobFailure> {
    let cards = cards(ctx);
    let (clip, parts, fingerprint) = ctx.db.read(move |conn| read(conn, id, &cards)).await?;
    let provider = settings::video_provider(ctx, &clip.provider, "options.provider")?;
    let access = settings::access(ctx, &clip.provider, provider.about()).await?;
    let workdir = ctx.storage.workdir(id.0).await?;
    let (storage, folder) = (ctx.storage.clone(), workdir.clone());
    let request = blocking(move || video_request(&parts, |key| storage.held(key, &folder))).await?;
    let request = VideoRequest { cache: Some(ctx.storage.parts(clip.project_id.0)), ..request };
    let (progress, reader) = Progress::new();
    let expected = expected(&clip.options);
    let purpose = Purpose { record: id.0, project: clip.project_id, model: clip.model, expected };
    let calling = calling::begin(ctx, job, provider.about(), &access, purpose).await?;
    let call = Call { workdir: &workdir, progress: &progress, access, operation: calling.operation() };
    let video = making::with_progress(ctx, job, Take::Video(id), reader, provider.make(&request, &call)).await?;
    calling.answered(&video.usage).await?;

    let size_bytes = tokio::fs::metadata(&video.file).await.map_err(AppError::Io)?.len();
    let media_key = ctx.storage.adopt(Shelf::Video, "mp4", &video.file).await?;
    let poster_key = match &video.poster {
        Some(poster) => Some(ctx.storage.adopt(Shelf::Video, "jpg", poster).await?),
        None => None,
    };
    let subtitles_key = match &video.subtitles {
        Some(subtitles) => Some(ctx.storage.adopt(Shelf::Video, "vtt", subtitles).await?),
        None => None,
    };
    let made = Made {
        media_key,
        poster_key,
        subtitles_key,
        mime_type: "video/mp4".to_owned(),
        width: video.width,
        height: video.height,
        duration_seconds: video.duration_seconds,
        size_bytes,
        check: video.check,
        cost_usd: None,
        credit: video.credit,
    };
    ctx.complete(job, move |tx| {
        if let Some(fingerprint) = fingerprint {
            db::video::set_fingerprint(tx, id, &fingerprint)?;
        }
        let cost_usd = calling.settle(tx, &video.usage)?;
        db::video::ready(tx, id, Made { cost_usd, ..made })
    })
    .await?;
    ctx.storage.clear_workdir(id.0).await;
    house_keeping::trim_parts(ctx).await;
    tracing::info!(video.id = %id, project.id = %clip.project_id, seconds = video.duration_seconds, "made a film or a clip");
    Ok(())
}

/// The record, what it is made of, and the fingerprint of a film's scenes.
fn read(conn: &mut PgConnection, id: VideoId, cards: &[&str]) -> Result<(VideoClip, Parts, Option<String>)> {
    let clip = db::video::get(conn, id)?;
    let project = db::project::get(conn, clip.project_id)?;
    let (scenes, fingerprint) = match clip.kind {
        VideoKind::Film => {
            let fingerprint = db::video::fingerprint(conn, project.id)?;
            let scenes = db::scene::of_project(conn, project.id)?;
            if scenes.is_empty() {
                return Err(no_scenes());
            }
            let mut selected = Selected::by(conn, &scenes)?;
            let parts = scenes.into_iter().map(|scene| film_part(conn, scene, &mut selected, cards)).collect::<Result<_>>()?;
            (parts, Some(fingerprint))
        }
        VideoKind::Clip => (clip_parts(conn, &clip, cards)?, None),
    };
    let music_key = match &clip.options.music {
        Some(music) => {
            let gone = || AppError::api(ErrorCode::Conflict, "The music track was deleted; choose another and make the film again.");
            Some(db::music::key(conn, music.asset_id)?.ok_or_else(gone)?)
        }
        None => None,
    };
    let parts = Parts {
        options: clip.options.clone(),
        model: clip.model.clone(),
        // The low half of a UUIDv7 is random.
        take: clip.id.0.as_u64_pair().1,
        title: project.title,
        language: project.language,
        aspect_ratio: clip.options.aspect_ratio.unwrap_or(project.aspect_ratio),
        scenes,
        music_key,
    };
    Ok((clip, parts, fingerprint))
}

/// A scene with its selected takes. One that lacks a take, or whose take is of what it no longer says, fails the film by name:
/// nothing is dropped.
fn film_part(conn: &mut PgConnection, scene: Scene, selected: &mut Selected, cards: &[&str]) -> Result<Part> {
    let clip = selected_clip(&scene, selected)?;
    let image = scene.selected_image_id.and_then(|id| selected.image.remove(&id));
    if clip.is_none() && image.as_ref().is_none_or(|take| take.stale) {
        let newest = db::image::newest(conn, scene.id)?;
        let what = if image.is_some() { "a picture that is up to date" } else { "a picture" };
        return Err(lacks(&scene, what, newest.and_then(|take| take.error)));
    }
    let audio = scene.selected_audio_id.and_then(|id| selected.audio.remove(&id));
    if !scene.narration.trim().is_empty() && audio.as_ref().is_none_or(|take| take.stale) {
        let newest = db::audio::newest(conn, scene.id)?;
        let what = if audio.is_some() { "a narration that is up to date" } else { "a narration" };
        return Err(lacks(&scene, what, newest.and_then(|take| take.error)));
    }
    // Where the words are gone, what was spoken of them goes too.
    let audio = audio.filter(|take| !take.stale);
    let image = image.as_ref().map(|image| picture(image, cards)).transpose()?;
    let clip_key = clip.map(|clip| key_of(clip.url.as_deref())).transpose()?;
    let audio = audio.map(|clip| Ok::<_, AppError>((key_of(clip.url.as_deref())?, clip))).transpose()?.map(|(key, clip)| (clip, key));
    let planned_seconds = planned_seconds(&scene);
    Ok(Part { scene: Some(scene), image, clip_key, audio, planned_seconds })
}

/// How long a scene stands in a film where nothing of it is spoken.
pub fn planned_seconds(scene: &Scene) -> f64 {
    if scene.narration.trim().is_empty() { SILENT_SECONDS } else { scene.duration_seconds }
}

fn clip_parts(conn: &mut PgConnection, clip: &VideoClip, cards: &[&str]) -> Result<Vec<Part>> {
    let known = db::image::with_ids(conn, &clip.image_ids.iter().map(|id| id.0).collect::<Vec<_>>())?;
    let count = f64::from(u32::try_from(clip.image_ids.len()).unwrap_or(u32::MAX)).max(1.0);
    let planned_seconds = clip.options.duration_seconds.map_or(IMAGE_SECONDS, |seconds| seconds / count);
    let gone = |id: &ImageId| AppError::api(ErrorCode::Conflict, format!("The image {id} was deleted; choose others and try again."));
    clip.image_ids
        .iter()
        .map(|id| {
            let image = known.iter().find(|image| image.id == *id).ok_or_else(|| gone(id))?;
            Ok(Part { scene: None, image: Some(picture(image, cards)?), clip_key: None, audio: None, planned_seconds })
        })
        .collect()
}

/// The clip that a scene shows in place of its picture.
fn selected_clip(scene: &Scene, selected: &mut Selected) -> Result<Option<VideoClip>> {
    let Some(id) = scene.selected_video_id else { return Ok(None) };
    let clip = selected.video.remove(&id).ok_or_else(|| AppError::not_found("video"))?;
    Ok(Some(clip).filter(|clip| clip.status == Status::Ready))
}

/// The providers whose pictures are title cards.
fn cards(ctx: &Ctx) -> Vec<&'static str> {
    ctx.providers.image.iter().map(|artist| artist.about()).filter(|about| about.draws_cards).map(|about| about.id).collect()
}

/// A picture's key, and whether it is a title card.
fn picture(image: &ImageAsset, cards: &[&str]) -> Result<(String, bool)> {
    Ok((key_of(image.url.as_deref())?, cards.contains(&image.provider.as_str())))
}

fn no_scenes() -> AppError {
    AppError::api(ErrorCode::Conflict, "This project has no scenes yet; write its script first.")
}

/// Which scene lacks what, and why: the cause is that of its failed take, where there is one.
fn lacks(scene: &Scene, what: &str, cause: Option<ApiError>) -> AppError {
    let name = format!("Scene {} (“{}”)", scene.position + 1, scene.title);
    let error = match cause {
        Some(cause) => ApiError { message: format!("{name} lacks {what}: {}", cause.message), ..cause },
        None => ApiError::new(ErrorCode::Conflict, format!("{name} lacks {what}.")),
    };
    AppError::Api(error.with("sceneId", scene.id.to_string()).with("position", scene.position))
}

fn key_of(url: Option<&str>) -> Result<String> {
    let key = url.and_then(media_key);
    key.map(str::to_owned).ok_or_else(|| AppError::internal("a ready take without a file"))
}

/// What is asked of the maker; `file` says where the file of a key is.
fn video_request(parts: &Parts, file: impl Fn(&str) -> Result<PathBuf>) -> Result<VideoRequest> {
    let file = |key: &String| file(key);
    let options = &parts.options;
    let quality = options.quality.unwrap_or_default();
    let (width, height) = size(options.resolution.unwrap_or_default(), parts.aspect_ratio, quality);
    let scenes = parts
        .scenes
        .iter()
        .map(|part| {
            let audio = part.audio.as_ref();
            Ok(VideoScene {
                id: part.scene.as_ref().map(|scene| scene.id),
                title: part.scene.as_ref().map(|scene| scene.title.clone()).unwrap_or_default(),
                narration: part.scene.as_ref().map(|scene| scene.narration.clone()).unwrap_or_default(),
                words: audio.and_then(|(clip, _)| clip.words.clone()).unwrap_or_default(),
                image: part.image.as_ref().map(|(key, _)| file(key)).transpose()?,
                card: part.image.as_ref().is_some_and(|(_, card)| *card),
                clip: part.clip_key.as_ref().map(file).transpose()?,
                audio: audio.map(|(_, key)| file(key)).transpose()?,
                planned_seconds: part.planned_seconds,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let music = match (&parts.music_key, &options.music) {
        (Some(key), Some(music)) => Some((file(key)?, music.volume_db.unwrap_or(MUSIC_DB))),
        _ => None,
    };
    Ok(VideoRequest {
        scenes,
        title: parts.title.clone(),
        language: parts.language.clone(),
        prompt: options.prompt.clone(),
        shape: options.aspect_ratio,
        resolution: options.resolution,
        seconds: options.duration_seconds,
        take: parts.take,
        width,
        height,
        fps: options.fps.unwrap_or_default(),
        motion: options.motion.unwrap_or_default(),
        motion_strength: options.motion_strength.unwrap_or(USUAL_MOTION_STRENGTH),
        transition: options.transition.unwrap_or_default(),
        subtitles: options.subtitles.unwrap_or_default(),
        caption_style: options.caption_style.unwrap_or_default(),
        music,
        clip_volume_db: options.clip_volume_db,
        cache: None,
        quality,
        model: parts.model.clone(),
    })
}

fn size(resolution: shared::video::Resolution, shape: shared::project::AspectRatio, quality: Quality) -> (u32, u32) {
    let (width, height) = resolution.size(shape);
    if quality != Quality::Preview {
        return (width, height);
    }
    let scale = |side: u32| (side * PREVIEW_LINES / resolution.lines()).div_ceil(2) * 2;
    (scale(width), scale(height))
}

/// All films and clips of a project.
pub async fn of_project(ctx: &Arc<Ctx>, project: ProjectId) -> Result<Vec<VideoClip>> {
    ctx.db
        .read(move |conn| {
            db::project::get(conn, project)?;
            db::video::of_project(conn, project)
        })
        .await
}

/// What a scene lacks for a film, in words of the API.
fn missing_detail(scene: &Scene, audio: bool, image: bool) -> serde_json::Value {
    let missing: Vec<&str> = audio.then_some("audio").into_iter().chain(image.then_some("image")).collect();
    json!({"sceneId": scene.id, "position": scene.position, "missing": missing})
}
