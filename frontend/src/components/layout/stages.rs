//! The four stages of a project, with how much of each is done.

use yew::prelude::*;

use super::RouteLink;
use crate::{
    components::ui::{Icon, glyph},
    design::style,
    routes::{Route, Stage},
};

/// How far one stage is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StageCount {
    /// Which.
    pub stage: Stage,
    /// Its page.
    pub to: Route,
    /// How many are done.
    pub done: usize,
    /// Out of how many.
    pub total: usize,
    /// Whether work is under way.
    pub active: bool,
}

/// Props of [`StageBar`].
#[derive(PartialEq, Properties)]
pub struct StageBarProps {
    /// The stages, in order.
    pub stages: Vec<StageCount>,
    /// The one that is shown.
    pub current: Stage,
}

/// The four stages.
#[component]
pub fn StageBar(props: &StageBarProps) -> Html {
    let style = style!(
        r#"
        display: flex;
        align-items: center;
        gap: 2px;

        & a { position: relative; display: flex; align-items: center; justify-content: center; gap: 0.35rem; min-width: var(--control-sm); height: var(--control-sm); padding: 0 var(--space-2); border-radius: var(--radius-full); color: var(--text-muted); font-size: var(--text-sm); text-decoration: none; white-space: nowrap; }
        & a:hover { background: var(--hover); color: var(--text); }
        & a[aria-current] { background: var(--selected); color: var(--text); }
        & .count { color: var(--text-faint); }
        & a[aria-current] .count { color: var(--text-muted); }
        & .done { display: inline-flex; color: var(--ok); }
        & .active { color: var(--accent); }
        @media (max-width: 60rem) {
            & a:not([aria-current]) .name { position: absolute; width: 1px; overflow: clip; clip-path: inset(50%); }
        }
        @media (max-width: 52rem) {
            & .name { position: absolute; width: 1px; overflow: clip; clip-path: inset(50%); }
        }
        /* The bar below leads to the others. */
        @media (max-width: 40rem) {
            & a:not([aria-current]) { display: none; }
        }
        "#
    );
    html! {
        <nav class={style} aria-label="Stages">
            { for props.stages.iter().map(|stage| {
                let done = stage.total > 0 && stage.done >= stage.total;
                let state = if stage.active { "active" } else if done { "done" } else { "count" };
                html! {
                    <RouteLink to={stage.to} current={stage.stage == props.current} tip={stage.stage.label()}>
                        <span class="name">{ stage.stage.label() }</span>
                        <span class={classes!(state, "tabular")}>
                            if done && stage.stage != Stage::Script && !stage.active {
                                { glyph(Icon::Done, 13) }<span class="visually-hidden">{ "done" }</span>
                            } else if stage.stage == Stage::Script {
                                { stage.total }
                            } else {
                                { format!("{}/{}", stage.done, stage.total) }
                            }
                        </span>
                    </RouteLink>
                }
            }) }
        </nav>
    }
}
