//! Pictures: each scene's, and all of them; and clips, in which they move.

mod clip_form;
mod clip_modal;
mod image_generation_modal;
mod image_options;
mod image_scene_card;
mod image_scene_grid;
mod reference_picker;
mod style_field;
mod take_dots;
mod take_strip;
mod take_view;

pub use clip_modal::ClipModal;
pub use image_generation_modal::ImageGenerationModal;
pub use image_options::{ImageOptions, use_present};
pub use image_scene_card::ImageActs;
pub use image_scene_grid::ImageSceneGrid;
pub use style_field::StyleField;
