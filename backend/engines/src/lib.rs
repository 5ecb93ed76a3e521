//! The built-in engines of AI Studio, and the tools for media that they and the server share.
//!
//! Pure functions and child processes: nothing here knows the database, HTTP or a job. The server's providers `outline`,
//! `storyboard`, `espeak` and `film` are thin doors to them (`backend/src/providers`). A crate of its own, because it is
//! what works hard: development builds optimise it, and it is not built again when the server changes.

pub mod espeak;
pub mod film;
pub mod media;
pub mod outline;
pub mod storyboard;
