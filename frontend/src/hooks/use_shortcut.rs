//! Ctrl+Enter, or ⌘ Enter: the page's primary action.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{components::ui::is_covered, frame::drawn};

/// Runs `action` on Ctrl+Enter or ⌘ Enter, wherever the focus is; nothing while there is none.
#[hook]
pub fn use_primary_shortcut(action: Option<Callback<()>>) {
    let newest = use_mut_ref(|| None::<Callback<()>>);
    newest.replace(action);
    use_effect_with((), move |()| {
        let shown = newest.clone();
        let listener = web_sys::window().map(|window| {
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
                    // Where there is none, it is somebody else's, or comes with what was typed just now.
                    if newest.borrow().is_some() {
                        key.prevent_default();
                    }
                    let newest = newest.clone();
                    spawn_local(async move {
                        drawn().await;
                        let action = newest.borrow().clone();
                        action.iter().for_each(|action| action.emit(()));
                    });
                }
            })
        });
        move || {
            // What is awaited just now is not done either.
            shown.take();
            drop(listener);
        }
    });
}
