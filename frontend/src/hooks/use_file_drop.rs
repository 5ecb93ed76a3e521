//! Files that are dropped on an element.

use web_sys::File;
use yew::prelude::*;

/// What the element takes.
pub struct FileDrop {
    /// Whether a file hangs over it.
    pub over: bool,
    /// For its `ondragover`.
    pub ondragover: Callback<DragEvent>,
    /// For its `ondragleave`.
    pub ondragleave: Callback<DragEvent>,
    /// For its `ondrop`.
    pub ondrop: Callback<DragEvent>,
}

/// Lets an element take files.
#[hook]
pub fn use_file_drop(onfile: Callback<File>) -> FileDrop {
    let over = use_state(|| false);
    let ondragover = {
        let over = over.clone();
        Callback::from(move |event: DragEvent| {
            let files = event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0));
            if files {
                // Without this the browser opens the file in place of the page.
                event.prevent_default();
                event.stop_propagation();
                if !*over {
                    over.set(true);
                }
            }
        })
    };
    let ondragleave = {
        let over = over.clone();
        Callback::from(move |_: DragEvent| over.set(false))
    };
    let ondrop = {
        let over = over.clone();
        Callback::from(move |event: DragEvent| {
            over.set(false);
            let files = event.data_transfer().and_then(|data| data.files());
            let Some(files) = files.filter(|files| files.length() > 0) else { return };
            event.prevent_default();
            event.stop_propagation();
            (0..files.length()).filter_map(|index| files.get(index)).for_each(|file| onfile.emit(file));
        })
    };
    FileDrop { over: *over, ondragover, ondragleave, ondrop }
}
