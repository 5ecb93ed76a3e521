//! Pictures of the project that a new one should resemble.

use std::rc::Rc;

use shared::{ImageId, image::ImageAsset};
use yew::prelude::*;

use crate::{
    design::style,
    state::{project::OpenProject, use_selector},
};

/// Props of [`ReferencePicker`].
#[derive(PartialEq, Properties)]
pub struct ReferencePickerProps {
    /// What it is called.
    pub label: AttrValue,
    /// How many at most.
    pub max: usize,
    /// Those that are chosen, in order.
    pub chosen: Vec<ImageId>,
    /// When one is chosen, or is no more.
    pub ontoggle: Callback<ImageId>,
}

/// Pictures to resemble, from those that the project has.
#[component]
pub fn ReferencePicker(props: &ReferencePickerProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-1);
        min-width: 0;

        & > span { color: var(--text-muted); font-size: var(--text-sm); font-weight: var(--weight-medium); }
        & > p { color: var(--text-faint); font-size: var(--text-sm); }
        & button { position: relative; flex: none; width: 4rem; height: 3rem; padding: 0; border: 0; border-radius: var(--radius-sm); overflow: hidden; background: var(--sunken); box-shadow: 0 0 0 1px var(--line); opacity: 0.7; }
        & button:hover { opacity: 1; }
        & button[aria-pressed="true"] { opacity: 1; box-shadow: 0 0 0 2px var(--text); }
        & button:disabled { opacity: 0.3; }
        & img { width: 100%; height: 100%; object-fit: cover; }
        & b { position: absolute; right: 2px; top: 2px; min-width: 1.1rem; padding: 0 0.25rem; border-radius: var(--radius-full); background: var(--media-chip); color: var(--on-media); font-size: var(--text-xs); }
        "#
    );
    let known = use_selector(|open: &OpenProject| open.pictures().cloned().collect::<Vec<Rc<ImageAsset>>>());
    let full = props.chosen.len() >= props.max;
    html! {
        <div class={style} role="group" aria-label={props.label.clone()}>
            <span>{ format!("{} ({} of {})", props.label, props.chosen.len(), props.max) }</span>
            if known.is_empty() {
                <p>{ "Images of this project can be chosen here, once there are some." }</p>
            } else {
                <div class="strip">
                    { for known.iter().enumerate().map(|(index, take)| {
                        let id = take.id;
                        let place = props.chosen.iter().position(|chosen| *chosen == id);
                        let onclick = props.ontoggle.reform(move |_: MouseEvent| id);
                        html! {
                            <button type="button" aria-pressed={place.is_some().to_string()} disabled={full && place.is_none()} aria-label={format!("Resemble image {}", index + 1)} {onclick}>
                                <img src={take.thumbnail_url.clone().or_else(|| take.url.clone())} alt="" loading="lazy" decoding="async" />
                                if let Some(place) = place { <b class="tabular">{ place + 1 }</b> }
                            </button>
                        }
                    }) }
                </div>
            }
        </div>
    }
}
