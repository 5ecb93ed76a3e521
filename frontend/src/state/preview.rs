//! A scene's preview, had before it is shown: a player does not tell why it has nothing to play.

use shared::ApiError;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;
use yew::Callback;

use crate::api;

/// A preview that is asked for. Dropped, nobody waits for it any more.
pub struct Asked(Option<AbortController>);

impl Drop for Asked {
    fn drop(&mut self) {
        self.0.iter().for_each(AbortController::abort);
    }
}

/// Asks for the preview at that address, and tells once it can be played, or why it cannot be.
pub fn ask(address: String, told: Callback<Result<(), ApiError>>) -> Asked {
    // It can be made in every browser that runs this app.
    let abort = AbortController::new().ok();
    let signal = abort.as_ref().map(AbortController::signal);
    spawn_local(async move {
        let answer = api::scene::preview(&address, signal.as_ref()).await;
        if !signal.is_some_and(|signal| signal.aborted()) {
            told.emit(answer);
        }
    });
    Asked(abort)
}
