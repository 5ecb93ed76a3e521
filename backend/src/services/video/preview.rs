//! A scene's preview: the scene by itself as its film would show it now, small and at once. A view of what there is: it is no
//! record and no job, and its file lies among the parts that films are made of, which are cleaned with it.

use std::{
    collections::HashMap,
    fs::File,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, Weak},
    thread,
};

use diesel::PgConnection;
use engines::film::preview::Among;
use tokio::sync::Semaphore;

use super::{Parts, cards, film_part, missing_detail, request, video_request};
use crate::{
    db,
    error::{AppError, Result, blocking},
    providers::video::{VideoRequest, film},
    services::{
        Ctx, etag_of_bytes, house_keeping, settings,
        stock::{self, Selected, Stock, Stocked},
    },
};
use shared::{
    ApiError, ErrorCode, ProjectId, SceneId,
    record::Status,
    scene::Scene,
    video::{ScenePreviewQuery, VideoOptions},
};

/// Who holds it makes a preview.
type Turn = tokio::sync::Mutex<()>;

/// The previews of this process that are being made.
pub struct Previews {
    /// Each keeps a core busy, or more.
    places: Semaphore,
    /// By their tags, who makes one: whoever asks for it meanwhile waits, and finds it made.
    turns: Mutex<HashMap<String, Weak<Turn>>>,
}

impl Default for Previews {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(2, usize::from);
        Self { places: Semaphore::new(cores), turns: Mutex::default() }
    }
}

impl Previews {
    fn turn(&self, tag: &str) -> Arc<Turn> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| turn.strong_count() > 0);
        let known = turns.get(tag).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let turn = Arc::default();
            turns.insert(tag.to_owned(), Arc::downgrade(&turn));
            turn
        })
    }
}

/// A preview, made.
pub struct Preview {
    /// Its entity tag, without the quotes: what it is made of, and how.
    pub tag: String,
    /// Its file (MP4), open: its name may be gone by now.
    pub file: File,
}

/// A preview, as far as the database knows it.
struct Wanted {
    project: ProjectId,
    parts: Parts,
    among: Among,
}

/// The scene as its film would show it now. Dropped, it stops what makes it.
pub async fn of_scene(ctx: &Arc<Ctx>, id: SceneId, query: ScenePreviewQuery) -> Result<Preview> {
    let (scene, defaults) = ctx.db.read(move |conn| Ok((db::scene::get(conn, id)?, settings::defaults(conn)?.video))).await?;
    let options = request::of_film(film::ID, query.into(), &defaults);
    let maker = settings::video_provider(ctx, film::ID, "provider")?;
    settings::access(ctx, film::ID, maker.about()).await?;
    let tools = ctx.tools()?;
    let cards = cards(ctx);
    let Wanted { project, parts, among } = ctx.db.read(move |conn| read(conn, scene, options, &cards)).await?;
    let engine = film::preview_engine(tools).await.map_err(|error| AppError::Api(error.to_api(1)))?;
    // A key names its file for ever.
    let named = video_request(&parts, |key| Ok(PathBuf::from(key)))?;
    let tag = etag_of_bytes(format!("{engine}\n{named:?}\n{among:?}").as_bytes());
    let name = format!("{tag}.mp4");
    let kept = async || {
        let (storage, name) = (ctx.storage.clone(), name.clone());
        blocking(move || Ok(storage.part(project.0, &name)?)).await
    };

    if let Some(file) = kept().await? {
        return Ok(Preview { tag, file });
    }
    let turn = ctx.previews.turn(&tag);
    let _turn = turn.lock().await;
    if let Some(file) = kept().await? {
        return Ok(Preview { tag, file });
    }
    let _place = ctx.previews.places.acquire().await.map_err(AppError::internal)?;
    let storage = ctx.storage.clone();
    let begun = blocking(move || {
        let folder = storage.temporary_dir()?;
        let request = video_request(&parts, |key| storage.held(key, folder.path()))?;
        Ok((folder, VideoRequest { cache: Some(storage.parts(project.0)), ..request }))
    });
    let (folder, request) = begun.await?;
    let made = film::preview(tools, &request, &among, folder.path(), &name).await.map_err(|error| AppError::Api(error.to_api(1)));
    if made.as_ref().is_err_and(|error| error.to_api().code == ErrorCode::InsufficientStorage) {
        house_keeping::clear_parts(ctx).await;
    }
    let file = tokio::fs::File::open(made?).await?.into_std().await;
    house_keeping::trim_parts(ctx).await;
    Ok(Preview { tag, file })
}

/// Reads what the preview is made of; refused where the scene lacks something, as a film is that may not fill it in.
fn read(conn: &mut PgConnection, scene: Scene, options: VideoOptions, cards: &[&str]) -> Result<Wanted> {
    let project = db::project::get(conn, scene.project_id)?;
    let mut selected = Selected::by(conn, std::slice::from_ref(&scene))?;
    let stocked = stock::of_scene(scene, &selected);
    let (lacks_audio, lacks_picture) = (stocked.audio != Stock::Enough, stocked.shown != Stock::Enough);
    if lacks_audio || lacks_picture {
        return Err(refused(&stocked, lacks_audio, lacks_picture));
    }
    let scene = stocked.scene;
    let among = among(conn, &scene)?;
    let parts = Parts {
        options,
        model: None,
        take: 0,
        title: scene.title.clone(),
        language: project.language,
        aspect_ratio: project.aspect_ratio,
        scenes: vec![film_part(conn, scene, &mut selected, cards)?],
        music_key: None,
    };
    Ok(Wanted { project: project.id, parts, among })
}

fn refused(stocked: &Stocked, lacks_audio: bool, lacks_picture: bool) -> AppError {
    let what = match (lacks_audio, lacks_picture) {
        (true, true) => "a narration and a picture that are",
        (true, false) => "a narration that is",
        _ => "a picture that is",
    };
    let scene = &stocked.scene;
    let message = format!("Scene {} (“{}”) lacks {what} up to date.", scene.position + 1, scene.title);
    let details = vec![missing_detail(scene, lacks_audio, lacks_picture)];
    AppError::Api(ApiError::new(ErrorCode::Conflict, message).with("scenes", details))
}

fn among(conn: &mut PgConnection, scene: &Scene) -> Result<Among> {
    let all = db::scene::of_project(conn, scene.project_id)?;
    let before: Vec<&Scene> = all.iter().take_while(|other| other.id != scene.id).collect();
    let clips: Vec<_> = before.iter().filter_map(|other| other.selected_video_id).map(Into::into).collect();
    let clips = if clips.is_empty() { Vec::new() } else { db::video::with_ids(conn, &clips)? };
    let shows_clip = |other: &Scene| clips.iter().any(|clip| Some(clip.id) == other.selected_video_id && clip.status == Status::Ready);
    Ok(Among {
        position: before.len(),
        is_last: before.len() + 1 == all.len(),
        stills_before: before.into_iter().filter(|other| !shows_clip(other)).map(|other| other.id.to_string()).collect(),
    })
}
