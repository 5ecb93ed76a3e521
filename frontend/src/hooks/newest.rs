//! A value as it was drawn, and as it is when an event comes.

use std::{ops::Deref, rc::Rc};

use yew::prelude::*;

/// A value that others hold. It reads like what was drawn; who acts on it, or makes another of it, asks for what it is
/// [now](Self::now): on a busy machine an event comes before what the last one has changed is drawn.
pub struct Newest<T> {
    drawn: Rc<T>,
    now: Rc<dyn Fn() -> T>,
}

impl<T: Clone + 'static> Newest<T> {
    /// What it is now.
    pub fn now(&self) -> T {
        (self.now)()
    }

    /// What comes of it.
    pub fn map<U: 'static>(&self, of: impl Fn(&T) -> U + 'static) -> Newest<U> {
        let now = self.now.clone();
        Newest { drawn: Rc::new(of(&self.drawn)), now: Rc::new(move || of(&now())) }
    }
}

impl<T: Clone + 'static> From<&UseStateHandle<T>> for Newest<T> {
    /// A state tells what it was set to, also before that is drawn.
    fn from(state: &UseStateHandle<T>) -> Self {
        let handle = state.clone();
        Self { drawn: Rc::new((**state).clone()), now: Rc::new(move || (*handle).clone()) }
    }
}

impl<T> Clone for Newest<T> {
    fn clone(&self) -> Self {
        Self { drawn: self.drawn.clone(), now: self.now.clone() }
    }
}

impl<T: PartialEq> PartialEq for Newest<T> {
    /// Where the same is drawn.
    fn eq(&self, other: &Self) -> bool {
        self.drawn == other.drawn
    }
}

impl<T> Deref for Newest<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.drawn
    }
}
