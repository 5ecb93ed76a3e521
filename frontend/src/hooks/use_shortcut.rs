//! Ctrl+Enter, or ⌘ Enter: the page's primary action.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use yew::prelude::*;

use crate::components::ui::is_covered;

/// Runs `action` on Ctrl+Enter or ⌘ Enter, wherever the focus is; nothing while there is none.
#[hook]
pub fn use_primary_shortcut(action: Option<Callback<()>>) {
    use_effect_with(action, |action| {
        let listener = action.clone().zip(web_sys::window()).map(|(action, window)| {
            EventListener::new_with_options(&window, "keydown", EventListenerOptions::enable_prevent_default(), move |event| {
                let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
                if key.key() == "Enter"
                    && (key.ctrl_key() || key.meta_key())
                    && !key.shift_key()
                    && !key.default_prevented()
                    && !key.repeat()
                    // A window has an action of its own.
                    && !is_covered()
                {
                    key.prevent_default();
                    action.emit(());
                }
            })
        });
        move || drop(listener)
    });
}
