//! Tries of something: what tells that one failed goes once a later one succeeds.

use shared::ApiError;

use super::toasts;

/// One try, from its beginning.
pub struct Attempt {
    about: String,
    /// What told of earlier ones when this began. One that began meanwhile, and fails, has failed all the same.
    earlier: Vec<u32>,
}

impl Attempt {
    /// Begins one; `about` is the same for all tries of the same.
    pub fn begin(about: String) -> Self {
        Self { earlier: toasts::failures_of(&about), about }
    }

    /// It has come to what it was to.
    pub fn succeeded(self) {
        self.earlier.into_iter().for_each(toasts::close);
    }

    /// It has not: tells so as [`toasts::failed_retry`] does.
    pub fn failed(self, what: &str, error: &ApiError, retry: impl Fn() + 'static) {
        let note = toasts::failed_retry(what, error, retry);
        toasts::mark(note, &self.about);
    }
}

#[cfg(test)]
mod tests {
    use shared::ErrorCode;

    use super::*;
    use crate::state::{State, toasts::Toasts};

    fn fail(attempt: Attempt, what: &str) {
        attempt.failed(what, &ApiError::new(ErrorCode::ValidationFailed, "It is no sound."), || {});
    }

    fn told() -> Vec<String> {
        Toasts::current().items.iter().map(|toast| toast.message.to_string()).collect()
    }

    #[test]
    fn a_failure_is_told_of_until_a_later_try_succeeds() {
        let begin = |scene: u32| Attempt::begin(format!("narration of {scene}"));
        let beside = begin(1);
        fail(begin(1), "a.mp3");
        fail(begin(2), "b.mp3");
        assert_eq!(told().len(), 2);
        beside.succeeded();
        assert_eq!(told().len(), 2, "it began before the other failed");
        begin(1).succeeded();
        assert_eq!(told(), ["b.mp3: It is no sound."]);
    }
}
