//! `/script/:id`: the scenes of a project.

use std::rc::Rc;

use shared::{
    ProjectId, SceneId,
    project::{AspectRatio, Project, ScriptStatus},
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;
use yew_router::prelude::*;

use super::project_frame::{ProjectFrame, use_project};
use crate::{
    api::project::{ExportFormat, export_url},
    components::{
        layout::PrimaryAction,
        script::{SceneAction, SceneList, ScriptDetailModal, language_name},
        ui::{Button, Choice, EmptyState, ErrorState, Icon, Select},
    },
    design::style,
    format,
    routes::Stage,
    state::{State, activity, edit, project::OpenProject, undo, undo::Undo, use_selector},
};

/// Props of [`ScriptPage`].
#[derive(PartialEq, Properties)]
pub struct ScriptPageProps {
    /// Of which project.
    pub id: ProjectId,
}

/// The scenes of a project.
#[component]
pub fn ScriptPage(props: &ScriptPageProps) -> Html {
    let style = style!(
        r#"
        width: min(54rem, 100%);
        margin: 0 auto;

        & > .facts { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-1) var(--space-4); padding: 0 0 var(--space-3) 2.75rem; color: var(--text-faint); font-size: var(--text-sm); }
        @media (max-width: 40rem) {
            & > .facts { padding-left: 2.25rem; }
        }
        "#
    );
    let id = props.id;
    let project = use_project(id);
    let scenes = use_selector(|open: &OpenProject| open.scenes.clone());
    let hidden = use_selector(|undo: &Undo| undo.scenes.clone());
    let navigator = use_navigator();
    let reading = use_state(|| false);
    let added = use_state(|| None::<SceneId>);
    let shown: Vec<_> = scenes.iter().filter(|scene| !hidden.contains_key(&scene.id)).cloned().collect();

    let add = {
        let added = added.clone();
        use_callback(id, move |position: u32, id| {
            let (added, id) = (added.clone(), *id);
            spawn_local(async move { added.set(edit::add_scene(id, position).await) });
        })
    };
    let onaction = use_callback((id, add.clone()), |(scene, action): (SceneId, SceneAction), (id, add)| act(*id, scene, action, add));
    let onadd = {
        let position = scenes.len() as u32;
        add.reform(move |()| position)
    };
    let go = |stage: Stage| {
        let navigator = navigator.clone();
        Callback::from(move |()| {
            if let Some(navigator) = &navigator {
                navigator.push(&stage.of(id));
            }
        })
    };
    let writing = project.as_ref().is_some_and(|project| project.status == ScriptStatus::Generating);
    let primary = project.as_ref().map(|_| PrimaryAction {
        label: "Continue to audio".into(),
        icon: Some(Icon::Next),
        busy: false,
        blocked: if writing {
            Some("The script is still being written".into())
        } else {
            shown.is_empty().then(|| "There is no scene yet".into())
        },
        run: go(Stage::Audio),
    });
    let toggle_reading = |to: bool| {
        let reading = reading.clone();
        Callback::from(move |()| reading.set(to))
    };
    let tools = html! {
        if !shown.is_empty() {
            <Button icon={Icon::Read} onclick={toggle_reading(true)}>{ "Read" }</Button>
        }
    };
    let content = project.map(|project| {
        let seconds: f64 = shown.iter().map(|scene| scene.duration_seconds).sum();
        let failed = project.status == ScriptStatus::Failed;
        html! {
            <div class={style}>
                if failed && shown.is_empty() {
                    <ErrorState
                        title="The script could not be written"
                        message={project.error.as_ref().map_or_else(String::new, |error| error.message.clone())}
                        onretry={again(&project)}
                    />
                } else if shown.is_empty() && !writing {
                    <EmptyState icon={Icon::Script} title="No scenes yet" text="Add the first one, and write what is said in it.">
                        <Button icon={Icon::Add} onclick={onadd.clone()}>{ "Add scene" }</Button>
                    </EmptyState>
                } else {
                    <div class="facts">
                        <span>{ format::count(shown.len(), "scene", "scenes") }</span>
                        <span class="tabular">{ format!("{} spoken", format::duration(seconds)) }</span>
                        <span>{ language_name(&project.language).to_owned() }</span>
                        if let Some(provider) = &project.provider { <span>{ format!("by {provider}") }</span> }
                        <Select plain=true label="Aspect ratio" choices={shapes()} value={project.aspect_ratio.as_str()} onchange={Callback::from(move |name: String| set_shape(id, &name))} />
                    </div>
                    <SceneList scenes={shown.clone()} language={project.language.clone()} {writing} added={*added} {onaction} {onadd} />
                }
                if *reading {
                    <ScriptDetailModal
                        project={project.clone()}
                        scenes={shown}
                        markdown_url={export_url(id, ExportFormat::Markdown)}
                        srt_url={export_url(id, ExportFormat::Srt)}
                        onclose={toggle_reading(false)}
                    />
                }
            </div>
        }
    });
    html! { <ProjectFrame {id} stage={Stage::Script} {tools} {primary}>{ content.unwrap_or_default() }</ProjectFrame> }
}

fn act(project: ProjectId, scene: SceneId, action: SceneAction, add: &Callback<u32>) {
    let open = OpenProject::current();
    let Some(found) = open.scene(scene).map(Rc::clone) else { return };
    match action {
        SceneAction::Up => edit::move_scene(scene, found.position.saturating_sub(1)),
        SceneAction::Down => edit::move_scene(scene, found.position + 1),
        SceneAction::AddBelow => add.emit(found.position + 1),
        SceneAction::Delete => undo::delete_scene(scene, project, found.position + 1),
    }
}

fn shapes() -> Vec<Choice> {
    AspectRatio::ALL.map(|shape| Choice::new(shape.as_str(), shape.as_str())).into()
}

fn set_shape(id: ProjectId, name: &str) {
    if let Some(shape) = AspectRatio::ALL.into_iter().find(|shape| shape.as_str() == name) {
        edit::set_aspect_ratio(id, shape);
    }
}

/// Has the script written once more.
fn again(project: &Project) -> Callback<()> {
    let item = activity::Item::of_script(project);
    Callback::from(move |()| spawn_local(activity::retry(item.clone())))
}
