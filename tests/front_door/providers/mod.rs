//! The remote providers, each against a stand-in of its vendor's server.

mod video_fal;
mod video_replicate;
