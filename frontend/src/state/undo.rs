//! Deletes that can be taken back: what was deleted is hidden at once and removed when the time for undoing it is over,
//! or when the page is left, or before something is made from what remains.

use std::collections::{BTreeMap, BTreeSet};

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

/// What is hidden, and will be removed.
#[derive(Clone, Default)]
pub struct Undo {
    /// Scenes, with their projects.
    pub scenes: BTreeMap<SceneId, ProjectId>,
    /// Projects.
    pub projects: BTreeSet<ProjectId>,
}
state!(Undo);

/// Hides a scene and removes it when the time is over; `undo` is called, too, where it is taken back.
pub fn delete_scene(scene: SceneId, project: ProjectId, message: String, undo: impl Fn() + 'static) {
    Undo::update(|hidden| _ = hidden.scenes.insert(scene, project));
    let back = move || {
        Undo::update(|hidden| _ = hidden.scenes.remove(&scene));
        undo();
    };
    toasts::undoable(message, back, move || spawn_local(commit_scene(scene)));
}

/// Hides a project and removes it when the time is over; `undo` is called, too, where it is taken back.
pub fn delete_project(project: ProjectId, title: &str, undo: impl Fn() + 'static) {
    Undo::update(|hidden| _ = hidden.projects.insert(project));
    let back = move || {
        Undo::update(|hidden| _ = hidden.projects.remove(&project));
        undo();
    };
    toasts::undoable(format!("“{title}” deleted"), back, move || spawn_local(commit_project(project)));
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
    hidden.projects.iter().for_each(|project| api::project::delete_and_leave(*project));
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
    Undo::update(|hidden| _ = hidden.scenes.remove(&scene));
}

async fn commit_project(project: ProjectId) {
    if !Undo::current().projects.contains(&project) {
        return;
    }
    match api::project::delete(project).await {
        Ok(()) => live::apply(&Event::Deleted(Deleted { kind: RecordKind::Project, id: project.0, project_id: project })),
        Err(error) => _ = toasts::failed("The project was not deleted", &error),
    }
    Undo::update(|hidden| _ = hidden.projects.remove(&project));
}
