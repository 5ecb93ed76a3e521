//! How drafts get to the server: after a pause in the typing, one at a time for each scene, on the condition that the
//! scene is still as it was read.

use std::cell::RefCell;

use gloo_timers::{callback::Timeout, future::TimeoutFuture};
use shared::{
    ApiError, ErrorCode, SceneId,
    event::Event,
    scene::{CreateScene, Scene},
};
use wasm_bindgen_futures::spawn_local;

use super::{Draft, DraftState, Drafts, forget, keep, text::Typed};
use crate::{
    api::{self, Tagged},
    state::{live, map::Map, project::OpenProject, store::State, toasts},
};

/// After the last keystroke.
pub const PAUSE_MS: u32 = 600;
/// Between two looks at whether a save that is under way has come to its end.
const SENDING_MS: u32 = 50;
/// After a failure that may pass.
const AGAIN_MS: u32 = 4_000;
/// How often a scene that changes all the time (takes that become ready) is read again before the next pause.
const READINGS: u32 = 4;

thread_local! {
    static TIMERS: RefCell<Map<SceneId, Timeout>> = const { RefCell::new(Map::new()) };
    /// What the server called the scene when it last answered.
    static TAGS: RefCell<Map<SceneId, String>> = const { RefCell::new(Map::new()) };
}

/// Sends a draft after a while; a newer call puts it off.
pub fn later(scene: SceneId, milliseconds: u32) {
    let timer = Timeout::new(milliseconds, move || spawn_local(async move { _ = send(scene).await }));
    // A timer that is there already is dropped, which stops it.
    TIMERS.with_borrow_mut(|timers| timers.insert(scene, timer));
}

/// Does not send it any more.
pub fn stop(scene: SceneId) {
    TIMERS.with_borrow_mut(|timers| timers.remove(&scene));
}

/// Sends everything that waits, now.
pub fn send_all() {
    for scene in Drafts::current().pending.keys().copied() {
        spawn_local(async move { _ = send(scene).await });
    }
}

/// Sends everything that waits and comes back when it is saved: before something is made from the text.
pub async fn settle() -> Result<(), ApiError> {
    let waiting: Vec<_> = Drafts::current().pending.keys().copied().collect();
    for scene in waiting {
        while let Some(state) = Drafts::current().pending.get(&scene).map(|draft| draft.state.clone()) {
            if state == DraftState::Sending {
                TimeoutFuture::new(SENDING_MS).await;
            } else {
                send(scene).await?;
            }
        }
    }
    Ok(())
}

/// Sends what waits while the page is being left, where it is known over what. All drafts stay in storage: what arrives
/// twice changes nothing, and what does not arrive is sent at the next visit.
pub fn send_and_leave() {
    for (scene, draft) in Drafts::current().pending.iter() {
        let tag = TAGS.with_borrow(|tags| tags.get(scene).cloned());
        if let (Some(tag), false) = (tag, draft.state == DraftState::Clash) {
            api::scene::patch_and_leave(*scene, &draft.typed.text.patch(), &tag);
        }
    }
    keep::leave();
}

/// Sends a draft now.
pub async fn send(scene: SceneId) -> Result<(), ApiError> {
    let Some(draft) = Drafts::current().pending.get(&scene).cloned() else { return Ok(()) };
    match draft.state {
        DraftState::Sending => {
            later(scene, PAUSE_MS); // The next round takes what was typed meanwhile.
            return Ok(());
        }
        DraftState::Clash => return Err(clash()),
        DraftState::Waiting | DraftState::Failed(_) => {}
    }
    set_state(scene, DraftState::Sending);
    let answer = put(scene, &draft.typed).await;
    match &answer {
        Ok(saved) => acknowledge(scene, &draft, saved.clone()),
        Err(error) if error.code == ErrorCode::NotFound => {
            forget(scene);
            offer_to_keep(&draft.typed);
            return Ok(());
        }
        Err(error) if error.code == ErrorCode::PreconditionFailed => set_state(scene, DraftState::Clash),
        Err(error) => {
            // Touched again, so that no other tab takes it for one that was left behind.
            keep::put(scene, &draft.typed);
            set_state(scene, DraftState::Failed(error.clone()));
            if api::is_passing(error) {
                later(scene, AGAIN_MS);
            }
        }
    }
    answer.map(drop)
}

/// Puts the words over what the server has, unless somebody else changed the same fields.
async fn put(scene: SceneId, typed: &Typed) -> Result<Scene, ApiError> {
    let mut known = TAGS.with_borrow_mut(|tags| tags.remove(&scene));
    let mut readings = 0;
    loop {
        let tag = match known.take() {
            Some(tag) => tag,
            None => {
                readings += 1;
                let Tagged { record, tag } = api::scene::get(scene).await?;
                let clashes = !typed.clashes(&record).is_empty();
                live::apply(&Event::Scene(record));
                if clashes {
                    return Err(clash());
                }
                tag
            }
        };
        match api::scene::patch_matching(scene, &typed.text.patch(), &tag).await {
            Ok(Tagged { record, tag }) => {
                TAGS.with_borrow_mut(|tags| tags.insert(scene, tag));
                return Ok(record);
            }
            // Something else about it has changed, or the words have: it is read to find out.
            Err(error) if error.code == ErrorCode::PreconditionFailed && readings < READINGS => {}
            Err(error) if error.code == ErrorCode::PreconditionFailed => {
                return Err(ApiError::new(ErrorCode::Unavailable, "The scene changes too fast; it is tried again."));
            }
            Err(error) => return Err(error),
        }
    }
}

fn acknowledge(scene: SceneId, sent: &Draft, saved: Scene) {
    live::apply(&Event::Scene(saved));
    let mut open = false;
    Drafts::update(|drafts| {
        let Some(now) = drafts.pending.get_mut(&scene) else { return };
        now.typed.acknowledge(&sent.typed.text);
        now.state = DraftState::Waiting;
        open = !now.typed.text.is_empty();
        if open {
            keep::put(scene, &now.typed);
        } else {
            drafts.pending.remove(&scene);
            drafts.saved.insert(scene);
            keep::remove(scene);
        }
    });
    if open {
        later(scene, PAUSE_MS);
    }
}

fn clash() -> ApiError {
    ApiError::new(ErrorCode::PreconditionFailed, "A scene was changed in two places; choose there which words to keep.")
}

/// The scene is gone, the words are not: they can become a scene of their own.
fn offer_to_keep(typed: &Typed) {
    let Some(project) = OpenProject::current().id else { return };
    let words = typed.text.clone();
    toasts::offer("The scene that you were typing in was deleted elsewhere.", "Keep my words", move || {
        let scene = CreateScene {
            position: None,
            title: words.title.clone(),
            narration: words.narration.clone(),
            visual_prompt: words.visual_prompt.clone(),
        };
        spawn_local(async move {
            match api::scene::create(project, &scene).await {
                Ok(scene) => live::apply(&Event::Scene(scene)),
                Err(error) => _ = toasts::failed("No scene was added", &error),
            }
        });
    });
}

fn set_state(scene: SceneId, state: DraftState) {
    Drafts::update(|drafts| {
        if let Some(draft) = drafts.pending.get_mut(&scene) {
            draft.state = state;
        }
    });
}
