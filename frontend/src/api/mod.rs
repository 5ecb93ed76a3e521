//! The typed client: one function an operation, over the DTOs of `shared`. Knows nothing of stores or widgets.

pub mod activity;
pub mod audio;
mod client;
pub mod estimate;
pub mod events;
pub mod image;
pub mod music;
pub mod project;
pub mod scene;
pub mod script;
pub mod settings;
pub mod video;

pub use client::{Answer, Tagged, answers, is_passing};
