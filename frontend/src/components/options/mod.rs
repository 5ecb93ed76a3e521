//! Forms that are drawn from what a provider says of itself: a new provider, or a new option of one, needs no change here.

mod option_fields;
mod values;

pub use option_fields::OptionFields;
pub use values::OptionValues;

use shared::{
    provider::{ProviderInfo, ProviderKind},
    settings::Settings,
};

use super::ui::Choice;
use crate::state::settings::providers_of;

/// The providers that do that kind of work, to choose from.
pub fn provider_choices(settings: &Settings, kind: ProviderKind) -> Vec<Choice> {
    let all = providers_of(settings, kind);
    all.into_iter().map(|p| Choice::new(p.id.clone(), p.name.clone()).unavailable(!p.available || !p.configured)).collect()
}

/// Whether it makes clips of pictures: how long they last can be chosen, where a film lasts as long as its scenes.
pub fn makes_clips(provider: &ProviderInfo) -> bool {
    provider.options.iter().any(|field| field.kind == ProviderKind::Video && field.name == "durationSeconds")
}

/// The providers that make clips and can be asked now.
pub fn clip_makers(settings: &Settings) -> impl Iterator<Item = &ProviderInfo> {
    providers_of(settings, ProviderKind::Video).into_iter().filter(|p| p.available && p.configured && makes_clips(p))
}

/// The one of them that is chosen, else the first.
pub fn clip_maker<'a>(settings: &'a Settings, value: &OptionValues) -> Option<&'a ProviderInfo> {
    let chosen = value.get("provider");
    clip_makers(settings).find(|p| p.id == chosen).or_else(|| clip_makers(settings).next())
}

/// A provider's models for that kind of work, to choose from; its default first.
pub fn model_choices(provider: Option<&ProviderInfo>, kind: ProviderKind) -> Vec<Choice> {
    let all = provider.iter().flat_map(|provider| &provider.models).filter(|model| model.kind == kind);
    all.map(|model| Choice::new(model.id.clone(), model.name.clone())).collect()
}
