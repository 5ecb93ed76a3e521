//! The ids of the records: newtypes over UUIDv7, so that a scene's id is never taken for a project's.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String, format = Uuid, example = "01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81")]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

id! {
    /// The id of a project.
    ProjectId,
    /// The id of a scene.
    SceneId,
    /// The id of an audio clip: one take of a scene's narration.
    AudioId,
    /// The id of an image asset: one take of a scene's picture.
    ImageId,
    /// The id of a video clip: a film of a project, or a moving picture of a scene.
    VideoId,
    /// The id of a track in the music library.
    MusicId,
}
