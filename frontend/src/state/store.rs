//! A store: one value for the whole app, and those who want to know when it changes. Small on purpose: it runs in
//! native tests as it does in the browser, and a component that selects a part is drawn again only when that part changes.

use std::{
    cell::{Cell, RefCell},
    ops::Deref,
    rc::Rc,
    thread::LocalKey,
};

use yew::prelude::*;

use super::map::Map;

/// What can be kept in a store. `state!` implements it.
pub trait State: Default + Clone + 'static {
    /// The one store of this type.
    fn store() -> &'static LocalKey<Store<Self>>;

    /// The value as it is now.
    fn current() -> Rc<Self> {
        Self::store().with(|store| store.value.borrow().clone())
    }

    /// Changes the value, then tells everyone.
    fn update(change: impl FnOnce(&mut Self)) {
        let listeners: Vec<_> = Self::store().with(|store| {
            change(Rc::make_mut(&mut store.value.borrow_mut()));
            store.listeners.borrow().values().cloned().collect()
        });
        for listener in listeners {
            listener();
        }
    }
}

/// The place of a value.
pub struct Store<S> {
    value: RefCell<Rc<S>>,
    listeners: RefCell<Map<u64, Rc<dyn Fn()>>>,
    next: Cell<u64>,
}

impl<S: Default> Default for Store<S> {
    fn default() -> Self {
        Self { value: RefCell::default(), listeners: RefCell::default(), next: Cell::new(0) }
    }
}

/// Calls `hear` after every change, until what is given back is dropped.
pub fn subscribe<S: State>(hear: impl Fn() + 'static) -> Subscription {
    let key = S::store().with(|store| {
        let key = store.next.replace(store.next.get() + 1);
        store.listeners.borrow_mut().insert(key, Rc::new(hear));
        key
    });
    Subscription(Box::new(move || {
        S::store().with(|store| store.listeners.borrow_mut().remove(&key));
    }))
}

/// Ends when dropped.
pub struct Subscription(Box<dyn Fn()>);

impl Drop for Subscription {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// The part of a store that a component shows. It may look at the component's own props: the newest closure counts.
#[hook]
pub fn use_selector<S: State, T: PartialEq + 'static>(select: impl Fn(&S) -> T + 'static) -> Selected<T> {
    let redraw = use_force_update();
    let shown = Rc::new(select(&S::current()));
    let newest = use_mut_ref(|| None::<(Rc<T>, Box<dyn Fn(&S) -> T>)>);
    *newest.borrow_mut() = Some((shown.clone(), Box::new(select)));
    use_effect_with((), move |()| {
        let check = move || {
            let changed = newest.borrow().as_ref().is_some_and(|(shown, select)| select(&S::current()) != **shown);
            if changed {
                redraw.force_update();
            }
        };
        let subscription = subscribe::<S>(check.clone());
        // What changed between drawing and subscribing.
        check();
        move || drop(subscription)
    });
    Selected(shown)
}

/// A selected part; reads like the part itself.
pub struct Selected<T>(Rc<T>);

impl<T> Deref for Selected<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Gives a type its store.
macro_rules! state {
    ($name:ty) => {
        impl $crate::state::store::State for $name {
            fn store() -> &'static std::thread::LocalKey<$crate::state::store::Store<Self>> {
                std::thread_local! {
                    static STORE: $crate::state::store::Store<$name> = $crate::state::store::Store::default();
                }
                &STORE
            }
        }
    };
}
pub(crate) use state;

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Counter(u32);
    state!(Counter);

    #[test]
    fn listeners_hear_changes_until_they_go() {
        let heard = Rc::new(Cell::new(0));
        let subscription = subscribe::<Counter>({
            let heard = heard.clone();
            move || heard.set(Counter::current().0)
        });
        Counter::update(|counter| counter.0 += 2);
        assert_eq!(heard.get(), 2);
        drop(subscription);
        Counter::update(|counter| counter.0 += 1);
        assert_eq!((heard.get(), Counter::current().0), (2, 3));
    }

    #[test]
    fn a_listener_may_change_the_store_again() {
        let subscription = subscribe::<Counter>(|| {
            if Counter::current().0 < 3 {
                Counter::update(|counter| counter.0 += 1);
            }
        });
        Counter::update(|counter| counter.0 = 1);
        assert_eq!(Counter::current().0, 3);
        drop(subscription);
    }
}
