//! Toasts: what finished, what failed, what can be undone. A failed one stays until it is closed; any other waits as long
//! as the pointer or the focus is on it.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_timers::callback::Timeout;
use shared::{ApiError, ErrorCode};
use yew::{AttrValue, Callback};

use super::{
    map::Map,
    store::{State, state},
};
use crate::{clock, format};

const STAYS_MS: u32 = 6_000;
/// How long there is to undo something.
const UNDO_MS: u32 = 8_000;

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
    /// What it tells the failure of, where another try of the same makes it good.
    about: Option<Rc<str>>,
    stays_ms: Option<u32>,
    /// What is done once it is gone, unless its action was taken.
    end: Option<Callback<()>>,
    /// One of the same words, which can be taken back once this was.
    under: Option<Rc<Toast>>,
}

impl Toast {
    /// Nothing of it can be taken back any more.
    fn over(&self) {
        if let Some(end) = &self.end {
            end.emit(());
        }
        if let Some(under) = &self.under {
            under.over();
        }
    }

    /// One that it stands for is not offered again.
    fn forget(&mut self, id: u32) {
        let Some(under) = self.under.take() else { return };
        self.under = if under.id == id {
            under.under.clone()
        } else {
            let mut kept = (*under).clone();
            kept.forget(id);
            Some(Rc::new(kept))
        };
    }

    fn undoes(&self) -> bool {
        self.action.as_ref().is_some_and(|action| action.undoes)
    }

    /// What its button is called, where several of the same words may stand there: "Undo: Scene 1 deleted".
    pub fn action_name(&self) -> Option<AttrValue> {
        let action = self.action.as_ref().filter(|action| action.undoes)?;
        Some(format!("{}: {}", action.label, self.message).into())
    }
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
    /// Whether it takes something back: the key for that does it too.
    pub undoes: bool,
}

thread_local! {
    /// When there was last something new to take back.
    static UNDOABLE_SINCE: Cell<f64> = const { Cell::new(0.0) };
    static TIMERS: RefCell<Map<u32, Timeout>> = const { RefCell::new(Map::new()) };
}

/// Tells that something was done.
pub fn done(message: impl Into<AttrValue>) -> u32 {
    show(Toast { stays_ms: Some(STAYS_MS), ..toast(Tone::Done, message.into()) })
}

/// Tells that something was done, and offers a way back for as long as it is shown; `end` is called when that is over.
pub fn undoable(message: impl Into<AttrValue>, undo: impl Fn() + 'static, end: impl Fn() + 'static) -> u32 {
    let action = Action { label: "Undo".into(), run: Callback::from(move |()| undo()), undoes: true };
    let end = Some(Callback::from(move |()| end()));
    show(Toast { action: Some(action), stays_ms: Some(UNDO_MS), end, ..toast(Tone::Done, message.into()) })
}

/// Tells what went wrong, in the server's words.
pub fn failed(what: &str, error: &ApiError) -> u32 {
    show(toast(Tone::Failed, format!("{what}: {}", format::reason(error)).into()))
}

/// The same, with a way to try again; not where the same would be refused for the same reason.
pub fn failed_retry(what: &str, error: &ApiError, retry: impl Fn() + 'static) -> u32 {
    if matches!(error.code, ErrorCode::ValidationFailed | ErrorCode::UnsupportedMediaType | ErrorCode::PayloadTooLarge) {
        return failed(what, error);
    }
    offer(format!("{what}: {}", format::reason(error)), "Retry", retry)
}

/// Tells what went wrong, and offers something to do about it.
pub fn offer(message: impl Into<AttrValue>, label: &'static str, run: impl Fn() + 'static) -> u32 {
    let action = Action { label: label.into(), run: Callback::from(move |()| run()), undoes: false };
    show(Toast { action: Some(action), ..toast(Tone::Failed, message.into()) })
}

/// Says what a failure that is told of was a try of.
pub fn mark(id: u32, about: &str) {
    Toasts::update(|toasts| {
        toasts.items.iter_mut().filter(|toast| toast.id == id).for_each(|toast| toast.about = Some(about.into()));
    });
}

/// Those that tell now that a try of that has failed.
pub fn failures_of(about: &str) -> Vec<u32> {
    Toasts::current().items.iter().filter(|toast| toast.about.as_deref() == Some(about)).map(|toast| toast.id).collect()
}

/// Closes one.
pub fn close(id: u32) {
    if let Some(toast) = take(id) {
        toast.over();
    }
}

/// Takes one away, and those that it stands for: what is done at their end is done by who asks for this.
pub fn withdraw(id: u32) {
    take(id);
}

/// Closes one and does what it offers.
pub fn act(id: u32) {
    let Some(toast) = take(id) else { return };
    if let Some(action) = toast.action {
        action.run.emit(());
    }
    if let Some(under) = toast.under {
        put_back((*under).clone());
    }
}

/// Takes one away since there is nothing left to take back; one that it stands for is offered again.
pub fn lapse(id: u32) {
    match take(id) {
        Some(toast) => toast.under.into_iter().for_each(|under| put_back((*under).clone())),
        None => Toasts::update(|toasts| toasts.items.iter_mut().for_each(|toast| toast.forget(id))),
    }
}

/// Whether something that can be taken back was done later than that.
pub fn undoable_since(time: f64) -> bool {
    UNDOABLE_SINCE.get() > time && Toasts::current().items.iter().any(Toast::undoes)
}

/// Takes back what was done last; false where nothing can be.
pub fn undo_last() -> bool {
    let last = Toasts::current().items.iter().rev().find(|toast| toast.undoes()).cloned();
    last.inspect(|toast| act(toast.id)).is_some()
}

/// Lets one stay for as long as somebody is at it, and for its time afterwards.
pub fn hold(id: u32, held: bool) {
    TIMERS.with_borrow_mut(|timers| timers.remove(&id));
    if !held && let Some(toast) = Toasts::current().items.iter().find(|toast| toast.id == id) {
        run_down(toast);
    }
}

fn toast(tone: Tone, message: AttrValue) -> Toast {
    Toast { id: 0, tone, message, action: None, about: None, stays_ms: None, end: None, under: None }
}

fn show(mut toast: Toast) -> u32 {
    // The same sentence twice says no more than once, but each can be taken back.
    let same: Vec<_> = Toasts::current().items.iter().filter(|known| known.message == toast.message).map(|known| known.id).collect();
    for same in same.into_iter().filter_map(take) {
        if same.undoes() && toast.undoes() {
            toast.under = Some(Rc::new(same));
        } else {
            same.over();
        }
    }
    if toast.undoes() {
        UNDOABLE_SINCE.set(clock::milliseconds());
    }
    Toasts::update(|toasts| {
        toast.id = toasts.next;
        toasts.next += 1;
        toasts.items.push(toast.clone());
    });
    run_down(&toast);
    toast.id
}

/// Shows one again in its old place: what was done after it is taken back before it.
fn put_back(toast: Toast) {
    UNDOABLE_SINCE.set(clock::milliseconds());
    Toasts::update(|toasts| {
        let at = toasts.items.partition_point(|known| known.id < toast.id);
        toasts.items.insert(at, toast.clone());
    });
    run_down(&toast);
}

fn run_down(toast: &Toast) {
    if let Some(stays) = toast.stays_ms {
        let id = toast.id;
        let timer = Timeout::new(stays, move || {
            // Freed here, it would free what is running.
            TIMERS.with_borrow_mut(|timers| timers.remove(&id)).map(Timeout::forget);
            close(id);
        });
        TIMERS.with_borrow_mut(|timers| timers.insert(id, timer));
    }
}

fn take(id: u32) -> Option<Toast> {
    let toast = Toasts::current().items.iter().find(|toast| toast.id == id).cloned()?;
    // One that is offered again has its whole time.
    TIMERS.with_borrow_mut(|timers| timers.remove(&id));
    Toasts::update(|toasts| toasts.items.retain(|toast| toast.id != id));
    Some(toast)
}
