//! Deletes that can be taken back: what was deleted is hidden at once and removed a little later, or when the page is
//! left, or before something is made from what remains.

use std::{cell::RefCell, collections::BTreeMap};

use gloo_timers::callback::Timeout;
use shared::{
    ProjectId, SceneId,
    event::{Deleted, Event, RecordKind},
};
use wasm_bindgen_futures::spawn_local;

use super::{
    drafts, live,
    store::{State, state},
    toasts,
};
use crate::api;

const GRACE_MS: u32 = 6_000;

/// What is hidden, and will be removed.
#[derive(Clone, Default)]
pub struct Undo {
    /// Scenes, with their projects.
    pub scenes: BTreeMap<SceneId, ProjectId>,
    /// Projects.
    pub projects: BTreeMap<ProjectId, ()>,
}
state!(Undo);

thread_local! {
    static TIMERS: RefCell<Vec<Timeout>> = const { RefCell::new(Vec::new()) };
}

/// Hides a scene and removes it when the time is over.
pub fn delete_scene(scene: SceneId, project: ProjectId, number: u32) {
    Undo::update(|undo| _ = undo.scenes.insert(scene, project));
    let toast = toasts::undoable(format!("Scene {number} deleted"), GRACE_MS, move || {
        Undo::update(|undo| _ = undo.scenes.remove(&scene));
    });
    after_grace(async move {
        commit_scene(scene).await;
        toasts::close(toast);
    });
}

/// Hides a project and removes it when the time is over.
pub fn delete_project(project: ProjectId, title: &str) {
    Undo::update(|undo| _ = undo.projects.insert(project, ()));
    let toast = toasts::undoable(format!("“{title}” deleted"), GRACE_MS, move || {
        Undo::update(|undo| _ = undo.projects.remove(&project));
    });
    after_grace(async move {
        commit_project(project).await;
        toasts::close(toast);
    });
}

/// Removes the hidden scenes now: before something is made from the rest.
pub async fn settle() {
    let scenes: Vec<_> = Undo::current().scenes.keys().copied().collect();
    for scene in scenes {
        commit_scene(scene).await;
    }
}

/// Removes everything that is hidden while the page is being left.
pub fn send_and_leave() {
    let hidden = Undo::current();
    hidden.scenes.keys().for_each(|scene| api::scene::delete_and_leave(*scene));
    hidden.projects.keys().for_each(|project| api::project::delete_and_leave(*project));
}

fn after_grace(commit: impl Future<Output = ()> + 'static) {
    let timer = Timeout::new(GRACE_MS, move || spawn_local(commit));
    TIMERS.with_borrow_mut(|timers| timers.push(timer));
}

async fn commit_scene(scene: SceneId) {
    let Some(project) = Undo::current().scenes.get(&scene).copied() else { return };
    match api::scene::delete(scene).await {
        Ok(()) => {
            drafts::forget(scene);
            live::apply(&Event::Deleted(Deleted { kind: RecordKind::Scene, id: scene.0, project_id: project }));
        }
        Err(error) => _ = toasts::failed("The scene was not deleted", &error),
    }
    Undo::update(|undo| _ = undo.scenes.remove(&scene));
}

async fn commit_project(project: ProjectId) {
    if !Undo::current().projects.contains_key(&project) {
        return;
    }
    match api::project::delete(project).await {
        Ok(()) => live::apply(&Event::Deleted(Deleted { kind: RecordKind::Project, id: project.0, project_id: project })),
        Err(error) => _ = toasts::failed("The project was not deleted", &error),
    }
    Undo::update(|undo| _ = undo.projects.remove(&project));
}
