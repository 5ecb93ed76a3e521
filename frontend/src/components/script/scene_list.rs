//! All scenes of a script, in order.

use std::rc::Rc;

use shared::{SceneId, scene::Scene};
use yew::prelude::*;

pub use super::scene_card::SceneAction;
use super::scene_card::SceneCard;
use crate::components::ui::{Button, Icon, skeleton, spinner};
use crate::design::style;

/// Props of [`SceneList`].
#[derive(PartialEq, Properties)]
pub struct SceneListProps {
    /// The scenes, in order.
    pub scenes: Vec<Rc<Scene>>,
    /// The language of their words.
    pub language: AttrValue,
    /// Whether more are being written.
    pub writing: bool,
    /// The one that has just been added.
    #[prop_or_default]
    pub added: Option<SceneId>,
    /// What is to be done with one of them; the same for as long as the page is there, so that a keystroke in one scene
    /// draws only that scene again.
    pub onaction: Callback<(SceneId, SceneAction)>,
    /// Adds one at the end.
    pub onadd: Callback<()>,
}

/// All scenes of a script.
#[component]
pub fn SceneList(props: &SceneListProps) -> Html {
    let style = style!(
        r#"
        & > ol > li:first-child { border-top-color: transparent; }
        & > .more { display: flex; padding: var(--space-4) 0 0 2.75rem; border-top: 1px solid var(--line); }
        & > .writing { display: grid; gap: var(--space-2); padding: var(--space-4) 0 var(--space-4) 2.75rem; border-top: 1px solid var(--line); }
        & > .writing > p { display: flex; align-items: center; gap: var(--space-2); color: var(--accent); }
        "#
    );
    let count = props.scenes.len();
    html! {
        <div class={style}>
            <ol aria-label="Scenes">
                { for props.scenes.iter().enumerate().map(|(index, scene)| html! {
                    <SceneCard
                        key={scene.id.to_string()}
                        scene={scene.clone()}
                        number={index + 1}
                        last={index + 1 == count}
                        language={props.language.clone()}
                        focused={props.added == Some(scene.id)}
                        onaction={props.onaction.clone()}
                    />
                }) }
            </ol>
            if props.writing {
                <div class="writing" role="status">
                    <p>{ spinner() }{ "Writing the script" }</p>
                    { skeleton("90%", "1.1em") }
                    { skeleton("70%", "1.1em") }
                </div>
            } else {
                <div class="more"><Button icon={Icon::Add} onclick={props.onadd.clone()}>{ "Add scene" }</Button></div>
            }
        </div>
    }
}
