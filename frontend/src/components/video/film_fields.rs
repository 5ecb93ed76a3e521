//! The fields of the film's form: as its provider tells them, or those that the wire contract names.

use serde_json::{Map, Value};
use shared::{
    provider::{Choice, OptionField, OptionInput, ProviderInfo, ProviderKind},
    settings::VideoDefaults,
    video::VideoOptions,
};

/// What has been chosen, by the names of the wire.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FilmSettings(Map<String, Value>);

impl FilmSettings {
    /// The settings' defaults.
    pub fn of(defaults: &VideoDefaults) -> Self {
        match serde_json::to_value(defaults) {
            Ok(Value::Object(map)) => Self(map),
            _ => Self::default(),
        }
    }

    /// What is chosen for a field, as a text.
    pub fn get(&self, name: &str) -> String {
        match self.0.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        }
    }

    /// Whether a switch is on.
    pub fn is_on(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Chooses a text, or a number where the field held one.
    #[must_use]
    pub fn with(&self, name: &str, text: &str) -> Self {
        let mut map = self.0.clone();
        let number = map.get(name).is_some_and(Value::is_number);
        let value = if text.is_empty() {
            Value::Null
        } else if number {
            serde_json::from_str(text).unwrap_or(Value::Null)
        } else {
            Value::String(text.to_owned())
        };
        map.insert(name.to_owned(), value);
        Self(map)
    }

    /// Turns a switch.
    #[must_use]
    pub fn switched(&self, name: &str, on: bool) -> Self {
        let mut map = self.0.clone();
        map.insert(name.to_owned(), Value::Bool(on));
        Self(map)
    }

    /// Chooses a number.
    #[must_use]
    pub fn with_number(&self, name: &str, text: &str) -> Self {
        let mut map = self.0.clone();
        map.insert(name.to_owned(), serde_json::from_str(text).unwrap_or(Value::Null));
        Self(map)
    }

    /// The options of the request; what the wire does not know is left out.
    pub fn options(&self) -> VideoOptions {
        let known: Map<String, Value> = self.0.iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k.clone(), v.clone())).collect();
        // By way of the text, so that one reader of the options serves for all.
        serde_json::from_str(&Value::Object(known).to_string()).unwrap_or_default()
    }
}

/// The fields of a provider's form.
pub fn fields(provider: Option<&ProviderInfo>) -> Vec<OptionField> {
    let told: Vec<_> = provider.iter().flat_map(|p| &p.options).filter(|field| field.kind == ProviderKind::Video).cloned().collect();
    if told.is_empty() { of_the_contract() } else { told }
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
    use shared::video::{CaptionStyle, Fps, Motion, Quality, Resolution, Subtitles, Transition};

    use super::*;

    fn defaults() -> VideoDefaults {
        VideoDefaults {
            provider: "film".into(),
            resolution: Resolution::default(),
            fps: Fps::default(),
            motion: Motion::default(),
            transition: Transition::default(),
            subtitles: Subtitles::default(),
            caption_style: CaptionStyle::default(),
            quality: Quality::default(),
        }
    }

    #[test]
    fn every_choice_of_every_field_is_one_that_the_wire_takes() {
        for field in of_the_contract() {
            let OptionInput::Choice { choices } = field.input else { continue };
            for choice in choices {
                let settings = FilmSettings::of(&defaults()).with(&field.name, &choice.value);
                let sent = serde_json::to_value(settings.options()).unwrap();
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
        let settings = FilmSettings::of(&defaults()).switched("fillMissing", false).with("prompt", "");
        assert_eq!(settings.options().fill_missing, Some(false));
        assert_eq!(settings.options().prompt, None);
    }
}
