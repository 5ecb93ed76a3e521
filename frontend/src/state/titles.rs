//! Titles that projects were given and the server does not have yet: kept in local storage, so that neither a reload nor a
//! server that is away loses one.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use gloo_timers::callback::Timeout;
use shared::{
    ErrorCode, ProjectId,
    event::Event,
    project::{PatchProject, Project},
};
use wasm_bindgen_futures::spawn_local;

use super::{
    live,
    store::{State, state},
    toasts,
};
use crate::{api, storage};

const PREFIX: &str = "studio.title.";
/// After a failure that may pass.
const AGAIN_MS: u32 = 4_000;

/// What the server does not have yet.
#[derive(Clone, Default, PartialEq)]
pub struct Titles {
    pending: BTreeMap<ProjectId, String>,
}
state!(Titles);

impl Titles {
    /// A project under the title that it was given last.
    pub fn over(&self, project: &Rc<Project>) -> Rc<Project> {
        match self.pending.get(&project.id) {
            Some(title) => Rc::new(Project { title: title.clone(), ..(**project).clone() }),
            None => project.clone(),
        }
    }
}

thread_local! {
    static TIMER: RefCell<Option<Timeout>> = const { RefCell::new(None) };
}

/// Gives a project another title: on the page at once, then on the server. The old one comes back where that is refused.
pub fn rename(id: ProjectId, title: String) {
    // Where the browser keeps nothing, only leaving the page would lose it.
    storage::set(&key(id), &title);
    Titles::update(|titles| _ = titles.pending.insert(id, title));
    spawn_local(send(id));
}

/// Takes back what an earlier visit could not save, and sends it.
pub fn restore() {
    let kept = |key: String| Some((key.strip_prefix(PREFIX)?.parse().ok()?, storage::get(&key)?));
    let kept: BTreeMap<_, _> = storage::keys(PREFIX).into_iter().filter_map(kept).collect();
    if !kept.is_empty() {
        Titles::update(|titles| titles.pending.extend(kept));
        send_all();
    }
}

/// Sends everything that waits, now.
pub fn send_all() {
    Titles::current().pending.keys().for_each(|id| spawn_local(send(*id)));
}

/// Sends what waits while the page is being left. It stays in storage: what arrives twice changes nothing.
pub fn send_and_leave() {
    Titles::current().pending.iter().for_each(|(id, title)| api::project::patch_and_leave(*id, &change(title)));
}

async fn send(id: ProjectId) {
    let Some(title) = Titles::current().pending.get(&id).cloned() else { return };
    let answer = api::project::patch(id, &change(&title)).await;
    if Titles::current().pending.get(&id) != Some(&title) {
        return; // It has another by now, which is sent by itself.
    }
    match answer {
        Ok(project) => live::apply(&Event::Project(project)),
        // Who has to enter the access token again comes back to it.
        Err(error) if api::is_passing(&error) || error.code == ErrorCode::Unauthorized => {
            // A timer that is there already is dropped, which stops it.
            TIMER.replace(Some(Timeout::new(AGAIN_MS, send_all)));
            return;
        }
        Err(error) => _ = toasts::failed("The title was not saved", &error),
    }
    storage::remove(&key(id));
    Titles::update(|titles| _ = titles.pending.remove(&id));
}

fn change(title: &str) -> PatchProject {
    PatchProject { title: Some(title.to_owned()), ..PatchProject::default() }
}

fn key(id: ProjectId) -> String {
    format!("{PREFIX}{id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::project::samples;

    #[test]
    fn a_title_that_waits_is_shown_in_place_of_the_old_one() {
        let (first, second) = (Rc::new(samples::project("First")), Rc::new(samples::project("Second")));
        let titles = Titles { pending: BTreeMap::from([(first.id, "The hare".to_owned())]) };
        assert_eq!((titles.over(&first).title.as_str(), titles.over(&second).title.as_str()), ("The hare", "Second"));
    }
}
