//! Image assets: rows and queries. Their life is in `take`.

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, PgConnection, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
    dsl::now,
};
use uuid::Uuid;

use super::{
    Json, Named, Tx,
    event::plain,
    schema::{image_assets, image_overview},
    take,
};
use crate::{
    error::{AppError, Result},
    storage::media_url,
};
use shared::{
    ApiError, ImageId, ProjectId, SceneId,
    event::RecordKind,
    image::{ImageAsset, ImageModelOptions},
    record::{Credit, Status},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = image_overview)]
struct ImageRow {
    id: Uuid,
    project_id: Uuid,
    scene_id: Uuid,
    provider: String,
    model: Option<String>,
    style_prompt: String,
    model_options: Json<ImageModelOptions>,
    status: Named<Status>,
    progress: f64,
    stale: bool,
    error: Option<Json<ApiError>>,
    media_key: Option<String>,
    thumbnail_key: Option<String>,
    mime_type: Option<String>,
    width: Option<i32>,
    height: Option<i32>,
    attempts: i32,
    cost_usd: Option<f64>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    credit: Option<Json<Credit>>,
}

impl From<ImageRow> for ImageAsset {
    fn from(row: ImageRow) -> Self {
        Self {
            id: ImageId(row.id),
            project_id: ProjectId(row.project_id),
            scene_id: SceneId(row.scene_id),
            provider: row.provider,
            model: row.model,
            style_prompt: row.style_prompt,
            model_options: row.model_options.0,
            status: row.status.0,
            progress: row.progress,
            stale: row.stale,
            error: plain(row.error),
            url: row.media_key.as_deref().map(media_url),
            thumbnail_url: row.thumbnail_key.as_deref().map(media_url),
            mime_type: row.mime_type,
            width: row.width.and_then(|pixels| u32::try_from(pixels).ok()),
            height: row.height.and_then(|pixels| u32::try_from(pixels).ok()),
            credit: plain(row.credit),
            attempts: u32::try_from(row.attempts).unwrap_or_default(),
            cost_usd: row.cost_usd,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A take that is not in the database yet; it is queued.
#[derive(Insertable)]
#[diesel(table_name = image_assets)]
pub struct NewImage {
    /// Its id.
    pub id: Uuid,
    /// Its project.
    pub project_id: Uuid,
    /// Its scene.
    pub scene_id: Uuid,
    /// Who draws.
    pub provider: String,
    /// With which model.
    pub model: Option<String>,
    /// The look.
    pub style_prompt: String,
    /// How it is made.
    pub model_options: Json<ImageModelOptions>,
    /// What it shows.
    pub visual_prompt: String,
}

/// What a finished take has.
#[derive(Clone)]
pub struct Made {
    /// The key of its file.
    pub media_key: String,
    /// The key of its small version.
    pub thumbnail_key: Option<String>,
    /// The type of its bytes.
    pub mime_type: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// What it cost.
    pub cost_usd: Option<f64>,
    /// Whose work it is, where a stock library has it from somebody.
    pub credit: Option<Credit>,
}

/// One take, if it is there.
pub fn find(conn: &mut PgConnection, id: ImageId) -> Result<Option<ImageAsset>> {
    let row = image_overview::table.find(id.0).select(ImageRow::as_select()).first(conn).optional()?;
    Ok(row.map(ImageAsset::from))
}

/// One take.
pub fn get(conn: &mut PgConnection, id: ImageId) -> Result<ImageAsset> {
    find(conn, id)?.ok_or_else(|| AppError::not_found("image"))
}

/// What a take is to show.
pub fn visual_prompt(conn: &mut PgConnection, id: ImageId) -> Result<String> {
    let row = image_assets::table.find(id.0).select(image_assets::visual_prompt).first(conn).optional()?;
    row.ok_or_else(|| AppError::not_found("image"))
}

/// The keys of the files of those images.
pub fn keys(conn: &mut PgConnection, ids: &[ImageId]) -> Result<Vec<(ImageId, String)>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(Uuid, Option<String>)> =
        image_assets::table.filter(image_assets::id.eq_any(ids)).select((image_assets::id, image_assets::media_key)).load(conn)?;
    Ok(rows.into_iter().filter_map(|(id, key)| Some((ImageId(id), key?))).collect())
}

/// All takes of a project, by scene, newest first.
pub fn of_project(conn: &mut PgConnection, project: ProjectId) -> Result<Vec<ImageAsset>> {
    use image_overview::dsl as i;
    let rows = i::image_overview
        .filter(i::project_id.eq(project.0))
        .order((i::scene_position, i::created_at.desc(), i::id.desc()))
        .select(ImageRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(ImageAsset::from).collect())
}

/// How all takes of a project stand, by scene, newest first.
pub fn standing(conn: &mut PgConnection, project: ProjectId) -> Result<Vec<take::Standing>> {
    use image_overview::dsl as i;
    let takes = i::image_overview.filter(i::project_id.eq(project.0)).order((i::scene_position, i::created_at.desc(), i::id.desc()));
    Ok(takes.select((i::scene_id, i::id, i::status, i::stale)).load(conn)?)
}

/// Those takes.
pub fn with_ids(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<ImageAsset>> {
    let rows = image_overview::table.filter(image_overview::id.eq_any(ids)).select(ImageRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(ImageAsset::from).collect())
}

/// Takes that are queued, running or lately failed.
pub fn unfinished(conn: &mut PgConnection, since: DateTime<Utc>) -> Result<Vec<ImageAsset>> {
    use diesel::BoolExpressionMethods;
    use image_overview::dsl as i;
    let rows = i::image_overview
        .filter(i::status.eq_any(["queued", "running"]).or(i::status.eq("failed").and(i::updated_at.gt(since)).and(take::is_newest(
            "image_assets",
            "image_overview",
            "n.scene_id = image_overview.scene_id",
        ))))
        .order(i::created_at)
        .select(ImageRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(ImageAsset::from).collect())
}

/// Writes a new take.
pub fn insert(tx: &mut Tx<'_>, new: NewImage) -> Result<()> {
    let (project, id) = (ProjectId(new.project_id), new.id);
    diesel::insert_into(image_assets::table).values(new).execute(tx.conn)?;
    tx.changed(project, RecordKind::Image, id);
    Ok(())
}

/// The take is ready, and becomes its scene's selected one, unless a newer one is.
pub fn ready(tx: &mut Tx<'_>, id: ImageId, made: Made) -> Result<()> {
    use image_assets::dsl as i;
    let (project, scene): (Uuid, Uuid) = diesel::update(i::image_assets.find(id.0))
        .set((
            i::status.eq("ready"),
            i::progress.eq(1.0),
            i::error.eq(None::<Json<ApiError>>),
            i::media_key.eq(made.media_key),
            i::mime_type.eq(made.mime_type),
            i::thumbnail_key.eq(made.thumbnail_key),
            i::width.eq(i32::try_from(made.width).map_err(AppError::internal)?),
            i::height.eq(i32::try_from(made.height).map_err(AppError::internal)?),
            i::cost_usd.eq(made.cost_usd),
            i::credit.eq(made.credit.map(Json)),
            i::updated_at.eq(now),
        ))
        .returning((i::project_id, i::scene_id))
        .get_result(tx.conn)?;
    let project = ProjectId(project);
    tx.changed(project, RecordKind::Image, id);
    take::select(tx, take::Take::Image(id), project, scene)?;
    super::project::touch(tx, project)
}

/// The newest take of a scene, if it has one.
pub fn newest(conn: &mut PgConnection, scene: SceneId) -> Result<Option<ImageAsset>> {
    use image_overview::dsl as i;
    let row = i::image_overview
        .filter(i::scene_id.eq(scene.0))
        .order((i::created_at.desc(), i::id.desc()))
        .select(ImageRow::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(ImageAsset::from))
}
