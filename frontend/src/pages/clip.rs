//! The window in which a scene's picture is made to move.

use std::rc::Rc;

use shared::{
    ApiError,
    project::AspectRatio,
    scene::Scene,
    settings::Settings,
    video::{GenerateVideo, VideoOptions},
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::estimate::{asked, use_estimate};
use crate::{
    components::{
        estimate::EstimateLine,
        image::ClipModal,
        options::{OptionValues, clip_maker},
    },
    hooks::use_kept,
    state::{edit, make, project::OpenProject, settings::SettingsState, use_selector},
};

/// Props of [`ClipWindow`].
#[derive(PartialEq, Properties)]
pub struct ClipWindowProps {
    /// The scene.
    pub scene: Rc<Scene>,
    /// Its number, from 1.
    pub number: usize,
    /// The shape of its picture.
    pub shape: AspectRatio,
    /// When it is closed.
    pub onclose: Callback<()>,
}

/// A scene's clips, and the way to another.
#[component]
pub fn ClipWindow(props: &ClipWindowProps) -> Html {
    let scene = props.scene.clone();
    let id = scene.id;
    let settings = use_selector(|state: &SettingsState| state.settings.clone());
    let image = *use_selector({
        let scene = scene.clone();
        move |open: &OpenProject| open.image_of(&scene).selected.map(|image| image.id)
    });
    let (kept, keep) = use_kept::<OptionValues>(format!("studio.clip.{}", scene.project_id));
    let words = use_state(String::new);
    let refused = use_state(|| None::<ApiError>);
    let asking = use_state(|| false);

    let known = (*settings).clone();
    let makes = known.as_ref().is_some_and(|settings| clip_maker(settings, &kept).is_some());
    let value = kept.map(move |kept| known.as_deref().map_or_else(|| kept.clone(), |settings| for_maker(settings, kept)));
    let request = image.filter(|_| makes).map(|image| {
        let value = value.clone();
        move |prompt: Option<String>| GenerateVideo {
            project_id: None,
            image_ids: Some(vec![image]),
            options: Some(VideoOptions { prompt, ..value.now().read() }),
        }
    });
    // What happens in it costs nothing more or less: asked without it, typing asks nothing.
    let estimate = use_estimate("video", request.as_ref().and_then(|request| asked(&request(None))), 0);
    let onchange = {
        let refused = refused.clone();
        Callback::from(move |next| {
            refused.set(None);
            keep.emit(next);
        })
    };
    let onmake = request.map(|request| {
        let (words, refused, asking) = (words.clone(), refused.clone(), asking.clone());
        Callback::from(move |()| {
            if *asking {
                return;
            }
            let request = request(Some(words.trim().to_owned()).filter(|words| !words.is_empty()));
            let (refused, asking) = (refused.clone(), asking.clone());
            asking.set(true);
            refused.set(None);
            spawn_local(async move {
                refused.set(make::clip(&request).await.err());
                asking.set(false);
            });
        })
    });
    html! {
        <ClipModal
            {scene}
            number={props.number}
            shape={props.shape}
            settings={(*settings).clone()}
            {value}
            {onchange}
            words={words.to_string()}
            onwords={let words = words.clone(); Callback::from(move |text| words.set(text))}
            estimate={html! { <EstimateLine {estimate} one="clip" many="clips" /> }}
            refused={(*refused).clone()}
            asking={*asking}
            {onmake}
            onuse={Callback::from(move |clip| edit::select_clip(id, clip))}
            onclose={props.onclose.clone()}
        />
    }
}

/// What is chosen for whoever would be asked. What was told to a provider who is not there any more is no other's to take.
fn for_maker(settings: &Settings, kept: &OptionValues) -> OptionValues {
    match clip_maker(settings, kept) {
        Some(provider) if kept.get("provider") != provider.id => OptionValues::default().with("provider", &provider.id),
        _ => kept.clone(),
    }
}
