//! The space bar, where it does nothing else: it plays and pauses.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

/// What takes the space bar for itself.
const TAKERS: &str = "input, textarea, select, button, a, summary, video, audio, [contenteditable], [role=menuitem], [role=tab]";

/// Runs `action` when the space bar is pressed while no control has the focus; nothing while there is none.
#[hook]
pub fn use_space(action: Option<Callback<()>>) {
    use_effect_with(action, |action| {
        let listener = action.clone().zip(web_sys::window()).map(|(action, window)| {
            EventListener::new_with_options(&window, "keydown", EventListenerOptions::enable_prevent_default(), move |event| {
                let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
                if key.key() != " " || key.default_prevented() || key.ctrl_key() || key.meta_key() || key.alt_key() {
                    return;
                }
                let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
                if target.is_some_and(|target| target.closest(TAKERS).ok().flatten().is_some()) {
                    return;
                }
                // Else the page scrolls.
                event.prevent_default();
                if !key.repeat() {
                    action.emit(());
                }
            })
        });
        move || drop(listener)
    });
}
