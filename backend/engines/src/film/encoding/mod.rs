//! From pictures and captions to the film's file: the frames of each part are drawn and encoded, and the parts joined
//! with the sound.

pub mod encode;
mod frame_pipe;
pub mod frames;
mod hardware;
mod language;
pub mod look;
pub mod mux;
pub mod parts;
