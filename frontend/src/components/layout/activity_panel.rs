//! Activity: everything that runs, waits or failed, with cancel and retry, behind one button.

use shared::record::Status;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    components::ui::{Button, ButtonSize, ButtonVariant, Icon, IconButton, Progress, glyph, spinner},
    design::style,
    format,
    hooks::{use_id, use_steady},
    state::{
        activity::{self, ActivityLog, Item},
        library::Library,
        project::OpenProject,
        use_selector,
    },
};

/// The button, and the list that it opens.
#[component]
pub fn ActivityPanel() -> Html {
    let style = style!(
        r#"
        & > button { display: inline-flex; align-items: center; justify-content: center; gap: var(--space-2); min-width: var(--control); height: var(--control); padding: 0 var(--space-2); border: 0; border-radius: var(--radius-md); background: transparent; color: var(--text-muted); font-size: var(--text-sm); }
        & > button:hover { background: var(--hover); color: var(--text); }
        & > button.active { color: var(--accent); }
        & > button.failed { color: var(--danger); }
        & > [popover] { position: fixed; inset: calc(var(--header) + 2px) var(--space-4) auto auto; width: min(25rem, calc(100vw - 2rem)); max-height: min(32rem, calc(100dvh - 6rem)); margin: 0; padding: 0; border: 1px solid var(--line-strong); border-radius: var(--radius-lg); background: var(--overlay); color: var(--text); box-shadow: var(--shadow-lg); overflow: auto; }
        & header { position: sticky; top: 0; display: flex; align-items: center; gap: var(--space-1); min-height: var(--header); padding: 0 var(--space-3) 0 var(--space-4); background: var(--overlay); border-bottom: 1px solid var(--line); }
        & h2 { flex: 1; }
        & .none { padding: var(--space-8) var(--space-4); color: var(--text-faint); text-align: center; }
        & li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: var(--space-1) var(--space-3); align-items: center; padding: var(--space-3) var(--space-3) var(--space-3) var(--space-4); }
        & li + li { border-top: 1px solid var(--line); }
        & .what { font-weight: var(--weight-medium); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        & .where { color: var(--text-faint); font-size: var(--text-sm); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        & .why { grid-column: 1 / -1; color: var(--danger); font-size: var(--text-sm); }
        & .bar { grid-column: 1 / -1; }
        "#
    );
    let items = use_selector(|log: &ActivityLog| log.items.clone());
    let id = use_id("activity");
    let active = items.iter().filter(|item| !item.status.is_finished()).count();
    let failed = items.len() - active;
    let tone = if active > 0 {
        Some("active")
    } else if failed > 0 {
        Some("failed")
    } else {
        None
    };
    html! {
        <div class={style}>
            <button type="button" class={classes!(tone)} popovertarget={id.clone()} data-tip="Activity" aria-label={summary(active, failed)}>
                if active > 0 { { spinner() } } else { { glyph(Icon::Activity, 16) } }
                if active > 0 { <span class="tabular">{ active }</span> } else if failed > 0 { <span class="tabular">{ failed }</span> }
            </button>
            <section {id} popover="auto" aria-label="Activity">
                <header>
                    <h2>{ "Activity" }</h2>
                    if failed > 1 { <Button size={ButtonSize::Small} variant={ButtonVariant::Ghost} onclick={|()| activity::retry_failed()}>{ "Retry all" }</Button> }
                    if failed > 0 { <Button size={ButtonSize::Small} variant={ButtonVariant::Ghost} onclick={|()| activity::clear_failed()}>{ "Clear failures" }</Button> }
                </header>
                if items.is_empty() {
                    <p class="none">{ "Nothing is running." }</p>
                } else {
                    <ul aria-live="polite">{ for items.iter().map(|item| html! { <Row key={item.id.to_string()} item={item.clone()} /> }) }</ul>
                }
            </section>
        </div>
    }
}

fn summary(active: usize, failed: usize) -> String {
    match (active, failed) {
        (0, 0) => "Activity".to_owned(),
        (0, failed) => format!("Activity: {failed} failed"),
        (active, _) => format!("Activity: {active} in progress"),
    }
}

#[derive(PartialEq, Properties)]
struct RowProps {
    item: Item,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let item = props.item.clone();
    let (project, scene) = (item.project, item.scene);
    let title = use_selector(move |library: &Library| library.find(project).map(|project| project.title.clone()));
    let number = use_selector(move |open: &OpenProject| scene.and_then(|id| open.number_of(id)));
    let (kind, _) = item.words();
    let what = match *number {
        Some(number) => format!("{kind}, scene {number}"),
        None => kind.to_owned(),
    };
    let status = match item.status {
        Status::Queued => "Waiting".to_owned(),
        Status::Running => item.progress.map_or_else(|| "Running".to_owned(), format::percent),
        Status::Failed => "Failed".to_owned(),
        Status::Ready | Status::Canceled => "Done".to_owned(),
    };
    let remaining = use_steady(item.remaining.filter(|_| item.status == Status::Running)).map(format::remaining);
    let place = [Some(status), remaining, (*title).clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let cancel = {
        let item = item.clone();
        Callback::from(move |()| spawn_local(activity::cancel(item.clone())))
    };
    let retry = {
        let item = item.clone();
        Callback::from(move |()| spawn_local(activity::retry(item.clone())))
    };
    html! {
        <li>
            <div>
                <div class="what">{ &what }</div>
                <div class="where">{ place }</div>
            </div>
            if item.status == Status::Failed {
                <IconButton icon={Icon::Retry} size={ButtonSize::Small} label={format!("Retry {what}")} once=true onclick={retry} />
            } else {
                <IconButton icon={Icon::Close} size={ButtonSize::Small} label={format!("Cancel {what}")} once=true onclick={cancel} />
            }
            if item.status == Status::Running {
                <div class="bar"><Progress label={what.clone()} value={item.progress} /></div>
            }
            if let Some(error) = item.error.as_ref().filter(|_| item.status == Status::Failed) {
                <p class="why">{ &error.message }</p>
            }
        </li>
    }
}
