//! Providers: who writes, speaks, draws and films. They know HTTP, files (`storage`), the words for faults (`error`) and `shared`;
//! nothing of database or jobs.
//!
//! A provider is one file beside its trait and one line in that trait's `REGISTRY`. What it offers (models, voices,
//! options) it says of itself; settings, validation and the app's forms follow from that.

mod attachment;
mod encoding;
pub mod error;
pub mod http;
pub mod image;
pub mod listing;
pub mod models;
pub mod neighbours;
pub mod operation;
pub mod speech;
pub mod text;
pub mod usage;
pub mod vendors;
pub mod video;
mod waiting;

use std::{collections::BTreeMap, fmt, path::Path, sync::Arc};

use async_trait::async_trait;
use engines::{espeak::WorkerCommand, media::ffmpeg::Tools};
use futures_util::future::{BoxFuture, join_all};
use serde_json::Value;
use shared::provider::{KindLimits, ModelInfo, OptionField, ProviderKind, SettingField};
use tokio::sync::watch;
use zeroize::Zeroizing;

pub use self::{
    attachment::Attachment,
    error::{Kind, ProviderError},
    operation::Operation,
    usage::Usage,
    waiting::{Look, Waiting},
};

/// The result of a call to a provider.
pub type ProviderResult<T> = Result<T, ProviderError>;

/// What a provider says of itself.
#[derive(Clone, Debug)]
pub struct About {
    /// Its id, as requests name it.
    pub id: &'static str,
    /// Its name, for people.
    pub name: &'static str,
    /// What it makes.
    pub kind: ProviderKind,
    /// Whether it works on this machine alone, with no key and no network.
    pub built_in: bool,
    /// How it is reached, for a remote one.
    pub remote: Option<Remote>,
    /// Its models, the default first.
    pub models: Vec<ModelInfo>,
    /// What it can be told beyond the words.
    pub options: Vec<OptionField>,
    /// What a person should know.
    pub notes: Option<String>,
    /// How many of its calls may run at once.
    pub at_once: u32,
    /// How many requests it takes in a minute, where its vendor has such a limit; the settings may say otherwise.
    pub a_minute: Option<u32>,
    /// Whether what it draws are title cards: their type reaches to their margins, so that films move them less.
    pub draws_cards: bool,
    /// What keeps it from working on this machine for as long as the server runs: what is missing, and the command that installs it.
    pub missing: Option<String>,
}

impl About {
    /// Of a provider that is asked over a network, as most of them are; its adapter says what is different with it.
    pub fn remote(id: &'static str, name: &'static str, kind: ProviderKind, remote: Remote) -> Self {
        Self {
            id,
            name,
            kind,
            built_in: false,
            remote: Some(remote),
            models: Vec::new(),
            options: Vec::new(),
            notes: None,
            at_once: 4,
            a_minute: None,
            draws_cards: false,
            missing: None,
        }
    }

    /// The model that is asked where nobody says which.
    pub fn default_model(&self) -> Option<&str> {
        self.models.iter().find(|model| model.kind == self.kind).map(|model| model.id.as_str())
    }
}

/// How a remote provider is reached.
#[derive(Clone, Debug)]
pub struct Remote {
    /// The vendor's own address; none where every user has their own.
    pub base_url: Option<&'static str>,
    /// The environment variable of its address.
    pub base_url_variable: &'static str,
    /// The environment variable of its key.
    pub key_variable: &'static str,
    /// Whether it can be asked without a key.
    pub key_optional: bool,
}

/// Makes a provider: it looks around on the machine, and asks nobody else.
pub type Make<P> = for<'a> fn(&'a Machine) -> BoxFuture<'a, Arc<P>>;

/// What every provider has.
#[async_trait]
pub trait Provider: Send + Sync {
    /// What it says of itself.
    fn about(&self) -> &About;

    /// What keeps it from working now and may be put in while the server runs, beyond [`About::missing`]: what is to be put where.
    /// It is looked for each time that somebody asks, and the calls that need it say the same.
    async fn lacks(&self) -> Option<String> {
        None
    }

    /// A real, cheap call, which shows that it can be used.
    async fn test(&self, call: &Call<'_>) -> ProviderResult<()>;

    /// The models that it has now, as it lists them itself: those that make what this provider makes, in its own order,
    /// with a note where the vendor has said when one is switched off. None where it cannot tell; then [`About::models`]
    /// holds. It is asked under a short time limit, and the answer is kept for a while; any id that the user types is
    /// taken all the same.
    async fn models(&self, _access: &Access) -> ProviderResult<Option<Vec<ModelInfo>>> {
        Ok(None)
    }

    /// What it is told once for all, in the settings; the values are left out.
    fn settings(&self) -> Vec<SettingField> {
        Vec::new()
    }

    /// Whether a text can be one of its settings, and if not, why: "must …".
    fn check_setting(&self, _name: &str, _text: &str) -> Result<(), String> {
        Ok(())
    }

    /// Nobody waits any longer for a long operation that it was given (see [`operation`]), since the user has canceled it
    /// or deleted what it was for: stops it where the vendor can, so that nothing is computed or billed for nobody.
    async fn abandon(&self, _operation: &Value, _access: &Access) -> ProviderResult<()> {
        Ok(())
    }
}

/// A key: it prints as `***`, and is wiped from memory when it is dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Hides a key.
    pub fn new(key: impl Into<String>) -> Self {
        Self(Zeroizing::new(key.into()))
    }

    /// The key itself, for the one header that it goes into.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The end of it, by which people know it again; nothing of a short one.
    pub fn hint(&self) -> String {
        let count = self.0.chars().count();
        let shown = if count >= 12 { 4 } else { 0 };
        format!("…{}", self.0.chars().skip(count - shown).collect::<String>())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// What a remote provider is reached with, and what its errors call it: one adapter may reach several servers.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The id of the provider, as requests name it.
    pub provider: String,
    /// Its name, for people.
    pub name: String,
    /// Its key.
    pub key: Option<Secret>,
    /// Its address.
    pub base_url: Option<String>,
    /// The time limits that the user has set.
    pub limits: KindLimits,
    /// Whether its work costs nobody anything, although it has a key.
    pub free: bool,
    /// What the user has told it in its own settings, by the name of the field.
    pub texts: BTreeMap<String, String>,
}

/// What a call gets besides its request. To cancel a call, drop its future: everything that it started ends with it.
pub struct Call<'a> {
    /// A folder of its own for files. The same record gets the same folder after a restart.
    pub workdir: &'a Path,
    /// Where it tells how far it is.
    pub progress: &'a Progress,
    /// What it is reached with.
    pub access: Access,
    /// The long operation that it begins or goes on waiting for.
    pub operation: Operation<'a>,
}

/// How far a call is, 0 to 1. Told as often as the provider likes; who listens reads the newest.
#[derive(Debug)]
pub struct Progress(watch::Sender<f64>);

impl Progress {
    /// A new one, and its reader.
    pub fn new() -> (Self, watch::Receiver<f64>) {
        let (sender, receiver) = watch::channel(0.0);
        (Self(sender), receiver)
    }

    /// It came as far as that; never back.
    pub fn set(&self, fraction: f64) {
        self.0.send_if_modified(|known| {
            let further = fraction.is_finite() && fraction > *known;
            if further {
                *known = fraction.min(1.0);
            }
            further
        });
    }
}

/// What providers need of the machine.
#[derive(Clone)]
pub struct Machine {
    /// How remote providers are spoken to.
    pub http: http::Http,
    /// What starts the speech worker: the server's own program.
    pub speech_worker: WorkerCommand,
    /// Where Piper and its voices may be.
    pub piper: speech::PiperPlace,
    /// ffmpeg and ffprobe, or what is missing and the command that installs it.
    pub tools: Result<Tools, String>,
}

/// Everyone who can be asked.
#[derive(Clone, Default)]
pub struct Providers {
    /// Who writes.
    pub script: Vec<Arc<dyn text::ScriptProvider>>,
    /// Who speaks.
    pub speech: Vec<Arc<dyn speech::SpeechProvider>>,
    /// Who draws.
    pub image: Vec<Arc<dyn image::ImageProvider>>,
    /// Who films.
    pub video: Vec<Arc<dyn video::VideoProvider>>,
}

impl Providers {
    /// Everyone in the registries.
    pub async fn all(machine: &Machine) -> Self {
        let (script, speech, image, video) = tokio::join!(
            join_all(text::REGISTRY.iter().map(|make| make(machine))),
            join_all(speech::REGISTRY.iter().map(|make| make(machine))),
            join_all(image::REGISTRY.iter().map(|make| make(machine))),
            join_all(video::REGISTRY.iter().map(|make| make(machine))),
        );
        Self { script, speech, image, video }
    }

    /// Everyone who serves that id: a vendor that speaks and draws is there twice.
    pub fn with_id(&self, id: &str) -> Vec<Arc<dyn Provider>> {
        let id = vendors::compatible::adapter(id);
        self.everyone().into_iter().filter(|provider| provider.about().id == id).collect()
    }

    /// Everyone, whatever they make.
    pub fn everyone(&self) -> Vec<Arc<dyn Provider>> {
        let script = self.script.iter().map(|provider| Arc::clone(provider) as Arc<dyn Provider>);
        let speech = self.speech.iter().map(|provider| Arc::clone(provider) as Arc<dyn Provider>);
        let image = self.image.iter().map(|provider| Arc::clone(provider) as Arc<dyn Provider>);
        let video = self.video.iter().map(|provider| Arc::clone(provider) as Arc<dyn Provider>);
        script.chain(speech).chain(image).chain(video).collect()
    }

    /// What each of them says of itself.
    pub fn about(&self) -> Vec<&About> {
        let script = self.script.iter().map(|provider| provider.about());
        let speech = self.speech.iter().map(|provider| provider.about());
        let image = self.image.iter().map(|provider| provider.about());
        let video = self.video.iter().map(|provider| provider.about());
        script.chain(speech).chain(image).chain(video).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_shows_its_end_at_most() {
        assert_eq!(Secret::new("sk-0123456789a1b2").hint(), "…a1b2");
        assert_eq!(Secret::new("short").hint(), "…");
        assert_eq!(format!("{:?}", Secret::new("sk-0123456789a1b2")), "***");
    }

    #[test]
    fn progress_never_goes_back() {
        let (progress, reader) = Progress::new();
        progress.set(0.5);
        progress.set(0.25);
        progress.set(f64::NAN);
        assert!((*reader.borrow() - 0.5).abs() < f64::EPSILON);
        progress.set(7.0);
        assert!((*reader.borrow() - 1.0).abs() < f64::EPSILON);
    }
}
