//! One file a route. Pages talk to stores and the API, and hand plain data to components.

mod audio;
mod clip;
mod estimate;
mod home;
mod image;
mod new;
mod not_found;
mod project_frame;
mod script;
mod settings;
mod video;

pub use audio::AudioPage;
pub use home::HomePage;
pub use image::ImagePage;
pub use new::NewPage;
pub use not_found::NotFoundPage;
pub use script::ScriptPage;
pub use settings::SettingsPage;
pub use video::VideoPage;
