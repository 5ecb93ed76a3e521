//! When the page is drawn: the browser's frames, and the app's own pass after an event.

use gloo_timers::future::TimeoutFuture;
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

/// Longer than the scheduler of yew may put off its next pass: browsers stretch nested timers to 4 ms (HTML, timers,
/// "nesting level").
const PASS_MS: u32 = 5;

/// Comes back once the app has drawn what the events before this one changed. On a busy machine yew leaves an event's
/// changes to its next pass, and the next event comes first: a key that acts on what was typed a moment before would act
/// on what was there before that.
pub async fn drawn() {
    TimeoutFuture::new(PASS_MS).await;
}
