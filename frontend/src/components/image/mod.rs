//! Pictures: each scene's, and all of them.

mod image_generation_modal;
mod image_options;
mod image_scene_card;
mod image_scene_grid;
mod image_takes;
mod reference_picker;
mod style_field;
mod take_dots;

pub use image_generation_modal::ImageGenerationModal;
pub use image_options::ImageOptions;
pub use image_scene_grid::ImageSceneGrid;
pub use style_field::StyleField;
