//! One scene's picture: large, with its takes to choose from, and how the next one is made.

use std::rc::Rc;

use shared::{
    ImageId,
    image::{GenerateImage, ImageModelOptions},
    project::AspectRatio,
    provider::ProviderKind,
    record::Status,
    scene::Scene,
    settings::Settings,
};
use yew::prelude::*;

use super::StyleField;
use crate::{
    components::ui::{Button, ButtonLink, ButtonVariant, Choice, Field, Icon, Input, Modal, Progress, Select, glyph},
    design::style,
    format,
    hooks::use_id,
    state::{project::OpenProject, settings::providers_of, take::Standing, use_selector},
};

/// Props of [`ImageGenerationModal`].
#[derive(PartialEq, Properties)]
pub struct ImageGenerationModalProps {
    /// The scene.
    pub scene: Rc<Scene>,
    /// Its number, from 1.
    pub number: usize,
    /// The shape of the picture.
    pub shape: AspectRatio,
    /// The style of the page, to begin with.
    pub style_prompt: AttrValue,
    /// Whose providers can be chosen.
    #[prop_or_default]
    pub settings: Option<Rc<Settings>>,
    /// When a picture is to be made.
    pub ongenerate: Callback<GenerateImage>,
    /// When a take is chosen.
    pub onselect: Callback<ImageId>,
    /// When it is closed.
    pub onclose: Callback<()>,
}

/// One scene's picture.
#[component]
pub fn ImageGenerationModal(props: &ImageGenerationModalProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        grid-template-columns: minmax(0, 1.4fr) minmax(15rem, 1fr);
        gap: var(--space-5);
        align-items: start;

        & .view { display: grid; gap: var(--space-3); min-width: 0; }
        & .large { display: grid; place-items: center; max-height: 60vh; margin: 0 auto; width: 100%; border-radius: var(--radius-md); background: var(--sunken); color: var(--text-faint); overflow: hidden; }
        & .large img { width: 100%; height: 100%; object-fit: contain; }
        & .takes { display: flex; flex-wrap: wrap; gap: var(--space-2); }
        & .takes button { width: 4.5rem; padding: 0; border: 0; border-radius: var(--radius-sm); overflow: hidden; background: var(--sunken); box-shadow: 0 0 0 1px var(--line); opacity: 0.75; }
        & .takes button:hover { opacity: 1; }
        & .takes button[aria-pressed="true"] { opacity: 1; box-shadow: 0 0 0 2px var(--text); }
        & .takes img { width: 100%; height: 2.6rem; object-fit: cover; }
        & .form { display: grid; gap: var(--space-4); min-width: 0; }
        & .prompt { color: var(--text-muted); }
        & .prompt b { display: block; color: var(--text-muted); font-size: var(--text-sm); font-weight: var(--weight-medium); margin-bottom: var(--space-1); }
        & .why { color: var(--danger); }
        @media (max-width: 48rem) {
            grid-template-columns: minmax(0, 1fr);
        }
        "#
    );
    let scene = props.scene.clone();
    let takes = use_selector({
        let scene = scene.clone();
        move |open: &OpenProject| (open.image_of(&scene), open.images.get(&scene.id).cloned().unwrap_or_default())
    });
    let (current, all) = &*takes;
    let words = use_state(|| props.style_prompt.to_string());
    let seed = use_state(String::new);
    let provider = use_state(String::new);
    let (seed_id, provider_id) = (use_id("seed"), use_id("provider"));
    let standing = current.standing();

    let generate = {
        let request = GenerateImage {
            scene_id: scene.id,
            style_prompt: Some(words.trim().to_owned()).filter(|words| !words.is_empty()),
            model_options: Some(ImageModelOptions {
                provider: Some((*provider).clone()).filter(|provider| !provider.is_empty()),
                seed: seed.trim().parse().ok(),
                ..ImageModelOptions::default()
            }),
        };
        props.ongenerate.reform(move |()| request.clone())
    };
    let keep = |state: &UseStateHandle<String>| {
        let state = state.clone();
        Callback::from(move |value: String| state.set(value))
    };
    let url = current.selected.as_ref().and_then(|image| image.url.clone());
    let (across, down) = props.shape.parts();
    let ready: Vec<_> = all.iter().filter(|image| image.status == Status::Ready).collect();
    let footer = html! {
        <>
            if let Some(url) = url.clone() {
                <ButtonLink icon={Icon::Download} href={url} download="">{ "Download" }</ButtonLink>
            }
            <Button variant={ButtonVariant::Primary} icon={Icon::Write} busy={standing.is_active()} onclick={generate}>{ "Generate image" }</Button>
        </>
    };
    html! {
        <Modal title={format!("Scene {}: {}", props.number, format::title(&scene.title))} wide=true onclose={props.onclose.clone()} {footer}>
            <div class={style}>
                <div class="view">
                    <div class="large" style={format!("aspect-ratio: {across} / {down}")}>
                        if let Some(url) = url {
                            <img src={url} alt={scene.visual_prompt.clone()} />
                        } else {
                            { glyph(Icon::Image, 24) }
                        }
                    </div>
                    if let Standing::Running(progress) = standing {
                        <Progress label="Making a new image" value={progress} />
                    }
                    if let Standing::Failed(error) = &standing {
                        <p class="why" role="alert">{ &error.message }</p>
                    }
                    if ready.len() > 1 {
                        <div class="takes" role="group" aria-label="Takes">
                            { for ready.iter().enumerate().map(|(index, image)| {
                                let id = image.id;
                                let chosen = current.selected.as_ref().is_some_and(|selected| selected.id == id);
                                html! {
                                    <button type="button" aria-pressed={chosen.to_string()} aria-label={format!("Use take {}", ready.len() - index)} onclick={props.onselect.reform(move |_: MouseEvent| id)}>
                                        <img src={image.thumbnail_url.clone().or_else(|| image.url.clone())} alt="" loading="lazy" />
                                    </button>
                                }
                            }) }
                        </div>
                    }
                </div>
                <div class="form">
                    <p class="prompt" dir="auto"><b>{ "What is seen" }</b>{ &scene.visual_prompt }</p>
                    <StyleField value={(*words).clone()} onchange={keep(&words)} default_style={default_style(props.settings.as_deref())} />
                    <Field label="Made by" control={provider_id.clone()}>
                        <Select id={provider_id} choices={providers(props.settings.as_deref())} value={(*provider).clone()} onchange={keep(&provider)} />
                    </Field>
                    <Field label="Seed" control={seed_id.clone()} help="The same seed draws the same image.">
                        <Input id={seed_id} kind="number" min="0" step="1" placeholder="Any" value={(*seed).clone()} oninput={keep(&seed)} />
                    </Field>
                </div>
            </div>
        </Modal>
    }
}

fn default_style(settings: Option<&Settings>) -> String {
    settings.map(|settings| settings.defaults.image.style_prompt.clone()).unwrap_or_default()
}

fn providers(settings: Option<&Settings>) -> Vec<Choice> {
    let all = settings.iter().flat_map(|settings| providers_of(settings, ProviderKind::Image));
    std::iter::once(Choice::new("", "Default"))
        .chain(all.map(|p| Choice::new(p.id.clone(), p.name.clone()).unavailable(!p.available || !p.configured)))
        .collect()
}
