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

/// The one of them that is chosen, else the one of the settings, else the first.
pub fn clip_maker<'a>(settings: &'a Settings, value: &OptionValues) -> Option<&'a ProviderInfo> {
    let of = |id: &str| clip_makers(settings).find(|p| p.id == id);
    of(&value.get("provider")).or_else(|| of(&settings.defaults.video.provider)).or_else(|| clip_makers(settings).next())
}

/// Who makes films where nothing is said: the one of the settings; where that makes only clips, who makes films.
pub fn film_maker(settings: &Settings) -> Option<&ProviderInfo> {
    let all = || providers_of(settings, ProviderKind::Video).into_iter().filter(|p| !makes_clips(p));
    all().find(|p| p.id == settings.defaults.video.provider).or_else(|| all().next())
}

/// The providers that make films, to choose from.
pub fn film_choices(settings: &Settings) -> Vec<Choice> {
    let makes_films = |id: &str| settings.providers.iter().any(|p| p.id == id && !makes_clips(p));
    provider_choices(settings, ProviderKind::Video).into_iter().filter(|choice| makes_films(&choice.value)).collect()
}

/// A provider's models for that kind of work, to choose from; its default first.
pub fn model_choices(provider: Option<&ProviderInfo>, kind: ProviderKind) -> Vec<Choice> {
    let all = provider.iter().flat_map(|provider| &provider.models).filter(|model| model.kind == kind);
    all.map(|model| Choice::new(model.id.clone(), model.name.clone())).collect()
}
