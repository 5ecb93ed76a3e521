//! Files of the user's own: narrations, pictures, music. What is on its way is shown where it will be, and what was
//! recorded here is held until it is a take.

use std::rc::Rc;

use shared::{
    ErrorCode, ProjectId, SceneId,
    event::{Deleted, Event, RecordKind},
};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, File, Url};

use super::{
    attempt::Attempt,
    live,
    map::Map,
    project::OpenProject,
    store::{State, state},
    toasts,
};
use crate::api::{self, Answer};

/// How many files of each scene are on their way, and what was recorded for it.
#[derive(Clone, Default)]
pub struct Uploads {
    /// Narrations.
    audio: Map<SceneId, usize>,
    /// Pictures.
    images: Map<SceneId, usize>,
    /// Recordings that are no takes yet.
    recorded: Map<SceneId, (ProjectId, Rc<Recorded>)>,
    /// Whether one is being made.
    recording: bool,
}
state!(Uploads);

/// A recording.
#[derive(PartialEq)]
pub struct Recorded {
    /// Its bytes.
    pub blob: Blob,
    /// Where it can be heard.
    pub url: String,
    /// How long it was recorded.
    pub seconds: f64,
    /// How loud it was along its length, 0 to 255.
    pub peaks: Rc<[u8]>,
}

impl Drop for Recorded {
    fn drop(&mut self) {
        // Revoking an address that is known cannot fail.
        let _ = Url::revoke_object_url(&self.url);
    }
}

impl Uploads {
    /// Whether a narration of that scene is on its way.
    pub fn audio(&self, scene: SceneId) -> bool {
        self.audio.get(&scene).is_some_and(|count| *count > 0)
    }

    /// Whether a picture of that scene is on its way.
    pub fn image(&self, scene: SceneId) -> bool {
        self.images.get(&scene).is_some_and(|count| *count > 0)
    }

    /// What was recorded for that scene and is no take yet.
    pub fn recorded(&self, scene: SceneId) -> Option<Rc<Recorded>> {
        self.recorded.get(&scene).map(|(_, recorded)| recorded.clone())
    }

    /// Whether leaving the page would lose something.
    pub fn at_risk(&self) -> bool {
        self.recording || !self.recorded.is_empty() || self.audio.values().chain(self.images.values()).any(|count| *count > 0)
    }
}

/// Makes a narration of a file; it becomes the scene's own.
pub fn audio(scene: SceneId, file: Blob, name: String) {
    let attempt = narration(scene);
    spawn_local(async move {
        match send_audio(scene, &file, &name).await {
            Ok(()) => attempt.succeeded(),
            Err(error) => {
                let again = name.clone();
                attempt.failed(&not_uploaded(&name), &error, move || audio(scene, file.clone(), again.clone()));
            }
        }
    });
}

/// Makes a narration of what was recorded, unless that was dropped meanwhile.
pub fn recording(scene: SceneId, recorded: Rc<Recorded>, name: String) {
    if Uploads::current().recorded(scene).is_none_or(|held| !Rc::ptr_eq(&held, &recorded)) {
        return;
    }
    let attempt = narration(scene);
    spawn_local(async move {
        match send_audio(scene, &recorded.blob, &name).await {
            Ok(()) => {
                drop_recorded(scene, &recorded);
                attempt.succeeded();
            }
            // Its scene is gone: there is nothing that it could be a take of.
            Err(error) if error.code == ErrorCode::NotFound => {
                drop_recorded(scene, &recorded);
                toasts::failed(&not_uploaded(&name), &error);
            }
            Err(error) => {
                let again = name.clone();
                attempt.failed(&not_uploaded(&name), &error, move || recording(scene, recorded.clone(), again.clone()));
            }
        }
    });
}

/// Holds what was recorded for a scene of a project, also while another page is open; not where the scene went meanwhile: there is
/// nothing that it could be a take of.
pub fn hold(project: ProjectId, scene: SceneId, recorded: Recorded) {
    let open = OpenProject::current();
    if open.id == Some(project) && open.scene(scene).is_none() {
        return;
    }
    Uploads::update(|uploads| _ = uploads.recorded.insert(scene, (project, Rc::new(recorded))));
}

/// Holds a recording no longer: it is a take, or is not wanted.
pub fn drop_recorded(scene: SceneId, recorded: &Rc<Recorded>) {
    Uploads::update(|uploads| uploads.recorded.retain(|of, (_, held)| *of != scene || !Rc::ptr_eq(held, recorded)));
}

/// Hears what was deleted: what was recorded for it can become no take any more.
pub fn hear(event: &Event) {
    let Event::Deleted(Deleted { kind, id, .. }) = event else { return };
    let gone = |scene: &SceneId, project: &ProjectId| match kind {
        RecordKind::Project => project.0 == *id,
        RecordKind::Scene => scene.0 == *id,
        RecordKind::Audio | RecordKind::Image | RecordKind::Video => false,
    };
    if Uploads::current().recorded.iter().any(|(scene, (project, _))| gone(scene, project)) {
        Uploads::update(|uploads| uploads.recorded.retain(|scene, (project, _)| !gone(scene, project)));
    }
}

/// Notes whether something is being recorded.
pub fn set_recording(recording: bool) {
    Uploads::update(|uploads| uploads.recording = recording);
}

async fn send_audio(scene: SceneId, file: &Blob, name: &str) -> Answer<()> {
    Uploads::update(|uploads| *uploads.audio.get_or_insert(scene, 0) += 1);
    let answer = api::audio::upload(scene, file, name).await.map(|clip| live::apply(&Event::Audio(clip)));
    Uploads::update(|uploads| *uploads.audio.get_or_insert(scene, 0) -= 1);
    answer
}

/// Makes a picture of a file; it becomes the scene's own.
pub fn image(scene: SceneId, file: File) {
    Uploads::update(|uploads| *uploads.images.get_or_insert(scene, 0) += 1);
    let attempt = Attempt::begin(format!("picture for {scene}"));
    spawn_local(async move {
        let name = file.name();
        match api::image::upload(scene, &file, &name).await {
            Ok(asset) => {
                live::apply(&Event::Image(asset));
                attempt.succeeded();
            }
            Err(error) => attempt.failed(&not_uploaded(&name), &error, move || image(scene, file.clone())),
        }
        Uploads::update(|uploads| *uploads.images.get_or_insert(scene, 0) -= 1);
    });
}

/// A narration of the user's own, of whatever file.
fn narration(scene: SceneId) -> Attempt {
    Attempt::begin(format!("narration for {scene}"))
}

fn not_uploaded(name: &str) -> String {
    format!("“{name}” was not uploaded")
}
