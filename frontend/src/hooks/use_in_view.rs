//! Whether an element has come near the window: what is far down a long page can wait.

use js_sys::Array;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};
use yew::prelude::*;

/// How far from the window is near.
const NEAR: &str = "300px";

/// Whether an element has been in or near the window since it is there.
#[hook]
pub fn use_in_view(node: &NodeRef) -> bool {
    let seen = use_state(|| false);
    let (node, set) = (node.clone(), seen.clone());
    use_effect_with((), move |()| {
        let watched = node.cast::<Element>().and_then(|element| watch(&element, move || set.set(true)));
        move || {
            if let Some((observer, _told)) = watched {
                observer.disconnect();
            }
        }
    });
    *seen
}

type Told = Closure<dyn Fn(Array)>;

fn watch(element: &Element, seen: impl Fn() + 'static) -> Option<(IntersectionObserver, Told)> {
    let told = Told::new(move |entries: Array| {
        if entries.iter().any(|entry| entry.unchecked_into::<IntersectionObserverEntry>().is_intersecting()) {
            seen();
        }
    });
    let options = IntersectionObserverInit::new();
    options.set_root_margin(NEAR);
    let observer = IntersectionObserver::new_with_options(told.as_ref().unchecked_ref(), &options).ok()?;
    observer.observe(element);
    Some((observer, told))
}
