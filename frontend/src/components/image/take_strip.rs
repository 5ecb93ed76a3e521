//! A scene's takes, small and side by side, to choose from.

use shared::{image::ImageAsset, project::AspectRatio, record::Status, video::VideoClip};
use uuid::Uuid;
use yew::prelude::*;

use crate::{
    components::ui::{Icon, glyph, spinner},
    design::style,
    state::take::Take,
};

/// A take, as far as it is shown small.
#[derive(Clone, Debug, PartialEq)]
pub struct StripTake {
    id: Uuid,
    status: Status,
    stale: bool,
    picture: Option<String>,
    why: Option<String>,
}

impl StripTake {
    /// Of a picture.
    pub fn of_image(image: &ImageAsset) -> Self {
        Self::of(image, image.thumbnail_url.clone().or_else(|| image.url.clone()))
    }

    /// Of a clip.
    pub fn of_clip(clip: &VideoClip) -> Self {
        Self::of(clip, clip.poster_url.clone())
    }

    fn of(take: &impl Take, picture: Option<String>) -> Self {
        let why = take.error().map(|error| error.message.clone());
        Self { id: take.id(), status: take.status(), stale: take.stale(), picture, why }
    }
}

/// Props of [`TakeStrip`].
#[derive(PartialEq, Properties)]
pub struct TakeStripProps {
    /// What one is called: "Take".
    pub what: AttrValue,
    /// What choosing one does: "Use take".
    pub act: AttrValue,
    /// All takes, newest first.
    pub takes: Vec<StripTake>,
    /// The one that is chosen.
    pub chosen: Option<Uuid>,
    /// Their shape.
    pub shape: AspectRatio,
    /// When another is chosen.
    pub onchoose: Callback<Uuid>,
}

/// A scene's takes; nothing where there is no choice: the only one can be chosen where it is not.
#[component]
pub fn TakeStrip(props: &TakeStripProps) -> Html {
    let style = style!(
        r#"
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
    if shown.len() < 2 && shown.iter().all(|(_, take)| take.status != Status::Ready || props.chosen == Some(take.id)) {
        return Html::default();
    }
    html! {
        <div class={classes!("strip", style)} role="group" aria-label={format!("{}s", props.what)}>
            { for shown.into_iter().map(|(index, take)| {
                let id = take.id;
                let name = format!("{} {}", props.what, count - index);
                match take.status {
                    Status::Ready => html! {
                        <button
                            key={id.to_string()}
                            type="button"
                            style={shape.clone()}
                            aria-pressed={(props.chosen == Some(id)).to_string()}
                            aria-label={format!("{} {}", props.act, count - index)}
                            data-tip={if take.stale { format!("{name}, of a prompt that has changed since") } else { name }}
                            onclick={props.onchoose.reform(move |_: MouseEvent| id)}
                        >
                            <img src={take.picture.clone()} alt="" loading="lazy" decoding="async" />
                            if take.stale { <span class="stale" /> }
                        </button>
                    },
                    Status::Failed => {
                        let why = take.why.clone().unwrap_or_default();
                        html! { <span key={id.to_string()} class="one failed" style={shape.clone()} role="img" aria-label={format!("{name} failed: {why}")} data-tip={why}>{ glyph(Icon::Error, 16) }</span> }
                    }
                    _ => html! { <span key={id.to_string()} class="one" style={shape.clone()} role="img" aria-label={format!("{name} is being made")}>{ spinner() }</span> },
                }
            }) }
        </div>
    }
}
