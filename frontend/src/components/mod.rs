//! What pages are made of: `ui` knows nothing of the studio, the others know its nouns.

pub mod audio;
pub mod estimate;
pub mod image;
pub mod layout;
pub mod options;
pub mod script;
pub mod settings;
pub mod ui;
pub mod video;
