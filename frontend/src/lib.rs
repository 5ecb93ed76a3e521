//! The browser app: pages over components, stores over the typed API client, looks from `design`.
//!
//! Floors, each using only what stands below it: `pages` → `components` → `hooks`, `state` → `api` → `shared`.
//! Components take props and give callbacks; only pages and stores talk to `api`.

mod api;
mod app;
mod clock;
mod components;
mod design;
mod format;
mod frame;
mod hooks;
mod pages;
mod routes;
mod state;
mod storage;

/// Puts the app on the page.
pub fn run() {
    yew::Renderer::<app::App>::new().render();
    if let Some(boot) = web_sys::window().and_then(|w| w.document()).and_then(|d| d.get_element_by_id("boot")) {
        boot.remove();
    }
}
