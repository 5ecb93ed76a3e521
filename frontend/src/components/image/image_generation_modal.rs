//! One scene's picture: large, with its takes to choose from, and how the next one is made.

use std::{cell::Cell, rc::Rc};

use shared::{
    ApiError, ImageId, SceneId,
    event::RecordKind,
    image::{GenerateImage, ImageAsset},
    project::AspectRatio,
    record::Status,
    scene::Scene,
    settings::Settings,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{
    ImageOptions, StyleField,
    take_strip::{StripTake, TakeStrip},
    take_view::{NONE_CHOSEN, Refused, credit_line, maker, unseen, use_told_here, window_style, working},
    use_present,
};
use crate::{
    components::{
        options::OptionValues,
        ui::{Button, ButtonLink, ButtonSize, ButtonVariant, DropArea, Icon, IconButton, Modal, glyph},
    },
    format,
    hooks::{Newest, use_file_drop, use_paste},
    state::{
        activity::{self, Item},
        asking::{Asking, What},
        discard::{self, Discarded},
        project::OpenProject,
        take::Standing,
        upload::{self, Uploads},
        use_selector,
    },
};

/// What can be uploaded as a picture.
const PICTURES: &str = "image/png,image/jpeg,image/webp";

const BEFORE: &str = "Scene before";
const AFTER: &str = "Scene after";

thread_local! {
    /// The button that leads to the scene whose window opens next.
    static STEPPED: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Gives the focus to that button; at the last scene, to the one that leads back.
fn press_on(button: &str) {
    for name in [button, BEFORE, AFTER] {
        let document = web_sys::window().and_then(|window| window.document());
        let found =
            document.and_then(|document| document.query_selector(&format!("dialog button[aria-label='{name}']:enabled")).ok().flatten());
        if let Some(found) = found.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()) {
            // It fails only on an element that has left the page.
            let _ = found.focus();
            return;
        }
    }
}

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
    /// The options of the page, to begin with.
    pub options: OptionValues,
    /// Whose providers can be chosen.
    #[prop_or_default]
    pub settings: Option<Rc<Settings>>,
    /// What the next picture would cost.
    #[prop_or_default]
    pub estimate: Html,
    /// Why the last one was not begun.
    #[prop_or_default]
    pub refused: Option<ApiError>,
    /// When other options are chosen, which may cost something else.
    pub onoptions: Callback<OptionValues>,
    /// When a picture is to be made.
    pub ongenerate: Callback<GenerateImage>,
    /// When a take is chosen.
    pub onselect: Callback<ImageId>,
    /// When it is to move.
    pub onmove: Callback<()>,
    /// When the scene before or after is to be seen.
    pub onstep: Callback<SceneId>,
    /// The scenes before and after.
    pub beside: (Option<SceneId>, Option<SceneId>),
    /// When it is closed.
    pub onclose: Callback<()>,
}

/// One scene's picture.
#[component]
pub fn ImageGenerationModal(props: &ImageGenerationModalProps) -> Html {
    let style = window_style();
    let scene = props.scene.clone();
    let id = scene.id;
    let takes = use_selector({
        let scene = scene.clone();
        move |open: &OpenProject| {
            (open.image_of(&scene), open.images.get(&scene.id).cloned().unwrap_or_default(), open.clip_of(&scene).selected)
        }
    });
    let (current, all, clip) = &*takes;
    let kept = use_selector({
        let all = all.clone();
        move |discarded: &Discarded| all.iter().filter(|take| !discarded.has(take.id.0)).cloned().collect::<Vec<_>>()
    });
    let gone = use_selector({
        let all = all.clone();
        move |discarded: &Discarded| all.iter().map(|take| take.id.0).find(|take| discarded.is_offered(*take))
    });
    let uploading = *use_selector(move |uploads: &Uploads| uploads.image(id));
    let asking = *use_selector(move |asking: &Asking| asking.has(What::Image, id));
    let words = use_state(|| props.style_prompt.to_string());
    let chosen = use_state(|| props.options.clone());
    let options = use_present(&Newest::from(&chosen));
    let standing = current.standing();
    let told = use_told_here(RecordKind::Image, id, &standing, current.newest.as_ref().map(|image| image.id.0));

    let generate = {
        let (words, options) = (words.clone(), options.clone());
        props.ongenerate.reform(move |()| {
            let options = options.now();
            GenerateImage {
                scene_id: id,
                style_prompt: Some(words.trim().to_owned()).filter(|words| !words.is_empty()),
                model_options: Some(options.read()).filter(|_| !options.is_empty()),
            }
        })
    };
    let onstyle = {
        let words = words.clone();
        Callback::from(move |value: String| words.set(value))
    };
    let onoptions = {
        let told = props.onoptions.clone();
        Callback::from(move |next: OptionValues| {
            told.emit(next.clone());
            chosen.set(next);
        })
    };
    let onfile = use_callback(id, |file: web_sys::File, id| upload::image(*id, file));
    use_paste(onfile.clone());
    let drop = use_file_drop(onfile.clone());
    let newest = current.newest.as_ref().map(|image| Item::of_image(image));
    let newest_error = current.newest.as_ref().and_then(|image| image.error.as_ref());
    let act = |work: fn(Item)| {
        let item = newest.clone();
        Callback::from(move |()| item.iter().cloned().for_each(work))
    };
    let selected = current.selected.clone();
    let url = selected.as_ref().and_then(|image| image.url.clone());
    let (across, down) = props.shape.parts();
    let step = |to: Option<SceneId>, button: &'static str| {
        let onstep = props.onstep.clone();
        Callback::from(move |()| {
            if let Some(to) = to {
                STEPPED.set(Some(button));
                onstep.emit(to);
            }
        })
    };
    // The window of the next scene is another one: the button goes on there.
    use_effect_with((), |()| STEPPED.take().into_iter().for_each(press_on));
    let footer = html! {
        <>
            <IconButton icon={Icon::Up} label={BEFORE} disabled={props.beside.0.is_none()} onclick={step(props.beside.0, BEFORE)} />
            <IconButton icon={Icon::Down} label={AFTER} disabled={props.beside.1.is_none()} onclick={step(props.beside.1, AFTER)} />
            <span style="flex: 1" />
            { props.estimate.clone() }
            if let Some(url) = url.clone() {
                <ButtonLink icon={Icon::Download} href={url} download="">{ "Download" }</ButtonLink>
            }
            <Button variant={ButtonVariant::Primary} icon={Icon::Write} busy={asking || standing.is_active()} onclick={generate}>{ "Generate image" }</Button>
        </>
    };
    html! {
        <Modal title={format!("Scene {}: {}", props.number, format::title(&scene.title))} wide=true onclose={props.onclose.clone()} {footer}>
            <div class={style}>
                <div class="view">
                    <div class={classes!("large", drop.over.then_some("over"))} style={format!("aspect-ratio: {across} / {down}")} ondragover={drop.ondragover} ondragleave={drop.ondragleave} ondrop={drop.ondrop}>
                        if let Some(url) = url {
                            <img key={url.clone()} src={url} alt={scene.visual_prompt.clone()} decoding="async" />
                        } else {
                            { glyph(Icon::Image, 24) }
                        }
                        { working("a new image", &standing, newest_error, uploading, act(|item| spawn_local(activity::cancel(item)))) }
                    </div>
                    if let Some(take) = *gone {
                        // Where it was; the note tells of it.
                        <div class="facts">
                            <span>{ "Take deleted" }</span>
                            <Button size={ButtonSize::Small} label="Undo: Take deleted" once=true onclick={Callback::from(move |()| discard::restore(take))}>{ "Undo" }</Button>
                        </div>
                    } else if let Some(image) = &selected {
                        <div class="facts tabular">
                            { for facts(image, props.settings.as_deref()).into_iter().map(|fact| html! { <span>{ fact }</span> }) }
                            if let Some(credit) = &image.credit { { credit_line("Photo by ", credit) } }
                            <span class="end">
                                <Button size={ButtonSize::Small} icon={Icon::Clip} onclick={props.onmove.clone()}>{ "Make it move" }</Button>
                                <IconButton size={ButtonSize::Small} icon={Icon::Delete} label="Delete this take" once=true onclick={remove(image)} />
                            </span>
                        </div>
                    } else if kept.iter().any(|take| take.status == Status::Ready) {
                        <div class="facts"><span>{ NONE_CHOSEN }</span></div>
                    }
                    if let Standing::Failed(error) = &standing {
                        <div ref={told} class="why" role="alert">
                            <span>{ &error.message }</span>
                            <Button icon={Icon::Retry} onclick={act(|item| spawn_local(activity::retry(item)))}>{ "Retry" }</Button>
                        </div>
                    }
                    { unseen(&scene, clip.as_deref()) }
                    <TakeStrip
                        what="Take"
                        act="Use take"
                        takes={kept.iter().map(|take| StripTake::of_image(take)).collect::<Vec<_>>()}
                        chosen={selected.as_ref().map(|image| image.id.0)}
                        shape={props.shape}
                        onchoose={props.onselect.reform(ImageId)}
                    />
                    <DropArea text="Drop or paste an image here: PNG, JPEG or WebP." button="Upload" accept={PICTURES} busy={uploading} {onfile} />
                </div>
                <div class="form">
                    <p class="prompt" dir="auto"><b>{ "What is seen" }</b>{ &scene.visual_prompt }</p>
                    <StyleField value={(*words).clone()} onchange={onstyle} default_style={default_style(props.settings.as_deref())} />
                    if let Some(settings) = &props.settings {
                        <ImageOptions settings={settings.clone()} value={options} onchange={onoptions} />
                    }
                    if let Some(error) = &props.refused { <Refused error={error.clone()} /> }
                </div>
            </div>
        </Modal>
    }
}

fn remove(image: &ImageAsset) -> Callback<()> {
    let (take, project) = (image.id, image.project_id);
    Callback::from(move |()| discard::discard(RecordKind::Image, take.0, project))
}

/// What is known of a take, in a few words.
fn facts(image: &ImageAsset, settings: Option<&Settings>) -> Vec<String> {
    let by = maker(&image.provider, settings);
    let size = image.width.zip(image.height).map(|(width, height)| format!("{width} × {height}"));
    let seed = image.model_options.seed.map(|seed| format!("seed {seed}"));
    let cost = image.cost_usd.filter(|cost| *cost > 0.0).map(format::cost);
    [Some(by), image.model.clone(), size, seed, cost].into_iter().flatten().collect()
}

fn default_style(settings: Option<&Settings>) -> String {
    settings.map(|settings| settings.defaults.image.style_prompt.clone()).unwrap_or_default()
}
