//! One project in the library: cover, title, age, how far it is, and what can be done with it.

use std::rc::Rc;

use shared::project::{Project, ScriptStatus};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;
use yew_router::prelude::*;

use super::RouteLink;
use crate::{
    clock,
    components::ui::{Button, ButtonVariant, Field, Icon, Input, Menu, MenuItem, Modal},
    design::style,
    format,
    hooks::use_id,
    routes::{Route, Stage},
    state::{library, titles, ui},
};

/// Props of [`LibraryRow`].
#[derive(PartialEq, Properties)]
pub struct LibraryRowProps {
    /// The project.
    pub project: Rc<Project>,
    /// Whether it is the one that is open.
    pub current: bool,
}

/// One project in the library.
#[component]
pub fn LibraryRow(props: &LibraryRowProps) -> Html {
    let style = style!(
        r#"
        position: relative;
        border-radius: var(--radius-md);

        &:hover { background: var(--hover); }
        &.current { background: var(--selected); }
        & > a { display: grid; grid-template-columns: 4rem minmax(0, 1fr); gap: var(--space-3); align-items: center; padding: var(--space-2); border-radius: inherit; text-decoration: none; }
        & .cover { display: grid; place-items: center; height: 2.25rem; border-radius: var(--radius-sm); background: var(--pressed); color: var(--text-faint); font-size: var(--text-sm); font-weight: var(--weight-strong); text-transform: uppercase; overflow: hidden; }
        & .cover img { width: 100%; height: 2.25rem; object-fit: cover; }
        & .title { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: var(--weight-medium); }
        & .about { display: flex; gap: var(--space-1); color: var(--text-faint); font-size: var(--text-xs); white-space: nowrap; overflow: hidden; }
        & .bar { display: flex; gap: 2px; margin-top: 0.3rem; }
        & .bar i { flex: 1; height: 2px; border-radius: var(--radius-full); background: linear-gradient(to right, var(--text-muted) var(--done), var(--line-strong) var(--done)); }
        & .menu { position: absolute; top: var(--space-1); right: var(--space-1); display: flex; opacity: 0; }
        &:hover .menu, &:focus-within .menu { opacity: 1; }
        &:hover .title, &:focus-within .title { margin-right: 1.5rem; }
        @media (pointer: coarse) {
            & .menu { opacity: 1; }
            & .title { margin-right: var(--control-sm); }
        }
        "#
    );
    let project = &props.project;
    let id = project.id;
    let renaming = use_state(|| false);
    let navigator = use_navigator();
    let to = use_route::<Route>().and_then(Route::stage).unwrap_or(Stage::Script).of(id);

    let rename = {
        let renaming = renaming.clone();
        Callback::from(move |()| renaming.set(true))
    };
    let duplicate = {
        let navigator = navigator.clone();
        Callback::from(move |()| {
            let navigator = navigator.clone();
            spawn_local(async move {
                if let (Some(copy), Some(navigator)) = (library::duplicate(id).await, navigator) {
                    navigator.push(&Route::Script { id: copy });
                }
            });
        })
    };
    let delete = {
        // From the project that is open one is led away, and back where it is taken back.
        let away = navigator.filter(|_| props.current);
        Callback::from(move |()| {
            let back = away.clone();
            library::delete(id, move || back.iter().for_each(|navigator| navigator.push(&to)));
            away.iter().for_each(|navigator| navigator.push(&Route::New));
        })
    };
    let items = vec![
        MenuItem { icon: Icon::Rename, label: "Rename".into(), danger: false, run: rename },
        MenuItem { icon: Icon::Duplicate, label: "Duplicate".into(), danger: false, run: duplicate },
        MenuItem { icon: Icon::Delete, label: "Delete".into(), danger: true, run: delete },
    ];
    html! {
        <li class={classes!(style, props.current.then_some("current"))}>
            <RouteLink {to} current={props.current} onfollow={|()| ui::set_drawer(false)}>
                <Cover project={project.clone()} />
                <div>
                    <div class="title" dir="auto" data-tip="">{ &project.title }</div>
                    <div class="about">{ about(project) }</div>
                    <Bar project={project.clone()} />
                </div>
            </RouteLink>
            <div class="menu"><Menu label={format!("Actions for {}", project.title)} {items} /></div>
            if *renaming {
                <RenameModal title={project.title.clone()} onclose={let renaming = renaming.clone(); Callback::from(move |()| renaming.set(false))} onrename={Callback::from(move |title| titles::rename(id, title))} />
            }
        </li>
    }
}

#[derive(PartialEq, Properties)]
struct ProjectProps {
    project: Rc<Project>,
}

#[component]
fn Cover(props: &ProjectProps) -> Html {
    let initial: String = props.project.title.chars().take(1).collect();
    html! {
        <div class="cover" aria-hidden="true">
            if let Some(url) = &props.project.cover_url {
                <img src={url.clone()} alt="" loading="lazy" decoding="async" />
            } else {
                { initial }
            }
        </div>
    }
}

/// Four strokes: how much of each stage is done.
#[component]
fn Bar(props: &ProjectProps) -> Html {
    let project = &props.project;
    let share = |done: u32| (done * 100).checked_div(project.scene_count).map_or(0, |percent| percent.min(100));
    let script = if project.status == ScriptStatus::Ready && project.scene_count > 0 { 100 } else { 0 };
    let film = if project.stages.video > 0 { 100 } else { 0 };
    let stages = [script, share(project.stages.audio), share(project.stages.image), film];
    html! { <div class="bar" aria-hidden="true">{ for stages.map(|done| html! { <i style={format!("--done: {done}%")} /> }) }</div> }
}

fn about(project: &Project) -> String {
    match project.status {
        ScriptStatus::Generating => "Writing the script".to_owned(),
        ScriptStatus::Failed if project.was_stopped() => "Writing was stopped".to_owned(),
        ScriptStatus::Failed => "The script failed".to_owned(),
        ScriptStatus::Ready => {
            let scenes = format::count(project.scene_count as usize, "scene", "scenes");
            format!("{scenes} · {}", format::age(project.updated_at, clock::now()))
        }
    }
}

#[derive(PartialEq, Properties)]
struct RenameModalProps {
    title: String,
    onclose: Callback<()>,
    onrename: Callback<String>,
}

#[component]
fn RenameModal(props: &RenameModalProps) -> Html {
    let text = use_state(|| props.title.clone());
    let id = use_id("rename");
    let keep = {
        let (text, onrename, onclose) = (text.clone(), props.onrename.clone(), props.onclose.clone());
        Callback::from(move |()| {
            let title = text.trim();
            if !title.is_empty() {
                onrename.emit(title.to_owned());
                onclose.emit(());
            }
        })
    };
    let onsubmit = {
        let keep = keep.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            keep.emit(());
        })
    };
    let oninput = {
        let text = text.clone();
        Callback::from(move |value| text.set(value))
    };
    let footer = html! {
        <>
            <Button onclick={props.onclose.clone()}>{ "Cancel" }</Button>
            <Button variant={ButtonVariant::Primary} disabled={text.trim().is_empty()} onclick={keep}>{ "Rename" }</Button>
        </>
    };
    html! {
        <Modal title="Rename project" onclose={props.onclose.clone()} {footer}>
            <form {onsubmit}>
                <Field label="Title" control={id.clone()}>
                    <Input {id} value={(*text).clone()} maxlength={shared::rules::MAX_TITLE} {oninput} autofocus=true />
                </Field>
            </form>
        </Modal>
    }
}
