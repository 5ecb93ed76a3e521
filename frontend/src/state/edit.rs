//! Changes to the open project's scenes other than their words: add, move, choose a take.

use std::cell::{Cell, RefCell};

use gloo_timers::future::TimeoutFuture;
use shared::{
    ApiError, AudioId, ImageId, ProjectId, SceneId, VideoId,
    event::{Event, RecordKind},
    project::{AspectRatio, PatchProject, Project},
    scene::{CreateScene, PatchScene, Scene},
};
use wasm_bindgen_futures::spawn_local;

use super::{attempt::Attempt, live, project::OpenProject, store::State, take::Standing, toasts};
use crate::api;

/// Adds an empty scene below another one, or at the end; gives its id.
pub async fn add_scene(project: ProjectId, above: Option<SceneId>) -> Option<SceneId> {
    let attempt = Attempt::begin(format!("new scene for {project}"));
    let _turn = turn().await;
    let position = above.and_then(|above| OpenProject::current().place_of(above)).map(|place| place + 1);
    let scene = CreateScene { position, title: None, narration: None, visual_prompt: None };
    match api::scene::create(project, &scene).await {
        Ok(scene) => {
            let id = scene.id;
            show_new(scene);
            attempt.succeeded();
            Some(id)
        }
        Err(error) => {
            attempt.failed("No scene was added", &error, move || spawn_local(async move { _ = add_scene(project, above).await }));
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
            open.place(id, position);
        }
    });
    spawn_local(super::project::refresh());
}

/// A scene that is to be in another place on the server, too.
struct Move {
    id: SceneId,
    /// Where it is put back, where that fails.
    from: u32,
    to: u32,
    /// What offers to take it back.
    notes: Vec<u32>,
}

thread_local! {
    /// The first of them is on its way, the others wait: a place is one among the others, and the last word counts.
    static MOVES: RefCell<Vec<Move>> = const { RefCell::new(Vec::new()) };
    /// Whether a scene is being added or removed.
    static TURN: Cell<bool> = const { Cell::new(false) };
}

/// Between two looks at whether the server has the order that the page shows.
const TURN_MS: u32 = 20;

/// The time in which a scene is added or removed: the server has the order that the page shows, and nothing else changes it.
pub struct Turn(());

impl Drop for Turn {
    fn drop(&mut self) {
        TURN.set(false);
    }
}

/// Waits for the moves that are under way, and for what is being added or removed.
pub async fn turn() -> Turn {
    while is_moving() || TURN.get() {
        TimeoutFuture::new(TURN_MS).await;
    }
    TURN.set(true);
    Turn(())
}

/// Whether the page shows scenes in places that the server may not have put them in yet.
pub fn is_moving() -> bool {
    MOVES.with_borrow(|moves| !moves.is_empty())
}

/// Moves a scene to another place: on the page at once, then on the server.
pub fn move_scene(id: SceneId, to: u32) {
    let Some(from) = OpenProject::current().place_of(id).filter(|from| *from != to) else { return };
    let note = toasts::undoable("Scene moved", move || place(id, to, from, None), || {});
    place(id, from, to, Some(note));
}

fn place(id: SceneId, from: u32, to: u32, note: Option<u32>) {
    OpenProject::update(|open| open.place(id, to));
    let count = MOVES.with_borrow_mut(|moves| {
        match moves.get_mut(1..).and_then(<[Move]>::last_mut) {
            Some(last) if last.id == id => {
                last.to = to;
                last.notes.extend(note);
            }
            _ => moves.push(Move { id, from, to, notes: note.into_iter().collect() }),
        }
        moves.len()
    });
    if count == 1 {
        spawn_local(send_moves());
    }
}

/// Sends what is to be moved, one after another, and then reads where everything is.
async fn send_moves() {
    while let Some((id, to)) = next_move().await {
        let answer = api::scene::patch(id, &patch_place(to)).await;
        let sent = MOVES.with_borrow_mut(|moves| moves.remove(0));
        if let Err(error) = answer {
            put_back(sent, &error);
        }
    }
    OpenProject::update(OpenProject::note_placed);
    super::project::refresh().await;
}

/// Which scene is to be moved next, and where to. What was added or removed since has pushed the last one of them.
async fn next_move() -> Option<(SceneId, u32)> {
    while TURN.get() {
        TimeoutFuture::new(TURN_MS).await;
    }
    MOVES.with_borrow(|moves| {
        let next = moves.first()?;
        let shown = if moves.len() == 1 { OpenProject::current().place_of(next.id) } else { None };
        Some((next.id, shown.unwrap_or(next.to)))
    })
}

/// Puts a scene back that the server has not moved, unless it is to be in yet another place by now.
fn put_back(Move { id, from, to, notes }: Move, error: &ApiError) {
    let told = MOVES.with_borrow_mut(|moves| match moves.iter_mut().find(|later| later.id == id) {
        Some(later) => {
            later.from = from;
            later.notes.extend(&notes);
            false
        }
        None => true,
    });
    if told {
        // Nothing was done that could be taken back.
        notes.into_iter().for_each(toasts::close);
        OpenProject::update(|open| open.place(id, from));
        toasts::failed_retry("The scene was not moved", error, move || place(id, from, to, None));
    }
}

fn patch_place(to: u32) -> PatchScene {
    PatchScene { position: Some(to), ..PatchScene::default() }
}

/// Sends what waits while the page is being left; the first is on its way already.
pub fn send_and_leave() {
    MOVES.with_borrow(|moves| moves.iter().skip(1).for_each(|next| api::scene::patch_and_leave(next.id, &patch_place(next.to), "*")));
}

/// Lets the scene use that narration.
pub fn select_audio(id: SceneId, take: AudioId) {
    choose(RecordKind::Audio, id, PatchScene { selected_audio_id: Some(Some(take)), ..PatchScene::default() });
}

/// Lets the scene use that picture.
pub fn select_image(id: SceneId, take: ImageId) {
    choose(RecordKind::Image, id, PatchScene { selected_image_id: Some(Some(take)), ..PatchScene::default() });
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
    choose(RecordKind::Video, id, PatchScene { selected_video_id: Some(clip), ..PatchScene::default() });
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
    let attempt = Attempt::begin(format!("shape of {id}"));
    spawn_local(async move {
        let patch = PatchProject { aspect_ratio: Some(shape), ..PatchProject::default() };
        match api::project::patch(id, &patch).await {
            Ok(project) => {
                live::apply(&Event::Project(project));
                attempt.succeeded();
            }
            Err(error) => {
                if let Some(project) = before {
                    live::apply(&Event::Project((*project).clone()));
                }
                attempt.failed("The aspect ratio was not saved", &error, move || set_aspect_ratio(id, shape));
            }
        }
    });
}

fn choose(kind: RecordKind, id: SceneId, patch: PatchScene) {
    let attempt = Attempt::begin(format!("choice of {kind:?} for {id}"));
    spawn_local(async move {
        match api::scene::patch(id, &patch).await {
            Ok(scene) => {
                live::apply(&Event::Scene(scene));
                attempt.succeeded();
            }
            Err(error) => {
                OpenProject::update(|open| open.refused += 1);
                attempt.failed("The choice was not saved", &error, move || choose(kind, id, patch.clone()));
            }
        }
    });
}
