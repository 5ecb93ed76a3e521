//! Changes to the open project's scenes other than their words: add, move, choose a take.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use shared::{
    AudioId, ImageId, ProjectId, SceneId, VideoId,
    event::Event,
    project::{AspectRatio, PatchProject, Project},
    scene::{CreateScene, PatchScene, Scene},
};
use wasm_bindgen_futures::spawn_local;

use super::{live, project::OpenProject, store::State, take::Standing, toasts};
use crate::api;

/// Adds an empty scene at a place; gives its id.
pub async fn add_scene(project: ProjectId, position: u32) -> Option<SceneId> {
    let scene = CreateScene { position: Some(position), title: None, narration: None, visual_prompt: None };
    match api::scene::create(project, &scene).await {
        Ok(scene) => {
            let id = scene.id;
            show_new(scene);
            Some(id)
        }
        Err(error) => {
            toasts::failed("No scene was added", &error);
            None
        }
    }
}

/// Puts a scene that was just added in its place at once, so that one goes on typing in it; the others have moved on by one,
/// which is read then.
pub fn show_new(scene: Scene) {
    let (id, project, position) = (scene.id, scene.project_id, scene.position);
    live::apply(&Event::Scene(scene));
    OpenProject::update(|open| {
        if open.id == Some(project) {
            reorder(&mut open.scenes, id, position);
        }
    });
    spawn_local(super::project::refresh());
}

thread_local! {
    /// Where scenes stood that are being moved: there they are put back, where that fails.
    static BEFORE: RefCell<BTreeMap<SceneId, u32>> = const { RefCell::new(BTreeMap::new()) };
}

/// Moves a scene to another place: on the page at once, then on the server.
pub fn move_scene(id: SceneId, to: u32) {
    let Some(from) = OpenProject::current().scene(id).map(|scene| scene.position).filter(|from| *from != to) else { return };
    let note = toasts::undoable("Scene moved", move || place(id, to, from, None), || {});
    place(id, from, to, Some(note));
}

fn place(id: SceneId, from: u32, to: u32, note: Option<u32>) {
    BEFORE.with_borrow_mut(|before| _ = before.entry(id).or_insert(from));
    OpenProject::update(|open| reorder(&mut open.scenes, id, to));
    spawn_local(async move {
        let patch = PatchScene { position: Some(to), ..PatchScene::default() };
        let answer = api::scene::patch(id, &patch).await;
        let before = BEFORE.with_borrow_mut(|before| before.remove(&id));
        if let Err(error) = answer {
            // Nothing was done that could be taken back.
            note.into_iter().for_each(toasts::close);
            if let Some(before) = before {
                OpenProject::update(|open| reorder(&mut open.scenes, id, before));
            }
            toasts::failed_retry("The scene was not moved", &error, move || move_scene(id, to));
        }
        // The order is the server's to say, and the others moved too.
        super::project::refresh().await;
    });
}

/// Lets the scene use that narration.
pub fn select_audio(id: SceneId, take: AudioId) {
    patch(id, PatchScene { selected_audio_id: Some(Some(take)), ..PatchScene::default() });
}

/// Lets the scene use that picture.
pub fn select_image(id: SceneId, take: ImageId) {
    patch(id, PatchScene { selected_image_id: Some(Some(take)), ..PatchScene::default() });
}

/// Lets each scene of the open project that uses none of its narrations use the newest.
pub fn use_newest_audio() {
    let open = OpenProject::current();
    for scene in open.shown().filter(|scene| open.narration_of(scene) == Standing::Unchosen) {
        open.audio_of(scene).ready.iter().for_each(|take| select_audio(scene.id, take.id));
    }
}

/// Lets each scene of the open project that uses none of its pictures use the newest.
pub fn use_newest_images() {
    let open = OpenProject::current();
    for scene in open.shown() {
        let takes = open.image_of(scene);
        if takes.standing() == Standing::Unchosen {
            takes.ready.iter().for_each(|take| select_image(scene.id, take.id));
        }
    }
}

/// Lets the scene show that clip, or its picture.
pub fn select_clip(id: SceneId, clip: Option<VideoId>) {
    patch(id, PatchScene { selected_video_id: Some(clip), ..PatchScene::default() });
}

/// Lets the scene show its picture in place of that clip; can be undone.
pub fn show_image(id: SceneId, clip: VideoId) {
    select_clip(id, None);
    toasts::undoable("The film shows the image", move || select_clip(id, Some(clip)), || {});
}

/// Gives the project another shape, on the page at once; the old one comes back where that is refused.
pub fn set_aspect_ratio(id: ProjectId, shape: AspectRatio) {
    let before = OpenProject::current().project.clone().filter(|project| project.id == id);
    if let Some(project) = &before {
        live::apply(&Event::Project(Project { aspect_ratio: shape, ..(**project).clone() }));
    }
    spawn_local(async move {
        let patch = PatchProject { aspect_ratio: Some(shape), ..PatchProject::default() };
        match api::project::patch(id, &patch).await {
            Ok(project) => live::apply(&Event::Project(project)),
            Err(error) => {
                if let Some(project) = before {
                    live::apply(&Event::Project((*project).clone()));
                }
                toasts::failed("The aspect ratio was not saved", &error);
            }
        }
    });
}

fn patch(id: SceneId, patch: PatchScene) {
    spawn_local(async move {
        match api::scene::patch(id, &patch).await {
            Ok(scene) => live::apply(&Event::Scene(scene)),
            Err(error) => _ = toasts::failed("The choice was not saved", &error),
        }
    });
}

fn reorder(scenes: &mut Vec<Rc<Scene>>, id: SceneId, to: u32) {
    let Some(from) = scenes.iter().position(|scene| scene.id == id) else { return };
    let moved = scenes.remove(from);
    scenes.insert((to as usize).min(scenes.len()), moved);
    for (position, scene) in scenes.iter_mut().enumerate() {
        Rc::make_mut(scene).position = position as u32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::project::samples;

    #[test]
    fn a_moved_scene_pushes_the_others() {
        let mut scenes: Vec<_> = (0..4).map(|position| Rc::new(samples::scene(position))).collect();
        let ids: Vec<_> = scenes.iter().map(|scene| scene.id).collect();
        reorder(&mut scenes, ids[3], 1);
        assert_eq!(scenes.iter().map(|scene| scene.id).collect::<Vec<_>>(), [ids[0], ids[3], ids[1], ids[2]]);
        assert_eq!(scenes.iter().map(|scene| scene.position).collect::<Vec<_>>(), [0, 1, 2, 3]);
        reorder(&mut scenes, ids[0], 99);
        assert_eq!(scenes[3].id, ids[0]);
    }

    #[test]
    fn a_new_scene_comes_before_the_one_in_whose_place_it_is() {
        let project = samples::project("A film");
        let scene = |position| Scene { project_id: project.id, ..samples::scene(position) };
        let mut open = OpenProject { id: Some(project.id), ..OpenProject::default() };
        let new = scene(1);
        for scene in [scene(0), scene(1), scene(2), new.clone()] {
            open.apply(&Event::Scene(scene));
        }
        reorder(&mut open.scenes, new.id, 1);
        assert_eq!(open.scenes.iter().map(|scene| scene.position).collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert_eq!(open.scenes[1].id, new.id);
    }
}
