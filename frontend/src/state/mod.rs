//! What the app knows: stores, and the actions that change them. Only stores and pages talk to `api`.

pub mod activity;
pub mod asking;
pub mod attempt;
pub mod cut;
pub mod discard;
pub mod drafts;
pub mod edit;
pub mod library;
pub mod live;
pub mod load;
pub mod make;
pub mod map;
pub mod music;
pub mod news;
pub mod notify;
pub mod paste;
pub mod peaks;
pub mod player;
pub mod preview;
pub mod project;
pub mod rewrite;
pub mod settings;
pub mod stale;
pub mod store;
pub mod tabs;
pub mod take;
pub mod titles;
pub mod toasts;
pub mod ui;
pub mod undo;
pub mod upload;
pub mod voices;

pub use load::Load;
pub use store::{State, use_selector};
