//! The script: where it is written, and where its scenes are changed.

mod languages;
mod samples;
mod scene_card;
mod scene_list;
mod script_detail_modal;
mod script_form;

pub use languages::{LANGUAGES, language_name};
pub use samples::{Sample, SampleList};
pub use scene_list::{SceneAction, SceneList};
pub use script_detail_modal::ScriptDetailModal;
pub use script_form::{ScriptDraft, ScriptForm};
