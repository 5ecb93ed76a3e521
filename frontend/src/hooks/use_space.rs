//! The space bar, where it does nothing else: it plays and pauses.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use crate::components::ui::is_covered;

/// What takes the space bar for itself.
const TAKERS: &str = "input, textarea, select, button, a, summary, video, audio, [contenteditable], [role=menuitem], [role=tab]";

/// Runs `action` when the space bar is pressed while no control has the focus; nothing while there is none. What is on the page
/// hears nothing of it while a window lies over the page, and what is in a window only then.
#[hook]
pub fn use_space(in_window: bool, action: Callback<()>) {
    use_effect_with(action, move |action| {
        let action = action.clone();
        let listener = web_sys::window().map(|window| {
            EventListener::new_with_options(&window, "keydown", EventListenerOptions::enable_prevent_default(), move |event| {
                let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
                if is_covered() != in_window
                    || key.key() != " "
                    || key.default_prevented()
                    || key.ctrl_key()
                    || key.meta_key()
                    || key.alt_key()
                {
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
