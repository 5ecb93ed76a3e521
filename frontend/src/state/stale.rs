//! Whether takes still fit their scene is the server's to say, and follows from the scene: no event tells of it. So a
//! scene that has changed has the takes that hang on it read again, once it has been quiet for a moment.

use std::cell::{Cell, RefCell};

use futures_util::join;
use gloo_timers::callback::Timeout;
use shared::event::{Event, RecordKind};
use wasm_bindgen_futures::spawn_local;

use super::{project::OpenProject, store::State};
use crate::api;

const QUIET_MS: u32 = 300;

/// What a change makes doubtful.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doubt {
    /// The narrations.
    pub audio: bool,
    /// The pictures.
    pub images: bool,
    /// The films.
    pub films: bool,
}

impl Doubt {
    fn and(self, other: Self) -> Self {
        Self { audio: self.audio || other.audio, images: self.images || other.images, films: self.films || other.films }
    }
}

thread_local! {
    static DOUBT: Cell<Doubt> = Cell::default();
    static TIMER: RefCell<Option<Timeout>> = const { RefCell::new(None) };
}

/// What an event makes doubtful; asked before the store takes it in.
pub fn doubt(open: &OpenProject, event: &Event) -> Doubt {
    match event {
        Event::Scene(scene) if Some(scene.project_id) == open.id => match open.scene(scene.id) {
            None => Doubt { films: true, ..Doubt::default() },
            Some(known) => {
                let (said, seen) = (known.narration != scene.narration, known.visual_prompt != scene.visual_prompt);
                // What there is none of is not read.
                let audio = said && open.audio.get(&scene.id).is_some_and(|takes| !takes.is_empty());
                let images = seen && open.images.get(&scene.id).is_some_and(|takes| !takes.is_empty());
                let used = (known.position, known.selected_audio_id, known.selected_image_id, known.selected_video_id)
                    != (scene.position, scene.selected_audio_id, scene.selected_image_id, scene.selected_video_id);
                Doubt { audio, images, films: said || seen || used }
            }
        },
        Event::Deleted(deleted) if deleted.kind == RecordKind::Scene && Some(deleted.project_id) == open.id => {
            Doubt { films: true, ..Doubt::default() }
        }
        _ => Doubt::default(),
    }
}

/// Reads what has become doubtful again, once it is quiet.
pub fn settle(doubt: Doubt) {
    if doubt == Doubt::default() {
        return;
    }
    DOUBT.set(DOUBT.get().and(doubt));
    let timer = Timeout::new(QUIET_MS, || spawn_local(read(DOUBT.take())));
    // A timer that is there already is dropped, which stops it.
    TIMER.replace(Some(timer));
}

async fn read(doubt: Doubt) {
    let open = OpenProject::current();
    let Some(id) = open.id else { return };
    let films = doubt.films && !open.films.is_empty();
    // What cannot be read now is read when the connection is back.
    join!(
        async {
            if doubt.audio
                && let Ok(takes) = api::audio::by_project(id).await
            {
                OpenProject::update(|open| takes.into_iter().for_each(|take| open.apply(&Event::Audio(take))));
            }
        },
        async {
            if doubt.images
                && let Ok(takes) = api::image::by_project(id).await
            {
                OpenProject::update(|open| takes.into_iter().for_each(|take| open.apply(&Event::Image(take))));
            }
        },
        async {
            if films && let Ok(takes) = api::video::by_project(id).await {
                OpenProject::update(|open| takes.into_iter().for_each(|take| open.apply(&Event::Video(take))));
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use shared::record::Status;

    use super::*;
    use crate::state::{Load, project::samples};

    #[test]
    fn other_words_make_the_narration_and_the_film_doubtful_and_nothing_else() {
        let scene = samples::scene(0);
        let mut open = OpenProject { id: Some(scene.project_id), load: Load::Ready, ..OpenProject::default() };
        assert_eq!(doubt(&open, &Event::Scene(scene.clone())), Doubt { films: true, ..Doubt::default() });
        open.apply(&Event::Scene(scene.clone()));
        assert_eq!(doubt(&open, &Event::Scene(scene.clone())), Doubt::default());
        let mut changed = scene.clone();
        changed.narration = "Haste wins nothing.".into();
        assert_eq!(doubt(&open, &Event::Scene(changed.clone())), Doubt { films: true, ..Doubt::default() }, "it has no take yet");
        open.apply(&Event::Audio(samples::audio(&scene, Status::Ready, 0)));
        assert_eq!(doubt(&open, &Event::Scene(changed)), Doubt { audio: true, images: false, films: true });
        let mut elsewhere = samples::scene(3);
        elsewhere.narration = "Another project.".into();
        assert_eq!(doubt(&open, &Event::Scene(elsewhere)), Doubt::default());
    }
}
