//! Drafts: what was typed and is not saved yet. Every keystroke is kept in local storage until the server has
//! acknowledged it, so that neither a reload nor a dead server loses one.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use gloo_timers::{callback::Timeout, future::TimeoutFuture};
use serde::{Deserialize, Serialize};
use shared::{ApiError, ErrorCode, SceneId, event::Event, scene::PatchScene};
use wasm_bindgen_futures::spawn_local;

use super::{
    live,
    store::{State, state},
};
use crate::{api, storage};

const PREFIX: &str = "studio.draft.";
/// After the last keystroke.
const PAUSE_MS: u32 = 600;
/// Between two looks at whether a save that is under way has come to its end.
const SENDING_MS: u32 = 50;
/// After a failure that may pass.
const AGAIN_MS: u32 = 4_000;

/// All drafts, and what was saved since the page was opened.
#[derive(Clone, Default)]
pub struct Drafts {
    /// What is not saved yet.
    pub pending: BTreeMap<SceneId, Draft>,
    /// Those that were saved: they show a mark.
    pub saved: BTreeSet<SceneId>,
}
state!(Drafts);

/// What was typed for one scene.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The words.
    pub text: DraftText,
    /// What becomes of them.
    pub state: DraftState,
}

/// The fields that were typed in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DraftText {
    /// The scene's title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What is spoken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narration: Option<String>,
    /// What is seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visual_prompt: Option<String>,
}

/// What becomes of a draft.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum DraftState {
    /// Waits for a pause in the typing.
    #[default]
    Waiting,
    /// Is on its way.
    Sending,
    /// Could not be saved; tried again where that may help.
    Failed(ApiError),
}

/// A field of a scene that is typed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The scene's title.
    Title,
    /// What is spoken.
    Narration,
    /// What is seen.
    VisualPrompt,
}

impl DraftText {
    fn set(&mut self, field: Field, text: String) {
        *match field {
            Field::Title => &mut self.title,
            Field::Narration => &mut self.narration,
            Field::VisualPrompt => &mut self.visual_prompt,
        } = Some(text);
    }

    /// Forgets what was sent; a field that was typed in since stays.
    fn acknowledge(&mut self, sent: &Self) {
        let settle = |now: &mut Option<String>, sent: &Option<String>| {
            if sent.is_some() && now == sent {
                *now = None;
            }
        };
        settle(&mut self.title, &sent.title);
        settle(&mut self.narration, &sent.narration);
        settle(&mut self.visual_prompt, &sent.visual_prompt);
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn patch(&self) -> PatchScene {
        PatchScene {
            title: self.title.clone(),
            narration: self.narration.clone(),
            visual_prompt: self.visual_prompt.clone(),
            ..PatchScene::default()
        }
    }
}

thread_local! {
    static TIMERS: RefCell<BTreeMap<SceneId, Timeout>> = const { RefCell::new(BTreeMap::new()) };
}

/// Takes back what an earlier visit could not save, and sends it.
pub fn restore() {
    let kept: BTreeMap<SceneId, Draft> = storage::keys(PREFIX)
        .into_iter()
        .filter_map(|key| {
            let id: SceneId = key.strip_prefix(PREFIX)?.parse().ok()?;
            let text = serde_json::from_str(&storage::get(&key)?).ok()?;
            Some((id, Draft { text, state: DraftState::Waiting }))
        })
        .collect();
    if !kept.is_empty() {
        Drafts::update(|drafts| drafts.pending = kept);
        send_all();
    }
}

/// Notes what was typed, and saves it after a pause.
pub fn edit(scene: SceneId, field: Field, text: String) {
    Drafts::update(|drafts| {
        drafts.saved.remove(&scene);
        let draft = drafts.pending.entry(scene).or_default();
        draft.text.set(field, text);
        if draft.state != DraftState::Sending {
            draft.state = DraftState::Waiting;
        }
        keep(scene, &draft.text);
    });
    later(scene, PAUSE_MS);
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

/// Sends what waits while the page is being left. The drafts stay in storage: what arrives twice changes nothing.
pub fn send_and_leave() {
    for (scene, draft) in &Drafts::current().pending {
        api::scene::patch_and_leave(*scene, &draft.text.patch());
    }
}

/// Forgets a draft: its scene is gone.
pub fn forget(scene: SceneId) {
    TIMERS.with_borrow_mut(|timers| timers.remove(&scene));
    storage::remove(&key(scene));
    Drafts::update(|drafts| {
        drafts.pending.remove(&scene);
        drafts.saved.remove(&scene);
    });
}

async fn send(scene: SceneId) -> Result<(), ApiError> {
    let Some(draft) = Drafts::current().pending.get(&scene).cloned() else { return Ok(()) };
    if draft.state == DraftState::Sending {
        later(scene, PAUSE_MS); // The next round takes what was typed meanwhile.
        return Ok(());
    }
    set_state(scene, DraftState::Sending);
    match api::scene::patch(scene, &draft.text.patch()).await {
        Ok(saved) => {
            live::apply(&Event::Scene(saved));
            Drafts::update(|drafts| {
                let Some(now) = drafts.pending.get_mut(&scene) else { return };
                now.text.acknowledge(&draft.text);
                now.state = DraftState::Waiting;
                if now.text.is_empty() {
                    drafts.pending.remove(&scene);
                    drafts.saved.insert(scene);
                    storage::remove(&key(scene));
                } else {
                    keep(scene, &now.text);
                }
            });
            if Drafts::current().pending.contains_key(&scene) {
                later(scene, PAUSE_MS);
            }
            Ok(())
        }
        Err(error) if error.code == ErrorCode::NotFound => {
            forget(scene);
            Ok(())
        }
        Err(error) => {
            set_state(scene, DraftState::Failed(error.clone()));
            if api::is_passing(&error) {
                later(scene, AGAIN_MS);
            }
            Err(error)
        }
    }
}

fn set_state(scene: SceneId, state: DraftState) {
    Drafts::update(|drafts| {
        if let Some(draft) = drafts.pending.get_mut(&scene) {
            draft.state = state;
        }
    });
}

fn later(scene: SceneId, milliseconds: u32) {
    let timer = Timeout::new(milliseconds, move || spawn_local(async move { _ = send(scene).await }));
    // A timer that is there already is dropped, which stops it.
    TIMERS.with_borrow_mut(|timers| timers.insert(scene, timer));
}

fn keep(scene: SceneId, text: &DraftText) {
    if let Ok(json) = serde_json::to_string(text) {
        storage::set(&key(scene), &json);
    }
}

fn key(scene: SceneId) -> String {
    format!("{PREFIX}{scene}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_while_a_save_is_under_way_is_not_lost() {
        let mut now = DraftText::default();
        now.set(Field::Narration, "Slow".into());
        now.set(Field::Title, "Race".into());
        let sent = now.clone();
        now.set(Field::Narration, "Slow but".into());
        now.acknowledge(&sent);
        assert_eq!(now, DraftText { narration: Some("Slow but".into()), ..DraftText::default() });
        let sent = now.clone();
        now.acknowledge(&sent);
        assert!(now.is_empty());
    }

    #[test]
    fn a_draft_survives_its_storage() {
        let text = DraftText { visual_prompt: Some("«Ein Hase»\n".into()), ..DraftText::default() };
        let json = serde_json::to_string(&text).unwrap();
        assert_eq!(serde_json::from_str::<DraftText>(&json).unwrap(), text);
    }
}
