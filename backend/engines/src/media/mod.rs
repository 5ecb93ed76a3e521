//! Tools for pictures, sound and captions; no database, no provider.

pub mod convert;
pub mod ffmpeg;
pub mod fonts;
pub mod footage;
pub mod images;
pub mod letters;
pub mod link;
pub mod peaks;
pub mod picture_head;
pub mod probe;
pub mod programs;
pub mod recording;
pub mod sniff;
pub mod subtitles;
pub mod timing;
pub mod wav;
