//! Audio clips: rows and queries. Their life is in `take`.

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, PgConnection, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
    dsl::now,
};
use uuid::Uuid;

use super::{
    Json, Named, Tx,
    event::plain,
    schema::{audio_clips, audio_overview},
    take,
};
use crate::{
    error::{AppError, Result},
    storage::media_url,
};
use shared::{
    ApiError, AudioId, ProjectId, SceneId,
    audio::{AudioClip, Word},
    event::RecordKind,
    record::Status,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = audio_overview)]
struct AudioRow {
    id: Uuid,
    project_id: Uuid,
    scene_id: Uuid,
    provider: String,
    model: Option<String>,
    voice_id: String,
    speed: f64,
    status: Named<Status>,
    progress: f64,
    stale: bool,
    error: Option<Json<ApiError>>,
    media_key: Option<String>,
    mime_type: Option<String>,
    duration_seconds: Option<f64>,
    words: Option<Json<Vec<Word>>>,
    attempts: i32,
    cost_usd: Option<f64>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<AudioRow> for AudioClip {
    fn from(row: AudioRow) -> Self {
        Self {
            id: AudioId(row.id),
            project_id: ProjectId(row.project_id),
            scene_id: SceneId(row.scene_id),
            provider: row.provider,
            model: row.model,
            voice_id: row.voice_id,
            speed: row.speed,
            status: row.status.0,
            progress: row.progress,
            stale: row.stale,
            error: plain(row.error),
            url: row.media_key.as_deref().map(media_url),
            mime_type: row.mime_type,
            duration_seconds: row.duration_seconds,
            words: plain(row.words),
            attempts: u32::try_from(row.attempts).unwrap_or_default(),
            cost_usd: row.cost_usd,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A take that is not in the database yet; it is queued.
#[derive(Insertable)]
#[diesel(table_name = audio_clips)]
pub struct NewAudio {
    /// Its id.
    pub id: Uuid,
    /// Its project.
    pub project_id: Uuid,
    /// Its scene.
    pub scene_id: Uuid,
    /// Who speaks.
    pub provider: String,
    /// With which model.
    pub model: Option<String>,
    /// `provider/voice`.
    pub voice_id: String,
    /// How fast.
    pub speed: f64,
    /// How it should sound.
    pub style: Option<String>,
    /// The words.
    pub narration: String,
}

/// What a finished take has.
#[derive(Clone)]
pub struct Made {
    /// The key of its file.
    pub media_key: String,
    /// The type of its bytes.
    pub mime_type: String,
    /// Which model spoke.
    pub model: Option<String>,
    /// How long it lasts, measured.
    pub duration_seconds: f64,
    /// When each word is spoken.
    pub words: Option<Vec<Word>>,
    /// What it cost.
    pub cost_usd: Option<f64>,
}

/// One take, if it is there.
pub fn find(conn: &mut PgConnection, id: AudioId) -> Result<Option<AudioClip>> {
    let row = audio_overview::table.find(id.0).select(AudioRow::as_select()).first(conn).optional()?;
    Ok(row.map(AudioClip::from))
}

/// One take.
pub fn get(conn: &mut PgConnection, id: AudioId) -> Result<AudioClip> {
    find(conn, id)?.ok_or_else(|| AppError::not_found("narration"))
}

/// The words that a take speaks, and its language.
pub fn words_to_speak(conn: &mut PgConnection, id: AudioId) -> Result<(String, String)> {
    use super::schema::projects;
    use diesel::JoinOnDsl;
    let row = audio_clips::table
        .inner_join(projects::table.on(projects::id.eq(audio_clips::project_id)))
        .filter(audio_clips::id.eq(id.0))
        .select((audio_clips::narration, projects::language))
        .first(conn)
        .optional()?;
    row.ok_or_else(|| AppError::not_found("narration"))
}

/// How a take should sound, where that was said.
pub fn style(conn: &mut PgConnection, id: AudioId) -> Result<Option<String>> {
    let style = audio_clips::table.find(id.0).select(audio_clips::style).first(conn).optional()?;
    style.ok_or_else(|| AppError::not_found("narration"))
}

/// All takes of a project, by scene, newest first.
pub fn of_project(conn: &mut PgConnection, project: ProjectId) -> Result<Vec<AudioClip>> {
    use audio_overview::dsl as a;
    let rows = a::audio_overview
        .filter(a::project_id.eq(project.0))
        .order((a::scene_position, a::created_at.desc(), a::id.desc()))
        .select(AudioRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(AudioClip::from).collect())
}

/// How all takes of a project stand, by scene, newest first.
pub fn standing(conn: &mut PgConnection, project: ProjectId) -> Result<Vec<take::Standing>> {
    use audio_overview::dsl as a;
    let takes = a::audio_overview.filter(a::project_id.eq(project.0)).order((a::scene_position, a::created_at.desc(), a::id.desc()));
    Ok(takes.select((a::scene_id, a::id, a::status, a::stale)).load(conn)?)
}

/// Those takes.
pub fn with_ids(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<AudioClip>> {
    let rows = audio_overview::table.filter(audio_overview::id.eq_any(ids)).select(AudioRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(AudioClip::from).collect())
}

/// Takes that are queued, running or lately failed.
pub fn unfinished(conn: &mut PgConnection, since: DateTime<Utc>) -> Result<Vec<AudioClip>> {
    use audio_overview::dsl as a;
    use diesel::BoolExpressionMethods;
    let rows = a::audio_overview
        .filter(a::status.eq_any(["queued", "running"]).or(a::status.eq("failed").and(a::updated_at.gt(since)).and(take::is_newest(
            "audio_clips",
            "audio_overview",
            "n.scene_id = audio_overview.scene_id",
        ))))
        .order(a::created_at)
        .select(AudioRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(AudioClip::from).collect())
}

/// Writes a new take.
pub fn insert(tx: &mut Tx<'_>, new: NewAudio) -> Result<()> {
    let (project, id) = (ProjectId(new.project_id), new.id);
    diesel::insert_into(audio_clips::table).values(new).execute(tx.conn)?;
    tx.changed(project, RecordKind::Audio, id);
    Ok(())
}

/// The take is ready, and becomes its scene's selected one, unless a newer one is.
pub fn ready(tx: &mut Tx<'_>, id: AudioId, made: Made) -> Result<()> {
    use audio_clips::dsl as a;
    let (project, scene): (Uuid, Uuid) = diesel::update(a::audio_clips.find(id.0))
        .set((
            a::status.eq("ready"),
            a::progress.eq(1.0),
            a::error.eq(None::<Json<ApiError>>),
            a::media_key.eq(made.media_key),
            a::mime_type.eq(made.mime_type),
            a::model.eq(made.model),
            a::duration_seconds.eq(made.duration_seconds),
            a::words.eq(made.words.map(Json)),
            a::cost_usd.eq(made.cost_usd),
            a::updated_at.eq(now),
        ))
        .returning((a::project_id, a::scene_id))
        .get_result(tx.conn)?;
    let project = ProjectId(project);
    tx.changed(project, RecordKind::Audio, id);
    take::select(tx, take::Take::Audio(id), project, scene)?;
    super::project::touch(tx, project)
}

/// The newest take of a scene, if it has one.
pub fn newest(conn: &mut PgConnection, scene: SceneId) -> Result<Option<AudioClip>> {
    use audio_overview::dsl as a;
    let row = a::audio_overview
        .filter(a::scene_id.eq(scene.0))
        .order((a::created_at.desc(), a::id.desc()))
        .select(AudioRow::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(AudioClip::from))
}
