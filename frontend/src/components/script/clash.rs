//! The same words changed in two places: both are shown, and the person chooses.

use std::rc::Rc;

use shared::scene::Scene;
use yew::prelude::*;

use crate::{
    components::ui::{Button, ButtonSize, ButtonVariant},
    design::style,
    state::drafts::{self, Typed},
};

/// Props of [`Clash`].
#[derive(PartialEq, Properties)]
pub struct ClashProps {
    /// The scene as the other left it.
    pub scene: Rc<Scene>,
    /// What was typed here.
    pub typed: Typed,
    /// Which way the words run.
    pub dir: AttrValue,
    /// When one was chosen.
    pub onchosen: Callback<()>,
}

/// Both versions, side by side.
#[component]
pub fn Clash(props: &ClashProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-3);
        margin: var(--space-2) 0 var(--space-1) var(--space-2);
        padding: var(--space-3) var(--space-4);
        border: 1px solid var(--accent);
        border-radius: var(--radius-md);
        background: var(--accent-soft);

        & > p { font-weight: var(--weight-medium); }
        & > dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(16rem, 100%), 1fr)); gap: var(--space-3); }
        & dt { color: var(--text-muted); font-size: var(--text-sm); }
        & dd { max-height: 14rem; overflow: auto; white-space: pre-wrap; line-height: var(--leading-text); }
        & > .choice { display: flex; flex-wrap: wrap; gap: var(--space-2); }
        "#
    );
    let decide = |mine: bool| {
        let (id, onchosen) = (props.scene.id, props.onchosen.clone());
        move |()| {
            drafts::decide(id, mine);
            onchosen.emit(());
        }
    };
    html! {
        <div class={style}>
            <p role="alert">{ "This was changed elsewhere while you were typing. Which words should stay?" }</p>
            { for props.typed.clashes(&props.scene).into_iter().map(|field| html! {
                <dl>
                    <div>
                        <dt>{ format!("{}, yours", field.label()) }</dt>
                        <dd dir={props.dir.clone()} tabindex="0">{ props.typed.text.get(field).unwrap_or_default() }</dd>
                    </div>
                    <div>
                        <dt>{ format!("{}, theirs", field.label()) }</dt>
                        <dd dir={props.dir.clone()} tabindex="0">{ field.of(&props.scene) }</dd>
                    </div>
                </dl>
            }) }
            <div class="choice">
                <Button variant={ButtonVariant::Primary} size={ButtonSize::Small} onclick={decide(true)}>{ "Keep mine" }</Button>
                <Button size={ButtonSize::Small} onclick={decide(false)}>{ "Take theirs" }</Button>
            </div>
        </div>
    }
}
