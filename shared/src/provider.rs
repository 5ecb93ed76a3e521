//! What a provider says of itself; the settings page and the forms are drawn from this.

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::ToSchema;

/// What a provider makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    /// Scenes from a prompt.
    Script,
    /// Narration from words.
    Speech,
    /// Pictures from words.
    Image,
    /// Films and clips.
    Video,
}

impl ProviderKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Script, Self::Speech, Self::Image, Self::Video];

    /// As JSON has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Speech => "speech",
            Self::Image => "image",
            Self::Video => "video",
        }
    }
}

/// A provider: what it makes, and whether it can be used now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderInfo {
    /// Its id, as requests name it.
    #[schema(example = "espeak")]
    pub id: String,
    /// Its name, for people.
    #[schema(example = "eSpeak NG")]
    pub name: String,
    /// What it makes.
    pub kinds: Vec<ProviderKind>,
    /// Whether it works on this machine alone, with no key and no network.
    pub built_in: bool,
    /// Whether it is a server that the user has added: it can be renamed and removed.
    pub custom: bool,
    /// Whether it has what it needs to be asked: a key, where it takes one.
    pub configured: bool,
    /// Whether it can be used now: configured, and its programs found.
    pub available: bool,
    /// Whether it takes a key.
    pub takes_key: bool,
    /// The end of its key: `…a1b2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_hint: Option<String>,
    /// Where its key comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_source: Option<KeySource>,
    /// Where it is reached, for a remote one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Its models, the default first.
    pub models: Vec<ModelInfo>,
    /// What it can be told about a picture or a film beyond the words.
    pub options: Vec<OptionField>,
    /// What it is told once for all, in the settings: a workflow of the user's own.
    pub settings: Vec<SettingField>,
    /// What a person should know: how to install it, what it is good at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

impl ProviderInfo {
    /// What can be told to that model of it, or to its default where none is named: what the model says of itself, else what
    /// the provider says of all of that kind.
    pub fn options_of(&self, kind: ProviderKind, model: Option<&str>) -> Vec<OptionField> {
        let mut models = self.models.iter().filter(|known| known.kind == kind);
        let asked = match model {
            Some(id) => models.find(|known| known.id == id),
            None => models.next(),
        };
        let own = asked.and_then(|known| known.options.as_ref());
        own.unwrap_or(&self.options).iter().filter(|field| field.kind == kind).cloned().collect()
    }
}

/// Time limits of a provider for each kind of work; what is left out is as the program has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KindLimits {
    /// For a script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<TimeLimits>,
    /// For a narration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speech: Option<TimeLimits>,
    /// For a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<TimeLimits>,
    /// For a clip, from asking for it to having it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<TimeLimits>,
}

impl KindLimits {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Those of one kind of work.
    pub fn of(&self, kind: ProviderKind) -> Option<&TimeLimits> {
        match kind {
            ProviderKind::Script => self.script.as_ref(),
            ProviderKind::Speech => self.speech.as_ref(),
            ProviderKind::Image => self.image.as_ref(),
            ProviderKind::Video => self.video.as_ref(),
        }
    }

    /// Sets those of one kind of work.
    pub fn set(&mut self, kind: ProviderKind, limits: Option<TimeLimits>) {
        match kind {
            ProviderKind::Script => self.script = limits,
            ProviderKind::Speech => self.speech = limits,
            ProviderKind::Image => self.image = limits,
            ProviderKind::Video => self.video = limits,
        }
    }
}

/// How long a provider may take, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimeLimits {
    /// Until a connection stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect_seconds: Option<f64>,
    /// Until an answer begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_byte_seconds: Option<f64>,
    /// Between two parts of an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_seconds: Option<f64>,
    /// In all, polling and fetching included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_seconds: Option<f64>,
}

/// Where a provider's key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeySource {
    /// Given in the settings.
    Settings,
    /// From the server's environment.
    Environment,
}

/// A model of a provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModelInfo {
    /// Its id, as requests name it.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// What it makes.
    pub kind: ProviderKind,
    /// What a person should know before choosing it: when its vendor switches it off, say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Switched off on 2027-01-06.")]
    pub note: Option<String>,
    /// What it can be told, in place of its provider's options of that kind: which lengths a clip may have, say. Left out where
    /// it is not known to differ from them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<Vec<OptionField>>,
}

impl ModelInfo {
    /// A model of which nothing more needs to be said.
    pub fn new(id: impl Into<String>, name: impl Into<String>, kind: ProviderKind) -> Self {
        Self { id: id.into(), name: name.into(), kind, note: None, options: None }
    }

    /// The same model, with what it can be told.
    #[must_use]
    pub fn told(self, options: Vec<OptionField>) -> Self {
        Self { options: Some(options), ..self }
    }

    /// The same model, with what a person should know of it.
    #[must_use]
    pub fn noted(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }
}

/// Something that a provider is told in the settings; a field for a longer text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SettingField {
    /// The field of the provider's `settings` that it is.
    #[schema(example = "workflow")]
    pub name: String,
    /// Its label, for people.
    pub label: String,
    /// What is to be entered.
    pub help: String,
    /// Whether the provider cannot be used without it.
    pub required: bool,
    /// What it is set to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// Something that a provider can be told; a form field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OptionField {
    /// The field of the request's options that it sets: `seed`, `motion`.
    pub name: String,
    /// Its label, for people.
    pub label: String,
    /// What it is for.
    pub kind: ProviderKind,
    /// What can be entered.
    pub input: OptionInput,
    /// More about it, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// What can be entered in a form field.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum OptionInput {
    /// Free text.
    Text,
    /// A number within a range.
    Number {
        /// The least.
        min: f64,
        /// The most.
        max: f64,
        /// In steps of this.
        step: f64,
        /// Only one of these, from the least; left out where it may be any within the range.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        only: Vec<f64>,
    },
    /// Yes or no.
    Toggle,
    /// One of a few.
    Choice {
        /// The values, the default first.
        choices: Vec<Choice>,
    },
    /// Pictures to resemble.
    References {
        /// How many at most.
        max: u32,
    },
}

/// As all kinds of [`OptionInput`] are written. It is read by this: what serde makes to read an enum with a tag is a tree of values
/// with a reader of its own, which the app would have for this one.
#[derive(Deserialize)]
struct WrittenInput {
    r#type: InputKind,
    min: Option<f64>,
    max: Option<f64>,
    step: Option<f64>,
    #[serde(default)]
    only: Vec<f64>,
    choices: Option<Vec<Choice>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum InputKind {
    Text,
    Number,
    Toggle,
    Choice,
    References,
}

impl<'de> Deserialize<'de> for OptionInput {
    fn deserialize<D: Deserializer<'de>>(written: D) -> Result<Self, D::Error> {
        let WrittenInput { r#type, min, max, step, only, choices } = WrittenInput::deserialize(written)?;
        let number = |value: Option<f64>, name| value.ok_or_else(|| D::Error::missing_field(name));
        Ok(match r#type {
            InputKind::Text => Self::Text,
            InputKind::Number => Self::Number { min: number(min, "min")?, max: number(max, "max")?, step: number(step, "step")?, only },
            InputKind::Toggle => Self::Toggle,
            InputKind::Choice => Self::Choice { choices: choices.ok_or_else(|| D::Error::missing_field("choices"))? },
            InputKind::References => Self::References { max: number(max, "max")? as u32 },
        })
    }
}

/// One of a few values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// As the request takes it.
    pub value: String,
    /// For people.
    pub label: String,
}
