//! Settings: what is used where nothing is said, and who does the work.

mod provider_card;

pub use provider_card::ProviderCard;
