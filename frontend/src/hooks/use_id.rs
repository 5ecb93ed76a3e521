//! An id that no other element on the page has.

use std::cell::Cell;

use yew::prelude::*;

/// An id for an element, the same for as long as the component lives.
#[hook]
pub fn use_id(prefix: &'static str) -> AttrValue {
    thread_local! {
        static NEXT: Cell<u32> = const { Cell::new(0) };
    }
    (*use_memo((), move |()| {
        let number = NEXT.replace(NEXT.get() + 1);
        AttrValue::from(format!("{prefix}-{number}"))
    }))
    .clone()
}
