//! Deletes that can be taken back: what was deleted is hidden at once and removed when the time for undoing it is over,
//! or when the page is left, or before something is made from what remains.

use std::{cell::RefCell, rc::Rc};

use gloo_timers::{callback::Timeout, future::TimeoutFuture};
use shared::{
    ErrorCode, ProjectId, SceneId,
    event::{Deleted, Event, RecordKind},
};
use uuid::Uuid;
use wasm_bindgen_futures::spawn_local;
use web_sys::StorageEvent;

use super::{
    drafts, edit, live,
    map::{Map, Set},
    project::OpenProject,
    store::{State, state},
    tabs, toasts,
};
use crate::{api, clock, storage};

/// What is hidden, and will be removed.
#[derive(Clone, Default)]
pub struct Undo {
    /// Scenes, with their projects.
    pub scenes: Map<SceneId, ProjectId>,
    /// Projects.
    pub projects: Set<ProjectId>,
    /// How the scenes come back.
    ways: Map<SceneId, Way>,
    /// Scenes and projects that other tabs hide, and will remove; by the tab.
    elsewhere: Map<String, Set<Uuid>>,
}
state!(Undo);

/// How a hidden scene comes back.
#[derive(Clone)]
struct Way {
    stage: Stage,
    /// Takes back what its deletion changed besides.
    undo: Rc<dyn Fn()>,
}

/// How far the removal of a scene is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It has not begun: that note offers the scene back.
    Offered(u32),
    /// It is on its way.
    Going,
    /// It waits for the server.
    Waiting,
}

/// Between two looks at whether a removal that is under way has come to its end.
const GOING_MS: u32 = 50;

/// The tab that told last, when, and the scenes and projects that it hides. No two tellings are the same: of what stays as it was,
/// no tab would hear.
const DELETED: &str = "studio.deleted";
/// How long another tab is told that something is hidden once it is removed: by then it has heard of that.
const HEARD_MS: u32 = 2_000;
/// How often a tab tells once more what it hides, for as long as it hides something.
const TELL_MS: u32 = 20_000;
/// A tab that has told nothing for so long is gone, and removes nothing: in the background, browsers let timers run once a minute.
const GONE_MS: u32 = 90_000;

thread_local! {
    /// When this tab tells once more.
    static TELLING: RefCell<Option<Timeout>> = const { RefCell::new(None) };
    /// When another tab counts as gone.
    static GOING: RefCell<Map<String, Timeout>> = const { RefCell::new(Map::new()) };
}

impl Undo {
    /// Whether that project is hidden.
    pub fn hides(&self, project: ProjectId) -> bool {
        self.projects.contains(&project) || self.elsewhere(project.0)
    }

    /// Whether that scene is hidden.
    pub fn hides_scene(&self, scene: SceneId) -> bool {
        self.scenes.contains_key(&scene) || self.elsewhere(scene.0)
    }

    fn elsewhere(&self, id: Uuid) -> bool {
        self.elsewhere.values().any(|ids| ids.contains(&id))
    }
}

/// Hears of what another tab hides, or shows again. What is kept is not read at any other time: the tab that wrote it may be
/// gone, and have removed nothing.
pub fn hear(event: &StorageEvent) {
    if event.key().as_deref() != Some(DELETED) {
        return;
    }
    let told = event.new_value().unwrap_or_default();
    let mut words = told.split(' ');
    let tab = words.next().unwrap_or_default();
    let ids: Set<Uuid> = words.filter_map(|id| id.parse().ok()).collect();
    let gone = (!ids.is_empty()).then(|| {
        let tab = tab.to_owned();
        Timeout::new(GONE_MS, move || note_gone(&tab))
    });
    // A timer that is there already is dropped, which stops it.
    GOING.with_borrow_mut(|going| match gone {
        Some(gone) => going.insert(tab.to_owned(), gone),
        None => going.remove(tab),
    });
    set_elsewhere(tab, ids);
}

/// Notes that a tab is gone, whatever it was about to remove: that is shown again.
fn note_gone(tab: &str) {
    // Freed here, it would free what is running.
    GOING.with_borrow_mut(|going| going.remove(tab)).map(Timeout::forget);
    set_elsewhere(tab, Set::new());
}

fn set_elsewhere(tab: &str, ids: Set<Uuid>) {
    if Undo::current().elsewhere.get(tab) != Some(&ids) {
        Undo::update(|hidden| _ = hidden.elsewhere.insert(tab.to_owned(), ids));
        OpenProject::update(|_| {});
    }
}

/// Tells other tabs what is hidden here, and once more for as long as something is.
fn tell() {
    let hidden = Undo::current();
    let ids = hidden.projects.iter().map(|id| id.0).chain(hidden.scenes.keys().map(|id| id.0)).map(|id| id.to_string());
    // With the time, nothing is told in the same words twice.
    let words: Vec<_> = [tabs::me(), clock::milliseconds().to_string()].into_iter().chain(ids).collect();
    // Where it is refused, other tabs see it when it is removed.
    storage::set(DELETED, &words.join(" "));
    let hides = !(hidden.projects.is_empty() && hidden.scenes.is_empty());
    TELLING.replace(hides.then(|| Timeout::new(TELL_MS, tell_again)));
}

fn tell_again() {
    // Freed by the next one, it would free what is running.
    TELLING.take().map(Timeout::forget);
    tell();
}

/// The same, once other tabs have heard that something was removed: they would show it again for a moment.
fn tell_later() {
    Timeout::new(HEARD_MS, tell).forget();
}

fn change_projects(change: impl FnOnce(&mut Set<ProjectId>)) {
    Undo::update(|hidden| change(&mut hidden.projects));
}

/// What counts the scenes of the open project looks at these.
fn change_scenes(change: impl FnOnce(&mut Map<SceneId, ProjectId>)) {
    Undo::update(|hidden| change(&mut hidden.scenes));
    OpenProject::update(|_| {});
}

/// Hides a scene and removes it when the time is over; `undo` is called, too, where it is taken back.
pub fn delete_scene(scene: SceneId, project: ProjectId, message: String, undo: impl Fn() + 'static) {
    let note = toasts::undoable(message, move || restore_scene(scene), move || spawn_local(commit_scene(scene)));
    Undo::update(|hidden| _ = hidden.ways.insert(scene, Way { stage: Stage::Offered(note), undo: Rc::new(undo) }));
    change_scenes(|hidden| _ = hidden.insert(scene, project));
    tell();
}

/// Shows a scene again, as it was before its deletion.
fn restore_scene(scene: SceneId) {
    let way = Undo::current().ways.get(&scene).cloned();
    show_scene(scene);
    tell();
    if let Some(way) = way {
        (way.undo)();
    }
}

/// Hides a scene no longer.
fn show_scene(scene: SceneId) {
    Undo::update(|hidden| _ = hidden.ways.remove(&scene));
    change_scenes(|hidden| _ = hidden.remove(&scene));
}

fn stage_of(scene: SceneId) -> Option<Stage> {
    Undo::current().ways.get(&scene).map(|way| way.stage)
}

fn set_stage(scene: SceneId, stage: Stage) {
    Undo::update(|hidden| hidden.ways.get_mut(&scene).into_iter().for_each(|way| way.stage = stage));
}

/// Hides a project and removes it when the time is over; `undo` is called, too, where it is taken back.
pub fn delete_project(project: ProjectId, title: &str, undo: impl Fn() + 'static) {
    change_projects(|hidden| _ = hidden.insert(project));
    tell();
    let back = move || {
        change_projects(|hidden| _ = hidden.remove(&project));
        tell();
        undo();
    };
    toasts::undoable(format!("“{title}” deleted"), back, move || spawn_local(commit_project(project)));
}

/// Removes the hidden scenes now: before something is made from the rest.
pub async fn settle() {
    // What is made is made in the order that the page shows.
    drop(edit::turn().await);
    let hidden = Undo::current();
    // From here on none of them is offered back, also while another is being removed.
    let begun: Vec<_> = hidden.ways.keys().copied().filter(|scene| begin(*scene) || stage_of(*scene) == Some(Stage::Waiting)).collect();
    for scene in begun {
        remove_scene(scene).await;
    }
    for scene in hidden.ways.keys() {
        while stage_of(*scene) == Some(Stage::Going) {
            TimeoutFuture::new(GOING_MS).await;
        }
    }
    // What another tab hides is no part of what this one shows. Where it fails, that tab goes on with it.
    let elsewhere: Vec<_> = OpenProject::current().scenes.iter().filter(|scene| Undo::current().elsewhere(scene.id.0)).cloned().collect();
    for scene in elsewhere {
        let _turn = edit::turn().await;
        // It may have been taken back there meanwhile.
        if Undo::current().elsewhere(scene.id.0) && api::scene::delete(scene.id).await.is_ok() {
            live::apply(&Event::Deleted(Deleted { kind: RecordKind::Scene, id: scene.id.0, project_id: scene.project_id }));
        }
    }
}

/// Notes that a scene was removed, from wherever: it is offered back no longer.
pub fn note_removed(deleted: &Deleted) {
    let scene = SceneId(deleted.id);
    if let (RecordKind::Scene, Some(Stage::Offered(note))) = (deleted.kind, stage_of(scene)) {
        toasts::lapse(note);
        drafts::forget(scene);
        show_scene(scene);
        tell_later();
    }
}

/// Removes everything that is hidden while the page is being left.
pub fn send_and_leave() {
    let hidden = Undo::current();
    hidden.scenes.keys().for_each(|scene| api::scene::delete_and_leave(*scene));
    hidden.projects.iter().for_each(|project| api::project::delete_and_leave(*project));
}

#[derive(Clone, Copy)]
enum Due {
    Scene(SceneId),
    Project(ProjectId),
}

thread_local! {
    /// What is to be removed as soon as the server is there again.
    static DUE: RefCell<Vec<Due>> = const { RefCell::new(Vec::new()) };
}

/// It stays hidden meanwhile: shown again, the words of a scene that was merged would be there twice.
fn wait_for_server(due: Due) {
    DUE.with_borrow_mut(|all| all.push(due));
}

/// Removes what could not be removed while the server was away.
pub fn send_all() {
    for due in DUE.take() {
        spawn_local(async move {
            match due {
                Due::Scene(scene) => remove_scene(scene).await,
                Due::Project(project) => commit_project(project).await,
            }
        });
    }
}

async fn commit_scene(scene: SceneId) {
    if begin(scene) {
        remove_scene(scene).await;
    }
}

/// Offers a scene back no longer; false where it is not offered, since it is being removed already.
fn begin(scene: SceneId) -> bool {
    let Some(Stage::Offered(note)) = stage_of(scene) else { return false };
    toasts::withdraw(note);
    set_stage(scene, Stage::Going);
    true
}

async fn remove_scene(scene: SceneId) {
    let Some(project) = Undo::current().scenes.get(&scene).copied() else { return };
    set_stage(scene, Stage::Going);
    let _turn = edit::turn().await;
    match api::scene::delete(scene).await {
        Ok(()) => {
            drafts::forget(scene);
            live::apply(&Event::Deleted(Deleted { kind: RecordKind::Scene, id: scene.0, project_id: project }));
            show_scene(scene);
            tell_later();
        }
        Err(error) if error.code == ErrorCode::Unavailable => {
            set_stage(scene, Stage::Waiting);
            wait_for_server(Due::Scene(scene));
        }
        Err(error) => {
            restore_scene(scene);
            toasts::failed("The scene was not deleted", &error);
        }
    }
}

async fn commit_project(project: ProjectId) {
    if !Undo::current().projects.contains(&project) {
        return;
    }
    match api::project::delete(project).await {
        Ok(()) => live::apply(&Event::Deleted(Deleted { kind: RecordKind::Project, id: project.0, project_id: project })),
        Err(error) if error.code == ErrorCode::Unavailable => return wait_for_server(Due::Project(project)),
        Err(error) => _ = toasts::failed("The project was not deleted", &error),
    }
    change_projects(|hidden| _ = hidden.remove(&project));
    tell_later();
}
