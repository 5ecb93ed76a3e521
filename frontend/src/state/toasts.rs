//! Toasts: what finished, what failed, what can be undone. A failed one stays until it is closed.

use gloo_timers::callback::Timeout;
use shared::ApiError;
use yew::{AttrValue, Callback};

use super::store::{State, state};

const STAYS_MS: u32 = 6_000;

/// What is shown now, oldest first.
#[derive(Clone, Default)]
pub struct Toasts {
    /// The toasts.
    pub items: Vec<Toast>,
    next: u32,
}
state!(Toasts);

/// One of them.
#[derive(Clone, PartialEq)]
pub struct Toast {
    /// Its own number.
    pub id: u32,
    /// What it is about.
    pub tone: Tone,
    /// What it says.
    pub message: AttrValue,
    /// What can be done about it.
    pub action: Option<Action>,
}

/// What a toast is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something was done.
    Done,
    /// Something went wrong.
    Failed,
}

/// A button on a toast.
#[derive(Clone, PartialEq)]
pub struct Action {
    /// What it says.
    pub label: AttrValue,
    /// What it does; the toast closes.
    pub run: Callback<()>,
}

/// Tells that something was done.
pub fn done(message: impl Into<AttrValue>) -> u32 {
    show(Tone::Done, message.into(), None, Some(STAYS_MS))
}

/// Tells that something was done, and offers a way back for as long as it is shown.
pub fn undoable(message: impl Into<AttrValue>, stays_ms: u32, undo: impl Fn() + 'static) -> u32 {
    let action = Action { label: "Undo".into(), run: Callback::from(move |()| undo()) };
    show(Tone::Done, message.into(), Some(action), Some(stays_ms))
}

/// Tells what went wrong, in the server's words.
pub fn failed(what: &str, error: &ApiError) -> u32 {
    show(Tone::Failed, format!("{what}: {}", error.message).into(), None, None)
}

/// The same, with a way to try again.
pub fn failed_retry(what: &str, error: &ApiError, retry: impl Fn() + 'static) -> u32 {
    let action = Action { label: "Retry".into(), run: Callback::from(move |()| retry()) };
    show(Tone::Failed, format!("{what}: {}", error.message).into(), Some(action), None)
}

/// Closes one.
pub fn close(id: u32) {
    Toasts::update(|toasts| toasts.items.retain(|toast| toast.id != id));
}

fn show(tone: Tone, message: AttrValue, action: Option<Action>, stays_ms: Option<u32>) -> u32 {
    let mut id = 0;
    Toasts::update(|toasts| {
        id = toasts.next;
        toasts.next += 1;
        // The same sentence twice says no more than once.
        toasts.items.retain(|toast| toast.message != message);
        toasts.items.push(Toast { id, tone, message, action });
    });
    if let Some(stays) = stays_ms {
        Timeout::new(stays, move || close(id)).forget();
    }
    id
}
