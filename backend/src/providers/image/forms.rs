//! What image providers offer in the forms that are drawn of them: models, and options that several have.

use std::time::Duration;

use shared::provider::{ModelInfo, OptionField, OptionInput, ProviderKind};

/// An image model.
pub fn model(id: &str, name: &str) -> ModelInfo {
    ModelInfo::new(id, name, ProviderKind::Image)
}

/// How long a vendor may take to list its models.
pub const LISTING: Duration = Duration::from_secs(10);

/// What must not be seen.
pub fn negative_prompt() -> OptionField {
    field("negativePrompt", "Leave out", OptionInput::Text, Some("What must not be seen."))
}

/// A number that the picture follows from.
pub fn seed(most: f64, help: &str) -> OptionField {
    field("seed", "Seed", OptionInput::Number { min: 0.0, max: most, step: 1.0, only: Vec::new() }, Some(help))
}

/// Pictures to resemble.
pub fn references(max: u32) -> OptionField {
    field("referenceImageIds", "Resembles", OptionInput::References { max }, None)
}

fn field(name: &str, label: &str, input: OptionInput, help: Option<&str>) -> OptionField {
    OptionField { name: name.to_owned(), label: label.to_owned(), kind: ProviderKind::Image, input, help: help.map(str::to_owned) }
}
