//! Back, forward and reload keep the place: how far each page was scrolled is known to its tab.

use std::cell::Cell;

use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Document, Element};
use yew::prelude::*;

use super::use_kept_focus::elements;
use crate::{frame::next_frame, storage};

/// When scrolling has come to rest.
const REST_MS: u32 = 100;
/// How many frames a page has to be there again, and how many to take its shape.
const FRAMES: (u32, u32) = (600, 12);

thread_local! {
    /// Whether one comes back to the page that is opened next; a reload does.
    static BACK: Cell<bool> = const { Cell::new(true) };
    /// Counts the pages that were gone to.
    static TURN: Cell<u32> = const { Cell::new(0) };
    static RETURNING: Cell<bool> = const { Cell::new(false) };
}

/// Keeps the place on the page at that address.
#[hook]
pub fn use_kept_place(path: String) {
    use_effect_with((), |()| {
        let (window, capture) = (web_sys::window(), EventListenerOptions::run_in_capture_phase());
        let kept = window.as_ref().and_then(web_sys::Window::document).zip(window).map(|(document, window)| {
            // Before the router hears of it.
            let back = EventListener::new_with_options(&window, "popstate", capture, |_| BACK.set(true));
            let rest = Cell::new(None);
            let scrolled = EventListener::new_with_options(&document.clone(), "scroll", capture, move |_| {
                let (document, turn) = (document.clone(), TURN.get());
                let rested = move || {
                    if turn == TURN.get() && !RETURNING.get() {
                        keep(&document);
                    }
                };
                rest.set(Some(Timeout::new(REST_MS, rested)));
            });
            (back, scrolled)
        });
        move || drop(kept)
    });
    use_effect_with(path, |path| {
        let turn = TURN.get() + 1;
        TURN.set(turn);
        let back = BACK.replace(false);
        let place = storage::session_get(&key(path)).filter(|_| back);
        let place =
            place.as_deref().and_then(|place| place.split_once(' ')).and_then(|(row, top)| Some((row.parse().ok()?, top.parse().ok()?)));
        RETURNING.set(place.is_some());
        let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
        match place {
            Some(place) => spawn_local(go_back(document, turn, place)),
            None => _ = main(&document).map(|main| main.set_scroll_top(0)),
        }
    });
}

/// Notes which row is at the top, and where: what is above it may have another height when it is drawn anew.
fn keep(document: &Document) {
    let Some(main) = main(document) else { return };
    let frame = main.get_bounding_client_rect();
    let at_top = document.element_from_point((frame.left() + frame.width() / 2.0) as f32, frame.top() as f32 + 1.0);
    let row = at_top.and_then(|element| element.closest("main :is(li, tr)").ok().flatten());
    let index = row.as_ref().and_then(|row| rows(&main).iter().position(|one| one == row));
    let place = match row.zip(index) {
        Some((row, index)) => format!("{index} {}", above(&main, &row)),
        None => format!("-1 {}", -main.scroll_top()),
    };
    let path = web_sys::window().and_then(|window| window.location().pathname().ok()).unwrap_or_default();
    // Where it is refused, the page begins at its beginning.
    storage::session_set(&key(&path), &place);
}

/// Scrolls to a place as soon as it is there, and again while the rows around it are being drawn.
async fn go_back(document: Document, turn: u32, (index, top): (i32, i32)) {
    let mut still = FRAMES.1;
    for _ in 0..FRAMES.0 {
        next_frame().await;
        if turn != TURN.get() {
            return;
        }
        let Some(main) = main(&document) else { continue };
        let now = match usize::try_from(index) {
            Ok(index) => rows(&main).get(index).map(|row| above(&main, row)),
            Err(_) => Some(-main.scroll_top()).filter(|_| main.scroll_height() - main.client_height() >= -top),
        };
        if let Some(now) = now {
            main.set_scroll_top(main.scroll_top() + now - top);
            still -= 1;
        }
        if still == 0 {
            break;
        }
    }
    RETURNING.set(false);
}

/// How far a row is below the upper edge of what is seen. Whole pixels do, and the code that reads fractions is large.
fn above(main: &Element, row: &Element) -> i32 {
    (row.get_bounding_client_rect().top() - main.get_bounding_client_rect().top()) as i32
}

fn main(document: &Document) -> Option<Element> {
    document.query_selector("main").ok().flatten()
}

fn rows(main: &Element) -> Vec<Element> {
    main.query_selector_all("li, tr").map(|found| elements(&found)).unwrap_or_default()
}

fn key(path: &str) -> String {
    format!("studio.place.{path}")
}
