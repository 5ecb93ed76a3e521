//! All scenes with their pictures.

use std::rc::Rc;

use shared::{ImageId, SceneId, project::AspectRatio, scene::Scene};
use yew::prelude::*;

use crate::design::style;

use super::image_scene_card::ImageSceneCard;

/// Props of [`ImageSceneGrid`].
#[derive(PartialEq, Properties)]
pub struct ImageSceneGridProps {
    /// The scenes, in order.
    pub scenes: Rc<Vec<Rc<Scene>>>,
    /// The shape of the pictures.
    pub shape: AspectRatio,
    /// When a scene's picture is to be made with the style of the page.
    pub ongenerate: Callback<SceneId>,
    /// When a scene's picture is to be looked at.
    pub onopen: Callback<SceneId>,
    /// When a scene is to move.
    pub onmove: Callback<SceneId>,
    /// When another take is chosen.
    pub onselect: Callback<(SceneId, ImageId)>,
}

/// All scenes with their pictures.
#[component]
pub fn ImageSceneGrid(props: &ImageSceneGridProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(var(--card), 1fr));
        gap: var(--space-5) var(--space-4);
        "#
    );
    let card = match props.shape {
        AspectRatio::Landscape => "min(17rem, 100%)",
        AspectRatio::Square | AspectRatio::Tall => "min(13rem, calc(50% - 1rem))",
        AspectRatio::Portrait => "min(11rem, calc(50% - 1rem))",
    };
    html! {
        <ol class={style} style={format!("--card: {card}")} aria-label="Scenes">
            { for props.scenes.iter().enumerate().map(|(index, scene)| html! {
                <ImageSceneCard
                    key={scene.id.to_string()}
                    scene={scene.clone()}
                    number={index + 1}
                    shape={props.shape}
                    ongenerate={props.ongenerate.clone()}
                    onopen={props.onopen.clone()}
                    onmove={props.onmove.clone()}
                    onselect={props.onselect.clone()}
                />
            }) }
        </ol>
    }
}
