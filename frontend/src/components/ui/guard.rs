//! Keeps a window open for as long as something would be lost with it.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use crate::clock;

/// How long the question is there before it can be answered by closing once more: nobody reads while a key repeats.
const READ_MS: f64 = 700.0;

/// What happens in place of closing the window: answers whether the window stays.
type Instead = Rc<dyn Fn() -> bool>;

/// Keeps a window open for as long as something would be lost with it.
#[derive(Clone, Default)]
pub struct Guard(Rc<RefCell<Option<Instead>>>);

impl PartialEq for Guard {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Guard {
    /// Whether the window stays, now that it wants to close.
    pub fn hold(&self) -> bool {
        let instead = self.0.borrow().clone();
        instead.is_some_and(|instead| instead())
    }

    /// Nothing would be lost.
    pub fn lift(&self) {
        self.0.take();
    }

    /// Does something whenever the window wants to close, which stays.
    pub fn stay(&self, instead: impl Fn() + 'static) {
        self.0.replace(Some(Rc::new(move || {
            instead();
            true
        })));
    }

    /// Asks the person once, who may close it all the same.
    pub fn ask(&self, question: impl Fn() + 'static, closing: impl Fn() + 'static) {
        let since = Cell::new(None);
        self.0.replace(Some(Rc::new(move || {
            question();
            let now = clock::milliseconds();
            let asked = since.get().unwrap_or_else(|| {
                since.set(Some(now));
                now
            });
            let stays = now - asked < READ_MS;
            if !stays {
                closing();
            }
            stays
        })));
    }
}
