//! `/script/:id`: the scenes of a project.

use shared::{
    ProjectId, SceneId,
    project::{AspectRatio, Project, ScriptStatus},
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;
use yew_router::prelude::*;

use super::project_frame::{ProjectFrame, use_project};
use crate::{
    api::project::{ExportFormat, export_url},
    components::{
        layout::PrimaryAction,
        script::{Gap, SceneAction, SceneList, ScriptDetailModal, language_name},
        ui::{Button, Choice, EmptyState, ErrorState, Icon, Select},
    },
    design::style,
    format,
    routes::Stage,
    state::{
        State, activity, cut,
        drafts::{self, Field},
        edit,
        project::OpenProject,
        settings::SettingsState,
        undo,
        undo::Undo,
        use_selector,
    },
};

/// Props of [`ScriptPage`].
#[derive(PartialEq, Properties)]
pub struct ScriptPageProps {
    /// Of which project.
    pub id: ProjectId,
}

/// What is open over the page.
#[derive(Clone, Copy, PartialEq)]
enum Reading {
    /// The whole script.
    Whole,
    /// One scene, to have it rewritten.
    Scene(SceneId),
}

/// The scenes of a project.
#[component]
pub fn ScriptPage(props: &ScriptPageProps) -> Html {
    let style = style!(
        r#"
        width: min(54rem, 100%);
        margin: 0 auto;

        & > .facts { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-1) var(--space-4); padding: 0 0 var(--space-3) 2.75rem; color: var(--text-faint); font-size: var(--text-sm); }
        /* Where there is no room for one line, what is chosen goes to the next with its neighbours, not alone. */
        & > .facts > div { display: flex; align-items: center; gap: var(--space-4); min-width: 0; white-space: nowrap; }
        & > .facts .writer { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
        & > .unfinished {
            display: flex;
            flex-wrap: wrap;
            align-items: center;
            gap: var(--space-2) var(--space-4);
            margin-bottom: var(--space-4);
            padding: var(--space-3) var(--space-4);
            border-radius: var(--radius-md);
            background: var(--danger-soft);
        }
        & > .stopped { border: 1px solid var(--line); background: var(--surface); }
        & > .unfinished > p { flex: 1 1 20rem; min-width: 0; overflow-wrap: anywhere; }
        @media (max-width: 40rem) {
            & > .facts { padding-left: 2.25rem; }
        }
        "#
    );
    let id = props.id;
    let project = use_project(id);
    let scenes = use_selector(|open: &OpenProject| open.scenes.clone());
    let scenes = use_selector(move |undo: &Undo| scenes.iter().filter(|scene| !undo.hides_scene(scene.id)).cloned().collect::<Vec<_>>());
    let navigator = use_navigator();
    let reading = use_state(|| None::<Reading>);
    let added = use_state(|| None::<(SceneId, u32)>);
    let shown = (*scenes).clone();

    // By its name, as long as it is one of those that are known.
    let writer = use_selector({
        let id = project.as_ref().and_then(|project| project.provider.clone());
        move |state: &SettingsState| {
            let known = state.settings.iter().flat_map(|settings| &settings.providers);
            id.clone().map(|id| known.clone().find(|provider| provider.id == id).map_or(id, |provider| provider.name.clone()))
        }
    });

    let add = {
        let added = added.clone();
        use_callback(id, move |above: Option<SceneId>, id| {
            let (added, id) = (added.clone(), *id);
            spawn_local(async move { added.set(edit::add_scene(id, above).await.map(|scene| (scene, 0))) });
        })
    };
    let focus = {
        let added = added.clone();
        use_callback((), move |place: (SceneId, u32), ()| added.set(Some(place)))
    };
    let rewrite = {
        let reading = reading.clone();
        use_callback((), move |scene: SceneId, ()| reading.set(Some(Reading::Scene(scene))))
    };
    let onaction = use_callback((id, add.clone(), focus, rewrite), |(scene, action): (SceneId, SceneAction), (id, add, focus, rewrite)| {
        act(*id, scene, action, add, focus, rewrite);
    });
    let onadd = add.reform(|()| None);
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
    let toggle_reading = |to: Option<Reading>| {
        let reading = reading.clone();
        Callback::from(move |()| reading.set(to))
    };
    let stopping = use_state_eq(|| false);
    let stop = project.as_ref().filter(|_| writing).map(|project| {
        let (stopping, item) = (stopping.clone(), activity::Item::of_script(project));
        Callback::from(move |()| {
            let (stopping, item) = (stopping.clone(), item.clone());
            stopping.set(true);
            spawn_local(async move {
                activity::cancel(item).await;
                stopping.set(false);
            });
        })
    });
    let tools = html! {
        <>
            if let Some(stop) = stop {
                <Button icon={Icon::Stop} busy={*stopping} once=true onclick={stop}>{ "Stop writing" }</Button>
            }
            if !shown.is_empty() {
                <Button icon={Icon::Read} onclick={toggle_reading(Some(Reading::Whole))}>{ "Read" }</Button>
            }
        </>
    };
    let content = project.map(|project| {
        let seconds: f64 = shown.iter().map(|scene| scene.duration_seconds).sum();
        let failed = project.status == ScriptStatus::Failed;
        let stopped = project.was_stopped();
        let why = project.error.as_ref().map_or_else(String::new, |error| error.message.clone());
        html! {
            <div class={style}>
                if stopped && shown.is_empty() {
                    <div role="status">
                        <EmptyState icon={Icon::Script} title="There is no script yet" text={why}>
                            <Button icon={Icon::Retry} once=true onclick={again(&project)}>{ "Retry" }</Button>
                        </EmptyState>
                    </div>
                } else if failed && shown.is_empty() {
                    <ErrorState
                        title="The script could not be written"
                        message={why}
                        onretry={again(&project)}
                    />
                } else if shown.is_empty() && !writing {
                    <EmptyState icon={Icon::Script} title="No scenes yet" text="Add the first one, and write what is said in it.">
                        <Button icon={Icon::Add} once=true onclick={onadd.clone()}>{ "Add scene" }</Button>
                    </EmptyState>
                } else {
                    if stopped {
                        <div class="unfinished stopped" role="status">
                            <p>{ format!("{why} These scenes stay until then.") }</p>
                            <Button icon={Icon::Retry} once=true onclick={again(&project)}>{ "Retry" }</Button>
                        </div>
                    } else if failed {
                        <div class="unfinished" role="alert">
                            <p>{ format!("The script was not finished: {why} Retry writes it anew, in place of these scenes.") }</p>
                            <Button icon={Icon::Retry} once=true onclick={again(&project)}>{ "Retry" }</Button>
                        </div>
                    }
                    <div class="facts">
                        <div>
                            <span>{ format::count(shown.len(), "scene", "scenes") }</span>
                            <span class="tabular">{ format!("{} spoken", format::duration(seconds)) }</span>
                        </div>
                        <div>
                            if project.language != "und" { <span>{ language_name(&project.language).to_owned() }</span> }
                            if let Some(writer) = &*writer { <span class="writer" data-tip="">{ format!("by {writer}") }</span> }
                            <Select plain=true label="Aspect ratio" choices={shapes()} value={project.aspect_ratio.as_str()} onchange={Callback::from(move |name: String| set_shape(id, &name))} />
                        </div>
                    </div>
                    <SceneList scenes={shown.clone()} language={project.language.clone()} {writing} added={*added} {onaction} onmove={Callback::from(drop_scene)} {onadd} />
                }
                if let Some(what) = *reading {
                    <ScriptDetailModal
                        project={project.clone()}
                        first={match what {
                            Reading::Whole => 1,
                            Reading::Scene(id) => shown.iter().take_while(|scene| scene.id != id).count() + 1,
                        }}
                        scenes={match what {
                            Reading::Whole => shown,
                            Reading::Scene(id) => shown.into_iter().filter(|scene| scene.id == id).collect(),
                        }}
                        rewriting={what != Reading::Whole}
                        markdown_url={export_url(id, ExportFormat::Markdown)}
                        srt_url={export_url(id, ExportFormat::Srt)}
                        onclose={toggle_reading(None)}
                    />
                }
            </div>
        }
    });
    html! { <ProjectFrame {id} stage={Stage::Script} {tools} {primary}>{ content.unwrap_or_default() }</ProjectFrame> }
}

fn act(
    project: ProjectId,
    scene: SceneId,
    action: SceneAction,
    add: &Callback<Option<SceneId>>,
    focus: &Callback<(SceneId, u32)>,
    rewrite: &Callback<SceneId>,
) {
    let open = OpenProject::current();
    let place = |id: SceneId| open.place_of(id);
    match action {
        SceneAction::Up => {
            if let Some(to) = cut::neighbour(scene, false).and_then(place) {
                edit::move_scene(scene, to);
            }
        }
        SceneAction::Down => {
            if let Some(to) = cut::neighbour(scene, true).and_then(place) {
                edit::move_scene(scene, to);
            }
        }
        SceneAction::AddBelow => add.emit(Some(scene)),
        SceneAction::Split(at) => {
            let focus = focus.clone();
            spawn_local(async move {
                if let Some(new) = cut::split(scene, at).await {
                    focus.emit(new);
                }
            });
        }
        SceneAction::MergeIntoPrevious => {
            if let Some(previous) = cut::neighbour(scene, false) {
                join(previous, scene);
            }
        }
        SceneAction::MergeNext => {
            if let Some(next) = cut::neighbour(scene, true) {
                join(scene, next);
            }
        }
        SceneAction::Rewrite => rewrite.emit(scene),
        SceneAction::Delete => {
            let Some(number) = open.number_of(scene) else { return };
            undo::delete_scene(scene, project, format!("Scene {number} deleted"), || {});
        }
    }
}

/// Joins two scenes; the cursor stands where they meet.
fn join(first: SceneId, second: SceneId) {
    let at = drafts::words(first, Field::Narration).map_or(0, |words| words.trim_end().encode_utf16().count() as u32);
    cut::merge(first, second);
    let area = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.query_selector(&format!("[data-scene='{first}'] .narration textarea")).ok().flatten())
        .and_then(|area| area.dyn_into::<web_sys::HtmlTextAreaElement>().ok());
    if let Some(area) = area {
        // The words are put there when the page is next drawn.
        gloo_timers::callback::Timeout::new(0, move || {
            // Both fail only on an element that has left the page.
            let _ = area.focus();
            let _ = area.set_selection_range(at, at);
        })
        .forget();
    }
}

/// Lets a scene go before or behind another one.
fn drop_scene((moved, target, gap): (SceneId, SceneId, Gap)) {
    let open = OpenProject::current();
    let places = open.place_of(moved).zip(open.place_of(target));
    let Some((from, target)) = places else { return };
    // Where it comes to stand once it has left its place.
    let to = match gap {
        Gap::Before if from < target => target - 1,
        Gap::Behind if from > target => target + 1,
        _ => target,
    };
    edit::move_scene(moved, to);
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
