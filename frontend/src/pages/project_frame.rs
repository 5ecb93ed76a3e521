//! What the four pages of a project share: opening it, its header, and the faces of a page that has nothing to show yet.

use std::rc::Rc;

use shared::{ErrorCode, ProjectId, project::Project, rules::MAX_TITLE, scene::Scene};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;
use yew_router::prelude::*;

use super::{
    not_found::nothing,
    page_body::{PageBody, waiting},
};
use crate::{
    components::{
        layout::{PageHeader, PrimaryAction, StageBar, StageCount},
        ui::{EditableText, ErrorState, Icon, Progress, skeleton},
    },
    design::style,
    routes::{Route, Stage},
    state::{
        Load,
        activity::ActivityLog,
        project::{self, OpenProject, Tally},
        titles::{self, Titles},
        undo::Undo,
        use_selector,
    },
};

/// Props of [`ProjectFrame`].
#[derive(PartialEq, Properties)]
pub struct ProjectFrameProps {
    /// Which project.
    pub id: ProjectId,
    /// Which of its pages.
    pub stage: Stage,
    /// What else can be done.
    #[prop_or_default]
    pub tools: Html,
    /// The page's one primary action.
    #[prop_or_default]
    pub primary: Option<PrimaryAction>,
    /// The page, once the project is there.
    pub children: Html,
}

/// A page of a project.
#[component]
pub fn ProjectFrame(props: &ProjectFrameProps) -> Html {
    let id = props.id;
    use_effect_with(id, |id| project::open(*id));
    let open = use_selector(move |open: &OpenProject| (open.id == Some(id)).then(|| (open.load.clone(), open.project.clone())));
    let stages = use_selector(move |open: &OpenProject| stages(id, open));
    let (load, project) = (*open).clone().unwrap_or_default();
    let project = use_titled(project);
    let refusals = *use_selector(|titles: &Titles| titles.refused);
    let missing = matches!(&load, Load::Failed(error) if error.code == ErrorCode::NotFound);
    let nameless = if missing { "Not found" } else { "AI Studio" };
    let title = project.as_ref().map_or_else(|| nameless.to_owned(), |project| format!("{} · {}", project.title, props.stage.label()));
    use_title(title);

    let header_title = match &project {
        Some(project) => {
            let onchange = Callback::from(move |title: String| titles::rename(id, title));
            html! { <><h1 class="visually-hidden">{ &project.title }</h1><EditableText value={project.title.clone()} label="Project title" maxlength={MAX_TITLE} {refusals} {onchange} /></> }
        }
        None if missing => html! { <h1>{ "Not found" }</h1> },
        None => html! { { skeleton("12rem", "1.2em") } },
    };
    let content = match load {
        Load::Ready => props.children.clone(),
        Load::Loading => waiting(),
        Load::Failed(_) if missing => nothing("There is no such project"),
        Load::Failed(error) => {
            let onretry = Callback::from(|()| {
                OpenProject::retry();
                spawn_local(project::refresh());
            });
            html! { <ErrorState title="The project could not be opened" message={error.message} {onretry} /> }
        }
    };
    html! {
        <>
            <PageHeader
                title={header_title}
                stages={if missing { Html::default() } else { html! { <StageBar stages={(*stages).clone()} current={props.stage} /> } }}
                tools={props.tools.clone()}
                primary={props.primary.clone()}
            />
            <main aria-label={props.stage.label()}><PageBody>{ content }</PageBody></main>
        </>
    }
}

/// Makes what the scenes of a page lack; once they lack nothing, the next page is gone to.
#[hook]
pub fn use_batch_action(tally: Tally, asking: bool, make: (&'static str, Callback<()>), go_on: (&'static str, Route)) -> PrimaryAction {
    let navigator = use_navigator();
    let ((make, run), (go_on, next)) = (make, go_on);
    if tally.is_complete() {
        PrimaryAction {
            label: go_on.into(),
            icon: Some(Icon::Next),
            busy: false,
            blocked: None,
            run: Callback::from(move |()| {
                if let Some(navigator) = &navigator {
                    navigator.push(&next);
                }
            }),
        }
    } else {
        PrimaryAction {
            label: make.into(),
            icon: Some(Icon::Write),
            busy: asking || tally.active > 0,
            blocked: (tally.total == 0).then(|| "There is no scene yet".into()),
            run,
        }
    }
}

/// Puts a title on the browser's tab, behind what is running.
#[hook]
pub fn use_title(title: String) {
    let running = use_selector(ActivityLog::headline);
    let title = match &*running {
        Some(running) => format!("{running} · {title}"),
        None => title,
    };
    use_effect_with(title, |title| {
        if let Some(document) = web_sys::window().and_then(|window| window.document()) {
            document.set_title(title);
        }
    });
}

/// The open project, once it is there.
#[hook]
pub fn use_project(id: ProjectId) -> Option<Rc<Project>> {
    let project = use_selector(move |open: &OpenProject| open.project.clone().filter(|_| open.id == Some(id) && open.load == Load::Ready));
    use_titled((*project).clone())
}

/// A project under the title that it was given last.
#[hook]
fn use_titled(project: Option<Rc<Project>>) -> Option<Rc<Project>> {
    (*use_selector(move |titles: &Titles| project.as_ref().map(|project| titles.over(project)))).clone()
}

/// The scenes of the open project, without those that are about to be deleted.
#[hook]
pub fn use_shown_scenes() -> Rc<Vec<Rc<Scene>>> {
    let scenes = use_selector(|open: &OpenProject| open.scenes.clone());
    let shown = use_selector(move |undo: &Undo| scenes.iter().filter(|scene| !undo.hides_scene(scene.id)).cloned().collect::<Vec<_>>());
    Rc::new((*shown).clone())
}

/// Props of [`BatchLine`].
#[derive(PartialEq, Properties)]
pub struct BatchLineProps {
    /// How far the scenes are.
    pub tally: Tally,
    /// With what.
    pub what: AttrValue,
}

/// One line and one bar for all scenes together.
#[component]
pub fn BatchLine(props: &BatchLineProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-2);
        align-content: end;
        min-height: var(--control);
        color: var(--text-muted);
        font-size: var(--text-sm);
        text-align: end;
        @media (max-width: 56rem) {
            text-align: start;
        }
        "#
    );
    let tally = props.tally;
    let mut line = format!("{} of {} ready", tally.ready, tally.total);
    if tally.failed > 0 {
        line.push_str(&format!(", {} failed", tally.failed));
    }
    html! {
        <div class={style} role="status">
            <span class="tabular">{ line }</span>
            if tally.active > 0 { <Progress label={props.what.clone()} value={tally.progress} /> }
        </div>
    }
}

fn stages(id: ProjectId, open: &OpenProject) -> Vec<StageCount> {
    let (script, audio, image) = (open.shown().count(), open.audio_tally(), open.image_tally());
    let film = open.films.first();
    let count = |stage: Stage, done: usize, total: usize, active: bool| StageCount { stage, to: stage.of(id), done, total, active };
    vec![
        count(Stage::Script, script, script, open.is_writing()),
        count(Stage::Audio, audio.ready, audio.total, audio.active > 0),
        count(Stage::Image, image.ready, image.total, image.active > 0),
        count(
            Stage::Video,
            usize::from(open.films.iter().any(|film| film.url.is_some() && !film.stale)),
            1,
            film.is_some_and(|film| !film.status.is_finished()),
        ),
    ]
}
