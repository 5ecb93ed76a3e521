//! One scene and its picture, in the project's shape.

use std::rc::Rc;

use shared::{ImageId, SceneId, project::AspectRatio, record::Status, scene::Scene};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{
    take_dots::TakeDots,
    take_view::{NONE_CHOSEN, unseen},
};
use crate::{
    components::ui::{Button, ButtonSize, Icon, IconButton, Progress, glyph, spinner},
    design::style,
    format,
    hooks::use_file_drop,
    state::{
        activity::{self, Item},
        discard::Discarded,
        project::OpenProject,
        take::Standing,
        upload::{self, Uploads},
        use_selector,
    },
};

/// What is done from the cards of the scenes.
#[derive(Clone, PartialEq)]
pub struct ImageActs {
    /// When a scene's picture is to be made, with the style of the page.
    pub ongenerate: Callback<SceneId>,
    /// When a scene's picture is to be looked at.
    pub onopen: Callback<SceneId>,
    /// When a scene is to move.
    pub onmove: Callback<SceneId>,
    /// When another take is chosen.
    pub onselect: Callback<(SceneId, ImageId)>,
}

/// Props of [`ImageSceneCard`].
#[derive(PartialEq, Properties)]
pub struct ImageSceneCardProps {
    /// The scene.
    pub scene: Rc<Scene>,
    /// Its number, from 1.
    pub number: usize,
    /// The shape of the picture.
    pub shape: AspectRatio,
    /// What is done from it.
    pub acts: ImageActs,
}

/// One scene and its picture. A picture that is dropped on it becomes a take.
#[component]
pub fn ImageSceneCard(props: &ImageSceneCardProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        align-content: start;
        gap: var(--space-1);
        min-width: 0;

        & .frame { position: relative; display: grid; width: 100%; padding: 0; border: 0; border-radius: var(--radius-lg); background: var(--sunken); box-shadow: 0 0 0 1px var(--line); overflow: hidden; color: var(--text-faint); transition: box-shadow var(--quick); }
        & .frame > img { grid-area: 1 / 1; width: 100%; height: 100%; object-fit: cover; animation: appear var(--calm); }
        & .frame > .blank { grid-area: 1 / 1; position: relative; place-self: center; color: var(--text-muted); display: grid; justify-items: center; gap: var(--space-2); padding: var(--space-3); text-align: center; font-size: var(--text-sm); }
        & .frame > .veil { grid-area: 1 / 1; background: var(--scrim); animation: pulse 1.6s ease-in-out infinite; }
        & .frame.bare::before { content: ""; grid-area: 1 / 1; background: var(--pressed); animation: pulse 1.6s ease-in-out infinite; }
        & .frame:hover { box-shadow: 0 0 0 1px var(--text-faint); }
        & .frame.over { box-shadow: 0 0 0 2px var(--accent); }
        & .frame .marks { position: absolute; left: var(--space-2); top: var(--space-2); display: flex; align-items: center; gap: var(--space-1); max-width: calc(100% - 2 * var(--space-2)); padding: 0.15rem 0.5rem; border-radius: var(--radius-full); background: var(--media-chip); color: var(--on-media); font-size: var(--text-xs); }
        & .frame .marks.clip { left: auto; right: var(--space-2); }
        & .frame .bar { position: absolute; inset: auto 0 0; }
        & .about { display: grid; grid-template-columns: auto minmax(0, 1fr) auto auto; align-items: center; gap: var(--space-2); min-height: var(--control-sm); margin-top: var(--space-1); }
        & .about .number { color: var(--text-faint); }
        & .about .title { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: var(--weight-medium); }
        & p { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; color: var(--text-muted); font-size: var(--text-sm); }
        & .why { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: var(--space-1) var(--space-2); color: var(--danger); font-size: var(--text-sm); }
        "#
    );
    let scene = &props.scene;
    let id = scene.id;
    let takes = use_selector({
        let scene = scene.clone();
        move |open: &OpenProject| {
            let ready = open.images.get(&scene.id).into_iter().flatten().rev().filter(|take| take.status == Status::Ready);
            (open.image_of(&scene), ready.cloned().collect::<Vec<_>>(), open.clip_of(&scene))
        }
    });
    let (current, ready, clips) = &*takes;
    let kept = use_selector({
        let ready = ready.clone();
        move |discarded: &Discarded| ready.iter().filter(|take| !discarded.has(take.id.0)).cloned().collect::<Vec<_>>()
    });
    let uploading = *use_selector(move |uploads: &Uploads| uploads.image(id));
    let standing = current.standing();
    let in_use = current.selected.as_ref().map(|image| image.id);
    let still = current.selected.as_ref().and_then(|image| image.thumbnail_url.clone().or_else(|| image.url.clone()));
    // What the film shows is shown: a clip in place of the still.
    let clip = clips.selected.as_ref().filter(|clip| clip.status == Status::Ready);
    let shown = clip.and_then(|clip| clip.poster_url.clone()).or_else(|| still.clone());
    let name = format!("scene {}", props.number);
    let (across, down) = props.shape.parts();
    let newest = current.newest.as_ref().map(|image| Item::of_image(image));
    let cancel = {
        let item = newest.clone();
        Callback::from(move |()| item.iter().cloned().for_each(|item| spawn_local(activity::cancel(item))))
    };
    let drop = use_file_drop(Callback::from(move |file| upload::image(id, file)));
    let busy = standing.is_active() || uploading;
    let none = if kept.is_empty() { "No image yet" } else { NONE_CHOSEN };
    let blank = match &standing {
        Standing::Queued => html! { <span class="blank">{ "Waiting" }</span> },
        Standing::Running(progress) => html! { <span class="blank tabular">{ format::percent(*progress) }</span> },
        _ if uploading => html! { <span class="blank">{ spinner() }{ "Uploading" }</span> },
        _ => html! { <span class="blank">{ glyph(Icon::Image, 20) }{ none }</span> },
    };
    let mark = match &standing {
        _ if uploading => Some("Uploading"),
        Standing::Stale => Some("Prompt has changed"),
        Standing::Queued => Some("Waiting for a new one"),
        Standing::Running(_) => Some("Making a new one"),
        _ if clips.standing().is_active() => Some("Making a clip"),
        _ => None,
    };
    let said = match (&shown, mark) {
        (Some(_), Some(mark)) => format!(": {mark}"),
        (Some(_), None) => String::new(),
        (None, _) if uploading => ": Uploading".to_owned(),
        (None, _) => match &standing {
            Standing::Queued => ": Waiting".to_owned(),
            Standing::Running(progress) => format!(": {}", format::percent(*progress)),
            _ => format!(": {none}"),
        },
    };
    let frame = classes!("frame", (busy && shown.is_none()).then_some("bare"), drop.over.then_some("over"));
    html! {
        <li class={style} ondragover={drop.ondragover} ondragleave={drop.ondragleave} ondrop={drop.ondrop}>
            <button
                type="button"
                class={frame}
                style={format!("aspect-ratio: {across} / {down}")}
                aria-label={format!("Open image of {name}{said}{}", if clip.is_some() { ", shown as a clip" } else { "" })}
                onclick={props.acts.onopen.reform(move |_: MouseEvent| id)}
            >
                if let Some(url) = &shown {
                    <img key={url.clone()} src={url.clone()} alt={scene.visual_prompt.clone()} loading="lazy" decoding="async" />
                    if busy { <span class="veil" /> }
                    if let Some(mark) = mark { <span class="marks">{ mark }</span> }
                    if clip.is_some() { <span class="marks clip" data-tip="The film shows a clip of it">{ glyph(Icon::Clip, 12) }{ "Clip" }</span> }
                } else {
                    { blank }
                }
                if let Standing::Running(progress) = standing {
                    <span class="bar"><Progress label={format!("Image of {name}")} value={progress} /></span>
                }
            </button>
            <div class="about">
                <span class="number tabular">{ props.number }</span>
                <span class="title" dir="auto" data-tip="">{ format::title(&scene.title) }</span>
                if still.is_some() || clips.newest.is_some() {
                    <IconButton size={ButtonSize::Small} icon={Icon::Clip} label={format!("Make {name} move")} onclick={props.acts.onmove.reform(move |()| id)} />
                } else {
                    <span />
                }
                if standing.is_active() {
                    <IconButton size={ButtonSize::Small} icon={Icon::Close} label={format!("Cancel image of {name}")} once=true onclick={cancel} />
                } else {
                    <IconButton
                        size={ButtonSize::Small}
                        icon={if still.is_some() { Icon::Retry } else { Icon::Write }}
                        label={if still.is_some() { format!("Generate image of {name} again") } else { format!("Generate image of {name}") }}
                        once=true
                        onclick={props.acts.ongenerate.reform(move |()| id)}
                    />
                }
            </div>
            if let Standing::Failed(error) = &standing {
                <div class="why" role="alert">
                    <span>{ &error.message }</span>
                    <Button
                        size={ButtonSize::Small}
                        icon={Icon::Retry}
                        label={format!("Retry image of {name}")}
                        once=true
                        onclick={Callback::from(move |()| newest.iter().cloned().for_each(|item| spawn_local(activity::retry(item))))}
                    >
                        { "Retry" }
                    </Button>
                </div>
            } else {
                <p dir="auto" data-tip="">{ &scene.visual_prompt }</p>
            }
            { unseen(scene, clip.map(|clip| &**clip)) }
            if kept.len() > 1 || kept.iter().any(|take| in_use != Some(take.id)) {
                <TakeDots
                    label={format!("Takes of {name}")}
                    takes={(*kept).clone()}
                    selected={in_use}
                    onselect={props.acts.onselect.reform(move |take| (id, take))}
                    onmore={props.acts.onopen.reform(move |()| id)}
                />
            }
        </li>
    }
}
