//! One file a route. Pages open what the address names, ask the API for what no store keeps, and lay out components.

mod audio;
mod clip;
mod estimate;
mod film_start;
mod home;
mod image;
mod image_window;
mod new;
mod not_found;
mod page_body;
mod part;
mod part_page;
mod project_frame;
mod script;
mod settings;
mod video;

use audio::AudioPage;
use image::ImagePage;
use script::ScriptPage;
use settings::SettingsPage;
use video::VideoPage;

pub use home::HomePage;
pub use new::NewPage;
pub use not_found::NotFoundPage;
pub use part::{Part, use_all_parts};
pub use part_page::PartPage;
