//! The music library: the user's own tracks, read when they are first to be seen.

use std::rc::Rc;

use shared::{MusicId, music::MusicTrack};
use wasm_bindgen_futures::spawn_local;
use web_sys::File;
use yew::Callback;

use super::{
    Load,
    attempt::Attempt,
    store::{State, state},
    toasts,
};
use crate::api;

/// The state of the music library.
#[derive(Clone, Default)]
pub struct Music {
    /// How far its loading is.
    pub load: Load,
    /// The tracks, newest first.
    pub tracks: Vec<Rc<MusicTrack>>,
    /// How many files are on their way.
    pub uploading: usize,
}
state!(Music);

/// Reads the tracks again.
pub async fn refresh() {
    let answer = api::music::list().await;
    Music::update(|music| match answer {
        Ok(page) => {
            music.tracks = page.items.into_iter().map(Rc::new).collect();
            music.load = Load::Ready;
        }
        Err(error) if music.load != Load::Ready => music.load = Load::Failed(error),
        Err(_) => {} // The older list stays.
    });
}

/// Keeps a track, and says which it became.
pub fn upload(file: File, ondone: Callback<MusicId>) {
    Music::update(|music| music.uploading += 1);
    let attempt = Attempt::begin("music".to_owned());
    spawn_local(async move {
        let name = file.name();
        match api::music::upload(&file, &name).await {
            Ok(track) => {
                let id = track.id;
                Music::update(|music| music.tracks.insert(0, Rc::new(track)));
                attempt.succeeded();
                ondone.emit(id);
            }
            Err(error) => {
                attempt.failed(&format!("“{name}” was not uploaded"), &error, move || upload(file.clone(), ondone.clone()));
            }
        }
        Music::update(|music| music.uploading -= 1);
    });
}

/// Removes a track; films that were made with it stay as they are.
pub fn delete(id: MusicId) {
    spawn_local(async move {
        match api::music::delete(id).await {
            Ok(()) => Music::update(|music| music.tracks.retain(|track| track.id != id)),
            Err(error) => _ = toasts::failed("The track was not deleted", &error),
        }
    });
}
