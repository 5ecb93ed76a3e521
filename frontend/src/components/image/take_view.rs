//! What the windows of a scene's picture and of its clips have in common: one take large, what is known of it, and how
//! the next one is made.

use shared::{record::Credit, settings::Settings};
use yew::prelude::*;

use crate::{
    components::ui::{Button, Icon, Progress, spinner},
    design::style,
    format,
    state::take::Standing,
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
        & .facts > .end { margin-inline-start: auto; display: flex; gap: var(--space-1); }
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
            <Button icon={Icon::Close} onclick={cancel}>{ "Cancel" }</Button>
        </div>
    }
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
