//! Toasts for work that came to its end: what failed, and films that are ready. Narrations, pictures and clips that are
//! ready show themselves: telling of each of a batch would be noise.

use std::cell::RefCell;

use shared::{
    SceneId,
    event::{Event, RecordKind},
    record::Status,
};
use wasm_bindgen_futures::spawn_local;

use super::{
    activity::{self, ActivityLog, Item},
    library::Library,
    notify,
    store::State,
    toasts,
};

thread_local! {
    /// What failed, and the note that tells of it.
    static FAILED: RefCell<Vec<(Item, u32)>> = const { RefCell::new(Vec::new()) };
}

/// Tells of the end of work that was under way until now; called before the stores take the event in.
pub fn tell(event: &Event) {
    let item = match event {
        Event::Project(project) => Item::of_script(project),
        Event::Audio(clip) => Item::of_audio(clip),
        Event::Image(image) => Item::of_image(image),
        Event::Video(clip) => Item::of_video(clip),
        Event::Scene(_) | Event::Deleted(_) => return,
    };
    FAILED.with_borrow_mut(|failed| {
        failed.retain(|(known, note)| {
            let settled = settles(&item, known);
            if settled {
                toasts::close(*note);
            }
            !settled
        });
    });
    let log = ActivityLog::current();
    if !ended(&log.items, &item) {
        return;
    }
    let title = Library::current().find(item.project).map(|project| project.title.clone()).unwrap_or_default();
    match (item.kind, item.status) {
        (RecordKind::Video, Status::Ready) if item.scene.is_none() => {
            toasts::done(format!("“{title}”: the film is ready"));
            notify::film_ready(&title);
        }
        (kind, Status::Failed) => {
            let Some(error) = item.error.clone() else { return };
            let what = match kind {
                RecordKind::Audio => "A narration failed",
                RecordKind::Image => "An image failed",
                RecordKind::Video if item.scene.is_some() => "A clip failed",
                RecordKind::Video => "The film failed",
                RecordKind::Project | RecordKind::Scene => "The script failed",
            };
            let again = item.clone();
            let note = toasts::failed_retry(what, &error, move || spawn_local(activity::retry(again.clone())));
            FAILED.with_borrow_mut(|failed| failed.push((item, note)));
        }
        _ => {}
    }
}

/// What failed of a scene is told where it is looked at: a note over it would tell it twice, and lie upon its buttons.
pub fn seen(kind: RecordKind, scene: SceneId) {
    FAILED.with_borrow_mut(|failed| {
        failed.retain(|(known, note)| {
            let is_seen = known.kind == kind && known.scene == Some(scene);
            if is_seen {
                toasts::close(*note);
            }
            !is_seen
        });
    });
}

/// Whether a failure is no longer one: it is tried again, or there is what it was to be.
fn settles(now: &Item, failed: &Item) -> bool {
    if now.id == failed.id {
        return now.status != Status::Failed;
    }
    let same = (now.kind, now.project, now.scene) == (failed.kind, failed.project, failed.scene);
    same && now.status == Status::Ready && now.updated >= failed.updated
}

fn ended(known: &[Item], now: &Item) -> bool {
    now.status.is_finished() && known.iter().any(|item| item.id == now.id && !item.status.is_finished())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::project::samples;

    #[test]
    fn only_an_end_is_news() {
        let scene = samples::scene(0);
        let mut clip = samples::audio(&scene, Status::Running, 0);
        let before = [Item::of_audio(&clip)];
        clip.progress = 0.5;
        assert!(!ended(&before, &Item::of_audio(&clip)));
        clip.status = Status::Failed;
        let after = Item::of_audio(&clip);
        assert!(ended(&before, &after));
        assert!(!ended(std::slice::from_ref(&after), &after));
    }

    #[test]
    fn a_failure_is_settled_by_another_try_or_a_newer_take() {
        let scene = samples::scene(0);
        let failed = samples::audio(&scene, Status::Failed, 5);
        let now = |status: Status, later: i64| Item::of_audio(&samples::audio(&scene, status, later));
        let known = Item::of_audio(&failed);
        assert!(!settles(&known, &known));
        assert!(settles(&Item { status: Status::Queued, ..known.clone() }, &known));
        assert!(settles(&now(Status::Ready, 9), &known));
        assert!(!settles(&now(Status::Running, 9), &known) && !settles(&now(Status::Ready, 1), &known));
        let elsewhere = Item::of_audio(&samples::audio(&samples::scene(1), Status::Ready, 9));
        assert!(!settles(&elsewhere, &known));
    }
}
