//! The window in which the picture of one scene is looked at, and made anew.

use shared::{ApiError, SceneId, estimate::Estimate, image::GenerateImage};
use yew::prelude::*;

use super::estimate::{asked, use_estimate};
use crate::{
    components::{image::use_present, options::OptionValues},
    hooks::Newest,
    state::make,
};

/// What the window shows, and what is done with it.
pub struct ImageWindow {
    /// The scene that it is open for.
    pub scene: Option<SceneId>,
    /// What the next picture would cost.
    pub estimate: Option<Estimate>,
    /// Why the last one was not begun.
    pub refused: Option<ApiError>,
    /// Opens it for a scene; the same at every drawing.
    pub open: Callback<SceneId>,
    /// Takes other options, which may cost something else.
    pub choose: Callback<OptionValues>,
    /// Makes a picture.
    pub make: Callback<GenerateImage>,
    /// Closes it.
    pub close: Callback<()>,
}

/// The window of one picture, which begins with those options.
#[hook]
pub fn use_image_window(options: &Newest<OptionValues>) -> ImageWindow {
    let opened = use_state(|| None::<SceneId>);
    let own = use_state(OptionValues::default);
    let refused = use_state(|| None::<(SceneId, ApiError)>);
    let present = use_present(&Newest::from(&own));
    let request = (*opened).map(|scene_id| GenerateImage { scene_id, style_prompt: None, model_options: Some(present.read()) });
    let estimate = use_estimate("image", request.as_ref().and_then(asked), 0);
    let open = {
        let (opened, own, options, refused) = (opened.clone(), own.clone(), options.clone(), refused.clone());
        use_callback((), move |scene: SceneId, ()| {
            refused.set(None);
            own.set(options.now());
            opened.set(Some(scene));
        })
    };
    let choose = {
        let refused = refused.clone();
        Callback::from(move |next| {
            refused.set(None);
            own.set(next);
        })
    };
    let make = {
        let (opened, refused) = (opened.clone(), refused.clone());
        Callback::from(move |request: GenerateImage| {
            let (opened, refused) = (opened.clone(), refused.clone());
            refused.set(None);
            make::image_or(request, move |request, error| {
                // In its window, where that is still open.
                if *opened == Some(request.scene_id) {
                    refused.set(Some((request.scene_id, error)));
                } else {
                    make::image_refused(request, error);
                }
            });
        })
    };
    let scene = *opened;
    let refused = refused.as_ref().filter(|(of, _)| Some(*of) == scene).map(|(_, error)| error.clone());
    let close = Callback::from(move |()| opened.set(None));
    ImageWindow { scene, estimate, refused, open, choose, make, close }
}
