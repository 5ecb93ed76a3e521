//! Settings: what is used where nothing is said, who does the work, and what that may cost.

mod defaults;
mod entered;
mod model_field;
mod number_field;
mod prices;
mod provider_card;
mod provider_fields;
mod provider_limits;
mod provider_text;
mod servers;
mod spending;

use shared::provider::ProviderKind;

pub use defaults::DefaultsForm;
pub use model_field::ModelField;
pub use number_field::NumberField;
pub use prices::PricesCard;
pub use provider_card::ProviderCard;
pub use servers::{AddServer, Neighbours};
pub use spending::{RetriesCard, SpendingCard};

/// A kind of work, as people call what it makes.
fn kind_name(kind: ProviderKind) -> &'static str {
    match kind {
        ProviderKind::Script => "Scripts",
        ProviderKind::Speech => "Narration",
        ProviderKind::Image => "Images",
        ProviderKind::Video => "Films",
    }
}
