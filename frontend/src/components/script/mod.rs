//! The script: where it is written, and where its scenes are changed.

mod clash;
mod diff;
mod languages;
mod paste_form;
mod rewrite;
mod samples;
mod save_mark;
mod scene_card;
mod scene_list;
mod script_detail_modal;
mod script_form;

pub use languages::{LANGUAGES, language_name};
pub use paste_form::{PasteDraft, PasteForm};
pub use samples::{Sample, SampleList};
pub use scene_card::Gap;
pub use scene_list::{SceneAction, SceneList};
pub use script_detail_modal::ScriptDetailModal;
pub use script_form::{ScriptDraft, ScriptForm};
