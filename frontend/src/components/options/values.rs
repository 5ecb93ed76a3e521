//! What has been chosen in such a form, by the names of the wire.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::json;

/// What has been chosen, by the names of the wire.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OptionValues(Map<String, Value>);

impl OptionValues {
    /// Those of a record or of the settings' defaults.
    pub fn of(options: &impl Serialize) -> Self {
        match serde_json::to_value(options) {
            Ok(Value::Object(map)) => Self(map),
            _ => Self::default(),
        }
    }

    /// Whether nothing has been chosen.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is chosen for a field, as a text.
    pub fn get(&self, name: &str) -> String {
        match self.0.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            // A person writes 1, not 1.0.
            Some(Value::Number(number)) if number.is_f64() => number.as_f64().unwrap_or_default().to_string(),
            Some(other) => other.to_string(),
        }
    }

    /// What is chosen for a field, as it is sent.
    pub fn value(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }

    /// Whether a switch is on.
    pub fn is_on(&self, name: &str) -> bool {
        self.value(name).as_bool().unwrap_or(false)
    }

    /// Chooses a text, or a number where the field held one. Nothing chooses nothing.
    #[must_use]
    pub fn with(&self, name: &str, text: &str) -> Self {
        let number = self.value(name).is_number();
        if number { self.with_number(name, text) } else { self.with_value(name, Value::String(text.to_owned())) }
    }

    /// Chooses a number; what is none chooses nothing.
    #[must_use]
    pub fn with_number(&self, name: &str, text: &str) -> Self {
        let number = serde_json::from_str(text.trim()).ok().filter(Value::is_number);
        self.with_value(name, number.unwrap_or(Value::Null))
    }

    /// Turns a switch.
    #[must_use]
    pub fn switched(&self, name: &str, on: bool) -> Self {
        self.with_value(name, Value::Bool(on))
    }

    /// Chooses something, as it is sent. An empty text and null choose nothing.
    #[must_use]
    pub fn with_value(&self, name: &str, value: Value) -> Self {
        let mut map = self.0.clone();
        if value.is_null() || value == "" {
            map.remove(name);
        } else {
            map.insert(name.to_owned(), value);
        }
        Self(map)
    }

    /// Only what these names say.
    #[must_use]
    pub fn only(&self, names: &[&str]) -> Self {
        Self(self.0.iter().filter(|(name, _)| names.contains(&name.as_str())).map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    /// What is chosen here over what is chosen there.
    #[must_use]
    pub fn over(&self, base: &Self) -> Self {
        let mut map = base.0.clone();
        map.extend(self.0.iter().map(|(name, value)| (name.clone(), value.clone())));
        Self(map)
    }

    /// As the request takes it; what it does not know is left out.
    pub fn read<T: DeserializeOwned + Default>(&self) -> T {
        // By way of the text, so that one reader of the options serves for all.
        serde_json::to_string(&self.0).ok().and_then(|text| json::read(&text).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::image::ImageModelOptions;

    use super::*;

    #[test]
    fn nothing_is_sent_of_what_is_empty() {
        let values = OptionValues::default().with("provider", "storyboard").with_number("seed", " 7 ").with("negativePrompt", "");
        assert_eq!(serde_json::to_value(&values).unwrap(), json!({"provider": "storyboard", "seed": 7}));
        assert_eq!(values.with_number("seed", "seven").read::<ImageModelOptions>().seed, None);
        assert_eq!(values.read::<ImageModelOptions>().seed, Some(7));
        assert_eq!(values.with("seed", "9").read::<ImageModelOptions>().seed, Some(9), "a number stays one");
        assert!(values.with("seed", "").with("provider", "").is_empty());
    }

    #[test]
    fn what_is_chosen_lies_over_the_defaults() {
        let defaults = OptionValues::of(&json!({"fps": 30, "quality": "fast"}));
        let chosen = OptionValues::default().with("quality", "preview");
        assert_eq!(serde_json::to_value(chosen.over(&defaults)).unwrap(), json!({"fps": 30, "quality": "preview"}));
        assert_eq!(serde_json::to_value(defaults.only(&["fps"])).unwrap(), json!({"fps": 30}));
    }
}
