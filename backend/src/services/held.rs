//! What this process itself works on. Nobody here takes it over, even where its lease ran out while the machine slept or since
//! its clock was set.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use uuid::Uuid;

/// The ids of all that is worked on.
#[derive(Clone, Default)]
pub struct Held(Arc<Mutex<HashSet<Uuid>>>);

impl Held {
    /// Them.
    pub fn ids(&self) -> Vec<Uuid> {
        self.lock().iter().copied().collect()
    }

    /// One more, until what is answered is dropped.
    #[must_use]
    pub fn hold(&self, id: Uuid) -> Holding {
        self.lock().insert(id);
        Holding { all: self.clone(), id }
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<Uuid>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of them is worked on.
pub struct Holding {
    all: Held,
    id: Uuid,
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.all.lock().remove(&self.id);
    }
}
