//! Activity: everything that is queued, running or lately failed.

use chrono::TimeDelta;

use super::Ctx;
use crate::{db, error::Result};
use shared::activity::Activity;

/// How long a failure is shown.
const LATELY: TimeDelta = TimeDelta::hours(24);

/// Everything that is queued, running or lately failed, in all projects, the oldest first.
pub async fn list(ctx: &Ctx) -> Result<Vec<Activity>> {
    ctx.db
        .read(move |conn| {
            let since = db::now(conn)? - LATELY;
            let scripts = db::project::unfinished(conn, since)?.into_iter();
            let audio = db::audio::unfinished(conn, since)?.into_iter();
            let image = db::image::unfinished(conn, since)?.into_iter();
            let video = db::video::unfinished(conn, since)?.into_iter();
            let all = scripts
                .map(|record| Activity::Script { project_id: record.id, record })
                .chain(audio.map(|record| Activity::Audio { project_id: record.project_id, scene_id: record.scene_id, record }))
                .chain(image.map(|record| Activity::Image { project_id: record.project_id, scene_id: record.scene_id, record }))
                .chain(video.map(|record| Activity::Video { project_id: record.project_id, scene_id: record.scene_id, record }));
            Ok(all.collect())
        })
        .await
}
