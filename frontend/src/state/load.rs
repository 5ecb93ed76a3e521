//! How far a view's data is: the four faces follow from it.

use shared::ApiError;

use crate::api::is_passing;

/// How far the loading of something is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Load {
    /// Not there yet.
    #[default]
    Loading,
    /// There.
    Ready,
    /// Could not be had, and nothing older is there either.
    Failed(ApiError),
}

impl Load {
    /// Whether it failed by something that passes, so that trying again may help.
    pub fn may_still_come(&self) -> bool {
        matches!(self, Self::Failed(error) if is_passing(error))
    }
}
