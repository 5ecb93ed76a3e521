//! Files of the user's own: narrations, pictures, music. What is on its way is shown where it will be.

use std::collections::BTreeMap;

use shared::{SceneId, event::Event};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, File};
use yew::Callback;

use super::{
    live,
    store::{State, state},
    toasts,
};
use crate::api;

/// How many files of each scene are on their way.
#[derive(Clone, Default)]
pub struct Uploads {
    /// Narrations.
    audio: BTreeMap<SceneId, usize>,
    /// Pictures.
    images: BTreeMap<SceneId, usize>,
}
state!(Uploads);

impl Uploads {
    /// Whether a narration of that scene is on its way.
    pub fn audio(&self, scene: SceneId) -> bool {
        self.audio.get(&scene).is_some_and(|count| *count > 0)
    }

    /// Whether a picture of that scene is on its way.
    pub fn image(&self, scene: SceneId) -> bool {
        self.images.get(&scene).is_some_and(|count| *count > 0)
    }
}

/// Makes a narration of a file; it becomes the scene's own.
pub fn audio(scene: SceneId, file: Blob, name: String, ondone: Callback<()>) {
    Uploads::update(|uploads| *uploads.audio.entry(scene).or_default() += 1);
    spawn_local(async move {
        match api::audio::upload(scene, &file, &name).await {
            Ok(clip) => {
                live::apply(&Event::Audio(clip));
                ondone.emit(());
            }
            Err(error) => {
                toasts::failed_retry(&format!("“{name}” was not uploaded"), &error, {
                    let name = name.clone();
                    move || audio(scene, file.clone(), name.clone(), ondone.clone())
                });
            }
        }
        Uploads::update(|uploads| *uploads.audio.entry(scene).or_default() -= 1);
    });
}

/// Makes a picture of a file; it becomes the scene's own.
pub fn image(scene: SceneId, file: File) {
    Uploads::update(|uploads| *uploads.images.entry(scene).or_default() += 1);
    spawn_local(async move {
        let name = file.name();
        match api::image::upload(scene, &file, &name).await {
            Ok(asset) => live::apply(&Event::Image(asset)),
            Err(error) => {
                toasts::failed_retry(&format!("“{name}” was not uploaded"), &error, move || image(scene, file.clone()));
            }
        }
        Uploads::update(|uploads| *uploads.images.entry(scene).or_default() -= 1);
    });
}
