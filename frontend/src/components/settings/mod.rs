//! Settings: what is used where nothing is said, and who does the work.

mod defaults;
mod provider_card;
mod provider_fields;
mod provider_text;

pub use defaults::DefaultsForm;
pub use provider_card::ProviderCard;
