//! `/image/:id`: the pictures of a project.

use shared::{
    ImageId, ProjectId, SceneId,
    event::RecordKind,
    image::{GenerateImage, GenerateImageBatch},
};
use yew::prelude::*;

use super::{
    clip::ClipWindow,
    estimate::{asked, use_estimate},
    image_window::use_image_window,
    project_frame::{BatchLine, ProjectFrame, use_batch_action, use_project, use_shown_scenes},
};
use crate::{
    components::{
        estimate::EstimateLine,
        image::{ImageActs, ImageGenerationModal, ImageOptions, ImageSceneGrid, StyleField, use_present},
        layout::RouteLink,
        options::OptionValues,
        ui::{Button, EmptyState, Icon, IconButton},
    },
    design::style,
    hooks::use_kept,
    routes::Stage,
    state::{
        activity,
        asking::{Asking, What},
        edit, make,
        project::OpenProject,
        settings::SettingsState,
        use_selector,
    },
};

/// Props of [`ImagePage`].
#[derive(PartialEq, Properties)]
pub struct ImagePageProps {
    /// Of which project.
    pub id: ProjectId,
}

/// The pictures of a project.
#[component]
pub fn ImagePage(props: &ImagePageProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        grid-template-columns: minmax(0, 34rem) minmax(0, 1fr);
        gap: var(--space-3) var(--space-6);
        align-items: start;
        margin-bottom: var(--space-6);

        & .look { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: var(--space-2); align-items: start; }
        & .look > :last-child { margin-top: calc(var(--text-sm) * 1.5 + var(--space-1)); }
        & .state { display: grid; gap: var(--space-1); text-align: end; }
        & .more { grid-column: 1 / -1; padding: var(--space-4); border: 1px solid var(--line); border-radius: var(--radius-lg); background: var(--surface); }
        @media (max-width: 56rem) {
            grid-template-columns: minmax(0, 1fr);
            & .state { text-align: start; }
        }
        "#
    );
    let id = props.id;
    let project = use_project(id);
    let scenes = use_shown_scenes();
    let tally = *use_selector(OpenProject::image_tally);
    let settings = use_selector(|state: &SettingsState| state.settings.clone());
    let (words, write) = use_kept::<String>(format!("studio.style.{id}"));
    let (options, choose) = use_kept::<OptionValues>(format!("studio.image.{id}"));
    let options = use_present(&options);
    let more = use_state(|| false);
    let window = use_image_window(&options);
    let moving = use_state(|| None::<SceneId>);

    let complete = tally.is_complete();
    let asking = *use_selector(move |asking: &Asking| asking.has(What::Images, id));
    let told = {
        let (words, options) = (words.clone(), options.clone());
        move || {
            let (words, options) = (words.now().trim().to_owned(), options.now());
            (Some(words).filter(|words| !words.is_empty()), Some(options.read()).filter(|_| !options.is_empty()))
        }
    };
    let batch = {
        let told = told.clone();
        move |only_missing: bool| {
            let (style_prompt, model_options) = told();
            GenerateImageBatch { project_id: id, style_prompt, model_options, only_missing: Some(only_missing) }
        }
    };
    let generate = |only_missing: bool| {
        let batch = batch.clone();
        Callback::from(move |()| make::all_images(batch(only_missing)))
    };
    // The look costs nothing more or less: asked without it, typing asks nothing.
    let all = GenerateImageBatch { style_prompt: None, ..batch(!complete) };
    let estimate =
        use_estimate("image", project.as_ref().filter(|_| tally.total > 0).and_then(|_| asked(&all)), tally.ready + tally.active);
    let action = use_batch_action(tally, asking, ("Generate all images", generate(true)), ("Continue to video", Stage::Video.of(id)));
    let primary = project.is_some().then_some(action);
    let tools = html! {
        <>
            if tally.active > 1 { <Button icon={Icon::Close} once=true onclick={Callback::from(move |()| activity::cancel_all(RecordKind::Image, id))}>{ "Cancel all" }</Button> }
            if complete { <Button icon={Icon::Retry} busy={asking} once=true onclick={generate(false)}>{ "Generate all again" }</Button> }
        </>
    };
    let ongenerate = use_callback((), move |scene_id: SceneId, ()| {
        let (style_prompt, model_options) = told();
        make::image(GenerateImage { scene_id, style_prompt, model_options });
    });
    let onselect = use_callback((), |(scene, take): (SceneId, ImageId), ()| edit::select_image(scene, take));
    let onmove = {
        let (close, moving) = (window.close.clone(), moving.clone());
        use_callback((), move |scene: SceneId, ()| {
            close.emit(());
            moving.set(Some(scene));
        })
    };
    let content = project.map(|project| {
        if scenes.is_empty() {
            return html! {
                <EmptyState icon={Icon::Image} title="Nothing to illustrate yet" text="Write the script first; its scenes are illustrated here.">
                    <RouteLink to={Stage::Script.of(id)}>{ "Go to the script" }</RouteLink>
                </EmptyState>
            };
        }
        let default_style = settings.as_ref().map(|settings| settings.defaults.image.style_prompt.clone()).unwrap_or_default();
        let place = |id: SceneId| scenes.iter().position(|scene| scene.id == id);
        let (large, moved) = (window.scene.and_then(place), (*moving).and_then(place));
        let toggle = {
            let more = more.clone();
            Callback::from(move |()| more.set(!*more))
        };
        html! {
            <>
                <div class={style}>
                    <div class="look">
                        <StyleField value={(*words).clone()} onchange={write.clone()} {default_style} />
                        <IconButton icon={Icon::Settings} label="More options" expanded={*more} onclick={toggle} />
                    </div>
                    <div class="state">
                        <BatchLine {tally} what="Images" />
                        <EstimateLine {estimate} one="image" many="images" />
                    </div>
                    if let Some(settings) = (*settings).clone().filter(|_| *more) {
                        <div class="more"><ImageOptions {settings} value={options.clone()} onchange={choose.clone()} /></div>
                    }
                </div>
                <ImageSceneGrid
                    scenes={scenes.clone()}
                    shape={project.aspect_ratio}
                    acts={ImageActs { ongenerate, onopen: window.open.clone(), onmove: onmove.clone(), onselect }}
                />
                if let Some(index) = large {
                    <ImageGenerationModal
                        key={scenes[index].id.to_string()}
                        scene={scenes[index].clone()}
                        number={index + 1}
                        shape={project.aspect_ratio}
                        style_prompt={(*words).clone()}
                        options={(*options).clone()}
                        settings={(*settings).clone()}
                        estimate={html! { <EstimateLine estimate={window.estimate} one="image" many="images" /> }}
                        refused={window.refused}
                        onoptions={window.choose}
                        ongenerate={window.make}
                        onselect={let scene = scenes[index].id; Callback::from(move |take| edit::select_image(scene, take))}
                        onmove={let scene = scenes[index].id; onmove.reform(move |()| scene)}
                        beside={(index.checked_sub(1).map(|before| scenes[before].id), scenes.get(index + 1).map(|after| after.id))}
                        onstep={window.open}
                        onclose={window.close}
                    />
                }
                if let Some(index) = moved {
                    <ClipWindow
                        key={scenes[index].id.to_string()}
                        scene={scenes[index].clone()}
                        number={index + 1}
                        shape={project.aspect_ratio}
                        onclose={let moving = moving.clone(); Callback::from(move |()| moving.set(None))}
                    />
                }
            </>
        }
    });
    html! { <ProjectFrame {id} stage={Stage::Image} {tools} {primary}>{ content.unwrap_or_default() }</ProjectFrame> }
}
