//! Hooks that more than one component uses.

mod newest;
mod use_file_drop;
mod use_id;
mod use_in_view;
mod use_kept;
mod use_kept_focus;
mod use_kept_place;
mod use_paste;
mod use_query;
mod use_recorder;
mod use_shortcut;
mod use_space;
mod use_steady;
mod use_typed;

pub use newest::Newest;
pub use use_file_drop::use_file_drop;
pub use use_id::use_id;
pub use use_in_view::use_in_view;
pub use use_kept::use_kept;
pub use use_kept_focus::use_kept_focus;
pub use use_kept_place::use_kept_place;
pub use use_paste::use_paste;
pub use use_query::use_query;
pub use use_recorder::{Recording, use_recorder};
pub use use_shortcut::use_primary_shortcut;
pub use use_space::use_space;
pub use use_steady::use_steady;
pub use use_typed::use_typed;
