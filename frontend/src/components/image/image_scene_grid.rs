//! All scenes with their pictures.

use std::rc::Rc;

use shared::{project::AspectRatio, scene::Scene};
use yew::prelude::*;

use crate::design::style;

use super::image_scene_card::{ImageActs, ImageSceneCard};

/// Props of [`ImageSceneGrid`].
#[derive(PartialEq, Properties)]
pub struct ImageSceneGridProps {
    /// The scenes, in order.
    pub scenes: Rc<Vec<Rc<Scene>>>,
    /// The shape of the pictures.
    pub shape: AspectRatio,
    /// What is done from each of them.
    pub acts: ImageActs,
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
                    acts={props.acts.clone()}
                />
            }) }
        </ol>
    }
}
