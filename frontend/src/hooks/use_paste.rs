//! Files that are pasted while something is shown.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, File};
use yew::prelude::*;

/// Hands over files that are pasted anywhere on the page; pasted text goes where it always goes.
#[hook]
pub fn use_paste(onfile: Callback<File>) {
    use_effect_with(onfile, |onfile| {
        let onfile = onfile.clone();
        let listener = web_sys::window().map(|window| {
            EventListener::new(&window, "paste", move |event| {
                let files = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data).and_then(|data| data.files());
                let Some(files) = files else { return };
                (0..files.length()).filter_map(|index| files.get(index)).for_each(|file| onfile.emit(file));
            })
        });
        move || drop(listener)
    });
}
