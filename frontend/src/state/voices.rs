//! Who speaks a project's narrations, and how fast: what was chosen on its audio page, which this browser keeps.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use shared::{
    ProjectId, SceneId,
    audio::{AudioClip, GenerateAudio, GenerateAudioBatch},
};

use super::project::OpenProject;
use crate::{json, storage};

/// The provider of takes that the user brought along.
pub const UPLOAD: &str = "upload";

/// Who speaks, and how fast; the settings' defaults where left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VoiceSettings {
    /// `provider/voice`; empty where the language is to choose.
    pub voice: Option<String>,
    /// How fast.
    pub speed: Option<f64>,
}

impl VoiceSettings {
    /// As a take was spoken; nothing of one that the user brought along.
    pub fn of(take: Option<&AudioClip>) -> Self {
        let spoken = take.filter(|take| take.provider != UPLOAD);
        Self { voice: spoken.map(|take| take.voice_id.clone()), speed: spoken.map(|take| take.speed) }
    }

    /// What is chosen here over what is chosen there.
    #[must_use]
    pub fn over(&self, base: &Self) -> Self {
        Self { voice: self.voice.clone().or_else(|| base.voice.clone()), speed: self.speed.or(base.speed) }
    }

    /// The take of a scene that they ask for.
    pub fn request(&self, scene: SceneId) -> GenerateAudio {
        GenerateAudio { scene_id: scene, voice_id: self.voice.clone().filter(|voice| !voice.is_empty()), speed: self.speed }
    }
}

/// Where it is kept what was chosen for a project as a whole.
pub fn key(project: ProjectId) -> String {
    format!("studio.voice.{project}")
}

/// Where it is kept what was chosen for scenes alone.
pub fn own_key(project: ProjectId) -> String {
    format!("studio.voices.{project}")
}

/// What was chosen for a project.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Voices {
    /// For all of it.
    pub chosen: VoiceSettings,
    /// For scenes alone.
    pub own: BTreeMap<SceneId, VoiceSettings>,
}

impl Voices {
    /// As the audio page left it.
    pub fn kept(project: ProjectId) -> Self {
        Self { chosen: read(&key(project)), own: read(&own_key(project)) }
    }

    /// Whether another voice was chosen for any scene than the settings' own.
    pub fn choose_voice(&self) -> bool {
        self.own.values().chain([&self.chosen]).any(|settings| settings.voice.is_some())
    }

    /// What speaks a scene, where that was chosen.
    pub fn of_scene(&self, scene: SceneId) -> VoiceSettings {
        self.own.get(&scene).cloned().unwrap_or_default().over(&self.chosen)
    }

    /// What the scenes of a project ask for that have no choice of their own.
    pub fn batch(&self, project: ProjectId, only_missing: bool) -> GenerateAudioBatch {
        GenerateAudioBatch {
            project_id: project,
            voice_id: self.chosen.voice.clone(),
            speed: self.chosen.speed,
            only_missing: Some(only_missing),
        }
    }

    /// What the scenes of the open project ask for that have a choice of their own.
    pub fn own_takes(&self, open: &OpenProject) -> Vec<GenerateAudio> {
        let request = |(id, own): (&SceneId, &VoiceSettings)| {
            let spoken = open.audio_of(open.scene(*id)?).selected;
            Some(own.over(&self.chosen).over(&VoiceSettings::of(spoken.as_deref())).request(*id))
        };
        self.own.iter().filter_map(request).collect()
    }
}

/// What an older app kept in another shape is forgotten.
fn read<T: Default + DeserializeOwned>(key: &str) -> T {
    storage::get(key).and_then(|text| json::read(&text).ok()).unwrap_or_default()
}
