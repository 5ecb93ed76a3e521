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
    records: BTreeMap<Uuid, Hidden>,
}
state!(Discarded);

/// A record that is hidden.
#[derive(Clone, Copy)]
struct Hidden {
    kind: RecordKind,
    project: ProjectId,
    /// The note that offers it back.
    note: u32,
    /// Whether it is being removed: it cannot be had back any more.
    going: bool,
}

impl Discarded {
    /// Whether that one is hidden.
    pub fn has(&self, id: Uuid) -> bool {
        self.records.contains_key(&id)
    }
}

/// What counts the takes of the open project looks at these.
fn change(change: impl FnOnce(&mut BTreeMap<Uuid, Hidden>)) {
    Discarded::update(|discarded| change(&mut discarded.records));
    OpenProject::update(|_| {});
}

/// Hides a take or a film, and removes it when the time for undoing that is over.
pub fn discard(kind: RecordKind, id: Uuid, project: ProjectId) {
    let what = match kind {
        RecordKind::Video if OpenProject::current().films.iter().any(|film| film.id.0 == id) => "Film deleted",
        RecordKind::Video => "Clip deleted",
        _ => "Take deleted",
    };
    let note = toasts::undoable(what, move || restore(id), move || spawn_local(commit(id)));
    change(|records| _ = records.insert(id, Hidden { kind, project, note, going: false }));
}

/// Shows it again, while there is time.
pub fn restore(id: Uuid) {
    change(|records| records.retain(|hidden, Hidden { going, .. }| *hidden != id || *going));
}

/// Removes what is hidden now: before something is made from what remains.
pub async fn settle() {
    let hidden = Discarded::current();
    // What each of them does at its end is done here.
    hidden.records.values().for_each(|hidden| toasts::withdraw(hidden.note));
    for id in hidden.records.keys() {
        commit(*id).await;
    }
}

/// Removes everything that is hidden while the page is being left.
pub fn send_and_leave() {
    for (id, Hidden { kind, .. }) in &Discarded::current().records {
        match kind {
            RecordKind::Audio => api::audio::delete_and_leave((*id).into()),
            RecordKind::Image => api::image::delete_and_leave((*id).into()),
            RecordKind::Video => api::video::delete_and_leave((*id).into()),
            RecordKind::Project | RecordKind::Scene => {}
        }
    }
}

async fn commit(id: Uuid) {
    let Some(Hidden { kind, project, .. }) = Discarded::current().records.get(&id).copied() else { return };
    begin(id);
    match remove(kind, id).await {
        Ok(()) => live::apply(&Event::Deleted(Deleted { kind, id, project_id: project })),
        Err(error) => _ = toasts::failed("It was not deleted", &error),
    }
    change(|records| _ = records.remove(&id));
}

/// Notes that it is being removed.
fn begin(id: Uuid) {
    change(|records| records.get_mut(&id).into_iter().for_each(|hidden| hidden.going = true));
}

async fn remove(kind: RecordKind, id: Uuid) -> Answer<()> {
    match kind {
        RecordKind::Audio => api::audio::delete(id.into()).await,
        RecordKind::Image => api::image::delete(id.into()).await,
        RecordKind::Video => api::video::delete(id.into()).await,
        RecordKind::Project | RecordKind::Scene => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use shared::{record::Status, scene::Scene};

    use super::*;
    use crate::state::{
        Load,
        project::samples,
        take::{Standing, Takes},
    };

    #[test]
    fn a_take_that_is_about_to_be_deleted_is_in_use_no_more() {
        let mut scene = samples::scene(0);
        let (clip, film) = (samples::audio(&scene, Status::Ready, 0), samples::clip(&scene, Status::Ready, 0));
        (scene.selected_audio_id, scene.selected_video_id) = (Some(clip.id), Some(film.id));
        let mut open = OpenProject { id: Some(scene.project_id), load: Load::Ready, ..OpenProject::default() };
        for event in [Event::Scene(scene.clone()), Event::Audio(clip.clone()), Event::Video(film.clone())] {
            open.apply(&event);
        }
        let stands = |scene: &Scene| (open.audio_tally().ready, open.clip_of(scene).standing());
        assert_eq!(stands(&scene), (1, Standing::Ready));
        let hidden = Hidden { kind: RecordKind::Audio, project: scene.project_id, note: 0, going: false };
        change(|records| records.extend([clip.id.0, film.id.0].map(|id| (id, hidden))));
        assert_eq!(stands(&scene), (0, Standing::Missing));
        assert_eq!(open.audio_of(&scene), Takes { selected: None, newest: None });
        restore(clip.id.0);
        restore(film.id.0);
        assert_eq!(stands(&scene), (1, Standing::Ready));
    }

    #[test]
    fn a_take_that_is_being_deleted_does_not_come_back() {
        let id = Uuid::from_u128(1);
        let hidden = Hidden { kind: RecordKind::Audio, project: ProjectId(Uuid::from_u128(2)), note: 0, going: false };
        change(|records| _ = records.insert(id, hidden));
        begin(id);
        restore(id);
        assert!(Discarded::current().has(id));
    }
}
