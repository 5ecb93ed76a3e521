//! Where drafts are kept until the server has them: in local storage, each tab under its own name, since two tabs may
//! type in the same scene. What a tab left behind that was closed, or loaded again, is taken over by the next that opens.

use serde::{Deserialize, Serialize};
use shared::SceneId;

use super::text::Typed;
use crate::{
    clock, json,
    state::{map::Map, tabs},
    storage,
};

const PREFIX: &str = "studio.draft.";
/// A tab that has not touched its draft for so long is gone: one that is open tries to send it far more often, even
/// in the background, where browsers let timers run once a minute.
const LEFT_BEHIND_MS: f64 = 150_000.0;

#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    typed: Typed,
    /// When it was last touched, in milliseconds.
    #[serde(default)]
    at: f64,
}

/// Keeps a draft; false where the browser refused.
pub fn put(scene: SceneId, typed: &Typed) -> bool {
    let kept = Kept { typed: typed.clone(), at: clock::milliseconds() };
    serde_json::to_string(&kept).is_ok_and(|json| storage::set(&key(&tabs::me(), scene), &json))
}

/// Forgets a draft.
pub fn remove(scene: SceneId) {
    storage::remove(&key(&tabs::me(), scene));
}

/// Leaves what this tab keeps to the next that opens: it is being left. Loaded again, it has another name, and is that next one.
pub fn leave() {
    let mine = tabs::me();
    for key in storage::keys(PREFIX).into_iter().filter(|key| parse(key).is_some_and(|(owner, _)| owner == mine)) {
        let Some(kept) = storage::get(&key).and_then(|json| json::read::<Kept>(&json).ok()) else { continue };
        if let Ok(json) = serde_json::to_string(&Kept { at: 0.0, ..kept }) {
            // Where it is refused, it is taken over a little later.
            storage::set(&key, &json);
        }
    }
}

/// What was found.
pub struct Found {
    /// What this tab keeps, and what those that are gone left behind.
    pub drafts: Map<SceneId, Typed>,
    /// Whether another tab keeps some, which may be about to leave.
    pub others: bool,
}

/// Looks for drafts.
pub fn restore() -> Found {
    let (mine, now) = (tabs::me(), clock::milliseconds());
    let mut found = Map::new();
    let mut left = Vec::new();
    let mut others = false;
    for key in storage::keys(PREFIX) {
        let Some((owner, scene)) = parse(&key) else { continue };
        let Some(kept) = storage::get(&key).and_then(|json| json::read::<Kept>(&json).ok()) else { continue };
        if owner == mine {
            found.insert(scene, kept.typed);
        // Also one from a time that the clock has been set back from: an open tab's is never far ahead.
        } else if (now - kept.at).abs() > LEFT_BEHIND_MS {
            left.push((key, scene, kept.typed));
        } else {
            others = true;
        }
    }
    for (key, scene, typed) in left {
        // A draft of its own comes first; the other waits for the next visit.
        if !found.contains_key(&scene) && put(scene, &typed) {
            storage::remove(&key);
            found.insert(scene, typed);
        }
    }
    Found { drafts: found, others }
}

fn key(tab: &str, scene: SceneId) -> String {
    format!("{PREFIX}{tab}.{scene}")
}

fn parse(key: &str) -> Option<(String, SceneId)> {
    let (tab, scene) = key.strip_prefix(PREFIX)?.rsplit_once('.')?;
    Some((tab.to_owned(), scene.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_the_tab_and_the_scene() {
        let scene: SceneId = "01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81".parse().unwrap();
        assert_eq!(parse(&key("3fa9", scene)), Some(("3fa9".to_owned(), scene)));
        assert_eq!(parse("studio.draft.other"), None);
    }
}
