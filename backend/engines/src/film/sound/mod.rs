//! What is heard: narrations and other sounds decoded and measured, and mixed into the film's one sound.

mod limiter;
mod meter;
pub mod mixing;
mod music;
pub mod voice;
