//! The film: how it is made, what it still lacks, and what became of it.

mod caption_preview;
mod clip_sound;
mod film_check;
mod film_checklist;
mod film_fields;
mod film_history;
mod film_pictures;
mod film_progress;
mod music_picker;
mod notify_me;
mod replace_own;
mod scene_preview;
mod scene_strip;
mod video_detail_modal;
mod video_options_form;
mod video_result_card;

pub use caption_preview::CaptionPreview;
pub use film_checklist::FilmChecklist;
pub use film_fields::{defaults, fields};
pub use film_history::FilmHistory;
pub use film_pictures::{first_picture, sample, steps};
pub use replace_own::{ReplaceOwn, Replacement, ReplacementNote};
pub use scene_preview::ScenePreview;
pub use scene_strip::{SceneStrip, planned};
pub use video_detail_modal::VideoDetailModal;
pub use video_options_form::{Sample, VideoOptionsForm};
pub use video_result_card::{Seek, VideoResultCard, frame};
