//! Other words for a scene, proposed by whoever writes scripts; nothing changes before they are taken.

use shared::{
    SceneId,
    scene::{RewriteScene, Scene},
};

use super::drafts::{self, Field};
use crate::api::{self, Answer};

/// Asks for other words, by a plain instruction. What was typed is saved first, since they are made from what the
/// server has.
pub async fn propose(scene: SceneId, instruction: &str) -> Answer<Scene> {
    drafts::settle().await?;
    api::scene::rewrite(scene, &RewriteScene { instruction: instruction.to_owned(), preview: Some(true) }).await
}

/// Takes what was proposed, as if it had been typed.
pub fn take(proposal: &Scene) {
    for field in Field::ALL {
        let text = field.of(proposal);
        if drafts::words(proposal.id, field).as_deref() != Some(text) {
            drafts::edit(proposal.id, field, text.to_owned());
        }
    }
}
