//! How the app looks: tokens, themes and global style are the style sheets in this folder, bundled with the page so
//! that its first paint is already right; here are the choice of a theme, and scoped styles. No other folder names a
//! literal colour.

mod style;
mod theme;

pub use style::mount;
pub(crate) use style::style;
pub use theme::Theme;
