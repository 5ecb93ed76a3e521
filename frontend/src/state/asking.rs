//! What is being asked for: until the server has answered, a second press asks for nothing.

use std::collections::BTreeSet;

use shared::ProjectId;

use super::store::{State, state};

/// What is made for a project as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whole {
    /// Narrations for its scenes.
    Audio,
    /// Pictures for its scenes.
    Images,
    /// Its film.
    Film,
}

/// What is being asked for now.
#[derive(Clone, Default)]
pub struct Asking(BTreeSet<(Whole, ProjectId)>);
state!(Asking);

impl Asking {
    /// Whether that is being asked for.
    pub fn has(&self, what: Whole, project: ProjectId) -> bool {
        self.0.contains(&(what, project))
    }
}

/// Held while something is being asked for.
pub struct Asked(Whole, ProjectId);

impl Asked {
    /// Begins to ask for it; none where it is being asked for already.
    pub fn begin(what: Whole, project: ProjectId) -> Option<Self> {
        if Asking::current().has(what, project) {
            return None;
        }
        Asking::update(|asking| _ = asking.0.insert((what, project)));
        Some(Self(what, project))
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        Asking::update(|asking| _ = asking.0.remove(&(self.0, self.1)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::project::samples;

    #[test]
    fn what_is_being_asked_for_is_asked_for_once() {
        let (project, other) = (samples::project("A film").id, samples::project("Another").id);
        let asked = Asked::begin(Whole::Film, project);
        assert!(asked.is_some() && Asked::begin(Whole::Film, project).is_none());
        assert!(Asked::begin(Whole::Audio, project).is_some() && Asked::begin(Whole::Film, other).is_some());
        drop(asked);
        assert!(Asked::begin(Whole::Film, project).is_some());
    }
}
