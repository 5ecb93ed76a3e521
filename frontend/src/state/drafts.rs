//! Drafts: what was typed and is not saved yet. Every keystroke is kept in local storage until the server has
//! acknowledged it, so that neither a reload nor a dead server loses one; and no other tab's words are overwritten.

mod keep;
mod save;
mod text;

use gloo_timers::callback::Timeout;
use shared::{ApiError, SceneId};

pub use self::{
    save::{send_all, send_and_leave, settle},
    text::{Field, Typed},
};
use super::{
    map::{Map, Set},
    project::OpenProject,
    store::{State, state},
};

/// How often drafts of other tabs are looked at, for as long as there are any.
const AGAIN_MS: u32 = 2_000;

/// All drafts, and what was saved since the page was opened.
#[derive(Clone, Default)]
pub struct Drafts {
    /// What is not saved yet.
    pub pending: Map<SceneId, Draft>,
    /// Those that were saved: they show a mark.
    pub saved: Set<SceneId>,
    /// Whether the browser refused to keep one: then leaving the page would lose it.
    pub at_risk: bool,
}
state!(Drafts);

/// What was typed for one scene.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The words, and what they stand over.
    pub typed: Typed,
    /// What becomes of them.
    pub state: DraftState,
}

/// What becomes of a draft.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum DraftState {
    /// Waits for a pause in the typing.
    #[default]
    Waiting,
    /// Is on its way.
    Sending,
    /// Somebody else changed the same words: the person decides.
    Clash,
    /// Could not be saved; tried again where that may help.
    Failed(ApiError),
}

/// Takes back what an earlier visit, or a tab that is gone, could not save, and sends it.
pub fn restore() {
    let keep::Found { drafts: kept, others } = keep::restore();
    let known = Drafts::current();
    let kept = kept.into_iter().filter(|(scene, _)| !known.pending.contains_key(scene));
    let kept: Map<_, _> = kept.map(|(scene, typed)| (scene, Draft { typed, state: DraftState::Waiting })).collect();
    if !kept.is_empty() {
        Drafts::update(|drafts| drafts.pending.extend(kept));
        send_all();
    }
    if others {
        Timeout::new(AGAIN_MS, restore).forget();
    }
}

/// Notes what was typed, and saves it after a pause.
pub fn edit(scene: SceneId, field: Field, text: String) {
    let open = OpenProject::current();
    let before = open.scene(scene).map(|scene| field.of(scene));
    Drafts::update(|drafts| {
        drafts.saved.remove(&scene);
        let draft = drafts.pending.get_or_insert(scene, Draft::default());
        draft.typed.type_in(field, text, before);
        if let DraftState::Failed(_) = draft.state {
            draft.state = DraftState::Waiting;
        }
        drafts.at_risk = !keep::put(scene, &draft.typed);
    });
    save::later(scene, save::PAUSE_MS);
}

/// What a field of a scene says, typed or saved.
pub fn words(scene: SceneId, field: Field) -> Option<String> {
    let typed = Drafts::current().pending.get(&scene).and_then(|draft| draft.typed.text.get(field).map(str::to_owned));
    typed.or_else(|| OpenProject::current().scene(scene).map(|scene| field.of(scene).to_owned()))
}

/// Ends a clash: these words stand, or those of the other.
pub fn decide(scene: SceneId, mine: bool) {
    let open = OpenProject::current();
    let Some(theirs) = open.scene(scene) else { return };
    let mut empty = false;
    Drafts::update(|drafts| {
        let Some(draft) = drafts.pending.get_mut(&scene) else { return };
        if mine {
            draft.typed.keep_mine(theirs);
        } else {
            draft.typed.take_theirs(theirs);
        }
        draft.state = DraftState::Waiting;
        empty = draft.typed.text.is_empty();
        keep::put(scene, &draft.typed);
    });
    if empty {
        forget(scene);
    } else {
        save::later(scene, 0);
    }
}

/// Forgets a draft: its scene is gone, or nothing is left of it.
pub fn forget(scene: SceneId) {
    save::stop(scene);
    keep::remove(scene);
    Drafts::update(|drafts| {
        drafts.pending.remove(&scene);
        drafts.saved.remove(&scene);
    });
}
