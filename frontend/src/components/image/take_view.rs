//! What the windows of a scene's picture and of its clips have in common: one take large, what is known of it, and how
//! the next one is made.

use shared::{record::Credit, scene::Scene, settings::Settings, video::VideoClip};
use yew::prelude::*;

use crate::{
    components::ui::{Button, ButtonSize, Icon, Progress, glyph, spinner},
    design::style,
    format,
    state::{edit, take::Standing},
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

/// A new one on its way; `what` is "a new image".
pub fn working(what: &str, standing: &Standing, uploading: bool, cancel: Callback<()>) -> Html {
    let (words, progress) = match standing {
        Standing::Running(progress) => (format!("Making {what}, {}", format::percent(*progress)), Some(*progress)),
        Standing::Queued => ("Waiting for its turn".to_owned(), None),
        _ if uploading => return html! { <div class="busy" role="status"><span>{ spinner() }{ "Uploading" }</span></div> },
        _ => return Html::default(),
    };
    html! {
        <div class="busy" role="status">
            <span>{ spinner() }{ words }</span>
            if let Some(progress) = progress { <Progress label={format!("Making {what}")} value={progress} /> }
            <Button icon={Icon::Close} once=true onclick={cancel}>{ "Cancel" }</Button>
        </div>
    }
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
