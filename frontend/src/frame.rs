//! The browser's frames: for what moves with them.

use js_sys::Promise;
use wasm_bindgen_futures::JsFuture;

/// Comes back with the next frame; not while the page is hidden.
pub async fn next_frame() {
    let frame = Promise::new(&mut |resolve, _reject| {
        let asked = web_sys::window().map(|window| window.request_animation_frame(&resolve));
        if !matches!(asked, Some(Ok(_))) {
            // Without frames nothing is waited for. Calling a promise's own function cannot fail.
            let _ = resolve.call0(&wasm_bindgen::JsValue::UNDEFINED);
        }
    });
    // It is never rejected.
    let _ = JsFuture::from(frame).await;
}
