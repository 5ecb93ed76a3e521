//! Where one can go: the four stages of the open project, and the settings.

use shared::event::RecordKind;
use yew::prelude::*;
use yew_router::prelude::*;

use super::RouteLink;
use crate::{
    components::ui::{Icon, glyph},
    design::style,
    routes::{Route, Stage},
    state::{activity::ActivityLog, ui, ui::Ui, use_selector},
};

/// The sidebar; on a phone, the bar below.
#[component]
pub fn Sidebar() -> Html {
    let style = style!(
        r#"
        display: flex;
        flex-direction: column;
        align-items: center;
        gap: var(--space-1);
        padding: var(--space-3) 0;
        border-right: 1px solid var(--line);
        background: var(--surface);

        & .mark { display: grid; place-items: center; width: 2.25rem; height: 2.25rem; margin-bottom: var(--space-3); border-radius: var(--radius-md); }
        & .mark svg { width: 1.75rem; height: 1.75rem; }
        & .mark rect { fill: var(--raised); stroke: var(--line-strong); }
        & .mark path:first-of-type { fill: none; stroke: var(--text); stroke-width: 2; stroke-linejoin: round; }
        & .mark path:last-of-type { fill: var(--accent); }
        & .item {
            position: relative;
            display: grid;
            justify-items: center;
            gap: 0.2rem;
            width: calc(var(--rail) - 1rem);
            padding: 0.5rem 0 0.4rem;
            border-radius: var(--radius-md);
            color: var(--text-muted);
            font-size: var(--text-xs);
            font-weight: var(--weight-medium);
            text-decoration: none;
            transition: background var(--quick), color var(--quick);
        }
        & button.item { border: 0; background: transparent; }
        & a.item:hover, & button.item:hover { background: var(--hover); color: var(--text); }
        & .item[aria-current] { background: var(--selected); color: var(--text); }
        & .item[aria-disabled] { opacity: 0.4; }
        & .item .mark-run, & .item .mark-fail { position: absolute; top: 0.25rem; left: calc(50% + 0.35rem); min-width: 1rem; height: 1rem; padding: 0 0.25rem; border: 2px solid var(--surface); border-radius: var(--radius-full); font-size: 0.625rem; line-height: 0.8rem; text-align: center; white-space: nowrap; }
        & .mark-run { background: var(--accent); color: var(--bg); font-weight: var(--weight-strong); }
        & .mark-fail { background: var(--danger); min-width: 0.75rem; width: 0.75rem; height: 0.75rem; padding: 0; }
        & .space { flex: 1; }

        @media (max-width: 40rem) {
            flex-direction: row;
            justify-content: space-around;
            gap: 0;
            padding: var(--space-1) var(--space-1) calc(var(--space-1) + env(safe-area-inset-bottom));
            border-right: 0;
            border-top: 1px solid var(--line);
            & .mark, & .space, & .keys { display: none; }
            & .item { flex: 1; width: auto; max-width: 5rem; }
        }
        "#
    );
    let route = use_route::<Route>();
    let last = *use_selector(|ui: &Ui| ui.last_project);
    let project = route.and_then(Route::project).or(last);
    html! {
        <nav class={style} aria-label="Main">
            <RouteLink to={Route::New} class="mark" tip="New project (N)">
                <svg viewBox="0 0 32 32" aria-hidden="true"><rect x="0.5" y="0.5" width="31" height="31" rx="8" /><path d="M9 8.5h14v15H9z" /><path d="M14 12.6v6.8l5.6-3.4z" /></svg>
                <span class="visually-hidden">{ "New project" }</span>
            </RouteLink>
            { for Stage::ALL.into_iter().map(|stage| {
                let current = route.and_then(Route::stage) == Some(stage);
                html! { <StageItem {stage} to={project.map(|id| stage.of(id))} {current} /> }
            }) }
            <span class="space" />
            <button type="button" class="item keys" data-tip="Keys (?)" aria-label="Keys" onclick={|_| ui::set_help(true)}>{ glyph(Icon::Keyboard, 18) }</button>
            <RouteLink to={Route::Settings} class="item" current={route == Some(Route::Settings)}>
                { glyph(Icon::Settings, 18) }{ "Settings" }
            </RouteLink>
        </nav>
    }
}

#[derive(PartialEq, Properties)]
struct StageItemProps {
    stage: Stage,
    to: Option<Route>,
    current: bool,
}

#[component]
fn StageItem(props: &StageItemProps) -> Html {
    let kind = match props.stage {
        Stage::Script => RecordKind::Project,
        Stage::Audio => RecordKind::Audio,
        Stage::Image => RecordKind::Image,
        Stage::Video => RecordKind::Video,
    };
    let work = use_selector(move |log: &ActivityLog| (log.active(kind), log.failed(kind)));
    let (active, failed) = *work;
    let icon = match props.stage {
        Stage::Script => Icon::Script,
        Stage::Audio => Icon::Audio,
        Stage::Image => Icon::Image,
        Stage::Video => Icon::Video,
    };
    let content = html! {
        <>
            { glyph(icon, 18) }
            { props.stage.label() }
            if active > 0 {
                <span class="mark-run tabular"><span aria-hidden="true">{ if active > 99 { "99+".to_owned() } else { active.to_string() } }</span><span class="visually-hidden">{ format!(", {active} in progress") }</span></span>
            } else if failed {
                <span class="mark-fail"><span class="visually-hidden">{ ", something failed" }</span></span>
            }
        </>
    };
    match props.to {
        Some(to) => html! { <RouteLink {to} class="item" current={props.current}>{ content }</RouteLink> },
        None => html! { <span class="item" aria-disabled="true" tabindex="0" data-tip="Open a project first">{ content }</span> },
    }
}
