//! Narrations: each scene's, and all of them.

mod audio_detail_modal;
mod audio_scene_row;
mod audio_scene_table;
mod audio_take;
mod recorder;
mod sound;
mod spoken_words;
mod voice_controls;

pub use audio_detail_modal::{AudioDetailModal, SOUNDS};
pub use audio_scene_table::AudioSceneTable;
pub use sound::Sound;
pub use voice_controls::{VoiceSettings, VoiceToolbar, no_voice, speed_choices, voice_choices, voice_name};
