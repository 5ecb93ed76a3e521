//! How far a view's data is: the four faces follow from it.

use shared::ApiError;

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
