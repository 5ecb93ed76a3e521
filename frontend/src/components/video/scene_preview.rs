//! A scene by itself, as the film would show it now: asked for when the window opens, and played as soon as it is there.

use std::rc::Rc;

use shared::{ApiError, ErrorCode, ProjectId};
use yew::prelude::*;

use crate::{
    components::{
        layout::RouteLink,
        ui::{ErrorState, Modal, skeleton},
    },
    design::style,
    routes::Stage,
    state::{
        player,
        preview::{self, Preview},
    },
};

/// Props of [`ScenePreview`].
#[derive(PartialEq, Properties)]
pub struct ScenePreviewProps {
    /// Of which project.
    pub project: ProjectId,
    /// Its number, from 1.
    pub number: usize,
    /// What it is called.
    pub title: AttrValue,
    /// The shape of the project.
    pub shape: (u32, u32),
    /// Where the preview is.
    pub address: AttrValue,
    /// When it is closed.
    pub onclose: Callback<()>,
}

/// A scene by itself.
#[component]
pub fn ScenePreview(props: &ScenePreviewProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-3);

        & .screen { width: 100%; margin: 0 auto; border-radius: var(--radius-md); overflow: hidden; }
        & .screen video { display: block; width: 100%; height: 100%; background: var(--media); object-fit: cover; }
        & .ways { display: flex; flex-wrap: wrap; justify-content: center; gap: var(--space-4); }
        "#
    );
    let answer = use_state(|| None::<Result<Rc<Preview>, ApiError>>);
    let tries = use_state(|| 0_u32);
    use_effect_with((props.address.clone(), *tries), {
        let answer = answer.clone();
        move |(address, _)| {
            answer.set(None);
            let asked = preview::ask(address.to_string(), Callback::from(move |told| answer.set(Some(told))));
            move || drop(asked)
        }
    });
    let (across, down) = props.shape;
    let frame = format!("aspect-ratio: {across} / {down}; max-width: calc(min(60vh, 34rem) * {across} / {down})");
    let content = match &*answer {
        None => html! {
            <div class="screen" style={frame} role="status" aria-label="Making the preview">{ skeleton("100%", "100%") }</div>
        },
        Some(Ok(preview)) => html! {
            <div class="screen" style={frame}>
                <video src={preview.url.clone()} controls=true autoplay=true playsinline=true aria-label={format!("Preview of scene {}", props.number)} onplay={|_: Event| player::pause()} />
            </div>
        },
        Some(Err(error)) => {
            let again = Callback::from(move |()| tries.set(*tries + 1));
            html! {
                <>
                    <ErrorState title="There is no preview" message={error.message.clone()} onretry={(error.code != ErrorCode::Conflict).then_some(again)} />
                    <p class="ways">
                        { for ways(error).into_iter().map(|(stage, words)| html! { <RouteLink to={stage.of(props.project)}>{ words }</RouteLink> }) }
                    </p>
                </>
            }
        }
    };
    html! {
        <Modal title={format!("Scene {}: {}", props.number, props.title)} wide=true onclose={props.onclose.clone()}>
            <div class={style}>{ content }</div>
        </Modal>
    }
}

/// Where what is missing is made.
fn ways(error: &ApiError) -> Vec<(Stage, &'static str)> {
    let missing = error.details.get("scenes").map(|scenes| &scenes[0]["missing"]);
    let lacks = |what: &str| missing.and_then(|missing| missing.as_array()).is_some_and(|missing| missing.iter().any(|one| one == what));
    let ways = [("audio", Stage::Audio, "Go to its narration"), ("image", Stage::Image, "Go to its image")];
    ways.into_iter().filter(|(what, ..)| lacks(what)).map(|(_, stage, words)| (stage, words)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_missing_leads_to_where_it_is_made() {
        let error = ApiError::new(ErrorCode::Conflict, "It lacks an image.").with("scenes", json!([{"position": 0, "missing": ["image"]}]));
        assert_eq!(ways(&error), [(Stage::Image, "Go to its image")]);
        assert_eq!(ways(&ApiError::new(ErrorCode::Unavailable, "Away.")), []);
    }
}
