//! The fields of the film's form: as its provider tells them, or those that the wire contract names.

use shared::{
    provider::{Choice, OptionField, OptionInput, ProviderInfo, ProviderKind},
    settings::Settings,
};

use crate::components::options::{OptionValues, film_maker};

/// The settings' defaults, as the form holds them.
pub fn defaults(settings: &Settings) -> OptionValues {
    let defaults = OptionValues::of(&settings.defaults.video);
    film_maker(settings).map_or_else(|| defaults.clone(), |maker| defaults.with("provider", &maker.id))
}

/// The fields of a provider's form.
pub fn fields(provider: Option<&ProviderInfo>) -> Vec<OptionField> {
    let told: Vec<_> = provider.iter().flat_map(|p| &p.options).filter(|field| field.kind == ProviderKind::Video).cloned().collect();
    if told.is_empty() { of_the_contract() } else { told }
}

/// Whether a field does anything beside what else is chosen.
pub fn matters(field: &OptionField, value: &OptionValues) -> bool {
    match field.name.as_str() {
        "captionStyle" => value.get("subtitles") == "burned",
        "motionStrength" => value.get("motion") != "none",
        _ => true,
    }
}

/// What was chosen, in the form's own words: label and value of each field that says something.
pub fn in_words(fields: &[OptionField], value: &OptionValues) -> Vec<(String, String)> {
    let told = fields.iter().filter(|field| matters(field, value)).map(|field| {
        let chosen = value.get(&field.name);
        let words = match &field.input {
            OptionInput::Choice { choices } => {
                choices.iter().find(|choice| choice.value == chosen).map_or(chosen, |choice| choice.label.clone())
            }
            OptionInput::Toggle => if value.is_on(&field.name) { "Yes" } else { "No" }.to_owned(),
            _ => chosen,
        };
        (field.label.clone(), words)
    });
    told.filter(|(_, words)| !words.is_empty()).collect()
}

fn of_the_contract() -> Vec<OptionField> {
    let field = |name: &str, label: &str, choices: &[(&str, &str)]| OptionField {
        name: name.to_owned(),
        label: label.to_owned(),
        kind: ProviderKind::Video,
        input: OptionInput::Choice {
            choices: choices.iter().map(|(value, label)| Choice { value: (*value).to_owned(), label: (*label).to_owned() }).collect(),
        },
        help: None,
    };
    vec![
        field("resolution", "Resolution", &[("720p", "720p"), ("1080p", "1080p"), ("1440p", "1440p"), ("2160p", "4K")]),
        field("fps", "Frames a second", &[("24", "24"), ("25", "25"), ("30", "30"), ("60", "60")]),
        field("motion", "Motion", &[("auto", "Gentle"), ("none", "Still")]),
        field("transition", "Transition", &[("cut", "Cut"), ("crossfade", "Crossfade"), ("dip", "Dip to black"), ("slide", "Slide")]),
        field("subtitles", "Subtitles", &[("none", "None"), ("soft", "Track"), ("burned", "In the picture")]),
        field("captionStyle", "Caption style", &[("plain", "Plain"), ("boxed", "Boxed"), ("karaoke", "Word by word")]),
        field("quality", "Quality", &[("preview", "Preview"), ("fast", "Fast"), ("standard", "Standard")]),
    ]
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use shared::{settings::VideoDefaults, video::VideoOptions};

    use super::*;

    fn defaults() -> OptionValues {
        OptionValues::of(&VideoDefaults::default())
    }

    #[test]
    fn every_choice_of_every_field_is_one_that_the_wire_takes() {
        for field in of_the_contract() {
            let OptionInput::Choice { choices } = field.input else { continue };
            for choice in choices {
                let settings = defaults().with(&field.name, &choice.value);
                let sent = serde_json::to_value(settings.read::<VideoOptions>()).unwrap();
                let sent = match &sent[&field.name] {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                assert_eq!(sent, choice.value, "{}", field.name);
            }
        }
    }

    #[test]
    fn switches_and_blanks() {
        let settings = defaults().switched("fillMissing", false).with("prompt", "");
        assert_eq!(settings.read::<VideoOptions>().fill_missing, Some(false));
        assert_eq!(settings.read::<VideoOptions>().prompt, None);
    }

    #[test]
    fn options_are_told_as_the_form_says_them() {
        let told = in_words(&of_the_contract(), &defaults().with("transition", "dip"));
        assert!(told.contains(&("Transition".to_owned(), "Dip to black".to_owned())));
        assert!(told.contains(&("Frames a second".to_owned(), "30".to_owned())));
        assert!(told.iter().all(|(label, _)| label != "Caption style"), "captions that are not burned have no style");
    }
}
