//! A scene's takes, small and side by side, to choose from.

use std::rc::Rc;

use shared::{ImageId, image::ImageAsset, project::AspectRatio, record::Status};
use yew::prelude::*;

use crate::{
    components::ui::{Icon, glyph, spinner},
    design::style,
};

/// Props of [`ImageTakes`].
#[derive(PartialEq, Properties)]
pub struct ImageTakesProps {
    /// All takes, newest first.
    pub takes: Vec<Rc<ImageAsset>>,
    /// The one that the film uses.
    pub selected: Option<ImageId>,
    /// Their shape.
    pub shape: AspectRatio,
    /// When another is chosen.
    pub onselect: Callback<ImageId>,
}

/// A scene's takes.
#[component]
pub fn ImageTakes(props: &ImageTakesProps) -> Html {
    let style = style!(
        r#"
        display: flex;
        gap: var(--space-2);
        overflow-x: auto;
        padding: 3px;
        margin: -3px;

        & button, & .one { position: relative; flex: none; display: grid; place-items: center; height: 3.5rem; padding: 0; border: 0; border-radius: var(--radius-sm); overflow: hidden; background: var(--sunken); color: var(--text-faint); box-shadow: 0 0 0 1px var(--line); }
        & button { opacity: 0.75; }
        & button:hover { opacity: 1; }
        & button[aria-pressed="true"] { opacity: 1; box-shadow: 0 0 0 2px var(--text); }
        & .one.failed { color: var(--danger); }
        & img { width: 100%; height: 100%; object-fit: cover; }
        & .stale { position: absolute; right: 4px; top: 4px; width: 0.5rem; height: 0.5rem; border-radius: var(--radius-full); background: var(--accent); }
        "#
    );
    let count = props.takes.len();
    let (across, down) = props.shape.parts();
    let shape = format!("aspect-ratio: {across} / {down}");
    let shown: Vec<_> = props.takes.iter().enumerate().filter(|(_, take)| take.status != Status::Canceled).collect();
    if shown.len() < 2 {
        return Html::default();
    }
    html! {
        <div class={style} role="group" aria-label="Takes">
            { for shown.into_iter().map(|(index, take)| {
                let id = take.id;
                let number = count - index;
                match take.status {
                    Status::Ready => html! {
                        <button
                            key={id.to_string()}
                            type="button"
                            style={shape.clone()}
                            aria-pressed={(props.selected == Some(id)).to_string()}
                            aria-label={format!("Use take {number}")}
                            title={if take.stale { format!("Take {number}, of a prompt that has changed since") } else { format!("Take {number}") }}
                            onclick={props.onselect.reform(move |_: MouseEvent| id)}
                        >
                            <img src={take.thumbnail_url.clone().or_else(|| take.url.clone())} alt="" loading="lazy" decoding="async" />
                            if take.stale { <span class="stale" /> }
                        </button>
                    },
                    Status::Failed => {
                        let why = take.error.as_ref().map(|error| error.message.clone()).unwrap_or_default();
                        html! { <span key={id.to_string()} class="one failed" style={shape.clone()} role="img" aria-label={format!("Take {number} failed: {why}")} title={why}>{ glyph(Icon::Error, 16) }</span> }
                    }
                    _ => html! { <span key={id.to_string()} class="one" style={shape.clone()} role="img" aria-label={format!("Take {number} is being made")}>{ spinner() }</span> },
                }
            }) }
        </div>
    }
}
