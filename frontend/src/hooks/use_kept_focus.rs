//! The focus stays on the page: a browser lets it fall where what has it is moved, or taken away.

use std::{cell::RefCell, iter::successors};

use gloo_events::EventListener;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Document, Element, FocusOptions, HtmlElement, MutationObserver, MutationObserverInit, MutationRecord, Node, NodeList};
use yew::prelude::*;

/// What can have the focus; what lies in a menu cannot until that is open.
const FOCUSABLE: &str = ":is(a[href], button, input, select, textarea, summary, [tabindex='0']):not([role=menu] *)";
/// What nobody is to press because the focus came there by itself.
const DELETES: &str = ":is([aria-label^='Delete'], [aria-label^='Discard'])";
/// What is gone once it is done with, so that the focus belongs where it was before.
const PASSING: [&str; 2] = ["[data-passing]", "[data-passing], dialog"];

thread_local! {
    /// What has the focus, or lost it by no doing of the user's.
    static LAST: RefCell<Option<Element>> = const { RefCell::new(None) };
    /// What had it last outside of each of those that pass.
    static BEFORE: RefCell<[Option<Element>; 2]> = const { RefCell::new([None, None]) };
}

/// Gives the focus back to what was moved; and where what had it is gone, to what has taken its place, or is next to it.
#[hook]
pub fn use_kept_focus() {
    use_effect_with((), |()| {
        let document = web_sys::window().and_then(|window| window.document());
        let kept = document.map(|document| {
            let came = EventListener::new(&document, "focusin", |event| {
                let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
                BEFORE.with_borrow_mut(|before| {
                    for (before, passing) in before.iter_mut().zip(PASSING) {
                        if within(&element, passing).is_none() {
                            *before = Some(opener(&element));
                        }
                    }
                });
                LAST.set(Some(element));
            });
            // Where nothing is pressed that can have it, the user has let it go. What has it already is not told so again.
            let left = EventListener::new(&document, "pointerdown", |event| {
                let pressed = event.target().and_then(|target| target.dyn_into::<Node>().ok());
                LAST.with_borrow_mut(|last| _ = last.take_if(|last| !last.contains(pressed.as_ref())));
            });
            let changed = Closure::<dyn Fn(js_sys::Array)>::new({
                let document = document.clone();
                move |records: js_sys::Array| mend(&document, &records)
            });
            let options = MutationObserverInit::new();
            options.set_child_list(true);
            options.set_subtree(true);
            let observer = MutationObserver::new(changed.as_ref().unchecked_ref()).ok();
            if let Some(observer) = &observer {
                // It fails only for options that make no sense.
                let _ = observer.observe_with_options(&document, &options);
            }
            (came, left, changed, observer)
        });
        move || {
            if let Some((.., Some(observer))) = &kept {
                observer.disconnect();
            }
        }
    });
}

fn mend(document: &Document, records: &js_sys::Array) {
    let is_lost = || document.active_element().is_none_or(|active| active.tag_name() == "BODY");
    let Some(last) = LAST.with_borrow(Clone::clone).filter(|_| is_lost()) else { return };
    let records: Vec<MutationRecord> = records.iter().map(JsCast::unchecked_into).collect();
    let removal = records.iter().find_map(|record| {
        let removed = elements(&record.removed_nodes()).into_iter().find(|element| element.contains(Some(&last)))?;
        Some((record, removed))
    });
    let Some((record, removed)) = removal else { return };
    let focus = |element: &Element| {
        // It fails only on an element that has left the page, and comes to nothing on one that is not shown.
        let _ = element.unchecked_ref::<HtmlElement>().focus();
        !is_lost()
    };
    // Where it was may be far away by now: the page is not to jump there.
    let focus_back = |element: &Element| {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = element.unchecked_ref::<HtmlElement>().focus_with_options(&options);
        !is_lost()
    };
    if last.is_connected() {
        focus(&last);
        return;
    }
    if within(&last, PASSING[1]).is_some() && BEFORE.with_borrow(Clone::clone).iter().flatten().any(focus_back) {
        return;
    }
    // What was put in its place; else the same place in the one that followed, or came before; else what is nearest.
    let target = record.target();
    let added = records.iter().filter(|other| other.target() == target).flat_map(|other| elements(&other.added_nodes()));
    let next = successors(record.next_sibling(), Node::next_sibling).find_map(|node| node.dyn_into::<Element>().ok());
    let previous = successors(record.previous_sibling(), Node::previous_sibling).find_map(|node| node.dyn_into::<Element>().ok());
    let origin = opener(&last);
    let place = focusables(&removed).iter().position(|one| *one == origin).unwrap_or_default();
    let same = |beside: &&Element| beside.tag_name() == removed.tag_name() && beside.class_name() == removed.class_name();
    let any = |element: &Element| focusables(element).iter().filter(|one| !one.matches(DELETES).unwrap_or_default()).any(focus);
    // A page that takes the place of another has the focus as a whole.
    if let (true, Some(page)) = (removed.tag_name() == "MAIN", added.clone().find(|added| added.tag_name() == "MAIN")) {
        page.unchecked_ref::<HtmlElement>().set_tab_index(-1);
        focus(&page);
        return;
    }
    let found = added.clone().any(|added| any(&added))
        || [&next, &previous].into_iter().flatten().filter(same).any(|beside| focusables(beside).get(place).is_some_and(focus))
        || previous.iter().any(|beside| focusables(beside).iter().rev().filter(|one| !one.matches(DELETES).unwrap_or_default()).any(focus))
        || next.iter().any(any);
    if !found {
        let around = successors(target.and_then(|target| target.dyn_into().ok()), |around: &Element| around.parent_element());
        // The page as a whole is given it by whoever goes there.
        around.take_while(|around| around.tag_name() != "BODY").find(any);
    }
}

/// The button of the menu that it lies in; itself, elsewhere.
fn opener(element: &Element) -> Element {
    let button = within(element, "[role=menu]").and_then(|menu| menu.previous_element_sibling());
    button.unwrap_or_else(|| element.clone())
}

fn within(element: &Element, css: &str) -> Option<Element> {
    element.closest(css).ok().flatten()
}

fn focusables(element: &Element) -> Vec<Element> {
    element.query_selector_all(FOCUSABLE).map(|found| elements(&found)).unwrap_or_default()
}

/// The elements of a list.
pub(super) fn elements(nodes: &NodeList) -> Vec<Element> {
    (0..nodes.length()).filter_map(|index| nodes.get(index)?.dyn_into().ok()).collect()
}
