//! What the windows of a scene's picture and of its clips have in common: one take large, what is known of it, and how
//! the next one is made.

use shared::{ApiError, SceneId, event::RecordKind, record::Credit, scene::Scene, settings::Settings, video::VideoClip};
use uuid::Uuid;
use web_sys::{Element, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

use crate::{
    components::ui::{Button, ButtonSize, Icon, Progress, glyph, spinner},
    design::style,
    format,
    state::{edit, news, take::Standing},
};

/// The look of such a window.
pub fn window_style() -> &'static str {
    style!(
        r#"
        display: grid;
        grid-template-columns: minmax(0, 1.5fr) minmax(17rem, 1fr);
        gap: var(--space-5);
        align-items: start;

        & .view { display: grid; gap: var(--space-3); min-width: 0; }
        & .large { position: relative; display: grid; place-items: center; max-height: 58vh; margin: 0 auto; width: 100%; border-radius: var(--radius-md); background: var(--sunken); color: var(--text-faint); overflow: hidden; }
        & .large.over { box-shadow: 0 0 0 2px var(--accent); }
        & .large > img, & .large > video { width: 100%; height: 100%; object-fit: contain; }
        & .large .busy { position: absolute; inset: auto 0 0; display: grid; gap: var(--space-1); padding: var(--space-2) var(--space-3); background: var(--media-chip); color: var(--on-media); font-size: var(--text-sm); }
        & .large > video ~ .busy { inset: 0 0 auto; }
        & .large .busy > p { display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden; }
        & .large .busy > span { display: flex; align-items: center; gap: var(--space-2); }
        & .facts { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-1) var(--space-3); min-height: var(--control-sm); color: var(--text-muted); font-size: var(--text-sm); }
        & .facts > .end { margin-inline-start: auto; display: flex; align-items: center; gap: var(--space-1); }
        & .form { display: grid; gap: var(--space-4); min-width: 0; }
        & .prompt { color: var(--text-muted); max-height: 9em; overflow: auto; }
        & .prompt b { display: block; color: var(--text-muted); font-size: var(--text-sm); font-weight: var(--weight-medium); margin-bottom: var(--space-1); }
        & .why { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: var(--space-2); color: var(--danger); }
        @media (max-width: 52rem) {
            grid-template-columns: minmax(0, 1fr);
        }
        "#
    )
}

/// What is said where a scene has pictures and shows none of them: the chosen one was deleted.
pub const NONE_CHOSEN: &str = "None of its images is chosen";

/// A new one on its way; `what` is "a new image", `before` why the last attempt came to nothing.
pub fn working(what: &str, standing: &Standing, before: Option<&ApiError>, uploading: bool, cancel: Callback<()>) -> Html {
    let before = before.filter(|_| *standing == Standing::Queued);
    let (words, progress) = match standing {
        Standing::Running(progress) => (format!("Making {what}, {}", format::percent(*progress)), Some(*progress)),
        Standing::Queued if before.is_some() => ("Waiting to be tried again".to_owned(), None),
        Standing::Queued => ("Waiting for its turn".to_owned(), None),
        _ if uploading => return html! { <div class="busy" role="status"><span>{ spinner() }{ "Uploading" }</span></div> },
        _ => return Html::default(),
    };
    html! {
        <div class="busy" role="status">
            <span>{ spinner() }{ words }</span>
            if let Some(before) = before { <p>{ &before.message }</p> }
            if let Some(progress) = progress { <Progress label={format!("Making {what}")} value={progress} /> }
            <Button icon={Icon::Close} once=true onclick={cancel}>{ "Cancel" }</Button>
        </div>
    }
}

/// Takes away the note of what failed: the window says so itself, and how it is tried again. What is given back is where, which is
/// brought to sight when it fails while the window is open.
#[hook]
pub fn use_told_here(kind: RecordKind, scene: SceneId, standing: &Standing, newest: Option<Uuid>) -> NodeRef {
    let node = use_node_ref();
    let failed = newest.filter(|_| matches!(standing, Standing::Failed(_)));
    let known = use_mut_ref(|| failed);
    use_effect_with(failed, {
        let node = node.clone();
        move |failed| {
            let before = known.replace(*failed);
            if failed.is_some() {
                news::seen(kind, scene);
                if before != *failed {
                    bring_to_sight(&node);
                }
            }
        }
    });
    node
}

fn bring_to_sight(node: &NodeRef) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    node.cast::<Element>().iter().for_each(|element| element.scroll_into_view_with_scroll_into_view_options(&options));
}

/// Props of [`Refused`].
#[derive(PartialEq, Properties)]
pub struct RefusedProps {
    /// Why the last one was not begun.
    pub error: ApiError,
}

/// Why the last one was not begun: shown where it can be seen, since the button for it stands below all that is scrolled.
#[component]
pub fn Refused(props: &RefusedProps) -> Html {
    let style = style!("color: var(--danger);");
    let node = use_node_ref();
    use_effect_with(props.error.clone(), {
        let node = node.clone();
        move |_| bring_to_sight(&node)
    });
    html! { <p ref={node} class={style} role="alert">{ format::reason(&props.error) }</p> }
}

/// That the picture is not seen in the film, where a clip of another one is shown in its place; and the way to change that.
pub fn unseen(scene: &Scene, clip: Option<&VideoClip>) -> Html {
    let style = style!(
        r#"
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: var(--space-1) var(--space-2);
        color: var(--text-muted);
        font-size: var(--text-sm);

        & > span:first-child { display: flex; align-items: center; gap: var(--space-1); color: var(--accent); }
        "#
    );
    let Some((scene, clip)) = clip.filter(|clip| is_unseen(scene, clip)).map(|clip| (scene.id, clip.id)) else { return Html::default() };
    html! {
        <div class={style} role="status">
            <span>{ glyph(Icon::Clip, 12) }{ "The film shows a clip of another image" }</span>
            <Button size={ButtonSize::Small} icon={Icon::Image} onclick={Callback::from(move |()| edit::show_image(scene, clip))}>{ "Use this image" }</Button>
        </div>
    }
}

/// Whether that clip hides the scene's picture and does not begin with it.
fn is_unseen(scene: &Scene, clip: &VideoClip) -> bool {
    scene.selected_image_id.is_some_and(|image| !clip.image_ids.contains(&image))
}

/// The name of who made it.
pub fn maker(provider: &str, settings: Option<&Settings>) -> String {
    match provider {
        "upload" => "Your own".to_owned(),
        id => settings.and_then(|known| known.providers.iter().find(|p| p.id == id)).map_or_else(|| id.to_owned(), |p| p.name.clone()),
    }
}

/// Whose work it is, with the pages where more of it is found; `by` is "Photo by ".
pub fn credit_line(by: &str, credit: &Credit) -> Html {
    let named = |name: &str, url: &Option<String>| match url {
        Some(url) => html! { <a href={url.clone()} target="_blank" rel="noopener noreferrer">{ name }</a> },
        None => html! { { name } },
    };
    html! { <span class="credit">{ by }{ named(&credit.author, &credit.author_url) }{ " on " }{ named(&credit.source, &credit.source_url) }</span> }
}
