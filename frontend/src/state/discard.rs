//! Takes and films that are deleted, with a way back: hidden at once, removed a little later or when the page is left.

use std::collections::BTreeMap;

use shared::{
    ProjectId,
    event::{Deleted, Event, RecordKind},
};
use uuid::Uuid;
use wasm_bindgen_futures::spawn_local;

use super::{
    live,
    project::OpenProject,
    store::{State, state},
    toasts,
};
use crate::api::{self, Answer};

/// What is hidden, and will be removed.
#[derive(Clone, Default)]
pub struct Discarded {
    records: BTreeMap<Uuid, (RecordKind, ProjectId)>,
}
state!(Discarded);

impl Discarded {
    /// Whether that one is hidden.
    pub fn has(&self, id: Uuid) -> bool {
        self.records.contains_key(&id)
    }
}

/// Hides a take or a film, and removes it when the time for undoing that is over.
pub fn discard(kind: RecordKind, id: Uuid, project: ProjectId) {
    let what = match kind {
        RecordKind::Video if OpenProject::current().films.iter().any(|film| film.id.0 == id) => "Film deleted",
        RecordKind::Video => "Clip deleted",
        _ => "Take deleted",
    };
    Discarded::update(|discarded| _ = discarded.records.insert(id, (kind, project)));
    toasts::undoable(what, move || restore(id), move || spawn_local(commit(id)));
}

/// Shows it again, while there is time.
pub fn restore(id: Uuid) {
    Discarded::update(|discarded| _ = discarded.records.remove(&id));
}

/// Removes everything that is hidden while the page is being left.
pub fn send_and_leave() {
    for (id, (kind, _)) in &Discarded::current().records {
        match kind {
            RecordKind::Audio => api::audio::delete_and_leave((*id).into()),
            RecordKind::Image => api::image::delete_and_leave((*id).into()),
            RecordKind::Video => api::video::delete_and_leave((*id).into()),
            RecordKind::Project | RecordKind::Scene => {}
        }
    }
}

async fn commit(id: Uuid) {
    let Some((kind, project)) = Discarded::current().records.get(&id).copied() else { return };
    match remove(kind, id).await {
        Ok(()) => live::apply(&Event::Deleted(Deleted { kind, id, project_id: project })),
        Err(error) => _ = toasts::failed("It was not deleted", &error),
    }
    Discarded::update(|discarded| _ = discarded.records.remove(&id));
}

async fn remove(kind: RecordKind, id: Uuid) -> Answer<()> {
    match kind {
        RecordKind::Audio => api::audio::delete(id.into()).await,
        RecordKind::Image => api::image::delete(id.into()).await,
        RecordKind::Video => api::video::delete(id.into()).await,
        RecordKind::Project | RecordKind::Scene => Ok(()),
    }
}
