//! The browser app: pages over components, stores over the typed API client, looks from `design`.
//!
//! Floors, each using only what stands below it: `app` → `pages` → `components`, `hooks` → `state` → `api` → `shared`; what
//! the rest stands on, such as `design` and `format`, uses none of them. Only pages and stores ask `api`. `components/ui` takes
//! props and gives callbacks; other components select from stores and call actions too. `tests/front_door/floors.rs` keeps it so.

mod api;
mod app;
mod clock;
mod components;
mod design;
mod format;
mod frame;
mod hooks;
mod json;
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
