//! A scene's preview, had before it is shown: a player does not tell why it has nothing to play, and plays what an address had
//! before for some minutes more.

use std::rc::Rc;

use shared::{ApiError, ErrorCode};
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, Url};
use yew::Callback;

use crate::api::{self, Answer};

/// A preview that can be played for as long as this is kept.
pub struct Preview {
    /// Where.
    pub url: String,
}

impl Drop for Preview {
    fn drop(&mut self) {
        // Revoking an address that is known cannot fail.
        let _ = Url::revoke_object_url(&self.url);
    }
}

/// A preview that is asked for. Dropped, nobody waits for it any more.
pub struct Asked(Option<AbortController>);

impl Drop for Asked {
    fn drop(&mut self) {
        self.0.iter().for_each(AbortController::abort);
    }
}

/// Asks for the preview at that address, and tells once it can be played, or why it cannot be.
pub fn ask(address: String, told: Callback<Answer<Rc<Preview>>>) -> Asked {
    // It can be made in every browser that runs this app.
    let abort = AbortController::new().ok();
    let signal = abort.as_ref().map(AbortController::signal);
    spawn_local(async move {
        let answer = read(&address, signal.as_ref()).await;
        if !signal.is_some_and(|signal| signal.aborted()) {
            told.emit(answer);
        }
    });
    Asked(abort)
}

async fn read(address: &str, gone: Option<&web_sys::AbortSignal>) -> Answer<Rc<Preview>> {
    let bytes = api::scene::preview(address, gone).await?;
    let full = |_| ApiError::new(ErrorCode::Internal, "The browser has no room for the preview.");
    Url::create_object_url_with_blob(&bytes).map(|url| Rc::new(Preview { url })).map_err(full)
}
