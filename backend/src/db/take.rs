//! The life that audio clips, image assets and video clips share: one statement each, whatever the table.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::{
    OptionalExtension, PgConnection, Queryable, QueryableByName, RunQueryDsl,
    dsl::sql,
    expression::SqlLiteral,
    sql_query,
    sql_types::{Array, Bool, Double, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Json, Named, Tx};
use crate::error::{AppError, Result};
use shared::{ApiError, AudioId, ImageId, ProjectId, VideoId, event::RecordKind, record::Status};

/// A generated record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Take {
    /// A narration.
    Audio(AudioId),
    /// A picture.
    Image(ImageId),
    /// A film or a clip.
    Video(VideoId),
}

impl Take {
    /// Its id, whatever it is.
    pub fn id(self) -> Uuid {
        match self {
            Self::Audio(id) => id.0,
            Self::Image(id) => id.0,
            Self::Video(id) => id.0,
        }
    }

    /// What it is.
    pub fn kind(self) -> RecordKind {
        match self {
            Self::Audio(_) => RecordKind::Audio,
            Self::Image(_) => RecordKind::Image,
            Self::Video(_) => RecordKind::Video,
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Audio(_) => "narration",
            Self::Image(_) => "image",
            Self::Video(_) => "video",
        }
    }

    fn table(self) -> &'static str {
        match self {
            Self::Audio(_) => "audio_clips",
            Self::Image(_) => "image_assets",
            Self::Video(_) => "video_clips",
        }
    }

    fn media_columns(self) -> &'static str {
        match self {
            Self::Audio(_) => "array[media_key]",
            Self::Image(_) => "array[media_key, thumbnail_key]",
            Self::Video(_) => "array[media_key, poster_key, subtitles_key]",
        }
    }

    /// The column of a scene that names it where it is selected.
    fn selection(self) -> &'static str {
        match self {
            Self::Audio(_) => "selected_audio_id",
            Self::Image(_) => "selected_image_id",
            Self::Video(_) => "selected_video_id",
        }
    }
}

/// How a narration or a picture stands.
#[derive(Queryable)]
pub struct Standing {
    /// The scene that it is of.
    pub scene: Uuid,
    /// Its id.
    pub id: Uuid,
    /// Whether it is being made, or is ready.
    #[diesel(deserialize_as = Named<Status>)]
    pub status: Status,
    /// Whether it is of what the scene no longer says.
    pub stale: bool,
}

impl From<Named<Status>> for Status {
    fn from(named: Named<Self>) -> Self {
        named.0
    }
}

#[derive(QueryableByName)]
struct Touched {
    #[diesel(sql_type = SqlUuid)]
    project_id: Uuid,
}

/// Where a take is, and in which project; locked until the transaction ends.
pub fn lock(conn: &mut PgConnection, take: Take) -> Result<(ProjectId, Status)> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        project_id: Uuid,
        #[diesel(sql_type = Text)]
        status: Named<Status>,
    }
    let row: Option<Row> = sql_query(format!("select project_id, status from {} where id = $1 for update", take.table()))
        .bind::<SqlUuid, _>(take.id())
        .get_result(conn)
        .optional()?;
    let row = row.ok_or_else(|| AppError::not_found(take.name()))?;
    Ok((ProjectId(row.project_id), row.status.0))
}

/// The narrations and pictures of a project that are stale.
pub fn stale(conn: &mut PgConnection, project: ProjectId) -> Result<HashSet<(RecordKind, Uuid)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        kind: Named<RecordKind>,
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    let rows: Vec<Row> = sql_query(
        "select 'audio' as kind, id from audio_overview where project_id = $1 and stale
         union all select 'image', id from image_overview where project_id = $1 and stale",
    )
    .bind::<SqlUuid, _>(project.0)
    .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.kind.0, row.id)).collect())
}

/// A take that is ready becomes its scene's selected one, unless a newer one of that scene is ready already.
pub fn select(tx: &mut Tx<'_>, take: Take, project: ProjectId, scene: Uuid) -> Result<()> {
    use super::schema::scenes;
    use diesel::QueryDsl;
    super::video::telling_films(tx, project, |tx| {
        // Of two that become ready at once, the second sees the first.
        scenes::table.find(scene).select(scenes::id).for_no_key_update().first::<Uuid>(tx.conn)?;
        let (table, column) = (take.table(), take.selection());
        let selected = sql_query(format!(
            "update scenes s set {column} = t.id, updated_at = now() from {table} t
             where t.id = $1 and s.id = t.scene_id and not exists (
                 select from {table} n
                 where n.scene_id = t.scene_id and n.status = 'ready' and (n.created_at, n.id) > (t.created_at, t.id))"
        ))
        .bind::<SqlUuid, _>(take.id())
        .execute(tx.conn)?;
        if selected > 0 {
            tx.changed(project, RecordKind::Scene, scene);
        }
        Ok(())
    })
}

/// Locks the scene that a take is of, if it is of one, until the transaction ends: whoever chooses among the scene's takes then
/// chooses none that is just being deleted. It is done before the take is locked, as by who changes a scene.
pub fn lock_scene_of(conn: &mut PgConnection, take: Take) -> Result<()> {
    let scene = "select s.id from scenes s where s.id = (select t.scene_id from";
    sql_query(format!("{scene} {} t where t.id = $1) for no key update", take.table())).bind::<SqlUuid, _>(take.id()).execute(conn)?;
    Ok(())
}

/// In the place of a scene's selected take, which was deleted, comes the newest that is ready; none where there is none.
pub fn select_newest(tx: &mut Tx<'_>, deleted: Take, project: ProjectId, scene: shared::SceneId) -> Result<()> {
    sql_query(format!(
        "update scenes set {} = (
             select id from {} where scene_id = $1 and status = 'ready' order by created_at desc, id desc limit 1), updated_at = now()
         where id = $1",
        deleted.selection(),
        deleted.table()
    ))
    .bind::<SqlUuid, _>(scene.0)
    .execute(tx.conn)?;
    tx.changed(project, RecordKind::Scene, scene);
    Ok(())
}

/// Whether nothing newer was made of the same, which `same` tells of the newer one, `n`: what failed is then made good, or told
/// by that one.
pub fn is_newest(table: &str, view: &str, same: &str) -> SqlLiteral<Bool> {
    sql(&format!("not exists (select from {table} n where {same} and n.created_at > {view}.created_at and n.status <> 'canceled')"))
}

/// Of these keys of files, those that no record names, nor a job that will remove them.
pub fn unnamed(conn: &mut PgConnection, keys: Vec<String>) -> Result<Vec<String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        key: String,
    }
    let rows: Vec<Row> = sql_query(
        "select key from unnest($1) as key except (
             select media_key from audio_clips
             union all select unnest(array[media_key, thumbnail_key]) from image_assets
             union all select unnest(array[media_key, poster_key, subtitles_key]) from video_clips
             union all select media_key from music_tracks
             union all select jsonb_array_elements_text(spec -> 'keys') from jobs where jsonb_typeof(spec -> 'keys') = 'array')",
    )
    .bind::<Array<Text>, _>(keys)
    .load(conn)?;
    Ok(rows.into_iter().map(|row| row.key).collect())
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Of these ids of records, those that there is no take and no project of any more.
pub fn gone(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let rows: Vec<Id> = sql_query(
        "select wanted.id from unnest($1) as wanted (id)
         where not exists (select from audio_clips a where a.id = wanted.id)
           and not exists (select from image_assets i where i.id = wanted.id)
           and not exists (select from video_clips v where v.id = wanted.id)
           and not exists (select from projects p where p.id = wanted.id)",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .load(conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Of these ids of records, those for which nothing is being made; but for narrations and scripts that failed, or were
/// canceled, since then.
pub fn idle(conn: &mut PgConnection, ids: &[Uuid], since: DateTime<Utc>) -> Result<Vec<Uuid>> {
    let rows: Vec<Id> = sql_query(
        "select wanted.id from unnest($1) as wanted (id)
         where not exists (select from jobs j where j.record_id = wanted.id)
           and not exists (select from audio_clips a
                           where a.id = wanted.id and a.status in ('failed', 'canceled') and a.updated_at > $2)
           and not exists (select from projects p where p.id = wanted.id and p.status = 'failed' and p.updated_at > $2)",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Timestamptz, _>(since)
    .load(conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// An attempt begins. It keeps the progress of one that was interrupted, whose work is not lost.
pub fn start(tx: &mut Tx<'_>, take: Take, attempt: u32) -> Result<()> {
    let forget = if matches!(take, Take::Video(_)) { ", remaining_seconds = null" } else { "" };
    update(tx, take, &format!("status = 'running', attempts = $2, error = coalesce($3, error){forget}"), attempt, None)
}

/// A server that stops hands it back: it waits with what is done.
pub fn hand_back(tx: &mut Tx<'_>, take: Take, attempts: u32) -> Result<()> {
    update(tx, take, "status = 'queued', attempts = $2, error = $3", attempts, None)
}

/// The attempt failed, and there will be another one: the record keeps why.
pub fn wait_for_retry(tx: &mut Tx<'_>, take: Take, attempt: u32, cause: &ApiError) -> Result<()> {
    update(tx, take, "status = 'queued', progress = 0, attempts = $2, error = $3", attempt, Some(cause))
}

/// It could not be made; the record keeps what was paid for it all the same, as far as that is known.
pub fn fail(tx: &mut Tx<'_>, take: Take, attempts: u32, cause: &ApiError) -> Result<()> {
    let paid = "(select sum(cost_usd) from paid_calls where record_id = $1)";
    update(tx, take, &format!("status = 'failed', attempts = $2, error = $3, cost_usd = {paid}"), attempts, Some(cause))
}

/// The user stopped it.
pub fn cancel(tx: &mut Tx<'_>, take: Take) -> Result<()> {
    update(tx, take, "status = 'canceled', attempts = attempts + $2, error = $3", 0, None)
}

/// The user wants it to be tried again: it waits as if it were new.
pub fn queue_again(tx: &mut Tx<'_>, take: Take, attempts: u32) -> Result<()> {
    update(tx, take, "status = 'queued', progress = 0, attempts = $2, error = $3", attempts, None)
}

fn update(tx: &mut Tx<'_>, take: Take, set: &str, attempts: u32, error: Option<&ApiError>) -> Result<()> {
    let touched: Option<Touched> =
        sql_query(format!("update {} set {set}, updated_at = now() where id = $1 returning project_id", take.table()))
            .bind::<SqlUuid, _>(take.id())
            .bind::<Integer, _>(i32::try_from(attempts).unwrap_or(i32::MAX))
            .bind::<Nullable<Jsonb>, _>(error.map(Json))
            .get_result(tx.conn)
            .optional()?;
    if let Some(touched) = touched {
        tx.changed(ProjectId(touched.project_id), take.kind(), take.id());
    }
    Ok(())
}

/// It came further, and will still take so many seconds, where that is known; films and clips tell it. Progress never goes
/// back, and only what runs has any.
pub fn set_progress(tx: &mut Tx<'_>, take: Take, progress: f64, remaining_seconds: Option<f64>) -> Result<()> {
    let remaining = if matches!(take, Take::Video(_)) { ", remaining_seconds = $3" } else { "" };
    let touched: Option<Touched> = sql_query(format!(
        "update {} set progress = $2{remaining}, updated_at = now() where id = $1 and status = 'running' and progress < $2 returning project_id",
        take.table()
    ))
    .bind::<SqlUuid, _>(take.id())
    .bind::<Double, _>(progress.clamp(0.0, 1.0))
    .bind::<Nullable<Double>, _>(remaining_seconds)
    .get_result(tx.conn)
    .optional()?;
    if let Some(touched) = touched {
        tx.changed(ProjectId(touched.project_id), take.kind(), take.id());
    }
    Ok(())
}

/// Deletes it and its event; answers the keys of its files, which are still there.
pub fn delete(tx: &mut Tx<'_>, take: Take) -> Result<Vec<String>> {
    #[derive(QueryableByName)]
    struct Gone {
        #[diesel(sql_type = SqlUuid)]
        project_id: Uuid,
        #[diesel(sql_type = diesel::sql_types::Array<Nullable<Text>>)]
        keys: Vec<Option<String>>,
    }
    let gone: Option<Gone> =
        sql_query(format!("delete from {} where id = $1 returning project_id, {} as keys", take.table(), take.media_columns()))
            .bind::<SqlUuid, _>(take.id())
            .get_result(tx.conn)
            .optional()?;
    let gone = gone.ok_or_else(|| AppError::not_found(take.name()))?;
    tx.deleted(ProjectId(gone.project_id), take.kind(), take.id());
    Ok(gone.keys.into_iter().flatten().collect())
}

/// The keys of every file of a project, or of one scene of it.
pub fn media_keys(conn: &mut PgConnection, project: ProjectId, scene: Option<shared::SceneId>) -> Result<Vec<String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        key: String,
    }
    let rows: Vec<Row> = sql_query(
        "select key from (
             select unnest(array[media_key]) as key from audio_clips where project_id = $1 and ($2 is null or scene_id = $2)
             union all select unnest(array[media_key, thumbnail_key]) from image_assets where project_id = $1 and ($2 is null or scene_id = $2)
             union all select unnest(array[media_key, poster_key, subtitles_key]) from video_clips where project_id = $1 and ($2 is null or scene_id = $2)
         ) keys where key is not null",
    )
    .bind::<SqlUuid, _>(project.0)
    .bind::<Nullable<SqlUuid>, _>(scene.map(|scene| scene.0))
    .load(conn)?;
    Ok(rows.into_iter().map(|row| row.key).collect())
}

/// Every take of a scene.
pub fn of_scene(conn: &mut PgConnection, scene: shared::SceneId) -> Result<Vec<Take>> {
    use super::schema::{audio_clips, image_assets, video_clips};
    use diesel::{ExpressionMethods, QueryDsl};
    let audio: Vec<Uuid> = audio_clips::table.filter(audio_clips::scene_id.eq(scene.0)).select(audio_clips::id).load(conn)?;
    let image: Vec<Uuid> = image_assets::table.filter(image_assets::scene_id.eq(scene.0)).select(image_assets::id).load(conn)?;
    let video: Vec<Uuid> = video_clips::table.filter(video_clips::scene_id.eq(scene.0)).select(video_clips::id).load(conn)?;
    let audio = audio.into_iter().map(|id| Take::Audio(AudioId(id)));
    let image = image.into_iter().map(|id| Take::Image(ImageId(id)));
    let video = video.into_iter().map(|id| Take::Video(VideoId(id)));
    Ok(audio.chain(image).chain(video).collect())
}

/// The scene whose selected take it is, if it is one's.
pub fn scene_that_selected(conn: &mut PgConnection, take: Take) -> Result<Option<shared::SceneId>> {
    use super::schema::scenes;
    use diesel::{ExpressionMethods, QueryDsl};
    let scene: Option<Uuid> = match take {
        Take::Audio(id) => scenes::table.filter(scenes::selected_audio_id.eq(id.0)).select(scenes::id).first(conn).optional()?,
        Take::Image(id) => scenes::table.filter(scenes::selected_image_id.eq(id.0)).select(scenes::id).first(conn).optional()?,
        Take::Video(id) => scenes::table.filter(scenes::selected_video_id.eq(id.0)).select(scenes::id).first(conn).optional()?,
    };
    Ok(scene.map(shared::SceneId))
}
