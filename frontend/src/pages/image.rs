//! `/image/:id`: the pictures of a project.

use shared::{
    ProjectId, SceneId,
    image::{GenerateImage, GenerateImageBatch},
};
use yew::prelude::*;
use yew_router::prelude::*;

use super::project_frame::{BatchLine, ProjectFrame, use_project, use_shown_scenes};
use crate::{
    components::{
        image::{ImageGenerationModal, ImageSceneGrid, StyleField},
        layout::PrimaryAction,
        ui::{Button, EmptyState, Icon},
    },
    design::style,
    routes::Stage,
    state::{edit, make, project::OpenProject, settings::SettingsState, use_selector},
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
        grid-template-columns: minmax(0, 32rem) minmax(0, 1fr);
        gap: var(--space-3) var(--space-6);
        align-items: end;
        margin-bottom: var(--space-6);
        @media (max-width: 56rem) {
            grid-template-columns: minmax(0, 1fr);
        }
        "#
    );
    let id = props.id;
    let project = use_project(id);
    let scenes = use_shown_scenes();
    let tally = *use_selector(OpenProject::image_tally);
    let settings = use_selector(|state: &SettingsState| state.settings.clone());
    let words = use_state(String::new);
    let opened = use_state(|| None::<SceneId>);
    let navigator = use_navigator();

    let style_prompt = Some(words.trim().to_owned()).filter(|words| !words.is_empty());
    let generate = |only_missing: bool| {
        let style_prompt = style_prompt.clone();
        Callback::from(move |()| {
            make::all_images(GenerateImageBatch {
                project_id: id,
                style_prompt: style_prompt.clone(),
                model_options: None,
                only_missing: Some(only_missing),
            });
        })
    };
    let complete = tally.total > 0 && tally.ready == tally.total;
    let primary = project.is_some().then(|| {
        if complete {
            PrimaryAction {
                label: "Continue to video".into(),
                icon: Some(Icon::Next),
                busy: false,
                blocked: None,
                run: Callback::from(move |()| {
                    if let Some(navigator) = &navigator {
                        navigator.push(&Stage::Video.of(id));
                    }
                }),
            }
        } else {
            PrimaryAction {
                label: "Generate all images".into(),
                icon: Some(Icon::Write),
                busy: tally.active > 0,
                blocked: (tally.total == 0).then(|| "There is no scene yet".into()),
                run: generate(true),
            }
        }
    });
    let tools = html! { if complete { <Button icon={Icon::Retry} onclick={generate(false)}>{ "Generate all again" }</Button> } };
    let ongenerate = use_callback(style_prompt, |scene: SceneId, style_prompt| {
        make::image(GenerateImage { scene_id: scene, style_prompt: style_prompt.clone(), model_options: None });
    });
    let onopen = {
        let opened = opened.clone();
        use_callback((), move |scene: SceneId, ()| opened.set(Some(scene)))
    };
    let onclose = {
        let opened = opened.clone();
        Callback::from(move |()| opened.set(None))
    };
    let content = project.map(|project| {
        if scenes.is_empty() {
            return html! { <EmptyState icon={Icon::Image} title="Nothing to illustrate yet" text="Write the script first; its scenes are illustrated here." /> };
        }
        let onchange = {
            let words = words.clone();
            Callback::from(move |next| words.set(next))
        };
        let default_style = settings.as_ref().map(|settings| settings.defaults.image.style_prompt.clone()).unwrap_or_default();
        let large = (*opened).and_then(|id| scenes.iter().enumerate().find(|(_, scene)| scene.id == id));
        html! {
            <>
                <div class={style}>
                    <StyleField value={(*words).clone()} {onchange} {default_style} />
                    <BatchLine {tally} what="Images" />
                </div>
                <ImageSceneGrid scenes={(*scenes).clone()} shape={project.aspect_ratio} {ongenerate} {onopen} />
                if let Some((index, scene)) = large {
                    <ImageGenerationModal
                        key={scene.id.to_string()}
                        scene={scene.clone()}
                        number={index + 1}
                        shape={project.aspect_ratio}
                        style_prompt={(*words).clone()}
                        settings={(*settings).clone()}
                        ongenerate={Callback::from(make::image)}
                        onselect={let scene = scene.id; Callback::from(move |take| edit::select_image(scene, take))}
                        {onclose}
                    />
                }
            </>
        }
    });
    html! { <ProjectFrame {id} stage={Stage::Image} {tools} {primary}>{ content.unwrap_or_default() }</ProjectFrame> }
}
