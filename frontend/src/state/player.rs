//! Who plays: one sound at a time in the whole app.

use super::store::{State, state};

/// The one that plays.
#[derive(Clone, Default, PartialEq)]
pub struct Player {
    /// The address of what plays.
    pub url: Option<String>,
}
state!(Player);

/// Lets this one play, which stops any other.
pub fn take(url: &str) {
    Player::update(|player| player.url = Some(url.to_owned()));
}

/// Notes that it stopped by itself.
pub fn release(url: &str) {
    if Player::current().url.as_deref() == Some(url) {
        Player::update(|player| player.url = None);
    }
}
