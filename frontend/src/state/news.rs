//! Toasts for work that came to its end: what failed, and films that are ready. Narrations, pictures and clips that are
//! ready show themselves: telling of each of a batch would be noise.

use shared::{
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

/// Tells of the end of work that was under way until now; called before the stores take the event in.
pub fn tell(event: &Event) {
    let item = match event {
        Event::Project(project) => Item::of_script(project),
        Event::Audio(clip) => Item::of_audio(clip),
        Event::Image(image) => Item::of_image(image),
        Event::Video(clip) => Item::of_video(clip),
        Event::Scene(_) | Event::Deleted(_) => return,
    };
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
            toasts::failed_retry(what, &error, move || spawn_local(activity::retry(item.clone())));
        }
        _ => {}
    }
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
}
