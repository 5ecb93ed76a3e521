//! One scene and its picture, in the project's shape.

use std::rc::Rc;

use shared::{SceneId, project::AspectRatio, scene::Scene};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    components::ui::{ButtonSize, Icon, IconButton, Progress, glyph},
    design::style,
    format,
    state::{
        activity::{self, Item},
        project::OpenProject,
        take::Standing,
        use_selector,
    },
};

/// Props of [`ImageSceneCard`].
#[derive(PartialEq, Properties)]
pub struct ImageSceneCardProps {
    /// The scene.
    pub scene: Rc<Scene>,
    /// Its number, from 1.
    pub number: usize,
    /// The shape of the picture.
    pub shape: AspectRatio,
    /// When its picture is to be made.
    pub ongenerate: Callback<SceneId>,
    /// When its picture is to be looked at.
    pub onopen: Callback<SceneId>,
}

/// One scene and its picture.
#[component]
pub fn ImageSceneCard(props: &ImageSceneCardProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        align-content: start;
        gap: var(--space-2);
        min-width: 0;

        & .frame { position: relative; display: grid; width: 100%; padding: 0; border: 0; border-radius: var(--radius-lg); background: var(--sunken); box-shadow: 0 0 0 1px var(--line); overflow: hidden; color: var(--text-faint); }
        & .frame > img { grid-area: 1 / 1; width: 100%; height: 100%; object-fit: cover; }
        & .frame > .blank { grid-area: 1 / 1; place-self: center; display: grid; justify-items: center; gap: var(--space-2); padding: var(--space-3); text-align: center; font-size: var(--text-sm); }
        & .frame > .blank.why { color: var(--danger); }
        & .frame.busy { animation: pulse 1.8s ease-in-out infinite; background: var(--pressed); }
        & .frame:hover { box-shadow: 0 0 0 1px var(--text-faint); }
        & .frame .marks { position: absolute; left: var(--space-2); top: var(--space-2); display: flex; gap: var(--space-1); padding: 0.15rem 0.5rem; border-radius: var(--radius-full); background: var(--media-chip); color: var(--on-media); font-size: var(--text-xs); }
        & .about { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; align-items: center; gap: var(--space-2); min-height: var(--control-sm); }
        & .about .number { color: var(--text-faint); }
        & .about .title { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: var(--weight-medium); }
        & p { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; color: var(--text-muted); font-size: var(--text-sm); }
        "#
    );
    let scene = &props.scene;
    let id = scene.id;
    let takes = use_selector({
        let scene = scene.clone();
        move |open: &OpenProject| open.image_of(&scene)
    });
    let standing = takes.standing();
    let shown = takes.selected.as_ref().and_then(|image| image.thumbnail_url.clone().or_else(|| image.url.clone()));
    let name = format!("scene {}", props.number);
    let (across, down) = props.shape.parts();
    let cancel = {
        let item = takes.newest.as_ref().map(|image| Item::of_image(image));
        Callback::from(move |()| {
            if let Some(item) = item.clone() {
                spawn_local(activity::cancel(item));
            }
        })
    };
    let blank = match (&standing, &shown) {
        (Standing::Failed(error), _) => html! { <span class="blank why" role="alert">{ glyph(Icon::Error, 16) }{ &error.message }</span> },
        (_, Some(_)) => Html::default(),
        (Standing::Queued, None) => html! { <span class="blank">{ "Waiting" }</span> },
        (Standing::Running(progress), None) => html! { <span class="blank tabular">{ format::percent(*progress) }</span> },
        (_, None) => html! { <span class="blank">{ glyph(Icon::Image, 20) }{ "No image yet" }</span> },
    };
    let mark = match &standing {
        Standing::Stale => Some("Prompt has changed"),
        Standing::Queued if shown.is_some() => Some("Waiting"),
        Standing::Running(_) if shown.is_some() => Some("Making a new one"),
        _ => None,
    };
    let failed_over = matches!(standing, Standing::Failed(_));
    html! {
        <li class={style}>
            <button
                type="button"
                class={classes!("frame", standing.is_active().then_some("busy"))}
                style={format!("aspect-ratio: {across} / {down}")}
                aria-label={format!("Open image of {name}")}
                onclick={props.onopen.reform(move |_: MouseEvent| id)}
            >
                if let Some(url) = shown.filter(|_| !failed_over) {
                    <img src={url} alt={scene.visual_prompt.clone()} loading="lazy" decoding="async" />
                }
                { blank }
                if let Some(mark) = mark { <span class="marks">{ mark }</span> }
            </button>
            if let Standing::Running(progress) = standing {
                <Progress label={format!("Image of {name}")} value={progress} />
            }
            <div class="about">
                <span class="number tabular">{ props.number }</span>
                <span class="title" dir="auto" title={scene.title.clone()}>{ format::title(&scene.title) }</span>
                if standing.is_active() {
                    <IconButton size={ButtonSize::Small} icon={Icon::Close} label={format!("Cancel image of {name}")} onclick={cancel} />
                } else {
                    <IconButton
                        size={ButtonSize::Small}
                        icon={if takes.selected.is_some() { Icon::Retry } else { Icon::Write }}
                        label={if takes.selected.is_some() { format!("Generate image of {name} again") } else { format!("Generate image of {name}") }}
                        onclick={props.ongenerate.reform(move |()| id)}
                    />
                }
            </div>
            <p dir="auto">{ &scene.visual_prompt }</p>
        </li>
    }
}
