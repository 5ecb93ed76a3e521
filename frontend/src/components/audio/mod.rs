//! Narrations: each scene's, and all of them.

mod audio_scene_row;
mod audio_scene_table;
mod voice_controls;

pub use audio_scene_table::AudioSceneTable;
pub use voice_controls::{VoiceSettings, VoiceToolbar, speed_choices, voice_choices};
