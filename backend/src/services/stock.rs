//! What the scenes of a project have for a film: takes that are up to date, takes that are being made, or nothing.

use std::collections::HashMap;

use diesel::PgConnection;
use uuid::Uuid;

use crate::{
    db::{self, Tx},
    error::Result,
    queue,
};
use shared::{ProjectId, SceneId, record::Status, scene::Scene};

/// What a scene has of one kind of take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stock {
    /// The selected take is ready and of what the scene says now; or none is needed.
    Enough,
    /// That record is being made of what the scene says now.
    Coming(Uuid),
    /// Nothing, and nobody makes it.
    Missing,
}

impl Stock {
    /// Whether nothing has to be queued. What is being made is asked for now: it goes on where the film is canceled that it
    /// was queued for.
    pub fn spares(self, tx: &mut Tx<'_>) -> Result<bool> {
        if let Self::Coming(record) = self {
            queue::want_record(tx, record)?;
        }
        Ok(self != Self::Missing)
    }

    fn of(enough: bool, coming: Option<&Uuid>) -> Self {
        match coming {
            _ if enough => Self::Enough,
            Some(id) => Self::Coming(*id),
            None => Self::Missing,
        }
    }
}

/// A scene, and what it has.
#[derive(Clone, Debug)]
pub struct Stocked {
    /// The scene.
    pub scene: Scene,
    /// Its narration; a scene with nothing to say needs none.
    pub audio: Stock,
    /// Its picture.
    pub image: Stock,
    /// What the film shows of it: its picture, unless a clip takes the picture's place.
    pub shown: Stock,
}

/// The scenes of a project in their order, with what they have.
///
/// What is being made is read before what is selected. The other way round, a take that becomes ready in between would be
/// neither of the two, and be made twice.
pub fn of_project(conn: &mut PgConnection, project: ProjectId) -> Result<Vec<Stocked>> {
    let coming = |status: Status, stale: bool| !status.is_finished() && !stale;
    let audio = db::audio::of_project(conn, project)?.into_iter().filter(|take| coming(take.status, take.stale));
    let audio: HashMap<SceneId, Uuid> = audio.map(|take| (take.scene_id, take.id.0)).collect();
    let images = db::image::of_project(conn, project)?.into_iter().filter(|take| coming(take.status, take.stale));
    let images: HashMap<SceneId, Uuid> = images.map(|take| (take.scene_id, take.id.0)).collect();
    let scenes = db::scene::of_project(conn, project)?;
    scenes.into_iter().map(|scene| stocked(conn, scene, &audio, &images)).collect()
}

fn stocked(conn: &mut PgConnection, scene: Scene, audio: &HashMap<SceneId, Uuid>, images: &HashMap<SceneId, Uuid>) -> Result<Stocked> {
    let good = |status: Status, stale: bool| status == Status::Ready && !stale;
    let spoken = match scene.selected_audio_id {
        _ if scene.narration.trim().is_empty() => true,
        Some(id) => db::audio::find(conn, id)?.is_some_and(|take| good(take.status, take.stale)),
        None => false,
    };
    let drawn = match scene.selected_image_id {
        Some(id) => db::image::find(conn, id)?.is_some_and(|take| good(take.status, take.stale)),
        None => false,
    };
    let animated = match scene.selected_video_id {
        Some(id) => db::video::find(conn, id)?.is_some_and(|clip| clip.status == Status::Ready),
        None => false,
    };
    let (audio, coming) = (Stock::of(spoken, audio.get(&scene.id)), images.get(&scene.id));
    Ok(Stocked { audio, image: Stock::of(drawn, coming), shown: Stock::of(drawn || animated, coming), scene })
}
