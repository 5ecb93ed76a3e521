//! Projects: rows and queries.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use diesel::{
    AsChangeset, BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, PgConnection, PgTextExpressionMethods, QueryDsl,
    Queryable, RunQueryDsl, Selectable, SelectableHelper, dsl::now,
};
use uuid::Uuid;

use super::{
    Json, Named, Tx, containing,
    event::plain,
    schema::{project_overview, projects},
};
use crate::{
    error::{AppError, Result},
    storage::media_url,
};
use shared::{
    ApiError, ProjectId,
    event::RecordKind,
    project::{AspectRatio, Figure, PatchProject, Project, ScriptStatus, Stages},
    script::ScriptOptions,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = project_overview)]
struct ProjectRow {
    id: Uuid,
    title: String,
    prompt: String,
    language: String,
    aspect_ratio: Named<AspectRatio>,
    status: Named<ScriptStatus>,
    error: Option<Json<ApiError>>,
    provider: Option<String>,
    model: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    visual_bible: Json<Vec<Figure>>,
    scene_count: i64,
    duration_seconds: f64,
    audio_done: i64,
    image_done: i64,
    video_done: i64,
    cover_key: Option<String>,
}

impl From<ProjectRow> for Project {
    fn from(row: ProjectRow) -> Self {
        let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            id: ProjectId(row.id),
            title: row.title,
            prompt: row.prompt,
            language: row.language,
            aspect_ratio: row.aspect_ratio.0,
            status: row.status.0,
            error: plain(row.error),
            provider: row.provider,
            model: row.model,
            visual_bible: row.visual_bible.0,
            scene_count: count(row.scene_count),
            cover_url: row.cover_key.as_deref().map(media_url),
            duration_seconds: row.duration_seconds,
            stages: Stages { audio: count(row.audio_done), image: count(row.image_done), video: count(row.video_done) },
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A project that is not in the database yet.
#[derive(Insertable)]
#[diesel(table_name = projects)]
pub struct NewProject {
    /// Its id.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// What it is made from.
    pub prompt: String,
    /// The language of its script.
    pub language: String,
    /// Its shape.
    pub aspect_ratio: &'static str,
    /// How far its script is.
    pub status: &'static str,
    /// Who writes it.
    pub provider: Option<String>,
    /// With which model.
    pub model: Option<String>,
    /// How it was asked for.
    pub script_options: Json<ScriptOptions>,
    /// Its people and places.
    pub visual_bible: Json<Vec<Figure>>,
}

/// What a project changes to, where it changes.
#[derive(Default, AsChangeset)]
#[diesel(table_name = projects)]
struct Changes {
    title: Option<String>,
    prompt: Option<String>,
    language: Option<String>,
    aspect_ratio: Option<&'static str>,
    visual_bible: Option<Json<Vec<Figure>>>,
}

/// Where a page of the list begins: behind that project.
pub struct After {
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Its id.
    pub id: Uuid,
}

/// A text that is no cursor of the list of projects.
#[derive(Debug)]
pub struct NoCursor;

impl FromStr for After {
    type Err = NoCursor;

    fn from_str(cursor: &str) -> Result<Self, NoCursor> {
        let (micros, id) = cursor.split_once('.').ok_or(NoCursor)?;
        let updated_at = micros.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or(NoCursor)?;
        Ok(Self { updated_at, id: Uuid::parse_str(id).map_err(|_| NoCursor)? })
    }
}

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.updated_at.timestamp_micros(), self.id.simple())
    }
}

/// Projects, the last changed first; `words` are looked for in title and prompt.
pub fn list(conn: &mut PgConnection, words: Option<&str>, after: Option<After>, limit: i64) -> Result<Vec<Project>> {
    use project_overview::dsl as p;
    let mut query =
        p::project_overview.order((p::updated_at.desc(), p::id.desc())).limit(limit).select(ProjectRow::as_select()).into_boxed();
    for word in words.unwrap_or_default().split_whitespace() {
        let pattern = containing(word);
        query = query.filter(p::title.ilike(pattern.clone()).or(p::prompt.ilike(pattern)));
    }
    if let Some(after) = after {
        query = query.filter(p::updated_at.lt(after.updated_at).or(p::updated_at.eq(after.updated_at).and(p::id.lt(after.id))));
    }
    Ok(query.load(conn)?.into_iter().map(Project::from).collect())
}

/// One project.
pub fn get(conn: &mut PgConnection, id: ProjectId) -> Result<Project> {
    find(conn, id)?.ok_or_else(|| AppError::not_found("project"))
}

/// One project, if it is there.
pub fn find(conn: &mut PgConnection, id: ProjectId) -> Result<Option<Project>> {
    let row = project_overview::table.find(id.0).select(ProjectRow::as_select()).first(conn).optional()?;
    Ok(row.map(Project::from))
}

/// Those projects.
pub fn with_ids(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Project>> {
    let rows = project_overview::table.filter(project_overview::id.eq_any(ids)).select(ProjectRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(Project::from).collect())
}

/// Projects whose script is being written, or lately failed.
pub fn unfinished(conn: &mut PgConnection, since: DateTime<Utc>) -> Result<Vec<Project>> {
    use project_overview::dsl as p;
    let rows = p::project_overview
        .filter(p::status.eq("generating").or(p::status.eq("failed").and(p::updated_at.gt(since))))
        .order(p::created_at)
        .select(ProjectRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Project::from).collect())
}

/// Locks a project until the transaction ends: whoever changes the order or the number of its scenes does.
pub fn lock(conn: &mut PgConnection, id: ProjectId) -> Result<()> {
    if lock_if_there(conn, id)? { Ok(()) } else { Err(AppError::not_found("project")) }
}

/// As [`lock`]; false where it is gone.
pub fn lock_if_there(conn: &mut PgConnection, id: ProjectId) -> Result<bool> {
    let found = projects::table.find(id.0).select(projects::id).for_no_key_update().first::<Uuid>(conn).optional()?;
    Ok(found.is_some())
}

/// Its people and places.
pub fn visual_bible(conn: &mut PgConnection, id: ProjectId) -> Result<Vec<Figure>> {
    let figures: Option<Json<Vec<Figure>>> = projects::table.find(id.0).select(projects::visual_bible).first(conn).optional()?;
    Ok(figures.ok_or_else(|| AppError::not_found("project"))?.0)
}

/// How its script was asked for.
pub fn script_options(conn: &mut PgConnection, id: ProjectId) -> Result<ScriptOptions> {
    let options: Option<Json<ScriptOptions>> = projects::table.find(id.0).select(projects::script_options).first(conn).optional()?;
    Ok(options.ok_or_else(|| AppError::not_found("project"))?.0)
}

/// Writes a new project.
pub fn insert(tx: &mut Tx<'_>, project: NewProject) -> Result<ProjectId> {
    let id = ProjectId(project.id);
    diesel::insert_into(projects::table).values(project).execute(tx.conn)?;
    tx.changed(id, RecordKind::Project, id);
    Ok(id)
}

/// Changes what the patch names.
pub fn patch(tx: &mut Tx<'_>, id: ProjectId, patch: PatchProject) -> Result<()> {
    let changes = Changes {
        title: patch.title,
        prompt: patch.prompt,
        language: patch.language,
        aspect_ratio: patch.aspect_ratio.map(AspectRatio::as_str),
        visual_bible: patch.visual_bible.map(Json),
    };
    // A change of nothing is none: what others know of it is still so.
    if matches!(changes, Changes { title: None, prompt: None, language: None, aspect_ratio: None, visual_bible: None }) {
        return Ok(());
    }
    let changed = diesel::update(projects::table.find(id.0)).set((changes, projects::updated_at.eq(now))).execute(tx.conn)?;
    if changed == 0 {
        return Err(AppError::not_found("project"));
    }
    tx.changed(id, RecordKind::Project, id);
    Ok(())
}

/// Says that something in it has changed. Whoever has locked the project says so too, and is not waited for: it may be
/// waiting for a job that this very transaction ends.
pub fn touch(tx: &mut Tx<'_>, id: ProjectId) -> Result<()> {
    let free = projects::table.find(id.0).select(projects::id).for_no_key_update().skip_locked().first::<Uuid>(tx.conn).optional()?;
    if let Some(free) = free {
        diesel::update(projects::table.find(free)).set(projects::updated_at.eq(now)).execute(tx.conn)?;
    }
    tx.changed(id, RecordKind::Project, id);
    Ok(())
}

/// The script is written: what the writer found out about it is kept.
pub fn script_ready(tx: &mut Tx<'_>, id: ProjectId, title: &str, language: &str, figures: Vec<Figure>, model: Option<&str>) -> Result<()> {
    diesel::update(projects::table.find(id.0))
        .set((
            projects::title.eq(title),
            projects::language.eq(language),
            projects::visual_bible.eq(Json(figures)),
            projects::model.eq(model),
            projects::status.eq("ready"),
            projects::error.eq(None::<Json<ApiError>>),
            projects::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    tx.changed(id, RecordKind::Project, id);
    Ok(())
}

/// The script is to be written, perhaps again.
pub fn script_generating(tx: &mut Tx<'_>, id: ProjectId, cause: Option<&ApiError>) -> Result<()> {
    set_script(tx, id, "generating", cause)
}

/// The script could not be written.
pub fn script_failed(tx: &mut Tx<'_>, id: ProjectId, cause: &ApiError) -> Result<()> {
    set_script(tx, id, "failed", Some(cause))
}

fn set_script(tx: &mut Tx<'_>, id: ProjectId, status: &str, error: Option<&ApiError>) -> Result<()> {
    let changed = diesel::update(projects::table.find(id.0))
        .set((projects::status.eq(status), projects::error.eq(error.map(Json)), projects::updated_at.eq(now)))
        .execute(tx.conn)?;
    if changed > 0 {
        tx.changed(id, RecordKind::Project, id);
    }
    Ok(())
}

/// Deletes it with everything in it.
pub fn delete(tx: &mut Tx<'_>, id: ProjectId) -> Result<()> {
    if diesel::delete(projects::table.find(id.0)).execute(tx.conn)? == 0 {
        return Err(AppError::not_found("project"));
    }
    tx.deleted(id, RecordKind::Project, id);
    Ok(())
}
