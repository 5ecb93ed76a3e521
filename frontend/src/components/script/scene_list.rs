//! All scenes of a script, in order.

use std::rc::Rc;

use shared::{SceneId, scene::Scene};
use wasm_bindgen::JsCast;
use yew::prelude::*;

pub use super::scene_card::SceneAction;
use super::scene_card::{Gap, SceneCard};
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
    /// The one that has just been added, and where in its words the cursor belongs (in UTF-16 units).
    #[prop_or_default]
    pub added: Option<(SceneId, u32)>,
    /// What is to be done with one of them; the same for as long as the page is there, so that a keystroke in one scene
    /// draws only that scene again.
    pub onaction: Callback<(SceneId, SceneAction)>,
    /// When one is dragged before or behind another.
    pub onmove: Callback<(SceneId, SceneId, Gap)>,
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
    let dragged = use_state(|| None::<SceneId>);
    let over = use_state(|| None::<(SceneId, Gap)>);
    let ondragstart = {
        let dragged = dragged.clone();
        Callback::from(move |event: DragEvent| {
            // Words that are selected can be dragged as well; they go where the browser lets them.
            if closest(&event, "[draggable=true]").is_none() {
                return;
            }
            if let (Some((row, id)), Some(data)) = (row_of(&event), event.data_transfer()) {
                data.set_effect_allowed("move");
                // What is carried is known here; a browser starts no drag without data. As text, a field would take it.
                let _ = data.set_data("application/x-scene", &id.to_string());
                data.set_drag_image(&row, 16, 16);
                dragged.set(Some(id));
            }
        })
    };
    let ondragover = {
        let (dragged, over) = (dragged.clone(), over.clone());
        Callback::from(move |event: DragEvent| {
            if let (Some((row, id)), Some(moved)) = (row_of(&event), *dragged) {
                event.prevent_default();
                let rect = row.get_bounding_client_rect();
                let upper = f64::from(event.client_y()) < rect.top() + rect.height() / 2.0;
                let here = Some((id, if upper { Gap::Before } else { Gap::Behind })).filter(|_| id != moved);
                if *over != here {
                    over.set(here);
                }
            }
        })
    };
    let ondrop = {
        let (dragged, over, onmove) = (dragged.clone(), over.clone(), props.onmove.clone());
        Callback::from(move |event: DragEvent| {
            if let (Some(moved), Some((id, gap))) = (*dragged, *over) {
                event.prevent_default();
                onmove.emit((moved, id, gap));
            }
        })
    };
    let ondragend = {
        let (dragged, over) = (dragged.clone(), over.clone());
        Callback::from(move |_: DragEvent| {
            dragged.set(None);
            over.set(None);
        })
    };
    html! {
        <div class={style}>
            <ol aria-label="Scenes" {ondragstart} {ondragover} {ondrop} {ondragend}>
                { for props.scenes.iter().enumerate().map(|(index, scene)| html! {
                    <SceneCard
                        key={scene.id.to_string()}
                        scene={scene.clone()}
                        number={index + 1}
                        last={index + 1 == count}
                        fixed={props.writing}
                        language={props.language.clone()}
                        focused={props.added.filter(|(id, _)| *id == scene.id).map(|(_, at)| at)}
                        gap={over.filter(|(id, _)| *id == scene.id).map(|(_, gap)| gap)}
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
                <div class="more"><Button icon={Icon::Add} once=true onclick={props.onadd.clone()}>{ "Add scene" }</Button></div>
            }
        </div>
    }
}

/// The scene that an event happens in.
fn row_of(event: &DragEvent) -> Option<(web_sys::Element, SceneId)> {
    let row = closest(event, "li[data-scene]")?;
    let id = row.get_attribute("data-scene")?.parse().ok()?;
    Some((row, id))
}

fn closest(event: &DragEvent, css: &str) -> Option<web_sys::Element> {
    event.target()?.dyn_into::<web_sys::Element>().ok()?.closest(css).ok()?
}
