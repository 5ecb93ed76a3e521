//! Hooks that more than one component uses.

mod use_id;
mod use_query;
mod use_shortcut;

pub use use_id::use_id;
pub use use_query::use_query;
pub use use_shortcut::use_primary_shortcut;
