//! Takes and films that are deleted, with a way back: hidden at once, removed a little later or when the page is left.

use gloo_timers::future::TimeoutFuture;
use shared::{
    ProjectId,
    event::{Deleted, Event, RecordKind},
};
use uuid::Uuid;
use wasm_bindgen_futures::spawn_local;

use super::{
    live,
    map::Map,
    project::OpenProject,
    store::{State, state},
    toasts,
};
use crate::api::{self, Answer};

/// What is hidden, and will be removed.
#[derive(Clone, Default)]
pub struct Discarded {
    records: Map<Uuid, Hidden>,
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

    /// Whether that one is hidden and can still be had back.
    pub fn is_offered(&self, id: Uuid) -> bool {
        self.records.get(&id).is_some_and(|hidden| !hidden.going)
    }
}

/// Between two looks at whether a removal that is under way has come to its end.
const GOING_MS: u32 = 50;

/// What counts the takes of the open project looks at these.
fn change(change: impl FnOnce(&mut Map<Uuid, Hidden>)) {
    Discarded::update(|discarded| change(&mut discarded.records));
    OpenProject::update(|_| {});
}

/// Hides a take or a film, and removes it when the time for undoing that is over.
pub fn discard(kind: RecordKind, id: Uuid, project: ProjectId) {
    if Discarded::current().has(id) {
        return;
    }
    let what = match kind {
        RecordKind::Video if OpenProject::current().films.iter().any(|film| film.id.0 == id) => "Film deleted",
        RecordKind::Video => "Clip deleted",
        _ => "Take deleted",
    };
    let note = toasts::undoable(what, move || restore(id), move || spawn_local(commit(id)));
    change(|records| _ = records.insert(id, Hidden { kind, project, note, going: false }));
}

/// Shows it again, while there is time; the note that offers it back has nothing more to offer.
pub fn restore(id: Uuid) {
    let Some(hidden) = Discarded::current().records.get(&id).copied().filter(|hidden| !hidden.going) else { return };
    change(|records| _ = records.remove(&id));
    toasts::lapse(hidden.note);
}

/// Removes what is hidden now: before something is made from what remains.
pub async fn settle() {
    let hidden = Discarded::current();
    // From here on none of them is offered back, also while another is being removed.
    let begun: Vec<_> = hidden.records.keys().copied().filter(|id| begin(*id)).collect();
    for id in begun {
        remove_now(id).await;
    }
    for id in hidden.records.keys() {
        while Discarded::current().has(*id) {
            TimeoutFuture::new(GOING_MS).await;
        }
    }
}

/// Removes everything that is hidden while the page is being left.
pub fn send_and_leave() {
    for (id, Hidden { kind, .. }) in Discarded::current().records.iter() {
        match kind {
            RecordKind::Audio => api::audio::delete_and_leave((*id).into()),
            RecordKind::Image => api::image::delete_and_leave((*id).into()),
            RecordKind::Video => api::video::delete_and_leave((*id).into()),
            RecordKind::Project | RecordKind::Scene => {}
        }
    }
}

async fn commit(id: Uuid) {
    if begin(id) {
        remove_now(id).await;
    }
}

async fn remove_now(id: Uuid) {
    let Some(Hidden { kind, project, .. }) = Discarded::current().records.get(&id).copied() else { return };
    match remove(kind, id).await {
        Ok(()) => live::apply(&Event::Deleted(Deleted { kind, id, project_id: project })),
        Err(error) => _ = toasts::failed("It was not deleted", &error),
    }
    change(|records| _ = records.remove(&id));
}

/// Notes that it is being removed: it is offered back no longer. False where it is not hidden, or is being removed already.
fn begin(id: Uuid) -> bool {
    let Some(hidden) = Discarded::current().records.get(&id).copied().filter(|hidden| !hidden.going) else { return false };
    toasts::withdraw(hidden.note);
    change(|records| records.get_mut(&id).into_iter().for_each(|hidden| hidden.going = true));
    true
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
    use std::rc::Rc;

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
        assert_eq!(open.audio_of(&scene), Takes { selected: None, newest: None, ready: None });
        restore(clip.id.0);
        restore(film.id.0);
        assert_eq!(stands(&scene), (1, Standing::Ready));
    }

    #[test]
    fn the_newest_that_is_ready_takes_the_place_of_one_that_is_about_to_be_deleted() {
        let scene = samples::scene(0);
        let of = |status, seconds| Rc::new(samples::audio(&scene, status, seconds));
        let all = [of(Status::Running, 9), of(Status::Ready, 6), of(Status::Ready, 3), of(Status::Ready, 0)];
        let selected = || Takes::of(&all, Some(all[1].id.0)).selected.map(|take| take.id);
        assert_eq!(selected(), Some(all[1].id));
        let hidden = Hidden { kind: RecordKind::Audio, project: scene.project_id, note: 0, going: false };
        change(|records| _ = records.insert(all[1].id.0, hidden));
        assert_eq!(selected(), Some(all[2].id));
        change(|records| _ = records.insert(all[2].id.0, hidden));
        assert_eq!(selected(), Some(all[3].id));
        assert_eq!(Takes::of(&all, None).selected, None, "the user chose none");
        restore(all[1].id.0);
        assert_eq!(selected(), Some(all[1].id));
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
