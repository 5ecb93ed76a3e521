//! The project that is open: its scenes and all their takes, kept true by events.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures_util::join;
use shared::{
    ApiError, ErrorCode, ProjectId, SceneId,
    audio::AudioClip,
    event::{Deleted, Event, RecordKind},
    image::ImageAsset,
    project::{Project, ScriptStatus},
    record::Status,
    scene::Scene,
    video::{VideoClip, VideoKind},
};
use wasm_bindgen_futures::spawn_local;

use super::{
    Load,
    discard::Discarded,
    edit, live,
    map::{Map, sort_by_key},
    stale,
    store::{State, state},
    take::{self, Standing, Takes},
    ui,
    undo::Undo,
};
use crate::api;

/// The open project.
#[derive(Clone, Default)]
pub struct OpenProject {
    /// Which one.
    pub id: Option<ProjectId>,
    /// How far its loading is.
    pub load: Load,
    /// The project itself.
    pub project: Option<Rc<Project>>,
    /// Its scenes, in order.
    pub scenes: Vec<Rc<Scene>>,
    /// The narrations of each scene, newest first.
    pub audio: Map<SceneId, Vec<Rc<AudioClip>>>,
    /// The pictures of each scene, newest first.
    pub images: Map<SceneId, Vec<Rc<ImageAsset>>>,
    /// The clips of each scene, newest first.
    pub clips: Map<SceneId, Vec<Rc<VideoClip>>>,
    /// The films, newest first.
    pub films: Vec<Rc<VideoClip>>,
    /// How many choices of takes were refused: what shows them is drawn again.
    pub refused: u32,
    /// Whether the scenes stand where they were put here: what is told of their places may be of before that.
    pub(super) placed: bool,
    /// The last reading that is of no use any more: it was begun before the scenes were put there, or before another one
    /// whose answer has come.
    pub(super) outdated: u32,
}
state!(OpenProject);

/// How many scenes have what.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Scenes in all.
    pub total: usize,
    /// Those that have it, and it fits.
    pub ready: usize,
    /// Those that have one of a text that has changed since.
    pub stale: usize,
    /// Those that have some, and use none of them.
    pub unchosen: usize,
    /// Those where work is under way.
    pub active: usize,
    /// Those whose newest try failed.
    pub failed: usize,
    /// How much of the whole is done, 0 to 1.
    pub progress: f64,
}

impl Tally {
    /// Whether there are scenes, and all of them have it.
    pub fn is_complete(self) -> bool {
        self.total > 0 && self.ready == self.total
    }
}

impl OpenProject {
    /// The narrations of a scene.
    pub fn audio_of(&self, scene: &Scene) -> Takes<AudioClip> {
        Takes::of(self.audio.get(&scene.id).map_or(&[], Vec::as_slice), scene.selected_audio_id.map(|id| id.0))
    }

    /// The pictures of a scene.
    pub fn image_of(&self, scene: &Scene) -> Takes<ImageAsset> {
        Takes::of(self.images.get(&scene.id).map_or(&[], Vec::as_slice), scene.selected_image_id.map(|id| id.0))
    }

    /// The pictures that there are, in the order of the scenes.
    pub fn pictures(&self) -> impl Iterator<Item = &Rc<ImageAsset>> {
        let hidden = Discarded::current();
        let takes = self.scenes.iter().flat_map(|scene| self.images.get(&scene.id).into_iter().flatten());
        takes.filter(move |take| take.status == Status::Ready && !hidden.has(take.id.0))
    }

    /// The clips of a scene, and the one that is shown in place of its picture.
    pub fn clip_of(&self, scene: &Scene) -> Takes<VideoClip> {
        Takes::of(self.clips.get(&scene.id).map_or(&[], Vec::as_slice), scene.selected_video_id.map(|id| id.0))
    }

    /// The scene of that id.
    pub fn scene(&self, id: SceneId) -> Option<&Rc<Scene>> {
        self.scenes.iter().find(|scene| scene.id == id)
    }

    /// How many scenes come before that one.
    pub fn place_of(&self, id: SceneId) -> Option<u32> {
        self.scenes.iter().position(|scene| scene.id == id).map(|place| place as u32)
    }

    /// What number the page gives that scene, from 1; none while it is hidden.
    pub fn number_of(&self, id: SceneId) -> Option<usize> {
        self.shown().position(|scene| scene.id == id).map(|place| place + 1)
    }

    /// Puts a scene in another place, which pushes the others. So they stand until they are read once more.
    pub fn place(&mut self, id: SceneId, to: u32) {
        let Some(from) = self.place_of(id) else { return };
        let moved = self.scenes.remove(from as usize);
        self.scenes.insert((to as usize).min(self.scenes.len()), moved);
        for (position, scene) in self.scenes.iter_mut().enumerate() {
            Rc::make_mut(scene).position = position as u32;
        }
        self.placed = true;
        self.note_placed();
    }

    /// Notes that the server has answered to how they were placed: it is told of by a reading that begins from now on.
    pub fn note_placed(&mut self) {
        if self.placed {
            self.outdated = BEGUN.get();
        }
    }

    /// Whether a reading is of use; if so, those before it no longer are.
    fn admits(&mut self, reading: u32) -> bool {
        let admitted = reading > self.outdated && !(self.placed && edit::is_moving());
        if admitted {
            (self.outdated, self.placed) = (reading, false);
        }
        admitted
    }

    /// Its scenes without those that are about to be deleted.
    pub fn shown(&self) -> impl Iterator<Item = &Rc<Scene>> {
        let hidden = Undo::current();
        self.scenes.iter().filter(move |scene| !hidden.hides_scene(scene.id))
    }

    /// Where a scene stands with its narration; one in which nothing is said lacks none.
    pub fn narration_of(&self, scene: &Scene) -> Standing {
        if scene.narration.trim().is_empty() { Standing::Ready } else { self.audio_of(scene).standing() }
    }

    /// How far the narrations are.
    pub fn audio_tally(&self) -> Tally {
        tally(self.shown().map(|scene| self.narration_of(scene)))
    }

    /// How far the pictures are.
    pub fn image_tally(&self) -> Tally {
        tally(self.shown().map(|scene| self.image_of(scene).standing()))
    }

    /// Whether the script is being written.
    pub fn is_writing(&self) -> bool {
        self.project.as_ref().is_some_and(|project| project.status == ScriptStatus::Generating)
    }

    /// Takes in what happened.
    pub fn apply(&mut self, event: &Event) {
        let Some(open) = self.id else { return };
        match event {
            Event::Project(project)
                if project.id == open && self.project.as_ref().is_none_or(|known| known.updated_at <= project.updated_at) =>
            {
                self.project = Some(Rc::new(project.clone()));
            }
            Event::Scene(scene) if scene.project_id == open => self.upsert_scene(scene),
            Event::Audio(clip) if clip.project_id == open => take::upsert(self.audio.get_or_insert(clip.scene_id, Vec::new()), clip),
            Event::Image(image) if image.project_id == open => take::upsert(self.images.get_or_insert(image.scene_id, Vec::new()), image),
            Event::Video(clip) if clip.project_id == open => match (clip.kind, clip.scene_id) {
                (VideoKind::Film, _) => take::upsert(&mut self.films, clip),
                (VideoKind::Clip, Some(scene)) => take::upsert(self.clips.get_or_insert(scene, Vec::new()), clip),
                (VideoKind::Clip, None) => {} // Of the pictures of several scenes: none of them shows it.
            },
            Event::Deleted(deleted) if deleted.project_id == open => self.remove(deleted),
            _ => {}
        }
    }

    fn upsert_scene(&mut self, scene: &Scene) {
        let mut scene = scene.clone();
        match self.scenes.iter_mut().find(|known| known.id == scene.id) {
            Some(known) if known.updated_at > scene.updated_at => return,
            Some(known) => {
                if self.placed {
                    scene.position = known.position;
                }
                *known = Rc::new(scene);
            }
            // Before the one that it pushes, of which is told later.
            None => self.scenes.insert(0, Rc::new(scene)),
        }
        sort_by_key(&mut self.scenes, |scene| scene.position);
    }

    fn remove(&mut self, deleted: &Deleted) {
        let id = deleted.id;
        match deleted.kind {
            RecordKind::Project => {
                let gone = ApiError::new(ErrorCode::NotFound, "This project was deleted.");
                *self = Self { id: self.id, load: Load::Failed(gone), ..Self::default() };
            }
            RecordKind::Scene => {
                self.scenes.retain(|scene| scene.id.0 != id);
                self.audio.remove(&SceneId(id));
                self.images.remove(&SceneId(id));
                self.clips.remove(&SceneId(id));
            }
            RecordKind::Audio => self.audio.values_mut().for_each(|takes| takes.retain(|take| take.id.0 != id)),
            RecordKind::Image => self.images.values_mut().for_each(|takes| takes.retain(|take| take.id.0 != id)),
            RecordKind::Video => {
                self.films.retain(|film| film.id.0 != id);
                self.clips.values_mut().for_each(|clips| clips.retain(|clip| clip.id.0 != id));
            }
        }
    }
}

impl OpenProject {
    /// Shows that it is being read once more, after a failure.
    pub fn retry() {
        Self::update(|open| open.load = Load::Loading);
    }
}

fn tally(standings: impl Iterator<Item = Standing>) -> Tally {
    let mut tally = Tally::default();
    let mut done = 0.0;
    for standing in standings {
        tally.total += 1;
        match standing {
            Standing::Ready => {
                tally.ready += 1;
                done += 1.0;
            }
            Standing::Queued => tally.active += 1,
            Standing::Running(progress) => {
                tally.active += 1;
                done += progress.clamp(0.0, 1.0);
            }
            Standing::Failed(_) => tally.failed += 1,
            Standing::Stale => tally.stale += 1,
            Standing::Unchosen => tally.unchosen += 1,
            Standing::Missing => {}
        }
    }
    tally.progress = if tally.total == 0 { 0.0 } else { done / tally.total as f64 };
    tally
}

/// Opens a project: what was open before goes, what is open already stays.
pub fn open(id: ProjectId) {
    ui::remember_project(id);
    if OpenProject::current().id == Some(id) && !matches!(OpenProject::current().load, Load::Failed(_)) {
        return;
    }
    OpenProject::update(|open| *open = OpenProject { id: Some(id), ..OpenProject::default() });
    spawn_local(refresh());
}

thread_local! {
    /// What happened while the project is being read: the answer may be older than that.
    static MEANWHILE: RefCell<Vec<Event>> = const { RefCell::new(Vec::new()) };
    static READING: Cell<u32> = const { Cell::new(0) };
    /// How many readings were begun so far.
    static BEGUN: Cell<u32> = const { Cell::new(0) };
}

/// Takes in what happened, and once more after a reading that was under way.
pub fn hear(event: &Event) {
    if READING.get() > 0 {
        MEANWHILE.with_borrow_mut(|events| events.push(event.clone()));
    }
    let doubt = stale::doubt(&OpenProject::current(), event);
    OpenProject::update(|open| open.apply(event));
    stale::settle(doubt);
}

/// Reads the open project again, takes and all.
pub async fn refresh() {
    let Some(id) = OpenProject::current().id else { return };
    READING.set(READING.get() + 1);
    BEGUN.set(BEGUN.get() + 1);
    read(id, BEGUN.get()).await;
    READING.set(READING.get() - 1);
    if READING.get() == 0 {
        MEANWHILE.with_borrow_mut(Vec::clear);
    }
}

async fn read(id: ProjectId, reading: u32) {
    let (detail, audio, images, videos) =
        join!(api::project::get(id), api::audio::by_project(id), api::image::by_project(id), api::video::by_project(id));
    let answer = (|| Ok::<_, ApiError>((detail?, audio?, images?, videos?)))();
    OpenProject::update(|open| {
        // One that fails says nothing of the others.
        let of_use = if answer.is_ok() { open.admits(reading) } else { reading > open.outdated };
        if open.id != Some(id) || !of_use {
            return;
        }
        match answer {
            Ok(((project, scenes), audio, images, videos)) => {
                let (films, clips): (Vec<_>, _) = videos.into_iter().partition(|video| video.kind == VideoKind::Film);
                open.project = Some(Rc::new(project));
                open.scenes = scenes.into_iter().map(Rc::new).collect();
                open.audio = by_scene(audio);
                open.images = by_scene(images);
                open.clips = by_scene(clips);
                open.films = films.into_iter().map(Rc::new).collect();
                open.load = Load::Ready;
                MEANWHILE.with_borrow(|events| events.iter().for_each(|event| open.apply(event)));
            }
            Err(error) if open.load != Load::Ready => {
                if error.code == ErrorCode::NotFound {
                    ui::forget_project(id);
                }
                open.load = Load::Failed(error);
            }
            Err(error) => live::missed(&error), // The banner tells; what is on the page stays.
        }
    });
}

fn by_scene<T: take::Take + Clone>(takes: Vec<T>) -> Map<SceneId, Vec<Rc<T>>> {
    let mut map: Map<SceneId, Vec<Rc<T>>> = Map::new();
    for one in takes {
        if let Some(scene) = one.scene_id() {
            take::upsert(map.get_or_insert(scene, Vec::new()), &one);
        }
    }
    map
}

#[cfg(test)]
pub mod samples;

#[cfg(test)]
mod tests {
    use super::*;

    fn open_with(scenes: usize) -> OpenProject {
        let project = samples::project("A film");
        let mut open = OpenProject { id: Some(project.id), load: Load::Ready, ..OpenProject::default() };
        for position in 0..scenes {
            let mut scene = samples::scene(position as u32);
            scene.project_id = project.id;
            open.apply(&Event::Scene(scene));
        }
        open
    }

    #[test]
    fn scenes_stand_in_their_order_however_they_come() {
        let mut open = open_with(3);
        let mut last = (*open.scenes[2]).clone();
        last.position = 0;
        last.updated_at += chrono::TimeDelta::seconds(1);
        for scene in open.scenes.clone().iter().take(2) {
            let mut moved = (**scene).clone();
            moved.position += 1;
            moved.updated_at += chrono::TimeDelta::seconds(1);
            open.apply(&Event::Scene(moved));
        }
        open.apply(&Event::Scene(last.clone()));
        assert_eq!(open.scenes[0].id, last.id);
        assert_eq!(open.scenes.iter().map(|scene| scene.position).collect::<Vec<_>>(), [0, 1, 2]);
    }

    fn ids(open: &OpenProject) -> Vec<SceneId> {
        assert!(open.scenes.iter().enumerate().all(|(place, scene)| scene.position == place as u32));
        open.scenes.iter().map(|scene| scene.id).collect()
    }

    #[test]
    fn a_moved_scene_pushes_the_others() {
        let mut open = open_with(4);
        let before = ids(&open);
        open.place(before[3], 1);
        assert_eq!(ids(&open), [before[0], before[3], before[1], before[2]]);
        open.place(before[0], 99);
        assert_eq!(open.place_of(before[0]), Some(3));
        open.place(SceneId(uuid::Uuid::nil()), 0);
        assert_eq!(ids(&open), [before[3], before[1], before[2], before[0]]);
    }

    #[test]
    fn a_moved_scene_stays_whatever_is_told_until_a_later_reading() {
        let mut open = open_with(3);
        BEGUN.set(4);
        let before = ids(&open);
        let mut told = (*open.scenes[0]).clone();
        told.title = "Another".into();
        open.place(before[0], 2);
        open.apply(&Event::Scene(told.clone()));
        assert_eq!(ids(&open), [before[1], before[2], before[0]]);
        assert_eq!(open.scenes[2].title, "Another");
        assert!(!open.admits(4), "it was begun before");
        BEGUN.set(5);
        assert!(open.admits(5));
        assert!(!open.admits(4), "a later one has come");
        told.position = 1;
        open.apply(&Event::Scene(told));
        assert_eq!(open.scenes[2].position, 1, "places are the server's to say again");
    }

    #[test]
    fn a_new_scene_comes_before_the_one_in_whose_place_it_is() {
        let mut open = open_with(3);
        let before = ids(&open);
        let new = Scene { project_id: open.scenes[0].project_id, ..samples::scene(1) };
        open.apply(&Event::Scene(new.clone()));
        assert_eq!(open.place_of(new.id), Some(1));
        open.place(new.id, 1);
        assert_eq!(ids(&open), [before[0], new.id, before[1], before[2]]);
    }

    #[test]
    fn events_of_other_projects_change_nothing() {
        let mut open = open_with(1);
        open.apply(&Event::Scene(samples::scene(7)));
        assert_eq!(open.scenes.len(), 1);
    }

    #[test]
    fn a_batch_adds_up() {
        let mut open = open_with(4);
        for (index, status) in [(0, Status::Ready), (1, Status::Running), (2, Status::Queued)] {
            let mut scene = (*open.scenes[index]).clone();
            let mut clip = samples::audio(&scene, status, 0);
            clip.progress = 0.5;
            if status == Status::Ready {
                scene.selected_audio_id = Some(clip.id);
                open.apply(&Event::Scene(scene));
            }
            open.apply(&Event::Audio(clip));
        }
        let tally = open.audio_tally();
        assert_eq!((tally.total, tally.ready, tally.active, tally.failed), (4, 1, 2, 0));
        assert!((tally.progress - 0.375).abs() < 1e-9);
    }

    #[test]
    fn a_scene_in_which_nothing_is_said_lacks_no_narration() {
        let mut open = open_with(2);
        let silent = Scene { narration: " \n".into(), ..(*open.scenes[1]).clone() };
        open.apply(&Event::Scene(silent));
        let tally = open.audio_tally();
        assert_eq!((tally.total, tally.ready), (2, 1));
        assert_eq!(open.image_tally().ready, 0);
    }

    #[test]
    fn a_deleted_scene_takes_its_takes_along() {
        let mut open = open_with(2);
        let scene = (*open.scenes[0]).clone();
        open.apply(&Event::Audio(samples::audio(&scene, Status::Ready, 0)));
        open.apply(&Event::Video(samples::clip(&scene, Status::Ready, 0)));
        open.apply(&Event::Deleted(Deleted { kind: RecordKind::Scene, id: scene.id.0, project_id: scene.project_id }));
        assert_eq!(open.scenes.len(), 1);
        assert!(open.audio.is_empty() && open.clips.is_empty());
    }

    #[test]
    fn clips_are_kept_with_their_scene_and_films_by_themselves() {
        let mut open = open_with(2);
        let scene = (*open.scenes[0]).clone();
        let (older, newer) = (samples::clip(&scene, Status::Ready, 0), samples::clip(&scene, Status::Running, 9));
        let mut film = samples::clip(&scene, Status::Ready, 20);
        (film.kind, film.scene_id) = (VideoKind::Film, None);
        let mut of_both = samples::clip(&scene, Status::Ready, 30);
        of_both.scene_id = None;
        for video in [&newer, &older, &film, &of_both] {
            open.apply(&Event::Video(video.clone()));
        }
        assert_eq!(open.films.iter().map(|film| film.id).collect::<Vec<_>>(), [film.id]);
        assert_eq!(open.clips.get(&scene.id).unwrap().iter().map(|clip| clip.id).collect::<Vec<_>>(), [newer.id, older.id]);
        assert_eq!(open.clip_of(&scene).selected, None, "the still is shown");

        let used = Scene { selected_video_id: Some(older.id), ..scene.clone() };
        open.apply(&Event::Scene(used.clone()));
        assert_eq!(open.clip_of(&used).selected.map(|clip| clip.id), Some(older.id));
        assert_eq!(open.clip_of(&open.scenes[1]), Takes { selected: None, newest: None, ready: None }, "the other scene has none");
        open.apply(&Event::Deleted(Deleted { kind: RecordKind::Video, id: newer.id.0, project_id: scene.project_id }));
        assert_eq!(open.clip_of(&used).standing(), Standing::Ready);
        assert_eq!(open.films.len(), 1);
    }
}
