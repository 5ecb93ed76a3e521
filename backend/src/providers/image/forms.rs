//! What image providers offer in the forms that are drawn of them: models, and options that several have.

use std::time::Duration;

use shared::provider::{ModelInfo, OptionField, OptionInput, ProviderKind};

/// An image model.
pub fn model(id: &str, name: &str) -> ModelInfo {
    ModelInfo::new(id, name, ProviderKind::Image)
}

/// Models as a vendor lists them, those that the studio knows by name first and in its own order: the first is the default.
pub fn known_first(mut listed: Vec<ModelInfo>, known: &[ModelInfo]) -> Vec<ModelInfo> {
    listed.sort_by_key(|model| known.iter().position(|known| known.id == model.id).unwrap_or(known.len()));
    listed
}

/// How long a vendor may take to list its models.
pub const LISTING: Duration = Duration::from_secs(10);

/// What must not be seen.
pub fn negative_prompt() -> OptionField {
    field("negativePrompt", "Leave out", OptionInput::Text, Some("What must not be seen."))
}

/// A number that the picture follows from.
pub fn seed(most: f64, help: &str) -> OptionField {
    field("seed", "Seed", OptionInput::Number { min: 0.0, max: most, step: 1.0 }, Some(help))
}

/// Pictures to resemble.
pub fn references(max: u32) -> OptionField {
    field("referenceImageIds", "Resembles", OptionInput::References { max }, None)
}

fn field(name: &str, label: &str, input: OptionInput, help: Option<&str>) -> OptionField {
    OptionField { name: name.to_owned(), label: label.to_owned(), kind: ProviderKind::Image, input, help: help.map(str::to_owned) }
}
