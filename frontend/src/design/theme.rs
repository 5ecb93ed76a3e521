//! Dark, light, or what the system says.

use crate::storage;

/// Where the choice is kept; `assets/theme.js` reads the same key before the first paint.
const KEY: &str = "studio.theme";

/// Which theme the person has chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Always dark.
    Dark,
    /// Always light.
    Light,
}

impl Theme {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::System, Self::Dark, Self::Light];

    /// What it is called, for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Dark => "Dark",
            Self::Light => "Light",
        }
    }

    /// What it is called, on the root element and in storage.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }

    /// The one of that name; the system's for any other.
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.as_str() == name).unwrap_or_default()
    }

    /// The one that was chosen last.
    pub fn stored() -> Self {
        storage::get(KEY).map_or_else(Self::default, |name| Self::from_name(&name))
    }

    /// Puts it on the page and keeps it.
    pub fn apply(self) {
        storage::set(KEY, self.as_str());
        let root = web_sys::window().and_then(|w| w.document()).and_then(|d| d.document_element());
        if let Some(root) = root {
            // Setting a data attribute cannot fail on an element that exists.
            let _ = match self {
                Self::System => root.remove_attribute("data-theme"),
                Self::Dark | Self::Light => root.set_attribute("data-theme", self.as_str()),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_theme() {
        for theme in Theme::ALL {
            assert_eq!(Theme::from_name(theme.as_str()), theme);
        }
        assert_eq!(Theme::from_name("sepia"), Theme::System);
    }
}
