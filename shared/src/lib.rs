//! The ground floor: what the server and its clients say to each other, and nothing that needs a server.
//!
//! Every type here is part of the wire contract: JSON in camelCase, ids as UUIDv7, times as RFC 3339 in UTC,
//! durations in seconds. Requests carry their own rules (garde), so that a form and the server agree on them.
#![warn(missing_docs)]

pub mod activity;
pub mod audio;
pub mod error;
pub mod estimate;
pub mod event;
pub mod ids;
pub mod image;
pub mod language;
pub mod music;
pub mod pace;
pub mod page;
pub mod patch;
pub mod policy;
pub mod project;
pub mod provider;
pub mod record;
pub mod rules;
pub mod scene;
pub mod script;
pub mod settings;
pub mod video;

pub use error::{ApiError, ErrorCode};
pub use ids::{AudioId, ImageId, MusicId, ProjectId, SceneId, VideoId};
