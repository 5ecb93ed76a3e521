//! Pictures: each scene's, and all of them.

mod image_generation_modal;
mod image_scene_card;
mod image_scene_grid;
mod style_field;

pub use image_generation_modal::ImageGenerationModal;
pub use image_scene_grid::ImageSceneGrid;
pub use style_field::StyleField;
