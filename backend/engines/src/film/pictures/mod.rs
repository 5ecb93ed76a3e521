//! What a scene shows: a still or a clip fitted to the film without bars, and how a still moves on its frames.

pub mod clip;
mod focus;
pub mod motion;
mod orientation;
pub mod sampler;
pub mod still;
