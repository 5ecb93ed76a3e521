//! The tabs that this app is open in. A browser opens few connections to one server, and each tab's live stream holds one of
//! them: where there are many tabs, those that nobody has looked at for longest do without, and read everything when somebody does.

use std::cell::RefCell;

use crate::storage;

/// All tabs, those first that were looked at last.
const KEY: &str = "studio.tabs";
/// How many keep their stream: of the six connections that browsers open, two are left for everything else.
const STREAMS: usize = 4;
/// More are not told apart.
const KNOWN: usize = 16;

thread_local! {
    /// What this tab is called until it is loaded again. What browsers keep for a tab would do no better: a duplicated tab has a
    /// copy of it.
    static ME: RefCell<String> = RefCell::new(js_sys::Math::random().to_string());
}

/// What this tab is called, in one word.
pub fn me() -> String {
    ME.with_borrow(Clone::clone)
}

/// Notes that this tab is looked at.
pub fn come_first() {
    change(|others, me| format!("{me} {others}"));
}

/// Notes that this tab is closed.
pub fn leave() {
    change(|others, _| others);
}

/// Whether this tab may keep its stream while nobody looks at it.
pub fn may_listen() -> bool {
    let all = storage::get(KEY).unwrap_or_default();
    // Where nothing can be kept, no tab knows of another.
    all.is_empty() || ME.with_borrow(|me| all.split(' ').take(STREAMS).any(|tab| tab == me))
}

fn change(to: impl FnOnce(String, &str) -> String) {
    ME.with_borrow(|me| {
        let all = storage::get(KEY).unwrap_or_default();
        let others: Vec<_> = all.split(' ').filter(|tab| !tab.is_empty() && tab != me).take(KNOWN).collect();
        storage::set(KEY, to(others.join(" "), me).trim());
    });
}
