//! The top of every page: what it is, how far it is, and its one primary action.

use yew::prelude::*;
use yew_router::prelude::*;

use super::activity_panel::ActivityPanel;
use crate::{
    components::ui::{Button, ButtonVariant, Icon, IconButton},
    design::style,
    hooks::use_primary_shortcut,
    routes::Route,
    state::ui,
};

/// The page's one primary action.
#[derive(Clone, PartialEq)]
pub struct PrimaryAction {
    /// What it does: a verb.
    pub label: AttrValue,
    /// Before the words.
    pub icon: Option<Icon>,
    /// Whether it is under way.
    pub busy: bool,
    /// Why it cannot be done now.
    pub blocked: Option<AttrValue>,
    /// Does it.
    pub run: Callback<()>,
}

/// Props of [`PageHeader`].
#[derive(PartialEq, Properties)]
pub struct PageHeaderProps {
    /// What the page is about: a title, or a field for one.
    pub title: Html,
    /// How far it is.
    #[prop_or_default]
    pub stages: Html,
    /// What else can be done.
    #[prop_or_default]
    pub tools: Html,
    /// Its one primary action.
    #[prop_or_default]
    pub primary: Option<PrimaryAction>,
}

/// The top of a page.
#[component]
pub fn PageHeader(props: &PageHeaderProps) -> Html {
    let style = style!(
        r#"
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2);
        flex: none;
        min-height: var(--header);
        padding: var(--space-2) var(--space-4) var(--space-2) var(--space-3);
        border-bottom: 1px solid var(--line);
        background: var(--bg);

        & > .title { flex: 1 1 8rem; min-width: 0; }
        & > .title h1 { padding: 0 var(--space-2); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        & > .actions { display: flex; align-items: center; gap: var(--space-2); flex-wrap: wrap; justify-content: flex-end; min-width: 0; margin-inline-start: auto; }

        @media (max-width: 40rem) {
            padding: var(--space-2);
            & > .title { order: 1; flex-basis: 0; }
            & > .library { order: 0; }
            & > .activity { order: 2; }
            & > .stages { order: 2; }
            & > .actions { order: 3; flex: 1 0 100%; }
            & > .actions:empty { display: none; }
            /* What can be done with a project comes with it; its row is there before, so that the page below stays where it is. */
            &.project:has(> .title > [aria-hidden]) > .actions:empty { display: flex; height: var(--control); }
            /* Three stand in one row without their icons. */
            & > .actions:has(> :nth-child(3)) { gap: var(--space-1); }
            & > .actions:has(> :nth-child(3)) > button:not([aria-busy]) > span:first-child:not(:last-child) { display: none !important; }
            & > .actions > .primary { flex: 1 0 auto; }
        }
        "#
    );
    let primary = props.primary.clone().filter(|action| action.blocked.is_none() && !action.busy).map(|action| action.run);
    use_primary_shortcut(primary);
    let of_project = use_route::<Route>().and_then(Route::project).map(|_| "project");
    html! {
        <header class={classes!(style, of_project)}>
            <div class="library"><IconButton icon={Icon::Library} label="Library" onclick={|()| ui::show_or_hide_library()} /></div>
            <div class="title">{ props.title.clone() }</div>
            <div class="stages">{ props.stages.clone() }</div>
            <div class="activity"><ActivityPanel /></div>
            <div class="actions">
                { props.tools.clone() }
                if let Some(action) = &props.primary {
                    <Button
                        variant={ButtonVariant::Primary}
                        icon={action.icon}
                        busy={action.busy}
                        disabled={action.blocked.is_some()}
                        once=true
                        hint={action.blocked.clone().unwrap_or_else(|| "Ctrl+Enter, or ⌘ Enter".into())}
                        onclick={action.run.clone()}
                    >
                        { &action.label }
                    </Button>
                }
            </div>
        </header>
    }
}
