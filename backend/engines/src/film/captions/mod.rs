//! The captions: narrations cut into cues, laid out for the film's shape, set in type and drawn over its frames.

pub mod cues;
pub mod inscription;
pub mod layout;
mod lettering;
mod overlay;
