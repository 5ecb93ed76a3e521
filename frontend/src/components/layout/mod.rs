//! The frame around every page.

mod activity_panel;
mod keys;
mod library_panel;
mod library_row;
mod link;
mod offline_banner;
mod page_header;
mod shell;
mod sidebar;
mod stages;
mod toasts;

pub use keys::{focus_page, refocus_page};
pub use link::RouteLink;
pub use page_header::{PageHeader, PrimaryAction};
pub use shell::Shell;
pub use stages::{StageBar, StageCount};
