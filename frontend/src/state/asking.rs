//! What is being asked for: until the server has answered, a second press asks for nothing.

use uuid::Uuid;

use super::store::{State, state};

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Narrations for a project's scenes.
    Narrations,
    /// Pictures for a project's scenes.
    Images,
    /// A project's film.
    Film,
    /// One scene's narration.
    Narration,
    /// One scene's picture.
    Image,
    /// What failed, once more.
    Retry,
}

/// What is being asked for now.
#[derive(Clone, Default)]
pub struct Asking(Vec<(What, Uuid)>);
state!(Asking);

impl Asking {
    /// Whether that is being asked for, of that project, scene or record.
    pub fn has(&self, what: What, of: impl Into<Uuid>) -> bool {
        self.0.contains(&(what, of.into()))
    }
}

/// Held while something is being asked for.
pub struct Asked(What, Uuid);

impl Asked {
    /// Begins to ask for it; none where it is being asked for already.
    pub fn begin(what: What, of: impl Into<Uuid>) -> Option<Self> {
        let of = of.into();
        if Asking::current().has(what, of) {
            return None;
        }
        Asking::update(|asking| asking.0.push((what, of)));
        Some(Self(what, of))
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        Asking::update(|asking| asking.0.retain(|asked| *asked != (self.0, self.1)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::project::samples;

    #[test]
    fn what_is_being_asked_for_is_asked_for_once() {
        let (project, other) = (samples::project("A film").id, samples::project("Another").id);
        let asked = Asked::begin(What::Film, project);
        assert!(asked.is_some() && Asked::begin(What::Film, project).is_none());
        assert!(Asked::begin(What::Narrations, project).is_some() && Asked::begin(What::Film, other).is_some());
        drop(asked);
        assert!(Asked::begin(What::Film, project).is_some());
    }
}
