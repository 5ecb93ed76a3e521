//! What the scenes of a project have for a film: takes that are up to date, takes that are being made, or nothing.

use std::collections::{HashMap, HashSet};

use diesel::PgConnection;
use uuid::Uuid;

use crate::{
    db::{self, Tx, take::Standing},
    error::Result,
    queue,
};
use shared::{
    AudioId, ImageId, ProjectId, SceneId, VideoId, audio::AudioClip, image::ImageAsset, record::Status, scene::Scene, video::VideoClip,
};

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

/// The takes that scenes have selected.
pub struct Selected {
    /// Their narrations.
    pub audio: HashMap<AudioId, AudioClip>,
    /// Their pictures.
    pub image: HashMap<ImageId, ImageAsset>,
    /// The clips that they show in place of their pictures.
    pub video: HashMap<VideoId, VideoClip>,
}

impl Selected {
    /// Reads what those scenes have selected, all of them at once.
    pub fn by(conn: &mut PgConnection, scenes: &[Scene]) -> Result<Self> {
        let audio: Vec<Uuid> = scenes.iter().filter_map(|scene| scene.selected_audio_id).map(Uuid::from).collect();
        let image: Vec<Uuid> = scenes.iter().filter_map(|scene| scene.selected_image_id).map(Uuid::from).collect();
        let video: Vec<Uuid> = scenes.iter().filter_map(|scene| scene.selected_video_id).map(Uuid::from).collect();
        Ok(Self {
            audio: db::audio::with_ids(conn, &audio)?.into_iter().map(|take| (take.id, take)).collect(),
            image: db::image::with_ids(conn, &image)?.into_iter().map(|take| (take.id, take)).collect(),
            video: db::video::with_ids(conn, &video)?.into_iter().map(|take| (take.id, take)).collect(),
        })
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
    let audio = coming(db::audio::standing(conn, project)?);
    let images = coming(db::image::standing(conn, project)?);
    let scenes = db::scene::of_project(conn, project)?;
    let selected = Selected::by(conn, &scenes)?;
    Ok(scenes.into_iter().map(|scene| stocked(scene, &selected, &audio, &images)).collect())
}

/// A scene with what it has ready: nobody waits for what is being made.
pub fn of_scene(scene: Scene, selected: &Selected) -> Stocked {
    stocked(scene, selected, &HashMap::new(), &HashMap::new())
}

/// Of takes by scene, the newest first, those that are being made of what the scene says now, and are selected once they are
/// ready: nothing newer is ready.
fn coming(takes: Vec<Standing>) -> HashMap<SceneId, Uuid> {
    let (mut coming, mut outdone) = (HashMap::new(), HashSet::new());
    for take in takes {
        let scene = SceneId(take.scene);
        if take.status == Status::Ready {
            outdone.insert(scene);
        } else if !take.status.is_finished() && !take.stale && !outdone.contains(&scene) {
            coming.insert(scene, take.id);
        }
    }
    coming
}

fn stocked(scene: Scene, selected: &Selected, audio: &HashMap<SceneId, Uuid>, images: &HashMap<SceneId, Uuid>) -> Stocked {
    let good = |status: Status, stale: bool| status == Status::Ready && !stale;
    let narration = scene.selected_audio_id.and_then(|id| selected.audio.get(&id));
    let spoken = scene.narration.trim().is_empty() || narration.is_some_and(|take| good(take.status, take.stale));
    let picture = scene.selected_image_id.and_then(|id| selected.image.get(&id));
    let drawn = picture.is_some_and(|take| good(take.status, take.stale));
    let clip = scene.selected_video_id.and_then(|id| selected.video.get(&id));
    let animated = clip.is_some_and(|clip| clip.status == Status::Ready);
    let (audio, coming) = (Stock::of(spoken, audio.get(&scene.id)), images.get(&scene.id));
    Stocked { audio, image: Stock::of(drawn, coming), shown: Stock::of(drawn || animated, coming), scene }
}
