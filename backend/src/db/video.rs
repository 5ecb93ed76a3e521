//! Video clips: rows and queries. Their life is in `take`.

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, PgConnection, QueryDsl, Queryable, QueryableByName,
    RunQueryDsl, Selectable, SelectableHelper,
    dsl::{exists, now, select},
    sql_query,
};
use uuid::Uuid;

use super::{
    Json, Named, Tx,
    event::plain,
    schema::{video_clips, video_overview},
    take,
};
use crate::{
    error::{AppError, Result},
    storage::media_url,
};
use shared::{
    ApiError, ImageId, ProjectId, SceneId, VideoId,
    event::RecordKind,
    record::{Credit, Status},
    video::{FilmCheck, VideoClip, VideoKind, VideoOptions},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = video_overview)]
struct VideoRow {
    id: Uuid,
    project_id: Uuid,
    scene_id: Option<Uuid>,
    image_ids: Json<Vec<ImageId>>,
    kind: Named<VideoKind>,
    provider: String,
    model: Option<String>,
    options: Json<VideoOptions>,
    status: Named<Status>,
    progress: f64,
    stale: bool,
    error: Option<Json<ApiError>>,
    media_key: Option<String>,
    poster_key: Option<String>,
    subtitles_key: Option<String>,
    mime_type: Option<String>,
    width: Option<i32>,
    height: Option<i32>,
    duration_seconds: Option<f64>,
    size_bytes: Option<i64>,
    check: Option<Json<FilmCheck>>,
    attempts: i32,
    cost_usd: Option<f64>,
    credit: Option<Json<Credit>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    remaining_seconds: Option<f64>,
}

impl From<VideoRow> for VideoClip {
    fn from(row: VideoRow) -> Self {
        let pixels = |pixels: Option<i32>| pixels.and_then(|pixels| u32::try_from(pixels).ok());
        Self {
            id: VideoId(row.id),
            project_id: ProjectId(row.project_id),
            scene_id: row.scene_id.map(SceneId),
            image_ids: row.image_ids.0,
            kind: row.kind.0,
            provider: row.provider,
            model: row.model,
            options: row.options.0,
            status: row.status.0,
            progress: row.progress,
            // What an attempt that is over said does not hold.
            remaining_seconds: row.remaining_seconds.filter(|_| row.status.0 == Status::Running && row.progress > 0.0),
            stale: row.stale,
            error: plain(row.error),
            url: row.media_key.as_deref().map(media_url),
            poster_url: row.poster_key.as_deref().map(media_url),
            subtitles_url: row.subtitles_key.as_deref().map(media_url),
            mime_type: row.mime_type,
            width: pixels(row.width),
            height: pixels(row.height),
            duration_seconds: row.duration_seconds,
            size_bytes: row.size_bytes.and_then(|bytes| u64::try_from(bytes).ok()),
            check: plain(row.check).map(Box::new),
            attempts: u32::try_from(row.attempts).unwrap_or_default(),
            cost_usd: row.cost_usd,
            credit: plain(row.credit),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A clip that is not in the database yet; it is queued.
#[derive(Insertable)]
#[diesel(table_name = video_clips)]
pub struct NewVideo {
    /// Its id.
    pub id: Uuid,
    /// Its project.
    pub project_id: Uuid,
    /// Its scene, for a clip of one.
    pub scene_id: Option<Uuid>,
    /// What it is made from.
    pub image_ids: Json<Vec<ImageId>>,
    /// `film` or `clip`.
    pub kind: &'static str,
    /// Who makes it.
    pub provider: String,
    /// With which model.
    pub model: Option<String>,
    /// How it is made.
    pub options: Json<VideoOptions>,
}

/// What a finished clip has.
#[derive(Clone)]
pub struct Made {
    /// The key of its file.
    pub media_key: String,
    /// The key of a still of it.
    pub poster_key: Option<String>,
    /// The key of its captions.
    pub subtitles_key: Option<String>,
    /// The type of its bytes.
    pub mime_type: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// How long it lasts, measured.
    pub duration_seconds: f64,
    /// How large its file is.
    pub size_bytes: u64,
    /// What was measured.
    pub check: Option<FilmCheck>,
    /// What it cost.
    pub cost_usd: Option<f64>,
    /// Whose work it is, where a stock library has it from somebody.
    pub credit: Option<Credit>,
}

/// One clip, if it is there.
pub fn find(conn: &mut PgConnection, id: VideoId) -> Result<Option<VideoClip>> {
    let row = video_overview::table.find(id.0).select(VideoRow::as_select()).first(conn).optional()?;
    Ok(row.map(VideoClip::from))
}

/// One clip.
pub fn get(conn: &mut PgConnection, id: VideoId) -> Result<VideoClip> {
    find(conn, id)?.ok_or_else(|| AppError::not_found("video"))
}

/// All films and clips of a project: films newest first, then clips.
pub fn of_project(conn: &mut PgConnection, project: ProjectId) -> Result<Vec<VideoClip>> {
    use video_overview::dsl as v;
    let rows = v::video_overview
        .filter(v::project_id.eq(project.0))
        .order((v::kind.desc(), v::created_at.desc(), v::id.desc()))
        .select(VideoRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(VideoClip::from).collect())
}

/// Those clips.
pub fn with_ids(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<VideoClip>> {
    let rows = video_overview::table.filter(video_overview::id.eq_any(ids)).select(VideoRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(VideoClip::from).collect())
}

/// Films and clips that are queued, running or lately failed.
pub fn unfinished(conn: &mut PgConnection, since: DateTime<Utc>) -> Result<Vec<VideoClip>> {
    use video_overview::dsl as v;
    let same = "n.project_id = video_overview.project_id and n.kind = video_overview.kind and n.scene_id is not distinct from video_overview.scene_id";
    let newest = take::is_newest("video_clips", "video_overview", same);
    let rows = v::video_overview
        .filter(v::status.eq_any(["queued", "running"]).or(v::status.eq("failed").and(v::updated_at.gt(since)).and(newest)))
        .order(v::created_at)
        .select(VideoRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(VideoClip::from).collect())
}

/// Writes a new clip.
pub fn insert(tx: &mut Tx<'_>, new: NewVideo) -> Result<()> {
    let (project, id) = (ProjectId(new.project_id), new.id);
    diesel::insert_into(video_clips::table).values(new).execute(tx.conn)?;
    tx.changed(project, RecordKind::Video, id);
    Ok(())
}

/// What the project's film would be made from now; kept on the film, so that a later change makes it stale.
pub fn set_fingerprint(tx: &mut Tx<'_>, id: VideoId, fingerprint: &str) -> Result<()> {
    diesel::update(video_clips::table.find(id.0)).set(video_clips::fingerprint.eq(fingerprint)).execute(tx.conn)?;
    Ok(())
}

/// What the project's film would be made from now, as one word.
pub fn fingerprint(conn: &mut PgConnection, project: ProjectId) -> Result<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        fingerprint: String,
    }
    let row: Row =
        sql_query("select film_fingerprint($1) as fingerprint").bind::<diesel::sql_types::Uuid, _>(project.0).get_result(conn)?;
    Ok(row.fingerprint)
}

/// Makes a change to the scenes of a project, and tells of the films that no longer fit them by it, or fit them again.
pub fn telling_films<T>(tx: &mut Tx<'_>, project: ProjectId, change: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
    use video_clips::dsl as v;
    let films = || v::video_clips.filter(v::project_id.eq(project.0)).filter(v::fingerprint.is_not_null());
    if !select(exists(films())).get_result::<bool>(tx.conn)? {
        return change(tx);
    }
    let before = fingerprint(tx.conn, project)?;
    let result = change(tx)?;
    let after = fingerprint(tx.conn, project)?;
    if before != after {
        let other: Vec<Uuid> = films().filter(v::fingerprint.eq_any([before, after])).select(v::id).load(tx.conn)?;
        other.into_iter().for_each(|film| tx.changed(project, RecordKind::Video, film));
    }
    Ok(result)
}

/// The clip is ready; one of a scene becomes its selected one, unless a newer one is.
pub fn ready(tx: &mut Tx<'_>, id: VideoId, made: Made) -> Result<()> {
    use video_clips::dsl as v;
    let pixels = |pixels: u32| i32::try_from(pixels).map_err(AppError::internal);
    let (project, scene): (Uuid, Option<Uuid>) = diesel::update(v::video_clips.find(id.0))
        .set((
            v::status.eq("ready"),
            v::progress.eq(1.0),
            v::error.eq(None::<Json<ApiError>>),
            v::media_key.eq(made.media_key),
            v::poster_key.eq(made.poster_key),
            v::subtitles_key.eq(made.subtitles_key),
            v::mime_type.eq(made.mime_type),
            v::width.eq(pixels(made.width)?),
            v::height.eq(pixels(made.height)?),
            v::duration_seconds.eq(made.duration_seconds),
            v::size_bytes.eq(i64::try_from(made.size_bytes).map_err(AppError::internal)?),
            v::check.eq(made.check.map(Json)),
            v::cost_usd.eq(made.cost_usd),
            v::credit.eq(made.credit.map(Json)),
            v::updated_at.eq(now),
        ))
        .returning((v::project_id, v::scene_id))
        .get_result(tx.conn)?;
    let project = ProjectId(project);
    tx.changed(project, RecordKind::Video, id);
    if let Some(scene) = scene {
        take::select(tx, take::Take::Video(id), project, scene)?;
    }
    super::project::touch(tx, project)
}
