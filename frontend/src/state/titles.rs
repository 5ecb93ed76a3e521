//! Titles that projects were given and the server does not have yet: kept in local storage, so that neither a reload nor a
//! server that is away loses one. All tabs keep the same one of a project: it is given by the last that has one.

use std::{cell::RefCell, rc::Rc};

use gloo_timers::callback::Timeout;
use serde::{Deserialize, Serialize};
use shared::{
    ApiError, ErrorCode, ProjectId,
    event::Event,
    project::{PatchProject, Project},
};
use wasm_bindgen_futures::spawn_local;
use web_sys::StorageEvent;

use super::{
    library::Library,
    live,
    map::{Map, Set},
    project::OpenProject,
    store::{State, state},
    toasts,
};
use crate::{
    api::{self, Answer, Tagged},
    json, storage,
};

const PREFIX: &str = "studio.title.";
/// After a failure that may pass.
const AGAIN_MS: u32 = 4_000;
/// How often a project that changes all the time is read again before the next pause.
const READINGS: u32 = 4;

/// What the server does not have yet.
#[derive(Clone, Default, PartialEq)]
pub struct Titles {
    pending: Map<ProjectId, Given>,
    /// How many were refused: what they were typed into shows the server's again.
    pub refused: u32,
}
state!(Titles);

/// A title that a project was given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Given {
    /// The server's title at that time, where it was known.
    before: Option<String>,
    title: String,
    /// Whether it was given just now. It is the last word then; one that has waited may not be.
    #[serde(skip)]
    fresh: bool,
}

impl Given {
    /// Whether somebody else named the project meanwhile.
    fn clashes(&self, theirs: &str) -> bool {
        self.title != theirs && self.before.as_ref().is_some_and(|before| before != theirs)
    }
}

impl Titles {
    /// A project under the title that it was given last.
    pub fn over(&self, project: &Rc<Project>) -> Rc<Project> {
        match self.pending.get(&project.id) {
            Some(given) => Rc::new(Project { title: given.title.clone(), ..(**project).clone() }),
            None => project.clone(),
        }
    }

    /// Notes a title that was given; `known` is the server's.
    fn give(&mut self, id: ProjectId, title: String, known: Option<String>) {
        let before = self.pending.remove(&id).map_or(known, |waiting| waiting.before);
        self.pending.insert(id, Given { before, title, fresh: true });
    }

    /// Notes that the server has a title; one that was given since stays, and now stands over that.
    fn acknowledge(&mut self, id: ProjectId, saved: &str) {
        match self.pending.get_mut(&id) {
            Some(now) if now.title != saved => now.before = Some(saved.to_owned()),
            _ => _ = self.pending.remove(&id),
        }
    }

    /// Takes over what another tab keeps in place of what waits here: a newer title, or none, since the server has it.
    fn follow(&mut self, id: ProjectId, kept: Option<Given>) {
        if let Some(waiting) = self.pending.remove(&id)
            && let Some(kept) = kept
        {
            self.pending.insert(id, if kept.title == waiting.title { waiting } else { kept });
        }
    }
}

thread_local! {
    static TIMER: RefCell<Option<Timeout>> = const { RefCell::new(None) };
    /// Those that a title is on its way to: in another order, an older one would come last.
    static SENDING: RefCell<Set<ProjectId>> = const { RefCell::new(Set::new()) };
}

/// Gives a project another title: on the page at once, then on the server. The old one comes back where that is refused.
pub fn rename(id: ProjectId, title: String) {
    let (open, library) = (OpenProject::current(), Library::current());
    let known = open.project.as_ref().filter(|project| project.id == id).or_else(|| library.find(id));
    Titles::update(|titles| titles.give(id, title, known.map(|project| project.title.clone())));
    keep(id);
    spawn_local(send(id));
}

/// Takes back what an earlier visit could not save, or does not know to be saved, and sends it.
pub fn restore() {
    let of_key = |key: String| Some((key.strip_prefix(PREFIX)?.parse().ok()?, kept(&storage::get(&key)?)?));
    let found: Map<ProjectId, Given> = storage::keys(PREFIX).into_iter().filter_map(of_key).collect();
    if !found.is_empty() {
        Titles::update(|titles| titles.pending.extend(found));
        send_all();
    }
}

/// Hears of what another tab keeps, or has sent.
pub fn hear(event: &StorageEvent) {
    let Some(id) = event.key().and_then(|key| key.strip_prefix(PREFIX)?.parse().ok()) else { return };
    if Titles::current().pending.contains_key(&id) {
        Titles::update(|titles| titles.follow(id, event.new_value().as_deref().and_then(kept)));
    }
}

/// Sends everything that waits, now.
pub fn send_all() {
    Titles::current().pending.keys().for_each(|id| spawn_local(send(*id)));
}

/// Sends what was given just now while the page is being left. It stays in storage: the next visit looks whether it arrived,
/// and sends then what has waited for longer.
pub fn send_and_leave() {
    let titles = Titles::current();
    let fresh = titles.pending.iter().filter(|(_, given)| given.fresh);
    fresh.for_each(|(id, given)| api::project::patch_and_leave(*id, &change(&given.title)));
}

/// Sends what waits for one project, and then what it was given meanwhile.
async fn send(id: ProjectId) {
    if !SENDING.with_borrow_mut(|sending| sending.insert(id)) {
        return;
    }
    while let Some(given) = Titles::current().pending.get(&id).cloned() {
        let answer = put(id, &given).await;
        let is_last = Titles::current().pending.get(&id).is_some_and(|now| now.title == given.title);
        match answer {
            Ok(project) => {
                live::apply(&Event::Project(project));
                Titles::update(|titles| titles.acknowledge(id, &given.title));
            }
            // What it was given meanwhile is sent in its place.
            Err(_) if !is_last => continue,
            // Who has to enter the access token again comes back to it.
            Err(error) if api::is_passing(&error) || error.code == ErrorCode::Unauthorized => {
                Titles::update(|titles| titles.pending.get_mut(&id).into_iter().for_each(|given| given.fresh = false));
                // A timer that is there already is dropped, which stops it.
                TIMER.replace(Some(Timeout::new(AGAIN_MS, send_all)));
                break;
            }
            Err(error) => {
                Titles::update(|titles| {
                    titles.pending.remove(&id);
                    titles.refused += 1;
                });
                match error.code {
                    ErrorCode::PreconditionFailed => offer_to_keep(id, given.title.clone()),
                    _ => _ = toasts::failed("The title was not saved", &error),
                }
            }
        }
        if Titles::current().pending.contains_key(&id) {
            keep(id);
        } else if storage::get(&key(id)).as_deref().and_then(kept).is_some_and(|kept| kept.title == given.title) {
            storage::remove(&key(id));
        }
    }
    SENDING.with_borrow_mut(|sending| sending.remove(&id));
}

/// Puts a title over the one that the server has; one that has waited only over the one that it was given in place of.
async fn put(id: ProjectId, given: &Given) -> Answer<Project> {
    if given.fresh {
        return api::project::patch(id, &change(&given.title)).await;
    }
    for _ in 0..READINGS {
        let Tagged { record, tag } = api::project::get_tagged(id).await?;
        if record.title == given.title {
            return Ok(record);
        }
        if given.clashes(&record.title) {
            live::apply(&Event::Project(record));
            return Err(ApiError::new(ErrorCode::PreconditionFailed, "The project was renamed elsewhere."));
        }
        match api::project::patch_matching(id, &change(&given.title), &tag).await {
            // Something else about it has changed, or its title has: it is read to find out.
            Err(error) if error.code == ErrorCode::PreconditionFailed => {}
            answer => return answer,
        }
    }
    Err(ApiError::new(ErrorCode::Unavailable, "The project changes too fast; it is tried again."))
}

/// The newer title stands; the other is not lost for that.
fn offer_to_keep(id: ProjectId, title: String) {
    let message = format!("The project that you named “{title}” was renamed elsewhere meanwhile.");
    toasts::offer(message, "Use my title", move || rename(id, title.clone()));
}

/// Keeps what waits for a project.
fn keep(id: ProjectId) {
    if let Some(json) = Titles::current().pending.get(&id).and_then(|given| serde_json::to_string(given).ok()) {
        // Where the browser keeps nothing, only leaving the page would lose it.
        storage::set(&key(id), &json);
    }
}

fn kept(json: &str) -> Option<Given> {
    json::read(json).ok()
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

    fn given(before: &str, title: &str, fresh: bool) -> Given {
        Given { before: Some(before.to_owned()), title: title.to_owned(), fresh }
    }

    #[test]
    fn a_title_that_waits_is_shown_in_place_of_the_old_one() {
        let (first, second) = (Rc::new(samples::project("First")), Rc::new(samples::project("Second")));
        let titles = Titles { pending: [(first.id, given("First", "The hare", true))].into_iter().collect(), ..Titles::default() };
        assert_eq!((titles.over(&first).title.as_str(), titles.over(&second).title.as_str()), ("The hare", "Second"));
    }

    #[test]
    fn a_title_stands_over_the_one_that_the_server_had() {
        let id = samples::project("First").id;
        let mut titles = Titles::default();
        titles.give(id, "Second".into(), Some("First".into()));
        titles.give(id, "Third".into(), Some("Second".into()));
        assert_eq!(*titles.pending.get(&id).unwrap(), given("First", "Third", true), "the server has none of them yet");
        titles.acknowledge(id, "Second");
        assert_eq!(*titles.pending.get(&id).unwrap(), given("Second", "Third", true));
        titles.acknowledge(id, "Third");
        assert!(titles.pending.is_empty());
    }

    #[test]
    fn only_another_title_than_both_is_a_clash() {
        let waited = kept(r#"{"before": "First", "title": "Second"}"#).unwrap();
        assert_eq!(waited, given("First", "Second", false), "what was kept has waited");
        assert_eq!(["First", "Second", "Third"].map(|theirs| waited.clashes(theirs)), [false, false, true]);
    }

    #[test]
    fn what_waits_gives_way_to_what_another_tab_keeps() {
        let id = samples::project("First").id;
        let waiting = given("First", "Second", true);
        let mut titles = Titles { pending: [(id, waiting.clone())].into_iter().collect(), ..Titles::default() };
        titles.follow(id, Some(given("First", "Second", false)));
        assert_eq!(*titles.pending.get(&id).unwrap(), waiting);
        titles.follow(id, Some(given("First", "Third", false)));
        assert_eq!(*titles.pending.get(&id).unwrap(), given("First", "Third", false));
        titles.follow(id, None);
        assert!(titles.pending.is_empty(), "the server has it");
    }
}
