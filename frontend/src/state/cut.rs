//! Cutting scenes: one in two at the cursor, two into one; both can be taken back.

use shared::{
    ApiError, ErrorCode, SceneId,
    event::{Deleted, Event, RecordKind},
    rules::MAX_NARRATION,
    scene::{CreateScene, PatchScene, Scene},
};
use wasm_bindgen_futures::spawn_local;

use super::{
    attempt::Attempt,
    drafts::{self, Field},
    edit, live,
    project::OpenProject,
    store::State,
    toasts,
    undo::{self, Undo},
};
use crate::api::{self, Answer, Tagged};

/// Cuts a scene in two where the cursor stands (in UTF-16 units, as browsers count); gives the new one, and where in it one
/// goes on typing.
pub async fn split(scene: SceneId, at: u32) -> Option<(SceneId, u32)> {
    let project = OpenProject::current().id?;
    let asked = drafts::words(scene, Field::Narration)?;
    if halves(&asked, at).is_none() {
        toasts::done("Put the cursor between two words to split the scene there.");
        return None;
    }
    let attempt = Attempt::begin(format!("split of {scene}"));
    let _turn = edit::turn().await;
    // Another split may have come before this one.
    let whole = drafts::words(scene, Field::Narration)?;
    let at = moved(&asked, &whole, at);
    let (_, sent) = halves(&whole, at)?;
    let (place, number) = (OpenProject::current().place_of(scene)?, OpenProject::current().number_of(scene)?);
    let new = CreateScene { position: Some(place + 1), title: None, narration: Some(sent.clone()), visual_prompt: None };
    let added = match api::scene::create(project, &new).await {
        Ok(added) => added,
        Err(error) => {
            attempt.failed("The scene was not split", &error, move || {
                let at = drafts::words(scene, Field::Narration).map_or(at, |now| moved(&whole, &now, at));
                spawn_local(async move { _ = split(scene, at).await });
            });
            return None;
        }
    };
    attempt.succeeded();
    let new = added.id;
    // What was typed meanwhile stays on its side.
    let now = drafts::words(scene, Field::Narration).unwrap_or_else(|| whole.clone());
    let (first, second) = sides(&now, moved(&whole, &now, at));
    let whole = now;
    let caret = behind_typed(&sent, &second);
    drafts::edit(scene, Field::Narration, first.clone());
    edit::show_new(added);
    if second != sent {
        drafts::edit(new, Field::Narration, second.clone());
    }
    let back = move || {
        if OpenProject::current().id != Some(project) {
            let (first, second, whole) = (first.clone(), second.clone(), whole.clone());
            return spawn_local(async move {
                if let Err(error) = join_unseen((scene, first), (new, second), whole).await {
                    toasts::failed("The scenes were not joined again", &error);
                }
            });
        }
        let now = drafts::words(scene, Field::Narration).zip(drafts::words(new, Field::Narration));
        let untouched = now.as_ref().is_some_and(|(a, b)| *a == first && *b == second);
        let joined = if untouched { Some(whole.clone()) } else { now.map(|(a, b)| join(&a, &b)) };
        if let Some(joined) = joined {
            drafts::edit(scene, Field::Narration, joined);
        }
        spawn_local(async move {
            let _turn = edit::turn().await;
            match api::scene::delete(new).await {
                Ok(()) => {
                    drafts::forget(new);
                    live::apply(&Event::Deleted(Deleted { kind: RecordKind::Scene, id: new.0, project_id: project }));
                }
                Err(error) => _ = toasts::failed("The scenes were not joined again", &error),
            }
        });
    };
    toasts::undoable(format!("Scene {number} split"), back, || {});
    Some((new, caret))
}

/// Takes back a split in a project that is no longer open: its words are the server's alone. Each half comes with what it was.
async fn join_unseen((scene, first): (SceneId, String), (new, second): (SceneId, String), whole: String) -> Answer<()> {
    let (a, b) = (api::scene::get(scene).await?, api::scene::get(new).await?.record.narration);
    let (before, after) = (unseen_words(scene, &a), drafts::words(new, Field::Narration).unwrap_or(b));
    let joined = if before == first && after == second { whole } else { join(&before, &after) };
    put_unseen(scene, joined, &a).await?;
    api::scene::delete(new).await?;
    drafts::forget(new);
    Ok(())
}

/// What a scene says whose project is not open: what was typed and is still to be saved goes before what the server has.
fn unseen_words(scene: SceneId, saved: &Tagged<Scene>) -> String {
    drafts::words(scene, Field::Narration).unwrap_or_else(|| saved.record.narration.clone())
}

async fn put_unseen(scene: SceneId, narration: String, saved: &Tagged<Scene>) -> Answer<()> {
    if drafts::words(scene, Field::Narration).is_some() {
        drafts::edit(scene, Field::Narration, narration);
        return Ok(());
    }
    let patch = PatchScene { narration: Some(narration), ..PatchScene::default() };
    api::scene::patch_matching(scene, &patch, &saved.tag).await.map(drop)
}

/// Takes words back in a project that is no longer open, unless they are others by now.
async fn restore_unseen(scene: SceneId, joined: String, before: String) -> Answer<()> {
    let now = api::scene::get(scene).await?;
    if unseen_words(scene, &now) == joined { put_unseen(scene, before, &now).await } else { Ok(()) }
}

/// Puts a scene's words behind those of the one before it, which stays.
pub fn merge(first: SceneId, second: SceneId) {
    let open = OpenProject::current();
    let Some(project) = open.id else { return };
    let narrations = drafts::words(first, Field::Narration).zip(drafts::words(second, Field::Narration));
    let Some((number, (before, rest))) = open.number_of(first).zip(narrations) else { return };
    let joined = join(&before, &rest);
    if joined.chars().count() > MAX_NARRATION {
        let error = ApiError::new(ErrorCode::ValidationFailed, format!("A scene holds at most {MAX_NARRATION} characters."));
        toasts::failed("The scenes were not merged", &error);
        return;
    }
    drafts::edit(first, Field::Narration, joined.clone());
    let seen = drafts::words(first, Field::VisualPrompt).filter(|seen| seen.trim().is_empty());
    if let Some(theirs) = seen.and_then(|_| drafts::words(second, Field::VisualPrompt)).filter(|theirs| !theirs.trim().is_empty()) {
        drafts::edit(first, Field::VisualPrompt, theirs);
    }
    undo::delete_scene(second, project, format!("Scenes {number} and {} merged", number + 1), move || {
        if OpenProject::current().id != Some(project) {
            let (joined, before) = (joined.clone(), before.clone());
            return spawn_local(async move {
                if let Err(error) = restore_unseen(first, joined, before).await {
                    toasts::failed("The scenes were not parted again", &error);
                }
            });
        }
        // What was typed since stays.
        if drafts::words(first, Field::Narration).as_ref() == Some(&joined) {
            drafts::edit(first, Field::Narration, before.clone());
        }
    });
}

/// The scene that is shown before or after another one.
pub fn neighbour(scene: SceneId, after: bool) -> Option<SceneId> {
    let (open, hidden) = (OpenProject::current(), Undo::current());
    let shown: Vec<_> = open.scenes.iter().map(|scene| scene.id).filter(|id| !hidden.hides_scene(*id)).collect();
    let at = shown.iter().position(|id| *id == scene)?;
    let at = if after { at + 1 } else { at.checked_sub(1)? };
    shown.get(at).copied()
}

/// Both sides of a cut, without the blanks at it; none where one has no words.
fn halves(text: &str, at: u32) -> Option<(String, String)> {
    let (first, second) = sides(text, at);
    (!first.trim().is_empty() && !second.is_empty()).then_some((first, second))
}

/// Both sides of a cut, without the blanks at it.
fn sides(text: &str, at: u32) -> (String, String) {
    let mut units = 0;
    let byte = text.char_indices().find(|(_, c)| {
        let here = units >= at as usize;
        units += c.len_utf16();
        here
    });
    let (first, second) = text.split_at(byte.map_or(text.len(), |(byte, _)| byte));
    (first.trim_end().to_owned(), second.trim_start().to_owned())
}

/// Where a cut comes to lie once words have been typed before it; those that were typed behind it do not move it.
fn moved(before: &str, now: &str, at: u32) -> u32 {
    let same = before.encode_utf16().zip(now.encode_utf16()).take_while(|(a, b)| a == b).count();
    let length = |text: &str| text.encode_utf16().count() as u32;
    if same >= at as usize { at } else { (length(now) + at).saturating_sub(length(before)) }
}

/// Where one goes on typing: behind what was typed in a text that was another before.
fn behind_typed(before: &str, now: &str) -> u32 {
    let same = before.chars().rev().zip(now.chars().rev()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf16()).sum::<usize>();
    (now.encode_utf16().count() - same) as u32
}

/// Two texts as one; a blank between them, unless both sides are of a script that writes without.
fn join(first: &str, second: &str) -> String {
    let (first, second) = (first.trim_end(), second.trim_start());
    let dense =
        |c: Option<char>| c.is_some_and(|c| matches!(c, '\u{3000}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}'));
    let blank =
        if first.is_empty() || second.is_empty() || (dense(first.chars().last()) && dense(second.chars().next())) { "" } else { " " };
    format!("{first}{blank}{second}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_leaves_words_on_both_sides() {
        assert_eq!(halves("Slow and steady", 5), Some(("Slow".to_owned(), "and steady".to_owned())));
        assert_eq!(halves("Slow and steady", 0), None);
        assert_eq!(halves("Slow and steady", 15), None);
        assert_eq!(halves("   steady", 2), None);
    }

    #[test]
    fn browsers_count_in_pairs_of_bytes() {
        assert_eq!(halves("🐢🐇 race", 4), Some(("🐢🐇".to_owned(), "race".to_owned())));
        assert_eq!(halves("ein Hase läuft", 9), Some(("ein Hase".to_owned(), "läuft".to_owned())));
    }

    #[test]
    fn what_is_typed_during_a_cut_stays_on_its_side() {
        let typed = |now: &str| {
            let (first, second) = sides(now, moved("Slow and 🐢 steady", now, 9));
            format!("{first}|{second}")
        };
        assert_eq!(typed("Slow and 🐢 steady"), "Slow and|🐢 steady");
        assert_eq!(typed("Slow and 🐢 steady wins"), "Slow and|🐢 steady wins");
        assert_eq!(typed("Slow and very 🐢 steady"), "Slow and|very 🐢 steady");
        assert_eq!(typed("Very slow 🐇 and 🐢 steady"), "Very slow 🐇 and|🐢 steady");
        assert_eq!(typed("🐢 steady"), "|🐢 steady");
        assert_eq!(typed(""), "|");
    }

    #[test]
    fn one_goes_on_behind_what_was_typed_during_a_cut() {
        assert_eq!(behind_typed("brought", "brought"), 0);
        assert_eq!(behind_typed("brought", "XY 🐢 brought"), 6);
        assert_eq!(behind_typed("🐇 ran", "🐢 ran"), 2);
        assert_eq!(behind_typed("brought it", "it"), 0);
        assert_eq!(behind_typed("brought", "brought in"), 10);
    }

    #[test]
    fn what_was_cut_can_be_joined() {
        assert_eq!(join("Slow. ", " Steady."), "Slow. Steady.");
        assert_eq!(join("", "Steady."), "Steady.");
        assert_eq!(join("慢而稳。", "赢了。"), "慢而稳。赢了。");
    }
}
