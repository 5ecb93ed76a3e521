//! The film: how it is made, what it still lacks, and what became of it.

mod film_checklist;
mod film_fields;
mod film_history;
mod video_options_form;
mod video_result_card;

pub use film_checklist::{FilmChecklist, Want};
pub use film_fields::{FilmSettings, fields};
pub use film_history::FilmHistory;
pub use video_options_form::VideoOptionsForm;
pub use video_result_card::{VideoResultCard, frame};
