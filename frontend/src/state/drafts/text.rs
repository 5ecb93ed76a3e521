//! What was typed, field by field, and what it was typed over: from both follows whether somebody else's change to the
//! same field stands in the way.

use serde::{Deserialize, Serialize};
use shared::scene::{PatchScene, Scene};

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

impl Field {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Title, Self::Narration, Self::VisualPrompt];

    /// What a scene has there.
    pub fn of(self, scene: &Scene) -> &str {
        match self {
            Self::Title => &scene.title,
            Self::Narration => &scene.narration,
            Self::VisualPrompt => &scene.visual_prompt,
        }
    }

    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::Title => "Title",
            Self::Narration => "Narration",
            Self::VisualPrompt => "Visual prompt",
        }
    }
}

/// Some of a scene's fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DraftText {
    /// The scene's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What is spoken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub narration: Option<String>,
    /// What is seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visual_prompt: Option<String>,
}

impl DraftText {
    /// What stands in a field.
    pub fn get(&self, field: Field) -> Option<&str> {
        match field {
            Field::Title => self.title.as_deref(),
            Field::Narration => self.narration.as_deref(),
            Field::VisualPrompt => self.visual_prompt.as_deref(),
        }
    }

    /// Puts something in a field, or nothing.
    pub fn set(&mut self, field: Field, text: Option<String>) {
        *match field {
            Field::Title => &mut self.title,
            Field::Narration => &mut self.narration,
            Field::VisualPrompt => &mut self.visual_prompt,
        } = text;
    }

    /// Whether no field has anything.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The change that it asks for.
    pub fn patch(&self) -> PatchScene {
        PatchScene {
            title: self.title.clone(),
            narration: self.narration.clone(),
            visual_prompt: self.visual_prompt.clone(),
            ..PatchScene::default()
        }
    }
}

/// What was typed, over what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The words.
    pub text: DraftText,
    /// What stood in these fields when the typing began.
    pub base: DraftText,
}

impl Typed {
    /// Notes a keystroke; `before` is what the field has without this draft.
    pub fn type_in(&mut self, field: Field, text: String, before: Option<&str>) {
        if self.text.get(field).is_none() {
            self.base.set(field, before.map(str::to_owned));
        }
        self.text.set(field, Some(text));
    }

    /// Forgets what was saved; a field that was typed in since stays, and now stands over what was saved.
    pub fn acknowledge(&mut self, saved: &DraftText) {
        for field in Field::ALL {
            let Some(saved) = saved.get(field) else { continue };
            if self.text.get(field) == Some(saved) {
                self.drop(field);
            } else {
                self.base.set(field, Some(saved.to_owned()));
            }
        }
    }

    /// The fields that somebody else changed to something else meanwhile.
    pub fn clashes(&self, theirs: &Scene) -> Vec<Field> {
        let clash = |field: &Field| {
            let (theirs, mine) = (field.of(theirs), self.text.get(*field));
            mine.is_some_and(|mine| mine != theirs) && self.base.get(*field).is_some_and(|base| base != theirs)
        };
        Field::ALL.into_iter().filter(clash).collect()
    }

    /// Lets these words stand over what somebody else wrote.
    pub fn keep_mine(&mut self, theirs: &Scene) {
        for field in self.clashes(theirs) {
            self.base.set(field, Some(field.of(theirs).to_owned()));
        }
    }

    /// Lets somebody else's words stand where both wrote.
    pub fn take_theirs(&mut self, theirs: &Scene) {
        for field in self.clashes(theirs) {
            self.drop(field);
        }
    }

    fn drop(&mut self, field: Field) {
        self.text.set(field, None);
        self.base.set(field, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::project::samples;

    fn typed(scene: &Scene, text: &str) -> Typed {
        let mut typed = Typed::default();
        typed.type_in(Field::Narration, text.to_owned(), Some(&scene.narration));
        typed
    }

    #[test]
    fn what_is_typed_while_a_save_is_under_way_is_not_lost() {
        let scene = samples::scene(0);
        let mut now = typed(&scene, "Slow");
        now.type_in(Field::Title, "Race".into(), Some(&scene.title));
        let sent = now.text.clone();
        now.type_in(Field::Narration, "Slow but".into(), Some(&scene.narration));
        now.acknowledge(&sent);
        assert_eq!(now.text, DraftText { narration: Some("Slow but".into()), ..DraftText::default() });
        assert_eq!(now.base.narration.as_deref(), Some("Slow"));
        let sent = now.text.clone();
        now.acknowledge(&sent);
        assert!(now.text.is_empty() && now.base.is_empty());
    }

    #[test]
    fn only_another_change_to_the_same_field_is_a_clash() {
        let scene = samples::scene(0);
        let mine = typed(&scene, "Slow but steady.");
        assert_eq!(mine.clashes(&scene), []);
        let elsewhere = Scene { title: "Another title".into(), ..scene.clone() };
        assert_eq!(mine.clashes(&elsewhere), []);
        let same = Scene { narration: "Slow but steady.".into(), ..scene.clone() };
        assert_eq!(mine.clashes(&same), []);
        let theirs = Scene { narration: "Haste wins.".into(), ..scene };
        assert_eq!(mine.clashes(&theirs), [Field::Narration]);
    }

    #[test]
    fn a_clash_is_over_once_it_is_decided() {
        let scene = samples::scene(0);
        let theirs = Scene { narration: "Haste wins.".into(), ..scene.clone() };
        let mut mine = typed(&scene, "Slow wins.");
        mine.type_in(Field::Title, "Race".into(), Some(&scene.title));
        let mut given_up = mine.clone();
        mine.keep_mine(&theirs);
        assert_eq!(mine.clashes(&theirs), []);
        assert_eq!(mine.text.narration.as_deref(), Some("Slow wins."));
        given_up.take_theirs(&theirs);
        assert_eq!(given_up.text, DraftText { title: Some("Race".into()), ..DraftText::default() });
    }

    #[test]
    fn a_draft_survives_its_storage() {
        let mut draft = Typed::default();
        draft.type_in(Field::VisualPrompt, "«Ein Hase»\n".into(), Some(""));
        let json = serde_json::to_string(&draft).unwrap();
        assert_eq!(serde_json::from_str::<Typed>(&json).unwrap(), draft);
    }
}
