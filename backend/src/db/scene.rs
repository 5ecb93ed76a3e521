//! Scenes: rows and queries.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, PgConnection, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
    dsl::now,
    sql_query,
    sql_types::{Array, Integer, Uuid as SqlUuid},
};
use uuid::Uuid;

use super::{
    Tx,
    schema::{scene_overview, scenes},
};
use crate::error::{AppError, Result};
use shared::{
    AudioId, ImageId, ProjectId, SceneId, VideoId,
    event::RecordKind,
    rules::MAX_SCENES,
    scene::{PatchScene, Scene},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = scene_overview)]
struct SceneRow {
    id: Uuid,
    project_id: Uuid,
    position: i32,
    title: String,
    narration: String,
    visual_prompt: String,
    selected_audio_id: Option<Uuid>,
    selected_image_id: Option<Uuid>,
    selected_video_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    duration_seconds: f64,
}

impl From<SceneRow> for Scene {
    fn from(row: SceneRow) -> Self {
        Self {
            id: SceneId(row.id),
            project_id: ProjectId(row.project_id),
            position: u32::try_from(row.position).unwrap_or_default(),
            title: row.title,
            narration: row.narration,
            visual_prompt: row.visual_prompt,
            duration_seconds: row.duration_seconds,
            selected_audio_id: row.selected_audio_id.map(AudioId),
            selected_image_id: row.selected_image_id.map(ImageId),
            selected_video_id: row.selected_video_id.map(VideoId),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A scene that is not in the database yet.
#[derive(Insertable)]
#[diesel(table_name = scenes)]
pub struct NewScene {
    /// Its id.
    pub id: Uuid,
    /// Its project.
    pub project_id: Uuid,
    /// Its place.
    pub position: i32,
    /// Its title.
    pub title: String,
    /// What is spoken.
    pub narration: String,
    /// What is to be seen.
    pub visual_prompt: String,
    /// How long that takes to speak, in seconds.
    pub planned_seconds: f64,
}

#[derive(Default, AsChangeset)]
#[diesel(table_name = scenes)]
struct Changes {
    title: Option<String>,
    narration: Option<String>,
    visual_prompt: Option<String>,
    planned_seconds: Option<f64>,
    selected_audio_id: Option<Option<Uuid>>,
    selected_image_id: Option<Option<Uuid>>,
    selected_video_id: Option<Option<Uuid>>,
}

/// One scene.
pub fn get(conn: &mut PgConnection, id: SceneId) -> Result<Scene> {
    find(conn, id)?.ok_or_else(|| AppError::not_found("scene"))
}

/// One scene, if it is there.
pub fn find(conn: &mut PgConnection, id: SceneId) -> Result<Option<Scene>> {
    let row = scene_overview::table.find(id.0).select(SceneRow::as_select()).first(conn).optional()?;
    Ok(row.map(Scene::from))
}

/// Those scenes.
pub fn with_ids(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Scene>> {
    let rows = scene_overview::table.filter(scene_overview::id.eq_any(ids)).select(SceneRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(Scene::from).collect())
}

/// The scenes of a project, by position.
pub fn of_project(conn: &mut PgConnection, project: ProjectId) -> Result<Vec<Scene>> {
    let rows = scene_overview::table
        .filter(scene_overview::project_id.eq(project.0))
        .order(scene_overview::position)
        .select(SceneRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Scene::from).collect())
}

/// Writes new scenes.
pub fn insert(tx: &mut Tx<'_>, new: Vec<NewScene>) -> Result<()> {
    let told: Vec<_> = new.iter().map(|scene| (ProjectId(scene.project_id), scene.id)).collect();
    diesel::insert_into(scenes::table).values(new).execute(tx.conn)?;
    for (project, id) in told {
        tx.changed(project, RecordKind::Scene, id);
    }
    Ok(())
}

/// Changes what the patch names, but its position.
pub fn patch(tx: &mut Tx<'_>, scene: &Scene, patch: PatchScene, planned_seconds: Option<f64>) -> Result<()> {
    let changes = Changes {
        title: patch.title,
        narration: patch.narration,
        visual_prompt: patch.visual_prompt,
        planned_seconds,
        selected_audio_id: patch.selected_audio_id.map(|id| id.map(Uuid::from)),
        selected_image_id: patch.selected_image_id.map(|id| id.map(Uuid::from)),
        selected_video_id: patch.selected_video_id.map(|id| id.map(Uuid::from)),
    };
    diesel::update(scenes::table.find(scene.id.0)).set((changes, scenes::updated_at.eq(now))).execute(tx.conn)?;
    tx.changed(scene.project_id, RecordKind::Scene, scene.id);
    Ok(())
}

/// Puts the scenes of a project in that order; the project must be locked.
pub fn reorder(tx: &mut Tx<'_>, project: ProjectId, order: &[SceneId]) -> Result<()> {
    // Whoever changes one of them otherwise is waited for here: once its place is given to another, each would wait for the other
    // at the end, where places are compared.
    let all = scenes::table.filter(scenes::project_id.eq(project.0)).order(scenes::id);
    let known: Vec<(Uuid, i32)> = all.select((scenes::id, scenes::position)).for_no_key_update().load(tx.conn)?;
    let known: HashMap<Uuid, i32> = known.into_iter().collect();
    let (moved, positions): (Vec<Uuid>, Vec<i32>) =
        order.iter().map(|id| id.0).zip(0..).filter(|(id, position)| known.get(id) != Some(position)).unzip();
    sql_query(
        "update scenes s set position = moved.position, updated_at = now()
         from unnest($1, $2) as moved (id, position) where s.id = moved.id",
    )
    .bind::<Array<SqlUuid>, _>(&moved)
    .bind::<Array<Integer>, _>(&positions)
    .execute(tx.conn)?;
    for id in moved {
        tx.changed(project, RecordKind::Scene, id);
    }
    Ok(())
}

/// The ids of a project's scenes, by position.
pub fn order(conn: &mut PgConnection, project: ProjectId) -> Result<Vec<SceneId>> {
    let ids: Vec<Uuid> = scenes::table.filter(scenes::project_id.eq(project.0)).order(scenes::position).select(scenes::id).load(conn)?;
    Ok(ids.into_iter().map(SceneId).collect())
}

/// Deletes it with its takes.
pub fn delete(tx: &mut Tx<'_>, scene: &Scene) -> Result<()> {
    diesel::delete(scenes::table.find(scene.id.0)).execute(tx.conn)?;
    tx.deleted(scene.project_id, RecordKind::Scene, scene.id);
    Ok(())
}

/// Deletes every scene of a project: its script is written anew.
pub fn delete_all(tx: &mut Tx<'_>, project: ProjectId) -> Result<()> {
    let gone: Vec<Uuid> =
        diesel::delete(scenes::table.filter(scenes::project_id.eq(project.0))).returning(scenes::id).get_results(tx.conn)?;
    for id in gone {
        tx.deleted(project, RecordKind::Scene, id);
    }
    Ok(())
}

/// Refuses one scene too many.
pub fn check_room(count: usize) -> Result<()> {
    if count > MAX_SCENES {
        return Err(AppError::api(shared::ErrorCode::Conflict, format!("A project has at most {MAX_SCENES} scenes.")));
    }
    Ok(())
}
